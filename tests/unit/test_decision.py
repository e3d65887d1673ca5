"""The decision file: its first page re-derived from the tables, its numbers found in the audit workbook, its print."""

from __future__ import annotations

import html
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import range_boundaries
from report_example import example_plan, example_scenario

import redesaude as rs
import tiny
from printed import convert_all, sizes
from recalculation import differences, needs_libreoffice
from redesaude.plan.plan import Plan
from redesaude.report.decision import write_decision
from redesaude.report.decision.decisions import decisions_frame
from redesaude.report.decision.reasons import worth_of_sites
from redesaude.report.folder import write_report
from redesaude.report.view import View, view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.report.workbook.figures import parts
from redesaude.report.workbook.story import story
from redesaude.report.workbook.story.certainty import certainty
from redesaude.report.workbook.story.money import public_years, today_years
from redesaude.report.workbook.story.openings import SHOWN, steps
from redesaude.report.workbook.story.people import town_gains
from redesaude.report.workbook.summary import gap_sentence
from redesaude.studies.going_on import going_on
from redesaude.studies.today import today
from sparing import kept_only

LANGUAGES = ("en", "pt-BR", "vi")


def placed() -> Plan:
    """The example, on a map."""
    scenario = example_scenario()
    places = scenario.territories.assign(latitude=[-14.05, -15.60, -15.9], longitude=[-52.16, -56.10, -56.2])
    sites = scenario.sites.assign(latitude=[-14.05, -15.60], longitude=[-52.16, -56.10])
    return example_plan(replace(scenario, territories=places, sites=sites))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with kept_only("audit_workbook", "decision"):
        return write_report(placed(), tmp_path_factory.mktemp("pack") / "result", "en", studies=False)


@pytest.fixture(scope="module")
def view() -> View:
    return view_of(placed(), "en")


