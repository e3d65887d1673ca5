"""Where a table stands in the input, so that every problem can name its cell."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass


def address(letters: Mapping[str, str], row: Hashable, column: str) -> str:
    """Return the address of ``column`` in a row of a sheet, or of the whole row if it has no such column.

    A row that is one cell of a matrix has its own address.
    """
    if isinstance(row, str):
        return row
    return f"{letters[column]}{row}" if column in letters else f"{row}:{row}"


@dataclass(frozen=True)
class Place:
    """Where a table stands in the input: name of its sheet, column name -> letter, and for each of its rows the sheet
    row, or the address where it is one cell of a matrix.
    """

    sheet: str
    letters: Mapping[str, str]
    rows: tuple[int | str, ...]

    def cell(self, row: int, column: str) -> str:
        """Return the address of ``column`` in row ``row`` (from 0), or of the whole row if it has no such column."""
        return address(self.letters, self.rows[row], column)
