"""The committed Brazil workbook holds what its note promises, and is read and put together in reasonable time."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from redesaude.assemble import Assembled, assemble
from redesaude.assemble.demand import case_matrix
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude_models.access import AccessPromise

pytestmark = pytest.mark.long
WORKBOOK = Path(__file__).parents[2] / "scenarios" / "brazil.xlsx"
CENSUS_2022 = 203_080_756


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    checked = check_workbook(WORKBOOK)
    assert [(p.code, p.sheet, p.cell) for p in checked.problems] == []
    return checked.accepted()


@pytest.fixture(scope="module")
def assembled(scenario: Scenario) -> Assembled:
    return assemble(scenario)


def test_it_covers_the_country_as_counted_in_2022(scenario: Scenario) -> None:
    territories = scenario.territories
    assert len(territories) == 5570
    assert territories["population"].sum() == CENSUS_2022
    assert territories["region_id"].nunique() == 450
    assert territories["macroregion_id"].nunique() == 118
    assert territories["name"].is_unique
    assert territories["growth_rate"].between(-0.01, 0.03).all()


def test_every_health_region_has_real_hospitals(scenario: Scenario) -> None:
    sites, territories = scenario.sites, scenario.territories.set_index("territory_id")
    assert len(sites) == 565
    assert sites["site_id"].str.fullmatch(r"\d{7}").all()
    region = sites["territory_id"].map(territories["region_id"])
    people = territories.groupby("region_id")["population"].sum()
    assert region.value_counts().to_dict() == np.maximum(people // 500_000, 1).astype(int).to_dict()
    assert sites["kind"].value_counts().index.tolist() == ["public", "philanthropic", "private"]


def test_it_offers_the_promised_choice(scenario: Scenario) -> None:
    assert len(scenario.specialties) == 10
    assert (scenario.sizes.groupby("specialty_id").size() == 3).all()
    models = ["direct", "oss", "ppp_grey", "ppp_white", "consortium", "purchase"]
    assert scenario.contracts["delivery_model"].tolist() == models
    assert scenario.settings.ppp_law == "BR-11079"
    assert set(scenario.fiscal["kind"]) == {"ppp", "personnel"}


def test_what_exists_is_near_what_is_published_for_the_country(scenario: Scenario) -> None:
    """Half of the beds of these specialties are in the listed hospitals: 180, 191 and 246 centres are published."""
    services = scenario.site_services
    found = services[services["status"] == "existing"]["specialty_id"].value_counts()
    for name, published in (("cardiologia", 180), ("cirurgia_cardiaca", 191), ("avc", 246)):
        assert 0.4 * published <= found[name] <= 0.7 * published


def test_all_candidates_at_their_largest_hold_the_demand(scenario: Scenario) -> None:
    largest = scenario.sizes.groupby("specialty_id")["capacity"].max()
    hosts = scenario.site_services.drop_duplicates(["site_id", "specialty_id"])["specialty_id"].value_counts()
    room = hosts * largest * scenario.settings.occupancy
    demand = dict(zip(scenario.specialties["specialty_id"], case_matrix(scenario).sum(axis=0), strict=True))
    assert {name for name, cases in demand.items() if room[name] < cases} == set()


@pytest.mark.long
def test_pairs_out_of_the_ceiling_are_few_enough_to_solve_and_cases_beyond_it_are_few(assembled: Assembled) -> None:
    problem = assembled.problem
    assert 1_000_000 < len(problem.journeys.demand) < 2_000_000
    reached = np.zeros(len(problem.demand.cases), dtype=bool)
    reached[problem.journeys.demand] = True
    assert not problem.demand.must_treat.any()  # they are priced
    cases = problem.demand.cases[:, 0]
    away = pd.Series(cases * ~reached).groupby(problem.demand.specialty).sum()
    assert (away / pd.Series(cases).groupby(problem.demand.specialty).sum() < 0.04).all()


def test_access_is_promised_to_the_country_and_to_each_macro_region(scenario: Scenario, assembled: Assembled) -> None:
    promises = assembled.problem.of(AccessPromise)
    assert len(promises) == 10 + 3 * 118
    assert not any(promise.hard for promise in promises)
    whole = {p.specialty: p for p in promises if p.region == "all"}
    cases = assembled.problem.demand.cases[:, 0]
    for s in range(len(scenario.specialties)):
        within = np.unique(assembled.problem.journeys.demand[whole[s].journeys])
        assert whole[s].share <= cases[within].sum() / cases[whole[s].demands].sum()


def test_modelled_travel_is_near_known_road_times(scenario: Scenario, assembled: Assembled) -> None:
    """Usual hours by road, give or take a third; a day and more by river."""
    minutes = pd.DataFrame(assembled.minutes, scenario.territories["name"], scenario.sites["territory_id"])
    code = scenario.territories.set_index("name")["territory_id"]
    known = {
        ("Campinas (SP)", "São Paulo (SP)"): 1.5,
        ("Juiz de Fora (MG)", "Belo Horizonte (MG)"): 4.0,
        ("Sobral (CE)", "Fortaleza (CE)"): 3.7,
        ("Londrina (PR)", "Curitiba (PR)"): 5.3,
        ("Imperatriz (MA)", "São Luís (MA)"): 10.0,
        ("Candeias do Jamari (RO)", "Porto Velho (RO)"): 0.6,
    }
    for (origin, destination), hours in known.items():
        assert minutes.loc[origin, code[destination]].min() / 60 == pytest.approx(hours, rel=1 / 3)
    assert minutes.loc["Parintins (AM)", code["Manaus (AM)"]].min() / 60 > 12
    assert np.isfinite(assembled.minutes).all()


def test_what_ifs_are_those_of_mato_grosso_on_the_contracts_here(scenario: Scenario) -> None:
    names = {"corte_30", "sem_ppp", "estrada_lenta", "oss_085", "oss_fora_da_lrf", "desconto_5", "ocupacao_75"}
    names.add("qualidade_sem_repasse")
    assert set(scenario.variants["variant_id"]) == names
    assert apply_variant(scenario, "sem_ppp").contracts["max_contracts"].notna().sum() == 2


def test_every_sheet_with_numbers_names_its_sources(scenario: Scenario) -> None:
    sources = scenario.sources
    assert sources["source"].ne("").all()
    assert set(sources["sheet"]) >= {"territories", "specialties", "sizes", "sites", "site_services", "contracts"}
    assert set(sources["sheet"]) >= {"funding", "fiscal", "roads", "risks", "access_targets", "settings", "demand"}
    known = set(scenario.contracts["contract_id"]) | {"*"}
    assert set(sources[sources["sheet"] == "contracts"]["key"]) <= known
