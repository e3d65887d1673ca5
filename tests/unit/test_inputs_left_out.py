"""What a table may leave out because others say it, and the words for it: read, or refused at its cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from redesaude.errors import InputError
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables.vocabulary import KIND_WORDS
from redesaude.inputs.template import write_scenario
from redesaude.report.folder import write_report
from redesaude.report.studies import studies_of
from redesaude.solving.solve import solve
from tiny import EXACT, rows, scenario, settings, tables

Tables = dict[str, pd.DataFrame]

POINTS = {"latitude": [-15.0, -15.1, -15.5], "longitude": [-56.0, -56.1, -56.5]}
NOBODY = tables()["territories"].assign(population=[10, np.nan, 30])
ALL_CASES = rows({"territory_id": "t2", "specialty_id": "cardio", "cases": 20})


def told(given: Tables) -> list[tuple[str, str, str]]:
    with pytest.raises(InputError) as caught:
        Scenario.from_tables(given)
    return [(p.code, p.sheet, p.cell) for p in caught.value.problems if p.severity == "error"]


def placed(**changes: pd.DataFrame) -> Tables:
    """The example with coordinates in place of travel times, and h2 in no territory."""
    sites = tables()["sites"].assign(territory_id=["t1", None], latitude=[-15.0, -15.49], longitude=[-56.0, -56.49])
    given = tables(territories=tables()["territories"].assign(**POINTS), sites=sites) | changes
    return {name: frame for name, frame in given.items() if name != "travel_times"}


# --- words for the kind of a site ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "kind", "doubt"),
    [
        ("Hospital Geral", "public", True),
        ("bệnh viện", "public", True),
        ("Bệnh viện đa khoa", "public", True),
        ("general hospital", "public", True),
        ("Filantrópico", "philanthropic", False),
        ("SANTA CASA", "philanthropic", False),
        ("công lập", "public", False),
        ("tư nhân", "private", False),
        ("Bệnh viện tư", "private", False),
        ("particular", "private", False),
        ("Municipal", "public", False),
        ("a construir", "new", False),
        ("xây mới", "new", False),
        ("public", "public", False),
    ],
)
def test_common_words_for_the_kind_of_a_site_are_read(word: str, kind: str, doubt: bool) -> None:
    found = scenario(sites=tables()["sites"].assign(kind=["private", word]))
    assert found.sites["kind"].to_list() == ["private", kind]
    assert [(p.code, p.cell) for p in found.notices] == ([("kind_by_default", "C3")] if doubt else [])


def test_the_same_words_are_read_in_the_kinds_that_a_contract_suits() -> None:
    direct = {"contract_id": "direct"}
    found = scenario(contracts=rows(direct, {"contract_id": "oss", "site_kinds": "Público; Santa Casa, publica, novo"}))
    assert found.contracts["site_kinds"].to_list() == [(), ("public", "philanthropic", "new")]
    for unknown in ("castelo", "hospital"):  # the second says what it is, not whose
        case = tables(contracts=rows(direct, {"contract_id": "oss", "site_kinds": f"public, {unknown}"}))
        assert told(case) == [("not_a_choice", "contracts", "B3")]


def test_each_word_means_one_kind_and_a_word_nobody_knows_is_refused() -> None:
    words = [word for each in KIND_WORDS.values() for word in each]
    assert len(words) == len(set(words))
    assert told(tables(sites=tables()["sites"].assign(kind=["public", "castelo"]))) == [("not_a_choice", "sites", "C3")]


# --- people ----------------------------------------------------------------------------------------------------------


def test_people_may_be_left_out_where_demand_states_every_case() -> None:
    plan = solve(scenario(territories=NOBODY, demand=ALL_CASES), EXACT)
    assert plan.objective == solve(scenario(), EXACT).objective
    assert plan.audit is not None
    assert plan.audit.passed
    access = plan.access.set_index("region_id")["population"]
    assert access["east"] == 30
    assert access[["west", "all"]].isna().all()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "blank_population"),
        ({"demand": rows({"territory_id": "t1", "specialty_id": "cardio", "cases": 20})}, "blank_population"),
        (
            {"demand": ALL_CASES.assign(period_id="p1"), "settings": settings(base_year=2025, horizon_years=4),
             "periods": rows({"period_id": "p1", "first_year": 2025, "years": 2},
                             {"period_id": "p2", "first_year": 2027, "years": 2})},
            "blank_population",
        ),
        ({"demand": ALL_CASES, "stations": rows({"station_id": "s", "territory_id": "t1"}),
          "emergency": rows({"promise": "ambulances", "people_per_ambulance": 100})}, "people_counted"),
    ],
)  # fmt: skip
def test_people_that_something_counts_must_be_stated(changes: Tables, code: str) -> None:
    assert (code, "territories", "C3") in told(tables(territories=NOBODY) | changes)


def test_a_table_without_the_column_of_people_is_told_once_or_does_without_it() -> None:
    none = tables()["territories"].drop(columns="population")
    assert told(tables(territories=none)) == [("missing_column", "territories", "1:1")]
    every = rows(
        *({"territory_id": t, "specialty_id": "cardio", "cases": n} for t, n in zip("123", (10, 20, 30), strict=True))
    )
    every["territory_id"] = "t" + every["territory_id"]
    assert solve(scenario(territories=none, demand=every), EXACT).objective == solve(scenario(), EXACT).objective


# --- a site without territory ------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_site_without_territory_lies_where_its_coordinates_or_travel_times_say(tmp_path: Path) -> None:
    by_times = solve(scenario(sites=tables()["sites"].assign(territory_id=["t1", None])), EXACT)
    assert by_times.objective == solve(scenario(), EXACT).objective
    near = solve(Scenario.from_tables(placed()), EXACT)
    roads = rows({"from_id": "t1", "to_id": "t2"}, {"from_id": "t2", "to_id": "t3"})
    by_road = solve(Scenario.from_tables(placed(roads=roads)), EXACT)
    for plan in (by_times, near, by_road):
        assert plan.audit is not None
        assert plan.audit.passed
    assert near.assignments.set_index(["territory_id", "site_id"])["minutes"].min() >= 0
    write_report(by_road, tmp_path / "out", studies=studies_of(by_road))


def test_a_site_that_nothing_places_is_refused_at_its_cell() -> None:
    nowhere = tables()["sites"].assign(territory_id=["t1", None])
    given = tables(territories=tables()["territories"].assign(**POINTS), sites=nowhere)
    del given["travel_times"]
    assert told(given) == [("site_nowhere", "sites", "B3")]
    assert told(given | {"sites": nowhere.drop(columns="territory_id")}) == [("missing_column", "sites", "1:1")]


@pytest.mark.parametrize(
    ("sheet", "changes"),
    [
        ("load_ceilings", {"load_ceilings": rows({"site_id": "h2", "specialty_id": "all", "cases": 5})}),
        (
            "workforce",
            {
                "workforce": rows(*({"role_id": "n", "stock": 9, "region_id": r} for r in ("west", "east"))),
                "staffing": rows({"specialty_id": "cardio", "role_id": "n", "fte": 1}),
            },
        ),
        ("sizes", {"sizes": tables()["sizes"].assign(treats_share=[0.5, 1.0])}),
        ("funding", {"funding": rows({"funding_id": "f", "kind": "capital", "region_id": "west", "amount": 10})}),
        (
            "fiscal",
            {"fiscal": rows({"fiscal_id": "f", "kind": "ppp", "region_id": "east", "base_amount": 10, "share": 0.1})},
        ),
    ],
)
def test_a_rule_about_the_region_of_a_site_without_territory_refuses_it(sheet: str, changes: Tables) -> None:
    assert ("site_without_region", "sites", "B3") in told(placed(**changes))
    with pytest.raises(InputError, match=f"no territory, but the sheet {sheet} asks"):
        Scenario.from_tables(placed(**changes))


def test_a_ceiling_of_another_site_and_people_of_the_whole_area_do_not_touch_it() -> None:
    free = {
        "load_ceilings": rows({"site_id": "h1", "specialty_id": "all", "cases": 100}),
        "workforce": rows({"role_id": "n", "stock": 9}),
        "staffing": rows({"specialty_id": "cardio", "role_id": "n", "fte": 1}),
    }
    plan = solve(Scenario.from_tables(placed(**free)), EXACT)
    assert plan.audit is not None
    assert plan.audit.passed


# --- law: what is written reads back identically ---------------------------------------------------------------------


@pytest.mark.few(1)
@pytest.mark.parametrize("language", ["en", "pt-BR", "vi"])
@pytest.mark.parametrize(
    "given",
    [
        tables(),
        tables(territories=NOBODY, demand=ALL_CASES),
        placed(),
        tables(sites=tables()["sites"].assign(territory_id=["t1", None], kind=["bệnh viện", "santa casa"])),
    ],
    ids=["plain", "without people", "without territory", "in words"],
)
def test_what_a_scenario_writes_reads_back_identically(given: Tables, language: str, tmp_path: Path) -> None:
    stated = settings(currency="BRL", base_year=2025, horizon_years=1, discount_rate=0.05, occupancy=0.9)
    first = Scenario.from_tables(given | {"settings": stated})
    write_scenario(tmp_path / "scenario.xlsx", first, language)
    again = read_scenario(tmp_path / "scenario.xlsx")
    assert again.settings == first.settings
    assert again.input_sha256 == first.input_sha256
    for name, frame in first.tables().items():
        pd.testing.assert_frame_equal(frame, getattr(again, name))
    write_scenario(tmp_path / "again.xlsx", again, language)
    assert read_scenario(tmp_path / "again.xlsx").input_sha256 == first.input_sha256
