r"""Who goes where, once services are given: a transport problem, or a generalised assignment where demands stay whole.

Its model is the capacitated one restricted to some services and some journeys. With all services open its relaxation is
exact for divided demands; journeys are added by their reduced cost until none is missing (column generation: Dantzig
and Wolfe 1960). What is proven rests on weak duality with the prices of capacity alone, rounded down, and not on what
the solver says of its solution.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csc_array

from redesaude.plan.outward import at_least
from redesaude.solving.location.capacitated import Allocation, ByCapacity, Capacitated
from redesaude.solving.location.room_prices import likely
from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS, Location
from redesaude.solving.rounding import below, product_above, product_below
from redesaude.solving.simplex import relaxation
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import Decisions
from redesaude_models.standard_form import LinearModel

#: reduced cost, relative to the price of the demand, below which a journey would better the allocation
_ZERO = 1e-9

#: share below which a demand does not use a journey
_USED = 1e-9


@dataclass(frozen=True)
class RestrictedModel:
    """The ``model`` in some ``services`` and journeys: columns are services, journeys and unmet demands in this order;
    rows the balance of demands, the capacity of services (and their least volume), that needed in all, their number,
    open before serving, and where services are chosen their least volumes.
    """

    problem: Capacitated
    model: LinearModel
    services: Ints
    demand: Ints
    place: Ints

    def read(self, values: Floats) -> Allocation:
        """Return what a solution says."""
        count, journeys = len(self.services), len(self.demand)
        opened = np.zeros(len(self.problem.opening), dtype=bool)
        opened[self.services[values[:count] > 0.5]] = True
        share = values[count : count + journeys]
        share = np.round(share) if self.problem.whole else share
        used = share > _USED
        service = self.services[self.place]
        return allocation(self.problem, opened, self.demand[used], service[used], share[used])

    def columns_of(self, found: Allocation) -> Floats:
        """Return the columns of an allocation, where the model has every service and journey."""
        share = np.zeros(self.problem.case_cost.shape)
        share[found.service, found.demand] = found.share
        left = np.maximum(0.0, 1.0 - share.sum(axis=0))[np.isfinite(self.problem.unmet)]
        return np.concatenate([found.opened.astype(float), share[self.services[self.place], self.demand], left])

    def values(self, opened: Flags, place: Ints) -> Floats:
        """Return the columns of a plan: which of ``services`` are open, and the place of each demand's among them."""
        travels = (place[self.demand] == self.place).astype(float)
        values = np.concatenate([opened.astype(float), travels])
        return np.append(values, np.zeros(self.model.matrix.shape[1] - len(values)))


def allocation(problem: Capacitated, opened: Flags, demand: Ints, service: Ints, share: Floats) -> Allocation:
    """Return an allocation with its cost."""
    left = np.maximum(0.0, 1.0 - np.bincount(demand, share, minlength=len(problem.cases)))
    price = np.where(np.isinf(problem.unmet), 0.0, problem.unmet)
    terms = np.concatenate(
        [
            [problem.offset],
            problem.opening[opened],
            problem.cases[demand] * share * problem.case_cost[service, demand],
            problem.cases * left * price,
        ]
    )
    return Allocation(opened, demand, service, share, float(terms.sum()), float(np.abs(terms).sum()))


def allocation_of(problem: ByCapacity, plan: Decisions) -> Allocation:
    """Return what a plan decides as an allocation."""
    journeys, services = problem.pure.problem.journeys, problem.services
    share = plan.shares[:, 0]
    share = np.round(share) if services.whole else share
    used = share > _USED
    return allocation(services, plan.open[:, 0], journeys.demand[used], journeys.service[used], share[used])


def restricted_model(
    problem: Capacitated, services: Ints, kept: Flags, journeys: Flags, *, choosing: bool
) -> RestrictedModel:
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
    volume = problem.volume[services]
    # with all services open capacity and least volume are two sides of one row
    least = np.where((volume > 0) & (not choosing), np.minimum(volume - capacity, 0.0), -np.inf)
    lower = [np.ones(demands), least]
    upper = [np.ones(demands), np.zeros(count)]
    if choosing:
        more, low, high = _choosing(problem, services, (place, x, cases[demand]))
        parts, lower, upper = parts + more, lower + low, upper + high
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
    return RestrictedModel(problem, model, services, demand, place)


