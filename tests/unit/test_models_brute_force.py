"""Random tiny scenarios: the optimum of ``solve`` is the best of all networks, tried one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from enumeration import Enumeration

from random_tables import random_tables
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, scenario

SEEDS = range(30)


@pytest.fixture(scope="module")
def seen() -> Counter[str]:
    """What the plans of all seeds held."""
    return Counter()


@pytest.fixture(scope="module")
def seen_elsewhere() -> set[str]:
    """What the plans held in which some are treated elsewhere."""
    return set()


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_is_the_best_of_all_networks(seed: int, seen: Counter[str]) -> None:
    seen.update(_features(solved_as_the_best(scenario(**random_tables(seed)))))


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", range(12))
def test_so_it_is_where_some_are_treated_elsewhere_and_waiting_is_weighed(seed: int, seen_elsewhere: set[str]) -> None:
    case = scenario(**random_tables(seed))
    shares = np.resize(np.roll([0.0, 0.3, 0.8], seed), len(case.specialties))
    specialties = case.specialties.assign(treated_elsewhere_share=shares)
    weighed = replace(case.settings, waiting_weight=0.5)
    seen_elsewhere.update(_features(solved_as_the_best(case.replace(specialties=specialties, settings=weighed))))


def solved_as_the_best(case: Scenario) -> Plan | None:
    """Solve, and hold the optimum against the best of all networks; None where cases reach no site."""
    best = Enumeration(case).best()
    try:
        plan = solve(case, EXACT)
    except InputError:  # cases that must be treated reach no site
        assert best is None
        return None
    if best is None:
        assert plan.status == Status.INFEASIBLE
        assert plan.reason
    else:
        assert plan.status == Status.OPTIMAL
        assert plan.objective == pytest.approx(best, rel=1e-6)
        assert plan.bound == pytest.approx(best, rel=1e-6)
    return plan


def _features(plan: Plan | None) -> set[str]:
    if plan is None:
        return set()
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


@pytest.mark.long
def test_some_of_them_pay_for_care_elsewhere(seen_elsewhere: set[str]) -> None:
    """Runs last, as the test before it."""
    assert not seen_elsewhere or {"elsewhere", "waiting"} <= seen_elsewhere
