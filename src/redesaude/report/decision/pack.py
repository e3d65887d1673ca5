"""What the pages of the decision file share: both workbooks, and how a sheet is laid out to be read on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column, Sheet

#: the workbook that the decision file points at
AUDIT = "audit.xlsx"


@dataclass(frozen=True)
class Pack:
    """The audit workbook, written already, and the decision file under construction."""

    audit: Book
    book: Book

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
        if left:
            message = N_("Further rows: {left}; all of them are in {file}, sheet {sheet}.")
            sheet.row -= 1
            sheet.text(self.view.t(message, left=left, file=file, sheet=where), "note")
