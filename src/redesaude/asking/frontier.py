"""Cost against another measure: the least cost of each level of it, one point after the other.

A point asks for at least (or at most) so much of a measure in the last period, beside all that the scenario promises
already: of access, that every specialty with a standard has so great a share of its cases within it. Each point only
restricts the one before, so that bounds go up the curve and plans come down it: what is proven rises with the level,
and so does what is found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from redesaude.asking.answers import Inquiry
from redesaude.asking.difference import Answer, Difference, difference
from redesaude.asking.measures import EACH_SPECIALTY, MEASURES, Measure, within_standard
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.status import Status, Termination
from redesaude.studies.members import Members
from redesaude.studies.network_changes import services_at_the_end
from redesaude.studies.sharing import bounded, cheaper

#: money is NPV: the least cost of a point lies between ``least`` and ``cost``; the others are differences to the plan
#: in hand, and to the point before. ``share`` is the ``level`` asked for where that is a share, ``reached`` what the
#: plan reaches of the measure, ``unit_price`` the step found for one unit more (of a share: for all of it); at a
#: ``knee`` the next unit costs at least twice as much as the one before
POINTS = (
    "share",
    "achieved",
    "status",
    "cost",
    "least",
    "low",
    "found",
    "high",
    "step_low",
    "step_found",
    "step_high",
    "services",
    "sites",
    "entered",
    "left",
    "measure",
    "level",
    "reached",
    "unit_price",
    "knee",
)
#: how many times as much the next unit costs at a knee
_KNEE = 2.0
#: of each service: the first point at which it is open, the last, and whether it is at every point between
ENTRIES = ("site_id", "specialty_id", "first_share", "last_share", "stays")


@dataclass(frozen=True)
class Point:
    """A ``level`` of the measure (of the plan in hand: 0 of a share, what it reaches of others), the best ``plan``
    found that keeps it, the ``difference`` of its best to that of the plan in hand, and the ``step`` from the point
    before.
    """

    level: float
    plan: Plan
    difference: Difference
    step: Difference


@dataclass(frozen=True)
class Frontier:
    """The curve from the plan in hand on; ``bettered`` as of :class:`redesaude.asking.answers.Answers`."""

    points: tuple[Point, ...]
    bettered: bool = False
    measure: Measure = MEASURES[EACH_SPECIALTY]

    @property
    def plan(self) -> Plan:
        """The plan in hand: that of the first point."""
        return self.points[0].plan

    @property
    def table(self) -> pd.DataFrame:
        """One row for each point, columns :data:`POINTS`."""
        before = [self.points[0], *self.points[:-1]]
        rows = [self._row(*pair) for pair in zip(self.points, before, strict=True)]
        table = pd.DataFrame(rows, columns=list(POINTS))
        prices = table["unit_price"].to_list()
        knees = [before > 0 and after >= _KNEE * before for before, after in pairwise([*prices[:1], *prices[1:]])]
        return table.assign(knee=[*knees, False])

    def _row(self, point: Point, before: Point) -> dict[str, object]:
        plan, told, step = point.plan, point.difference, point.step
        now, then = services_at_the_end(plan).keys(), services_at_the_end(before.plan).keys()
        some, share = plan.has_decisions, self.measure.form == "percent"
        return {
            "share": point.level if share else np.nan,
            "achieved": within_standard(plan) if some else np.nan,
            "status": plan.status.value,
            "cost": plan.objective,
            "least": plan.bound,
            "low": told.low,
            "found": told.found,
            "high": told.high,
            "step_low": step.low,
            "step_found": step.found,
            "step_high": step.high,
            "services": len(now) if some else None,
            "sites": len({site for site, _ in now}) if some else None,
            "entered": len(now - then) if some else None,
            "left": len(then - now) if some else None,
            "measure": self.measure.name,
            "level": point.level,
            "reached": self.measure.reached(plan) if some else np.nan,
            "unit_price": self._unit_price(point, before),
        }

    def _unit_price(self, point: Point, before: Point) -> float:
        """What one unit more than at the point before costs, of the two plans; NaN where they reach the same."""
        if not (point.plan.has_decisions and before.plan.has_decisions):
            return np.nan
        more = abs(self.measure.reached(point.plan) - self.measure.reached(before.plan))
        return float(point.step.found or 0.0) / more if more > 0 else np.nan

    @property
    def entries(self) -> pd.DataFrame:
        """The services in the order in which they enter, columns :data:`ENTRIES`."""
        there = [(p.level, services_at_the_end(p.plan).keys()) for p in self.points if p.plan.has_decisions]
        rows = []
        for place in dict.fromkeys(place for _, open_ in there for place in sorted(open_)):
            at = [n for n, (_, open_) in enumerate(there) if place in open_]
            rows.append((*place, there[at[0]][0], there[at[-1]][0], at == list(range(at[0], len(there)))))
        return pd.DataFrame(rows, columns=list(ENTRIES))

    @property
    def nested(self) -> bool:
        """Whether every service that has entered stays: whoever builds for less access can go on to more."""
        return bool(self.entries["stays"].all())


def frontier(
    plan: Plan,
    levels: Sequence[float],
    options: SolveOptions | None = None,
    *,
    measure: str = EACH_SPECIALTY,
    progress: Callable[[str, Progress], object] | None = None,
    stop: StopSignal | None = None,
    members: Members | None = None,
) -> Frontier:
    """Return the points of ``levels`` of a ``measure`` (:data:`redesaude.asking.measures.MEASURES`; shares are 0-1),
    from the plan in hand to the strictest. ``options`` are those of each point. What is found of each is kept in
    ``members`` and taken from there.

    Points not begun when asked to stop are left out; those beyond one that is proven impossible are impossible too.

    Raises
    ------
    ValueError
        when the plan has no decisions.
    InputError
        when the scenario does not state what the measure is counted by.

    """
    if not plan.has_decisions:
        raise ValueError("a plan without decisions has no frontier")
    by, stop, options = MEASURES[measure], stop or StopSignal(), replace(options or SolveOptions(), certificate=False)
    if by.form == "percent" and plan.scenario.specialties["access_minutes"].isna().all():
        raise ValueError("no specialty states an access standard")
    members = (members or Members()).about(plan)
    plans, asked = [plan], [0.0 if by.form == "percent" else by.reached(plan)]
    for level in sorted(set(levels), reverse=not by.least):
        if stop.stopped:
            break
        scenario = by.asked(plan.scenario, level)
        if plans[-1].status == Status.INFEASIBLE:
            found = Plan(scenario, Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE, causes=plans[-1].causes)
        else:
            found = _next(plans, scenario, options, _listener(progress, by, level), stop, members=members)
        plans.append(found)
        asked.append(level)
    plans = _shared(plans)
    points = [
        Point(level, one, difference(plans[0], one, 1), _step(before, one))
        for level, one, before in zip(asked, plans, [plans[0], *plans[:-1]], strict=True)
    ]
    return Frontier(tuple(points), bettered=plans[0].objective != plan.objective, measure=by)


def _step(before: Plan, one: Plan) -> Difference:
    """The step from one point to the next; from one without a plan only that a point is impossible is known."""
    if before.has_decisions:
        return difference(before, one, 1)
    if one.status == Status.INFEASIBLE:
        return Difference(math.inf, None, math.inf, Answer.IMPOSSIBLE)
    return Difference(0.0, None, math.inf, Answer.NO_PLAN)


def _listener(
    progress: Callable[[str, Progress], object] | None, by: Measure, level: float
) -> Callable[[Progress], object] | None:
    told = f"{level:.1%}" if by.form == "percent" else f"{level:,.10g}"
    return None if progress is None else lambda step: progress(told, step)


def _next(
    plans: list[Plan],
    scenario: Scenario,
    options: SolveOptions,
    progress: Callable[[Progress], object] | None,
    stop: StopSignal,
    *,
    members: Members,
) -> Plan:
    """The next point, begun from the last ones; where it betters the one before, that is put in its place."""
    at = max(n for n, one in enumerate(plans) if one.has_decisions)
    inquiry = Inquiry(plans[at], members)
    known = [one for one in (plans[0],) if one is not plans[at]]
    found, _ = inquiry.answer(scenario, options, progress, stop, known=known)
    plans[at] = inquiry.plan
    return found


def _shared(plans: Sequence[Plan]) -> list[Plan]:
    """Plans come down the curve, bounds go up it."""
    found = list(plans)
    for n in range(len(found) - 2, -1, -1):
        found[n] = cheaper(found[n], found[n + 1])
    for n in range(1, len(found)):
        if found[n].status != Status.INFEASIBLE:
            found[n] = bounded(found[n], found[n - 1].bound)
    return found
