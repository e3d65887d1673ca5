"""Curves, rising prices and milestones beside public loans, in several periods and in networks of tiers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import network_example as network
import pytest
from appraisal_example import CONTRACTS
from test_recalculation import CLINIC, HOSPITAL, SPECIALTY, _unexplained, busy, workbook

from recalculation import differences, needs_libreoffice
from redesaude.inputs.scenario import Scenario
from redesaude.lines import WORKS_LINES
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from redesaude.studies.appraise import appraise
from tiny import EXACT, rows

CURVED = {"works_profile": "0.1; 0.3; 0.6", "works_inflation": 0.03}
STAGED = {"works_profile": "0.7; 0.3", "works_inflation": 0.02, "contribution_share": 0.3,
          "contribution_milestones": "0.4: 0.5; 1: 0.5"}  # fmt: skip
LOAN = {"loan_id": "bank", "works_share": 0.8, "rate": 0.04, "grace_years": 1, "years": 6}


def several() -> Scenario:
    """Three hospitals in two periods: direct works on a loan, a company, a provider, each spent in its own time."""
    stated = {"direct": CURVED, "share": CURVED, "purchase": {"works_profile": "0; 1"}, "ppp": STAGED}
    table = rows(*(CONTRACTS[c] | own for c, own in stated.items()))
    direct = {"site_id": CLINIC, "specialty_id": SPECIALTY, "contract_id": "direct", "decision": "open"}
    grown = {"site_id": HOSPITAL, "specialty_id": SPECIALTY, "size_id": "large", "period_id": "p1", "decision": "open"}
    return busy(2, contracts=table, loans=rows(LOAN), decisions=rows(direct, grown))


def tiered() -> Scenario:
    """A network of tiers in two periods, its clinics built along a curve, on a loan."""
    direct = {"contract_id": "direct", "capex_factor": 1.1, "procurement_months": 6} | CURVED
    h2 = {"site_id": "h2", "specialty_id": "cardio", "period_id": "p2", "decision": "open"}
    return network.example(contracts=rows(direct), loans=rows(LOAN), decisions=rows(h2))


def solved(scenario: Scenario) -> Plan:
    plan = solve(scenario, EXACT)
    assert plan.has_decisions, plan.reason
    assert plan.audit.passed
    return plan


@pytest.mark.long
@pytest.mark.parametrize("case", [several, tiered])
def test_a_loan_is_drawn_for_what_works_cost_when(case: Any) -> None:
    study = appraise(solved(case()))
    flows = study.cash_flow
    public = flows[flows["line"].isin(WORKS_LINES) & (flows["payer"] == "state")].groupby("year")["real"].sum()
    loan = study.loans.groupby("year")[["works", "drawn"]].sum()
    assert public.sum() > 0
    assert loan["works"].reindex(public.index, fill_value=0.0).to_numpy() == pytest.approx(public.to_numpy())
    assert loan["drawn"].sum() == pytest.approx(0.8 * public.sum())


@pytest.mark.long
@needs_libreoffice
@pytest.mark.parametrize("case", [several, tiered])
def test_its_workbook_recalculates_to_what_the_engine_found(case: Any, tmp_path: Path) -> None:
    path = workbook(solved(case()), tmp_path)
    assert differences(path, tmp_path) == []
    assert list(_unexplained(path)) == []
