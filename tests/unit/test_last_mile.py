"""The last mile: contracts and single services bettered around a plan, and plans of equal cost told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Never

import numpy as np
import pytest
from appraisal_example import example
from scipy.optimize import linprog

from random_tables import random_tables
from redesaude.assemble import Assembled, assemble
from redesaude.errors import InputError, SolverError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving import last_mile
from redesaude.solving import solve as module
from redesaude.solving.direct import DirectEngine
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Search
from redesaude.solving.record import Record
from redesaude.solving.solve import solve
from redesaude_models.problem import Decided
from seeds import a_few
from tiny import EXACT, rows, scenario, settings, times, with_columns

Barred = Callable[[str, str, str, str], bool]


class Narrow:
    """An engine whose search never saw some options (site, specialty, size, contract), as one that ran out of time."""

    name = "narrow"

    def __init__(self, barred: Barred, bound: float | None = None) -> None:
        self.barred, self.bound = barred, bound

    @property
    def ways(self) -> tuple[Way, ...]:
        return (Way(self.name, self.run),)

    def run(self, assembled: Assembled, search: Search) -> EngineResult:
        problem, table = assembled.problem, assembled.options.table
        keys = table[["site_id", "specialty_id", "size_id", "contract_id"]].itertuples(index=False, name=None)
        barred = np.array([[self.barred(*key)] * len(problem.periods) for key in keys])
        is_open = np.zeros((len(problem.services.site), len(problem.periods)), dtype=bool)
        narrowed = replace(assembled, problem=replace(problem, decided=Decided(is_open, barred)))
        search.prove(self.bound)
        unheard = replace(search, record=Record())  # its bound is of the narrowed problem
        return replace(DirectEngine().run(narrowed, unheard), bound=self.bound, incumbent=None, evidence=None)


def narrow(monkeypatch: pytest.MonkeyPatch, case: Scenario, barred: Barred, bound: float | None = None) -> Plan:
    monkeypatch.setattr(module, "choose_engine", lambda *_: Narrow(barred, bound))
    return solve(case, replace(EXACT, certificate=False))  # its bound would be the better one


def contracts_of(plan: Plan) -> dict[str, str]:
    return dict(zip(plan.openings["site_id"], plan.openings["contract_id"], strict=True))


def test_a_contract_that_the_search_missed_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    best = solve(example(), EXACT)
    assert contracts_of(best)["h2"] == "ppp"
    found = narrow(monkeypatch, example(), lambda site, specialty, size, contract: contract == "ppp", bound=100.0)
    assert contracts_of(found) == contracts_of(best)
    assert found.objective == pytest.approx(best.objective, rel=1e-9)
    assert found.bound == 100.0  # no bound is touched


def test_a_lot_changes_its_contract_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sites share what letting costs 100: changing one alone saves 55, both together 110."""
    case = _two_towns(
        lots=rows({"lot_id": "north"}),
        contracts=rows(
            {"contract_id": "direct"},
            {"contract_id": "oss", "delivery_model": "oss", "opex_factor": 0.8, "transaction_cost": 100},
        ),
        sites=rows(*({"site_id": f"h{n}", "territory_id": f"t{n}", "lot_id": "north"} for n in (1, 2))),
    )
    best = solve(case, EXACT)
    assert contracts_of(best) == {"h1": "oss", "h2": "oss"}
    found = narrow(monkeypatch, case, lambda site, specialty, size, contract: contract == "oss")
    assert contracts_of(found) == contracts_of(best)
    assert found.objective == pytest.approx(best.objective, rel=1e-9)


def test_a_service_too_few_and_one_too_large_are_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    case = _two_towns()
    best = solve(case, EXACT)
    assert len(best.openings) == 2
    for barred in (
        lambda site, specialty, size, contract: site == "h2",
        lambda site, specialty, size, contract: size == "small",
    ):
        found = narrow(monkeypatch, case, barred)
        assert found.objective == pytest.approx(best.objective, rel=1e-9)