def _choosing(
    problem: Capacitated, services: Ints, journeys: tuple[Ints, Ints, Floats]
) -> tuple[list[tuple[Ints, Ints, Floats]], list[Floats], list[Floats]]:
    """Return the rows by which services are chosen: entries (row, column and value), lower and upper sides.

    They are the capacity needed in all, the number of services, open before serving, and least volumes. ``journeys``
    are place among the services, column and cases.
    """
    place, x, cases = journeys
    count, some = len(services), len(place)
    first, every, capacity = len(problem.cases) + count, np.arange(count), problem.capacity[services]
    strong, volume = first + 2 + np.arange(some), problem.volume[services]
    asked = np.flatnonzero(volume > 0)
    row = np.full(count, -1)
    row[asked] = first + 2 + some + np.arange(len(asked))
    there = row[place] >= 0
    parts = [
        (np.full(count, first), every, capacity),
        (np.full(count, first + 1), every, np.ones(count)),
        (strong, x, np.ones(some)),
        (strong, place, -np.ones(some)),
        (row[place][there], x[there], cases[there]),
        (row[asked], asked, -volume[asked]),
    ]
    lower = [np.array([problem.must_treat, problem.least]), np.full(some, -np.inf), np.zeros(len(asked))]
    return parts, lower, [np.array([np.inf, problem.most]), np.zeros(some), np.full(len(asked), np.inf)]


@dataclass(frozen=True)
class Transport:
    """The cheapest divided ``allocation`` to given services (None: none found), what any allocation to them costs at
    least (``bound``, NPV; infinite: there is none), and the ``reduced`` cost of a case on each journey at the prices
    that show it, (services, demands), NPV: whoever sends all of a demand on it pays that much above the bound.
    """

    allocation: Allocation | None
    bound: float
    reduced: Floats


def transport(
    problem: Capacitated, services: Ints, limits: Limits, parameters: Location = DEFAULTS.location
) -> Transport:
    """Return the cheapest way to send all to these services, demands divided."""
    reach = np.isfinite(problem.case_cost[services])
    if (np.isinf(problem.unmet) & ~reach.any(axis=0)).any() or not problem.may_open[services].all():
        return Transport(None, np.inf, np.full(reach.shape, np.inf))  # nobody may treat what must be treated, or enough
    if not len(services):
        empty = np.zeros(0, dtype=np.int64)
        nothing = allocation(problem, np.zeros(len(problem.opening), dtype=bool), empty, empty, np.zeros(0))
        return Transport(nothing, *_proven(problem, services, np.zeros(0)))
    solved = _solved(problem, services, limits, parameters)
    if solved is None:
        bound = np.inf if _too_full(problem, services, limits, parameters) else -np.inf
        return Transport(None, bound, np.where(reach, 0.0, np.inf))
    found, capacity_price = solved
    return Transport(found, *_proven(problem, services, capacity_price))


def _solved(
    problem: Capacitated, services: Ints, limits: Limits, parameters: Location
) -> tuple[Allocation, Floats] | None:
    """Return the cheapest divided allocation and the price of a case of capacity at each service (negative: what is
    paid for one to make up its least volume); None if unsolved.
    """
    divided = replace(problem, whole=False)
    cost = problem.case_cost[services]
    reach = np.isfinite(cost)
    wanted = _first_journeys(problem, services, parameters)
    while True:
        model = restricted_model(divided, services, np.ones(len(services), dtype=bool), wanted, choosing=False)
        solved = relaxation(model.model, limits)
        if solved is None and (limits.clock.left <= 0 or wanted.sum() == reach.sum()):
            return None
        if solved is None:
            wanted = reach & (cost <= _few(cost, 2 * int(wanted.sum(axis=0).max()))) | wanted
            continue
        capacity_price = -solved.row_duals[len(problem.cases) :]
        capacity_price = np.where(problem.volume[services] > 0, capacity_price, np.maximum(capacity_price, 0.0))
        priced = cost + capacity_price[:, None]
        price = np.minimum(np.where(wanted, priced, np.inf).min(axis=0), problem.unmet)
        missing = reach & ~wanted & (priced < price - _ZERO * np.abs(price))
        if not missing.any():
            return model.read(solved.values), capacity_price
        wanted = wanted | missing


