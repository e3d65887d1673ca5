"""Studies that price the network of a plan again: made here, and by a second process that takes its share of them.

Each takes one core for seconds, where a network is large, and none asks for another's result. The process begins while
the report without studies is still being written. Whoever is free takes the next study: this process from the first
on, the other from the last. They are the same whoever makes them, but for rounding: both work on the same plan.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol, Self

from redesaude.plan.plan import Plan
from redesaude.studies.pools import begin_worker
from redesaude.studies.runs import portable
from redesaude.studies.sensitivity import break_even, rate_sweep, tornado
from redesaude.studies.uncertainty import simulate
from redesaude.studies.verdicts import Verdicts

#: the studies by the phase that tells of them, in the order in which they are told
PRICED: Mapping[str, Callable[[Verdicts], Any]] = MappingProxyType(
    {
        "simulate": lambda verdicts: simulate(verdicts.plan, known=verdicts.known),
        "tornado": lambda verdicts: tornado(verdicts.plan, verdicts),
        "break_even": lambda verdicts: break_even(verdicts.plan, verdicts),
        "rates": lambda verdicts: rate_sweep(verdicts.plan, verdicts),
    }
)
#: services open, over all periods, from which on a process is worth its beginning (two to three seconds of a core)
_MANY = 100


class Lock(Protocol):
    """What only one can take."""

    def acquire(self, block: bool = True) -> bool:
        """Take it and return whether it was free; ``block`` waits for it."""
        ...


Locks = Mapping[str, Lock]
"""phase of a study -> who takes it makes the study"""


class StudyProcess:
    """A second process that makes studies of a plan; a context, which ends it, whatever it is at."""

    def __init__(self, plan: Plan) -> None:
        context = multiprocessing.get_context("spawn")
        self.locks: Locks = {phase: context.Lock() for phase in PRICED}
        self._from, there = context.Pipe(duplex=False)
        carried = replace(plan, scenario=portable(plan.scenario))
        self._process = context.Process(target=_work, args=(there, carried, self.locks), daemon=True)
        with _deaf():
            self._process.start()
        there.close()  # so that its end is seen here

    def __enter__(self) -> Self:
        """Let it work."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.join()
        self._from.close()

    def made(self) -> Mapping[str, Any]:
        """Return the studies that it took, by phase, once it has made them all; none where it was ended before."""
        try:
            found: Mapping[str, Any] = self._from.recv()
        except (EOFError, OSError):
            return {}
        return found


def beside(plan: Plan, processes: int) -> StudyProcess | nullcontext[None]:
    """Return a process for studies of ``plan``, begun; None with fewer than two ``processes``, or where it would not
    pay, or where the system gives none.
    """
    if processes < 2 or len(plan.openings) < _MANY:
        return nullcontext()
    try:
        return StudyProcess(plan)
    except OSError:
        return nullcontext()


def priced(
    verdicts: Verdicts, progress: Callable[[str], object], other: StudyProcess | None = None
) -> Mapping[str, Any]:
    """Return every study of :data:`PRICED`, telling ``progress`` the phase of each.

    What the ``other`` process took and does not give back, as it was ended, is made here: what fails fails here.
    """
    made: dict[str, Any] = {}
    for phase, study in PRICED.items():
        if other is None or other.locks[phase].acquire(block=False):
            progress(phase)
            made[phase] = study(verdicts)
    for phase in [phase for phase in PRICED if phase not in made]:
        progress(phase)
        made |= other.made() if other is not None and phase not in made else {}
        made[phase] = made[phase] if phase in made else PRICED[phase](verdicts)
    return made


def share(plan: Plan, locks: Locks) -> dict[str, Any]:
    """Return the studies that nobody else takes, from the last on."""
    verdicts = Verdicts(plan)
    return {phase: PRICED[phase](verdicts) for phase in reversed([*PRICED]) if locks[phase].acquire(block=False)}


def _work(there: Any, plan: Plan, locks: Locks) -> None:
    """Do the share of a process, and hand it over; what fails is made anew, and told, where it is waited for."""
    begin_worker()
    try:
        there.send(share(plan, locks))
    except Exception:
        there.close()


@contextmanager
def _deaf() -> Iterator[None]:
    """Let a process that begins hear no Ctrl-C, which is this one's to handle."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
