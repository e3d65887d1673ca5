"""The typed sheets of one input under check: each remembers its cells, so that a check can point at them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, wraps
from typing import TypeVar

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from redesaude.errors import Problem
from redesaude.inputs.cells import blanks, convert
from redesaude.inputs.faults import Fault, shorten
from redesaude.inputs.place import address
from redesaude.inputs.settings import Settings
from redesaude.inputs.structure import match_columns
from redesaude.inputs.tables import TABLES, Table
from redesaude.inputs.workbook import RawTable
from redesaude.language import N_, Phrase

BLANK = Fault(
    "blank",
    N_("the cell is blank"),
    N_("a value for {column}: {meaning}"),
    N_("type the value, or delete the row if it is not needed"),
)
T = TypeVar("T")
_ADDRESS = re.compile(r"([A-Z]+)\d+(:|$)")


@dataclass(frozen=True)
class Sheet:
    """A typed table with the place of every cell.

    Attributes
    ----------
    frame : every declared column, typed as ``inputs.scenario`` says; the index is the row number on the sheet.
    letters : column name -> letter, for the columns that are there.
    flaws : column name -> how many of its cells could not be read.
    present : whether the sheet is there and can be read as a table.
    unreadable : whether it is there but cannot be read as a table.
    hidden, struck : rows that are hidden, and that are struck through.
    blanks : column name -> its rows without a value.

    """

    table: Table
    label: str
    frame: pd.DataFrame
    letters: Mapping[str, str] = field(default_factory=dict)
    flaws: Mapping[str, int] = field(default_factory=dict)
    present: bool = True
    unreadable: bool = False
    hidden: tuple[int, ...] = ()
    struck: tuple[int, ...] = ()
    blanks: Mapping[str, pd.Index] = field(default_factory=dict)

    def typed(self, *columns: str) -> pd.Series:
        """Return in which rows something was typed in any of ``columns``."""
        found = [~self.frame.index.isin(self.blanks[name]) for name in columns if name in self.letters]
        return pd.Series(np.any(found, axis=0) if found else False, self.frame.index, dtype=bool)

    def cell(self, row: Hashable, column: str) -> str:
        """Return the address of a cell, or of the whole row where the column is absent."""
        return address(self.letters, row, column)

    def sound(self, *columns: str) -> bool:
        """Whether the sheet is there and every cell of ``columns`` could be read."""
        return self.present and not any(self.flaws.get(column) for column in columns)

    def where(self, mask: pd.Series, column: str, fault: Fault, /, **values: object) -> Iterator[Problem]:
        """Report ``fault`` at ``column`` of each row of ``mask``.

        The sentences may name any column of the row, ``{value}`` for this one's, and ``values``: a series is one by
        row.
        """
        chosen = np.flatnonzero(mask.to_numpy(dtype=bool))
        if chosen.size:
            rows = self.frame.index[chosen]
            yield from shorten(list(rows), lambda row: self.at(row, column, fault, **values))

    def at(self, row: Hashable, column: str, fault: Fault, /, **values: object) -> Problem:
        """Report ``fault`` at one cell; placeholders as in :meth:`where`."""
        record = {str(name): value for name, value in self.frame.loc[row].items()}  # type: ignore[call-overload]
        if not record.get("name", True):  # a row without a name goes by its code
            record["name"] = record[self.table.key[0]]
        own = {name: _of_row(value, row) for name, value in values.items()}
        return fault.problem(
            self.label,
            self.cell(row, column),
            **{**record, "column": column, "value": record.get(column, ""), **own},
        )


def _of_row(value: object, row: Hashable) -> object:
    return value.loc[row] if isinstance(value, pd.Series) else value  # type: ignore[call-overload]


@dataclass(frozen=True)
class Book:
    """All sheets of an input, those left out with an empty frame, and its settings (``stated``: without a fault), with
    the sheet that states them, if there is one.
    """

    sheets: Mapping[str, Sheet]
    settings: Settings
    stated: bool = True
    stated_settings: Sheet | None = None

    def __getitem__(self, name: str) -> Sheet:
        return self.sheets[name]

    def filled(self) -> Iterator[Sheet]:
        """Yield the sheets that have rows."""
        return (sheet for sheet in self.sheets.values() if not sheet.frame.empty)


Check = Callable[[Book], Iterator[T]]


def about(*names: str) -> Callable[[Check[T]], Check[T]]:
    """Return a decorator for a check that has nothing to say where none of these sheets has rows: it is left out."""

    def of(check: Check[T]) -> Check[T]:
        @wraps(check)
        def checked(book: Book) -> Iterator[T]:
            return iter(()) if all(book[name].frame.empty for name in names) else check(book)

        return checked

    return of


@cache
def empty_frame(table: Table) -> pd.DataFrame:
    """Return the table without rows, each column with its type; the same frame each time."""
    return pd.DataFrame({c.name: convert(c, pd.Series([], dtype=object)).typed for c in table.columns})


def type_sheet(table: Table, raw: RawTable | None) -> tuple[Sheet, list[Problem]]:
    """Return the typed sheet (an empty one when ``raw`` is None or unreadable) and every problem of its cells."""
    if raw is None:
        return Sheet(table, table.name, empty_frame(table), present=False), []
    letters, problems = match_columns(table, raw)
    if letters is None:
        return Sheet(table, raw.label, empty_frame(table), present=False, unreadable=True), problems
    columns: dict[str, pd.Series | ExtensionArray] = {}
    flaws = []
    left_out = {}
    for column in table.columns:
        if column.name not in letters:
            columns[column.name] = blanks(column, len(raw.cells))
            left_out[column.name] = raw.cells.index
            continue
        cells = raw.cells[letters[column.name]]
        converted = convert(column, cells)
        columns[column.name] = converted.typed
        left_out[column.name] = cells.index[converted.blank]
        found: list[Finding] = [(row, flaw.fault, flaw.details) for row, flaw in converted.flaws.items()]
        if column.required:
            asked = {"column": column.name, "meaning": Phrase(column.meaning)}
            found += [(row, BLANK, asked) for row in left_out[column.name]]
        flaws += _problems(raw, letters, column.name, found)
    frame = pd.DataFrame(columns, index=raw.cells.index)
    sheet = Sheet(table, raw.label, frame, letters, hidden=raw.hidden, struck=raw.struck, blanks=left_out)
    return with_flaws(sheet, flaws), problems + flaws


def with_flaws(sheet: Sheet, problems: list[Problem]) -> Sheet:
    """Return ``sheet`` knowing which of its columns the ``problems`` (errors at single cells) are in."""
    if not problems:
        return sheet
    names = {letter: name for name, letter in sheet.letters.items()}
    matches = [_ADDRESS.match(p.cell) for p in problems if p.sheet == sheet.label and p.severity == "error"]
    counts = Counter(names[m[1]] for m in matches if m and m[1] in names)
    return replace(sheet, flaws=Counter(sheet.flaws) + counts)


Finding = tuple[Hashable, Fault, Mapping[str, object]]


def _problems(raw: RawTable, letters: Mapping[str, str], column: str, found: list[Finding]) -> list[Problem]:
    """Problems of one column in the order of its rows, each fault shown a limited number of times."""
    order = {row: place for place, row in enumerate(raw.cells.index)} if found else {}
    by_fault: dict[Fault, list[Finding]] = {}
    for finding in sorted(found, key=lambda f: order[f[0]]):
        by_fault.setdefault(finding[1], []).append(finding)

    def tell(finding: Finding) -> Problem:
        row, fault, values = finding
        return fault.problem(raw.label, address(letters, row, column), **values)

    return [problem for same in by_fault.values() for problem in shorten(same, tell)]


def declared_order(problem: Problem) -> tuple[int, int, str]:
    """Sort key: by sheet as declared, then row, then column."""
    order = {table.name: i for i, table in enumerate(TABLES)}
    row = re.search(r"\d+", problem.cell)
    return order.get(problem.sheet.strip().lower(), len(order)), int(row[0]) if row else 0, problem.cell
