"""What is read back from a result folder is the plan that was written, to the last digit, and it passes its audit."""

from __future__ import annotations

from pathlib import Path

import pytest

import redesaude as rs
from equal_plans import assert_equal_plans
from random_networks import random_network
from random_tables import phased_tables, random_tables
from random_tiers import network_tables
from redesaude.plan.audit import audit
from seeds import a_few

SHAPES = {
    "one period": random_tables,
    "several periods": lambda seed: phased_tables(seed, 3, 3, 3),
    "every rule": random_network,
    "hubs and satellites": network_tables,
}


@pytest.mark.few(1)
@pytest.mark.usefixtures("no_pages")
@pytest.mark.parametrize("seed", a_few([3, 11], 1))
@pytest.mark.parametrize("shape", SHAPES)
def test_solve_write_read_gives_the_same_plan(shape: str, seed: int, tmp_path: Path) -> None:
    scenario = rs.Scenario.from_tables(SHAPES[shape](seed), name="random")
    plan = rs.solve(scenario, rs.SolveOptions(gap=0.0, time_limit=20.0))
    again = rs.read_plan(rs.write_report(plan, tmp_path / "result", studies=False))
    assert_equal_plans(again, plan)
    assert again.scenario.input_sha256 == plan.scenario.input_sha256
    if plan.has_decisions:
        assert audit(again) == plan.audit
        assert again.audit.passed
