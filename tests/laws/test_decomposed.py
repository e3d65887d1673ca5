"""The decomposed engine against the direct one on random small networks: same optimum, bound never above it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tiny
from redesaude.assemble import assemble
from redesaude.inputs.scenario import Scenario
from redesaude.plan.journal import Kept, read_journal
from redesaude.solving.certify import Evidence, certificate_of
from redesaude.solving.journal import Journal
from redesaude.solving.layout import layout_of
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.parameters import DEFAULTS, Certifying
from redesaude.solving.progress import StopSignal
from redesaude.solving.relaxation.sharper import sharper
from redesaude.solving.simplex import GrowingRelaxation, Relaxation
from redesaude.solving.solve import solve
from redesaude.solving.specialties import lagrangian_bound
from redesaude.solving.specialties.blocks import Blocks
from redesaude.solving.specialties.lagrangian_bound import LagrangianBound
from redesaude.solving.specialties.primal_dual import PrimalDual
from redesaude.status import Status, Termination
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model
from seeds import a_few

FINE = SolveOptions(gap=0.0, time_limit=20.0)


def _specialties(random: np.random.Generator, names: list[str]) -> pd.DataFrame:
    elastic = {"access_hard": "no", "access_price": float(random.integers(10, 60))}
    return tiny.rows(
        *(
            {
                "specialty_id": name,
                "cases_per_100k": 100_000 * float(random.uniform(0.2, 1.0)),
                "assignment": "nearest" if random.random() < 0.3 else "planned",
                "access_minutes": 40,
                "access_share": float(random.uniform(0.3, 0.9)),
                "ceiling_minutes": float(random.integers(60, 140)),
                "unmet_cost": float(random.integers(40, 120)),
                "trips_per_case": 1,
                **elastic,
            }
            for name in names
        )
    )


def _sizes(random: np.random.Generator, names: list[str]) -> pd.DataFrame:
    return tiny.rows(
        *(
            {
                "specialty_id": name,
                "size_id": size,
                "capacity": capacity,
                "min_cases": int(random.integers(0, 15)),
                "capex": float(random.integers(100, 900)),
                "fixed_cost": float(random.integers(50, 400)),
                "cost_per_case": float(random.integers(5, 20)),
            }
            for name in names
            for size, capacity in (("small", 30), ("large", 90))
        )
    )


def network(seed: int) -> Scenario:
    """Two or three specialties over a handful of places, coupled by contracts, money, co-location and lots."""
    random = np.random.default_rng(seed)
    places, sites, kinds = int(random.integers(4, 8)), int(random.integers(2, 5)), int(random.integers(2, 4))
    names = [f"s{k}" for k in range(kinds)]
    specialties, sizes = _specialties(random, names), _sizes(random, names)
    contracts = tiny.rows(
        {"contract_id": "direct", "capex_factor": 1.3},
        {"contract_id": "oss", "delivery_model": "oss", "opex_factor": 0.9, "transaction_cost": 80.0},
        {**tiny.PPP, "needs_works": "yes", "transaction_cost": 60.0, "max_contracts": 1},
    )
    return tiny.scenario(
        territories=tiny.rows(
            *({"territory_id": f"t{i}", "population": int(random.integers(5, 40))} for i in range(places))
        ),
        sites=tiny.rows(
            *(
                {"site_id": f"h{j}", "territory_id": f"t{j}", "lot_id": "lot" if j < 2 else "", "fixed_cost": 30.0}
                for j in range(sites)
            )
        ),
        specialties=specialties,
        sizes=sizes,
        contracts=contracts,
        requires=tiny.rows({"specialty_id": names[1], "required_specialty_id": names[0]}),
        funding=tiny.rows({"funding_id": "state", "amount": float(random.integers(600, 3000)), "hard": "yes"}),
        travel_times=pd.DataFrame(
            [(f"t{i}", f"h{j}", float(random.integers(0, 120))) for i in range(places) for j in range(sites)],
            columns=["origin_id", "destination_id", "minutes"],
        ),
        settings=tiny.settings(patient_time_weight=1.0, patient_time_value=6.0),
    )


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", a_few(range(8), 4))
def test_bound_is_never_above_the_optimum_and_the_plan_reaches_it(seed: int) -> None:
    case = network(seed)
    best = solve(case, replace(FINE, engine="direct"))
    apart = solve(case, SolveOptions(gap=0.0, time_limit=20.0, engine="decomposed"))
    assert best.status == Status.OPTIMAL
    assert apart.has_decisions
    assert best.objective is not None
    assert apart.objective is not None
    assert apart.bound is not None
    slack = 1e-6 * abs(best.objective)
    assert apart.bound <= best.objective + slack
    assert apart.objective >= best.objective - slack
    assert apart.objective <= best.objective + slack


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", a_few(range(16, 22), 3))
def test_any_multipliers_give_a_valid_bound(seed: int) -> None:
    case = network(seed)
    optimum = solve(case, replace(FINE, engine="direct")).objective
    assert optimum is not None
    problem = assemble(case).problem
    arrays = linear_model(build_model(problem))
    layout = layout_of(arrays, problem)
    below = LagrangianBound(Blocks(arrays, layout.specialty), sharper(arrays, problem))
    limits = Limits(0.0, 5.0)
    relaxed, value = below.multipliers(limits)
    assert value is not None
    random = np.random.default_rng(seed)
    for multipliers in (relaxed, below.allowed(relaxed * random.uniform(0, 3, len(relaxed))), 0 * relaxed):
        bounds = list(below.rise(multipliers, lambda _: limits, lambda: False))
        assert bounds == sorted(bounds)
        assert bounds[-1] <= optimum + 1e-6 * abs(optimum)
    assert list(below.rise(relaxed, lambda _: limits, lambda: False))[-1] >= value - 1e-6 * abs(value)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(16, 19))
def test_a_resumed_search_goes_on_from_the_multipliers_of_its_journal(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, path = network(seed), tmp_path / ".base.journal"
    options = SolveOptions(gap=0.01, time_limit=20.0, engine="decomposed", threads=1, certificate=False)
    solve(case, options, journal=Journal(path, Kept(case.input_sha256)))
    kept = read_journal(path)
    assert kept is not None
    assert kept.bound is not None
    assert kept.multipliers is not None
    monkeypatch.setattr(PrimalDual, "_relaxations", None)  # nothing of the ascent so far is done again
    for known in (kept, replace(kept, bound=None)):
        resumed = solve(case, options, journal=Journal(path, known, resume=True))
        assert resumed.bound is not None
        assert resumed.bound >= (known.bound or 0.0)
    assert resumed.gap is not None
    assert resumed.gap <= options.gap + 1e-9


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(16, 19))
def test_the_blocks_alone_prove_something_before_the_whole_is_relaxed(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = network(seed)
    optimum = solve(case, replace(FINE, engine="direct")).objective
    assert optimum is not None
    problem = assemble(case).problem
    arrays = linear_model(build_model(problem))
    layout = layout_of(arrays, problem)
    below = LagrangianBound(Blocks(arrays, layout.specialty), sharper(arrays, problem))
    monkeypatch.setattr(lagrangian_bound, "relaxation", lambda *_: None)
    limits = Limits(0.0, 5.0)
    first = below.begin(lambda _: limits)
    assert first is not None
    assert 0.0 < first <= optimum + 1e-6 * abs(optimum)
    duals = below.duals
    assert duals is not None
    assert below.multipliers(limits)[1] is None
    made = certificate_of(problem, Evidence(arrays, duals), Limits(0.0, 1e-3))
    assert made.bound <= optimum
    in_blocks = Certifying(columns=0)
    made = certificate_of(problem, Evidence(arrays, duals), Limits(0.0, 1e-3), parameters=in_blocks)  # the duals alone
    assert first - 1e-6 * abs(first) <= made.bound <= optimum


def test_a_block_that_takes_too_long_costs_not_the_bound_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = assemble(network(16)).problem
    arrays = linear_model(build_model(problem))
    layout = layout_of(arrays, problem)
    limits, real, turns = Limits(0.0, 5.0), GrowingRelaxation.solve, []

    def one_late(self: GrowingRelaxation, limits: Limits) -> Relaxation | None:
        turns.append(self)
        return None if len(turns) == 2 else real(self, limits)

    whole = LagrangianBound(Blocks(arrays, layout.specialty), sharper(arrays, problem)).begin(lambda _: limits)
    monkeypatch.setattr(GrowingRelaxation, "solve", one_late)
    below = LagrangianBound(Blocks(arrays, layout.specialty), sharper(arrays, problem))
    some = below.begin(lambda _: limits)
    assert whole is not None
    assert some is not None
    assert 0.0 < some < whole
    assert below.duals is not None


@pytest.mark.parametrize("seed", a_few(range(16, 22), 3))
def test_what_the_blocks_propose_costs_what_is_proven_of_them(seed: int) -> None:
    problem = assemble(network(seed)).problem
    arrays = linear_model(build_model(problem))
    layout = layout_of(arrays, problem)
    below = LagrangianBound(Blocks(arrays, layout.specialty), sharper(arrays, problem))
    assert below.proposed is None
    limits = Limits(0.0, 5.0)
    bounds = list(below.rise(below.multipliers(limits)[0], lambda _: limits, lambda: False))
    proposed = below.proposed
    assert proposed is not None
    assert np.abs(proposed - np.round(proposed))[arrays.integer].max() <= 1e-6
    excess = below.excess(proposed)
    assert min(excess.values()) >= -1e-6 * abs(bounds[-1])
    assert sum(excess.values()) <= 2 * DEFAULTS.specialties.block_gap * abs(bounds[-1])


def test_same_seed_same_plan() -> None:
    case = network(3)
    options = SolveOptions(gap=0.0, time_limit=30.0, engine="decomposed", seed=7)
    first, second = (solve(case, options) for _ in range(2))
    pd.testing.assert_frame_equal(first.openings, second.openings)
    assert first.objective == second.objective


@pytest.mark.parametrize("threads", [1, 2])
def test_a_stop_keeps_the_best_plan(threads: int) -> None:
    stop = StopSignal()
    threading.Timer(1.5, stop.stop).start()
    options = SolveOptions(gap=0.0, time_limit=60.0, engine="decomposed", threads=threads)
    plan = solve(network(5), options, stop=stop)
    assert plan.has_decisions
    assert plan.audit.passed
    assert plan.termination in (Termination.INTERRUPTED, Termination.GAP_REACHED)
