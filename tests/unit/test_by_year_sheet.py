"""By hand: what people get while a service is procured, built, and open."""

from __future__ import annotations

import math
from pathlib import Path

import openpyxl
import pytest
from report_example import example_plan

import redesaude as rs
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.benefits import treated_share
from redesaude.plan.by_year import BY_YEAR, by_year
from redesaude.plan.first_years import dated_promises
from redesaude.plan.plan import Plan
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.report.workbook.years import specialties_frame, years_frame
from tiny import rows, scenario, settings, tables


def _built(ramp: float = math.nan, **specialty: float) -> Plan:
    """A service for 50 cases decided in 2027: six months of procurement, a year of works, so open from mid-2028."""
    case = scenario(
        settings=settings(horizon_years=5, base_year=2025),
        periods=rows({"period_id": "p", "first_year": 2027, "years": 5}),
        specialties=tables()["specialties"].assign(unmet_cost=1000.0, **specialty),
        territories=rows({"territory_id": "t1", "region_id": "west", "population": 50}),
        sites=rows({"site_id": "h1", "territory_id": "t1"}),
        sizes=rows(
            {
                "specialty_id": "cardio",
                "size_id": "only",
                "capacity": 90,
                "capex": 10,
                "build_months": 12,
                "ramp_up_years": ramp,
            }
        ),
        contracts=rows({"contract_id": "direct", "procurement_months": 6}),
        travel_times=rows({"origin_id": "t1", "destination_id": "h1", "minutes": 10}),
    )
    plan = rs.solve(case, rs.SolveOptions(threads=1))
    assert len(plan.openings) == 1, plan.reason
    return plan


def test_a_service_treats_from_the_day_on_which_it_opens() -> None:
    table = by_year(Appraisal(_built()))
    whole = table[table["region_id"] == "all"]
    assert tuple(table.columns) == BY_YEAR
    assert whole["year"].tolist() == [2027, 2028, 2029, 2030, 2031]
    assert (whole["treated"] / whole["cases"]).tolist() == pytest.approx([0.0, 0.5, 1.0, 1.0, 1.0])


def test_a_service_whose_cases_rise_treats_fewer_in_its_first_years() -> None:
    """Open from mid-2028, at half of its cases after one year and at all of them after two; the price is the same."""
    plan = _built(2.0, access_minutes=30.0, access_share=0.9)
    table = by_year(Appraisal(plan))
    whole = table[table["region_id"] == "all"]
    assert (whole["treated"] / whole["cases"]).tolist() == pytest.approx([0.0, 0.0625, 0.5, 0.9375, 1.0])
    assert whole["met"].tolist() == ["no", "no", "no", "yes", "yes"]
    assert [years.holds for years in dated_promises(Appraisal(plan)).values()] == [2030]
    assert plan.objective == pytest.approx(_built(access_minutes=30.0, access_share=0.9).objective)
    treated, _, waits = treated_share(Appraisal(plan))
    assert treated[0].tolist() == pytest.approx([0.0, 0.0625, 0.5, 0.9375, 1.0])
    assert (treated + waits)[0].tolist() == pytest.approx([1.0] * 5)


def test_the_headline_is_true_of_the_year_beside_it(tmp_path: Path) -> None:
    """The service opens in mid-2028: at first nobody is within the standard, and the promise is met from 2029."""
    write_audit_workbook(view_of(_built(access_minutes=30.0, access_share=0.9), "en"), tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx", data_only=True)
    found = {row[0].value: row[1].value for row in book["summary"].iter_rows(max_col=2) if row[0].value}
    assert found["Within the access standard in 2027"] == 0
    assert found["Within the access standard in 2031"] == 1
    assert (found["Promises kept"], found["Promises kept from a later year"], found["Promises missed"]) == (0, 1, 0)
    for name in ("access", "limits"):
        cells = [cell.value for line in book[name].iter_rows() for cell in line]
        assert "met from 2029" in cells, name
    years = [[cell.value for cell in row] for row in book["years"].iter_rows()]
    heads, values = _table(years)
    assert dict(zip(heads, values, strict=True))["Met from"] == 2029


def _table(rows: list[list[object]]) -> tuple[list[object], list[object]]:
    """The header of the first table of specialties, and its only row, below the row of units."""
    head = next(n for n, row in enumerate(rows) if row[0] == "Specialty")
    return rows[head], rows[head + 2]


def test_the_sheet_shows_years_and_its_formulas_what_the_table_says(tmp_path: Path) -> None:
    view = view_of(example_plan(), "en")
    frame = years_frame(view)
    assert frame["treated_share"].between(0.0, 1.0).all()
    assert frame["cases"].gt(0).all()
    wide = specialties_frame(view, lambda rows: rows["share_within_standard"])
    assert len(wide) == 2
    assert "2027" in wide.columns
    write_audit_workbook(view, tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["years"]
    assert "By year" in [cell.value for line in sheet.iter_rows() for cell in line]
