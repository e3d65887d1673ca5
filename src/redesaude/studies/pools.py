"""Where several pieces of work run at once: what such a place does, and processes of this machine as one."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any, Protocol, Self

from redesaude.plan.plan import Plan
from redesaude.solving.progress import Progress, StopSignal

RunListener = Callable[[str, Progress], object]
"""called with the name of a run and each step of it"""
Work = Callable[[Callable[[Progress], object], StopSignal], Plan]
"""a piece of work that can travel: it is given whom to tell, and what asks it to end"""
Finished = Callable[[str, Plan], object]
"""called with the name of a piece of work and its plan as soon as that is there"""


class Pool(Protocol):
    """A place for several pieces of work at once; a context, in which rounds of work are run.

    ``jobs`` run at once on one machine. ``here``: it writes to the disk that this process does.
    """

    @property
    def jobs(self) -> int:
        """How many pieces run at once on one machine, which share its cores."""
        ...

    @property
    def here(self) -> bool:
        """Whether workers write to the disk of this process."""
        ...

    def __enter__(self) -> Self:
        """Open the place."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close it."""
        ...

    def run(
        self, work: Mapping[str, Work], progress: RunListener | None, stop: StopSignal, finished: Finished
    ) -> dict[str, Plan]:
        """Return the plan of each piece of ``work`` that was begun before a stop."""
        ...


class _EventSignal(StopSignal):
    """A stop signal that another process gives."""

    def __init__(self, event: Any) -> None:
        super().__init__()
        self._asked = event

    @property
    def stopped(self) -> bool:
        return bool(self._asked.is_set())


#: of a worker process: where to tell progress, and whether to stop
_channel: dict[str, Any] = {}


def _begin(told: Any, asked: Any) -> None:
    """Set up a worker of a pool, which the parent asks to stop."""
    begin_worker()
    _channel.update(told=told, asked=asked)


def begin_worker() -> None:
    """Set up a process that works for another: Ctrl-C is its parent's to handle, and it ends with that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent is gone: nobody is left to solve for, and what was found is kept."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _done(name: str, work: Work) -> Plan | None:
    """Do a piece of work in a process; None where a stop came before."""
    stop = _EventSignal(_channel["asked"])
    return None if stop.stopped else work(lambda step: _channel["told"].put((name, step)), stop)


class Processes:
    """As many processes of this machine."""

    here = True

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        context = multiprocessing.get_context("spawn")
        self._told, self._asked = context.Queue(), context.Event()
        channel = self._told, self._asked
        self._pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=channel)

    def __enter__(self) -> Self:
        """Open the processes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what runs, and close them."""
        self._pool.shutdown(wait=True)

    def run(
        self, work: Mapping[str, Work], progress: RunListener | None, stop: StopSignal, finished: Finished
    ) -> dict[str, Plan]:
        """See :class:`Pool`."""
        running = {name: self._pool.submit(_done, name, each) for name, each in work.items()}
        self._wait(running, progress, stop)
        plans = {name: plan for name, future in running.items() if (plan := future.result()) is not None}
        for name, plan in plans.items():
            finished(name, plan)
        return plans

    def _wait(self, running: Mapping[str, Future[Plan | None]], progress: RunListener | None, stop: StopSignal) -> None:
        """Pass on progress until all are done; Ctrl-C or ``stop`` asks the workers to end."""
        while not all(future.done() for future in running.values()):
            try:
                if stop.stopped:
                    self._asked.set()
                name, step = self._told.get(timeout=0.2)
                if progress is not None:
                    progress(name, step)
            except queue.Empty:
                continue
            except KeyboardInterrupt:
                self._asked.set()
