"""A first plan for given services without a solver: the demand that would lose most by waiting chooses first.

The loss is the regret, what the second cheapest service costs more than the cheapest (Vogel's approximation: Reinfeld
and Vogel 1958). It gives a plan only, and proves nothing.
"""

from __future__ import annotations

import numpy as np

from redesaude.solving.location.allocation import allocation
from redesaude.solving.location.capacitated import Allocation, Capacitated
from redesaude_models.arrays import Ints

#: cases below which there is no capacity, as a share of the demand that looks for it
_NOTHING = 1e-9


def regret_allocation(problem: Capacitated, services: Ints) -> Allocation | None:
    """Return an allocation to just these services, each demand to its cheapest ones with capacity left (all of it to
    one where demands stay whole), the demand with the greatest regret first; None if one that must be treated finds no
    capacity.

    Regret is what the second cheapest service costs more than the cheapest (Vogel's approximation).
    """
    cost = problem.case_cost[services]
    if not len(services):
        return None
    order, free = np.argsort(cost, axis=0, kind="stable"), problem.capacity[services].astype(float)
    two = np.take_along_axis(cost, order[:2], axis=0)
    with np.errstate(invalid="ignore"):
        regret = np.minimum(two[-1], problem.unmet) - two[0]
    found: list[tuple[int, int, float]] = []
    for demand in np.argsort(-np.nan_to_num(regret, nan=0.0), kind="stable").tolist():
        left, cases = 1.0, float(problem.cases[demand])
        for place in order[:, demand].tolist():
            if left <= _NOTHING or not cost[place, demand] < problem.unmet[demand]:
                break
            share = min(left, free[place] / cases)
            if share <= _NOTHING or (problem.whole and share < 1.0):
                continue
            found.append((demand, int(services[place]), share))
            free[place] -= share * cases
            left -= share
        if left > _NOTHING and np.isinf(problem.unmet[demand]):
            return None
    opened = np.zeros(len(problem.opening), dtype=bool)
    opened[services] = True
    lacks = problem.capacity[services] - free < problem.volume[services] * (1 - _NOTHING)
    if not found or lacks.any():
        return None
    demands, places, shares = zip(*found, strict=True)
    return allocation(problem, opened, np.array(demands), np.array(places), np.array(shares))
