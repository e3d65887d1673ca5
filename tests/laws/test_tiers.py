"""Laws of tiers and support on random small networks: without them nothing changes, more of a hub never hurts."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from optima import holds, optimum
from random_networks import random_network
from random_tiers import network_tables
from redesaude.assemble import assemble
from redesaude.errors import InputError
from redesaude.solving.core.journey_core import cheapest, core_of
from redesaude.solving.highs import solve as highs_solve
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.solve import solve
from redesaude_models.network import build_model
from redesaude_models.standard_form import LinearModel, linear_model
from tiny import EXACT, Tables, rows, scenario

pytestmark = pytest.mark.long

#: tiny networks of one period (odd) and of two
SEEDS = (20, 21, 22, 23, 25)
DECOMPOSED = SolveOptions(gap=0.0, time_limit=30.0, engine="decomposed")


def in_tiers(seed: int) -> Tables:
    """Random networks of several specialties and every other rule; small sizes send up, and some need a hub."""
    tables, rng = random_network(seed), np.random.default_rng([seed, 11])
    small = tables["sizes"]["size_id"] == "S"
    needs = small & (rng.random(len(small)) < 0.6)
    sizes = tables["sizes"].assign(
        treats_share=np.where(small, rng.choice([0.4, 0.7], len(small)), 1.0),
        treats_share_mature=np.where(needs, 0.8, np.nan),
        needs_support=np.where(needs, "yes", "no"),
        supports_max=np.where(small, 0, 2),
    )
    names = sorted(set(sizes.loc[needs, "specialty_id"]))
    agreements = [{"specialty_id": s, "support_years": 3, "hub_cost": 4, "satellite_cost": 6} for s in names]
    specialties = tables["specialties"].assign(transfer_cost=2.0, transfer_minutes=50.0)
    found = tables | {"sizes": sizes, "specialties": specialties}
    return found | {"support": rows(*agreements)} if names else found


def arrays_of(tables: Tables) -> tuple[LinearModel, list[str]]:
    """The arrays of the model, and the names of its columns."""
    model = build_model(assemble(scenario(**tables)).problem)
    arrays = linear_model(model)
    return arrays, [variable.name for variable in arrays.variables]


@pytest.mark.parametrize("seed", range(12))
def test_without_tiers_and_support_the_model_is_the_same(seed: int) -> None:
    """Sizes that treat everything and hubs that nobody needs: not a row, column or number changes."""
    tables = random_network(seed)
    told = tables | {
        "sizes": tables["sizes"].assign(treats_share=1.0, needs_support="no", supports_max=3),
        "specialties": tables["specialties"].assign(transfer_cost=5.0, transfer_minutes=60.0),
        "support": rows({"specialty_id": "a", "support_years": 2, "hub_cost": 9.0, "satellite_cost": 9.0}),
    }
    try:
        (plain, names), (with_all, told_names) = arrays_of(tables), arrays_of(told)
    except InputError:
        pytest.skip("cases that must be treated reach no site")
    assert (plain.matrix != with_all.matrix).nnz == 0
    for name in (f.name for f in fields(LinearModel) if f.name not in ("matrix", "variables", "rows")):
        assert np.array_equal(getattr(plain, name), getattr(with_all, name))
    assert names == told_names
    assert plain.rows == with_all.rows


@pytest.mark.parametrize("more", ["supports_max", "capacity"])
def test_more_of_a_hub_never_hurts(more: str) -> None:
    def law(seed: int) -> tuple[float, float]:
        case = scenario(**network_tables(20 + seed))
        hub = case.sizes["supports_max"] > 0
        larger = case.sizes[more].where(~hub, case.sizes[more] * 1.4 if more == "capacity" else case.sizes[more] + 1)
        return optimum(case.replace(sizes=case.sizes.assign(**{more: larger}))), optimum(case)

    holds(law)


def test_an_agreement_less_never_helps() -> None:
    def law(seed: int) -> tuple[float, float]:
        tables = network_tables(20 + seed)
        barred = {"specialty_id": "cardio", "hub_site_id": "h2", "satellite_site_id": "h1", "status": "forbidden"}
        support = tables["support"]
        free = support[support.get("status", pd.Series("", support.index)) != "given"]
        fewer = pd.concat([free, rows(barred)])
        return (
            optimum(scenario(**tables | {"support": free})),
            optimum(scenario(**tables | {"support": fewer})),
        )

    holds(law)


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_the_order_and_the_names_of_rows_do_not_matter(seed: int) -> None:
    tables = network_tables(seed)
    renamed = {
        name: frame.iloc[::-1].reset_index(drop=True).replace({"h0": "z", "h1": "y", "h2": "x", "clinic": "a0"})
        for name, frame in tables.items()
        if name not in ("settings", "periods")
    }
    assert optimum(scenario(**tables | renamed)) == pytest.approx(optimum(scenario(**tables)), rel=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_apart_is_not_above_the_optimum(seed: int) -> None:
    """Both engines on networks with every rule; the bounds of one never pass the plan of the other."""
    case = scenario(**in_tiers(seed))
    try:
        direct = solve(case, EXACT)
    except InputError:
        pytest.skip("cases that must be treated reach no site")
    apart = solve(case, DECOMPOSED)
    assert apart.status == direct.status
    if direct.objective is None:
        pytest.skip("no plan keeps the hard promises, as both engines say")
    assert apart.objective is not None
    assert apart.bound is not None
    slack = 1e-6 * abs(direct.objective)
    assert apart.bound <= direct.objective + slack
    assert abs(apart.objective - direct.objective) <= slack


@pytest.mark.parametrize("seed", SEEDS)
def test_the_core_of_a_network_in_tiers_is_a_bound(seed: int) -> None:
    problem = assemble(scenario(**network_tables(seed))).problem
    limits = Limits(0.0, 30.0)
    whole = highs_solve(linear_model(build_model(problem)), limits).objective
    core = core_of(problem, cheapest(problem, 1))
    below = highs_solve(linear_model(build_model(core.problem)), limits).objective
    assert whole is not None
    assert below is not None
    assert below <= whole + 1e-6 * abs(whole)


def test_the_networks_hold_what_the_laws_are_about() -> None:
    plans = [solve(scenario(**in_tiers(seed)), EXACT) for seed in (1, 3, 5)]
    assert any(len(plan.support) for plan in plans)
    assert any(len(plan.transfers) for plan in plans)
