"""Other plans on the page: frontier and alternatives, each plan opened; cells asked for; what gives way, by a click."""

from __future__ import annotations

import re
from pathlib import Path

import impossible
import pytest
from impossible import CASES

import redesaude as rs
import tiny
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.template import write_scenario
from redesaude.inputs.variants import apply_variant
from redesaude.plan.plan import Plan
from redesaude.serving.desk import Desk
from redesaude.serving.home import JobFolder, read_json
from redesaude.status import Status, Termination
from served import FORM, call, desk_in, made, run_with, work


@pytest.fixture(scope="module")
def plan() -> Plan:
    specialties = tiny.tables()["specialties"].assign(access_minutes=25, access_share=float("nan"))
    sizes = tiny.tables()["sizes"].assign(fixed_cost=[100.0, 500.0])
    return rs.solve(tiny.scenario(specialties=specialties, sizes=sizes), tiny.EXACT)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "data")


@pytest.mark.long
def test_the_frontier_is_a_chart_whose_points_open_their_plan(desk: Desk, plan: Plan) -> None:
    run = run_with(desk, plan)
    frontier = f"/api/jobs/{run.key}/frontier"
    for wrong in (" , ", "80, x", "101", "-1", "1," * 13):
        assert "shares" in str(made(desk, frontier, shares=wrong)["detail"])
    there = made(desk, frontier, shares="80, 100%", seconds=5)
    assert "data-events" in call(desk, there["location"]).text
    folder = work(desk, there["key"])
    shown = call(desk, f"/api/jobs/{there['key']}/answers?language=pt-BR").json
    assert len(shown["rows"]) == 3
    places = shown["chart"]["points"]
    assert [place["number"] for place in places] == [row["number"] for row in shown["rows"] if row["opens"]]
    assert all(place["least"] >= place["y"] for place in places)  # what is proven is not above the plan found
    page = call(desk, there["location"], FORM | {"accept-language": "vi"}).text
    pressed = set(re.findall(r'data-press="([^"]+)"', page))
    assert pressed == set(re.findall(r'<button[^>]* id="([^"]+)"', page)) == {f"open-{p['number']}" for p in places}
    last = places[-1]["number"]
    opened = made(desk, f"/api/jobs/{there['key']}/plans/{last}")
    assert opened == made(desk, f"/api/jobs/{there['key']}/plans/{last}")  # once
    work(desk, opened["key"])
    text = call(desk, opened["location"]).text
    assert there["location"] in text
    assert shown["rows"][last]["label"].replace(",", ".") in text
    assert (desk.home.job(opened["key"]).result / "decision.xlsx").exists()
    assert opened["key"] in call(desk, f"/runs/{run.key}").text  # set beside the plan in hand
    assert made(desk, f"/api/jobs/{run.key}/beside", other=opened["key"])["location"].startswith("/beside/")
    for wrong in ("99", "-1", "1" * 400, "..%2f"):
        assert "detail" in made(desk, f"/api/jobs/{there['key']}/plans/{wrong}")
    assert (folder.result / "frontier.xlsx").exists()


@pytest.mark.long
def test_alternatives_are_a_table_whose_plans_open(desk: Desk, plan: Plan) -> None:
    run = run_with(desk, plan)
    there = made(desk, f"/api/jobs/{run.key}/alternatives", count=2, within=100, seconds=10)
    folder = work(desk, there["key"])
    rows = read_json(folder.answers)["en"]["rows"]
    assert len(rows) == 2
    assert rows[1]["changes"]
    page = call(desk, there["location"]).text
    assert page.count("Open this plan</button>") == 2
    opened = made(desk, f"/api/jobs/{there['key']}/plans/1")
    assert call(desk, opened["location"]).status == 200


def test_nothing_to_measure_is_said_and_asked_for_no_frontier(desk: Desk) -> None:
    run = run_with(desk, rs.solve(tiny.scenario(), tiny.EXACT))
    assert made(desk, f"/api/jobs/{run.key}/frontier", shares="80") == {"detail": "unknown"}
    assert "access_minutes" in call(desk, f"/runs/{run.key}").text


@pytest.mark.long
def test_a_cell_that_is_changed_gets_the_paired_difference(desk: Desk, plan: Plan) -> None:
    run = run_with(desk, plan)
    ask = f"/api/jobs/{run.key}/questions"
    assert made(desk, ask, kind="set", words="x", value="1")["detail"]
    assert made(desk, ask, kind="close")["detail"]
    key = made(desk, ask, kind="set", words="sizes/cardio|large/fixed_cost", value="+=100", seconds=5)["key"]
    folder = work(desk, key)
    told = read_json(folder.answers)["en"]
    assert "fixed_cost" in told["question"]
    assert told["answer"] in call(desk, f"/runs/{run.key}").text
    wrong = made(desk, ask, kind="set", words="no such thing at all", value="1", seconds=5)["key"]
    work(desk, wrong)
    page = call(desk, f"/runs/{run.key}", FORM | {"accept-language": "pt-BR"}).text
    assert "no such thing at all" in page
    assert call(desk, f"/api/jobs/{wrong}/answers").json["problems"]


def _infeasible(desk: Desk, folder: Path, name: str) -> tuple[JobFolder, str]:
    """What may give way for a case, found; and its job. Its workbook is a version."""
    scenario = impossible.scenario_of(CASES[name].stated)
    write_scenario(folder / "rede.xlsx", scenario)
    book = desk.books.add(folder / "rede.xlsx", "rede")
    run = run_with(desk, Plan(scenario, Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE), book=book.key)
    key = made(desk, f"/api/jobs/{run.key}/relaxations", seconds=10)["key"]
    return work(desk, key), key


@pytest.mark.long
@pytest.mark.parametrize("name", ["max_centres", "barred"])
def test_what_may_give_way_is_written_to_a_variant_by_one_click(desk: Desk, tmp_path: Path, name: str) -> None:
    folder, key = _infeasible(desk, tmp_path, name)
    sets = read_json(folder.answers)["en"]["sets"]
    rank = next(each["rank"] for each in sets if each["cells"])
    run = desk.store.job(desk.store.job(key).of)
    assert f"/api/jobs/{key}/relaxations/{rank}" in call(desk, f"/runs/{run.key}").text
    written = made(desk, f"/api/jobs/{key}/relaxations/{rank}")
    work(desk, written["key"])
    answer = call(desk, written["location"])
    assert (answer.status, answer.headers["location"]) == (303, f"/workbooks/{run.workbook}")
    file = desk.books.file(run.workbook, 2)  # to be downloaded there
    assert call(desk, f"/api/workbooks/{run.workbook}/file").body == file.read_bytes()
    scenario = check_workbook(file).scenario
    made_possible = apply_variant(scenario, scenario.variants["variant_id"].iloc[-1])
    assert rs.solve(made_possible, tiny.EXACT).has_decisions
    for wrong in ("0", "99", "x"):
        assert "detail" in made(desk, f"/api/jobs/{key}/relaxations/{wrong}")


@pytest.mark.long
def test_what_no_cell_mends_has_no_button(desk: Desk, tmp_path: Path) -> None:
    folder, key = _infeasible(desk, tmp_path, "colocation")
    rank = next(each["rank"] for each in read_json(folder.answers)["en"]["sets"] if not each["cells"])
    page = call(desk, f"/runs/{desk.store.job(key).of}").text
    assert f"/relaxations/{rank}" not in page
    assert "No cell alone does this" in page
    assert made(desk, f"/api/jobs/{key}/relaxations/{rank}") == {"detail": "unknown"}
