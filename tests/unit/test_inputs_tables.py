"""Scenarios from data frames: little is asked, defaults are neutral, every problem is told at once."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pandas as pd
import pytest

from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.settings import Settings
from redesaude.inputs.tables import BY_NAME, SETTINGS, TABLES

Tables = dict[str, pd.DataFrame]


@pytest.fixture
def tables() -> Tables:
    return {
        "territories": pd.DataFrame({"territory_id": [1, 2, 3], "population": [1000, 2000, 3000]}),
        "specialties": pd.DataFrame({"specialty_id": ["a"], "cases_per_100k": [100]}),
        "sites": pd.DataFrame({"site_id": np.array([10, 20]), "territory_id": [1.0, 2.0]}),
        "sizes": pd.DataFrame({"specialty_id": ["a"], "size_id": ["m"], "capacity": [50]}),
        "travel_times": pd.DataFrame({"origin_id": [1, 2, 3], "destination_id": [10, 20, 10], "minutes": [0, 0, 30]}),
    }


def codes(tables: Tables) -> list[tuple[str, str, str]]:
    with pytest.raises(InputError) as caught:
        Scenario.from_tables(tables)
    return [(p.code, p.sheet, p.cell) for p in caught.value.problems]


def test_the_least_that_makes_a_scenario(tables: Tables):
    scenario = Scenario.from_tables(tables, "tiny")
    assert scenario.name == "tiny"
    assert scenario.settings == Settings()
    assert list(scenario.periods["period_id"]) == ["p1"]
    assert list(scenario.contracts["delivery_model"]) == ["direct"]
    assert list(scenario.sites["territory_id"]) == ["1", "2"]
    assert scenario.notices == ()


def test_every_table_has_its_declared_columns_and_types(tables: Tables):
    scenario = Scenario.from_tables(tables)
    assert list(scenario.tables()) == [table.name for table in TABLES if table.name != "settings"]
    for name, frame in scenario.tables().items():
        for column in BY_NAME[name].columns:
            kind = frame[column.name].dtype.kind
            if column.kind in {"number", "integer"}:
                assert kind == "f", (name, column.name)
            elif column.kind == "flag":
                assert kind == "b", (name, column.name)
            elif column.kind == "references":
                assert all(isinstance(value, tuple) for value in frame[column.name])
            else:
                assert all(isinstance(value, str) for value in frame[column.name])


def test_blanks_take_the_name_of_the_id_and_the_place_of_the_territory(tables: Tables):
    tables["territories"] = tables["territories"].assign(
        latitude=[-15.0, -16.0, math.nan],
        longitude=[-56.0, -57.0, math.nan],
        region_id="R",
        region_name=["", "Sul", ""],
    )
    scenario = Scenario.from_tables(tables)
    assert list(scenario.territories["name"]) == ["1", "2", "3"]
    assert list(scenario.territories["region_name"]) == ["Sul", "Sul", "Sul"]
    assert list(scenario.sites["latitude"]) == [-15.0, -16.0]
    assert list(scenario.sites["name"]) == ["10", "20"]


def test_a_column_that_no_table_has_is_refused_in_words_unless_it_is_the_users_own(tables: Tables):
    tables["sites"] = tables["sites"].assign(beds=[3, 4], _note="mine")
    with pytest.raises(InputError, match=r"the table sites has no column beds.*start its name with _") as caught:
        Scenario.from_tables(tables)
    assert [(p.sheet, p.cell) for p in caught.value.problems] == [("sites", "C1")]
    tables["sites"] = tables["sites"].drop(columns="beds")
    assert "_note" not in Scenario.from_tables(tables).sites


def test_settings_come_as_rows_and_keep_their_types(tables: Tables):
    rows = {"name": ["base_year", "occupancy", "travel_times_complete"], "value": [2030.0, "0.9", "sim"]}
    settings = Scenario.from_tables({**tables, "settings": pd.DataFrame(rows)}).settings
    assert (settings.base_year, settings.occupancy, settings.travel_times_complete) == (2030, 0.9, True)
    assert isinstance(settings.base_year, int)


def test_defaults_of_the_settings_are_declared_once():
    assert {s.name: s.default for s in SETTINGS} == vars(Settings())


def test_every_problem_is_told_at_once_in_the_order_of_the_sheets(tables: Tables):
    tables["territories"].loc[1, "population"] = math.nan
    tables["sites"] = tables["sites"].assign(territory_id=[1, 9])
    tables["sizes"] = tables["sizes"].assign(capacity=-5).drop(columns="size_id")
    tables["contracts"] = pd.DataFrame({"contract_id": ["x", "x"]})
    assert codes(tables) == [
        ("blank_population", "territories", "B3"),
        ("unknown_reference", "sites", "B3"),
        ("missing_column", "sizes", "1:1"),
        ("out_of_range", "sizes", "B2"),
        ("duplicate_id", "contracts", "A3"),
    ]


def test_many_cells_with_one_fault_are_counted_not_listed(tables: Tables):
    many = pd.DataFrame({"origin_id": 1, "destination_id": 10, "minutes": [-1.0] * 500})
    tables["travel_times"] = many.assign(origin_id=range(500), destination_id="z")
    with pytest.raises(InputError) as caught:
        Scenario.from_tables(tables)
    negative = [p for p in caught.value.problems if p.code == "out_of_range"]
    assert len(negative) == 21
    assert negative[-1].cell == "C22:C501"
    assert "480, from C22 to C501" in str(caught.value)


def test_the_frames_given_are_not_changed(tables: Tables):
    before = {name: frame.copy() for name, frame in tables.items()}
    Scenario.from_tables(tables)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_points_near_zero_are_fine_where_the_others_are_near_too(tables: Tables):
    tables["territories"] = tables["territories"].assign(latitude=[0.0, 0.1, 0.2], longitude=[0.0, 0.1, 0.2])
    assert Scenario.from_tables(tables).notices == ()


def test_a_scenario_with_notices_can_be_sent_to_another_process(tables: Tables):
    tables["territories"].loc[2, "population"] = 0
    scenario = Scenario.from_tables(tables)
    assert [p.code for p in pickle.loads(pickle.dumps(scenario)).notices] == ["zero_population"]  # noqa: S301


def test_a_place_gives_the_cell_of_a_row(tables: Tables):
    place = Scenario.from_tables(tables).places["territories"]
    assert place.cell(2, "population") == "B4"
    assert place.cell(2, "region_id") == "4:4"


def test_an_unknown_sheet_that_is_nearly_a_known_one_stops(tables: Tables):
    tables["road"] = pd.DataFrame({"from_id": [1], "to_id": [2]})
    assert codes(tables)[0][0] == "misspelt_sheet"
