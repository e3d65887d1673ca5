"""What norms cost: each that a plan keeps, with and without it; each that it misses, kept as far as any network could.

A norm of access that is out of reach by travel is asked for at the most that can be kept
(:mod:`redesaude.studies.access_norms`); one of the emergency network that no network keeps is not asked for. What a
plan misses is asked for in the groups of :mod:`.norm_prices`, each made firm beside all that the scenario promises: the
scenario is only restricted, so that the difference cannot be below zero, and where no plan is possible the search says
which rules are in the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from redesaude.asking.answers import Inquiry
from redesaude.asking.difference import Difference, difference
from redesaude.asking.norm_changes import firm
from redesaude.asking.norm_prices import GROUP, grouped, norm_prices
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Listener, StopSignal
from redesaude.studies import access_norms
from redesaude.studies.network_changes import CHANGES, changes_between
from redesaude.studies.sharing import bounded

#: of each group of norms missed: how many ``norms``, of how many the most is below the norm (``beyond``), and what
#: keeping them costs more (NPV, :class:`.difference.Difference`)
MISSED = (*GROUP, "norms", "beyond", "answer", "low", "found", "high", "status")
#: of each norm missed, beside its row of the table of promises: the ``most`` of it that any network could keep by
#: travel (share; NaN: travel says nothing) and the amount ``asked`` in the unit of ``limit`` (NaN: not asked for)
WHERE = (*GROUP, "promise_id", "period_id", "region_id", "limit", "achieved", "asked", "share", "most")
#: what the plan that keeps a group (:attr:`Missed.name`) has otherwise in the last period
TAKES = ("norm", *CHANGES[2:])
#: a share below the most by this much is asked for, so that rounding leaves nobody outside
_BELOW = 1e-7


@dataclass(frozen=True)
class Missed:
    """A ``group`` of norms missed: how many ``norms``, of how many the most is below the norm (``beyond``), the best
    ``plan`` found that keeps them as far as asked, and the ``difference`` of its best to that of the plan in hand.
    """

    group: tuple[str, str, bool]
    norms: int
    beyond: int
    plan: Plan
    difference: Difference

    @property
    def name(self) -> str:
        """The group as one word for tables."""
        kind, specialty, regions = self.group
        return "|".join((kind, specialty, "regions" if regions else "whole"))


@dataclass(frozen=True)
class Norms:
    """What norms cost of ``plan``: ``kept`` has the columns of :data:`.norm_prices.PRICES`, ``where`` those of
    :data:`WHERE`. ``bettered`` as of :class:`redesaude.asking.answers.Answers`.
    """

    plan: Plan
    kept: pd.DataFrame
    missed: tuple[Missed, ...]
    where: pd.DataFrame
    bettered: bool = False

    @property
    def table(self) -> pd.DataFrame:
        """A row for each group missed, columns :data:`MISSED`."""
        rows = [
            (*m.group, m.norms, m.beyond, d.answer.value, d.low, d.found, d.high, m.plan.status.value)
            for m in self.missed
            for d in [m.difference]
        ]
        return pd.DataFrame(rows, columns=list(MISSED))

    @property
    def takes(self) -> pd.DataFrame:
        """What keeping each group changes in the services of the last period, columns :data:`TAKES`."""
        found = [each for each in self.missed if each.plan.has_decisions]
        rows = [(each.name, *row) for each in found for row in changes_between(self.plan, each.plan)]
        return pd.DataFrame(rows, columns=list(TAKES))


def norms(
    plan: Plan,
    options: SolveOptions | None = None,
    progress: Callable[[str], Listener | None] | None = None,
    stop: StopSignal | None = None,
) -> Norms:
    """Return what the norms of ``plan`` cost: those missed first, then those kept, as :func:`.norm_prices` has them.

    ``options`` are those of each solve; ``progress`` gives the listener of each by its group. When stopped, those that
    are done are returned.

    Raises
    ------
    ValueError
        when the plan has no decisions.

    """
    if not plan.has_decisions:
        raise ValueError("a plan without decisions keeps no norm")
    options, stop = replace(options or SolveOptions(time_limit=30.0), certificate=False), stop or StopSignal()
    inquiry, where, found = Inquiry(plan), missed_norms(plan), []
    for (kind, specialty, regions), rows in where[where["asked"].notna()].groupby(list(GROUP), sort=False):
        if stop.stopped:
            break
        listener = progress(f"{kind} {specialty}".strip()) if progress else None
        best, _ = inquiry.answer(kept_firm(plan.scenario, rows), options, listener, stop, relation=1)
        found.append(((str(kind), str(specialty), bool(regions)), rows, best))
    known = inquiry.plan
    missed = tuple(_missed(known, *each) for each in found)
    kept = norm_prices(known, options, progress, stop)
    return Norms(known, kept, missed, where, bettered=known.objective != plan.objective)


def _missed(known: Plan, group: tuple[str, str, bool], rows: pd.DataFrame, best: Plan) -> Missed:
    best = bounded(best, known.bound)
    return Missed(group, len(rows), int(_beyond(rows).sum()), best, difference(known, best, 1))


def missed_norms(plan: Plan) -> pd.DataFrame:
    """Return the norms that a plan misses, columns :data:`WHERE`."""
    rows = grouped(plan.promises[~plan.promises["met"].astype(bool)])
    known = access_norms.norms(plan.scenario)[0].set_index("promise_id")
    most, share = (rows["promise_id"].map(known[name]).astype(float) for name in ("most", "share"))
    access, beyond = rows["kind"] == "access", most < share
    asked = np.where(access & beyond, rows["limit"] * most / share, rows["limit"])
    asked = np.where(~access & beyond, np.nan, asked)
    table = rows.assign(most=most, share=share, asked=asked)
    return table[[*GROUP, *(name for name in WHERE if name not in GROUP)]].reset_index(drop=True)


def _beyond(rows: pd.DataFrame) -> pd.Series:
    """Which norms no network keeps by travel."""
    return pd.Series(rows["most"] < rows["share"])


def kept_firm(scenario: Scenario, rows: pd.DataFrame) -> Scenario:
    """Return the scenario with norms of :data:`WHERE` firm, those beyond the most at the most."""
    share = rows["share"].where(~_beyond(rows), (rows["most"] - _BELOW).clip(lower=0.0))
    return firm(scenario, dict(zip(rows["promise_id"], share, strict=True)))
