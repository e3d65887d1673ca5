"""Capacitated problems: recognised, bounded from below, and solved to the optimum by branching on services."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import tiny
from redesaude.assemble import assemble
from redesaude.inputs.scenario import Scenario
from redesaude.solving.choice import choose_engine
from redesaude.solving.highs import solve as solve_model
from redesaude.solving.location.allocation import transport
from redesaude.solving.location.branch_and_bound import BranchAndBound
from redesaude.solving.location.capacitated import Capacitated, capacitated
from redesaude.solving.location.lagrangian import Aim, ascend, reduced_costs, root
from redesaude.solving.location.nearest_tree import NearestTree
from redesaude.solving.location.regret import regret_allocation
from redesaude.solving.location.shift_and_swap import fitted
from redesaude.solving.location.single_source import SingleSource
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.parameters import Large, SearchParameters
from redesaude.solving.progress import Reporter, Search
from redesaude.solving.relaxation.aggregate_capacity import with_aggregate_capacity
from redesaude.solving.solve import solve
from redesaude.status import Termination
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model
from seeds import a_few

#: unmet at a price, most centres, capacities alike, whole demands, least volumes, the nearest rule
KINDS = {
    "divided": (False, None, False, False, False, False),
    "alike": (False, None, True, False, False, False),
    "unmet": (True, None, False, False, False, False),
    "few centres": (False, 4, False, False, False, False),
    "whole": (False, None, False, True, False, False),
    "whole unmet": (True, 3, True, True, False, False),
    "volumes": (False, None, False, False, True, False),
    "volumes unmet": (True, 4, True, False, True, False),
    "nearest": (False, None, False, False, False, True),
    "nearest volumes": (True, None, False, False, True, True),
}


def case(kind: str, seed: int, places: int = 10, sites: int = 6) -> Scenario:
    unmet, most, alike, whole, volumes, nearest = KINDS[kind]
    random = np.random.default_rng(seed)
    minutes = random.integers(1, 100, (places, sites)).astype(float)
    minutes[random.random(minutes.shape) < 0.1] = np.nan
    minutes[:, 0] = np.nan_to_num(minutes[:, 0], nan=80.0)
    population = random.integers(5, 40, places)
    room = np.full(sites, 100.0) if alike else random.integers(60, 140, sites).astype(float)
    room[0] = population.sum() if most is None else room[0]  # so that there is a plan, if a dear one
    pairs = [
        (f"t{i}", f"h{j}", minutes[i, j])
        for i, j in product(range(places), range(sites))
        if not np.isnan(minutes[i, j])
    ]
    specialty = {"specialty_id": "care", "cases_per_100k": 100_000, "trips_per_case": 0.5, "single_source": whole}
    specialty |= {"unmet_cost": 60.0} if unmet else {}
    specialty |= {"max_centres": most} if most is not None else {}
    specialty |= {"assignment": "nearest"} if nearest else {}
    fixed = random.integers(100, 900, sites).astype(float)
    fixed[0] = 4000.0
    least = np.where(random.random(sites) < 0.3, room, random.integers(0, 60, sites)) if volumes else np.zeros(sites)
    return tiny.scenario(
        territories=tiny.rows(*({"territory_id": f"t{i}", "population": int(p)} for i, p in enumerate(population))),
        specialties=tiny.rows(specialty),
        sites=tiny.rows(*({"site_id": f"h{j}", "territory_id": f"t{j}"} for j in range(sites))),
        sizes=tiny.rows({"specialty_id": "care", "size_id": "one", "capacity": 100_000}),
        site_services=tiny.rows(
            *(
                {"site_id": f"h{j}", "specialty_id": "care", "status": "allowed"}
                | {"fixed_cost": float(fixed[j]), "capacity": float(room[j])}
                | ({"min_cases": float(least[j])} if volumes else {})
                for j in range(sites)
            )
        ),
        travel_times=pd.DataFrame(pairs, columns=["origin_id", "destination_id", "minutes"]),
        settings=tiny.settings(patient_time_weight=1.0, patient_minute_cost=1.0),
    )


def found(scenario: Scenario) -> Capacitated:
    problem = capacitated(assemble(scenario).problem)
    assert problem is not None
    return problem.services


def searched(problem: Capacitated, gap: float = 0.0) -> BranchAndBound:
    search = Search(Limits(gap, 30.0), Reporter())
    if problem.minutes is not None:
        tree: BranchAndBound = NearestTree(problem, problem.minutes, search)
    else:
        tree = (SingleSource if problem.whole else BranchAndBound)(problem, search)
    assert tree.run() in {Termination.GAP_REACHED, Termination.PROVEN_INFEASIBLE}
    return tree


def direct(scenario: Scenario) -> float | None:
    return solve(scenario, SolveOptions(gap=0.0, time_limit=30.0, engine="direct")).objective


@pytest.mark.few(2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", a_few(range(12), 4))
def test_the_tree_finds_and_proves_the_optimum(kind: str, seed: int) -> None:
    scenario = case(kind, seed)
    best, tree = direct(scenario), searched(found(scenario))
    if best is None:
        assert tree.found is None
        return
    assert tree.search.cost == pytest.approx(best)
    assert tree.search.proven == pytest.approx(best)
    assert tree.search.proven <= best * (1 + 1e-9)


@pytest.mark.few(2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", a_few(range(12), 4))
def test_no_price_bounds_above_the_optimum(kind: str, seed: int) -> None:
    scenario = case(kind, seed)
    problem, best = found(scenario), direct(scenario)
    if best is None:
        return
    aim, node = Aim(best, np.inf, lambda: False), root(problem)
    for _ in range(30):
        node = ascend(problem, node, aim, 5, 1.0)
        assert node.bound <= best * (1 + 1e-9)
    services, kept = node.services, node.decided(best - node.bound)
    again = searched(problem).found
    assert again is not None  # what is decided for good leaves the optimum in
    assert again.opened[services[~np.isin(services, kept.services)]].sum() == 0
    assert again.opened[kept.services[kept.kept]].all()


@pytest.mark.parametrize("seed", a_few(range(20), 6))
def test_one_ample_service_and_fractions_of_cases(seed: int) -> None:
    random = np.random.default_rng(seed)
    cases = random.integers(1, 30, 4) * 1.1 / 3
    problem = Capacitated(
        opening=random.random(3) * 10.0 ** random.integers(0, 8),
        capacity=np.array([100.0, 0.6, 0.3]) * cases.sum(),
        volume=np.zeros(3),
        required=np.zeros(3, dtype=bool),
        least=0.0,
        most=np.inf,
        cases=cases,
        case_cost=random.random((3, 4)) * 10.0 ** random.integers(0, 6),
        unmet=np.full(4, np.inf),
        whole=False,
        offset=0.0,
    )
    least, most = problem.prices
    ample = problem.opening[0] + problem.case_cost[0] @ cases  # what it costs to send all to the ample one
    node = root(problem)
    for _ in range(5):
        node = ascend(problem, node, Aim(np.inf, np.inf, lambda: False), 100, 1.0)
        assert node.bound <= ample
        assert ((least <= node.price) & (node.price <= most)).all()
    assert searched(problem).search.cost <= ample * (1.0 + 1e-12)  # the same sum in another order


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", ["divided", "unmet"])
def test_a_divided_allotment_is_the_cheapest(kind: str) -> None:
    for seed in range(10):
        problem = found(case(kind, seed))
        services = np.array([0, 2, 3])
        sent = transport(problem, services, Limits(0.0, 30.0))
        assert sent is not None
        share = np.zeros((len(services), len(problem.cases)))
        share[np.searchsorted(services, sent.allocation.service), sent.allocation.demand] = sent.allocation.share
        assert (share @ problem.cases <= problem.capacity[services] + 1e-6).all()
        # complementary slackness: the prices prove that nothing is cheaper
        assert sent.reduced.min() > -1e-6
        assert sent.reduced[share > 1e-6].max() < 1e-6


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if "volumes" not in kind])
def test_a_quick_plan_keeps_room_and_reach_and_costs_no_less_than_the_cheapest(kind: str) -> None:
    made = 0
    for seed in range(12):
        problem = found(case(kind, seed))
        services = np.arange(len(problem.opening))
        quick = regret_allocation(problem, services)
        if quick is None:
            continue
        made += 1
        sent = np.bincount(quick.demand, quick.share, minlength=len(problem.cases))
        load = np.bincount(quick.service, quick.share * problem.cases[quick.demand], minlength=len(services))
        assert (load <= problem.capacity * (1 + 1e-9)).all()
        assert (sent <= 1 + 1e-9).all()
        assert sent[np.isinf(problem.unmet)] == pytest.approx(1.0)
        assert np.isfinite(problem.case_cost[quick.service, quick.demand]).all()
        if problem.whole:
            assert quick.share == pytest.approx(1.0)
        cheapest = transport(problem, services, Limits(0.0, 30.0)).allocation
        assert cheapest is not None
        assert quick.cost >= cheapest.cost - 1e-6 * abs(cheapest.cost)
    assert made >= 6


@pytest.mark.parametrize("kind", ["volumes", "volumes unmet"])
def test_a_quick_plan_short_of_a_least_volume_is_none(kind: str) -> None:
    short = 0
    for seed in range(6):
        problem = found(case(kind, seed))
        services = np.arange(len(problem.opening))
        anyhow = regret_allocation(replace(problem, volume=np.zeros(len(services))), services)
        if anyhow is None:
            continue
        load = np.bincount(anyhow.service, anyhow.share * problem.cases[anyhow.demand], minlength=len(services))
        assert (regret_allocation(problem, services) is None) == bool((load < problem.volume * (1 - 1e-9)).any())
        short += regret_allocation(problem, services) is None
    assert short >= 3


def test_a_first_plan_is_there_even_where_no_time_is_left() -> None:
    for seed in range(6):
        problem = found(case("divided", seed))
        tree = BranchAndBound(problem, Search(Limits(0.0, 0.0), Reporter()))
        assert tree.run() == Termination.TIME_LIMIT
        assert tree.found is not None
        assert tree.search.proven == -np.inf or tree.search.proven <= tree.search.cost


def test_reduced_costs_are_nothing_for_what_is_used() -> None:
    problem = found(case("divided", 3))
    node = ascend(problem, root(problem), Aim(np.inf, np.inf, lambda: False), 200, 1.0)
    reduced = reduced_costs(problem, node)
    assert (reduced >= 0).all()
    assert (reduced == 0).any()
    assert np.isinf(reduced[np.isinf(problem.case_cost[node.services])]).all()


@pytest.mark.long
def test_whole_demands_are_made_to_fit() -> None:
    fits = 0
    for seed in range(20):
        problem = found(case("whole", seed))
        sent = transport(problem, np.arange(len(problem.opening)), Limits(0.0, 30.0))
        assert sent is not None
        whole = fitted(problem, sent.allocation)
        if whole is None:
            continue
        fits += 1
        load = np.bincount(whole.service, problem.cases[whole.demand], minlength=len(problem.opening))
        assert (load <= problem.capacity).all()
        assert len(np.unique(whole.demand)) == len(problem.cases)
        assert whole.cost >= sent.allocation.cost - 1e-6
    assert fits >= 15


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_gives_the_plan_of_the_whole_model(kind: str) -> None:
    scenario = case(kind, 40)
    apart = solve(scenario, SolveOptions(gap=0.0, time_limit=30.0, engine="decomposed"))
    assert apart.objective == pytest.approx(direct(scenario))
    assert apart.audit.passed


def test_too_little_room_is_said_by_the_whole_model() -> None:
    scenario = case("divided", 1)
    short = scenario.site_services.assign(capacity=10.0)
    plan = solve(scenario.replace(site_services=short), SolveOptions(engine="decomposed", time_limit=30.0))
    assert plan.status.value == "infeasible"


VOLUME = {"min_cases": 5.0}
OTHERS = {
    "a volume at a price": ("divided", "sizes", {**VOLUME, "min_cases_hard": False, "min_cases_price": 3.0}),
    "whole demands and a volume": ("whole", "sizes", VOLUME),
    "whole demands to the nearest": ("whole", "specialties", {"assignment": "nearest"}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_known_is_not_capacitated(name: str) -> None:
    kind, sheet, values = OTHERS[name]
    scenario = case(kind, 1)
    assert capacitated(assemble(scenario).problem) is not None
    changed = scenario.replace(**{sheet: getattr(scenario, sheet).assign(**values)})
    assert capacitated(assemble(changed).problem) is None


def test_a_volume_that_must_be_kept_and_the_nearest_rule_are_capacitated() -> None:
    assert (found(case("volumes", 1)).volume > 0).any()
    assert found(case("nearest", 1)).minutes is not None


def wild(seed: int) -> Capacitated:
    """Four services with least volumes of nothing, all that can come, their room, more than can come, or some."""
    random = np.random.default_rng(seed)
    services, demands, nearest = 4, 5, seed % 2 == 1
    cases = random.integers(1, 20, demands) * (1.1 / 3 if seed % 3 == 0 else 1.0)
    case_cost = random.random((services, demands)) * 100.0
    case_cost[random.random(case_cost.shape) < 0.15] = np.inf
    reached, capacity = np.isfinite(case_cost) @ cases, random.uniform(0.3, 1.2, services) * cases.sum()
    some = random.uniform(0.0, 0.5, services) * cases.sum()
    volumes = [np.zeros(services), reached, capacity, reached + 1.0, some]
    return Capacitated(
        opening=random.uniform(-300.0, 600.0, services),
        capacity=capacity,
        volume=np.choose(random.integers(0, 5, services), volumes),
        required=random.random(services) < 0.1,
        least=float(random.integers(0, 2)),
        most=np.inf if seed % 5 else 3.0,
        cases=cases,
        case_cost=case_cost,
        unmet=np.where(random.random(demands) < 0.5, np.inf, random.uniform(0.0, 200.0, demands)),
        whole=False,
        offset=100.0,
        minutes=np.round(case_cost / (30.0 if seed % 4 == 3 else 1.0)) if nearest else None,
    )


def cheapest(problem: Capacitated) -> float:
    """Least cost of all choices of services, infinite where there is no plan: a linear model for each of them."""
    best = np.inf
    for opened in product((False, True), repeat=len(problem.opening)):
        services = np.flatnonzero(opened)
        if problem.least <= len(services) <= problem.most and not (problem.required & ~np.array(opened)).any():
            best = min(best, with_these(problem, services))
    return best


def with_these(problem: Capacitated, services: np.ndarray) -> float:
    """Least cost with just these services open."""
    cost, unmet, count = problem.case_cost[services], problem.unmet, len(services)
    if problem.minutes is not None and count:
        near = problem.minutes[services].min(axis=0)
        cost = np.where(problem.minutes[services] == near, cost, np.inf)
        unmet = np.where(np.isfinite(near), np.inf, unmet)
    places = np.vstack([cost, unmet])
    where, demand = np.nonzero(np.isfinite(places))
    if len(np.unique(demand)) < len(problem.cases):
        return np.inf
    load = (where == np.arange(count)[:, None]) * problem.cases[demand]
    solved = linprog(
        problem.cases[demand] * places[where, demand],
        np.vstack([load, -load]) if count else None,
        np.append(problem.capacity[services], -problem.volume[services]) if count else None,
        (demand == np.arange(len(problem.cases))[:, None]).astype(float),
        np.ones(len(problem.cases)),
    )
    fixed = problem.offset + float(problem.opening[services].sum())
    return fixed + solved.fun if solved.status == 0 else np.inf


@pytest.mark.few(6)
@pytest.mark.parametrize("seed", a_few(range(60), 12))
def test_wild_least_volumes_against_every_choice_of_services(seed: int) -> None:
    problem = wild(seed)
    best, tree = cheapest(problem), searched(problem)
    if np.isinf(best):
        assert tree.found is None
        return
    assert tree.search.cost == pytest.approx(best)
    assert tree.search.proven == pytest.approx(best)
    node = root(problem)
    for _ in range(8):
        node = ascend(problem, node, Aim(best, np.inf, lambda: False), 10, 1.0)
        assert node.bound <= best + 1e-6 * abs(best)


def test_auto_branches_on_services_where_journeys_are_many() -> None:
    assembled = assemble(case("divided", 1))
    assert choose_engine(SolveOptions(), assembled, Reporter()).name == "direct"
    few = SolveOptions(search=SearchParameters(large=Large(location=10)))
    assert choose_engine(few, assembled, Reporter()).name == "decomposed"
    assert choose_engine(few, assemble(case("volumes", 1)), Reporter()).name == "decomposed"
    nearest = assemble(case("nearest", 1))
    assert choose_engine(few, nearest, Reporter()).name == "direct"  # which knows what that rule costs
    many = SolveOptions(search=SearchParameters(large=Large(location=10, one_specialty=10)))
    assert choose_engine(many, nearest, Reporter()).name == "decomposed"


@pytest.mark.parametrize("kind", KINDS)
def test_the_row_of_room_cuts_off_no_plan(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = case(kind, 5)
    with_row = direct(scenario)
    monkeypatch.setattr("redesaude.solving.direct.with_aggregate_capacity", lambda model, problem: model)
    assert with_row == pytest.approx(direct(scenario))


@pytest.mark.parametrize(("kind", "unmet"), [("alike", False), ("unmet", True)])
def test_the_row_of_room_counts_services(kind: str, unmet: bool) -> None:
    problem = assemble(case(kind, 2)).problem
    model = linear_model(build_model(problem))
    sharper = with_aggregate_capacity(model, problem)
    assert sharper.matrix.shape[0] == model.matrix.shape[0] + 1
    row = sharper.matrix.tocsr()[-1:].toarray().ravel()
    places = [str(v) for v in np.array(model.variables)[row > 0]]
    opened = np.array([name.startswith("z[") for name in places])
    assert (~opened).any() == unmet
    assert all(name.startswith("u[") for name in np.array(places)[~opened])
    cases = problem.demand.cases.sum()
    assert row[row > 0][opened].sum() * cases == pytest.approx(problem.options.capacity.sum())
    assert row[row > 0][~opened].sum() == pytest.approx(1.0 if unmet else 0.0)
    assert solve_model(sharper, Limits(0.0, 30.0)).objective == pytest.approx(
        solve_model(model, Limits(0.0, 30.0)).objective
    )
