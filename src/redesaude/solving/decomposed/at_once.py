r"""Several periods at once: a much smaller model whose solutions and prices serve the whole one.

Columns (and rows) that differ in nothing but their period are made one (aggregation: Zipkin 1980; Rogers and others
1991). With :math:`P` giving a column of the small model to each period, :math:`W` adding up the periods of a row by
what a year of them is worth, and no step taken:

.. math::
    \text{standing network} \quad & \min c^\top P X : \; A P X \ge b      & x &= P X\\
    \text{prices} \quad           & \min c^\top P X : \; W A P X \ge W b  & y &= W^\top Y

The first makes one only of what is built, of contracts and of shares: each of its solutions is a plan of the whole
model, one that decides everything in the first period, and the search begins with it. The duals :math:`Y` of the second
are multipliers for the bound (:mod:`.bound`), which is valid whatever they are; they take a few seconds where the
relaxation of all periods takes many minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array

from redesaude.solving.arrays import Floats, Ints, LinearModel
from redesaude.solving.highs import relaxation
from redesaude.solving.layout import Layout, names_of
from redesaude.solving.options import Limits

#: what does not change in a standing network
_STANDS = frozenset({"open", "z", "w", "b", "x", "u", "q"})

_CHANGES = "step"


@dataclass(frozen=True)
class Standing:
    """A model in which nothing changes with time, its layout, and which of its columns each column of the whole is."""

    arrays: LinearModel
    layout: Layout
    column: Ints


class AtOnce:
    """The periods of ``arrays`` at once; ``worth`` is what a year of each period counts, by its id."""

    def __init__(self, arrays: LinearModel, worth: dict[str, float]) -> None:
        self._names = names_of(arrays)
        self._rows = arrays.rows
        self._worth = worth
        steps = np.flatnonzero([name == _CHANGES for name, _ in self._names])
        self._still = arrays.fixed(steps, np.zeros(len(steps)))

    def standing(self, layout: Layout) -> Standing:
        """Return the standing network."""
        column = self._alike([(name, index, name in _STANDS) for name, index in self._names])
        first = np.unique(column, return_index=True)[1]
        small = Layout(**{f.name: getattr(layout, f.name)[first] for f in fields(Layout)})
        return Standing(_columns_made_one(self._still, column), small, column)

    def prices(self, limits: Limits) -> Floats | None:
        """Return a multiplier for each row of the whole model, None if it takes longer than the limits."""
        column, row = (self._alike([(*name, True) for name in names]) for names in (self._names, self._rows))
        weight = np.array([self._worth.get(_last(index), 1.0) for _, index in self._rows])
        small = _rows_made_one(_columns_made_one(self._still, column), row, weight)
        relaxed = relaxation(small, limits)
        return None if relaxed is None else weight * relaxed.row_duals[row]

    def _alike(self, names: Sequence[tuple[str, Any, bool]]) -> Ints:
        """Number names so that those alike in all but a period at the end of the index, if ``True``, share one."""
        numbers: dict[tuple[Any, ...], int] = {}
        keys = (
            (name, index[:-1]) if one and isinstance(index, tuple) and index[-1] in self._worth else (name, index, None)
            for name, index, one in names
        )
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _last(index: Any) -> Any:
    return index[-1] if isinstance(index, tuple) else index


def _columns_made_one(arrays: LinearModel, column: Ints) -> LinearModel:
    count = int(column.max(initial=-1)) + 1
    place = csc_array((np.ones(len(column)), (np.arange(len(column)), column)), shape=(len(column), count))
    lower, upper, integer = np.full(count, -np.inf), np.full(count, np.inf), np.zeros(count, dtype=bool)
    np.maximum.at(lower, column, arrays.column_lower)
    np.minimum.at(upper, column, arrays.column_upper)
    np.logical_or.at(integer, column, arrays.integer)
    return replace(
        arrays,
        matrix=csc_array(arrays.matrix @ place),
        column_lower=lower,
        column_upper=upper,
        cost=np.bincount(column, arrays.cost, minlength=count).astype(float),
        integer=integer,
        variables=(),
    )


def _rows_made_one(arrays: LinearModel, row: Ints, weight: Floats) -> LinearModel:
    count = int(row.max(initial=-1)) + 1
    add = csr_array((weight, (row, np.arange(len(row)))), shape=(count, len(row)))

    def sides(each: Floats) -> Floats:
        return np.bincount(row, weight * each, minlength=count).astype(float)  # infinite where one of them is

    return replace(
        arrays,
        matrix=csc_array(add @ arrays.matrix),
        row_lower=sides(arrays.row_lower),
        row_upper=sides(arrays.row_upper),
        rows=(),
    )
