r"""Where a function is zero, asked as seldom as can be: every value of it takes the price of a network.

Margins are affine in most assumptions and bent in few places, so the chord of a bracket often meets zero at the root
itself, and the value there tells so: by the slope beside it, :math:`f(c) / f'` is how far the root is. Where that is
more than the precision asked for, inverse interpolation through the values known goes on (Brent 1973, chapter 4), and
bisection where it leaves the bracket or does not halve it in a few steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np

#: how near the root is, as a share of it, where a search ends; and near zero
NEAR, _LEAST = 1e-10, 1e-12
#: values through which is interpolated, and steps in which they have to halve the bracket
_THROUGH, _PATIENCE = 4, 3


def root_between(function: Callable[[float], float], values: Mapping[float, float], low: float, high: float) -> float:
    """Return a zero of ``function`` between ``low`` and ``high``, with values there of unlike signs.

    ``values`` are known of it, those at both ends among them: it is asked at none of them again.
    """
    known = dict(values)
    if 0.0 in (known[low], known[high]):
        return low if known[low] == 0.0 else high
    guess, widths = _chord(known, low, high), [high - low]
    while high - low > max(NEAR * max(abs(low), abs(high)), _LEAST):
        known[guess] = function(guess)
        away = _away(known, guess)
        if abs(away) <= max(NEAR * abs(guess), _LEAST):
            return guess - away
        low, high = (low, guess) if np.sign(known[guess]) != np.sign(known[low]) else (guess, high)
        widths.append(high - low)
        slow = len(widths) > _PATIENCE and widths[-1] > 0.5 * widths[-1 - _PATIENCE]
        guess = 0.5 * (low + high) if slow else _interpolated(known, low, high)
    return 0.5 * (low + high)


def _away(known: Mapping[float, float], guess: float) -> float:
    """How far a zero is by the slope between ``guess`` and the nearest value known."""
    if known[guess] == 0.0:
        return 0.0
    beside = min((x for x in known if x != guess), key=lambda x: abs(x - guess))
    rise = known[guess] - known[beside]
    return known[guess] * (guess - beside) / rise if rise else np.inf


def _interpolated(known: Mapping[float, float], low: float, high: float) -> float:
    """Where inverse interpolation through the values nearest to zero has its own, on the chord if not in between."""
    best = sorted(known, key=lambda x: abs(known[x]))[:_THROUGH]
    if all(known[a] != known[b] for a, b in combinations(best, 2)):
        through = sum(x * np.prod([known[o] / (known[o] - known[x]) for o in best if o != x]) for x in best)
        if low < through < high:
            return float(through)
    return _chord(known, low, high)


def _chord(known: Mapping[float, float], low: float, high: float) -> float:
    """Where the chord between both ends is zero, in the middle where rounding would put it at an end."""
    chord = low - known[low] * (high - low) / (known[high] - known[low])
    return float(chord if low < chord < high else 0.5 * (low + high))
