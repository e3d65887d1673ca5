"""Workbooks of the page: what a check tells, the marked copy, versions, and the watched folder."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import openpyxl
import pytest

from redesaude.serving.checking import changed_cells, write_check
from redesaude.serving.home import JobFolder, UnknownError, read_json
from served import FORM, call, desk_in, upload

BROKEN = Path(__file__).parents[1] / "workbooks"


def test_every_problem_is_told_with_its_cell_and_the_copy_has_it_marked(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path)
    assert not write_check(BROKEN / "population-blank.xlsx", folder, BROKEN / "valid.xlsx")
    found = read_json(folder.check)
    told = found["problems"]["pt-BR"][0]
    assert (told["sheet"], told["cell"], told["severity"]) == ("territories", "H4", "error")
    assert told["found"] == "Várzea Grande não tem população"
    assert next(row for row in found["changes"] if row[0] == "territories")[1] == "H4"
    cell = openpyxl.load_workbook(folder.marked)["territories"]["H4"]
    assert cell.fill.fgColor.rgb == "00FFC7CE"
    assert "population" in cell.comment.text or "população" in cell.comment.text
    untouched = openpyxl.load_workbook(BROKEN / "population-blank.xlsx")["territories"]
    marked = openpyxl.load_workbook(folder.marked)["territories"]
    assert [[c.value for c in row] for row in marked] == [[c.value for c in row] for row in untouched]


def test_a_workbook_can_be_solved_and_versions_tell_their_cells(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path)
    assert write_check(BROKEN / "valid.xlsx", folder)
    found = read_json(folder.check)
    assert found["errors"] == 0
    assert found["about"]["places"] > 1
    assert found["changes"] == []
    changed = tmp_path / "changed.xlsx"
    book = openpyxl.load_workbook(BROKEN / "valid.xlsx")
    before = book["territories"]["H3"].value
    book["territories"]["H3"] = 12_345
    book.save(changed)
    assert changed_cells(BROKEN / "valid.xlsx", changed) == [["territories", "H3", str(before), "12345"]]
    assert changed_cells(BROKEN / "zero-bytes.xlsx", changed) == []


def test_a_file_of_the_watched_folder_is_checked_again_when_it_was_saved(tmp_path: Path) -> None:
    watched = tmp_path / "watched"
    watched.mkdir()
    file = watched / "rede.xlsx"
    shutil.copyfile(BROKEN / "valid.xlsx", file)
    shutil.copyfile(BROKEN / "valid.xlsx", watched / "~$rede.xlsx")
    (watched / "elsewhere.xlsx").symlink_to("/etc/hostname")
    desk = desk_in(tmp_path / "data", watched=watched)
    (key,) = desk.books.offered()
    made = call(desk, f"/api/watched/{key}", FORM, "POST").json
    assert call(desk, f"/api/watched/{key}", FORM, "POST").json == made
    with pytest.raises(UnknownError):
        desk.books.choose("0" * 16)
    desk.books.look()
    assert len(desk.store.versions(made["key"])) == 1
    shutil.copyfile(BROKEN / "population-blank.xlsx", file)
    os.utime(file, (time.time() + 5, time.time() + 5))
    desk.books.look()
    desk.books.look()
    newest = desk.store.versions(made["key"])
    assert [version.number for version in newest] == [2, 1]
    task = read_json(desk.home.job(newest[0].job).task)
    assert Path(task["before"]) == desk.books.file(made["key"], 1)


def test_the_shipped_workbook_is_taken_once(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    assert call(desk, "/api/demo", FORM, "POST").json == call(desk, "/api/demo", FORM, "POST").json
    (shown,) = call(desk, "/api/workbooks").json
    assert shown["name"] == "mato-grosso"


def test_a_workbook_whose_taking_was_cut_short_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_in(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "no room")

    monkeypatch.setattr("redesaude.serving.workbooks.shutil.copyfile", full)
    with pytest.raises(OSError, match="no room"):
        desk.books.add(desk.books.demo, "cut")
    monkeypatch.undo()
    assert call(desk, "/").status == 200
    assert call(desk, "/api/workbooks").json == []
    desk.books.add(desk.books.demo, "whole")
    assert [book["name"] for book in call(desk, "/api/workbooks").json] == ["whole"]


def test_a_run_needs_a_workbook_without_errors(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    headers, body = upload((BROKEN / "population-blank.xlsx").read_bytes(), name="r.xlsx")
    made = call(desk, "/api/workbooks", headers, "POST", (body,)).json
    form = FORM | {"content-type": "application/x-www-form-urlencoded"}
    run = f"/api/workbooks/{made['key']}/runs"
    assert call(desk, run, form, "POST", (b"seconds=5",)).status == 404
    folder = desk.home.job(desk.store.versions(made["key"])[0].job)
    write_check(desk.books.file(made["key"], 1), folder)
    assert call(desk, run, form, "POST", (b"seconds=5",)).status == 404
    assert call(desk, run, form, "POST", (b"seconds=-5",)).status == 422
    headers, body = upload((BROKEN / "valid.xlsx").read_bytes(), name="r.xlsx")
    assert call(desk, f"/api/workbooks/{made['key']}/versions", headers, "POST", (body,)).status == 200
    folder = desk.home.job(desk.store.versions(made["key"])[0].job)
    write_check(desk.books.file(made["key"], 2), folder)
    assert call(desk, run, form, "POST", (b"seconds=5&variant=none",)).status == 404
    assert call(desk, run, form, "POST", (b"seconds=5&cores=64&gap=2",)).status == 200
    (job,) = (job for job in desk.store.jobs() if job.kind == "solve")
    assert job.options["gap"] == 0.02
    assert job.cores == desk.jobs.cores


def test_the_page_of_a_workbook_tells_its_problems_in_the_language_of_its_reader(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data")
    headers, body = upload((BROKEN / "population-blank.xlsx").read_bytes(), name="r.xlsx")
    made = call(desk, "/api/workbooks", headers, "POST", (body,)).json
    write_check(desk.books.file(made["key"], 1), desk.home.job(desk.store.versions(made["key"])[0].job))
    told = {
        language: call(desk, made["location"], FORM | {"accept-language": language}).text
        for language in ("en-GB", "pt-BR,pt;q=0.9", "vi")
    }
    assert "Várzea Grande has no population" in told["en-GB"]
    assert "Várzea Grande não tem população" in told["pt-BR,pt;q=0.9"]
    assert '<html lang="vi">' in told["vi"]
    assert "Nội dung cần nhập" in told["vi"]
    assert call(desk, f"/api/workbooks/{made['key']}/check?language=pt-BR").json["problems"][0]["cell"] == "H4"


def test_the_interface_is_described(tmp_path: Path) -> None:
    described = call(desk_in(tmp_path / "data"), "/api/openapi.json").json
    assert {"/api/workbooks", "/api/workbooks/{key}/runs", "/api/jobs/{key}/events"} <= set(described["paths"])
    assert all(path.startswith("/api/") for path in described["paths"])
