"""All that pages and interface work with, in one place."""

from __future__ import annotations

import os
import shutil
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from redesaude.language import LANGUAGES
from redesaude.serving.home import Home, UnknownError, read_json
from redesaude.serving.jobs import (
    ACTUALS,
    ALTERNATIVES,
    ASK,
    BESIDE,
    FRONTIER,
    PLAN,
    RELAX,
    REPLAN,
    REVIEW,
    RUNS,
    SOLVE,
    Bounds,
    Jobs,
    new_job,
)
from redesaude.serving.lock import hold
from redesaude.serving.passwords import Password
from redesaude.serving.safety import Rules
from redesaude.serving.store import Job, Store
from redesaude.serving.workbooks import Workbooks, as_file_name, name_shown

_LOOK = 1.0


@dataclass
class Desk:
    """The data folder at work, who may come in (``rules``, ``password``), and in which language it speaks at first."""

    home: Home
    store: Store
    jobs: Jobs
    books: Workbooks
    rules: Rules
    password: Password | None = None
    language: str = "en"
    _over: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """Look after jobs and watched files, until :meth:`leave`."""
        self.jobs.watch()
        threading.Thread(target=self._watch, name="workbooks", daemon=True).start()

    def leave(self) -> None:
        """Look after nothing more; what runs goes on."""
        self.jobs.leave()
        self._over.set()

    def check_of(self, job: str) -> dict[str, Any] | None:
        """Return what a check found, None where it has not ended."""
        found: dict[str, Any] | None = read_json(self.home.job(job).check)
        return found

    def solve(self, book: str, options: Mapping[str, Any]) -> Job:
        """Queue a run of the newest version of a workbook; UnknownError where it cannot be solved."""
        version = self.store.versions(self.store.workbook(book).key)[0]
        check = self.check_of(version.job)
        known = [key for key, _ in (check or {}).get("about", {}).get("variants", [])]
        if not check or check["errors"] or options["variant"] not in ("base", *known):
            raise UnknownError(book)
        options = {**options, "cores": min(options["cores"], self.jobs.cores)}
        job = new_job(SOLVE, workbook=book, version=version.number, options=options, cores=options["cores"])
        return self.jobs.add(job, {**options, "workbook": str(self.books.file(book, version.number))})

    def ask(self, of: str, change: Mapping[str, str], options: Mapping[str, Any]) -> Job:
        """Queue a question to a result; UnknownError where there is no plan to ask, or it names what is not there."""
        run, read = self.decided(of), self.read(of, self.language)
        sites = {site["key"] for site in self.listed(of, self.language, "sites")}
        specialties, contracts = ({key for key, _ in read[name]} for name in ("specialties", "contracts"))
        named = ((change.get("site_id", ""), {*sites, ""}), (change.get("specialty_id", "all"), {*specialties, "all"}),
                 (change.get("contract_id", ""), {*contracts, ""}))  # fmt: skip
        if any(code not in known for code, known in named):
            raise UnknownError(of)
        return self._about(ASK, run, {**options, "change": dict(change)})

    def relax(self, of: str, options: Mapping[str, Any]) -> Job:
        """Queue the search for what may give way; UnknownError where the result has a plan, or is none."""
        run = self.store.job(of)
        if run.kind not in RUNS or self.read(of, self.language).get("decided"):
            raise UnknownError(of)
        return self._about(RELAX, run, options)

    def apply(self, relaxation: str, rank: int, language: str) -> Job:
        """Have what gives way written to a variant of the workbook; UnknownError where no cell does so."""
        job = self.store.job(relaxation)
        found = (read_json(self.home.job(job.key).answers) or {}).get(language, {}) if job.kind == RELAX else {}
        cells: list[list[str]] = next((each["cells"] for each in found.get("sets", []) if each["rank"] == rank), [])
        if not cells:
            raise UnknownError(relaxation)
        variant = self.store.job(job.of).options.get("variant", "base")
        wished = {"title": found["title"], "language": language, "inherits": "" if variant == "base" else variant}
        words, values = zip(*cells, strict=True)
        return self.books.vary(job.workbook, {**wished, "words": words, "values": values})

    def frontier(self, of: str, shares: Sequence[float], options: Mapping[str, Any]) -> Job:
        """Queue a walk along the frontier; UnknownError where there is no plan, or nothing to measure access by."""
        if not self.read(of, self.language).get("measured"):
            raise UnknownError(of)
        return self._about(FRONTIER, self.decided(of), {**options, "shares": list(shares)})

    def alternatives(self, of: str, options: Mapping[str, Any]) -> Job:
        """Queue the search for other plans nearly as good; UnknownError where there is no plan."""
        return self._about(ALTERNATIVES, self.decided(of), options)

    def opened(self, beside: str, number: int) -> Job:
        """Have a plan that was found beside another opened as a result of its own, unless it was."""
        found = self.store.job(beside)
        plan = self.home.job(beside).plan(number)
        if found.kind not in (FRONTIER, ALTERNATIVES) or not plan.is_dir():
            raise UnknownError(beside)
        opened = (job for job in self.store.jobs() if job.kind == PLAN and job.of == beside)
        known = next((job for job in opened if job.options["number"] == number), None)
        if known is not None and (not known.over or known.code == 0):
            return known
        told: dict[str, Any] = read_json(self.home.job(beside).answers) or {}
        labels = {language: shown["rows"][number]["label"] for language, shown in told.items()}
        of = self.store.job(found.of).options.get("variant", "base")
        options = {"number": number, "labels": labels, "found": found.kind, "variant": of}
        job = new_job(PLAN, workbook=found.workbook, version=found.version, of=beside, options=options)
        return self.jobs.add(job, {"of": str(plan)})

    def beside(self, of: str, other: str) -> Job:
        """Have another result of the same workbook set beside one, unless it was; UnknownError without a plan there."""
        first, second = self.decided(of), self.decided(other)
        if first.workbook != second.workbook:
            raise UnknownError(other)
        asked = (job for job in self.store.jobs() if job.kind == BESIDE and job.of == of)
        known = next((job for job in asked if job.options["other"] == other), None)
        if known is not None and all(run.over and (run.ended or 0) < known.created for run in (first, second)):
            return known
        job = new_job(BESIDE, workbook=first.workbook, version=first.version, of=of, options={"other": other})
        folders = {name: str(self.home.job(key).result) for name, key in (("of", of), ("other", other))}
        return self.jobs.add(job, folders)

    def actuals(self, of: str, options: Mapping[str, Any]) -> Job:
        """Have the workbook of actuals of a result written; UnknownError where there is no plan."""
        run = self.decided(of)
        job = new_job(ACTUALS, workbook=run.workbook, version=run.version, of=of, options=options)
        return self.jobs.add(job, {**options, "of": str(self.home.job(of).result)})

    def review(self, of: str, files: Sequence[tuple[str, Path]], language: str) -> Job:
        """Have a result reviewed by workbooks of actuals: what each is called, and where it is now."""
        run = self.decided(of)
        names = [name_shown(name) for name, _ in files]
        job = new_job(REVIEW, workbook=run.workbook, version=run.version, of=of, options={"files": names})
        folder = self.home.job(job.key)
        for n, (name, (_, file)) in enumerate(zip(names, files, strict=True)):
            place = folder.actuals / str(n)
            place.mkdir(mode=0o700, parents=True)
            shutil.copyfile(file, place / f"{as_file_name(name)}.xlsx")
        run_folder = self.home.job(of)
        reviews = {"of": str(run_folder.result), "reviews": str(run_folder.reviews), "language": language}
        return self.jobs.add(job, reviews)

    def replan(self, review: str, options: Mapping[str, Any]) -> Job:
        """Queue the next plan after a review; UnknownError where that has not ended well."""
        reviewed = self.store.job(review)
        if reviewed.kind != REVIEW or reviewed.code != 0:
            raise UnknownError(review)
        run = self.decided(reviewed.of)
        options = {**options, "variant": run.options.get("variant", "base"), "reviewed": review}
        return self._about(REPLAN, run, options, reviewed=str(self.home.job(review).path))

    def decided(self, of: str) -> Job:
        """Return the run whose result is a plan; UnknownError where there is none."""
        run = self.store.job(of)
        if run.kind not in RUNS or not self.read(of, self.language).get("decided"):
            raise UnknownError(of)
        return run

    def _about(self, kind: str, run: Job, options: Mapping[str, Any], **paths: str) -> Job:
        """Queue work about the result of a run, on as many cores as that had."""
        cores = max(run.cores, 1)
        options = {**options, "cores": cores}
        job = new_job(kind, workbook=run.workbook, version=run.version, of=run.key, options=options, cores=cores)
        return self.jobs.add(job, {**options, "of": str(self.home.job(run.key).result), **paths})

    def read(self, job: str, language: str) -> dict[str, Any]:
        """Return what is read of a result; UnknownError before there is anything."""
        found: dict[str, Any] | None = read_json(self.pages_of(job, language) / "read.json")
        if found is None:
            raise UnknownError(job)
        return found

    def pages_of(self, job: str, language: str) -> Path:
        """Return where a result is read in a language: in another one where a run that was told twice to stop, and so
        to leave out the rest, wrote nothing in it.
        """
        folder = self.home.job(job)
        each = [folder.pages(code) for code in (language, *LANGUAGES)]
        written = (pages for pages in each if (pages / "read.json").exists())
        return next(written, each[0]) if self.store.job(job).over else each[0]

    def listed(self, job: str, language: str, what: Literal["places", "sites"]) -> list[dict[str, Any]]:
        """Return the municipalities or the sites of a result; none before there is a plan.

        Results of before they were apart have them among what is read.
        """
        pages = self.pages_of(job, language)
        found: list[dict[str, Any]] | None = read_json(pages / f"{what}.json")
        before: dict[str, list[dict[str, Any]]] = {} if found is not None else read_json(pages / "read.json") or {}
        return before.get(what, []) if found is None else found

    def files(self, job: str) -> list[Path]:
        """Return the files of a result, always in the same order."""
        result = self.home.job(job).result
        return sorted(path for path in result.rglob("*") if path.is_file() and not path.is_symlink())

    def _watch(self) -> None:
        while not self._over.wait(_LOOK):
            try:
                self.books.look()
            except Exception:  # told where the server was started: a file that is being written, a folder that is gone
                traceback.print_exc()


def desk_at(
    root: Path, rules: Rules, demo: Path, *, watched: Path | None = None, cores: int | None = None, **others: Any
) -> Desk | None:
    """Return the desk of a data folder; None where another server works there."""
    home = Home(root)
    home.prepare()
    lock = hold(root / "serve.lock")
    if lock is None:
        return None
    _HELD.append(lock)
    store = Store(home.database)
    jobs = Jobs(home, store, cores or os.cpu_count() or 1, Bounds())
    return Desk(home, store, jobs, Workbooks(home, store, jobs, demo, watched), rules, **others)


#: locks of data folders, held until the process ends
_HELD: list[Any] = []
