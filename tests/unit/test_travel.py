"""Travel times: known distances, shortest paths by hand, and what stands in where nothing is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from line_of_places import DEGREE_KM, on_a_line

from redesaude.assemble import assemble
from redesaude.errors import InputError, Problem
from redesaude.inputs.plausible import DOUBTS
from redesaude.solving.solve import solve
from redesaude.travel.distances import great_circle_km
from redesaude.travel.matrix import is_modelled, travel_minutes
from tiny import rows, scenario, settings, times


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0.0),
        ((0.0, 0.0), (0.0, 1.0), DEGREE_KM),
        ((0.0, 0.0), (90.0, 0.0), 10007.557),
        ((0.0, 0.0), (0.0, 180.0), 20015.115),
        ((60.0, 10.0), (60.0, 11.0), 55.597),  # a degree of longitude is about half as long at 60 degrees
        ((0.0, 179.5), (0.0, -179.5), DEGREE_KM),  # across the date line
        ((51.5074, -0.1278), (48.8566, 2.3522), 343.56),  # London and Paris
    ],
)
def test_great_circle_distances(start: tuple[float, float], end: tuple[float, float], km: float) -> None:
    assert float(great_circle_km(*start, *end)) == pytest.approx(km, abs=0.01)
    assert float(great_circle_km(*end, *start)) == pytest.approx(km, abs=0.01)


def test_distances_broadcast() -> None:
    km = great_circle_km([[0.0], [1.0]], [[0.0], [0.0]], [0.0, 1.0, 2.0], [0.0, 0.0, 0.0])
    assert km == pytest.approx(DEGREE_KM * np.array([[0, 1, 2], [1, 0, 1]]), abs=0.01)


#: t4 has no road
ROADS = rows(
    {"from_id": "t1", "to_id": "t2", "km": 100.0, "speed_kmh": 50.0},  # 120 min
    {"from_id": "t2", "to_id": "t3", "km": 80.0},  # 80 min at 60 km/h
    {"from_id": "t1", "to_id": "t3", "km": 400.0},  # 400 min: longer than by t2
)
STRAIGHT = DEGREE_KM * 1.2  # minutes for each degree: detour 1.2 at 60 km/h


def test_without_roads_straight_distance_with_detour_at_the_default_speed() -> None:
    assert travel_minutes(on_a_line()) == pytest.approx(
        STRAIGHT * np.array([[0, 2.5], [1, 1.5], [2, 0.5], [4, 1.5]]), abs=0.01
    )


def test_shortest_path_then_straight_from_the_seat_to_the_site() -> None:
    minutes = travel_minutes(on_a_line(roads=ROADS))
    beyond = 0.5 * STRAIGHT  # from the seat of t3 to h3
    assert minutes[:3] == pytest.approx(np.array([[0, 200 + beyond], [120, 80 + beyond], [200, beyond]]), abs=0.01)


def test_a_territory_without_roads_falls_back_to_straight_lines() -> None:
    assert travel_minutes(on_a_line(roads=ROADS))[3] == pytest.approx(STRAIGHT * np.array([4, 1.5]), abs=0.01)


def test_a_link_without_length_is_the_straight_distance_with_detour() -> None:
    minutes = travel_minutes(on_a_line(roads=rows({"from_id": "t1", "to_id": "t2", "speed_kmh": 30.0})))
    assert minutes[1, 0] == pytest.approx(2 * STRAIGHT, abs=0.01)


def test_roads_lead_both_ways() -> None:
    turned = ROADS.rename(columns={"from_id": "to_id", "to_id": "from_id"})
    assert travel_minutes(on_a_line(roads=turned)) == pytest.approx(travel_minutes(on_a_line(roads=ROADS)))


def test_of_two_rows_for_a_link_the_shorter_time_counts() -> None:
    twice = pd.concat([ROADS, rows({"from_id": "t2", "to_id": "t1", "km": 30.0})], ignore_index=True)
    assert travel_minutes(on_a_line(roads=twice))[1, 0] == pytest.approx(30.0)
    assert travel_minutes(on_a_line(roads=twice))[2, 0] == pytest.approx(110.0)


def test_a_link_of_no_length_is_still_a_link() -> None:
    minutes = travel_minutes(on_a_line(roads=rows({"from_id": "t1", "to_id": "t2", "km": 0.0})))
    assert minutes[1, 0] == pytest.approx(0.0, abs=1e-5)


def test_local_minutes_are_added_to_every_modelled_journey() -> None:
    plain = settings(road_detour=1.2, road_speed_kmh=60.0, local_minutes=7.0)
    for roads in (ROADS, ROADS.iloc[:0]):
        longer, before = travel_minutes(on_a_line(roads=roads, settings=plain)), travel_minutes(on_a_line(roads=roads))
        assert longer - before == pytest.approx(np.full((4, 2), 7.0))


GIVEN = times({"t1": {"h1": 5, "h3": 99}, "t4": {"h3": 33}})


def test_complete_times_leave_the_other_pairs_out_of_reach() -> None:
    minutes = travel_minutes(on_a_line(travel_times=GIVEN))
    inf = np.inf
    assert minutes.tolist() == [[5, 99], [inf, inf], [inf, inf], [inf, 33]]


def test_incomplete_times_leave_the_other_pairs_to_the_model() -> None:
    said = settings(road_detour=1.2, road_speed_kmh=60.0, local_minutes=7.0, travel_times_complete="no")
    minutes = travel_minutes(on_a_line(travel_times=GIVEN, settings=said))
    assert minutes[0].tolist() == [5, 99]  # as given: local minutes are in them
    assert minutes[3] == pytest.approx([4 * STRAIGHT + 7, 33], abs=0.01)


def test_whether_times_are_modelled_is_known() -> None:
    assert is_modelled(on_a_line())
    assert not is_modelled(on_a_line(travel_times=GIVEN))
    assert is_modelled(on_a_line(travel_times=GIVEN, settings=settings(travel_times_complete="no")))


def test_order_of_times_is_that_of_the_tables() -> None:
    turned = GIVEN.iloc[::-1].reset_index(drop=True)
    assert np.array_equal(travel_minutes(on_a_line(travel_times=turned)), travel_minutes(on_a_line(travel_times=GIVEN)))


def test_measured_roads_place_territories_without_coordinates() -> None:
    nowhere = rows(*({"territory_id": f"t{n}", "population": 1} for n in (1, 2, 3)))
    sites = rows({"site_id": "h1", "territory_id": "t1"}, {"site_id": "h3", "territory_id": "t3"})
    minutes = travel_minutes(on_a_line(territories=nowhere, sites=sites, roads=ROADS.assign(speed_kmh=60.0)))
    assert minutes == pytest.approx(np.array([[0, 180], [100, 80], [180, 0]]), abs=1e-5)


def test_cases_that_reach_no_site_are_told_with_the_territory() -> None:
    short = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "ceiling_minutes": 25})
    alone = {"sites": rows({"site_id": "h1", "territory_id": "t1"}), "travel_times": times(
        {"t1": {"h1": 0}, "t2": {"h1": 20}, "t3": {"h1": 50}}
    )}  # fmt: skip
    with pytest.raises(InputError) as caught:
        solve(scenario(specialties=short, **alone))
    (problem,) = caught.value.problems
    assert (problem.code, problem.cell, problem.severity) == ("unreachable", "A4", "error")
    assert "t3 reaches no site" in str(caught.value)


def test_cases_that_reach_no_site_but_may_be_sent_away_are_a_warning() -> None:
    priced = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "ceiling_minutes": 25, "unmet_cost": 1})
    only_h1 = times({"t1": {"h1": 0}, "t2": {"h1": 20}})
    plan = solve(scenario(specialties=priced, travel_times=only_h1))
    assert [(n.code, n.cell) for n in plan.scenario.notices if n.code not in DOUBTS] == [("unreachable", "A4")]
    assert "t3" in set(plan.unmet["territory_id"])


def test_many_that_reach_no_site_are_told_together() -> None:
    far = pd.DataFrame({"territory_id": [f"t{n}" for n in range(1, 31)], "population": 10})
    priced = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "ceiling_minutes": 25, "unmet_cost": 1})
    only_t1 = {"sites": rows({"site_id": "h1", "territory_id": "t1"}), "travel_times": times({"t1": {"h1": 0}})}
    found = assemble(scenario(territories=far, specialties=priced, **only_t1)).notices
    assert [n.cell for n in found] == [*(f"A{row}" for row in range(3, 23)), "A23:A31"]
    assert "9" in str(found[-1])


def test_minutes_are_worked_out_once_and_nobody_writes_into_them() -> None:
    """A notice changes nothing of what follows from the tables, and another table all of it."""
    case = on_a_line(roads=ROADS)
    minutes = travel_minutes(case)
    noted = case.noted((Problem("code", "sites", "A3", "found", "expected", "remedy", severity="warning"),))
    assert [notice.code for notice in noted.notices] == [*(notice.code for notice in case.notices), "code"]
    assert travel_minutes(noted) is travel_minutes(case) is minutes
    assert travel_minutes(case.replace(roads=ROADS.iloc[:1]))[2, 0] > minutes[2, 0]
    with pytest.raises(ValueError, match="read-only"):
        minutes[0, 0] = 1.0
