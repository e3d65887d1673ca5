r"""Shift and swap: whole demands moved between given services until they fit.

From the divided allocation each demand first goes where most of it went. Then the best move is taken, one demand to
another service (shift) or two demands for each other (swap), counting each case above a capacity at a price. Where
nothing gains any more and something is still too full the price doubles, until all fits (neighbourhoods of the
generalised assignment problem: Yagiura, Ibaraki and Glover 2004). It gives a plan only, and proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from redesaude.solving.location.allocation import allocation
from redesaude.solving.location.capacitated import Allocation, Capacitated
from redesaude.solving.parameters import DEFAULTS, Location
from redesaude_models.arrays import Floats, Ints

#: gain, as a share of the mean cost of a demand, that counts
_GAIN = 1e-9


def fitted(
    problem: Capacitated,
    divided: Allocation,
    over: Callable[[], bool] = lambda: False,
    parameters: Location = DEFAULTS.location,
) -> Allocation | None:
    """Return an allocation of whole demands to the services of a ``divided`` one; None if no fit is found before it is
    ``over``, which is asked before each move.
    """
    services = np.flatnonzero(divided.opened)
    cost = np.vstack([problem.case_cost[services], problem.unmet]) * problem.cases
    capacity = np.append(problem.capacity[services], np.inf)
    share = np.zeros_like(cost)
    share[np.searchsorted(services, divided.service), divided.demand] = divided.share
    share[-1] = np.where(np.isinf(problem.unmet), 0.0, 1.0 - share.sum(axis=0))
    fit = _Fit(cost, capacity, problem.cases, share.argmax(axis=0), parameters)
    if not fit.settle(over):
        return None
    treated = np.flatnonzero(fit.place < len(services))
    return allocation(problem, divided.opened, treated, services[fit.place[treated]], np.ones(len(treated)))


class _Fit:
    """Demands at ``place`` among services of limited ``capacity``; ``cost`` (places, demands) is of all their cases."""

    def __init__(self, cost: Floats, capacity: Floats, cases: Floats, place: Ints, parameters: Location) -> None:
        self._parameters = parameters
        self.cost, self.capacity, self.cases = cost, capacity, cases
        self.place = place.copy()
        self.every = np.arange(len(cases))
        self.price = float(self.own.mean() / cases.mean())

    @property
    def own(self) -> Floats:
        """Cost of each demand where it is."""
        return np.asarray(self.cost[self.place, self.every])

    @property
    def excess(self) -> Floats:
        """Cases above the capacity of each place; negative: capacity left."""
        return np.bincount(self.place, self.cases, minlength=len(self.capacity)) - self.capacity

    def settle(self, over: Callable[[], bool]) -> bool:
        """Make the best move until none gains and all fit; false if that does not come about."""
        least, doublings, most = _GAIN * float(self.own.mean()), 0, self._parameters.doublings
        for _ in range(self._parameters.moves * len(self.cases) * (1 + most)):
            if over():
                return False
            excess = self.excess
            if self._move(excess, least):
                continue
            if (excess <= 0).all():
                return True
            if doublings == most:
                return False
            self.price, doublings = 2 * self.price, doublings + 1
        return False

    def _move(self, excess: Floats, least: float) -> bool:
        """Make the move that gains most, if it gains more than ``least``."""
        shift, swap = self._shifts(excess), self._swaps(excess)
        to, one = np.unravel_index(int(np.argmax(shift)), shift.shape)
        first, second = np.unravel_index(int(np.argmax(swap)), swap.shape)
        if max(shift[to, one], swap[first, second]) <= least:
            return False
        if shift[to, one] >= swap[first, second]:
            self.place[one] = to
        else:
            self.place[[first, second]] = self.place[[second, first]]
        return True

    def _shifts(self, excess: Floats) -> Floats:
        """Gain of each demand's move to each place, (places, demands)."""
        over, here = np.maximum(excess, 0.0), excess[self.place]
        relief = over[self.place] - np.maximum(here - self.cases, 0.0)
        burden = np.maximum(excess[:, None] + self.cases, 0.0) - over[:, None]
        gain = self.own - self.cost + self.price * (relief - burden)
        gain[self.place, self.every] = 0.0
        return np.asarray(gain)

    def _swaps(self, excess: Floats) -> Floats:
        """Gain of the exchange of each pair of demands, (demands, demands); none where there are very many."""
        if len(self.cases) > self._parameters.swaps:
            return np.zeros((1, 1))
        here, own, there = excess[self.place], self.own, self.cost[self.place]  # there[a, b]: cost of b where a is
        more = self.cases - self.cases[:, None]  # by how much the place of a fills when b comes for it
        filled = np.maximum(here[:, None] + more, 0.0) - np.maximum(here, 0.0)[:, None]
        gain = own[:, None] + own - there - there.T - self.price * (filled + filled.T)
        gain[self.place[:, None] == self.place] = 0.0
        return np.asarray(gain)
