"""The hidden sheet ``lists`` of a workbook, which holds what its drop-downs offer."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet

from redesaude.inputs.offered import Lists
from redesaude.inputs.offered_rows import Formula


class _OldFunctions(Worksheet):  # type: ignore[misc, unused-ignore]
    """A sheet of thousands of formulas, all of functions of 2007: none is searched for those that need a prefix."""

    def _prepare_formula(self, formula: str, *_: object) -> str:
        return formula.removeprefix("=")


def write_lists(book: Any, lists: Lists) -> None:
    """Write the sheet into an open workbook."""
    sheet = book.add_worksheet("lists", _OldFunctions)
    for i, cells in enumerate(lists.columns):
        for row, cell in enumerate(cells):
            if isinstance(cell, Formula):
                sheet.write_formula(row, i, cell.text, None, cell.value)
            elif isinstance(cell, int):
                sheet.write_number(row, i, cell)
            else:
                sheet.write_string(row, i, cell)
    sheet.hide()
