"""Who is let in to the page, and what a hostile request, file or name comes to: each attack a test."""

from __future__ import annotations

import re
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import pytest

from redesaude.cli.common import Exit
from redesaude.cli.options import Serving
from redesaude.cli.serve import run
from redesaude.serving import forms
from redesaude.serving.checking import write_check
from redesaude.serving.desk import Desk, desk_at
from redesaude.serving.home import JobFolder, UnknownError, checked_key, read_json
from redesaude.serving.passwords import Password, write_password
from redesaude.serving.safety import Rules, hosts_of
from served import FORM, HOST, OURS, TOKEN, call, desk_in, upload

BROKEN = Path(__file__).parents[1] / "workbooks"
PARTS = Path(__file__).parents[2] / "src" / "redesaude" / "serving"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "data")


def _without(headers: dict[str, str], *names: str, **more: str) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in names} | more


def test_it_opens_by_its_own_address_and_sets_a_cookie_that_no_other_site_sends(desk: Desk) -> None:
    entered = call(desk, f"/open?token={TOKEN}", {"host": HOST})
    assert entered.status == 303
    assert "httponly" in entered.headers["set-cookie"].lower()
    assert "samesite=strict" in entered.headers["set-cookie"].lower()
    assert call(desk, "/").status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:9", "", "127.0.0.1:8765@x"]
)
def test_a_name_that_was_made_to_lead_here_is_refused(desk: Desk, host: str) -> None:
    for path in ("/", "/health", f"/open?token={TOKEN}", "/static/site.css"):
        assert call(desk, path, OURS | {"host": host}).status == 421
    assert call(desk, "/", _without(OURS, "host")).status == 421


@pytest.mark.parametrize("path", ["/", "/api/jobs", "/api/openapi.json", "/runs/" + "0" * 16, "/static/page.js"])
def test_nothing_is_shown_without_the_token_or_with_another(desk: Desk, path: str) -> None:
    for headers in ({}, {"cookie": "redesaude=wrong"}, {"authorization": "Bearer wrong"}, {"cookie": "redesaude="}):
        assert call(desk, path, {"host": HOST} | headers).status == 401
    assert call(desk, "/open?token=wrong", {"host": HOST}).status == 401
    assert call(desk, "/api/jobs", {"host": HOST, "authorization": f"Bearer {TOKEN}"}).status == 200


@pytest.mark.parametrize(
    "more",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9"},
        {"origin": f"http://{HOST}.evil.example"},
        {},
        {"origin": f"http://{HOST}", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site", "authorization": f"Bearer {TOKEN}"},
    ],
)
def test_a_form_of_another_site_changes_nothing(desk: Desk, more: dict[str, str]) -> None:
    assert call(desk, "/api/demo", OURS | more, "POST").status == 403
    assert desk.store.workbooks() == []


@pytest.mark.parametrize(
    "key", ["..", "%2e%2e", "../../serve.sqlite", "0" * 15, "0" * 17, "G" * 16, "0" * 15 + "/", "", "0" * 16]
)
def test_no_path_is_taken_from_a_request(desk: Desk, key: str) -> None:
    shown = ["read", "map", "pack", "files/0"]
    paths = ("/runs/{}", "/workbooks/{}", "/drafts/{}", "/api/jobs/{}", "/api/workbooks/{}/marked",
             "/api/workbooks/{}/file", *(f"/api/jobs/{{}}/{name}" for name in shown))  # fmt: skip
    for path in paths:
        assert call(desk, path.format(key)).status in (404, 307), path
    for path in ("/api/jobs/{}/stop", "/api/jobs/{}/questions", "/api/watched/{}", "/api/workbooks/{}/runs"):
        assert call(desk, path.format(key), FORM, "POST").status in (404, 405, 307, 422)


def test_files_are_named_by_number_and_languages_by_a_list(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UnknownError):
        checked_key("../" + "0" * 13)
    book = desk.books.add(BROKEN / "zero-bytes.xlsx", "x")
    job = desk.store.versions(book.key)[0].job
    result = desk.home.job(job).result
    result.mkdir()
    (result / "a.txt").write_text("ours")
    (result / "link").symlink_to(tmp_path)
    (result / "secret").symlink_to("/etc/hostname")
    assert call(desk, f"/api/jobs/{job}/files").json == ["a.txt"]
    assert call(desk, f"/api/jobs/{job}/files/0").text == "ours"
    for number in ("1", "-1", "99", "..%2f", "a.txt"):
        assert call(desk, f"/api/jobs/{job}/files/{number}").status in (404, 422)
    assert call(desk, f"/api/jobs/{job}/read?language=../..").status == 422
    for path in ("/static/../app.py", "/static/..%2fapp.py", "/static//etc/passwd"):
        assert call(desk, path).status == 404


def test_what_is_too_large_is_refused_before_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_in(tmp_path / "data", most=4_000)
    headers, body = upload(b"x" * 5_000, name="big.xlsx")
    assert call(desk, "/api/workbooks", headers, "POST", (body,)).status == 413
    assert call(desk, "/api/workbooks", headers | {"content-length": "-1"}, "POST", (body,)).status == 413
    lie = headers | {"content-length": "10"}
    assert call(desk, "/api/workbooks", lie, "POST", (body[:3_000], body[3_000:])).status >= 400
    monkeypatch.setattr(forms, "MOST", 100)
    headers, body = upload(b"x" * 101, name="big.xlsx")
    assert call(desk, "/api/workbooks", headers, "POST", (body,)).status == 413
    assert desk.store.workbooks() == []


