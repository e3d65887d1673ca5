"""Surges and relief, worked out by hand on the tiny network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from resources_example import example_plan

from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.report.folder import write_report
from redesaude.report.studies import studies_of
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.relief import price_of_relief, relief
from redesaude.studies.strategies import network_of
from redesaude.studies.surge import surges
from redesaude.studies.transport import greatest_strength, most_treated
from tiny import EXACT, rows, scenario


def solved(case: Scenario) -> Plan:
    plan = solve(case, EXACT)
    assert plan.status == Status.OPTIMAL, plan.reason
    return plan


def two_centres(**changes: pd.DataFrame) -> Scenario:
    """Small centres (40 cases each) at both ends: t1 and t2 (30 cases) go to h1, t3 (30 cases) to h2."""
    allowed = {"specialty_id": "cardio", "size_id": "small", "status": "required"}
    services = rows({"site_id": "h1", **allowed}, {"site_id": "h2", **allowed})
    small = rows({"specialty_id": "cardio", "size_id": "small", "capacity": 40, "fixed_cost": 300, "cost_per_case": 9})
    hubs = rows(
        {"site_id": "h1", "specialty_id": "all", "cases": 0}, {"site_id": "h2", "specialty_id": "all", "cases": 0}
    )
    return scenario(**{"site_services": services, "sizes": small, "load_ceilings": hubs} | changes)


def surge(**values: object) -> pd.DataFrame:
    return rows({"surge_id": "flu", "months": 3, **values})


def test_a_surge_in_one_region_spills_over_to_the_other() -> None:
    """East doubles: 60 cases a year, 40 of them find room at h2 and 10 at h1; 10 are turned away. A quarter of it all
    comes in 3 months.

    h2 alone is full at 40 / 30; with the 10 free places of h1 all are treated up to 50 / 30.
    """
    found = surges(solved(two_centres(surge=surge(region_id="east", multiplier=2))))
    row = found.specialties.iloc[0]
    assert (row["planned"], row["coming"], row["treated"], row["turned_away"]) == pytest.approx((15, 22.5, 20, 2.5))
    assert row["breaks_at"] == pytest.approx(50 / 30)
    assert row["first_site_id"] == "h2"
    services = found.services.set_index("site_id")
    assert services.loc["h2", "breaks_at"] == pytest.approx(40 / 30)
    assert np.isnan(services.loc["h1", "breaks_at"])
    assert services.loc["h2", "as_referred"] == pytest.approx(15.0)
    assert services["treated"].to_list() == pytest.approx([10.0, 10.0])
    assert services["full"].all()


def test_a_surge_everywhere_breaks_where_the_whole_network_is_full() -> None:
    found = surges(solved(two_centres(surge=surge(multiplier=1.2))))
    row = found.specialties.iloc[0]
    assert row["turned_away"] == pytest.approx(0.0)
    assert row["breaks_at"] == pytest.approx(80 / 60)
    assert row["share_absorbed"] == pytest.approx(1.0)


def test_the_strongest_part_holds_and_a_lower_occupancy_breaks_sooner() -> None:
    parts = rows(
        {"surge_id": "flu", "multiplier": 1.1, "occupancy": 0.9},
        {"surge_id": "flu", "region_id": "east", "multiplier": 1.4, "occupancy": 0.9},
    )
    found = surges(solved(two_centres(surge=parts)))
    assert found.specialties["coming"].iloc[0] == pytest.approx((30 * 1.1 + 30 * 1.4) / 12)
    assert found.specialties["treated"].iloc[0] == pytest.approx(72 / 12)


def test_patients_do_not_spill_beyond_the_ceiling_of_minutes() -> None:
    near = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "ceiling_minutes": 30})
    found = surges(solved(two_centres(specialties=near, surge=surge(region_id="east", multiplier=2))))
    assert found.specialties["breaks_at"].iloc[0] == pytest.approx(40 / 30)


def test_no_surge_no_rows() -> None:
    assert len(surges(solved(two_centres())).specialties) == 0


def test_a_network_frozen_gives_its_plan_again() -> None:
    plan = example_plan()
    again = solved(network_of(plan))
    assert again.objective == pytest.approx(plan.objective)
    pd.testing.assert_frame_equal(again.openings, plan.openings)
    pd.testing.assert_frame_equal(again.stations, plan.stations)


def test_relief_is_told_against_today_and_against_no_ceilings() -> None:
    """Travel weighs 1 a minute: without ceilings the 20 of t2 go to h2 if that is nearer; the ceiling keeps them."""
    times = pd.DataFrame(
        [("t1", "h1", 0), ("t1", "h2", 50), ("t2", "h1", 20), ("t2", "h2", 5), ("t3", "h1", 50), ("t3", "h2", 0)],
        columns=["origin_id", "destination_id", "minutes"],
    )
    dear = pd.DataFrame({"name": ["patient_time_weight", "patient_minute_cost"], "value": [1.0, 1.0]})
    plan = solved(two_centres(travel_times=times, settings=dear))
    assert plan.loads["from_outside"].sum() == pytest.approx(0.0)
    found = relief(plan)
    h2 = found.table.set_index("site_id").loc["h2"]
    assert (h2["without"], h2["relieved"]) == pytest.approx((10.0, 10.0))
    assert h2["today"] == 0.0  # nothing is there today
    assert found.price == pytest.approx(15.0)  # 15 minutes more, half a return journey each


def test_nothing_relieved_has_no_price() -> None:
    plan = solved(two_centres(load_ceilings=rows({"site_id": "h1", "specialty_id": "all", "cases": 50})))
    assert np.isnan(price_of_relief(plan, plan))


@pytest.mark.long
def test_the_report_tells_them(tmp_path: Path) -> None:
    case = two_centres(surge=surge(region_id="east", multiplier=2, name="Influenza"))
    plan = solved(case)
    out = write_report(plan, tmp_path / "r", studies=studies_of(plan))
    files = {path.name for path in (out / "tables").iterdir()}
    assert {"relief.csv", "surge.csv", "surge_services.csv"} <= files
    words = {str(cell.value) for row in openpyxl.load_workbook(out / "plan.xlsx")["resources"] for cell in row}
    assert {"Influenza", "Relief of the hubs", "What the network absorbs of a surge", "full"} <= words


def test_rows_of_a_surge_agree_in_months_and_occupancy() -> None:
    parts = rows(
        {"surge_id": "flu", "multiplier": 2}, {"surge_id": "flu", "multiplier": 3, "region_id": "east", "months": 4}
    )
    with pytest.raises(InputError) as caught:
        two_centres(surge=parts)
    assert [(p.code, p.cell) for p in caught.value.problems] == [("surge_differs", "D3")]


@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_turned_away_before_the_network_breaks(seed: int) -> None:
    """As many are treated as a maximum flow can send, and all of them up to the strength at which it breaks."""
    rng = np.random.default_rng(seed)
    minutes = rng.integers(1, 100, size=(12, 4)).astype(float)
    pairs = np.nonzero(minutes < 70)
    cases, room = rng.integers(1, 20, 12).astype(float), rng.integers(20, 60, 4).astype(float)
    cases[np.setdiff1d(np.arange(12), pairs[0])] = 0.0
    far, here = minutes[pairs], np.eye(4)
    most = most_treated(cases, room, pairs, np.zeros(len(far)), here).sum()
    assert most_treated(cases, room, pairs, far, here).sum() == pytest.approx(most)
    strength = greatest_strength(np.zeros(12), cases, room, pairs, here)
    assert most_treated(0.999 * strength * cases, room, pairs, far, here).sum() == pytest.approx(
        0.999 * strength * cases.sum()
    )
    assert most_treated(1.01 * strength * cases, room, pairs, far, here).sum() < 1.01 * strength * cases.sum() - 1e-6


def in_tiers(**changes: pd.DataFrame) -> Scenario:
    """h1 treats the milder half of the 30 people of t1 and t2 and sends the others to h2, where those of t3 are."""
    size = {"specialty_id": "cardio", "fixed_cost": 300, "cost_per_case": 9}
    sizes = rows(size | {"size_id": "small", "capacity": 20, "treats_share": 0.5},
                 size | {"size_id": "large", "capacity": 60})  # fmt: skip
    services = rows(
        {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "required"},
        {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "status": "required"},
    )
    near = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "ceiling_minutes": 25, "transfer_minutes": 90})
    return scenario(**{"sizes": sizes, "site_services": services, "specialties": near} | changes)


def test_a_surge_of_a_specialty_in_tiers_fills_also_whom_the_plan_sends_up() -> None:
    """Everyone three times: of 90 of t1 and t2 half would be treated at h1 (20 places) and half at h2, beside 90 of
    t3. h1 takes as many as fill it, 40, of whom 20 go on to h2; there 40 places are left for t3.

    Up to 20 / 15 all are treated, for h1 is full then; h2 would be at 60 / 45.
    """
    plan = solved(in_tiers(surge=surge(multiplier=3, months=12)))
    found = surges(plan)
    row = found.specialties.iloc[0]
    assert (row["planned"], row["coming"], row["treated"]) == pytest.approx((60, 180, 80))
    assert row["breaks_at"] == pytest.approx(20 / 15)
    services = found.services.set_index("site_id")
    treated = plan.openings.set_index("site_id")["cases"]
    assert services["planned"].to_dict() == pytest.approx(treated.to_dict())
    assert services["as_referred"].to_dict() == pytest.approx({"h1": 45, "h2": 135})
    assert services["treated"].sum() == pytest.approx(80)
    assert services["breaks_at"].to_dict() == pytest.approx({"h1": 20 / 15, "h2": 60 / 45})
