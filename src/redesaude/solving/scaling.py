r"""A linear model written so that what a solver may leave broken costs little.

A solver keeps a row to within some 10^-6, whatever the row counts. Where a shortfall or an excess has a price, such a
breach is paid by nobody: it makes a plan look cheaper by up to :math:`10^{-6} p`, with :math:`p` the price of one unit
of the row. A ceiling of money in units of a hundred million, with a price on its excess, may hide more in that than a
whole plan costs. Rows whose breach would cost beyond :data:`DEAR` times the typical cost, and the column that pays for
it, are therefore written in a smaller unit, though never so small that the rounding of its sums would itself be a
breach: a solver would call the model impossible. Every factor is a power of two, so that no number is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, diags_array

from redesaude_models.arrays import Floats
from redesaude_models.standard_form import LinearModel

#: a row's breach is dear from a price of so many typical costs on
DEAR = 2.0**5

#: the largest entry or side that a row may come to: rounding, some 10^-16 of it, stays far below a solver's tolerance
_LARGEST = 2.0**26


@dataclass(frozen=True)
class Scaled:
    """A ``model`` with each row multiplied by its entry of ``rows``, in columns multiplied by those of ``columns``."""

    model: LinearModel
    rows: Floats
    columns: Floats

    def values(self, scaled: Floats) -> Floats:
        """Return the values of the model's own columns."""
        return scaled / self.columns

    def row_duals(self, scaled: Floats) -> Floats:
        """Return the multipliers of the model's own rows; rows added later stand as they are."""
        return scaled * np.append(self.rows, np.ones(len(scaled) - len(self.rows)))

    def in_columns(self, rows: csr_array) -> csr_array:
        """Return rows over the model's own columns as rows over the scaled ones."""
        return csr_array(rows @ diags_array(1.0 / self.columns))


def scaled(model: LinearModel, unit: float) -> Scaled:
    """Return ``model`` in which no breach of a row costs much more than :data:`DEAR` times ``unit`` (money)."""
    columns, rows, entries = model.payers(shared=True)
    price = model.cost[columns] / np.abs(entries)
    most = np.maximum(1.0, _LARGEST / _sizes(model)[rows])
    factor = np.exp2(np.floor(np.log2(np.clip(price / (DEAR * unit), 1.0, most))))
    of_rows, of_columns = np.ones(len(model.row_lower)), np.ones(len(model.cost))
    of_rows[rows] = of_columns[columns] = factor
    return Scaled(_multiplied(model, of_rows, of_columns), of_rows, of_columns)


def _sizes(model: LinearModel) -> Floats:
    """Return the largest entry or side of each row."""
    sides = np.stack([model.row_lower, model.row_upper])
    sizes = np.abs(np.where(np.isfinite(sides), sides, 0.0)).max(axis=0)
    np.maximum.at(sizes, model.matrix.indices, np.abs(model.matrix.data))
    return np.asarray(np.maximum(sizes, np.finfo(float).tiny))


def _multiplied(model: LinearModel, rows: Floats, columns: Floats) -> LinearModel:
    matrix = model.matrix.copy()
    each = np.repeat(np.arange(len(columns)), np.diff(matrix.indptr))
    matrix.data = matrix.data * rows[matrix.indices] / columns[each]
    return replace(
        model,
        matrix=matrix,
        row_lower=model.row_lower * rows,
        row_upper=model.row_upper * rows,
        column_lower=model.column_lower * columns,
        column_upper=model.column_upper * columns,
        cost=model.cost / columns,
    )
