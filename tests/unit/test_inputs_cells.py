"""Cells become typed columns; what is not plain is told, never guessed."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redesaude.inputs.cell_numbers import parse_number
from redesaude.inputs.cell_words import text_of
from redesaude.inputs.cells import convert
from redesaude.inputs.tables import Column

NUMBER = Column("amount", "number", "")
SHARE = Column("share", "number", "", low=0, high=1)
WHOLE = Column("count", "integer", "", low=0)
CODE = Column("site_id", "id", "")
FLAG = Column("hard", "flag", "", default=True)
WORD = Column("kind", "choice", "", default="public", choices=("public", "new"))
CODES = Column("contracts", "references", "", refers="contracts.contract_id")


def column(*cells: object) -> pd.Series:
    return pd.Series(list(cells), index=range(3, 3 + len(cells)), dtype=object)


@pytest.mark.parametrize(
    ("text", "code", "suggestion"),
    [
        ("12.5k", "not_a_number", 12500.0),
        ("R$ 1.500.000", "not_a_number", 1500000.0),
        ("80%", "not_a_number", 0.8),
        ("3,5 mil", "not_a_number", 3500.0),
        ("11,7 milhões", "not_a_number", 11_700_000.0),
        ("R$ 2 bilhões", "not_a_number", 2e9),
        ("1,5 tỷ đồng", "not_a_number", 1.5e9),
        ("30 minutos", "not_a_number", 30.0),
        ("12 kg", "not_a_number", 12.0),
        ("10 a 20", "not_a_number", ""),
        ("12.345 người", "not_a_number", ""),
        ("R$ 12,345", "not_a_number", ""),
        ("n/d", "not_a_number", ""),
        ("1.234,56", "decimal_comma", "1234.56"),
        ("0,8", "decimal_comma", "0.8"),
        ("NaN", "not_finite", None),
        ("-inf", "not_finite", None),
        ("1,234", "ambiguous_number", None),
        ("12.500", "ambiguous_number", None),
        ("#DIV/0!", "error_value", None),
    ],
)
def test_text_that_is_no_plain_number_is_told_with_what_to_type(text: str, code: str, suggestion: object):
    value, flaw = parse_number(NUMBER, text)
    assert math.isnan(value)
    assert flaw is not None
    assert flaw.fault.code == code
    assert flaw.details.get("suggestion") == suggestion


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        (SHARE, "150%", {"high": 1}),
        (SHARE, "1,7", {"high": 1}),
        (SHARE, "80,5", {"high": 1, "suggestion": 0.805}),
        (WHOLE, "-3 anos", {"low": 0}),
        (WHOLE, "2,5", {"suggestion": 2}),
    ],
)
def test_what_a_text_means_is_not_advised_where_it_cannot_be_typed(column: Column, text: str, told: dict[str, Any]):
    _, flaw = parse_number(column, text)
    assert flaw is not None
    assert text in str(flaw.details["found"])
    assert flaw.fault.code == ("out_of_range" if "high" in told or "low" in told else "not_an_integer")
    assert {key: flaw.details[key] for key in told} == pytest.approx(told)


@pytest.mark.parametrize(("text", "value"), [("12", 12.0), (" 12.5 ", 12.5), ("-3e2", -300.0), ("0.125", 0.125)])
def test_a_plain_number_stored_as_text_is_a_number(text: str, value: float):
    assert parse_number(NUMBER, text) == (value, None)


@given(st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12), st.integers(-(10**12), 10**12)), min_size=1))
def test_numbers_are_taken_as_they_are(cells: list[float | None]):
    converted = convert(NUMBER, column(*cells))
    assert not converted.flaws
    expected = [math.nan if cell is None else float(cell) for cell in cells]
    pd.testing.assert_series_equal(converted.typed, pd.Series(expected, index=converted.typed.index, dtype=float))


@given(st.text())
def test_any_text_is_a_number_blank_or_told(text: str):
    value, flaw = parse_number(NUMBER, text)
    assert math.isfinite(value) or flaw is not None or not text.strip()


@given(st.integers(0, 10**9), st.booleans())
def test_a_code_reads_the_same_as_number_float_and_text(number: int, zero: bool):
    text = f"0{number}" if zero else str(number)
    assert list(convert(CODE, column(number, float(number), str(number), f"{number}.0")).typed) == [str(number)] * 4
    assert list(convert(CODE, column(text)).typed) == [text]


def test_limits_are_told_and_a_percentage_suggests_a_share():
    flaws = convert(SHARE, column(0.5, 1.2, 80, -0.1)).flaws
    assert {row: flaw.details.get("suggestion") for row, flaw in flaws.items()} == {4: "", 5: 0.8, 6: None}
    assert {flaw.fault.code for flaw in flaws.values()} == {"out_of_range"}


def test_a_number_too_large_for_a_float_is_not_finite():
    assert convert(NUMBER, column(10**400)).flaws[3].fault.code == "not_finite"


def test_whole_numbers_must_be_whole():
    converted = convert(WHOLE, column(2, 2.5))
    assert converted.flaws[4].fault.code == "not_an_integer"
    assert converted.typed[3] == 2


def test_flags_speak_the_languages_of_the_workbook():
    converted = convert(FLAG, column("sim", "NÃO", "có", "không", True, 0, None))
    assert list(converted.typed) == [True, False, True, False, True, False, True]
    assert not converted.flaws


def test_choices_ignore_case_and_blank_means_the_default():
    converted = convert(WORD, column(" New ", None, "nwe"))
    assert list(converted.typed) == ["new", "public", "public"]
    assert converted.flaws[5].details["suggestion"] == "new"


def test_lists_are_split_at_commas_and_semicolons_each_code_once():
    cells = column("a, b;a", 7, None, ("c", "d"))
    assert list(convert(CODES, cells).typed) == [("a", "b"), ("7",), (), ("c", "d")]


def test_a_date_is_neither_a_code_nor_a_number():
    day = dt.datetime(2025, 2, 1)
    assert convert(CODE, column(day)).flaws[3].fault.code == "date_for_id"
    assert convert(NUMBER, column(day)).flaws[3].fault.code == "date_for_number"


def test_text_of_numbers_has_no_needless_decimals():
    assert [text_of(v) for v in (5103403.0, 2.5, " x ", True)] == ["5103403", "2.5", "x", "yes"]
