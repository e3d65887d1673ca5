"""Branching on services with room for all: brute force on every shape of such a problem, and what its parts promise."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from redesaude.solving.clock import Clock
from redesaude.solving.location.benders import Benders
from redesaude.solving.location.interchange import Interchange
from redesaude.solving.location.lagrangian import Aim, ascend, root
from redesaude.solving.location.services_tree import ServicesTree, as_capacitated, branches
from redesaude.solving.location.uncapacitated import Uncapacitated
from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS, Location, SearchParameters
from redesaude.solving.progress import Reporter, Search
from redesaude.status import Termination
from redesaude_models.arrays import Flags
from seeds import a_few

#: few steps, so that little is settled before branches and cuts
_HASTY = Location(rounds=1, round_steps=3, steps=5)


def drawn(seed: int, services: int = 7, demands: int = 8) -> Uncapacitated:
    """A problem of any such shape: out of reach, left out at a price, asked for, cheaper open than shut, no plan."""
    random = np.random.default_rng(seed)
    cost = random.integers(0, 60, (demands, services)).astype(float)
    cost[random.random(cost.shape) < random.choice([0.0, 0.5])] = np.inf
    rows = [np.argsort(row, kind="stable")[: np.isfinite(row).sum()] for row in cost]
    unmet = np.where(random.random(demands) < random.choice([0.0, 0.6]), random.integers(0, 50, demands), np.inf)
    least = float(random.integers(0, 4))
    return Uncapacitated(
        opening=random.integers(-20, 80, services) * float(random.choice([0.0, 1.0])),
        required=random.random(services) < random.choice([0.0, 0.2]),
        kind=np.zeros(services, dtype=np.int64),
        least=np.array([least]),
        most=np.array([random.choice([np.inf, least + 1])]),
        cost=np.concatenate([row[order] for row, order in zip(cost, rows, strict=True)]),
        service=np.concatenate(rows),
        start=np.cumsum([0, *map(len, rows)])[:-1],
        unmet=unmet,
        offset=float(random.integers(300, 900)),
    )


def plans(problem: Uncapacitated) -> list[tuple[Flags, float]]:
    every = (np.array(choice, dtype=bool) for choice in product((0, 1), repeat=len(problem.opening)))
    return [(opened, problem.value(opened)) for opened in every if problem.allows(opened)]


def search(parameters: Location = DEFAULTS.location, gap: float = 0.0) -> Search:
    clock = Clock(30.0, read=time.process_time)
    return Search(Limits(gap, 30.0, clock=clock), Reporter(), parameters=SearchParameters(location=parameters))


@pytest.mark.few(4)
@pytest.mark.parametrize("gap", [0.0, 0.1])
@pytest.mark.parametrize("parameters", [DEFAULTS.location, _HASTY], ids=["usual", "hasty"])
@pytest.mark.parametrize("seed", a_few(range(24), 8))
def test_the_tree_finds_and_proves_the_optimum(seed: int, parameters: Location, gap: float) -> None:
    problem = drawn(seed)
    best = min((cost for _, cost in plans(problem)), default=np.inf)
    tree = ServicesTree(problem, search(parameters, gap))
    ended = tree.run()
    if np.isinf(best):
        assert tree.found is None
        assert ended == Termination.PROVEN_INFEASIBLE
        return
    assert ended == Termination.GAP_REACHED
    assert tree.found is not None
    assert problem.value(tree.found.opened) == pytest.approx(tree.search.cost)
    assert tree.search.proven <= best + 1e-9 * (1 + abs(best))
    assert tree.search.cost <= best + (gap + 1e-6) * abs(tree.search.cost) + 1e-6


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", a_few(range(24), 6))
def test_prices_of_the_relaxation_prove_as_much_and_decide_nothing_of_the_best_plan(seed: int) -> None:
    problem = drawn(seed)
    found = plans(problem)
    if not any(np.isfinite(cost) for _, cost in found):
        return
    opened, best = min(found, key=lambda plan: plan[1])
    benders = Benders(problem, search())
    benders.close()
    table = as_capacitated(problem)
    at = replace(root(table), price=np.clip(benders.prices(), *table.prices))
    node = ascend(table, at, Aim(best, np.inf, lambda: False), 1, 1.0)
    assert benders.search.proven - 1e-6 * (1 + abs(best)) <= node.bound <= best + 1e-9 * (1 + abs(best))
    kept = node.decided(best - node.bound + 1e-6)
    assert opened[kept.services[kept.kept]].all()
    assert not np.delete(opened, kept.services).any()


@pytest.mark.parametrize("seed", range(6))
def test_without_services_what_is_left_costs_the_same(seed: int) -> None:
    problem = drawn(seed)
    may = np.arange(len(problem.opening)) % 3 > 0
    part = problem.only(may, may)
    assert part.value(may) == problem.value(may)
    assert part.required[may].all()


@pytest.mark.parametrize("seed", range(12))
def test_no_exchange_gains_after_interchange(seed: int) -> None:
    random = np.random.default_rng(seed)
    cost, opening = random.random((7, 9)) * 10, random.random(7)
    required = np.arange(7) == 2
    exchange = Interchange(opening, cost, np.full(9, 8.0), required, 2.0, 4.0)

    def value(services: tuple[int, ...]) -> float:
        rows = list(services)
        return float(opening[rows].sum() + np.minimum(cost[rows].min(axis=0), 8.0).sum())

    found = exchange.bettered(np.array([0, 2]), lambda: False)
    assert 2 in found
    assert 2 <= len(found) <= 4
    near = [
        tuple(np.flatnonzero(choice)) for choice in product((0, 1), repeat=7) if choice[2] and 2 <= sum(choice) <= 4
    ]
    near = [other for other in near if len(set(other) - set(found)) <= 1 and len(set(found) - set(other)) <= 1]
    assert value(tuple(found)) <= min(map(value, near)) + 1e-9


def test_what_is_branched_on() -> None:
    problem = replace(drawn(1), most=np.array([3.0]))
    assert branches(problem, DEFAULTS.location)
    assert not branches(problem, Location(own_cuts=3))
    assert not branches(problem, Location(table=20))
    assert not branches(problem, Location(few=2))
    covering = replace(problem, cost=np.zeros_like(problem.cost))
    if (problem.length > 0).all():
        assert not branches(covering, DEFAULTS.location)
    twice = {name: np.tile(getattr(problem, name), 2) for name in ("least", "most")}
    assert not branches(replace(problem, **twice), DEFAULTS.location)
