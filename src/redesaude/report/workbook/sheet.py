"""One sheet of a workbook: a cursor that moves down over titles, notes, tables and charts."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import accumulate, count, pairwise
from typing import Any

import pandas as pd
from xlsxwriter.utility import quote_sheetname

from redesaude.report.workbook.fitting import Fitting, kind_of, wraps
from redesaude.report.workbook.letters import lines_of
from redesaude.report.workbook.paper import ROW, page_starts
from redesaude.report.workbook.styles import SHADE, Styles
from redesaude.report.workbook.table import Block, Column, Row

_LINE_HEIGHT = 13.5  # points
_NOTE = 2 * ROW  # points of a remark below a table
_TITLE_LINE = 24.0  # points of a line of the title
_TITLE = 1.6 * 1.16 * 1.16  # how much broader its letters are: larger, bold, and in whatever font
_BOLD = 1.16  # how much wider bold letters are, also where broader ones stand for those of the book
_LIST = 8  # rows of a table that is to be searched
_SCREEN = 300.0  # points of a screen above the last row that stays in sight


__all__ = ["Block", "Column", "Row", "Sheet"]


class Sheet(Fitting):
    """Writes downwards on one worksheet. ``widths`` are the widths of the printed columns, in characters.

    What fits on one printed page is not cut by the end of a page: it begins a new one with its heading.
    """

    def __init__(self, worksheet: Any, styles: Styles, widths: Sequence[float], empty: str) -> None:
        super().__init__(worksheet, styles, widths)
        self.row, self._empty, self._title = 0, empty, ""
        self._below_title = self._headed = 0  # first row that may begin a page; row of a heading with nothing below yet
        #: ranges printed after the main columns: first row, first column, last row, last column
        self.printed: list[tuple[int, int, int, int]] = []
        self._texts: list[tuple[int, int, str, tuple[str, ...]]] = []  # row, columns, words and style of paragraphs
        self._frozen = 0  # columns that stay in sight, and are printed again beside
        #: its tables with what they show
        self.tables: list[tuple[Block, pd.DataFrame]] = []
        self._lists: list[Block] = []  # tables of many rows with a header
        self._filtered = self._in_sight = False  # whether one of them has a filter, and a header that stays in sight

    def title(self, title: str, subtitle: str, note: str = "") -> None:
        """Open the sheet with its title, whose plan it is, and how to read it."""
        self._title = title
        self.paper.set_height(0, _TITLE_LINE * self._title_lines())
        self.value(1, 0, subtitle, self.styles("subtitle"))
        self.row = 2
        if note:
            self.text(note, "note")
        self.row += 1
        self._below_title = self.row + 1

    def _title_lines(self) -> int:
        """Lines of the title, whose letters are broader than those that columns are measured in."""
        across = self.paper.pages_across(self.widths)[1:2]
        return lines_of(self._title, sum(self.widths[: across[0] if across else None]) / _TITLE)

    def _write_title(self, columns: int) -> None:
        """Write the title in one cell, whence it reaches over what is empty, or, of several lines, over ``columns``."""
        if self._title:
            lines = self._title_lines()
            style = ("title",) if lines == 1 else ("title", "sentence")
            self.layout.take(0, 0, 0, columns - 1)
            self.join(0, 0, columns if lines > 1 else 1, self._title, self.styles(*style))

    def heading(self, text: str) -> None:
        """Write a heading line."""
        self.value(self.row, 0, text, self.styles("heading"))
        self.paper.set_height(self.row, 20)
        self._headed = self._headed or self.row
        self.row += 1

    def text(self, text: str, *style: str) -> None:
        """Write a paragraph over the whole width, high enough for its words; in the end over that of the first page."""
        self.layout.take(self.row, 0, self.row, len(self.widths) - 1)
        self._texts.append((self.row, len(self.widths), text, style))
        self._set_text_height(self.row, text, self.paper.pages_across(self.widths))
        self.row += 1

    def _set_text_height(self, row: int, text: str, starts: Sequence[int]) -> None:
        width = sum(self.widths[: starts[1] if len(starts) > 1 else None])
        self.paper.set_height(row, _LINE_HEIGHT * lines_of(text, width) + 3)

    def close(self, bottom: int) -> list[tuple[int, int, int, int]]:
        """Write the paragraphs, and return what is printed, down to row ``bottom``, each part as wide as a page.

        Columns for which the page has no room are printed beside, from the first header on, after those kept in sight.
        """
        self._frozen = next(column for column in count(self._frozen) if column not in self.inside)
        starts = self.paper.pages_across(self.widths, self._frozen, self.inside)
        self._write_title(starts[1] if starts[1:] else len(self.widths))
        for row, columns, text, style in self._texts:
            self.join(row, 0, min([columns, *starts[1:2]]), text, self.styles(*style))
            self._set_text_height(row, text, starts)
        self._let_search()
        self.paper.endless &= self.paper.only or self.paper.fits_one(self.row)
        if starts[1:] and self._frozen:
            self.worksheet.repeat_columns(0, self._frozen - 1)
        areas = [
            (0 if start == 0 else self.first_header, start, bottom, end - 1)
            for start, end in pairwise([*starts, len(self.widths)])
        ]
        if self.paper.only:  # columns that the one page has no room for are read on the screen
            areas = areas[:1]
        scales = [self.paper.scale]
        for top, left, below, right in self.printed:
            widths = [self._all_widths[column] for column in range(left, right + 1)]
            scales.append(self.paper.scale_of(widths))
            ends = pairwise([*self.paper.pages_across(widths), len(widths)])
            areas += [(top, left + start, below, left + end - 1) for start, end in ends]
        if not self.paper.endless:
            self.worksheet.set_print_scale(int(100 * min(scales) + 1e-6))
        return areas

    def _let_search(self) -> None:
        """Filter the longest list, and keep the header of the first in sight, where the page did not choose."""
        if self._lists and not self._filtered:
            self.filter(max(self._lists, key=lambda block: block.last - block.first))
        if self._lists and not self._in_sight and self.paper.height(0, self._lists[0].first - 1) <= _SCREEN:
            self.worksheet.freeze_panes(self._lists[0].first, 0)

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
        self.fit(records, columns, places, printed=start < len(self.widths))
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
        self.tables.append((block, frame))
        if (
            header
            and start < len(self.widths)
            and len(frame) + bool(total) + any(column.note for column in columns) >= _LIST
        ):
            self._lists.append(block)
        if total:
            self._total_row(frame, columns, block, total)
        self.row += 1
        return block

    def fitting(self, frame: pd.DataFrame, columns: Sequence[Column], pages: int) -> int:
        """Return how many of the first rows of a table fit on ``pages`` pages, this one among them, each with a header.

        A line is left for what there is to say of the others.
        """
        places, records = _places(columns, 0), _records(frame)
        self.fit(records, columns, places, printed=True)
        header = sum(self._header_heights(columns, places))
        heights = [self._row_height(record, columns, places) for record in records]
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
        places, records = _places(columns, 0), _records(frame)
        self.fit(records, columns, places, printed=True)
        header = sum(self._header_heights(columns, places))
        heights = [self._row_height(record, columns, places) for record in records]
        room, page = self.paper.room(self.row) - header, self.paper.page - header
        blocks: list[Block] = []
        for first, end in pairwise([*page_starts(heights, frame[whole].to_list(), room, page), len(frame)]):
            if blocks:
                self.page_break()
            blocks.append(self.table(frame.iloc[first:end], columns))
            if freeze is not None and len(blocks) == 1:
                self.keep_in_sight(blocks[0].first, freeze)
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
        # pages beside begin with the first header, and so end elsewhere until there is a break
        beside = self.first_header and len(self.paper.pages_across(self.widths)) > 1
        cut = any(
            least > self.paper.room(top, first) or self.paper.begins_unsurely(top, first)
            for first in ([0, self.first_header] if beside else [0])
        )
        if top > self._below_title and cut:
            self.paper.break_at(top)

    def chart(self, chart: Any, rows: int, start: int = 0, columns: int | None = None, move: bool = True) -> None:
        """Place ``chart`` at the cursor, ``rows`` high and ``columns`` wide; ``move`` leaves the cursor below it."""
        across = [*self.paper.pages_across(self.widths, self._frozen), len(self.widths)]
        end = start + (columns if columns is not None else max(across[1] - start, 1))
        width = sum(self.widths[start:end]) * 7 + 5 * (end - start)
        if move:
            self._keep(rows * ROW)
        chart.set_size({"width": width, "height": rows * 20})
        self.worksheet.insert_chart(self.row, start, chart, {"object_position": 1, "y_offset": 4})
        if move:
            self.row += rows + 1

    def pictures(self, pictures: Sequence[tuple[bytes, str]], size: tuple[float, float]) -> None:
        """Place pictures (PNG, and what each shows) beside each other, a column each, ``size`` points wide and high."""
        rows = int(size[1] / ROW) + 1
        self._keep(rows * ROW)
        for column, (data, words) in enumerate(pictures):
            told: dict[str, Any] = {"image_data": BytesIO(data), "description": words, "object_position": 1}
            dots = struct.unpack(">II", data[16:24])  # width and height, as every PNG begins
            scales = {
                f"{axis}_scale": points / (0.75 * dot) for axis, points, dot in zip("xy", size, dots, strict=True)
            }
            self.worksheet.insert_image(self.row, column, "picture.png", {**told, **scales})
        self.row += rows

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
        self._filtered = True
        columns = sorted(block.columns.values())
        self.worksheet.autofilter(block.first - 1, columns[0], block.last, columns[-1])

    def on_one_page(self) -> None:
        """Print the whole sheet on one page."""
        self.worksheet.fit_to_pages(1, 1)
        self.paper.endless = True

    def print_too(self, top: int, left: int, bottom: int, right: int) -> None:
        """Print a range beside the main columns on pages of its own."""
        self.printed.append((top, left, bottom, right))

    def keep_in_sight(self, row: int, columns: int) -> None:
        """Keep the rows before ``row`` and the first ``columns`` on the screen, and the columns on pages beside."""
        self.worksheet.freeze_panes(row, columns)
        self._frozen, self._in_sight = columns, True

    def _header(
        self, columns: Sequence[Column], places: Mapping[str, int], freeze: int | None, *, repeat: bool
    ) -> None:
        """Write the header row and, when any column has one, the row of notes on units and meaning."""
        top = self.row
        self.first_header = min(self.first_header or top, top)
        for style, height in zip(("header", "meaning"), self._header_heights(columns, places), strict=False):
            for column in columns:
                text = column.header if style == "header" else column.note
                self.cell(self.row, places[column.key], column.span, text, self.styles(style))
            self.paper.raise_to(self.row, height)
            self.row += 1
        if freeze is not None:
            self.keep_in_sight(self.row, freeze)
        if repeat:
            self.worksheet.repeat_rows(top, self.row - 1)

    def _header_heights(self, columns: Sequence[Column], places: Mapping[str, int]) -> list[float]:
        """Heights of the header row and of the row of notes, if any column has one."""
        headers, notes = [column.header for column in columns], [column.note for column in columns]
        rows = [(headers, _BOLD), (notes, 1.0)] if any(notes) else [(headers, _BOLD)]  # and how wide their letters are
        widths = [self.width(places[column.key], column.span) for column in columns]
        return [
            _LINE_HEIGHT * font * max(lines_of(text, width / font) for text, width in zip(texts, widths, strict=True))
            + 4
            for texts, font in rows
        ]

    def _data_row(self, row: Row, columns: Sequence[Column]) -> None:
        for column in columns:
            style, place = self.styles("cell", kind_of(row.record, column)), row.columns[column.key]
            value = row.record[column.key]
            if column.link and (target := row.record[column.link]):  # the value is written over it, and keeps it
                self.worksheet.write_url(row.number, place, f"external:{target}", style, tip=target.replace("#", ", "))
            if column.formula is None:
                self.cell(row.number, place, column.span, value, style)
            else:
                self.formula(row.number, place, column.formula(row), value, style)
        height = self._row_height(row.record, columns, row.columns)
        if height > _LINE_HEIGHT + 2:  # not every program makes room for wrapped words by itself
            self.paper.raise_to(row.number, height)

    def _row_height(self, record: Mapping[str, Any], columns: Sequence[Column], places: Mapping[str, int]) -> float:
        lines = [
            lines_of(str(record[column.key]), self.room(places[column.key], column.span))
            for column in columns
            if wraps(record, column)
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
