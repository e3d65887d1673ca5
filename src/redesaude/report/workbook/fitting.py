"""How wide the columns of a sheet are: what their words and numbers need, and what the width of a page leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from redesaude.report.workbook.grid import Grid, absent, least_width
from redesaude.report.workbook.paper import Paper
from redesaude.report.workbook.styles import Styles
from redesaude.report.workbook.table import Column

_COLUMN_WIDTH = 13.0  # characters of a column for which no width was declared
_GIVES = 0.75  # of its width that a column of text keeps where the page lacks some
_LONGEST_WORD = 16  # letters of a word for which a column grows; what is longer is broken
_LONGEST_CODE = 24  # letters of a code for which a column grows


class Fitting(Grid):
    """A grid that is printed on ``paper``, whose columns are fitted to the tables on them."""

    def __init__(self, worksheet: Any, styles: Styles, widths: Sequence[float]) -> None:
        super().__init__(worksheet, styles, widths)
        self.paper = Paper(worksheet, self.widths)
        self.first_header = 0  # row of the first header of a table
        self.inside: set[int] = set()  # columns inside a cell that covers several

    def fit(
        self, records: list[dict[str, Any]], columns: Sequence[Column], places: Mapping[str, int], *, printed: bool
    ) -> None:
        """Make columns as wide as they are to be, before anything of a table is measured or written."""
        self._reach(columns, places, printed=printed)
        self._widen(records, columns, places)
        self._narrow(records, columns, places)

    def _reach(self, columns: Sequence[Column], places: Mapping[str, int], *, printed: bool) -> None:
        """Give a width to columns for which none was declared; ``printed`` ones are printed, codes at the end are not.

        Print areas and titles then reach as far as the widest table.
        """
        ends = {column.key: places[column.key] + column.span for column in columns}
        for index in range(min(places.values(), default=0), max(ends.values(), default=0)):
            if index not in self._all_widths:
                self.set_widths(index, (_COLUMN_WIDTH,))
        self.inside |= {n for c in columns for n in range(places[c.key] + 1, ends[c.key])}
        last = max((ends[column.key] for column in columns if column.kind != "id"), default=0)
        if printed:
            self.widths += [self._all_widths[index] for index in range(len(self.widths), last)]

    def _widen(self, records: list[dict[str, Any]], columns: Sequence[Column], places: Mapping[str, int]) -> None:
        """Make room for the longest word of each column and its header, for its largest number and for its sum."""
        for column in columns:
            numbers = [float(v) for v in (r[column.key] for r in records) if not isinstance(v, str) and not absent(v)]
            largest = max([*map(abs, numbers), abs(sum(numbers)) if column.total else 0.0])
            if column.span == 1:
                for kind in {kind_of(record, column) for record in records}:
                    self.make_room(places[column.key], kind, largest)
                self.reserve(places[column.key], _longest_word(records, column))
                self.reserve(places[column.key], _longest_code(records, column))
                self.reserve_words(places[column.key], column.header, bold=True)
                self.reserve_words(places[column.key], column.note)

    def _narrow(self, records: list[dict[str, Any]], columns: Sequence[Column], places: Mapping[str, int]) -> None:
        """Take what the first table of a sheet lacks to fit on the width of a page from its columns of text.

        The widest gives first, down to its longest word and to three quarters of its width; nothing is taken where that
        does not suffice.
        """
        lacking = self.paper.lacking(self.widths)
        if lacking <= 0 or self.first_header:
            return
        least = {places[c.key]: self._least(records, c, places[c.key]) for c in columns if c.span == 1}
        least = {place: width for place, width in least.items() if place < len(self.widths)}
        if sum(self.widths[place] - width for place, width in least.items()) < lacking:
            return
        while lacking > 0:
            place = max(least, key=lambda place: (self.widths[place] > least[place], self.widths[place]))
            taken = min(lacking, 1.0, self.widths[place] - least[place])
            self.set_widths(place, (self.widths[place] - taken,))
            lacking -= taken

    def _least(self, records: list[dict[str, Any]], column: Column, place: int) -> float:
        """The least width of a column: its own where it holds anything but words."""
        width = self.widths[place] if place < len(self.widths) else 0.0
        if any(kind_of(record, column) != "text" for record in records):
            return width
        return min(width, max(_GIVES * width, least_width(_longest_word(records, column), column.header, column.note)))


def kind_of(record: Mapping[str, Any], column: Column) -> str:
    """Return the name of the format of a cell."""
    return str(record[column.kind[1:]]) if column.kind.startswith("@") else column.kind


def wraps(record: Mapping[str, Any], column: Column) -> bool:
    """Tell whether a cell holds words that go on in a second line."""
    return kind_of(record, column) in ("text", "verdict") and isinstance(record[column.key], str)


def _longest_word(records: list[dict[str, Any]], column: Column) -> int:
    """Return the letters of the longest word that is wrapped in ``column``."""
    texts = (r[column.key] for r in records if wraps(r, column))
    return min(_LONGEST_WORD, max((len(word) for text in texts for word in text.split()), default=0))


def _longest_code(records: list[dict[str, Any]], column: Column) -> int:
    """Return the letters of the longest code in ``column``, which is not wrapped, as far as a column grows for it."""
    codes = (str(r[column.key]) for r in records if column.kind == "id" and not absent(r[column.key]))
    return min(_LONGEST_CODE, max(map(len, codes), default=0))
