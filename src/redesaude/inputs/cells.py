"""From raw cells to typed columns: what a cell may hold, and what is wrong with it when it holds something else.

Columns are converted whole; single values are looked at one by one only where they are not plain.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from redesaude.inputs.faults import Fault, nearest, show, without_accents
from redesaude.inputs.sheet_reader import UNCALCULATED
from redesaude.inputs.tables import Column
from redesaude.inputs.tables.units import DEGREES
from redesaude.language import N_

UNCACHED = Fault(
    "formula_without_value",
    N_("the cell has a formula whose result was not saved"),
    N_("a value"),
    N_("open the workbook in Excel or LibreOffice, let it calculate, and save; or type the value"),
)
ERROR_VALUE = Fault(
    "error_value",
    N_("the cell shows the error {found}"),
    N_("a value"),
    N_("mend the formula in this cell, or type the value"),
)
NOT_A_CELL = Fault(
    "not_a_cell",
    N_("the cell holds an object of type {found}"),
    N_("one value: text, a number, a date or nothing"),
    N_("put one value into the cell; only columns of several codes take lists of them"),
)
NOT_A_NUMBER = Fault(
    "not_a_number",
    N_("'{found}' is text"),
    N_("a number for {column}"),
    N_("type the number alone: no unit, currency sign or thousands separator"),
    near=N_("type {suggestion}, the number alone: no unit, currency sign or thousands separator"),
)
NOT_FINITE = Fault(
    "not_finite",
    N_("'{found}' is not a finite number"),
    N_("a number for {column}"),
    N_("type the number, or empty the cell if {column} may be blank"),
)
DECIMAL_COMMA = Fault(
    "decimal_comma",
    N_("'{found}' is text: the comma was not read as part of a number"),
    N_("a number for {column}"),
    N_("type {suggestion} with the decimal sign of your spreadsheet and no thousands separator"),
)
AMBIGUOUS = Fault(
    "ambiguous_number",
    N_("'{found}' is text and may mean {thousands} or {decimals}"),
    N_("a number for {column}"),
    N_("type {thousands} or {decimals} in a cell formatted as number"),
)
DATE_FOR_NUMBER = Fault(
    "date_for_number",
    N_("the cell holds the date {found}"),
    N_("a number for {column}"),
    N_("format the cell as number and type the value again"),
)
DATE_FOR_ID = Fault(
    "date_for_id",
    N_("the cell holds the date {found}"),
    N_("a code for {column}"),
    N_("format the column as text and type the code again (spreadsheets turn codes such as 1-2 into dates)"),
)
BAD_ID = Fault(
    "bad_id",
    N_("the code '{found}' contains one of | , ; or is a word with a meaning of its own"),
    N_("a code without | , ; and other than all, each, *"),
    N_("choose another code, here and wherever it is used"),
)
NOT_INTEGER = Fault(
    "not_an_integer",
    N_("{found} is not a whole number"),
    N_("a whole number for {column}"),
    N_("type {suggestion} or another whole number"),
)
NOT_A_FLAG = Fault("not_yes_no", N_("'{found}' is neither yes nor no"), N_("yes or no"), N_("type yes or no"))
NOT_A_CHOICE = Fault(
    "not_a_choice",
    N_("'{found}' is not one of the words for {column}"),
    N_("one of: {choices}"),
    N_("type one of: {choices}"),
    near=N_("type {suggestion}"),
)
NO_OWNER = Fault(
    "kind_by_default",
    N_("'{found}' says what it is, not whose it is: it is taken for {default}"),
    N_("one of: {choices}"),
    N_("type one of: {choices}; leave it if it is {default}"),
    severity="warning",
)
BELOW = Fault(
    "out_of_range",
    N_("{found} is too low"),
    N_("{column} of {low} or more"),
    N_("type a value of {low} or more"),
)
ABOVE = Fault(
    "out_of_range",
    N_("{found} is too high"),
    N_("{column} of {high} or less"),
    N_("type a value of {high} or less"),
    near=N_("did you mean {suggestion}? A percentage is typed as a share, 80 % as 0.8"),
)

#: control characters that are no space: nobody sees or types them, and a code that ends in one may be cut there
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!", "#GETTING_DATA"}
_YES = {"yes", "y", "true", "sim", "s", "verdadeiro", "có", "co", "1"}
_NO = {"no", "n", "false", "não", "nao", "falso", "không", "khong", "0"}
_RESERVED = {"all", "each", "*", "nan"}
#: a number as Python and every spreadsheet write it
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_LONE = re.compile(r"[^\d+-]*(?P<number>[+-]?\d[\d.,]*)\s*(?P<scale>k|mil|mi|%)?[^\d]*", re.IGNORECASE)
_SCALES = {"k": 1e3, "mil": 1e3, "mi": 1e6, "%": 0.01}
_NUMBERS = (int, float, np.integer, np.floating)
_DATES = (dt.date, dt.time, dt.timedelta)
_QUANTITIES = {"number", "integer"}

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Values = Mapping[str, object]


@dataclass(frozen=True)
class Foreign:
    """What a data frame holds where a sheet could not: why not, and how it is shown."""

    fault: Fault
    shown: str


@dataclass(frozen=True)
class Flaw:
    """What is wrong with one cell."""

    fault: Fault
    details: Values


@dataclass(frozen=True)
class Converted:
    """A typed column (same index as the cells; flawed cells hold the blank or default) and its flaws by row."""

    typed: pd.Series[Any]
    blank: Flags
    flaws: Mapping[Hashable, Flaw]


def convert(column: Column, cells: pd.Series) -> Converted:
    """Convert raw ``cells`` (any index, any objects) to the type of ``column``; see ``inputs.scenario`` for types."""
    if column.kind in _QUANTITIES:
        numbers, flaws = _numbers(column, cells)
        blank = np.isnan(numbers)
        values = pd.Series(numbers if column.default is None else np.where(blank, column.default, numbers), cells.index)
    else:
        words, blank, flaws = _words(column, cells)
        values = pd.Series(words, cells.index)
    if flaws:
        blank &= ~cells.index.isin(list(flaws))
    return Converted(values, blank, flaws)


def blanks(column: Column, count: int) -> ExtensionArray:
    """Return what :func:`convert` makes of ``count`` blank cells."""
    several: ExtensionArray = _one_blank(column).take(np.zeros(count, dtype=np.int64))
    return several


@cache
def _one_blank(column: Column) -> ExtensionArray:
    blank: ExtensionArray = convert(column, pd.Series([None], dtype=object)).typed.array
    return blank


def _typed(column: Column, words: list[object]) -> ExtensionArray:
    """The words of a column with its type, blanks replaced by its default."""
    if column.kind == "flag":
        typed = pd.Series([bool(column.default) if word is None else word for word in words], dtype=bool)
    elif column.kind == "references":
        typed = pd.Series(words, dtype=object)
    else:
        default = "" if column.default is None else str(column.default)
        typed = pd.Series([word or default for word in words], dtype=str)
    array: ExtensionArray = typed.array
    return array


# --- numbers -------------------------------------------------------------------------------------------------


def _numbers(column: Column, cells: pd.Series) -> tuple[Floats, dict[Hashable, Flaw]]:
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
        return _flaw(NOT_FINITE, column, value)
    if value < low:
        return _flaw(BELOW, column, value, low=low)
    if value > high:
        return _flaw(ABOVE, column, value, high=high, suggestion=_as_share(column, value))
    return _flaw(NOT_INTEGER, column, value, suggestion=round(value))


def _as_share(column: Column, value: float) -> float | str:
    """80 in a share column was meant as 80 %."""
    percent = column.high is not None and column.high <= 1 and column.high < value <= 100 * column.high
    return value / 100 if percent and value >= 2 else ""


def parse_number(column: Column, cell: object) -> tuple[float, Flaw | None]:
    """Return the number that a cell not holding a plain number means (NaN for blank), or its flaw."""
    flaw = _not_a_value(column, cell)
    if flaw:
        return math.nan, flaw
    if isinstance(cell, _DATES):
        return math.nan, _flaw(DATE_FOR_NUMBER, column, cell)
    text = str(cell).strip()
    if not text:
        return math.nan, None
    if PLAIN.fullmatch(text) and not _AMBIGUOUS.fullmatch(text):
        return float(text), None
    return math.nan, _number_flaw(column, text)


def _number_flaw(column: Column, text: str) -> Flaw:
    if text.lstrip("+-").lower() in {"nan", "inf", "infinity"}:
        return _flaw(NOT_FINITE, column, text)
    if _AMBIGUOUS.fullmatch(text):
        whole = re.sub(r"[.,]", "", text)
        return _flaw(AMBIGUOUS, column, text, thousands=whole, decimals=text.replace(",", "."))
    if _COMMA.fullmatch(text):
        return _flaw(DECIMAL_COMMA, column, text, suggestion=text.replace(".", "").replace(",", "."))
    return _flaw(NOT_A_NUMBER, column, text, suggestion=_lone_number(text))


def _lone_number(text: str) -> float | str:
    """Return the one number in a text such as ``R$ 12,5 mil`` or ``80%``, else nothing."""
    match = _LONE.fullmatch(text)
    if not match:
        return ""
    digits = match["number"].rstrip(".,")
    if digits.count(",") == 1 and digits.rfind(",") > digits.rfind(".") and not _AMBIGUOUS.fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif "," in digits or digits.count(".") > 1:
        digits = re.sub(r"[.,](?=\d{3})", "", digits)
    if not PLAIN.fullmatch(digits):
        return ""
    return float(digits) * _SCALES.get((match["scale"] or "").lower(), 1.0)


# --- everything else -----------------------------------------------------------------------------------------


def _words(column: Column, cells: pd.Series) -> tuple[ExtensionArray, Flags, dict[Hashable, Flaw]]:
    """Return the words, which of them are blank, and the flaws by row.

    Each distinct value is converted once; a frame of 100,000 rows has few of them.
    """
    codes, distinct = pd.factorize(cells.to_numpy(dtype=object))
    parse = _parser(column)
    parsed = [parse(column, value) for value in distinct]
    nothing: object = () if column.kind == "references" else None if column.kind == "flag" else ""
    words = [nothing if value is None else value for value, _ in parsed] + [nothing]  # the last for code -1, no value
    values = _typed(column, words).take(codes)
    blank = np.array([word == nothing for word in words])[codes]
    flawed = {i: flaw for i, (_, flaw) in enumerate(parsed) if flaw}
    pairs = zip(cells.index, codes.tolist(), strict=True) if flawed else ()
    return values, blank, {row: flawed[code] for row, code in pairs if code in flawed}


Parsed = tuple[object, Flaw | None]


def _parser(column: Column) -> Callable[[Column, object], Parsed]:
    if column.kind == "flag":
        return parse_flag
    if column.kind == "choice":
        return parse_choice
    if column.kind == "references":
        return parse_list
    return parse_text


def parse_text(column: Column, cell: object) -> Parsed:
    """Return a code or text; whole numbers lose their ``.0``, and a date is no code."""
    flaw = _not_a_value(column, cell)
    if flaw:
        return None, flaw
    is_id = column.kind in {"id", "reference", "references"} or column.name.endswith("_id")
    if isinstance(cell, _DATES):
        return (None, _flaw(DATE_FOR_ID, column, cell)) if is_id else (str(cell), None)
    text = code_of(cell) if is_id else text_of(cell)
    if column.kind == "id" and (text.lower() in _RESERVED or re.search(r"[|,;]", text)):
        return None, _flaw(BAD_ID, column, text)
    return next((word for word in column.words if word == text.lower()), text), None


def text_of(cell: object) -> str:
    """Return the text of a cell: numbers without a needless ``.0``, texts without spaces around them."""
    if isinstance(cell, (bool, np.bool_)):
        return "yes" if cell else "no"
    if isinstance(cell, (float, np.floating)):
        return str(int(cell)) if float(cell).is_integer() else repr(float(cell))
    return str(cell).strip()


def code_of(cell: object) -> str:
    """Return the text of a cell that holds a code: in one Unicode form, without signs that nobody sees."""
    text = _CONTROL.sub("", text_of(cell))
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    text = unicodedata.normalize("NFC", seen)
    return re.sub(r"^(\d+)\.0$", r"\1", " ".join(text.split()))


def parse_flag(column: Column, cell: object) -> Parsed:
    """Return True or False for yes/no in the languages of the workbook, None for blank."""
    flaw = _not_a_value(column, cell)
    if flaw:
        return None, flaw
    word = code_of(cell).lower()
    if not word:
        return None, None
    if word in _YES | _NO:
        return word in _YES, None
    return None, _flaw(NOT_A_FLAG, column, cell)


def parse_choice(column: Column, cell: object) -> Parsed:
    """Return the declared word that the cell holds, whatever its case, or that its synonym means."""
    flaw = _not_a_value(column, cell)
    if flaw:
        return None, flaw
    word = code_of(cell)
    meant = _meant(column, word) if word else ""
    if meant or not word:
        return meant, None
    if meant is not None:
        return None, _flaw(NO_OWNER, column, word, choices=column.choices, default=column.default)
    near = nearest(word, column.choices)
    return None, _flaw(NOT_A_CHOICE, column, word, choices=column.choices, suggestion=near)


def _meant(column: Column, word: str) -> str | None:
    """The declared word that ``word`` is, or means; blank: it means none of them by itself, None: nobody knows it."""
    exact = {choice.lower(): choice for choice in column.choices}
    return exact.get(word.lower()) or dict(column.synonyms).get(without_accents(word))


def parse_list(column: Column, cell: object) -> Parsed:
    """Return the codes of a list separated by commas or semicolons, in its order, each once."""
    if isinstance(cell, tuple):
        cell = ",".join(map(str, cell))
    flaw = _not_a_value(column, cell)
    if flaw:
        return None, flaw
    if isinstance(cell, _DATES):
        return None, _flaw(DATE_FOR_ID, column, cell)
    words = [word.strip() for word in re.split("[,;]", code_of(cell))]
    entries = tuple(dict.fromkeys(word for word in words if word))
    if not column.choices:
        return entries, None
    meant = {word: _meant(column, word) for word in entries}
    for word in (word for word, known in meant.items() if not known):
        near = nearest(word, column.choices)
        return None, _flaw(NOT_A_CHOICE, column, word, choices=column.choices, suggestion=near)
    return tuple(dict.fromkeys(meant.values())), None


def _not_a_value(column: Column, cell: object) -> Flaw | None:
    if cell is UNCALCULATED:
        return _flaw(UNCACHED, column, cell)
    if isinstance(cell, Foreign):
        return _flaw(cell.fault, column, cell.shown)
    if isinstance(cell, tuple):
        return _flaw(NOT_A_CELL, column, type(cell).__name__)
    if isinstance(cell, str) and cell.strip().upper() in _ERRORS:
        return _flaw(ERROR_VALUE, column, cell.strip())
    return None


def _flaw(fault: Fault, column: Column, cell: object, **values: object) -> Flaw:
    return Flaw(fault, {"found": show(cell), "column": column.name, **values})
