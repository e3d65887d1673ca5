r"""The restricted master problem: better prices of some coupling rows, from a mixture of what the blocks have answered.

Each answer :math:`x_s^k` of a block to some prices, and its part in the best plan, lies in :math:`X_s`. The cheapest
mixture of them that keeps the rows :math:`i \in U` whose prices are looked for,

.. math::
    \min_{\lambda, x_0} \sum_{s,k} \lambda_{sk} c_s x_s^k + c_0 x_0 : \quad
    \sum_{s,k} \lambda_{sk} A_{is} x_s^k + A_{i0} x_0 \ge b_i, \quad \sum_k \lambda_{sk} = 1, \quad x_0 \in X_0,

with every other coupling row priced into the costs, is the master problem restricted to the answers so far; its duals
in those rows are better prices (Dantzig and Wolfe 1960). The columns :math:`x_0` that specialties share are in it
themselves. Such prices swing from one end to the other, so that only a part of the way to them is taken (Wentges 1997).
The cost of the mixture is the most that the bound :math:`L` of :mod:`.lagrangian_bound` can reach in those rows as far
as is known. Nothing here is a bound: prices only say where :math:`L` is looked at next, and the cost of the mixture
only whether that is worth it.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import block_array, csc_array, csr_array

from redesaude.solving.options import Limits
from redesaude.solving.simplex import relaxation
from redesaude.solving.specialties.blocks import Blocks
from redesaude_models.arrays import Floats, Ints
from redesaude_models.columns import NONE
from redesaude_models.standard_form import LinearModel


class RestrictedMaster:
    """Answers of ``blocks`` and the prices they give for ``rows``, positions of coupling rows; ``way`` is the part
    of the way to those of the mixture that is taken.
    """

    def __init__(self, blocks: Blocks, rows: Ints, way: float) -> None:
        self._way = way
        self._arrays = blocks.arrays
        self._rows = rows
        self._names = [name for name in blocks.names if name != NONE]
        self._columns = {name: blocks.columns(name) for name in self._names}
        self._shared = blocks.columns(NONE)
        self._own = blocks.rows(NONE)
        self._form = blocks.arrays.matrix.tocsr()
        self._answers: list[Floats] = []

    def add(self, answer: Floats) -> None:
        """Take into the mixture what each block answers in ``answer``, values of all columns."""
        self._answers.append(answer)

    def better(self, multipliers: Floats, limits: Limits) -> tuple[Floats, float] | None:
        """Return multipliers on the way to those of the mixture, and the most that L can reach as far as is known.

        ``multipliers`` are the best known; those of other rows stay. None where the answers make no mixture.
        """
        fixed = multipliers.copy()
        fixed[self._rows] = 0.0
        mixed = relaxation(self._model(self._arrays.cost - self._arrays.matrix.T @ fixed), limits)
        if mixed is None:
            return None
        further = multipliers.copy()
        further[self._rows] += self._way * (mixed.row_duals[: len(self._rows)] - multipliers[self._rows])
        return further, mixed.objective + self._arrays.offset + self._arrays.sides(fixed)

    def _model(self, cost: Floats) -> LinearModel:
        """Columns: the answers, block by block, then what is shared. Rows: those priced, those of what is shared, and
        one for each block, which takes one answer or parts of several.
        """
        a, each, shared = self._arrays, len(self._answers), self._shared
        answers = [np.column_stack([answer[self._columns[name]] for answer in self._answers]) for name in self._names]
        of = [self._columns[name] for name in self._names]
        used = np.hstack([self._form[self._rows][:, at] @ values for at, values in zip(of, answers, strict=True)])
        own_cost = np.concatenate([cost[at] @ values for at, values in zip(of, answers, strict=True)])
        one = csr_array(np.kron(np.eye(len(of)), np.ones(each)))
        rows = np.concatenate([self._rows, self._own])
        count, parts = len(own_cost), np.ones(len(of))
        matrix = block_array(
            [
                [csr_array(used), self._form[self._rows][:, shared]],
                [None, self._form[self._own][:, shared]],
                [one, None],
            ]
        )
        return LinearModel(
            matrix=csc_array(matrix),
            row_lower=np.concatenate([a.row_lower[rows], parts]),
            row_upper=np.concatenate([a.row_upper[rows], parts]),
            column_lower=np.concatenate([np.zeros(count), a.column_lower[shared]]),
            column_upper=np.concatenate([np.ones(count), a.column_upper[shared]]),
            cost=np.concatenate([own_cost, cost[shared]]),
            offset=0.0,
            integer=np.zeros(count + len(shared), dtype=bool),
        )
