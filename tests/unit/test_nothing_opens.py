"""A plan in which nothing is worth opening is a plan: it is written, studied and asked like any other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import tiny
from redesaude.asking.sensitivity import sensitivity
from redesaude.asking.why import why
from redesaude.plan.plan import Plan
from redesaude.report.folder import write_report
from redesaude.report.map.data import map_data
from redesaude.report.studies import studies_of
from redesaude.report.view import view_of
from redesaude.solving.solve import solve
from redesaude.status import Status


@pytest.fixture(scope="module")
def empty() -> Plan:
    base = tiny.tables()
    plan = solve(tiny.scenario(specialties=base["specialties"].assign(unmet_cost=1e-3)), tiny.EXACT)
    assert plan.has_decisions
    assert plan.openings.empty
    return plan


def test_its_map_has_no_service(empty: Plan) -> None:
    services = map_data(view_of(empty))["services"]
    assert services
    assert not any(services.values())


@pytest.mark.long
def test_it_is_written_with_its_studies_and_answers_questions(empty: Plan, tmp_path: Path) -> None:
    out = write_report(empty, tmp_path / "out", studies=studies_of(empty))
    names = openpyxl.load_workbook(out / "audit.xlsx", read_only=True).sheetnames
    assert {"cash_flow", "cash_ledger"} <= set(names)
    assert not why(empty, seconds=2.0).services["opened"].any()
    assert sensitivity(empty, count=1, rows=2).known.all_known is None


@pytest.mark.parametrize("engine", ["direct", "decomposed", "auto"])
def test_services_without_any_capacity_close_and_that_is_proven_by_each_engine(engine: str) -> None:
    """No option is left to decide: 60 cases go untreated at 1 each, and both closings cost 1,000."""
    base, site = tiny.tables(), {"specialty_id": "cardio", "size_id": "small", "status": "existing"}
    own = {"capacity": 0, "closing_cost": 1_000, "contract_id": "direct"}
    scenario = tiny.scenario(
        specialties=base["specialties"].assign(unmet_cost=1),
        sizes=base["sizes"][:1],
        contracts=tiny.rows({"contract_id": "direct"}),
        site_services=tiny.rows(*({"site_id": h, **site, **own} for h in ("h1", "h2"))),
    )
    plan = solve(scenario, replace(tiny.EXACT, engine=engine, threads=2, certificate=False))
    assert plan.status == Status.OPTIMAL
    assert plan.objective == pytest.approx(2_060)
    assert plan.bound == pytest.approx(2_060)
