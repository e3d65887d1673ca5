"""One sheet of a workbook: a cursor that moves down over titles, notes, tables and charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import pandas as pd
from xlsxwriter.utility import quote_sheetname, xl_col_to_name, xl_rowcol_to_cell

from redesaude.report.workbook.grid import PADDING, Grid, absent
from redesaude.report.workbook.letters import lines_of
from redesaude.report.workbook.paper import ROW, Paper, page_starts
from redesaude.report.workbook.styles import SHADE, Styles

_LINE_HEIGHT = 13.5  # points
_NOTE = 2 * ROW  # points of a remark below a table
_COLUMN_WIDTH = 13.0  # characters of a column for which no width was declared
_LONGEST_WORD = 16  # letters of a word for which a column grows; what is longer is broken


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
    ``span`` is the number of sheet columns that the cell covers.
    """

    key: str
    header: str
    note: str = ""
    kind: str = "text"
    formula: Callable[[Row], str] | None = None
    total: bool = False
    span: int = 1


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


class Sheet(Grid):
    """Writes downwards on one worksheet. ``widths`` are the widths of the printed columns, in characters.

    What fits on one printed page is not cut by the end of a page: it begins a new one with its heading.
    """

    def __init__(self, worksheet: Any, styles: Styles, widths: Sequence[float], empty: str) -> None:
        super().__init__(worksheet, styles, widths)
        self.row, self._empty = 0, empty
        self.paper = Paper(worksheet, self.widths)
        self._below_title = self._headed = 0  # first row that may begin a page; row of a heading with nothing below yet
        #: ranges printed after the main columns: first row, first column, last row, last column
        self.printed: list[tuple[int, int, int, int]] = []

    def title(self, title: str, subtitle: str, note: str = "") -> None:
        """Open the sheet with its title, whose plan it is, and how to read it."""
        self.value(0, 0, title, self.styles("title"))
        self.paper.set_height(0, 24)
        self.value(1, 0, subtitle, self.styles("subtitle"))
        self.row = 2
        if note:
            self.text(note, "note")
        self.row += 1
        self._below_title = self.row + 1

    def heading(self, text: str) -> None:
        """Write a heading line."""
        self.value(self.row, 0, text, self.styles("heading"))
        self.paper.set_height(self.row, 20)
        self._headed = self._headed or self.row
        self.row += 1

    def text(self, text: str, *style: str) -> None:
        """Write a paragraph over the whole width, high enough for its words."""
        self.cell(self.row, 0, len(self.widths), text, self.styles(*style))
        self.paper.set_height(self.row, _LINE_HEIGHT * lines_of(text, sum(self.widths)) + 3)
        self.row += 1

    def table(
        self,
        frame: pd.DataFrame,
        columns: Sequence[Column],
        *,
        start: int = 0,
        header: bool = True,
        freeze: int | None = None,
        repeat: bool = False,
        total: str = "",
    ) -> Block:
        """Write ``frame`` as a table and leave a blank line after it.

        ``start`` is the first column; ``freeze`` keeps the header and that many columns in sight; the header is
        repeated on each printed page with ``freeze`` or ``repeat``, of which a sheet takes one; ``total`` labels a row
        of sums (blank: none).
        """
        places = _places(columns, start)
        records = _records(frame)
        self._reach(columns, places, printed=start < len(self.widths))
        self._widen(records, columns, places)
        if start < len(self.widths):
            heights = [self._row_height(record, columns, places) for record in records]
            self._keep(sum(self._header_heights(columns, places)) * header + sum(heights), sum(heights[3:]))
        if header:
            self._header(columns, places, freeze, repeat=repeat or freeze is not None)
        first = self.row
        for record in records:
            self._data_row(Row(self.row, record, places), columns)
            self.row += 1
        if frame.empty:
            self.value(self.row, start, self._empty, self.styles("note"))
            self.row += 1
        block = Block(str(quote_sheetname(self.name)), first, self.row - 1, places, self.row if total else None)
        if total:
            self._total_row(frame, columns, block, total)
        self.row += 1
        return block

    def fitting(self, frame: pd.DataFrame, columns: Sequence[Column], pages: int) -> int:
        """Return how many of the first rows of a table fit on ``pages`` pages, this one among them, each with a header.

        A line is left for what there is to say of the others.
        """
        places = _places(columns, 0)
        header = sum(self._header_heights(columns, places))
        heights = [self._row_height(record, columns, places) for record in _records(frame)]
        room, page = self.paper.room(self.row) - header - _NOTE, self.paper.page - header
        starts = page_starts(heights, range(len(heights)), room, page)
        return starts[pages] if len(starts) > pages else len(heights)

    def pages(
        self, frame: pd.DataFrame, columns: Sequence[Column], whole: str, *, freeze: int | None = None
    ) -> list[Block]:
        """Write ``frame`` as one table for each printed page, each with its header; there is at least one.

        Neighbours alike in column ``whole`` stay on one page where it can hold them. ``freeze`` as for :meth:`table`,
        of the first page, without repeating its header.
        """
        places = _places(columns, 0)
        header = sum(self._header_heights(columns, places))
        heights = [self._row_height(record, columns, places) for record in _records(frame)]
        room, page = self.paper.room(self.row) - header, self.paper.page - header
        blocks: list[Block] = []
        for first, end in pairwise([*page_starts(heights, frame[whole].to_list(), room, page), len(frame)]):
            if blocks:
                self.page_break()
            blocks.append(self.table(frame.iloc[first:end], columns))
            if freeze is not None and len(blocks) == 1:
                self.worksheet.freeze_panes(blocks[0].first, freeze)
        return blocks

    def page_break(self) -> None:
        """Print what follows on a new page."""
        self.paper.break_at(self.row)

    def _keep(self, height: float, further: float = 0.0) -> None:
        """Begin a new page, with the heading just written, if what comes would be cut by the end of this one.

        ``height`` is that of what comes; where a page cannot hold it, all but ``further`` of it is kept together.
        """
        top = self._headed or self.row
        self._headed = 0
        above = self.paper.height(top, self.row)
        whole = above + height
        least = whole if whole <= self.paper.page else whole - further
        cut = least > self.paper.room(top) or self.paper.begins_unsurely(top)
        if top > self._below_title and cut:
            self.paper.break_at(top)

    def chart(self, chart: Any, rows: int, start: int = 0, columns: int | None = None, move: bool = True) -> None:
        """Place ``chart`` at the cursor, ``rows`` high and ``columns`` wide; ``move`` leaves the cursor below it."""
        end = start + (columns if columns is not None else len(self.widths) - start)
        width = sum(self.widths[start:end]) * 7 + 5 * (end - start)
        if move:
            self._keep(rows * ROW)
        chart.set_size({"width": width, "height": rows * 20})
        self.worksheet.insert_chart(self.row, start, chart, {"object_position": 1, "y_offset": 4})
        if move:
            self.row += rows + 1

    def mark(self, block: Block, key: str, words: Mapping[str, str]) -> None:
        """Colour the cells of column ``key`` that hold one of ``words`` (word -> style), beside the word itself."""
        column = block.columns[key]
        for word, style in words.items():
            rule = {"type": "cell", "criteria": "==", "value": '"' + word.replace('"', '""') + '"'}
            rule["format"] = self.styles.only(style)
            self.worksheet.conditional_format(block.first, column, block.last, column, rule)

    def shade(self, block: Block, keys: Sequence[str]) -> None:
        """Shade the numbers of columns ``keys``, the darker the larger; the number itself stays in sight."""
        scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": SHADE, "min_type": "num", "min_value": 0}
        for key in keys:
            column = block.columns[key]
            self.worksheet.conditional_format(block.first, column, block.last, column, scale)

    def mark_above(self, block: Block, key: str, limit: float) -> None:
        """Colour the numbers of column ``key`` that are above ``limit``."""
        column, look = block.columns[key], self.styles.only("bad")
        rule = {"type": "cell", "criteria": ">", "value": limit, "format": look}
        self.worksheet.conditional_format(block.first, column, block.last, column, rule)

    def filter(self, block: Block) -> None:
        """Let readers filter the rows of a table by the buttons of its header."""
        columns = sorted(block.columns.values())
        self.worksheet.autofilter(block.first - 1, columns[0], block.last, columns[-1])

    def on_one_page(self) -> None:
        """Print the whole sheet on one page."""
        self.worksheet.fit_to_pages(1, 1)
        self.paper.endless = True

    def print_too(self, top: int, left: int, bottom: int, right: int) -> None:
        """Print a range beside the main columns on pages of its own."""
        self.printed.append((top, left, bottom, right))

    def _header(
        self, columns: Sequence[Column], places: Mapping[str, int], freeze: int | None, *, repeat: bool
    ) -> None:
        """Write the header row and, when any column has one, the row of notes on units and meaning."""
        top = self.row
        for style, height in zip(("header", "meaning"), self._header_heights(columns, places), strict=False):
            for column in columns:
                text = column.header if style == "header" else column.note
                self.cell(self.row, places[column.key], column.span, text, self.styles(style))
            self.paper.set_height(self.row, height)
            self.row += 1
        if freeze is not None:
            self.worksheet.freeze_panes(self.row, freeze)
        if repeat:
            self.worksheet.repeat_rows(top, self.row - 1)

    def _header_heights(self, columns: Sequence[Column], places: Mapping[str, int]) -> list[float]:
        """Heights of the header row and of the row of notes, if any column has one."""
        rows = [([column.header for column in columns], 1.1), ([column.note for column in columns], 0.8)]
        widths = [self.width(places[column.key], column.span) for column in columns]
        return [
            _LINE_HEIGHT * font * max(lines_of(text, width / font) for text, width in zip(texts, widths, strict=True))
            + 4
            for texts, font in rows
            if font > 1 or any(texts)
        ]

    def _reach(self, columns: Sequence[Column], places: Mapping[str, int], *, printed: bool) -> None:
        """Give a width to columns for which none was declared; ``printed`` ones are printed, codes at the end are not.

        Print areas and titles then reach as far as the widest table.
        """
        ends = {column.key: places[column.key] + column.span for column in columns}
        for index in range(min(places.values(), default=0), max(ends.values(), default=0)):
            if index not in self._all_widths:
                self.set_widths(index, (_COLUMN_WIDTH,))
        last = max((ends[column.key] for column in columns if column.kind != "id"), default=0)
        if printed:
            self.widths += [self._all_widths[index] for index in range(len(self.widths), last)]

    def _widen(self, records: list[dict[str, Any]], columns: Sequence[Column], places: Mapping[str, int]) -> None:
        """Make room for the longest word of each column, for its largest number and for its sum."""
        for column in columns:
            numbers = [float(v) for v in (r[column.key] for r in records) if not isinstance(v, str) and not absent(v)]
            largest = max([*map(abs, numbers), abs(sum(numbers)) if column.total else 0.0])
            if column.span == 1:
                for kind in {_kind(record, column) for record in records}:
                    self.make_room(places[column.key], kind, largest)
                self.reserve(places[column.key], _longest_word(records, column))

    def _data_row(self, row: Row, columns: Sequence[Column]) -> None:
        for column in columns:
            style, place = self.styles("cell", _kind(row.record, column)), row.columns[column.key]
            value = row.record[column.key]
            if column.formula is None:
                self.cell(row.number, place, column.span, value, style)
            else:
                self.formula(row.number, place, column.formula(row), value, style)
        height = self._row_height(row.record, columns, row.columns)
        if height > _LINE_HEIGHT + 2:  # not every program makes room for wrapped words by itself
            self.paper.set_height(row.number, height)

    def _row_height(self, record: Mapping[str, Any], columns: Sequence[Column], places: Mapping[str, int]) -> float:
        lines = [
            lines_of(str(record[column.key]), self.width(places[column.key], column.span) - PADDING)
            for column in columns
            if _kind(record, column) == "text" and isinstance(record[column.key], str)
        ]
        return _LINE_HEIGHT * max(lines, default=1) + 2

    def _total_row(self, frame: pd.DataFrame, columns: Sequence[Column], block: Block, label: str) -> None:
        for index, column in enumerate(columns):
            style = self.styles("cell", column.kind if column.total else "text", "total")
            if not column.total:
                self.cell(self.row, block.columns[column.key], column.span, "" if index else label, style)
                continue
            cached = float(pd.to_numeric(frame[column.key]).sum())
            self.formula(self.row, block.columns[column.key], f"SUM({block.column(column.key)})", cached, style)
        self.row += 1


def _places(columns: Sequence[Column], start: int) -> dict[str, int]:
    """Return the first sheet column of each column of a table that begins in ``start``."""
    ends = accumulate(column.span for column in columns)
    return {column.key: start + end - column.span for column, end in zip(columns, ends, strict=True)}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in record.items()} for record in frame.to_dict("records")]


def _kind(record: Mapping[str, Any], column: Column) -> str:
    return str(record[column.kind[1:]]) if column.kind.startswith("@") else column.kind


def _longest_word(records: list[dict[str, Any]], column: Column) -> int:
    """Return the letters of the longest word that is wrapped in ``column``."""
    texts = (r[column.key] for r in records if _kind(r, column) == "text" and isinstance(r[column.key], str))
    return min(_LONGEST_WORD, max((len(word) for text in texts for word in text.split()), default=0))
