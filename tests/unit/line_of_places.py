"""Places on a line, for tests of travel: a degree of the equator apart."""

from __future__ import annotations

from typing import Any

from redesaude.inputs.scenario import Scenario
from tiny import rows, scenario, settings, tables

#: length of a degree of the equator, on a sphere of 6371.0088 km
DEGREE_KM = 111.195


def on_a_line(**changes: Any) -> Scenario:
    """Four territories on the equator at 0, 1, 2 and 4 degrees, a site at t1 and one half a degree beyond t3."""
    places = {
        "territories": rows(
            *({"territory_id": f"t{n}", "region_id": "r", "population": 1, "latitude": 0.0, "longitude": x}
              for n, x in enumerate((0.0, 1.0, 2.0, 4.0), start=1))
        ),
        "sites": rows(
            {"site_id": "h1", "territory_id": "t1"},
            {"site_id": "h3", "territory_id": "t3", "latitude": 0.0, "longitude": 2.5},
        ),
        "travel_times": tables()["travel_times"].iloc[:0],
        "settings": settings(road_detour=1.2, road_speed_kmh=60.0),
    }  # fmt: skip
    return scenario(**(places | changes))
