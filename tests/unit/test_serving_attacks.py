"""Attacks on every route that there is: the list is the application's own, so that a new route cannot be forgotten."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

import redesaude as rs
import tiny
from redesaude.language import LANGUAGES
from redesaude.plan.plan import Plan
from redesaude.serving import forms, jobs
from redesaude.serving.desk import Desk
from redesaude.serving.home import write_json
from redesaude.serving.interface import interface
from redesaude.serving.jobs import BESIDE, FRONTIER, PLAN, RELAX, RUNS, new_job
from redesaude.serving.pages import pages
from redesaude.serving.safety import OPEN_PATHS
from redesaude.serving.store import ENDED, Job
from redesaude.status import Status
from served import FORM, HOST, OURS, TOKEN, call, desk_in, run_with, upload

BROKEN = Path(__file__).parents[1] / "workbooks"
EVIL = "<img src=x onerror=alert(1)>"
#: what stands in the place of a part of a path, none of which is the name of anything
NOWHERE = (
    "..",
    "%2e%2e%2fserve.sqlite",
    "....//serve.sqlite",
    "G" * 16,
    "0" * 17,
    "0" * 16,
    "-1",
    "9" * 400,
    EVIL,
    "a\0b",
)
KINDS = sorted(value for name, value in vars(jobs).items() if name.isupper() and isinstance(value, str))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "data")


@pytest.fixture(scope="module")
def plan() -> Plan:
    names = {"name": [f"{EVIL} {n}" for n in "abc"]}
    sites = tiny.tables()["sites"].assign(name=[f"{EVIL} 1", f"{EVIL} 2"])
    return rs.solve(
        tiny.scenario(
            territories=tiny.tables()["territories"].assign(**names), sites=sites, settings=tiny.settings(title=EVIL)
        ),
        tiny.EXACT,
    )


def _routes(desk: Desk) -> list[tuple[str, str]]:
    """Method and path of every route of the application."""
    found = [route for part in (interface(desk), pages(desk)) for route in part.routes]
    assert all(isinstance(route, APIRoute) for route in found)
    return sorted((method, route.path) for route in found for method in route.methods)


def _filled(path: str, part: str) -> str:
    return re.sub(r"\{[^}]+\}", lambda _: part, path)


def _state(desk: Desk) -> Any:
    kept = sorted(str(path) for path in desk.home.root.rglob("*"))
    return kept, desk.store.workbooks(), desk.store.jobs()


def test_the_list_of_routes_is_whole_and_described(desk: Desk) -> None:
    routes = _routes(desk)
    assert len(routes) > 45
    described = call(desk, "/api/openapi.json").json["paths"]
    told = {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert told == {(method, path) for method, path in routes if path.startswith("/api/")}


def test_no_route_answers_under_a_name_that_was_made_to_lead_here(desk: Desk) -> None:
    before = _state(desk)
    for (method, path), host in product(_routes(desk), ("evil.example", f"evil.example:{HOST.split(':')[1]}", "")):
        headers = FORM | {"host": host, "origin": f"http://{host}"}
        assert call(desk, _filled(path, "0" * 16), headers, method).status == 421, path
    assert _state(desk) == before


def test_no_route_answers_without_the_token(desk: Desk) -> None:
    for (method, path), cookie in product(_routes(desk), ({}, {"cookie": "redesaude=wrong"})):
        if path not in OPEN_PATHS:
            headers = {"host": HOST, "origin": f"http://{HOST}"} | cookie
            assert call(desk, _filled(path, "0" * 16), headers, method).status == 401, path


def test_no_route_that_changes_anything_takes_a_form_of_another_site(desk: Desk, plan: Plan) -> None:
    run, before = run_with(desk, plan), None
    others = ({"origin": "http://evil.example"}, {"origin": "null"}, {}, {"origin": f"http://{HOST}.evil.example"},
              {"origin": f"http://{HOST}", "sec-fetch-site": "cross-site"})  # fmt: skip
    before = _state(desk)
    for (method, path), more in product(_routes(desk), others):
        if method not in ("GET", "HEAD"):
            assert call(desk, _filled(path, run.key), OURS | more, method).status == 403, path
    assert _state(desk) == before


def test_no_route_takes_a_path_or_a_name_of_nothing(desk: Desk) -> None:
    before, seen = _state(desk), 0
    headers = FORM | {"content-type": "application/x-www-form-urlencoded"}
    for (method, path), part in product(_routes(desk), NOWHERE):
        if "{" in path and not path.startswith("/language/"):
            answer = call(
                desk, _filled(path, part), headers, method, (b"seconds=5&other=..&words=abc&value=1&kind=set",)
            )
            assert answer.status in (404, 405, 307, 422), (method, path, part, answer.status)
            assert EVIL not in answer.text
            seen += 1
    assert seen > 300
    assert _state(desk) == before


def test_no_route_takes_more_than_it_may(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "data", most=4_000)
    for method, path in _routes(desk):
        if method not in ("GET", "HEAD"):
            headers = FORM | {"content-type": "application/x-www-form-urlencoded", "content-length": "5000"}
            for length in ("5000", "-1", "9" * 30, "x"):
                answer = call(desk, _filled(path, "0" * 16), headers | {"content-length": length}, method)
                assert answer.status == 413, (path, length)
    for field in _text_fields(desk):
        assert {"maxLength", "enum", "format"} & set(field), field  # no text without an end


def _text_fields(desk: Desk) -> Iterator[dict[str, Any]]:
    """The texts that forms and queries may hold."""
    described = call(desk, "/api/openapi.json").json
    for name, schema in described["components"]["schemas"].items():
        if name.startswith("Body_") or name.endswith("Form"):
            for field in schema["properties"].values():
                field = described["components"]["schemas"][field["$ref"].split("/")[-1]] if "$ref" in field else field
                field = field.get("items", field)
                if field.get("type") == "string" and "contentMediaType" not in field:
                    yield field
    for methods in described["paths"].values():
        for one in methods.values():
            yield from (
                each["schema"] for each in one.get("parameters", []) if each["in"] == "query" and
                each["schema"].get("type") == "string"
            )  # fmt: skip


def _uploads(desk: Desk) -> list[tuple[str, str]]:
    """Path and field of every route that takes files."""
    described = call(desk, "/api/openapi.json").json
    found = []
    for path, methods in described["paths"].items():
        body = methods.get("post", {}).get("requestBody", {}).get("content", {}).get("multipart/form-data")
        if body is not None:
            schema = described["components"]["schemas"][body["schema"]["$ref"].split("/")[-1]]
            found += [
                (path, name)
                for name, field in schema["properties"].items()
                if "contentMediaType" in field.get("items", field)
            ]
    return found


@pytest.mark.long
def test_every_upload_has_an_end_and_its_name_is_no_path(
    desk: Desk, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_with(desk, plan)
    keys = {"/api/workbooks/{key}/versions": run.workbook, "/api/jobs/{key}/reviews": run.key}
    desk.books.add_version(desk.store.workbook(run.workbook), BROKEN / "valid.xlsx")
    uploads = _uploads(desk)
    assert len(uploads) == 3
    for path, field in uploads:
        target = _filled(path, keys.get(path, ""))
        for name in ("../../evil.xlsx", "..\\..\\evil.xlsx", "/etc/evil.xlsx", "con.xlsx", EVIL.replace('"', "")):
            headers, body = upload((BROKEN / "zip-bomb.xlsx").read_bytes(), name=name, field=field)
            assert call(desk, target, headers, "POST", (body,)).status == 200, (path, name)
    kept = list(desk.home.root.rglob("*.xlsx"))
    assert len(kept) == 1 + 3 * 5
    assert {path.name for path in kept} <= {"evil.xlsx", "_con.xlsx", "rede.xlsx", "img src=x onerror=alert(1).xlsx"}
    monkeypatch.setattr(forms, "MOST", 100)
    before = _state(desk)
    for path, field in uploads:
        headers, body = upload(b"x" * 101, name="a.xlsx", field=field)
        assert call(desk, _filled(path, keys.get(path, "")), headers, "POST", (body,)).status == 413, path
    assert _state(desk) == before


def _one_of_each(desk: Desk, run: Job, without: str) -> list[Job]:
    """A job of every kind about a run, or one ``without`` a plan, with a script for all that it can tell."""
    found = []
    cell = {"sheet": EVIL, "cell": EVIL, "severity": "error", "found": EVIL, "expected": EVIL, "remedy": EVIL}
    row = {"number": 0, "opens": True, "label": EVIL, "words": EVIL, "step": EVIL, "changes": [[EVIL] * 5]}
    chart = {"points": [{"number": 0, "x": 1, "y": 1, "least": 1, "label": EVIL, "told": True}], "line": "1,1",
             "marks": [{"y": 1, "label": EVIL}]}  # fmt: skip
    blocks = [{"block": "heading", "text": EVIL}, {"block": "paragraph", "text": EVIL, "kind": "text"},
              {"block": "table", "header": [EVIL], "rows": [[EVIL]], "numbers": []}]  # fmt: skip
    told = {
        "question": EVIL, "short": EVIL, "answer": EVIL, "note": EVIL, "changes": [[EVIL] * 5], "lines": [EVIL],
        "title": EVIL, "cut": EVIL, "sets": [{"rank": 1, "words": [EVIL], "cells": [[EVIL, EVIL]]}],
        "rows": [row], "notes": [EVIL], "chart": chart, "subtitle": EVIL, "blocks": blocks, "notices": [EVIL],
        "difference": EVIL, "figures": [[EVIL] * 4], "payers": [[EVIL] * 4], "moved": EVIL, "moves": [[EVIL] * 5],
        "access": [[EVIL] * 5], "begins": EVIL, "cutoff": EVIL, "rows_": EVIL,
    }  # fmt: skip
    options = {"other": run.key, "variant": EVIL, "number": 0, "found": FRONTIER, "files": [EVIL], "name": EVIL,
               "labels": dict.fromkeys(("en", "pt-BR", "vi"), EVIL), "seconds": 1}  # fmt: skip
    for kind, wrong in product(KINDS, (False, True)):
        of = "" if kind in RUNS else without if kind == RELAX else run.key
        if kind == PLAN:
            of = next(job.key for job in found if job.kind == FRONTIER)
        job = new_job(
            kind, workbook=run.workbook, version=1, of=of, options=options, state=ENDED, code=1 if wrong else 0
        )
        folder = desk.home.job(job.key)
        folder.path.mkdir(parents=True)
        folder.log.write_text(EVIL)
        shutil.copyfile(BROKEN / "valid.xlsx", folder.workbook)
        if wrong:
            write_json(folder.problems, {language: [cell] for language in LANGUAGES})
        else:
            write_json(folder.answers, dict.fromkeys(LANGUAGES, told))
        desk.store.add_job(job)
        found.append(job)
    return [job for job in found if job.kind != BESIDE or job.code == 0]


@pytest.mark.long
def test_a_script_in_any_name_is_text_on_every_page(desk: Desk, plan: Plan) -> None:
    run = run_with(desk, plan, EVIL)
    book = desk.books.add(BROKEN / "valid.xlsx", EVIL)
    check = desk.home.job(desk.store.versions(book.key)[0].job)
    told = {"sheet": EVIL, "cell": EVIL, "severity": "error", "found": EVIL, "expected": EVIL, "remedy": EVIL}
    about = {"variants": [[EVIL, EVIL]], "seconds": 1, "gap": 0.1, "places": 1, "sites": 1, "specialties": 1}
    check.check.parent.mkdir(exist_ok=True)
    write_json(check.check, {"problems": {"en": [told]}, "errors": 0, "warnings": 1, "about": about, "changes": []})
    desk.books.add_version(desk.store.workbook(run.workbook), BROKEN / "valid.xlsx")
    without = run_with(desk, replace(plan, status=Status.INFEASIBLE))
    keys = [run.key, book.key, without.key, *(job.key for job in _one_of_each(desk, run, without.key))]
    shown: dict[str, int] = {}
    for (method, path), key in product(_routes(desk), keys):
        if method != "GET" or path.startswith("/api/") or ("{" not in path and key != keys[0]):
            continue
        answer = call(desk, _filled(path, key), OURS | {"accept-language": "en"})
        assert answer.status in (200, 303, 401, 404), (path, answer.status)
        assert EVIL not in answer.text, path
        shown[path] = shown.get(path, 0) + answer.text.count("&lt;img src=x")
    told_by = {path for path, count in shown.items() if count}
    quiet = {"/health", "/open", "/login", "/language/{language}"}
    assert told_by == set(shown) - quiet, set(shown) - quiet - told_by  # each of them does tell a name


@pytest.mark.long
def test_the_token_is_in_no_page(desk: Desk, plan: Plan) -> None:
    run = run_with(desk, plan)
    desk.books.add_version(desk.store.workbook(run.workbook), BROKEN / "valid.xlsx")
    for method, path in _routes(desk):
        if method == "GET" and not path.endswith("/events"):
            assert TOKEN not in call(desk, _filled(path, run.key)).body.decode("latin-1"), path
