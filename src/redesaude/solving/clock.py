"""The time of a solve: one clock, made when it begins and handed down to everything that takes time.

It counts seconds, or work: iterations of the solver and steps of our own. By work nothing depends on how busy the
machine is, so that what is found with one thread is the same every time. Whoever shares out time asks this clock how
much there is and how much is left, in its own unit, and so has one way for both.
"""

from __future__ import annotations

import copy
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: work that stands for a second where time is work: about what one core does in a model of middling size
WORK_A_SECOND = 1_000.0

#: seconds from which what was foreseen tells of the machine by how long it took
_TELLING = 1.0


class Clock:
    """How much time a solve has, has spent and has left.

    Parts of it are measured in seconds, or, ``by_work``, in units of :data:`WORK_A_SECOND` ("seconds" everywhere).
    Both limits hold in either case: time is over at the first of them.

    Parameters
    ----------
    seconds, work : limits; infinite for none.
    by_work : measure in work.
    read : a clock of the machine, in seconds: the wall's, or the processor's, which no other work slows down.

    ``slowness`` is how many times longer than foreseen this machine took for what it did, at least 1.

    """

    def __init__(
        self,
        seconds: float = math.inf,
        work: float = math.inf,
        *,
        by_work: bool = False,
        read: Callable[[], float] = time.monotonic,
    ) -> None:
        self.by_work, self.by_wall = by_work, read is time.monotonic
        self.work = 0
        self.slowness = 1.0
        self._limits = seconds, work
        self._read = read
        self._began = read()
        self._cut = False
        self._kept = self._aside = 0.0
        self._lock = threading.Lock()

    def did(self, steps: int) -> None:
        """Count work done, from any thread."""
        with self._lock:
            self.work += steps

    @property
    def counts(self) -> bool:
        """Whether work may end anything."""
        return math.isfinite(self._limits[1])

    @property
    def now(self) -> float:
        """Time spent so far."""
        return self.work / WORK_A_SECOND if self.by_work else self._read() - self._began

    @property
    def whole(self) -> float:
        """Time that there was at first, less what is kept for the last steps."""
        return max(0.0, (self._limits[1] / WORK_A_SECOND if self.by_work else self._limits[0]) - self._kept)

    @property
    def left(self) -> float:
        """Time left, never below 0, without what is kept for the last steps."""
        work = self._limits[1]
        if self.by_work:
            self._cut = self._cut or self.seconds_left <= 0
            return 0.0 if self._cut else max(0.0, (work - self.work) / WORK_A_SECOND - self._kept)
        return max(0.0, self.seconds_left - self._kept) if self.work < work else 0.0

    @property
    def seconds_left(self) -> float:
        """Seconds of the machine left, never below 0."""
        return max(0.0, self.to_the_end)

    @property
    def to_the_end(self) -> float:
        """Seconds of the machine left, below 0 once it is late."""
        return self._limits[0] - (self._read() - self._began)

    @contextmanager
    def foreseen(self, seconds: float) -> Iterator[None]:
        """Measure what was foreseen to take so many seconds: if it takes longer, so will what comes.

        What takes less than :data:`_TELLING` tells nothing of the machine.
        """
        began = self._read()
        try:
            yield
        finally:
            took = self._read() - began
            if took >= _TELLING:
                self.slowness = max(self.slowness, took / max(seconds, _TELLING))

    def allows(self, seconds: float) -> bool:
        """Return whether what is no work to count, and cannot be cut short, is done in the seconds left.

        ``seconds`` are those of a machine that does nothing else.
        """
        enough = self.seconds_left >= seconds * self.slowness
        self._cut = self._cut or not enough
        return enough

    @property
    def repeatable(self) -> bool:
        """Whether nothing but work ended anything so far."""
        return self.by_work and not self._cut and self.seconds_left > 0

    def beside(self) -> Clock:
        """Return a clock of the same time for one of several that run at once: what it keeps for its last steps, and
        the work that it counts, are its own.
        """
        own = copy.copy(self)
        own.work = 0
        own._lock = threading.Lock()
        return own

    def put_off(self, seconds: float) -> None:
        """Put off the end until so much is left, what was kept included."""
        self._kept = 0.0
        seconds_had, work = self._limits
        if self.by_work:
            self._limits = seconds_had, max(work, self.work + seconds * WORK_A_SECOND)
        else:
            self._limits = max(seconds_had, self.now + seconds), work

    def set_aside(self, seconds: float) -> None:
        """Take seconds of the machine off the limit, for what comes after the search and is no part of the plan."""
        if math.isfinite(self._limits[0]):
            self._limits = self._limits[0] - seconds, self._limits[1]
            self._aside += seconds

    def last_seconds(self, wanted: float) -> float:
        """Return how many of the ``wanted`` seconds there are with what was set aside; half of that in any case."""
        return max(0.5 * self._aside, min(wanted, self._aside + self.seconds_left))

    def keep(self, seconds: float) -> None:
        """Keep time for the last steps; what was kept before is free again."""
        self._kept = seconds


#: of a run that has no other limit than its own seconds
NO_END = Clock()
