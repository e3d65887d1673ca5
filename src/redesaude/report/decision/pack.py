"""What the pages of the decision file share: both workbooks, and how a sheet is laid out to be read on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column, Sheet

#: the workbook that the decision file points at
AUDIT = "audit.xlsx"
DECISION = "decision.xlsx"

#: column of a frame that says where the audit workbook has the same row
TRACE = "trace"

T = TypeVar("T")


@dataclass(frozen=True)
class Pack:
    """The audit workbook, written already, and the decision file under construction."""

    audit: Book
    book: Book
    _pages: dict[Callable[[Pack], Any], Any] = field(default_factory=dict)

    def page(self, write: Callable[[Pack], T]) -> T:
        """Return what the page written by ``write`` has for others to point at; it is written now if it was not yet."""
        if write not in self._pages:
            self._pages[write] = write(self)
        found: T = self._pages[write]
        return found

    @property
    def view(self) -> View:
        """The plan and its words."""
        return self.book.view

    def sheet(self, name: str, widths: Sequence[float], note: str = "") -> Sheet:
        """Open a lying sheet."""
        return self.book.sheet(name, widths, note)

    def upright(self, name: str, widths: Sequence[float], note: str = "") -> Sheet:
        """Open an upright sheet."""
        sheet = self.sheet(name, widths, note)
        sheet.paper.turn()
        return sheet

    def link(self, sheet: Sheet, row: int, column: int, cell: str, *style: str) -> None:
        """Turn a cell that was written into a link to ``cell`` (``sheet!A1``) of the audit workbook."""
        sheet.worksheet.write_url(row, column, f"external:{AUDIT}#{cell}", sheet.styles(*style), cell)

    def traced(self, frame: pd.DataFrame, name: str, *keys: str, into: str = TRACE) -> pd.DataFrame:
        """Return ``frame`` with column ``into``: the cell of the audit workbook, on its sheet ``name``, where the row
        begins that is the same in ``keys``.
        """
        cells = self.audit.rows(name, frame, keys) if name in self.audit.tabs else [""] * len(frame)
        return frame.assign(**{into: [cell and f"{AUDIT}#{cell}" for cell in cells]})

    def table(self, sheet: Sheet, frame: pd.DataFrame, columns: Sequence[Column], pages: int, rest: str) -> Block:
        """Write as many of the first rows as ``pages`` pages, this one among them, hold; then what is left, and where.

        ``rest`` is the sheet of the audit workbook that has all rows.
        """
        fit = sheet.fitting(frame, columns, pages)
        block = sheet.table(frame.head(fit), columns, freeze=1)
        sheet.filter(block)
        self.tell_rest(sheet, len(frame) - fit, AUDIT, rest)
        return block

    def tell_rest(self, sheet: Sheet, left: int, file: str, where: str) -> None:
        """Say below a table how many rows are left, if any, and in which file and sheet they stand."""
        if left > 0:
            sheet.row -= 1
            sheet.text(rest_words(self.view, left, file, where), "note")


def rest_words(view: View, left: int, file: str, where: str) -> str:
    """Say how many rows of a table are left out, and in which file and sheet they stand."""
    message = N_("Further rows: {left}; all of them are in {file}, sheet {sheet}.")
    return view.t(message, left=left, file=file, sheet=where)
