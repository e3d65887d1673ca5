"""One sheet of the decision workbook: a cursor that moves down over titles, notes, tables and charts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from redesaude.report.workbook.styles import SHADE, Styles

_LINE_HEIGHT = 13.5  # points
_LETTER_WIDTH = 0.78  # of the digit in which Excel counts column widths


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

    ``kind`` names a format of :mod:`styles`, or, as ``"@key"``, the frame column that names it row by row.
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
    """Where a table stands: its data rows (zero-based, inclusive), columns by key, and its total row if any."""

    sheet: str
    first: int
    last: int
    columns: Mapping[str, int]
    total_row: int | None = None

    def range(self, key: str) -> str:
        """Return the absolute range of column ``key``, with the sheet, e.g. ``costs!$D$5:$D$20``."""
        name = xl_col_to_name(self.columns[key], col_abs=True)
        return f"{self.sheet}!{name}${self.first + 1}:{name}${self.last + 1}"

    def total(self, key: str) -> str:
        """Return the absolute address of the total of column ``key``; ValueError if the table has no total row."""
        if self.total_row is None:
            raise ValueError(f"the table on {self.sheet} has no total row")
        return self.sheet + "!" + str(xl_rowcol_to_cell(self.total_row, self.columns[key], True, True))

    def cell(self, key: str, row: int) -> str:
        """Return the absolute address of data row ``row`` (zero-based) of column ``key``."""
        return self.sheet + "!" + str(xl_rowcol_to_cell(self.first + row, self.columns[key], True, True))

    def series(self, key: str) -> list[str | int]:
        """Return column ``key`` as XlsxWriter wants ranges of charts."""
        column = self.columns[key]
        return [self.sheet, self.first, column, self.last, column]


def absent(value: object) -> bool:
    """Tell whether ``value`` is a blank: None, NaN or NA."""
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


class Sheet:
    """Writes downwards on one worksheet. ``widths`` are the column widths, in characters."""

    def __init__(self, worksheet: Any, styles: Styles, widths: Sequence[float], empty: str) -> None:
        self.worksheet, self.styles, self.widths, self.row = worksheet, styles, widths, 0
        self._empty = empty
        self._all_widths: dict[int, float] = {}
        self._breaks: list[int] = []
        #: ranges printed after the main columns: first row, first column, last row, last column
        self.printed: list[tuple[int, int, int, int]] = []
        self.set_widths(0, widths)

    @property
    def name(self) -> str:
        """Name of the worksheet."""
        return str(self.worksheet.get_name())

    def set_widths(self, start: int, widths: Sequence[float]) -> None:
        """Set the widths of columns from ``start`` on, also beyond the printed ones."""
        for index, width in enumerate(widths, start):
            self.worksheet.set_column(index, index, width)
            self._all_widths[index] = width

    def title(self, title: str, subtitle: str, note: str = "") -> None:
        """Open the sheet with its title, whose plan it is, and how to read it."""
        self.worksheet.write_string(0, 0, title, self.styles("title"))
        self.worksheet.set_row(0, 24)
        self.worksheet.write_string(1, 0, subtitle, self.styles("subtitle"))
        self.row = 2
        if note:
            self.text(note, "note")
        self.row += 1

    def heading(self, text: str) -> None:
        """Write a heading line."""
        self.worksheet.write_string(self.row, 0, text, self.styles("heading"))
        self.worksheet.set_row(self.row, 20)
        self.row += 1

    def text(self, text: str, *style: str) -> None:
        """Write a paragraph over the whole width, high enough for its words."""
        last = len(self.widths) - 1
        self.worksheet.merge_range(self.row, 0, self.row, last, "", self.styles(*style))
        self.worksheet.write_string(self.row, 0, text, self.styles(*style))
        self.worksheet.set_row(self.row, _LINE_HEIGHT * _lines(text, sum(self.widths)) + 3)
        self.row += 1

    def table(
        self,
        frame: pd.DataFrame,
        columns: Sequence[Column],
        *,
        start: int = 0,
        header: bool = True,
        freeze: int | None = None,
        total: str = "",
    ) -> Block:
        """Write ``frame`` as a table and leave a blank line after it.

        ``start`` is the first column; ``freeze`` keeps the header and that many columns in sight and repeats the
        header on each printed page; ``total`` labels a row of sums (blank: none).
        """
        ends = accumulate(column.span for column in columns)
        places = {column.key: start + end - column.span for column, end in zip(columns, ends, strict=True)}
        if header:
            self._header(columns, places, freeze)
        first = self.row
        for values in frame.to_dict("records"):
            self._data_row(Row(self.row, {str(key): value for key, value in values.items()}, places), columns)
            self.row += 1
        if frame.empty:
            self.worksheet.write_string(self.row, start, self._empty, self.styles("note"))
            self.row += 1
        block = Block(self.name, first, self.row - 1, places, self.row if total else None)
        if total:
            self._total_row(frame, columns, block, total)
        self.row += 1
        return block

    def page_break(self) -> None:
        """Print what follows on a new page."""
        self._breaks.append(self.row)
        self.worksheet.set_h_pagebreaks(self._breaks)

    def chart(self, chart: Any, rows: int, start: int = 0, columns: int | None = None, move: bool = True) -> None:
        """Place ``chart`` at the cursor, ``rows`` high and ``columns`` wide; ``move`` leaves the cursor below it."""
        end = start + (columns if columns is not None else len(self.widths) - start)
        width = sum(self.widths[start:end]) * 7 + 5 * (end - start)
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

    def print_too(self, top: int, left: int, bottom: int, right: int) -> None:
        """Print a range beside the main columns on pages of its own."""
        self.printed.append((top, left, bottom, right))

    def value(self, row: int, column: int, value: Any, style: Any) -> None:
        """Write a plain value; text is never taken for a formula, a link or a number."""
        if absent(value):
            self.worksheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self.worksheet.write_string(row, column, value, style)
        else:
            self.worksheet.write_number(row, column, float(value), style)

    def _header(self, columns: Sequence[Column], places: Mapping[str, int], freeze: int | None) -> None:
        """Write the header row and, when any column has one, the row of notes on units and meaning."""
        top = self.row
        for style, texts, font in (
            ("header", [column.header for column in columns], 1.1),
            ("meaning", [column.note for column in columns], 0.8),
        ):
            if not any(texts):
                continue
            heights = []
            for column, text in zip(columns, texts, strict=True):
                self._cell(self.row, places[column.key], column.span, text, self.styles(style))
                heights.append(_lines(text, self._width(places[column.key], column.span) / font))
            self.worksheet.set_row(self.row, _LINE_HEIGHT * font * max(heights) + 4)
            self.row += 1
        if freeze is not None:
            self.worksheet.freeze_panes(self.row, freeze)
            self.worksheet.repeat_rows(top, self.row - 1)

    def _width(self, start: int, span: int) -> float:
        return sum(self._all_widths[start + index] for index in range(span))

    def _cell(self, row: int, column: int, span: int, value: Any, style: Any) -> None:
        """Write a plain value into a cell that covers ``span`` columns."""
        if span > 1:
            self.worksheet.merge_range(row, column, row, column + span - 1, "", style)
        self.value(row, column, value, style)

    def _data_row(self, row: Row, columns: Sequence[Column]) -> None:
        lines = 1
        for column in columns:
            kind = str(row.record[column.kind[1:]]) if column.kind.startswith("@") else column.kind
            style, place = self.styles("cell", kind), row.columns[column.key]
            value = row.record[column.key]
            if kind == "text" and isinstance(value, str):
                lines = max(lines, _lines(value, self._width(place, column.span) - 1))
            if column.formula is None:
                self._cell(row.number, place, column.span, value, style)
            else:
                cached = "" if absent(value) else value
                self.worksheet.write_formula(row.number, place, "=" + column.formula(row), style, cached)
        if lines > 1:  # not every program makes room for wrapped words by itself
            self.worksheet.set_row(row.number, _LINE_HEIGHT * lines + 2)

    def _total_row(self, frame: pd.DataFrame, columns: Sequence[Column], block: Block, label: str) -> None:
        for index, column in enumerate(columns):
            style = self.styles("cell", column.kind if column.total else "text", "total")
            if not column.total:
                self._cell(self.row, block.columns[column.key], column.span, "" if index else label, style)
                continue
            cached = float(pd.to_numeric(frame[column.key]).sum())
            formula = f"=SUM({block.range(column.key).split('!')[1]})"
            self.worksheet.write_formula(self.row, block.columns[column.key], formula, style, cached)
        self.row += 1


def _lines(text: str, width: float) -> int:
    """Estimate how many lines ``text`` takes in ``width`` characters, breaking between words."""
    lines, used = 1, 0.0
    for word in text.split():
        length = _LETTER_WIDTH * len(word)
        if used and used + _LETTER_WIDTH + length > width:
            lines, used = lines + 1, 0.0
        used += length + (_LETTER_WIDTH if used else 0.0)
    return lines
