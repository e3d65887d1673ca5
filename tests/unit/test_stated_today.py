"""Who is treated today, as stated on the sheet today: places, amounts, what is left to be modelled, mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from random_tables import phased_tables, random_tables
from redesaude.errors import InputError
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.template import write_scenario
from redesaude.plan.audit import audit
from redesaude.plan.plan import Plan
from redesaude.report.today import how_known, today_note
from redesaude.report.view import view_of
from redesaude.report.workbook import write_audit_workbook
from redesaude.report.workbook.needs import needs_frame
from redesaude.solving.solve import solve
from redesaude.studies.going_on import going_on
from redesaude.studies.strategies import status_quo
from redesaude.studies.today import Origin, origin, today, today_access
from tiny import EXACT, rows, scenario, settings, times

SERVICE = {"site_id": "h1", "specialty_id": "cardio", "size_id": "small", "status": "existing",
           "contract_id": "direct"}  # fmt: skip


def case(*stated: dict[str, Any], **changes: pd.DataFrame) -> Scenario:
    """A small service at h1 (t1: 10 cases at 0 min, t2: 20 at 20, t3: 30 at 50 min) has room for 32."""
    special = {"specialty_id": "cardio", "cases_per_100k": 100_000, "access_minutes": 25, "unmet_cost": 90,
               "trips_per_case": 0.5}  # fmt: skip
    made = {"specialties": rows(special), "site_services": rows(SERVICE), "settings": settings(occupancy=0.8)}
    return scenario(**(made | ({"today": _sheet(*stated)} if stated else {}) | changes))


def _sheet(*stated: dict[str, Any]) -> pd.DataFrame:
    columns = ["territory_id", "specialty_id", "site_id", "outside", "cases", "share", "source"]
    return pd.DataFrame([{"specialty_id": "cardio"} | row for row in stated], columns=columns)


HALF = {"territory_id": "t2", "site_id": "h1", "share": 0.5}
AWAY = {"territory_id": "t2", "outside": "Goiânia", "cases": 6, "source": "transfers of 2025"}


def test_those_with_rows_go_as_stated_and_the_others_find_the_room_that_is_left() -> None:
    """Of t2 10 go to h1, 6 away and 4 nowhere; of the 22 that are left t1 takes 10 and t3 12."""
    flows = today(case(HALF, AWAY)).set_index(["territory_id", "site_id", "outside"])
    assert flows["cases"].to_dict() == pytest.approx(
        {("t2", "h1", ""): 10, ("t2", "", "Goiânia"): 6, ("t1", "h1", ""): 10, ("t3", "h1", ""): 12}
    )
    assert flows["minutes"].to_dict() == pytest.approx(
        {("t2", "h1", ""): 20, ("t2", "", "Goiânia"): np.nan, ("t1", "h1", ""): 0, ("t3", "h1", ""): 50}, nan_ok=True
    )
    access = today_access(case(HALF, AWAY)).set_index("region_id")
    assert access["treated"].to_dict() == pytest.approx({"all": 32, "west": 20, "east": 12})
    assert access["outside"].to_dict() == pytest.approx({"all": 6, "west": 6, "east": 0})
    assert access["share_within_standard"].to_dict() == pytest.approx({"all": 20 / 60, "west": 20 / 30, "east": 0})


def test_a_row_of_nobody_says_that_nobody_is_treated() -> None:
    flows = today(case({"territory_id": "t2", "site_id": "h1", "cases": 0})).set_index("territory_id")["cases"]
    assert flows.to_dict() == pytest.approx({"t1": 10, "t3": 22})


def test_stated_beyond_the_room_is_as_stated_and_leaves_none() -> None:
    flows = today(case({"territory_id": "t3", "site_id": "h1", "share": 1}, {**HALF, "share": 1})).set_index(
        "territory_id"
    )["cases"]
    assert flows.to_dict() == pytest.approx({"t2": 20, "t3": 30})


def test_more_cases_than_there_are_count_as_all_of_them_and_are_warned_of() -> None:
    told = case({**HALF, "share": None, "cases": 30}, {**AWAY, "cases": 10})
    assert [(n.code, n.cell, n.severity) for n in told.notices] == [
        ("today_above_need", "E2", "warning"), ("today_above_need", "E3", "warning")]  # fmt: skip
    flows = today(told).set_index(["territory_id", "site_id"])["cases"]
    assert flows["t2", "h1"] == pytest.approx(15)
    assert flows["t2", ""] == pytest.approx(5)
    demand = rows({"territory_id": "t2", "specialty_id": "cardio", "cases": 40})
    known = case({**HALF, "share": None, "cases": 30}, {**AWAY, "cases": 10}, demand=demand)
    assert {notice.sheet for notice in known.notices} == {"demand"}


def test_a_site_where_no_service_is_listed_is_warned_of_and_believed() -> None:
    told = case({"territory_id": "t3", "site_id": "h2", "share": 0.5})
    assert [(n.code, n.cell, n.severity) for n in told.notices] == [("today_without_service", "C2", "warning")]
    assert today_access(told).set_index("region_id").loc["east", "share_within_standard"] == pytest.approx(0.5)
    plan = solve(told, EXACT)
    assert len(going_on(plan, today(told)))


def test_where_no_way_leads_nobody_is_within_the_standard() -> None:
    near = times({"t1": {"h1": 0, "h2": 50}, "t2": {"h1": 20, "h2": 30}, "t3": {"h2": 0}})
    complete = {"travel_times": near, "settings": settings(occupancy=0.8, travel_times_complete="yes")}
    told = case({"territory_id": "t3", "site_id": "h1", "share": 1}, **complete)
    assert today(told).set_index("territory_id").loc["t3", "minutes"] != 0
    east = today_access(told).set_index("region_id").loc["east"]
    assert (east["treated"], east["share_within_standard"]) == (30, 0)
    public = going_on(solve(told, EXACT), today(told))
    assert np.isfinite(public.loc[public["payer"] == "state", "real"].astype(float)).all()


T2 = {"territory_id": "t2"}
WRONG: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "no place": ([{**T2, "share": 0.5}], "today_without_place", "C2"),
    "two places": ([{**T2, "site_id": "h1", "outside": "Goiânia", "share": 0.5}], "today_two_places", "D2"),
    "no amount": ([HALF, {**T2, "outside": "Goiânia"}], "today_without_amount", "E3"),
    "two amounts": ([{**HALF, "cases": 3}], "today_two_amounts", "F2"),
    "shares above 1": ([HALF, {**T2, "outside": "Goiânia", "share": 0.6}], "today_above_all", "F2"),
    "the same row twice": ([HALF, {**HALF, "share": 0.1}], "duplicate_row", "A3"),
    "the same place outside twice": ([AWAY, {**AWAY, "cases": 1}], "duplicate_row", "A3"),
    "unknown territory": ([{**HALF, "territory_id": "t22"}], "unknown_reference", "A2"),
    "unknown specialty": ([{**HALF, "specialty_id": "cardo"}], "unknown_reference", "B2"),
    "unknown site": ([{**HALF, "site_id": "h11"}], "unknown_reference", "C2"),
    "a share above 1": ([{**HALF, "share": 1.5}], "out_of_range", "F2"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_at_its_cell(name: str) -> None:
    stated, code, cell = WRONG[name]
    with pytest.raises(InputError) as caught:
        case(*stated)
    found = [p for p in caught.value.problems if p.severity == "error"]
    assert (code, cell) in [(p.code, p.cell) for p in found]
    assert {p.code for p in found} == {code}
    assert {p.sheet for p in found} == {"today"}
    if code == "unknown_reference":
        assert "did you mean" in str(caught.value)


def test_it_is_known_whence_today_is() -> None:
    all_of_them = [{"territory_id": t, "site_id": "h1", "share": 0.2} for t in ("t1", "t2", "t3")]
    assert origin(case()) is Origin.MODELLED
    assert origin(case(HALF)) is Origin.BOTH
    assert origin(case(*all_of_them)) is Origin.STATED


def _stated(found: Scenario, column: str) -> pd.DataFrame:
    """The flows of today as rows of the sheet, in cases or as shares."""
    flows = today(found)
    need = found.territories.set_index("territory_id")["population"]
    rate = found.specialties.set_index("specialty_id")["cases_per_100k"] / 1e5
    cases = flows["territory_id"].map(need) * flows["specialty_id"].map(rate)
    amount = flows["cases"] if column == "cases" else flows["cases"] / cases
    return flows.drop(columns=["cases", "minutes"]).assign(**{column: amount})


@pytest.mark.parametrize("column", ["cases", "share"])
@pytest.mark.parametrize("seed", range(6))
def test_law_to_state_what_is_modelled_changes_nothing(seed: int, column: str) -> None:
    tables = random_tables(seed) if seed % 3 else phased_tables(seed, 3, 3)
    tables.pop("demand", None)
    found = scenario(**tables)
    again = scenario(**tables, today=_stated(found, column))
    pd.testing.assert_frame_equal(today_access(again), today_access(found), atol=1e-7)


def test_some_of_those_scenarios_treat_people_today() -> None:
    assert sum(len(today(scenario(**random_tables(seed)))) > 0 for seed in (1, 2, 4, 5)) > 1


_WORDS = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn", "Co", "Cc")), min_size=1, max_size=12)
_ROW = st.builds(
    lambda territory, place, source, amount: {"territory_id": territory, "source": source, **place, **amount},
    st.sampled_from(["t1", "t2", "t3"]),
    st.sampled_from([{"site_id": "h1"}, {"site_id": "h2"}]) | _WORDS.map(lambda word: {"outside": f"x{word.strip()}"}),
    _WORDS.map(str.strip),
    st.integers(0, 200).map(lambda n: {"share": n / 1000}) | st.integers(0, 20).map(lambda n: {"cases": n / 10}),
)


@pytest.mark.long
@tried(
    max_examples=6, deadline=None, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_ROW, min_size=1, max_size=5, unique_by=lambda row: row["territory_id"]))
def test_law_what_is_written_is_read_back(tmp_path: Path, stated: list[dict[str, Any]]) -> None:
    _read_back(tmp_path, *stated)


def test_each_kind_of_row_is_read_back(tmp_path: Path) -> None:
    odd = {"territory_id": "t3", "outside": "=São Luís; 1,5", "share": 0.25, "source": "'0012"}
    _read_back(tmp_path, HALF, AWAY, odd, {"territory_id": "t1", "site_id": "h2", "cases": 0})


def _read_back(tmp_path: Path, *stated: dict[str, Any]) -> None:
    path, found = tmp_path / "scenario.xlsx", case(*stated)
    write_scenario(path, found, "vi")
    again = read_scenario(path)
    pd.testing.assert_frame_equal(again.today, found.today)
    assert again.input_sha256 == found.input_sha256


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solve(case(HALF, AWAY), EXACT)


def test_it_binds_no_plan(plan: Plan) -> None:
    assert plan.objective == pytest.approx(solve(case(), EXACT).objective)
    assert audit(plan).passed
    assert status_quo(plan.scenario).variant_id == "status_quo"


def test_words_and_needs_tell_what_is_stated(plan: Plan) -> None:
    view = view_of(plan)
    needs = needs_frame(view).set_index("region_id")
    assert needs["outside_today"].to_dict() == pytest.approx({"west": 6, "east": 0})
    assert how_known(view) == "as stated, else modelled, people of 2025"
    assert "6 cases a year are treated outside the area today" in today_note(view)


@pytest.mark.long
def test_the_pages_say_whence_today_is_known(plan: Plan, tmp_path: Path) -> None:
    said = _words(plan, tmp_path / "some.xlsx")
    known = "as stated, else modelled, people of 2025"
    wanted = {f"{known}; see the note of the sheet access", f"the same, {known}", f"cases a year, {known}"}
    assert wanted | {"Treated outside today"} <= said
    assert any("6 cases a year are treated outside the area today" in text for text in said)
    none = _words(solve(case(), EXACT), tmp_path / "none.xlsx")
    assert "the same, modelled, people of 2025" in none
    assert "Treated outside today" not in none


def _words(plan: Plan, path: Path) -> set[str]:
    write_audit_workbook(view_of(plan), path)
    sheets = openpyxl.load_workbook(path, read_only=True)
    return {
        cell for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)
    }
