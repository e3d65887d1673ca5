"""The printed pages of one sheet: how high its rows are, how many fit on a page, and where a page ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate, count, groupby
from typing import Any

#: what A4 leaves between the margins of the book, in points: across and down, lying and upright
_LYING, _UPRIGHT = (784.0, 516.0), (537.0, 763.0)
_A4 = (595.0, 841.0)
ROW = 15.0  # points of a row whose height is not set
#: of the page that is filled: programs measure rows a little differently
_FILLED = 0.98
#: of a page, by which they may differ over the whole of one
_UNSURE = 0.05
#: sheets are shrunk to this at most, at which letters of 10 points print at 8; what is wider goes on beside
LEGIBLE = 0.8
#: characters that programs add to each column
_EDGE = 0.714
#: of the width that is filled by what can be put beside
_FILLED_ACROSS = 0.985


class Paper:
    """Heights in points. Columns of ``widths`` characters, as they are, shrink to the width of the page, as long as
    letters can be read, in whatever font; those that still do not fit are printed on pages beside.
    """

    def __init__(self, worksheet: Any, widths: Sequence[float]) -> None:
        self.worksheet = worksheet
        self._widths = widths
        self._sides = _LYING
        self._heights: dict[int, float] = {}
        self._breaks: list[int] = []
        self.endless = False  # all on one page
        self.only = False  # nothing is printed but that page

    def turn(self) -> None:
        """Print upright."""
        self.worksheet.set_portrait()
        self._sides = _UPRIGHT

    def set_margins(self, left: float, right: float, top: float, bottom: float) -> None:
        """Print upright between margins in inches, other than those of the book."""
        self.turn()
        self.worksheet.set_margins(left, right, top, bottom)
        self._sides = _A4[0] - 72.0 * (left + right), _A4[1] - 72.0 * (top + bottom)

    def set_height(self, row: int, height: float) -> None:
        """Set the height of a row."""
        self.worksheet.set_row(row, height)
        self._heights[row] = height

    def raise_to(self, row: int, height: float) -> None:
        """Set the height of a row, unless what stands beside needs a greater one."""
        self.set_height(row, max(height, self._heights.get(row, 0.0)))

    def height(self, first: int, end: int) -> float:
        """Return the height of the rows from ``first`` to before ``end``."""
        return sum(self._heights.get(row, ROW) for row in range(first, end))

    @property
    def across(self) -> float:
        """Width between the margins, in points."""
        return self._sides[0]

    @property
    def page(self) -> float:
        """Height of rows that a page holds."""
        return float("inf") if self.endless else _FILLED * self._sides[1] / self.scale

    @property
    def scale(self) -> float:
        """How much the sheet is shrunk to its width."""
        return self.scale_of(self._widths)

    def scale_of(self, widths: Sequence[float]) -> float:
        """Return how much columns are shrunk to the width of a page: as much in whatever font, for the same pages."""
        return max(LEGIBLE, min(1.0, _FILLED_ACROSS * self.across / sum(map(_broadest, widths))))

    def fits_one(self, end: int) -> bool:
        """Tell whether the rows before ``end`` can be read when all of them are put on one page."""
        return LEGIBLE * self.height(0, end) <= _FILLED * self._sides[1]

    def lacking(self, widths: Sequence[float]) -> float:
        """Return by how many characters ``widths`` are too wide to be read on one page; not above 0: by none."""
        return (sum(map(_broadest, widths)) - self._readable) / _broadest(1.0 - _EDGE)

    @property
    def _readable(self) -> float:
        """Points of columns that fit on the width of a page with letters that are read."""
        return _FILLED_ACROSS * self.across / LEGIBLE

    def pages_across(self, widths: Sequence[float], repeated: int = 0, inside: Collection[int] = ()) -> list[int]:
        """Return the columns with which pages begin (the first is 0) where ``widths`` are shrunk so that they are read.

        The first ``repeated`` columns stand again on each page. A column ``inside`` a cell of several begins none.
        """
        taken = [_broadest(width) for width in widths]
        room = self._readable
        if sum(taken) <= room:
            return [0]
        starts, used, whole = [0], 0.0, 0
        for column, breadth in enumerate(taken):
            used += breadth
            whole = whole if column in inside else column
            if used > room and whole > max(starts[-1], repeated - 1):
                starts.append(whole)
                used = sum(taken[:repeated]) + sum(taken[whole : column + 1])
        return starts

    @property
    def first_page(self) -> int:
        """The last row of the first page."""
        ends = accumulate(self._heights.get(row, ROW) for row in count())
        full = next(row for row, end in enumerate(ends) if end > self.page)
        return min([full, *self._breaks]) - 1

    def room(self, row: int, top: int = 0) -> float:
        """Return what is left of the page for ``row`` and those after it; pages filled without a break count.

        ``top`` is the first row that is printed.
        """
        return self.page if self.endless else self.page - self._used(row, top) % self.page

    def begins_unsurely(self, row: int, top: int = 0) -> bool:
        """Tell whether ``row`` begins a page filled without a break only as heights are reckoned here.

        A program that measures a little less still has it at the end of the page before.
        """
        used = self._used(row, top)
        return not self.endless and used >= self.page and used % self.page <= _UNSURE * self.page

    def _used(self, row: int, top: int) -> float:
        """Height of what stands above ``row`` since the last break, or since ``top``."""
        return self.height(max((b for b in self._breaks if b <= row), default=top), row)

    def break_at(self, row: int) -> None:
        """Begin a new page with ``row``."""
        if row and row not in self._breaks:
            self._breaks.append(row)
            self.worksheet.set_h_pagebreaks(sorted(self._breaks))


def _broadest(width: float) -> float:
    """Points of a column of ``width`` characters in DejaVu Sans, the broadest letters put in the place of the book's.

    Programs measure columns by the digits of the font at hand: of DejaVu Sans they are 0.636 of its size wide.
    """
    return 6.36 * (width + _EDGE)


def page_starts(heights: Sequence[float], groups: Sequence[object], room: float, page: float) -> list[int]:
    """Return the rows with which pages begin (the first is 0) so that neighbours alike in ``groups`` stay together.

    ``room`` is left on the first page; a group higher than a ``page`` is cut between rows.
    """
    starts, used = [0], 0.0
    for _, found in groupby(range(len(heights)), key=groups.__getitem__):
        group = list(found)
        whole = sum(heights[row] for row in group) <= page
        for part in [group] if whole else [[row] for row in group]:
            height = sum(heights[row] for row in part)
            if used + height > room and part[0] > starts[-1]:
                starts.append(part[0])
                used, room = 0.0, page
            used += height
    return starts