def test_a_plan_proven_best_is_not_searched_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is taken at its word: here it is the poor plan's own cost, so that a search would be seen."""
    case = _two_towns()

    def barred(site: str, specialty: str, size: str, contract: str) -> bool:
        return site == "h2"

    monkeypatch.setattr(module, "choose_engine", lambda *_: Narrow(barred))
    monkeypatch.setattr(module, "with_last_mile", lambda ways: ways)
    poor = solve(case, EXACT)
    monkeypatch.undo()
    assert narrow(monkeypatch, case, barred, bound=poor.objective).objective == poor.objective
    assert narrow(monkeypatch, case, barred).objective < poor.objective  # type: ignore[operator]


def test_todays_contract_stays_at_equal_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A twin of today's contract costs the same: the plan goes on as today."""
    twins = rows({"contract_id": "a"}, {"contract_id": "b"}, {"contract_id": "c"})
    for today in ("a", "b", "c"):
        services = rows(
            *(
                {"site_id": site, "specialty_id": "cardio", "size_id": "small", "status": "existing",
                 "contract_id": today}
                for site in ("h1", "h2")
            )
        )  # fmt: skip
        found = narrow(
            monkeypatch,
            _two_towns(contracts=twins, site_services=services),
            lambda site, specialty, size, contract, today=today: contract == today,  # type: ignore[misc]
        )
        assert contracts_of(found) == {"h1": today, "h2": today}
        assert set(found.openings["status"]) == {"kept"}


def test_todays_network_stays_at_equal_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new service next door costs what today's does: today's stays."""
    case = scenario(
        sites=rows(*({"site_id": f"h{n}", "territory_id": "t1"} for n in (1, 2, 3))),
        travel_times=times({t: {"h1": 10.0, "h2": 10.0, "h3": 10.0} for t in ("t1", "t2", "t3")}),
        sizes=scenario().sizes.iloc[1:],
        site_services=rows(
            {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "status": "existing",
             "contract_id": "direct"}
        ),
    )  # fmt: skip
    found = narrow(monkeypatch, case, lambda site, specialty, size, contract: site == "h2")
    assert found.openings["site_id"].to_list() == ["h2"]


@pytest.mark.long
def test_patients_travel_least_among_plans_of_equal_cost() -> None:
    """Travel without a price: everyone could go anywhere at the same cost."""
    for seed in range(12):
        case = _towns(seed)
        plan = solve(case, EXACT)
        assert float(plan.assignments["cases"] @ plan.assignments["minutes"]) == pytest.approx(_least(plan), rel=1e-6)
        assert plan.objective == pytest.approx(_without_last_mile(case), rel=1e-9)


def test_a_step_that_the_solver_does_not_finish_leaves_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen in today's network of a state: an LP of the last mile that HiGHS ended as "Unknown"."""
    case, steps = _towns(0), []

    def gives_up(*_: object, **__: object) -> Never:
        steps.append(1)
        raise SolverError("HiGHS ended with: Unknown")

    monkeypatch.setattr(last_mile, "solve", gives_up)
    plan = solve(case, EXACT)
    assert steps
    assert not plan.faults
    assert plan.audit.passed
    assert plan.objective == pytest.approx(_without_last_mile(case), rel=1e-9)
    assert any("a step of the last mile is left out" in line for line in plan.log)


@pytest.mark.long
def test_whole_and_nearest_shares_stay_so_while_travel_is_least() -> None:
    for seed in range(6):
        for column, value in (("single_source", "yes"), ("assignment", "nearest")):
            plan = solve(_towns(seed, **{column: value}), EXACT)
            assert plan.audit.passed
            if column == "single_source":
                assert plan.assignments["share"].to_list() == pytest.approx([1.0] * len(plan.assignments))


