"""The review on the page: workbooks of actuals out and in, what came of it in every language, trend, and next plan."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from review_example import all_as_planned, filled, plan, typed

import redesaude as rs
from redesaude.report.view import view_of
from redesaude.serving.desk import Desk
from redesaude.serving.home import read_json
from redesaude.serving.store import Job
from served import FORM, call, desk_in, made, run_with, upload, work

BROKEN = Path(__file__).parents[1] / "workbooks"
LATE = typed("milestones", "milestone/h2/cardio/opening", {"done_on": "2028-11-20", "reason": "<i>licence</i>"})


def _sent(desk: Desk, run: Job, *files: bytes, name: str = "a.xlsx") -> str:
    """The job of a review by these workbooks."""
    headers, body = upload(*files, name=name, field="files")
    answer = call(desk, f"/api/jobs/{run.key}/reviews", headers, "POST", (body,))
    assert answer.status == 200, answer.text
    assert answer.json["location"] == f"/runs/{run.key}/review"
    return str(answer.json["key"])


def _form(tmp_path: Path, year: int, *edits: object) -> bytes:
    return filled(rs.actuals(plan(), dt.date(year, 12, 31)), tmp_path / f"{year}.xlsx", *edits).read_bytes()


@pytest.mark.long
def test_the_workbook_of_actuals_is_written_as_the_command_writes_it(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    run = run_with(desk, plan())
    page = f"/runs/{run.key}/review"
    assert f'href="{page}"' in call(desk, f"/runs/{run.key}").text
    job = made(desk, f"/api/jobs/{run.key}/actuals", until="2028-12-31", every="half_year", language="vi")["key"]
    folder = work(desk, job)
    assert [path.name for path in desk.files(job)] == ["actuals-2028-12-31.xlsx"]
    assert "actuals-2028-12-31.xlsx" in call(desk, page).text
    told = read_json(folder.answers)
    assert (told["begins"], told["cutoff"]) == ("2028-07-01", "2028-12-31")
    assert call(desk, f"/api/jobs/{job}/files/0").body[:2] == b"PK"
    parted = work(desk, made(desk, f"/api/jobs/{run.key}/actuals", by_region="true")["key"])
    names = {path.name for path in parted.result.iterdir()}
    assert {f"actuals-2027-12-31-{region}.xlsx" for region in ("west", "east")} <= names
    for wrong in ({"until": "2028-13-31"}, {"every": "week"}):
        assert "detail" in made(desk, f"/api/jobs/{run.key}/actuals", **wrong)


@pytest.mark.long
def test_a_review_is_read_on_the_page_as_in_its_file_and_has_a_trend(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    run = run_with(desk, plan())
    first = work(desk, _sent(desk, run, _form(tmp_path, 2027, all_as_planned)))
    page = call(desk, f"/runs/{run.key}/review", FORM | {"accept-language": "vi"}).text
    assert "The reviews so far" not in page
    second = work(desk, _sent(desk, run, _form(tmp_path, 2027, all_as_planned), _form(tmp_path, 2028, LATE)))
    told = call(desk, f"/api/jobs/{second.path.name}/answers").json
    file = (second.result / "review.html").read_text(encoding="utf-8")
    words = [block["text"] for block in told["blocks"] if block["block"] == "paragraph"]
    assert words
    assert all(text in file for text in words)
    page = call(desk, f"/runs/{run.key}/review").text
    assert all(text in page for text in words)
    assert "The reviews so far" in page
    trend = told["blocks"][-1]
    assert [row[0] for row in trend["rows"]] == ["2027-12-31", "2028-12-31"]
    assert "&lt;i&gt;licence" in page
    assert "<i>licence" not in page
    assert {"review.xlsx", "review.html"} <= {path.name for path in first.result.iterdir()}
    told = call(desk, f"/api/jobs/{second.path.name}/answers?language=pt-BR").json
    assert any("janela" in str(b) or "linhas" in str(b) for b in told["blocks"])


@pytest.mark.long
def test_wrong_cells_of_a_workbook_of_actuals_are_told_with_what_to_type(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    run = run_with(desk, plan())
    wrong = typed("milestones", "milestone/h2/cardio/opening", {"done_on": "soon"})
    folder = work(desk, _sent(desk, run, _form(tmp_path, 2028, wrong)))
    (problem,) = call(desk, f"/api/jobs/{folder.path.name}/answers").json["problems"]
    assert (problem["sheet"], problem["found"]) == ("[a.xlsx]milestones", "'soon' is no date")
    page = call(desk, f"/runs/{run.key}/review", FORM | {"accept-language": "pt-BR"}).text
    assert problem["cell"] in page
    assert "digite a data" in page
    assert not folder.answers.exists()
    again = f"/api/jobs/{folder.path.name}/replan"
    assert made(desk, again) == {"detail": "unknown"}  # nothing to plan anew from


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["zip-bomb", "entities", "macros", "picture-renamed"])
def test_a_hostile_workbook_of_actuals_is_told_and_no_more(tmp_path: Path, name: str) -> None:
    desk = desk_in(tmp_path / "data")
    run = run_with(desk, plan())
    folder = work(desk, _sent(desk, run, (BROKEN / f"{name}.xlsx").read_bytes(), name="../../<b>x.xlsx"))
    assert [path.name for path in folder.actuals.glob("*/*")] == ["b-x.xlsx"]
    assert call(desk, f"/api/jobs/{folder.path.name}/answers").json["problems"]
    assert "<b>x" not in call(desk, f"/runs/{run.key}/review").text


@pytest.mark.long
def test_the_next_plan_is_a_result_of_its_own_with_its_workbook(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    run = run_with(desk, plan())
    review = work(desk, _sent(desk, run, _form(tmp_path, 2027, all_as_planned)))
    key = made(desk, f"/api/jobs/{review.path.name}/replan", seconds=5, language="pt-BR")["key"]
    folder = work(desk, key)
    assert desk.store.job(key).code == 0
    page = call(desk, f"/runs/{key}").text
    told = read_json(folder.answers)["en"]
    assert all(block["text"] in page for block in told["blocks"] if block["block"] == "heading")
    book = desk.books.planned(desk.store.job(key))
    assert book is not None
    assert f"/workbooks/{book.key}" in page
    assert [each.name for each in desk.store.workbooks()].count(book.name) == 1
    assert (folder.result / "replan" / "replan.xlsx").exists()
    assert view_of(plan()).title in call(desk, f"/runs/{run.key}/review").text
    assert call(desk, f"/runs/{key}/review").status == 200  # and is reviewed in its turn
