"""A tiny network with ceilings at hubs, staff and emergency stations; ten years without discounting.

    t1 (10 people) h1, s1 --- 33 km --- t2 (20 people) s2 --- 33 km --- t3 (30 people) h2, s3

One case for each inhabitant and year. From a station to the next place it is 26 minutes, beyond the standard of 20; but
the stated 18 minutes from s2 to t3. Of the window of 60 minutes, 25 are left for the journey.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from redesaude.status import Status
from tiny import EXACT, rows, settings
from tiny import scenario as tiny_scenario

Record = dict[str, Any]


def station(name: str, territory: str, **values: Any) -> Record:
    return {"station_id": name, "territory_id": territory, "capex": 20, "fixed_cost": 1, "ambulance_cost": 2,
            "ambulances_max": 3, **values}  # fmt: skip


def _resources() -> dict[str, pd.DataFrame]:
    """Staff, ambulance stations and what is promised of them."""
    return {
        "workforce": rows(
            {
                "role_id": "nurse",
                "name": "Nurses",
                "region_id": "west",
                "stock": 2,
                "training_max": 1,
                "training_cost": 3,
                "recruitment_max": 5,
                "recruitment_cost": 1,
            },
            {"role_id": "nurse", "region_id": "east", "stock": 1, "recruitment_max": 1},
            {"role_id": "doctor", "stock": 1, "hard": "no", "price": 0.5},
        ),
        "staffing": rows(
            {"specialty_id": "cardio", "role_id": "nurse", "fte": 1, "cases_per_fte": 10},
            {"specialty_id": "cardio", "role_id": "doctor", "fte": 2},
            {"specialty_id": "cardio", "size_id": "small", "role_id": "doctor", "fte": 1},
        ),
        "stations": rows(
            station("s1", "t1"), station("s2", "t2", status="existing"), station("s3", "t3", status="kept")
        ),
        "station_times": rows({"station_id": "s2", "territory_id": "t3", "minutes": 18}),
        "emergency": rows(
            {"promise": "cover", "share": 0.9},
            {"promise": "double_cover", "region_id": "east", "share": 0.9},
            {"promise": "ambulances", "region_id": "each", "people_per_ambulance": 25},
            {"promise": "window", "share": 0.8, "hard": "no", "price": 2},
        ),
    }


def example(**changes: pd.DataFrame) -> Scenario:
    """The scenario, some tables replaced, or left out (a table without columns)."""
    tables = {
        "settings": settings(
            horizon_years=10,
            road_detour=1.0,
            road_speed_kmh=77.0,
            emergency_minutes=20,
            call_minutes=2,
            scene_minutes=8,
        ),
        "territories": rows(
            {"territory_id": "t1", "region_id": "west", "population": 10, "latitude": 0, "longitude": 0.0},
            {"territory_id": "t2", "region_id": "west", "population": 20, "latitude": 0, "longitude": 0.3},
            {"territory_id": "t3", "region_id": "east", "population": 30, "latitude": 0, "longitude": 0.6},
        ),
        "specialties": rows(
            {
                "specialty_id": "cardio",
                "cases_per_100k": 100_000,
                "unmet_cost": 40,
                "window_minutes": 60,
                "door_minutes": 5,
            }
        ),
        "load_ceilings": rows(
            {"site_id": "h1", "specialty_id": "all", "cases": 12, "today_cases": 25, "hard": "no", "price": 1},
            {"site_id": "h2", "specialty_id": "cardio", "cases": 5},
        ),
        **_resources(),
    }
    return tiny_scenario(**{name: t for name, t in (tables | changes).items() if len(t.columns)})


@cache
def example_plan() -> Plan:
    plan = solve(example(), EXACT)
    assert plan.status == Status.OPTIMAL, plan.reason
    return plan
