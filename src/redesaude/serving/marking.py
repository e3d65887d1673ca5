"""A copy of a workbook whose wrong cells are marked, each with a comment that says what to type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string

from redesaude.errors import InputError, Problem
from redesaude.inputs.container import Limits, trusted_bytes
from redesaude.language import Translator

#: colours of what must be mended and of what should be looked at
_FILLS = {"error": PatternFill("solid", fgColor="FFC7CE"), "warning": PatternFill("solid", fgColor="FFEB9C")}
#: cells of one problem that are marked, and letters of a comment
_MOST, _LETTERS = 500, 2_000
_CELL = re.compile(r"([A-Z]{1,3})([0-9]+)")


def write_marked(workbook: Path, to: Path, problems: Sequence[Problem], say: Translator) -> None:
    """Write the copy at ``to``; nothing where the file cannot be trusted to be a workbook."""
    try:
        trusted_bytes(workbook, Limits())
    except InputError:
        return
    book = openpyxl.load_workbook(workbook)
    for problem in reversed(problems):  # errors come first, and so are marked last
        if problem.sheet in book.sheetnames:
            for cell in _cells(book[problem.sheet], problem.cell):
                _mark(cell, problem, say)
    book.save(to)


def _cells(sheet: Any, place: str) -> list[Any]:
    """The cells of a place: one, a range, or of a row or column its first; where none is named, the sheet's first."""
    ends = _CELL.findall(place)
    if not ends:
        number = re.fullmatch(r"(?:row )?([0-9]+)", place)
        letters = re.fullmatch(r"(?:column )?([A-Z]{1,3})", place)
        return [sheet.cell(int(number[1]) if number else 1, column_index_from_string(letters[1]) if letters else 1)]
    rows = sorted(int(row) for _, row in (ends[0], ends[-1]))
    columns = sorted(column_index_from_string(letters) for letters, _ in (ends[0], ends[-1]))
    found = [(row, column) for row in range(rows[0], rows[1] + 1) for column in range(columns[0], columns[1] + 1)]
    return [sheet.cell(row, column) for row, column in found[:_MOST]]


def _mark(cell: Any, problem: Problem, say: Translator) -> None:
    if type(cell).__name__ == "MergedCell":
        return
    cell.fill = _FILLS[problem.severity]
    told = "\n".join(say(text, **problem.values) for text in (problem.found, problem.expected, problem.remedy))
    before = f"{cell.comment.text}\n\n" if cell.comment else ""
    cell.comment = Comment(f"{before}{told}"[:_LETTERS], "redesaude", width=420, height=160)
