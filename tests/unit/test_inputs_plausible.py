"""What is allowed but unusual is told as a warning at its cell; what is typed twice or nowhere is an error."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from redesaude.errors import InputError
from redesaude.inputs.cell_words import code_of
from redesaude.inputs.scenario import Scenario

Frames = dict[str, pd.DataFrame]


def usual() -> Frames:
    """Three towns of a state, two sites, two sizes, travel times between them: nothing in it is unusual."""
    return {
        "settings": pd.DataFrame(
            {
                "name": ["horizon_years", "discount_rate", "occupancy"],
                "value": pd.Series([20, 0.05, 0.85], dtype=object),
            }
        ),
        "territories": pd.DataFrame(
            {
                "territory_id": ["5103403", "5108402", "5107602"],
                "name": ["Cuiabá", "Várzea Grande", "Rondonópolis"],
                "region_id": ["r1", "r1", "r2"],
                "macroregion_id": ["m1", "m1", "m1"],
                "latitude": [-15.60, -15.65, -16.47],
                "longitude": [-56.10, -56.13, -54.64],
                "population": [650_877, 300_078, 244_911],
            }
        ),
        "specialties": pd.DataFrame(
            {"specialty_id": ["stroke"], "cases_per_100k": [150.0], "unmet_cost": [50_000.0], "access_minutes": [120.0]}
        ),
        "sites": pd.DataFrame({"site_id": ["a", "b"], "territory_id": ["5103403", "5107602"]}),
        "sizes": pd.DataFrame(
            {
                "specialty_id": ["stroke"] * 3,
                "size_id": ["s", "m", "l"],
                "capacity": [500.0, 1000.0, 2000.0],
                "capex": [5e6, 8e6, 1.2e7],
                "fixed_cost": [2e6, 3e6, 5e6],
                "cost_per_case": [3000.0, 2800.0, 2500.0],
            }
        ),
        "access_targets": pd.DataFrame(
            {"specialty_id": ["stroke"], "region_id": ["each"], "share": [0.5], "price": [100.0]}
        ),
        "travel_times": pd.DataFrame(
            {
                "origin_id": ["5103403", "5108402", "5107602", "5103403", "5108402", "5107602"],
                "destination_id": ["a"] * 3 + ["b"] * 3,
                "minutes": [10.0, 15.0, 170.0, 170.0, 175.0, 10.0],
            }
        ),
    }


def put(sheet: str, row: int, column: str, value: object) -> Callable[[Frames], None]:
    def change(frames: Frames) -> None:
        frame = (
            frames[sheet].astype({column: object}) if column in frames[sheet] else frames[sheet].assign(**{column: ""})
        )
        frame.loc[row, column] = value
        frames[sheet] = frame

    return change


def add(sheet: str, **cells: object) -> Callable[[Frames], None]:
    def change(frames: Frames) -> None:
        frames[sheet] = pd.concat([frames[sheet].astype(object), pd.DataFrame([cells])], ignore_index=True)

    return change


def found(change: Callable[[Frames], None]) -> list[tuple[str, str, str]]:
    frames = usual()
    change(frames)
    try:
        problems = Scenario.from_tables(frames).notices
    except InputError as error:
        problems = error.problems
    for problem in problems:
        assert "{" not in "".join((problem.found, problem.expected, problem.remedy)).format_map(problem.values)
    return [(p.severity, p.code, f"{p.sheet}!{p.cell}") for p in problems]


def test_the_usual_scenario_has_nothing_unusual():
    assert found(lambda _: None) == []


TOWN = {"region_id": "r1", "macroregion_id": "m1", "latitude": -15.0, "longitude": -56.0, "population": 1000}


def _two_sizes(frames: Frames) -> None:
    frames["sizes"] = frames["sizes"][1:].reset_index(drop=True)
    put("sizes", 1, "capex", 1.2e10)(frames)


def _of_its_own(frames: Frames) -> None:
    own = {"site_id": "a", "specialty_id": "stroke", "size_id": "l", "status": "allowed", "capex": 1.3e10}
    frames["site_services"] = pd.DataFrame([own])


def _stations(frames: Frames) -> None:
    frames["stations"] = pd.DataFrame(
        {"station_id": ["x", "y"], "territory_id": ["5103403", "5107602"], "capex": [5e5, 5e9]}
    )


def _hospital_twice(frames: Frames) -> None:
    frames["sites"] = frames["sites"].assign(territory_id="5103403", name=["Santa Casa", "santa casa"])
    frames["travel_times"] = frames["travel_times"].assign(minutes=[10.0, 15.0, 170.0] * 2)


DOUBTS = {
    "horizon": (put("settings", 0, "value", 1), "unusual_value", "settings!B2"),
    "no discount": (put("settings", 1, "value", 0), "unusual_value", "settings!B3"),
    "full": (put("settings", 2, "value", 1), "unusual_value", "settings!B4"),
    "more cases than people": (put("specialties", 0, "cases_per_100k", 150_000), "unusual_value", "specialties!B2"),
    "unmet too cheap": (put("specialties", 0, "unmet_cost", 2000), "unmet_below_treatment", "specialties!C2"),
    "millions": (put("sizes", 2, "capex", 1.2e13), "far_dearer", "sizes!D4"),
    "millions, of two sizes": (_two_sizes, "far_dearer", "sizes!D3"),
    "millions of one service": (_of_its_own, "far_from_size", "site_services!E2"),
    "millions of a station": (_stations, "far_dearer", "stations!C3"),
    "a hospital by its name twice": (_hospital_twice, "same_hospital", "sites!C3"),
    "thousands": (put("territories", 0, "population", 650.877), "population_in_thousands", "territories!G2"),
    "a total": (
        add("territories", territory_id="x", name="TOTAL", **{**TOWN, "population": 5}),
        "total_row",
        "territories!B5",
    ),
    "a sum": (
        add("territories", territory_id="x", name="MT", **{**TOWN, "population": 650_877 + 300_078 + 244_911}),
        "total_row",
        "territories!B5",
    ),
    "a total of a region": (
        add("territories", territory_id="x", name="Total da região Norte", **{**TOWN, "population": 5}),
        "total_row",
        "territories!B5",
    ),
    "six digits": (add("territories", territory_id="510340", name="C", **TOWN), "same_place_twice", "territories!A5"),
    "hours": (put("travel_times", 2, "minutes", 2.8), "impossible_speed", "travel_times!C4"),
    "zeros": (put("travel_times", 3, "minutes", 0), "journey_of_no_time", "travel_times!C5"),
    "unmet below works": (put("specialties", 0, "unmet_cost", 5600), "unmet_below_treatment", "specialties!C2"),
    "one name": (add("territories", territory_id="x", name="CUIABA", **TOWN), "same_name_twice", "territories!B5"),
    "seconds": (put("travel_times", 3, "minutes", 10_200), "impossible_speed", "travel_times!C5"),
}


@pytest.mark.parametrize("name", DOUBTS)
def test_a_doubt_is_told_at_its_cell(name: str):
    change, code, cell = DOUBTS[name]
    assert found(change) == [("warning", code, cell)]


DIRECT = {"contract_id": "direct", "delivery_model": "direct"}
COMPANY = {"contract_id": "ppp", "delivery_model": "ppp_grey", "financing": "project_company", "term_years": 20,
           "equity_return": 0.1}  # fmt: skip
STATED = {"design_share": 0.02, "supervision_share": 0.01, "transaction_share": 0.08, "oversight_cost": 5000.0}


@pytest.mark.parametrize(
    ("direct", "company", "letters"),
    [
        ({}, STATED, "BEFC"),
        (STATED, {}, "BEFC"),
        (dict.fromkeys(STATED, 0.0), STATED, ""),
        ({**STATED, "design_share": None}, STATED, "D"),
        ({}, {}, ""),
        ({}, {"works_profile": "0.2; 0.8"}, "W"),
        ({"works_inflation": 0.02}, {}, "W"),
        ({"works_profile": "1", "works_inflation": 0.0}, {"works_profile": "0.2; 0.8", "works_inflation": 0.02}, ""),
    ],
)
def test_a_cost_of_commissioning_that_one_side_alone_states_is_told(direct: dict, company: dict, letters: str):
    def change(frames: Frames) -> None:
        frames["contracts"] = pd.DataFrame([DIRECT | direct, COMPANY | company]).astype(object)

    told = [row for row in found(change) if row[1] == "one_sided_cost"]
    assert len(told) == len(letters)
    assert all(severity == "warning" for severity, _, _ in told)


def test_treating_is_held_against_the_factors_of_contracts_and_the_costs_of_places():
    def told(unmet: float, **contract: object) -> list[str]:
        def change(frames: Frames) -> None:
            put("specialties", 0, "unmet_cost", unmet)(frames)
            frames["contracts"] = pd.DataFrame([DIRECT | contract]).astype(object)
            frames["site_services"] = pd.DataFrame(
                {"site_id": ["a"], "specialty_id": ["stroke"], "size_id": ["l"], "status": ["existing"],
                 "contract_id": ["direct"], "cost_per_case": [900.0]}
            )  # fmt: skip

        return [code for _, code, _ in found(change)]

    full = 0.85 * 2000  # cases a year of the large service, at the planning occupancy
    assert told(900 + 5e6 / full + 1) == []  # what runs today needs no works
    assert told(900 + 5e6 / full - 1) == ["unmet_below_treatment"]
    assert told(900 + 5e6 / full + 1, case_cost_factor=2) == ["unmet_below_treatment"]
    assert told(1800 + 5e6 / full + 1, case_cost_factor=2) == []
    assert told(1350 + 5e6 / full + 1, case_cost_factor=2, case_cost_factor_low=0.5, case_cost_factor_high=2) == []


def test_a_journey_of_no_time_between_towns_is_told_without_coordinates_too():
    def change(frames: Frames) -> None:
        frames["territories"] = frames["territories"].drop(columns=["latitude", "longitude"])
        put("travel_times", 2, "minutes", 0)(frames)
        put("travel_times", 0, "minutes", 0)(frames)  # within the town: nothing to tell

    assert found(change) == [("warning", "journey_of_no_time", "travel_times!C4")]


@pytest.mark.parametrize(("minutes", "code"), [(170.0, ""), (2.8, "impossible_speed"), (0.0, "journey_of_no_time")])
def test_journeys_of_ambulances_are_held_against_coordinates_too(minutes: float, code: str):
    def change(frames: Frames) -> None:
        frames["stations"] = pd.DataFrame({"station_id": ["s"], "territory_id": ["5103403"]})
        frames["station_times"] = pd.DataFrame({"station_id": ["s"], "territory_id": ["5107602"], "minutes": [minutes]})
        frames["emergency"] = pd.DataFrame({"promise": ["cover"], "share": [0.1], "price": [1.0]})

    assert found(change) == ([("warning", code, "station_times!C2")] if code else [])


def test_codes_with_the_check_digit_are_told_where_the_territories_leave_it_out():
    """As files of DATASUS have them: six digits."""
    frames = usual()
    frames["territories"]["territory_id"] = ["510340", "510840", "510760"]
    with pytest.raises(InputError) as caught:
        Scenario.from_tables(frames)
    told = [(p.code, dict(p.values)["suggestion"]) for p in caught.value.problems if p.sheet == "sites"]
    assert told == [("check_digit_too", "510340"), ("check_digit_too", "510760")]


def test_a_row_with_the_people_of_all_others_of_its_region_is_told():
    def change(frames: Frames) -> None:
        for place, people in (("x", 1000), ("y", 650_877 + 300_078 + 1000)):
            add("territories", territory_id=place, name=place, **{**TOWN, "latitude": -14.0 - people / 10**6,
                                                                  "population": people})(frames)  # fmt: skip

    assert found(change) == [("warning", "total_row", "territories!B6")]


def test_two_towns_at_one_point_are_told():
    def change(frames: Frames) -> None:
        put("territories", 1, "latitude", -15.60)(frames)
        put("territories", 1, "longitude", -56.10)(frames)

    assert found(change) == [("warning", "two_at_one_point", "territories!E3")]


def test_a_road_in_metres_is_told():
    def change(frames: Frames) -> None:
        frames["roads"] = pd.DataFrame({"from_id": ["5103403"], "to_id": ["5107602"], "km": [216_000.0]})

    assert found(change) == [("warning", "impossible_length", "roads!C2")]


def _promised_by_the_specialty_too(frames: Frames) -> None:
    frames["specialties"] = frames["specialties"].assign(access_share=0.5, access_price=1.0)
    put("access_targets", 0, "region_id", "all")(frames)


ERRORS = {
    "a setting twice": (add("settings", name="occupancy", value=0.8), "setting_twice", "settings!A5"),
    "no region": (put("territories", 2, "region_id", ""), "region_blank", "territories!C4"),
    "a region called as a macro-region": (
        put("territories", 0, "region_id", "m1"),
        "region_and_macroregion",
        "territories!D2",
    ),
    "a region called as all of them": (put("territories", 0, "region_id", "All"), "bad_id", "territories!C2"),
    "a macro-region called as each": (
        put("territories", 0, "macroregion_id", "each_macroregion"),
        "bad_id",
        "territories!D2",
    ),
    "a lot called as all": (put("sites", 0, "lot_id", "all"), "bad_id", "sites!C2"),
    "twins": (put("sites", 1, "site_id", "A"), "twin_ids", "sites!A3"),
    "a promise twice": (
        add("access_targets", specialty_id="all", region_id="r1", share=0.5, price=900.0),
        "promise_twice",
        "access_targets!C3",
    ),
    "a promise of the specialty and of its own row": (
        _promised_by_the_specialty_too,
        "promise_twice",
        "access_targets!C2",
    ),
    "no check digit": (put("sites", 0, "territory_id", "510340"), "check_digit_missing", "sites!B2"),
    "another check digit": (put("sites", 0, "territory_id", "5103404"), "check_digit_wrong", "sites!B2"),
    "beyond any number": (put("sizes", 0, "capacity", 1e308), "out_of_range", "sizes!C2"),
    "beyond any money": (put("sizes", 0, "capex", 1e200), "out_of_range", "sizes!D2"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_told_at_its_cell(name: str):
    change, code, cell = ERRORS[name]
    assert ("error", code, cell) in found(change)


def test_characters_of_control_are_no_part_of_a_code():
    assert code_of("r1\x00") == code_of("\x02r1") == "r1"
    assert code_of("\x00") == ""
    assert code_of("Cuiab\u00e1\tNorte\n") == "Cuiab\u00e1 Norte"


def test_one_code_in_two_unicode_forms_is_one_code():
    def change(frames: Frames) -> None:
        put("territories", 0, "territory_id", "Cuiab\u00e1")(frames)
        put("sites", 0, "territory_id", "Cuiaba\u0301\u200b")(frames)
        frames["travel_times"] = frames["travel_times"].replace("5103403", "Cuiaba\u0301")

    assert found(change) == []


def test_a_name_without_accents_is_what_was_meant_and_a_number_is_never_guessed():
    def told(word: str) -> object:
        frames = usual()
        put("sites", 0, "territory_id", word)(frames)
        with pytest.raises(InputError) as caught:
            Scenario.from_tables(frames)
        return dict(caught.value.problems[0].values)["suggestion"]

    assert told("varzea grande") == "5108402"
    assert told("5193409") == ""
    assert told("510840") == "5108402"


def test_codes_that_other_programs_take_for_nothing_are_codes():
    frames = usual()
    for sheet, column in (("sites", "site_id"), ("travel_times", "destination_id")):
        frames[sheet] = frames[sheet].replace({column: {"a": "NA", "b": "null"}})
    assert Scenario.from_tables(frames).sites["site_id"].to_list() == ["NA", "null"]
