"""What is no table, no name or no cell, given from Python, is told in words at its place."""

from __future__ import annotations

import decimal

import numpy as np
import pandas as pd
import pytest

from redesaude.errors import InputError, Problem
from redesaude.inputs.scenario import Scenario
from tiny import tables

#: what may stand in no cell, and the problem that is told
ODD = {
    "list": (["a"], "not_a_cell"), "set": ({"a"}, "not_a_cell"), "dict": ({"a": 1}, "not_a_cell"),
    "array": (np.array([1, 2]), "not_a_cell"), "tuple": (("a", "b"), "not_a_cell"), "bytes": (b"a", "not_a_cell"),
    "complex": (1 + 2j, "not_a_cell"), "frame": (pd.DataFrame(), "not_a_cell"), "huge": (10**5000, "not_a_cell"),
    "period": (pd.Period("2020"), "not_a_cell"), "half": ("a\ud800", "half_a_character"),
}  # fmt: skip


def _problems(given: object, name: object = "scenario") -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        Scenario.from_tables(given, name)  # type: ignore[arg-type]
    for problem in caught.value.problems:
        for sentence in (problem.found, problem.expected, problem.remedy):
            sentence.format_map(problem.values).encode()
    return caught.value.problems


def _with(column: str, value: object, row: int = 0) -> pd.DataFrame:
    frame = tables()["territories"]
    cells = list(frame[column])
    cells[row] = value
    return frame.assign(**{column: pd.Series(pd.array(cells, dtype=object), frame.index)})


@pytest.mark.parametrize("column", ["territory_id", "region_id", "population"])
@pytest.mark.parametrize("odd", ODD)
def test_an_object_that_no_sheet_could_hold_is_told_at_its_cell(odd: str, column: str):
    value, code = ODD[odd]
    frame = _with(column, value, row=1)
    letter = "ABCDEFGH"[list(frame.columns).index(column)]
    assert (code, "territories", f"{letter}3") in {
        (p.code, p.sheet, p.cell) for p in _problems(tables() | {"territories": frame})
    }


@pytest.mark.parametrize("value", [{"direct"}, np.array(["direct"]), [["direct"]], [None], [1.5], ["direct\udfff"]])
def test_a_list_of_codes_holds_codes(value: object):
    sites = tables()["sites"]
    cells = pd.Series(pd.array([value, ""], dtype=object), sites.index)
    (problem,) = _problems(tables() | {"sites": sites.assign(contracts_allowed=cells)})
    assert problem.code in {"not_a_cell", "half_a_character"}


@pytest.mark.parametrize("value", [["direct"], ("direct",), "direct", np.str_("direct")])
def test_codes_may_be_given_as_a_list(value: object):
    sites = tables()["sites"]
    cells = pd.Series(pd.array([value, ""], dtype=object), sites.index)
    scenario = Scenario.from_tables(tables() | {"sites": sites.assign(contracts_allowed=cells)})
    assert list(scenario.sites["contracts_allowed"]) == [("direct",), ()]


@pytest.mark.parametrize("given", [None, 3, [], "x", [("sites", pd.DataFrame())], pd.Series([1])])
def test_what_is_no_dictionary_of_tables_is_told(given: object):
    assert [p.code for p in _problems(given)] == ["not_tables"]


@pytest.mark.parametrize("name", [None, 3, b"x", "a\ud800"])
def test_a_scenario_has_a_name(name: object):
    assert [p.code for p in _problems(tables(), name)] == ["not_a_name"]


@pytest.mark.parametrize("given", [[], {"site_id": ["h1"]}, pd.Series(["h1"]), np.zeros((2, 2)), None, "sites"])
def test_what_is_no_data_frame_is_told_with_its_sheet(given: object):
    problems = _problems(tables() | {"sites": given})  # type: ignore[dict-item]
    assert [(p.code, p.sheet) for p in problems if p.code == "not_a_data_frame"] == [("not_a_data_frame", "sites")]
    assert "missing_sheet" not in {p.code for p in problems}


@pytest.mark.parametrize("name", [("a", 1), None, 2.5, b"x", "a\udc00", True])
def test_names_of_columns_and_sheets_are_text(name: object):
    sites = tables()["sites"]
    odd = sites.assign(note=1).set_axis([*sites.columns, name], axis=1)
    letter = "ABCDEFGH"[sites.shape[1]]
    assert [(p.code, p.cell) for p in _problems(tables() | {"sites": odd})] == [("not_a_name", f"{letter}1")]
    assert [p.code for p in _problems(tables() | {name: sites})] == ["not_a_name"]  # type: ignore[dict-item]


def test_a_column_that_stands_twice_is_told():
    sites = tables()["sites"]
    twice = pd.concat([sites, sites[["site_id"]]], axis=1)
    assert [p.code for p in _problems(tables() | {"sites": twice})] == ["duplicate_column"]


@pytest.mark.parametrize(
    "kind", ["object", "string", "category", "Int64", "float32", pd.SparseDtype("float64"), "decimal"]
)
def test_the_kind_of_a_column_changes_nothing(kind: object):
    territories = tables()["territories"]
    as_kind = (
        [decimal.Decimal(int(p)) for p in territories["population"]]
        if kind == "decimal"
        else territories["population"].astype(kind)  # type: ignore[call-overload]
    )
    scenario = Scenario.from_tables(tables() | {"territories": territories.assign(population=as_kind)})
    assert scenario.input_sha256 == Scenario.from_tables(tables()).input_sha256
