"""Progress of a solve, and how to stop it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from redesaude.plan.proof import relative_gap
from redesaude.solving.clock import NO_END, Clock
from redesaude.solving.known import Known
from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS, SearchParameters
from redesaude.solving.record import ReadPlan, Record
from redesaude.status import Termination
from redesaude_models.arrays import Floats
from redesaude_models.problem import Decisions


@dataclass(frozen=True)
class Progress:
    """One step of a solve: which stage, since when (seconds), best plan and bound so far (currency), and their gap."""

    stage: str
    seconds: float
    incumbent: float | None = None
    bound: float | None = None
    message: str = ""

    @property
    def gap(self) -> float | None:
        """(incumbent - bound) / |incumbent|, None while either is missing."""
        return relative_gap(self.incumbent, self.bound)

    def __str__(self) -> str:
        parts = [f"{self.seconds:7.1f} s", f"{self.stage:<8}"]
        parts += [f"plan {self.incumbent:,.0f}"] if self.incumbent is not None else []
        parts += [f"bound {self.bound:,.0f}"] if self.bound is not None else []
        parts += [f"gap {self.gap:z.2%}"] if self.gap is not None else []
        return "  ".join([*parts, self.message]).rstrip()


Listener = Callable[[Progress], object]


class StopSignal:
    """Asks a running solve to end and keep its best plan; may be set from any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def stop(self) -> None:
        """Ask for the end."""
        self._event.set()

    @property
    def stopped(self) -> bool:
        """True once the end was asked for."""
        return self._event.is_set()

    @contextmanager
    def on_ctrl_c(self) -> Iterator[None]:
        """Let Ctrl-C ask for the end while the context lasts; a second Ctrl-C interrupts as usual.

        Only the main thread may do so; elsewhere nothing changes.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.getsignal(signal.SIGINT)

        def ask(_number: int, _frame: object) -> None:
            signal.signal(signal.SIGINT, before)
            self.stop()

        signal.signal(signal.SIGINT, ask)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def _nothing() -> None:
    """Return that no plan of another way has arrived."""


@dataclass(frozen=True)
class Search:
    """The one object by which every way of solving knows how far it is: its limits and their clock, the best plan and
    bound (``record``, through which all of them pass), whether it is over, and who is told.

    ``parameters`` are what may be tuned; ``known`` is what plans of the same or a similar scenario open, and
    ``multipliers`` are those of an earlier search of the same. A way that runs beside others may ask for a plan of
    theirs that has ``arrived``, audited and better than its own, and whether it may use a thread ``more``. Limits
    without a clock of their own begin to count when the search is made.
    """

    limits: Limits
    reporter: Reporter
    stopped: Callable[[], bool] = lambda: False
    known: tuple[Known, ...] = ()
    multipliers: Floats | None = None
    record: Record = field(default_factory=Record)
    parameters: SearchParameters = DEFAULTS
    arrived: Callable[[], Decisions | None] = _nothing
    more: Callable[[], bool] = lambda: False

    def adopt(self, cost: float, turnover: float, read: ReadPlan | None = None) -> bool:
        """Take a plan of ``cost`` (NPV) if it is the best so far, and tell; see :meth:`Record.adopt`."""
        return self._told(self.record.adopt(cost, turnover, read))

    def prove(self, bound: float | None, multipliers: Floats | None = None) -> bool:
        """Take a bound (NPV; None or infinite: nothing proven), and the multipliers that proved it, if it is the best
        so far, and tell.
        """
        return bound is not None and self._told(self.record.prove(bound, multipliers))

    def hear(self, _plan: float | None, bound: float | None) -> None:
        """Take the bound of a solver that tells its progress; its plans come as solutions."""
        self.prove(bound)

    @property
    def cost(self) -> float:
        """Cost of the best plan (NPV), infinite while there is none."""
        return self.record.cost

    @property
    def proven(self) -> float:
        """What was proven in this search that any plan costs at least (NPV), minus infinity while nothing is."""
        return self.record.proven

    @property
    def bound(self) -> float | None:
        """The same; None: nothing yet."""
        return self.proven if np.isfinite(self.proven) else None

    @property
    def met(self) -> bool:
        """True once the best plan is proven within the gap asked for."""
        return self.record.met(self.limits.gap)

    def tell(self, stage: str = "solve", message: str = "") -> None:
        """Report a step with the best plan and bound."""
        plan, bound = (value if np.isfinite(value) else None for value in (self.record.cost, self.record.bound))
        self.reporter.tell(stage, message, incumbent=plan, bound=bound)

    def _told(self, better: bool) -> bool:
        if better:
            self.tell()
        return better

    def __post_init__(self) -> None:
        """Start the clock, unless the solve that this is a part of has one."""
        if self.limits.clock is NO_END:
            object.__setattr__(self, "limits", replace(self.limits, clock=Clock(self.limits.seconds)))

    @property
    def clock(self) -> Clock:
        """The time of the solve."""
        return self.limits.clock

    def over(self) -> bool:
        """Whether the search must end: its time is over, or it was asked to stop."""
        return self.stopped() or self.clock.left <= 0

    def done(self) -> bool:
        """Whether nothing more is to be done: the search must end, or the best plan is good enough."""
        return self.over() or self.met

    def step(self) -> bool:
        """Count a step of our own; return whether the search must end."""
        self.clock.did(1)
        return self.over()

    @property
    def termination(self) -> Termination:
        """Why a search that ends now does."""
        if self.met:
            return Termination.GAP_REACHED
        return Termination.INTERRUPTED if self.stopped() else Termination.TIME_LIMIT

    def rest(self, share: float, gap: float | None = None) -> Limits:
        """Return the limits of a run that may take this share of the time that is left."""
        return self.limits.within(share * self.clock.left, gap)

    def share(self, share: float, gap: float | None = None) -> Limits:
        """Return the limits of a run that may take this share of the whole time, and no more than is left."""
        return self.limits.within(share * self.clock.whole, gap)


class Reporter:
    """Stamps progress with the time since its start, passes it to a listener and keeps it as the log of the run."""

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener = listener
        self._start = time.perf_counter()
        self._last: Progress | None = None
        self.log: list[str] = []

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    def tell(
        self, stage: str, message: str = "", *, incumbent: float | None = None, bound: float | None = None
    ) -> None:
        """Report a step; figures left out are those of the step before in the same stage."""
        if self._last is not None and self._last.stage == stage:
            incumbent = self._last.incumbent if incumbent is None else incumbent
            bound = self._last.bound if bound is None else bound
        self._last = Progress(stage, self.seconds, incumbent, bound, message)
        self.log.append(str(self._last))
        if self._listener is not None:
            self._listener(self._last)
