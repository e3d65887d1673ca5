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
from dataclasses import replace

import numpy as np

from redesaude.solving.arrays import Flags, Floats, LinearModel
from redesaude.solving.blocks import Blocks
from redesaude.solving.highs import relaxation, solve
from redesaude.solving.options import Limits

#: relative gap to which a block is solved: finer is a better bound and more time
BLOCK_GAP = 0.001


class LagrangianBound:
    """Proves the bound of the model of ``blocks``, and raises it block by block.

    ``prices`` gives multipliers where the relaxation itself would take too long.
    """

    def __init__(self, blocks: Blocks, share: Flags, prices: Callable[[Limits], Floats | None] | None = None) -> None:
        self.blocks = blocks
        self.share = share
        self.arrays = blocks.arrays
        self._prices = prices

    def multipliers(self, limits: Limits) -> tuple[Floats, float | None]:
        """Return multipliers, and the value of the linear relaxation if they are its duals (None: not solved)."""
        if self._prices is not None and (prices := self._prices(limits)) is not None:
            return self.allowed(prices), None
        relaxed = relaxation(self.arrays, limits)
        if relaxed is None:
            return np.zeros(self.arrays.matrix.shape[0]), None
        return self.allowed(relaxed.row_duals), relaxed.objective

    def allowed(self, multipliers: Floats) -> Floats:
        """Return the nearest multipliers with which L is finite: coupling rows only, with the sign of their side."""
        y = np.where(self.blocks.coupling, multipliers, 0.0)
        y = np.where(np.isinf(self.arrays.row_lower), np.minimum(y, 0.0), y)
        return np.asarray(np.where(np.isinf(self.arrays.row_upper), np.maximum(y, 0.0), y))

    def rise(self, multipliers: Floats, limits: Callable[[], Limits], stopped: Callable[[], bool]) -> Iterator[float]:
        """Yield L at ``multipliers``, rising: blocks relaxed at first, then one after the other in integers.

        ``limits`` is asked before each block. What is yielded is proven at any time, so the caller may stop when it
        likes; a block that is cut short counts with what it had proven.
        """
        cost = self.arrays.cost - self.arrays.matrix.T @ multipliers
        parts = {name: self.blocks.alone(name, cost)[0] for name in self.blocks.names}
        proven: dict[int, float] = {}
        for name, part in parts.items():
            relaxed = relaxation(part, limits())
            proven[name] = -np.inf if relaxed is None else relaxed.objective
        sides = self.arrays.offset + self._sides(multipliers)
        yield sides + sum(proven.values())
        for name, part in sorted(parts.items(), key=lambda item: item[1].matrix.nnz):
            for model in self._ever_tighter(name, part):
                if stopped():
                    return
                outcome = solve(model, replace(limits(), gap=BLOCK_GAP), stopped=stopped)
                proven[name] = max(proven[name], -np.inf if outcome.bound is None else outcome.bound)
                yield sides + sum(proven.values())

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
