"""What people get year by year is the story that the objective tells: the same cases wait, the same are treated."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import redesaude as rs
from random_tables import phased_tables, random_tables
from redesaude.inputs.tables import ALL
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.by_year import by_year, by_year_and_municipality
from redesaude.plan.cash_flow import cash_flow
from redesaude.plan.lasting import lasting
from redesaude.plan.money_by_year import PAYERS, people_and_money
from redesaude.plan.plan import Plan
from seeds import a_few

#: of which the first few are tried at once
SEEDS, NOW = tuple(range(24)), 5


@cache
def _plan(seed: int) -> Plan:
    """A plan of a random scenario in which every case sent away has a price, and a few in time are promised; some have
    none.
    """
    tables = phased_tables(seed, 3, 3, 3, growth=0.02) if seed % 2 else random_tables(seed)
    priced = tables["specialties"].assign(
        unmet_cost=[40.0 + 7.0 * n for n in range(len(tables["specialties"]))],
        access_minutes=25.0,
        access_share=0.2,
        access_hard="no",
        access_price=0.01,
    )
    options = rs.SolveOptions(gap=0.05, time_limit=20.0, threads=1)
    return rs.solve(rs.Scenario.from_tables(tables | {"specialties": priced}), options)


def _planned(seed: int) -> Plan:
    plan = _plan(seed)
    if not plan.has_decisions:
        pytest.skip("this scenario has no plan")
    return plan


@pytest.mark.parametrize("count_and_least", a_few([(NOW, 3), (len(SEEDS), 16)], 1), ids=str)
def test_most_scenarios_have_a_plan(count_and_least: tuple[int, int]) -> None:
    count, least = count_and_least
    assert sum(_plan(seed).has_decisions for seed in SEEDS[:count]) >= least


@pytest.mark.parametrize("seed", a_few(SEEDS, NOW))
def test_the_untreated_of_all_years_at_their_price_are_the_lines_of_waiting_and_of_cases_sent_away(seed: int) -> None:
    plan = _planned(seed)
    appraisal = Appraisal(plan)
    table = by_year(appraisal)
    whole = table[table["region_id"] == ALL]
    price = dict(zip(plan.scenario.specialties["specialty_id"], plan.scenario.specialties["unmet_cost"], strict=True))
    factors = appraisal.calendar.factors()[: appraisal.calendar.horizon_years]
    untreated = (whole["cases"] - whole["treated"]) * whole["specialty_id"].map(price).astype(float)
    year = (whole["year"] - appraisal.calendar.first_year).to_numpy(int)
    lines = plan.costs[plan.costs["line"].isin(["waiting", "unmet"])]["npv"].sum()
    assert float(untreated.to_numpy() @ factors[year]) == pytest.approx(lines, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize("seed", a_few(SEEDS, NOW))
def test_regions_add_up_and_nobody_is_treated_twice(seed: int) -> None:
    table = by_year(Appraisal(_planned(seed)))
    parts = table[table["region_id"] != ALL].groupby(["year", "specialty_id"])[["cases", "treated"]].sum()
    whole = table[table["region_id"] == ALL].set_index(["year", "specialty_id"])[["cases", "treated"]]
    np.testing.assert_allclose(parts, whole.loc[parts.index], atol=1e-9)
    assert (table["treated"] <= table["cases"] * (1 + 1e-9) + 1e-9).all()  # a linear model says who takes whose place
    share = table["share_within_standard"].dropna()
    assert share.between(0.0, 1.0 + 1e-12).all()


@pytest.mark.parametrize("count_and_least", a_few([(NOW, 3), (len(SEEDS), 8)], 1), ids=str)
def test_some_plans_make_people_wait_and_some_years_differ(count_and_least: tuple[int, int]) -> None:
    count, least = count_and_least
    waits = 0
    for seed in SEEDS[:count]:
        if not _plan(seed).has_decisions:
            continue
        table = by_year(Appraisal(_plan(seed)))
        whole = table[table["region_id"] == ALL]
        shares = (whole["treated"] / whole["cases"]).groupby(whole["specialty_id"]).nunique()
        waits += bool((shares > 1).any())
    assert waits >= least


@pytest.mark.parametrize("seed", a_few(SEEDS[::2], NOW // 2))
def test_the_last_year_is_the_access_table_where_all_is_open_by_then(seed: int) -> None:
    plan = _planned(seed)
    table, last = by_year(Appraisal(plan)), plan.scenario.periods["period_id"].iloc[-1]
    final = table[table["year"] == table["year"].max()].set_index(["specialty_id", "region_id"])
    access = plan.access[plan.access["period_id"] == last].set_index(["specialty_id", "region_id"])
    for key, row in access.iterrows():
        if np.isfinite(float(row["share_within_standard"])) and key in final.index:
            assert final.loc[key, "share_within_standard"] == pytest.approx(row["share_within_standard"], abs=1e-9)


@pytest.mark.parametrize("seed", a_few(SEEDS, NOW))
def test_what_lasts_never_falls_and_is_part_of_the_year_up_to_the_last(seed: int) -> None:
    plan = _planned(seed)
    appraisal = Appraisal(plan)
    years, area = by_year(appraisal), ["specialty_id", "region_id"]
    share = years.set_index(["year", *area])["share_within_standard"]
    stays = lasting(plan.scenario, by_year_and_municipality(appraisal)).set_index(["year", *area])["share_lasting"]
    assert (stays.groupby(level=area).diff().fillna(0.0) >= -1e-12).all()
    last = years["year"].max()
    np.testing.assert_allclose(stays.loc[last], share.loc[last].reindex(stays.loc[last].index), atol=1e-9)
    if plan.scenario.territories["growth_rate"].nunique() == 1 and len(plan.scenario.periods) == 1:
        assert (stays <= share.reindex(stays.index) + 1e-9).all()


def test_what_lasts_is_less_in_some_year_of_some_plan() -> None:
    """A generator that has become too tame fails here."""
    fewer = 0
    for seed in SEEDS[:NOW]:
        if _plan(seed).has_decisions:
            table = lasting(_plan(seed).scenario, by_year_and_municipality(Appraisal(_plan(seed))))
            fewer += bool((table.groupby(["specialty_id", "region_id"])["share_lasting"].nunique() > 1).any())
    assert fewer >= 2


@pytest.mark.parametrize("seed", a_few(SEEDS, NOW))
def test_a_year_meets_what_is_due_only_with_as_many_as_are_treated_in_it(seed: int) -> None:
    table = by_year(Appraisal(_planned(seed)))
    met = table[table["met"] == "yes"]
    assert (met["treated"] >= met["target"] * met["cases"] * (1 - 1e-6) - 1e-6).all()
    assert ((met["treated"] > 0) | (met["target"] <= 1e-6)).all()


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", SEEDS[::2])
def test_money_of_the_years_is_the_cash_flow_by_payer_and_regions_are_part_of_it(seed: int) -> None:
    appraisal = Appraisal(_planned(seed))
    flows = cash_flow(appraisal)
    table = people_and_money(appraisal, flows)
    whole = table[table["region_id"] == ALL].groupby("year").sum(numeric_only=True)
    last = appraisal.calendar.first_year + appraisal.calendar.horizon_years
    inside = flows[flows["year"] < last]
    for payer in PAYERS:
        paid = inside[inside["payer"] == payer].groupby("year")["real"].sum().reindex(whole.index, fill_value=0.0)
        np.testing.assert_allclose(whole[f"cost_{payer}"], paid, rtol=1e-9, atol=1e-6)
    assert whole[[f"cost_{payer}" for payer in PAYERS]].abs().to_numpy().sum() > 0
    parts = table[table["region_id"] != ALL].groupby("year").sum(numeric_only=True)
    at_sites = inside[(inside["site_id"] != "") & (inside["payer"] == "state")].groupby("year")["real"].sum()
    expected = at_sites.reindex(parts.index, fill_value=0.0)
    np.testing.assert_allclose(parts["cost_state"], expected, rtol=1e-9, atol=1e-6)
