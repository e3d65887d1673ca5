r"""What services gain at given prices where demands stay whole: 0-1 knapsacks by dynamic programming, all in numpy.

At prices :math:`\pi_i` of whole demands a service of room :math:`K_j` gains at most

.. math::
    v_j(\pi) = \min \Bigl\{ \sum_{i \in S} (d_i c_{ij} - \pi_i) :\; \sum_{i \in S} w_i \le R_j \Bigr\}

(Bellman 1957; a demand at a time for all services at once, those that it gains at). Whole cases are counted in their
greatest common divisor, :math:`w_i = d_i`; others in cells, weights rounded down and rooms up, and so are whole ones
that would fill too many cells. Why the bound is valid: the room is that of the service and as much more as an audit
lets pass (:data:`~.capacitated.LET_PASS`), and whatever cases fit into it, their weights rounded down fit into as many
cells rounded up; so every set of demands of a plan is among those compared. Sums of gains have one sign, so that their
rounding error is a share of the sum itself and of the costs in it, which is taken off
(:func:`~redesaude.solving.rounding.below`); the set chosen is the best of sums that are each wrong by no more than
that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from redesaude.solving.location.capacitated import LET_PASS, Capacitated
from redesaude.solving.rounding import below
from redesaude_models.arrays import Flags, Floats, Ints

#: cells by which a number of them may be wrong by rounding alone
_ROUNDED = 1e-9

#: cases in all up to which whole ones are told from others
_WHOLE = 2.0**52


@dataclass(frozen=True)
class Knapsacks:
    """``cost`` (services, demands) of whole demands (NPV; infinite: out of reach), ``weight`` of each demand and
    ``room`` of each service, in cells.
    """

    cost: Floats
    weight: Ints
    room: Ints

    @cached_property
    def size(self) -> Floats:
        """Costs of all demands within reach, whatever their sign (services,)."""
        return np.asarray(np.abs(np.where(np.isfinite(self.cost), self.cost, 0.0)).sum(axis=1))

    def filled(self, price: Floats, reach: Flags) -> Filled:
        """Return what services gain at most at the ``price`` of each demand, within ``reach`` (services, demands)."""
        gain = np.where(reach, self.cost - price, np.inf)
        count, cells = len(self.room), int(self.room.max(initial=0))
        least, steps = np.zeros((count, cells + 1)), []
        attractive = gain < 0
        for demand in np.flatnonzero(attractive.any(axis=0)).tolist():
            weight, rows = int(self.weight[demand]), np.flatnonzero(attractive[:, demand])
            if weight > cells:
                continue
            before = least[rows]
            with_it = before[:, : cells + 1 - weight] + gain[rows, demand, None]
            better = with_it < before[:, weight:]
            before[:, weight:] = np.where(better, with_it, before[:, weight:])
            least[rows] = before
            steps.append((demand, rows, better))
        value = least[np.arange(count), self.room]
        safe = below(value, self.size - value, 3 * len(price) + 3)
        return Filled(safe, self._sets(steps), self._forced(gain, least, value))

    def _sets(self, steps: list[tuple[int, Ints, Flags]]) -> Flags:
        """Return which demands each service takes, (services, demands)."""
        left, taken = self.room.copy(), np.zeros(self.cost.shape, dtype=bool)
        for demand, rows, better in reversed(steps):
            weight = self.weight[demand]
            fits = left[rows] >= weight
            takes = rows[fits & better[np.arange(len(rows)), np.where(fits, left[rows] - weight, 0)]]
            left[takes] -= weight
            taken[takes, demand] = True
        return taken

    def _forced(self, gain: Floats, least: Floats, value: Floats) -> Floats:
        """Return by how much less each service gains if it must take a demand that is not attractive, (services,
        demands): it fills the room left by it. 0 for those that are; infinite where it does not fit.
        """
        left = self.room[:, None] - self.weight
        rest = np.take_along_axis(least, np.maximum(left, 0), axis=1)
        size = (self.size - value)[:, None] + np.abs(gain) - rest
        more = below(gain + rest - value[:, None], size, 3 * gain.shape[1] + 3)
        more = np.where(gain < 0, 0.0, np.where(np.isfinite(gain), np.maximum(more, 0.0), np.inf))
        return np.where(left >= 0, more, np.inf)


@dataclass(frozen=True)
class Filled:
    """What each service gains at most (``value``, at most 0, NPV, rounded down), the demands that it ``takes`` for
    that, and how much less it gains if it must take a demand (``forced``), (services, demands).
    """

    value: Floats
    takes: Flags
    forced: Floats


def knapsacks(problem: Capacitated, cells: int) -> Knapsacks:
    """Return the knapsacks of ``problem`` in at most about so many ``cells`` of room."""
    cases, every = problem.cases, float(problem.cases.sum())
    room = np.minimum(problem.capacity * (1 + LET_PASS) + LET_PASS, every * (1 + LET_PASS) + LET_PASS)
    whole = bool((cases == np.round(cases)).all()) and every < _WHOLE
    divisor = float(np.gcd.reduce(cases.astype(np.int64))) if whole else 0.0
    unit = max(divisor, float(room.max(initial=0.0)) / cells, np.finfo(float).tiny)
    weight = cases / unit if unit == divisor else np.floor(cases / unit * (1 - _ROUNDED))
    full = np.floor(room / unit * (1 + _ROUNDED) + _ROUNDED)
    return Knapsacks(problem.case_cost * cases, weight.astype(np.int64), full.astype(np.int64))
