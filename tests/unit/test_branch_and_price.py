"""Whole demands by whole knapsacks: what services gain, what that proves, and the tree on services and journeys."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from test_false_bounds import allocated, choices, judge, limited
from test_solving_capacitated import case, found

from redesaude.assemble import assemble
from redesaude.solving.choice import choose_engine
from redesaude.solving.decomposed import by_capacity
from redesaude.solving.location.branch_and_price import BranchAndPrice, fits
from redesaude.solving.location.capacitated import Capacitated
from redesaude.solving.location.lagrangian import Aim, ascend, root
from redesaude.solving.location.whole_knapsack import Knapsacks, knapsacks
from redesaude.solving.location.whole_prices import WholePrices, whole_part
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.parameters import DEFAULTS, Large, Location, SearchParameters
from redesaude.solving.progress import Reporter, Search
from redesaude.solving.solve import solve
from redesaude.status import Termination
from redesaude_models.arrays import Floats
from seeds import a_few


def tight(seed: int, *, fractional: bool = False) -> Capacitated:
    """Four services with room for about two of six demands each."""
    random = np.random.default_rng(seed)
    cases = random.integers(10, 51, 6) * (1.1 / 3 if fractional else 1.0)
    return Capacitated(
        opening=random.integers(20, 90, 4).astype(float),
        capacity=cases.sum() * random.uniform(0.3, 0.6, 4),
        volume=np.zeros(4),
        required=np.zeros(4, dtype=bool),
        least=0.0,
        most=np.inf,
        cases=cases,
        case_cost=random.integers(1, 9, (4, 6)).astype(float),
        unmet=np.where(random.random(6) < 0.3, 12.0, np.inf),
        whole=True,
        offset=0.0,
    )


def best_of(problem: Capacitated) -> float:
    each = (problem.offset + problem.opening @ c + allocated(problem, np.flatnonzero(c)) for c in choices(problem))
    return min(each, default=np.inf)


def gained(problem: Capacitated, price: Floats, must: int | None = None) -> Floats:
    """What each service gains at most, of all sets of demands that it has room for and that hold ``must``."""
    sets = np.array(list(product((False, True), repeat=len(problem.cases))))
    sets = sets if must is None else sets[sets[:, must]]
    gain = problem.case_cost * problem.cases - price
    fits_in = sets @ problem.cases <= problem.capacity[:, None]
    return np.where(fits_in, gain @ sets.T, np.inf).min(axis=1)


@pytest.mark.parametrize("fractional", [False, True])
@pytest.mark.parametrize("cells", [30, 2_000])
def test_a_service_gains_no_less_than_is_said(cells: int, fractional: bool) -> None:
    exact = 0
    for seed in range(10):
        problem = tight(seed, fractional=fractional)
        price = np.random.default_rng(seed).uniform(50, 400, 6)
        sacks = knapsacks(problem, cells)
        filled = sacks.filled(price, np.isfinite(problem.case_cost))
        best = gained(problem, price)
        assert (filled.value <= best + 1e-9).all()
        exact += int(np.isclose(filled.value, best).sum())
        for demand in range(6):
            forced = gained(problem, price, demand)
            assert (filled.value + filled.forced[:, demand] <= forced + 1e-9).all()
        if not fractional and cells > 1_000:
            taken = np.where(filled.takes, problem.case_cost * problem.cases - price, 0.0).sum(axis=1)
            assert taken == pytest.approx(filled.value)
            assert (filled.takes @ problem.cases <= problem.capacity).all()
    assert exact == 40 if not fractional and cells > 1_000 else exact > 0


def test_what_an_audit_lets_pass_is_no_gain_that_is_missed() -> None:
    problem = replace(tight(1), capacity=np.full(4, 60.0 * (1 - 5e-7)), cases=np.full(6, 30.0))
    filled = knapsacks(problem, 2_000).filled(np.full(6, 500.0), np.isfinite(problem.case_cost))
    assert (filled.takes.sum(axis=1) == 2).all()


def test_weights_are_counted_in_the_greatest_common_divisor() -> None:
    problem = replace(tight(1), cases=np.array([20.0, 30, 50, 20, 10, 40]), capacity=np.array([59.0, 60, 1e9, 0]))
    sacks: Knapsacks = knapsacks(problem, 2_000)
    assert sacks.weight.tolist() == [2, 3, 5, 2, 1, 4]
    assert sacks.room.tolist() == [5, 6, 17, 0]


@pytest.mark.few(2)
@pytest.mark.parametrize("fractional", [False, True])
@pytest.mark.parametrize("seed", a_few(range(30), 8))
def test_the_tree_finds_and_proves_the_optimum_of_all_plans(seed: int, fractional: bool) -> None:
    problem = tight(seed, fractional=fractional)
    search = Search(Limits(0.0, 30.0), Reporter())
    end = BranchAndPrice(problem, search).run()
    judge(search, end, best_of(problem), problem.turnover + problem.cases.sum() * 12)


@pytest.mark.few(14)
@pytest.mark.parametrize("seed", a_few(range(60), 20))
def test_odd_numbers_prove_no_more_than_is_true(seed: int) -> None:
    problem = replace(limited(seed), whole=True)
    dearest = np.where(np.isfinite(problem.case_cost), problem.case_cost, 0.0).max(axis=0)
    moved = problem.turnover + problem.cases @ (dearest + np.where(np.isfinite(problem.unmet), problem.unmet, 0.0))
    search = Search(Limits(0.01 * (seed % 3 == 0), 60.0), Reporter())
    judge(search, BranchAndPrice(problem, search).run(), best_of(problem), moved)


@pytest.mark.few(2)
@pytest.mark.parametrize("kind", ["whole", "whole unmet"])
@pytest.mark.parametrize("seed", a_few(range(12), 3))
def test_it_gives_the_plan_of_the_whole_model_audited(kind: str, seed: int) -> None:
    scenario = case(kind, seed)
    wide = SearchParameters(location=Location(whole_fill=1e9))
    options = SolveOptions(gap=0.0, time_limit=30.0, engine="decomposed", search=wide)
    assert fits(found(scenario), wide.location)
    plan = solve(scenario, options)
    direct = solve(scenario, replace(options, engine="direct"))
    assert plan.status == direct.status
    assert plan.audit.passed
    assert plan.objective == pytest.approx(direct.objective)
    assert plan.bound == pytest.approx(direct.objective)


@pytest.mark.parametrize("seed", range(4))
def test_more_room_is_never_dearer(seed: int) -> None:
    problem, costs = tight(seed), []
    for factor in (1.0, 1.2, 1.6):
        search = Search(Limits(0.0, 30.0), Reporter())
        BranchAndPrice(replace(problem, capacity=factor * problem.capacity), search).run()
        costs.append(search.cost)
    assert np.isfinite(costs[-1])
    assert all(later <= earlier + 1e-6 for earlier, later in pairwise(costs))


def test_whole_knapsacks_bound_more_than_divided_ones() -> None:
    gains = []
    for seed in range(4):
        problem = tight(seed)
        best = best_of(problem)
        divided = ascend(problem, root(problem), Aim(best, np.inf, lambda: False), 100, 1.0)
        part = whole_part(problem, problem.cases * root(problem).price)
        prices = WholePrices(problem, part.price, Search(Limits(0.0, 30.0), Reporter()))
        bound = prices.bounded(part, np.inf, 500, 0.0)[0].bound
        assert bound <= best + 1e-6
        gains.append(bound - divided.bound)
    assert max(gains) > 1.0


def test_a_part_without_a_plan_is_known_by_its_bound() -> None:
    problem = replace(tight(3), unmet=np.full(6, np.inf))
    part = whole_part(problem, problem.cases * root(problem).price)
    prices = WholePrices(problem, part.price, Search(Limits(0.0, 30.0), Reporter()))
    shut = part.shutting(np.array([True, True, True, False]))
    assert prices.bounded(shut, 1e5, 500, 0.0)[0].bound >= 1e5
    for service in range(4):
        part = part.barring(0, service)
    assert prices.bounded(part, np.inf, 500, 0.0)[0].bound == np.inf


def test_it_stops_when_told_and_has_proven_something_true() -> None:
    problem = tight(5)
    best, steps = best_of(problem), []
    for most in (1, 20, 300, 600):
        calls = iter(range(most))
        search = Search(Limits(0.0, 30.0), Reporter(), stopped=lambda calls=calls: next(calls, None) is None)
        tree = BranchAndPrice(problem, search)
        assert tree.run() in {Termination.INTERRUPTED, Termination.GAP_REACHED}
        assert search.proven <= best + 1e-6
        steps.append(search.proven)
    assert np.isfinite(steps[-1])


def test_it_is_for_whole_demands_few_to_a_service_and_not_very_many() -> None:
    problem, parameters = tight(0), DEFAULTS.location
    assert fits(problem, parameters)
    assert not fits(replace(problem, whole=False), parameters)
    assert not fits(replace(problem, capacity=np.full(4, 1e6)), parameters)
    assert not fits(problem, replace(parameters, whole=5))
    assert not fits(problem, replace(parameters, whole_fill=1.0))


def test_auto_takes_it_from_a_size_on_where_it_fits() -> None:
    tried = {}
    for kind, fill in (("whole", 1e9), ("whole", 0.1), ("divided", 1e9)):
        search = SearchParameters(large=Large(whole=10), location=Location(whole_fill=fill))
        engine = choose_engine(SolveOptions(search=search), assemble(case(kind, 1)), Reporter())
        tried[kind, fill] = engine.name
    assert tried == {("whole", 1e9): "decomposed", ("whole", 0.1): "direct", ("divided", 1e9): "direct"}
    assert choose_engine(SolveOptions(), assemble(case("whole", 1)), Reporter()).name == "direct"


def test_what_is_unknown_is_declined() -> None:
    scenario = case("whole", 1)
    search = Search(Limits(0.0, 30.0), Reporter())
    for sheet, column, value in (("sizes", "min_cases", 5.0), ("specialties", "assignment", "nearest")):
        changed = scenario.replace(**{sheet: getattr(scenario, sheet).assign(**{column: value})})
        assert by_capacity(assemble(changed), search) is None, column
