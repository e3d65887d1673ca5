"""All that pages and interface work with, in one place."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redesaude.serving.home import Home, UnknownError, read_json
from redesaude.serving.jobs import ASK, BESIDE, RELAX, SOLVE, Bounds, Jobs, new_job
from redesaude.serving.lock import hold
from redesaude.serving.passwords import Password
from redesaude.serving.safety import Rules
from redesaude.serving.store import Job, Store
from redesaude.serving.workbooks import Workbooks

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
        run = self.store.job(of)
        read = self.read(of, self.language)
        if run.kind != SOLVE or not read.get("decided"):
            raise UnknownError(of)
        sites, specialties = ({key for key, *_ in _pairs(read[name])} for name in ("sites", "specialties"))
        contracts = {key for key, _ in read["contracts"]}
        named = ((change["site_id"], sites), (change["specialty_id"], {*specialties, "all"}),
                 (change["contract_id"], {*contracts, ""}))  # fmt: skip
        if any(code not in known for code, known in named):
            raise UnknownError(of)
        options = {**options, "cores": run.cores, "change": dict(change)}
        job = new_job(ASK, workbook=run.workbook, version=run.version, of=of, options=options, cores=run.cores)
        return self.jobs.add(job, {**options, "of": str(self.home.job(of).result)})

    def relax(self, of: str, options: Mapping[str, Any]) -> Job:
        """Queue the search for what may give way; UnknownError where the result has a plan, or is none."""
        run = self.store.job(of)
        if run.kind != SOLVE or self.read(of, self.language).get("decided"):
            raise UnknownError(of)
        options = {**options, "cores": run.cores}
        job = new_job(RELAX, workbook=run.workbook, version=run.version, of=of, options=options, cores=run.cores)
        return self.jobs.add(job, {**options, "of": str(self.home.job(of).result)})

    def beside(self, of: str, other: str) -> Job:
        """Have another result of the same workbook set beside one, unless it was; UnknownError without a plan there."""
        first, second = self.store.job(of), self.store.job(other)
        plans = all(run.kind == SOLVE and self.read(run.key, self.language).get("decided") for run in (first, second))
        if not plans or first.workbook != second.workbook:
            raise UnknownError(other)
        asked = (job for job in self.store.jobs() if job.kind == BESIDE and job.of == of)
        known = next((job for job in asked if job.options["other"] == other), None)
        if known is not None and all(run.over and (run.ended or 0) < known.created for run in (first, second)):
            return known
        job = new_job(BESIDE, workbook=first.workbook, version=first.version, of=of, options={"other": other})
        folders = {name: str(self.home.job(key).result) for name, key in (("of", of), ("other", other))}
        return self.jobs.add(job, folders)

    def read(self, job: str, language: str) -> dict[str, Any]:
        """Return what is read of a result; UnknownError before there is anything."""
        found: dict[str, Any] | None = read_json(self.home.job(job).pages(language) / "read.json")
        if found is None:
            raise UnknownError(job)
        return found

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


def _pairs(rows: list[Any]) -> list[tuple[str, ...]]:
    return [(row["key"],) if isinstance(row, dict) else tuple(row) for row in rows]


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
