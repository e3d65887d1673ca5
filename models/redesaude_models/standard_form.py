"""A linear model as arrays: made from a Pyomo model once, cut down to parts as often as needed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csc_array, csr_array, vstack

from redesaude_models.arrays import Flags, Floats, Ints


@dataclass(frozen=True)
class LinearModel:
    """min cost @ x + offset, row_lower <= matrix @ x <= row_upper, bounds, some columns integer.

    ``variables`` are the Pyomo variables of the columns and ``rows`` the (component, index) of the constraints, in
    order; both are empty for a model made from arrays. ``source`` is the model that the variables are of: they know
    their component only as long as it is kept.
    """

    matrix: csc_array
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats
    cost: Floats
    offset: float
    integer: Flags
    variables: tuple[pyo.Var, ...] = ()
    rows: tuple[tuple[str, Any], ...] = ()
    source: pyo.ConcreteModel | None = None

    def fixed(self, columns: Ints, values: Floats) -> LinearModel:
        """Return the model with ``columns`` fixed at ``values`` and no longer integer."""
        lower, upper, integer = self.column_lower.copy(), self.column_upper.copy(), self.integer.copy()
        lower[columns] = upper[columns] = values
        integer[columns] = False
        return replace(self, column_lower=lower, column_upper=upper, integer=integer)

    def relaxed(self, columns: Flags) -> LinearModel:
        """Return the model with ``columns`` no longer integer."""
        return replace(self, integer=self.integer & ~columns)

    def part(self, rows: Ints, columns: Ints, cost: Floats | None = None) -> LinearModel:
        """Return the model of some rows and columns, at its own costs or at ``cost`` (of these columns), offset 0."""
        return LinearModel(
            matrix=self.matrix[:, columns].tocsr()[rows].tocsc(),
            row_lower=self.row_lower[rows],
            row_upper=self.row_upper[rows],
            column_lower=self.column_lower[columns],
            column_upper=self.column_upper[columns],
            cost=self.cost[columns] if cost is None else cost,
            offset=0.0,
            integer=self.integer[columns],
        )

    def around(self, columns: Ints, values: Floats) -> LinearModel:
        """Return the model in ``columns`` alone, every other column standing at its entry of ``values``.

        Rows that none of the columns touches are dropped; the offset is the cost of what stands still.
        """
        rest = np.ones(len(self.cost), dtype=bool)
        rest[columns] = False
        still = self.matrix @ np.where(rest, values, 0.0)
        rows = np.flatnonzero(np.diff(self.matrix[:, columns].tocsr().indptr))
        part = self.part(rows, columns)
        return replace(
            part,
            row_lower=part.row_lower - still[rows],
            row_upper=part.row_upper - still[rows],
            offset=self.offset + float(self.cost[rest] @ values[rest]),
        )

    def with_rows(self, rows: csr_array, lower: Floats) -> LinearModel:
        """Return the model with ``rows @ x >= lower`` added."""
        return replace(
            self,
            matrix=csc_array(vstack([self.matrix, rows])),
            rows=(),
            row_lower=np.append(self.row_lower, lower),
            row_upper=np.append(self.row_upper, np.full(len(lower), np.inf)),
        )

    def value(self, values: Floats) -> float:
        """Return the objective at ``values``."""
        return float(self.cost @ values) + self.offset

    def turnover(self, values: Floats) -> float:
        """Return the money that moves at ``values``, whatever its sign."""
        return float(np.abs(self.cost) @ np.abs(values)) + abs(self.offset)

    def sides(self, multipliers: Floats) -> float:
        """Return what each row's ``multipliers`` make of the side that they press on."""
        lower, upper = multipliers > 0, multipliers < 0
        return float(multipliers[lower] @ self.row_lower[lower] + multipliers[upper] @ self.row_upper[upper])

    def payers(self, *, shared: bool = False) -> tuple[Ints, Ints, Floats]:
        """Return the column that pays for a breach of each row where there is one, its row, and its entry in that row.

        It costs, is not integer and stands in no other row: an excess, a shortfall. Of several the cheapest pays.
        ``shared`` ones pay for an equation and stand besides in inequalities that more of them keeps all the better.
        """
        column, count = np.repeat(np.arange(len(self.cost)), np.diff(self.matrix.indptr)), len(self.cost)
        rows, entries = self.matrix.indices.astype(np.int64), self.matrix.data
        standing, pays = np.bincount(column, minlength=count), ~self.integer & (self.cost > 0)
        paid = (standing == 1)[column] & (entries != 0)
        if shared:
            keeps = np.where(entries > 0, np.isposinf(self.row_upper)[rows], np.isneginf(self.row_lower)[rows])
            asked, equal = np.bincount(column, ~keeps, minlength=count), (self.row_lower == self.row_upper)[rows]
            paid |= (asked == 1)[column] & equal & (entries != 0)
        at = np.flatnonzero(paid & pays[column])
        at = at[np.lexsort((self.cost[column[at]] / np.abs(entries[at]), rows[at]))]
        _, first = np.unique(rows[at], return_index=True)
        chosen = at[first]
        return column[chosen], rows[chosen], entries[chosen]

    def whole(self, values: Floats) -> Floats:
        """Return ``values`` within their bounds and with integers rounded, and what that makes short or too much in a
        row paid for.

        An integer is whole, and a column within its bounds, to a solver's tolerance: what either moves in its rows has
        its price, and less than nothing of what is dear would be a receipt.
        """
        rounded = np.clip(np.where(self.integer, np.round(values), values), self.column_lower, self.column_upper)
        columns, rows, entries = self.payers()
        stands = (self.matrix @ rounded)[rows]
        missing = np.where(entries > 0, self.row_lower[rows] - stands, stands - self.row_upper[rows])
        paid = rounded[columns] + missing / np.abs(entries)
        rounded[columns] = np.clip(paid, self.column_lower[columns], self.column_upper[columns])
        return rounded

    def violation(self, values: Floats) -> float:
        """Return by how much ``values`` break the worst row, bound or integrality."""
        rows = self.matrix @ values
        whole = np.abs(values - np.round(values))[self.integer]
        return float(
            max(
                (self.row_lower - rows).max(initial=0.0),
                (rows - self.row_upper).max(initial=0.0),
                (self.column_lower - values).max(initial=0.0),
                (values - self.column_upper).max(initial=0.0),
                whole.max(initial=0.0),
            )
        )


