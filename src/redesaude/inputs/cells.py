"""From raw cells to typed columns: what a cell may hold, and what is wrong with it when it holds something else.

Columns are converted whole; single values are looked at one by one only where they are not plain.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from redesaude.inputs.cell_flaws import Flaw
from redesaude.inputs.cell_numbers import numbers_of
from redesaude.inputs.cell_words import words_of
from redesaude.inputs.tables import Column
from redesaude_models.arrays import Flags

_QUANTITIES = {"number", "integer"}


@dataclass(frozen=True)
class Converted:
    """A typed column (same index as the cells; flawed cells hold the blank or default) and its flaws by row."""

    typed: pd.Series[Any]
    blank: Flags
    flaws: Mapping[Hashable, Flaw]


def convert(column: Column, cells: pd.Series) -> Converted:
    """Convert raw ``cells`` (any index, any objects) to the type of ``column``; see ``inputs.scenario`` for types."""
    if column.kind in _QUANTITIES:
        numbers, flaws = numbers_of(column, cells)
        blank = np.isnan(numbers)
        values = pd.Series(numbers if column.default is None else np.where(blank, column.default, numbers), cells.index)
    else:
        words, blank, flaws = words_of(column, cells)
        values = pd.Series(words, cells.index)
    if flaws:
        blank &= ~cells.index.isin(list(flaws))
    return Converted(values, blank, flaws)


def blanks(column: Column, count: int) -> ExtensionArray:
    """Return what :func:`convert` makes of ``count`` blank cells."""
    several: ExtensionArray = _one_blank(column).take(np.zeros(count, dtype=np.int64))
    return several


@cache
def _one_blank(column: Column) -> ExtensionArray:
    blank: ExtensionArray = convert(column, pd.Series([None], dtype=object)).typed.array
    return blank
