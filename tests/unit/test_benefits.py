"""Benefits of a plan against another: cases, healthy years, travel and money, against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from appraisal_example import example_plan, solved

from redesaude.plan.benefits import ITEMS, benefits, outcomes
from redesaude.plan.plan import Plan
from redesaude.status import Status
from tiny import settings

#: of the example's plan: h2 opens in 2027 (year 2 of 10); who is treated where, and how far away
LATE_AT_H2 = 10
BURDENS = ("travel", "unmet", "waiting", "elsewhere", "shortfall_access", "shortfall_money", "shortfall_volume")


def totals(plan: Plan) -> pd.DataFrame:
    """Sums over the contracts by item."""
    return outcomes(plan).groupby("item")[["per_year", "mean_per_year", "npv"]].sum()


def stated(plan: Plan, **values: float) -> Plan:
    """The same plan where the settings say otherwise."""
    return replace(plan, scenario=plan.scenario.replace(settings=replace(plan.scenario.settings, **values)))


def without_h2(plan: Plan) -> Plan:
    """The plan where h2 never opens and its cases are sent away."""
    away = plan.assignments[plan.assignments["site_id"] == "h2"]
    unmet = away[["territory_id", "specialty_id", "period_id", "share", "cases"]].assign(npv=60.0 * 10 * away["cases"])
    costs, period = plan.costs[plan.costs["site_id"] != "h2"], plan.scenario.periods["period_id"].iloc[0]
    costs = pd.concat([costs, pd.DataFrame([("", "cardio", "", "unmet", period, 60 * 50 * 10)], columns=costs.columns)])
    return replace(
        plan,
        openings=plan.openings[plan.openings["site_id"] != "h2"].reset_index(drop=True),
        assignments=plan.assignments[plan.assignments["site_id"] != "h2"].reset_index(drop=True),
        unmet=unmet.reset_index(drop=True),
        costs=costs.reset_index(drop=True),
    )


def test_the_example_is_what_the_hand_calculations_take_it_for() -> None:
    trips = example_plan().assignments.set_index(["territory_id", "site_id"])["cases"]
    assert trips.round(9).to_dict() == {("t1", "h1"): 20, ("t1", "h2"): 10, ("t2", "h2"): 40, ("t3", "h3"): 20}


def test_cases_from_each_opening_on() -> None:
    found = totals(example_plan())
    assert found.loc["cases_in_time", "per_year"] == 80
    assert found.loc["cases_in_time", "npv"] == pytest.approx(10 * 40 + 8 * 40)  # not discounted
    assert found.loc["cases_late", "npv"] == pytest.approx(8 * LATE_AT_H2)
    assert found.loc["cases_waiting", "npv"] == pytest.approx(2 * 50)
    assert found.loc["cases_waiting", "per_year"] == 0
    assert found.loc["cases_waiting", "mean_per_year"] == pytest.approx(10)
    assert found.loc["waiting_money", "npv"] == pytest.approx(2 * 50 * 60)


def test_healthy_years_of_cases_in_time_late_and_waiting() -> None:
    """2 for a case in time, 1 for one late; a case that waits gains elsewhere what a late one does."""
    found = totals(example_plan())
    assert found.loc["dalys", "per_year"] == pytest.approx(2 * 80 + 1 * 10)
    assert found.loc["dalys", "npv"] == pytest.approx(10 * 2 * 40 + 8 * (2 * 40 + 10) + 2 * 50)


def test_what_cases_elsewhere_gain_is_a_setting() -> None:
    plan = stated(example_plan(), away_gain_share=0.0)
    assert totals(plan).loc["dalys", "npv"] == pytest.approx(10 * 2 * 40 + 8 * (2 * 40 + 10))


def test_a_contract_that_opens_earlier_treats_more() -> None:
    plan = example_plan()
    later = replace(plan, openings=plan.openings.assign(contract_id=["direct", "direct", "purchase"]))
    change = benefits(plan, later).changes.set_index("item")["change_npv"]
    assert change["cases_in_time"] == pytest.approx(40)
    assert change["dalys"] == pytest.approx(40 * (2 - 1))
    assert change["waiting_money"] == pytest.approx(-50 * 60)


def test_travel_in_full_whatever_its_weight() -> None:
    """Only t1 -> h2 travels: 10 cases, half a return journey each, 40 minutes, 0.1 a minute and 6 an hour for two."""
    plan = solved(
        settings=settings(horizon_years=10, base_year=2025, patient_minute_cost=0.1, patient_time_weight=0,
                          patient_time_value=3, companions=2)
    )  # fmt: skip
    found = totals(plan)
    trips = plan.assignments
    minutes = float((trips["cases"] * trips["minutes"]).sum())
    assert minutes > 0
    assert found.loc["travel_hours", "per_year"] == pytest.approx(minutes * 2 / 60)
    assert found.loc["travel_money", "npv"] == pytest.approx(10 * minutes * (0.1 + 6 / 60))
    assert "travel" not in set(plan.costs["line"])


@pytest.mark.parametrize("perspective", ["government", "state"])
def test_public_cost_is_the_plans_lines_without_burdens(perspective: str) -> None:
    plan = solved(settings=settings(horizon_years=10, base_year=2024, discount_rate=0.06, perspective=perspective))
    stated = plan.costs.loc[~plan.costs["line"].isin(BURDENS), "npv"].sum()
    assert totals(plan).loc["public_cost", "npv"] == pytest.approx(stated, rel=1e-9)


def test_every_item_is_told_for_every_contract_and_adds_up() -> None:
    found = outcomes(example_plan())
    assert set(found["item"]) == set(ITEMS)
    by_contract = found.set_index(["item", "contract_id"])["npv"]
    assert by_contract["cases_in_time", "ppp"] == pytest.approx(8 * 40)
    assert by_contract["cases_in_time", "direct"] == pytest.approx(10 * 20)


def test_against_a_network_without_the_new_hospital() -> None:
    plan = example_plan()
    found = benefits(plan, without_h2(plan))
    changes = found.changes.set_index("item")
    assert changes.loc["cases_sent_away", "change_per_year"] == -50
    assert changes.loc["cases_in_time", "change_per_year"] == 40
    assert found.sent_away_saved == pytest.approx(10 * 50 * 60)
    assert found.waiting_saved == pytest.approx(-2 * 50 * 60)
    assert found.travel_saved == pytest.approx(-400)
    assert found.dalys == pytest.approx(8 * 40 * (2 - 1))  # late is what they gained elsewhere
    spent = plan.costs[(plan.costs["site_id"] == "h2") & ~plan.costs["line"].isin(BURDENS)]["npv"].sum()
    assert found.public_cost == pytest.approx(spent)
    assert found.total == pytest.approx(30_000 - 6_000 - 400)
    assert found.net == pytest.approx(found.total - spent)
    assert found.benefit_cost_ratio == pytest.approx(found.total / spent)
    assert found.cost_per_daly == pytest.approx(spent / 320)
    assert found.net_cost_per_daly == pytest.approx((spent - 23_600) / 320)


def test_healthy_years_are_valued_only_when_a_value_is_stated() -> None:
    plan = example_plan()
    plain = benefits(plan, without_h2(plan))
    found = benefits(stated(plan, daly_value=7.0), without_h2(plan))
    assert plain.health_value == 0
    assert found.health_value == pytest.approx(7 * 320)
    assert found.total == pytest.approx(plain.total + 7 * 320)


def test_healthy_years_are_discounted_like_money() -> None:
    plan = stated(example_plan(), discount_rate=0.1)
    factors = 1.1 ** -(np.arange(10) + 0.5)
    opened = np.arange(10) >= 2
    by_year = 2 * 40 + np.where(opened, 2 * 40 + 10, 50)
    assert totals(plan).loc["dalys", "npv"] == pytest.approx(float(by_year @ factors))


def test_a_plan_against_itself_changes_nothing() -> None:
    found = benefits(example_plan(), example_plan())
    changes = found.changes.set_index("item")["change_npv"].drop("deaths_averted")  # blank: no evidence is stated
    assert (changes == 0).all()
    assert found.net == 0
    assert np.isnan(found.benefit_cost_ratio)
    assert np.isnan(found.cost_per_daly)


def test_a_plan_without_decisions_has_no_outcomes() -> None:
    with pytest.raises(ValueError, match="without decisions"):
        outcomes(replace(example_plan(), status=Status.INFEASIBLE))
