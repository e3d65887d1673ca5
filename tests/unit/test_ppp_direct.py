"""PPP against direct on one network: every difference is that of two priced plans, and adds up."""

from __future__ import annotations

from functools import cache
from io import StringIO

import numpy as np
import pytest
from appraisal_example import contracts, example
from rich.console import Console

from redesaude.cli.summary import show_ppp_direct
from redesaude.inputs.scenario import Scenario
from redesaude.language import translator
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.benefits import ITEMS
from redesaude.plan.cash_flow import PUBLIC_PAYERS, cash_flow
from redesaude.solving.solve import solve
from redesaude.studies.appraise import Appraised, appraise
from redesaude.studies.ppp_direct import DEATHS, PppDirect, ppp_direct
from redesaude.studies.same_network import same_network
from tiny import EXACT


def found_in(case: Scenario) -> PppDirect:
    found = ppp_direct(appraise(solve(case, EXACT)))
    assert found is not None
    return found


@cache
def appraised() -> Appraised:
    return appraise(solve(example(), EXACT))


@cache
def compared() -> PppDirect:
    found = ppp_direct(appraised())
    assert found is not None
    return found


@cache
def with_deaths() -> PppDirect:
    """The same where 25 deaths are averted for each thousand treated in time."""
    return found_in(example(specialties=example().specialties.assign(deaths_averted=25.0)))


def test_only_services_whose_contract_differs_are_told_with_their_dates() -> None:
    """h2 is built: directly 12 months of letting and 2 x 12 of works, by the company 12 and 12."""
    row = compared().openings.set_index("site_id").loc["h2"]
    assert (row["ppp_contract_id"], row["direct_contract_id"]) == ("ppp", "direct")
    assert row["ppp_opening"] == pytest.approx(2027.0)
    assert row["direct_opening"] == pytest.approx(2028.0)
    assert row["months_later"] == pytest.approx(-12.0)
    assert compared().openings["site_id"].to_list() == ["h2"]


def test_money_by_site_and_payer_adds_up_to_the_two_cash_flows() -> None:
    swapped = same_network(appraised())
    for name in ("ppp", "direct"):
        flows = cash_flow(Appraisal(swapped[f"{name}_same"][0]))
        by_payer = compared().money.groupby("payer")[name].sum()
        for payer, real in flows.groupby("payer")["real"].sum().items():  # nothing is discounted in the example
            assert by_payer[payer] == pytest.approx(real, rel=1e-9), (name, payer)
    assert np.allclose(compared().money["difference"], compared().money["ppp"] - compared().money["direct"])


def test_the_sooner_opening_treats_more_in_the_year_between_and_no_other() -> None:
    years = compared().years.set_index(["item", "year"])["difference"]
    treated = years["treated"]
    assert treated.index[treated.abs() > 1e-9].to_list() == [2027]
    assert treated[2027] == pytest.approx(-years["cases_waiting"][2027])
    assert treated[2027] > 0


def test_years_add_up_to_the_benefits() -> None:
    """Undiscounted here: the mean a year times ten years is the sum of the years, but for money after the horizon."""
    found = compared()
    sums = found.years.groupby("item")["difference"].sum()
    change = found.benefits.changes.set_index("item")["change_mean_per_year"] * 10
    for item in ITEMS:
        if item == DEATHS:
            assert item not in sums  # no specialty states any
            assert np.isnan(change[item])
        elif item != "public_cost":
            assert sums[item] == pytest.approx(change[item], rel=1e-9, abs=1e-9), item


def test_deaths_averted_are_those_of_specialties_with_evidence() -> None:
    """Nothing is told where no specialty states any; of 40 cases more in time at 25 for each thousand, one death."""
    assert DEATHS not in set(compared().years["item"])
    years = with_deaths().years.pivot_table(index="year", columns="item", values="difference")
    assert years.loc[2027, "within_standard"] == pytest.approx(40.0)
    assert years.loc[2027, DEATHS] == pytest.approx(1.0)
    assert years[DEATHS].sum() == pytest.approx(years["within_standard"].sum() * 0.025)


def test_sites_add_up_to_the_years_and_to_the_money() -> None:
    """Undiscounted here: healthy years of the sites are those of the years, and so are cases and deaths."""
    for found in (compared(), with_deaths()):
        by_site = found.sites.groupby("item")[["ppp", "direct"]].sum()
        by_year = found.years.groupby("item")[["ppp", "direct"]].sum()
        items = ["treated", "within_standard", *([DEATHS] if DEATHS in by_year.index else [])]
        for item in items:
            assert by_site.loc[item].to_list() == pytest.approx(by_year.loc[item].to_list()), item
        gained = [each.loc["dalys", "ppp"] - each.loc["dalys", "direct"] for each in (by_site, by_year)]
        assert gained[0] == pytest.approx(gained[1])  # cases sent away gain the same on either side
        public = found.money[found.money["payer"].isin(PUBLIC_PAYERS) & (found.money["site_id"] != "")]
        assert by_site.loc["public_cost"].to_list() == pytest.approx(public[["ppp", "direct"]].sum().to_list())
    only = compared().sites.query("item == 'treated' and difference != 0")
    assert dict(zip(only["site_id"], only["difference"], strict=True)) == {"h2": pytest.approx(50)}


@pytest.mark.long
def test_specialties_and_sites_add_up_to_the_years_with_those_treated_meanwhile() -> None:
    """h1 ends and runs on until h2 is open, whose works are sooner under the company."""
    told = example().specialties.assign(deaths_averted=25.0, max_centres=1, unmet_cost=900.0)
    treated = {}
    for closing in ("at_once", "when_replaced"):
        services = example().site_services.assign(closing=closing)
        found = found_in(example(site_services=services, specialties=told))
        by_year = found.years.groupby("item")[["ppp", "direct"]].sum()
        for table, key in ((found.sites, "site_id"), (found.specialties, "specialty_id")):
            sums = table.groupby("item")[["ppp", "direct"]].sum()
            for item in ("treated", "within_standard", DEATHS):
                assert sums.loc[item].to_list() == pytest.approx(by_year.loc[item].to_list()), (key, item)
        treated[closing] = by_year.loc["treated", "direct"]
    assert treated["when_replaced"] > treated["at_once"]  # somebody is


def test_deaths_of_a_specialty_without_evidence_are_blank() -> None:
    assert set(compared().specialties["item"]) == {"treated", "within_standard", "dalys"}
    rows = with_deaths().specialties.set_index(["specialty_id", "item"])["difference"]
    assert rows["cardio", DEATHS] == pytest.approx(1.0)


def test_without_a_project_company_there_is_nothing_to_compare() -> None:
    table = contracts()
    case = example(contracts=table[table["contract_id"] != "ppp"])
    assert ppp_direct(appraise(solve(case, EXACT))) is None


def test_the_terminal_tells_the_difference_in_a_sentence() -> None:
    """50 cases more in 2027, 40 of them in time; 642 of public money more; a year sooner."""
    console = Console(file=StringIO(), width=400)
    show_ppp_direct(console, compared(), example(), translator("en"))
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert "public spending BRL +642; treated +50 cases over the years, +40 healthy years" in told
    assert "1 services open -12 months later" in told
