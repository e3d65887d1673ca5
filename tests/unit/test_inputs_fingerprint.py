"""The fingerprint of an input: that of what it states, not of the file that it stands in."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import tiny
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.template import write_scenario
from redesaude.inputs.variants import apply_variant

VALID = Path(__file__).parents[1] / "workbooks" / "valid.xlsx"


def edited(path: Path, **cells: object) -> Scenario:
    """The workbook at ``path`` after a save by another program, with cells of its settings or sizes changed."""
    workbook = openpyxl.load_workbook(path)
    for place, value in cells.items():
        sheet, address = place.split("_")
        workbook[sheet][address] = value
    workbook.save(path)
    return read_scenario(path)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return Path(shutil.copy(VALID, tmp_path / "book.xlsx"))


def test_saving_again_renaming_and_blank_rows_change_nothing(book: Path, tmp_path: Path) -> None:
    before, content = read_scenario(book).input_sha256, book.read_bytes()
    assert edited(book).input_sha256 == before
    assert book.read_bytes() != content
    workbook = openpyxl.load_workbook(book)
    workbook["sizes"].insert_rows(4, 3)
    workbook.save(tmp_path / "other name.xlsx")
    assert read_scenario(tmp_path / "other name.xlsx").input_sha256 == before


def test_the_input_as_used_has_the_fingerprint_of_the_input(book: Path, tmp_path: Path) -> None:
    scenario = read_scenario(book)
    write_scenario(tmp_path / "scenario.xlsx", scenario, "vi")
    assert read_scenario(tmp_path / "scenario.xlsx").input_sha256 == scenario.input_sha256


def test_language_is_no_part_of_it_and_every_other_setting_is() -> None:
    scenario = tiny.scenario()
    spoken = scenario.replace(settings=replace(scenario.settings, language="vi"))
    assert spoken.input_sha256 == scenario.input_sha256
    other = {"title": "another", "base_year": 2030, "discount_rate": 0.05, "travel_times_complete": False, "gap": 0.5}
    for name, value in other.items():
        changed = scenario.replace(settings=replace(scenario.settings, **{name: value}))
        assert changed.input_sha256 != scenario.input_sha256, name


def test_a_changed_cell_row_or_order_gives_another() -> None:
    tables = tiny.tables()
    base = Scenario.from_tables(tables)
    assert Scenario.from_tables(dict(reversed(tables.items()))).input_sha256 == base.input_sha256
    sites, sizes, times = tables["sites"], tables["sizes"], tables["travel_times"]
    others = [
        {"sizes": sizes.assign(capacity=[40, np.nextafter(100, 101)])},
        {"sites": sites.assign(name=["a;b", "c"])},
        {"sites": sites.assign(name=["a", "b;c"])},
        {"sites": sites.iloc[::-1]},
        {"travel_times": times.assign(minutes=times["minutes"] + 1)},
        {"sites": sites.assign(contracts_allowed="direct")},
    ]
    found = {Scenario.from_tables(tables | other).input_sha256 for other in others}
    assert len(found | {base.input_sha256}) == len(others) + 1


def test_a_blank_is_the_default_typed_and_minus_zero_is_zero() -> None:
    sizes = tiny.tables()["sizes"]
    base = tiny.scenario().input_sha256
    assert tiny.scenario(sizes=sizes.assign(lifecycle_share=0.0, capex=-0.0, needs_support="no")).input_sha256 == base


def test_a_variant_differs_from_its_base_even_where_it_changes_nothing() -> None:
    changes = [
        {"variant_id": name, "sheet": "sizes", "key": "cardio|small", "column": "capacity", "operation": "set"}
        | {"value": value}
        for name, value in (("more", 50), ("same", 40))
    ]
    scenario = tiny.scenario(variants=pd.DataFrame(changes))
    found = {name: apply_variant(scenario, name).input_sha256 for name in ("base", "more", "same")}
    assert len(set(found.values())) == 3
    assert found["base"] == scenario.input_sha256


def test_the_travel_file_is_part_of_it_as_the_same_rows_on_a_sheet_are(book: Path) -> None:
    csv = book.with_name("times.csv")
    csv.write_text("origin_id,destination_id,minutes\n5103403,0012345,170\n")
    named = edited(book, settings_A10="travel_times_file", settings_B10="times.csv")
    csv.write_text("origin_id;destination_id;minutes\r\n5103403;0012345;170\r\n")
    assert read_scenario(book).input_sha256 == named.input_sha256
    csv.write_text("origin_id,destination_id,minutes\n5103403,0012345,171\n")
    assert read_scenario(book).input_sha256 != named.input_sha256
