"""A tiny network in tiers: clinics that treat the milder half, a hospital that supports them, an end-line hospital.

    t1 (40 people) h1 --- 30 min --- t2 (20 people) h2 --- 30 min --- t3 (30 people) h3        h4 at t1

One case for each inhabitant and year; twelve years, two periods of four and eight. A clinic takes a year to build and
is supported for two years from its opening, then treats four fifths; h1 is the hub, h4 treats all.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, rows, settings, times
from tiny import scenario as tiny_scenario

Record = dict[str, Any]

SIZES: tuple[Record, ...] = (
    {"specialty_id": "cardio", "size_id": "clinic", "capacity": 40, "fixed_cost": 30, "cost_per_case": 2, "capex": 40,
     "build_months": 12, "treats_share": 0.5, "treats_share_mature": 0.8, "needs_support": "yes"},
    {"specialty_id": "cardio", "size_id": "hospital", "capacity": 80, "fixed_cost": 90, "cost_per_case": 3,
     "treats_share": 0.9, "supports_max": 1},
    {"specialty_id": "cardio", "size_id": "end_line", "capacity": 90, "fixed_cost": 200, "cost_per_case": 4},
)  # fmt: skip

#: of each site the only size it may have
AT = {"h1": "hospital", "h2": "clinic", "h3": "clinic", "h4": "end_line"}


def example(**changes: pd.DataFrame) -> Scenario:
    """The scenario, some tables replaced, or left out (a table without columns)."""
    tables = {
        "settings": settings(
            horizon_years=12, base_year=2025, discount_rate=0.05, patient_time_weight=1, patient_minute_cost=0.2
        ),
        "periods": rows(
            {"period_id": "p1", "first_year": 2025, "years": 4}, {"period_id": "p2", "first_year": 2029, "years": 8}
        ),
        "territories": rows(
            {"territory_id": "t1", "region_id": "west", "population": 40},
            {"territory_id": "t2", "region_id": "west", "population": 20},
            {"territory_id": "t3", "region_id": "east", "population": 30},
        ),
        "specialties": rows(
            {"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 60, "trips_per_case": 1,
             "ceiling_minutes": 30, "transfer_minutes": 60, "transfer_cost": 3}
        ),
        "sites": rows(*({"site_id": h, "territory_id": t} for h, t in zip(AT, ("t1", "t2", "t3", "t1"), strict=True))),
        "sizes": rows(*SIZES),
        "site_services": rows(
            *(
                {"site_id": site, "specialty_id": "cardio", "size_id": size["size_id"], "status": "forbidden"}
                for site, own in AT.items()
                for size in SIZES
                if size["size_id"] != own
            )
        ),
        "support": rows(
            {"specialty_id": "cardio", "support_years": 2, "hub_cost": 5, "satellite_cost": 7},
            {"specialty_id": "cardio", "satellite_site_id": "h3", "support_years": 2, "hub_cost": 6,
             "satellite_cost": 8},
        ),
        "load_ceilings": rows({"site_id": "h4", "specialty_id": "cardio", "cases": 6, "hard": "no", "price": 2}),
        "funding": rows(
            {"funding_id": "running", "kind": "running", "amount": 500, "hard": "no", "price": 0.1},
            {"funding_id": "private", "kind": "running", "amount": 500, "hard": "no", "price": 0.1,
             "contracts": "direct"},
        ),
        "travel_times": times(
            {
                "t1": {"h1": 5, "h2": 30, "h3": 60, "h4": 10},
                "t2": {"h1": 30, "h2": 5, "h3": 30, "h4": 35},
                "t3": {"h1": 60, "h2": 30, "h3": 5, "h4": 60},
            }
        ),
    }  # fmt: skip
    return tiny_scenario(**{name: t for name, t in (tables | changes).items() if len(t.columns)})


@cache
def example_plan() -> Plan:
    plan = solve(example(), EXACT)
    assert plan.status == Status.OPTIMAL, plan.reason
    return plan
