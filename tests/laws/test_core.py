"""The core of a problem: its bound is a bound of the whole, its plans are plans of the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_decomposed import network

from redesaude.assemble import assemble
from redesaude.plan.certificate import CertificateError
from redesaude.plan.certified import lower_bound
from redesaude.plan.certified import model_of as certified_model
from redesaude.solving.certify import Evidence, certificate_of
from redesaude.solving.core.journey_core import Core, cheapest, core_of
from redesaude.solving.highs import solve
from redesaude.solving.options import Limits
from redesaude.solving.simplex import relaxation
from redesaude_models.network import build_model, read_decisions
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel, linear_model, load_values
from seeds import a_few

EXACT = Limits(0.0, 30.0)
SEEDS, FEW = range(30), 8


def problem_of(seed: int) -> PlanningProblem:
    """A small network; every third must treat all cases, so that dropped journeys are missed."""
    problem = assemble(network(seed)).problem
    if seed % 3 == 0:
        reached = np.isin(np.arange(len(problem.demand.territory)), problem.journeys.demand)
        problem = replace(problem, demand=replace(problem.demand, must_treat=reached))
    return problem


def optimum(model: LinearModel) -> float:
    outcome = solve(model, EXACT)
    return np.inf if outcome.objective is None else outcome.objective


def model_of(problem: PlanningProblem) -> LinearModel:
    return linear_model(build_model(problem))


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", a_few(SEEDS, FEW))
def test_the_whole_lies_between_the_core_and_its_restriction(seed: int) -> None:
    problem = problem_of(seed)
    whole = optimum(model_of(problem))
    values = []
    for count in (1, 2):
        core = core_of(problem, cheapest(problem, count))
        model = model_of(core.problem)
        below, above = optimum(model), optimum(core.restricted(model))
        slack = 1e-6 * abs(whole) if np.isfinite(whole) else 0.0
        assert below <= whole + slack
        assert above >= whole - slack
        values.append((below, above))
    assert values[0][0] <= values[1][0] + 1e-6 * abs(values[1][0])  # more journeys, better bound


def nearby(seed: int) -> PlanningProblem:
    """Everyone goes to the nearest open service, and an unmet case costs little: a core may miss who is near one."""
    problem = assemble(network(seed)).problem
    return replace(
        problem,
        specialties=replace(problem.specialties, nearest=np.ones_like(problem.specialties.nearest)),
        demand=replace(problem.demand, unmet_cost=problem.demand.unmet_cost * 0.3),
    )


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", a_few(SEEDS, FEW))
def test_nobody_is_unmet_near_an_open_service_whose_journey_was_dropped(seed: int) -> None:
    problem = nearby(seed)
    whole = optimum(model_of(problem))
    core = core_of(problem, cheapest(problem, 1))
    model = build_model(core.problem)
    arrays = linear_model(model)
    inside = core.restricted(arrays)
    below, outcome = optimum(arrays), solve(inside, EXACT)
    assert below <= whole + 1e-6 * abs(whole)
    if outcome.values is None:
        pytest.skip("one journey for each demand is too few for any plan")
    assert inside.value(outcome.values) >= whole - 1e-6 * abs(whole)
    load_values(arrays, outcome.values)
    decisions = core.of_whole(read_decisions(model, core.problem))
    near = np.zeros(len(problem.demand.territory), dtype=bool)
    near[problem.journeys.demand[decisions.open[problem.journeys.service, 0]]] = True
    assert decisions.unmet[near, 0].max(initial=0.0) < 1e-6


@pytest.mark.parametrize("seeds", a_few([SEEDS[:4], SEEDS], 1), ids=len)
def test_some_cores_are_smaller_and_some_bounds_lower(seeds: range) -> None:
    """The law above would hold for a core that drops nothing, or a bound that says nothing."""
    lower = smaller = 0
    for seed in seeds:
        problem = problem_of(seed)
        core = core_of(problem, cheapest(problem, 1))
        smaller += len(core.journeys) < len(problem.journeys.demand)
        lower += optimum(model_of(core.problem)) < optimum(model_of(problem)) * (1 - 1e-6)
    assert smaller > 2 * len(seeds) / 3
    assert len(seeds) / 10 < lower < len(seeds)


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", a_few(SEEDS, FEW))
def test_a_plan_that_leaves_the_pool_unused_is_a_plan_of_the_whole(seed: int) -> None:
    problem = problem_of(seed)
    core = core_of(problem, cheapest(problem, 2))
    model = build_model(core.problem)
    arrays = linear_model(model)
    inside = core.restricted(arrays)
    outcome = solve(inside, EXACT)
    if outcome.values is None:
        pytest.skip("two journeys for each demand are too few for any plan")
    load_values(arrays, outcome.values)
    decisions = core.of_whole(read_decisions(model, core.problem))
    assert decisions.shares.shape == (len(problem.journeys.demand), 1)
    assert not _broken(core, decisions.shares, decisions.unmet)


def _broken(core: Core, shares: np.ndarray, unmet: np.ndarray) -> bool:
    problem = core.whole
    sent = np.bincount(problem.journeys.demand, shares[:, 0], minlength=len(problem.demand.territory))
    return bool((np.abs(sent + unmet[:, 0] - 1) > 1e-6).any())


def test_a_core_that_keeps_all_is_the_problem_itself() -> None:
    problem = problem_of(1)
    core = core_of(problem, np.ones(len(problem.journeys.demand), dtype=bool))
    assert core.is_whole
    assert not len(core.problem.pool.demand)
    model = model_of(core.problem)
    assert core.restricted(model) is model


def test_cheapest_counts_by_minutes_where_people_go_to_the_nearest() -> None:
    problem = problem_of(2)
    nearest = replace(problem.specialties, nearest=np.ones_like(problem.specialties.nearest))
    kept = cheapest(replace(problem, specialties=nearest), 1)
    for demand in range(len(problem.demand.territory)):
        mine = np.flatnonzero(problem.journeys.demand == demand)
        if len(mine):
            assert problem.journeys.minutes[kept & (problem.journeys.demand == demand)] == pytest.approx(
                problem.journeys.minutes[mine].min()
            )


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(4))
def test_a_certificate_of_any_core_is_one_of_the_whole(seed: int) -> None:
    problem = problem_of(seed)
    whole, kept = optimum(model_of(problem)), np.random.default_rng(seed).random(len(problem.journeys.demand)) < 0.6
    core = core_of(problem, kept)
    model = model_of(core.problem)
    relaxed = relaxation(model, EXACT)
    assert relaxed is not None
    given = Evidence(model, relaxed.row_duals, journeys=core.journeys)
    made = certificate_of(problem, given, Limits(0.0, 0.5))
    bound = lower_bound(certified_model(problem, made), made)
    assert made.bound <= bound <= whole
    assert bound >= relaxed.objective - 1e-6 * abs(relaxed.objective)
    with pytest.raises(CertificateError):
        certified_model(problem, replace(made, journeys=made.journeys + len(kept)))
