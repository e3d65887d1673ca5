"""The committed Mato Grosso workbook holds what its note promises, and a planner's what-ifs work on it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from redesaude.assemble.demand import case_matrix
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.travel.matrix import travel_minutes

WORKBOOK = Path(__file__).parents[2] / "scenarios" / "mato-grosso.xlsx"
CENSUS_2022 = 3_658_649
VARIANTS = ("corte_30", "sem_ppp", "estrada_lenta", "oss_085", "oss_fora_da_lrf", "desconto_5", "ocupacao_75")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return check_workbook(WORKBOOK).accepted()


@pytest.fixture(scope="module")
def pairs(scenario: Scenario) -> pd.DataFrame:
    """Every pair (site, specialty) at which the specialty may be, with the region of the site."""
    region = scenario.territories.set_index("territory_id")["region_id"]
    sites = scenario.sites.assign(region_id=scenario.sites["territory_id"].map(region))
    named = scenario.site_services[["site_id", "specialty_id"]].drop_duplicates()
    return named.merge(sites[["site_id", "kind", "region_id"]], on="site_id")


def test_the_check_finds_no_error_and_no_warning() -> None:
    assert [(p.code, p.sheet, p.cell) for p in check_workbook(WORKBOOK).problems] == []


def test_it_covers_the_state_as_counted_in_2022(scenario: Scenario) -> None:
    territories = scenario.territories
    assert len(territories) == 141
    assert territories["region_id"].nunique() == 16
    assert territories["population"].notna().all()
    assert territories["population"].sum() == CENSUS_2022
    assert "5101837" not in set(territories["territory_id"])  # Boa Esperança do Norte: no census count of its own
    assert territories["growth_rate"].between(-0.01, 0.03).all()


def test_it_offers_the_promised_choice(scenario: Scenario) -> None:
    assert len(scenario.specialties) >= 9
    assert len(scenario.contracts) == 9
    assert set(scenario.contracts["delivery_model"]) >= {
        "direct",
        "oss",
        "ppp_grey",
        "ppp_grey_oss",
        "ppp_white",
        "consortium",
        "purchase",
    }


def test_the_grey_coat_ppp_comes_in_two_terms(scenario: Scenario) -> None:
    family = scenario.contracts[scenario.contracts["family"] == "ppp_cinza"]
    assert family["term_years"].to_list() == [30, 20]
    same = family.drop(columns=["contract_id", "name", "term_years"])
    assert len(same.drop_duplicates()) == 1


def test_bidders_are_an_assumption_that_names_its_thin_evidence(scenario: Scenario) -> None:
    ppp = scenario.contracts["financing"] == "project_company"
    assert (scenario.contracts["bidders"].notna() == ppp).all()
    (told,) = scenario.sources[scenario.sources["column"] == "bidders"].to_dict("records")
    assert told["grade"] == "C"
    assert all(tender in told["source"] for tender in ("Souza Aguiar", "HoPE", "HRMS", "Metropolitano"))
    assert "evidência rala" in told["note"]


def test_real_sites_are_cnes_hospitals_and_new_ones_say_so(scenario: Scenario) -> None:
    new = scenario.sites["kind"] == "new"
    real = scenario.sites[~new]["site_id"]
    assert 40 <= len(real) <= 60
    assert real.str.fullmatch(r"\d{7}").all()
    assert scenario.sites[new]["site_id"].str.startswith("NOVO-").all()


def test_every_region_and_every_specialty_has_somewhere_to_go(scenario: Scenario, pairs: pd.DataFrame) -> None:
    assert set(pairs["region_id"]) == set(scenario.territories["region_id"])
    assert set(pairs["specialty_id"]) == set(scenario.specialties["specialty_id"])
    assert set(pairs["site_id"]) == set(scenario.sites["site_id"])


def test_a_project_company_only_where_something_is_left_to_build(scenario: Scenario) -> None:
    ppp = scenario.contracts[scenario.contracts["financing"] == "project_company"]
    assert ppp["needs_works"].all()
    assert all("philanthropic" not in kinds and "private" not in kinds for kinds in ppp["site_kinds"])
    paid = scenario.sites.set_index("site_id").loc["NOVO-5103403-HC", "contracts_allowed"]
    assert not set(paid) & set(ppp["contract_id"])


def test_larger_sizes_hold_more_and_ask_for_more(scenario: Scenario) -> None:
    for _, sizes in scenario.sizes.groupby("specialty_id", sort=False):
        for column in ("capacity", "min_cases", "capex", "fixed_cost"):
            assert (sizes[column].diff().dropna() > 0).all()
        unit_cost = sizes["fixed_cost"] / sizes["capacity"]
        assert unit_cost.is_monotonic_decreasing


def test_all_candidates_at_their_largest_hold_the_demand(scenario: Scenario, pairs: pd.DataFrame) -> None:
    largest = scenario.sizes.groupby("specialty_id")["capacity"].max()
    room = pairs["specialty_id"].map(largest).groupby(pairs["specialty_id"]).sum() * scenario.settings.occupancy
    demand = dict(zip(scenario.specialties["specialty_id"], case_matrix(scenario).sum(axis=0), strict=True))
    assert {name for name, cases in demand.items() if room[name] < cases} == set()


def test_demand_counted_from_ages_agrees_with_its_rate(scenario: Scenario) -> None:
    counted = scenario.demand.groupby("specialty_id")["cases"].sum()
    rate = scenario.specialties.set_index("specialty_id")["cases_per_100k"]
    assert set(counted.index) == {"gestacao_risco", "uti_neonatal", "uti_pediatrica"}
    for name, cases in counted.items():
        assert cases == pytest.approx(rate[name] * CENSUS_2022 / 1e5, rel=1e-3)


def test_sending_a_case_away_costs_more_than_treating_it(scenario: Scenario) -> None:
    for specialty, sizes in scenario.sizes.groupby("specialty_id"):
        middle = sizes.iloc[1]
        running = middle["cost_per_case"] + middle["fixed_cost"] / (middle["capacity"] * scenario.settings.occupancy)
        unmet = scenario.specialties.set_index("specialty_id").loc[specialty, "unmet_cost"]
        assert unmet > 1.5 * running


def test_access_targets_are_within_what_the_candidates_can_reach(scenario: Scenario, pairs: pd.DataFrame) -> None:
    minutes, cases = travel_minutes(scenario), case_matrix(scenario)
    column = {site: n for n, site in enumerate(scenario.sites["site_id"])}
    for s, row in enumerate(scenario.specialties.itertuples(index=False)):
        here = [column[site] for site in pairs.loc[pairs["specialty_id"] == row.specialty_id, "site_id"]]
        within = minutes[:, here].min(axis=1) <= row.access_minutes
        assert row.access_share <= cases[within, s].sum() / cases[:, s].sum()


def test_modelled_travel_is_near_known_road_distances(scenario: Scenario) -> None:
    """Hours to Cuiabá at 70 km/h on about 10, 215, 500, 240, 735 and 1,160 km, give or take a quarter."""
    to_capital = travel_minutes(scenario)[:, list(scenario.sites["site_id"]).index("NOVO-5103403-HC")] / 60.0
    hours = dict(zip(scenario.territories["name"], to_capital, strict=True))
    known = {
        "Várzea Grande": 0.3,
        "Rondonópolis": 3.1,
        "Sinop": 7.1,
        "Tangará da Serra": 3.4,
        "Juína": 10.5,
        "Confresa": 16.6,
    }
    for name, expected in known.items():
        assert hours[name] == pytest.approx(expected, rel=0.25)
    assert np.isfinite(to_capital).all()


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_variant_makes_another_sound_scenario(scenario: Scenario, variant: str) -> None:
    assert apply_variant(scenario, variant).variant_id == variant


def test_the_variants_are_those_of_the_note(scenario: Scenario) -> None:
    assert set(scenario.variants["variant_id"]) == set(VARIANTS)


def test_every_number_of_a_specialty_has_its_source(scenario: Scenario) -> None:
    told = set(zip(scenario.sources["sheet"], scenario.sources["key"], scenario.sources["column"], strict=True))
    wanted = {
        ("sizes", name, column)
        for name in scenario.specialties["specialty_id"]
        for column in ("capacity", "min_cases", "capex", "fixed_cost", "cost_per_case")
    } | {
        ("specialties", name, column)
        for name in scenario.specialties["specialty_id"]
        for column in ("cases_per_100k", "access_minutes", "access_share", "ceiling_minutes", "trips_per_case")
    }
    assert wanted - told == set()
    assert scenario.sources["grade"].isin(["A", "B", "C"]).all()
    assert scenario.sources["source"].ne("").all()
