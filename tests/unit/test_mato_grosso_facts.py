"""What is known of Mato Grosso stands in its workbook: each fact is used, contradicted or left out with a reason."""

import re
import sys
from pathlib import Path

import pandas as pd
import pytest

from redesaude.drafting.evidence import ASSUMPTION
from redesaude.drafting.parameters import facts
from redesaude.inputs.changes import like
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.evidence import Place, Sources
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import TABLES
from redesaude.promises.buildings import taken
from redesaude.report.known_contracts import month_values

SCENARIOS = Path(__file__).parents[2] / "scenarios"
sys.path.insert(0, str(SCENARIOS))
import build_answer  # noqa: E402
from builders.state_facts import macroregions, table  # noqa: E402  # the kit of the scenarios is no package

KNOWN = table("known")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return check_workbook(SCENARIOS / "mato-grosso.xlsx").accepted()


def test_every_fact_says_what_became_of_it() -> None:
    assert len(KNOWN) == KNOWN["fact_id"].nunique() == 24
    assert set(KNOWN["use"]) <= {"used", "contradicted", "left_out"}
    assert KNOWN[["fact", "source", "date", "why"]].notna().all(axis=None)
    assert KNOWN.loc[KNOWN["use"] != "left_out", ["sheet", "key"]].notna().all(axis=None)


@pytest.mark.parametrize("fact", KNOWN[KNOWN["use"] != "left_out"].to_dict("records"), ids=lambda fact: fact["fact_id"])
def test_what_is_used_is_in_the_workbook(scenario: Scenario, fact: dict[str, str]) -> None:
    declared = next(each for each in TABLES if each.name == fact["sheet"])
    rows = getattr(scenario, fact["sheet"])
    keys = rows[list(declared.key)].fillna("").astype(str).agg("|".join, axis=1)
    assert fact["key"] in set(keys)


@pytest.mark.parametrize(
    "name", ["services", "dialysis", "decisions", "use", "hospitals", "new_builds", "samu", "licences"]
)
def test_each_table_of_facts_has_source_year_and_grade(name: str) -> None:
    facts = table(name)
    assert facts[["source", "year", "grade"]].notna().all(axis=None)
    guessed = facts[
        (facts["grade"] == "C") & facts.get("capacity", facts.get("patients", pd.Series(dtype=float))).notna()
    ]
    if "low" in facts:
        assert guessed[["low", "high"]].notna().all(axis=None)


def test_what_exists_is_as_the_facts_say(scenario: Scenario) -> None:
    services = scenario.site_services.set_index(["site_id", "specialty_id"]).sort_index()
    running = services[services["status"] == "existing"]
    for fact in table("services").itertuples():
        if fact.change == "contract":
            assert set(running.loc[fact.site_id, "contract_id"]) == {fact.contract_id}
        elif fact.change == "remove":
            assert (fact.site_id, fact.specialty_id) not in running.index
        else:
            here = running.loc[(fact.site_id, fact.specialty_id)]
            assert (here["capacity"], here["contract_id"]) == (fact.capacity, fact.contract_id)


def test_dialysis_of_today_treats_the_two_thousand_who_are_known(scenario: Scenario) -> None:
    """Hospitals and clinics at the planning occupancy; Sorriso counts the patients that it can have."""
    services = scenario.site_services.query("specialty_id == 'dialise' and status == 'existing'")
    assert services["capacity"].sum() * scenario.settings.occupancy == pytest.approx(2_000, rel=0.02)
    clinics = services[services["site_id"].str.startswith("CLIN-")]
    assert clinics["capacity"].sum() > 0.75 * services["capacity"].sum()
    offered = scenario.site_services.query("specialty_id == 'dialise' and status == 'allowed'")["site_id"]
    assert offered.str.startswith("CLIN-").sum() == 10


