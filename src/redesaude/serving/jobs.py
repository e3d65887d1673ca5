"""The queue: each job is a process of its own, which lives on when the server does not.

A job holds the lock of its folder as long as it lives and writes how it ended; so a server that is started again, or
that a signal killed, finds its jobs as they are. One that was cut short is taken up once by itself, from its journal.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redesaude.serving.home import Home, new_key, read_json, write_json
from redesaude.serving.lock import hold, is_held
from redesaude.serving.store import CUT, ENDED, QUEUED, RUNNING, Job, Store

#: kinds of work
CHECK, DRAFT, SOLVE, ASK, BESIDE = "check", "draft", "solve", "ask", "beside"
RELAX, VARIANT, FRONTIER, ALTERNATIVES, PLAN = "relax", "variant", "frontier", "alternatives", "plan"
ACTUALS, REVIEW, REPLAN = "actuals", "review", "replan"
#: those that wait for free cores; the others are short, and some of them run at once beside
LONG = (SOLVE, ASK, RELAX, FRONTIER, ALTERNATIVES, REPLAN)
#: those whose result is a plan to be read, asked and reviewed: searched, found beside another, or planned anew
RUNS = (SOLVE, PLAN, REPLAN)
_SHORT_AT_ONCE = 2
_LOOK = 0.2
#: how often a job is begun at most by itself
_ATTEMPTS = 2


@dataclass(frozen=True)
class Bounds:
    """What one job may take: MB of memory, and seconds beyond what its search was given."""

    memory_mb: int = 6_000
    short_memory_mb: int = 3_000
    short_seconds: float = 300.0
    grace_seconds: float = 3_600.0


@dataclass
class Jobs:
    """The jobs in ``home``, of which those of ``cores`` in all run at once; ``program`` is given the folder of each."""

    home: Home
    store: Store
    cores: int
    bounds: Bounds = Bounds()
    program: Sequence[str] = (sys.executable, "-m", "redesaude", "job")
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _over: threading.Event = field(default_factory=threading.Event)

    def add(self, job: Job, task: Mapping[str, Any]) -> Job:
        """Queue ``job``; ``task`` is what its process is told beside its kind."""
        folder = self.home.job(job.key)
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_json(folder.task, {"kind": job.kind, **self._limits(job), **task})
        self.store.add_job(job)
        self.look()
        return job

    def stop(self, key: str) -> Job:
        """Ask a job to end and keep what it has; one that waits ends at once, one that was asked before without more.

        A process of ours hears of it through a file, so that no number of a process is ever trusted.
        """
        with self._lock:
            job = self.store.job(key)
            if job.state == QUEUED:
                self.store.change_job(key, state=CUT, ended=time.time())
            elif job.state == RUNNING:
                with self.home.job(key).stop.open("ab") as asked:
                    asked.write(b"stop\n")
        return self.store.job(key)

    def take_up(self, key: str) -> Job:
        """Queue again a job whose process is gone, to go on from where it was."""
        with self._lock:
            job = self.store.job(key)
            if job.state == CUT:
                self._again(job)
        self.look()
        return self.store.job(key)

    def look(self) -> None:
        """See what became of those that run, and begin what there is room for."""
        with self._lock:
            for job in self.store.jobs(RUNNING):
                self._see(job)
            running = self.store.jobs(RUNNING)
            used = sum(job.cores for job in running)
            short = sum(job.kind not in LONG for job in running)
            for job in self.store.jobs(QUEUED):
                if job.kind not in LONG and short < _SHORT_AT_ONCE:
                    short += 1
                elif job.kind in LONG and (used == 0 or used + job.cores <= self.cores):
                    used += job.cores
                else:
                    continue
                self._begin(job)

    def watch(self) -> threading.Thread:
        """Look again and again in a thread, until :meth:`leave`."""
        thread = threading.Thread(target=self._watch, name="jobs", daemon=True)
        thread.start()
        return thread

    def leave(self) -> None:
        """Look no more; what runs goes on."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK):
            try:
                self.look()
            except Exception:  # told where the server was started; the next look may find room on the disk
                traceback.print_exc()

    def _see(self, job: Job) -> None:
        folder, child = self.home.job(job.key), self._children.get(job.key)
        if child.poll() is None if child else is_held(folder.lock):
            return
        self._children.pop(job.key, None)
        found = read_json(folder.ended)
        if found is not None:
            self.store.change_job(job.key, state=ENDED, ended=found["at"], code=found["code"])
        elif job.attempts < _ATTEMPTS and job.kind in LONG and not folder.stop.exists():
            self._again(job)
        else:
            self.store.change_job(job.key, state=CUT, ended=time.time())

    def _again(self, job: Job) -> None:
        folder = self.home.job(job.key)
        for file in (folder.stop, folder.ended):
            file.unlink(missing_ok=True)
        write_json(folder.task, {**read_json(folder.task), "resume": True})
        self.store.change_job(job.key, state=QUEUED, ended=None, code=None)

    def _begin(self, job: Job) -> None:
        folder = self.home.job(job.key)
        held = hold(folder.lock)
        if held is None:  # its process is there already
            self.store.change_job(job.key, state=RUNNING)
            return
        with held, folder.log.open("ab") as log:
            self._children[job.key] = subprocess.Popen(  # noqa: S603 - our own program, and a folder of our own
                [*self.program, str(folder.path)],
                stdin=held, stdout=log, stderr=log, cwd=folder.path, env=_surroundings(), **_APART,
            )  # fmt: skip
        self.store.change_job(job.key, state=RUNNING, began=time.time(), attempts=job.attempts + 1)

    def _limits(self, job: Job) -> dict[str, float]:
        bounds = self.bounds
        if job.kind not in LONG:
            return {"memory_mb": bounds.short_memory_mb, "most_seconds": bounds.short_seconds}
        searched = float(job.options.get("seconds", 0.0))
        return {"memory_mb": bounds.memory_mb, "most_seconds": searched + bounds.grace_seconds}


def new_job(kind: str, **values: Any) -> Job:
    """Return a job that nothing has begun."""
    return Job(new_key(), kind, **values)


#: a process group of its own: what ends the server does not end it
_APART: dict[str, Any] = {"creationflags": 0x200} if sys.platform == "win32" else {"start_new_session": True}


def _surroundings() -> dict[str, str]:
    """The environment of a job: ours, with where the package is found, and without what colours its words."""
    paths = [path for path in sys.path if path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "NO_COLOR": "1", "COLUMNS": "200"}
