"""Changes of what-if variants: one row of the sheet ``variants`` each, carried out on tables and checked."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet, about
from redesaude.inputs.cell_numbers import PLAIN
from redesaude.inputs.cell_words import code_alone, code_of, holds_code, text_of
from redesaude.inputs.cells import convert
from redesaude.inputs.faults import Fault, nearest
from redesaude.inputs.folder_names import MOST_BYTES, OURS, as_folder_name, is_folder_name
from redesaude.inputs.settings import Settings, from_values
from redesaude.inputs.tables import BY_NAME, SETTINGS_BY_NAME, Column, Table
from redesaude.language import N_

BASE = "base"
NOT_CHANGED = ("settings", "variants", "sources")
#: what every row must state that is a change
STATED = ("sheet", "key", "column", "value")

RESERVED = Fault(
    "reserved_variant",
    N_("base is the scenario without any change"),
    N_("another variant_id"),
    N_("choose another code for the variant"),
)
OUR_FOLDER = Fault(
    "variant_named_as_our_folder",
    N_("'{found}' is the name of a folder in which results are kept"),
    N_("another variant_id"),
    N_("choose another code for the variant"),
)
NO_FOLDER = Fault(
    "variant_no_folder_name",
    N_("'{found}' cannot be the name of a folder, and the results of a variant get one"),
    N_("letters, digits, spaces, - and _, at most {limit} bytes; no name that Windows keeps for a device"),
    N_("choose another code for the variant"),
    near=N_("type {suggestion}, for example"),
)
NO_SHEET = Fault(
    "variant_unknown_sheet",
    N_("'{found}' is not a sheet that a variant can change"),
    N_("the name of a sheet of the workbook"),
    N_("correct the name"),
    near=N_("did you mean {suggestion}?"),
)
NO_COLUMN = Fault(
    "variant_unknown_column",
    N_("'{found}' is not a column of {target} that a variant can change"),
    N_("a column that is not part of the row's key"),
    N_("type one of: {known}"),
    near=N_("did you mean {suggestion}?"),
)
NO_ROW = Fault(
    "variant_unknown_row",
    N_("no row of {target} has the key '{found}'"),
    N_("{key} joined by |, or * for every row; * also for any letters of a part"),
    N_("correct the key"),
    near=N_("did you mean {suggestion}?"),
)
NOT_A_QUANTITY = Fault(
    "variant_not_a_quantity",
    N_("{operation} does not suit {found}, which is not a number"),
    N_("a column of numbers, or the operation set"),
    N_("type set as operation"),
)
NOTHING_THERE = Fault(
    "variant_blank_value",
    N_("{found} is blank in the row, so there is nothing to {operation}"),
    N_("a number in the row, or the operation set"),
    N_("fill in the row, or type set as operation"),
)
RESULT_OUTSIDE = Fault(
    "variant_out_of_range",
    N_("the change makes {found} {result}"),
    N_("a value from {low} to {high}"),
    N_("type a value that keeps {found} in its limits"),
)


class ChangeError(Exception):
    """A row of the sheet variants that cannot be carried out: the column at fault, the fault and its values."""

    def __init__(self, at: str, fault: Fault, values: Mapping[str, object]) -> None:
        super().__init__(fault.code)
        self.at, self.fault, self.values = at, fault, values


@dataclass(frozen=True)
class Tables:
    """What changes are carried out on; settings are one table with a row for each, as on their sheet."""

    frames: Mapping[str, pd.DataFrame]
    settings: Settings


@about("variants")
def check_variants(book: Book) -> Iterator[Problem]:
    """Yield every change that names an unknown place or does not fit there."""
    sheet = book["variants"]
    frames = {name: s.frame for name, s in book.sheets.items()}
    reserved = sheet.frame["variant_id"].str.lower() == BASE
    yield from sheet.where(reserved, "variant_id", RESERVED)
    yield from _folders(sheet)
    for row, change in sheet.frame.iterrows():
        if not all(change[list(STATED)]) or not _readable(book, change["sheet"], change["column"]):
            continue
        try:
            changed(Tables(frames, book.settings), change)
        except ChangeError as error:
            yield sheet.at(row, error.at, error.fault, **error.values)


def _folders(sheet: Sheet) -> Iterator[Problem]:
    """Yield every code that is no name of a folder, or that of one of ours."""
    for row, name in sheet.frame["variant_id"].drop_duplicates().items():
        fault, values = fault_of_code(name)
        if fault is not None and name and fault is not RESERVED:
            yield sheet.at(row, "variant_id", fault, **values)


def fault_of_code(name: str) -> tuple[Fault | None, dict[str, object]]:
    """Return what is wrong with the code of a variant, and what fills its sentences."""
    if name.lower() == BASE:
        return RESERVED, {}
    if name.lower() in OURS:
        return OUR_FOLDER, {"found": name}
    if not is_folder_name(name):
        return NO_FOLDER, {"found": name, "limit": MOST_BYTES, "suggestion": as_folder_name(name)}
    return None, {}


def _readable(book: Book, name: str, column: str) -> bool:
    """Whether the change can be judged: not where the fault is in the sheet it changes, and told there."""
    sheet = book.sheets.get(name)
    if sheet is None or (not sheet.present and not sheet.unreadable and not sheet.table.required):
        return True
    needed = [c.name for c in sheet.table.columns if c.required and c.name in {*sheet.table.key, column}]
    return sheet.sound(*sheet.table.key) and all(c in sheet.letters for c in needed)


def changed(tables: Tables, change: pd.Series) -> Tables:
    """Return the tables with one change carried out; ChangeError if it cannot be."""
    if change["sheet"] == "settings":
        return Tables(tables.frames, _changed_settings(tables.settings, change))
    table = BY_NAME.get(change["sheet"])
    if table is None or table.name in NOT_CHANGED:
        known = [name for name in BY_NAME if name not in NOT_CHANGED[1:]]
        raise _error("sheet", NO_SHEET, change, suggestion=nearest(change["sheet"], known))
    column = _column(table, change)
    frame = tables.frames[table.name]
    rows = _rows(table, frame, change)
    values = frame[column.name].copy()
    values[rows] = _new_values(column, values[rows], change)
    return Tables({**tables.frames, table.name: frame.assign(**{column.name: values})}, tables.settings)


def _error(at: str, fault: Fault, change: pd.Series, **values: object) -> ChangeError:
    return ChangeError(at, fault, {"found": change[at], "operation": change["operation"], **values})


def _changed_settings(settings: Settings, change: pd.Series) -> Settings:
    setting = SETTINGS_BY_NAME.get(code_alone(change["key"]))
    if setting is None:
        near = nearest(change["key"], SETTINGS_BY_NAME)
        raise _error("key", NO_ROW, change, target="settings", key="name", suggestion=near)
    if change["column"] != "value":
        raise _error("column", NO_COLUMN, change, target="settings", known="value", suggestion="value")
    values = asdict(settings)
    old = pd.Series([values[setting.name]])
    return from_values({**values, setting.name: _new_values(setting, old, change).iloc[0]})


def _column(table: Table, change: pd.Series) -> Column:
    known = [c.name for c in table.columns if c.name not in table.key]
    if change["column"] not in known:
        near = nearest(change["column"], known)
        raise _error("column", NO_COLUMN, change, target=table.name, known=known, suggestion=near)
    return table.column(change["column"])


def _rows(table: Table, frame: pd.DataFrame, change: pd.Series) -> pd.Series:
    """Rows whose key columns are like the parts of the key, * standing for any letters; blank parts at the end may be
    left out.
    """
    key = change["key"]
    parts = [code_of(part) for part in key.split("|")] if key != "*" else ["*"] * len(table.key)
    parts += [""] * (len(table.key) - len(parts))
    chosen = pd.Series(len(parts) == len(table.key), index=frame.index)
    for name, part in zip(table.key, parts, strict=False):
        if part != "*":
            texts, wanted = frame[name].map(_key_text), code_alone(part) if holds_code(table.column(name)) else part
            chosen &= texts.map(like(wanted)) if "*" in wanted else texts == wanted
    if not chosen.any():
        near = nearest(key, _keys(table, frame))
        raise _error("key", NO_ROW, change, target=table.name, key=" | ".join(table.key), suggestion=near)
    return chosen


def like(part: str) -> Callable[[str], bool]:
    """Return whether a text is like a part of a key, in which * stands for any letters."""
    pattern = re.compile(".*".join(map(re.escape, part.split("*"))), re.DOTALL)
    return lambda text: pattern.fullmatch(text) is not None


def _keys(table: Table, frame: pd.DataFrame) -> list[str]:
    records = frame[list(table.key)].head(10_000).itertuples(index=False)
    return ["|".join(map(_key_text, record)).rstrip("|") for record in records]


def row_key(sheet: str, row: object) -> str:
    """Return what names a row of a sheet to a variant: its key, joined by |."""
    return "|".join(_key_text(getattr(row, name)) for name in BY_NAME[sheet].key).rstrip("|")


def _key_text(value: object) -> str:
    return "" if isinstance(value, float) and math.isnan(value) else text_of(value)


def _new_values(column: Column, old: pd.Series, change: pd.Series) -> pd.Series:
    """Set, add or multiply, and see that the result is a value of the column."""
    operation = change["operation"]
    if operation == "set":
        return _checked(column, pd.Series([_typed(change["value"])] * len(old), old.index, dtype=object), change)
    if column.kind not in {"number", "integer"}:
        raise _error("operation", NOT_A_QUANTITY, change, found=column.name)
    amount = float(_checked(Column(column.name, "number", ""), pd.Series([_typed(change["value"])]), change).iloc[0])
    if old.isna().all():
        raise _error("operation", NOTHING_THERE, change, found=column.name)
    result = old + amount if operation == "add" else old * amount
    low, high = column.limits
    outside = result[(result < low) | (result > high)]
    if len(outside):
        raise _error("value", RESULT_OUTSIDE, change, found=column.name, result=outside.iloc[0], low=low, high=high)
    return result.round() if column.kind == "integer" else result


def _checked(column: Column, cells: pd.Series, change: pd.Series) -> pd.Series:
    converted = convert(column, cells)
    for flaw in converted.flaws.values():
        raise _error("value", flaw.fault, change, **flaw.details)
    return converted.typed


def _typed(value: str) -> object:
    """The sheet holds values of every kind as text; those that are plain numbers are meant as numbers."""
    return float(value) if PLAIN.fullmatch(value) else value
