"""Numbers in cells: read where they are plain, and refused with the number that was probably meant."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.cell_flaws import (
    ABOVE,
    AMBIGUOUS,
    BELOW,
    DATE_FOR_NUMBER,
    DECIMAL_COMMA,
    NOT_A_NUMBER,
    NOT_FINITE,
    NOT_INTEGER,
    Flaw,
    flaw_of,
    not_a_value,
)
from redesaude.inputs.faults import show, without_accents
from redesaude.inputs.tables import Column
from redesaude.inputs.tables.units import DEGREES
from redesaude_models.arrays import Flags, Floats

#: a number as Python and every spreadsheet write it
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_LONE = re.compile(r"[^\d+-]*(?P<number>[+-]?\d[\d.,]*)\s*(?P<word>%|[^\W\d_]+)?[^\d]*")
#: words after a number that multiply it, without accents, in the languages of the workbook
_SCALES = {
    "%": 0.01,
    **dict.fromkeys(("k", "mil", "thousand", "nghin", "ngan"), 1e3),
    **dict.fromkeys(("mi", "milhao", "milhoes", "million", "millions", "trieu"), 1e6),
    **dict.fromkeys(("bi", "bilhao", "bilhoes", "billion", "billions", "ty"), 1e9),
}
_NUMBERS = (int, float, np.integer, np.floating)
DATES = (dt.date, dt.time, dt.timedelta)


def numbers_of(column: Column, cells: pd.Series) -> tuple[Floats, dict[Hashable, Flaw]]:
    """Return the numbers (NaN for blank and flawed cells) and the flaws by row."""
    numbers, odd = _plain_numbers(cells)
    flaws: dict[Hashable, Flaw] = {}
    for i in np.flatnonzero(odd).tolist():
        numbers[i], flaw = parse_number(column, cells.iloc[i])
        if flaw:
            flaws[cells.index[i]] = flaw
    for i, out in _outside(column, numbers):
        flaws[cells.index[i]] = out
        numbers[i] = math.nan
    return numbers, flaws


def _plain_numbers(cells: pd.Series) -> tuple[Floats, Flags]:
    """Return the cells that hold numbers as floats (NaN elsewhere), and which cells hold anything else."""
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.to_numpy(dtype=float, na_value=math.nan, copy=True), np.zeros(len(cells), dtype=bool)
    raw = cells.to_numpy(dtype=object)
    number = np.fromiter((isinstance(v, _NUMBERS) and not isinstance(v, bool) for v in raw), bool, len(raw))
    numbers = np.full(len(raw), math.nan)
    numbers[number] = [_to_float(v) for v in raw[number]]
    return numbers, ~number & cells.notna().to_numpy()


def _to_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _outside(column: Column, numbers: Floats) -> Iterator[tuple[int, Flaw]]:
    """Positions of numbers that are not finite, not whole, or outside the column's limits, each once."""
    low, high = column.limits
    if column.unit == DEGREES:  # whether a coordinate is possible is judged with its pair, in geography
        low, high = -math.inf, math.inf
    wrong = np.isinf(numbers) | (numbers < low) | (numbers > high)
    if column.kind == "integer":
        wrong |= numbers != np.round(numbers)
        wrong &= ~np.isnan(numbers)
    for i in np.flatnonzero(wrong).tolist():
        yield i, _number_out(column, float(numbers[i]), low, high)


def _number_out(column: Column, value: float, low: float, high: float) -> Flaw:
    if math.isinf(value):
        return flaw_of(NOT_FINITE, column, value)
    if value < low:
        return flaw_of(BELOW, column, value, low=low)
    if value > high:
        return flaw_of(ABOVE, column, value, high=high, suggestion=_as_share(column, value))
    return flaw_of(NOT_INTEGER, column, value, suggestion=round(value))


def _as_share(column: Column, value: float) -> float | str:
    """80 in a share column was meant as 80 %."""
    percent = column.high is not None and column.high <= 1 and column.high < value <= 100 * column.high
    return value / 100 if percent and value >= 2 else ""


def parse_number(column: Column, cell: object) -> tuple[float, Flaw | None]:
    """Return the number that a cell not holding a plain number means (NaN for blank), or its flaw."""
    flaw = not_a_value(column, cell)
    if flaw:
        return math.nan, flaw
    if isinstance(cell, DATES):
        return math.nan, flaw_of(DATE_FOR_NUMBER, column, cell)
    text = str(cell).strip()
    if not text:
        return math.nan, None
    if PLAIN.fullmatch(text) and not _AMBIGUOUS.fullmatch(text):
        return float(text), None
    return math.nan, _number_flaw(column, text)


def _number_flaw(column: Column, text: str) -> Flaw:
    if text.lstrip("+-").lower() in {"nan", "inf", "infinity"}:
        return flaw_of(NOT_FINITE, column, text)
    if _AMBIGUOUS.fullmatch(text):
        whole = re.sub(r"[.,]", "", text)
        return flaw_of(AMBIGUOUS, column, text, thousands=whole, decimals=text.replace(",", "."))
    fault = DECIMAL_COMMA if _COMMA.fullmatch(text) else NOT_A_NUMBER
    meant = text.replace(".", "").replace(",", ".") if fault is DECIMAL_COMMA else _lone_number(text)
    for _, out in _outside(column, np.array([math.nan if meant == "" else float(meant)])):
        return Flaw(out.fault, {**out.details, "found": show(text)})  # what it means cannot be typed there either
    return flaw_of(fault, column, text, suggestion=meant)


def _lone_number(text: str) -> float | str:
    """Return the one number in a text such as ``R$ 12,5 mil`` or ``80%``; nothing without one, or where it may be read
    in two ways (``12.345 people``).
    """
    match = _LONE.fullmatch(text)
    if not match:
        return ""
    digits = match["number"].rstrip(".,")
    if _AMBIGUOUS.fullmatch(digits):
        return ""
    if digits.count(",") == 1 and digits.rfind(",") > digits.rfind("."):
        digits = digits.replace(".", "").replace(",", ".")
    elif "," in digits or digits.count(".") > 1:
        digits = re.sub(r"[.,](?=\d{3})", "", digits)
    if not PLAIN.fullmatch(digits):
        return ""
    return float(digits) * _SCALES.get(without_accents(match["word"] or ""), 1.0)
