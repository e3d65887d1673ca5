"""The best plan and the best bound of a search: what every way of solving reports to, and what sees a false bound."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from redesaude.errors import BoundError
from redesaude.plan.proof import contradicts, relative_gap
from redesaude_models.arrays import Floats
from redesaude_models.problem import Decisions

#: relative difference below which a plan and its bound are the same
EXACT = 1e-9

ReadPlan = Callable[[], Decisions]
"""reads the decisions of a plan, which may take a while"""


class Record:
    """The ``cost`` of the best plan so far, the ``bound`` that no plan goes below (NPV; infinite: none yet), and
    ``read``, which gives the decisions of that plan (None: no plan, or none that can be read).

    ``multipliers`` are those by which a search that takes the model apart proved most (None: none).
    ``given`` is a bound proven elsewhere before. A plan below a bound is an alarm, whichever of the two comes second:
    one proven here raises BoundError; one given is dropped and named in ``refuted``, for it says nothing of this way.
    May be used from several threads.
    """

    def __init__(self, given: float = -np.inf) -> None:
        self.cost, self.proven, self.given = np.inf, -np.inf, given
        self.multipliers: Floats | None = None
        self._turnover = 0.0
        self.read: ReadPlan | None = None
        self.refuted: float | None = None
        self._lock = threading.Lock()

    @property
    def bound(self) -> float:
        """The best bound, proven here or given."""
        return max(self.proven, self.given)

    def seen(self) -> tuple[float, float, ReadPlan | None]:
        """Return the cost of the best plan, the money that it moves (NPV), and what reads it, all of one moment."""
        with self._lock:
            return self.cost, self._turnover, self.read

    def refutes(self, bound: float) -> bool:
        """Return whether the best plan lies below ``bound``."""
        with self._lock:
            return contradicts(bound, self.cost, self._turnover)

    def give(self, bound: float) -> None:
        """Take for given what others have proven by now (minus infinity: nothing), unless the best plan refutes it."""
        with self._lock:
            self.given = -np.inf if contradicts(bound, self.cost, self._turnover) else bound

    def forget(self) -> None:
        """Forget the plan and what was proven here."""
        with self._lock:
            self.cost, self.proven, self.read, self._turnover = np.inf, -np.inf, None, 0.0

    def snapshot(self) -> tuple[float, float, ReadPlan | None]:
        """Return the cost of the best plan, the best bound, and what reads that plan, all of one moment."""
        with self._lock:
            return self.cost, self.bound, self.read

    def adopt(self, cost: float, turnover: float, read: ReadPlan | None = None) -> bool:
        """Take a plan of ``cost`` if it is the best so far; return whether it is. BoundError: it is below a bound.

        ``turnover`` is the money that it moves, all of one sign (NPV): the cost is right to a share of that.
        """
        with self._lock:
            better = cost < self.cost
            if better:
                self.cost, self.read, self._turnover = cost, read, turnover
            self._compare()
            return better

    def prove(self, bound: float, multipliers: Floats | None = None) -> bool:
        """Take a bound, and the ``multipliers`` that proved it, if it is the best so far; return whether it is.

        BoundError: the best plan is below it.
        """
        with self._lock:
            if not (np.isfinite(bound) and bound > self.proven):
                return False
            before, self.proven = self.bound, bound
            self.multipliers = self.multipliers if multipliers is None else multipliers
            self._compare()
            return self.bound > before

    def met(self, gap: float) -> bool:
        """Return whether the best plan is proven within the relative ``gap`` of the best there is."""
        if not (np.isfinite(self.cost) and np.isfinite(self.bound)):
            return False
        found = relative_gap(self.cost, self.bound)
        return found is not None and found <= max(gap, EXACT) + EXACT

    def _compare(self) -> None:
        if contradicts(self.given, self.cost, self._turnover):
            self.refuted, self.given = self.given, -np.inf
        if contradicts(false := self.proven, self.cost, self._turnover):
            self.proven = -np.inf  # what else was proven this way is not to be trusted either
            raise BoundError(f"a plan of {self.cost:.17g} lies below the bound {false:.17g}")
