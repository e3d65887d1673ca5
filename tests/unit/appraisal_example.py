"""A tiny network to appraise: three hospitals, one specialty, four contracts; one case for each inhabitant and year.

h1 public, runs a small service directly today; h2 public, nothing there; h3 private, runs one by purchase.
Ten years without discounting unless asked; every number is stated so that answers can be worked out by hand.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from tiny import EXACT, PPP, rows, scenario, settings, times

CONTRACTS: dict[str, dict[str, Any]] = {
    "direct": {"contract_id": "direct", "delivery_model": "direct", "site_kinds": "public", "capex_factor": 1.2,
               "procurement_months": 12, "delay_factor": 2.0, "counts_as_personnel": 1},
    "ppp": {**PPP, "site_kinds": "public", "needs_works": "yes", "procurement_months": 12, "transaction_cost": 40,
            "transaction_share": 0.05, "oversight_cost": 3, "opex_factor": 0.9, "residual_share": 0.1},
    "share": {"contract_id": "share", "delivery_model": "consortium", "site_kinds": "public", "state_share": 0.4,
              "procurement_months": 12, "delay_factor": 2.0, "capex_factor": 1.2, "oversight_cost": 1},
    "purchase": {"contract_id": "purchase", "delivery_model": "purchase", "financing": "provider", "term_years": 20,
                 "equity_return": 0.08, "site_kinds": "private", "case_cost_factor": 1.1},
}  # fmt: skip


def contracts(*changes: dict[str, Any]) -> pd.DataFrame:
    """The contracts, some with columns changed (or new, by ``contract_id``)."""
    table = {key: dict(row) for key, row in CONTRACTS.items()}
    for change in changes:
        table.setdefault(change["contract_id"], {}).update(change)
    return rows(*table.values())


def example(**changes: pd.DataFrame) -> Scenario:
    """The scenario, some tables replaced."""
    base = {
        "settings": settings(horizon_years=10, base_year=2025, patient_minute_cost=0.1, patient_time_weight=1),
        "periods": rows({"period_id": "p", "first_year": 2025, "years": 10}),
        "territories": rows(
            {"territory_id": "t1", "region_id": "west", "population": 30},
            {"territory_id": "t2", "region_id": "east", "population": 40},
            {"territory_id": "t3", "region_id": "east", "population": 20},
        ),
        "specialties": rows(
            {"specialty_id": "cardio", "cases_per_100k": 100_000, "trips_per_case": 0.5, "access_minutes": 20,
             "access_share": 0.3, "ceiling_minutes": 90, "unmet_cost": 60, "dalys_in_time": 2, "dalys_late": 1}
        ),
        "sites": rows(
            {"site_id": "h1", "territory_id": "t1", "kind": "public", "fixed_cost": 10},
            {"site_id": "h2", "territory_id": "t2", "kind": "public", "fixed_cost": 10},
            {"site_id": "h3", "territory_id": "t3", "kind": "private", "fixed_cost": 5},
        ),
        "sizes": rows(
            {"specialty_id": "cardio", "size_id": "small", "capacity": 20, "capex": 200, "fixed_cost": 100,
             "cost_per_case": 5, "lifecycle_share": 0.01, "build_months": 12},
            {"specialty_id": "cardio", "size_id": "large", "capacity": 50, "capex": 400, "fixed_cost": 200,
             "cost_per_case": 5, "lifecycle_share": 0.01, "build_months": 12},
        ),
        "site_services": rows(
            {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
             "contract_id": "direct", "closing_cost": 7, "closing": "at_once"},
            {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "status": "required"},
            {"site_id": "h3", "specialty_id": "cardio", "size_id": "small", "status": "existing",
             "contract_id": "purchase", "closing_cost": 7, "closing": "at_once"},
        ),
        "contracts": contracts(),
        "fiscal": rows(
            {"fiscal_id": "art28", "kind": "ppp", "base_amount": 10_000, "share": 0.05},
            {"fiscal_id": "pay", "kind": "personnel", "base_amount": 10_000, "share": 0.5, "committed": 1000},
        ),
        "funding": rows(
            {"funding_id": "treasury", "kind": "capital", "amount": 5000, "contracts": "direct, share"},
            {"funding_id": "budget", "kind": "running", "amount": 5000},
        ),
        "travel_times": times(
            {"t1": {"h1": 0, "h2": 40, "h3": 60}, "t2": {"h1": 40, "h2": 0, "h3": 30},
             "t3": {"h1": 60, "h2": 30, "h3": 0}}
        ),
    }  # fmt: skip
    return scenario(**(base | changes))


@cache
def example_plan() -> Plan:
    """The best plan of the unchanged scenario."""
    return solve(example(), EXACT)


def solved(**changes: pd.DataFrame) -> Plan:
    """The best plan of the scenario with tables replaced."""
    plan = solve(example(**changes), EXACT)
    assert plan.has_decisions, plan.reason
    return plan
