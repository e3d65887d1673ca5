"""The columns of a linear model by what they are: the one map from a component and the rows of its problem to columns.

Made once from what each component declares of itself (:class:`~redesaude_models.places.Place`), so that nobody else
reads names, or the positions of an index.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Ints
from redesaude_models.keys import over_periods
from redesaude_models.places import Place, place_of
from redesaude_models.standard_form import LinearModel

#: where a row has no column: there is no such variable, or it is fixed
NONE = -1


@dataclass(frozen=True)
class Columns:
    """``grids`` are, by component, the columns of its rows in each period, (rows, periods), :data:`NONE` for none."""

    grids: dict[str, Ints]

    def __getitem__(self, component: str) -> Ints:
        """Return the columns of a component, no rows where the model has it not."""
        return self.grids.get(component, np.zeros((0, 0), dtype=np.int64))

    def put(self, component: str, values: np.ndarray, into: np.ndarray) -> None:
        """Write ``values`` (rows, periods) of a component to its columns in the array ``into``."""
        columns = self[component]
        there = columns != NONE
        into[columns[there]] = values[there]


def columns_of(arrays: LinearModel) -> Columns:
    """Return the columns of a model that was made from Pyomo; of one made from arrays nothing is known."""
    if not arrays.variables:
        return Columns({})
    at = {id(variable): n for n, variable in enumerate(arrays.variables)}
    model = arrays.variables[0].model()
    placed = [(component, getattr(component, "place", None)) for component in model.component_objects(pyo.Var)]
    return Columns(
        {
            component.local_name: _grid(component, place.rows, model.periods, at)
            for component, place in placed
            if isinstance(place, Place) and place.rows is not None
        }
    )


def _grid(component: Any, rows: Sequence[Any], periods: Sequence[str], at: dict[int, int]) -> Ints:
    known = dict(component.items())
    columns = [at.get(id(known.get(key)), NONE) for key in over_periods(rows, periods)]
    return np.array(columns, dtype=np.int64).reshape(len(rows), len(periods))


Name = tuple[str, Any, str]
"""component, index without its period, and the period (blank: none)"""


def apart(arrays: LinearModel, periods: Collection[str]) -> tuple[list[Name], list[Name]]:
    """Return what each column and what each row is, its period apart."""
    columns = [
        (component.local_name, *place_of(component).apart(variable.index(), periods))
        for variable in arrays.variables
        for component in (variable.parent_component(),)
    ]
    model = arrays.variables[0].model()
    places = {name: getattr(model.component(name), "place", None) or Place() for name, _ in arrays.rows}
    return columns, [(name, *places[name].apart(index, periods)) for name, index in arrays.rows]
