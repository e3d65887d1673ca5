"""Met is said of the year in which a promise is due, whatever is promised: time windows, centres, beds."""

from __future__ import annotations

import pandas as pd
import pytest

from redesaude.inputs.scenario import rows_of
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.first_years import dated_promises
from redesaude.plan.plan import Plan
from redesaude.report.promised import verdict
from redesaude.report.view import view_of
from redesaude.report.workbook.limits import limits_frame
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, settings, times

TOWNS = ("t1", "t2", "t3", "t4")
HOSPITALS = ("h1", "h2", "h3", "h4")


def solved(**tables: pd.DataFrame) -> Plan:
    """Four towns of 20 cases, a hospital in each; ten years from 2025."""
    base = {
        "territories": rows(
            *(
                {"territory_id": t, "region_id": "west", "population": 20, "latitude": 0, "longitude": float(n)}
                for n, t in enumerate(TOWNS)
            )
        ),
        "sites": rows(*({"site_id": h, "territory_id": t} for h, t in zip(HOSPITALS, TOWNS, strict=True))),
        "travel_times": times({t: dict.fromkeys(HOSPITALS, 5) for t in TOWNS}),
        "settings": settings(base_year=2025, horizon_years=10, emergency_minutes=20, call_minutes=2, scene_minutes=8),
    }
    plan = solve(scenario(**(base | tables)), EXACT)
    assert plan.has_decisions, plan.reason
    return plan


def size(name: str, months: int, capacity: int = 40, specialty: str = "cardio", **values: float) -> dict[str, object]:
    """A size whose works take some months."""
    return {"specialty_id": specialty, "size_id": name, "capacity": capacity, "capex": 10, "build_months": months,
            "fixed_cost": 10, "cost_per_case": 3, **values}  # fmt: skip


def told(plan: Plan, kind: str) -> list[str]:
    view = view_of(plan, "en")
    return [verdict(view, [row]) for row in rows_of(plan.promises[plan.promises["kind"] == kind])]


def only(site: str, *chosen: str, status: str = "allowed", specialty: str = "cardio") -> list[dict[str, object]]:
    """A site that may have some sizes and no others."""
    place = {"site_id": site, "specialty_id": specialty}
    names = ("old", "quick", "slow")
    return [{**place, "size_id": n, "status": status if n in chosen else "forbidden"} for n in names]


def two_for_two(year: float = float("nan")) -> Plan:
    """Two services end; one that takes their patients opens after a year, the other after two, and two may be open."""
    now = {"specialty_id": "cardio", "size_id": "old", "status": "existing", "contract_id": "direct"}
    services = [*only("h2", "quick"), *only("h3", "slow")]
    services += [row for h in ("h1", "h4") for row in only(h, "old") if row["size_id"] != "old"]
    services += [{**now, "site_id": h} for h in ("h1", "h4")]
    return solved(
        specialties=rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 900}),
        sizes=rows({**size("old", 0, 20), "fixed_cost": 400}, size("quick", 12), size("slow", 24)),
        site_services=rows(*services),
        centre_limits=rows({"specialty_id": "cardio", "region_id": "all", "centres": 2, "from_year": year}),
    )


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("year", "word"),
    [(float("nan"), "met from 2027"), (2026, "late: from 2027"), (2027, "met"), (2030, "met")],
)
def test_services_that_run_on_are_centres_as_long_as_they_do(year: float, word: str) -> None:
    plan = two_for_two(year)
    assert set(plan.openings["site_id"]) == {"h2", "h3"}
    assert set(Appraisal(plan).meanwhile().runs_until().values()) == {2.0}
    assert told(plan, "centres") == [word]
    frame = limits_frame(view_of(plan, "en"))
    assert frame.loc[frame["kind"] == "centres", "verdict"].to_list() == [word]


