"""By hand: what people get while a service is procured, built, and open."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from report_example import example_plan

import redesaude as rs
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.by_year import BY_YEAR, by_year
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.report.workbook.years import specialties_frame, years_frame
from tiny import rows, scenario, settings, tables


def _built() -> pd.DataFrame:
    """A service for 50 cases decided in 2027: six months of procurement, a year of works, so open from mid-2028."""
    case = scenario(
        settings=settings(horizon_years=5, base_year=2025),
        periods=rows({"period_id": "p", "first_year": 2027, "years": 5}),
        specialties=tables()["specialties"].assign(unmet_cost=1000.0),
        territories=rows({"territory_id": "t1", "region_id": "west", "population": 50}),
        sites=rows({"site_id": "h1", "territory_id": "t1"}),
        sizes=rows({"specialty_id": "cardio", "size_id": "only", "capacity": 90, "capex": 10, "build_months": 12}),
        contracts=rows({"contract_id": "direct", "procurement_months": 6}),
        travel_times=rows({"origin_id": "t1", "destination_id": "h1", "minutes": 10}),
    )
    plan = rs.solve(case, rs.SolveOptions(threads=1))
    assert len(plan.openings) == 1, plan.reason
    return by_year(Appraisal(plan))


def test_a_service_treats_from_the_day_on_which_it_opens() -> None:
    table = _built()
    whole = table[table["region_id"] == "all"]
    assert tuple(table.columns) == BY_YEAR
    assert whole["year"].tolist() == [2027, 2028, 2029, 2030, 2031]
    assert (whole["treated"] / whole["cases"]).tolist() == pytest.approx([0.0, 0.5, 1.0, 1.0, 1.0])


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
