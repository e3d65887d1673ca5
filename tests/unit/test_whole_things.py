"""What is a yes or a no comes out whole, though some of it is a continuous variable.

Stations are tried one by one, with every number of ambulances at each. What the pages of the mathematics say is whole
by itself has one value once the binaries are set: the least that it may be is the most.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from random_tables import phased_tables
from random_tiers import network_tables
from redesaude.assemble import assemble
from redesaude.solving.highs import solve as highs_solve
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude_models.arrays import Floats, Ints
from redesaude_models.network import build_model
from redesaude_models.standard_form import LinearModel, linear_model
from seeds import a_few
from tiny import EXACT, rows, scenario, settings

#: net present cost of the network of the tiny scenario, without stations
_HOSPITALS = 920.0


def _stations(seed: int) -> dict[str, pd.DataFrame]:
    """Three stations for three towns, each reaching some; promises hard or priced."""
    rng = np.random.default_rng(seed)
    minutes = [
        {"station_id": k, "territory_id": t, "minutes": float(rng.choice([5.0, 50.0, 50.0]))}
        for k in ("k1", "k2", "k3")
        for t in ("t1", "t2", "t3")
    ]
    stations = [
        {"station_id": k, "territory_id": t, "status": rng.choice(["candidate", "existing", "kept"]),
         "capex": float(rng.integers(0, 90)), "fixed_cost": float(rng.integers(0, 30)),
         "ambulance_cost": float(rng.integers(1, 40)), "ambulances_max": int(rng.integers(1, 4))}
        for k, t in (("k1", "t1"), ("k2", "t2"), ("k3", "t3"))
    ]  # fmt: skip
    shares = rng.choice([0.3, 0.5, 0.7, 1.0], size=2).tolist()
    price = {"hard": "no", "price": float(rng.integers(1, 9))}
    return {
        "settings": settings(horizon_years=1, discount_rate=0.0, emergency_minutes=20),
        "stations": rows(*stations),
        "station_times": rows(*minutes),
        "emergency": rows(
            {"promise": "cover", "share": shares[0], **price},
            {"promise": "double_cover", "share": shares[1], **(price if seed % 2 else {"hard": "yes"})},
        ),
    }


def _tried(tables: dict[str, pd.DataFrame]) -> float:
    """The least cost of all numbers of ambulances, with what the promises charge; infinite where none keeps them."""
    stations, promised = tables["stations"], tables["emergency"]
    times = tables["station_times"].pivot_table(index="territory_id", columns="station_id", values="minutes")
    near = times.to_numpy() <= 20
    people = np.array([10.0, 20.0, 30.0])
    best = np.inf
    for ambulances in product(*(range(most + 1) for most in stations["ambulances_max"])):
        count = np.array(ambulances)
        opened = count > 0
        if (~opened & (stations["status"] == "kept")).any():
            continue
        cost = float((stations["capex"] * (opened & (stations["status"] == "candidate"))).sum())
        cost += float((stations["fixed_cost"] * opened + stations["ambulance_cost"] * count).sum())
        reached = (near @ opened >= 1, near @ count >= 2)
        for row, kept in zip(promised.itertuples(), reached, strict=True):
            short = max(0.0, row.share * people.sum() - float(people @ kept))
            cost += (np.inf if row.hard == "yes" else row.price) * short if short > 1e-9 else 0.0
        best = min(best, cost)
    return best


@pytest.mark.few(2)
@pytest.mark.parametrize("engine", ["direct", "decomposed"])
@pytest.mark.parametrize("seed", a_few(range(12), 5))
def test_stations_are_the_best_of_all_numbers_of_ambulances(seed: int, engine: str) -> None:
    tables = _stations(seed)
    best = _tried(tables)
    plan = solve(scenario(**tables), SolveOptions(gap=0.0, time_limit=30.0, engine=engine))
    if not np.isfinite(best):
        assert plan.status == Status.INFEASIBLE
        assert any("double_cover" in sentence for sentence in plan.reason)
    else:
        assert plan.objective == pytest.approx(_HOSPITALS + best)
        assert plan.bound == pytest.approx(plan.objective)


def test_the_stations_meet_both_ends() -> None:
    tried = [_tried(_stations(seed)) for seed in range(12)]
    assert np.isinf(tried).any()
    assert np.isfinite(tried).any()


def test_one_ambulance_is_not_half_a_first_and_half_a_second() -> None:
    """Half of the people twice, in one town: that is the town, and two ambulances."""
    plan = solve(
        scenario(
            settings=settings(horizon_years=1, discount_rate=0.0, emergency_minutes=20),
            territories=rows({"territory_id": "t1", "region_id": "west", "population": 10}),
            sites=rows({"site_id": "h1", "territory_id": "t1"}),
            travel_times=rows({"origin_id": "t1", "destination_id": "h1", "minutes": 0}),
            stations=rows({"station_id": "k", "territory_id": "t1", "ambulance_cost": 5, "ambulances_max": 2}),
            station_times=rows({"station_id": "k", "territory_id": "t1", "minutes": 0}),
            emergency=rows(*({"promise": p, "share": 0.5, "hard": "yes"} for p in ("cover", "double_cover"))),
        ),
        EXACT,
    )
    assert plan.stations["ambulances"].to_list() == [2]
    assert plan.bound == pytest.approx(plan.objective)


#: continuous variables that are a yes or a no
_BY_ITSELF = ("step", "signed", "agreement", "station_start")


def _cases() -> list[tuple[str, dict[str, pd.DataFrame]]]:
    """Two periods with steps and contracts, with hubs and satellites, and with stations."""
    stations = _stations(3) | {
        "settings": settings(horizon_years=6, emergency_minutes=20),
        "periods": rows(*({"period_id": f"p{n}", "first_year": 2025 + 2 * n, "years": 2} for n in range(3))),
    }
    phased = [(f"phased {seed}", phased_tables(seed, 3, 3, horizon=9)) for seed in (2, 3)]
    tiers = [(f"tiers {seed}", network_tables(seed)) for seed in (0, 2, 4, 6)]
    return [*phased, *tiers, ("stations", stations)]


@pytest.mark.parametrize(("name", "tables"), [pytest.param(*case, id=case[0]) for case in _cases()])
def test_what_is_whole_by_itself_has_one_value_once_the_binaries_are_set(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    """For random plans (optima at random costs of the binaries): whatever a yes or no costs, it is one of the two."""
    arrays = linear_model(build_model(assemble(scenario(**tables)).problem))
    names = np.array([variable.parent_component().local_name for variable in arrays.variables])
    binaries = np.flatnonzero(arrays.integer)
    columns = np.flatnonzero(np.isin(names, _BY_ITSELF) & ~arrays.integer)
    assert len(columns), name
    rng = np.random.default_rng(len(names))
    yes = np.zeros(len(columns))
    for _ in range(5):
        plan = _solved(_at(arrays, binaries, rng))
        settled = arrays.fixed(binaries, np.round(plan[binaries]))
        least, most = (_extreme(settled, columns, sign) for sign in (1.0, -1.0))
        np.testing.assert_allclose(least, most, atol=1e-6)
        np.testing.assert_allclose(least, np.round(least), atol=1e-6)
        yes += least
    assert yes.any(), "no plan took one"


def _at(arrays: LinearModel, columns: Ints, rng: np.random.Generator) -> LinearModel:
    """The model in which nothing but ``columns`` costs, at random."""
    cost = np.zeros(len(arrays.cost))
    cost[columns] = rng.normal(size=len(columns))
    return replace(arrays, cost=cost)


def _extreme(arrays: LinearModel, columns: Ints, sign: float) -> Floats:
    """The values of ``columns`` where their sum is least (most, with -1)."""
    cost = np.zeros(len(arrays.cost))
    cost[columns] = sign
    return _solved(replace(arrays, cost=cost))[columns]


def _solved(arrays: LinearModel) -> Floats:
    values = highs_solve(arrays, Limits(gap=0.0, seconds=20.0)).values  # noqa: PD011
    assert values is not None
    return values
