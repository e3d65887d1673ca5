"""Milestones: dates worked out by hand, tied to the years in which the cash flow spends and treats, and shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from redesaude.language import LANGUAGES, translator
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.milestones import MILESTONES, milestones
from redesaude.plan.paths import changes_of
from redesaude.plan.plan import OPENINGS, Plan
from redesaude.report.terms import STAGES
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.report.workbook.milestones import bars_frame, calendar_frame, milestones_frame
from redesaude.status import Status, Termination
from tiny import PPP, rows, scenario, settings

TWO = rows({"period_id": "p1", "first_year": 2027, "years": 3}, {"period_id": "p2", "first_year": 2030, "years": 9})
ONE = TWO.iloc[:1]

Opening = tuple[str, str, str, str]
"""(period, site, size, contract)"""


def _plan(*openings: Opening, periods: pd.DataFrame = ONE, **changes: pd.DataFrame) -> Plan:
    """A plan made by hand: one specialty, today a small service at h2, nothing elsewhere."""
    case = scenario(
        periods=periods,
        sites=rows(*({"site_id": f"h{n}", "territory_id": "t1"} for n in (1, 2, 3))),
        **{
            "settings": settings(horizon_years=12, base_year=2025),
            "travel_times": rows({"origin_id": "t1", "destination_id": "h1", "minutes": 0}),
            "sizes": rows(
                {"specialty_id": "cardio", "size_id": "small", "capacity": 40, "fixed_cost": 30, "cost_per_case": 9,
                 "capex": 100, "build_months": 12, "training_months": 3},
                {"specialty_id": "cardio", "size_id": "large", "capacity": 90, "fixed_cost": 50, "cost_per_case": 7,
                 "capex": 240, "build_months": 16, "training_months": 9},
            ),
            "contracts": rows(
                {"contract_id": "direct", "procurement_months": 6, "delay_factor": 1.5},
                {**PPP, "procurement_months": 18, "counts_as_ppp": 0.5},
                {"contract_id": "buy", "delivery_model": "purchase", "financing": "provider", "term_years": 30,
                 "equity_return": 0.08, "procurement_months": 8},
            ),
            "site_services": rows(
                {"site_id": "h2", "specialty_id": "cardio", "size_id": "small", "status": "existing",
                 "contract_id": "direct"}
            ),
            **changes,
        },
    )  # fmt: skip
    table = pd.DataFrame([(s, "cardio", size, c, p) for p, s, size, c in openings], columns=list(OPENINGS[:5]))
    table = table.assign(cases=20.0, capacity=40.0, npv=0.0, status="new", change="")
    table["change"] = changes_of(case, table)
    return Plan(case, Status.OPTIMAL, Termination.GAP_REACHED, openings=table)


def _told(plan: Plan, site: str) -> list[tuple[Any, ...]]:
    table = milestones(Appraisal(plan))
    mine = table[table["site_id"] == site]
    return list(mine[["milestone", "begins", "ends", "months"]].round(6).itertuples(index=False, name=None))


def test_half_years_of_a_service_that_is_built() -> None:
    plan = _plan(("p1", "h1", "small", "direct"), ("p1", "h2", "small", "direct"))
    assert _told(plan, "h1") == [
        ("procurement", "2027-H1", "2027-H1", 6.0),  # six months end with June
        ("works", "2027-H2", "2028-H2", 18.0),  # 12 months, half as long again
        ("training", "2028-H2", "2028-H2", 3.0),
        ("opening", "2029-H1", "2029-H1", 0.0),
    ]
    assert _told(plan, "h2") == []  # goes on as it is


def test_closing_enlarging_and_converting_in_time() -> None:
    plan = _plan(
        ("p1", "h1", "small", "direct"), ("p2", "h1", "large", "direct"), ("p2", "h2", "small", "buy"),
        ("p1", "h2", "small", "direct"), ("p1", "h3", "small", "direct"), periods=TWO,
    )  # fmt: skip
    assert _told(plan, "h1")[4:] == [
        ("procurement", "2030-H1", "2030-H1", 6.0),
        ("works", "2030-H2", "2032-H1", 24.0),
        ("training", "2031-H2", "2032-H1", 9.0),
        ("opening", "2032-H2", "2032-H2", 0.0),
    ]
    assert _told(plan, "h2") == [
        ("procurement", "2030-H1", "2030-H2", 8.0),  # until it is signed, today's contract goes on
        ("training", "2030-H1", "2030-H2", 3.0),
        ("conversion", "2030-H2", "2030-H2", 0.0),
    ]
    assert _told(plan, "h3")[-1] == ("closing", "2030-H1", "2030-H1", 0.0)
    assert _told(_plan(("p1", "h1", "small", "direct")), "h2") == [("closing", "2027-H1", "2027-H1", 0.0)]


@pytest.mark.few(5)
@pytest.mark.parametrize("contract", ["direct", "ppp", "buy"])
@pytest.mark.parametrize("periods", [("p1",), ("p2",), ("p1", "p2")])
def test_works_are_paid_and_cases_treated_when_the_milestones_say(contract: str, periods: tuple[str, ...]) -> None:
    plan = _plan(*((p, "h1", "large", contract) for p in periods), periods=ONE if periods == ("p1",) else TWO)
    table, flows = milestones(Appraisal(plan)).set_index(["site_id", "milestone"]), cash_flow(Appraisal(plan))
    flows, years = flows[flows["site_id"] == "h1"], np.arange(2027, 2027 + 12)

    def by_year(*lines: str) -> np.ndarray:
        return flows[flows["line"].isin(lines)].groupby("year")["real"].sum().reindex(years, fill_value=0.0).to_numpy()

    works, opening = table.loc[("h1", "works")], table.loc[("h1", "opening")]
    built = np.clip(np.minimum(years + 1, works["end"]) - np.maximum(years, works["start"]), 0, 1)
    spent = by_year("works")
    assert spent.sum() > 0
    np.testing.assert_allclose(spent / spent.sum(), built / built.sum(), atol=1e-12)
    treated = by_year("case_running", "provider_payment")
    np.testing.assert_allclose(treated / treated[-1], np.clip(years + 1 - opening["start"], 0, 1), atol=1e-12)
    assert works["end"] == opening["start"]
    assert opening["begins"] == f"{int(opening['start'])}-H{1 + int(opening['start'] % 1 >= 0.5)}"


def test_training_moves_no_money() -> None:
    plan = _plan(("p1", "h1", "large", "direct"))
    untrained = replace(plan, scenario=plan.scenario.replace(sizes=plan.scenario.sizes.assign(training_months=0.0)))
    pd.testing.assert_frame_equal(cash_flow(Appraisal(plan)), cash_flow(Appraisal(untrained)))
    assert "training" in set(milestones(Appraisal(plan))["milestone"])
    assert "training" not in set(milestones(Appraisal(untrained))["milestone"])


def test_a_plan_that_changes_nothing_has_no_milestones() -> None:
    plan = _plan(("p1", "h2", "small", "direct"))
    assert milestones(Appraisal(plan)).empty
    assert tuple(milestones(Appraisal(plan)).columns[: len(MILESTONES)]) == MILESTONES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stage_has_a_letter_of_its_own(language: str) -> None:
    letters = [translator(language)(text).split(" = ")[0] for text in STAGES.values()]
    assert [len(letter) for letter in letters] == [1] * len(STAGES)
    assert len(set(letters)) == len(letters)


def test_letters_stand_in_the_half_years_of_the_table() -> None:
    view = view_of(_plan(("p1", "h1", "small", "direct")))
    rows = milestones_frame(view)
    frame = calendar_frame(view, rows, list(range(2 * 2027, 2 * 2029 + 2)))
    of_site = frame.set_index("site").drop(columns=["specialty", "contract"])
    cells = of_site[[name for name in of_site if not name.startswith("look")]]
    assert cells.loc["h1"].to_list() == ["P", "W", "W", "WT", "O", ""]
    assert cells.loc["h2"].to_list() == ["X", "", "", "", "", ""]
    assert of_site.loc["h1", f"look{2 * 2028 + 1}"] == "training"


def test_bars_stand_on_each_other_from_the_decision_to_the_opening() -> None:
    view = view_of(_plan(("p1", "h1", "large", "direct"), ("p2", "h1", "large", "direct"), periods=TWO))
    bars = bars_frame(milestones_frame(view))
    expected = ["h1 · cardio", 2027.0, 0.5, 1.25, 0.75]
    assert bars[["label", "begin", "procurement", "works", "training"]].to_numpy().tolist() == [expected]


def test_a_long_plan_is_cut_into_pages_of_whole_years(tmp_path: Path) -> None:
    late = rows(
        {"period_id": "p1", "first_year": 2027, "years": 27}, {"period_id": "p2", "first_year": 2054, "years": 9}
    )
    plan = _plan(("p1", "h1", "small", "direct"), ("p2", "h1", "large", "direct"), periods=late,
                 settings=settings(horizon_years=36, base_year=2025))  # fmt: skip
    write_audit_workbook(view_of(plan), tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["milestones"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=3 + 24)]
    headers = [row for row in cells if row[0] == "Site"]
    years = [[value for value in row[3:] if value] for row in headers]
    assert years == [[str(y) for y in range(2027, 2037)], [str(y) for y in range(2047, 2057)]]  # nothing between
    assert [row[3:].count("O") for row in cells if row[0] == "h1"] == [1, 1]
    assert len(sheet.row_breaks.brk) == 2  # before the second table and before the chart


def test_the_sheet_shows_the_calendar_its_legend_and_a_chart(tmp_path: Path) -> None:
    sources = rows({"sheet": "sizes", "key": "*", "column": "training_months", "source": "guess", "grade": "C"})
    plan = _plan(("p1", "h1", "small", "direct"), sources=sources)
    write_audit_workbook(view_of(plan), tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["milestones"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    words = [value for row in cells for value in row if value]
    assert any("an assumption (C assumption)" in str(word) for word in words)
    assert {"P = procurement", "W = works", "X = ends at this site"} <= set(words)
    assert "C = another contract or size, without works" not in words
    line = next(row for row in cells if row[0] == "h1")
    assert [value for value in line[3:9] if value] == ["P", "W", "W", "WT", "O"]
    assert len(sheet._charts) == 1


def test_a_plan_of_existing_services_says_that_nothing_changes(tmp_path: Path) -> None:
    write_audit_workbook(view_of(_plan(("p1", "h2", "small", "direct"))), tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["milestones"]
    assert any("Nothing changes" in str(cell.value) for row in sheet.iter_rows() for cell in row)
