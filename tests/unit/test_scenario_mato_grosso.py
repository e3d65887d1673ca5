"""The committed Mato Grosso workbook holds what its note promises, and a planner's what-ifs work on it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from redesaude.assemble.demand import case_matrix
from redesaude.assemble.eligibility import law_notices
from redesaude.assemble.options import option_table
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.payers import PayerShares
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.variants import apply_variant
from redesaude.plan.travelled import co2_range
from redesaude.promises.access import targets_by_period
from redesaude.promises.pledges import journey_budget
from redesaude.promises.workforce import staff_of
from redesaude.report.known_contracts import month_values
from redesaude.studies.today import Origin, origin
from redesaude.travel.matrix import travel_minutes

SCENARIOS = Path(__file__).parents[2] / "scenarios"
WORKBOOK, NETWORK = SCENARIOS / "mato-grosso.xlsx", SCENARIOS / "mato-grosso-network.xlsx"
CENSUS_2022 = 3_658_649
VARIANTS = (
    "corte_30",
    "sem_ppp",
    "estrada_lenta",
    "oss_085",
    "oss_fora_da_lrf",
    "desconto_5",
    "ocupacao_75",
    "mais_formas",
    "lotes_abertos",
    "qualidade_sem_repasse",
    "habilitacao",
    "pontos_de_estabilizacao",
    "fecha_hpsmc",
)
#: open since January 2026, and not in the register of 2022
CENTRAL = "NOVO-5103403-HC"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return check_workbook(WORKBOOK).accepted()


@pytest.fixture(scope="module")
def network() -> Scenario:
    return check_workbook(NETWORK).accepted()


@pytest.fixture(scope="module")
def pairs(scenario: Scenario) -> pd.DataFrame:
    """Every pair (site, specialty) at which the specialty may be, with the region of the site."""
    region = scenario.territories.set_index("territory_id")["region_id"]
    sites = scenario.sites.assign(region_id=scenario.sites["territory_id"].map(region))
    named = scenario.site_services[["site_id", "specialty_id"]].drop_duplicates()
    return named.merge(sites[["site_id", "kind", "region_id"]], on="site_id")


@pytest.mark.parametrize("workbook", [WORKBOOK, NETWORK])
def test_the_check_finds_no_error_and_no_warning(workbook: Path) -> None:
    assert [(p.code, p.sheet, p.cell) for p in check_workbook(workbook).problems] == []


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
    active = scenario.contracts["active"]
    assert active.sum() == 9
    assert set(scenario.contracts.loc[~active, "delivery_model"]) == {"federal", "agency", "joint", "oss"}
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
    lot = scenario.contracts["contract_id"] == "oss_lote"
    assert (scenario.contracts["bidders"].notna() == (ppp | lot)).all()
    told, of_lot = scenario.sources[scenario.sources["column"] == "bidders"].to_dict("records")
    assert (of_lot["key"], of_lot["grade"]) == ("oss_lote", "C")
    assert told["grade"] == "C"
    assert all(tender in told["source"] for tender in ("Souza Aguiar", "HoPE", "HRMS", "Metropolitano"))
    assert "evidência rala" in told["note"]


def test_real_sites_are_cnes_hospitals_and_new_ones_say_so(scenario: Scenario) -> None:
    new = scenario.sites["kind"] == "new"
    clinics = scenario.sites["site_id"].str.startswith("CLIN-")
    real = set(scenario.sites[~new & ~clinics]["site_id"]) - {CENTRAL}
    assert 40 <= len(real) <= 60
    assert all(len(name) == 7 and name.isdigit() for name in real)
    assert scenario.sites[new]["site_id"].str.startswith("NOVO-").all()


def test_who_pays_follows_who_owns(scenario: Scenario, network: Scenario) -> None:
    """A hospital of a municipality is its own bill; the state's limit on staff counts what the state pays."""
    for case in (scenario, network):
        assert case.settings.payer_defaults == "brazil"
        owner = case.sites.set_index("site_id")["owner"]
        assert (owner != "").all()
        named = case.sites[case.sites["name"].str.contains("Municipal")]
        assert set(owner[named["site_id"]]) == {"municipal"}
        assert owner[["2655411", "2395037", "NOVO-5103403-HC"]].to_list() == ["federal", "state", "state"]
        limits = case.fiscal.groupby("kind")["payer"].unique().map(set)
        assert limits.to_dict() == {"personnel": {"state"}, "ppp": {""}}
        shares = PayerShares(case)
        town = named["site_id"].iloc[0]
        assert shares.of(town, "avc", "direto", "running")["municipality"] == pytest.approx(0.45)
        assert "municipality" not in shares.of(town, "avc", "oss", "running")
        assert shares.of(town, "avc", "direto", "capital") == {"state": 1.0}


