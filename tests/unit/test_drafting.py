"""Any state of Brazil is drafted from shipped facts; what is not known by name is told; facts have their sources."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import redesaude as rs
import tiny
from redesaude.cli.app import app
from redesaude.drafting import choosing, clinic, national
from redesaude.drafting.choosing import Wish
from redesaude.drafting.pack import StatePack
from redesaude.drafting.parameters import facts, library, usual_contract, usual_settings
from redesaude.drafting.state import Draft, draft
from redesaude.errors import ToldError
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.guide import EXAMPLE
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.template import write_workbook
from redesaude.inputs.todo_sheet import NAME as TODO
from redesaude.inputs.variants import apply_variant
from redesaude.language import LANGUAGES

ROOT = Path(__file__).parents[2]


def written(wish: Wish, path: Path) -> Scenario:
    """The scenario of a wish, written, checked and read again."""
    found = draft(wish)
    write_workbook(path, found.tables, found.settings, "pt-BR", todo=found.todo)
    checked = check_workbook(path)
    assert [(p.sheet, p.cell, p.found) for p in checked.problems if p.severity == "error"] == []
    return checked.accepted()


@pytest.mark.parametrize("asked", ["GO", "go", "52", "Goiás", "goias"])
def test_a_state_is_asked_for_by_letters_code_or_name(asked: str) -> None:
    assert choosing.state_of(asked)["uf"] == "GO"


def test_all_states_are_known() -> None:
    assert len(facts("states")) == 27
    assert set(facts("states")["uf"]) == set(facts("municipalities")["uf"])


@pytest.mark.parametrize("asked", ["3107", "SUDESTE", "sudeste", "Leopoldina"])
def test_a_macroregion_is_asked_for_by_code_name_or_a_municipality_in_it(asked: str) -> None:
    places = StatePack("MG").municipalities
    regions = choosing.regions_of(Wish("MG", asked), places)
    assert set(regions) == set(places.loc[places["macro_region_code"] == "3107", "health_region_code"])


def test_health_regions_are_asked_for_by_code_or_name() -> None:
    places = StatePack("MG").municipalities
    assert choosing.regions_of(Wish("MG", "", ("31044", "Além Paraíba")), places) == ("31044", "31041")
    assert choosing.regions_of(Wish("MG", "", ("leopoldina / cataguases",)), places) == ("31044",)


@pytest.mark.parametrize(
    ("wish", "kind", "offer"),
    [
        (Wish("XX"), "state", "Acre, Alagoas, Amapá, Amazonas, Bahia, Ceará, Distrito Federal, Espírito Santo, Goiás"),
        (Wish("rio grande"), "state", "Known: Rio Grande do Norte, Rio Grande do Sul."),
        (Wish("SE", "nowhere"), "health macro-region", "Known: MACRO UNICA."),
        (Wish("SE", "", ("nowhere",)), "health region", "Known: Aracaju, "),
        (Wish("SE", specialties=("magic",)), "specialty", "stroke"),
        (Wish("SE", contracts=("magic",)), "contract", "ppp_grey"),
    ],
)
def test_what_is_not_known_is_told_with_what_is(wish: Wish, kind: str, offer: str) -> None:
    with pytest.raises(ToldError) as caught:
        draft(wish)
    assert f"no {kind} that" in str(caught.value)
    assert offer in str(caught.value)


def test_specialties_are_groups_ids_or_names_and_bring_what_they_stand_beside() -> None:
    names = {s.id: s.name for s in clinic.specialties(StatePack("SE"))}

    def chosen(*asked: str) -> set[str]:
        return set(choosing.specialties_of(asked, names, names))

    assert chosen("stroke", "oncology") == {"avc", "quimioterapia", "radioterapia"}
    assert chosen("Urologia", "uti_neonatal") == {"urologia", "uti_neonatal"}
    assert chosen("heart surgery") == {"cirurgia_cardiaca", "cardiologia"}
    assert chosen() == set(names)


def test_a_health_region_with_commas_in_its_name_is_found() -> None:
    asked = ("Manaus", "Entorno e Alto Rio Negro")  # as the command cuts it at its comma
    assert choosing.regions_of(Wish("AM", "", asked), StatePack("AM").municipalities) == ("13001",)


@pytest.mark.parametrize("state", ["GO", "DF", "PA", "SE"])
def test_no_centre_that_is_no_hospital_is_a_site(state: str) -> None:
    """The register counts beds of walk-in and psychosocial centres and of field hospitals; each state here has some."""
    pack = StatePack(state)
    names = national.acute(pack)["name"]
    odd = r"\bCAPS|\bUPA\b|UNIDADE DE PRONTO|CAMPANHA"
    assert pack.hospitals["name"].str.contains(odd).any()
    assert not names.str.contains(odd).any()
    assert set(pack.hospitals.loc[names.index, "health_region_code"]) == set(pack.municipalities["health_region_code"])


@cache
def _roraima() -> Draft:
    """A small state with one specialty, drafted once."""
    return draft(Wish("RR", specialties=("stroke",)))


def test_figures_in_notes_are_written_as_in_portuguese() -> None:
    notes = _roraima().tables["sources"]["note"].astype(str)
    assert notes.str.contains(r"\d,\d+% da popula").any()
    assert not notes.str.contains(r"\d\.\d{1,2}%").any()


def test_contracts_are_ids_or_delivery_models_and_those_of_today_stay() -> None:
    assert [c.id for c in choosing.contracts_of(("ppp_grey",), ())] == ["direto", "ppp_cinza", "ppp_cinza_20", "compra"]
    assert [c.id for c in choosing.contracts_of(("oss",), ())] == ["direto", "oss", "compra"]


@pytest.mark.long
def test_more_ways_to_manage_wait_in_a_draft_unless_asked_for_and_laws_are_dated_rows() -> None:
    """Federal operation, technical-cooperation agency and joint contract: a variant sets them to yes."""
    drafted = _roraima()
    waiting = drafted.tables["contracts"].query("active == False")
    assert set(waiting["delivery_model"]) == {"federal", "agency", "joint"}
    assert set(waiting["contract_id"]) == set(drafted.tables["variants"].query("variant_id == 'mais_formas'")["key"])
    scenario = apply_variant(drafted.scenario(), "mais_formas")
    assert scenario.contracts["active"].all()
    assert {*scenario.laws["rule"]} == {"least_value", "least_years", "most_years"}
    assert [c.terms["active"] for c in choosing.contracts_of(("federal",), ()) if c.id == "ebserh"] == [True]


def test_a_small_state_is_drafted_and_says_what_to_look_at_first(tmp_path: Path) -> None:
    scenario = written(Wish("RR", specialties=("stroke", "trauma"), contracts=("direct", "oss")), tmp_path / "rr.xlsx")
    assert len(scenario.territories) == 15
    assert set(scenario.specialties["specialty_id"]) == {"avc", "trauma"}
    assert set(scenario.contracts["delivery_model"]) == {"direct", "oss", "purchase"}
    assert len(scenario.roads)
    sheet = openpyxl.load_workbook(tmp_path / "rr.xlsx")[TODO]
    stakes = [row[3] for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert len(stakes) > 20
    assert stakes == sorted(stakes, reverse=True)
    assert stakes[0] > 0
    assumed = scenario.sources.query("grade == 'C'")
    assert len(assumed) >= len(stakes)


@pytest.mark.long
def test_the_federal_district_is_one_municipality(tmp_path: Path) -> None:
    scenario = written(Wish("DF", specialties=("stroke",)), tmp_path / "df.xlsx")
    assert scenario.territories["territory_id"].tolist() == ["5300108"]
    assert len(scenario.sites) > 5
    assert not len(scenario.roads)


def test_rivers_have_a_speed_of_their_own() -> None:
    roads = draft(Wish("AM", specialties=("trauma",))).tables["roads"]
    assert set(roads["speed_kmh"].dropna()) == {20.0, 50.0}
    assert (roads["speed_kmh"] == 20.0).sum() > 30


def test_the_command_writes_a_draft_and_tells_what_is_asked_amiss(tmp_path: Path) -> None:
    file = tmp_path / "leopoldina.xlsx"
    asked = ["--state", "MG", "--health-regions", "31044", "--specialties", "stroke"]
    done = CliRunner().invoke(app, ["new", str(file), *asked])
    assert (done.exit_code, file.exists()) == (0, True)
    assert "10" in done.output
    assert check_workbook(file).language == "pt-BR"
    lonely = CliRunner().invoke(app, ["new", str(tmp_path / "x.xlsx"), "--health-regions", "31044"])
    assert lonely.exit_code == 1
    assert not (tmp_path / "x.xlsx").exists()


@pytest.mark.few(1)
@pytest.mark.parametrize("state", facts("states")["uf"])
def test_every_state_is_drafted_as_a_scenario_that_is_accepted(state: str) -> None:
    scenario = draft(Wish(state)).scenario()  # refused where anything were wrong with it
    assert set(scenario.territories["territory_id"]) == set(StatePack(state).municipalities.index)
    assert len(scenario.specialties) == 10
    assert scenario.territories["region_id"].nunique() <= len(scenario.sites) <= 160


@pytest.mark.long
@pytest.mark.parametrize("state", ["RR", "DF", "GO"])
def test_a_drafted_state_is_solved_at_once(state: str, tmp_path: Path) -> None:
    plan = rs.solve(written(Wish(state), tmp_path / "state.xlsx"), rs.SolveOptions(gap=0.25, time_limit=60))
    assert plan.has_decisions
    assert plan.audit is not None
    assert plan.audit.passed


def test_every_column_of_the_facts_says_where_it_is_from() -> None:
    sources = facts("sources")
    assert sources[["table", "columns", "source", "date", "licence"]].notna().all(axis=None)
    for name in ("states", "municipalities", "hospitals", "links", "parameters"):
        told = " ".join(sources.loc[sources["table"] == name, "columns"]).split()
        assert "*" in told or set(facts(name).columns) <= set(told), name


def test_figures_of_the_library_belong_to_its_specialties() -> None:
    assert set(library("figures")["specialty_id"]) == set(library("specialties")["specialty_id"])
    assert set(library("groups")["specialty_id"]) == set(library("specialties")["specialty_id"])


@pytest.mark.long
def test_a_shipped_workbook_is_rebuilt_from_the_repository_alone(tmp_path: Path) -> None:
    name = "mekong"
    subprocess.run(
        [sys.executable, ROOT / "scenarios" / f"build_{name}.py", "--only", name, "--out", tmp_path],
        check=True,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'models'}"},
    )
    assert (tmp_path / f"{name}.xlsx").read_bytes() == (ROOT / "scenarios" / f"{name}.xlsx").read_bytes()


_JOURNEYS = (("A", "H1", 10), ("A", "H2", 60), ("B", "H1", 60), ("B", "H2", 10))


def _example(**stroke: object) -> set[str]:
    """Where the plan of the guide's example opens units."""
    tables = {
        "territories": tiny.rows(*({"territory_id": t, "population": n} for t, n in (("A", 60_000), ("B", 40_000)))),
        "travel_times": tiny.rows(*({"origin_id": town, "destination_id": site, "minutes": minutes}
                                    for town, site, minutes in _JOURNEYS)),
        "specialties": tiny.rows({"specialty_id": "stroke", "cases_per_100k": 100, "access_minutes": 90,
                                  "unmet_cost": 20_000} | stroke),
        "contracts": usual_contract("en"),
        "sites": tiny.rows({"site_id": "H1", "territory_id": "A"}, {"site_id": "H2", "territory_id": "B"}),
        "sizes": tiny.rows({"specialty_id": "stroke", "size_id": "unit", "capacity": 200, "fixed_cost": 800_000,
                            "cost_per_case": 3_000}),
        "settings": pd.DataFrame(usual_settings("en").items(), columns=["name", "value"]),
    }  # fmt: skip
    plan = rs.solve(rs.Scenario.from_tables(tables), tiny.EXACT)
    return set(plan.openings["site_id"])


def test_the_plan_of_the_guides_example_is_as_told() -> None:
    assert len(EXAMPLE) == 6
    assert _example() == {"H1"}
    assert _example(access_minutes=45, access_share=1, access_hard=True) == {"H1", "H2"}


@pytest.mark.few(2)
@pytest.mark.parametrize("language", sorted(LANGUAGES, reverse=True))
def test_a_blank_workbook_begins_with_the_settings_of_its_country(language: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["new", str(tmp_path / "my.xlsx"), "--lang", language])
    assert done.exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "my.xlsx")
    values = {row[0]: row[1] for row in book["settings"].iter_rows(min_row=3, values_only=True)}
    assert values["discount_rate"] == (0.05 if language == "vi" else 0.085)
    assert book["periods"]["C3"].value == values["horizon_years"] == (20 if language == "vi" else 30)
    names = [cell.value for cell in book["contracts"][1]]
    contract = dict(zip(names, next(book["contracts"].iter_rows(min_row=3, values_only=True)), strict=True))
    assert contract["delivery_model"] == "direct"
    assert contract["procurement_months"] == (12 if language == "vi" else 10)
