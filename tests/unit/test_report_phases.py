"""A plan of several periods in money by year, in the studies, and in the decision workbook."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from phased_case import HORIZON, SECOND, phased_tables

from redesaude.lines import Kind, of_kind
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.by_period import BY_PERIOD, by_period
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.plan import Plan
from redesaude.report.folder import write_report
from redesaude.report.studies import studies_of
from redesaude.report.workbook.pages import PAGES
from redesaude.solving.solve import solve
from redesaude.studies.repricing import Repricing
from tiny import EXACT, rows, scenario

#: growth in both periods, a company in one of them, a conversion
SEEDS = (4, 15, 17, 25)


@cache
def _plan(seed: int) -> Plan:
    funding = rows(
        {"funding_id": "state", "kind": "capital", "amount": 5000},
        {"funding_id": "purse", "kind": "running", "amount": 5000},
        {"funding_id": "state", "period_id": "p2", "kind": "capital", "amount": 4000},
    )
    return solve(scenario(**phased_tables(seed), funding=funding), EXACT)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cash_flow_discounted_is_the_cost_of_the_plan(seed: int) -> None:
    plan = _plan(seed)
    appraisal = Appraisal(plan)
    flows = cash_flow(appraisal)
    paid = flows[~flows["payer"].isin(["project_company", "provider"])]
    factors = replace(appraisal.calendar, tail_years=60).factors()
    npv = float((paid["real"] * factors[(paid["year"] - 2025).to_numpy(int)]).sum())
    assert npv == pytest.approx(plan.objective, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_contracts_as_decided_cost_what_the_plan_says(seed: int) -> None:
    plan = _plan(seed)
    known = Repricing(plan)
    elsewhere = plan.costs[plan.costs["line"].isin(["travel", "unmet", "closing"])]["npv"].sum()
    meanwhile = math.fsum(npv for *_, npv in Appraisal(plan).transition_lines())  # told beside the plan's own services
    total = known.total(known.decided, together=True)
    assert total + elsewhere + meanwhile == pytest.approx(plan.objective, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_money_by_period_and_source_is_that_of_the_cash_flow(seed: int) -> None:
    appraisal = Appraisal(_plan(seed))
    flows = cash_flow(appraisal)
    table = by_period(appraisal, flows)
    works = flows[flows["line"].isin(of_kind(Kind.CAPITAL)) & (flows["source"] == "state")]
    assert table["capital_paid"].sum() == pytest.approx(works["real"].sum())
    limits = table[table["source"] == "state"].set_index("period_id")["capital_limit"].to_dict()
    assert limits.items() <= {"p1": 5000.0, "p2": 4000.0}.items()
    of_year = flows[flows["source"] == "purse"].groupby("year")["real"].sum().reindex(range(2025, 2025 + HORIZON))
    first = table[(table["period_id"] == "p1") & (table["source"] == "purse")]["running_per_year"]
    assert first.sum() == pytest.approx(float(np.nan_to_num(of_year)[:SECOND].mean()))


@pytest.mark.long
def test_the_workbook_has_a_sheet_of_periods(tmp_path: Path) -> None:
    write_report(_plan(15), tmp_path / "out", studies=studies_of(_plan(15)))
    book = openpyxl.load_workbook(tmp_path / "out" / "plan.xlsx")
    assert book.sheetnames[2:5] == ["decisions", "phases", "milestones"]
    words = [str(cell.value) for row in book["phases"].iter_rows() for cell in row if cell.value is not None]
    assert "Works begun" in words
    assert any("2028" in word for word in words)
    kept = {page.name for page in PAGES if page.on_dates}
    assert {
        n for n in book.sheetnames if any("Dates are those of the plan" in str(c.value) for c in book[n]["A"])
    } == kept


@pytest.mark.long
def test_what_periods_ask_of_sources_is_a_table_too(tmp_path: Path) -> None:
    out = write_report(_plan(15), tmp_path / "out", studies=False)
    appraisal = Appraisal(_plan(15))
    table = pd.read_csv(out / "tables" / "phases.csv", keep_default_na=False)
    assert tuple(table.columns) == BY_PERIOD
    told = by_period(appraisal, cash_flow(appraisal))
    assert set(table["period_id"]) == set(told["period_id"])
    assert table["capital_paid"].sum() == pytest.approx(told["capital_paid"].sum(), abs=1e-4)


@pytest.mark.long
def test_one_period_has_no_table_of_phases(tmp_path: Path) -> None:
    out = write_report(solve(scenario(), EXACT), tmp_path / "out", studies=False)
    assert not (out / "tables" / "phases.csv").exists()
