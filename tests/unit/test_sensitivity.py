"""Tornado, break-even and rate sweep: the same network priced again, checked by hand and by a second appraisal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import risky_plan
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.plan import Plan
from redesaude.studies.appraise import appraise
from redesaude.studies.assumptions import Assumption, assumptions_of
from redesaude.studies.sensitivity import (
    BREAK_EVEN,
    RANKING,
    SWEEP,
    SWITCHES,
    TORNADO,
    break_even,
    nearest_root,
    rate_sweep,
    tornado,
)
from redesaude.studies.volume import scaled
from redesaude.travel.matrix import travel_minutes

CAPEX = {"capex_factor_low": 1.0, "capex_factor": 1.2, "capex_factor_high": 1.7}
#: cheap to build and dear to run, against the reverse
CHEAP_WORKS = risky_plan.DIRECT | {"capex_factor": 1.0, "opex_factor": 1.0}
CHEAP_RUNNING = {"contract_id": "oss", "delivery_model": "oss", "capex_factor": 2.0, "opex_factor": 0.5}


def priced(plan: Plan) -> float:
    """The plan's cost, looked up and appraised from nothing."""
    s = plan.scenario
    minutes = pd.DataFrame(travel_minutes(s), index=s.territories["territory_id"], columns=s.sites["site_id"])
    return float(Appraisal(plan).cost_lines(minutes).sum())


def vfm_at(plan: Plan, contract: str) -> float:
    """Value for money of the contract at the site, from the appraisal."""
    return float(appraise(plan).options.set_index("contract_id")["vfm"][contract])


def assumption(plan: Plan, name: str, contract: str = "") -> Assumption:
    found = [a for a in assumptions_of(plan, (contract,) if contract else ()) if (a.id, a.contract) == (name, contract)]
    return found[0]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return risky_plan.planned(risky_plan.DIRECT | CAPEX, risky_plan.OSS, risky_plan.PPP, decided="oss")


@pytest.fixture(scope="module")
def two() -> Plan:
    return risky_plan.planned(CHEAP_WORKS, CHEAP_RUNNING, decided="oss")


# --- assumptions ----------------------------------------------------------------------------------------------


def test_a_stated_range_is_the_workbooks_and_the_value_the_expected_one(plan: Plan):
    capex = assumption(plan, "capex_factor", "direct")
    assert (capex.low, capex.value, capex.high) == pytest.approx((1.0, 1.3, 1.7))
    assert capex.stated
    assert not assumption(plan, "opex_factor", "direct").stated


def test_each_assumption_at_todays_value_leaves_the_plan_as_it_is(plan: Plan):
    for each in assumptions_of(plan, ("direct", "oss", "ppp")):
        assert priced(each.at(plan, each.value)) == pytest.approx(plan.objective, rel=1e-12)
        assert each.low <= each.value <= each.high
        assert each.search[0] <= each.low
        assert each.high <= each.search[1]


def test_more_patients_are_treated_up_to_the_capacity_and_others_sent_away(plan: Plan):
    more = scaled(plan, 1.5)
    assert more.openings["cases"].tolist() == [66.0]
    assert more.unmet["cases"].sum() == pytest.approx(24.0)
    assert more.assignments["cases"].sum() == pytest.approx(66.0)
    fewer = scaled(plan, 0.5)
    assert fewer.openings["cases"].tolist() == [30.0]
    assert fewer.unmet["cases"].sum() == 0.0


# --- tornado --------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_tornado_is_the_plan_priced_again(plan: Plan):
    found = tornado(plan)
    assert tuple(found.table.columns) == TORNADO
    assert found.plan_cost == pytest.approx(plan.objective)
    assert found.margin == pytest.approx(vfm_at(plan, "oss"))
    for row in found.table.itertuples():
        each = assumption(plan, row.assumption_id, row.contract_id)
        for end in ("low", "high"):
            there = each.at(plan, getattr(row, end))
            assert getattr(row, f"plan_cost_{end}") == pytest.approx(priced(there) - plan.objective, abs=1e-6)
            assert getattr(row, f"margin_{end}") == pytest.approx(vfm_at(there, "oss"), abs=1e-6)


def test_the_tornado_begins_with_what_moves_the_verdict_most(plan: Plan):
    found = tornado(plan)
    swing = (found.table[["margin_low", "margin_high"]] - found.margin).abs().max(axis=1)
    assert swing.is_monotonic_decreasing
    assert set(found.table["assumption_id"]) == {
        "capex_factor",
        "opex_factor",
        "case_cost_factor",
        "delay_factor",
        "discount_rate",
        "volume",
    }
    assert set(found.table["contract_id"]) == {"", "direct", "oss"}


@pytest.mark.long
def test_a_change_of_ranking_names_the_site_and_both_contracts(two: Plan):
    found = tornado(two)
    assert tuple(found.ranking.columns) == RANKING
    turned = found.table[(found.table["sites_turned_low"] > 0) | (found.table["sites_turned_high"] > 0)]
    assert len(turned)
    assert len(found.ranking) == turned[["sites_turned_low", "sites_turned_high"]].to_numpy().sum()
    for row in found.ranking.itertuples():
        there = assumption(two, row.assumption_id, row.contract_id).at(two, row.value)
        best = appraise(there).options.set_index("rank")["contract_id"]
        assert (row.site_id, row.to_id) == ("h1", best[1.0])
        assert row.from_id != row.to_id


