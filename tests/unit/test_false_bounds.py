"""No false bound from the ways that branch on services or cut: random tiny problems, all their plans enumerated.

Costs are whole, tied, zero, fractional, negative, wild, huge or tiny; services ample, tight or just enough; cases whole
or fractional; some services required, some numbers of them asked for, some demands left out at a price, some whole.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from redesaude.plan.proof import reached, relative_gap
from redesaude.solving.location.benders import Benders
from redesaude.solving.location.branch_and_bound import BranchAndBound
from redesaude.solving.location.capacitated import Capacitated
from redesaude.solving.location.single_source import SingleSource
from redesaude.solving.location.uncapacitated import Uncapacitated
from redesaude.solving.options import Limits
from redesaude.solving.progress import Reporter, Search
from redesaude.status import Termination
from redesaude_models.arrays import Flags, Floats, Ints

KINDS = {
    "whole": lambda r, n: r.integers(0, 10, n).astype(float),
    "tied": lambda r, n: np.full(n, float(r.integers(0, 5))),
    "zero": lambda _, n: np.zeros(n),
    "fractional": lambda r, n: r.random(n) * 10,
    "negative": lambda r, n: r.integers(-30, 30, n).astype(float),
    "wild": lambda r, n: 10.0 ** r.uniform(-3, 5, n),
    "huge": lambda r, n: r.random(n) * 1e9,
    "tiny": lambda r, n: r.random(n) * 1e-3,
}

#: of the money that a plan moves, what a solver's tolerance explains
TOLERANCE = 1e-7


def numbers(random: np.random.Generator, count: int, *, negative: bool = False) -> Floats:
    kinds = [kind for kind in KINDS if negative or kind != "negative"]
    return np.asarray(KINDS[str(random.choice(kinds))](random, count))


def parts(random: np.random.Generator) -> dict[str, Floats | Flags]:
    """Costs of services and journeys, cases, what is unmet, and what is required: the same for both kinds."""
    services, demands = (int(n) for n in random.integers(1, 5, 2))
    cost = numbers(random, services * demands).reshape(services, demands)
    cost[random.random(cost.shape) < random.choice([0.0, 0.3])] = np.inf
    unmet = np.where(random.random(demands) < 0.5, numbers(random, demands), np.inf)
    unmet = np.where(np.isfinite(cost).any(axis=0), unmet, 7.0)
    cases = random.random(demands) * 20 + 0.01 if random.random() < 0.5 else random.integers(1, 30, demands) * 1.1 / 3
    required = random.random(services) < random.choice([0.0, 0.2])
    opening = numbers(random, services, negative=True)
    return {"opening": opening, "cost": cost, "unmet": unmet, "cases": cases, "required": required}


def limits(random: np.random.Generator) -> tuple[float, float]:
    return float(random.choice([0, 0, 1, 2])), float(random.choice([np.inf, np.inf, 1, 2]))


def limited(seed: int) -> Capacitated:
    random = np.random.default_rng(seed)
    p = parts(random)
    all_cases, count = float(p["cases"].sum()), len(p["opening"])
    least, most = limits(random)
    room = (
        np.full(count, 10 * all_cases),
        np.full(count, all_cases / count),
        all_cases / count * random.uniform(0.7, 2.0, count),
        np.where(np.arange(count) == 0, 100.0, random.uniform(0.0, 0.6, count)) * all_cases,
    )
    return Capacitated(
        opening=p["opening"],
        capacity=room[int(random.integers(len(room)))],
        volume=np.zeros(count),
        required=p["required"].astype(bool),
        least=least,
        most=most,
        cases=p["cases"],
        case_cost=p["cost"],
        unmet=p["unmet"],
        whole=bool(random.random() < 0.35),
        offset=float(random.choice([0.0, 100.0, -50.0])),
    )


def for_all(seed: int) -> Uncapacitated:
    random = np.random.default_rng(seed)
    p = parts(random)
    if random.random() < 0.4:  # only reach counts
        p["cost"] = np.where(np.isfinite(p["cost"]), float(random.integers(0, 5)), np.inf)
    cost, (least, most) = p["cost"] * p["cases"], limits(random)
    demand, service = np.nonzero(np.isfinite(cost.T))
    order = np.lexsort((cost[service, demand], demand))
    demand, service = demand[order], service[order]
    return Uncapacitated(
        opening=p["opening"],
        required=p["required"].astype(bool),
        kind=np.zeros(len(p["opening"]), dtype=np.int64),
        least=np.array([least]),
        most=np.array([most]),
        cost=cost[service, demand],
        service=service,
        start=np.searchsorted(demand, np.arange(len(p["cases"]))),
        unmet=p["unmet"] * p["cases"],
        offset=float(random.choice([0.0, 100.0, -50.0])),
    )


def choices(problem: Capacitated | Uncapacitated) -> list[Flags]:
    """Every choice of services that may be open."""
    least, most = np.ravel(problem.least)[0], np.ravel(problem.most)[0]
    every = (np.array(choice, dtype=bool) for choice in product((0, 1), repeat=len(problem.opening)))
    return [c for c in every if least <= c.sum() <= most and c[problem.required].all()]


def allocated(problem: Capacitated, services: Ints) -> float:
    """Least cost (NPV) of the cases with just these services open."""
    cost = np.vstack([problem.case_cost[services], problem.unmet]) * problem.cases
    room = np.append(problem.capacity[services], np.inf)
    place, demand = np.nonzero(np.isfinite(cost))
    if len(np.unique(demand)) < len(problem.cases):
        return np.inf
    if problem.whole:
        ways = product(*(place[demand == d].tolist() for d in range(len(problem.cases))))
        totals = [
            cost[list(way), np.arange(len(way))].sum()
            for way in ways
            if (np.bincount(way, problem.cases, len(room)) <= room * (1 + 1e-12)).all()
        ]
        return min(totals, default=np.inf)
    each, unit = cost[place, demand], max(float(np.abs(cost[np.isfinite(cost)]).max()), 1e-300)
    balance = (demand == np.arange(len(problem.cases))[:, None]).astype(float)
    load = (place == np.arange(len(services))[:, None]) * problem.cases[demand] / problem.cases.max()
    side = room[:-1] / problem.cases.max()
    found = (
        linprog(each / unit, load, side, balance, np.ones(len(balance)))
        if len(services)
        else linprog(each / unit, None, None, balance, np.ones(len(balance)))
    )
    assert found.status in (0, 2)
    return float(found.fun) * unit if found.status == 0 else np.inf


def judge(search: Search, termination: Termination, best: float, moved: float) -> None:
    """Hold what a search found and proved against the ``best`` plan; ``moved`` is the money that plans move (NPV)."""
    cost, bound, slack = search.record.cost, search.record.proven, TOLERANCE * moved + 1e-12
    if np.isinf(best):
        assert np.isinf(cost)
        assert termination == Termination.PROVEN_INFEASIBLE
        return
    assert bound <= best + slack
    assert best - slack <= cost <= best + search.limits.gap * abs(best) + slack
    assert termination == Termination.GAP_REACHED or reached(relative_gap(cost, bound), search.limits.gap)


@pytest.mark.few(14)
@pytest.mark.parametrize("seed", range(60))
def test_branching_proves_no_more_than_is_true(seed: int) -> None:
    problem = limited(seed)
    best = min(
        (problem.offset + problem.opening @ c + allocated(problem, np.flatnonzero(c)) for c in choices(problem)),
        default=np.inf,
    )
    dearest = np.where(np.isfinite(problem.case_cost), problem.case_cost, 0.0).max(axis=0)
    moved = problem.turnover + problem.cases @ (dearest + np.where(np.isfinite(problem.unmet), problem.unmet, 0.0))
    search = Search(Limits(0.01 * (seed % 3 == 0), 60.0), Reporter())
    tree = (SingleSource if problem.whole else BranchAndBound)(problem, search)
    judge(search, tree.run(), best, moved)


@pytest.mark.few(30)
@pytest.mark.parametrize("seed", range(120))
def test_benders_proves_no_more_than_is_true(seed: int) -> None:
    problem = for_all(seed)
    best = min((problem.value(c) for c in choices(problem)), default=np.inf)
    unmet = problem.unmet[np.isfinite(problem.unmet)].sum()
    moved = abs(problem.offset) + np.abs(problem.opening).sum() + np.abs(problem.cost).sum() + unmet
    search = Search(Limits(0.01 * (seed % 3 == 0), 60.0), Reporter())
    judge(search, Benders(problem, search).run(), best, moved)
