"""Kilometres and CO2 of patients' travel, and the codes by which others know what a plan is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from line_of_places import DEGREE_KM, on_a_line

from redesaude.errors import InputError
from redesaude.plan.plan import Plan
from redesaude.plan.travelled import TRAVELLED, travelled
from redesaude.report.tables import write_tables
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.report.workbook.travel import co2_sentence, travel_frame
from redesaude.solving.solve import solve
from redesaude.travel.kilometres import ways
from redesaude.travel.matrix import travel_minutes
from tiny import EXACT, rows, scenario, settings, tables


def test_straight_kilometres_times_the_detour_where_no_road_is_given() -> None:
    found = ways(on_a_line())
    assert found.km[:, 0] == pytest.approx(1.2 * DEGREE_KM * np.array([0, 1, 2, 4]), abs=0.01)
    assert not found.given.any()


def test_kilometres_follow_the_quickest_road_not_the_shortest() -> None:
    """From t4 to t1: 100 km on a slow track, or 60 + 90 + 70 km on fast roads through t3 and t2."""
    roads = rows(
        {"from_id": "t1", "to_id": "t4", "km": 100, "speed_kmh": 10},
        {"from_id": "t4", "to_id": "t3", "km": 60, "speed_kmh": 100},
        {"from_id": "t2", "to_id": "t3", "km": 90, "speed_kmh": 100},
        {"from_id": "t2", "to_id": "t1", "km": 70, "speed_kmh": 100},
        {"from_id": "t1", "to_id": "t2", "km": 40, "speed_kmh": 20},
    )
    case = on_a_line(roads=roads)
    assert ways(case).km[:, 0] == pytest.approx([0, 70, 160, 220])
    assert travel_minutes(case)[:, 0] == pytest.approx([0, 42, 96, 132])
    beyond = 0.5 * DEGREE_KM * 1.2
    assert ways(case).km[:, 1] == pytest.approx([160 + beyond, 90 + beyond, beyond, 60 + beyond], abs=0.01)


def test_a_place_that_no_road_reaches_is_measured_straight() -> None:
    case = on_a_line(roads=rows({"from_id": "t1", "to_id": "t2", "km": 130}))
    assert ways(case).km[:, 0] == pytest.approx([0, 130, 1.2 * 2 * DEGREE_KM, 1.2 * 4 * DEGREE_KM], abs=0.01)


def test_kilometres_along_roads_are_those_of_minutes_at_one_speed() -> None:
    """On random networks of one speed, km and minutes of every way are the same number but for the speed."""
    rng = np.random.default_rng(5)
    number = 40
    territories = rows(
        *({"territory_id": f"t{n}", "population": 1, "latitude": float(a), "longitude": float(b)}
          for n, (a, b) in enumerate(rng.uniform(0, 3, (number, 2)))),
    )  # fmt: skip
    pairs = {tuple(sorted(map(int, rng.choice(number, 2, replace=False)))) for _ in range(90)}
    roads = rows(*({"from_id": f"t{a}", "to_id": f"t{b}"} for a, b in sorted(pairs)))
    sites = rows(*({"site_id": f"h{n}", "territory_id": f"t{n}"} for n in range(0, number, 7)))
    case = on_a_line(territories=territories, sites=sites, roads=roads)
    assert ways(case).km == pytest.approx(travel_minutes(case), rel=1e-9)  # 60 km/h


def with_km(**changes: Any) -> Plan:
    """The example's plan: t1 and t2 stay west, t3 east; the way of t2 to h1 is stated as 25 km."""
    times = tables()["travel_times"].assign(km=np.nan)
    times.loc[(times["origin_id"] == "t2") & (times["destination_id"] == "h1"), "km"] = 25.0
    seats = tables()["territories"].assign(latitude=0.0, longitude=[0.0, 0.2, 0.5])
    stated = settings(travel_co2=0.2, travel_co2_low=0.1, travel_co2_high=0.3, road_detour=1.0)
    case = {"travel_times": times, "territories": seats, "settings": stated}
    return solve(scenario(**(case | changes)), EXACT)