# --- break-even -----------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_break_even_is_where_the_value_for_money_is_zero(plan: Plan):
    found = break_even(plan)
    assert tuple(found.columns) == BREAK_EVEN
    rows = found[(found["site_id"] == "h1") & found["break_even"].notna()]
    assert len(rows) >= 3
    for row in rows.itertuples():
        each = assumption(plan, row.assumption_id, row.contract_id)
        step = 1e-3 * max(abs(row.break_even), 1e-3)
        at, below, above = (vfm_at(each.at(plan, row.break_even + by), "oss") for by in (0.0, -step, step))
        assert abs(at) < 1e-4
        assert below * above < 0
        assert (row.found == "inside") == (row.low <= row.break_even <= row.high)


def test_a_break_even_by_hand(two: Plan):
    """Works 1000 over two years from now, running 200 a year from the third on: 5 % mid-year over 20 years."""
    factors = 1.05 ** -(np.arange(20) + 0.5)
    works, running = 1000 * factors[:2].sum() / 2, 200 * factors[2:].sum()
    hosting = 10 * factors.sum()
    found = break_even(two).set_index(["site_id", "assumption_id", "contract_id"])["break_even"]
    direct = works + running + hosting
    assert found["h1", "capex_factor", "oss"] == pytest.approx((direct - 0.5 * (running + hosting)) / works, rel=1e-6)
    assert found["h1", "opex_factor", "oss"] == pytest.approx((direct - 2 * works) / (running + hosting), rel=1e-6)


def test_none_in_the_range_looked_at_is_an_answer():
    """The rival costs more in every year: no discount rate makes it the better one."""
    rows = break_even(risky_plan.planned(risky_plan.DIRECT, risky_plan.OSS | {"opex_factor": 1.2}))
    rate = rows.set_index(["site_id", "assumption_id"]).loc[("h1", "discount_rate")]
    assert np.isnan(rate["break_even"])
    assert rate["found"] == "none"
    assert (rate["search_low"], rate["search_high"]) == (0.0, 0.25)


def test_the_rival_of_direct_administration_is_the_cheapest_other_contract():
    dear = risky_plan.OSS | {"contract_id": "dear", "opex_factor": 3.0}
    plan = risky_plan.planned(risky_plan.DIRECT, risky_plan.OSS | {"opex_factor": 1.2}, dear)
    assert set(plan.openings["contract_id"]) == {"direct"}
    rows = break_even(plan)
    assert set(rows.loc[rows["site_id"] == "h1", "rival_id"]) == {"oss"}
    assert (rows["margin"] > 0).all()


def test_where_nothing_else_could_run_a_site_nothing_turns():
    """Direct administration everywhere and no other contract: costs that are one and the same are no decision."""
    assert break_even(risky_plan.planned(risky_plan.DIRECT)).empty


def test_what_costs_the_same_today_is_a_tie_and_turns_nowhere():
    """Another contract on the same terms: today's value decides nothing, so that nothing turns there."""
    rows = break_even(risky_plan.planned(risky_plan.DIRECT, risky_plan.DIRECT | {"contract_id": "twin"}))
    assert set(rows["found"]) == {"tie"}
    assert rows["break_even"].isna().all()


@pytest.mark.parametrize(
    ("margins", "today", "root"),
    [
        ({0.0: 2.0, 1.0: 1.0, 2.0: 0.0, 3.0: -1.0}, 1.0, 2.0),
        ({0.0: 2.0, 1.0: 1.0, 2.0: 0.0, 3.0: 0.0, 4.0: -1.0}, 1.0, 2.0),
        ({0.0: 0.0, 1.0: 1.0, 2.0: 0.0, 3.0: 1.0}, 1.0, np.nan),
        ({0.0: 0.0, 1.0: 0.0}, 1.0, np.nan),
    ],
)
def test_a_margin_that_only_comes_down_to_zero_turns_nothing(margins: dict[float, float], today: float, root: float):
    assert nearest_root(pd.Series(margins), today, lambda _: pytest.fail("known already")) == pytest.approx(
        root, nan_ok=True
    )


# --- rates ----------------------------------------------------------------------------------------------------


def test_the_sweep_goes_from_three_to_twelve_per_cent_in_half_points(two: Plan):
    table = rate_sweep(two).table
    assert tuple(table.columns) == SWEEP
    assert table["rate"].unique() == pytest.approx(np.arange(0.03, 0.1201, 0.005))
    for row in table[table["site_id"] == "h1"].iloc[::6].itertuples():
        settings = replace(two.scenario.settings, discount_rate=row.rate)
        there = replace(two, scenario=two.scenario.replace(settings=settings))
        assert row.margin == pytest.approx(vfm_at(there, "oss"), abs=1e-6)
        assert row.cheapest_id == ("oss" if row.margin > 0 else "direct")


def test_the_switching_rate_is_marked_for_the_site_and_the_programme(two: Plan):
    found = rate_sweep(two)
    assert tuple(found.switches.columns) == SWITCHES
    kinds = found.switches.groupby("kind")["site_id"].agg(sorted).to_dict()
    assert kinds == {"ranking": ["", "h1"], "verdict": ["", "h1"]}
    assert found.switches["rate"].to_numpy() == pytest.approx(found.switches["rate"].iloc[0], abs=1e-8)
    rate = float(found.switches["rate"].iloc[0])
    settings = replace(two.scenario.settings, discount_rate=rate)
    there = replace(two, scenario=two.scenario.replace(settings=settings))
    assert vfm_at(there, "oss") == pytest.approx(0.0, abs=1e-4)
    site = found.switches[(found.switches["site_id"] == "h1") & (found.switches["kind"] == "verdict")].iloc[0]
    assert (site["from_id"], site["to_id"]) == ("oss", "direct")


def test_no_switch_is_an_empty_table():
    twin = risky_plan.DIRECT | {"contract_id": "twin", "oversight_cost": 1}
    assert rate_sweep(risky_plan.planned(risky_plan.DIRECT, twin)).switches.empty
