"""The studies of risk on the Mato Grosso plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from redesaude.inputs.checks import read_scenario
from redesaude.plan.plan import Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.studies.sensitivity import break_even, rate_sweep, tornado
from redesaude.studies.uncertainty import simulate

pytestmark = pytest.mark.long

WORKBOOK = Path(__file__).parents[2] / "scenarios" / "mato-grosso.xlsx"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solve(read_scenario(WORKBOOK), SolveOptions(gap=0.25, time_limit=120.0))


def test_ten_thousand_draws(plan: Plan):
    found = simulate(plan, draws=10_000)
    assert len(found.plan_cost) == 10_000
    assert found.interpolation_error < 1e-4
    drawn = set(found.risks["risk_id"])
    assert drawn >= {"works_cost", "works_time", "running_cost", "demanda"}
    assert "lei" not in drawn  # listed only


def test_tornado_break_even_and_sweep(plan: Plan):
    found, even, sweep = tornado(plan), break_even(plan), rate_sweep(plan)
    assert found.plan_cost == pytest.approx(plan.objective, rel=1e-9)
    assert set(even["found"]) <= {"inside", "beyond", "none"}
    assert set(sweep.table["site_id"]) == set(even["site_id"])
