"""Risk: expected values of uncertain factors. Expected, because the optimiser minimises expected cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def triangular_mean(low: ArrayLike, mode: ArrayLike, high: ArrayLike) -> NDArray[np.float64]:
    """Return (low + mode + high) / 3, elementwise; a NaN low or high means the mode is certain on that side."""
    mode = np.asarray(mode, dtype=float)
    low = np.where(np.isnan(np.asarray(low, dtype=float)), mode, low)
    high = np.where(np.isnan(np.asarray(high, dtype=float)), mode, high)
    return np.asarray((low + mode + high) / 3.0)


def discrete_mean(outcomes: ArrayLike, probabilities: ArrayLike) -> float:
    """Return the expected outcome; ValueError unless the probabilities add up to 1 (within 1e-9)."""
    weights = np.asarray(probabilities, dtype=float)
    if abs(weights.sum() - 1.0) > 1e-9:
        raise ValueError(f"probabilities add up to {weights.sum():g}, not 1")
    return float(np.asarray(outcomes, dtype=float) @ weights)
