r"""Sizes counted: integer columns that say whether a service is at least so large, under whatever contract.

A service of a few sizes has an option for each size under each contract. Branching on one option says little: what is
forbidden under one contract is done under the next. The sums over contracts

.. math:: w_{jslp} = \sum_{l' \ge l} \sum_c z_{jsl'cp} \in \{0, 1\}

are whole in every plan, so that nothing is lost where they are columns of their own; on them a solver decides sizes
first (branching on sums of columns: Ryan and Foster 1981). Where they and the openings are whole, contracts may be let
go: that alone is much quicker and most of what the sizes cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.sparse import block_array, csc_array, csr_array, eye_array

from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.columns import NONE, columns_of
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel


class CountedSizes:
    """The sums of options that are counted, and ``openings``, the columns that say whether a service is open; of all
    columns of the ``model`` of ``problem``.
    """

    def __init__(self, model: LinearModel, problem: PlanningProblem) -> None:
        columns = columns_of(model)
        self.openings: Flags = np.zeros(len(model.cost), dtype=bool)
        self.openings[columns["open"][columns["open"] != NONE]] = True
        self._of = problem.options.service
        self._capacity = problem.options.capacity
        sums = [each for period in columns["z"].T for each in self._sums(period)]
        at = np.repeat(np.arange(len(sums)), [len(each) for each in sums])
        named = np.concatenate(sums) if sums else np.zeros(0, dtype=np.int64)
        self._sums_of = csr_array((np.ones(len(named)), (at, named)), shape=(len(sums), len(model.cost))).tocsc()

    def _sums(self, column: Ints) -> Iterator[Ints]:
        """Yield for each service the columns of its options that are larger than its smallest, size by size."""
        order = np.lexsort((-self._capacity, self._of))
        order = order[column[order] != NONE]
        starts = np.flatnonzero(np.diff(self._of[order], prepend=-1))
        for options in np.split(order, starts[1:]) if len(order) else []:
            for end in np.flatnonzero(np.diff(self._capacity[options])) + 1:
                yield column[options[:end]]

    def counted(self, part: LinearModel, columns: Ints) -> LinearModel:
        """Return a ``part`` of the model, in some of its ``columns``, with a column for each sum of two or more of them
        that may be taken; these come last and cost nothing.
        """
        sums = self._within(part, columns)
        count = sums.shape[0]
        if not count:
            return part
        ones, none = np.ones(count), np.zeros(count)
        return replace(
            part,
            matrix=csc_array(block_array([[part.matrix, None], [-sums, eye_array(count)]])),
            rows=(),
            variables=(),
            row_lower=np.append(part.row_lower, none),
            row_upper=np.append(part.row_upper, none),
            column_lower=np.append(part.column_lower, none),
            column_upper=np.append(part.column_upper, ones),
            cost=np.append(part.cost, none),
            integer=np.append(part.integer, ones > 0),
        )

    def values(self, part: LinearModel, columns: Ints, values: Floats) -> Floats:
        """Return ``values`` of a part with those of the columns that :meth:`counted` adds."""
        return np.concatenate([values, self._within(part, columns) @ values])

    def _within(self, part: LinearModel, columns: Ints) -> csr_array:
        taken = part.integer & (part.column_lower == 0.0) & (part.column_upper == 1.0)
        within = self._sums_of[:, columns].multiply(taken[None, :]).tocsr()
        within.eliminate_zeros()
        return within[np.flatnonzero(np.diff(within.indptr) > 1)]
