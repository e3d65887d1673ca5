"""Strategies side by side: what each may do, what is proven about them, and what is told when rules are broken."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from appraisal_example import contracts, example, example_plan, solved

from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.endings import Ended, Fate
from redesaude.plan.plan import Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies import compare as module
from redesaude.studies.compare import MIX, Comparison, compare
from redesaude.studies.network_changes import network_changes
from redesaude.studies.runs import solve_all
from redesaude.studies.same_network import under_contracts
from redesaude.studies.sharing import cheaper
from redesaude.studies.strategies import everything_direct, ppp_where_eligible, status_quo
from tiny import EXACT, rows, settings, with_columns

VARIANTS = rows(
    {"variant_id": "cheap_ppp", "sheet": "contracts", "key": "ppp", "column": "transaction_cost", "value": "0"},
    {"variant_id": "dear", "sheet": "sizes", "key": "*", "column": "cost_per_case", "operation": "multiply",
     "value": "2"},
)  # fmt: skip


@cache
def compared() -> Comparison:
    return compare(example(variants=VARIANTS), EXACT, variants=["cheap_ppp"])


def row(found: Comparison, strategy: str) -> pd.Series:
    return found.strategies.set_index("strategy_id").loc[strategy]


def contracts_of(plan: Plan) -> dict[str, str]:
    return dict(zip(plan.openings["site_id"], plan.openings["contract_id"], strict=True))


# what each strategy may do


def test_today_keeps_every_existing_service_and_opens_nothing() -> None:
    plan = solve(status_quo(example()), EXACT)
    assert plan.status == Status.OPTIMAL
    assert contracts_of(plan) == {"h1": "direct", "h3": "purchase"}
    assert set(plan.openings["status"]) == {"kept"}
    assert plan.unmet["cases"].sum() == pytest.approx(50)


def test_rules_on_decisions_do_not_bind_today() -> None:
    """Least volumes, centres, firm access and firm money: today cannot keep them, and is told all the same."""
    specialties = with_columns(example().specialties, access_share=0.99, min_centres=3.0, ceiling_minutes=20.0)
    scenario = example(
        specialties=specialties.assign(assignment="nearest"),
        territories=with_columns(example().territories, population=[30.0, 40.0, 5.0]),
        sizes=with_columns(example().sizes, min_cases=15.0),
        fiscal=rows({"fiscal_id": "pay", "kind": "personnel", "base_amount": 1, "share": 0.5}),
    )
    plan = solve(status_quo(scenario), EXACT)
    assert contracts_of(plan) == {"h1": "direct", "h3": "purchase"}
    missed = plan.promises[~plan.promises["met"].astype(bool)]
    assert {"access", "personnel"} <= set(missed["kind"])


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "decided",
    [
        {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "decision": "open"},
        {"site_id": "h1", "specialty_id": "cardio", "period_id": "p", "decision": "close"},
        {"site_id": "all", "specialty_id": "all", "decision": "forbid"},
        {"site_id": "h1", "specialty_id": "cardio", "contract_id": "share", "period_id": "p", "decision": "start"},
    ],
)
def test_today_is_the_same_whatever_is_decided(decided: dict[str, str]) -> None:
    plan, other = (solve(status_quo(case), EXACT) for case in (example(), example(decisions=rows(decided))))
    assert other.status == Status.OPTIMAL
    assert other.objective == pytest.approx(plan.objective, rel=1e-12)
    pd.testing.assert_frame_equal(other.openings, plan.openings)


@pytest.mark.few(1)
@pytest.mark.parametrize("travel", [0.1, 50.0])
def test_where_everyone_must_be_treated_today_treats_as_many_as_find_room(travel: float) -> None:
    """However dear the journey: no case is left aside for which there is room (40 places)."""
    scenario = example(
        specialties=with_columns(example().specialties, unmet_cost=np.nan),
        sizes=example().sizes.assign(build_months=0.0),
        settings=settings(horizon_years=10, base_year=2025, patient_minute_cost=travel, patient_time_weight=1),
        site_services=example().site_services[lambda rows: rows["site_id"] != "h2"],
    )
    plan = solve(status_quo(scenario), EXACT)
    assert plan.audit.passed
    assert plan.assignments["cases"].sum() == pytest.approx(40)
    assert plan.unmet["cases"].sum() == pytest.approx(50)


def test_everything_direct_builds_under_direct_only() -> None:
    plan = solve(_certain(everything_direct(example())), EXACT)
    assert contracts_of(plan) == {"h1": "direct", "h2": "direct", "h3": "purchase"}


def test_todays_other_contract_goes_on_but_builds_nothing_where_direct_is_allowed() -> None:
    services = example().site_services.copy()
    services.loc[services["site_id"] == "h1", "contract_id"] = "share"
    scenario = _certain(everything_direct(example(site_services=services)))
    site = scenario.sites.set_index("site_id").loc["h1"]
    assert set(site["contracts_allowed"]) == {"direct", "share"}
    assert site["contracts_without_works"] == ("share",)


def test_sites_where_direct_is_not_eligible_are_left_as_they_are() -> None:
    """By their owner (h3, private), or by their own list (h2, a hospital already let)."""
    sites = example().sites.copy()
    sites["contracts_allowed"] = pd.Series([(), ("share",), ()], dtype=object)
    scenario = _certain(everything_direct(example().replace(sites=sites)))
    assert scenario.sites["contracts_allowed"].to_list() == [("direct",), ("share",), ()]
    assert scenario.sites["contracts_without_works"].to_list() == [(), (), ()]


@pytest.mark.long
def test_works_are_let_to_project_companies_where_they_may_be() -> None:
    """Direct would cost less, yet h2 is built by a company; h1 goes on directly and cannot grow that way."""
    dear = contracts({"contract_id": "ppp", "transaction_cost": 20_000})
    plan = solve(_certain(ppp_where_eligible(example(contracts=dear))), EXACT)
    assert contracts_of(plan)["h2"] == "ppp"
    assert contracts_of(plan)["h1"] == "direct"
    assert solved(contracts=dear).openings.set_index("site_id").loc["h2", "contract_id"] == "direct"


@pytest.mark.parametrize(
    ("change", "strategy"),
    [({"contract_id": "direct", "delivery_model": "oss"}, everything_direct),
     ({"contract_id": "ppp", "financing": "budget"}, ppp_where_eligible),
     ({"contract_id": "ppp", "active": "no"}, ppp_where_eligible)],
)  # fmt: skip
def test_a_strategy_without_its_contracts_is_left_out(change: dict[str, str], strategy: object) -> None:
    assert strategy(example(contracts=contracts(change))) is None  # type: ignore[operator]


def _certain(scenario: Scenario | None) -> Scenario:
    assert scenario is not None
    return scenario


# the comparison


@pytest.mark.long
def test_all_strategies_are_there_and_their_lines_add_up() -> None:
    found = compared()
    assert list(found.plans) == ["status_quo", "direct_same", "direct", "ppp_same", "ppp", "mix", "variant:cheap_ppp"]
    sums = found.costs.groupby("strategy_id")["npv"].sum()
    for name, plan in found.plans.items():
        assert plan.audit.passed, name
        assert sums[name] == pytest.approx(plan.objective, rel=1e-9)


@pytest.mark.long
def test_the_mix_is_the_least_of_the_strategies_that_keep_the_rules() -> None:
    found = compared()
    costs = found.strategies.set_index("strategy_id")["objective"]
    assert costs[MIX] == costs[["direct_same", "direct", "ppp_same", "ppp", MIX]].min()
    assert costs["direct_same"] >= costs["direct"] - 1e-6  # solved again is never dearer than swapped
    assert costs["ppp_same"] >= costs["ppp"] - 1e-6


def test_the_same_network_has_the_same_services_and_patients() -> None:
    found = compared()
    for name in ("direct_same", "ppp_same"):
        swapped, mix = found.plans[name], found.plans[MIX]
        services = ["site_id", "specialty_id", "size_id", "cases"]
        pd.testing.assert_frame_equal(swapped.openings[services], mix.openings[services])
        pd.testing.assert_frame_equal(swapped.assignments, mix.assignments)
    assert contracts_of(found.plans["direct_same"])["h2"] == "direct"
    assert row(found, "direct_same")["unfit_sites"] == 1  # the private hospital keeps its contract
    assert contracts_of(found.plans["direct_same"])["h3"] == "purchase"


def test_a_swapped_network_costs_what_solving_with_those_contracts_finds() -> None:
    """Where only the contract of h2 is open, the restricted solve and the swap are the same plan."""
    scenario = example(
        site_services=rows(
            {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
             "contract_id": "direct"},
            {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "status": "required"},
            {"site_id": "h1", "specialty_id": "cardio", "size_id": "large", "status": "forbidden"},
            {"site_id": "h3", "specialty_id": "cardio", "status": "forbidden"},
        )
    )  # fmt: skip
    mix, direct = solve(scenario, EXACT), solve(_certain(everything_direct(scenario)), EXACT)
    assert contracts_of(mix) == {"h1": "direct", "h2": "ppp"}
    swapped = under_contracts(mix, {"h1": "direct", "h2": "direct"})
    assert swapped.objective == pytest.approx(direct.objective, rel=1e-9)
    lines = [plan.costs.groupby("line")["npv"].sum() for plan in (swapped, direct)]
    pd.testing.assert_series_equal(*lines)


def test_a_strategy_takes_the_swapped_network_where_its_own_search_found_worse() -> None:
    """The swapped plan is one of the restricted scenario too: it is taken with the bound proven there."""
    best = example_plan()
    swapped = under_contracts(best, contracts_of(best) | {"h2": "direct"})
    restricted = _certain(everything_direct(example()))
    poor = replace(swapped, scenario=restricted, objective=swapped.objective * 2, bound=100.0)  # type: ignore[operator]
    taken = cheaper(poor, swapped)
    assert taken.objective == swapped.objective
    assert taken.bound == 100.0
    assert taken.scenario is restricted
    ppp = under_contracts(best, contracts_of(best))
    assert cheaper(replace(poor, objective=1e9), ppp).objective == 1e9  # it breaks the restriction


def test_benefits_are_against_today() -> None:
    found = compared()
    worth = found.worth.set_index("strategy_id")
    assert worth.loc["status_quo", "net"] == 0
    treated = found.benefits.set_index(["strategy_id", "item"])["change_per_year"]
    assert treated[MIX, "cases_sent_away"] == pytest.approx(-50)
    assert worth.loc["ppp", "dalys"] > worth.loc["direct", "dalys"]  # it opens a year earlier


def test_what_changes_on_the_map() -> None:
    found = compared()
    changes = dict(list(found.changes.groupby(["strategy_id", "against"])))
    assert changes[MIX, "today"]["change"].to_list() == ["opened"]
    assert changes["status_quo", "mix"]["change"].to_list() == ["closed"]
    swap = changes["direct_same", "mix"]
    assert swap[["site_id", "change", "contract_before", "contract_after"]].to_numpy().tolist() == [
        ["h2", "contract", "ppp", "direct"]
    ]


def test_every_kind_of_change() -> None:
    before = {(site, "s"): ("S", "x") for site in "abcdfg"}
    after = {("b", "s"): ("L", "y"), ("c", "s"): ("S", "y"), ("d", "s"): ("S", "x"), ("e", "s"): ("S", "x"),
             ("h", "s"): ("S", "x")}  # fmt: skip
    ended = {("a", "s"): Ended(Fate.CLOSED, ""), ("f", "s"): Ended(Fate.UNCONTRACTED, ""),
             ("g", "s"): Ended(Fate.MOVED, "h")}  # fmt: skip
    kinds = {place[0]: change for place, change, *_ in network_changes(before, after, ended)}
    assert kinds == {"a": "closed", "b": "resized", "c": "contract", "e": "opened", "f": "uncontracted", "g": "moved",
                     "h": "moved_here"}  # fmt: skip


@pytest.mark.long
def test_a_contract_that_ends_and_a_service_that_moves_are_not_told_as_closed_and_opened() -> None:
    """h3, private, is no longer bought from; what h1 did goes on at h2, which stands in its town here."""
    kept = example().site_services.assign(status=["existing", "required", "existing"])
    barred = rows(*({"site_id": s, "specialty_id": "cardio", "status": "forbidden"} for s in ("h1", "h3")))
    barred = pd.concat([kept, barred], ignore_index=True)
    together = example().sites.assign(territory_id=["t1", "t1", "t3"])
    found = compare(example(sites=together, site_services=barred), EXACT)
    mine = found.changes[(found.changes["strategy_id"] == MIX) & (found.changes["against"] == "today")]
    assert dict(zip(mine["site_id"], mine["change"], strict=True)) == {
        "h1": "moved", "h2": "moved_here", "h3": "uncontracted"
    }  # fmt: skip
    told = row(found, MIX)
    assert told[["opened", "moved", "uncontracted", "closed"]].to_list() == [0, 1, 1, 0]


def test_limits_are_told_in_their_worst_year() -> None:
    limits = compared().limits.set_index(["strategy_id", "limit_id", "reading"])
    assert limits.loc[("direct", "art28", "all"), "used"] == 0
    assert limits.loc[("ppp", "art28", "all"), "used"] > limits.loc[("ppp", "art28", "capital"), "used"] > 0
    assert limits.loc[("direct", "treasury", ""), "used"] == pytest.approx(480)
    assert limits.loc[("ppp", "treasury", ""), "used"] == 0


def test_a_variant_stands_beside_the_strategies() -> None:
    found = compared()
    assert row(found, "variant:cheap_ppp")["objective"] == pytest.approx(row(found, MIX)["objective"] - 40)


def test_an_unknown_variant_is_told_before_anything_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "solve_all", lambda *_, **__: pytest.fail("it solved"))
    with pytest.raises(InputError, match="nonsense"):
        compare(example(variants=VARIANTS), EXACT, variants=["nonsense"])


# how it runs


@pytest.mark.long
def test_processes_find_the_same() -> None:
    heard: set[str] = set()
    tasks = {"mix": example(), "today": status_quo(example())}
    options = SolveOptions(gap=0.0, time_limit=30.0, seed=3)
    found = solve_all(tasks, options, jobs=2, progress=lambda name, _: heard.add(name))
    assert list(found) == ["mix", "today"]
    for name, strategy in (("mix", MIX), ("today", "status_quo")):
        assert found[name].objective == pytest.approx(row(compared(), strategy)["objective"], rel=1e-9)
        assert found[name].seed == 3
        assert found[name].scenario is tasks[name]
    assert heard == {"mix", "today"}


@pytest.mark.long
def test_processes_that_are_asked_to_stop_begin_nothing() -> None:
    stop = StopSignal()
    stop.stop()
    assert solve_all({"a": example(), "b": example()}, EXACT, jobs=2, stop=stop) == {}


@pytest.mark.long
def test_when_stopped_what_is_done_is_kept() -> None:
    stop = StopSignal()

    def after_the_first(name: str, step: Progress) -> None:
        if name == MIX and step.stage == "plan":
            stop.stop()

    found = compare(example(), EXACT, progress=after_the_first, stop=stop)
    assert list(found.plans) == ["direct_same", "ppp_same", MIX]
    assert set(found.benefits["strategy_id"]) == set(found.plans)  # against today's services as they go on
    assert found.appraised is not None


@pytest.mark.long
def test_where_nobody_is_treated_today_every_case_is_told_as_unmet() -> None:
    """Everyone must be treated, and today cannot: today is told all the same, and the others are held against it."""
    specialties = with_columns(example().specialties, unmet_cost=np.nan)
    services = example().site_services
    sizes = example().sizes.assign(build_months=0.0)  # nobody is left waiting for works
    only = services[services["site_id"] == "h2"]
    found = compare(example(specialties=specialties, sizes=sizes, site_services=only), EXACT)
    assert row(found, "status_quo")["status"] == "optimal"
    assert found.plans["status_quo"].unmet["cases"].sum() == pytest.approx(90)
    assert row(found, MIX)["verdict"] == "reference"
    assert found.worth.set_index("strategy_id").loc["status_quo", "net"] == 0
