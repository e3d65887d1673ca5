"""Arrays by what they hold, and those of parts of which the scenario says nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
"""positions of columns as solvers take them"""
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def no_rows() -> Ints:
    """Return no whole numbers."""
    return np.zeros(0, dtype=np.int64)


def no_numbers() -> Floats:
    """Return no numbers."""
    return np.zeros(0)


def no_table() -> Floats:
    """Return no rows and columns of numbers."""
    return np.zeros((0, 0))


def no_flags() -> Flags:
    """Return no marks."""
    return np.zeros(0, dtype=bool)


def no_pairs() -> Ints:
    """Return no pairs of whole numbers."""
    return np.zeros((0, 2), dtype=np.int64)
