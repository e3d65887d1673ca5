r"""The best plans that differ in kind: in which services are open in the last period.

What is left of all plans without one kind is parted (Lawler 1972): with the free services in some order, the
:math:`i`-th part turns the :math:`i`-th of them round and keeps those before it as they are. Each part is a scenario
with decisions (open, or not open, in the last period), which every way of solving knows. Parts are solved where their
bound is least, as long as there is time; what is not solved counts with its bound. The :math:`n`-th best kind costs no
more than the :math:`n`-th found, and no less than the least bound of what was left when :math:`n-1` kinds had been
taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from redesaude.asking.answers import Inquiry
from redesaude.asking.difference import Difference, difference
from redesaude.asking.prices import Screen
from redesaude.asking.questions import END, OPEN, Change, Question, scenario_of
from redesaude.errors import InputError
from redesaude.plan.plan import Plan
from redesaude.solving.clock import Clock
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.status import Status
from redesaude.studies.members import Members
from redesaude.studies.network_changes import CHANGES, changes_between, services_at_the_end

#: money is NPV: the ``rank``-th best kind costs between ``least`` and ``cost``; ``found`` is that less the first
PLANS = ("rank", "cost", "least", "low", "found", "high", "services", "opened", "closed")
#: of each service: in how many of the plans it is open; ``proven``: every plan within the tolerance does as all do
DECISIONS = ("site_id", "specialty_id", "plans", "of", "firmness", "proven")

ALL, MOST, SPLIT, FEW, NONE = "all", "most", "split", "few", "none"

Place = tuple[str, str]

#: part of the time that goes to the relaxations
_RELAXED = 0.2
#: least seconds of a part worth solving
_LEAST = 2.0


@dataclass(frozen=True)
class Alternative:
    """A plan of a kind of its own, what its rank costs at least (NPV), and the difference to the best."""

    plan: Plan
    least: float
    difference: Difference


@dataclass(frozen=True)
class Alternatives:
    """The best kinds found, the cheapest first: the plan in hand, or a better one (``bettered``), and others that cost
    at most ``within`` (share) more. ``complete``: nothing cheaper than the last of them is left, proven.
    """

    plans: tuple[Alternative, ...]
    decisions: pd.DataFrame
    within: float
    complete: bool
    bettered: bool = False

    @property
    def table(self) -> pd.DataFrame:
        """One row for each plan, columns :data:`PLANS`."""
        return pd.DataFrame([_row(n, each, self.plans[0]) for n, each in enumerate(self.plans)], columns=list(PLANS))

    @property
    def changes(self) -> pd.DataFrame:
        """What each plan has otherwise than the first in the last period, columns of :data:`CHANGES` after its rank."""
        first = self.plans[0].plan
        rows = [(n + 1, *row) for n, each in enumerate(self.plans) for row in changes_between(first, each.plan)]
        return pd.DataFrame(rows, columns=["rank", *CHANGES[2:]])


@dataclass
class _Part:
    """Plans in which some services are open, or not open, in the last period, and what they cost at least."""

    fixed: dict[Place, bool]
    bound: float
    plan: Plan | None = None


def alternatives(
    plan: Plan,
    count: int = 5,
    within: float = 0.05,
    options: SolveOptions | None = None,
    *,
    seconds: float = 300.0,
    progress: Callable[[str, Progress], object] | None = None,
    stop: StopSignal | None = None,
    members: Members | None = None,
) -> Alternatives:
    """Return the ``count`` best kinds found that cost at most ``within`` (share) more than the best, in ``seconds``.
    What is found of each part is kept in ``members`` and taken from there.

    Raises
    ------
    ValueError
        when the plan has no decisions.

    """
    if not plan.has_decisions:
        raise ValueError("a plan without decisions has no alternatives")
    clock = Clock(seconds)
    members = (members or Members()).about(plan, f"{count} {within!r} {seconds:g}", clock=clock)
    search = _Search(Inquiry(plan, members), count, within, options or SolveOptions(), clock)
    search.run(progress, stop or StopSignal())
    return search.result()


class _Search:
    """Parts of all plans: those that are solved give kinds, those that are not wait with their bound."""

    def __init__(self, inquiry: Inquiry, count: int, within: float, options: SolveOptions, clock: Clock) -> None:
        self._count, self._within, self._clock = count, within, clock
        self._options = replace(options, certificate=False)
        plan, self._inquiry = inquiry.plan, inquiry
        self._asked = plan
        self._rise = self._screened(plan)
        root = _Part({}, -np.inf if plan.bound is None else plan.bound, plan)
        self._taken: list[Plan] = []
        self._least: list[float] = []
        self._parts = [root]

    def run(self, progress: Callable[[str, Progress], object] | None, stop: StopSignal) -> None:
        """Take out kind after kind, the cheapest first, solving parts where nothing cheaper is sure."""
        while len(self._taken) < self._count:
            solved = [part for part in self._parts if part.plan is not None]
            best = min(solved, key=_cost, default=None)
            waiting = [part for part in self._parts if part.plan is None and part.bound <= self._ceiling]
            part = min(waiting, key=lambda part: part.bound, default=None)
            over = stop.stopped or self._clock.left < _LEAST
            if part is not None and not over and (best is None or part.bound < _cost(best)):
                self._solve(part, progress, stop)
            elif best is not None and _cost(best) <= self._ceiling:
                self._take(best)
            else:
                return

    def result(self) -> Alternatives:
        """Return what was found."""
        order = sorted(range(len(self._taken)), key=lambda n: self._taken[n].objective or np.inf)
        plans, least = [self._taken[n] for n in order], np.maximum.accumulate(self._least)
        first = plans[0]
        found = [
            Alternative(each, min(float(low), each.objective or np.inf), _difference(first, each, float(low)))
            for each, low in zip(plans, least, strict=True)
        ]
        left = min((part.bound for part in self._parts), default=np.inf)
        complete = left >= min(plans[-1].objective or np.inf, self._ceiling) * (1 - 1e-9)
        bettered = first.objective != self._asked.objective
        return Alternatives(tuple(found), self._decisions(plans), self._within, complete, bettered)

    @property
    def _ceiling(self) -> float:
        """What an alternative may cost at most."""
        best = min(self._inquiry.plan.objective or 0.0, *(p.objective or 0.0 for p in self._taken or [self._asked]))
        return best + self._within * abs(best)

    def _screened(self, plan: Plan) -> dict[Place, float]:
        """What the certificate proves that turning each service round costs at least (NPV), as a bound."""
        assembled, at_end = self._inquiry.assembled, services_at_the_end(plan)
        places = list(assembled.services[["site_id", "specialty_id"]].itertuples(index=False, name=None))
        if plan.certificate is None or plan.certified.bound is None:
            return dict.fromkeys(places, -np.inf)
        screen, seconds = Screen(assembled, plan.certificate), _RELAXED * self._clock.left
        prices = screen.relaxed(screen.prices(), Limits(0.0, seconds, seed=plan.seed, clock=Clock(seconds)))
        closing = prices.closing if len(plan.scenario.periods) == 1 else np.zeros(len(places))
        rises = [closing[n] if place in at_end else prices.opening[n] for n, place in enumerate(places)]
        return {place: plan.certified.bound + rise for place, rise in zip(places, rises, strict=True)}

    def _take(self, part: _Part) -> None:
        """Take the kind of a solved part out, and put what is left of the part in its place."""
        self._least.append(min(each.bound for each in self._parts))
        self._parts.remove(part)
        plan = part.plan
        if plan is None:
            return
        self._taken.append(plan)
        at_end, fixed = services_at_the_end(plan), dict(part.fixed)
        first = len(self._taken) == 1 and not part.fixed
        for place in sorted(self._rise, key=lambda place: self._rise[place]):
            if place in fixed:
                continue
            there = place in at_end
            bound = max(part.bound, self._rise[place]) if first else part.bound
            if bound < np.inf:
                self._parts.append(_Part({**fixed, place: not there}, bound))
            fixed[place] = there

    def _solve(self, part: _Part, progress: Callable[[str, Progress], object] | None, stop: StopSignal) -> None:
        """Solve a part, or drop it where it holds no plan."""
        changes = [Change(OPEN if there else END, *place) for place, there in part.fixed.items()]
        question = Question(tuple(changes))
        listener = None if progress is None else (lambda step: progress(changes[-1].text, step))
        limit = (
            self._clock.left if self._options.time_limit is None else min(self._clock.left, self._options.time_limit)
        )
        try:
            scenario = scenario_of(self._asked.scenario, question)
        except InputError:  # the input decides the contrary
            self._parts.remove(part)
            return
        known = [plan for plan in self._taken[-1:] if plan is not self._inquiry.plan]
        found, _ = self._inquiry.answer(scenario, self._options, listener, stop, known=known, seconds=limit)
        if found.status == Status.INFEASIBLE:
            self._parts.remove(part)
        elif found.has_decisions:
            part.plan, part.bound = found, max(part.bound, -np.inf if found.bound is None else found.bound)
        else:
            self._clock = Clock(0.0)  # no plan in the time there was: none of the others will have more

    def _decisions(self, plans: Sequence[Plan]) -> pd.DataFrame:
        """How many of the plans open each service, columns :data:`DECISIONS`."""
        networks, of = [services_at_the_end(plan).keys() for plan in plans], len(plans)
        rows = []
        for place, bound in self._rise.items():
            count = sum(place in network for network in networks)
            firmness = ALL if count == of else NONE if not count else MOST if 3 * count > 2 * of else SPLIT
            firmness = FEW if firmness == SPLIT and 3 * count < of else firmness
            rows.append((*place, count, of, firmness, bool(bound > self._ceiling)))
        return pd.DataFrame(rows, columns=list(DECISIONS))


def _cost(part: _Part) -> float:
    return np.inf if part.plan is None or part.plan.objective is None else part.plan.objective


def _difference(first: Plan, plan: Plan, least: float) -> Difference:
    """The difference of a rank to the first, whose least is proven of what was left."""
    return difference(first, replace(plan, bound=min(least, plan.objective or np.inf)), 1)


def _row(n: int, each: Alternative, first: Alternative) -> dict[str, object]:
    now, then = services_at_the_end(each.plan).keys(), services_at_the_end(first.plan).keys()
    told = each.difference
    return {
        "rank": n + 1,
        "cost": each.plan.objective,
        "least": each.least,
        "low": told.low,
        "found": told.found,
        "high": told.high,
        "services": len(now),
        "opened": len(now - then),
        "closed": len(then - now),
    }
