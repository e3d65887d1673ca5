"""A small plan whose contracts differ in works, delay and running cost, shared by the tests of risk and sensitivity.

One site, built anew: direct administration (dear, late works) against two contracts on the budget.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

import tiny
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve

WORKS, FIXED, CASES, PER_CASE = 1000.0, 200.0, 60.0, 2.0
RATE, YEARS = 0.05, 20

DIRECT = {"contract_id": "direct", "delivery_model": "direct"}
#: direct administration with what it takes to commission stated, as every contract's
COMMISSIONED = DIRECT | {"design_share": 0.06, "supervision_share": 0.04, "transaction_cost": 8, "oversight_cost": 2}
OSS = {"contract_id": "oss", "delivery_model": "oss", "capex_factor": 1.2, "opex_factor": 0.9, "oversight_cost": 5}
PPP = tiny.PPP | {"transaction_share": 0.05, "procurement_months": 12}


def tables(*contracts: dict[str, object], **changes: pd.DataFrame) -> tiny.Tables:
    """The tables, with these contracts; one site where 60 cases a year are treated, or wait at 15 each."""
    base = tiny.tables(
        settings=tiny.settings(horizon_years=YEARS, discount_rate=RATE),
        specialties=tiny.rows(
            {"specialty_id": "cardio", "cases_per_100k": 100_000, "trips_per_case": 0.5, "unmet_cost": 15}
        ),
        sites=tiny.rows({"site_id": "h1", "territory_id": "t1", "kind": "new", "fixed_cost": 10}),
        sizes=tiny.rows(
            {"specialty_id": "cardio", "size_id": "one", "capacity": 66, "fixed_cost": FIXED, "capex": WORKS,
             "cost_per_case": PER_CASE, "build_months": 24}
        ),
        travel_times=tiny.times({"t1": {"h1": 0}, "t2": {"h1": 20}, "t3": {"h1": 50}}),
        contracts=tiny.rows(*(contracts or (DIRECT, OSS, PPP))),
    )  # fmt: skip
    return base | changes


def planned(*contracts: dict[str, object], decided: str = "", **changes: pd.DataFrame) -> Plan:
    """The plan under the cheapest contract, or as if ``decided`` had been chosen."""
    case = tables(*contracts, **changes)
    if decided:
        case["sites"] = case["sites"].assign(contracts_allowed=decided)
    plan = solve(tiny.Scenario.from_tables(case), tiny.EXACT)
    if not decided:
        return plan
    scenario = tiny.Scenario.from_tables(case | {"sites": case["sites"].drop(columns="contracts_allowed")})
    return replace(plan, scenario=scenario)
