"""Cash flow of a plan by year and payer, and fiscal limits by year, against its cost lines and the audited limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from appraisal_example import example_plan, solved

from redesaude.plan.appraisal import Appraisal
from redesaude.plan.cash_flow import cash_flow, fiscal_by_year
from redesaude.plan.plan import Plan
from tiny import settings

PRIVATE = {"project_company", "provider"}


def discounted(plan: Plan, table: pd.DataFrame) -> pd.Series:
    """Present value of the real amounts by line."""
    calendar = replace(Appraisal(plan).calendar, tail_years=40)
    factors = calendar.factors()[table["year"] - calendar.first_year]
    return (table["real"] * factors).groupby(table["line"]).sum()


@pytest.mark.few(1)
@pytest.mark.parametrize("perspective", ["government", "state"])
def test_discounted_cash_flow_is_the_cost_of_the_plan_line_by_line(perspective: str) -> None:
    plan = solved(
        settings=settings(horizon_years=10, base_year=2023, discount_rate=0.07, perspective=perspective,
                          patient_minute_cost=0.1, patient_time_weight=1)
    )  # fmt: skip
    table = cash_flow(Appraisal(plan))
    left_out = PRIVATE | ({"municipalities"} if perspective == "state" else set())
    found = discounted(plan, table[~table["payer"].isin(left_out)])
    stated = plan.costs.groupby("line")["npv"].sum()
    stated = stated[~stated.index.str.startswith("shortfall")]
    assert set(found.index) == set(stated.index)
    np.testing.assert_allclose(found[stated.index], stated, rtol=1e-9)


def test_payments_for_works_go_on_after_the_horizon() -> None:
    """The company is paid for 19 years from the opening in 2027; running cost ends with the horizon in 2034."""
    table = cash_flow(Appraisal(example_plan()))
    last = table.groupby("line")["year"].max()
    assert last["unitary_payment"] == 2045
    assert last["case_running"] == 2034


def test_works_that_others_finance_are_told_apart() -> None:
    table = cash_flow(Appraisal(example_plan()))
    company = table[table["payer"] == "project_company"]
    assert company["real"].sum() == pytest.approx(400)
    assert set(company["source"]) == {"private"}
    assert not table["payer"].isin(["government", "municipalities"]).any()


def test_municipalities_pay_their_share_of_a_consortium() -> None:
    plan = example_plan()
    plan = replace(plan, openings=plan.openings.assign(contract_id=["share", "ppp", "purchase"]))
    table = cash_flow(Appraisal(plan))
    paid = table[(table["site_id"] == "h1") & (table["year"] == 2030)].set_index(["payer", "line"])["real"]
    assert paid["municipalities", "fixed_running"] == pytest.approx(60)
    assert paid["state", "fixed_running"] == pytest.approx(40)
    assert paid["state", "lifecycle"] == pytest.approx(2)


def test_the_source_is_the_first_that_covers() -> None:
    plan = example_plan()
    plan = replace(plan, openings=plan.openings.assign(contract_id=["direct", "direct", "purchase"]))
    table = cash_flow(Appraisal(plan))
    sources = table.groupby("line")["source"].unique().map(set)
    assert sources["works"] == {"treasury"}
    assert sources["fixed_running"] == {"budget"}
    assert sources["waiting"] == {""}


def test_nominal_amounts_rise_with_prices() -> None:
    plan = solved(settings=settings(horizon_years=10, base_year=2025, inflation=0.04))
    table = cash_flow(Appraisal(plan))
    np.testing.assert_allclose(table["nominal"], table["real"] * 1.04 ** (table["year"] - 2025))
    plain = cash_flow(Appraisal(example_plan()))
    assert (plain["nominal"] == plain["real"]).all()


def limits(plan: Plan) -> pd.DataFrame:
    appraisal = Appraisal(plan)
    return fiscal_by_year(appraisal, cash_flow(appraisal))


def test_limits_by_year_reach_what_the_plan_is_held_to() -> None:
    """Once everything runs, the use of each limit is that of the audited promise."""
    plan = example_plan()
    table = limits(plan)
    last = table[(table["year"] == 2034) & table["applies"]].set_index("limit_id")
    held = Appraisal(plan).limits()
    for name in ("art28", "pay"):
        assert last.loc[name, "used"] == pytest.approx(held[name][0]), name
        assert last.loc[name, "limit"] == held[name][1]
    assert last.loc["pay", "base_share"] == pytest.approx((held["pay"][0] + 1000) / 10_000)


def test_the_ppp_limit_in_three_readings() -> None:
    table = limits(example_plan())
    art28 = table[table["limit_id"] == "art28"].pivot_table(index="year", columns="reading", values="used")
    assert art28.loc[2025].to_list() == [0, 0, 0]
    assert 0 < art28.loc[2030, "capital"] < art28.loc[2030, "all"]
    assert art28.loc[2030, "net"] < art28.loc[2030, "all"]
    assert table.groupby("reading")["applies"].first()[["all", "capital", "net"]].to_list() == [True, False, False]


def test_a_breach_in_one_year_is_told() -> None:
    plan = example_plan()
    fiscal = plan.scenario.fiscal.assign(share=[0.01, 0.5])
    table = limits(replace(plan, scenario=plan.scenario.replace(fiscal=fiscal)))
    art28 = table[(table["limit_id"] == "art28") & (table["reading"] == "all")].set_index("year")
    assert art28.loc[2025, "met"]
    assert not art28.loc[2030, "met"]


def test_a_running_envelope_counts_all_public_payments_of_the_year() -> None:
    plan = example_plan()
    table = limits(plan)
    used = table[(table["limit_id"] == "budget") & (table["year"] == 2034)]["used"].item()
    assert used == pytest.approx(Appraisal(plan).limits()["budget"][0], rel=1e-9)
