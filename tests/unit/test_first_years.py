"""A hard promise of access that counts services still being built says from which year it holds."""

from __future__ import annotations

import pandas as pd
import pytest

from redesaude.errors import InputError
from redesaude.inputs.scenario import rows_of
from redesaude.language import translator
from redesaude.plan import first_years
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.by_year import by_year
from redesaude.plan.first_years import Dated, dated_promises, late_promises
from redesaude.plan.plan import Plan
from redesaude.report.promised import verdict
from redesaude.report.view import view_of
from redesaude.report.workbook.access import access_frame
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, settings


def planned(months: int, share: float, **changes: pd.DataFrame) -> Plan:
    sizes = rows({"specialty_id": "cardio", "size_id": "large", "capacity": 100, "capex": 10, "build_months": months})
    periods = rows(
        {"period_id": "p1", "first_year": 2025, "years": 2}, {"period_id": "p2", "first_year": 2027, "years": 8}
    )
    promised = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "access_minutes": 25,
                     "access_share": share, "unmet_cost": 10**4})  # fmt: skip
    tables = {"settings": settings(base_year=2025, horizon_years=10), "periods": periods, "sizes": sizes}
    plan = solve(scenario(**(tables | {"specialties": promised} | changes)), EXACT)
    assert plan.has_decisions
    return plan


def told(months: int, share: float, **changes: pd.DataFrame) -> list[str]:
    return list(late_promises(planned(months, share, **changes), translator("en")))


@pytest.mark.parametrize(("months", "year"), [(36, 2028), (30, 2028), (37, 2029)])
def test_the_first_year_with_enough_open_is_told(months: int, year: int) -> None:
    first, second = told(months, 1.0)
    assert "100% of cases within 25 minutes in p1" in first
    assert f"It holds from {year} on" in first
    assert "in p2" in second


def test_the_year_stands_beside_each_promise_on_the_sheet_of_access() -> None:
    plan = planned(36, 1.0)
    assert sorted(dated_promises(Appraisal(plan)).values()) == [Dated(2025, 2028, late=True), Dated(2027, 2028, False)]
    frame = access_frame(view_of(plan), plan.access)
    assert set(frame.loc[frame["promised"] != "", "holds_from"]) == {2028}
    assert frame.loc[frame["promised"] == "", "holds_from"].isna().all()
    verdicts = frame[frame["promised"] != ""].set_index("period_id")["verdict"].to_dict()
    assert verdicts == {"p1": "late: from 2028", "p2": "met from 2028"}


def promised_from(year: float, share: float = 1.0) -> dict[str, pd.DataFrame]:
    """A promise of the whole area, due from ``year`` on; the service of its own opens after 36 months, in 2028."""
    target = {"specialty_id": "cardio", "region_id": "all", "share": share, "from_year": year}
    specialty = {"specialty_id": "cardio", "cases_per_100k": 100_000, "access_minutes": 25, "unmet_cost": 10**4}
    return {"specialties": rows(specialty), "access_targets": rows(target)}


@pytest.mark.parametrize(
    ("year", "verdicts"),
    [
        (2026, {"p1": "late: from 2028", "p2": "late: from 2028"}),
        (2027, {"p2": "late: from 2028"}),
        (2028, {"p2": "met"}),
        (2031, {"p2": "met"}),
    ],
)
def test_met_is_said_of_the_year_in_which_a_promise_is_due(year: int, verdicts: dict[str, str]) -> None:
    """In a period that ends before the year nothing is promised."""
    plan = planned(36, 1.0, **promised_from(year))
    frame = access_frame(view_of(plan), plan.access)
    assert frame[frame["promised"] != ""].set_index("period_id")["verdict"].to_dict() == verdicts
    assert set(plan.promises.loc[plan.promises["kind"] == "access", "period_id"]) == set(verdicts)


def test_each_year_says_whether_it_reaches_what_is_due_in_it() -> None:
    table = by_year(Appraisal(planned(36, 1.0, **promised_from(2027))))
    whole = table[table["region_id"] == "all"].set_index("year")
    assert whole["met"].to_dict() == {2025: "", 2026: "", 2027: "no"} | dict.fromkeys(range(2028, 2035), "yes")
    assert whole["target"].isna().to_list() == [True, True] + [False] * 8
    regions = table.loc[table["region_id"] != "all", ["target", "met"]]
    assert regions["target"].isna().all()
    assert (regions["met"] == "").all()


