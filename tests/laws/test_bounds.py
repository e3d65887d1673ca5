"""What the decomposed engine proves is true: its bound is never above the optimum, its plan never below it.

Sixty random scenarios by default; the environment variable ``REDESAUDE_BOUND_CASES`` asks for more (500 take some
minutes). The optimum is that of the whole model, solved to the end.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from cases import Instance, covering, fixed_charge, p_median, single_source, tight_single_source

from random_networks import random_network
from random_tables import random_tables
from redesaude.assemble import assemble
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.highs import solve as highs
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.solve import solve
from redesaude.status import Status, Termination
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model
from tiny import scenario

pytestmark = pytest.mark.long

CASES = int(os.environ.get("REDESAUDE_BOUND_CASES", "60"))
DECOMPOSED = SolveOptions(gap=0.0, time_limit=2.0, engine="decomposed")

CLASSICAL = {
    "p-median random": lambda: p_median(30, 6, in_clusters=False),
    "p-median clustered": lambda: p_median(60, 7, in_clusters=True),
    "uncapacitated": lambda: fixed_charge(40, 12, (5_000, 20_000), None),
    "capacitated": lambda: fixed_charge(30, 10, (5_000, 20_000), 4.0),
    "tightly capacitated": lambda: fixed_charge(20, 8, (5_000, 20_000), 1.8),
    "single-source": lambda: single_source(16, 6),
    "single-source, tight": lambda: tight_single_source(16, 6, 1.6),
    "set covering": lambda: covering(40, radius=220.0),
    "maximal covering": lambda: covering(45, most=4, radius=180.0),
}


def optimum(case: Scenario) -> float:
    """Least net present cost, by one model solved to the end; infinite where no plan keeps the hard promises."""
    found = highs(linear_model(build_model(assemble(case).problem)), Limits(0.0, 120.0))
    if found.termination == Termination.PROVEN_INFEASIBLE:
        return np.inf
    assert found.termination == Termination.GAP_REACHED
    assert found.objective is not None
    return found.objective


def agrees(case: Scenario) -> Plan | None:
    """Hold the decomposed engine against the optimum of ``case``; return its plan, None where there can be none."""
    try:
        best = optimum(case)
    except InputError:  # cases that must be treated reach no site
        with pytest.raises(InputError):
            solve(case, DECOMPOSED)
        return None
    apart = solve(case, DECOMPOSED)
    if np.isinf(best):
        assert not apart.has_decisions
        return None
    slack = 1e-6 * max(1.0, abs(best))
    assert apart.bound is None or apart.bound <= best + slack
    assert apart.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert apart.audit.passed
    assert apart.objective is not None
    assert apart.objective >= best - slack
    if apart.status == Status.OPTIMAL:
        assert apart.objective <= best + slack
    return apart


@pytest.mark.parametrize("seed", range(CASES))
def test_a_bound_is_never_above_the_optimum(seed: int) -> None:
    agrees(scenario(**(random_tables if seed % 2 else random_network)(1000 + seed)))


@pytest.mark.parametrize("name", CLASSICAL)
def test_nor_on_the_classical_problems(name: str) -> None:
    instance: Instance = CLASSICAL[name]()
    plan = agrees(instance.scenario())
    assert plan is not None
    assert plan.bound is not None
