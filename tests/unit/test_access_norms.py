"""Norms of access beside the most that any network could keep, worked out by hand on the line of three places."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import redesaude as rs
import tiny
from redesaude.inputs.scenario import Scenario
from redesaude.report.view import view_of
from redesaude.report.workbook.access_norms import frame
from redesaude.studies.access_norms import norms

#: of 60 cases, the 30 of the west and the 30 of the east
NORM = {"specialty_id": "cardio", "region_id": "all", "minutes": 25, "share": 0.8, "hard": "no", "price": 1.0}


def case(*targets: dict[str, Any], **changes: pd.DataFrame) -> Scenario:
    specialties = tiny.tables()["specialties"].assign(unmet_cost=1_000.0)
    return tiny.scenario(**({"specialties": specialties, "access_targets": tiny.rows(*targets)} | changes))


def closed(site: str) -> pd.DataFrame:
    return tiny.rows({"site_id": site, "specialty_id": "cardio", "status": "forbidden"})


def test_the_most_counts_cases_near_any_site_that_may_have_the_service() -> None:
    """Every place is within 25 minutes of a site: t1 at h1, t2 20 minutes from it, t3 at h2."""
    found, outside = norms(case(NORM))
    assert found[["specialty_id", "region_id", "share", "cases", "most"]].to_numpy().tolist() == [
        ["cardio", "all", 0.8, 60.0, 1.0]
    ]
    assert outside.empty


@pytest.mark.parametrize(
    ("site", "minutes", "most", "outside"),
    [
        ("h2", 25, 30 / 60, [["t3", 30.0, 50.0]]),
        ("h1", 25, 30 / 60, [["t1", 10.0, 50.0], ["t2", 20.0, 30.0]]),
        ("h1", 30, 50 / 60, [["t1", 10.0, 50.0]]),  # the standard itself is within
    ],
)
def test_a_site_that_may_not_have_it_leaves_its_places_outside(
    site: str, minutes: float, most: float, outside: list[list[object]]
) -> None:
    found, left = norms(case(NORM | {"minutes": minutes}, site_services=closed(site)))
    assert found["most"].tolist() == pytest.approx([most])
    assert left[["territory_id", "cases", "nearest"]].to_numpy().tolist() == outside


def test_an_area_counts_its_own_people() -> None:
    regional = NORM | {"region_id": "each"}
    found, left = norms(case(regional, site_services=closed("h2")))
    assert dict(zip(found["region_id"], found["most"], strict=True)) == {"west": 1.0, "east": 0.0}
    assert left["territory_id"].tolist() == ["t3"]


def test_no_plan_keeps_more_and_one_asked_for_it_keeps_the_most() -> None:
    """At a norm of all, dear to miss, the plan opens what the most needs, and no share is above it."""
    for services in ({}, {"site_services": closed("h1")}):
        scenario = case(NORM | {"share": 1.0, "price": 1e6}, **services)
        plan = rs.solve(scenario, tiny.EXACT)
        most = norms(scenario)[0].set_index("promise_id")["most"]
        kept = plan.promises.set_index("promise_id")["achieved"] / 60.0
        assert kept[most.index].tolist() == pytest.approx(most.tolist())


def test_the_page_reads_each_norm_and_names_whom_it_leaves_outside() -> None:
    out, near = NORM, NORM | {"share": 0.5, "minutes": 30}
    plan = rs.solve(case(out, near, site_services=closed("h1")), tiny.EXACT)
    rows = frame(view_of(plan))
    assert rows["reading"].tolist() == ["out of reach", "kept"]
    assert rows["kept"].tolist() == pytest.approx([30 / 60, 50 / 60])
    assert rows["most"].tolist() == pytest.approx([30 / 60, 50 / 60])
    assert rows["takes"].tolist() == ["t2 (20 cases, 30 minutes); t1 (10 cases, 50 minutes)", ""]


def test_norms_of_the_emergency_network_stand_beside_the_most_that_stations_could() -> None:
    """A station at t1 reaches t1 and t2 with one ambulance at most: 30 of 60 people, nobody twice; t3 is 50 away."""
    times = [{"station_id": "b", "territory_id": t, "minutes": m} for t, m in (("t1", 0), ("t2", 12), ("t3", 50))]
    promised = {"share": 0.6, "hard": "no", "price": 1.0}
    scenario = case(
        NORM,
        stations=tiny.rows({"station_id": "b", "territory_id": "t1"}),
        station_times=tiny.rows(*times),
        emergency=tiny.rows(promised | {"promise": "cover"}, promised | {"promise": "double_cover"}),
        specialties=tiny.tables()["specialties"].assign(unmet_cost=1_000.0),
    )
    found, outside = norms(scenario)
    most = found.set_index("kind")["most"]
    assert (most["cover"], most["double_cover"], most["access"]) == (0.5, 0.0, 1.0)
    away = outside[outside["promise_id"].str.startswith("cover")]
    assert away[["territory_id", "cases", "nearest"]].to_numpy().tolist() == [["t3", 30.0, 50.0]]
    rows = frame(view_of(rs.solve(scenario, tiny.EXACT))).set_index("specialty")
    assert rows.loc["People reached", "reading"] == "out of reach"
    assert rows.loc["People reached", "kept"] <= 0.5
