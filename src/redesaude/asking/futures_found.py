r"""What came of many futures: what each costs at best, how candidates stand in all, what is chosen, and waiting.

Of each future :math:`k` a plan of cost :math:`B_k` and a bound :math:`L_k` are known. A candidate that costs
:math:`C_k` there has a regret between :math:`\max(0, C_k - B_k)` and :math:`C_k - L_k`. Any plan's mean, or mean of
the worst share, is at least that of the :math:`L_k` (perfect information): that, or the bound of the expanded model
where it is better, is what no plan for all futures costs less than.

A year's waiting could at the most tell everything: deciding then costs on average between the mean of the bounds and
the mean of the plans of futures in which everything is signed a year later. So waiting saves at most what the plan of
the least mean costs more than the mean of those bounds; below zero, waiting costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.asking.measures import within_standard
from redesaude.plan.plan import Plan
from redesaude.solving.one_network import Measure, Network, measured
from redesaude.status import Status
from redesaude.studies.futures import Futures
from redesaude.studies.network_changes import CHANGES, changes_between, services_at_the_end
from redesaude_models.arrays import Flags, Floats

#: of each future: what no plan there costs less than, the best plan found, the plan in hand and its regret (NPV),
#: its cases within the standard (share), cases sent away and promises missed, and in words what breaks it
FUTURES = (
    "future",
    "status",
    "least",
    "best",
    "in_hand",
    "regret_low",
    "regret_high",
    "within_standard",
    "unmet",
    "missed",
    "chosen",
)
#: of each candidate: in how many futures it breaks a rule or firm promise, and where it breaks none its measures (NPV)
CANDIDATES = ("candidate", "services", "breaks", "mean", "worst_tenth", "worst", "regret_low", "regret_high")
CHOSEN = ("measure", "candidate", "found", "least", "most", "proven_by")
#: of each service: in how many of the best plans of the futures it is open, and under which contract most often
DECISIONS = ("site_id", "specialty_id", "in_hand", "plans", "of", "firmness", "contract_id", "under")

IN_HAND, OF_FUTURE, OTHER = "in_hand", "future", "other"
ALL, MOST, SPLIT, FEW, NONE = "all", "most", "split", "few", "none"

#: by what the least of a measure is proven
BY_FUTURES, BY_MODEL, BY_NOTHING = "futures", "model", ""


@dataclass(frozen=True)
class Candidate:
    """A network and what it ``costs`` in each future (NPV; infinite: it breaks a rule or a firm promise there; NaN:
    not known). ``name`` is where it comes from: in_hand, future:3, other:2, or the measure it was searched for.
    """

    name: str
    network: Network
    costs: Floats

    @property
    def breaks(self) -> int:
        """In how many futures it breaks."""
        return int(np.isposinf(self.costs).sum())

    @property
    def services(self) -> int:
        """How many services it opens in the last period."""
        periods = [index[-1] for component, index in self.network if component == "open"]
        last = max(periods, default="")
        return sum(period == last for period in periods)


@dataclass(frozen=True)
class Chosen:
    """The plan for all futures of a ``measure``: the candidate that is ``found`` to be best by it; no plan has less
    than ``least``, and that of the best is ``most`` at the most. ``proven_by`` is what proved the least.

    ``impossible``: proven that no network keeps every rule and firm promise in all futures.
    """

    measure: Measure
    candidate: Candidate | None
    found: float
    least: float
    most: float
    proven_by: str
    impossible: bool = False


@dataclass(frozen=True)
class Waiting:
    """What waiting a year saves, were everything known then (NPV; below zero: it costs), proven: ``low`` to ``high``.

    What a year tells in truth is less, so that ``high`` is also the most that waiting saves in truth.
    """

    low: float
    found: float
    high: float


@dataclass(frozen=True)
class ManyFutures:
    """What came of the futures of ``plan`` that were ``drawn``.

    Attributes
    ----------
    best : the best plan found of each future, with its bound.
    in_hand, held : the plan in hand, and the one chosen for the worst share, in each future: audited, or without
        decisions and with the causes that break it. Empty where the time or a stop ended it before.
    candidates : the plan in hand first.
    share : what "the worst tenth" is.
    stopped : a stop or the end of the time left something undone.

    """

    plan: Plan
    drawn: Futures
    best: tuple[Plan, ...]
    candidates: tuple[Candidate, ...]
    chosen: tuple[Chosen, ...]
    in_hand: tuple[Plan, ...]
    held: tuple[Plan, ...]
    waiting: Waiting | None
    share: float
    stopped: bool

    @property
    def possible(self) -> Flags:
        """Of which futures a plan is known; in the others nothing could be kept whatever is decided."""
        return np.array([plan.status != Status.INFEASIBLE for plan in self.best], dtype=bool)

    @property
    def costs(self) -> Floats:
        """The best cost found in each future (NPV), of whichever plan or candidate."""
        return best_costs(self.best, self.candidates)

    @property
    def bounds(self) -> Floats:
        """What no plan of each future costs less than (NPV)."""
        return bounds_of(self.best)

    @property
    def table(self) -> pd.DataFrame:
        """A row for each future, columns :data:`FUTURES`."""
        return pd.DataFrame([self._row(k) for k in range(len(self.best))], columns=list(FUTURES))

    def _row(self, k: int) -> tuple[object, ...]:
        best, least = self.costs[k], self.bounds[k]
        own = self.candidates[0].costs[k] if self.candidates else np.nan
        told = self.in_hand[k] if k < len(self.in_hand) else None
        reached = (np.nan, np.nan, np.nan) if told is None or not told.has_decisions else _reached(told)
        chosen = self.held[k].objective if k < len(self.held) else None
        status = self.best[k].status.value
        low, high = regret(own, best, least)
        return str(k + 1), status, least, best, own, low, high, *reached, np.nan if chosen is None else chosen

    @property
    def ranked(self) -> pd.DataFrame:
        """A row for each candidate, columns :data:`CANDIDATES`; the least mean of the worst share first."""
        possible, costs, bounds = self.possible, self.costs, self.bounds
        rows = []
        for each in self.candidates:
            own = each.costs[possible]
            known = len(own) > 0 and bool(np.isfinite(own).all())
            low, high = (
                (max(ends) for ends in zip(*map(regret, own, costs[possible], bounds[possible]), strict=True))
                if known
                else (np.nan,) * 2
            )
            mean, tail = (measured(m, own, own, self.share) if known else np.nan for m in (Measure.MEAN, Measure.WORST))
            rows.append((each.name, each.services, each.breaks, mean, tail, own.max() if known else np.nan, low, high))
        table = pd.DataFrame(rows, columns=list(CANDIDATES))
        return table.sort_values(["worst_tenth", "breaks"], kind="stable", ignore_index=True)

    @property
    def choices(self) -> pd.DataFrame:
        """A row for each measure, columns :data:`CHOSEN`."""
        rows = [
            (c.measure.value, "" if c.candidate is None else c.candidate.name, c.found, c.least, c.most, c.proven_by)
            for c in self.chosen
        ]
        return pd.DataFrame(rows, columns=list(CHOSEN))

    @property
    def decisions(self) -> pd.DataFrame:
        """A row for each service that the plan in hand or one of the best opens, columns :data:`DECISIONS`."""
        networks = [services_at_the_end(plan) for plan in self.best if plan.has_decisions]
        own = services_at_the_end(self.plan)
        rows = []
        for place in sorted({*own, *(place for network in networks for place in network)}):
            under = pd.Series([network[place][1] for network in networks if place in network], dtype=object)
            often = under.value_counts()
            most = (str(often.index[0]), int(often.iloc[0])) if len(often) else ("", 0)
            rows.append((*place, place in own, len(under), len(networks), firmness(len(under), len(networks)), *most))
        table = pd.DataFrame(rows, columns=list(DECISIONS))
        return table.sort_values("plans", ascending=False, kind="stable", ignore_index=True)

    @property
    def changes(self) -> pd.DataFrame:
        """What the plan chosen for the worst share has otherwise than the one in hand, columns of :data:`CHANGES`."""
        pairs = [(a, b) for a, b in zip(self.in_hand, self.held, strict=False) if a.has_decisions and b.has_decisions]
        rows = [row for one, other in pairs[:1] for row in changes_between(one, other)]
        return pd.DataFrame(rows, columns=list(CHANGES[2:]))

    @property
    def outcomes(self) -> pd.DataFrame:
        """What came out: a row for each future, a column for each cause."""
        rows = [{"future": each.id, **each.outcomes} for each in self.drawn.futures]
        return pd.DataFrame(rows)


def firmness(plans: int, of: int) -> str:
    """Return a word for being in so many of the plans."""
    if plans == of:
        return ALL
    if not plans:
        return NONE
    return MOST if 3 * plans > 2 * of else FEW if 3 * plans < of else SPLIT


def regret(cost: float, best: float, least: float) -> tuple[float, float]:
    """Return the least and the most that a cost is above the best possible of its future; NaN where it has none."""
    if not np.isfinite(cost):
        return np.nan, np.nan
    return max(0.0, cost - best), max(0.0, cost - least)


def best_costs(best: Sequence[Plan], candidates: Sequence[Candidate]) -> Floats:
    """Return the least cost known of each future, infinite where no plan is known."""
    own = np.array([np.inf if plan.objective is None else plan.objective for plan in best], dtype=float)
    return np.asarray(np.fmin.reduce([own, *(each.costs for each in candidates)]))


def bounds_of(best: Sequence[Plan]) -> Floats:
    """Return what no plan of each future costs less than, minus infinity where nothing is proven."""
    return np.array([-np.inf if plan.bound is None else plan.bound for plan in best], dtype=float)


def _reached(plan: Plan) -> tuple[float, float, float]:
    missed = plan.promises["shortfall"].astype(float) > 1e-6
    last = plan.unmet[plan.unmet["period_id"] == plan.scenario.periods["period_id"].iloc[-1]]
    return within_standard(plan), float(last["cases"].sum()), float(missed.sum())
