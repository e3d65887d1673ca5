"""Each workbook in this folder is broken on purpose in one way: that problem is told, at its cell, and no other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from build import FOLDER, build, file_of, workbook_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from no_workbooks import FILES
from openpyxl.workbook import Workbook
from workbook_breakages import BREAKAGES, VALID

from redesaude.errors import InputError
from redesaude.inputs.checks import check_workbook, read_scenario

CELLS = (*VALID, *BREAKAGES)


@pytest.mark.parametrize("name", VALID)
def test_a_valid_workbook_has_no_problem(name: str):
    checked = check_workbook(file_of(name))
    assert checked.problems == ()
    assert checked.scenario is not None


@pytest.mark.few(17)
@pytest.mark.parametrize("name", BREAKAGES)
def test_a_workbook_broken_in_one_way_has_that_problem_alone(name: str):
    breakage = BREAKAGES[name]
    checked = check_workbook(file_of(name))
    found = [(p.code, p.sheet, p.cell) for p in checked.problems]
    expected = [(code, sheet, place) for code, sheet, place in breakage.expected]
    assert [(code, sheet, place or found[0][2]) for code, sheet, place in expected] == found
    assert {p.severity for p in checked.problems} == {breakage.severity}
    assert (checked.scenario is None) == (breakage.severity == "error")
    for problem in checked.problems:
        for sentence in (problem.found, problem.expected, problem.remedy):
            assert sentence.format_map(problem.values).strip()


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_sane_workbook_is_refused(name: str):
    with pytest.raises(InputError) as caught:
        read_scenario(file_of(name))
    (problem,) = caught.value.problems
    assert problem.code == FILES[name][1]
    assert problem.sheet == ""
    assert problem.remedy.format_map(problem.values)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path):
    assert [p.code for p in check_workbook(tmp_path / "none.xlsx").problems] == ["file_missing"]
    assert [p.code for p in check_workbook(tmp_path).problems] == ["file_is_folder"]
    assert [p.code for p in check_workbook(tmp_path / ("x" * 300)).problems] == ["file_unreadable"]


@pytest.mark.few(27)
@pytest.mark.parametrize("name", CELLS)
def test_the_committed_workbook_is_what_the_script_builds(name: str):
    assert _contents(openpyxl.load_workbook(file_of(name))) == _contents(workbook_of(name))


@pytest.mark.parametrize("name", FILES)
def test_the_committed_file_is_what_the_script_builds(name: str, tmp_path: Path):
    assert file_of(name).read_bytes() == build(name, tmp_path).read_bytes()


JUNK = (None, "x", "-", "NaN", "#REF!", "=1+", "all", "*", "a|b", "1,5", True, -1, 0, 0.5, 1e308, 10**300, "x" * 5000)


@pytest.mark.long
@given(data=st.data(), junk=st.sampled_from((*JUNK, dt.datetime(2020, 1, 1), dt.time(12))))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_junk_in_any_cell_stops_the_check(data: st.DataObject, junk: object, tmp_path: Path):
    book = workbook_of("valid")
    sheet = data.draw(st.sampled_from(book.worksheets))
    row = data.draw(st.sampled_from((1, 2, 3, sheet.max_row)))
    sheet.cell(row, data.draw(st.integers(1, sheet.max_column))).value = junk
    book.save(tmp_path / "junk.xlsx")
    for problem in check_workbook(tmp_path / "junk.xlsx").problems:
        assert problem.code not in {"damaged_workbook", "not_a_workbook"}
        assert problem.found.format_map(problem.values)


def test_no_stray_file_is_committed():
    assert {path.name for path in FOLDER.glob("*.xlsx")} == {file_of(name).name for name in (*CELLS, *FILES)}


def _contents(book: Workbook) -> dict[str, object]:
    cells = {
        f"{sheet.title}!{cell.coordinate}": cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    return cells | {f"{s.title} merged": sorted(map(str, s.merged_cells.ranges)) for s in book.worksheets}
