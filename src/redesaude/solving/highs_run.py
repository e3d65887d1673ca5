"""One run of HiGHS: in a thread of its own, told apart from the clock of the solve, metered, and left behind if it
does not end.

HiGHS looks at its own time limit seldom inside a relaxation and never inside some heuristics. Its callbacks are
therefore asked too, and a run that goes on although the time of the whole solve is over is left behind: what it had
found is kept, and it ends by itself at the next look.

highspy's own ``startSolve``, ``joinSolve`` and ``cancelSolve`` (1.15.1) do not do: cancelling sets a flag that the same
three callbacks look at (``HandleUserInterrupt``), and so ends a run no sooner than :meth:`Run._interrupt_if_due`, which
also counts the work there; ``startSolve`` shuts the threads of the process down after its run, under those of other
runs (:class:`_Pool`); ``joinSolve`` prints, waits without end after Ctrl-C, and at the fifth ends the process; and
neither raises what a callback or the run raised.
"""

from __future__ import annotations

import atexit
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np
from highspy.highs import HighsCallbackEvent as Event

from redesaude.solving.options import Limits
from redesaude.solving.units import Unit
from redesaude_models.arrays import Floats
from redesaude_models.standard_form import LinearModel

OnProgress = Callable[[float | None, float | None], None]
"""called with the best objective so far and the bound, None while unknown"""

OnSolution = Callable[[Floats], None]
"""called with the values of each better solution"""

Offered = Callable[[], Floats | None]
"""returns the values of a solution that others found, None where there is nothing new"""

#: seconds that a run may go on after the solve it is a part of should have ended
_PATIENCE = 1.0

#: a line of the log of a branch and bound: its last columns are the iterations of all relaxations and the seconds
_ITERATIONS = re.compile(r"\s(\d+)([km]?)\s+\d+(?:\.\d+)?s\s*$")
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}

#: a line of the report at the end of a branch and bound: how many solutions kept the rows only after being mended
_REPAIRED = re.compile(r"Repair LPs +[1-9]")

#: relative difference below which a plan and a bound are the same
_SAME = 1e-9

#: runs left behind, which the end of the process waits for: HiGHS must not lose its memory under its feet
_left: list[threading.Thread] = []


@atexit.register
def _wait_for_those_left() -> None:
    for thread in _left:
        thread.join()


