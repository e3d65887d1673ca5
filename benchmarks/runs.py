"""One measured run: in a process of its own, with the gap it had proven at any time."""

from __future__ import annotations

import math
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import redesaude as rs
from redesaude.report.manifest import peak_memory_mb
from redesaude.solving.progress import Progress


@dataclass
class Trace:
    """A listener that remembers when the gap fell, in seconds from the beginning of the solve."""

    falls: list[tuple[float, float]] = field(default_factory=list)

    def __call__(self, progress: Progress) -> None:
        """Take note of a step of the solve."""
        gap = progress.gap
        if gap is not None and gap < self.last:
            self.falls.append((progress.seconds, gap))

    @property
    def last(self) -> float:
        """The least gap so far; infinite before the first."""
        return self.falls[-1][1] if self.falls else math.inf

    def gap_at(self, seconds: float) -> float:
        """Return the gap proven after ``seconds``; infinite without a plan or a bound."""
        return min((gap for when, gap in self.falls if when <= seconds), default=math.inf)

    def seconds_to(self, gap: float) -> float:
        """Return when the gap was at most ``gap``; infinite if it never was."""
        return min((when for when, reached in self.falls if reached <= gap), default=math.inf)


@dataclass(frozen=True)
class Run:
    """What came of a run: wall seconds, plan and bound (None: none), status in a word, peak memory."""

    seconds: float
    objective: float | None
    bound: float | None
    status: str
    memory_mb: float | None = None

    @property
    def gap(self) -> float:
        """(objective - bound) / |objective|; infinite while either is missing."""
        if self.objective is None or self.bound is None:
            return math.inf
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1e-9)


def solved(read: Callable[[], rs.Scenario], options: rs.SolveOptions) -> Run:
    """Read and solve, timed together."""
    began = time.perf_counter()
    plan = rs.solve(read(), options)
    seconds = time.perf_counter() - began
    return Run(seconds, plan.objective, plan.bound, plan.status.value, peak_memory_mb())


def in_own_process(work: Callable[..., Any], *arguments: object, seconds: float = math.inf) -> Any:
    """Return ``work(*arguments)`` as run in a fresh process; None if it is not done in ``seconds`` and is ended.

    Memory and caches of other runs then weigh on none. ``work`` must be a function of a module.

    Raises
    ------
    RuntimeError
        when the process fails.

    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(there, work, arguments), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(None if math.isinf(seconds) else seconds):
            return None
        return here.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"{work.__name__} ended with exit code {process.exitcode}") from None
    finally:
        process.terminate()
        process.join()


def _answer(pipe: Connection, work: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    pipe.send(work(*arguments))
