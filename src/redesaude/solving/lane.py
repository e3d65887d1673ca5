"""A way that runs beside others: its thread, its own record of the search, and what is trusted of it."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from redesaude.assemble import Assembled
from redesaude.errors import AuditError
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.progress import Reporter, Search
from redesaude.solving.record import Record
from redesaude.status import Termination
from redesaude_models.parts import UnknownPartError
from redesaude_models.problem import Decisions

#: threads of lanes left behind, which the end of the process waits for: HiGHS must not lose its memory under its feet
_left: list[threading.Thread] = []


@atexit.register
def _wait_for_those_left() -> None:
    for thread in _left:
        thread.join()


class Lane:
    """A ``way`` of solving in a thread of its own, with a ``search`` of its own: so many ``threads`` of those of
    ``whole``, the time and the end of that.

    ``stop`` asks it to end, ``ended`` says that it has; ``more`` that it may use a thread more. ``result`` is what it
    found (None: nothing, or not its kind), ``error`` what it raised, ``failed`` all that went wrong. ``misread``: its
    plan failed its audit, so that nothing of it counts. ``passed`` is its latest audited plan, of ``passed_cost``.
    ``heard`` is called when it tells something, until it is ``left`` behind: from then on it may still run, and nobody
    listens.
    """

    def __init__(self, way: Way, whole: Search, threads: int, heard: Callable[[], None]) -> None:
        self.way = way
        self.stop, self.ended, self.more = threading.Event(), threading.Event(), threading.Event()
        self.result: EngineResult | None = None
        self.error: Exception | None = None
        self.failed: list[Exception] = []
        self.misread = self._refuted = self.left = False
        self.passed: Decisions | None = None
        self.passed_cost = self.handed = np.inf
        self.rests_until = 0.0
        self.asks = self.could_use_more = False
        self._thread: threading.Thread | None = None
        self._handed: Decisions | None = None
        self.search = replace(
            whole,
            limits=replace(whole.limits, threads=threads, clock=whole.clock.beside()),
            reporter=_Voice(self, whole, heard),
            stopped=lambda: self.stop.is_set() or whole.stopped(),
            record=Record(whole.record.bound),
            arrived=self._take,
            more=self._may_use_more,
        )

    def begin(self, assembled: Assembled) -> None:
        """Run the way from now on."""
        self._thread = threading.Thread(target=self._run, args=(assembled,), name=self.way.name, daemon=True)
        self._thread.start()

    @property
    def has_begun(self) -> bool:
        """Whether it was ever run."""
        return self._thread is not None

    def join(self, seconds: float | None = None) -> None:
        """Wait until it has ended, if it has begun; it is left behind where it has not in so many ``seconds``."""
        if self._thread is None:
            return
        self._thread.join(seconds)
        if self._thread.is_alive():
            self.left = True
            _left[:] = [*(thread for thread in _left if thread.is_alive()), self._thread]

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended yet."""
        return self._thread is not None and not self.ended.is_set()

    @property
    def proven(self) -> float:
        """What it has proven that any plan costs at least (NPV), minus infinity where that is not to be trusted."""
        return -np.inf if self.misread or self._refuted else self.search.proven

    @property
    def says_impossible(self) -> bool:
        """Whether it has found that there is no plan, leaves nothing out, and has not failed."""
        result = self.result
        said = result is not None and result.termination == Termination.PROVEN_INFEASIBLE
        return said and self.way.conclusive and not self.failed

    @property
    def simply_done(self) -> bool:
        """Whether it has ended with a plan, and nothing is wrong."""
        done = self.ended.is_set() and self.error is None and not self.failed
        return done and self.result is not None and self.result.decisions is not None

    @property
    def found(self) -> EngineResult:
        """What it found: its result, or the audited plan that it had in hand."""
        if self.result is not None and self.result.decisions is not None:
            return self.result
        return EngineResult(self.search.termination, self.passed, None, 0, 0, {})

    def fail(self, error: Exception) -> bool:
        """Note what went wrong, and ask it to end; return whether that is new.

        What it raised itself leaves its plan and what it has proven as they are; what others found out does not.
        """
        if any(error is known for known in self.failed):
            return False
        self.failed.append(error)
        self.misread = self.misread or isinstance(error, AuditError)
        self._refuted = self._refuted or error is not self.error
        self.stop.set()
        return True

    def hand(self, plan: Decisions, cost: float) -> None:
        """Hand it a plan of another way."""
        self._handed, self.handed = plan, cost

    def _take(self) -> Decisions | None:
        self.asks = True
        plan, self._handed = self._handed, None
        return plan

    def _may_use_more(self) -> bool:
        self.could_use_more = True
        return self.more.is_set()

    def _run(self, assembled: Assembled) -> None:
        try:
            self.result = self.way.run(assembled, self.search)
        except UnknownPartError as unknown:
            self.search.reporter.tell("start", f"not for this problem, {unknown}")
        except Exception as error:  # noted by who watches the lanes, and told with the result
            self.error = error
        finally:
            self.ended.set()


class _Voice(Reporter):
    """Tells what a way says with the plan and the bound of the whole search."""

    def __init__(self, lane: Lane, whole: Search, heard: Callable[[], None]) -> None:
        super().__init__()
        self._lane, self._whole, self._heard = lane, whole, heard

    def tell(
        self, stage: str, message: str = "", *, incumbent: float | None = None, bound: float | None = None
    ) -> None:
        """Report a step; its figures are those of the whole search."""
        del incumbent, bound
        if self._lane.left:
            return
        self._heard()
        if message:
            self._whole.tell(stage, f"{self._lane.way.name}: {message}")
