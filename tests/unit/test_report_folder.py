"""The output folder: complete or absent, the same bytes every time, and safe to open."""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from appraisal_example import example_plan as appraisable_plan
from report_example import example_plan, example_scenario, table
from resources_example import example_plan as resources_plan

from redesaude.errors import OutputError
from redesaude.inputs.scenario import Scenario
from redesaude.language import said
from redesaude.plan.plan import ACCESS, ASSIGNMENTS, COSTS, OPENINGS, PROMISES, UNMET, Plan
from redesaude.report import folder as folder_module
from redesaude.report.folder import write_report
from redesaude.report.instruments.registry import INSTRUMENTS
from redesaude.report.studies import studies_of
from redesaude.report.tables import cell, write_csv, write_tables
from redesaude.report.terms import REPORT_PHASES
from redesaude.report.view import view_of
from redesaude.status import Status, Termination

#: the plan by hand is not one that its scenario would give, so its prices cannot be studied


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of the example, to be looked at; who changes it takes a copy."""
    return write_report(example_plan(), tmp_path_factory.mktemp("whole") / "results" / "demo", studies=False)


def _without_plan(scenario: Scenario | None = None, **changes: Any) -> Plan:
    """What little there is to write where no plan was found."""
    return Plan(scenario or example_scenario(), Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE, **changes)


def _tables(plan: Plan, folder: Path) -> Path:
    write_tables(view_of(plan), folder)
    return folder


def _files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def _csv(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))


def test_folder_holds_every_file_and_nothing_is_left_beside_it(written: Path) -> None:
    out = written
    names = ("openings", "assignments", "access", "costs", "unmet", "promises", "milestones", "by_year", "new_money",
             "travel")  # fmt: skip
    tables = {f"tables/{n}.csv" for n in names}  # nobody asked for hubs, staff or stations
    tables |= {f"tables/{each.table}.csv" for each in INSTRUMENTS["brazil"].instruments}  # by its currency
    pages = {
        "brief.html",
        "brief.pdf",
        "decision.xlsx",
        "audit.xlsx",
        "plan.xlsx",
        "planning.xlsx",
        "map.html",
        "references.xlsx",
    }
    pages |= {f"regions/{region}.xlsx" for region in ("r1", "r2")}
    assert _files(out) == {*pages, "plan.npz", "scenario.xlsx", "manifest.json", "run.log"} | tables
    assert os.listdir(out.parent) == ["demo"]
    assert (out / "run.log").read_text() == "reading\nsolving\n"
    assert (out / "plan.xlsx").read_bytes() == (out / "audit.xlsx").read_bytes()  # until 1.0


def test_tables_of_hubs_staff_and_stations_are_written_where_the_input_has_them(tmp_path: Path) -> None:
    asked, plan = {f"{n}.csv" for n in ("loads", "workforce", "stations", "emergency")}, resources_plan()
    assert asked <= _files(_tables(plan, tmp_path / "all"))
    no_stations = replace(plan, scenario=plan.scenario.replace(stations=plan.scenario.stations.iloc[:0]))
    assert asked & _files(_tables(no_stations, tmp_path / "some")) == {"loads.csv", "workforce.csv"}


@pytest.mark.long
def test_studies_are_told_as_they_begin_and_give_the_same_bytes_again(tmp_path: Path) -> None:
    told: list[str] = []
    plan = appraisable_plan()
    first = write_report(plan, tmp_path / "a", studies=studies_of(plan, told.append))
    assert told == [phase for phase in REPORT_PHASES if phase not in ("relief", "write")]  # no load ceilings
    second = write_report(plan, tmp_path / "b", studies=studies_of(plan))
    assert (first / "plan.xlsx").read_bytes() == (second / "plan.xlsx").read_bytes()


def test_manifest_carries_the_agreed_names(written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_text())
    assert {
        "status", "termination", "objective", "bound", "gap", "seconds", "variables", "constraints", "peak_memory_mb",
        "engine", "seed", "threads", "work", "deterministic",
        "input_sha256", "versions", "audit", "scenario", "variant", "options", "travel",
    } <= manifest.keys()  # fmt: skip
    assert manifest["status"] == "feasible"
    assert manifest["objective"] == pytest.approx(115_250_000.75)
    assert list(manifest["seconds"]) == [
        "read", "assemble", "build", "bound", "core", "search", "exact", "tables", "explain", "solve",
        "report", "total",
    ]  # fmt: skip
    assert manifest["seconds"]["total"] >= 120.5  # reading and all of the solve, of which building is a part
    assert manifest["audit"]["passed"] is True
    assert [check["name"] for check in manifest["audit"]["checks"]] == ["costs", "demand balance"]
    assert manifest["travel"] == "modelled"
    assert manifest["versions"]["xlsxwriter"]


@pytest.mark.usefixtures("no_pages")
def test_travel_is_given_only_when_no_pair_was_modelled(tmp_path: Path) -> None:
    times = table("travel_times", {"origin_id": "t1", "destination_id": "0012345", "minutes": 5.0})
    out = write_report(_without_plan(example_scenario(travel_times=times)), tmp_path / "r", studies=False)
    assert json.loads((out / "manifest.json").read_text())["travel"] == "given"


@pytest.mark.usefixtures("no_pages")
def test_numbers_that_json_cannot_hold_become_null(tmp_path: Path) -> None:
    plan = _without_plan(bound=float("-inf"), gap=float("nan"))
    manifest = json.loads((write_report(plan, tmp_path / "r", studies=False) / "manifest.json").read_text())
    assert manifest["bound"] is None
    assert manifest["gap"] is None


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("openings", OPENINGS), ("assignments", ASSIGNMENTS), ("access", ACCESS),
        ("costs", COSTS), ("unmet", UNMET), ("promises", PROMISES),
    ],
)  # fmt: skip
def test_tables_have_the_declared_columns_first(written: Path, name: str, columns: tuple[str, ...]) -> None:
    assert tuple(_csv(written / "tables" / f"{name}.csv")[0]) == columns


@pytest.mark.long
def test_tables_and_workbook_are_the_same_bytes_whatever_the_order_of_rows(written: Path, tmp_path: Path) -> None:
    plan = example_plan()
    frames = ("openings", "assignments", "access", "costs", "unmet", "promises")
    shuffled = example_plan(**{name: getattr(plan, name).iloc[::-1].reset_index(drop=True) for name in frames})
    one, two = written, write_report(shuffled, tmp_path / "two", studies=False)
    for name in frames:
        assert (one / f"tables/{name}.csv").read_bytes() == (two / f"tables/{name}.csv").read_bytes()
        assert b"\r" not in (one / f"tables/{name}.csv").read_bytes()
    assert (one / "plan.xlsx").read_bytes() == (two / "plan.xlsx").read_bytes()


@pytest.mark.few(2)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_neutralised(tmp_path: Path, start: str) -> None:
    wicked, scenario = start + "cmd|' /C calc'!A0", example_scenario()
    named = {name: getattr(scenario, name).replace({"size_id": {"M": wicked}}) for name in ("sizes", "site_services")}
    plan = example_plan(scenario.replace(**named))
    plan = replace(plan, openings=plan.openings.replace({"size_id": {"M": wicked}}))
    rows = (_tables(plan, tmp_path / "r") / "openings.csv").read_bytes().decode()
    assert f"'{start}cmd" in rows
    assert f",{start}cmd" not in rows


@pytest.mark.parametrize(
    "text", ["h1;=cmd|' /C calc'!A0", "a;\t=1+1", "x\n=1+1", 'x"\n"=1+1', "a;b;@SUM(1)", "\uff1d1+1", ";-2+3"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_begins_a_formula_whatever_separator_a_spreadsheet_takes(
    text: str, separator: str, tmp_path: Path
) -> None:
    frame = pd.DataFrame({"a": [text, "b"], "b": [1.0, -2.0], "c": ["d", text]})
    write_csv(frame, ["a", "b", "c"], tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as stream:
        cells = [cell for row in csv.reader(stream, delimiter=separator) for cell in row]
    live = [cell for cell in cells if cell.lstrip(' "\t').startswith(("=", "+", "-", "@", "\uff1d"))]
    assert [cell for cell in live if cell != "-2"] == []


def test_text_without_formulas_is_written_as_it_is() -> None:
    for text in ("Água Boa; Cuiabá", "a-b", "x = y", "5 + 3", "'quoted'", "a@b.br", "0012345", "a, -5"):
        assert cell(text) == text


def test_cells_are_plain_numbers_flags_and_blanks() -> None:
    values = [1.0, -0.0000001, 2.5, -3.25, 12345678901.5, float("nan"), None, True, False, "0012345"]
    assert [cell(v) for v in values] == ["1", "0", "2.5", "-3.25", "12345678901.5", "", "", "yes", "no", "0012345"]


def test_cost_table_still_adds_up_to_the_objective(written: Path) -> None:
    rows = pd.read_csv(written / "tables/costs.csv")
    assert rows["npv"].sum() == pytest.approx(example_plan().objective, rel=1e-12)


@pytest.mark.long
def test_an_earlier_result_is_replaced_and_files_of_others_stay(written: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(written, tmp_path / "r"))
    (out / "remarks.txt").write_text("mine")
    (out / "tables" / "mine.csv").write_text("mine as well")
    write_report(example_plan(seed=7), out, studies=False)
    assert json.loads((out / "manifest.json").read_text())["seed"] == 7
    assert (out / "remarks.txt").read_text() == "mine"
    assert (out / "tables" / "mine.csv").read_text() == "mine as well"
    assert os.listdir(tmp_path) == ["r"]


@pytest.mark.parametrize("manifest", [None, "{}", '{"name": "a browser extension"}', "not json", "[]"])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, manifest: str | None) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    before = _files(tmp_path)
    with pytest.raises(OutputError, match="something other"):
        write_report(example_plan(), tmp_path, studies=False)
    assert _files(tmp_path) == before


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("a file")
    with pytest.raises(OutputError, match="is a file"):
        write_report(example_plan(), tmp_path / "r", studies=False)


@pytest.mark.usefixtures("no_pages")
def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    assert (write_report(_without_plan(), tmp_path / "r", studies=False) / "manifest.json").exists()


def test_a_failure_half_way_leaves_the_earlier_result_untouched(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path(shutil.copytree(written, tmp_path / "r"))
    before = {name: (out / name).read_bytes() for name in _files(out)}

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(folder_module, "write_audit_workbook", fail)
    with pytest.raises(OutputError, match="disk full"):
        write_report(example_plan(seed=9), out, studies=False)
    assert {name: (out / name).read_bytes() for name in _files(out)} == before
    assert os.listdir(tmp_path) == ["r"]


def test_no_plan_gets_a_folder_too(tmp_path: Path) -> None:
    plan = _without_plan(causes=(said("Cardiology needs {n} centres.", n=2),))
    out = write_report(plan, tmp_path / "r", studies=False)
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["status"], manifest["objective"], manifest["gap"]) == ("infeasible", None, None)
    assert manifest["reason"] == ["Cardiology needs 2 centres."]
    assert _csv(out / "tables/openings.csv") == [list(OPENINGS)]


def test_unknown_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown language"):
        write_report(example_plan(), tmp_path / "r", language="tlh", studies=False)
    assert os.listdir(tmp_path) == []
