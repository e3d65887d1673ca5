"""What a table of a sheet is: its columns, a row while it is written, and where it stands in the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell


@dataclass(frozen=True)
class Row:
    """A row being written, for formulas: the record of the frame and the addresses of the cells beside it."""

    number: int
    record: Mapping[str, Any]
    columns: Mapping[str, int]

    def at(self, key: str) -> str:
        """Return the address of this row's cell in column ``key``, with the column fixed (``$D7``)."""
        return str(xl_rowcol_to_cell(self.number, self.columns[key], col_abs=True))


@dataclass(frozen=True)
class Column:
    """One column of a table: the frame's ``key``, what the header says, and how cells look.

    ``kind`` names a format of :mod:`.styles`, or, as ``"@key"``, the frame column that names it row by row.
    With ``formula`` the cell is live and the frame's value is what it shows until recalculated. ``total`` adds a SUM.
    ``span`` is the number of sheet columns that the cell covers. ``link`` is the frame's column that says where the
    cell leads to, a file and a cell of it (``audit.xlsx#costs!A5``; blank: nowhere).
    """

    key: str
    header: str
    note: str = ""
    kind: str = "text"
    formula: Callable[[Row], str] | None = None
    total: bool = False
    span: int = 1
    link: str = ""


@dataclass(frozen=True)
class Block:
    """Where a table stands: its sheet as formulas call it, data rows (zero-based, inclusive), columns, any total row.

    Columns are by key.
    """

    sheet: str
    first: int
    last: int
    columns: Mapping[str, int]
    total_row: int | None = None

    def range(self, key: str) -> str:
        """Return the absolute range of column ``key``, with the sheet, e.g. ``costs!$D$5:$D$20``."""
        return f"{self.sheet}!{self.column(key)}"

    def column(self, key: str) -> str:
        """Return the absolute range of column ``key`` as formulas of the same sheet call it, e.g. ``$D$5:$D$20``."""
        name = xl_col_to_name(self.columns[key], col_abs=True)
        return f"{name}${self.first + 1}:{name}${self.last + 1}"

    def total(self, key: str) -> str:
        """Return the absolute address of the total of column ``key``; ValueError if the table has no total row."""
        if self.total_row is None:
            raise ValueError(f"the table on {self.sheet} has no total row")
        return self.sheet + "!" + str(xl_rowcol_to_cell(self.total_row, self.columns[key], True, True))

    def cell(self, key: str, row: int) -> str:
        """Return the absolute address of data row ``row`` (zero-based) of column ``key``."""
        return self.sheet + "!" + str(xl_rowcol_to_cell(self.first + row, self.columns[key], True, True))

    def row(self, row: int) -> str:
        """Return the cells of data row ``row`` (zero-based) as people name them, e.g. ``costs!A5:F5``."""
        first, last = (str(xl_rowcol_to_cell(self.first + row, of(self.columns.values()))) for of in (min, max))
        return f"{self.sheet}!{first}:{last}"

    def series(self, key: str) -> list[str | int]:
        """Return column ``key`` as XlsxWriter wants ranges of charts."""
        column = self.columns[key]
        return [self.sheet, self.first, column, self.last, column]
