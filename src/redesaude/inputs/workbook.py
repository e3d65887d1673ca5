"""Reading an .xlsx file into raw tables that remember where each cell stands."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas as pd
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from redesaude.errors import InputError, Problem
from redesaude.inputs.container import Limits, damaged, trusted_bytes
from redesaude.inputs.faults import Fault
from redesaude.inputs.structure import match_sheets
from redesaude.inputs.tables import UNIT_ROW_MARK
from redesaude.language import N_

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

_FORMULA_CELL = re.compile(rb'<(?:\w+:)?c\s(?=[^>]*\br="([A-Z]+[0-9]+)")([^>]*[^/>])>(.*?)</(?:\w+:)?c>', re.DOTALL)
_HAS_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_HAS_VALUE = re.compile(rb"<(?:\w+:)?v[^>/]*>[^<]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z0-9:]+)"')
_SHEET_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PEEK = 20


class Uncalculated:
    """Stands in a cell whose formula was saved without its value."""

    def __repr__(self) -> str:
        return "formula without value"


UNCALCULATED = Uncalculated()


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

    """

    name: str
    label: str
    headers: Mapping[str, str]
    cells: pd.DataFrame
    merged: tuple[str, ...] = ()

    @classmethod
    def from_frame(cls, name: str, frame: pd.DataFrame, label: str = "") -> RawTable:
        """Take a data frame as a sheet whose header stands in row 1."""
        letters = [get_column_letter(i + 1) for i in range(frame.shape[1])]
        cells = frame.set_axis(letters, axis=1).set_axis(range(2, len(frame) + 2), axis=0)
        return cls(name, label or name, dict(zip(letters, map(str, frame.columns), strict=True)), cells)


@dataclass(frozen=True)
class RawWorkbook:
    """The declared sheets of a file and the problems met on the way."""

    tables: Mapping[str, RawTable]
    problems: tuple[Problem, ...] = ()
    path: Path | None = field(default=None)


def read_tables(path: Path | str, limits: Limits | None = None) -> RawWorkbook:
    """Read the declared sheets of the workbook at ``path``.

    Raises
    ------
    InputError
        with one problem, when the file is not a workbook that can be opened safely.

    """
    limits = limits or Limits()
    path = Path(path)
    content = trusted_bytes(path, limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tables, problems = _read_sheets(content, limits)
    except InputError:
        raise
    except Exception as error:  # openpyxl raises nearly any exception on damaged parts
        raise InputError([damaged(error)]) from error
    return RawWorkbook(tables, tuple(problems), path)


def _read_sheets(content: bytes, limits: Limits) -> tuple[dict[str, RawTable], list[Problem]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    titles, problems = match_sheets([sheet.title for sheet in book.worksheets])
    tables = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = _sheet_parts(archive)
        for name, title in titles.items():
            rows, faults = _rows(book[title], title, limits)
            problems += faults
            xml = archive.read(parts[title])
            tables[name] = _raw_table(name, title, _mark_uncalculated(rows, xml), _merged(xml))
    return tables, problems


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Title of each sheet -> the part of the package that holds it."""
    start = next(r for r in _xml(archive, "_rels/.rels") if r.get("Type", "").endswith("/officeDocument"))
    part = PurePosixPath("/", start.get("Target", "")).relative_to("/")
    relations = _xml(archive, str(part.parent / "_rels" / f"{part.name}.rels"))
    targets = {r.get("Id"): str((part.parent / r.get("Target", "")).as_posix()) for r in relations}
    sheets = [e for e in _xml(archive, str(part)).iter() if e.tag.endswith("}sheet")]
    return {s.get("name", ""): targets[s.get(_SHEET_ID)].removeprefix("/") for s in sheets}


def _xml(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(archive.read(part))  # noqa: S314 - no part with a DOCTYPE is let in


Row = list[Any]


def _rows(sheet: Any, title: str, limits: Limits) -> tuple[dict[int, Row], list[Problem]]:
    """Rows with anything in them by sheet row number, as wide as the widest of the first few."""
    sheet.reset_dimensions()
    peek = [row for _, row in zip(range(_PEEK), sheet.iter_rows(values_only=True), strict=False)]
    width = max((_filled_width(row) for row in peek), default=0)
    if width > limits.columns:
        return {}, [TOO_MANY_COLUMNS.problem(title, "1:1", limit=limits.columns)]
    rows: dict[int, Row] = {}
    stream = sheet.iter_rows(max_col=max(width, 1), max_row=limits.rows + 1, values_only=True)
    for number, row in enumerate(stream, start=1):
        if any(value is not None for value in row):
            rows[number] = list(row)
    if rows and max(rows) > limits.rows:
        return rows, [TOO_MANY_ROWS.problem(title, f"{limits.rows + 1}:{limits.rows + 1}", limit=limits.rows)]
    return rows, []


def _filled_width(row: Sequence[Any]) -> int:
    return max((i + 1 for i, value in enumerate(row) if value is not None), default=0)


def _mark_uncalculated(rows: dict[int, Row], xml: bytes) -> dict[int, Row]:
    for address in _uncalculated(xml):
        number, column = coordinate_to_tuple(address)
        row = rows.setdefault(number, [])
        row += [None] * (column - len(row))
        row[column - 1] = UNCALCULATED
    return rows


def _uncalculated(xml: bytes) -> Iterator[str]:
    """Addresses of formulas saved without a value; an empty text result (``t="str"``) is a value."""
    if not _HAS_FORMULA.search(xml):
        return
    for address, attributes, inside in _FORMULA_CELL.findall(xml):
        if _HAS_FORMULA.search(inside) and not _HAS_VALUE.search(inside) and b't="str"' not in attributes:
            yield address.decode()


def _merged(xml: bytes) -> tuple[str, ...]:
    return tuple(ref.decode() for ref in _MERGED.findall(xml))


def _raw_table(name: str, title: str, rows: dict[int, Row], merged: tuple[str, ...]) -> RawTable:
    width = max((len(row) for row in rows.values()), default=0)
    letters = [get_column_letter(i + 1) for i in range(width)]
    header = rows.pop(1, [])
    headers = {letter: str(text) for letter, text in zip(letters, header, strict=False) if text is not None}
    if 2 in rows and _is_unit_row(rows[2]):
        del rows[2]
    numbers = sorted(number for number, row in rows.items() if not _is_blank(row))
    data = [rows[number] + [None] * (width - len(rows[number])) for number in numbers]
    return RawTable(name, title, headers, pd.DataFrame(data, numbers, letters, dtype=object), merged)


def _is_unit_row(row: Row) -> bool:
    first = next((value for value in row if value is not None), None)
    return isinstance(first, str) and first.strip().startswith(UNIT_ROW_MARK)


def _is_blank(row: Row) -> bool:
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in row)
