"""A hard promise of access that counts services still being built says from which year it holds."""

from __future__ import annotations

import pandas as pd
import pytest

from redesaude.language import translator
from redesaude.plan.first_years import holds_from, late_promises
from redesaude.plan.plan import Plan
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
    assert sorted(holds_from(plan).values()) == [2028, 2028]
    frame = access_frame(view_of(plan), plan.access)
    assert set(frame.loc[frame["promised"] != "", "holds_from"]) == {2028}
    assert frame.loc[frame["promised"] == "", "holds_from"].isna().all()


def test_what_is_open_when_its_period_begins_is_not_told() -> None:
    assert told(0, 1.0) == []
    (only,) = told(24, 1.0)
    assert "in p1" in only


def test_services_of_today_that_are_enough_are_not_told() -> None:
    today = {"specialty_id": "cardio", "size_id": "large", "status": "existing", "contract_id": "direct"}
    given = rows(*({"site_id": site} | today for site in ("h1", "h2")))
    assert told(36, 1.0, site_services=given) == []
    assert told(36, 0.5, site_services=given[1:].reset_index(drop=True)) == []