def test_seventeen_municipalities_leave_the_state_for_high_complexity_today(scenario: Scenario) -> None:
    """The answers to REGIC 2018: 220,394 people, to Goiânia, Barretos, Palmas and Cacoal."""
    rows = scenario.today[scenario.today["outside"] != ""]
    assert (rows["site_id"] == "").all()
    people = scenario.territories.set_index("territory_id")["population"]
    assert people[rows["territory_id"].unique()].sum() == 220_394
    assert rows.groupby("outside")["territory_id"].nunique().to_dict() == {
        "Goiânia (GO)": 11, "Barretos (SP)": 4, "Palmas (TO)": 1, "Cacoal (RO)": 1
    }  # fmt: skip
    told = scenario.sources.query("sheet == 'today' and key == '*'").set_index("column")
    assert told.loc["share", "grade"] == "C"
    assert origin(scenario) is Origin.BOTH


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


@pytest.mark.few(1)
@pytest.mark.parametrize("variant", VARIANTS)
def test_each_variant_makes_another_sound_scenario(scenario: Scenario, network: Scenario, variant: str) -> None:
    assert apply_variant(scenario, variant).variant_id == variant
    assert apply_variant(network, variant).variant_id == variant


def test_the_network_is_the_same_in_three_periods(scenario: Scenario, network: Scenario) -> None:
    assert network.periods["first_year"].to_list() == [2027, 2030, 2035]
    assert len(scenario.periods) == 1
    for name in ("territories", "sites", "site_services", "contracts", "specialties", "sizes", "stations", "staffing"):
        pd.testing.assert_frame_equal(getattr(scenario, name), getattr(network, name))
    assert set(scenario.workforce["region_id"]) == {"all"}  # by macro-region in the network alone
    yearly = network.funding["amount"] / [3, 5, 12]  # the last period runs on after the programme
    assert yearly.to_list() == pytest.approx([35e6, 35e6, 35e6])
    assert network.periods["years"].sum() == scenario.periods["years"].sum() == network.settings.horizon_years
    assert scenario.funding["amount"].to_list() == [350e6]


def test_what_the_state_builds_opens_in_the_first_period(network: Scenario) -> None:
    decided = network.decisions
    assert set(decided["period_id"]) == {"p1"}
    starts = set(
        decided[decided["decision"] == "start"][["site_id", "specialty_id"]].itertuples(index=False, name=None)
    )
    paid = network.site_services[network.site_services["status"] == "required"]
    assert starts == set(paid[["site_id", "specialty_id"]].itertuples(index=False, name=None))


def test_the_central_hospital_runs_under_its_contract_and_the_santa_casa_closes(network: Scenario) -> None:
    """What runs by the contract of 2025 stays open under it; the building of the labour court is given up."""
    decided, services = network.decisions, network.site_services
    here = decided[decided["site_id"] == CENTRAL]
    running = services[(services["site_id"] == CENTRAL) & (services["status"] == "existing")]
    assert set(here["specialty_id"]) == set(running["specialty_id"])
    assert set(here["contract_id"]) == set(running["contract_id"]) == {"oss"}
    closing = decided[decided["decision"] == "close"].set_index("site_id")["active"]
    assert closing.to_dict() == {"9841903": True, "2655411": True, "2495015": False}
    assert apply_variant(network, "fecha_hpsmc").decisions["active"].all()


def test_todays_services_find_their_staff(network: Scenario) -> None:
    """The stock of each role, all areas together, is at least what the services of today need."""
    services = network.site_services[network.site_services["status"] == "existing"]
    first = network.workforce[network.workforce["period_id"] == "p1"]
    for role, stock in first.groupby("role_id")["stock"].sum().items():
        fixed, per_case = staff_of(network, str(role), services.reset_index(drop=True))
        needed = fixed.sum() + per_case @ (services["capacity"].to_numpy(float) * network.settings.occupancy)
        assert stock >= needed - 0.5