@pytest.mark.parametrize("today", [None, "existing"])
def test_a_plan_that_closes_nothing_has_its_decisions(today: str | None) -> None:
    """Nothing runs today, or what runs goes on."""
    runs = {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": today, "contract_id": "direct"}
    tables = {"site_services": tiny.rows(runs), "contracts": tiny.rows({"contract_id": "direct"})} if today else {}
    plan = rs.solve(tiny.scenario(**tables), tiny.EXACT)
    frame = decisions_frame(view_of(plan, "en"))
    assert set(frame["site_id"]) == set(plan.openings.loc[plan.openings["change"] != "kept", "site_id"])
    assert "closes" not in set(frame["contract"])


def _facts(view: View, title: str) -> list[tuple[str, list[float]]]:
    """The lines and rows of a section with the values of their facts."""
    sections = story(view)
    return [
        (words, [f.value for f in facts]) for (n, *_), words, facts in parts(sections) if sections[n].title == title
    ]


def _csv(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "tables" / f"{name}.csv", dtype={"site_id": str}, keep_default_na=True)


@pytest.mark.few(1)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_first_page_stands_in_the_cell_that_it_names(tmp_path: Path, language: str) -> None:
    view = view_of(placed(), language)
    write_decision(write_audit_workbook(view, tmp_path / "audit.xlsx"), tmp_path / "decision.xlsx")
    first = openpyxl.load_workbook(tmp_path / "decision.xlsx").worksheets[0]
    audit = openpyxl.load_workbook(tmp_path / "audit.xlsx", data_only=True)
    named = {cell.value: cell for row in first.iter_rows() for cell in row if "!" in str(cell.value)}
    told = [(words, facts) for _, words, facts in parts(story(view)) if facts]
    assert len(named) == len(told)
    for (cells, cell), (words, facts) in zip(named.items(), told, strict=True):
        sheet, _, area = cells.partition("!")
        found = audit[sheet][area]
        column = [row[0] for row in found] if isinstance(found, tuple) else [found]
        assert [c.value for c in column] == pytest.approx([fact.value for fact in facts])
        assert cell.hyperlink.target == "audit.xlsx"
        assert cell.hyperlink.location == cells
        for fact in facts:  # as it is told, it stands in the sentence, or in the row of the table
            row = [c.value for c in first[cell.row]]
            assert fact.told(view.numbers) in str(row[0]) or pytest.approx(fact.value) in row
        assert words


def test_the_map_of_the_first_page_stands_beside_sentences_and_names_what_is_done_first(
    folder: Path, view: View
) -> None:
    first = openpyxl.load_workbook(folder / "decision.xlsx").worksheets[0]
    seats, *_ = first._charts
    top, left = seats.anchor._from.row + 1, seats.anchor._from.col + 1
    assert left in {5, 6, 7}  # about a third of the page, or more
    beside = [area.max_col for area in first.merged_cells.ranges if top < area.min_row < seats.anchor.to.row]
    assert len(beside) > 3
    assert max(beside) < left
    assert seats.anchor.to.row <= range_boundaries(first.print_area.rpartition("!")[2].replace("$", ""))[3]
    towns = set(steps(view).head(SHOWN)["town"])
    with zipfile.ZipFile(folder / "decision.xlsx") as package:
        drawn = package.read("xl/charts/chart1.xml").decode()
    assert set(re.findall(r"<c:dLbl>.*?<a:t>(.*?)</a:t>.*?</c:dLbl>", drawn)) == {html.escape(town) for town in towns}


@pytest.mark.few(2)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_of_a_sentence_is_without_a_fact(language: str) -> None:
    view = view_of(placed(), language)
    for (_, part, _), words, facts in parts(story(view)):
        if part == "line":
            rest = words.replace("=HYPERLINK(0)", "")  # the name of a municipality
            for told in sorted((fact.told(view.numbers) for fact in facts), key=len, reverse=True):
                rest = rest.replace(told, "")
            assert not re.search(r"\d", rest), words


def test_the_file_has_no_formula_and_every_table_a_filter(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "decision.xlsx")
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f" and "[" in c.value]
    for sheet in book:
        if sheet.sheet_state == "visible":
            assert sheet.print_area
            assert sheet.title in {"first", "map", "assumed"} or (sheet.auto_filter.ref and sheet.freeze_panes)


def test_what_the_plan_does_is_counted_from_the_tables(folder: Path, view: View) -> None:
    openings, assigned = _csv(folder, "openings"), _csv(folder, "assignments")
    stages = _csv(folder, "milestones")
    (_, asked), (_, done) = _facts(view, "The question")
    assert asked == [2, 700_000, 3]
    changes = openings["change"].value_counts()
    altered = sum(changes.get(word, 0) for word in ("resized", "enlarged", "converted"))
    closed = (stages["milestone"] == "closing").sum()
    services = [len(openings), openings["site_id"].nunique(), changes["new"], altered, 0, 0, closed]
    assert done == pytest.approx([*services, assigned["cases"].sum()])


def test_money_is_that_of_the_tables(folder: Path, view: View) -> None:
    years, costs = _csv(folder, "by_year"), _csv(folder, "costs")
    whole = years[years["region_id"] == "all"].groupby("year").sum(numeric_only=True)
    *rows, (_, (horizon, public, capital, total)) = _facts(view, "What it costs against today, and who pays")
    told = dict(rows)
    spent = whole["cost_state"] + whole["cost_municipalities"] + whole["cost_government"]
    assert told["All public money"] == pytest.approx([*spent.iloc[:5], spent.iloc[5:].mean()], rel=1e-6)
    new = [sum(amounts) for amounts in zip(*(v for name, v in rows if name.startswith("New:")), strict=True)]
    assert new == pytest.approx(
        [a - b for a, b in zip(told["All public money"], told["Today's services"], strict=True)]
    )
    paid = costs[~costs["line"].isin(["unmet", "shortfall_access"])]
    assert (horizon, total) == pytest.approx((len(whole), costs["npv"].sum()))
    assert public == pytest.approx(paid["npv"].sum())
    assert capital == pytest.approx(costs.loc[costs["line"] == "works", "npv"].sum())


def test_todays_services_going_on_cost_what_the_input_says(view: View) -> None:
    flows = view.studied.going_on  # one service of cardiology, size M, direct: 6 million a year, no cost per case
    assert set(flows["line"]) == {"fixed_running"}
    assert flows.groupby("year")["real"].sum().to_list() == pytest.approx([6e6] * 20)
    nothing = view.scenario.replace(site_services=view.scenario.site_services.iloc[:0])
    assert going_on(replace(view.plan, scenario=nothing), today(nothing)).empty


def test_a_plan_that_changes_nothing_asks_for_no_new_money() -> None:
    plan = placed()
    treated = today(plan.scenario)
    kept = plan.openings.iloc[[0]].assign(
        site_id="0012345",
        contract_id="direct",
        cases=treated["cases"].sum(),
        capacity=300.0,
        status="kept",
        change="kept",
    )
    assigned = treated.assign(period_id="p1", share=1.0)[list(plan.assignments.columns)]
    same = replace(plan, openings=kept, assignments=assigned, costs=plan.costs.iloc[:0])
    view = view_of(same, "en")
    assert (public_years(view)["all"] - today_years(view)["all"]).abs().max() < 1e-6


def test_municipalities_gain_what_the_plan_treats_in_time_beyond_today(folder: Path, view: View) -> None:
    flows, now = _csv(folder, "assignments"), today(view.scenario)
    then, before = (rows[rows["minutes"] <= 60].groupby("territory_id")["cases"].sum() for rows in (flows, now))
    gain = then.sub(before, fill_value=0.0)
    found = town_gains(view).set_index("territory_id")["gain"]
    assert found.to_dict() == pytest.approx(gain.to_dict())
    told = _facts(view, "Who gains, and who is still far")[1]
    assert told[1] == pytest.approx(sorted(gain[gain > 0.5], reverse=True)[:4])


def test_who_is_in_time_and_who_is_far_is_that_of_the_tables(folder: Path, view: View) -> None:
    years = _csv(folder, "by_year").query("region_id == 'all'").dropna(subset="share_within_standard")
    near = (years["cases"] * years["share_within_standard"]).groupby(years["year"]).sum()
    share = near / years.groupby("year")["cases"].sum()
    lines = _facts(view, "Who gains, and who is still far")
    now, cases = view.studied.today, view.studied.today["cases"]
    whole = (now["region_id"] == "all") & now["share_within_standard"].notna()
    today_share = (now["share_within_standard"] * cases)[whole].sum() / cases[whole].sum()
    alone = (years["cases"] * years["share_as_today"]).groupby(years["year"]).sum() / near * share
    told = [today_share, 2025, alone.iloc[0], share.iloc[0], share.index[0], share.iloc[-1], share.index[-1]]
    assert lines[0][1] == pytest.approx(told, rel=1e-5)
    flows, away = _csv(folder, "assignments"), _csv(folder, "unmet")
    outside = flows[flows["minutes"] > 60].groupby("territory_id")["cases"].sum()
    outside = outside.add(away.groupby("territory_id")["cases"].sum(), fill_value=0.0)
    every = pd.concat([flows, away]).groupby("territory_id")["cases"].sum()
    half, far, *most = lines[-1][1]
    assert (half, far) == (0.5, (outside / every > 0.5).sum())
    assert most == pytest.approx(sorted(outside[outside > 0], reverse=True)[:4])


def test_promises_missed_are_those_of_the_table_and_the_proof_is_that_of_the_manifest(folder: Path, view: View) -> None:
    table = _csv(folder, "promises")
    missed = table[table["met"] == "no"]
    *_, (_, why) = _facts(view, "Promises missed, and why")
    assert why[0] == pytest.approx(missed["npv"].sum())
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    bound, cost = manifest["bound"], manifest["objective"]
    (_, proof), *_ = _facts(view, "How sure it is")
    assert proof == pytest.approx([bound, cost, cost - bound, (cost - bound) / cost])


def test_regions_short_of_a_promise_are_counted_and_named() -> None:
    plan = placed()
    row = plan.promises[plan.promises["kind"] == "access"].iloc[0].to_dict()
    rows = [
        {**row, "promise_id": f"stroke|{region}", "specialty_id": "stroke", "region_id": region, "minutes": 120.0,
         "share": 0.5, "limit": 40.0, "achieved": 0.0, "shortfall": 40.0, "hard": False, "met": False, "npv": 9.0}
        for region in ("r1", "r2")
    ]  # fmt: skip
    view = view_of(replace(plan, promises=pd.DataFrame(rows)), "en")
    (first, values), _ = _facts(view, "Promises missed, and why")
    assert first.startswith("Stroke: in 2 of 2 health regions no case is treated within 120 minutes, where 50% is")
    assert values == [2, 2, 120, 0.5]
    rows[0] |= {"met": True, "achieved": 40.0, "npv": 0.0}
    (first, _), _ = _facts(view_of(replace(plan, promises=pd.DataFrame(rows)), "en"), "Promises missed, and why")
    assert "in 1 of 2 health regions" in first
    assert "Baixada Cuiabana" in first


def test_a_service_is_worth_the_minutes_to_the_next_one(view: View) -> None:
    worth = worth_of_sites(view).set_index(["site_id", "specialty_id"])
    only = worth.loc[("0067890", "cardio")]
    assert only["farther"] == float("inf")  # no other service of cardiology is open
    assert 0 < worth.loc[("0012345", "stroke"), "farther"] < float("inf")


def test_a_plan_without_decisions_has_no_decision_file(tmp_path: Path) -> None:
    from redesaude.status import Status

    nothing = {name: getattr(placed(), name).iloc[:0] for name in ("openings", "assignments", "costs", "promises")}
    plan = replace(placed(), status=Status.INFEASIBLE, objective=None, **nothing)
    assert not (write_report(plan, tmp_path / "none", studies=False) / "decision.xlsx").exists()


def test_sums_of_cost_on_the_first_page_are_formulas_over_the_cost_sheet(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "audit.xlsx")["page1"]
    assert sum("costs!" in str(row[3].value) for row in sheet.iter_rows()) == 3


@needs_libreoffice
@pytest.mark.long
def test_sums_of_cost_on_the_first_page_are_recalculated_to_what_they_show(folder: Path, tmp_path: Path) -> None:
    assert [cell for cell in differences(folder / "audit.xlsx", tmp_path) if cell.startswith("page1")] == []


@needs_libreoffice
@pytest.mark.long
def test_it_prints_on_twelve_pages_at_eight_points(tmp_path: Path) -> None:
    for language in LANGUAGES:
        audit = write_audit_workbook(view_of(placed(), language), tmp_path / "audit.xlsx")
        write_decision(audit, tmp_path / f"{language}.xlsx")
    for pdf in convert_all([tmp_path / f"{language}.xlsx" for language in LANGUAGES], tmp_path, "pdf"):
        pages = sizes(pdf.read_bytes())
        assert 1 < len(pages) <= 12
        assert min(min(page) for page in pages) >= 8.0 - 1e-2


def test_the_gap_is_one_figure_on_every_page() -> None:
    """It was told as a share of the bound beside the terminal's, of the plan's cost: 33 and 25 % of one plan."""
    plan = example_plan()
    assert plan.objective is not None
    far = view_of(replace(plan, bound=0.75 * plan.objective, gap=0.25), "en")
    (fact,) = (fact for line in certainty(far).lines for fact in line.facts if fact.name == "gap_to_bound")
    assert fact.value == pytest.approx(0.25)
    assert f"({fact.told(far.numbers)} of it)" in gap_sentence(far)


def test_rows_of_tables_lead_to_the_same_rows_of_the_audit_workbook(folder: Path) -> None:
    audit = openpyxl.load_workbook(folder / "audit.xlsx", data_only=True)
    followed: dict[str, int] = {}
    for sheet in openpyxl.load_workbook(folder / "decision.xlsx"):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.hyperlink and cell.hyperlink.tooltip):
            assert cell.hyperlink.target == "audit.xlsx"
            assert cell.hyperlink.tooltip == f"audit.xlsx, {cell.hyperlink.location}"
            name, place = cell.hyperlink.location.split("!")
            line = [of.value for of in audit[name][int(re.sub(r"\D", "", place))]]
            assert sheet.cell(cell.row, 1).value in line
            numbers = [value for value in line if isinstance(value, (int, float))]
            assert any(cell.value == pytest.approx(value, rel=1e-9) for value in numbers), cell.coordinate
            followed[sheet.title] = followed.get(sheet.title, 0) + 1
    assert {"money", "access", "contracts", "limits", "assumed"} <= {*followed}


def test_a_row_that_the_audit_workbook_does_not_have_leads_nowhere(view: View, tmp_path: Path) -> None:
    book = write_audit_workbook(view, tmp_path / "audit.xlsx")
    frame = pd.DataFrame({"specialty_id": [*view.scenario.specialties["specialty_id"], "none such"]})
    cells = book.rows("years", frame, ["specialty_id"])
    assert all(cells[:-1])
    assert cells[-1] == ""
