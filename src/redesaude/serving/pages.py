"""The pages: each says what is there; what they do goes through the interface."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from redesaude.drafting.parameters import facts
from redesaude.language import LANGUAGES
from redesaude.serving.desk import Desk
from redesaude.serving.forms import named
from redesaude.serving.home import UnknownError, read_json
from redesaude.serving.jobs import ALTERNATIVES, ASK, BESIDE, DRAFT, FRONTIER, PLAN, RELAX, RUNS, VARIANT
from redesaude.serving.live import glance, told
from redesaude.serving.pages_about import about_runs, log_of, replanned, shown_of
from redesaude.serving.paging import Part, part_of
from redesaude.serving.rendering import CHOSEN, language_for, page
from redesaude.serving.safety import COOKIE, same
from redesaude.serving.store import Job

#: files that readers look for first, of a result
_FIRST = ("decision.xlsx", "brief.pdf", "brief.html", "audit.xlsx", "map.html", "planning.xlsx", "scenario.xlsx")
#: files that are shown before the others are asked for
_FILES = 7
#: answers on a page
_ASKED = 10


def pages(desk: Desk) -> APIRouter:
    """Return the routes of the pages over a desk."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    _doors(routes, desk)
    _first(routes, desk)
    _rooms(routes, desk)
    _besides(routes, desk)
    about_runs(routes, desk)
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
            answer.set_cookie(CHOSEN, language, max_age=31_536_000, httponly=True, samesite="strict")
        return answer


def _first(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/")
    def start(request: Request) -> str:
        states = facts("states")
        books = desk.store.latest()
        return page(
            desk,
            request,
            "start.html.j2",
            states=sorted(zip(states["uf_name"], states["uf"], strict=True)),
            books=part_of(request, "books", books),
            runs=part_of(request, "runs", _runs(desk)),
            offered=part_of(request, "offered", [(key, path.stem) for key, path in desk.books.offered().items()]),
        )

    @routes.get("/drafts/{key}")
    def draft(request: Request, key: str) -> Response:
        job = desk.store.job(key)
        book = desk.books.drafted(job) or desk.books.varied(job)
        if book is not None:
            return RedirectResponse(f"/workbooks/{book.key}", 303)
        if job.kind not in (DRAFT, VARIANT):
            raise UnknownError(key)
        said = log_of(desk, job) if job.over else ""
        return HTMLResponse(page(desk, request, "draft.html.j2", job=job, said=said))


def _rooms(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/workbooks/{key}")
    def workbook(request: Request, key: str) -> str:
        book, version = desk.store.workbook(key), desk.store.versions(key)[0]
        found, language = desk.check_of(version.job), language_for(desk, request)
        return page(
            desk,
            request,
            "workbook.html.j2",
            book=book,
            version=version,
            check=found,
            problems=part_of(request, "problems", (found or {}).get("problems", {}).get(language, [])),
            changes=part_of(request, "changes", (found or {}).get("changes", [])),
            job=desk.store.job(version.job),
            marked=desk.home.job(version.job).marked.exists(),
            cores=desk.jobs.cores,
            runs=part_of(request, "runs", [run for run in _runs(desk) if run["job"].workbook == key]),
        )

    @routes.get("/runs/{key}")
    def run(request: Request, key: str, site: Annotated[str, Query(max_length=100)] = "") -> str:
        job, language = desk.store.job(key), language_for(desk, request)
        if job.kind not in RUNS:
            raise UnknownError(key)
        read, every = read_json(desk.pages_of(key, language) / "read.json"), desk.listed(key, language, "sites")
        files = _files(desk, key)
        return page(
            desk,
            request,
            "run.html.j2",
            job=job,
            book=desk.store.workbook(job.workbook),
            shown=told(desk.home, desk.store, glance(desk.home, job), language),
            read=read,
            files=files[:_FILES],
            further=part_of(request, "files", files[_FILES:]),
            asked=_of(desk, request, job, ASK),
            others=_others(desk, job),
            giving=_of(desk, request, job, RELAX),
            beside=[each for each in desk.store.jobs() if each.kind in (FRONTIER, ALTERNATIVES) and each.of == key],
            found_in=desk.store.job(job.of) if job.kind == PLAN else None,
            replanned=replanned(desk, request, job),
            failed=shown_of(desk, request, job),
            sites=part_of(request, "part", named(every, site)),
            wanted=site,
            all_sites=len(every),
        )


def _besides(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/beside/{key}")
    def beside(request: Request, key: str) -> str:
        job, language = desk.store.job(key), language_for(desk, request)
        if job.kind != BESIDE:
            raise UnknownError(key)
        found = (read_json(desk.home.job(key).answers) or {}).get(language)
        return page(
            desk,
            request,
            "beside.html.j2",
            job=job,
            book=desk.store.workbook(job.workbook),
            runs=[desk.store.job(run) for run in (job.of, job.options["other"])],
            found=found,
            parts={name: part_of(request, name, found[name]) for name in ("changes", "moves")} if found else {},
        )


def _entered(desk: Desk) -> Response:
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, desk.rules.token, httponly=True, samesite="strict")
    return answer


def _runs(desk: Desk) -> list[dict[str, Any]]:
    """The runs, the newest first, each with what its workbook is called."""
    names = {book.key: book.name for book in desk.store.workbooks()}
    found = [job for job in desk.store.jobs() if job.kind in RUNS]
    return [{"job": job, "name": names[job.workbook]} for job in reversed(found)]


def _others(desk: Desk, run: Job) -> list[Job]:
    """The other runs of the same workbook that have a plan, the newest first."""
    runs = [
        job for job in desk.store.jobs() if job.kind in RUNS and job.workbook == run.workbook and job.key != run.key
    ]
    found = [(job, read_json(desk.home.job(job.key).pages("en") / "read.json")) for job in runs]
    return [job for job, read in reversed(found) if read and read["decided"]]


def _files(desk: Desk, key: str) -> list[tuple[int, str]]:
    """Numbers and names of the files of a result, those first that readers look for."""
    result = desk.home.job(key).result
    names = [(n, path.relative_to(result).as_posix()) for n, path in enumerate(desk.files(key))]
    return sorted(names, key=lambda pair: (_FIRST.index(pair[1]) if pair[1] in _FIRST else len(_FIRST), pair[1]))


def _of(desk: Desk, request: Request, run: Job, kind: str) -> Part:
    """The jobs of a kind about a run, the newest first."""
    found = [job for job in desk.store.jobs() if job.kind == kind and job.of == run.key]
    part = part_of(request, kind, found[::-1], _ASKED)
    return replace(part, shown=[shown_of(desk, request, job) for job in part.shown])
