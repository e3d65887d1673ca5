"""A workbook of any country is made of CSV tables of facts, without code."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import redesaude as rs
import tiny
from redesaude.cli.app import app
from redesaude.drafting.own_facts import own_facts
from redesaude.errors import InputError, ToldError
from redesaude.inputs.checks import check_workbook, read_scenario

VIETNAM = Path(__file__).parents[2] / "scenarios" / "mekong_builders" / "facts"
TOWNS = """territory_id,name,region_id,latitude,longitude,population,source,year,grade
0101,Tân Lập,R1,10.0,106.0,60000,Census,2024,A
0102,Phú Mỹ,R1,10.2,106.3,40000,Census,2024,A
"""
TABLES = {
    "territories": TOWNS,
    "specialties": "specialty_id,name,cases_per_100k,access_minutes,unmet_cost\nstroke,Stroke,100,90,20000\n",
    "sites": "site_id,name,territory_id,kind,source,grade,note\nH1,Hospital 1,0101,public,Ministry,B,by its name\n"
    "H2,Hospital 2,0102,public,,,\n",
    "sizes": "specialty_id,size_id,capacity,fixed_cost,cost_per_case\nstroke,unit,200,800000,3000\n",
    "settings": "name,value\ncurrency,USD\ntravel_times_complete,no\n",
}


def folder(at: Path, **changed: str) -> Path:
    for name, text in (TABLES | changed).items():
        (at / f"{name}.csv").write_text(text, encoding="utf-8")
    return at


def test_four_tables_make_a_workbook_that_is_solved(tmp_path: Path) -> None:
    file = tmp_path / "country.xlsx"
    done = CliRunner().invoke(app, ["new", str(file), "--facts", str(folder(tmp_path)), "--lang", "en"])
    assert (done.exit_code, check_workbook(file).problems) == (0, ())
    scenario = read_scenario(file)
    assert scenario.settings.currency == "USD"
    assert list(scenario.territories["territory_id"]) == ["0101", "0102"]
    told = scenario.sources.set_index("key")
    assert told.loc["0101", ["sheet", "source", "year", "grade"]].to_list() == ["territories", "Census", "2024", "A"]
    assert told.loc["H1", "note"] == "by its name"
    assert "H2" not in told.index
    plan = rs.solve(scenario, tiny.EXACT)
    assert plan.audit.passed
    assert len(plan.openings) == 1


@pytest.mark.long
def test_vietnam_needs_no_code_for_its_places(tmp_path: Path) -> None:
    """The districts of the scenario's facts, under the names of the sheet, with the four tables of the invented one."""
    units = pd.read_csv(VIETNAM / "districts.csv", dtype=str)
    names = {"unit_id": "territory_id", "unit_name": "name", "province_code": "region_id", "lat": "latitude",
             "lon": "longitude", "pop_2019": "population"}  # fmt: skip
    units = units.rename(columns=names)[list(names.values())].assign(source="Tổng điều tra", year="2019", grade="A")
    hospitals = pd.read_csv(VIETNAM / "hospitals.csv", dtype=str, keep_default_na=False)
    standing = hospitals[(hospitals["unit"] != "") & (hospitals["role"] == "provincial")]
    sites = standing.rename(columns={"unit": "territory_id"})[
        ["site_id", "name", "territory_id", "source", "year", "grade", "note"]
    ].assign(kind="public")
    places = folder(tmp_path, territories=units.to_csv(index=False), sites=sites.to_csv(index=False))
    done = CliRunner().invoke(app, ["new", str(tmp_path / "vn.xlsx"), "--facts", str(places), "--lang", "vi"])
    scenario = check_workbook(tmp_path / "vn.xlsx").accepted()
    assert done.exit_code == 0
    assert len(scenario.territories) == 181
    assert scenario.territories["population"].sum() == 35_102_537
    assert (scenario.sources["sheet"] == "sites").sum() == len(scenario.sites) == len(standing)


@pytest.mark.parametrize(
    ("changed", "place", "told"),
    [
        ({"towns": TOWNS}, "towns.csv", "no sheet is called towns"),
        ({"site": TABLES["sites"]}, "site.csv", "did you mean sites"),
        ({"sizes": TABLES["sizes"].replace("capacity", "rooms")}, "sizes.csv!C1", "has no column rooms"),
        ({"sizes": TABLES["sizes"].replace("800000", "800 5")}, "sizes.csv!D2", "a number for fixed_cost"),
        ({"settings": "name,value\ncurency,USD\n"}, "settings.csv!A2", "did you mean currency"),
        ({"settings": "nome,valor\ncurrency,USD\n"}, "settings.csv!1:1", "column names in row 1"),
        ({"territories": "a,b\n1,2,3,4\n"}, "territories.csv", r"cannot be read as a table \(its rows have more"),
    ],
)
def test_what_is_of_no_sheet_or_no_number_is_told_with_its_place(
    changed: dict[str, str], place: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=rf"{place}: .*{told}"):
        own_facts(folder(tmp_path, **changed))
    asked = ["new", str(tmp_path / "x.xlsx"), "--facts", str(tmp_path), "--lang", "en"]
    assert CliRunner().invoke(app, asked).exit_code == 1
    assert not (tmp_path / "x.xlsx").exists()


def test_all_that_is_wrong_is_told_at_once_and_what_is_missing_later(tmp_path: Path) -> None:
    wrong = {"towns": TOWNS, "sizes": TABLES["sizes"].replace("800000", "much"), "sites": "site_id,what\nH1,x\n"}
    with pytest.raises(InputError) as told:
        own_facts(folder(tmp_path, **wrong))
    assert [problem.sheet for problem in told.value.problems] == ["sites.csv", "sizes.csv", "towns.csv"]
    (tmp_path / "towns.csv").rename(tmp_path / "_towns.csv")
    folder(tmp_path, sizes="specialty_id,size_id,capacity\nstroke,unit,\n", sites="site_id\nH1\n")
    assert {"sites", "sizes"} <= {*own_facts(tmp_path)[0]}


def test_a_table_as_excel_saves_it_in_portuguese_is_read_as_it_is_meant(tmp_path: Path) -> None:
    head = "territory_id;name;region_id;latitude;longitude;population;source\r\n"
    rows = "5103403;Cuiabá;R1;-15,6;-56,1;650.877;Censo\r\n5105259;Lucas;R1;-13,05;-55,9;83.798;\r\n"
    (tmp_path / "territories.csv").write_bytes((head + rows).encode("cp1252"))
    (tmp_path / "settings.csv").write_bytes("name;value\r\ntitle;São José\r\ndiscount_rate;0,085\r\n".encode("cp1252"))
    tables, settings = own_facts(tmp_path, "pt-BR")
    assert tables["territories"].iloc[0].to_list() == ["5103403", "Cuiabá", "R1", -15.6, -56.1, 650_877.0]
    assert settings == {"title": "São José", "discount_rate": 0.085}
    assert tables["sources"].to_dict("records") == [
        {"sheet": "territories", "key": "5103403", "column": "*", "source": "Censo"}
    ]


def test_an_empty_folder_and_a_state_beside_it_are_told(tmp_path: Path) -> None:
    with pytest.raises(ToldError, match=r"territories\.csv"):
        own_facts(tmp_path)
    both = CliRunner().invoke(app, ["new", str(tmp_path / "x.xlsx"), "--facts", str(tmp_path), "--state", "AC"])
    assert both.exit_code == 1
