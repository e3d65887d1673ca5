"""The part of the interface for the yearly review: workbooks of actuals, reviews, and the next plan."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, UploadFile

from redesaude.reviewing.spans import Every
from redesaude.serving.desk import Desk
from redesaude.serving.forms import Language, Where, received

#: workbooks of one review
_MOST_FILES = 50


def reviews(api: APIRouter, desk: Desk) -> None:
    """Add its routes."""

    @api.post("/jobs/{key}/actuals")
    def actuals(
        key: str,
        until: Annotated[str, Form(max_length=10)] = "",
        every: Annotated[Every, Form()] = Every.YEAR,
        by_region: Annotated[bool, Form()] = False,
        language: Annotated[Language, Form()] = "en",
    ) -> Where:
        day = _day(until) if until else None
        options = {"until": str(day or ""), "every": str(every), "by_region": by_region, "language": language}
        return _made(desk.actuals(key, options).key, key)

    @api.post("/jobs/{key}/reviews")
    def review(key: str, files: list[UploadFile], language: Annotated[Language, Form()] = "en") -> Where:
        run = desk.decided(key).key
        if len(files) > _MOST_FILES:
            raise HTTPException(422, f"files: at most {_MOST_FILES}")
        with ExitStack() as copies:
            there = [(file.filename or "", copies.enter_context(received(file, language))) for file in files]
            job = desk.review(run, there, language)
        return _made(job.key, run)

    @api.post("/jobs/{key}/replan")
    def replan(
        key: str,
        seconds: Annotated[float, Form(ge=1, le=86_400)] = 60.0,
        language: Annotated[Language, Form()] = "en",
    ) -> Where:
        job = desk.replan(key, {"seconds": seconds, "language": language})
        return Where(key=job.key, location=f"/runs/{job.key}")


def _made(job: str, run: str) -> Where:
    return Where(key=job, location=f"/runs/{run}/review")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise HTTPException(422, "until: year-month-day, such as 2027-12-31") from None
