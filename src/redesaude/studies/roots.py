r"""Where a function is zero, asked as seldom as can be: every value of it takes the price of a network.

Margins are affine in most assumptions and bent in few places, so the chord of a bracket often meets zero at the root
itself. Where the values known next to the bracket are on the chord, too, nothing is asked: a function with one bend in
between would leave it. Elsewhere the value at the chord's zero tells: by the slope beside it,
:math:`f(c) / f'` is how far the root is. Where that is more than the precision asked for, inverse interpolation through
the values known goes on (Brent 1973, chapter 4), and bisection where it leaves the bracket or does not halve it in a
few steps. Close to the root the search ends, too, where slope and interpolation tell the same to the precision asked
for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np

#: how near the root is, as a share of it, where a search ends; and near zero
NEAR, _LEAST = 1e-10, 1e-12
#: how far it may be, as a share of it, for interpolation to tell it without another question
_CLOSE = 1e-5
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
    if _straight(known, low, high, guess):
        return guess
    while high - low > max(NEAR * max(abs(low), abs(high)), _LEAST):
        known[guess] = function(guess)
        away, near = _away(known, guess), max(NEAR * abs(guess), _LEAST)
        if abs(away) <= near:
            return guess - away
        through = _through(known)
        if abs(away) <= _CLOSE * abs(guess) and abs(through - (guess - away)) <= near:
            return through
        low, high = (low, guess) if np.sign(known[guess]) != np.sign(known[low]) else (guess, high)
        widths.append(high - low)
        slow = len(widths) > _PATIENCE and widths[-1] > 0.5 * widths[-1 - _PATIENCE]
        guess = 0.5 * (low + high) if slow else through if low < through < high else _chord(known, low, high)
    return 0.5 * (low + high)


def _straight(known: Mapping[float, float], low: float, high: float, root: float) -> bool:
    """Whether the values known next to the bracket are on its chord, as nearly as is asked; there must be one."""
    beside = *sorted(x for x in known if x < low)[-1:], *sorted(x for x in known if x > high)[:1]
    slope = (known[high] - known[low]) / (high - low)
    most = max(NEAR * abs(root), _LEAST) * abs(slope)
    return bool(beside) and all(abs(known[x] - slope * (x - root)) <= most for x in beside)


def _away(known: Mapping[float, float], guess: float) -> float:
    """How far a zero is by the slope between ``guess`` and the nearest value known."""
    if known[guess] == 0.0:
        return 0.0
    beside = min((x for x in known if x != guess), key=lambda x: abs(x - guess))
    rise = known[guess] - known[beside]
    return known[guess] * (guess - beside) / rise if rise else np.inf


def _through(known: Mapping[float, float]) -> float:
    """Where inverse interpolation through the values nearest to zero has its own; NaN where two of them are one."""
    best = sorted(known, key=lambda x: abs(known[x]))[:_THROUGH]
    if any(known[a] == known[b] for a, b in combinations(best, 2)):
        return np.nan
    return float(sum(x * np.prod([known[o] / (known[o] - known[x]) for o in best if o != x]) for x in best))


def _chord(known: Mapping[float, float], low: float, high: float) -> float:
    """Where the chord between both ends is zero, in the middle where rounding would put it at an end."""
    chord = low - known[low] * (high - low) / (known[high] - known[low])
    return float(chord if low < chord < high else 0.5 * (low + high))