def _few(cost: Floats, count: int) -> Floats:
    """Return the cost of the last of the ``count`` cheapest journeys of each demand."""
    last = min(count, len(cost)) - 1
    return np.asarray(np.partition(cost, last, axis=0)[last])


def _first_journeys(problem: Capacitated, services: Ints, parameters: Location) -> Flags:
    """Return the journeys with which a transport problem begins: the cheapest few, or of very many those that prices
    of room leave.
    """
    cost = problem.case_cost[services]
    if cost.size >= parameters.room_pairs:
        return likely(problem, services, parameters)
    return np.isfinite(cost) & (cost <= _few(cost, parameters.first_journeys))


def _proven(problem: Capacitated, services: Ints, capacity_price: Floats) -> tuple[float, Floats]:
    r"""Return what any allocation to just these services costs at least, and the reduced costs of the journeys.

    For any prices :math:`\mu \ge 0` of capacity a case of demand i costs at least
    :math:`\lambda_i = \min(\min_j c_{ij} + \mu_j, \pi_i)`, and the capacity that there is pays :math:`\mu^\top K`: weak
    duality, whatever the solver meant by its duals. A whole demand on journey j costs
    :math:`d_i (c_{ij} + \mu_j - \lambda_i)` more than that. Where :math:`\mu_j < 0` at least the least volume is paid
    for.
    """
    priced = problem.case_cost[services] + capacity_price[:, None]
    price = np.minimum(priced.min(axis=0, initial=np.inf), problem.unmet)
    dearest = np.abs(problem.case_cost[services]).max(axis=0, initial=0.0, where=np.isfinite(priced))
    held = np.where(capacity_price > 0, problem.capacity[services], problem.volume[services])
    terms = (
        problem.offset,
        at_least(problem.opening[services]),
        product_below(problem.cases, below(price, dearest + np.abs(capacity_price).max(initial=0.0), 2)),
        -product_above(held, capacity_price),
    )
    return at_least(np.array(terms)), priced - price


def _too_full(problem: Capacitated, services: Ints, limits: Limits, parameters: Location) -> bool:
    """Return whether it is proven that these services cannot treat all that must be treated, or have too few cases:
    that what they leave out, and what makes up their least volumes from nowhere, is at least something.
    """
    must, count = np.isinf(problem.unmet), len(problem.opening)
    free = np.where(np.isfinite(problem.case_cost), 0.0, np.inf)
    lent = float(problem.eased[services].sum())
    left = replace(
        problem,
        volume=problem.eased,
        opening=np.zeros(count),
        cases=np.append(problem.cases, lent) if lent > 0 else problem.cases,
        case_cost=np.column_stack([free, np.ones(count)]) if lent > 0 else free,
        unmet=np.append(must.astype(float), 0.0) if lent > 0 else must.astype(float),
        offset=0.0,
    )
    solved = _solved(left, services, limits, parameters)
    return solved is not None and _proven(left, services, solved[1])[0] > 0


def small(reduced: Floats, price: Floats, share: float, least: int) -> Flags:
    """Return the journeys whose ``reduced`` cost is at most a ``share`` of the ``price`` of their demand, and the
    ``least`` smallest of each demand, (services, demands).
    """
    if not len(reduced):
        return np.zeros(reduced.shape, dtype=bool)
    kth = np.partition(reduced, min(least, len(reduced)) - 1, axis=0)[min(least, len(reduced)) - 1]
    return np.asarray(np.isfinite(reduced) & (reduced <= np.maximum(kth, share * np.abs(price))))
