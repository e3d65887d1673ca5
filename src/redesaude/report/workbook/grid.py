"""The cells of one sheet: written once each, in columns that grow for what stands in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from redesaude.report.workbook.layout import Layout
from redesaude.report.workbook.letters import width_of
from redesaude.report.workbook.styles import Styles

#: columns for a letter of a code, of which only the number is known
_LETTER_WIDTH = 0.88
PADDING = 2.0  # characters of a cell that its text does not fill: indent and padding
_BETWEEN = 0.7  # characters that programs add to each column
_CENTRED = 1.2  # the same of a cell whose text is centred
_BOLD = 1.1  # how much wider bold letters are
_WIDEST = 32.0  # characters of a column that grows for a word; what is longer, a name of the input, is broken


def absent(value: object) -> bool:
    """Tell whether ``value`` is a blank: None, NA, or a number that is not finite, for nothing is known of it."""
    return value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value))


def least_width(letters: int, header: str, note: str) -> float:
    """Return the characters of a column for a word of so many letters, and for those of its header and its note."""
    return max(_of_letters(letters), _of_words(header, _BOLD), _of_words(note, 1.0))


def _of_letters(letters: int) -> float:
    return _LETTER_WIDTH * letters + PADDING if letters else 0.0


def _of_words(text: str, font: float) -> float:
    widest = max(map(width_of, text.split()), default=0.0) * font
    return min(widest + _CENTRED, _WIDEST) if widest else 0.0


class Grid:
    """Writes cells of one worksheet. ``widths`` are the widths of the printed columns, in characters.

    Columns grow where they are too narrow for a number. No cell is written twice (:mod:`.layout`).
    """

    def __init__(self, worksheet: Any, styles: Styles, widths: Sequence[float]) -> None:
        self.worksheet, self.styles, self.widths = worksheet, styles, list(widths)
        self.layout = Layout(str(worksheet.get_name()))
        self._all_widths: dict[int, float] = {}
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
            if index < len(self.widths):
                self.widths[index] = width

    def value(self, row: int, column: int, value: Any, style: Any) -> None:
        """Write a plain value; text is never taken for a formula, a link or a number."""
        self.cell(row, column, 1, value, style)

    def formula(self, row: int, column: int, text: str, shown: Any, style: Any) -> None:
        """Write the formula ``text`` (without ``=``) and what it shows until recalculated."""
        self.layout.take(row, column, row, column)
        self.worksheet.write_formula(row, column, "=" + text, style, "" if absent(shown) else shown)

    def cell(self, row: int, column: int, span: int, value: Any, style: Any) -> None:
        """Write a plain value into a cell that covers ``span`` columns."""
        self.layout.take(row, column, row, column + span - 1)
        self.join(row, column, span, value, style)

    def join(self, row: int, column: int, span: int, value: Any, style: Any) -> None:
        """Write a plain value over ``span`` columns that have been given out."""
        if span > 1:
            self.worksheet.merge_range(row, column, row, column + span - 1, "", style)
        if absent(value):
            self.worksheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self.worksheet.write_string(row, column, value, style)
        else:
            self.worksheet.write_number(row, column, float(value), style)

    def make_room(self, column: int, kind: str, value: float) -> None:
        """Widen ``column`` if ``value`` in the format ``kind`` would not fit."""
        if math.isfinite(value):
            self._grow(column, self.styles.width(kind, value))

    def reserve(self, column: int, letters: int) -> None:
        """Widen ``column`` if so many letters would not fit on one line."""
        self._grow(column, _of_letters(letters))

    def reserve_words(self, column: int, text: str, *, bold: bool = False) -> None:
        """Widen ``column`` if a word of ``text``, centred, would not fit on one line."""
        self._grow(column, _of_words(text, _BOLD if bold else 1.0))

    def _grow(self, column: int, width: float) -> None:
        if width > self._all_widths.get(column, 0.0):
            self.set_widths(column, (width,))

    def room(self, start: int, span: int) -> float:
        """Return the characters that a text has in a cell of ``span`` columns from ``start`` on."""
        return self.width(start, span) + _BETWEEN * (span - 1) - PADDING

    def width(self, start: int, span: int) -> float:
        """Return the width of ``span`` columns from ``start`` on."""
        return sum(self._all_widths[start + index] for index in range(span))
