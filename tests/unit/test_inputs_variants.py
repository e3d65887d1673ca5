"""Variants change named rows, are checked like the input, and leave the base as it was."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest

from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant, variant_problems
from redesaude.language import translator

Change = tuple[str, str, str, str, object]
Make = Callable[..., Scenario]


@pytest.fixture
def make() -> Make:
    def scenario(*changes: Change) -> Scenario:
        rows = [("v", *change) for change in changes]
        names = ["variant_id", "sheet", "key", "column", "operation", "value"]
        return Scenario.from_tables(
            {
                "territories": pd.DataFrame({"territory_id": ["1", "2"], "population": [1000, 2000]}),
                "specialties": pd.DataFrame({"specialty_id": ["a", "b"], "cases_per_100k": [100, 50]}),
                "sites": pd.DataFrame({"site_id": ["x"], "territory_id": ["1"], "contracts_allowed": ["direct"]}),
                "sizes": pd.DataFrame(
                    {"specialty_id": ["a", "a", "b"], "size_id": ["m", "l", "m"], "capacity": [50, 90, 40]}
                ),
                "funding": pd.DataFrame({"funding_id": ["f"], "amount": [100.0], "hard": ["no"], "price": [2]}),
                "contracts": pd.DataFrame({"contract_id": ["direct", "oss"]}),
                "travel_times": pd.DataFrame({"origin_id": ["1", "2"], "destination_id": "x", "minutes": [0, 9]}),
                "variants": pd.DataFrame(rows, columns=names),
            }
        )

    return scenario


def test_set_add_and_multiply_on_rows_named_by_their_key(make: Make):
    base = make(
        ("sizes", "a|l", "capacity", "set", 120),
        ("sizes", "a|*", "capacity", "add", -10),
        ("sizes", "*", "capacity", "multiply", "0.5"),
        ("funding", "f", "amount", "multiply", 1.125),
        ("settings", "discount_rate", "value", "set", 0.08),
        ("settings", "horizon_years", "value", "add", 1),
        ("sites", "x", "contracts_allowed", "set", "direct, oss"),
        ("specialties", "b", "single_source", "set", "sim"),
    )
    changed = apply_variant(base, "v")
    assert list(changed.sizes["capacity"]) == [20, 55, 20]
    assert changed.funding["amount"].item() == 112.5
    assert (changed.settings.discount_rate, changed.settings.horizon_years) == (0.08, 2)
    assert changed.sites["contracts_allowed"].item() == ("direct", "oss")
    assert list(changed.specialties["single_source"]) == [False, True]
    assert changed.variant_id == "v"
    assert list(base.sizes["capacity"]) == [50, 90, 40]
    assert (base.variant_id, base.settings.discount_rate) == ("base", 0.0)


def test_base_is_the_scenario_itself(make: Make):
    scenario = make()
    assert apply_variant(scenario, "base") is scenario


def test_an_unknown_variant_suggests_the_nearest(make: Make):
    scenario = make(("funding", "f", "amount", "set", 50))
    with pytest.raises(InputError) as caught:
        apply_variant(scenario, "vv")
    assert [p.code for p in caught.value.problems] == ["unknown_variant"]
    assert "did you mean v?" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "code", "cell"),
    [
        (("fundings", "f", "amount", "set", 1), "variant_unknown_sheet", "B2"),
        (("variants", "v", "value", "set", 1), "variant_unknown_sheet", "B2"),
        (("funding", "g", "amount", "set", 1), "variant_unknown_row", "C2"),
        (("sizes", "a|m|p1", "capacity", "set", 1), "variant_unknown_row", "C2"),
        (("settings", "discount", "value", "set", 1), "variant_unknown_row", "C2"),
        (("funding", "f", "amuont", "set", 1), "variant_unknown_column", "D2"),
        (("sites", "x", "site_id", "set", "y"), "variant_unknown_column", "D2"),
        (("settings", "gap", "note", "set", "y"), "variant_unknown_column", "D2"),
        (("sites", "x", "kind", "multiply", 2), "variant_not_a_quantity", "E2"),
        (("sites", "x", "max_services", "add", 2), "variant_blank_value", "E2"),
        (("sites", "x", "kind", "set", "privat"), "not_a_choice", "F2"),
        (("funding", "f", "amount", "multiply", "metade"), "not_a_number", "F2"),
        (("settings", "occupancy", "value", "multiply", 1.5), "variant_out_of_range", "F2"),
    ],
)
def test_a_change_that_cannot_be_made_is_told_when_the_workbook_is_read(
    make: Make, change: Change, code: str, cell: str
):
    (told,) = make(change).notices
    assert (told.code, told.sheet, told.cell, told.severity) == (code, "variants", cell, "variant")


@pytest.mark.parametrize(("value", "operation"), [("um", "multiply"), ("2", "dubble")])
def test_a_wrong_variant_stops_itself_and_its_heirs_and_no_other(make: Make, value: str, operation: str):
    rows = [
        ("bad", "funding", "f", "amount", operation, value, ()),
        ("heir", "funding", "f", "price", "set", "3", ("bad",)),
        ("good", "funding", "f", "amount", "multiply", "0.5", ()),
    ]
    base = make_with(make, rows)
    assert apply_variant(base, "good").funding["amount"].item() == 50
    for name in ("bad", "heir"):
        with pytest.raises(InputError) as caught:
            apply_variant(base, name)
        assert {(p.sheet, p.severity) for p in caught.value.problems} == {("variants", "error")}
    assert not list(variant_problems(base))  # told when it was read


def test_every_variant_is_checked_as_a_whole(make: Make):
    base = make(("sizes", "b|m", "min_cases", "set", 41))
    (problem,) = variant_problems(base)
    assert (problem.code, problem.sheet, problem.cell) == ("capacity_below_minimum", "sizes", "C4")
    assert problem.severity == "variant"
    assert translator("en")(problem.found, **problem.values).startswith("in the variant v: ")


def make_with(make: Make, rows: list[tuple[object, ...]]) -> Scenario:
    """The scenario with rows of the sheet variants, what they inherit among them."""
    names = ["variant_id", "sheet", "key", "column", "operation", "value", "inherits"]
    tables = make().tables() | {"variants": pd.DataFrame(rows, columns=names)}
    return Scenario.from_tables(tables)


def test_inherited_changes_are_made_first_and_once(make: Make):
    rows = [
        ("half", "funding", "f", "amount", "multiply", "0.5", ()),
        ("more", "funding", "f", "amount", "add", "10", ("half",)),
        ("dear", "funding", "f", "price", "multiply", "2", ("half",)),
        ("all", "", "", "", "set", "", ("more", "dear")),
    ]
    base = make_with(make, rows)
    assert not [p for p in base.notices if p.severity == "variant"]
    assert apply_variant(base, "more").funding["amount"].item() == 60
    both = apply_variant(base, "all")
    assert (both.funding["amount"].item(), both.funding["price"].item()) == (60, 4)
    assert both.variant_id == "all"


def test_variants_that_inherit_each_other_are_told(make: Make):
    rows = [
        ("a", "funding", "f", "amount", "set", "1", ("b",)),
        ("b", "funding", "f", "amount", "set", "2", ("a",)),
        ("c", "funding", "f", "amount", "set", "3", ("z",)),
    ]
    problems = make_with(make, rows).notices
    told = [(p.code, p.cell, p.severity) for p in problems if p.severity != "warning"]
    assert told == [
        ("variant_inherits_itself", "G2", "variant"),
        ("variant_inherits_itself", "G3", "variant"),
        ("unknown_reference", "G4", "variant"),
    ]


def test_a_star_stands_for_any_letters_of_a_part(make: Make):
    assert list(apply_variant(make(("sizes", "*|m*", "capacity", "set", 60)), "v").sizes["capacity"]) == [60, 90, 60]


def test_a_variant_that_breaks_a_promise_is_told_at_the_cell_it_breaks(make: Make):
    scenario = make(("sizes", "b|m", "min_cases", "set", 41))
    with pytest.raises(InputError) as caught:
        apply_variant(scenario, "v")
    assert [(p.code, p.sheet, p.cell) for p in caught.value.problems] == [("capacity_below_minimum", "sizes", "C4")]


def test_a_blank_can_be_set(make: Make):
    changed = apply_variant(make(("sites", "x", "max_services", "set", 1)), "v")
    assert changed.sites["max_services"].item() == 1
    assert math.isnan(make().sites["max_services"].item())
