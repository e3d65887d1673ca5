"""So much work gives the same plan, whatever else the machine does and however its clock runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import tiny
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving import highs_run
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve

_TABLES = ("openings", "assignments", "costs", "unmet", "promises")


def towns(count: int = 24, sites: int = 8, kinds: int = 3) -> Scenario:
    """Towns at random, sites of few services each, several specialties in two sizes with least volumes."""
    random = np.random.default_rng(4)
    place, names = random.uniform(0, 100, (count, 2)), [f"s{k}" for k in range(kinds)]
    apart = np.hypot(*(place[:, None, :] - place[None, :sites, :]).transpose(2, 0, 1)).round()
    return tiny.scenario(
        settings=tiny.settings(patient_time_weight=1, patient_minute_cost=1),
        territories=tiny.rows(
            *({"territory_id": f"t{i}", "population": int(random.integers(5, 36))} for i in range(count))
        ),
        specialties=tiny.rows(*({"specialty_id": s, "cases_per_100k": 100_000, "trips_per_case": 0.5} for s in names)),
        sites=tiny.rows(
            *({"site_id": f"h{j}", "territory_id": f"t{j}", "fixed_cost": 700, "max_services": 2} for j in range(sites))
        ),
        sizes=tiny.rows(
            *(
                {"specialty_id": s, "size_id": size, "capacity": room, "fixed_cost": cost, "min_cases": least}
                for s in names
                for size, room, cost, least in (("m", 110, 1500, 60), ("l", 170, 1900, 120))
            )
        ),
        travel_times=tiny.times({f"t{i}": {f"h{j}": apart[i, j] for j in range(sites)} for i in range(count)}),
    )


@contextmanager
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the interpreter busy in another thread, and hold up the callbacks of the solver now and then."""
    done, random, count = threading.Event(), np.random.default_rng(1), highs_run.Run._count

    def spin() -> None:
        while not done.is_set():
            sum(range(2_000))

    def slowly(run: highs_run.Run, iterations: int) -> None:
        if random.random() < 0.02:
            time.sleep(0.01)
        count(run, iterations)

    thread = threading.Thread(target=spin, daemon=True)
    with monkeypatch.context() as patch:
        patch.setattr(highs_run.Run, "_count", slowly)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


@pytest.mark.few(1)
@pytest.mark.parametrize("engine", ["direct", "decomposed"])
def test_the_same_work_gives_the_same_plan_under_any_load(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = towns()
    options = SolveOptions(gap=0.0, work=800, deterministic=True, engine=engine, seed=2)
    quiet = solve(case, options)
    with busy(monkeypatch):
        loaded = solve(case, options)
    assert quiet.deterministic
    assert loaded.deterministic
    assert quiet.work == loaded.work >= 800  # work ended it, in the middle of the search
    _same(quiet, loaded)


@pytest.mark.long
def test_a_time_limit_that_cuts_in_is_told() -> None:
    options = SolveOptions(gap=0.0, work=10**9, deterministic=True, time_limit=1.0)
    plan = solve(towns(), options)
    assert not plan.deterministic
    assert any("cut short" in line for line in plan.log)
    assert not solve(towns(), replace(options, deterministic=False, work=None)).deterministic


def _same(one: Plan, other: Plan) -> None:
    assert (one.objective, one.bound, one.status) == (other.objective, other.bound, other.status)
    for name in _TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
