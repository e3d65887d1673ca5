"""The numbers of an assembled problem drawn anew, and rules added or taken away: many cases from one scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from redesaude_models.access import AccessPromise
from redesaude_models.arrays import Floats
from redesaude_models.loads import LoadCeiling
from redesaude_models.money import MoneyPromise
from redesaude_models.problem import PlanningProblem

Mutation = Callable[[np.random.Generator, PlanningProblem], PlanningProblem]

_MONEY = (
    ("options", "cost"), ("options", "case_cost"), ("journeys", "cost"), ("demand", "unmet_cost"),
    ("services", "closing_cost"), ("hosting", "cost"), ("lettings", "cost"),
)  # fmt: skip

#: orders of magnitude between which wild numbers lie
_WILD = (-3.0, 9.0)


def mutated(problem: PlanningProblem, seed: list[int]) -> PlanningProblem:
    """One to three mutations of ``problem``, and half of the time each of the later kinds."""
    rng = np.random.default_rng(seed)
    for n in rng.permutation(len(MUTATIONS))[: int(rng.integers(1, 4))]:
        problem = MUTATIONS[n](rng, problem)
    for first, mutation in LATER:
        if seed[0] >= first and rng.random() < 0.5:
            problem = mutation(rng, problem)
    return problem


def _rescaled(values: Floats, target: Floats) -> Floats:
    """Rows of ``values`` scaled so that their first column is ``target``; rows that begin with 0 become it all over."""
    if values.ndim == 1:
        return target
    first = values[:, :1]
    return np.where(first != 0, values * (target[:, None] / np.where(first != 0, first, 1.0)), target[:, None])


def _redrawn(rng: np.random.Generator, problem: PlanningProblem, draw: Callable[[Floats], Floats]) -> PlanningProblem:
    """Some families of money drawn anew; ``draw`` gets what they are in the first period."""
    for n in rng.permutation(len(_MONEY))[: int(rng.integers(1, 4))]:
        part, name = _MONEY[n]
        rows = getattr(problem, part)
        values = getattr(rows, name)
        if values.size:
            first = values if values.ndim == 1 else values[:, 0]
            problem = replace(problem, **{part: replace(rows, **{name: _rescaled(values, draw(first))})})
    return problem


def tied(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """Money of two amounts alone."""
    return _redrawn(rng, problem, lambda v: rng.choice(np.quantile(v, [0.3, 0.7]), len(v)))


def nothing(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """Half of the amounts zero."""
    return _redrawn(rng, problem, lambda v: np.where(rng.random(len(v)) < 0.5, 0.0, v))


def wild(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """Amounts over twelve orders of magnitude."""
    return _redrawn(rng, problem, lambda v: 10.0 ** rng.uniform(*_WILD, len(v)))


def fractional(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """Amounts, cases and room that are no whole numbers."""
    problem = _redrawn(rng, problem, lambda v: v * rng.uniform(0.3, 3.0, len(v)))
    demand, options = problem.demand, problem.options
    cases = demand.cases * rng.uniform(0.3, 1.0, (len(demand.cases), 1))
    capacity = options.capacity * rng.uniform(1.0, 1.5, len(options.capacity))
    return replace(problem, demand=replace(demand, cases=cases), options=replace(options, capacity=capacity))


def negative(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """Options that earn, or are dearer to close than to keep."""
    earns = rng.random(len(problem.options.cost)) < 0.4
    cost = np.where(earns[:, None], -rng.uniform(0.0, 1.5) * np.abs(problem.options.cost), problem.options.cost)
    closing = problem.services.closing_cost * np.where(rng.random(len(problem.services.site)) < 0.5, 20.0, 1.0)
    services = replace(problem.services, closing_cost=closing)
    return replace(problem, options=replace(problem.options, cost=cost), services=services)


def ample(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """One service with room for everybody."""
    mine = problem.options.service == rng.integers(max(1, len(problem.services.site)))
    capacity = np.where(mine, 1.5 * problem.demand.cases.sum(), problem.options.capacity)
    return replace(problem, options=replace(problem.options, capacity=capacity))


def tight(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """Less room, where nobody must be treated."""
    if problem.demand.must_treat.any():
        return problem
    part = rng.uniform(0.3, 1.0, len(problem.options.capacity))
    options = problem.options
    least = np.minimum(options.min_cases, options.capacity * part)
    return replace(problem, options=replace(options, capacity=options.capacity * part, min_cases=least))


def musts(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """Some of the demands with journeys must be treated, or none."""
    reached = np.isin(np.arange(len(problem.demand.territory)), problem.journeys.demand)
    must = reached & (rng.random(len(reached)) < rng.choice([0.0, 0.2]))
    unmet = np.where(problem.demand.unmet_cost > 0, problem.demand.unmet_cost, 60.0)
    return replace(problem, demand=replace(problem.demand, must_treat=must, unmet_cost=unmet))


def fewer_rules(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """Without some of the promises and rules."""
    dropped = tuple(kind for kind in (AccessPromise, MoneyPromise, LoadCeiling) if rng.random() < 0.5)
    gone = {
        "requires": np.zeros((0, 2), dtype=np.int64),
        "max_services": np.full(len(problem.sites), -1),
        "max_contracts": np.full(len(problem.contracts), -1),
    }
    chosen = {name: value for name, value in gone.items() if rng.random() < 0.5}
    options = problem.options
    least = np.where(rng.random() < 0.5, 0.0, options.min_cases)
    promises = tuple(promise for promise in problem.promises if not isinstance(promise, dropped))
    return replace(problem, **chosen, promises=promises, options=replace(options, min_cases=least))


def other_rules(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """Other limits of the numbers of centres; nearest, or one place for a territory, where it was not the rule."""
    rules, count = problem.specialties, len(problem.specialties.ids)
    services = np.bincount(problem.services.specialty, minlength=count)
    most = np.where(rng.random(count) < 0.5, -1, rng.integers(1, 3, count))
    least = np.minimum(np.where(rng.random(count) < 0.5, -1, rng.integers(0, 3, count)), services)
    required = np.bincount(problem.services.specialty, problem.services.required, minlength=count)
    most = np.where(most < 0, most, np.maximum(np.maximum(most, least), required)).astype(np.int64)
    flips = {name: getattr(rules, name) ^ (rng.random(count) < 0.25) for name in ("nearest", "single_source")}
    return replace(problem, specialties=replace(rules, min_centres=least, max_centres=most, **flips))


def dear_required(rng: np.random.Generator, problem: PlanningProblem) -> PlanningProblem:
    """Some services, most of them dear, must be open; specialties have room for them among their centres."""
    services, options, rules = problem.services, problem.options, problem.specialties
    required = services.required | (rng.random(len(services.required)) < rng.choice([0.05, 0.2]))
    dearer = np.where(required & ~services.required, 10.0 ** rng.uniform(0.0, 3.0, len(required)), 1.0)
    cost = options.cost * dearer[options.service].reshape(-1, *[1] * (options.cost.ndim - 1))
    count = np.bincount(services.specialty, required, minlength=len(rules.ids)).astype(np.int64)
    most = np.where(rules.max_centres < 0, -1, np.maximum(rules.max_centres, count))
    return replace(
        problem,
        services=replace(services, required=required),
        options=replace(options, cost=cost),
        specialties=replace(rules, max_centres=most),
    )


MUTATIONS: tuple[Mutation, ...] = (
    tied, nothing, wild, fractional, negative, ample, tight, musts, fewer_rules, other_rules,
)  # fmt: skip

#: kinds of case that came later begin at a seed of their own, so that a seed stays its case
LATER: tuple[tuple[int, Mutation], ...] = ((20_000, dear_required),)