@pytest.mark.parametrize(("year", "word"), [(2026, "late: from 2027"), (2027, "met")])
def test_a_service_that_runs_on_takes_its_beds_meanwhile(year: float, word: str) -> None:
    """Renal care comes to h1 after a year, heart care leaves it after two; the building has beds for one of them."""
    now = {"site_id": "h1", "specialty_id": "cardio", "size_id": "old", "status": "existing", "contract_id": "direct"}
    services = [
        now,
        *(row for row in only("h1", "old") if row["size_id"] != "old"),
        *only("h2", "slow", status="required"),
        *only("h1", "quick", status="required", specialty="renal"),
        *(row for h in ("h3", "h4") for s in ("cardio", "renal") for row in only(h, specialty=s)),
        *only("h2", specialty="renal"),
    ]
    both = ("cardio", "renal")
    plan = solved(
        specialties=rows(*({"specialty_id": s, "cases_per_100k": 100_000, "unmet_cost": 900} for s in both)),
        sizes=rows(
            *(
                size(name, months, capacity, s, beds=10)
                for s in both
                for name, months, capacity in (("old", 0, 40), ("quick", 12, 90), ("slow", 24, 90))
            )
        ),
        site_services=rows(*services),
        buildings=rows({"site_id": "h1", "resource": "beds", "total": 12, "general": 0, "from_year": year}),
    )
    assert Appraisal(plan).meanwhile().runs_until() == {("h1", "cardio"): 2.0}
    assert told(plan, "beds") == [word]


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("year", "word"),
    [(float("nan"), "met from 2028"), (2026, "late: from 2028"), (2028, "met")],
)
def test_a_window_is_kept_from_when_those_who_treat_in_it_are_open(year: float, word: str) -> None:
    """Works of three years; ambulances reach three of the four towns, of whose cases all but none are in time."""
    reached = [{"station_id": f"s{t}", "territory_id": t, "status": "kept", "ambulances_max": 1} for t in TOWNS[:3]]
    plan = solved(
        specialties=rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 900,
                          "window_minutes": 60, "door_minutes": 5}),
        sizes=rows(size("slow", 36, 200)),
        stations=rows(*reached),
        emergency=rows({"promise": "window", "specialty_id": "cardio", "share": 0.75, "from_year": year}),
    )  # fmt: skip
    assert told(plan, "window") == [word]


def test_what_nobody_decides_by_a_date_has_none() -> None:
    """People whom an ambulance reaches, and money: of the period, as before."""
    reached = [{"station_id": f"s{t}", "territory_id": t, "status": "kept", "ambulances_max": 1} for t in TOWNS]
    plan = solved(
        specialties=rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 900}),
        sizes=rows(size("slow", 36, 200)),
        stations=rows(*reached),
        emergency=rows({"promise": "cover", "share": 0.75}),
        funding=rows({"funding_id": "f", "kind": "capital", "amount": 1e6}),
    )
    assert dated_promises(Appraisal(plan)) == {}
    assert told(plan, "cover") == ["met"]


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("year", "word"),
    [(float("nan"), "met from 2027"), (2026, "late: from 2027"), (2027, "met")],
)
def test_a_hub_is_relieved_from_when_what_relieves_it_is_open(year: float, word: str) -> None:
    """All go to h1 today; a hospital in the east takes its twenty after works of two years."""
    now = {"site_id": "h1", "specialty_id": "cardio", "size_id": "old", "status": "existing", "contract_id": "direct"}
    services = [*only("h4", "slow", status="required"), *(row for h in ("h2", "h3") for row in only(h))]
    places = [
        {
            "territory_id": t,
            "region_id": "east" if t == "t4" else "west",
            "population": 20,
            "latitude": 0,
            "longitude": n,
        }
        for n, t in enumerate(TOWNS)
    ]
    plan = solved(
        territories=rows(*places),
        specialties=rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 900}),
        sizes=rows(size("old", 0, 80), size("quick", 12), size("slow", 24, 20)),
        site_services=rows(now, *services),
        load_ceilings=rows(
            {"site_id": "h1", "specialty_id": "cardio", "area": "region", "cases": 5, "from_year": year}
        ),
        travel_times=times({t: {h: 5 if t[1] == h[1] else 30 for h in HOSPITALS} for t in TOWNS}),
    )
    assert set(plan.openings["site_id"]) == {"h1", "h4"}
    view = view_of(plan, "en")
    assert [verdict(view, [row]) for row in rows_of(plan.promises[plan.promises["kind"] == "load"])] == [word]
