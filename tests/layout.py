"""What is wrong with the layout of a workbook, as LibreOffice lays it out: nothing where its reader sees all of it.

Whatever sheets a workbook has are looked at; those that are hidden are not.
"""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from pathlib import Path

import openpyxl
from defusedxml import ElementTree
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from printed import convert, convert_all, sizes
from redesaude.report.workbook.styles import PRIMARY

SMALLEST = 8.0  # points of printed letters
_SLACK = 1.5  # points of height by which programs differ
_DEFAULT = 15.0  # points of a row without a height
_DEFAULT_WIDTH = 8.43
_WORD = re.compile(r"[^\W\d_]{4,}")
_HEADER = PRIMARY.removeprefix("#")
_SCREEN = 300.0  # points that may stay in sight
_LIST = 8  # rows of a table that is a list to be searched
Area = tuple[int, int, int, int]
"""First column, first row, last column, last row"""
Page = list[tuple[str, tuple[float, float, float, float]]]
"""Words, with their boxes: left, top, right, bottom"""
Look = tuple[str, float, bool, bool, float, float]
"""Whatever the height of a text depends on: its words, its room, and its letters"""


@dataclass(frozen=True)
class Laid:
    """A visible sheet of a workbook."""

    sheet: Worksheet

    @cached_property
    def cells(self) -> dict[tuple[int, int], Cell]:
        """What is written, by row and column."""
        found = (cell for row in self.sheet.iter_rows() for cell in row)
        return {(c.row, c.column): c for c in found if c.value is not None}

    @cached_property
    def joined(self) -> dict[tuple[int, int], int]:
        """The last column of each cell that covers several."""
        return {(area.min_row, area.min_col): area.max_col for area in self.sheet.merged_cells.ranges}

    @cached_property
    def areas(self) -> list[Area]:
        """What is printed."""
        parts = (part.rpartition("!")[2].replace("$", "") for part in self.sheet.print_area.split(","))
        return [range_boundaries(part) for part in parts]  # type: ignore[misc]

    @cached_property
    def ends(self) -> list[int]:
        """Last columns of printed pages."""
        return sorted({area[2] for area in self.areas})

    def prints(self, row: int, column: int) -> bool:
        return any(left <= column <= right and top <= row <= bottom for left, top, right, bottom in self.areas)

    def width(self, first: int, last: int) -> float:
        """Characters of columns."""
        letters = map(get_column_letter, range(first, last + 1))
        return sum(self.sheet.column_dimensions[letter].width or _DEFAULT_WIDTH for letter in letters)

    def height(self, last: int) -> float:
        """Points of the first rows."""
        return sum(self.sheet.row_dimensions[row].height or _DEFAULT for row in range(1, last + 1))

    def room(self, cell: Cell) -> float:
        """Characters that a text has in its cell, and, on one line, in the empty ones beside it on its page."""
        last = self.joined.get((cell.row, cell.column), cell.column)
        if not cell.alignment.wrap_text and cell.alignment.horizontal in (None, "general", "left"):
            end = next((end for end in self.ends if end >= last), last)
            while last < end and (cell.row, last + 1) not in self.cells:
                last += 1
        return self.width(cell.column, last)

    def headers(self) -> Iterator[tuple[int, int, int]]:
        """Header rows: row, first and last column."""
        rows: dict[int, list[int]] = {}
        for (row, column), cell in self.cells.items():
            if cell.fill.patternType == "solid" and str(cell.fill.fgColor.rgb).endswith(_HEADER):
                rows.setdefault(row, []).append(column)
        for row, columns in rows.items():
            start = columns[0]
            for column, following in pairwise([*sorted(columns), 10**6]):
                reached = self.joined.get((row, column), column)
                if following > reached + 1:
                    yield row, start, reached
                    start = following

    def length(self, row: int, column: int) -> int:
        """Rows of the table below a header."""
        end = row
        while any((end + 1, other) in self.cells for other in (column, column + 1)):
            end += 1
        return end - row


