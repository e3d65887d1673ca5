"""Where many increasing functions cross zero, all at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from redesaude_models.arrays import Floats

_ROUNDS = 100
#: a value that counts as nothing
_ZERO = 1e-14


def increasing_roots(value: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return where each increasing ``value`` crosses zero between ``low`` and ``high`` (regula falsi, Illinois)."""
    at_low, at_high = value(low), value(high)
    was_above = np.zeros(len(low))  # 1 above, -1 below in the last round
    middle = high
    for _ in range(_ROUNDS):
        step = at_high - at_low
        middle = np.where(step > 0, high - at_high * (high - low) / np.where(step > 0, step, 1.0), high)
        found = value(middle)
        if (np.abs(found) < _ZERO).all():
            break
        above = found >= 0
        at_low = np.where(above, np.where(was_above > 0, at_low / 2.0, at_low), found)
        at_high = np.where(above, found, np.where(was_above < 0, at_high / 2.0, at_high))
        low, high = np.where(above, low, middle), np.where(above, middle, high)
        was_above = np.where(above, 1.0, -1.0)
    return middle
