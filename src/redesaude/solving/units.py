r"""The unit in which a solver is told of money, and what its tolerance leaves open in it.

A solver takes a reduced cost for none below a tolerance :math:`\varepsilon` of a unit. At the multipliers on which its
bound rests, column :math:`j` may so earn :math:`\varepsilon` for each step that it makes, and the bound may lie above
the optimum by

.. math:: \varepsilon \sum_j \min\Big(u_j - l_j, \frac{\bar c - \underline c}{|c_j|}\Big) \quad \text{units,}

over the columns that have ends; the others follow from these. The second part is what a plan no dearer
than the best one known, of cost :math:`\bar c`, can pay for the column, where all others cost :math:`\underline c` at
least. In units of a typical cost this is nothing beside most plans. Where a plan is made of what is cheap, and the
typical cost is of what it leaves out, it is more than rounding: the model is then solved again in a smaller unit,
without what such plans cannot pay for, and what is told until then is lowered by it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from redesaude.plan.proof import ROUNDING
from redesaude_models.arrays import Floats
from redesaude_models.standard_form import LinearModel

#: the dual feasibility tolerance of HiGHS, in units of cost
TOLERANCE = 1e-7

#: no cost goes to a solver as more smaller units than this: beyond, its rounding alone is a tolerance
_MOST = 1e9

#: what is affordable is rounded up by this share of what it is the rest of
_MARGIN = 1e-9

#: no column is cut to less than this many steps, far above the tolerances of a solver: a shorter one passes for fixed,
#: and may be fixed at the end that costs (HiGHS 1.15.1 called plans optimal that cost 0.1 % more)
_SHORTEST = 1e-3


@dataclass(frozen=True)
class Unit:
    """A unit of ``money`` in which a solver gets the costs of a ``model``."""

    model: LinearModel
    money: float

    def bound(self, told: float, cost: float = np.inf, turnover: float = 0.0) -> float:
        """Return the bound that ``told`` (units) proves, in money: never less than each column at its least.

        ``cost`` and ``turnover`` are what the best plan costs and moves (infinite and 0: none is known).
        """
        bound = told * self.money
        left = self.leaves_open(cost)
        if left <= ROUNDING * max(abs(bound), turnover):
            return bound
        return min(bound, max(bound - left, float(_least(self.model).sum())))

    def leaves_open(self, cost: float) -> float:
        """Return by how much a bound may be too high (money), where a plan of ``cost`` is known."""
        steps = self.model.column_upper - self.model.column_lower
        ends = np.isfinite(steps)
        return TOLERANCE * self.money * float(np.minimum(steps, _affordable(self.model, cost))[ends].sum())

    def finer(self, cost: float, turnover: float) -> tuple[LinearModel, float] | None:
        """Return the model for plans of at most ``cost``, and a smaller unit for it; None where this one will do."""
        left = self.leaves_open(cost)
        if left <= ROUNDING * turnover or turnover <= 0:
            return None
        money = power_of_ten(self.money * ROUNDING * turnover / left / 2)
        return narrowed(self.model, cost, _MOST * money), money


def narrowed(model: LinearModel, cost: float, dearest: float) -> LinearModel:
    """Return ``model`` with columns hardly longer than plans of at most ``cost`` can pay, none dearer than ``dearest``.

    No plan of at most ``cost`` is lost, and none costs more than before: what bounds them here does so there.
    """
    most = _affordable(model, cost)
    most = np.where(model.integer, np.floor(most), np.maximum(most, _SHORTEST))
    most[np.isinf(model.column_upper - model.column_lower)] = np.inf  # what has no end follows from what has one
    lower, upper, price = model.column_lower.copy(), model.column_upper.copy(), model.cost.copy()
    cheap, earns = (price > 0) & np.isfinite(lower), (price < 0) & np.isfinite(upper)
    upper[cheap] = np.minimum(upper[cheap], lower[cheap] + most[cheap])
    lower[earns] = np.maximum(lower[earns], upper[earns] - most[earns])
    stands = np.where(cheap, lower, np.where(earns, upper, 0.0))
    price = np.where(cheap | earns, np.clip(price, -dearest, dearest), price)
    offset = model.offset + float((model.cost - price) @ stands)
    return replace(model, column_lower=lower, column_upper=upper, cost=price, offset=offset)


def _affordable(model: LinearModel, cost: float) -> Floats:
    """Return how far from where it costs least each column can go in a plan of ``cost``; infinite where it is free."""
    parts = np.append(cost, -_least(model))
    room = max(float(parts.sum()), 0.0) + _MARGIN * float(np.abs(parts).max())
    steps = np.full(len(model.cost), np.inf)
    used = model.cost != 0
    steps[used] = room / np.abs(model.cost[used])
    return steps


def _least(model: LinearModel) -> Floats:
    """Return what there is to pay in any case, and the least that each column with a cost comes to."""
    used = model.cost != 0
    each = model.cost[used]
    least = each * np.where(each > 0, model.column_lower[used], model.column_upper[used])
    return np.append(model.offset, least)


def typical(cost: Floats) -> float:
    """Return the power of ten that brings costs near one, so that tolerances do not depend on the currency."""
    used = np.abs(cost[cost != 0])
    return power_of_ten(float(np.median(used))) if len(used) else 1.0


def power_of_ten(money: float) -> float:
    """Return the largest power of ten that is not more than ``money``, above 0."""
    return 10.0 ** math.floor(math.log10(money))
