"""What one run proves serves the others: who restricts whom, and which plans and bounds pass between them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from appraisal_example import example

from random_tables import random_tables
from redesaude.assemble import assemble
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.relation import alike, named, restricts
from redesaude.solving.solve import near, solve
from redesaude.status import Status
from redesaude.studies.compare import MIX, VARIANT, compare
from redesaude.studies.members import Members
from redesaude.studies.runs import solve_all
from redesaude.studies.sharing import bounded, cheaper, shared
from redesaude.studies.strategies import everything_direct, status_quo
from tiny import EXACT, rows, scenario, with_columns

ROUGH = SolveOptions(gap=0.1, time_limit=30.0)


def known(narrow: Scenario, wide: Scenario) -> bool:
    one, other = map(named, alike([assemble(narrow), assemble(wide)]))
    assert one is not None
    assert other is not None
    return restricts(one, other) is not None


def service(status: str, size: str = "", site: str = "h2") -> pd.DataFrame:
    return rows({"site_id": site, "specialty_id": "cardio", "size_id": size, "status": status})


@pytest.mark.parametrize(
    "narrow",
    [
        {"site_services": service("required")},
        {"site_services": service("forbidden")},
        {"site_services": service("required", "large")},
        {"sizes": with_columns(scenario().sizes, capacity=[30.0, 80.0])},
        {"sizes": with_columns(scenario().sizes, min_cases=[0.0, 50.0])},
        {"sizes": with_columns(scenario().sizes, fixed_cost=[400.0, 500.0])},
        {"specialties": with_columns(scenario().specialties, max_centres=1.0)},
        {"specialties": with_columns(scenario().specialties, min_centres=2.0)},
        {"funding": rows({"funding_id": "treasury", "kind": "running", "amount": 2000})},
    ],
)
def test_what_only_takes_away_or_makes_dearer_restricts(narrow: dict[str, pd.DataFrame]) -> None:
    assert known(scenario(**narrow), scenario())


@pytest.mark.parametrize(
    "other",
    [
        {"sizes": with_columns(scenario().sizes, fixed_cost=[400.0, 400.0])},
        {"sizes": with_columns(scenario().sizes, fixed_cost=[200.0, 500.0])},
        {"sizes": with_columns(scenario().sizes, capacity=[50.0, 100.0])},
        {"specialties": with_columns(scenario().specialties, unmet_cost=1.0)},
        {"territories": with_columns(scenario().territories, population=[9.0, 20.0, 30.0])},
    ],
)
def test_what_gives_more_or_prices_otherwise_does_not(other: dict[str, pd.DataFrame]) -> None:
    assert not known(scenario(**other), scenario())
    if "territories" not in other:
        return
    assert not known(scenario(), scenario(**other))


def test_a_tighter_limit_restricts_and_a_looser_one_relaxes() -> None:
    tight, loose = (scenario(funding=rows({"funding_id": "t", "kind": "running", "amount": a})) for a in (1500, 1700))
    assert known(tight, loose)
    assert not known(loose, tight)


def test_fewer_contracts_restrict() -> None:
    direct = everything_direct(example())
    assert direct is not None
    assert known(direct, example())
    assert not known(example(), direct)
    assert not known(status_quo(example()), example())


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(6))
def test_who_restricts_never_costs_less(seed: int) -> None:
    """The relation said of random scenarios, against their optima."""
    tables = random_tables(seed)
    tables.pop("site_services", None)
    base = scenario(**tables)
    wide, sizes = assemble(base), tables["sizes"]
    changes = [
        {"site_services": rows({"site_id": "h2", "specialty_id": "a", "size_id": "", "status": "required"})},
        {"site_services": rows({"site_id": "h1", "specialty_id": "a", "size_id": "", "status": "forbidden"})},
        {"sizes": sizes.assign(capacity=sizes["capacity"] * 0.9)},
        {"sizes": sizes.assign(fixed_cost=sizes["fixed_cost"] * 0.9)},
        {"contracts": tables["contracts"].assign(max_contracts=1.0)},
    ]
    best = solve(base, EXACT)
    for change in changes:
        case = scenario(**tables | change)
        try:
            narrow, plan = named(assemble(case)), solve(case, EXACT)
        except InputError:
            continue
        whole = named(wide)
        assert narrow is not None
        assert whole is not None
        if restricts(narrow, whole) is not None and plan.objective is not None:
            assert best.objective is not None
            assert best.objective <= plan.objective + 1e-6 * abs(plan.objective)


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(8))
def test_forcing_a_centre_never_costs_less_than_not_forcing_it(seed: int) -> None:
    """Roughly solved, as compare tells it: plans and bounds are those of a scenario and of one that restricts it."""
    tables = random_tables(seed)
    tables.pop("site_services", None)
    base = scenario(**tables)
    asked = rows({"site_id": "h2", "specialty_id": "a", "size_id": "", "status": "required"})
    forced = scenario(**tables | {"site_services": asked})
    try:
        plans = {"base": solve(base, ROUGH), "forced": solve(forced, ROUGH)}
    except InputError:
        return
    if not all(plan.has_decisions for plan in plans.values()):
        return
    found = shared(plans)
    free, held = found["base"], found["forced"]
    assert free.audit.passed
    assert held.audit.passed
    assert _cost(free) <= _cost(held) * (1 + 1e-9) or _cost(free) <= _cost(held) + 1e-9
    assert free.bound is not None
    assert held.bound is not None
    assert free.bound <= held.bound
    assert held.bound <= _cost(held) + 1e-6 * abs(_cost(held))
    assert free.faults == held.faults == ()


def _cost(plan: Plan) -> float:
    assert plan.objective is not None
    return plan.objective


def test_a_poor_base_takes_the_plan_of_the_variant_and_hands_down_its_bound() -> None:
    base, forced = scenario(), scenario(site_services=service("required"))
    good = solve(forced, EXACT)
    poor = replace(
        solve(scenario(site_services=service("forbidden")), EXACT), scenario=base, bound=_cost(good) * 0.9, gap=0.5
    )
    found = shared({"base": poor, "forced": replace(good, bound=1.0, gap=0.9, status=Status.FEASIBLE)})
    assert found["base"].objective == good.objective
    assert found["base"].bound == poor.bound
    assert found["forced"].bound == poor.bound


def test_a_plan_priced_otherwise_is_not_taken_but_read_anew() -> None:
    dearer = scenario(sizes=with_columns(scenario().sizes, fixed_cost=[330.0, 550.0]))
    plan = solve(scenario(), EXACT)
    poor = replace(solve(dearer, EXACT), objective=1e9)
    assert cheaper(poor, plan) is poor
    anew = near(replace(plan, scenario=dearer), EXACT)
    assert anew.audit.passed
    assert _cost(anew) == pytest.approx(_cost(solve(dearer, EXACT)))
    assert anew.bound is None


def test_what_does_not_fit_gives_no_plan() -> None:
    plan = solve(scenario(), EXACT)
    closed = [{"site_id": s, "specialty_id": "cardio", "status": "forbidden"} for s in plan.openings["site_id"]]
    unmet = with_columns(scenario().specialties, unmet_cost=1e4)
    shut = scenario(site_services=rows(*closed), specialties=unmet)
    assert near(replace(plan, scenario=shut), EXACT).openings["site_id"].isin(plan.openings["site_id"]).sum() == 0


def test_a_bound_that_a_plan_refutes_is_told_and_not_taken() -> None:
    plan = solve(scenario(), EXACT)
    told = bounded(plan, _cost(plan) * 1.1)
    assert told.bound == plan.bound
    assert [fault.kind for fault in told.faults] == ["BoundError"]
    lying = replace(plan, objective=_cost(plan) * 2, bound=_cost(plan) * 1.5, gap=0.25)
    taken = cheaper(lying, plan)
    assert taken.objective == plan.objective
    assert taken.bound is None
    assert [fault.kind for fault in taken.faults] == ["BoundError"]


@pytest.mark.long
def test_compare_states_no_variant_cheaper_than_the_mix_it_restricts() -> None:
    variants = rows(
        {"variant_id": "less_room", "sheet": "sizes", "key": "*", "column": "capacity", "operation": "multiply",
         "value": "0.97"}
    )  # fmt: skip
    found = compare(example(variants=variants), SolveOptions(gap=0.5, time_limit=30.0), variants=["less_room"])
    table = found.strategies.set_index("strategy_id")
    mix, less = table.loc[MIX], table.loc[VARIANT + "less_room"]
    assert mix["objective"] <= less["objective"] + 1e-6
    assert mix["low"] <= less["low"] + 1e-6
    for name in ("direct", "ppp"):
        assert table.loc[name, "objective"] <= table.loc[f"{name}_same", "objective"] + 1e-6


@pytest.mark.long
def test_processes_share_as_well() -> None:
    base, forced = scenario(), scenario(site_services=service("required"))
    found = shared(solve_all({"base": base, "forced": forced}, ROUGH, jobs=2))
    assert _cost(found["base"]) <= _cost(found["forced"]) + 1e-9
    assert np.isfinite(_cost(found["forced"]))


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.long)])
def test_every_plan_is_priced_anew_in_the_others(jobs: int, tmp_path: Path) -> None:
    """Two members have a poor plan each, a third the good network: at other prices, so that its plan fits neither."""
    two = pd.concat([service("required", "small", site) for site in ("h1", "h2")])  # no single change betters them
    prices = {"first": [300.0, 500.0], "second": [310.0, 520.0], "third": [320.0, 540.0]}
    sizes = {name: {"sizes": with_columns(scenario().sizes, fixed_cost=each)} for name, each in prices.items()}
    cases = {name: scenario(**size) for name, size in sizes.items()}
    members, best = Members(tmp_path, resume=True), {name: solve(case, EXACT) for name, case in cases.items()}
    kept = replace(ROUGH, certificate=False, jobs=jobs)
    for name in ("first", "second"):
        poor = solve(scenario(**sizes[name], site_services=two), EXACT)
        poor = replace(poor, scenario=cases[name], status=Status.FEASIBLE, bound=0.5 * _cost(best[name]))
        assert _cost(poor) > _cost(best[name]) * 1.01
        members.keep(poor, cases[name], kept)
    members.keep(best["third"], cases["third"], kept)
    found = solve_all(cases, ROUGH, jobs=jobs, members=members)
    for name in cases:
        assert found[name].audit.passed
        assert _cost(found[name]) == pytest.approx(_cost(best[name])), name
