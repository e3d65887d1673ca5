"""Laws that every optimum obeys, on random tiny scenarios: what can only help never hurts, a name is only a name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from optima import holds, no_more, optimum, same
from random_tables import random_tables
from redesaude.inputs.scenario import Scenario
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from tiny import Tables, rows, scenario
from tiny import settings as stated

pytestmark = pytest.mark.long


@pytest.mark.parametrize("kind", ["capital", "running"])
def test_a_larger_budget_never_hurts(kind: str) -> None:
    def law(seed: int) -> tuple[float, float]:
        elastic = {"hard": "no", "price": 0.7} if kind == "running" else {}
        limits = rows({"funding_id": "treasury", "kind": kind, "amount": 250, **elastic})
        case = scenario(**random_tables(seed) | {"funding": limits})
        return optimum(case.replace(funding=case.funding.assign(amount=400.0))), optimum(case)

    holds(law)


@pytest.mark.parametrize("status", ["required", "forbidden"])
def test_a_forced_choice_never_helps(status: str) -> None:
    def law(seed: int) -> tuple[float, float]:
        tables = random_tables(seed)
        tables.pop("site_services", None)
        forced = rows({"site_id": "h2", "specialty_id": "a", "size_id": "", "status": status})
        return optimum(scenario(**tables)), optimum(scenario(**tables | {"site_services": forced}))

    holds(law)


def test_more_capacity_never_hurts() -> None:
    def law(seed: int) -> tuple[float, float]:
        case = scenario(**random_tables(seed))
        larger = case.replace(sizes=case.sizes.assign(capacity=case.sizes["capacity"] * 1.3))
        return optimum(larger), optimum(case)

    holds(law)


def test_another_candidate_site_never_hurts() -> None:
    def law(seed: int) -> tuple[float, float]:
        tables = random_tables(seed)
        site = rows({"site_id": "h9", "territory_id": "t2", "fixed_cost": 5.0})
        near = {"origin_id": tables["territories"]["territory_id"], "destination_id": "h9", "minutes": 20.0}
        times = pd.concat([tables["travel_times"], pd.DataFrame(near)])
        added = {"sites": pd.concat([tables["sites"], site]), "travel_times": times}
        return optimum(scenario(**tables | added)), optimum(scenario(**tables))

    holds(law)


@pytest.mark.parametrize("column", ["share", "minutes"])
def test_a_looser_access_promise_never_hurts(column: str) -> None:
    def law(seed: int) -> tuple[float, float]:
        promised = rows(
            {"specialty_id": "a", "region_id": "r0", "minutes": 20, "share": 0.8, "hard": "no", "price": 9},
            {"specialty_id": "a", "region_id": "all", "minutes": 40, "share": 0.5},
        )
        case = scenario(**random_tables(seed) | {"access_targets": promised})
        stated = case.access_targets[column]
        looser = case.access_targets.assign(**{column: stated * 0.6 if column == "share" else stated + 20})
        return optimum(case.replace(access_targets=looser)), optimum(case)

    holds(law)


def test_a_contract_with_a_twin_changes_nothing() -> None:
    """Nothing runs today: a contract that is signed already is not the same as its twin, still to be procured."""

    def law(seed: int) -> tuple[float, float]:
        tables = random_tables(seed)
        tables.pop("site_services", None)
        contracts = tables["contracts"].drop(columns="max_contracts", errors="ignore")
        twins = contracts.assign(contract_id=contracts["contract_id"] + " twin")
        alone = optimum(scenario(**tables | {"contracts": contracts}))
        return alone, optimum(scenario(**tables | {"contracts": pd.concat([contracts, twins])}))

    same(law)


def test_names_and_order_mean_nothing() -> None:
    def law(seed: int) -> tuple[float, float]:
        tables = random_tables(seed)
        return optimum(scenario(**tables)), optimum(scenario(**renamed(tables, seed)))

    same(law)


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


def test_another_currency_scales_the_objective() -> None:
    def law(seed: int) -> tuple[float, float]:
        case = scenario(**random_tables(seed))
        return 1000.0 * optimum(case), optimum(_in_currency(case, 1000.0))

    same(law)


def _in_currency(case: Scenario, rate: float) -> Scenario:
    frames: Mapping[str, pd.DataFrame] = {
        sheet: getattr(case, sheet).assign(**{column: getattr(case, sheet)[column] * rate for column in columns})
        for sheet, columns in MONEY.items()
    }
    travel = {name: getattr(case.settings, name) * rate for name in ("patient_minute_cost", "patient_time_value")}
    return case.replace(**frames, settings=_with(case, travel))


def _with(case: Scenario, values: Mapping[str, float]) -> object:
    return type(case.settings)(**{**vars(case.settings), **values})


def test_the_bound_is_never_above_the_best_nor_the_best_above_the_plan() -> None:
    def law(seed: int) -> tuple[float, float]:
        case = scenario(**random_tables(seed))
        best = optimum(case)
        if np.isinf(best):
            return np.inf, np.inf
        rough = solve(case, SolveOptions(gap=0.3, time_limit=30.0))
        assert rough.bound is not None
        assert rough.objective is not None
        assert no_more(best, rough.objective)
        assert rough.gap <= 0.3 + 1e-9
        return rough.bound, best

    holds(law)


def test_dearer_travel_never_costs_less() -> None:
    def law(seed: int) -> tuple[float, float]:
        tables = random_tables(seed)
        base = dict(zip(tables["settings"]["name"], tables["settings"]["value"], strict=True))
        dear = scenario(**tables | {"settings": stated(**base | {"patient_minute_cost": 0.5})})
        return optimum(scenario(**tables)), optimum(dear)

    holds(law)
