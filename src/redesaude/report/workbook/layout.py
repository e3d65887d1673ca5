"""Where things stand on one sheet: every cell is given out once, so that two tables can never meet."""

from __future__ import annotations

from itertools import product

from xlsxwriter.utility import xl_range


class OverlapError(RuntimeError):
    """Two things were to be written into the same cells."""


class Layout:
    """The cells of a sheet that are taken."""

    def __init__(self, name: str) -> None:
        self._name, self._taken = name, set[tuple[int, int]]()

    def take(self, top: int, left: int, bottom: int, right: int) -> None:
        """Give out the cells from (``top``, ``left``) to (``bottom``, ``right``), zero-based and inclusive.

        Raises
        ------
        OverlapError
            when one of them has been given out before; none is then.

        """
        wanted = set(product(range(top, bottom + 1), range(left, right + 1)))
        if not self._taken.isdisjoint(wanted):
            raise OverlapError(f"{self._name}: {xl_range(top, left, bottom, right)} holds something already")
        self._taken |= wanted
