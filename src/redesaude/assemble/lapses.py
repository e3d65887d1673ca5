"""How options are come to and left: until when a case costs otherwise, from when a service may change, at what cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from redesaude.finance.cashflow import settled_at
from redesaude.finance.phases import Phases
from redesaude.finance.pricing import Prices, price_by_period
from redesaude.finance.services import Services, timing_of
from redesaude.finance.succession import Succession
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.phasing import settled_periods
from redesaude_models.problem import Lapses, Waits

#: relative difference below which two prices are the same, summed in another order
_SAME = 1e-9


@dataclass(frozen=True)
class Leaving:
    """The first period, of each row, in which a service may be left (``settled``), in which its term is over
    (``over``), and from which on a case costs the same as of one that was there long before (``alike``); their count
    where there is none. ``unlike`` marks rows that never come to cost the same in all that follows.
    """

    settled: Ints
    over: Ints
    alike: Ints
    unlike: Flags


@dataclass(frozen=True)
class Way:
    """One way to come to each ``option``: chosen in the first period (``step`` -1), or by a step of period ``begun``.

    ``prices`` are those of a service that stays to the end, ``running`` those of options that were there long before.
    """

    begun: int
    option: Ints
    step: Ints
    services: Services
    terms: Succession
    prices: Prices
    running: Prices
    phases: Phases

    @cached_property
    def differs(self) -> Flags:
        """Where a case costs otherwise on some line than of a service that was there long before, ``(rows, periods)``.

        Who is paid may change though the sum does not.
        """
        pairs = ((own, self.running.per_case[line][self.option]) for line, own in self.prices.per_case.items())
        unlike = [np.abs(one - other) > _SAME * np.maximum(np.abs(one), np.abs(other)) for one, other in pairs]
        return np.asarray(np.any(unlike, axis=0))

    @cached_property
    def leaving(self) -> Leaving:
        """When services may be left: works done, and paid where they are paid with cases, or the term over.

        Where a case goes on costing otherwise for any other reason, the service is left as it is.
        """
        begins, count = np.array(self.phases.begins), len(self.phases)
        timing, period = timing_of(self.services, self.terms), np.arange(count)
        done, over = (settled_periods(when, begins) for when in (timing.opened, timing.ends))
        unlike = self.differs & (period >= done[:, None])
        ends = timing.ends < self.phases.calendar.horizon_years
        paid = np.maximum(done, settled_periods(settled_at(self.services, self.terms), begins))
        known = ends | ~(unlike & (period >= paid[:, None])).any(axis=1)
        changes = unlike.any(axis=1) | ends
        settled = np.where(known, np.minimum(paid, over), count)
        return Leaving(settled, over, np.where(changes, count, done), changes)

    @property
    def waits(self) -> Waits:
        """The periods in which a case costs otherwise; in the first of a plan the option itself tells it."""
        period = np.arange(len(self.phases))
        since = max(self.begun, 1)
        row, when = np.nonzero((period >= since) & (period < self.leaving.alike[:, None]) & self.differs)
        gap = self.prices.case_cost - self.running.case_cost[self.option]
        return Waits(self.option[row], self.step[row], np.full(len(row), self.begun), when, gap[row, when])

    def take(self, rows: Flags) -> Way:
        """Return the rows marked."""
        kept = np.flatnonzero(rows)
        parts = {name: getattr(self, name).take(kept) for name in ("services", "terms", "prices")}
        return replace(self, option=self.option[kept], step=self.step[kept], **parts)


@dataclass(frozen=True)
class PricedLapses:
    """The lapses, and by line what leaving changes of what was priced: NPV by the period of payment, rows as theirs."""

    rows: Lapses
    change: dict[str, Floats]


def lapses_of(ways: Sequence[Way], ending: Ints, perspective: str) -> PricedLapses:
    """Return the lapses of every option that some way comes to at a cost not like that of later years.

    ``ways`` are those to options that may be left at all, ``ending`` the steps that only follow the end of a term.
    """
    unlike = np.unique(np.concatenate([way.option[way.leaving.unlike] for way in ways]))
    parts = [part for way in ways for part in _lapses(way.take(np.isin(way.option, unlike)), perspective)]
    names = ("option", "step", "begun", "period", "ended")
    rows = {
        name: np.concatenate([np.zeros(0, bool if name == "ended" else np.int64), *(p[name] for p, _ in parts)])
        for name in names
    }
    change = {
        line: np.concatenate([np.zeros((0, len(ways[0].phases))), *(change[line] for _, change in parts)])
        for line in ways[0].running.fixed
    }
    return PricedLapses(Lapses(**rows, cost=np.sum(list(change.values()), axis=(0, 2)), ending=ending), change)


def _lapses(way: Way, perspective: str) -> Iterator[tuple[dict[str, Any], dict[str, Floats]]]:
    """Yield the lapses of one way, and what they change of each line, period by period."""
    phases, running = way.phases, way.running
    for t in range(way.begun + 1, len(phases)):
        here = way.take(way.leaving.settled <= t)
        if not len(here.option):
            continue
        left = replace(here.services, until=np.full(len(here.option), float(phases.begins[t])))
        prices = price_by_period(left, here.terms, phases.calendar, phases.begins, perspective)
        later = np.arange(len(phases)) >= t
        change = {
            line: fixed - here.prices.fixed[line] + running.fixed[line][here.option] * later
            for line, fixed in prices.fixed.items()
        }
        begun, period = (np.full(len(here.option), value) for value in (here.begun, t))
        rows = {"option": here.option, "step": here.step, "begun": begun, "period": period}
        yield {**rows, "ended": here.leaving.over <= t}, change
