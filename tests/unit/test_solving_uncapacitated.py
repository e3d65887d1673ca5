"""Uncapacitated problems: recognised, priced by their open services, and solved by Benders cuts to the optimum."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

import tiny
from redesaude.assemble import assemble
from redesaude.inputs.scenario import Scenario
from redesaude.solving.location.benders import Benders
from redesaude.solving.location.dominance import premises, undominated
from redesaude.solving.location.uncapacitated import Uncapacitated, uncapacitated
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.parameters import Location, SearchParameters
from redesaude.solving.progress import Reporter, Search
from redesaude.solving.solve import solve
from seeds import a_few

KINDS = ("p-median", "fixed charge", "set covering", "maximal covering")


def case(kind: str, seed: int, places: int = 9, sites: int = 7, **tables: pd.DataFrame) -> Scenario:
    random = np.random.default_rng(seed)
    minutes = random.integers(0, 100, (places, sites)).astype(float)
    specialty = {"specialty_id": "care", "cases_per_100k": 100_000, "trips_per_case": 0.5}
    size = {"specialty_id": "care", "size_id": "one", "capacity": 1_000_000}
    covering = kind.endswith("covering")
    if kind == "p-median":
        specialty["max_centres"] = 3
    if kind == "fixed charge":
        size["fixed_cost"] = 700.0
        specialty["unmet_cost"] = 90.0
    if covering:
        specialty["ceiling_minutes"] = float(max(minutes.min(axis=1).max(), 30))
    if kind == "set covering":
        size["fixed_cost"] = 1.0
    if kind == "maximal covering":
        specialty |= {"ceiling_minutes": 30.0, "max_centres": 2, "unmet_cost": 1.0}
    pairs = [(f"t{i}", f"h{j}", minutes[i, j]) for i in range(places) for j in range(sites)]
    return tiny.scenario(
        territories=tiny.rows(
            *({"territory_id": f"t{i}", "population": int(random.integers(5, 40))} for i in range(places))
        ),
        specialties=tiny.rows(specialty),
        sites=tiny.rows(*({"site_id": f"h{j}", "territory_id": f"t{j}"} for j in range(sites))),
        sizes=tiny.rows(size),
        travel_times=pd.DataFrame(pairs, columns=["origin_id", "destination_id", "minutes"]),
        settings=tiny.settings(patient_time_weight=1.0, patient_minute_cost=0.0 if covering else 1.0),
        **tables,
    )


def found(scenario: Scenario) -> Uncapacitated:
    problem = uncapacitated(assemble(scenario).problem)
    assert problem is not None
    return problem.services


def enumerated(problem: Uncapacitated) -> float:
    every = (np.array(choice, dtype=bool) for choice in product((0, 1), repeat=len(problem.opening)))
    return min(problem.value(opened) for opened in every if problem.allows(opened))


def farthest(problem: Uncapacitated) -> int:
    """The service that all would have to travel most to, at their cost."""
    return int(np.bincount(problem.service, problem.cost).argmax())


@pytest.mark.few(7)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", a_few(range(25), 8))
def test_benders_finds_and_proves_the_optimum(kind: str, seed: int) -> None:
    problem = found(case(kind, seed))
    benders = Benders(problem, Search(Limits(0.0, 30.0), Reporter()))
    benders.run()
    best = enumerated(problem)
    assert benders.search.cost == pytest.approx(best)
    assert benders.search.proven == pytest.approx(best)
    assert benders.opened is not None
    assert problem.value(benders.opened) == pytest.approx(best)


#: here the first plans are not the best, and the relaxation is sure that what is required would else not open
_DEARLY_REQUIRED = [("p-median", 2), ("p-median", 30), ("p-median", 46), ("p-median", 48), ("fixed charge", 4)]


@pytest.mark.parametrize(("kind", "seed"), _DEARLY_REQUIRED)
def test_what_is_required_stays_open_however_dear_it_is(kind: str, seed: int) -> None:
    free = found(case(kind, seed))
    problem = replace(free, required=np.arange(len(free.opening)) == farthest(free))
    benders = Benders(problem, Search(Limits(0.0, 30.0), Reporter()))
    benders.run()
    best = enumerated(problem)
    assert benders.search.cost == pytest.approx(best)
    assert benders.search.proven == pytest.approx(best)


@pytest.mark.few(1)
def test_the_engine_proves_the_optimum_where_a_dear_service_is_required() -> None:
    free = case("fixed charge", 4)
    site = free.sites["site_id"].iloc[farthest(found(free))]
    asked = tiny.rows({"site_id": site, "specialty_id": "care", "status": "required"})
    exact, scenario = SolveOptions(gap=0.0, time_limit=30.0), case("fixed charge", 4, site_services=asked)
    apart, direct = (solve(scenario, replace(exact, engine=engine)) for engine in ("decomposed", "direct"))
    assert apart.objective == pytest.approx(direct.objective)
    assert apart.bound == pytest.approx(direct.objective)


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_gives_the_plan_of_the_whole_model(kind: str) -> None:
    scenario = case(kind, 40)
    exact = SolveOptions(gap=0.0, time_limit=30.0)
    apart, direct = (solve(scenario, replace(exact, engine=engine)) for engine in ("decomposed", "direct"))
    assert apart.objective == pytest.approx(direct.objective)
    assert apart.bound == pytest.approx(direct.objective)
    assert apart.audit.passed
    assert apart.variables < direct.variables


def test_many_demands_share_their_cuts() -> None:
    few = SearchParameters(location=Location(own_cuts=3))
    problem = found(case("p-median", 3))
    benders = Benders(problem, Search(Limits(0.0, 30.0), Reporter(), parameters=few))
    benders.run()
    assert benders.search.cost == pytest.approx(enumerated(problem))
    assert benders.search.proven == pytest.approx(benders.search.cost)


def test_what_limits_a_service_is_not_uncapacitated() -> None:
    scenario = case("fixed charge", 1)
    assert uncapacitated(assemble(scenario).problem) is not None
    for sheet, column, value in (
        ("sizes", "capacity", 20.0),
        ("sizes", "min_cases", 5.0),
        ("specialties", "access_share", 0.5),
    ):
        table = getattr(scenario, sheet).assign(**{column: value})
        if column == "access_share":
            table = table.assign(access_minutes=60.0, access_hard=True)
        assert uncapacitated(assemble(scenario.replace(**{sheet: table})).problem) is None, column


def test_dominated_services_and_implied_rows_go() -> None:
    reach = csr_array(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 1, 1, 1], [0, 0, 0, 1]], dtype=float))
    services, rows = undominated(reach, np.ones(4), np.ones(4, dtype=bool))
    # the second service reaches all that the first and third do; then the third row is implied by the last two
    assert services.tolist() == [False, True, False, True]
    assert rows.sum() == 2
    cheap, _ = undominated(reach, np.array([0.5, 1.0, 1.0, 1.0]), np.ones(4, dtype=bool))
    assert cheap[0]


def test_a_service_cheaper_to_keep_than_to_close_is_never_shut() -> None:
    everywhere = csr_array(np.ones((3, 3)))
    for opening in ([-90.0, -20.0, 5.0], [-20.0, -20.0, 0.0]):
        services, _ = undominated(everywhere, np.array(opening), np.ones(3, dtype=bool))
        assert services.tolist() == [True, True, False]


def test_dominance_knows_its_premises() -> None:
    covering = found(case("set covering", 1))
    assert premises(covering)
    dearer = covering.cost.copy()
    dearer[0] += 1.0
    required = np.arange(len(covering.opening)) == 2
    twice = {name: np.tile(getattr(covering, name), 2) for name in ("least", "most")}
    for broken in ({"cost": dearer}, {"required": required}, {"least": np.ones(1)}, twice):
        assert not premises(replace(covering, **broken)), broken


@pytest.mark.parametrize("closing", [0.0, 40.0, 150.0])
def test_services_of_today_stay_where_closing_is_dearer(closing: float) -> None:
    scenario = tiny.scenario(
        sizes=tiny.rows({"specialty_id": "cardio", "size_id": "one", "capacity": 1_000, "fixed_cost": 60}),
        site_services=tiny.rows(
            *(
                {"site_id": site, "specialty_id": "cardio", "size_id": "one", "status": "existing"}
                | {"contract_id": "direct", "closing_cost": closing}
                for site in ("h1", "h2")
            )
        ),
    )
    exact = SolveOptions(gap=0.0, time_limit=30.0)
    apart, direct = (solve(scenario, replace(exact, engine=engine)) for engine in ("decomposed", "direct"))
    assert apart.objective == pytest.approx(direct.objective)
    assert apart.bound == pytest.approx(direct.objective)


def test_of_equal_services_one_stays() -> None:
    services, rows = undominated(csr_array(np.ones((3, 3))), np.ones(3), np.ones(3, dtype=bool))
    assert services.sum() == 1
    assert rows.sum() == 1
