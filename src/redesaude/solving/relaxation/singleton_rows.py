"""A relaxation without what its columns say by themselves: columns that stand still, and rows about one column."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array

from redesaude_models.arrays import Ints
from redesaude_models.standard_form import LinearModel

#: times that rows are looked through: what one row fixes leaves others with one column less
_TIMES = 3


@dataclass(frozen=True)
class Smaller:
    """The ``model`` in the ``rows`` and ``columns`` of a larger one that are left."""

    model: LinearModel
    rows: Ints
    columns: Ints


def without_singleton_rows(model: LinearModel) -> Smaller:
    """Return the relaxation of ``model`` with rows about one column as bounds of that column (Andersen and Andersen
    1995), and without columns that are fixed. Its optimum costs the same.
    """
    matrix, lower, upper = model.matrix.tocsc(), model.column_lower.copy(), model.column_upper.copy()
    for _ in range(_TIMES):
        fixed = lower == upper
        columns = np.flatnonzero(~fixed)
        still = matrix @ np.where(fixed, lower, 0.0)
        rest = matrix[:, columns].tocsr()
        entries = np.diff(rest.indptr)
        one = np.flatnonzero(entries == 1)
        column, factor = columns[rest.indices[rest.indptr[one]]], rest.data[rest.indptr[one]]
        sides = [(side - still)[one] / factor for side in (model.row_lower, model.row_upper)]
        least, most = np.where(factor > 0, sides, sides[::-1])
        np.maximum.at(lower, column, least)
        np.minimum.at(upper, column, most)
    rows = np.flatnonzero(entries > 1)
    smaller = replace(
        model.part(rows, columns),
        matrix=csc_array(rest[rows]),
        row_lower=(model.row_lower - still)[rows],
        row_upper=(model.row_upper - still)[rows],
        column_lower=lower[columns],
        column_upper=upper[columns],
        offset=model.offset + float(model.cost[fixed] @ lower[fixed]),
    )
    return Smaller(smaller, rows, columns)
