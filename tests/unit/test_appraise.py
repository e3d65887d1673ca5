"""Value for money of a plan: comparator, bridge, ranking and eligibility, against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from appraisal_example import contracts, example_plan, solved

from redesaude.plan.plan import Plan
from redesaude.status import Status
from redesaude.studies.alternatives import AS_DECIDED
from redesaude.studies.appraise import PROGRAMME, START, Appraised, appraise
from redesaude.studies.repricing import COMPONENTS
from tiny import settings

PLACE_LINES = {"travel", "closing", "unmet", "shortfall_access", "shortfall_money", "shortfall_volume"}
OPTION = ["site_id", "contract_id"]


@pytest.fixture(scope="module")
def appraised() -> Appraised:
    return appraise(example_plan())


def option(found: Appraised, site: str, contract: str) -> pd.Series:
    return found.options.set_index(OPTION).loc[(site, contract)]


def site_cost(plan: Plan) -> float:
    """Cost lines of a plan that belong to its sites and services."""
    return float(plan.costs.loc[~plan.costs["line"].isin(PLACE_LINES), "npv"].sum())


def test_the_comparator_worked_out_by_hand(appraised: Appraised) -> None:
    """h2 direct: let in 1 year, built in 1 year late by another; 7 of 10 years open, 50 cases wait 3 years."""
    psc = 400 * 1.2 + 7 * (200 + 4 + 50 * 5) + 10 * 10 + 3 * 50 * 60
    row = option(appraised, "h2", "direct")
    assert row["psc_npv"] == pytest.approx(psc)
    assert row["cost_npv"] == pytest.approx(psc)
    assert row["vfm"] == 0
    assert row["opening_year"] == 2028
    assert row["waiting_npv"] == 3 * 50 * 60


def test_value_for_money_is_over_the_psc_without_the_common_clinical_cost(appraised: Appraised) -> None:
    row = option(appraised, "h2", "ppp")
    common = 7 * 50 * 5  # the least of the eligible: direct opens last; the ppp treats a year more
    assert row["clinical_npv"] == pytest.approx(8 * 50 * 5)
    assert row["common_clinical_npv"] == pytest.approx(common)
    assert row["denominator"] == pytest.approx(row["psc_npv"] - common)
    assert row["vfm"] == pytest.approx(row["psc_npv"] - row["cost_npv"])
    assert row["vfm_share"] == pytest.approx(row["vfm"] / row["denominator"])
    assert row["vfm_share_of_psc"] == pytest.approx(row["vfm"] / row["psc_npv"])


def test_steps_of_the_bridge_worked_out_by_hand(appraised: Appraised) -> None:
    steps = appraised.bridge.set_index([*OPTION, "component"])["npv"].sort_index().loc[("h2", "ppp")]
    assert steps[START] == pytest.approx(option(appraised, "h2", "direct")["cost_npv"])
    assert steps["works"] == pytest.approx(-400 * 0.2)
    assert steps["running"] == pytest.approx(-0.1 * (200 * 7 + 10 * 10))
    assert steps["waiting"] == pytest.approx(-50 * 60)
    assert steps["timing"] == pytest.approx(0.9 * 200 + 4 + 50 * 5)  # a year more of running, discount rate zero
    assert steps["transaction"] == pytest.approx(40 + 0.05 * 400)
    assert steps["oversight"] == pytest.approx(3 * 9)
    assert steps["residual"] == pytest.approx(-0.1 * 400)


@pytest.mark.few(1)
@pytest.mark.parametrize("perspective", ["government", "state"])
@pytest.mark.parametrize("rate", [0.0, 0.085])
def test_every_bridge_adds_up_and_the_chosen_options_are_the_plan(perspective: str, rate: float) -> None:
    plan = solved(settings=settings(horizon_years=10, base_year=2025, discount_rate=rate, perspective=perspective))
    found = appraise(plan)
    bridge = found.bridge.groupby(OPTION)["npv"].sum()
    assert set(found.bridge["component"]) == {START, *COMPONENTS}
    costs = found.options.set_index(OPTION)["cost_npv"]
    np.testing.assert_allclose(bridge[costs.index], costs, rtol=1e-9)
    programme = found.programme.set_index("contract_id")["cost_npv"]
    np.testing.assert_allclose(bridge[PROGRAMME].loc[programme.index], programme, rtol=1e-9)
    lines = found.lines.groupby(OPTION)["npv"].sum()
    np.testing.assert_allclose(lines[costs.index], costs, rtol=1e-9)
    assert found.options.loc[found.options["chosen"], "cost_npv"].sum() == pytest.approx(site_cost(plan), rel=1e-9)
    assert programme[AS_DECIDED] == pytest.approx(site_cost(plan), rel=1e-9)


def test_what_municipalities_pay_is_a_step_in_the_states_perspective() -> None:
    found = appraise(solved(settings=settings(horizon_years=10, base_year=2025, perspective="state")))
    steps = found.bridge.set_index([*OPTION, "component"])["npv"]
    assert steps["h1", "share", "sharing"] == pytest.approx(-0.6 * 9 * (100 + 20 * 5))  # signed after a year


def test_options_are_ranked_by_cost_among_the_eligible(appraised: Appraised) -> None:
    ranks = appraised.options[appraised.options["site_id"] == "h2"].set_index("contract_id")["rank"]
    assert ranks[["ppp", "direct", "share"]].to_list() == [1, 2, 3]
    assert np.isnan(ranks["purchase"])


def test_dominated_is_dearer_and_no_sooner(appraised: Appraised) -> None:
    """The consortium costs more than direct and opens with it; a dearer contract that opens sooner stands."""
    assert option(appraised, "h2", "share")["dominated"]
    assert option(appraised, "h2", "direct")["dominated"]  # the ppp is cheaper and opens a year earlier
    assert not option(appraised, "h2", "ppp")["dominated"]
    dear = appraise(solved(contracts=contracts({"contract_id": "ppp", "transaction_cost": 5000})))
    row = option(dear, "h2", "ppp")
    assert row["cost_npv"] > option(dear, "h2", "direct")["cost_npv"]
    assert row["opening_year"] < option(dear, "h2", "direct")["opening_year"]
    assert not row["dominated"]


def test_why_a_contract_is_not_eligible(appraised: Appraised) -> None:
    reasons = appraised.options.set_index(OPTION)["reason"]
    assert reasons["h2", "purchase"] == "owner"
    assert reasons["h1", "ppp"] == "no_works"
    assert reasons["h2", "ppp"] == ""


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"min_value": 1e6}, "too_small"), ({"max_contracts": 0}, "too_many")],
)
def test_least_value_and_number_of_contracts_are_looked_at(change: dict[str, float], reason: str) -> None:
    found = appraise(solved(contracts=contracts({"contract_id": "ppp", **change})))
    assert option(found, "h2", "ppp")["reason"] == reason
    assert not option(found, "h2", "ppp")["eligible"]
    assert found.programme.set_index("contract_id").loc["ppp", "sites"] == 0


def test_a_sites_own_list_of_contracts(appraised: Appraised) -> None:
    plan = appraised.plan
    sites = plan.scenario.sites.copy()
    sites["contracts_allowed"] = pd.Series([("direct",), (), ()], dtype=object)
    found = appraise(replace(plan, scenario=plan.scenario.replace(sites=sites)))
    assert option(found, "h1", "share")["reason"] == "not_listed"
    assert option(found, "h1", "direct")["eligible"]


def test_a_comparator_that_is_not_eligible_is_priced_and_marked(appraised: Appraised) -> None:
    row = option(appraised, "h3", "purchase")
    assert row["psc_hypothetical"]
    a_year_bought = 0.1 * 20 * 5  # today's contract goes on for the year until direct administration takes over
    assert row["psc_npv"] == pytest.approx(10 * (100 + 2 + 20 * 5 + 5) + a_year_bought)
    assert not option(appraised, "h2", "ppp")["psc_hypothetical"]
    assert (appraised.programme["hypothetical_sites"] == 1).all()


def test_the_cheapest_eligible_direct_contract_is_the_comparator() -> None:
    lean = {"contract_id": "lean", "delivery_model": "direct", "opex_factor": 0.5, "site_kinds": "private"}
    tight = {"contract_id": "tight", "delivery_model": "direct", "opex_factor": 0.8, "site_kinds": "public"}
    found = appraise(solved(contracts=contracts(lean, tight)))
    chosen = found.options.drop_duplicates("site_id").set_index("site_id")["psc_contract_id"]
    assert chosen.to_dict() == {"h1": "tight", "h2": "tight", "h3": "lean"}


def test_without_a_direct_contract_there_is_no_comparator() -> None:
    found = appraise(solved(contracts=contracts({"contract_id": "direct", "delivery_model": "foundation"})))
    assert found.options["psc_npv"].isna().all()
    assert found.bridge.empty
    assert found.options["rank"].min() == 1


def test_a_lot_shares_what_letting_costs() -> None:
    """Two sites of one lot under one contract pay its oversight half each; a third would make it a third."""
    plan = solved(contracts=contracts({"contract_id": "direct", "oversight_cost": 6}))
    sites = plan.scenario.sites.assign(lot_id=["lot", "lot", ""])
    joined = replace(plan, scenario=plan.scenario.replace(sites=sites))
    openings = joined.openings.assign(contract_id=["direct", "direct", "purchase"])
    found = appraise(replace(joined, openings=openings))
    lines = found.lines.set_index(["site_id", "contract_id", "line"])["npv"]
    assert lines["h1", "direct", "oversight"] == pytest.approx(6 * 10 / 2)
    assert lines[PROGRAMME, AS_DECIDED, "oversight"] == pytest.approx(6 * 10)
    assert lines["h1", "share", "oversight"] == pytest.approx(1 * 9)  # it would come alone


def test_a_plan_without_decisions_cannot_be_appraised(appraised: Appraised) -> None:
    with pytest.raises(ValueError, match="without decisions"):
        appraise(replace(appraised.plan, status=Status.NO_PLAN))
