"""What drop-downs offer: codes with their names, which read as the codes alone, and keys that variants may name."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import tiny
from recalculation import differences, needs_libreoffice, recalculated
from redesaude.errors import InputError
from redesaude.inputs.changes import Tables, changed
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.evidence import Place, Sources
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import BY_NAME, INPUT
from redesaude.inputs.template import write_scenario, write_workbook

VALID = Path(__file__).parents[1] / "workbooks" / "valid.xlsx"
#: the cells of a list: where it begins, how many it may have, the words above, and the cell with their number
_OFFSET = re.compile(
    r"OFFSET\(lists!\$([A-Z]+)\$(\d+),0,0,MAX\(1,MIN\((\d+),(?:(\d+)\+)?lists!\$([A-Z]+)\$(\d+)\)\),1\)"
)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(VALID)


@pytest.fixture(scope="module")
def written(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("offered") / "valid.xlsx"
    write_scenario(path, scenario)
    return path


def offered(path: Path, sheet: str, column: str) -> list[str]:
    """What the drop-down of a column shows, by the values that its workbook holds."""
    letter = openpyxl.utils.get_column_letter([c.name for c in BY_NAME[sheet].columns].index(column) + 1)
    rules = openpyxl.load_workbook(path)[sheet].data_validations.dataValidation
    formula = next(rule.formula1 for rule in rules if str(rule.sqref).startswith(f"{letter}3"))
    lists = openpyxl.load_workbook(path, data_only=True)["lists"]
    found = _OFFSET.search(formula)
    assert found, formula
    rows = min(int(found[3]), int(found[4] or 0) + lists[f"{found[5]}{found[6]}"].value)
    first = int(found[2])
    return [lists[f"{found[1]}{row}"].value for row in range(first, first + rows)]


def by_name(scenario: Scenario, sheet: str) -> dict[str, str]:
    frame = getattr(scenario, sheet)
    return {code: f"{code} · {name}" for code, name in zip(frame.iloc[:, 0], frame["name"], strict=True)}


def test_lists_show_every_code_with_its_name_after_the_words(scenario: Scenario, written: Path):
    assert offered(written, "site_services", "site_id") == list(by_name(scenario, "sites").values())
    assert offered(written, "decisions", "site_id") == ["all", *by_name(scenario, "sites").values()]
    assert offered(written, "access_targets", "specialty_id") == ["all", *by_name(scenario, "specialties").values()]


def test_regions_and_roles_stand_once_however_many_rows_name_them(scenario: Scenario, written: Path):
    places = scenario.territories
    regions = dict(zip(places["region_id"], places["region_name"], strict=True))
    macros = dict(zip(places["macroregion_id"], places["macroregion_name"], strict=True))
    named = [f"{code} · {name}" if name else code for code, name in {**regions, **macros}.items() if code]
    assert offered(written, "workforce", "region_id") == ["all", *named]
    assert offered(written, "access_targets", "region_id") == ["each_macroregion", "each", "all", *named]
    roles = offered(written, "staffing", "role_id")
    assert [role.split(" · ")[0] for role in roles] == list(dict.fromkeys(scenario.workforce["role_id"]))


def labelled(scenario: Scenario) -> dict[str, pd.DataFrame]:
    """The tables with the name beside every code that refers to another sheet, also in lists."""
    names = {sheet: by_name(scenario, sheet) for sheet in ("territories", "sites", "specialties", "contracts")}
    tables = scenario.tables()
    for table in INPUT.tables:
        for column in table.columns if table.name in tables else ():
            known = names.get(column.refers.split(".")[0], {})
            if known and column.kind == "references":
                known = {code: label.replace(",", " ").replace(";", " ") for code, label in known.items()}
                shown = tables[table.name][column.name].map(lambda codes, k=known: tuple(k.get(c, c) for c in codes))
                tables[table.name] = tables[table.name].assign(**{column.name: shown})
            elif known:
                shown = tables[table.name][column.name].map(lambda code, k=known: k.get(code, code))
                tables[table.name] = tables[table.name].assign(**{column.name: shown})
    return tables


def test_a_workbook_with_names_beside_codes_reads_as_that_with_codes_alone(scenario: Scenario, tmp_path: Path):
    tables = labelled(scenario)
    assert tables["site_services"]["site_id"].str.contains(" · ").all()
    path = tmp_path / "labelled.xlsx"
    write_workbook(path, tables, asdict(scenario.settings))
    again = read_scenario(path)
    for name, frame in scenario.tables().items():
        pd.testing.assert_frame_equal(frame, again.tables()[name])


def test_every_key_that_is_offered_names_its_row_to_a_variant(scenario: Scenario, written: Path):
    lists = openpyxl.load_workbook(written, data_only=True)["lists"]
    rules = openpyxl.load_workbook(written)["variants"].data_validations.dataValidation
    formula = next(rule.formula1 for rule in rules if str(rule.sqref).startswith("D3"))
    start, first, last = re.match(
        r"OFFSET\(lists!\$[A-Z]+\$(\d+),.*?lists!\$([A-Z]+)\$1:\$([A-Z]+)\$1,", formula
    ).groups()
    tables, tried = Tables(scenario.tables(), scenario.settings), 0
    for head in lists[f"{first}1:{last}1"][0]:
        frame, key = tables.frames.get(head.value), BY_NAME[head.value].key
        settable = [column.name for column in BY_NAME[head.value].columns if column.name not in key]
        if frame is None or head.value == "variants" or not settable:
            continue
        for number, old in enumerate(frame[settable[0]].map(str)):
            offer = lists.cell(int(start) + number, head.column).value
            change = {"sheet": head.value, "key": offer, "column": settable[0], "operation": "set", "value": old}
            if old not in ("nan", "", "()"):
                changed(tables, pd.Series(change))
                tried += 1
    assert tried > 20


def test_settings_sources_and_matrices_take_the_code_too(scenario: Scenario):
    tables = Tables(scenario.tables(), scenario.settings)
    change = {
        "sheet": "settings",
        "key": "horizon_years · horizon",
        "column": "value",
        "operation": "set",
        "value": "7",
    }
    assert changed(tables, pd.Series(change)).settings.horizon_years == 7
    row = {
        "sheet": "sites",
        "key": "h1 · Hospital",
        "column": "name",
        "source": "a book",
        "year": "",
        "grade": "A",
        "note": "",
    }
    assert Sources(pd.DataFrame([row])).of(Place("sites", "h1", "name")).source == "a book"
    matrix = pd.DataFrame({"": ["t1", "t2", "t3"], "h1 · Hospital": [1.0, 2.0, 3.0], "h2 · Other": [4.0, 5.0, 6.0]})
    times = tiny.scenario(travel_times=matrix).travel_times
    assert set(times["destination_id"]) == {"h1", "h2"}


@pytest.mark.parametrize(("sheet", "column"), [("sites", "site_id"), ("territories", "region_id")])
def test_a_code_that_holds_the_sign_is_refused_where_it_is_given(sheet: str, column: str):
    frame = tiny.tables()[sheet]
    with pytest.raises(InputError) as refused:
        tiny.scenario(**{sheet: frame.assign(**{column: [f"{code} · North" for code in frame[column]]})})
    told = next(p for p in refused.value.problems if p.code == "code_with_name")
    assert frame[column][0] in str(told)


def test_a_name_with_the_bar_of_keys_is_no_part_of_a_key(tmp_path: Path):
    sites = tiny.tables()["sites"].assign(name="West | East · Centre")
    write_scenario(tmp_path / "bar.xlsx", tiny.scenario(sites=sites))
    assert offered(tmp_path / "bar.xlsx", "site_services", "site_id")[0] == "h1 · West / East · Centre"
    services = tiny.rows({"site_id": "h1 · West / East · Centre", "specialty_id": "cardio", "status": "forbidden"})
    assert tiny.scenario(site_services=services).site_services["site_id"].tolist() == ["h1"]


def test_a_draft_longer_than_what_is_named_offers_the_codes_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("redesaude.inputs.offered._PLACES", 1)
    write_scenario(tmp_path / "long.xlsx", tiny.scenario())
    rules = openpyxl.load_workbook(tmp_path / "long.xlsx")["sites"].data_validations.dataValidation
    formula = next(rule.formula1 for rule in rules if str(rule.sqref).startswith("C3"))
    assert re.match(r"IF\((lists!\$[A-Z]+\$2)>4,OFFSET\(territories!\$A\$3,0,0,\1,1\),OFFSET\(lists", formula)


@needs_libreoffice
@pytest.mark.long
def test_what_is_typed_is_offered_and_what_is_offered_is_recalculated(scenario: Scenario, tmp_path: Path):
    path = tmp_path / "typed.xlsx"
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    codes = {"h*": "Star", "h?": "Question", "h~": "Tilde"}
    sites = pd.concat([scenario.sites.iloc[:1].assign(site_id=code, name=name) for code, name in codes.items()])
    services = pd.DataFrame(
        {"site_id": list(codes), "specialty_id": scenario.specialties["specialty_id"][0], "status": "allowed"}
    )
    write_workbook(path, {**scenario.tables(), "sites": sites, "site_services": services})
    assert differences(path, tmp_path / "first") == []
    book = openpyxl.load_workbook(path)
    for cell, text in {"A6": "new", "B6": "Hospital novo", "A8": "later", "B8": ""}.items():
        book["sites"][cell].value = text
    book["territories"]["C40"].value, book["territories"]["D40"].value = "R9", "Ninth"
    book.save(path)
    fresh = recalculated(path, tmp_path / "second")
    assert offered(fresh, "site_services", "site_id")[3:] == ["new · Hospital novo", None, "later"]
    assert "R9 · Ninth" in offered(fresh, "access_targets", "region_id")
