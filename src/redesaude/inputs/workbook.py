"""Reading an .xlsx file into raw tables that remember where each cell stands."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from redesaude.errors import Problem
from redesaude.inputs.container import DAMAGED, MISSING_PART, TOO_MUCH, Limits, refusal, trusted_bytes
from redesaude.inputs.faults import SHOWN, Fault
from redesaude.inputs.package import MissingPartError, PackageError, PartLimitError
from redesaude.inputs.sheet_reader import SheetCells, WorkbookReader
from redesaude.inputs.structure import match_sheets
from redesaude.inputs.tables import INPUT, UNIT_ROW_MARK, Form
from redesaude.language import N_

NEWER = Fault(
    "newer_format",
    N_("the workbook has format {number}, of a newer version of this program"),
    N_("a workbook of format {known} or older"),
    N_("install the newer version, or ask for the workbook in the older format"),
)
TOO_MANY_ROWS = Fault(
    "too_many_rows",
    N_("the sheet has more than {limit} rows"),
    N_("at most {limit} rows"),
    N_("delete rows that are not needed; put a large travel matrix in a CSV file named in travel_times_file"),
)
TOO_MANY_COLUMNS = Fault(
    "too_many_columns",
    N_("row 1 has names in more than {limit} columns"),
    N_("the columns of the blank workbook"),
    N_("keep one table on the sheet and delete the other columns"),
)

STRAY = Fault(
    "stray_cell",
    N_("'{found}' stands far from the table"),
    N_("nothing below row {rows} or right of column {column}"),
    N_("clear the cell, or delete its row and column"),
)

TYPED_OVER = Fault(
    "typed_over",
    N_("'{found}' stands in the row that explains the columns"),
    N_("data from the row below the explanations on"),
    N_("move what you typed to a row of its own below; what the explanations say is also in the comments of row 1"),
)

Row = Mapping[int, Any]


@dataclass(frozen=True)
class RawTable:
    """One sheet as it stands in the file.

    Attributes
    ----------
    name : declared name of the table.
    label : name of the sheet (or file) as the user sees it.
    headers : column letter -> text of row 1.
    cells : column letters x sheet row numbers (the index), without header, unit row and blank rows.
    merged : ranges of merged cells.
    hidden, struck : rows of ``cells`` that are hidden, and whose values are all struck through.
    notes : whether columns that are not declared may stand beside the others: on a sheet, not in a program's table.

    """

    name: str
    label: str
    headers: Mapping[str, str]
    cells: pd.DataFrame
    merged: tuple[str, ...] = ()
    hidden: tuple[int, ...] = ()
    struck: tuple[int, ...] = ()
    notes: bool = True

    @classmethod
    def from_frame(cls, name: str, frame: pd.DataFrame, label: str = "", *, notes: bool = True) -> RawTable:
        """Take a data frame as a sheet whose header stands in row 1."""
        letters = [get_column_letter(i + 1) for i in range(frame.shape[1])]
        cells = frame.set_axis(letters, axis=1).set_axis(range(2, len(frame) + 2), axis=0)
        return cls(name, label or name, dict(zip(letters, map(str, frame.columns), strict=True)), cells, notes=notes)


@dataclass(frozen=True)
class RawWorkbook:
    """The declared sheets of a file and the problems met on the way."""

    tables: Mapping[str, RawTable]
    problems: tuple[Problem, ...] = ()
    path: Path | None = field(default=None)


def read_tables(path: Path | str, limits: Limits | None = None, form: Form = INPUT) -> RawWorkbook:
    """Read the declared sheets of the workbook at ``path``, which is one of ``form``.

    Raises
    ------
    InputError
        with one problem, when the file is not a workbook that can be opened safely.

    """
    limits = limits or Limits()
    path = Path(path)
    content = trusted_bytes(path, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            tables, problems = _read_sheets(WorkbookReader(archive, limits.parts, limits.cells), limits, form)
    except PartLimitError as error:
        raise refusal(TOO_MUCH, part=error.part, reason=error.reason, cells=limits.cells.cells) from error
    except PackageError as error:
        raise refusal(DAMAGED, reason=f"{error.part}: {error.reason}") from error
    return RawWorkbook(tables, tuple(problems), path)


def _read_sheets(reader: WorkbookReader, limits: Limits, form: Form) -> tuple[dict[str, RawTable], list[Problem]]:
    stated = reader.properties().get(form.format_property, "").strip()
    if stated.isdecimal() and int(stated) > form.format:
        raise refusal(NEWER, number=int(stated), known=form.format)
    titles, problems = match_sheets(reader.titles, form.by_name)
    tables = {}
    for name, title in titles.items():
        try:
            sheet = reader.read(title)
        except MissingPartError as error:
            problems.append(MISSING_PART.problem(title, "", part=error.part, name=title))
            continue
        problems += [*_beyond(sheet, title, limits), *_typed_over(sheet, title)]
        tables[name] = _raw_table(name, title, sheet)
    return tables, problems


def _beyond(sheet: SheetCells, title: str, limits: Limits) -> Iterator[Problem]:
    """Yield what makes the sheet larger than any table of the workbook, and cut it to the rows that are accepted."""
    if max(sheet.rows.get(1, {}), default=0) > limits.columns:
        yield TOO_MANY_COLUMNS.problem(title, "1:1", limit=limits.columns)
        sheet.rows.clear()
    elif len(sheet.rows) > limits.rows:
        yield TOO_MANY_ROWS.problem(title, f"{limits.rows + 1}:{limits.rows + 1}", limit=limits.rows)
    within = {"rows": limits.rows, "column": get_column_letter(limits.columns)}
    far = [(n, c) for n, row in sheet.rows.items() for c in row if n > limits.rows or c > limits.columns]
    for number, column in far[: 0 if len(sheet.rows) > limits.rows else SHOWN]:
        yield STRAY.problem(title, f"{get_column_letter(column)}{number}", found=sheet.rows[number][column], **within)
    for number, column in far:
        del sheet.rows[number][column]


def _typed_over(sheet: SheetCells, title: str) -> Iterator[Problem]:
    """Yield what was typed over the first cell of the row of explanations, and leave that row out."""
    row = sheet.rows.get(2, {})
    first, *others = row.items() or [(0, None)]
    explained = [_explains(value) for _, value in others]
    if not _explains(first[1]) and sum(explained) * 2 > len(explained):
        yield TYPED_OVER.problem(title, f"{get_column_letter(first[0])}2", found=first[1])
        del sheet.rows[2]


def _raw_table(name: str, title: str, sheet: SheetCells) -> RawTable:
    rows: dict[int, Row] = dict(sheet.rows)
    header = rows.pop(1, {})
    headers = {get_column_letter(column): str(text) for column, text in header.items()}
    if 2 in rows and _is_unit_row(rows[2]):
        del rows[2]
    width = max((max(row, default=0) for row in (header, *rows.values())), default=0)
    numbers = [number for number, row in rows.items() if not _is_blank(row)]
    data = [[rows[number].get(column) for column in range(1, width + 1)] for number in numbers]
    letters = [get_column_letter(column) for column in range(1, width + 1)]
    return RawTable(
        name,
        title,
        headers,
        pd.DataFrame(data, numbers, letters, dtype=object),
        tuple(sheet.merged),
        tuple(number for number in numbers if number in sheet.hidden),
        tuple(number for number in numbers if number in sheet.struck),
    )


#: what a cell of the row of explanations begins with: its unit in brackets, and then what it is
_EXPLANATION = re.compile(rf"\s*{re.escape(UNIT_ROW_MARK)}[^\[\]]+\](\s|$)")


def _is_unit_row(row: Row) -> bool:
    """Whether its first cell and most of the others explain: a name in brackets makes no such row."""
    explained = [_explains(value) for value in row.values() if value not in (None, "")]
    return bool(explained) and explained[0] and sum(explained) * 2 > len(explained)


def _explains(value: object) -> bool:
    return isinstance(value, str) and bool(_EXPLANATION.match(value))


def _is_blank(row: Row) -> bool:
    return all(isinstance(value, str) and not value.strip() for value in row.values())
