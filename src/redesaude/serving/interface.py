"""The HTTP interface: what the pages do, for programs too; described at ``/api/openapi.json``."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Query, Response, UploadFile
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, Field, model_validator

from redesaude.serving.desk import Desk
from redesaude.serving.events import stream
from redesaude.serving.forms import Language, Where, download, named, received, see
from redesaude.serving.home import JobFolder, read_json
from redesaude.serving.interface_plans import plans_beside
from redesaude.serving.interface_reviews import reviews
from redesaude.serving.jobs import RELAX
from redesaude.serving.live import glance, told
from redesaude.serving.safety import FRAMED
from redesaude.serving.store import Job

#: municipalities or sites on a page of a search
_PLACES = 20


class RunForm(BaseModel):
    """A search that is asked for: its seconds, the gap in percent at which it ends, cores, variant and language."""

    seconds: float = Field(60.0, ge=1, le=86_400)
    gap: float = Field(1.0, ge=0, le=100)
    cores: int = Field(1, ge=1, le=64)
    variant: str = Field("base", max_length=100)
    language: Language = "en"


class QuestionForm(BaseModel):
    """What is asked of a plan: a service or site opened, closed, or under a contract, or (``set``) cells in a few words
    that become another value; and seconds for the answer.
    """

    kind: Literal["open", "close", "contract", "set"]
    site: str = Field("", max_length=100)
    specialty: str = Field("all", max_length=100)
    contract: str = Field("", max_length=100)
    words: str = Field("", max_length=300)
    value: str = Field("", max_length=100)
    seconds: float = Field(30.0, ge=1, le=86_400)

    @model_validator(mode="after")
    def _whole(self) -> QuestionForm:
        """Refuse a question that names nothing."""
        if self.kind == "set" and not (len(self.words.strip()) >= 3 and self.value.strip()):
            raise ValueError("words and value are needed")
        if self.kind != "set" and not self.site:
            raise ValueError("site is needed")
        return self

    @property
    def change(self) -> dict[str, str]:
        """What is asked for, as its task holds it."""
        if self.kind == "set":
            return {"kind": self.kind, "words": self.words.strip(), "value": self.value.strip()}
        named = {"site_id": self.site, "specialty_id": self.specialty, "contract_id": self.contract}
        return {"kind": self.kind, **named}


class VariantForm(BaseModel):
    """A variant from a few words: what is meant, what becomes of it (``-20%``, ``+=5``, a value), what it is called."""

    words: str = Field(min_length=3, max_length=300)
    value: str = Field(min_length=1, max_length=100)
    title: str = Field("", max_length=100)
    language: Language = "en"


class JobShown(BaseModel):
    """A piece of work: what kind, on what, how far, and with which exit code it ended."""

    key: str
    kind: str
    workbook: str
    version: int
    of: str
    state: str
    code: int | None
    created: float
    began: float | None
    ended: float | None


class Place(BaseModel):
    """A municipality, and where its people are treated: specialty, site (blank: sent away), cases a year, minutes."""

    name: str
    region: str
    rows: list[list[str]]


class Places(BaseModel):
    """A page of municipalities, and how many there are in all."""

    found: int
    places: list[Place]


class Site(BaseModel):
    """A site, and its services in the last period: specialty, its name, contract, size, cases a year, capacity."""

    key: str
    name: str
    services: list[list[str]]


class Sites(BaseModel):
    """A page of sites, those with services first, and how many there are in all."""

    found: int
    sites: list[Site]


class WorkbookShown(BaseModel):
    """A workbook, and its newest version with the job that checked it."""

    key: str
    name: str
    version: int
    check: str


class Checked(BaseModel):
    """What the check ``job`` found; ``done`` is false before it has ended."""

    job: str
    done: bool
    errors: int = 0
    warnings: int = 0
    problems: list[dict[str, str]] = Field(default_factory=list)
    changes: list[list[str]] = Field(default_factory=list)


def interface(desk: Desk) -> APIRouter:
    """Return the routes over a desk."""
    api = APIRouter(prefix="/api")
    _workbooks(api, desk)
    _checks(api, desk)
    _runs(api, desk)
    _results(api, desk)
    _questions(api, desk)
    _besides(api, desk)
    _files(api, desk)
    plans_beside(api, desk)
    reviews(api, desk)
    return api


def _workbooks(api: APIRouter, desk: Desk) -> None:
    @api.get("/workbooks")
    def workbooks() -> list[WorkbookShown]:
        found = desk.store.latest()
        return [WorkbookShown(key=b.key, name=b.name, version=v.number, check=v.job) for b, v in found]

    @api.post("/workbooks")
    def upload(file: UploadFile, language: Annotated[Language, Form()] = "en") -> Where:
        with received(file, language) as copy:
            book = desk.books.add(copy, file.filename or "")
        return Where(key=book.key, location=f"/workbooks/{book.key}")

    @api.post("/workbooks/{key}/versions")
    def new_version(key: str, file: UploadFile, language: Annotated[Language, Form()] = "en") -> Where:
        book = desk.store.workbook(key)
        with received(file, language) as copy:
            desk.books.add_version(book, copy)
        return Where(key=key, location=f"/workbooks/{key}")

    @api.post("/demo")
    def demo() -> Where:
        book = desk.books.add_demo()
        return Where(key=book.key, location=f"/workbooks/{book.key}")

    @api.post("/watched/{key}")
    def choose(key: str) -> Where:
        book = desk.books.choose(key)
        return Where(key=book.key, location=f"/workbooks/{book.key}")

    @api.post("/drafts")
    def draft(
        state: Annotated[str, Form(min_length=2, max_length=40)],
        health_regions: Annotated[str, Form(max_length=400)] = "",
        specialties: Annotated[str, Form(max_length=400)] = "",
        language: Annotated[Language, Form()] = "pt-BR",
    ) -> Where:
        wished = {"state": state, "health_regions": health_regions, "specialties": specialties}
        job = desk.books.draft(wished, state, language)
        return Where(key=job.key, location=f"/drafts/{job.key}")


def _checks(api: APIRouter, desk: Desk) -> None:
    @api.get("/workbooks/{key}/check")
    def check(key: str, language: Language = "en") -> Checked:
        version = desk.store.versions(desk.store.workbook(key).key)[0]
        found = desk.check_of(version.job)
        if found is None:
            return Checked(job=version.job, done=desk.store.job(version.job).over)
        kept = {name: found[name] for name in ("errors", "warnings", "changes")}
        return Checked(job=version.job, done=True, problems=found["problems"][language], **kept)

    @api.get("/workbooks/{key}/marked", response_class=FileResponse)
    def marked(key: str) -> FileResponse:
        book = desk.store.workbook(key)
        version = desk.store.versions(key)[0]
        return download(desk.home.job(version.job).marked, f"{book.name}-marked.xlsx")

    @api.get("/workbooks/{key}/file", response_class=FileResponse)
    def file(key: str) -> FileResponse:
        book = desk.store.workbook(key)
        return download(desk.books.file(key, desk.store.versions(key)[0].number), f"{book.name}.xlsx")


def _runs(api: APIRouter, desk: Desk) -> None:
    @api.post("/workbooks/{key}/runs")
    def solve(key: str, asked: Annotated[RunForm, Form()]) -> Where:
        job = desk.solve(key, {**asked.model_dump(), "gap": asked.gap / 100})
        return Where(key=job.key, location=f"/runs/{job.key}")

    @api.post("/workbooks/{key}/variants")
    def vary(key: str, asked: Annotated[VariantForm, Form()]) -> Where:
        wished = {"words": [asked.words], "values": [asked.value], "title": asked.title, "inherits": ""}
        job = desk.books.vary(key, {**wished, "language": asked.language})
        return Where(key=job.key, location=f"/drafts/{job.key}")

    @api.get("/jobs")
    def jobs() -> list[JobShown]:
        return [_shown(job) for job in desk.store.jobs()]

    @api.get("/jobs/{key}")
    def job(key: str) -> JobShown:
        return _shown(desk.store.job(key))

    @api.get("/jobs/{key}/progress")
    def progress(key: str, language: Language = "en") -> dict[str, Any]:
        return told(desk.home, desk.store, glance(desk.home, desk.store.job(key)), language)

    @api.get("/jobs/{key}/events", response_class=StreamingResponse)
    def events(key: str, language: Language = "en") -> StreamingResponse:
        desk.store.job(key)
        return StreamingResponse(stream(desk, key, language), media_type="text/event-stream")

    @api.post("/jobs/{key}/stop")
    def stop(key: str) -> JobShown:
        return _shown(desk.jobs.stop(key))

    @api.post("/jobs/{key}/take-up")
    def take_up(key: str) -> JobShown:
        return _shown(desk.jobs.take_up(key))


def _results(api: APIRouter, desk: Desk) -> None:
    @api.get("/jobs/{key}/read")
    def read(key: str, language: Language = "en") -> dict[str, Any]:
        return desk.read(key, language)

    @api.get("/jobs/{key}/places")
    def places(
        key: str,
        language: Language = "en",
        name: Annotated[str, Query(max_length=100)] = "",
        page: Annotated[int, Query(ge=0, le=10_000)] = 0,
    ) -> Places:
        found = named(desk.listed(desk.store.job(key).key, language, "places"), name)
        shown = found[page * _PLACES : (page + 1) * _PLACES]
        return Places(found=len(found), places=[Place(**place) for place in shown])

    @api.get("/jobs/{key}/sites")
    def sites(
        key: str,
        language: Language = "en",
        name: Annotated[str, Query(max_length=100)] = "",
        page: Annotated[int, Query(ge=0, le=10_000)] = 0,
    ) -> Sites:
        found = named(desk.listed(desk.store.job(key).key, language, "sites"), name)
        shown = found[page * _PLACES : (page + 1) * _PLACES]
        return Sites(found=len(found), sites=[Site(**site) for site in shown])

    @api.get("/jobs/{key}/map", response_class=FileResponse)
    def map_of(key: str, language: Language = "en") -> FileResponse:
        path = desk.pages_of(key, language) / "map.html"
        see(path)
        return FileResponse(path, media_type="text/html", headers={"content-security-policy": FRAMED})


def _questions(api: APIRouter, desk: Desk) -> None:
    @api.post("/jobs/{key}/questions")
    def ask(key: str, asked: Annotated[QuestionForm, Form()]) -> Where:
        job = desk.ask(key, asked.change, {"seconds": asked.seconds})
        return Where(key=job.key, location=f"/runs/{key}#ask")

    @api.post("/jobs/{key}/relaxations")
    def relax(key: str, seconds: Annotated[float, Form(ge=1, le=86_400)] = 60.0) -> Where:
        job = desk.relax(key, {"seconds": seconds})
        return Where(key=job.key, location=f"/runs/{key}")

    @api.get("/jobs/{key}/relaxations")
    def relaxations(key: str, language: Language = "en") -> list[str]:
        job = desk.store.job(key)
        found: dict[str, Any] = (read_json(desk.home.job(key).answers) or {}) if job.kind == RELAX else {}
        return list(found.get(language, {}).get("lines", []))

    @api.post("/jobs/{key}/relaxations/{rank}")
    def apply(key: str, rank: int, language: Annotated[Language, Form()] = "en") -> Where:
        job = desk.apply(key, rank, language)
        return Where(key=job.key, location=f"/drafts/{job.key}")

    @api.get("/jobs/{key}/answers")
    def answers(key: str, language: Language = "en") -> dict[str, Any]:
        folder = desk.home.job(desk.store.job(key).key)
        found, wrong = read_json(folder.answers), read_json(folder.problems)
        told: dict[str, Any] = (found or {}).get(language) or {}
        return told if not wrong else {"problems": wrong[language]}


def _besides(api: APIRouter, desk: Desk) -> None:
    @api.post("/jobs/{key}/beside")
    def set_beside(key: str, other: Annotated[str, Form(max_length=16)]) -> Where:
        job = desk.beside(key, other)
        return Where(key=job.key, location=f"/beside/{job.key}")

    @api.get("/beside/{key}")
    def beside(key: str, language: Language = "en") -> dict[str, Any]:
        found: dict[str, dict[str, Any]] | None = read_json(desk.home.job(desk.store.job(key).key).answers)
        return (found or {}).get(language, {})


def _files(api: APIRouter, desk: Desk) -> None:
    @api.get("/jobs/{key}/files")
    def files(key: str) -> list[str]:
        return _names(desk.home.job(desk.store.job(key).key), desk.files(key))

    @api.get("/jobs/{key}/files/{number}", response_class=FileResponse)
    def file(key: str, number: int) -> FileResponse:
        found = desk.files(desk.store.job(key).key)
        if not 0 <= number < len(found):
            raise HTTPException(404)
        return download(found[number], found[number].name)

    @api.get("/jobs/{key}/pack", response_class=Response)
    def pack(key: str) -> Response:
        folder = desk.home.job(desk.store.job(key).key)
        found, whole = desk.files(key), io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, name in zip(found, _names(folder, found), strict=True):
                archive.write(path, name)
        headers = {"content-disposition": 'attachment; filename="result.zip"'}
        return Response(whole.getvalue(), media_type="application/zip", headers=headers)


def _names(folder: JobFolder, files: list[Path]) -> list[str]:
    return [path.relative_to(folder.result).as_posix() for path in files]


def _shown(job: Job) -> JobShown:
    return JobShown(**{name: getattr(job, name) for name in JobShown.model_fields})
