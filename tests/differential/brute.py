"""The least cost of a small problem with one way to deliver each service, by trying every choice of services."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import linprog

from redesaude.solving.location.pure_location import PureLocation, pure_location
from redesaude_models.problem import PlanningProblem

#: choices of services, times choices of places where each territory goes to one, up to which all are tried
_MOST = 4_000

#: linear models up to which people are divided by them
_MOST_DIVIDED = 16


def least_cost(problem: PlanningProblem) -> float | None:
    """Return the least net present cost (infinite: no plan); None where it is not small, or not of that kind."""
    found = pure_location(problem)
    rules = problem.specialties
    if found is None or len(rules.ids) > 1:
        return None
    services, demands = len(found.opening), len(found.unmet)
    whole, nearest = bool(rules.single_source.any()), bool(rules.nearest.any())
    if whole and (nearest or (problem.options.min_cases > 0).any()):
        return None
    if 2**services * ((services + 1) ** demands if whole else 1) > (_MOST if whole else _MOST_DIVIDED):
        return None
    return min(_with(found, np.array(opened), whole=whole) for opened in product((False, True), repeat=services))


def _with(found: PureLocation, opened: np.ndarray, *, whole: bool) -> float:
    """Return the least cost with these services open."""
    count = opened.sum()
    required = found.problem.services.required
    if (required & ~opened).any() or not found.least[0] <= count <= found.most[0]:
        return np.inf
    cost = np.full((len(found.opening), len(found.unmet)), np.inf)
    cost[found.problem.journeys.service, found.problem.journeys.demand] = found.cost
    cost[~opened] = np.inf
    cases = found.problem.demand.cases[:, 0]
    unmet = found.unmet
    if found.problem.specialties.nearest.any():
        cost, unmet = _to_the_nearest(found, cost)
    going = _whole(found, cost, cases) if whole else _divided(found, cost, cases, unmet, opened)
    return float(found.offset + found.opening @ opened + going)


def _whole(found: PureLocation, cost: np.ndarray, cases: np.ndarray) -> float:
    """Each territory to one place, or unmet."""
    best, places = np.inf, np.vstack([cost, found.unmet])
    for going in product(range(len(places)), repeat=len(cases)):
        total = places[list(going), np.arange(len(cases))].sum()
        if total < best:
            used = np.bincount(going, cases, len(places))[:-1]
            if (used <= found.capacity * (1 + 1e-9)).all():
                best = total
    return float(best)


def _to_the_nearest(found: PureLocation, cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is left of costs, and of leaving out, where all who reach an open service go to the nearest."""
    journeys = found.problem.journeys
    minutes = np.full(cost.shape, np.inf)
    minutes[journeys.service, journeys.demand] = journeys.minutes
    minutes[np.isinf(cost)] = np.inf
    nearest = minutes.min(axis=0)
    return np.where(minutes == nearest, cost, np.inf), np.where(np.isfinite(nearest), np.inf, found.unmet)


def _divided(found: PureLocation, cost: np.ndarray, cases: np.ndarray, unmet: np.ndarray, opened: np.ndarray) -> float:
    """Shares of each territory to places with room for them, and enough of them, or unmet: a transportation problem."""
    places = np.vstack([cost, unmet])
    least = np.maximum(found.problem.options.min_cases[found.option], 0.0) * opened
    never = (places > unmet) & (least <= 0).all()  # nobody goes where unmet is cheaper, unless a service lacks cases
    rows, demands = np.nonzero(np.isfinite(places) & ~never)
    if len(np.unique(demands)) < len(cases):
        return np.inf
    balance = (demands == np.arange(len(cases))[:, None]).astype(float)
    room = (rows == np.arange(len(cost))[:, None]) * cases[demands]
    prices = places[rows, demands]
    unit = float(np.median(prices[prices > 0])) if (prices > 0).any() else 1.0
    ends = np.append(found.capacity, -least)
    solved = linprog(prices / unit, np.vstack([room, -room]), ends, balance, np.ones(len(cases)), bounds=(0, 1))
    return float(solved.fun * unit) if solved.status == 0 else np.inf
