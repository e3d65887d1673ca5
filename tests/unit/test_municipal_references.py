"""The references of municipalities: first and second choice, re-derived from the plan's tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from network_example import example_plan as network_plan
from openpyxl import load_workbook
from report_example import example_plan, example_scenario

from redesaude.plan.plan import Plan
from redesaude.report.municipal.references import reference_columns, reference_widths, references
from redesaude.report.municipal.workbooks import MunicipalTables, write_references
from redesaude.report.view import view_of
from redesaude.travel.matrix import travel_minutes


def _placed() -> Plan:
    scenario = example_scenario()
    places = scenario.territories.assign(latitude=[-14.05, -15.60, -15.9], longitude=[-52.16, -56.10, -56.2])
    sites = scenario.sites.assign(latitude=[-14.05, -15.60], longitude=[-52.16, -56.10])
    return example_plan(replace(scenario, territories=places, sites=sites))


def test_every_municipality_and_specialty_with_cases_has_a_row_and_no_case_is_lost() -> None:
    plan = _placed()
    rows = references(view_of(plan, "en"))
    keys = ["territory_id", "specialty_id", "period_id"]
    both = pd.concat([plan.assignments[[*keys, "cases"]], plan.unmet[[*keys, "cases"]]])
    assert not rows.duplicated(keys).any()
    assert len(rows) == len(both[keys].drop_duplicates())
    assert rows["cases"].sum() == pytest.approx(both["cases"].sum())


@pytest.mark.parametrize("plan", [_placed, network_plan])
def test_every_printed_column_has_its_own_width(plan: Callable[[], Plan]) -> None:
    """With periods there is one more: hospitals were printed in the width of shares."""
    view = view_of(plan(), "en")
    printed = [column.key for column in reference_columns(view) if column.kind != "id"]
    widths = dict(zip(printed, reference_widths(view), strict=True))
    assert min(widths["first"], widths["second"]) > 30 > widths["share"]


def test_the_first_choice_treats_the_most_and_the_second_the_next_or_is_the_nearest_other() -> None:
    plan = _placed()
    view = view_of(plan, "en")
    minutes = pd.DataFrame(
        travel_minutes(plan.scenario),
        index=plan.scenario.territories["territory_id"],
        columns=plan.scenario.sites["site_id"],
    )
    kinds = set()
    for row in references(view).itertuples():
        key = (row.territory_id, row.specialty_id, row.period_id)
        columns = ["territory_id", "specialty_id", "period_id"]
        mine = plan.assignments[(plan.assignments[columns] == list(key)).all(axis=1)].sort_values(
            "cases", ascending=False
        )
        there = plan.openings[(plan.openings[columns[1:]] == list(key[1:])).all(axis=1)]["site_id"]
        assert row.first_id == (mine["site_id"].iloc[0] if len(mine) else "")
        others = [site for site in there if site != row.first_id]
        if len(mine) > 1:
            assert row.second_id == mine["site_id"].iloc[1]
        elif others:
            assert row.second_id == minutes.loc[row.territory_id, others].idxmin()
            assert row.second_minutes == pytest.approx(minutes.loc[row.territory_id, row.second_id])
        else:
            assert row.second_id == ""
            assert np.isnan(row.second_minutes)
        kinds.add((len(mine), bool(others)))
    assert len(kinds) > 1


def test_the_workbook_can_be_filtered_and_holds_text_as_text(tmp_path: Path) -> None:
    file = tmp_path / "references.xlsx"
    view = view_of(_placed(), "pt-BR")
    write_references(MunicipalTables(view), file)
    sheet = load_workbook(file)["references"]
    assert sheet.auto_filter.ref is not None
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value == "=HYPERLINK(0)"]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}
    assert sheet.freeze_panes is not None


def test_a_plan_that_treats_nobody_says_so(tmp_path: Path) -> None:
    plan = _placed()
    alone = replace(plan, assignments=plan.assignments.iloc[:0])
    rows = references(view_of(alone, "en"))
    assert set(rows["first"]) == {"none: sent away or untreated"}
    none = replace(alone, unmet=plan.unmet.iloc[:0], openings=plan.openings.iloc[:0])
    write_references(MunicipalTables(view_of(none, "en")), tmp_path / "references.xlsx")
    assert references(view_of(none, "en")).empty
