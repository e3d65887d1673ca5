"""Whether the sheets and columns of the input are those declared, with one problem for each slip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.faults import Fault, nearest, shorten, show
from redesaude.inputs.tables import BY_NAME, Table
from redesaude.language import N_

#: sheets for the reader alone
_READERS = {"guide", "readme", "lists"}
#: how alike a name must be before it counts as a slip of the pen rather than a name of its own
_ALIKE = 0.78
_HEADER_SEARCH_ROWS = 10

MISSING_SHEET = Fault(
    "missing_sheet",
    N_("there is no sheet {sheet}"),
    N_("a sheet named {sheet}"),
    N_("add the sheet; redesaude new FILE writes a workbook with every sheet to copy from"),
)
MISSPELT_SHEET = Fault(
    "misspelt_sheet",
    N_("no sheet is called {found}"),
    N_("the sheet name {suggestion}"),
    N_("rename the sheet to {suggestion}"),
)
UNKNOWN_SHEET = Fault(
    "unknown_sheet",
    N_("the sheet {found} is not one of the workbook's"),
    N_("sheets named as in the blank workbook"),
    N_("nothing on it is used; start its name with _ to keep it as your own"),
    severity="warning",
)
DUPLICATE_SHEET = Fault(
    "duplicate_sheet",
    N_("the sheets {first} and {found} have the same name but for case or spaces"),
    N_("each sheet once"),
    N_("delete one of them, or start its name with _"),
)
EMPTY_SHEET = Fault(
    "empty_sheet",
    N_("the sheet has no rows"),
    N_("at least one row; a row is {row}"),
    N_("fill in at least one row below the column names"),
)
MERGED = Fault(
    "merged_cells",
    N_("the cells {found} are merged"),
    N_("one value in each cell"),
    N_("unmerge them (Home, Merge & Center) and type each value or column name in its own cell"),
)
NO_HEADER = Fault(
    "no_header",
    N_("row 1 has none of the sheet's column names"),
    N_("column names in row 1: {expected}"),
    N_("type the column names in row 1, as in the blank workbook"),
)
HEADER_LOWER = Fault(
    "header_not_first",
    N_("the column names stand in row {row}"),
    N_("column names in row 1"),
    N_("delete the rows above row {row}"),
)
MISSING_COLUMN = Fault(
    "missing_column",
    N_("there is no column {column}"),
    N_("a column named {column}"),
    N_("type {column} as a column name in row 1 and fill the column"),
)
MISSPELT_COLUMN = Fault(
    "misspelt_column",
    N_("no column is called {found}"),
    N_("the column name {suggestion}"),
    N_("rename the column to {suggestion}"),
)
UNKNOWN_COLUMN = Fault(
    "unknown_column",
    N_("the column {found} is not one of this sheet's"),
    N_("columns of the blank workbook: {expected}"),
    N_("it is not used; rename it if one of those is meant, or leave it as your note"),
    severity="warning",
)
STRANGE_COLUMN = Fault(
    "unknown_column",
    N_("the table {table} has no column {found}"),
    N_("its columns: {expected}"),
    N_("rename it if one of those is meant, or leave it out; start its name with _ to keep it as your own"),
)
DUPLICATE_COLUMN = Fault(
    "duplicate_column",
    N_("the column {found} stands in {first} and here"),
    N_("each column once"),
    N_("delete one of the two columns"),
)
NAMELESS_COLUMN = Fault(
    "nameless_column",
    N_("the column has values but no name in row 1"),
    N_("a column name in row 1"),
    N_("it is not used; type its name in row 1 if it should be"),
    severity="warning",
)


class Raw(Protocol):
    """What the checks of structure need of a raw table."""

    @property
    def label(self) -> str:
        """Name of the sheet as the user sees it."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Column letter -> text of row 1."""

    @property
    def notes(self) -> bool:
        """Whether columns that are not declared may stand beside the others, as notes."""

    @property
    def cells(self) -> pd.DataFrame:
        """Cells by row number and column letter."""

    @property
    def merged(self) -> tuple[str, ...]:
        """Ranges of merged cells."""