def test_the_range_of_demand_holds_the_use_of_today(scenario: Scenario) -> None:
    people = scenario.territories.groupby("region_id")["population"].sum()
    told = scenario.sources.query("sheet == 'specialties' and column == 'cases_per_100k'").set_index("key")["note"]
    for fact in table("use").itertuples():
        area = people.sum() if pd.isna(fact.health_region_code) else people[fact.health_region_code]
        numbers = re.search(r"Faixa plausível: ([\d.,]+) a ([\d.,]+)\.", told[fact.specialty_id])
        assert numbers is not None
        low, high = (float(text.rstrip(".").replace(".", "").replace(",", ".")) for text in numbers.groups())
        assert low <= fact.cases / area * 1e5 + 0.05
        assert high >= fact.cases / area * 1e5 - 0.05


def test_the_regions_lie_in_six_macroregions(scenario: Scenario) -> None:
    named = scenario.territories.drop_duplicates("region_id").set_index("region_id")["macroregion_id"]
    assert named.to_dict() == dict(
        table("macroregions")[["health_region_code", "macro_region_code"]].to_numpy().tolist()
    )
    assert set(named) == set(macroregions())
    assert len(macroregions()) == 6


def test_five_contracts_pay_a_thousand_million_a_year(scenario: Scenario) -> None:
    """Hospital Central, both units of Cáceres as one call, the Metropolitano, Hospital Geral, the cancer hospital."""
    known = scenario.known_contracts
    assert month_values(known).sum() * 12 == pytest.approx(1_084e6, rel=0.001)
    term = scenario.sources.query("sheet == 'known_contracts' and column == 'term_months'")
    assert term["grade"].to_list() == ["C"]


def bills(scenario: Scenario) -> pd.DataFrame:
    """What is paid a year for whole hospitals, and what today's services in them cost and take of their beds.

    Columns, by site: bill and running (R$ million a year), beds (of the building) and taken (by the services).
    """
    known, sizes = scenario.known_contracts, scenario.sizes.set_index(["specialty_id", "size_id"])
    services = scenario.site_services.query("status == 'existing'").reset_index(drop=True)
    case = sizes["cost_per_case"].reindex(pd.MultiIndex.from_frame(services[["specialty_id", "size_id"]]))
    case_cost = services["cost_per_case"].fillna(pd.Series(case.to_numpy()))
    running = services["fixed_cost"] + case_cost * services["capacity"] * scenario.settings.occupancy
    register = facts("hospitals").set_index("cnes")["beds_total"]
    beds = scenario.buildings.query("resource == 'beds'").set_index("site_id")["total"]
    found = pd.DataFrame({"bill": month_values(known) * 12 / 1e6}).groupby(known["site_id"]).sum()
    return found.assign(
        running=running.groupby(services["site_id"]).sum().reindex(found.index) / 1e6,
        beds=beds.reindex(found.index).fillna(register.reindex(found.index)),
        taken=pd.Series(taken(scenario, services, "beds")).groupby(services["site_id"]).sum().reindex(found.index),
    )


def test_the_note_sets_the_running_cost_beside_the_bills(scenario: Scenario) -> None:
    """Its table holds these figures: the contracts pay whole hospitals, of which the specialties take some beds."""
    note = (SCENARIOS / "mato-grosso.md").read_text(encoding="utf-8")
    table_of = bills(scenario)
    whole = table_of.sum()
    for row in [*table_of.itertuples(index=False), whole]:
        cells = f"| {row.bill:,.1f} | {row.beds:,.0f} | {row.taken:,.0f} | {row.running:,.1f} |"
        assert cells in note
    part = float((table_of["bill"] * table_of["taken"] / table_of["beds"]).sum())
    assert f"R$ {part:,.0f} million" in note
    assert 0.5 < whole["running"] / part < 1.5


