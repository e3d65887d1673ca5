"""Workbooks of planners: uploaded, drafted, the shipped one, or files of a watched folder, each with its versions.

A version is a copy below the data folder, and is checked at once. What a file is called is only shown: its copy bears
a name of our own making.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redesaude.inputs.folder_names import as_folder_name
from redesaude.serving.home import Home, UnknownError, new_key
from redesaude.serving.jobs import CHECK, DRAFT, REPLAN, VARIANT, Jobs, new_job
from redesaude.serving.store import ENDED, Job, Store, Version, Workbook

UPLOAD, DEMO, DRAFTED, WATCHED, NEXT = "upload", "demo", "draft", "watch", "next"
_LETTERS = 80
_SUFFIX = ".xlsx"


@dataclass
class Workbooks:
    """The workbooks in ``home``; ``demo`` is the shipped one, ``watched`` a folder whose files are offered."""

    home: Home
    store: Store
    jobs: Jobs
    demo: Path
    watched: Path | None = None

    def add(self, file: Path, name: str, source: str = UPLOAD, watched: str = "") -> Workbook:
        """Take a copy of ``file`` as the first version of a workbook called ``name``."""
        book = Workbook(new_key(), name_shown(name), source, watched)
        self.store.add_workbook(book)
        self.add_version(book, file)
        return book

    def add_demo(self) -> Workbook:
        """Take the shipped workbook, or return it where it was taken as it is now."""
        digest = _digest(self.demo)
        for book in self.store.workbooks():
            if book.source == DEMO and any(version.sha256 == digest for version in self.store.versions(book.key)):
                return book
        return self.add(self.demo, self.demo.stem, DEMO)

    def draft(self, wished: dict[str, str], name: str, language: str) -> Job:
        """Have a draft of a state written; once it is there, :meth:`Workbooks.drafted` makes it a workbook."""
        job = new_job(DRAFT, options={"name": name})
        return self.jobs.add(job, {"wished": wished, "language": language})

    def drafted(self, job: Job) -> Workbook | None:
        """Return the workbook of a draft, None where it is not written yet, or failed."""
        if job.kind != DRAFT or job.state != ENDED or job.code != 0:
            return None
        found = next((book for book in self.store.workbooks() if book.source == f"{DRAFTED}:{job.key}"), None)
        return found or self.add(self.home.job(job.key).workbook, job.options["name"], f"{DRAFTED}:{job.key}")

    def vary(self, key: str, wished: Mapping[str, Any]) -> Job:
        """Have a variant written into a copy of the newest version; :meth:`varied` makes that the next one."""
        book = self.store.workbook(key)
        number = self.store.versions(book.key)[0].number
        job = new_job(VARIANT, workbook=book.key, version=number)
        return self.jobs.add(job, {**wished, "workbook": str(self.file(book.key, number))})

    def varied(self, job: Job) -> Workbook | None:
        """Return the workbook of which the copy is a version now, None where it is not written yet, or failed."""
        if job.kind != VARIANT or job.state != ENDED or job.code != 0:
            return None
        book, copy = self.store.workbook(job.workbook), self.home.job(job.key).workbook
        if _digest(copy) not in {version.sha256 for version in self.store.versions(book.key)}:
            self.add_version(book, copy)
        return book

    def planned(self, job: Job) -> Workbook | None:
        """Return the workbook of the scenario of a next plan, None where it is not written yet."""
        written = next(iter(self.home.job(job.key).next.glob(f"*{_SUFFIX}")), None)
        if job.kind != REPLAN or not job.over or written is None:
            return None
        found = next((book for book in self.store.workbooks() if book.source == f"{NEXT}:{job.key}"), None)
        return found or self.add(written, written.stem, f"{NEXT}:{job.key}")

    def add_version(self, book: Workbook, file: Path) -> Version:
        """Take a copy of ``file`` as the next version, and have it checked against the one before."""
        before = self.store.versions(book.key)
        number = before[0].number + 1 if before else 1
        folder = self.home.version(book.key, number)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        copy = folder / f"{as_file_name(book.name)}{_SUFFIX}"
        shutil.copyfile(file, copy)
        job = new_job(CHECK, workbook=book.key, version=number)
        version = Version(book.key, number, _digest(copy), copy.stat().st_size, job.key)
        self.store.add_version(version)
        earlier = str(self.file(book.key, before[0].number)) if before else ""
        self.jobs.add(job, {"workbook": str(copy), "before": earlier})
        return version

    def file(self, book: str, number: int) -> Path:
        """Return the copy that is a version."""
        found = next(self.home.version(book, number).glob(f"*{_SUFFIX}"), None)
        if found is None:
            raise UnknownError(book)
        return found

    def offered(self) -> dict[str, Path]:
        """Return the workbooks in the watched folder, by keys by which a request may name them."""
        if self.watched is None or not self.watched.is_dir():
            return {}
        files = sorted(self.watched.glob(f"*{_SUFFIX}"))
        plain = (file for file in files if file.is_file() and not file.is_symlink() and not file.name.startswith("~$"))
        return {hashlib.sha256(file.name.encode()).hexdigest()[:16]: file for file in plain}

    def choose(self, key: str) -> Workbook:
        """Take a file of the watched folder; from then on it is checked again whenever it is saved."""
        file = self.offered().get(key)
        if file is None:
            raise UnknownError(key)
        known = next((book for book in self.store.workbooks() if book.watched == str(file)), None)
        return known or self.add(file, file.stem, WATCHED, str(file))

    def look(self) -> None:
        """Take a new version of each watched file that was saved since; one being written is left for later."""
        for book in self.store.workbooks():
            file = Path(book.watched)
            if book.watched and file.is_file():
                self._look_at(book, file)

    def _look_at(self, book: Workbook, file: Path) -> None:
        last, seen = self.store.versions(book.key)[0], _state(file)
        if seen[0] < last.created and seen[1] == last.bytes:
            return
        if _digest(file) != last.sha256 and _state(file) == seen:
            self.add_version(book, file)


def limited(read: Callable[[int], bytes], to: Path, most: int) -> bool:
    """Write what ``read`` gives to a file; False where that is more than ``most`` bytes."""
    left = most
    with to.open("wb") as stream:
        while part := read(1 << 20):
            left -= len(part)
            if left < 0:
                return False
            stream.write(part)
    return True


def name_shown(name: str) -> str:
    """Return the name of a file without its folders and suffix."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return (last[: -len(_SUFFIX)] if last.lower().endswith(_SUFFIX) else last).strip()[:200] or "workbook"


def as_file_name(name: str) -> str:
    """Return a name of a file of ours that is nearest to what a workbook is called."""
    return as_folder_name(name)[:_LETTERS] or "workbook"


def _state(file: Path) -> tuple[float, int]:
    found = file.stat()
    return found.st_mtime, found.st_size


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
