"""The training calendar: people and cost of each year are those of the plan, and it is told where people plan."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from network_example import SIZES, example
from resources_example import example_plan as resources_plan
from test_techniques import LABORATORY, VALVES

from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.plan import Plan
from redesaude.plan.training import training_calendar
from redesaude.report.folder import write_report
from redesaude.report.instruments.brazil.education import EDUCATION
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.vietnam.calendar import CALENDAR
from redesaude.report.training import training_frame
from redesaude.report.view import view_of
from redesaude.solving.solve import solve
from tiny import EXACT, rows


@cache
def taught_plan() -> Plan:
    """The network with techniques at h3, a year of training before a clinic opens, and nurses by its cases."""
    sizes = rows(*(size | {"training_months": 12 if size["size_id"] == "clinic" else 0} for size in SIZES))
    workforce = rows({"role_id": "nurse", "name": "Nurses", "stock": 500})
    staffing = rows({"specialty_id": "cardio", "role_id": "nurse", "fte": 2, "cases_per_fte": 10})
    techniques = rows(LABORATORY, VALVES)
    return solve(example(sizes=sizes, workforce=workforce, staffing=staffing, techniques=techniques), EXACT)


def test_people_and_costs_of_roles_are_those_of_the_plan_and_its_cash_flow() -> None:
    plan = resources_plan()
    made, flows = training_calendar(Appraisal(plan)), cash_flow(Appraisal(plan))
    for kind, column in (("trained", "trained"), ("recruited", "recruited")):
        assert made.loc[made["kind"] == kind, "people"].sum() == pytest.approx(plan.workforce[column].sum())
    paid = flows[flows["line"] == "training"].groupby("year")["real"].sum()
    trained = made[made["kind"] == "trained"].groupby("year")["cost"].sum()
    assert trained.to_dict() == pytest.approx(paid[paid > 0].to_dict())
    assert len(trained)


def test_staff_is_trained_before_the_opening_and_techniques_by_who_hands_them_over() -> None:
    """h3 opens in 2026 with its cases of the first period; the hub trains its staff in 2025."""
    plan = taught_plan()
    cases = plan.openings.set_index(["site_id", "period_id"])["cases"]["h3", "p1"]
    made = training_calendar(Appraisal(plan)).drop(columns="cost")
    keys = ["year", "region_id", "kind", "code", "site_id", "people", "trainer_site_id"]
    assert made[keys].to_numpy().tolist() == [
        [2025, "east", "opening", "nurse", "h3", pytest.approx(2 + cases / 10), "h1"],
        [2026, "east", "technique", "laboratory", "h3", 6.0, "h1"],
        [2028, "east", "technique", "valves", "h3", 0.0, "h4"],
    ]


@pytest.mark.long
def test_regions_have_their_rows_and_planning_sheets_all(tmp_path: Path) -> None:
    plan = taught_plan()
    view = view_of(plan, "en")
    assert set(training_frame(view, ["t3"])["site"]) == {"h3"}
    assert training_frame(view, ["t1"]).empty
    for instrument, word in ((EDUCATION, "Transferência de técnica"), (CALENDAR, "đào tạo chuyển giao kỹ thuật")):
        filled = instrument.filled(Facts(view, "pt-BR"))
        assert (filled["code"] != "").sum() == 3
        assert word in filled.to_numpy().tolist()[1]
        assert np.isnan(filled["cost"].astype(float)).all()  # paid by roles and agreements
    out = write_report(plan, tmp_path / "plan", "en", studies=False)
    told = list(csv.DictReader((out / "tables" / "training.csv").open(encoding="utf-8")))
    assert [row["code"] for row in told] == ["nurse", "laboratory", "valves"]
    sheet = openpyxl.load_workbook(out / "regions" / "east.xlsx")["training"]
    assert {"Nurses", "Catheter laboratory", 2025} <= {c for row in sheet.iter_rows(values_only=True) for c in row}
