"""One measure against another, neither of them cost: the best of the one at each level of the other, enclosed.

The levels are those of a frontier (:mod:`redesaude.asking.frontier`), at each of which the best of the other measure is
sought (:mod:`redesaude.asking.best`). A stricter level only restricts a looser one: what is proven of the looser holds
for it, and what its plan reaches is reached at the looser one too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from redesaude.asking.best import best
from redesaude.asking.frontier import frontier
from redesaude.asking.measures import MEASURES, Measure
from redesaude.plan.plan import Aim, Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.studies.members import Members

#: ``reached`` is what the best plan found reaches of the measure that is sought, ``limit`` what no plan reaches more
#: than, proven; ``kept`` what it has of the other one. Blank where no plan keeps the level
TRADES = ("measure", "level", "kept", "against", "reached", "limit", "status", "cost", "services")


@dataclass(frozen=True)
class TradeOff:
    """The plans of each level of ``measure``, each with what is known of the best of ``against`` (its ``aim``)."""

    measure: Measure
    against: Measure
    levels: tuple[float, ...]
    plans: tuple[Plan, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One row for each level, columns :data:`TRADES`."""
        return pd.DataFrame([self._row(*pair) for pair in zip(self.levels, self.plans, strict=True)], columns=[*TRADES])

    def _row(self, level: float, plan: Plan) -> tuple[object, ...]:
        names = self.measure.name, level
        if plan.aim is None:
            return (*names, np.nan, self.against.name, np.nan, np.nan, plan.status.value, None, None)
        last = plan.scenario.periods["period_id"].iloc[-1]
        services = int((plan.openings["period_id"] == last).sum())
        sought = self.against.name, plan.aim.reached, plan.aim.limit
        return (*names, self.measure.reached(plan), *sought, plan.status.value, plan.objective, services)


def trade_off(
    plan: Plan,
    levels: Sequence[float],
    options: SolveOptions | None = None,
    *,
    measure: str,
    against: str,
    money: float | None = None,
    progress: Callable[[str, Progress], object] | None = None,
    stop: StopSignal | None = None,
    members: Members | None = None,
) -> TradeOff:
    """Return the best of the measure ``against`` at each of ``levels`` of another (names of
    :data:`redesaude.asking.measures.MEASURES`), within ``money`` (NPV; None: whatever it costs).

    ``options`` are those of each level, for its plan of least cost and then for the best. What is found of each is kept
    in ``members`` and taken from there. Raises as :func:`redesaude.asking.frontier.frontier`.
    """
    members, options = members or Members(), options or SolveOptions()
    curve = frontier(plan, levels, options, measure=measure, progress=progress, stop=stop, members=members)
    found: list[Plan] = []
    for point in curve.points[1:]:
        told = None if progress is None else (lambda step, at=point.level: progress(f"{at:.10g}", step))
        one, kept_in = point.plan, members.about(point.plan, f"best {against} within {money!r}")
        if one.has_decisions and not (stop and stop.stopped):
            taken = kept_in.kept(one.scenario, options)
            one = taken or best(point.plan, against, options, money=money, progress=told, stop=stop)
            if taken is None and not (stop and stop.stopped):
                kept_in.keep(one, point.plan.scenario, options)
        found.append(one)
    by = MEASURES[against]
    return TradeOff(MEASURES[measure], by, tuple(p.level for p in curve.points[1:]), tuple(_shared(found, by)))


def _shared(plans: Sequence[Plan], by: Measure) -> list[Plan]:
    """What is reached at a stricter level is reached at a looser one, what is proven of a looser one of a stricter."""
    found = list(plans)
    for n in range(len(found) - 2, -1, -1):
        one, other = found[n], found[n + 1]
        if one.aim and other.aim and by.stricter(other.aim.reached, one.aim.reached):
            found[n] = replace(other, aim=replace(other.aim, limit=one.aim.limit))
    for n in range(1, len(found)):
        one, other = found[n], found[n - 1]
        if one.aim and other.aim:
            found[n] = replace(one, aim=_with_limit(one.aim, other.aim.limit, by))
    return found


def _with_limit(aim: Aim, limit: float, by: Measure) -> Aim:
    return replace(aim, limit=limit) if by.stricter(aim.limit, limit) else aim
