"""Who is treated today, modelled: as many as find room at the services that exist, the nearest first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from redesaude.assemble import assemble
from redesaude.inputs.scenario import Scenario
from redesaude.plan.numbers import existing_services
from redesaude.plan.plan import Plan
from redesaude.report.view import view_of
from redesaude.report.workbook.access import access_frame
from redesaude.report.workbook.needs import needs_frame
from redesaude.solving.solve import solve
from redesaude.studies.strategies import status_quo
from redesaude.studies.today import today, today_access
from tiny import EXACT, rows, scenario, settings


def case(**changes: pd.DataFrame) -> Scenario:
    """A small service at h1 (t1: 10 cases at 0 min, t2: 20 at 20, t3: 30 at 50 min), 40 of room at 0.8: 32 treated."""
    special = {"specialty_id": "cardio", "cases_per_100k": 100_000, "access_minutes": 25, "unmet_cost": 90,
               "trips_per_case": 0.5}  # fmt: skip
    given = rows({"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
                  "contract_id": "direct"})  # fmt: skip
    made = {"specialties": rows(special), "site_services": given, "settings": settings(occupancy=0.8)}
    return scenario(**(made | changes))


def test_as_many_as_find_room_are_treated_the_nearest_first() -> None:
    found = today(case()).set_index("territory_id")["cases"]
    assert found.to_dict() == pytest.approx({"t1": 10, "t2": 20, "t3": 2})


def test_what_exists_has_the_capacity_that_the_plan_would_give_it() -> None:
    """Of its own row, else of the row of every size there, else of the size."""
    own = {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing", "contract_id": "direct"}
    every = {"site_id": "h1", "specialty_id": "cardio", "size_id": "", "status": "allowed", "capacity": 30}
    for stated, capacity in (((own,), 40.0), ((own, every), 30.0), ((own | {"capacity": 20}, every), 20.0)):
        given = case(site_services=rows(*stated))
        assert existing_services(given)["capacity"].tolist() == [capacity]
        assert today(given)["cases"].sum() == pytest.approx(0.8 * capacity)
        assert (
            assemble(given).options.table.query("site_id == 'h1' and size_id == 'small'")["capacity"].iloc[0]
            == capacity
        )


def test_treated_and_within_the_standard_by_region() -> None:
    table = today_access(case()).set_index("region_id")
    assert table["treated"].to_dict() == pytest.approx({"all": 32, "east": 2, "west": 30})
    assert table["share_within_standard"].to_dict() == pytest.approx({"all": 30 / 60, "east": 0.0, "west": 1.0})
    assert (
        today_access(case(specialties=rows({"specialty_id": "cardio", "cases_per_100k": 100_000})))[
            "share_within_standard"
        ]
        .isna()
        .all()
    )


def test_the_people_are_those_of_the_base_year() -> None:
    grown = case().territories.assign(growth_rate=0.1)
    assert today_access(case().replace(territories=grown))["cases"].max() == pytest.approx(60)


def test_where_nothing_runs_today_nobody_is_treated() -> None:
    none = case(site_services=rows({"site_id": "h1", "specialty_id": "cardio", "status": "required"}))
    assert len(today(none)) == 0
    assert today_access(none)["treated"].eq(0.0).all()


def test_nobody_beyond_the_ceiling_is_treated() -> None:
    special = case().specialties.assign(ceiling_minutes=30.0)
    assert today(case().replace(specialties=special))["cases"].sum() == pytest.approx(30)


def test_today_does_not_rest_on_what_is_decided_and_treats_as_many_as_the_status_quo() -> None:
    closed = rows({"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
                   "contract_id": "direct"},
                  {"site_id": "h1", "specialty_id": "cardio", "status": "forbidden"})  # fmt: skip
    assert today(case(site_services=closed))["cases"].sum() == pytest.approx(32)
    assert solve(status_quo(case()), EXACT).assignments["cases"].sum() == pytest.approx(32)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solve(case(), EXACT)


def test_it_stands_beside_the_plan_on_access_and_needs(plan: Plan) -> None:
    view = view_of(plan)
    access = access_frame(view, plan.access).set_index("region_id")["today"]
    assert access.to_dict() == pytest.approx({"all": 0.5, "east": 0.0, "west": 1.0})
    needs = needs_frame(view).set_index("region_id")["treated_today"]
    assert needs.to_dict() == pytest.approx({"east": 2.0, "west": 30.0})
    assert np.isfinite(needs).all()
