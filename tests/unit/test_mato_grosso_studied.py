"""All studies of a plan of Mato Grosso, made once: of risk, and the workbook that shows them recalculated."""

from __future__ import annotations

from pathlib import Path

import pytest

from recalculation import differences, needs_libreoffice
from redesaude.inputs.checks import read_scenario
from redesaude.plan.plan import Plan
from redesaude.report.studies import Compared, Studies, studies_of
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve

pytestmark = pytest.mark.long

WORKBOOK = Path(__file__).parents[2] / "scenarios" / "mato-grosso.xlsx"


@pytest.fixture(scope="module")
def plan() -> Plan:
    found = solve(read_scenario(WORKBOOK), SolveOptions(gap=0.25, time_limit=120.0))
    assert found.has_decisions, found.reason
    return found


@pytest.fixture(scope="module")
def studies(plan: Plan) -> Studies:
    return studies_of(plan)


@pytest.fixture(scope="module")
def compared(studies: Studies) -> Compared:
    assert studies.compared is not None
    return studies.compared


def test_ten_thousand_draws(compared: Compared) -> None:
    found = compared.simulation
    assert len(found.plan_cost) == found.draws == 10_000
    assert found.interpolation_error < 1e-4
    drawn = set(found.risks["risk_id"])
    assert drawn >= {"works_cost", "works_time", "running_cost", "demanda"}
    assert "lei" not in drawn  # listed only


def test_tornado_break_even_and_sweep(plan: Plan, compared: Compared) -> None:
    assert compared.tornado.plan_cost == pytest.approx(plan.objective, rel=1e-9)
    assert set(compared.break_even["found"]) <= {"inside", "beyond", "none"}
    assert set(compared.sweep.table["site_id"]) == set(compared.break_even["site_id"])


@needs_libreoffice
def test_its_workbook_recalculates_to_what_it_shows(plan: Plan, studies: Studies, tmp_path: Path) -> None:
    write_audit_workbook(view_of(plan, "en", studies), tmp_path / "plan.xlsx")
    assert differences(tmp_path / "plan.xlsx", tmp_path) == []
