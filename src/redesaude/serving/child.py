"""What the process of a job does beside its work: it keeps to limits, hears when it is to stop, tells how far it is."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from redesaude.plan.proof import relative_gap
from redesaude.serving.home import JobFolder, read_json, write_json
from redesaude.solving.progress import Progress

#: exit code of what its signal ended: that of the command line
INTERRUPTED = 130
#: exit code of what ran beyond its limits
BEYOND = 5
_LOOK, _TELL = 0.2, 0.3


class Told:
    """Writes the steps of a search as lines of JSON, a few a second at most."""

    def __init__(self, folder: JobFolder) -> None:
        self._folder, self._lock = folder, threading.Lock()
        self._last: Progress | None = None
        self._waiting: Progress | None = None
        self._known: tuple[float | None, float | None] = (None, None)
        self._at = 0.0

    def tell(self, progress: Progress) -> None:
        """Take a step: one of a new phase is written at once."""
        with self._lock:
            last, self._waiting = self._last, progress
            if last is None or (last.stage, last.message) != (progress.stage, progress.message):
                self._write()
        self.flush()

    def flush(self) -> None:
        """Write the newest step, unless another was just written."""
        with self._lock:
            if self._waiting is not None and time.monotonic() - self._at >= _TELL:
                self._write()

    def _write(self) -> None:
        step, self._waiting = self._waiting, None
        if step is None:
            return
        plan, bound = self._known
        plan = plan if step.incumbent is None else step.incumbent  # phases that tell none have those before
        bound = bound if step.bound is None else step.bound
        self._known = plan, bound
        line = {
            "at": time.time(),
            "stage": step.stage,
            "plan": plan,
            "bound": bound,
            "gap": relative_gap(plan, bound),
            "message": step.message,
        }
        with self._folder.progress.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")
        self._last, self._at = step, time.monotonic()


def task_of(folder: JobFolder) -> Mapping[str, Any]:
    """Return what the job is told to do."""
    task: Mapping[str, Any] = read_json(folder.task)
    return task


def end(folder: JobFolder, code: int) -> None:
    """Write how the job ended, once."""
    if not folder.ended.exists():
        write_json(folder.ended, {"code": int(code), "at": time.time()})


@contextmanager
def within_limits(folder: JobFolder, task: Mapping[str, Any]) -> Iterator[Told]:
    """Give what tells the progress of the job, while its limits hold and it may be asked to stop."""
    _limit(int(task["memory_mb"]) * 2**20, float(task["most_seconds"]))
    _hear_interrupts()
    told, over = Told(folder), threading.Event()
    watching = threading.Thread(
        target=_watch, args=(folder, told, over, float(task["most_seconds"])), name="job", daemon=True
    )
    watching.start()
    try:
        yield told
    finally:
        over.set()
        watching.join()
        told.flush()


def _limit(memory: int, seconds: float) -> None:
    """Have the system hold memory, and the seconds of all cores; Windows has no such limits of a process."""
    if sys.platform == "win32":
        return
    import resource

    used = int(seconds) * (os.cpu_count() or 1) + 60
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, used), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, hard))


def _watch(folder: JobFolder, told: Told, over: threading.Event, most: float) -> None:
    """Pass on each wish to stop as the Ctrl-C that the command line knows, and end what takes too long."""
    began, heard = time.monotonic(), 0
    while not over.wait(_LOOK):
        told.flush()
        asked = folder.stop.stat().st_size // len(b"stop\n") if folder.stop.exists() else 0
        if asked > heard:
            heard = asked
            if asked > 1:
                end(folder, INTERRUPTED)
            _interrupt()
        if time.monotonic() - began > most:
            end(folder, BEYOND)
            os._exit(BEYOND)


def _hear_interrupts() -> None:
    """Hear Ctrl-C although whoever started the server in the background had it ignored, which is handed down."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupt() -> None:
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        signal.raise_signal(signal.SIGINT)
    else:
        signal.pthread_kill(main, signal.SIGINT)