def laid(path: Path) -> list[Laid]:
    """The visible sheets of a workbook, with what formulas show."""
    book = openpyxl.load_workbook(path, data_only=True)
    return [Laid(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]


def faults(books: Mapping[str, Path], folder: Path) -> dict[str, list[str]]:
    """Return what is wrong with the layout of workbooks, in words, where anything is; ``folder`` is for work.

    All of them are printed by one run of LibreOffice.
    """
    sheets = {name: laid(path) for name, path in books.items()}
    pdfs = dict(zip(books, convert_all([*books.values()], folder, "pdf"), strict=True))
    needed = _heights([sheet for laid_out in sheets.values() for sheet in laid_out], folder)
    found = {name: _faults(sheets[name], pdfs[name], needed) for name in books}
    return {name: faults for name, faults in found.items() if faults}


def _faults(sheets: list[Laid], pdf: Path, needed: dict[Look, float]) -> list[str]:
    """Everything that is wrong with one workbook."""
    pages = _pages(pdf)
    found = [
        f"{len(page)} letters of {min(page)} points on page {n}"
        for n, page in enumerate(sizes(pdf.read_bytes()), 1)
        if min(page) < SMALLEST - 1e-2
    ]
    found += [*_unseen_words(sheets, pages), *_overlaps(pages), *_clipped(sheets, needed)]
    for sheet in sheets:
        found += [f"{sheet.sheet.title}: {fault}" for fault in (*_left_out(sheet), *_unfiltered(sheet), *_cut(sheet))]
    return found


def _words(text: str) -> set[str]:
    return {*_WORD.findall(unicodedata.normalize("NFKC", text))}


def _pages(pdf: Path) -> list[Page]:
    """The words of each page, with their boxes: left, top, right, bottom."""
    run = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, timeout=120)
    tree = ElementTree.fromstring(re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", run.stdout), forbid_dtd=False)
    pages = [page for page in tree.iter() if page.tag.endswith("}page")]
    return [
        [(word.text or "", tuple(float(word.get(k, 0)) for k in ("xMin", "yMin", "xMax", "yMax"))) for word in page]  # type: ignore[misc]
        for page in pages
    ]


def _unseen_words(sheets: list[Laid], pages: list[Page]) -> Iterator[str]:
    """Words of printed cells that are nowhere on the pages: broken in two lines, or cut off."""
    seen = _words(" ".join(word for page in pages for word, _ in page))
    for sheet in sheets:
        for (row, column), cell in sheet.cells.items():
            if isinstance(cell.value, str) and sheet.prints(row, column):
                for word in _words(cell.value) - seen:
                    yield f"{sheet.sheet.title}!{cell.coordinate}: {word} is not on paper in one piece"


def _overlaps(pages: list[Page]) -> Iterator[str]:
    """Words that are printed on each other."""
    for n, page in enumerate(pages, 1):
        boxes = sorted(page, key=lambda word: word[1][1])
        for (one, a), (other, b) in combinations(boxes, 2):
            across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
            least = min(a[3] - a[1], b[3] - b[1])
            if across > 1.0 and down > 0.5 * least:
                yield f"page {n}: {one!r} and {other!r} lie on each other"


def _heights(sheets: list[Laid], folder: Path) -> dict[Look, float]:
    """The height that LibreOffice gives each text of the sheets where nobody says how high its row is."""
    texts = {_look(sheet, cell) for sheet in sheets for cell in sheet.cells.values() if isinstance(cell.value, str)}
    rows = {text: row for row, text in enumerate(sorted(texts, key=str), 1)}
    columns = {room: column for column, room in enumerate(sorted({room for _, room, *_ in texts}), 1)}
    book = openpyxl.Workbook()
    page: Worksheet = book.active  # type: ignore[assignment]
    for room, column in columns.items():
        page.column_dimensions[get_column_letter(column)].width = room
    for (value, room, bold, italic, size, indent), row in rows.items():
        put = page.cell(row, columns[room], value)
        put.data_type = "s"
        put.font = Font("Arial", size, bold, italic)
        put.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left", indent=indent)
    book.save(folder / "loose.xlsx")
    needed = openpyxl.load_workbook(convert(folder / "loose.xlsx", folder, "xlsx")).active
    return {text: needed.row_dimensions[row].height or _DEFAULT for text, row in rows.items()}  # type: ignore[union-attr]


def _clipped(sheets: list[Laid], needed: dict[Look, float]) -> Iterator[str]:
    """Texts that need more height than their row has."""
    for sheet in sheets:
        for cell in sheet.cells.values():
            high = sheet.sheet.row_dimensions[cell.row].height or _DEFAULT
            if isinstance(cell.value, str) and (need := needed[_look(sheet, cell)]) > high + _SLACK:
                yield f"{sheet.sheet.title}!{cell.coordinate}: {high:g} of {need:g} points: {cell.value[:60]!r}"


def _look(sheet: Laid, cell: Cell) -> Look:
    font = cell.font
    return str(cell.value), round(sheet.room(cell), 1), bool(font.b), bool(font.i), font.sz, cell.alignment.indent


def _left_out(sheet: Laid) -> Iterator[str]:
    """Cells that stand beside what is printed, though they are neither codes nor below what is for the screen."""
    last = max(area[2] for area in sheet.areas)
    for (row, column), cell in sheet.cells.items():
        if column <= last and not sheet.prints(row, column) and row <= min(area[3] for area in sheet.areas):
            yield f"{cell.coordinate} is not printed"


def _unfiltered(sheet: Laid) -> Iterator[str]:
    """Lists without a filter or a header that stays in sight."""
    printed = [header for header in sheet.headers() if sheet.prints(*header[:2])]  # not what only charts show
    tables = [(sheet.length(row, left), row, left, right) for row, left, right in printed]
    lists = [table for table in tables if table[0] >= _LIST]
    setup = sheet.sheet.sheet_properties.pageSetUpPr
    on_one_page = setup is not None and setup.fitToPage and sheet.sheet.page_setup.fitToHeight != 0
    if not lists or on_one_page:
        return
    filtered, frozen = sheet.sheet.auto_filter.ref, sheet.sheet.freeze_panes
    if not filtered:
        yield f"no filter on a table of {max(lists)[0]} rows"
    first = min(row for _, row, *_ in lists)
    if not frozen and sheet.height(first) <= _SCREEN:
        yield "no header stays in sight"
    if frozen and sheet.height(range_boundaries(frozen)[1] - 1) > 1.5 * _SCREEN:
        yield "what stays in sight leaves no room for the rest"


def _cut(sheet: Laid) -> Iterator[str]:
    """Cells of several columns that the end of a page cuts."""
    for (row, left), right in sheet.joined.items():
        if any(left <= end < right for end in sheet.ends):
            yield f"{get_column_letter(left)}{row} is cut by the end of a page"
