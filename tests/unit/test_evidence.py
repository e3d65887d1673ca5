"""Which row of sheet sources speaks of a number."""

from __future__ import annotations

import pandas as pd
import pytest

from redesaude.inputs.evidence import Evidence, Place, Sources

COLUMNS = ["sheet", "key", "column", "source", "year", "grade", "note"]


def sources(*rows: tuple[str, str, str, str]) -> Sources:
    """Rows of (sheet, key, column, source)."""
    return Sources(pd.DataFrame([(*row, "2026", "C", "") for row in rows], columns=COLUMNS))


@pytest.mark.parametrize(
    "key",
    ["stroke|S", "stroke|*", "stroke", "stroke|", "str*|S", "*|S", "*"],
)
def test_a_key_stands_for_every_row_that_it_is_like(key: str) -> None:
    assert sources(("sizes", key, "capex", "ours")).of(Place("sizes", "stroke|S", "capex")).source == "ours, 2026"


@pytest.mark.parametrize("key", ["stroke|L", "troke", "stroke|S|more", "s", "*|L"])
def test_another_key_says_nothing_of_it(key: str) -> None:
    assert sources(("sizes", key, "capex", "ours")).of(Place("sizes", "stroke|S", "capex")) == Evidence()


def test_blank_parts_at_the_end_of_a_key_are_left_out_on_either_side() -> None:
    assert sources(("access_targets", "stroke|each||120|", "price", "a")).of(
        Place("access_targets", "stroke|each||120", "price")
    ) == Evidence("a, 2026", "C")


def test_the_row_that_names_a_number_most_closely_counts() -> None:
    rows = [
        ("sizes", "*", "*", "all"),
        ("sizes", "*", "capex", "column"),
        ("sizes", "stroke|*", "*", "row of a kind"),
        ("sizes", "stroke", "capex", "kind"),
        ("sizes", "stroke|S", "*", "row"),
        ("sizes", "stroke|S", "capex", "number"),
        ("sizes", "stroke|S", "capex", "number again"),
    ]
    place = Place("sizes", "stroke|S", "capex")
    found = [sources(*rows[: n + 1]).of(place).source for n in range(len(rows))]
    told = ["all", "column", "row of a kind", "kind", "row", "number", "number"]
    assert found == [f"{name}, 2026" for name in told]


def test_the_ends_of_a_range_have_the_source_of_the_number_unless_they_have_their_own() -> None:
    rows = [("contracts", "*", "capex_factor", "number"), ("contracts", "ppp", "capex_factor_low", "its own")]
    low, high = (sources(*rows).of(Place("contracts", "ppp", f"capex_factor_{end}")).source for end in ("low", "high"))
    assert (low, high) == ("its own, 2026", "number, 2026")
