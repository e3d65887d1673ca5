"""Stated payments of a workbook against direct administration: the appraisal itself at the engine's payment."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from redesaude.inputs.tables import BY_NAME
from redesaude.plan.plan import Plan
from redesaude.report.folder import write_report
from redesaude.report.view import view_of
from redesaude.report.workbook.bids import bids_frame
from redesaude.studies.alternatives import alternatives
from redesaude.studies.appraise import appraise
from redesaude.studies.stated_bids import NOT_OPEN, NOT_PAID, stated_bids
from risky_plan import DIRECT, PPP, RATE, planned
from tiny import rows

WORKS = DIRECT | {"capex_factor": 1.3, "transaction_cost": 8, "oversight_cost": 2, "procurement_months": 6}
COMPANY = PPP | {"transaction_cost": 20, "oversight_cost": 4}


@cache
def plan_with(*stated: tuple[tuple[str, Any], ...]) -> Plan:
    bids = [{"bid_id": f"b{n}", "site_id": "h1", "contract_id": "ppp"} | dict(row) for n, row in enumerate(stated)]
    return planned(WORKS, COMPANY, decided="ppp", bids=rows(*bids))


def told(**stated: Any) -> dict[str, Any]:
    found = stated_bids(alternatives(plan_with(tuple(stated.items()))))
    return {str(name): value for name, value in found.iloc[0].items()}


def test_at_the_payment_of_the_engine_it_is_the_appraisal_of_the_site() -> None:
    paid = told(payment=1.0)["engine_payment"]
    found = told(payment=paid)
    options = appraise(plan_with((("payment", paid),))).options.set_index("contract_id")
    assert found["psc_npv"] == pytest.approx(options.loc["ppp", "psc_npv"])
    assert found["cost_npv"] == pytest.approx(options.loc["ppp", "cost_npv"])
    assert found["vfm"] == pytest.approx(found["psc_npv"] - found["cost_npv"])


def test_what_turns_the_verdict() -> None:
    found = told(payment=150.0)
    assert found["break_even_payment"] != pytest.approx(150.0)
    assert told(payment=found["break_even_payment"])["vfm"] == pytest.approx(0.0, abs=1e-6)
    assert found["break_even_rates"] != ()
    for rate in found["break_even_rates"]:
        if 0 <= rate <= 0.5:
            assert told(payment=150.0, discount_rate=rate)["vfm"] == pytest.approx(0.0, abs=1e-6)
    # public works of 1,000 in the years 0.5 to 2.5, as the plan estimates them, 30 % above it
    factors = (1 + RATE) ** -(np.arange(3) + 0.5)
    works = 1000 * float(np.array([0.25, 0.5, 0.25]) @ factors)
    assert found["break_even_overrun"] == pytest.approx(0.3 - found["vfm"] / works)


def test_rates_by_side_and_by_year() -> None:
    base = told(payment=150.0)
    assert told(payment=150.0, discount_rate=RATE, bid_discount_rate=RATE)["vfm"] == pytest.approx(base["vfm"])
    same = told(payment=150.0, later_rate=RATE, later_from=2030)
    assert same["vfm"] == pytest.approx(base["vfm"])
    dearer = told(payment=150.0, bid_discount_rate=0.08)
    assert dearer["psc_npv"] == pytest.approx(base["psc_npv"])
    assert dearer["cost_npv"] < base["cost_npv"]
    falling = told(payment=150.0, later_rate=0.03, later_from=2030)
    assert falling["cost_npv"] > base["cost_npv"]


def test_what_cannot_be_compared_says_why() -> None:
    found = stated_bids(alternatives(plan_with((("payment", 9.0), ("contract_id", "direct")), (("payment", 9.0),))))
    assert found["reason"].tolist() == [NOT_PAID, ""]
    view = view_of(plan_with((("payment", 9.0), ("name", "Consortium A"))))
    frame = bids_frame(view, found[1:].assign(bid_id="b0"))
    assert frame["name"].tolist() == ["Consortium A"]
    assert pd.isna(found["vfm"].iloc[0])
    assert NOT_OPEN
    assert BY_NAME["bids"].key == ("bid_id",)


@pytest.mark.long
def test_the_sheet_of_value_and_the_tables_tell_them(tmp_path: Path) -> None:
    plan = plan_with((("payment", 150.0), ("name", "Consortium A")))
    write_report(plan, tmp_path / "result")
    sheet = openpyxl.load_workbook(tmp_path / "result" / "plan.xlsx")["value"]
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert {"Stated payments against direct administration", "Consortium A"} <= cells
    kept = pd.read_csv(tmp_path / "result" / "tables" / "bids.csv")
    assert kept["vfm"].tolist() == pytest.approx([told(payment=150.0)["vfm"]])
