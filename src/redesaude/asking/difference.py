r"""How much dearer the best plan becomes, as an interval that is proven.

Of the scenario in hand a plan of cost :math:`U` and a bound :math:`L` are known, of the changed one :math:`U'` and
:math:`L'`. What the best of both cost, :math:`V` and :math:`V'`, lies between, and so

.. math:: L' - U \;\le\; V' - V \;\le\; U' - L.

Where the changed scenario only restricts the other one (:mod:`redesaude.solving.relation`), :math:`V' \ge V` as well;
where the other one only restricts it, :math:`V' \le V`. The found difference :math:`U' - U` is that of two plans.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from redesaude.plan.plan import Plan
from redesaude.status import Status

#: share of the larger cost below which two of them are the same: what rounding may explain
_SAME = 1e-9

#: share of an interval that is known not to reach below zero above which the difference found is told as such
_TOLD = 0.5


class Answer(StrEnum):
    """What is known of a difference."""

    DEARER = "dearer"  # by something, proven
    CHEAPER = "cheaper"
    ABOUT = "about"  # its sign is known, and the difference found is most of what it can be
    UNTOLD = "not_distinguishable"
    NOTHING = "nothing"  # a plan as cheap as the one in hand does so
    IMPOSSIBLE = "impossible"
    NO_PLAN = "no_plan"  # found in the time there was


@dataclass(frozen=True)
class Difference:
    """What the changed best costs more than the one in hand (NPV): at least ``low``, at most ``high``; ``found`` is
    that of the two plans (None: no plan). ``answer`` is what that says.
    """

    low: float
    found: float | None
    high: float
    answer: Answer

    @property
    def within(self) -> float:
        """The most that it can be, either way."""
        return max(abs(self.low), abs(self.high))


def difference(base: Plan, changed: Plan, relation: int = 0) -> Difference:
    """Return the difference of the best of two scenarios, from what is known of each.

    ``relation`` is 1 where the changed one only restricts the other, -1 where it is the other way round, 0 where
    neither is known. ``base`` has decisions.
    """
    cost, bound = _known(base)
    if changed.status == Status.INFEASIBLE:
        return Difference(math.inf, None, math.inf, Answer.IMPOSSIBLE)
    other, other_bound = _known(changed)
    low, high = other_bound - cost, other - bound
    if relation > 0:
        low = max(low, 0.0)
    elif relation < 0:
        high = min(high, 0.0)
    if changed.objective is None:
        return Difference(low, None, high, Answer.NO_PLAN)
    found, rounding = other - cost, _SAME * max(abs(cost), abs(other))
    if relation > 0 and abs(found) <= rounding:
        return Difference(low, found, high, Answer.NOTHING)
    return Difference(low, found, high, _answer(low, found, high, rounding=rounding))


def _known(plan: Plan) -> tuple[float, float]:
    """Cost and bound of a plan, infinite where unknown."""
    cost = math.inf if plan.objective is None else plan.objective
    return cost, -math.inf if plan.bound is None else plan.bound


def _answer(low: float, found: float, high: float, *, rounding: float) -> Answer:
    if low > rounding:
        return Answer.DEARER
    if high < -rounding:
        return Answer.CHEAPER
    if max(abs(low), abs(high)) <= rounding:
        return Answer.NOTHING
    signed = low >= -rounding or high <= rounding
    return Answer.ABOUT if signed and abs(found) > _TOLD * (high - low) else Answer.UNTOLD
