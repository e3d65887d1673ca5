"""The page under test: a desk over a folder, and requests to it without a network, as odd as a test wants them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from redesaude.cli.common import Exit, demo_workbook
from redesaude.cli.job import do
from redesaude.errors import InputError
from redesaude.language import LANGUAGES
from redesaude.plan.plan import Plan
from redesaude.plan.storage import write_plan
from redesaude.report.view import view_of
from redesaude.serving.app import application
from redesaude.serving.child import Told
from redesaude.serving.desk import Desk, desk_at
from redesaude.serving.home import JobFolder, read_json
from redesaude.serving.jobs import SOLVE, new_job
from redesaude.serving.reading import write_what_is_read
from redesaude.serving.safety import Rules
from redesaude.serving.store import ENDED, Job, Workbook

HOST = "127.0.0.1:8765"
TOKEN = "the-token-of-this-test"  # noqa: S105 - opens nothing else
OURS = {"host": HOST, "cookie": f"redesaude={TOKEN}"}
FORM = OURS | {"origin": f"http://{HOST}"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def desk_in(folder: Path, most: int = 101_000_000, **others: Any) -> Desk:
    """A desk over a folder whose jobs wait for ever, unless a test begins them."""
    desk = desk_at(folder, Rules(frozenset({HOST}), TOKEN, most), demo_workbook(), **others)
    assert desk is not None
    desk.jobs.program = ("true",)
    return desk


def call(
    desk: Desk, path: str, headers: Mapping[str, str] = OURS, method: str = "GET", parts: tuple[bytes, ...] = (b"",)
) -> Answer:
    """Send one request with exactly these headers; its body comes in ``parts``."""
    return asyncio.run(_call(desk, path, headers, method, list(parts)))


#: applications by desk: making one takes longer than a request
_MADE: list[tuple[Desk, ASGIApp]] = []


def _application(desk: Desk) -> ASGIApp:
    if not any(known is desk for known, _ in _MADE):
        _MADE[:] = [(desk, application(desk))]
    return _MADE[-1][1]


async def _call(desk: Desk, path: str, headers: Mapping[str, str], method: str, parts: list[bytes]) -> Answer:
    plain, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": method,
        "path": plain, "raw_path": plain.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8765),
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        if parts:
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}
        await asyncio.sleep(3600)
        raise AssertionError("nobody waits so long")

    async def send(message: Message) -> None:
        sent.append(message)

    await _application(desk)(scope, receive, send)
    begun = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], begun, b"".join(message.get("body", b"") for message in sent[1:]))


def upload(*contents: bytes, name: str, field: str = "file") -> tuple[dict[str, str], bytes]:
    """Headers and body of a form with files."""
    edge = "edge-of-a-part"
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    body = b"".join(head + content + b"\r\n" for content in contents) + f"--{edge}--\r\n".encode()
    return FORM | {"content-type": f"multipart/form-data; boundary={edge}", "content-length": str(len(body))}, body


def run_with(desk: Desk, plan: Plan, name: str = "rede", book: str = "0" * 16) -> Job:
    """A run that has ended with this plan, of a workbook that is there, or of one of this name."""
    if not desk.store.workbooks():
        desk.store.add_workbook(Workbook(book, name, "upload"))
    options = {"seconds": 5, "variant": "base"}
    job = new_job(SOLVE, workbook=book, version=1, options=options, cores=1, state=ENDED, code=0)
    folder = desk.home.job(job.key)
    folder.result.mkdir(parents=True)
    write_plan(plan, folder.result)
    for language in LANGUAGES:
        folder.pages(language).mkdir(parents=True)
        write_what_is_read(folder.pages(language), view_of(plan, language))
    desk.store.add_job(job)
    return job


def work(desk: Desk, key: str) -> JobFolder:
    """Do the work of a job that waits, as its process does, and return its folder."""
    folder = desk.home.job(key)
    task = read_json(folder.task)
    try:
        code = do(folder, task, Told(folder))
    except InputError:
        code = Exit.WRONG_INPUT
    desk.store.change_job(key, state=ENDED, code=int(code))
    return folder


def made(desk: Desk, path: str, **fields: object) -> Any:
    """What came back of a form with these fields, sent by a page of ours."""
    headers = FORM | {"content-type": "application/x-www-form-urlencoded"}
    return call(desk, path, headers, "POST", (urlencode(fields).encode(),)).json
