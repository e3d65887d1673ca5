r"""Period aggregation: a much smaller model of one period whose solutions and prices serve the model of all periods.

Columns (and rows) that differ in nothing but their period are made one (aggregation: Zipkin 1980; Rogers, Plante, Wong
and Evans 1991). With :math:`P` giving a column of the small model to each period, :math:`W` adding up the periods of a
row by what a year of them is worth, and no step taken:

.. math::
    \text{static network} \quad & \min c^\top P X : \; A P X \ge b      & x &= P X\\
    \text{prices} \quad         & \min c^\top P X : \; W A P X \ge W b  & y &= W^\top Y

The first aggregates only what is built, contracts and shares, and no rows: each of its solutions decides everything in
the first period. What may be spent or begun in each period it may spend or begin at once; where that breaks no row of
the whole model, it is a plan, and the search begins with it; else it says what to build, not when. The duals
:math:`Y` of the second are multipliers for the bound (:mod:`.lagrangian_bound`), which is valid whatever they are; they
take a few seconds where the relaxation of all periods takes many minutes. Which columns and rows stand, step or recur
each component of the model says itself (:mod:`redesaude_models.places`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array

from redesaude.solving.layout import Layout
from redesaude.solving.options import Limits
from redesaude.solving.relaxation.singleton_rows import without_singleton_rows
from redesaude.solving.specialties.advanced_basis import relaxation_from_blocks
from redesaude.solving.specialties.blocks import Blocks
from redesaude_models.arrays import Floats, Ints
from redesaude_models.columns import Name, apart
from redesaude_models.places import Time, place_of
from redesaude_models.standard_form import LinearModel


@dataclass(frozen=True)
class StaticNetwork:
    """A model in which nothing changes with time, its layout, and which of its columns each column of the whole is."""

    arrays: LinearModel
    layout: Layout
    column: Ints


class PeriodAggregation:
    """The periods of ``arrays`` at once; ``worth`` is what a year of each period counts, by its id, and ``owner`` the
    block of each column.
    """

    def __init__(self, arrays: LinearModel, worth: dict[str, float], owner: Ints) -> None:
        self._owner = owner
        self._names, self._rows = apart(arrays, worth)
        self._worth = worth
        self._column_time = [place_of(variable.parent_component()).time for variable in arrays.variables]
        self._model = arrays.variables[0].model()  # kept: its variables hold it weakly
        self._row_time = [_time_of(self._model.component(name)) for name, _ in arrays.rows]
        steps = np.flatnonzero([time is Time.CHANGES for time in self._column_time])
        self._still = arrays.fixed(steps, np.zeros(len(steps)))

    @property
    def unsure(self) -> Ints:
        """Rows about what is spent once or lasts: their prices are not known well when all is decided at once."""
        return np.flatnonzero([time in (Time.ONCE, Time.LASTS) for time in self._row_time])

    def static_network(self, layout: Layout) -> StaticNetwork:
        """Return the static network."""
        stands = [time is Time.STANDS for time in self._column_time]
        column = _alike(self._names, stands)
        first = np.unique(column, return_index=True)[1]
        small = Layout(**{f.name: getattr(layout, f.name)[first] for f in fields(Layout)})
        arrays = _columns_made_one(self._still, column)
        return StaticNetwork(replace(arrays, row_upper=self._at_once(arrays.row_upper)), small, column)

    def _at_once(self, upper: Floats) -> Floats:
        """Return upper sides of rows in which what is spent once may be spent in whichever period."""
        row = _alike(self._rows, [True] * len(self._rows))
        once = np.array([time is Time.ONCE for time in self._row_time])
        each = (np.bincount(row)[row] == len(self._worth)) & once  # what some periods do not limit, may come then
        added = np.where(each, np.bincount(row, np.where(once, upper, 0.0))[row], np.inf)
        return np.asarray(np.where(once, added, upper))

    def prices(self, limits: Limits) -> Floats | None:
        """Return a multiplier for each row of the whole model, None if it takes longer than the limits."""
        column, row = (_alike(names, [True] * len(names)) for names in (self._names, self._rows))
        weight = self._weights(row)
        small = _rows_made_one(_columns_made_one(self._still, column), row, weight)
        smaller = without_singleton_rows(small)
        owner = self._owner[np.unique(column, return_index=True)[1]]
        relaxed = relaxation_from_blocks(Blocks(smaller.model, owner[smaller.columns]), limits)
        if relaxed is None:
            return None
        duals = np.zeros(len(small.row_lower))  # rows about one column couple nothing, and need no price
        duals[smaller.rows] = relaxed.row_duals
        return np.asarray(weight * duals[row])

    def _weights(self, row: Ints) -> Floats:
        """Return what a year of its period is worth for each row, 1 for what is spent once.

        What some periods do not limit is not limited at all: what is decided at once here may come then.
        """
        weight = np.array([self._worth.get(period, 1.0) for *_, period in self._rows])
        once = np.array([time is Time.ONCE for time in self._row_time])
        weight[once] = (np.bincount(row)[row] == len(self._worth))[once]
        return weight


def _alike(names: Sequence[Name], made_one: Sequence[bool]) -> Ints:
    """Number names so that those alike in all but their period, where they are ``made_one``, share a number."""
    numbers: dict[tuple[Any, ...], int] = {}
    keys = (name[:2] if one else name for name, one in zip(names, made_one, strict=True))
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _time_of(constraint: Any) -> Time:
    """How rows have to do with time: those that say nothing of it are of their period."""
    place = getattr(constraint, "place", None)
    return Time.EACH if place is None else place_of(constraint).time


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
        source=None,
    )


def _rows_made_one(arrays: LinearModel, row: Ints, weight: Floats) -> LinearModel:
    count = int(row.max(initial=-1)) + 1
    add = csr_array((weight, (row, np.arange(len(row)))), shape=(count, len(row)))

    def sides(each: Floats) -> Floats:
        added = np.where(weight > 0, each, 0.0) * weight  # infinite where one of them is
        return np.bincount(row, added, minlength=count).astype(float)

    return replace(
        arrays,
        matrix=csc_array(add @ arrays.matrix),
        row_lower=sides(arrays.row_lower),
        row_upper=sides(arrays.row_upper),
        rows=(),
    )
