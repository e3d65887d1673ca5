"""Cost against access: the least cost of each share of cases within the standard, one point after the other.

A point asks every specialty that states a standard for at least so great a share of its cases in the last period, in
the whole area, beside all that the scenario promises already. Each point only restricts the one before, so that bounds
go up the curve and plans come down it: what is proven rises with access, and so does what is found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from redesaude.asking.answers import Inquiry
from redesaude.asking.difference import Answer, Difference, difference
from redesaude.inputs.checks import check_again
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import Plan
from redesaude.promises.access import restated, stated
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.status import Status, Termination
from redesaude.studies.network_changes import services_at_the_end
from redesaude.studies.sharing import bounded, cheaper

#: money is NPV: the least cost of a point lies between ``least`` and ``cost``; the others are differences to the plan
#: in hand, and to the point before
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
)
#: of each service: the first point at which it is open, the last, and whether it is at every point between
ENTRIES = ("site_id", "specialty_id", "first_share", "last_share", "stays")


@dataclass(frozen=True)
class Point:
    """A ``share`` of cases within the standard (0: as the scenario promises), the best ``plan`` found that keeps it,
    the ``difference`` of its best to that of the plan in hand, and the ``step`` from the point before.
    """

    share: float
    plan: Plan
    difference: Difference
    step: Difference


@dataclass(frozen=True)
class Frontier:
    """The curve from the plan in hand on; ``bettered`` as of :class:`redesaude.asking.answers.Answers`."""

    points: tuple[Point, ...]
    bettered: bool = False

    @property
    def plan(self) -> Plan:
        """The plan in hand: that of the first point."""
        return self.points[0].plan

    @property
    def table(self) -> pd.DataFrame:
        """One row for each point, columns :data:`POINTS`."""
        before = [self.points[0], *self.points[:-1]]
        return pd.DataFrame([_row(*pair) for pair in zip(self.points, before, strict=True)], columns=list(POINTS))

    @property
    def entries(self) -> pd.DataFrame:
        """The services in the order in which they enter, columns :data:`ENTRIES`."""
        there = [(p.share, services_at_the_end(p.plan).keys()) for p in self.points if p.plan.has_decisions]
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
    shares: Sequence[float],
    options: SolveOptions | None = None,
    *,
    progress: Callable[[str, Progress], object] | None = None,
    stop: StopSignal | None = None,
) -> Frontier:
    """Return the points of ``shares`` (0-1), rising from the plan in hand. ``options`` are those of each point.

    Points not begun when asked to stop are left out; those beyond one that is proven impossible are impossible too.

    Raises
    ------
    ValueError
        when the plan has no decisions, or no specialty states a standard.

    """
    if not plan.has_decisions:
        raise ValueError("a plan without decisions has no frontier")
    if plan.scenario.specialties["access_minutes"].isna().all():
        raise ValueError("no specialty states an access standard")
    stop, options = stop or StopSignal(), replace(options or SolveOptions(), certificate=False)
    plans, asked = [plan], [0.0]
    for share in sorted(set(shares)):
        if stop.stopped:
            break
        scenario = with_access(plan.scenario, share)
        if plans[-1].status == Status.INFEASIBLE:
            found = Plan(scenario, Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE, causes=plans[-1].causes)
        else:
            found = _next(plans, scenario, options, _listener(progress, share), stop)
        plans.append(found)
        asked.append(share)
    plans = _shared(plans)
    points = [
        Point(share, one, difference(plans[0], one, 1), _step(before, one))
        for share, one, before in zip(asked, plans, [plans[0], *plans[:-1]], strict=True)
    ]
    return Frontier(tuple(points), bettered=plans[0].objective != plan.objective)


def _step(before: Plan, one: Plan) -> Difference:
    """The step from one point to the next; from one without a plan only that a point is impossible is known."""
    if before.has_decisions:
        return difference(before, one, 1)
    if one.status == Status.INFEASIBLE:
        return Difference(math.inf, None, math.inf, Answer.IMPOSSIBLE)
    return Difference(0.0, None, math.inf, Answer.NO_PLAN)


def with_access(scenario: Scenario, share: float) -> Scenario:
    """Return ``scenario`` with at least ``share`` of the cases of each specialty within its standard in the last
    period, in the whole area, beside what is promised already.
    """
    table, last = stated(scenario), scenario.periods["period_id"].iloc[-1]
    rows = []
    for row in rows_of(scenario.specialties):
        promised = row.access_hard and row.access_share >= share
        if np.isnan(row.access_minutes) or promised:
            continue
        own = (table["specialty_id"] == row.specialty_id) & (table["region_id"] == ALL) & (table["period_id"] == last)
        same = own & table["minutes"].eq(row.access_minutes) & table["active"]
        if same.any():
            table = table.assign(
                share=table["share"].where(~same, np.maximum(table["share"], share)), hard=table["hard"] | same
            )
            continue
        blank: dict[str, object] = dict.fromkeys(table.columns, "") | {"from_year": np.nan, "price": np.nan}
        own_row = {"specialty_id": row.specialty_id, "region_id": ALL, "period_id": last, "share": share}
        rows.append(blank | own_row | {"minutes": row.access_minutes, "hard": True, "active": True})
    if rows:
        added = pd.DataFrame(rows, columns=table.columns)
        table = pd.concat([table, added], ignore_index=True).astype(table.dtypes)
    return check_again(restated(scenario, table))


def _listener(progress: Callable[[str, Progress], object] | None, share: float) -> Callable[[Progress], object] | None:
    return None if progress is None else lambda step: progress(f"{share:.1%}", step)


def _next(
    plans: list[Plan],
    scenario: Scenario,
    options: SolveOptions,
    progress: Callable[[Progress], object] | None,
    stop: StopSignal,
) -> Plan:
    """The next point, begun from the last ones; where it betters the one before, that is put in its place."""
    at = max(n for n, one in enumerate(plans) if one.has_decisions)
    inquiry = Inquiry(plans[at])
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


def within_standard(plan: Plan) -> float:
    """Return the share of cases within the standard in the last period, of the specialties that state one."""
    access = plan.access
    last = plan.scenario.periods["period_id"].iloc[-1]
    rows = access[(access["region_id"] == ALL) & (access["period_id"] == last)].dropna(subset=["share_within_standard"])
    cases = rows["cases"].astype(float)
    return float((rows["share_within_standard"].astype(float) * cases).sum() / cases.sum()) if cases.sum() else np.nan


def _row(point: Point, before: Point) -> dict[str, object]:
    plan, told, step = point.plan, point.difference, point.step
    now, then = services_at_the_end(plan).keys(), services_at_the_end(before.plan).keys()
    some = plan.has_decisions
    return {
        "share": point.share,
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
    }
