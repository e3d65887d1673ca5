"""Random tiny scenarios: the optimum of ``solve`` is the best of all networks, tried one by one."""

from __future__ import annotations

from collections import Counter

import pytest
from enumeration import Enumeration

from random_tables import random_tables
from redesaude.errors import InputError
from redesaude.plan.plan import Plan, Status
from redesaude.solving.solve import solve
from tiny import EXACT, scenario

SEEDS = range(30)


@pytest.fixture(scope="module")
def seen() -> Counter[str]:
    """What the plans of all seeds held."""
    return Counter()


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_is_the_best_of_all_networks(seed: int, seen: Counter[str]) -> None:
    case = scenario(**random_tables(seed))
    best = Enumeration(case).best()
    try:
        plan = solve(case, EXACT)
    except InputError:  # cases that must be treated reach no site
        assert best is None
        return
    seen.update(_features(plan))
    if best is None:
        assert plan.status == Status.INFEASIBLE
        assert plan.reason
    else:
        assert plan.status == Status.OPTIMAL
        assert plan.objective == pytest.approx(best, rel=1e-6)
        assert plan.bound == pytest.approx(best, rel=1e-6)


def _features(plan: Plan) -> set[str]:
    lines = set(plan.costs["line"]) | set(plan.openings["status"]) | set(plan.openings["contract_id"])
    return lines | {plan.status.value} | ({"split"} if ((plan.assignments["share"] < 1 - 1e-6).any()) else set())


def test_the_seeds_meet_every_kind_of_decision(seen: Counter[str]) -> None:
    """Runs last: a generator that has become too tame fails here."""
    if sum(seen[status.value] for status in Status) < len(SEEDS) - 3:
        pytest.skip("needs all seeds of this module in one run")
    expected = {
        "optimal", "infeasible", "new", "kept", "converted", "resized", "direct", "ppp", "split", "closing", "unmet",
        "travel", "hosting", "transaction", "oversight", "waiting", "overrun", "unitary_payment",
        "shortfall_access", "shortfall_money", "shortfall_volume",
    }  # fmt: skip
    assert expected - set(seen) == set()
