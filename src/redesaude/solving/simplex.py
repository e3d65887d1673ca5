"""Linear relaxations with HiGHS: their optimum, from nothing or from a basis, and those that grow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy.sparse import csr_array

from redesaude.solving.highs_run import Run, configured, highs_lp
from redesaude.solving.options import Limits
from redesaude.solving.scaling import scaled
from redesaude.solving.units import typical
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.standard_form import LinearModel


@dataclass(frozen=True)
class Relaxation:
    """The optimum of a linear relaxation, the values of its columns, the dual of each row and the reduced cost of each
    column (money of the objective).
    """

    objective: float
    values: Floats
    row_duals: Floats
    reduced_costs: Floats


@dataclass(frozen=True)
class Basis:
    """Where a vertex of a linear relaxation is: for each of its ``columns`` and ``rows``, whether it is basic or at
    which of its sides, in the numbers of HiGHS.
    """

    columns: Ints
    rows: Ints

    @classmethod
    def of_rows(cls, shape: tuple[int, int]) -> Basis:
        """Return the one where all rows are basic, ``shape`` being (rows, columns)."""
        states = highspy.HighsBasisStatus
        return cls(np.full(shape[1], int(states.kNonbasic)), np.full(shape[0], int(states.kBasic)))

    @property
    def at_upper(self) -> Flags:
        """Which columns are at their upper side."""
        return np.asarray(self.columns == int(highspy.HighsBasisStatus.kUpper))


def relaxation(model: LinearModel, limits: Limits, basis: Basis | None = None) -> Relaxation | None:
    """Return the linear relaxation of ``model``, solved to optimality, from a ``basis`` if one is given.

    None if that takes longer than the limits.
    """
    growing = GrowingRelaxation(model, limits)
    if basis is not None:
        growing.begin_from(basis)
    return growing.solve(limits)


class GrowingRelaxation:
    """A linear relaxation that takes rows or other costs and is solved again from where it stood."""

    def __init__(self, model: LinearModel, limits: Limits) -> None:
        self._unit = typical(model.cost)
        self._highs = configured(limits)
        self._written = scaled(replace(model, integer=np.zeros_like(model.integer)), self._unit)
        self._highs.passModel(highs_lp(self._written.model, self._unit))
        self._busy = False

    def add(self, rows: csr_array, lower: Floats) -> None:
        """Add ``rows @ x >= lower``."""
        if not self._busy:
            above, rows = np.full(len(lower), np.inf), self._written.in_columns(rows)
            self._highs.addRows(len(lower), lower, above, rows.nnz, rows.indptr[:-1], rows.indices, rows.data)

    def price(self, cost: Floats) -> None:
        """Put other costs on the columns."""
        if not self._busy:
            cost = cost / self._written.columns / self._unit
            self._highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def restrict(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """Put other bounds on some columns."""
        if not self._busy:
            unit = self._written.columns[columns]
            self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower * unit, upper * unit)

    def ask(self, rows: Ints, lower: Floats) -> None:
        """Put other lower ends on some of the rows that were added; minus infinity lets a row go."""
        if not self._busy:
            above = np.full(len(rows), np.inf)
            self._highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower, above)

    def begin_from(self, basis: Basis) -> None:
        """Begin at a ``basis``; presolve is then left out."""
        states, given = list(map(highspy.HighsBasisStatus, range(5))), highspy.HighsBasis()
        given.col_status = [states[n] for n in basis.columns.tolist()]
        given.row_status = [states[n] for n in basis.rows.tolist()]
        given.valid = True
        self._highs.setBasis(given)

    @property
    def basis(self) -> Basis | None:
        """Where the optimum is; None before there is one."""
        if self._busy or self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = self._highs.getBasis()
        columns, rows = (np.fromiter(map(int, side), dtype=np.int64) for side in (found.col_status, found.row_status))
        return Basis(columns, rows)

    def tableau(self, columns: Ints) -> Iterator[tuple[int, Floats]]:
        """Yield, of ``columns`` those that are basic, each with multipliers of the rows whose sum has no other basic
        column, and no row that is basic. There is an optimum.
        """
        _, basic = self._highs.getBasicVariables()
        places = {column: place for place, column in enumerate(np.asarray(basic).tolist()) if column >= 0}
        for column in columns.tolist():
            if column in places:
                _, row = self._highs.getBasisInverseRow(places[column])
                yield column, self._written.row_duals(np.array(row))

    def dual_ray(self, limits: Limits) -> Floats | None:
        """Return row multipliers that show, up to their sign, that the relaxation is empty; None: none found.

        Presolve finds it empty without saying why, so that it is then solved once more without presolve.
        """
        empty = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
        if self._busy or self._highs.getModelStatus() not in empty:
            return None
        _, exists, ray = self._highs.getDualRay()
        if not exists:
            self._highs.setOptionValue("presolve", "off")
            self.solve(limits)
            if self._busy:
                return None
            self._highs.setOptionValue("presolve", "choose")
            _, exists, ray = self._highs.getDualRay()
        return self._written.row_duals(np.array(ray)) if exists else None

    def solve(self, limits: Limits) -> Relaxation | None:
        """Return the optimum; None if it is not found within the seconds of ``limits``, or was not once before."""
        if self._busy:
            return None
        run = Run(self._highs, limits)
        run.to_the_end()
        self._busy = run.left_behind
        if self._busy:
            return None
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._highs.getSolution()
        return Relaxation(
            objective=self._highs.getInfo().objective_function_value * self._unit,
            values=self._written.values(np.array(solution.col_value)),
            row_duals=self._written.row_duals(np.array(solution.row_dual)) * self._unit,
            reduced_costs=np.array(solution.col_dual) * self._written.columns * self._unit,
        )
