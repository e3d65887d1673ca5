"""Help in a surge: loans of beds and staff between regions, worked out by hand and by trying every loan."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.solve import solve
from redesaude.studies.surge_loans import surge_help
from redesaude.studies.transport import most_treated
from seeds import a_few
from tiny import EXACT, rows, scenario, times


def two_regions(loans: dict[str, Any] | None = None, **changes: Any) -> Plan:
    """Small centres (40 cases each) at both ends; nobody travels beyond 30 minutes. West has 30 cases, east 30."""
    allowed = {"specialty_id": "cardio", "size_id": "small", "status": "required"}
    tables = {
        "site_services": rows({"site_id": "h1", **allowed}, {"site_id": "h2", **allowed}),
        "sizes": rows({"specialty_id": "cardio", "size_id": "small", "capacity": 40, "fixed_cost": 300}),
        "specialties": rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "ceiling_minutes": 29}),
        "surge": rows({"surge_id": "flu", "region_id": "east", "multiplier": 2, "months": 12}),
    }
    if loans is not None:
        tables["surge_loans"] = rows({"surge_id": "flu", **loans})
    return solve(scenario(**(tables | changes)), EXACT)


BEDS = {"resource": "beds", "share": 0.1}


def test_without_loans_what_is_short_where_and_for_how_long_is_told() -> None:
    found = surge_help(two_regions())
    east = found.short.set_index("region_id").loc["east"]
    assert (east["need"], east["there"], east["short"], east["months"]) == pytest.approx(
        (60 / 12, 40 / 12, 20 / 12, 12)
    )
    assert len(found.lent) == 0
    row = found.helped.iloc[0]
    assert (row["coming"], row["alone"], row["with_loans"]) == pytest.approx((90, 70, 70))


def test_beds_lent_let_more_be_treated_and_travel_is_told() -> None:
    """West lends a tenth of its 40 places to east, 50 minutes away; it has 10 to spare."""
    found = surge_help(two_regions(BEDS))
    loan = found.lent.iloc[0]
    assert (loan["from_region_id"], loan["to_region_id"], loan["minutes"]) == ("west", "east", 50)
    assert loan["amount"] == pytest.approx(4 / 12)
    row = found.helped.iloc[0]
    assert (row["alone"], row["with_loans"], row["turned_away"]) == pytest.approx((70, 74, 16))


@pytest.mark.parametrize("loans", [BEDS, {"resource": "staff", "share": 0.5}])
def test_nothing_is_lent_over_a_way_that_nobody_knows(loans: dict[str, Any]) -> None:
    """No minutes are known between west and east."""
    apart = times({"t1": {"h1": 0}, "t2": {"h1": 20}, "t3": {"h2": 0}})
    nurse = {"role_id": "nurse", "hard": "no", "price": 0, "stock": 4}
    found = surge_help(
        two_regions(
            loans,
            travel_times=apart,
            workforce=rows(nurse | {"region_id": "east"}, nurse | {"region_id": "west"}),
            staffing=rows({"specialty_id": "cardio", "role_id": "nurse", "cases_per_fte": 10}),
        )
    )
    assert found.lent.empty
    assert (found.helped["with_loans"] == found.helped["alone"]).all()


def test_nobody_lends_what_it_needs_itself() -> None:
    assert surge_help(two_regions(BEDS | {"share": 1.0})).helped["with_loans"].iloc[0] == pytest.approx(80)


@pytest.mark.parametrize(
    "stated", [{"max_minutes": 49}, {"region_id": "east"}, {"share": 0.0}], ids=["too far", "another lends", "nothing"]
)
def test_a_loan_keeps_to_its_row(stated: dict[str, Any]) -> None:
    assert len(surge_help(two_regions(BEDS | stated)).lent) == 0


@pytest.mark.parametrize(("starts_at", "treated"), [(1.0, 74), (1.2, 70)])  # 60 cases a year are 1.15 a week
def test_help_starts_at_the_weekly_count_of_a_region(starts_at: float, treated: float) -> None:
    surge = rows({"surge_id": "flu", "region_id": "east", "multiplier": 2, "months": 12, "starts_at": starts_at})
    found = surge_help(two_regions(BEDS, surge=surge))
    assert found.helped["with_loans"].iloc[0] == pytest.approx(treated)
    east = found.short.set_index("region_id").loc["east"]
    assert (east["weekly_cases"], east["started"]) == (pytest.approx(60 * 7 / 365.25), "yes" if treated > 70 else "no")


def staffed(**loans: Any) -> Plan:
    """One nurse for ten cases; four in each region, enough for 40 cases, where there are beds for 100."""
    people = {"role_id": "nurse", "hard": "no", "price": 0}
    return two_regions(
        {"resource": "staff", **loans} if loans else None,
        sizes=rows({"specialty_id": "cardio", "size_id": "small", "capacity": 100, "fixed_cost": 300}),
        workforce=rows({**people, "region_id": "east", "stock": 4}, {**people, "region_id": "west", "stock": 4}),
        staffing=rows({"specialty_id": "cardio", "role_id": "nurse", "cases_per_fte": 10}),
    )


def test_staff_limits_what_is_treated_and_may_be_lent() -> None:
    alone = surge_help(staffed())
    east = alone.short[(alone.short["resource"] == "staff") & (alone.short["region_id"] == "east")].iloc[0]
    assert (east["need"], east["there"], east["short"]) == pytest.approx((6, 4, 2))
    assert alone.helped["alone"].iloc[0] == pytest.approx(70)
    found = surge_help(staffed(share=0.2))
    assert found.lent["amount"].sum() == pytest.approx(0.8)
    assert found.helped["with_loans"].iloc[0] == pytest.approx(78)
    lent = found.short[found.short["resource"] == "staff"].set_index("region_id")
    assert (lent.loc["west", "lent"], lent.loc["east", "borrowed"]) == pytest.approx((0.8, 0.8))


def test_in_tiers_whom_a_service_sends_up_takes_the_room_that_is_lent() -> None:
    """h1 keeps the milder half; of the surge in the west half goes up to h2, which borrows nothing and fills."""
    size = {"specialty_id": "cardio", "fixed_cost": 300}
    sizes = rows(size | {"size_id": "small", "capacity": 20, "treats_share": 0.5},
                 size | {"size_id": "large", "capacity": 60})  # fmt: skip
    services = rows(
        {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "required"},
        {"site_id": "h2", "specialty_id": "cardio", "size_id": "large", "status": "required"},
    )
    near = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "ceiling_minutes": 25, "transfer_minutes": 90})
    surge = rows({"surge_id": "flu", "region_id": "west", "multiplier": 2, "months": 12})
    changes = {"sizes": sizes, "site_services": services, "specialties": near, "surge": surge}
    alone = surge_help(two_regions(**changes)).helped["with_loans"].iloc[0]
    lent = surge_help(two_regions({"resource": "beds", "share": 0.1}, **changes)).helped["with_loans"].iloc[0]
    assert alone == pytest.approx(30 + 40)  # 20 at h1 of 40 who come to it
    assert lent == pytest.approx(30 + 50)  # 5 places from h2: 25 at h1, 25 sent up beside 30 of t3, in 55


@pytest.mark.parametrize("seed", a_few(range(6), 3))
def test_no_whole_number_of_beds_lent_treats_more(seed: int) -> None:
    """Brute force: every loan of whole places within the row, and the most that a transport then treats."""
    rng = np.random.default_rng(seed)
    people = 2 * rng.integers(3, 20, 3)  # whole cases in the surge too
    case = two_regions(
        {"resource": "beds", "share": 0.2},
        territories=rows(
            *({"territory_id": f"t{n + 1}", "region_id": region, "population": int(people[n])}
              for n, region in enumerate(("west", "west", "east")))
        ),
        specialties=rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "ceiling_minutes": 29,
                          "unmet_cost": 1_000}),
        surge=rows({"surge_id": "flu", "multiplier": float(rng.choice([1.5, 2.0, 2.5])), "months": 12}),
    )  # fmt: skip
    found = surge_help(case)
    minutes = np.array([[0, 50], [20, 30], [50, 0]], dtype=float)
    planned = case.assignments.groupby("territory_id")["cases"].sum().reindex(["t1", "t2", "t3"], fill_value=0.0)
    cases = planned.to_numpy(float) * float(case.scenario.surge["multiplier"].iloc[0])
    pairs = np.nonzero((minutes <= 29) & (cases > 0)[:, None])
    best = 0.0
    for west, east in product(range(9), repeat=2):  # a fifth of 40 places at most
        room = np.array([40.0 - west + east, 40.0 - east + west])
        sent = most_treated(cases, room, (pairs[0], pairs[1]), np.zeros(len(pairs[0])), np.eye(2))
        best = max(best, float(sent.sum()))
    assert found.helped["with_loans"].iloc[0] == pytest.approx(best, abs=1e-6)


def test_a_loan_of_a_surge_that_is_none_is_told() -> None:
    with pytest.raises(InputError, match="surge_id"):
        _ = _unknown()


def _unknown() -> Scenario:
    return scenario(
        surge=rows({"surge_id": "flu", "multiplier": 2}),
        surge_loans=pd.DataFrame([{"surge_id": "cold", "resource": "beds", "share": 0.1}]),
    )
