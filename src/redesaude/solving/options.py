"""How a solve is run."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from redesaude.inputs.settings import Settings
from redesaude.solving.clock import NO_END, WORK_A_SECOND, Clock
from redesaude.solving.cores import default_threads
from redesaude.solving.parameters import DEFAULTS, SearchParameters

ENGINES = ("auto", "direct", "decomposed")


@dataclass(frozen=True)
class SolveOptions:
    """Limits and switches of a solve.

    Attributes
    ----------
    gap : relative gap at which the search stops (0.01 = 1 %); None takes the scenario's setting.
    time_limit : seconds from the scenario to its audited plan, after which the best plan so far is kept; None takes the
        scenario's setting, or, of a ``deterministic`` solve, none.
    work : iterations of the solver and steps of our own after which the best plan so far is kept; None: any number.
    deterministic : one thread, and everything ends by the work done, never by seconds, so that the same input, seed and
        ``work`` give the same plan however busy the machine is. A time limit or a stop that cuts in undoes that, and
        the plan says so.
    threads : given to the solver; None takes the cores of the machine, at most eight.
    jobs : solves that run at once on this machine, which share its cores. seed : given to the solver.
    engine : ``direct`` is one model in one solver, ``decomposed`` takes it apart by specialty; ``auto`` runs ways of
        both side by side where there are two threads and neither is known to be the better, else chooses, and says so
        in the log.
    certificate : keep a part of the time for a certificate of the bound, which can be checked without a solver.
    explain : say why where no plan is possible, which takes a search of its own.
    search : what may be tuned of the search (:mod:`redesaude.solving.parameters`).

    Raises
    ------
    ValueError
        when a deterministic solve is given no ``work``, or more than one thread.

    """

    gap: float | None = None
    time_limit: float | None = None
    work: int | None = None
    deterministic: bool = False
    threads: int | None = None
    jobs: int = 1
    seed: int = 0
    engine: str = "auto"
    certificate: bool = True
    explain: bool = True
    search: SearchParameters = DEFAULTS

    def __post_init__(self) -> None:
        """Refuse a deterministic solve that could not be one."""
        if self.deterministic and self.work is None:
            raise ValueError("a deterministic solve ends by the work done: say how much (work)")
        if self.deterministic and (self.threads or 1) > 1:
            raise ValueError("a deterministic solve has one thread")

    def limits(self, settings: Settings) -> Limits:
        """Return the limits of a solve that begins now, the scenario's settings in place of those left open."""
        by_work, stated = self.deterministic, math.inf if self.deterministic else settings.time_limit_s
        seconds = stated if self.time_limit is None else self.time_limit
        work = math.inf if self.work is None else self.work
        return Limits(
            gap=settings.gap if self.gap is None else self.gap,
            seconds=work / WORK_A_SECOND if by_work else seconds,
            threads=1 if by_work else self.threads or default_threads(self.jobs),
            seed=self.seed,
            clock=Clock(seconds, work, by_work=by_work),
        )


@dataclass(frozen=True)
class Limits:
    """What a solver run is held to: relative gap, seconds from when it begins, threads, seed.

    The seconds are those of ``clock``, which may measure in work; a run never outlasts it, whatever its own seconds.
    """

    gap: float
    seconds: float
    threads: int = 1
    seed: int = 0
    clock: Clock = field(default=NO_END, compare=False)

    def within(self, seconds: float, gap: float | None = None) -> Limits:
        """Return the limits of a run that may take so many seconds, and no more than are left."""
        return replace(self, gap=self.gap if gap is None else gap, seconds=min(seconds, self.clock.left))

    def since(self, began: float) -> Limits:
        """Return what is left of the limits of a run that began when the clock showed ``began``."""
        return replace(self, seconds=max(0.0, self.seconds - (self.clock.now - began)))

    def aside(self, seconds: float) -> Limits:
        """Return the limits of a run beside the search, which takes none of its time or work."""
        return replace(self, seconds=seconds, clock=Clock(seconds))