def test_travel_is_least_where_only_services_are_decided() -> None:
    """Room for all everywhere, and no price on travel: everyone goes to the nearest open service."""
    case = _towns(3, room=1000.0)
    plan = solve(case, SolveOptions(gap=0.0, time_limit=30.0, engine="decomposed"))
    assert float(plan.assignments["cases"] @ plan.assignments["minutes"]) == pytest.approx(_least(plan), rel=1e-9)


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", a_few(range(0, 40, 3), 7))
def test_no_contract_on_the_network_of_a_rough_plan_is_dearer_than_need_be(seed: int) -> None:
    """On random scenarios: fix the services and sizes of a rough plan and solve for contracts alone to the end."""
    case = scenario(**random_tables(seed))
    try:
        rough = solve(case, SolveOptions(gap=0.5, time_limit=30.0))
    except InputError:
        return
    if not rough.has_decisions:
        return
    sizes = {(r.site_id, r.specialty_id): r.size_id for r in rough.openings.itertuples()}
    frozen = Narrow(lambda site, specialty, size, contract: sizes.get((site, specialty)) != size)
    assembled = assemble(case)
    limits = EXACT.limits(case.settings)
    result = frozen.run(assembled, Search(limits, module.Reporter()))
    best = module._plan(assembled, result, Search(limits, module.Reporter()), explain=False)
    assert rough.objective is not None
    assert best.objective is not None
    assert rough.objective <= best.objective + 1e-6 * abs(best.objective)


def _two_towns(**changes: object) -> Scenario:
    """Two towns with a site each; 30 cases each, too many for one small service; travel costs."""
    base = {
        "settings": settings(patient_time_weight=1, patient_minute_cost=2),
        "territories": rows(
            *({"territory_id": f"t{n}", "region_id": "r", "population": 30} for n in (1, 2)),
        ),
        "sites": rows(*({"site_id": f"h{n}", "territory_id": f"t{n}"} for n in (1, 2))),
        "travel_times": times({"t1": {"h1": 0, "h2": 60}, "t2": {"h1": 60, "h2": 0}}),
    }
    return scenario(**base | changes)  # type: ignore[arg-type]


def _towns(seed: int, *, room: float = 60.0, **specialty: str) -> Scenario:
    """Six towns with a site each, of which three must open; nobody pays for travel."""
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 100, (6, 2))
    apart = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)).round(1)
    cases = rng.integers(10, 25, 6)
    towns = range(6)
    return scenario(
        settings=settings(patient_time_weight=0, patient_minute_cost=0),
        territories=rows(*({"territory_id": f"t{i}", "population": int(cases[i])} for i in towns)),
        specialties=with_columns(scenario().specialties, **specialty).drop(columns=["trips_per_case"]),
        sites=rows(*({"site_id": f"h{j}", "territory_id": f"t{j}"} for j in towns)),
        sizes=rows({"specialty_id": "cardio", "size_id": "one", "capacity": room, "fixed_cost": 100}),
        site_services=rows(
            *({"site_id": f"h{j}", "specialty_id": "cardio", "status": "required" if j < 3 else "allowed"}
              for j in towns)
        ),
        travel_times=times({f"t{i}": {f"h{j}": apart[i, j] for j in towns} for i in towns}),
    )  # fmt: skip


def _least(plan: Plan) -> float:
    """Least minutes of all cases to the open services within their capacity, by a linear model of its own."""
    occupancy = plan.scenario.settings.occupancy
    room = plan.openings.set_index("site_id")["capacity"].astype(float) * occupancy
    cases = plan.assignments.groupby("territory_id")["cases"].sum()
    pairs = plan.scenario.travel_times.set_index(["origin_id", "destination_id"])["minutes"]
    index = [(t, s) for t in cases.index for s in room.index]
    out = np.array([[t == town for t, _ in index] for town in cases.index], dtype=float)
    into = np.array([[s == site for _, s in index] for site in room.index], dtype=float)
    minutes = [float(pairs[pair]) for pair in index]
    return float(linprog(minutes, A_ub=into, b_ub=room, A_eq=out, b_eq=cases).fun)


def _without_last_mile(case: Scenario) -> float:
    found = DirectEngine().run(assemble(case), Search(EXACT.limits(case.settings), module.Reporter()))
    assert found.incumbent is not None
    return found.incumbent.objective


def test_where_no_time_is_left_for_its_flows_the_plan_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redesaude.solving.last_mile._LastMile.flows", lambda _: False)
    one_way = rows(
        {"specialty_id": "cardio", "size_id": "small", "capacity": 40, "fixed_cost": 300, "cost_per_case": 9},
    )
    whole = scenario().specialties.assign(single_source=True)
    plan = solve(scenario(sizes=one_way, specialties=whole), replace(EXACT, engine="decomposed"))
    assert plan.audit.passed
