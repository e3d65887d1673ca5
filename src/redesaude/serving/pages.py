"""The pages: each says what is there; what they do goes through the interface."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from redesaude.drafting.parameters import facts
from redesaude.language import LANGUAGES, translator
from redesaude.serving.desk import Desk
from redesaude.serving.home import UnknownError, read_json
from redesaude.serving.jobs import ASK, BESIDE, DRAFT, RELAX, SOLVE, VARIANT
from redesaude.serving.live import glance, told
from redesaude.serving.safety import COOKIE, same
from redesaude.serving.store import Job
from redesaude.serving.words import OF_SCRIPTS, WORDS

_NAMES = {"en": "English", "pt-BR": "Português", "vi": "Tiếng Việt"}
_LANGUAGE = "redesaude-language"
#: files that readers look for first, of a result
_FIRST = ("decision.xlsx", "brief.pdf", "brief.html", "audit.xlsx", "map.html", "planning.xlsx", "scenario.xlsx")


def pages(desk: Desk) -> APIRouter:
    """Return the routes of the pages over a desk."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    _doors(routes, desk)
    _first(routes, desk)
    _rooms(routes, desk)
    _besides(routes, desk)
    return routes


def _doors(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/health")
    def health() -> Response:
        return Response("ok", media_type="text/plain")

    @routes.get("/open")
    def opened(token: Annotated[str, Query(max_length=200)] = "") -> Response:
        if not same(token, desk.rules.token):
            return Response("wrong token", 401, media_type="text/plain")
        return _entered(desk)

    @routes.get("/login")
    def login(request: Request) -> str:
        return page(desk, request, "login.html.j2", wrong=False)

    @routes.post("/login")
    def enter(request: Request, password: Annotated[str, Form(max_length=1000)]) -> Response:
        if desk.password is None or not desk.password.is_(password):
            return HTMLResponse(page(desk, request, "login.html.j2", wrong=True), 401)
        return _entered(desk)

    @routes.get("/language/{language}")
    def speak(language: str, at: Annotated[str, Query(max_length=200)] = "/") -> Response:
        local = at.startswith("/") and not at.startswith(("//", "/\\"))
        answer = RedirectResponse(at if local else "/", 303)
        if language in LANGUAGES:
            answer.set_cookie(_LANGUAGE, language, max_age=31_536_000, httponly=True, samesite="strict")
        return answer


def _first(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/")
    def start(request: Request) -> str:
        states = facts("states")
        books = [(book, desk.store.versions(book.key)[0]) for book in desk.store.workbooks()]
        return page(
            desk,
            request,
            "start.html.j2",
            states=sorted(zip(states["uf_name"], states["uf"], strict=True)),
            books=books,
            runs=_runs(desk),
            offered=[(key, path.stem) for key, path in desk.books.offered().items()],
        )

    @routes.get("/drafts/{key}")
    def draft(request: Request, key: str) -> Response:
        job = desk.store.job(key)
        book = desk.books.drafted(job) or desk.books.varied(job)
        if book is not None:
            return RedirectResponse(f"/workbooks/{book.key}", 303)
        log = desk.home.job(key).log
        said = (
            log.read_text(encoding="utf-8", errors="replace")[-2000:]
            if job.kind in (DRAFT, VARIANT) and job.over
            else ""
        )
        return HTMLResponse(page(desk, request, "draft.html.j2", job=job, said=said))


def _rooms(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/workbooks/{key}")
    def workbook(request: Request, key: str) -> str:
        book, version = desk.store.workbook(key), desk.store.versions(key)[0]
        found = desk.check_of(version.job)
        return page(
            desk,
            request,
            "workbook.html.j2",
            book=book,
            version=version,
            check=found,
            problems=(found or {}).get("problems", {}).get(_language(desk, request), []),
            job=desk.store.job(version.job),
            marked=desk.home.job(version.job).marked.exists(),
            cores=desk.jobs.cores,
            runs=[run for run in _runs(desk) if run["job"].workbook == key],
        )

    @routes.get("/runs/{key}")
    def run(request: Request, key: str) -> str:
        job, language = desk.store.job(key), _language(desk, request)
        read = read_json(desk.home.job(key).pages(language) / "read.json")
        return page(
            desk,
            request,
            "run.html.j2",
            job=job,
            book=desk.store.workbook(job.workbook),
            shown=told(desk.home, desk.store, glance(desk.home, job), language),
            read=read,
            files=_files(desk, key),
            asked=_asked(desk, job, language),
            others=_others(desk, job),
            giving=_giving(desk, job, language),
        )


def _besides(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/beside/{key}")
    def beside(request: Request, key: str) -> str:
        job, language = desk.store.job(key), _language(desk, request)
        if job.kind != BESIDE:
            raise UnknownError(key)
        return page(
            desk,
            request,
            "beside.html.j2",
            job=job,
            book=desk.store.workbook(job.workbook),
            runs=[desk.store.job(run) for run in (job.of, job.options["other"])],
            found=(read_json(desk.home.job(key).answers) or {}).get(language),
        )


def _entered(desk: Desk) -> Response:
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, desk.rules.token, httponly=True, samesite="strict")
    return answer


def page(desk: Desk, request: Request, template: str, **values: Any) -> str:
    """Return a page in the language of its reader."""
    language = _language(desk, request)
    say = translator(language)
    return (
        _templates()
        .get_template(template)
        .render(
            language=language,
            languages=_NAMES,
            here=request.url.path,
            w={name: say(text) for name, text in WORDS.items()},
            say=lambda name, **filled: say(WORDS[name], **filled),
            of_scripts={name.replace("_", "-"): say(WORDS[name]) for name in OF_SCRIPTS},
            when=_minute,
            **values,
        )
    )


def _language(desk: Desk, request: Request) -> str:
    """The language chosen, or else the first of the browser's that we speak, or else that of the server."""
    chosen = request.cookies.get(_LANGUAGE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        wanted = part.partition(";")[0].strip().lower()
        for language in LANGUAGES:
            if wanted and wanted.split("-")[0] == language.split("-")[0].lower():
                return language
    return desk.language


@cache
def _templates() -> Environment:
    loader = PackageLoader("redesaude.serving", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _minute(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _runs(desk: Desk) -> list[dict[str, Any]]:
    """The runs, the newest first, each with what its workbook is called."""
    names = {book.key: book.name for book in desk.store.workbooks()}
    found = [job for job in desk.store.jobs() if job.kind == SOLVE]
    return [{"job": job, "name": names[job.workbook]} for job in reversed(found)]


def _giving(desk: Desk, run: Job, language: str) -> list[dict[str, Any]]:
    """What was found that may give way for a run to have a plan, the newest first, or how far that is."""
    found = [job for job in desk.store.jobs() if job.kind == RELAX and job.of == run.key]
    shown = []
    for job in reversed(found):
        told_of = (read_json(desk.home.job(job.key).answers) or {}).get(language)
        shown.append(
            {"job": job, "lines": told_of, "live": told(desk.home, desk.store, glance(desk.home, job), language)}
        )
    return shown


def _others(desk: Desk, run: Job) -> list[Job]:
    """The other runs of the same workbook that have a plan, the newest first."""
    runs = [
        job for job in desk.store.jobs() if job.kind == SOLVE and job.workbook == run.workbook and job.key != run.key
    ]
    found = [(job, read_json(desk.home.job(job.key).pages("en") / "read.json")) for job in runs]
    return [job for job, read in reversed(found) if read and read["decided"]]


def _files(desk: Desk, key: str) -> list[tuple[int, str]]:
    """Numbers and names of the files of a result, those first that readers look for."""
    result = desk.home.job(key).result
    names = [(n, path.relative_to(result).as_posix()) for n, path in enumerate(desk.files(key))]
    return sorted(names, key=lambda pair: (_FIRST.index(pair[1]) if pair[1] in _FIRST else len(_FIRST), pair[1]))


def _asked(desk: Desk, run: Job, language: str) -> list[dict[str, Any]]:
    """What was asked of a run, the newest first, each with its answer where there is one."""
    found = [job for job in desk.store.jobs() if job.kind == ASK and job.of == run.key]
    shown = []
    for job in reversed(found):
        answer = read_json(desk.home.job(job.key).answers)
        live = told(desk.home, desk.store, glance(desk.home, job), language)
        shown.append({"job": job, "answer": answer[language] if answer else None, "live": live})
    return shown
