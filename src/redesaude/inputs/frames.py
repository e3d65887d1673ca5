"""Data frames from Python as the tables of an input: what is no table, no name or no cell is told, not tripped over.

A workbook can hold none of this: each of its cells is text, a number, a date or nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from openpyxl.utils import get_column_letter

from redesaude.errors import InputError, Problem
from redesaude.inputs.cell_flaws import NOT_A_CELL, Foreign
from redesaude.inputs.faults import Fault
from redesaude.inputs.structure import match_sheets
from redesaude.inputs.workbook import RawTable
from redesaude.language import N_

NOT_TABLES = Fault(
    "not_tables",
    N_("the tables are an object of type {found}"),
    N_("a dictionary from names of sheets to data frames"),
    N_("give a dictionary: the name of each sheet, and its data frame"),
)
NOT_A_NAME = Fault(
    "not_a_name",
    N_("the name {found} is not text that can be written"),
    N_("a name in text"),
    N_("give a name in text, that of a sheet or column as in the blank workbook"),
)
NOT_A_FRAME = Fault(
    "not_a_data_frame",
    N_("the table is an object of type {found}"),
    N_("a data frame of pandas"),
    N_("make it a data frame, such as pandas.DataFrame(rows)"),
)
HALF_CHARACTER = Fault(
    "half_a_character",
    N_("the text {found} holds half of a character"),
    N_("text that can be written in UTF-8"),
    N_("read the text again with the encoding it was written in"),
)

#: halves of characters of UTF-16, which no file can hold
_HALF = re.compile("[\ud800-\udfff]")
_WHOLE = (int, np.integer)
_CELLS = (
    *(str, bool, float, Decimal, *_WHOLE, np.bool_, np.floating),
    *(dt.date, dt.time, dt.timedelta),
    *(type(None), type(pd.NA), type(pd.NaT)),
)
#: whole numbers from here on are infinite to a computer
_MOST_BITS = 1024


def raw_tables(tables: Mapping[str, pd.DataFrame], name: str) -> tuple[dict[str, RawTable], list[Problem]]:
    """Return the raw tables of the scenario ``name`` by their declared names, and a problem for what is none.

    Raises
    ------
    InputError
        when there are no tables to look at, or the scenario has no name.

    """
    if not _is_name(name):
        raise InputError([NOT_A_NAME.problem(found=_told(name))])
    if not isinstance(tables, Mapping):
        raise InputError([NOT_TABLES.problem(found=_kind(tables))])
    titles, problems = match_sheets(title for title in tables if _is_name(title))
    problems += [NOT_A_NAME.problem(found=_told(title)) for title in tables if not _is_name(title)]
    raws: dict[str, RawTable] = {}
    for declared, title in titles.items():
        frame = tables[title]
        if isinstance(frame, pd.DataFrame):
            problems += _nameless(title, frame)
            raws[declared] = RawTable.from_frame(declared, _sheet(frame), notes=False)
        else:
            raws[declared] = RawTable.from_frame(declared, pd.DataFrame())
            problems.append(NOT_A_FRAME.problem(title, found=_kind(frame)))
    return raws, problems


def _nameless(title: str, frame: pd.DataFrame) -> Iterator[Problem]:
    for place, name in enumerate(frame.columns, start=1):
        if not (_is_name(name) or _is_whole(name)):
            yield NOT_A_NAME.problem(title, f"{get_column_letter(place)}1", found=_told(name))


def _sheet(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns that have names (a code may be a whole number), each of them of cells."""
    named = [place for place, name in enumerate(frame.columns) if _is_name(name) or _is_whole(name)]
    columns = {place: _column(frame.iloc[:, place]) for place in named}
    return pd.DataFrame(columns, index=frame.index).set_axis([str(frame.columns[place]) for place in named], axis=1)


def _column(values: pd.Series) -> pd.Series[Any]:
    if values.dtype.kind in "biuf" and not isinstance(values.dtype, pd.SparseDtype):
        return values
    return pd.Series([_cell(value) for value in values.astype(object)], values.index, dtype=object)


def _cell(value: object) -> object:
    """The value as it would stand in a cell, a list as a tuple; Foreign when it could not."""
    if isinstance(value, (list, tuple)):
        parts = tuple(_cell(part) for part in value)
        odd = [part for part in parts if not isinstance(part, (str, *_WHOLE))]
        told = [part for part in odd if isinstance(part, Foreign)]
        return parts if not odd else told[0] if told else Foreign(NOT_A_CELL, _kind(value))
    if isinstance(value, str):
        return Foreign(HALF_CHARACTER, ascii(value)) if _HALF.search(value) else value
    if not isinstance(value, _CELLS) or _too_long(value):
        return Foreign(NOT_A_CELL, _kind(value))
    return value


def _is_name(name: object) -> bool:
    return isinstance(name, str) and not _HALF.search(name)


def _is_whole(name: object) -> bool:
    return isinstance(name, _WHOLE) and not isinstance(name, bool) and not _too_long(name)


def _too_long(value: object) -> bool:
    """Whether it is a whole number beyond any meaning, which may have too many digits to be written at all."""
    return isinstance(value, int) and value.bit_length() > _MOST_BITS


def _told(name: object) -> str:
    """What stands where a name should; its type alone where it has too many digits to be written."""
    try:
        return ascii(name)
    except ValueError:
        return _kind(name)


def _kind(value: object) -> str:
    return type(value).__name__
