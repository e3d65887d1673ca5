"""Pages about a run: other plans beside it, and its reviews."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request

from redesaude.serving.desk import Desk
from redesaude.serving.home import UnknownError, read_json
from redesaude.serving.jobs import ACTUALS, ALTERNATIVES, FRONTIER, PLAN, REPLAN, REVIEW
from redesaude.serving.live import glance, told
from redesaude.serving.others import HEIGHT, LEFT, RIGHT, WIDTH
from redesaude.serving.paging import Part, part_of
from redesaude.serving.rendering import language_for, page
from redesaude.serving.store import Job

#: letters of a log that are shown
_LETTERS = 2_000
#: reviews, and workbooks of actuals, on a page
_REVIEWS = 5


def about_runs(routes: APIRouter, desk: Desk) -> None:
    """Add their routes."""

    @routes.get("/plans/{key}")
    def plans(request: Request, key: str) -> str:
        job = desk.store.job(key)
        if job.kind not in (FRONTIER, ALTERNATIVES):
            raise UnknownError(key)
        opened = {each.options["number"]: each for each in desk.store.jobs() if each.kind == PLAN and each.of == key}
        return page(
            desk,
            request,
            "plans.html.j2",
            book=desk.store.workbook(job.workbook),
            run=desk.store.job(job.of),
            opened=opened,
            files=files_of(desk, job),
            size={"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT},
            **shown_of(desk, request, job),
        )

    @routes.get("/runs/{key}/review")
    def review(request: Request, key: str) -> str:
        run, language = desk.decided(key), language_for(desk, request)
        found = [job for job in reversed(desk.store.jobs()) if job.of == key]

        def of_kind(kind: str) -> Part:
            part = part_of(request, kind, [job for job in found if job.kind == kind], _REVIEWS)
            shown = [shown_of(desk, request, job) | {"files": files_of(desk, job)} for job in part.shown]
            return replace(part, shown=shown)

        return page(
            desk,
            request,
            "review.html.j2",
            run=run,
            book=desk.store.workbook(run.workbook),
            title=desk.read(key, language)["title"],
            forms=of_kind(ACTUALS),
            reviews=of_kind(REVIEW),
            replans=[job for job in found if job.kind == REPLAN],
        )


def shown_of(desk: Desk, request: Request, job: Job) -> dict[str, Any]:
    """Return a job as a page shows it: what came of it in its reader's language, how far it is, what went wrong."""
    folder, language = desk.home.job(job.key), language_for(desk, request)
    answer, wrong = read_json(folder.answers), read_json(folder.problems)
    live = told(desk.home, desk.store, glance(desk.home, job), language)
    failed = job.over and not answer
    return {
        "job": job,
        "answer": (answer or {}).get(language, answer),
        "live": live,
        "problems": part_of(request, f"wrong-{job.key}", wrong[language] if wrong and failed else []),
        "said": log_of(desk, job) if failed and not wrong and job.code not in (None, 0, 130) else "",
    }


def log_of(desk: Desk, job: Job) -> str:
    """Return the end of what a job said where it was started."""
    log = desk.home.job(job.key).log
    return log.read_text(encoding="utf-8", errors="replace")[-_LETTERS:] if log.exists() else ""


def files_of(desk: Desk, job: Job) -> list[tuple[int, str]]:
    """Return numbers and names of the workbooks and pages that came of a job."""
    result = desk.home.job(job.key).result
    names = [(n, path.relative_to(result).as_posix()) for n, path in enumerate(desk.files(job.key))]
    return [(n, name) for n, name in names if "/" not in name and name.endswith((".xlsx", ".html"))]


def replanned(desk: Desk, request: Request, job: Job) -> dict[str, Any] | None:
    """Return what is otherwise in a next plan and why, and the workbook of its scenario; None of another result."""
    if job.kind != REPLAN:
        return None
    shown = shown_of(desk, request, job)
    return shown | {"book": desk.books.planned(job)}
