"""The list of workbooks, their versions and jobs: one SQLite file, which a server that is started again reads."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redesaude.serving.home import UnknownError

#: what becomes of a job: it waits, works, has ended by itself, or its process is gone
QUEUED, RUNNING, ENDED, CUT = "queued", "running", "ended", "cut"

_TABLES = """
create table if not exists workbooks (
  key text primary key, name text not null, source text not null, watched text not null, created real not null);
create table if not exists versions (
  workbook text not null references workbooks(key), number integer not null, sha256 text not null,
  bytes integer not null, created real not null, job text not null, primary key (workbook, number));
create table if not exists jobs (
  key text primary key, kind text not null, workbook text not null, version integer not null, of text not null,
  options text not null, state text not null, cores integer not null, created real not null, began real,
  ended real, code integer, attempts integer not null);
"""


@dataclass(frozen=True)
class Workbook:
    """A workbook as planners know it; ``watched`` is the file whose changes become versions (blank: none)."""

    key: str
    name: str
    source: str
    watched: str = ""
    created: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Version:
    """One state of a workbook: what it holds (``sha256``), and the ``job`` that checked it."""

    workbook: str
    number: int
    sha256: str
    bytes: int
    job: str
    created: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Job:
    """A piece of work of some ``kind`` on a version of a workbook, or ``of`` another job's result."""

    key: str
    kind: str
    workbook: str = ""
    version: int = 0
    of: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    state: str = QUEUED
    cores: int = 0
    created: float = field(default_factory=time.time)
    began: float | None = None
    ended: float | None = None
    code: int | None = None
    attempts: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self.state in (ENDED, CUT)


class Store:
    """The file at ``path``; each call is a transaction of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as base:
            base.executescript(_TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        base = sqlite3.connect(self._path, timeout=10)
        base.row_factory = sqlite3.Row
        try:
            with base:
                yield base
        finally:
            base.close()

    def add_workbook(self, book: Workbook) -> None:
        """List a workbook."""
        self._insert("workbooks", vars(book))

    def add_version(self, version: Version) -> None:
        """List a version."""
        self._insert("versions", vars(version))

    def add_job(self, job: Job) -> None:
        """List a job."""
        self._insert("jobs", {**vars(job), "options": json.dumps(dict(job.options))})

    def change_job(self, key: str, **values: Any) -> None:
        """Set columns of a job."""
        names = ", ".join(f"{name} = :{name}" for name in values)
        with self._open() as base:
            base.execute(f"update jobs set {names} where key = :key", {**values, "key": key})  # noqa: S608 - our names

    def workbook(self, key: str) -> Workbook:
        """Return a workbook; UnknownError without one."""
        return Workbook(**self._one("select * from workbooks where key = ?", key))

    def workbooks(self) -> list[Workbook]:
        """Return all, the newest first."""
        return [Workbook(**row) for row in self._rows("select * from workbooks order by created desc")]

    def latest(self) -> list[tuple[Workbook, Version]]:
        """Return all with their latest version, the newest first; not one whose taking was cut short: it has none."""
        found = ((book, self.versions(book.key)) for book in self.workbooks())
        return [(book, versions[0]) for book, versions in found if versions]

    def versions(self, workbook: str) -> list[Version]:
        """Return the versions of a workbook, the newest first."""
        rows = self._rows("select * from versions where workbook = ? order by number desc", workbook)
        return [Version(**row) for row in rows]

    def job(self, key: str) -> Job:
        """Return a job; UnknownError without one."""
        return _job(self._one("select * from jobs where key = ?", key))

    def jobs(self, *states: str) -> list[Job]:
        """Return the jobs in these states (none: all), the oldest first."""
        marks = ", ".join("?" * len(states))
        where = f"where state in ({marks})" if states else ""
        return [_job(row) for row in self._rows(f"select * from jobs {where} order by created", *states)]  # noqa: S608

    def _insert(self, table: str, values: Mapping[str, Any]) -> None:
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        with self._open() as base:
            base.execute(f"insert into {table} ({names}) values ({marks})", dict(values))  # noqa: S608 - our own names

    def _rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self._open() as base:
            return [dict(row) for row in base.execute(query, values)]

    def _one(self, query: str, key: str) -> dict[str, Any]:
        rows = self._rows(query, key)
        if not rows:
            raise UnknownError(key)
        return rows[0]


def _job(row: Mapping[str, Any]) -> Job:
    return Job(**{**row, "options": json.loads(row["options"])})
