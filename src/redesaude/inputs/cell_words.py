"""Codes, texts, choices, yes and no, and lists of codes in cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from redesaude.inputs.cell_flaws import (
    BAD_ID,
    DATE_FOR_ID,
    NAME_TOO,
    NO_OWNER,
    NOT_A_CHOICE,
    NOT_A_FLAG,
    Flaw,
    flaw_of,
    not_a_value,
)
from redesaude.inputs.cell_numbers import DATES
from redesaude.inputs.faults import nearest, without_accents
from redesaude.inputs.tables import ALL, EACH, EACH_MACROREGION, Column
from redesaude_models.arrays import Flags

#: control characters that are no space: nobody sees or types them, and a code that ends in one may be cut there
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_YES = {"yes", "y", "true", "sim", "s", "verdadeiro", "có", "co", "1"}
_NO = {"no", "n", "false", "não", "nao", "falso", "không", "khong", "0"}
_RESERVED = {ALL, EACH, EACH_MACROREGION, "*", "nan"}
#: what is named by the rows that lie in it, without a sheet of its own
_AREAS = {"region_id", "macroregion_id", "lot_id"}

Parsed = tuple[object, Flaw | None]

#: what parts a code from the name that drop-downs show beside it
APART = " · "
_NAME = re.compile(r"\s+·(\s.*|$)", re.DOTALL)


def words_of(column: Column, cells: pd.Series) -> tuple[ExtensionArray, Flags, dict[Hashable, Flaw]]:
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
    flaw = not_a_value(column, cell)
    if flaw:
        return None, flaw
    is_id = holds_code(column)
    if isinstance(cell, DATES):
        return (None, flaw_of(DATE_FOR_ID, column, cell)) if is_id else (str(cell), None)
    text = code_of(cell) if is_id else text_of(cell)
    if is_id and column.kind == "reference":
        text = code_alone(text)
    elif is_id and code_alone(text) != text:
        return None, flaw_of(NAME_TOO, column, text, suggestion=code_alone(text))
    names = column.kind == "id" or (column.kind == "text" and column.name in _AREAS)
    if (names and text.lower() in _RESERVED - {*column.words}) or (column.kind == "id" and re.search(r"[|,;]", text)):
        return None, flaw_of(BAD_ID, column, text)
    return next((word for word in column.words if word == text.lower()), text), None


def holds_code(column: Column) -> bool:
    """Return whether the cells of a column hold codes."""
    return column.kind in {"id", "reference", "references"} or column.name.endswith("_id")


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


def code_alone(cell: object) -> str:
    """Return the code that a cell holds by itself or with the name that a drop-down shows beside it."""
    text = text_of(cell)
    return code_of(_NAME.sub("", text) if "·" in text else text)


def key_alone(key: str) -> str:
    """Return a key, its parts joined by ``|``, without names beside codes and blank parts at its end."""
    return "|".join(map(code_alone, key.split("|"))).rstrip("|") if "·" in key else key.rstrip("|")


def parse_flag(column: Column, cell: object) -> Parsed:
    """Return True or False for yes/no in the languages of the workbook, None for blank."""
    flaw = not_a_value(column, cell)
    if flaw:
        return None, flaw
    word = code_of(cell).lower()
    if not word:
        return None, None
    if word in _YES | _NO:
        return word in _YES, None
    return None, flaw_of(NOT_A_FLAG, column, cell)


def parse_choice(column: Column, cell: object) -> Parsed:
    """Return the declared word that the cell holds, whatever its case, or that its synonym means."""
    flaw = not_a_value(column, cell)
    if flaw:
        return None, flaw
    word = code_of(cell)
    meant = _meant(column, word) if word else ""
    if meant or not word:
        return meant, None
    if meant is not None:
        return None, flaw_of(NO_OWNER, column, word, choices=column.choices, default=column.default)
    near = nearest(word, column.choices)
    return None, flaw_of(NOT_A_CHOICE, column, word, choices=column.choices, suggestion=near)


def _meant(column: Column, word: str) -> str | None:
    """The declared word that ``word`` is, or means; blank: it means none of them by itself, None: nobody knows it."""
    exact = {choice.lower(): choice for choice in column.choices}
    return exact.get(word.lower()) or dict(column.synonyms).get(without_accents(word))


def parse_list(column: Column, cell: object) -> Parsed:
    """Return the codes of a list separated by commas or semicolons, in its order, each once."""
    if isinstance(cell, tuple):
        cell = ",".join(map(str, cell))
    flaw = not_a_value(column, cell)
    if flaw:
        return None, flaw
    if isinstance(cell, DATES):
        return None, flaw_of(DATE_FOR_ID, column, cell)
    words = [code_alone(word) for word in re.split("[,;]", code_of(cell))]
    entries = tuple(dict.fromkeys(word for word in words if word))
    if not column.choices:
        return entries, None
    meant = {word: _meant(column, word) for word in entries}
    for word in (word for word, known in meant.items() if not known):
        near = nearest(word, column.choices)
        return None, flaw_of(NOT_A_CHOICE, column, word, choices=column.choices, suggestion=near)
    return tuple(dict.fromkeys(meant.values())), None


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
