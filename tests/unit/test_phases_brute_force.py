"""Random tiny scenarios of two periods: the optimum of ``solve`` is the best of all paths, one by one."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
from enumerated_paths import Paths
from phased_case import phased_tables

from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, scenario

pytestmark = pytest.mark.long

SEEDS = (1, 4, 5, 13, 15, 18, 25, 39, 44, 47, 70)


@cache
def solved(seed: int) -> tuple[Scenario, Plan]:
    case = scenario(**phased_tables(seed))
    return case, solve(case, EXACT)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_is_the_best_of_all_pairs_of_networks(seed: int) -> None:
    case, plan = solved(seed)
    assert plan.status == Status.OPTIMAL
    assert plan.objective == pytest.approx(Paths(case).best(), rel=1e-6)
    assert plan.bound == pytest.approx(plan.objective, rel=1e-6)


def test_the_seeds_meet_every_change() -> None:
    """A generator that has become too tame fails here."""
    plans = [solved(seed)[1] for seed in SEEDS]
    later = pd.concat([plan.openings[plan.openings["period_id"] == "p2"] for plan in plans])
    assert set(later["change"]) == {"new", "kept", "enlarged", "converted"}
