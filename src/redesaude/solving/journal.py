"""Keeps what a search finds in its journal while it goes on, so that nothing that ends the process loses it.

A thread looks at the record of the search now and then and writes what is new. It takes none of the search's time but
what reading a plan takes, and so rests long after each: at most a small share of all.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from redesaude.errors import Fault
from redesaude.plan.journal import Kept, write_journal
from redesaude.plan.proof import contradicts
from redesaude.solving.record import Record
from redesaude_models.arrays import Floats
from redesaude_models.problem import Decisions

#: seconds between two looks, and the least between two writes once a plan is kept
_LOOK, _REST = 0.3, 3.0

#: how many times as long as reading and writing a plan took it rests
_RESTS = 50.0

Price = Callable[[Decisions], float]
"""the net present cost of decisions"""


class Journal:
    """What is kept at ``path`` (None: nowhere) of the search for an input.

    ``kept`` is what stands there already, or what a new journal begins with. With ``resume`` the search takes up from
    it; without, it stays until the search has a better plan. What an audited plan does not confirm is forgotten
    when a way fails its audit. May be used from several threads.
    """

    def __init__(self, path: Path | None = None, kept: Kept | None = None, *, resume: bool = False) -> None:
        self.path = path
        self.kept = self._settled = kept or Kept("")
        self.resumed = self.kept if resume else None
        self.unwritable: OSError | None = None
        self._error: Exception | None = None
        self._record, self._seen = Record(), np.inf
        self._price: Price = _unpriced
        self._lock, self._over = threading.Lock(), threading.Event()

    @contextmanager
    def watching(self, price: Price, options: Mapping[str, object]) -> Iterator[None]:
        """Keep what the search finds while the context lasts. ``price`` is asked what a plan costs."""
        if self.path is None:
            yield
            return
        self._price = price
        self.kept = self._settled = replace(self._settled, options=dict(options))
        thread = threading.Thread(target=self._watch, name="journal", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def follow(self, record: Record) -> None:
        """Look at this record from now on."""
        with self._lock:
            self._record, self._seen = record, np.inf

    def settle(self, cost: float, decisions: Decisions, bound: float | None) -> None:
        """Keep an audited plan at once, and the best bound that no plan refutes."""
        with self._lock:
            if self._cheaper(cost, self._settled):
                self._settled = replace(self._settled, cost=cost, decisions=decisions)
            self._settled = _bounded(self._settled, bound, self._record.multipliers)
            self._keep(self._settled)

    def distrust(self) -> None:
        """Forget all that was kept since the last audited plan: the way that found it misreads the problem."""
        with self._lock:
            self._record = Record()
            self._keep(self._settled)

    def faults(self, *, strict: bool) -> tuple[Fault, ...]:
        """Return what went wrong in looking, so that nothing was kept from then on; raise it if ``strict``."""
        if self._error is not None and strict:
            raise self._error
        return () if self._error is None else (Fault.of("journal", self._error),)

    def look(self, *, plans: bool = True) -> bool:
        """Keep what is new in the record of the search, bounds alone unless ``plans``; return whether there was any."""
        with self._lock:
            cost, bound, read = self._record.snapshot()
            kept = replace(self.kept, bound=self._settled.bound)
            if plans and read is not None and cost < self._seen:
                self._seen, decisions = cost, read()
                priced = self._price(decisions)
                if self._cheaper(priced, kept):
                    kept = replace(kept, cost=priced, decisions=decisions)
            return self._keep(_bounded(kept, bound, self._record.multipliers))

    def _watch(self) -> None:
        wait, plans_from = _LOOK, 0.0
        while not self._over.wait(wait):
            began, before = time.monotonic(), self.kept.decisions
            try:
                new = self.look(plans=began >= plans_from)
            except Exception as error:  # told with the plan: the search must not end because of it
                self._error = error
                return
            if self.kept.decisions is not before:
                plans_from = time.monotonic() + _RESTS * (time.monotonic() - began)
            wait = _REST if new and self.kept.decisions is not None else _LOOK

    def _keep(self, kept: Kept) -> bool:
        """Write ``kept`` if it is another than what stands there; return whether it is."""
        if (kept.cost, kept.bound) == (self.kept.cost, self.kept.bound) and kept.decisions is self.kept.decisions:
            return False
        self.kept = replace(kept, written=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
        if self.path is not None:
            try:
                write_journal(self.kept, self.path)
                self.unwritable = None
            except OSError as error:  # a full disk; told at the end, the next look may find room
                self.unwritable = error
        return True

    @staticmethod
    def _cheaper(cost: float, kept: Kept) -> bool:
        return kept.cost is None or cost < kept.cost


def _unpriced(_: Decisions) -> float:
    raise AssertionError("a journal keeps plans only while it watches a search")


def _bounded(kept: Kept, bound: float | None, multipliers: Floats | None) -> Kept:
    """Return ``kept`` with the higher of its bound and ``bound`` that its plan does not refute (None: none), and with
    the newest multipliers.
    """
    cost = np.inf if kept.cost is None else kept.cost
    known = [value for value in (bound, kept.bound) if value is not None and np.isfinite(value)]
    highest = max((value for value in known if not contradicts(value, cost)), default=None)
    return replace(kept, bound=highest, multipliers=kept.multipliers if multipliers is None else multipliers)