def test_vehicle_kilometres_and_co2_of_a_plan_by_hand() -> None:
    plan = with_km()
    sent = plan.assignments.set_index(["territory_id", "site_id"])["cases"]
    far = {("t1", "h1"): 0.0, ("t2", "h1"): 25.0, ("t3", "h2"): 0.0, ("t1", "h2"): 0.5 * DEGREE_KM,
           ("t2", "h2"): 0.3 * DEGREE_KM, ("t3", "h1"): 0.5 * DEGREE_KM}  # fmt: skip
    due = sum(2 * 0.5 * cases * far[way] for way, cases in sent.items())
    table = travelled(plan.scenario, plan.assignments).set_index("region_id")
    assert list(table.reset_index().columns) == ["region_id", *(c for c in TRAVELLED if c != "region_id")]
    assert due > 0
    assert table.loc["all", "km"] == pytest.approx(due, abs=0.01)
    assert table["km"].drop("all").sum() == pytest.approx(table.loc["all", "km"])
    tonnes = table.loc["all", ["co2_tonnes_low", "co2_tonnes", "co2_tonnes_high"]].astype(float)
    assert tonnes.tolist() == pytest.approx([due * e / 1000 for e in (0.1, 0.2, 0.3)], abs=1e-4)
    stated = sent.get(("t2", "h1"), 0.0) * 25.0 / due
    assert table.loc["all", "km_given_share"] == pytest.approx(stated, abs=1e-6)


def test_no_factor_no_co2_and_the_page_says_so() -> None:
    view = view_of(with_km(settings=settings(road_detour=1.0)))
    assert view.studied.travelled["co2_tonnes"].isna().all()
    assert "travel_co2" in co2_sentence(view)


def test_where_no_length_is_known_the_page_says_so_and_tells_no_zero(tmp_path: Path) -> None:
    view = view_of(solve(scenario(), EXACT))  # minutes alone: no coordinates, no km
    assert len(travel_frame(view)) == 0
    write_audit_workbook(view, tmp_path / "audit.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "audit.xlsx")["travel"]
    assert any("No way" in str(cell.value) for cell in sheet["A"])


def test_kilometres_and_factors_change_no_cost_and_no_decision() -> None:
    plain = solve(scenario(), EXACT)
    told = with_km()
    assert told.objective == pytest.approx(plain.objective)
    assert told.openings[["site_id", "size_id"]].equals(plain.openings[["site_id", "size_id"]])


@pytest.mark.parametrize(("low", "factor", "high"), [(0.3, 0.2, 0.4), (0.1, 0.2, 0.15), (0.1, 0.0, 0.0)])
def test_a_factor_outside_its_range_is_told(low: float, factor: float, high: float) -> None:
    stated = settings(travel_co2=factor, travel_co2_low=low, travel_co2_high=high)
    with pytest.raises(InputError, match="outside its range"):
        scenario(settings=stated)


def test_codes_of_others_stand_beside_ours_in_every_table(tmp_path: Path) -> None:
    sites = tables()["sites"].assign(official_code=["0001234", None], code_register=["CNES", None])
    specialties = tables()["specialties"].assign(official_code="0406", sdg_targets="3.4; 3.8")
    plan = solve(scenario(sites=sites, specialties=specialties), EXACT)
    write_tables(view_of(plan), tmp_path)
    opened = pd.read_csv(tmp_path / "openings.csv", dtype=str, keep_default_na=False).set_index("site_id")
    assert opened["specialty_code"].tolist() == ["0406"] * len(opened)
    assert set(opened["site_code"].items()) <= {("h1", "0001234"), ("h2", "")}
    assigned = pd.read_csv(tmp_path / "assignments.csv", dtype=str)
    assert {"site_code", "specialty_code"} <= set(assigned.columns)
    assert "territory_code" not in assigned.columns  # none is stated
    frame = travel_frame(view_of(with_km(specialties=specialties)))
    assert frame["sdg"].unique().tolist() == ["3.4, 3.8"]


def test_a_goal_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="sdg_targets"):
        scenario(specialties=tables()["specialties"].assign(sdg_targets="3.44"))
