"""What is written reads back unchanged, is the same byte for byte, and never runs what a planner typed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redesaude.inputs import template
from redesaude.inputs.checks import check_workbook, read_scenario
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import FORMAT, FORMAT_PROPERTY, SETTINGS, TABLES
from redesaude.inputs.template import write_scenario, write_workbook

VALID = Path(__file__).parents[1] / "workbooks" / "valid.xlsx"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(VALID)


def assert_same(one: Scenario, other: Scenario) -> None:
    assert one.settings == other.settings
    for name, frame in one.tables().items():
        pd.testing.assert_frame_equal(frame, other.tables()[name])


def test_what_is_written_reads_back_unchanged(scenario: Scenario, tmp_path: Path):
    path = tmp_path / "again.xlsx"
    write_scenario(path, scenario)
    assert check_workbook(path).problems == ()
    assert_same(read_scenario(path), scenario)


@pytest.mark.long
@given(name=st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn", "Co")), min_size=1, max_size=40))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_a_planner_types_reads_back(scenario: Scenario, tmp_path: Path, name: str):
    sites = scenario.sites.assign(name=name.strip() or "x")
    path = tmp_path / "text.xlsx"
    changed = scenario.replace(sites=sites, variants=scenario.variants.assign(name=name.strip()))
    write_scenario(path, changed)
    assert_same(read_scenario(path), changed)


@pytest.mark.few(1)
@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "{=1}", "http://example.org", "12", "-5"])
def test_text_is_never_a_formula_a_link_or_a_number(scenario: Scenario, tmp_path: Path, text: str):
    path = tmp_path / "text.xlsx"
    write_scenario(path, scenario.replace(sites=scenario.sites.assign(name=text)))
    cell = openpyxl.load_workbook(path)["sites"]["B3"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None) or cell.data_type == "s"
    xml = zipfile.ZipFile(path).read("xl/worksheets/sheet7.xml")
    assert b"<f" not in xml.replace(b"<formula", b"").replace(b"</formula", b"")
    assert list(read_scenario(path).sites["name"]) == [text] * 4


def test_the_same_scenario_gives_the_same_bytes(scenario: Scenario, tmp_path: Path):
    for name in ("one", "two"):
        write_scenario(tmp_path / f"{name}.xlsx", scenario)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A blank workbook, to be looked at."""
    path = tmp_path_factory.mktemp("blank") / "blank.xlsx"
    write_workbook(path, {}, blank=True)
    return path


def test_a_blank_workbook_asks_only_for_the_rows_that_are_missing(blank: Path):
    problems = check_workbook(blank).errors
    assert [(p.code, p.sheet) for p in problems] == [
        ("empty_sheet", name) for name in ("territories", "specialties", "sites", "sizes")
    ]


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["en", "pt-BR", "vi"])
def test_a_blank_workbook_explains_itself(tmp_path: Path, language: str):
    path = tmp_path / "blank.xlsx"
    write_workbook(path, {}, {"language": language}, language, blank=True)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["guide", *(table.name for table in TABLES), "lists"]
    assert book["lists"].sheet_state == "hidden"
    for table in TABLES:
        sheet = book[table.name]
        assert [cell.value for cell in sheet[1]] == [column.name for column in table.columns]
        assert all(cell.value.startswith("[") for cell in sheet[2])
        assert all(cell.comment for cell in sheet[1])
        assert sheet.freeze_panes == "B3"
    assert [row[0].value for row in book["settings"].iter_rows(min_row=3)] == [s.name for s in SETTINGS]


def test_choices_references_and_limits_have_their_validation(blank: Path):
    book = openpyxl.load_workbook(blank)
    rules = {str(r.sqref).split(":")[0]: r for r in book["sites"].data_validations.dataValidation}
    assert rules["C3"].formula1.startswith(
        "IF(lists!$AV$2>6000,OFFSET(territories!$A$3,0,0,lists!$AV$2,1),OFFSET(lists!"
    )
    assert str(rules["C3"].sqref) == "C3:C20003"
    words = book["lists"][rules["F3"].formula1.split("!")[1].replace("$", "")]
    assert [cell[0].value for cell in words] == ["public", "philanthropic", "private", "new"]
    assert (rules["D3"].type, rules["D3"].formula1, rules["D3"].formula2) == ("decimal", "-90", "90")


def test_names_that_are_not_declared_are_refused(tmp_path: Path):
    frame = pd.DataFrame({"site_id": ["a"], "colour": ["red"]})
    with pytest.raises(ValueError, match=r"towns, budget, sites\.colour"):
        write_workbook(tmp_path / "x.xlsx", {"sites": frame, "towns": frame}, {"budget": 1})
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_file_that_was_there(scenario: Scenario, tmp_path: Path):
    path = tmp_path / "kept.xlsx"
    path.write_text("kept")
    sizes = scenario.sizes.assign(capacity=["many"] * len(scenario.sizes))
    with pytest.raises(ValueError, match="many"):
        write_scenario(path, scenario.replace(sizes=sizes))
    assert path.read_text() == "kept"
    assert list(tmp_path.iterdir()) == [path]


def test_a_large_travel_matrix_goes_beside_the_workbook(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(template, "_MOST_TRAVEL_ROWS", 1)
    times = pd.DataFrame(
        {
            "origin_id": ["5103403"] * 2,
            "destination_id": ["2655519", "0012345"],
            "minutes": [5.0, 170.5],
            "km": [np.nan, 212.5],
        }
    )
    path = tmp_path / "large.xlsx"
    write_scenario(path, scenario.replace(travel_times=times))
    again = read_scenario(path)
    pd.testing.assert_frame_equal(again.travel_times, times)
    assert again.settings.travel_times_file == "large-travel_times.csv"


@pytest.mark.parametrize("name", ["=1+1", "a;=1+1"])
def test_a_large_travel_matrix_with_ids_that_would_run_stays_in_the_workbook(
    name: str, scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(template, "_MOST_TRAVEL_ROWS", 1)
    times = pd.DataFrame(
        {
            "origin_id": [name] * 2,
            "destination_id": ["2655519", "0012345"],
            "minutes": [5.0, 170.5],
            "km": [np.nan, 212.5],
        }
    )
    write_scenario(tmp_path / "large.xlsx", scenario.replace(travel_times=times))
    assert [path.name for path in tmp_path.iterdir()] == ["large.xlsx"]


def test_workbooks_carry_their_format_and_newer_ones_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_workbook(path, {})
    workbook = openpyxl.load_workbook(path)
    assert workbook.custom_doc_props[FORMAT_PROPERTY].value == FORMAT
    assert "newer_format" not in {p.code for p in check_workbook(path).problems}
    workbook.custom_doc_props[FORMAT_PROPERTY].value = FORMAT + 1
    workbook.save(path)
    assert [(p.code, p.severity) for p in check_workbook(path).problems] == [("newer_format", "error")]
    del workbook.custom_doc_props[FORMAT_PROPERTY]  # as workbooks of format 1, and those made by hand
    workbook.save(path)
    assert "newer_format" not in {p.code for p in check_workbook(path).problems}