def linear_model(model: pyo.ConcreteModel) -> LinearModel:
    """Return the arrays of a linear Pyomo model to be minimised; fixed variables are constants in it."""
    try:
        form = LinearStandardFormCompiler().write(model, mixed_form=True)
    except InfeasibleConstraintException:  # a row without variables that its constants break
        return _impossible()
    side = np.array([row.bound_type for row in form.rows], dtype=int)  # -1 '>=', 0 '=', 1 '<='
    rhs = np.asarray(form.rhs, dtype=float)
    lower, upper = zip(*(var.bounds for var in form.columns), strict=True) if form.columns else ((), ())
    return LinearModel(
        matrix=csc_array(form.A),
        row_lower=np.where(side <= 0, rhs, -np.inf),
        row_upper=np.where(side >= 0, rhs, np.inf),
        column_lower=np.array([-np.inf if b is None else b for b in lower], dtype=float),
        column_upper=np.array([np.inf if b is None else b for b in upper], dtype=float),
        cost=np.asarray(form.c.todense(), dtype=float).ravel(),
        offset=float(form.c_offset[0]),
        integer=np.array([not var.is_continuous() for var in form.columns], dtype=bool),
        variables=tuple(form.columns),
        rows=tuple((row.constraint.parent_component().local_name, row.constraint.index()) for row in form.rows),
        source=model,
    )


def _impossible() -> LinearModel:
    """The model of a contradiction: one column fixed at 0, and one empty row that asks for 0 >= 1."""
    zero = np.zeros(1)
    return LinearModel(csc_array((1, 1)), np.ones(1), np.full(1, np.inf), zero, zero, zero, 0.0, zero > 0)


def load_values(model: LinearModel, values: Floats) -> None:
    """Put ``values`` (one for each column) into the Pyomo variables of ``model``, made whole."""
    for variable, value in zip(model.variables, model.whole(values).tolist(), strict=True):
        variable.set_value(value, skip_validation=True)
