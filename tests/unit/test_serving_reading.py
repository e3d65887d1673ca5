"""What the page reads of a result and what it is asked: the same words as the report, in every language."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import impossible
import pytest
from fastapi import Request
from impossible import CASES

import redesaude as rs
import tiny
from redesaude.asking.questions import closed, scenario_of
from redesaude.cli import job
from redesaude.inputs.checks import check_workbook
from redesaude.language import translator
from redesaude.plan.plan import Plan
from redesaude.report.view import view_of
from redesaude.report.workbook.story import story
from redesaude.serving.answering import write_answers, write_beside, write_relaxations
from redesaude.serving.child import Told
from redesaude.serving.home import read_json, write_json
from redesaude.serving.jobs import VARIANT
from redesaude.serving.paging import part_of
from redesaude.serving.store import ENDED
from redesaude.status import Status, Termination
from served import FORM, OURS, call, desk_in, run_with, work


@pytest.fixture(scope="module")
def plan() -> Plan:
    names = tiny.tables()["territories"].assign(name=["Água Boa", "<b>Sinop</b>", "Cuiabá"])
    return rs.solve(tiny.scenario(territories=names), tiny.EXACT)


def test_a_plan_is_read_in_the_words_of_the_report_and_municipalities_are_found(tmp_path: Path, plan: Plan) -> None:
    desk = desk_in(tmp_path / "data")
    job = run_with(desk, plan)
    page = call(desk, f"/runs/{job.key}", FORM | {"accept-language": "vi"}).text
    assert all(section.title in page for section in story(view_of(plan, "vi")))
    assert "Ai được điều trị ở đâu" in page
    found = call(desk, f"/api/jobs/{job.key}/places?name=agua").json
    assert (found["found"], found["places"][0]["name"]) == (1, "Água Boa")
    assert found["places"][0]["rows"] == [["cardio", "h2", "10.0", "50"]]
    assert "<b>Sinop" not in page
    assert call(desk, f"/api/jobs/{job.key}/read").json["cost"] == view_of(plan).numbers.money(plan.objective or 0.0)


def test_a_result_without_a_plan_says_why(tmp_path: Path, plan: Plan) -> None:
    desk = desk_in(tmp_path / "data")
    none = replace(plan, status=Status.INFEASIBLE)
    job = run_with(desk, none)
    assert "It is proven that no plan keeps all the firm promises at once." in call(desk, f"/runs/{job.key}").text
    form = FORM | {"content-type": "application/x-www-form-urlencoded"}
    assert call(desk, f"/api/jobs/{job.key}/questions", form, "POST", (b"kind=close&site=h2",)).status == 404


@pytest.mark.long
def test_a_plan_is_asked_by_clicking_and_answers_in_every_language(tmp_path: Path, plan: Plan) -> None:
    desk = desk_in(tmp_path / "data")
    job = run_with(desk, plan)
    form, ask = FORM | {"content-type": "application/x-www-form-urlencoded"}, f"/api/jobs/{job.key}/questions"
    for wrong in (b"kind=close&site=h9", b"kind=close&site=h2&specialty=x", b"kind=contract&site=h2&contract=x"):
        assert call(desk, ask, form, "POST", (wrong,)).status == 404
    assert call(desk, ask, form, "POST", (b"kind=set&site=h2",)).status == 422
    made = call(desk, ask, form, "POST", (b"kind=close&site=h2&seconds=5",)).json
    asked = desk.store.job(made["key"])
    folder = desk.home.job(asked.key)
    task = {"of": str(desk.home.job(job.key).result), "change": asked.options["change"]}
    assert write_answers(folder, task, tiny.EXACT, Told(folder))
    page = call(desk, f"/runs/{job.key}").text
    assert "nothing open at h2" in page
    assert "costs nothing more: a plan as cheap does so" in page  # h1 treats all of them at the same cost
    for language in ("pt-BR", "vi"):
        told = translator(language)("costs nothing more: a plan as cheap does so")
        assert told in call(desk, f"/runs/{job.key}", FORM | {"accept-language": language}).text
    assert (folder.result / "ask.xlsx").exists()


def test_two_results_are_set_side_by_side_with_who_moves_and_who_pays(tmp_path: Path, plan: Plan) -> None:
    desk = desk_in(tmp_path / "data")
    other = rs.solve(scenario_of(plan.scenario, closed("h2")), tiny.EXACT)
    first, second = run_with(desk, plan), run_with(desk, other)
    form, ask = FORM | {"content-type": "application/x-www-form-urlencoded"}, f"/api/jobs/{first.key}/beside"
    assert call(desk, ask, form, "POST", (b"other=0123456789abcdef",)).status == 404
    made = call(desk, ask, form, "POST", (b"other=" + second.key.encode(),)).json
    assert "being set side by side" in call(desk, made["location"]).text
    folder = desk.home.job(made["key"])
    write_beside(folder, read_json(folder.task))
    told = call(desk, f"/api/beside/{made['key']}?language=pt-BR").json
    assert ["Água Boa", "cardio", "h2", "h1", "10,0"] in told["moves"]
    assert told["payers"] == [["Estado", "R$ 920", "R$ 920", ""]]
    assert [row[:3] for row in told["changes"]] == [["h1", "cardio", "aberto"], ["h2", "cardio", "fechado"]]
    page = call(desk, made["location"], FORM | {"accept-language": "vi"}).text
    assert page.count("<iframe") == 2
    assert "Ai chuyển từ đâu đến đâu" in page
    assert second.key in call(desk, f"/runs/{first.key}").text  # offered there


@pytest.mark.long
def test_what_may_give_way_is_found_ranked_and_told_in_every_language(tmp_path: Path, plan: Plan) -> None:
    desk = desk_in(tmp_path / "data")
    none = Plan(impossible.scenario_of(CASES["max_centres"].stated), Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE)
    job = run_with(desk, none)
    form = FORM | {"content-type": "application/x-www-form-urlencoded"}
    made = call(desk, f"/api/jobs/{job.key}/relaxations", form, "POST", (b"seconds=10",)).json
    folder = desk.home.job(made["key"])
    write_relaxations(folder, read_json(folder.task), tiny.EXACT)
    told = call(desk, f"/api/jobs/{made['key']}/relaxations?language=vi").json
    assert told
    page = call(desk, f"/runs/{job.key}", FORM | {"accept-language": "vi"}).text
    assert all(re.sub(r"^ *[0-9]* +", "", line) in page for line in told)
    assert (folder.result / "why.xlsx").exists()
    good = run_with(desk, plan)
    assert call(desk, f"/api/jobs/{good.key}/relaxations", form, "POST", (b"seconds=10",)).status == 404


@pytest.mark.long
def test_a_variant_from_a_few_words_becomes_a_new_version_of_the_workbook(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    workbook = Path(__file__).parents[1] / "workbooks" / "valid.xlsx"
    sizes = check_workbook(workbook).scenario.sizes
    book = desk.books.add(workbook, "rede")
    form = FORM | {"content-type": "application/x-www-form-urlencoded"}
    key = f"sizes/{sizes['specialty_id'][0]}|{sizes['size_id'][0]}/capacity"
    wish = f"words={key}&value=-20%25&title=less+room".encode()
    made = call(desk, f"/api/workbooks/{book.key}/variants", form, "POST", (wish,)).json
    assert "is being written" in call(desk, made["location"]).text
    folder = desk.home.job(made["key"])
    assert job._WORK[VARIANT](folder, read_json(folder.task), Told(folder)) == 0
    desk.store.change_job(made["key"], state=ENDED, code=0)
    for _ in range(2):  # whoever comes back makes no third version
        answer = call(desk, made["location"])
        assert (answer.status, answer.headers["location"]) == (303, f"/workbooks/{book.key}")
        assert [version.number for version in desk.store.versions(book.key)] == [2, 1]
    variants = check_workbook(desk.books.file(book.key, 2)).scenario.variants.tail(1)
    assert variants[["column", "operation", "value", "name"]].to_numpy().tolist() == [
        ["capacity", "multiply", "0.8", "less room"]
    ]


def test_a_long_list_of_sites_is_shown_in_parts_and_found_by_name(tmp_path: Path, plan: Plan) -> None:
    desk = desk_in(tmp_path / "data")
    job = run_with(desk, plan)
    path = desk.home.job(job.key).pages("en") / "sites.json"
    write_json(path, [{"key": f"s{n}", "name": f"Água {n}", "services": []} for n in range(5_570)])
    first = call(desk, f"/runs/{job.key}").text
    assert first.count('name="site" value="s') == 50
    assert len(first.encode()) < 100_000
    assert "Sites found: 5570" in first
    assert "1 to 50 of 5570" in first
    second = call(desk, f"/runs/{job.key}?part=111").text
    assert 'value="s5569"' in second
    assert "part=112" not in second
    named = call(desk, f"/runs/{job.key}?site=agua+5569").text
    assert named.count('name="site" value="s') == 1
    assert call(desk, f"/runs/{job.key}?part=999999999").text.count("part=110") == 1  # the last part, not an empty one
    asked = call(desk, f"/api/jobs/{job.key}/sites?name=agua+55&page=1").json
    assert (asked["found"], len(asked["sites"])) == (81, 20)


def test_what_a_page_shows_of_a_run_does_not_grow_with_its_municipalities(tmp_path: Path, plan: Plan) -> None:
    """Its page reads ``read.json`` of this run and all others of the workbook: no list of every place is in it."""
    desk = desk_in(tmp_path / "data")
    pages = desk.home.job(run_with(desk, plan).key).pages("en")
    assert {"places", "sites"}.isdisjoint(read_json(pages / "read.json"))
    assert len(read_json(pages / "places.json")) == len(plan.scenario.territories)
    assert len(read_json(pages / "sites.json")) == len(plan.scenario.sites)


@pytest.mark.long
def test_two_results_side_by_side_are_shown_in_parts(tmp_path: Path, plan: Plan) -> None:
    desk = desk_in(tmp_path / "data")
    first, second = (run_with(desk, plan) for _ in range(2))
    job = desk.beside(first.key, second.key)
    work(desk, job.key)
    path = desk.home.job(job.key).answers
    told = read_json(path)
    told["en"] |= {name: [[f"{name} {n}", *"bcde"] for n in range(120)] for name in ("changes", "moves")}
    write_json(path, told)
    page = call(desk, f"/beside/{job.key}?changes=1&moves=2").text
    assert [page.count(f"<td>{name} ") for name in ("changes", "moves")] == [50, 20]
    assert f'href="/beside/{job.key}?changes=2&amp;moves=2#both-changes"' in page  # the other list stays where it is
    assert f'href="/beside/{job.key}?changes=1&amp;moves=1#both-moves"' in page


@pytest.mark.parametrize(
    ("asked", "shown"), [("", 0), ("1", 50), ("2", 100), ("99", 100), ("-1", 0), ("²", 0), ("x", 0)]
)
def test_a_part_that_is_not_there_is_the_nearest_one(asked: str, shown: int) -> None:
    request = Request({"type": "http", "path": "/a", "query_string": urlencode({"n": asked, "of": "ã&"}).encode(),
                       "headers": [], "server": ("localhost", 80)})  # fmt: skip
    part = part_of(request, "n", range(101))
    assert (part.shown[0], part.first, part.found) == (shown, shown + 1, 101)
    assert part.last == min(shown + 50, 101)
    assert bool(part.before) == (shown > 0)
    assert part.after in ("", f"/a?n={part.number + 1}&of=%C3%A3%26")


def test_a_search_that_found_no_plan_in_time_is_offered_more_time_and_not_what_may_give_way(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    for status, ended in (
        (Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE),
        (Status.NO_PLAN, Termination.TIME_LIMIT),
    ):
        job = run_with(desk, Plan(tiny.scenario(), status, ended))
        page = call(desk, f"/runs/{job.key}").text
        assert ("/relaxations" in page) == (status is Status.INFEASIBLE)
        assert (f'href="/workbooks/{job.workbook}#run"' in page) == (status is not Status.INFEASIBLE)


def test_an_ended_run_shows_one_bound_and_one_gap(tmp_path: Path, plan: Plan) -> None:
    """The last step of its search may have told another than its result proves."""
    desk = desk_in(tmp_path / "data")
    job = run_with(desk, plan)
    step = {"at": job.created, "stage": "search", "plan": 9_000.0, "bound": -5.0, "gap": 1.5, "message": ""}
    desk.home.job(job.key).progress.write_text(json.dumps(step) + "\n", encoding="utf-8")
    told = call(desk, f"/api/jobs/{job.key}/progress").json
    read = call(desk, f"/api/jobs/{job.key}/read").json
    assert (told["plan"], told["bound"], told["gap"]) == (read["cost"], read["least"], read["gap"])


def test_lists_of_a_result_of_before_they_were_apart_are_found(tmp_path: Path, plan: Plan) -> None:
    desk = desk_in(tmp_path / "data")
    job = run_with(desk, plan)
    pages = desk.home.job(job.key).pages("en")
    whole = read_json(pages / "read.json")
    for name in ("places", "sites"):
        whole[name] = read_json(pages / f"{name}.json")
        (pages / f"{name}.json").unlink()
    write_json(pages / "read.json", whole)
    assert call(desk, f"/api/jobs/{job.key}/places?name=agua").json["found"] == 1
    assert 'name="site" value="h1"' in call(desk, f"/runs/{job.key}").text


def test_a_result_of_a_run_that_was_told_twice_to_stop_is_read_in_the_language_that_was_written(
    tmp_path: Path, plan: Plan
) -> None:
    desk = desk_in(tmp_path / "data")
    job = run_with(desk, plan)
    (desk.home.job(job.key).pages("vi") / "read.json").unlink()
    page = call(desk, f"/runs/{job.key}", OURS | {"accept-language": "vi"}).text
    assert '<html lang="vi">' in page
    assert view_of(plan, "en").title in page
    assert call(desk, f"/api/jobs/{job.key}/places?language=vi").json["found"] == 3
