"""Capacity and staff by calendar year: what runs before an enlargement opens, and after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.money_by_year import PEOPLE_AND_MONEY, people_and_money
from redesaude.plan.supply_by_year import supply_by_year
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, settings


def enlarged(*without: str) -> Appraisal:
    """h1 runs small today; it is enlarged by works of 30 months, and treats all 60 people, a third of them before."""
    sizes = rows(
        {"specialty_id": "cardio", "size_id": "small", "capacity": 20, "capex": 5, "build_months": 30},
        {"specialty_id": "cardio", "size_id": "large", "capacity": 60, "capex": 10, "build_months": 30},
    )
    today = rows(
        {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing", "contract_id": "direct"},
        {"site_id": "h2", "specialty_id": "cardio", "status": "forbidden"},
    )
    staffing = rows(
        {"specialty_id": "cardio", "size_id": "small", "role_id": "nurse", "fte": 2, "cases_per_fte": 10},
        {"specialty_id": "cardio", "size_id": "large", "role_id": "nurse", "fte": 5, "cases_per_fte": 20},
        {"specialty_id": "cardio", "role_id": "doctor", "fte": 1},
    )
    tables = {
        "settings": settings(horizon_years=5, base_year=2027),
        "periods": rows({"period_id": "p", "first_year": 2027, "years": 5}),
        "specialties": rows({"specialty_id": "cardio", "cases_per_100k": 100_000, "unmet_cost": 10**4}),
        "sizes": sizes,
        "site_services": today,
        "workforce": rows({"role_id": "nurse", "stock": 99}, {"role_id": "doctor", "stock": 99}),
        "staffing": staffing,
    }
    plan = solve(scenario(**{name: table for name, table in tables.items() if name not in without}), EXACT)
    assert plan.openings["change"].to_list() == ["enlarged"], plan.reason
    return Appraisal(plan)


def test_an_enlarged_service_has_the_staff_of_its_size_in_each_year() -> None:
    """Before: 2 + 20/10 nurses and a doctor; after: 5 + 60/20 nurses and a doctor; half of 2029 each."""
    table = supply_by_year(enlarged()).set_index(["region_id", "year"])
    assert table.loc["all", "staff"].to_list() == pytest.approx([5.0, 5.0, 7.0, 9.0, 9.0])
    assert table.loc["all", "capacity"].to_list() == pytest.approx([20.0, 20.0, 40.0, 60.0, 60.0])
    pd.testing.assert_frame_equal(table.loc["west"], table.loc["all"])


def test_the_table_of_years_has_them_beside_people_and_money() -> None:
    appraisal = enlarged()
    table = people_and_money(appraisal, cash_flow(appraisal))
    assert tuple(table.columns) == PEOPLE_AND_MONEY
    whole = table[(table["region_id"] == "all") & (table["specialty_id"] == "cardio")]
    assert whole["staff"].to_list() == pytest.approx([5.0, 5.0, 7.0, 9.0, 9.0])
    east = table[(table["region_id"] == "east") & (table["specialty_id"] == "cardio")]
    assert (east["capacity"] == 0).all()
    assert (east["cases"] == 30).all()


def test_without_staffing_nothing_is_said_of_staff() -> None:
    appraisal = enlarged("staffing", "workforce")
    assert np.isnan(people_and_money(appraisal, cash_flow(appraisal))["staff"]).all()