def match_sheets(
    titles: Iterable[str], declared: Mapping[str, Table] = BY_NAME
) -> tuple[dict[str, str], list[Problem]]:
    """Return declared name -> title in the file, with a problem for each title that is not a declared one."""
    found: dict[str, str] = {}
    strangers: list[str] = []
    problems: list[Problem] = []
    for title in titles:
        name = _plain(title)
        if name in found:
            problems.append(DUPLICATE_SHEET.problem(title, found=title, first=found[name]))
        elif name in declared:
            found[name] = title
        elif not (name.startswith("_") or name in _READERS):
            strangers.append(title)
    problems += [_stranger(title, found, declared) for title in strangers]
    return {name: found[name] for name in declared if name in found}, problems


def _stranger(title: str, found: dict[str, str], declared: Iterable[str]) -> Problem:
    """Tell a slip from a sheet of the user's own; a slip is then read as the sheet that was meant."""
    meant = nearest(title, [name for name in declared if name not in found], _ALIKE)
    if not meant:
        return UNKNOWN_SHEET.problem(title, found=title)
    found[meant] = title
    return MISSPELT_SHEET.problem(title, found=title, suggestion=meant)


def missing_sheets(present: Iterable[str], needed: Iterable[str]) -> list[Problem]:
    """Return a problem for each needed sheet that is not present."""
    there = set(present)
    return [MISSING_SHEET.problem(name, sheet=name) for name in needed if name not in there]


def match_columns(table: Table, raw: Raw) -> tuple[dict[str, str] | None, list[Problem]]:
    """Return declared column -> letter, and the problems; None instead when the sheet cannot be read as a table."""
    unreadable = _unreadable(table, raw)
    if unreadable:
        return None, unreadable
    letters, strangers, problems = _exact_columns(table, raw)
    for letter, text in strangers.items():
        absent = [c.name for c in table.columns if c.name not in letters]
        meant = nearest(text, absent, _ALIKE)
        if meant:
            letters[meant] = letter
            problems.append(MISSPELT_COLUMN.problem(raw.label, f"{letter}1", found=text, suggestion=meant))
        else:
            fault = UNKNOWN_COLUMN if raw.notes else STRANGE_COLUMN
            names = [c.name for c in table.columns]
            problems.append(fault.problem(raw.label, f"{letter}1", table=table.name, found=text, expected=names))
    for column in table.columns:
        if column.required and column.name not in letters:
            problems.append(MISSING_COLUMN.problem(raw.label, "1:1", column=column.name))
    return letters, problems + _nameless(raw)


def _exact_columns(table: Table, raw: Raw) -> tuple[dict[str, str], dict[str, str], list[Problem]]:
    """Columns found by name, those of no declared name, and problems for names that stand twice."""
    declared = {column.name for column in table.columns}
    letters: dict[str, str] = {}
    strangers: dict[str, str] = {}
    problems = []
    for letter, text in raw.headers.items():
        name = _plain(text)
        if name in letters:
            cell = f"{letter}1"
            problems.append(DUPLICATE_COLUMN.problem(raw.label, cell, found=name, first=f"{letters[name]}1"))
        elif name in declared:
            letters[name] = letter
        elif name and not name.startswith("_"):
            strangers[letter] = text.strip()
    return letters, strangers, problems


def _unreadable(table: Table, raw: Raw) -> list[Problem]:
    if raw.merged:
        return [*shorten(raw.merged, lambda ref: MERGED.problem(raw.label, show(ref), found=ref))]
    declared = [column.name for column in table.columns]
    if _names_in(raw.headers.values(), declared) or (not raw.headers and raw.cells.empty):
        return []
    if any(nearest(text, declared, _ALIKE) for text in raw.headers.values()):
        return []
    for number, row in raw.cells.head(_HEADER_SEARCH_ROWS).iterrows():
        if _names_in(map(str, row), declared) >= 2:
            return [HEADER_LOWER.problem(raw.label, f"{number}:{number}", row=number)]
    return [NO_HEADER.problem(raw.label, "1:1", expected=declared)]


def _names_in(texts: Iterable[str], declared: Sequence[str]) -> int:
    return sum(_plain(text) in declared for text in texts)


def _nameless(raw: Raw) -> list[Problem]:
    letters = [x for x in raw.cells.columns if not raw.headers.get(x, "").strip() and raw.cells[x].notna().any()]
    return [NAMELESS_COLUMN.problem(raw.label, f"{letter}:{letter}") for letter in letters]


def _plain(text: str) -> str:
    return text.strip().lower()
