"""Ways side by side: where several know a problem, they run at once, each in a thread of its own.

Each way has a record of its own, so that it answers for what it finds and proves. What it proves is given to the
others, and a plan of one with the bound of another ends the race as soon as they are within the gap asked for. A plan
goes to a way that asks for one, as the cost that it must better, only once it has passed its audit: no bound rests on a
plan that is none.

The alarm goes across: an audited plan of one way below the bound of another refutes that bound, and the way that proved
it is ended. A way that fails, or whose plan fails its audit, is ended alone, and the others go on; what went wrong is
handed on with the result.

A way that could use a second thread gets it once the other way has ended, or has for a while had neither the better
plan nor the better bound and twice its gap: then that one is ended.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from redesaude.assemble import Assembled
from redesaude.errors import BoundError
from redesaude.plan.proof import contradicts, reached, relative_gap
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.lane import Lane
from redesaude.solving.progress import Search
from redesaude.status import Termination
from redesaude_models.problem import Decisions

#: seconds between two looks at the ways
_LOOK = 0.05

#: seconds in which a way that is not needed any more may end; then it is left behind
_MOMENT = 0.05
#: seconds in which a way that has proven most may end, once what it has proven is enough
_LAST_WORDS = 1.0

#: how many times as long as its audit took a plan rests before a better one of the same way is handed to others
_RESTS = 20.0

#: least gain, as a share of its cost, for which a plan is handed to others
_GAIN = 1e-6

#: share of the gap of the other way that the gap of the surer one is at most
_SURER = 0.5

Check = Callable[[Decisions], object]
"""audits decisions; AuditError: they do not pass"""


class SideBySide:
    """An engine that runs its ``lanes`` at once, and ``after`` them, where that led to nothing, other ways in turn.

    Each later lane begins when those before it are not done in a moment. ``check`` audits a plan.
    """

    name = "side by side"

    def __init__(self, lanes: Sequence[Way], after: Sequence[Way], check: Check) -> None:
        self.lanes, self._after, self._check = tuple(lanes), tuple(after), check

    @property
    def ways(self) -> tuple[Way, ...]:
        """All lanes as one way, and those after it."""
        return (Way(self.name, self.run, conclusive=True), *self._after)

    def run(self, assembled: Assembled, search: Search) -> EngineResult | None:
        """Run the lanes to the end; see :class:`redesaude.solving.engine.Way`."""
        return _Race(self.lanes, assembled, search, self._check).run()


class _Race:
    """The lanes of one search. What all know is in the record of ``search``, as of a single way."""

    def __init__(self, ways: Sequence[Way], assembled: Assembled, search: Search, check: Check) -> None:
        self._search, self._check, self._assembled = search, check, assembled
        self._given = search.record.given
        self._lock = threading.Lock()
        threads = max(1, search.limits.threads // len(ways))
        self._lanes = [Lane(way, search, threads, self._collect) for way in ways]
        self._since: dict[Lane, float] = {}

    def run(self) -> EngineResult | None:
        """Run all lanes until one is done, a pair of them has met, or the search must end."""
        try:
            for lane in self._lanes:
                lane.begin(self._assembled)
                if self._watched(self._search.parameters.ways.head):
                    break
            else:
                self._watched(np.inf)
        finally:
            for lane in self._lanes:
                lane.stop.set()
        if self._first_is_enough:
            self._collect()
            return self._lanes[0].result
        self._join()
        self._search.clock.did(sum(lane.search.clock.work for lane in self._lanes))
        return self._result()

    @property
    def _first_is_enough(self) -> bool:
        """Whether the first lane was done before another began: a single way, whose plan is audited by who gets it."""
        first, *others = self._lanes
        return first.simply_done and not any(lane.has_begun for lane in others)

    def _join(self) -> None:
        """Wait for all lanes where nothing is decided yet, else a moment only: HiGHS looks seldom at whether to end.

        Whoever has done its part of what is proven has longer, for what a certificate can be made of.
        """
        decided = self._within_gap or any(lane.says_impossible for lane in self._lanes)
        for lane in self._lanes:
            near = lane.search.met or lane.proven >= self._search.proven
            lane.join((_LAST_WORDS if near else _MOMENT) if decided else None)

    def _watched(self, seconds: float) -> bool:
        """Watch the lanes that have begun for so long, or until none of them runs; return whether the race is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._judge()
            if self._first_is_enough or self._search.over() or self._concluded() or self._met():
                return True
            running = [lane for lane in self._lanes if lane.running]
            if not running:
                return seconds == np.inf
            self._hand_over()
            if seconds == np.inf:
                self._weigh(running)
            running[0].ended.wait(_LOOK)
        return False

    def _collect(self) -> None:
        """Let the record of the whole search know what the lanes do, and tell what is new."""
        with self._lock:
            trusted = [lane for lane in self._lanes if not lane.misread]
            seen = [lane.search.record.seen() for lane in trusted]
            proven = max((lane.proven for lane in trusted), default=-np.inf)
            most = max(proven, self._search.proven)
            if any(contradicts(most, cost, turnover) for cost, turnover, _ in seen):
                return  # who is wrong is for the judge to say
            for cost, turnover, read in seen:
                self._search.adopt(cost, turnover, read)
            for lane in trusted:
                self._search.prove(min(proven, lane.proven), lane.search.record.multipliers)

    def _judge(self) -> None:
        """Hold every plan against the bounds of the other lanes, and give each what the others have proven."""
        for lane in self._lanes:
            if lane.error is not None:
                self._fail(lane, lane.error)
        for lane in self._lanes:
            for other in self._lanes:
                false = other.proven
                if other is lane or lane.misread or not lane.search.record.refutes(false) or not self._passes(lane):
                    continue
                cost = lane.search.record.cost
                self._fail(other, BoundError(f"a plan of {cost:.17g} lies below the bound {false:.17g}"))
        self._collect()
        for lane in self._lanes:
            others = [other.proven for other in self._lanes if other is not lane]
            lane.search.record.give(max([self._given, *others]))

    def _fail(self, lane: Lane, error: Exception) -> None:
        """End a lane, once, and forget what is not to be trusted of it."""
        if not lane.fail(error):
            return
        self._search.tell("solve", f"{lane.way.name} has failed and is left: {error}")
        with self._lock:
            self._search.record.forget()

    def _passes(self, lane: Lane) -> bool:
        """Return whether the best plan of a lane passes its audit; if not, the lane has failed."""
        cost, _, read = lane.search.record.snapshot()
        if read is None or lane.misread:
            return False
        if lane.passed is not None and cost == lane.passed_cost:
            return True
        began = time.monotonic()
        try:
            decisions = read()
            self._check(decisions)
        except Exception as error:  # kept with the result, and no plan of this lane counts
            lane.misread = True
            self._fail(lane, error)
            return False
        lane.passed, lane.passed_cost = decisions, cost
        lane.rests_until = time.monotonic() + _RESTS * (time.monotonic() - began)
        return True

    def _met(self) -> bool:
        """Return whether an audited plan is within the gap of what all have proven."""
        if not self._within_gap:
            return False
        best = min((lane for lane in self._lanes if not lane.misread), key=lambda lane: lane.search.cost)
        return self._passes(best) and self._within_gap

    @property
    def _within_gap(self) -> bool:
        """Whether the best plan is within the gap asked for; to rounding, where a way has ended and says that it is."""
        ended = (lane.result for lane in self._lanes if not lane.failed)
        said = any(result is not None and result.termination == Termination.GAP_REACHED for result in ended)
        cost, bound = self._search.cost, self._search.record.bound
        if not (said and np.isfinite(cost) and np.isfinite(bound)):
            return self._search.met
        return reached(relative_gap(cost, bound), self._search.limits.gap)

    def _concluded(self) -> bool:
        """Return whether a way that leaves nothing out has found that there is no plan, and nobody has one."""
        for lane in self._lanes:
            if lane.says_impossible and any(self._passes(other) for other in self._lanes if other is not lane):
                self._fail(lane, BoundError("an audited plan is in hand: the proof that no plan is possible is false"))
        return any(lane.says_impossible for lane in self._lanes)

    def _hand_over(self) -> None:
        """Hand the best plan, audited, to the lanes that ask for one and have a dearer one."""
        best = min((lane for lane in self._lanes if not lane.misread), key=lambda lane: lane.search.cost, default=None)
        if best is None or time.monotonic() < best.rests_until or not np.isfinite(cost := best.search.cost):
            return
        waiting = [
            lane
            for lane in self._lanes
            if lane.asks and lane.running and min(lane.search.cost, lane.handed) - cost > _GAIN * abs(cost)
        ]
        if waiting and self._passes(best) and best.passed is not None:
            for lane in waiting:
                lane.hand(best.passed, best.passed_cost)

    def _weigh(self, running: Sequence[Lane]) -> None:
        """Give a lane that is alone, or clearly surer for a while, the thread of the other."""
        if len(running) == 1:
            running[0].more.set()
            return
        now, patience = time.monotonic(), self._search.parameters.ways.evidence
        for lane in running:
            if not lane.could_use_more or not all(_surer(lane, other) for other in running if other is not lane):
                self._since.pop(lane, None)
            elif now - self._since.setdefault(lane, now) >= patience:
                self._search.tell("solve", f"{lane.way.name} is surer: it goes on alone")
                for other in running:
                    if other is not lane:
                        other.stop.set()
                lane.more.set()

    def _result(self) -> EngineResult | None:
        """Return the best audited plan of all lanes, what all have proven, and what went wrong."""
        self._judge()
        impossible = self._concluded()
        found = [lane for lane in self._lanes if not lane.misread and np.isfinite(lane.search.cost)]
        best = next((lane for lane in sorted(found, key=lambda lane: lane.search.cost) if self._passes(lane)), None)
        self._judge()
        failed = tuple((lane.way.name, error) for lane in self._lanes for error in lane.failed)
        results = [lane.result for lane in self._lanes if lane.result is not None]
        if best is None and not results and not failed and not self._search.over():
            return None
        why = Termination.GAP_REACHED if self._within_gap else self._search.termination
        if impossible and best is None:
            why = Termination.PROVEN_INFEASIBLE
        elif failed and why != Termination.GAP_REACHED and all(w.failed or w.result is None for w in self._lanes):
            why = Termination.FAULT
        base = EngineResult(why, None, None, 0, 0, {}) if best is None else best.found
        evidence = next((result.evidence for result in results if result.evidence is not None), None)
        return replace(
            base, termination=why, bound=self._search.bound, evidence=base.evidence or evidence, failed=failed
        )


def _surer(lane: Lane, other: Lane) -> bool:
    """Return whether ``lane`` has a plan and a bound no worse than those of ``other``, and at most half its gap."""
    cost, proven, others = lane.search.cost, lane.proven, (other.search.cost, other.proven)
    if not (np.isfinite(cost) and np.isfinite(proven)) or cost > others[0] or proven < others[1]:
        return False
    if not np.isfinite(others).all():
        return True
    own, its = relative_gap(cost, proven), relative_gap(*others)
    return own is not None and its is not None and own <= _SURER * its
