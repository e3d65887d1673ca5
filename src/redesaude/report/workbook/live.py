"""Formulas that know their value: what a cell computes in the workbook, and what it shows until recalculated.

One expression makes both, so that a formula and its cached value cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from redesaude.report.workbook.sheet import Sheet
from redesaude_models.arrays import Floats


@dataclass(frozen=True)
class Live:
    """An expression: its ``text`` as in a formula (without ``=``) and its ``value``."""

    text: str
    value: float

    def __add__(self, other: Live | float) -> Live:
        right = live(other)
        return Live(f"({self.text}+{right.text})", self.value + right.value)

    def __radd__(self, other: float) -> Live:
        return live(other) + self

    def __sub__(self, other: Live | float) -> Live:
        right = live(other)
        return Live(f"({self.text}-{right.text})", self.value - right.value)

    def __rsub__(self, other: float) -> Live:
        return live(other) - self

    def __mul__(self, other: Live | float) -> Live:
        right = live(other)
        return Live(f"{self.text}*{right.text}", self.value * right.value)

    def __truediv__(self, other: Live | float) -> Live:
        right = live(other)
        return Live(f"{self.text}/({right.text})", self.value / right.value)

    def __rtruediv__(self, other: float) -> Live:
        return live(other) / self

    def __pow__(self, other: Live | float) -> Live:
        right = live(other)
        return Live(f"({self.text})^({right.text})", self.value**right.value)

    def __neg__(self) -> Live:
        return Live(f"(-{self.text})", -self.value)

    def on(self, sheet: str) -> Live:
        """Return the same cell as other sheets call it; only for an expression that is one address."""
        return Live(f"{sheet}!{self.text}", self.value)


def live(value: Live | float) -> Live:
    """Return a plain number as an expression; an expression as it is."""
    if isinstance(value, Live):
        return value
    number = float(value)
    return Live(f"({number!r})" if number < 0 else repr(number), number)


def summed(parts: Iterable[Live]) -> Live:
    """Return SUM of cells; zero of none."""
    parts = list(parts)
    if not parts:
        return live(0.0)
    return Live(f"SUM({','.join(part.text for part in parts)})", sum(part.value for part in parts))


def least(parts: Sequence[Live]) -> Live:
    """Return MIN of cells."""
    return Live(f"MIN({','.join(part.text for part in parts)})", min(part.value for part in parts))


def most(parts: Sequence[Live]) -> Live:
    """Return MAX of cells."""
    return Live(f"MAX({','.join(part.text for part in parts)})", max(part.value for part in parts))


@dataclass(frozen=True)
class Range:
    """Cells in one row or one column: their address and what they show."""

    text: str
    values: Floats

    def dot(self, other: Range) -> Live:
        """Return SUMPRODUCT with ``other``."""
        return Live(f"SUMPRODUCT({self.text},{other.text})", float(self.values @ other.values))

    @property
    def total(self) -> Live:
        """SUM of the cells."""
        return Live(f"SUM({self.text})", float(self.values.sum()))


class Grid:
    """Writes expressions into cells of a sheet and returns them as references to those cells."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self._written = sheet, dict[tuple[int, int], float]()

    def put(self, row: int, column: int, content: Live | float, *style: str) -> Live:
        """Write ``content`` and return the cell."""
        look = self.sheet.styles("cell", *style)
        if isinstance(content, Live):
            self.sheet.formula(row, column, content.text, content.value, look)
            value = content.value
        else:
            value = float(content)
            self.sheet.value(row, column, value, look)
        for kind in style:
            self.sheet.make_room(column, kind, value)
        self._written[row, column] = value
        return Live(str(xl_rowcol_to_cell(row, column, True, True)), value)

    def say(self, row: int, column: int, text: str, *style: str) -> None:
        """Write words."""
        self.sheet.value(row, column, text, self.sheet.styles(*(style or ("cell", "line"))))

    def fill(self, row: int, column: int, text: str, value: float, look: Any) -> None:
        """Write a formula of money in a long row; ``look`` is its format."""
        self.sheet.formula(row, column, text, value, look)
        self.sheet.make_room(column, "money", value)
        self._written[row, column] = value

    def range(self, top: int, left: int, bottom: int, right: int) -> Range:
        """Return cells that have been written, which lie in one row or one column."""
        cells = [self._written[r, c] for r in range(top, bottom + 1) for c in range(left, right + 1)]
        return Range(str(xl_range_abs(top, left, bottom, right)), np.array(cells))
