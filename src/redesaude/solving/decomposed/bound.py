r"""A lower bound from the specialties apart.

Rows that couple specialties (money, hosting under one contract, co-location, services at a site) are relaxed with
multipliers :math:`y` (Lagrangian relaxation, Geoffrion 1974):

.. math::
    L(y) = \sum_s \min_{x_s \in X_s} (c_s - A_s^\top y)\, x_s + r(y), \qquad
    r_i(y) = y_i \cdot \begin{cases} \text{row lower} & y_i > 0\\ \text{row upper} & y_i < 0\end{cases}

Each :math:`X_s` keeps all of its specialty: integers, least volumes, the nearest rule. Every :math:`L(y)` is at most
the cost of any plan, also when a block is not solved to the end, because its own proven bound is added. The
multipliers are the duals of the linear relaxation; there :math:`L` begins at its value and rises with each block that
is solved in integers. Shares that must be whole (single source) are first let go: that alone is much quicker, and most
of the rise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.optimize import linprog

from redesaude.solving.arrays import Flags, Floats, LinearModel
from redesaude.solving.blocks import Blocks
from redesaude.solving.decomposed.at_once import AtOnce
from redesaude.solving.highs import GrowingRelaxation, relaxation, solve
from redesaude.solving.options import Limits

#: relative gap to which a block is solved: finer is a better bound and more time
BLOCK_GAP = 0.001


#: share of the time that one block may take; more where there are few
_BLOCK_SHARE = 0.15

#: steps of the prices that the periods at once do not give
_STEPS = 4

#: gain, as a share of L, that is not worth another step
_LITTLE = 5e-4


@dataclass(frozen=True)
class _Value:
    """L at ``multipliers``: what each block has proven, its total, and the slope in the rows looked at."""

    multipliers: Floats
    proven: dict[int, float]
    total: float
    slope: Floats


class LagrangianBound:
    """Proves the bound of the model of ``blocks``, and raises it block by block.

    ``at_once`` gives multipliers where the relaxation itself would take too long.
    """

    def __init__(self, blocks: Blocks, share: Flags, at_once: AtOnce | None = None) -> None:
        self.blocks = blocks
        self.share = share
        self.arrays = blocks.arrays
        self._at_once = at_once
        unsure = np.zeros(0, dtype=np.int64) if at_once is None else at_once.once
        self._unsure = unsure[blocks.coupling[unsure]]

    def multipliers(self, limits: Limits) -> tuple[Floats, float | None]:
        """Return multipliers, and the value of the linear relaxation if they are its duals (None: not solved)."""
        if self._at_once is not None and (prices := self._at_once.prices(limits)) is not None:
            return self.allowed(prices), None
        relaxed = relaxation(self.arrays, limits)
        if relaxed is None:
            return np.zeros(self.arrays.matrix.shape[0]), None
        return self.allowed(relaxed.row_duals), relaxed.objective

    def allowed(self, multipliers: Floats) -> Floats:
        """Return the nearest multipliers with which L is finite.

        Those of coupling rows only, with the sign of their side, and no higher than the price of an excess that
        nothing else limits.
        """
        least, most = self._range
        return np.asarray(np.where(self.blocks.coupling, np.clip(multipliers, least, most), 0.0))

    @cached_property
    def _range(self) -> tuple[Floats, Floats]:
        """Least and most of each row's multiplier; a column without end that is in one row has its price in it."""
        a = self.arrays
        least = np.where(np.isinf(a.row_upper), 0.0, -np.inf)
        most = np.where(np.isinf(a.row_lower), 0.0, np.inf)
        single = np.flatnonzero((np.diff(a.matrix.indptr) == 1) & np.isinf(a.column_upper))
        first = a.matrix.indptr[single]
        row, coefficient = a.matrix.indices[first], a.matrix.data[first]
        price = a.cost[single] / coefficient
        up = coefficient > 0
        np.minimum.at(most, row[up], price[up])
        np.maximum.at(least, row[~up], price[~up])
        return least, most

    def rise(
        self,
        multipliers: Floats,
        limits: Callable[[float], Limits],
        stopped: Callable[[], bool],
        plan: Callable[[], float | None] = lambda: None,
    ) -> Iterator[float]:
        """Yield L at ``multipliers``, rising: blocks relaxed at first, then one after the other in integers.

        Prices that the periods at once do not give well are bettered in between: a step up the slope, as long as to aim
        at ``plan()``, the cost of the best plan (Polyak 1969), then cutting planes between the prices known (Kelley
        1960). ``limits`` is asked before each block for what a share of the time allows. What is yielded is proven at
        any time, so the caller may stop when it likes; a block that is cut short counts with what it had proven.
        """
        relaxed: dict[int, GrowingRelaxation] = {}
        best = self._value(multipliers, relaxed, limits)
        yield best.total
        known = [best]
        for _ in range(_STEPS if len(self._unsure) else 0):
            aim = plan()
            if aim is None or stopped() or not np.isfinite(known[-1].total):
                break
            further = self._step(best, aim - best.total) if len(known) == 1 else self._between(known)
            if further is None:
                break
            known.append(self._value(further, relaxed, limits))
            best = max(known, key=lambda value: value.total)
            yield best.total
        relaxed.clear()
        cost = self._cost(best.multipliers)
        parts = {name: self.blocks.alone(name, cost)[0] for name in self.blocks.names}
        share = max(_BLOCK_SHARE, 1.0 / len(parts))
        proven, sides = dict(best.proven), self.arrays.offset + self._sides(best.multipliers)
        for name, part in sorted(parts.items(), key=lambda item: item[1].matrix.nnz):
            for model in self._ever_tighter(name, part):
                if stopped():
                    return
                outcome = solve(model, replace(limits(share), gap=BLOCK_GAP), stopped=stopped)
                proven[name] = max(proven[name], -np.inf if outcome.bound is None else outcome.bound)
                yield sides + sum(proven.values())

    def _value(
        self, multipliers: Floats, relaxed: dict[int, GrowingRelaxation], limits: Callable[[float], Limits]
    ) -> _Value:
        """Return L at ``multipliers`` with its blocks relaxed; those in ``relaxed`` go on from where they stood."""
        cost, values, proven = self._cost(multipliers), np.zeros(len(self.arrays.cost)), {}
        for name in self.blocks.names:
            part, columns = self.blocks.alone(name, cost)
            model = relaxed.pop(name, None) or GrowingRelaxation(part, limits(1.0))
            model.price(part.cost)
            found = model.solve(limits(1.0))
            proven[name] = -np.inf if found is None else found.objective
            values[columns] = 0.0 if found is None else found.values
            if len(self._unsure):
                relaxed[name] = model
        total = self.arrays.offset + self._sides(multipliers) + sum(proven.values())
        upper = self.arrays.row_upper
        side = np.where(np.isinf(upper), self.arrays.row_lower, upper)
        return _Value(multipliers, proven, total, side - self.arrays.matrix @ values)

    def _step(self, best: _Value, rise: float) -> Floats:
        """Return multipliers a step up the slope in the unsure rows, as long as L would ``rise`` were it linear."""
        along = np.zeros_like(best.slope)
        along[self._unsure] = best.slope[self._unsure]
        along[self.allowed(best.multipliers + along) == best.multipliers] = 0.0  # at the end of what is allowed
        length = float(along @ along)
        return self.allowed(best.multipliers + rise / length * along) if length else best.multipliers

    def _between(self, known: list[_Value]) -> Floats | None:
        """Return multipliers where L may be highest by what is known of it, in the unsure rows between those known.

        None where it cannot be much higher than it was.

        L is concave: it lies below each ``known`` value and slope. The highest point below all of them is looked for.
        """
        at = np.array([value.multipliers[self._unsure] for value in known])
        slopes = np.array([value.slope[self._unsure] for value in known])
        totals = np.array([value.total for value in known])
        scale = np.abs(at).max(axis=0)
        scale[scale == 0] = 1.0
        unit = abs(totals).max() or 1.0
        below = np.column_stack([-slopes * scale, np.full(len(known), unit)]) / unit
        most = (totals - (slopes * at).sum(axis=1)) / unit
        bounds = [*zip((at.min(axis=0) / scale).tolist(), (at.max(axis=0) / scale).tolist(), strict=True), (None, None)]
        best = linprog(np.append(np.zeros(len(scale)), -1.0), A_ub=below, b_ub=most, bounds=bounds)
        if best.x[-1] * unit - totals.max() < _LITTLE * unit:
            return None
        multipliers = known[-1].multipliers.copy()
        multipliers[self._unsure] = best.x[:-1] * scale
        return self.allowed(multipliers)

    def _cost(self, multipliers: Floats) -> Floats:
        return np.asarray(self.arrays.cost - self.arrays.matrix.T @ multipliers)

    def _ever_tighter(self, name: int, part: LinearModel) -> Iterator[LinearModel]:
        """Yield a block without its whole shares, if it has any, and then as it is."""
        whole = self.share[self.blocks.columns(name)] & part.integer
        if whole.any():
            yield part.relaxed(whole)
        yield part

    def _sides(self, multipliers: Floats) -> float:
        lower, upper = multipliers > 0, multipliers < 0
        return float(
            multipliers[lower] @ self.arrays.row_lower[lower] + multipliers[upper] @ self.arrays.row_upper[upper]
        )
