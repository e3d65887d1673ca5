r"""Who goes where, once services are given: a transport problem, or an assignment where demands stay whole.

Its model is the capacitated one in some services and some journeys. With all services open its relaxation is exact for
divided demands; journeys are added by their reduced cost until none is missing (column generation).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csc_array

from redesaude.solving.decomposed.capacitated import Allotment, Capacitated
from redesaude.solving.highs import relaxation
from redesaude.solving.options import Limits
from redesaude_models.standard_form import Flags, Floats, Ints, LinearModel

#: journeys of each demand at first
_FIRST = 4

#: reduced cost, relative to the price of the demand, below which a journey would better the allotment
_ZERO = 1e-9

#: share below which a demand does not use a journey
_USED = 1e-9


@dataclass(frozen=True)
class Kernel:
    """The ``model`` in some ``services`` and journeys: columns are services, journeys and unmet demands in this order;
    rows the balance of demands, the room of services, the room needed in all, their number, and open before serving.
    """

    problem: Capacitated
    model: LinearModel
    services: Ints
    demand: Ints
    place: Ints

    def read(self, values: Floats) -> Allotment:
        """Return what a solution says."""
        count, journeys = len(self.services), len(self.demand)
        opened = np.zeros(len(self.problem.opening), dtype=bool)
        opened[self.services[values[:count] > 0.5]] = True
        share = values[count : count + journeys]
        share = np.round(share) if self.problem.whole else share
        used = share > _USED
        service = self.services[self.place]
        return allotment(self.problem, opened, self.demand[used], service[used], share[used])

    def values(self, opened: Flags, place: Ints) -> Floats:
        """Return the columns of a plan: which of ``services`` are open, and the place of each demand's among them."""
        travels = (place[self.demand] == self.place).astype(float)
        values = np.concatenate([opened.astype(float), travels])
        return np.append(values, np.zeros(self.model.matrix.shape[1] - len(values)))


def allotment(problem: Capacitated, opened: Flags, demand: Ints, service: Ints, share: Floats) -> Allotment:
    """Return an allotment with its cost."""
    left = np.maximum(0.0, 1.0 - np.bincount(demand, share, minlength=len(problem.cases)))
    price = np.where(np.isinf(problem.unmet), 0.0, problem.unmet)
    travel = problem.cases[demand] * share @ problem.case_cost[service, demand]
    cost = problem.offset + float(problem.opening @ opened + travel + problem.cases * left @ price)
    return Allotment(opened, demand, service, share, cost)


def kernel(problem: Capacitated, services: Ints, kept: Flags, journeys: Flags, *, choosing: bool) -> Kernel:
    """Return the model in ``services`` (those ``kept`` open) and ``journeys`` (services, demands).

    Without ``choosing`` all are open, and rows that only choose among them are left out.
    """
    place, demand = np.nonzero(journeys)
    count, some, demands = len(services), len(place), len(problem.cases)
    unmet = np.flatnonzero(np.isfinite(problem.unmet))
    x, cases, capacity = count + np.arange(some), problem.cases, problem.capacity[services]
    parts = [
        (demand, x, np.ones(some)),
        (unmet, count + some + np.arange(len(unmet)), np.ones(len(unmet))),
        (demands + place, x, cases[demand]),
        (demands + np.arange(count), np.arange(count), -capacity),
    ]
    lower = [np.ones(demands), np.full(count, -np.inf)]
    upper = [np.ones(demands), np.zeros(count)]
    if choosing:
        first = demands + count
        every = np.arange(count)
        parts += [(np.full(count, first), every, capacity), (np.full(count, first + 1), every, np.ones(count))]
        parts += [(first + 2 + np.arange(some), x, np.ones(some)), (first + 2 + np.arange(some), place, -np.ones(some))]
        lower += [np.array([problem.must_treat, problem.least]), np.full(some, -np.inf)]
        upper += [np.array([np.inf, problem.most]), np.zeros(some)]
    row, column, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    columns = count + some + len(unmet)
    begin = kept.astype(float) if choosing else np.ones(count)
    model = LinearModel(
        matrix=csc_array(coo_array((value, (row, column)), shape=(sum(map(len, lower)), columns))),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        column_lower=np.append(begin, np.zeros(columns - count)),
        # without an upper bound of their own, which the balance implies, shares leave all their price to it
        column_upper=np.where((np.arange(columns) < count) | choosing | problem.whole, 1.0, np.inf),
        cost=np.concatenate(
            [
                problem.opening[services],
                cases[demand] * problem.case_cost[services[place], demand],
                (cases * np.where(np.isinf(problem.unmet), 0.0, problem.unmet))[unmet],
            ]
        ),
        offset=problem.offset,
        integer=(np.arange(columns) < count) & choosing,
    )
    if problem.whole:
        model = replace(model, integer=model.integer | (np.arange(columns) >= count))
    return Kernel(problem, model, services, demand, place)


@dataclass(frozen=True)
class Transport:
    """The cheapest divided ``allotment`` to given services, the ``price`` of a case of each demand and the ``reduced``
    cost of a case on each journey, (services, demands), NPV.
    """

    allotment: Allotment
    price: Floats
    reduced: Floats


def transport(problem: Capacitated, services: Ints, limits: Limits) -> Transport | None:
    """Return the cheapest way to send all to these services, demands divided; None if there is none."""
    divided = replace(problem, whole=False)
    cost = problem.case_cost[services]
    reach = np.isfinite(cost)
    wanted = reach & (
        cost <= np.partition(cost, min(_FIRST, len(services)) - 1, axis=0)[min(_FIRST, len(services)) - 1]
    )
    while True:
        model = kernel(divided, services, np.ones(len(services), dtype=bool), wanted, choosing=False)
        solved = relaxation(model.model, limits)
        if solved is None:
            if wanted.sum() == reach.sum():
                return None
            wanted = reach
            continue
        balance, room = np.split(solved.row_duals, [len(problem.cases)])
        price = balance / problem.cases
        reduced = cost - price - room[:, None]
        missing = reach & ~wanted & (reduced < -_ZERO * np.abs(price))
        if not missing.any():
            return Transport(model.read(solved.values), price, reduced)
        wanted = wanted | missing


def small(reduced: Floats, price: Floats, share: float, least: int) -> Flags:
    """Return the journeys whose ``reduced`` cost is at most a ``share`` of the ``price`` of their demand, and the
    ``least`` smallest of each demand, (services, demands).
    """
    kth = np.partition(reduced, min(least, len(reduced)) - 1, axis=0)[min(least, len(reduced)) - 1]
    return np.asarray(np.isfinite(reduced) & (reduced <= np.maximum(kth, share * np.abs(price))))