def test_staff_grows_with_time_and_over_half_of_the_doctors_are_around_the_capital(network: Scenario) -> None:
    people = network.workforce[network.workforce["role_id"] == "obstetra"]
    added = people.groupby("period_id", sort=False)[["training_max", "recruitment_max"]].sum()
    assert added["training_max"].to_list() == pytest.approx(added["recruitment_max"].to_list(), abs=0.5)
    assert added["training_max"].is_monotonic_increasing
    trained = people[people["period_id"] == "p1"].set_index("region_id")["training_max"]
    assert trained["5105"] / trained.sum() == pytest.approx(0.54, abs=0.01)


def test_bases_of_samu_and_of_the_fire_brigade_reach_about_as_many_as_told(network: Scenario) -> None:
    """Sixteen of SAMU in ten towns and one of the firemen in each of twenty-five, about 70 % of the people."""
    kept = network.stations[network.stations["status"] == "kept"]
    assert len(kept) == 30
    assert kept["ambulances_min"].sum() == 16 + 25
    inhabitants = network.territories.set_index("territory_id")["population"]
    firemen = inhabitants.nlargest(25)
    assert set(firemen.index) <= set(kept["territory_id"])
    assert firemen.sum() / inhabitants.sum() == pytest.approx(0.70, abs=0.02)
    places = network.stations[network.stations["status"] == "candidate"]["territory_id"]
    people = network.territories.set_index("territory_id")["population"]
    assert people[places].min() >= 15_000


def test_the_windows_leave_time_for_the_journey(network: Scenario) -> None:
    left = journey_budget(network).dropna()
    assert left.to_dict() == pytest.approx({"cardiologia": 78.0, "avc": 80.0})


def test_the_capital_is_not_to_take_more_than_today(scenario: Scenario, network: Scenario) -> None:
    assert (scenario.load_ceilings["cases"] == scenario.load_ceilings["today_cases"]).all()
    by_period = network.load_ceilings.groupby("period_id", sort=False)["cases"].sum()
    assert by_period.is_monotonic_decreasing
    assert by_period.iloc[0] == scenario.load_ceilings["cases"].sum()


def test_telestroke_needs_a_unit_of_type_three(scenario: Scenario) -> None:
    levels = scenario.sizes[scenario.sizes["specialty_id"] == "avc"].set_index("size_id")
    stroke = levels.drop(index="D")  # that waits for its variant
    assert stroke["needs_support"].to_dict() == {"S": True, "M": False, "L": False}
    assert stroke["supports_max"].to_dict() == {"S": 0, "M": 3, "L": 7}
    assert stroke["treats_share"].to_dict() == {"S": 0.8, "M": 1.0, "L": 1.0}
    assert scenario.support["hub_cost"].to_list() == pytest.approx([405_121 / 7 * 5.5] * 6, rel=1e-4)
    assert set(scenario.support["satellite_cost"]) == {400_000}
    assert (scenario.support["satellite_site_id"] == "").all()


@pytest.mark.parametrize("sheet", ["workforce", "staffing", "stations", "emergency", "load_ceilings", "surge",
                                   "decisions", "precedence", "support"])  # fmt: skip
def test_every_new_sheet_has_its_sources(network: Scenario, sheet: str) -> None:
    assert len(getattr(network, sheet))
    told = network.sources[network.sources["sheet"] == sheet]
    assert len(told)
    assert told["grade"].isin(["A", "B", "C"]).all()
    assumed = told[told["source"].str.startswith("Premissa")]
    assert assumed["note"].str.contains("Faixa plausível").all()


