"""Laws that every optimum obeys, on random tiny scenarios: what can only help never hurts, a name is only a name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optima import no_more, optimum
from random_tables import random_tables
from redesaude.inputs.scenario import Scenario
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from tiny import Tables, rows, scenario
from tiny import settings as stated

SEEDS = st.integers(0, 10**6)
law = settings(derandomize=True, max_examples=3, deadline=None, database=None)


@law
@given(SEEDS, st.sampled_from(["capital", "running"]))
def test_a_larger_budget_never_hurts(seed: int, kind: str) -> None:
    elastic = {"hard": "no", "price": 0.7} if kind == "running" else {}
    limits = rows({"funding_id": "treasury", "kind": kind, "amount": 250, **elastic})
    case = scenario(**random_tables(seed) | {"funding": limits})
    richer = case.replace(funding=case.funding.assign(amount=400.0))
    assert no_more(optimum(richer), optimum(case))


@law
@given(SEEDS, st.sampled_from(["required", "forbidden"]))
def test_a_forced_choice_never_helps(seed: int, status: str) -> None:
    tables = random_tables(seed)
    tables.pop("site_services", None)
    forced = rows({"site_id": "h2", "specialty_id": "a", "size_id": "", "status": status})
    assert no_more(optimum(scenario(**tables)), optimum(scenario(**tables | {"site_services": forced})))


@law
@given(SEEDS)
def test_more_capacity_never_hurts(seed: int) -> None:
    case = scenario(**random_tables(seed))
    larger = case.replace(sizes=case.sizes.assign(capacity=case.sizes["capacity"] * 1.3))
    assert no_more(optimum(larger), optimum(case))


@law
@given(SEEDS)
def test_another_candidate_site_never_hurts(seed: int) -> None:
    tables = random_tables(seed)
    site = rows({"site_id": "h9", "territory_id": "t2", "fixed_cost": 5.0})
    times = pd.DataFrame({"origin_id": tables["territories"]["territory_id"], "destination_id": "h9", "minutes": 20.0})
    added = {"sites": pd.concat([tables["sites"], site]), "travel_times": pd.concat([tables["travel_times"], times])}
    assert no_more(optimum(scenario(**tables | added)), optimum(scenario(**tables)))


@law
@given(SEEDS)
def test_a_looser_access_promise_never_hurts(seed: int) -> None:
    promised = rows(
        {"specialty_id": "a", "region_id": "r0", "minutes": 20, "share": 0.8, "hard": "no", "price": 9},
        {"specialty_id": "a", "region_id": "all", "minutes": 40, "share": 0.5},
    )
    case = scenario(**random_tables(seed) | {"access_targets": promised})
    for column, value in (
        ("share", case.access_targets["share"] * 0.6),
        ("minutes", case.access_targets["minutes"] + 20),
    ):
        looser = case.replace(access_targets=case.access_targets.assign(**{column: value}))
        assert no_more(optimum(looser), optimum(case))


@law
@given(SEEDS)
def test_a_contract_with_a_twin_changes_nothing(seed: int) -> None:
    """Nothing runs today: a contract that is signed already is not the same as its twin, still to be procured."""
    tables = random_tables(seed)
    tables.pop("site_services", None)
    contracts = tables["contracts"].drop(columns="max_contracts", errors="ignore")
    twins = contracts.assign(contract_id=contracts["contract_id"] + " twin")
    alone = optimum(scenario(**tables | {"contracts": contracts}))
    both = optimum(scenario(**tables | {"contracts": pd.concat([contracts, twins])}))
    assert both == pytest.approx(alone, rel=1e-6)


@law
@given(SEEDS)
def test_names_and_order_mean_nothing(seed: int) -> None:
    tables = random_tables(seed)
    assert optimum(scenario(**renamed(tables, seed))) == pytest.approx(optimum(scenario(**tables)), rel=1e-6)


def renamed(tables: Tables, seed: int) -> Tables:
    """The tables with other ids everywhere, and their rows in another order."""
    ids = [*tables["territories"]["territory_id"], *tables["sites"]["site_id"], *tables["specialties"]["specialty_id"]]
    ids += [*tables["contracts"]["contract_id"], *tables["sizes"]["size_id"].unique(), "north", "r0", "r1"]
    order = np.random.default_rng(seed).permutation(len(ids))
    names = {old: f"x{order[n]:03d}" for n, old in enumerate(ids)}
    return {
        sheet: frame.assign(**{c: frame[c].replace(names) for c in frame if c.endswith("_id")}).sample(
            frac=1.0, random_state=seed
        )
        for sheet, frame in tables.items()
    }


#: columns that hold money, by sheet; prices of money itself are plain numbers
MONEY = {
    "sizes": ("capex", "fixed_cost", "cost_per_case", "min_cases_price"),
    "sites": ("fixed_cost",),
    "specialties": ("unmet_cost",),
    "site_services": ("closing_cost",),
    "contracts": ("transaction_cost", "oversight_cost", "min_value"),
    "access_targets": ("price",),
    "funding": ("amount",),
    "fiscal": ("base_amount", "committed"),
}


@law
@given(SEEDS)
def test_another_currency_scales_the_objective(seed: int) -> None:
    case = scenario(**random_tables(seed))
    assert optimum(_in_currency(case, 1000.0)) == pytest.approx(1000.0 * optimum(case), rel=1e-6)


def _in_currency(case: Scenario, rate: float) -> Scenario:
    frames: Mapping[str, pd.DataFrame] = {
        sheet: getattr(case, sheet).assign(**{column: getattr(case, sheet)[column] * rate for column in columns})
        for sheet, columns in MONEY.items()
    }
    travel = {name: getattr(case.settings, name) * rate for name in ("patient_minute_cost", "patient_time_value")}
    return case.replace(**frames, settings=_with(case, travel))


def _with(case: Scenario, values: Mapping[str, float]) -> object:
    return type(case.settings)(**{**vars(case.settings), **values})


@law
@given(SEEDS)
def test_the_bound_is_never_above_the_best_nor_the_best_above_the_plan(seed: int) -> None:
    case = scenario(**random_tables(seed))
    best = optimum(case)
    if np.isinf(best):
        return
    rough = solve(case, SolveOptions(gap=0.3, time_limit=30.0))
    assert rough.bound is not None
    assert rough.objective is not None
    assert no_more(rough.bound, best)
    assert no_more(best, rough.objective)
    assert rough.gap <= 0.3 + 1e-9


@law
@given(SEEDS)
def test_dearer_travel_never_costs_less(seed: int) -> None:
    tables = random_tables(seed)
    base = dict(zip(tables["settings"]["name"], tables["settings"]["value"], strict=True))
    dear = scenario(**tables | {"settings": stated(**base | {"patient_minute_cost": 0.5})})
    assert no_more(optimum(scenario(**tables)), optimum(dear))