def test_the_central_hospital_cannot_hold_four_surgical_specialties_beside_general_work(scenario: Scenario) -> None:
    """Ten theatres do 5,456 operations a year in all; the largest sizes of four specialties would take more."""
    room = scenario.buildings.query("site_id == 'NOVO-5103403-HC'").set_index("resource")
    assert room["total"].to_dict() == {"beds": 287, "theatres": 10}
    largest = scenario.sizes.groupby("specialty_id")["theatres"].max()
    asked = largest[["cirurgia_cardiaca", "neurocirurgia", "trauma", "urologia"]].sum()
    assert asked > room.loc["theatres", "total"] - room.loc["theatres", "general"]
    services = scenario.site_services.query("site_id == 'NOVO-5103403-HC' and status == 'existing'")
    assert (
        taken(scenario, services, "theatres").sum() <= room.loc["theatres", "total"] - room.loc["theatres", "general"]
    )


def test_no_region_is_cheap_to_leave_without_what_is_urgent(scenario: Scenario) -> None:
    """Floors of the urgent specialties cost three healthy years a case, above what a late case alone would."""
    floors = scenario.access_targets.query("active").set_index("specialty_id")
    urgent = ["avc", "trauma", "gestacao_risco", "uti_neonatal", "cardiologia"]
    late = scenario.specialties.set_index("specialty_id")["access_price"]
    assert (floors.loc[urgent, "price"] > late[urgent]).all()
    assert floors.loc[urgent, "price"].min() == 3 * 40_000
    assert set(floors.loc[urgent[:4], "region_id"]) == {"each"}
    told = scenario.sources.query("sheet == 'access_targets' and column == 'price'")
    assert told["note"].str.contains("Faixa plausível").all()
    assert len(told) == len(floors)


def _limits(scenario: Scenario, sheet: str, key: str, column: str) -> bool:
    """Whether a number has its range beside it on its own sheet."""
    frame = getattr(scenario, sheet)
    ends = [f"{column}_{end}" for end in ("low", "high")]
    rows = frame[frame.iloc[:, 0].map(like(key.split("|", maxsplit=1)[0]))] if len(frame) else frame
    return set(ends) <= set(frame.columns) and bool((rows[ends[0]] < rows[ends[1]]).any())


def test_every_assumption_without_source_says_its_range_or_the_norm_beside(scenario: Scenario) -> None:
    """What a planner supposed is bracketed: in words, on its own sheet, or by the norm that a target stands beside."""
    numbers = {(table.name, c.name) for table in TABLES for c in table.columns if c.kind in ("number", "integer")}
    rows = scenario.sources
    rows = rows[(rows["grade"] == "C") & (rows["source"] == ASSUMPTION)]
    rows = rows[[(r.sheet, r.column) in numbers or r.sheet == "settings" for r in rows.itertuples()]]
    open_ended = [
        (r.sheet, r.key, r.column)
        for r in rows.itertuples()
        if not re.search("Faixa plausível: .* a |A norma é", r.note) and not _limits(scenario, r.sheet, r.key, r.column)
    ]
    assert len(rows) > 200
    assert open_ended == []


def test_what_turns_contracts_has_a_range_on_its_sheet(scenario: Scenario) -> None:
    """Each factor of a contract that turns decisions by the answer of the note is bracketed, or has a source."""
    names = {told: contract for contract, told in build_answer._CONTRACTS.items()}
    factors = {told: column for column, told in build_answer._TURNS.items() if column.endswith("_factor")}
    told = build_answer.NOTE.read_text(encoding="utf-8").split("**What would turn it**")[1].split(build_answer.END)[0]
    turning = re.findall(f"({'|'.join(factors)}) under ({'|'.join(names)})", told)
    assert len(set(turning)) >= 6
    sources = Sources(scenario.sources)
    for factor, contract in turning:
        code, column = names[contract], factors[factor]
        known = sources.of(Place("contracts", code, column)).grade in ("A", "B")
        assert known or _limits(scenario, "contracts", code, column) or column == "quality_factor", (factor, contract)