@pytest.mark.parametrize("name", ["zip-bomb", "entities", "too-many-parts", "zero-bytes", "macros", "picture-renamed"])
def test_a_hostile_file_is_told_and_no_more(tmp_path: Path, name: str) -> None:
    folder = JobFolder(tmp_path)
    assert not write_check(BROKEN / f"{name}.xlsx", folder)
    found = read_json(folder.check)
    assert found["errors"] >= 1
    assert set(found["problems"]) == {"en", "pt-BR", "vi"}
    assert found["about"] == {}
    assert not folder.marked.exists()


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_a_script_in_a_name_is_text(desk: Desk) -> None:
    headers, body = upload(b"PK", name=EVIL.replace("/", "") + ".xlsx")
    made = call(desk, "/api/workbooks", headers, "POST", (body,)).json
    for path in ("/", made["location"]):
        text = call(desk, path).text
        assert "<img src=x" not in text
        assert "<script>alert" not in text
        assert "&lt;img src=x" in text
    given = call(desk, f"/api/workbooks/{made['key']}/file").headers["content-disposition"]
    assert given.startswith("attachment")
    assert "<" not in given


@pytest.mark.parametrize(
    "name", ["..\\..\\evil.xlsx", "../../evil.xlsx", "/etc/cron.d/evil.xlsx", "C:\\evil.xlsx", "con.xlsx"]
)
def test_the_name_of_an_upload_is_no_path(desk: Desk, name: str) -> None:
    headers, body = upload(b"PK", name=name)
    made = call(desk, "/api/workbooks", headers, "POST", (body,)).json
    kept = desk.books.file(made["key"], 1)
    assert kept.resolve().is_relative_to(desk.home.root.resolve() / "workbooks" / made["key"])
    assert kept.name in ("evil.xlsx", "_con.xlsx")


def test_every_answer_says_what_a_browser_may_do_with_it(desk: Desk) -> None:
    answers = [call(desk, "/"), call(desk, "/nothing"), call(desk, "/", {"host": HOST}), call(desk, "/", {"host": "x"})]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy


def test_pages_hold_no_script_and_no_style_of_their_own() -> None:
    templates = {path.name: path.read_text(encoding="utf-8") for path in (PARTS / "templates").iterdir()}
    assert len(templates) > 5
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|\| *safe\b|https?://")
    assert {name: inline.findall(text) for name, text in templates.items() if inline.search(text)} == {}
    for path in (PARTS / "static").glob("*.js"):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(|https?://", text), path.name
    assert "url(" not in (PARTS / "static" / "site.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("at", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_change_of_language_leads_nowhere_else(desk: Desk, at: str) -> None:
    assert call(desk, f"/language/vi?at={at}").headers["location"] == "/"
    assert call(desk, "/language/vi?at=/runs/1").headers["location"] == "/runs/1"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])  # noqa: S104 - refused
def test_an_address_that_others_reach_needs_a_password(tmp_path: Path, host: str) -> None:
    import typer

    with redirect_stderr(StringIO()) as said, pytest.raises(typer.Exit) as ended:
        run(Serving(host=host, data=tmp_path / "data", browser=False, lang="en"))
    assert ended.value.exit_code == Exit.WRONG_INPUT
    assert "password" in said.getvalue()
    assert not (tmp_path / "data").exists()


def test_a_password_is_kept_as_a_hash_and_opens_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redesaude.serving.passwords._PAUSE", 0.0)
    file = tmp_path / "hash"
    with pytest.raises(ValueError, match="12"):
        write_password(file, "short")
    write_password(file, "a long enough one")
    hashed = file.read_text()
    assert hashed.startswith("$argon2id$")
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(ValueError, match="hash"):
        Password("a long enough one")
    rules = Rules(frozenset({HOST}), TOKEN, login=True)
    desk = desk_at(tmp_path / "data", rules, tmp_path / "no.xlsx", password=Password(hashed))
    assert desk is not None
    headers = {"host": HOST, "origin": f"http://{HOST}", "content-type": "application/x-www-form-urlencoded"}
    assert call(desk, "/", {"host": HOST}).headers["location"] == "/login"
    assert call(desk, "/api/jobs", {"host": HOST}).status == 401
    assert call(desk, "/login", headers, "POST", (b"password=another",)).status == 401
    entered = call(desk, "/login", headers, "POST", (b"password=a+long+enough+one",))
    assert entered.status == 303
    assert TOKEN in entered.headers["set-cookie"]


def test_hosts_are_told_with_their_port() -> None:
    assert hosts_of(["127.0.0.1", "::1"], 81) == {"127.0.0.1:81", "[::1]:81"}
    assert "example.org" in hosts_of(["example.org"], 443)


def test_one_server_at_a_time_works_in_a_folder(desk: Desk, tmp_path: Path) -> None:
    assert desk_at(tmp_path / "data", desk.rules, tmp_path / "no.xlsx") is None
