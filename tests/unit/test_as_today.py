"""Today and the years of a plan on one footing: of the same people, those whom today's services would treat in time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL
from redesaude.report.names import names_of
from redesaude.report.studied import Studied
from redesaude.report.view import view_of
from redesaude.report.workbook.years import years_frame
from redesaude.solving.solve import solve
from redesaude.studies.today import as_today, cases_today
from tiny import EXACT, rows, scenario, settings, tables, times


def growing(status: str, growth: float = 0.03) -> Scenario:
    """Today h1 treats 30 of 60 cases, of a people that grows; h2 may be built in two years if ``status`` allows it."""
    place = {"specialty_id": "cardio"}
    return scenario(
        specialties=rows({**place, "cases_per_100k": 100_000, "unmet_cost": 600, "access_minutes": 30}),
        sizes=rows(
            {**place, "size_id": "small", "capacity": 30, "fixed_cost": 30, "cost_per_case": 4},
            {**place, "size_id": "large", "capacity": 200, "fixed_cost": 90, "cost_per_case": 3, "capex": 50,
             "build_months": 24},
        ),
        territories=tables()["territories"].assign(growth_rate=growth),
        sites=tables()["sites"].iloc[:2],
        site_services=rows(
            {**place, "site_id": "h1", "size_id": "small", "status": "existing", "contract_id": "direct"},
            {**place, "site_id": "h1", "size_id": "large", "status": "forbidden"},
            {**place, "site_id": "h2", "size_id": "large", "status": status},
            {**place, "site_id": "h2", "size_id": "small", "status": "forbidden"},
        ),
        travel_times=times({t: {"h1": 5, "h2": 10} for t in ("t1", "t2", "t3")}),
        periods=rows(
            {"period_id": "p1", "first_year": 2025, "years": 4}, {"period_id": "p2", "first_year": 2029, "years": 6}
        ),
        settings=settings(base_year=2025, horizon_years=10),
    )  # fmt: skip


def whole(case: Scenario) -> pd.DataFrame:
    years = Studied(solve(case, EXACT)).years
    return years[years["region_id"] == ALL].set_index("year")


@pytest.mark.few(1)
@pytest.mark.parametrize("status", ["required", "forbidden"])
def test_today_is_told_of_the_people_of_each_year(status: str) -> None:
    case = growing(status)
    table = whole(case)
    np.testing.assert_allclose(table["share_as_today"], 30.0 / table["cases"])
    assert table["cases"].nunique() == 2  # of the middle of either period
    assert (table["cases"] > cases_today(case)["cases"].sum()).all()


def test_the_years_rise_from_today_to_the_steady_state() -> None:
    table = whole(growing("required"))
    shares = table["share_within_standard"].to_numpy(float)
    assert (shares >= table["share_as_today"] - 1e-9).all()
    assert (np.diff(shares) >= -1e-9).all()
    assert shares[0] == pytest.approx(table["share_as_today"].iloc[0])
    assert shares[-1] == pytest.approx(1.0)


def test_a_plan_that_changes_nothing_treats_in_every_year_whom_today_would() -> None:
    table = whole(growing("forbidden"))
    np.testing.assert_allclose(table["share_within_standard"], table["share_as_today"])


def test_without_growth_the_people_are_those_of_today() -> None:
    table = as_today(growing("forbidden", growth=0.0))
    shares = table.loc[table["region_id"] == ALL, "share_as_today"].to_list()
    assert shares == pytest.approx([0.5] * 10)


def test_the_sheet_of_years_tells_it() -> None:
    view = view_of(solve(growing("required"), EXACT))
    frame = years_frame(view)
    np.testing.assert_allclose(frame["as_today"], 30.0 / frame["cases"])


def test_areas_are_called_by_their_names() -> None:
    named = tables()["territories"].assign(macroregion_id=["m1", "m1", "m2"], macroregion_name=["Norte", "", ""])
    names = names_of(scenario(territories=named))
    assert names.regions["m1"] == "Norte"
    assert names.regions["m2"] == "m2"
