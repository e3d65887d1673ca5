"""Ways of solving in turn: what one that fails has in hand goes to the next.

A way **fails** when it raises, when its plan does not survive the audit, or when a plan and a bound contradict each
other. None of that is passed over in silence: each is told, kept with the plan as a
:class:`~redesaude.errors.Fault`, and the next way begins from the best audited plan and keeps the best valid bound. A
bound is valid until a plan lies below it; what a way proved that was refuted so, or whose plan fell through its audit,
is not used.

A plan and a bound from the journal of a search that was cut short count as those of a way before the first.

With the environment variable ``REDESAUDE_STRICT`` set to 1, as in the tests, the first fault is raised instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from redesaude.assemble import Assembled
from redesaude.errors import AuditError, BoundError, Fault, FaultError
from redesaude.plan.audit import audit
from redesaude.plan.plan import Plan
from redesaude.plan.proof import contradicts, reached, relative_gap
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.journal import Journal
from redesaude.solving.known import known_in, openings_of
from redesaude.solving.progress import Search
from redesaude.solving.record import Record
from redesaude.status import Status, Termination
from redesaude_models.parts import UnknownPartError

STRICT = "REDESAUDE_STRICT"

#: whose plan and bound those of a journal are
_JOURNAL = "journal"


def is_strict() -> bool:
    """Whether the first fault is to be raised."""
    return os.environ.get(STRICT) == "1"


ReadResult = Callable[[EngineResult, Search], Plan]
"""makes a plan of what a way found, not audited yet"""


@dataclass(frozen=True)
class _Proof:
    """A bound (NPV) and the way that proved it."""

    way: str
    bound: float


class Relay:
    """Runs ways in turn; ``plan`` is the best audited one so far, ``faults`` what went wrong."""

    def __init__(self, assembled: Assembled, search: Search, read: ReadResult, journal: Journal | None = None) -> None:
        self.plan: Plan | None = None
        self.faults: list[Fault] = []
        self._assembled, self._search, self._read = assembled, search, read
        self._journal = journal or Journal()
        self._proofs: list[_Proof] = []
        self._granted = False

    def run(self, ways: Sequence[Way]) -> Plan:
        """Return what the first way that ends well finds, or else the best plan in hand.

        Raises
        ------
        FaultError
            when ways failed and no plan is in hand.

        """
        self._take_up()
        without: Plan | None = None
        for n, way in enumerate(ways):
            found = self._turn(way, last=n == len(ways) - 1)
            if found is not None and (found.has_decisions or found.status == Status.INFEASIBLE):
                return self._concluded(found)
            without = found or without
            if self._search.stopped() or (self.plan is not None and self._search.clock.left <= 0):
                break
        if self.plan is not None:
            return self._concluded(replace(self.plan, termination=self._why(without)))
        if without is None and not self.faults:  # stopped before a way that fits had its turn
            without = self._read(EngineResult(self._search.termination, None, None, 0, 0, {}), self._search)
        if without is None:
            raise FaultError(f"no way of solving led to a plan; {'; '.join(map(str, self.faults))}", self.faults)
        return self._concluded(without)

    def _why(self, without: Plan | None) -> Termination:
        """Why the search ended with the plan in hand, no way having ended with one."""
        if self.faults:
            return Termination.FAULT
        return Termination.INTERRUPTED if without is None else without.termination

    def _take_up(self) -> None:
        """Take the plan and the bound of the journal, if the search resumes one."""
        kept = self._journal.resumed
        if kept is None:
            return
        if kept.bound is not None:
            self._proofs.append(_Proof(_JOURNAL, kept.bound))
        if kept.decisions is None:
            return
        try:
            plan = self._taken(EngineResult(Termination.INTERRUPTED, kept.decisions, None, 0, 0, {}), self._search)
        except Exception as error:
            self._tell(_JOURNAL, error)
        else:
            self._search.reporter.tell("start", "the plan of the journal", incumbent=plan.objective, bound=kept.bound)

    def _turn(self, way: Way, *, last: bool) -> Plan | None:
        """Run one way; return its plan, None where it failed, or the problem is not of its kind or not known to it.

        That there is none is left to ways that are conclusive to say, and to the ``last`` one.
        """
        search = self._handed_over()
        try:
            result = way.run(self._assembled, search)
            for name, error in () if result is None else result.failed:
                if isinstance(error, AuditError):
                    self._journal.distrust()
                self._tell(name, error)
            if result is not None and result.decisions is None and not (last or way.conclusive):
                result = replace(result, termination=_unproven(result.termination))
            plan = None if result is None else self._taken(result, search)
        except UnknownPartError as unknown:
            if last:
                self._failed(way, search, FaultError(str(unknown)))
            else:
                search.reporter.tell("start", f"{way.name}: not for this problem, {unknown}")
            return None
        except Exception as error:
            self._failed(way, search, error)
            return None
        self._settle(way, search)
        return None if plan is not None and plan.termination == Termination.FAULT else plan

    def _handed_over(self) -> Search:
        """Return the search of the next way: the plan in hand, the best bound, and a little time, once, if none is
        left.
        """
        clock = self._search.clock
        if clock.left <= 0 and not self._granted:
            self._granted = True
            ways = self._search.parameters.ways
            clock.put_off(min(ways.grace * clock.whole, ways.grace_seconds))
        known = () if self.plan is None else (known_in(self._assembled.problem, openings_of(self.plan)),)
        record = Record(self._bound)
        self._journal.follow(record)
        multipliers = None if self._journal.resumed is None else self._journal.resumed.multipliers
        return replace(self._search, known=(*known, *self._search.known), multipliers=multipliers, record=record)

    def _taken(self, result: EngineResult, search: Search) -> Plan:
        """Return the plan of ``result`` audited, and keep it if it is the best.

        Raises
        ------
        AuditError
            when it does not survive. BoundError: it does, and refutes what its own way proved.

        """
        plan, false = self._read(result, search), search.record.proven
        if plan.objective is None or not contradicts(false, plan.objective, plan.turnover):
            return self._kept(audited(plan), result, search)
        search.record.proven = -np.inf
        self._kept(audited(replace(plan, bound=None, gap=None, status=Status.FEASIBLE)), result, search)
        raise BoundError(f"the audited plan of {plan.objective:.17g} lies below the bound {false:.17g}")

    def _failed(self, way: Way, search: Search, error: Exception) -> None:
        """Tell, and take over what the way had in hand."""
        misread = isinstance(error, AuditError)  # a way that misreads the problem proves nothing of it
        if misread:
            self._journal.distrust()  # before the error is told: where it is raised, nothing comes after
        self._tell(way.name, error)
        if misread:
            return
        self._settle(way, search)
        if search.record.read is None:
            return
        try:
            decisions = search.record.read()
            self._taken(EngineResult(Termination.FAULT, decisions, None, 0, 0, {}), search)
        except Exception as second:
            self._tell(f"{way.name}, the plan in hand", second)

    def _settle(self, way: Way, search: Search) -> None:
        """Keep what the way proved, and drop what its plans refuted of what the ways before had proved."""
        record = search.record
        if record.refuted is not None:
            self._refute([proof for proof in self._proofs if proof.bound >= record.refuted], record.cost)
        if np.isfinite(record.proven):
            self._proofs.append(_Proof(way.name, record.proven))

    def _refute(self, proofs: list[_Proof], cost: float) -> None:
        for proof in proofs:
            self._proofs.remove(proof)
            self._tell(proof.way, BoundError(f"a plan of {cost:.17g} lies below the bound {proof.bound:.17g}"))

    def _tell(self, stage: str, error: Exception) -> None:
        if is_strict():
            raise error
        fault = Fault.of(stage, error)
        self.faults.append(fault)
        self._search.reporter.tell("fault", str(fault))

    def _kept(self, plan: Plan, result: EngineResult, search: Search) -> Plan:
        if plan.objective is not None and (self.plan is None or plan.objective < _cost(self.plan)):
            self.plan = plan
        if plan.objective is not None and result.decisions is not None:
            self._journal.settle(plan.objective, result.decisions, search.record.bound)
        return plan

    @property
    def _bound(self) -> float:
        return max((proof.bound for proof in self._proofs), default=-np.inf)

    def _concluded(self, ended: Plan) -> Plan:
        """Return the best plan with the best bound that no plan refutes, and what that makes of it.

        ``ended`` is what the last way says, and why it ended.
        """
        best = self.plan or ended
        if best.has_decisions and ended.status == Status.INFEASIBLE:
            self._tell("the proof that no plan is possible", BoundError("an audited plan is in hand"))
            ended = replace(best, termination=Termination.FAULT)
        self._refute([p for p in self._proofs if contradicts(p.bound, _cost(best), best.turnover)], _cost(best))
        bound = self._bound if np.isfinite(self._bound) else None
        best = replace(best, termination=ended.termination, faults=tuple(self.faults))
        if bound == best.bound or best.status == Status.INFEASIBLE:
            return best
        return bounded(best, bound, self._search.limits.gap)


def bounded(plan: Plan, bound: float | None, asked: float) -> Plan:
    """Return ``plan`` with another ``bound`` (NPV), its gap, audit, and what that makes of it where a gap is ``asked``.

    AuditError: it does not pass.
    """
    gap = relative_gap(plan.objective, bound)
    plan = replace(plan, bound=bound, gap=gap)
    if not plan.has_decisions:
        return plan
    return audited(replace(plan, status=Status.OPTIMAL if reached(gap, asked) else Status.FEASIBLE))


def audited(plan: Plan) -> Plan:
    """Return ``plan`` with its audit; AuditError: it does not pass."""
    if not plan.has_decisions:
        return plan
    plan = replace(plan, audit=audit(plan))
    if not plan.audit.passed:
        failed = "; ".join(f"{c.name}: {c.worst:g} ({c.detail})" for c in plan.audit.checks if not c.passed)
        raise AuditError(f"the plan failed its audit: {failed}")
    return plan


def _unproven(termination: Termination) -> Termination:
    """Return why a way without a plan ended, where it may not say that there is none."""
    return Termination.TIME_LIMIT if termination == Termination.PROVEN_INFEASIBLE else termination


def _cost(plan: Plan) -> float:
    return np.inf if plan.objective is None else plan.objective
