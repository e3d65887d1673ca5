"""In several periods studies try other contracts on the dates of the plan: the same path as a plan decided so."""

from __future__ import annotations

import math
from typing import Any

import pytest

from redesaude.plan.appraisal import Appraisal
from redesaude.plan.plan import Plan
from redesaude.report.workbook.pages import COMPARATOR, PAGES
from redesaude.solving.solve import solve
from redesaude.studies.alternatives import among
from redesaude.studies.repricing import Repricing
from tiny import EXACT, PPP, rows, scenario, settings, tables, times

PERIODS = rows(
    *({"period_id": f"p{t}", "first_year": 2025 + b, "years": y} for t, (b, y) in enumerate(((0, 4), (4, 5), (9, 16))))
)
CONTRACTS = rows(
    {"contract_id": "direct", "delivery_model": "direct", "opex_factor": 1.1},
    {"contract_id": "oss", "delivery_model": "oss", "procurement_months": 9, "term_years": 30, "case_cost_factor": 0.9,
     "transaction_cost": 70.0, "oversight_cost": 20.0},
    {**PPP, "contract_id": "ppp", "term_years": 30, "procurement_months": 12, "transaction_cost": 90.0},
    {**PPP, "contract_id": "slow", "term_years": 30, "procurement_months": 60},
)  # fmt: skip
#: size and contract of the one service by period; today's, where it exists, is small and direct
PATHS = {
    "kept, then enlarged": (True, ("s direct", "l direct", "l direct")),
    "kept, then converted": (True, ("s direct", "s oss", "s oss")),
    "enlarged under another contract": (True, ("s direct", "l oss", "l oss")),
    "opened, then enlarged": (False, ("s direct", "l direct", "l direct")),
    "opened late": (False, ("", "s oss", "l oss")),
}


def decided(existing: bool, states: tuple[str, ...], only: str = "") -> Plan:
    """The plan of one service that takes these states; ``only`` a contract in place of those of the last one's."""
    last = states[-1].split()[1]
    path = [state.split() for state in states]
    decisions: list[dict[str, Any]] = []
    for t, state in enumerate(path):
        row = {"site_id": "h1", "specialty_id": "cardio", "period_id": f"p{t}"}
        contract = only if only and state and state[1] == last else state[1] if state else ""
        asked = {"decision": "open", "size_id": state[0], "contract_id": contract} if state else {"decision": "forbid"}
        decisions.append(row | asked)
    today = {"site_id": "h1", "specialty_id": "cardio", "size_id": "s", "status": "existing", "contract_id": "direct"}
    case = tables(
        settings=settings(horizon_years=25, base_year=2025, discount_rate=0.06, occupancy=0.8),
        periods=PERIODS,
        contracts=CONTRACTS,
        territories=rows({"territory_id": "t1", "population": 30}),
        sites=rows({"site_id": "h1", "territory_id": "t1", "fixed_cost": 7.0}),
        specialties=rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 9000.0}),
        travel_times=times({"t1": {"h1": 0}}),
        sizes=rows(
            {"specialty_id": "cardio", "size_id": "s", "capacity": 50, "fixed_cost": 600, "cost_per_case": 9,
             "capex": 4000, "build_months": 18, "lifecycle_share": 0.02},
            {"specialty_id": "cardio", "size_id": "l", "capacity": 80, "fixed_cost": 700, "cost_per_case": 8,
             "capex": 5500, "build_months": 24, "lifecycle_share": 0.02},
        ),
        decisions=rows(*decisions),
        **({"site_services": rows(today)} if existing else {}),
    )  # fmt: skip
    return solve(scenario(**case), EXACT)


@pytest.mark.few(1)
@pytest.mark.parametrize("path", PATHS)
def test_another_contract_costs_what_a_plan_with_it_on_the_same_dates_costs(path: str) -> None:
    """And where there is no such plan, it is told that the contract needs other dates."""
    existing, states = PATHS[path]
    plan = decided(existing, states)
    assert plan.audit.passed
    repricing = Repricing(plan)
    reasons = among(repricing).reasons.loc["h1"]
    beside = plan.costs[plan.costs["line"].isin(["travel", "unmet", "closing"])]["npv"].sum()
    meanwhile = math.fsum(npv for *_, npv in Appraisal(plan).transition_lines())  # what changes of it is repriced
    late = set()
    for contract in repricing.contracts:
        other = decided(existing, states, contract)
        if other.has_decisions:
            assert other.audit.passed
            told = repricing.total(repricing.everywhere(contract), together=True) + beside + meanwhile
            assert told == pytest.approx(other.objective, rel=1e-9), contract
        else:
            late.add(contract)
    assert {c for c, reason in reasons.items() if reason == "other_dates"} == late
    assert ("slow" in late) == ("another" not in path and "converted" not in path)


def test_every_page_that_tries_contracts_says_that_dates_are_kept() -> None:
    """The sheet of formulas has it in a note of its own."""
    trying = {page.name for page in PAGES if COMPARATOR in page.needs} - {"appraisal"} | {"value"}
    assert {page.name for page in PAGES if page.on_dates} == trying