def test_known_contracts_have_their_sources_and_are_the_same_in_both(scenario: Scenario, network: Scenario) -> None:
    known = scenario.known_contracts
    pd.testing.assert_frame_equal(network.known_contracts, known)
    assert known["source"].str.startswith("http").all()
    assert known["source_date"].ne("").all()
    assert known["grade"].isin(["A", "B"]).all()
    month = month_values(known).to_numpy() / known["beds"].to_numpy()
    by_bed = dict(zip(known["name"], month, strict=True))
    assert by_bed["Contrato de Gestão 090/2025/SES-MT"] == pytest.approx(34.9e6 / 287)
    assert by_bed["Chamamento 001/2025, unidade II"] == pytest.approx(249.1e6 / 36 / 170)
    assert np.isnan(list(by_bed.values())).sum() == 4  # beds or a month were not reported: none is made up


def test_the_variants_are_those_of_the_note(scenario: Scenario) -> None:
    assert set(scenario.variants["variant_id"]) == {*VARIANTS, "normas_firmes"}


def test_points_of_stabilisation_wait_for_their_variant_but_where_strokes_are_too_few(scenario: Scenario) -> None:
    """Hospitals of regions that fill no unit may open the smallest size; small ones elsewhere in the variant only."""
    before, after = (option_table(each) for each in (scenario, apply_variant(scenario, "pontos_de_estabilizacao")))
    region = scenario.sites.merge(scenario.territories, on="territory_id").set_index("site_id")["region_id"]
    people = scenario.territories.groupby("region_id")["population"].sum()
    rate = scenario.specialties.set_index("specialty_id").loc["avc", "cases_per_100k"] / 1e5
    now = set(before.loc[before["size_id"] == "D", "site_id"])
    assert set(region[list(now)]) == set(people.index[people * rate < 60]) == {"51009", "51016"}
    points = after[after["size_id"] == "D"]
    assert set(points["specialty_id"]) == {"avc"}
    assert points["site_id"].nunique() >= 10 + len(now)
    assert not (set(points["site_id"]) - now) & set(before.loc[before["specialty_id"] == "avc", "site_id"])


def test_firm_norms_wait_for_their_variant(scenario: Scenario) -> None:
    """In the base every norm has its price; in the variant those that a plan was found to keep are firm."""
    firm = apply_variant(scenario, "normas_firmes")
    before, after = (list(targets_by_period(each)) for each in (scenario, firm))
    assert not any(target.hard for target in before)
    assert {target.id for target in before} == {target.id for target in after}
    assert 40 <= sum(target.hard for target in after) < len(after)
    assert firm.load_ceilings["hard"].all()


def test_firm_norms_of_the_network_are_those_of_its_periods(network: Scenario) -> None:
    firm = list(targets_by_period(apply_variant(network, "normas_firmes")))
    assert min(sum(target.hard for target in firm if target.period == t) for t in range(3)) > 20
    assert not all(target.hard for target in firm)
    assert not any(target.hard for target in targets_by_period(network))


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


def test_teams_train_before_their_service_opens(scenario: Scenario) -> None:
    assert (scenario.sizes["training_months"] > 0).all()
    told = scenario.sources[scenario.sources["column"] == "training_months"]
    assert {key.rstrip("|*") for key in told["key"]} == set(scenario.specialties["specialty_id"])


def test_more_ways_wait_for_a_variant_and_norms_have_dates(scenario: Scenario) -> None:
    more = apply_variant(scenario, "mais_formas")
    assert more.contracts.loc[~more.contracts["active"], "contract_id"].tolist() == ["oss_lote"]
    laws = scenario.laws.set_index(["rule", "valid_from"])
    assert laws.loc[("least_value", 2004), "valid_until"] == 2017
    assert laws.loc[("least_value", 2018), "value"] == 10e6
    assert (scenario.laws["source"] != "").all()
    assert list(law_notices(more)) == []


def test_codes_of_others_and_the_carbon_of_travel_are_stated(scenario: Scenario) -> None:
    sites, towns = scenario.sites, scenario.territories
    real = sites["site_id"].str.fullmatch(r"\d{7}")
    assert (sites.loc[real, "official_code"] == sites.loc[real, "site_id"]).all()
    assert set(sites.loc[~real, "official_code"]) == {""}
    assert towns["official_code"].str.fullmatch(r"\d{7}").all()
    assert scenario.specialties["official_code"].str.fullmatch(r"\d{4}(, \d{4})*").all()
    assert scenario.specialties["sdg_targets"].map(lambda targets: "3.8" in targets).all()
    low, mode, high = co2_range(scenario.settings)
    assert 0 < low < mode < high
