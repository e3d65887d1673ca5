"""The workbook of actuals: what it asks, what is read of it, how reports are merged, and every wrong cell told."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from review_example import Edit, all_as_planned, asked, filled, plan, planned, typed
from typer.testing import CliRunner

from redesaude.cli.app import app
from redesaude.errors import InputError
from redesaude.plan.storage import write_plan
from redesaude.reviewing.declared import ACTUALS
from redesaude.reviewing.facts import Known
from redesaude.reviewing.reading import Actuals, read_actuals
from redesaude.reviewing.spans import Every, Span, date_of, parse_date, year_of

CUTOFF = dt.date(2028, 12, 31)
OPENING, WORKS, SIGNED = (f"milestone/h2/cardio/{stage}" for stage in ("opening", "works", "procurement"))
H1, H2 = "service/h1/cardio", "service/h2/cardio"


def _read(tmp_path: Path, *edits: Edit) -> Actuals:
    return read_actuals(planned(), [filled(asked(CUTOFF), tmp_path / "a.xlsx", *edits)])


def _several(tmp_path: Path, **files: tuple[dt.date, str, Edit]) -> Actuals:
    """Read a file for each (cut-off date, how often, edit), in their order."""
    paths = [
        filled(asked(cutoff, every), tmp_path / f"{name}.xlsx", edit) for name, (cutoff, every, edit) in files.items()
    ]
    return read_actuals(planned(), paths)


def test_rows_are_what_is_due_with_ids_that_no_figure_is_part_of() -> None:
    tables = asked(CUTOFF).tables
    assert tables["milestones"]["row_id"].to_list() == [SIGNED, WORKS, f"{WORKS[:-5]}training", OPENING]
    assert tables["milestones"]["planned_on"].map(str).to_list() == ["2027-07-02", *["2028-07-02"] * 3]
    assert tables["services"]["row_id"].to_list() == [H1, H2]
    # half of 2028: 30 cases of its own a year at h2, five of them taken at h1 until h2 opens, as it has room for ten
    assert tables["services"]["planned_cases"].to_list() == pytest.approx([35.0, 15.0], abs=0.1)
    assert tables["quality"]["row_id"].to_list() == ["quality/h2/ppp/rooms"]
    assert tables["promises"]["row_id"].to_list() == ["promise/access/cardio/all/25/1"]
    early = asked().tables
    assert early["milestones"]["row_id"].to_list() == [SIGNED, WORKS]  # the opening has not begun in 2027


def test_parts_of_a_year_add_up_to_it() -> None:
    whole = asked(CUTOFF).tables["services"].set_index("row_id")
    for every, ends in ((Every.FOUR_MONTHS, (4, 8, 12)), (Every.HALF_YEAR, (6, 12))):
        parts = [asked(dt.date(2028, m, 31 if m in (8, 12) else 30), every) for m in ends]
        for column in ("planned_cases", "planned_cost"):
            found = sum(part.tables["services"].set_index("row_id")[column] for part in parts)
            assert found.to_list() == pytest.approx(whole[column].to_list())


def test_blank_is_not_reported_and_the_mark_says_all_of_a_row(tmp_path: Path) -> None:
    assert _read(tmp_path).known == {}
    known = _read(tmp_path, all_as_planned).known
    assert known[OPENING, "state"].value == "done"
    assert known[OPENING, "done_on"].value == dt.date(2028, 7, 2)
    assert known[H2, "cases"].as_planned
    assert float(known[H2, "cases"].value) == pytest.approx(15.0, abs=0.1)
    assert (H2, "staff") not in known  # the plan states none


def test_what_is_typed_is_read_with_its_cell_and_dates_as_people_write_them(tmp_path: Path) -> None:
    late = typed("milestones", OPENING, {"done_on": "30/11/2028", "reason": "licence"})
    worked = typed("milestones", WORKS, {"state": "done", "done_on": dt.datetime(2028, 10, 5)})
    other = typed("unplanned", "-", {"what": "tent", "site_id": "h1", "done_on": "2028-02-01", "cases": 7})
    read = _read(tmp_path, late, worked, typed("services", H2, {"cases": 3, "minutes": 12.5}), other)
    found = read.known
    assert read.unplanned[["what", "done_on", "file"]].to_numpy().tolist() == [["tent", dt.date(2028, 2, 1), "a.xlsx"]]
    assert found[OPENING, "done_on"].value == dt.date(2028, 11, 30)
    assert found[OPENING, "state"].value == "done"
    assert found[OPENING, "reason"].value == "licence"
    assert found[WORKS, "done_on"].value == dt.date(2028, 10, 5)
    assert found[H2, "minutes"].facts[0].place == "[a.xlsx]services!K4"


def test_promises_of_money_may_be_as_large_as_money_is_in_dong(tmp_path: Path) -> None:
    large = {"planned_limit": 3e12, "planned_value": 2.7e12, "value": 2.8e12}
    known = _read(tmp_path, typed("promises", "promise", large)).known
    assert [told.value for (_, measure), told in known.items() if measure == "value"] == [2.8e12]


def test_spans_and_dates() -> None:
    assert Span.until(dt.date(2027, 4, 30), Every.FOUR_MONTHS).begins == dt.date(2027, 1, 1)
    assert dict(Span(dt.date(2027, 7, 1), dt.date(2028, 12, 31)).parts()) == {2027: 184 / 365, 2028: 1.0}
    assert [parse_date(text) for text in ("2027-02-30", "x", "1.2.2027")] == [None, None, dt.date(2027, 2, 1)]
    assert all(date_of(year_of(day)) == day for day in (dt.date(2028, 2, 29), dt.date(2027, 12, 31)))


def _value(known: Known, row: str, measure: str) -> object:
    return known[row, measure].value


def test_reports_of_parts_add_up_and_the_latest_holds_of_what_has_no_days(tmp_path: Path) -> None:
    half = dt.date(2028, 6, 30)
    found = _several(
        tmp_path,
        first=(half, "half_year", _all(typed("services", H1, {"cases": 20, "minutes": 10}), _expected("2028-09-01"))),
        second=(
            CUTOFF,
            "half_year",
            _all(typed("services", H1, {"cases": 17, "minutes": 20}), _expected("2029-02-01")),
        ),
    )
    assert _value(found.known, H1, "cases") == 37
    assert 15 < float(found.known[H1, "minutes"].value) < 15.1  # by days: 182 and 184
    assert _value(found.known, WORKS, "expected_on") == dt.date(2029, 2, 1)
    assert [notice.code for notice in found.notices] == ["actuals_corrected"]
    assert found.span == Span(dt.date(2028, 1, 1), CUTOFF)


def _all(*edits: Edit) -> Edit:
    def edit(book: openpyxl.Workbook) -> None:
        for each in edits:
            each(book)

    return edit


def _expected(text: str) -> Edit:
    return typed("milestones", WORKS, {"state": "under_way", "expected_on": text})


def test_a_report_of_the_whole_time_takes_the_place_of_its_parts(tmp_path: Path) -> None:
    found = _several(
        tmp_path,
        part=(dt.date(2028, 6, 30), "half_year", typed("services", H1, {"cases": 20})),
        whole=(CUTOFF, "year", typed("services", H1, {"cases": 39})),
    )
    assert _value(found.known, H1, "cases") == 39


def test_a_blank_never_loses_what_an_earlier_report_said(tmp_path: Path) -> None:
    said = typed("milestones", SIGNED, {"done_on": "2027-06-20"})
    found = _several(
        tmp_path,
        year1=(dt.date(2027, 12, 31), "year", _all(said, typed("services", H1, {"cost": 700}))),
        north=(CUTOFF, "year", typed("services", H1, {"cases": 35})),
        south=(CUTOFF, "year", typed("services", H2, {"cases": 12})),
    )
    assert _value(found.known, SIGNED, "done_on") == dt.date(2027, 6, 20)
    assert [_value(found.known, row, "cases") for row in (H1, H2)] == [35, 12]
    assert _value(found.known, H1, "cost") == 700
    again = _several(tmp_path, north=(CUTOFF, "year", typed("services", H1, {"cases": 35})))
    assert set(again.known) < set(found.known)


def test_two_reports_that_contradict_each_other_are_told_with_both_cells(tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        _several(
            tmp_path,
            north=(CUTOFF, "year", typed("services", H1, {"cases": 35})),
            south=(CUTOFF, "year", typed("services", H1, {"cases": 36})),
        )
    (problem,) = told.value.problems
    assert (problem.sheet, problem.cell, problem.values["first"]) == (
        "[south.xlsx]services",
        "J3",
        "[north.xlsx]services!J3",
    )


def test_days_reported_twice_in_part_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="some of these days"):
        _several(
            tmp_path,
            four=(dt.date(2028, 8, 31), "four_months", typed("services", H1, {"cases": 12})),
            half=(dt.date(2028, 6, 30), "half_year", typed("services", H1, {"cases": 20})),
        )


def _cell(sheet: str, cell: str, value: object) -> Edit:
    def edit(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = value

    return edit


def _without(sheet: str) -> Edit:
    return lambda book: book.remove(book[sheet])


#: what is done to the workbook, and the cell and the words that tell it
BROKEN: dict[str, tuple[Edit, str, str]] = {
    "words for a number": (typed("services", H1, {"cases": "many"}), "services!J3", "a number for cases"),
    "a number with its unit": (typed("services", H1, {"cost": "R$ 700"}), "services!L3", "number alone"),
    "cases below zero": (typed("services", H1, {"cases": -3}), "services!J3", "0"),
    "a date for a number": (typed("services", H1, {"cases": dt.datetime(2028, 1, 1)}), "services!J3", "date"),
    "an error for a number": (typed("services", H1, {"cases": "#N/A"}), "services!J3", "error"),
    "a share in percent": (typed("quality", "quality", {"attainment": 95}), "quality!J3", "95"),
    "neither yes nor no": (typed("services", H1, {"as_planned": "maybe"}), "services!I3", "yes or no"),
    "a state nobody knows": (typed("milestones", WORKS, {"state": "finished"}), "milestones!I4", "under_way"),
    "a day that is none": (typed("milestones", WORKS, {"done_on": "31/02/2028"}), "milestones!J4", "no date"),
    "done without a day": (typed("milestones", WORKS, {"state": "done"}), "milestones!J4", "done_on"),
    "a day though not done": (
        typed("milestones", WORKS, {"state": "not_done", "done_on": "2028-05-01"}),
        "milestones!I4",
        "empty done_on",
    ),
    "done after the cut-off": (typed("milestones", WORKS, {"done_on": "2029-01-05"}), "milestones!J4", "expected_on"),
    "expected in the past": (typed("milestones", WORKS, {"expected_on": "2028-03-01"}), "milestones!K4", "done_on"),
    "expected though done": (
        typed("milestones", WORKS, {"done_on": "2028-03-01", "expected_on": "2029-03-01"}),
        "milestones!K4",
        "empty expected_on",
    ),
    "as planned and otherwise": (
        typed("services", H1, {"as_planned": "yes", "cases": 50}),
        "services!J3",
        "empty as_planned",
    ),
    "a row the plan has not": (typed("services", H1, {"row_id": "service/h1/cardo"}), "services!A3", H1),
    "a row twice": (typed("services", H2, {"row_id": H1}), "services!A4", "row 3"),
    "no first day": (_cell("report", "B3", None), "report!B3", "begins"),
    "the cut-off before the first day": (_cell("report", "C3", "2027-01-01"), "report!C3", "before"),
    "another scenario": (_cell("report", "A3", "elsewhere"), "report!A3", "scenario"),
    "two reports in one": (
        _all(
            *(_cell("report", f"{c}4", v) for c, v in zip("ABC", ("scenario", "2028-01-01", "2028-12-31"), strict=True))
        ),
        "report!A3",
        "2 rows",
    ),
    "the sheet report gone": (_without("report"), "report", "report"),
    "a sheet misspelt": (lambda book: setattr(book["services"], "title", "servces"), "servces", "services"),
    "a column misspelt": (_cell("services", "J1", "casess"), "services!J1", "cases"),
    "the ids gone": (_cell("services", "A1", "what_for"), "services!1:1", "row_id"),
    "merged cells": (lambda book: book["services"].merge_cells("J3:J4"), "services!J3:J4", "unmerge"),
    "a site nobody knows": (typed("unplanned", "-", {"what": "tent", "site_id": "h9"}), "unplanned!B3", "sites"),
    "nothing said of what": (typed("unplanned", "-", {"cases": 3}), "unplanned!A3", "what was done"),
}


@pytest.mark.few(10)
@pytest.mark.parametrize("name", BROKEN)
def test_a_wrong_cell_is_told_with_what_to_type(name: str, tmp_path: Path) -> None:
    edit, place, words = BROKEN[name]
    with pytest.raises(InputError) as told:
        _read(tmp_path, edit)
    errors = [p for p in told.value.problems if p.severity == "error"]
    assert [f"{p.sheet}!{p.cell}".rstrip("!") for p in errors] == [f"[a.xlsx]{place}"]
    text = str(told.value)
    assert words in text
    assert "{" not in text


#: those of the ways above that leave the rest of a workbook readable, each in a row of its own
_TOGETHER = ("words for a number", "a share in percent", "a state nobody knows", "no first day", "a site nobody knows")


@pytest.mark.long
def test_the_command_tells_every_wrong_cell_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    write_plan(plan(), tmp_path / "plan")
    path = filled(asked(CUTOFF), tmp_path / "a.xlsx", *(BROKEN[name][0] for name in _TOGETHER))
    for command in ("review", "replan"):
        call = [command, str(tmp_path / "plan"), str(path), "--out", str(tmp_path / "s" / "out"), "--lang", "pt-BR"]
        run = CliRunner().invoke(app, call)
        assert run.exit_code != 0
        text = str(run.exception) if run.exception and not run.output else run.output
        assert [BROKEN[name][1] for name in _TOGETHER if f"[a.xlsx]{BROKEN[name][1]}" not in text] == []
        assert not (tmp_path / "s").exists()


@pytest.mark.long
def test_the_command_never_loses_what_an_earlier_partial_report_said(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    write_plan(plan(), tmp_path / "plan")
    said = _all(typed("milestones", SIGNED, {"done_on": "2027-06-20"}), typed("services", H1, {"cost": 700}))
    first = filled(asked(dt.date(2027, 12, 31)), tmp_path / "first.xlsx", said)
    later = filled(asked(CUTOFF), tmp_path / "later.xlsx", typed("services", H2, {"cases": 12}))
    out = tmp_path / "reviews" / "r"
    run = CliRunner().invoke(app, ["review", str(tmp_path / "plan"), str(first), str(later), "--out", str(out)])
    assert run.exit_code == 0, run.output
    told = {(row["row_id"], row["measure"]): row["actual"] for row in _rows(out, "figures")}
    assert (told[H1, "cost"], told[H2, "cases"]) == ("700", "12")
    assert {row["row_id"]: row["actual_on"] for row in _rows(out, "dates")}[SIGNED] == "2027-06-20"


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    (path,) = folder.rglob(f"{name}.csv")
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_everything_wrong_is_told_at_once_in_the_order_of_files_and_cells(tmp_path: Path) -> None:
    form = asked(CUTOFF)
    one = filled(form, tmp_path / "one.xlsx", typed("services", H1, {"cases": "x", "cost": "y"}))
    two = filled(form, tmp_path / "two.xlsx", typed("milestones", WORKS, {"state": "x"}))
    (tmp_path / "three.xlsx").write_text("no workbook", encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_actuals(planned(), [one, two, tmp_path / "three.xlsx"])
    places = [f"{p.sheet}{p.cell}" for p in told.value.problems]
    assert places == ["[one.xlsx]servicesJ3", "[one.xlsx]servicesL3", "[two.xlsx]milestonesI4", "[three.xlsx]"]


def test_what_is_given_is_marked_and_every_column_has_its_meaning(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(filled(asked(CUTOFF), tmp_path / "a.xlsx"))
    assert book.sheetnames[1:-1] == [table.name for table in ACTUALS.tables]
    page = book["services"]
    grey = {cell.value for cell in page[1] if cell.fill.fgColor.rgb == "FFE7E6E6"}
    assert {"row_id", "what", "planned_cases"} <= grey
    assert not grey & {"cases", "as_planned", "note"}
    assert all(str(cell.value).startswith("[") for cell in page[2])


@pytest.mark.long
def test_the_command_writes_a_workbook_or_one_for_each_region(tmp_path: Path) -> None:
    write_plan(plan(), tmp_path)
    call = ["actuals", str(tmp_path), "--until", "2028-12-31", "--out", str(tmp_path / "a.xlsx")]
    run = CliRunner().invoke(app, call, standalone_mode=False)
    assert run.exit_code == 0, run.output
    assert "rows to report" in run.output
    assert CliRunner().invoke(app, call).exit_code == 1  # nothing is written over
    run = CliRunner().invoke(app, [*call, "--regions", "all", "--lang", "vi"])
    assert run.exit_code == 0, run.output
    names = {path.name for path in tmp_path.glob("a-*.xlsx")}
    assert names == {"a-west.xlsx", "a-east.xlsx", "a-all.xlsx"}
    west = openpyxl.load_workbook(tmp_path / "a-west.xlsx")["services"]
    assert [west.cell(n, 1).value for n in range(3, west.max_row + 1)] == [H1]
    found = read_actuals(planned(), sorted(tmp_path.glob("a-*.xlsx")))
    assert found.files == ("a-all.xlsx", "a-east.xlsx", "a-west.xlsx")


@pytest.mark.parametrize("more", [["--until", "soon"], ["--every", "week"], ["--regions", "north"]])
def test_the_command_refuses_what_it_cannot_read(more: list[str], tmp_path: Path) -> None:
    write_plan(plan(), tmp_path)
    run = CliRunner().invoke(app, ["actuals", str(tmp_path), *more])
    assert run.exit_code == 1
    assert not list(tmp_path.glob("*.xlsx"))