class _Pool:
    """The threads of HiGHS, one pool for the process: as many as the latest run asked for that began alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = self._threads = 0

    def enter(self, highs: highspy.Highs, threads: int) -> None:
        """Begin a run of so many threads, or of as many as others run with."""
        with self._lock:
            if not self._running and threads != self._threads:
                highspy.Highs.resetGlobalScheduler(True)
                self._threads = threads
            self._running += 1
            highs.setOptionValue("threads", self._threads)
            highs.setOptionValue("parallel", "choose" if threads > 1 else "off")

    def leave(self) -> None:
        """End a run."""
        with self._lock:
            self._running -= 1


_pool = _Pool()


class Run:
    """A run of ``highs`` within ``limits``. ``best`` and ``bound`` are what it has told of a branch and bound so far
    (in the units of the model given to HiGHS), ``interrupted`` whether ``stopped`` ended it, ``repaired`` whether
    it took a node for settled whose solution broke a row, at the cost that this one had when it was mended: the node
    may hold cheaper ones, and the bound of the run is none.
    """

    def __init__(self, highs: highspy.Highs, limits: Limits, stopped: Callable[[], bool] = lambda: False) -> None:
        self.highs = highs
        self.interrupted = self.left_behind = self.repaired = False
        self.best: Floats | None = None
        self.bound = -np.inf
        self._stopped = stopped
        self._clock = limits.clock
        self._end = self._clock.now + limits.seconds
        self._counted, self._threads = 0, limits.threads
        seconds = self._clock.seconds_left
        seconds = seconds if self._clock.by_work else min(limits.seconds, self._clock.left)
        end = highs.getRunTime() + seconds if self._clock.by_wall else highspy.kHighsInf  # HiGHS reads the wall's clock
        highs.setOptionValue("time_limit", end)  # counted over the life of an instance
        self._heard: list[tuple[Any, Callable[[Event], None]]] = []
        self._hear(highs.cbMipInterrupt, self._remember_bound)
        for callback in (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
            self._hear(callback, self._interrupt_if_due)
        self._hear(highs.cbMipImprovingSolution, self._remember)
        self._hear(highs.cbLogging, self._look_for_repairs)
        if self._clock.counts:  # only the log tells how many iterations a branch and bound has taken
            highs.setOptionValue("mip_min_logging_interval", 0.0)
            self._hear(highs.cbLogging, self._read)

    @property
    def seconds_left(self) -> float:
        """What is left of the seconds of its limits."""
        return self._end - self._clock.now

    def _hear(self, callback: Any, told: Callable[[Event], None]) -> None:
        callback.subscribe(told)
        self._heard.append((callback, told))

    def _interrupt_if_due(self, event: Event) -> None:
        told = event.data_out
        self._count(max(told.simplex_iteration_count, 0) + max(told.ipm_iteration_count, 0))
        self.interrupted = self.interrupted or self._stopped()
        if self.interrupted or self.left_behind or self._clock.now >= self._end or self._clock.left <= 0:
            event.interrupt()

    def _remember_bound(self, event: Event) -> None:
        self.bound = event.data_out.mip_dual_bound

    def _remember(self, event: Event) -> None:
        self.best = np.array(event.data_out.mip_solution)

    def _read(self, event: Event) -> None:
        if found := _ITERATIONS.search(event.message):
            self._count(int(found[1]) * _TIMES[found[2]])

    def _look_for_repairs(self, event: Event) -> None:
        self.repaired = self.repaired or _REPAIRED.search(event.message) is not None

    def _count(self, iterations: int) -> None:
        if iterations > self._counted:
            self._clock.did(iterations - self._counted)
            self._counted = iterations

    def listen(self, on_progress: OnProgress, unit: Unit) -> None:
        """Pass on improving solutions and bounds, at most once for each change.

        That the two have met is told by how the run ends, which knows of repairs.
        """
        last: list[tuple[float | None, float | None]] = [(None, None)]

        def tell(event: Event) -> None:
            primal, dual = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
            cost = primal * unit.money if abs(primal) < 1e30 else np.inf
            open_still = abs(dual) < 1e30 and primal - dual > _SAME * abs(primal)
            figures = (cost if np.isfinite(cost) else None, unit.bound(dual, cost) if open_still else None)
            if figures != last[0] and not self.left_behind:
                last[0] = figures
                on_progress(*figures)

        self._hear(self.highs.cbMipLogging, tell)
        self._hear(self.highs.cbMipImprovingSolution, tell)

    def watch(self, on_solution: OnSolution) -> None:
        """Pass on each better solution."""

        def tell(event: Event) -> None:
            if not self.left_behind:
                on_solution(np.array(event.data_out.mip_solution))

        self._hear(self.highs.cbMipImprovingSolution, tell)

    def take(self, offered: Offered) -> None:
        """Take solutions of others into a branch and bound, each time that HiGHS asks for one."""

        def answer(event: Event) -> None:
            if not self.left_behind and event.data_in is not None and (values := offered()) is not None:
                event.data_in.setSolution(values)

        self._hear(self.highs.cbMipUserSolution, answer)

    def to_the_end(self) -> None:
        """Run, waiting in short steps: between them Python runs its signal handlers."""
        failure: list[BaseException] = []

        def work() -> None:
            _pool.enter(self.highs, self._threads)
            try:
                self.highs.run()
            except BaseException as error:  # handed to the waiting thread and raised there
                failure.append(error)
            finally:
                _pool.leave()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            self._wait_for(thread)
        except BaseException:  # Ctrl-C: HiGHS ends at its next look, and the process not before
            self._leave(thread)
            raise
        if self.left_behind:
            return
        for callback, told in self._heard:
            callback.unsubscribe(told)
        if failure:
            raise failure[0]
        info = self.highs.getInfo()
        self._count(max(info.simplex_iteration_count, 0) + max(info.ipm_iteration_count, 0))
        self._clock.did(1 + max(int(info.mip_node_count), 0))

    def _wait_for(self, thread: threading.Thread) -> None:
        """Wait until the run ends, or leave it behind when it goes on beyond the end of the solve."""
        overdue = None
        while thread.is_alive():
            thread.join(0.1)
            overdue = (overdue or time.monotonic()) if self._should_have_ended() else None
            if overdue is not None and time.monotonic() - overdue > _PATIENCE and thread.is_alive():
                self._leave(thread)
                return

    def _leave(self, thread: threading.Thread) -> None:
        self.left_behind = True
        _left.append(thread)

    def _should_have_ended(self) -> bool:
        """Whether the whole solve is over. By work, a run that ends late does so every time: only seconds count."""
        return self._clock.seconds_left <= 0 if self._clock.by_work else self._clock.left <= 0 or self._stopped()


def configured(limits: Limits) -> highspy.Highs:
    """Return a solver that keeps the gap and the seed of ``limits`` and prints nothing."""
    highs = highspy.Highs()
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("mip_rel_gap", limits.gap)
    highs.setOptionValue("mip_abs_gap", 1e-9)
    highs.setOptionValue("random_seed", limits.seed)
    return highs


def highs_lp(model: LinearModel, unit: float) -> highspy.HighsLp:
    """Return ``model`` in the form of HiGHS, its costs in units of money."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = model.matrix.shape
    lp.col_cost_ = model.cost / unit
    lp.offset_ = model.offset / unit  # what receipts leave of the cost is what a gap is a share of
    lp.col_lower_, lp.col_upper_ = model.column_lower, model.column_upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = model.matrix.indptr
    lp.a_matrix_.index_ = model.matrix.indices
    lp.a_matrix_.value_ = model.matrix.data
    if model.integer.any():
        kind = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kind[flag] for flag in model.integer.tolist()]
    return lp
