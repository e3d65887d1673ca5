"""Indicators: formulas over the tables of a plan, targets by year, reported, reviewed, and carried on."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from network_example import example_plan as network_plan
from resources_example import example_plan as resources_plan
from review_example import Edit, all_as_planned, filled, tables, typed
from typer.testing import CliRunner

import redesaude as rs
import tiny
from redesaude.cli.app import app
from redesaude.errors import InputError
from redesaude.inputs.tables.vocabulary import INDICATOR_FORMULAS
from redesaude.plan.indicators import met, target_in
from redesaude.plan.plan import Plan
from redesaude.report.folder import place_report
from redesaude.report.reviewed.accounts import accounts
from redesaude.report.view import view_of
from redesaude.reviewing.planned import Planned
from redesaude.reviewing.replan import replan
from redesaude.reviewing.review import Review
from redesaude.solving.solve import solve
from sparing import kept_only

CUTOFF = dt.date(2028, 12, 31)
_ROWS = (
    {"indicator_id": "in_time", "name": "Treated in time", "formula": "in_time", "per": "cases", "times": 100},
    {"indicator_id": "left", "formula": "outside", "direction": "lower"},
    {"indicator_id": "state", "formula": "money", "per": "people", "payer": "state", "direction": "lower"},
    {"indicator_id": "east", "formula": "services", "region_id": "east"},
    {"indicator_id": "deaths", "name": "Deaths", "direction": "lower", "unit": "deaths", "reports": "registry"},
)
_TARGETS = (
    {"indicator_id": "in_time", "year": 2028, "target": 90},
    {"indicator_id": "in_time", "year": 2030, "target": 100},
    {"indicator_id": "deaths", "year": 2027, "target": 12},
)


def _tables() -> tiny.Tables:
    settings = tiny.settings(base_year=2027, horizon_years=12, payer_defaults="brazil")
    own = {"indicators": tiny.rows(*_ROWS), "indicator_targets": tiny.rows(*_TARGETS), "settings": settings}
    return tables() | own


@cache
def _plan() -> Plan:
    found = solve(tiny.scenario(**_tables()), tiny.EXACT)
    assert found.has_decisions
    return found


def _review(tmp_path: Path, *edits: Edit) -> Review:
    return rs.review(_plan(), [filled(rs.actuals(_plan(), CUTOFF), tmp_path / "a.xlsx", *edits)])


def test_a_plan_says_its_indicators_by_year_beside_their_targets() -> None:
    planned = Planned(_plan())
    found = planned.indicators.set_index(["indicator_id", "year"])
    years = planned.years[planned.years["region_id"] == "all"].set_index("year")
    share = 100 * years["share_within_standard"]
    assert found.loc["in_time", "planned"].to_list() == pytest.approx(share.to_list())
    assert found.loc["in_time", "target"].to_list()[:5] == pytest.approx([np.nan, 90, 90, 100, 100], nan_ok=True)
    assert found.loc[("in_time", 2028), "met"] == "no"  # h2 opens in the middle of the year
    assert found.loc[("in_time", 2030), "met"] == "yes"
    assert found.loc["east", "planned"].to_list()[:3] == [0, 1, 1]
    left = (years["cases"] - years["treated"]).to_list()
    assert found.loc["left", "planned"].to_list() == pytest.approx(left)
    paid = planned.flows[(planned.flows["payer"] == "state") & (planned.flows["year"] == 2029)]["real"].sum()
    assert found.loc[("state", 2029), "planned"] == pytest.approx(paid / 60)
    assert found.loc["deaths", "planned"].isna().all()
    assert (found.loc["deaths", "met"] == "").all()


@pytest.mark.parametrize("formula", INDICATOR_FORMULAS)
def test_every_formula_adds_up_over_regions(formula: str) -> None:
    areas = [{"indicator_id": area, "formula": formula, "region_id": area} for area in ("west", "east")]
    areas.append({"indicator_id": "both", "formula": formula})
    rows = tiny.scenario(indicators=tiny.rows(*areas)).indicators
    plan = _plan()
    parts = Planned(_with(plan, rows)).indicators.pivot_table(index="year", columns="indicator_id", values="planned")
    assert len(parts) == 12
    assert (parts["west"] + parts["east"]).to_list() == pytest.approx(parts["both"].to_list())
    assert (parts["both"] > 0).any() == (formula not in ("sent_up", "techniques", "stations", "ambulances"))


def test_what_is_sent_up_and_where_stations_are_is_that_of_the_tables_of_the_plan() -> None:
    words = ("sent_up", "stations", "ambulances", "techniques")
    own = tiny.scenario(indicators=tiny.rows(*({"indicator_id": word, "formula": word} for word in words))).indicators
    sent = Planned(_with(network_plan(), own)).indicators.groupby("indicator_id")["planned"].max()
    up = network_plan().transfers.groupby("period_id")["cases"].sum().max()
    assert up > 0
    assert sent["sent_up"] == pytest.approx(up)
    sites = Planned(_with(resources_plan(), own)).indicators.groupby("indicator_id")["planned"].max()
    stations = resources_plan().stations
    assert sites["stations"] == stations.groupby("period_id").size().max() > 0
    assert sites["ambulances"] == stations.groupby("period_id")["ambulances"].sum().max() > 0


def _with(plan: Plan, indicators: pd.DataFrame) -> Plan:
    return replace(plan, scenario=plan.scenario.replace(indicators=indicators))


def test_targets_hold_until_the_next_and_direction_says_which_is_better() -> None:
    targets = pd.DataFrame({"indicator_id": ["a", "a"], "year": [2030.0, 2028.0], "target": [5.0, 7.0]})
    assert [target_in(targets, "a", year) for year in (2029, 2035)] == [7.0, 5.0]
    assert np.isnan(target_in(targets, "a", 2027))
    assert [met(way, 6.0, 7.0) for way in ("higher", "lower")] == ["no", "yes"]
    assert met("lower", np.nan, 7.0) == ""


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"per": "people"}, "per"),
        ({"formula": "cases", "payer": "state"}, "payer"),
        ({"formula": "cases / people"}, "formula"),
        ({"formula": "__import__('os')"}, "formula"),
        ({"formula": "cases", "specialty_id": "nothing"}, "specialty_id"),
    ],
)
def test_a_formula_that_cannot_be_worked_out_is_told_at_its_cell(row: dict[str, str], column: str) -> None:
    with pytest.raises(InputError) as told:
        tiny.scenario(indicators=tiny.rows({"indicator_id": "a"} | row))
    (problem,) = (each for each in told.value.problems if each.severity == "error")
    assert problem.sheet == "indicators"
    assert problem.cell == f"{'ABC'[list({'indicator_id': 0} | row).index(column)]}2"


def test_all_as_planned_is_no_deviation_and_a_typed_one_is_its_target(tmp_path: Path) -> None:
    found = _review(tmp_path, all_as_planned)
    assert found.deviations.empty
    rows = found.indicators.set_index("indicator_id")
    assert rows.loc["deaths", ["actual", "met", "beside"]].to_list() == [12, "yes", ""]
    assert rows["beside"].drop("deaths").eq("as_planned").all()


def test_what_was_reached_is_held_against_target_and_plan(tmp_path: Path) -> None:
    edits = [
        typed("indicators", "indicator/in_time", {"value": 99, "reason": "shared rides"}),
        typed("indicators", "indicator/deaths", {"value": 13}),
        typed("indicators", "indicator/state", {"value": 1}),
    ]
    found = _review(tmp_path, *edits)
    rows = found.indicators.set_index("indicator_id")
    assert rows.loc["in_time", ["met", "beside", "reason"]].to_list() == ["yes", "better", "shared rides"]
    assert rows.loc["deaths", ["met", "beside"]].to_list() == ["no", ""]
    assert rows.loc["state", ["met", "beside"]].to_list() == ["", "better"]  # less money is better, and none is due
    assert rows.loc["left", ["met", "beside", "cell"]].to_list() == ["", "", ""]
    assert {"indicator/in_time", "indicator/state"} <= set(found.deviations["row_id"])
    lines = accounts(view_of(_plan()), found).set_index("item")
    assert lines.loc["Deaths", ["planned", "done"]].iloc[0].to_list() == [12, 13]


def test_the_latest_year_holds_and_its_parts_are_weighted_by_days(tmp_path: Path) -> None:
    said = {dt.date(2027, 12, 31): ("year", 20), dt.date(2028, 6, 30): ("half_year", 10), CUTOFF: ("half_year", 14)}
    files = [
        filled(
            rs.actuals(_plan(), cutoff, every),
            tmp_path / f"{cutoff}.xlsx",
            typed("indicators", "indicator/deaths", {"value": value}),
        )
        for cutoff, (every, value) in said.items()
    ]
    found = rs.review(_plan(), files)
    row = found.indicators.set_index("indicator_id").loc["deaths"]
    assert row["year"] == 2028
    assert 12 <= row["actual"] < 12.05
    assert not found.actuals.notices


def test_the_next_scenario_carries_them(tmp_path: Path) -> None:
    late = typed("milestones", "milestone/h2/cardio/opening", {"done_on": "2028-11-20"})
    draft = replan(_plan(), [filled(rs.actuals(_plan(), CUTOFF), tmp_path / "a.xlsx", late)])
    for name in ("indicators", "indicator_targets"):
        pd.testing.assert_frame_equal(getattr(draft.next.scenario, name), getattr(_plan().scenario, name))


def test_the_report_and_the_commands_tell_them(tmp_path: Path) -> None:
    with kept_only("planning"):
        folder = place_report(_plan(), tmp_path / "s" / "plan").folder
    with (folder / "tables" / "indicators.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 5 * 12
    assert {"indicator_id": "in_time", "year": "2030", "planned": "100", "target": "100", "met": "yes"} in rows
    sheet = openpyxl.load_workbook(folder / "planning.xlsx")["indicadores"]
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {"Treated in time", "quanto menor, melhor", "registry"} <= cells
    path = tmp_path / "a.xlsx"
    run = CliRunner().invoke(app, ["actuals", str(folder), "--until", str(CUTOFF), "--out", str(path)])
    assert run.exit_code == 0, run.output
    book = openpyxl.load_workbook(path)
    asked = book["indicators"]
    heads = {cell.value: cell.column for cell in asked[1]}
    last = [asked.cell(7, heads[name]).value for name in ("row_id", "fills", "what", "planned_value", "value")]
    assert last == ["indicator/deaths", "registry", "Deaths", 12, None]
    typed("indicators", "indicator/deaths", {"value": 9})(book)
    book.save(path)
    run = CliRunner().invoke(
        app, ["review", str(folder), str(path), "--out", str(tmp_path / "s" / "r"), "--lang", "vi"]
    )
    assert run.exit_code == 0, run.output
    told = openpyxl.load_workbook(tmp_path / "s" / "r" / "review.xlsx")["indicators"]
    assert "Deaths" in {cell.value for cell in told["A"]}
