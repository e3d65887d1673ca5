"""The access table is of journeys, however few cases make them."""

from __future__ import annotations

import pytest

from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, times


def _plan(here: float, away: float) -> Plan:
    """Return the plan whose only centre is in t1, where ``here`` live; ``away`` of t2 go 25 minutes."""
    return solve(
        scenario(
            territories=rows({"territory_id": "t1", "population": here}, {"territory_id": "t2", "population": away}),
            specialties=rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "access_minutes": 30}),
            sites=rows({"site_id": "h1", "territory_id": "t1"}),
            sizes=rows({"specialty_id": "cardio", "size_id": "one", "capacity": 60, "fixed_cost": 90}),
            travel_times=times({"t1": {"h1": 0}, "t2": {"h1": 25}}),
        ),
        EXACT,
    )


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("here", "away", "longest", "ninth"),
    [(10, 3, 25, 25), (10, 1e-12, 25, 0), (10, 1e-293, 25, 0), (1e-11, 3e-12, 25, 25), (10, 0, 0, 0)],
)
def test_journeys_of_few_cases_count_as_those_of_many(here: float, away: float, longest: float, ninth: float):
    everywhere = _plan(here, away).access.set_index("region_id").loc["all"]
    assert (everywhere["max_minutes"], everywhere["p90_minutes"]) == (longest, ninth)
