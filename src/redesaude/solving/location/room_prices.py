r"""Prices of room and of least volume at given services, without a solver: where each case goes is then nearly settled.

For prices :math:`\mu` of a case at each service (negative: what is paid for one) a case of demand i goes where
:math:`c_{ij} + \mu_j` is least, or stays unmet, and

.. math:: \sum_i d_i \min\{\min_j (c_{ij} + \mu_j), \pi_i\} - \sum_j (K_j \mu_j^+ - L_j \mu_j^-)

is concave in as many prices as there are services. A price rises while its service is overfull and falls while it lacks
cases, each by a step of its own that grows while it keeps its direction and is halved when that turns (Riedmiller and
Braun 1993). It only tells which journeys a transport problem begins with (:mod:`.allocation`), and proves nothing.
"""

from __future__ import annotations

import numpy as np

from redesaude.solving.location.capacitated import Capacitated
from redesaude.solving.parameters import Location
from redesaude_models.arrays import Flags, Floats, Ints

#: by how much a step grows and shrinks
_LONGER, _SHORTER = 1.2, 0.5


def room_prices(problem: Capacitated, services: Ints, parameters: Location) -> tuple[Floats, Floats]:
    """Return a price of room at each of the ``services`` (NPV of a case), and the step that its price took last."""
    cost, cases = problem.case_cost[services], problem.cases
    capacity, volume = problem.capacity[services], problem.volume[services]
    typical = float(np.median(np.ptp(np.sort(np.where(np.isfinite(cost), cost, 0.0), axis=0)[:2], axis=0)))
    step = np.full(len(services), max(typical, 1e-9))
    price, before = np.zeros(len(services)), np.zeros(len(services))
    best, found = -np.inf, (price, price)
    for _ in range(parameters.room_steps):
        priced = cost + price[:, None]
        where = priced.argmin(axis=0)
        least = np.minimum(priced[where, np.arange(len(cases))], problem.unmet)
        going = priced[where, np.arange(len(cases))] <= problem.unmet
        load = np.bincount(where[going], cases[going], len(services))
        held = np.where(price > 0, capacity, volume)
        value = float(cases @ np.where(np.isfinite(least), least, 0.0)) - float(held @ price)
        if value > best:
            best, found = value, (price, np.where(price == 0, 0.0, step))
        way = np.sign(load - np.clip(load, volume, capacity))
        idle = (way == 0) & (price != 0)  # neither too full nor short of cases: what is paid is too much
        way = np.where(idle, -np.sign(price), way)
        turned = way * before < 0
        step = np.where(turned, _SHORTER * step, np.where(way * before > 0, _LONGER * step, step))
        before = np.where(turned, 0.0, way)
        moved = price + way * step
        price = np.where(idle & (moved * price < 0), 0.0, moved)
    return found


def likely(problem: Capacitated, services: Ints, parameters: Location) -> Flags:
    """Return the journeys (services, demands) that are cheapest for their demand at prices of room, or nearly so."""
    price, step = room_prices(problem, services, parameters)
    priced = problem.case_cost[services] + price[:, None]
    least = priced.min(axis=0)
    near = parameters.room_near * step
    return np.asarray(np.isfinite(priced) & (priced - near[:, None] <= least + near[priced.argmin(axis=0)]))