@pytest.mark.parametrize(("year", "sound"), [(2034, True), (2035, False)])
def test_a_promise_that_is_never_due_is_told(year: int, sound: bool) -> None:
    if sound:
        assert planned(0, 1.0, **promised_from(year)).has_decisions
        return
    with pytest.raises(InputError, match="from_year 2035 is after the end of its period, in 2034"):
        planned(0, 1.0, **promised_from(year))


@pytest.mark.parametrize(("share", "late"), [(0.25, False), (0.3, True)])
def test_what_an_enlarged_service_treats_already_holds_from_the_beginning(share: float, late: bool) -> None:
    """The only service of today treats 15 of the 60 people; what is built beyond, anywhere, takes three years."""
    sizes = rows(
        {"specialty_id": "cardio", "size_id": "small", "capacity": 15, "capex": 5, "build_months": 36},
        {"specialty_id": "cardio", "size_id": "large", "capacity": 30, "capex": 10, "build_months": 36},
    )
    today = {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing"}
    given = rows(today | {"contract_id": "direct"})
    plan = planned(36, 1.0, sizes=sizes, site_services=given, **promised_from(2025, share))
    assert set(plan.openings["size_id"]) == {"large"}
    assert any(years.late for years in dated_promises(Appraisal(plan)).values()) is late


@pytest.mark.parametrize(("months", "years"), [(36, [2028, 2028]), (0, [])])
def test_a_hard_time_window_that_counts_services_still_being_built_says_so_too(months: int, years: list[int]) -> None:
    critical = rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "window_minutes": 60, "door_minutes": 10,
                     "access_minutes": 25, "unmet_cost": 10**4})  # fmt: skip
    ambulances = {
        "stations": rows({"station_id": "s", "territory_id": "t1", "ambulance_cost": 1}),
        "station_times": rows(*({"station_id": "s", "territory_id": t, "minutes": 5} for t in ("t1", "t2", "t3"))),
        "emergency": rows({"promise": "window", "specialty_id": "cardio", "share": 1.0}),
    }
    sentences = told(months, 1.0, specialties=critical, **ambulances)
    assert len(sentences) == len(years)
    for sentence, year in zip(sentences, years, strict=True):
        assert "within 60 minutes in p" in sentence
        assert f"from {year} on" in sentence


def test_what_is_open_when_its_period_begins_is_not_told() -> None:
    assert told(0, 1.0) == []
    (only,) = told(24, 1.0)
    assert "in p1" in only


def test_services_of_today_that_are_enough_are_not_told() -> None:
    today = {"specialty_id": "cardio", "size_id": "large", "status": "existing", "contract_id": "direct"}
    given = rows(*({"site_id": site} | today for site in ("h1", "h2")))
    assert told(36, 1.0, site_services=given) == []
    assert told(36, 0.5, site_services=given[1:].reset_index(drop=True)) == []


def test_a_promise_that_holds_only_after_the_plan_ends_is_told_so() -> None:
    """Works of twelve years in a plan of ten: nobody is ever treated."""
    plan = planned(144, 1.0)
    dated = dated_promises(Appraisal(plan))
    assert dated
    assert all(years.never and years.late for years in dated.values())
    for told in late_promises(plan, translator("en")):
        assert "It holds in no year of the plan, which ends with 2034" in told
        assert "from 20" not in told
    view = view_of(plan)
    promised = [row for row in rows_of(plan.promises) if row.kind == "access"]
    assert {verdict(view, [row]) for row in promised} == {"late: in no year of the plan"}


def test_of_many_late_promises_the_first_are_told_and_the_rest_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, say = planned(24, 0.5), translator("en")
    for count in (0, 1, 5, 6, 40):
        monkeypatch.setattr(first_years, "late_promises", lambda *_, n=count: (str(k) for k in range(n)))
        few = first_years.first_late_promises(plan, say)
        assert len(few) == min(count, 5)
        assert (few[-1:] == [(f"{count - 4} more promises count services that are still under works then: sheet checks "
                              "of audit.xlsx has each.")]) == (count > 5)  # fmt: skip
