"""Transport problems: cases of places sent to services with limited room, some of whom these send on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, hstack, vstack

from redesaude.errors import SolverError
from redesaude.solving.highs import solve
from redesaude.solving.options import Limits
from redesaude_models.arrays import Floats, Ints
from redesaude_models.standard_form import LinearModel

_EXACT = Limits(gap=0.0, seconds=120.0)

Pairs = tuple[Ints, Ints]
"""positions of place and service of each pair that can be reached"""


def most_treated(cases: Floats, room: Floats, pairs: Pairs, minutes: Floats, onward: Floats) -> Floats:
    """Return the cases sent along each pair: as many as find room, and of all such ways the one of least ``minutes``.

    ``cases`` are those of each place and ``room`` that of each service, in the same unit. ``onward`` is the share of
    those who come to a service (row) that is treated at each (column): 1 on the diagonal where none is sent on.

    Raises
    ------
    SolverError
        when the problem is not solved, here and below.

    """
    count = len(pairs[0])
    most = _model(cases, room, pairs, -np.ones(count), onward)
    all_of_them = csr_array(np.ones((1, count)))
    as_many = np.array([float(optimum(most).sum())])
    return optimum(replace(most, cost=minutes).with_rows(all_of_them, as_many))


def greatest_strength(cases: Floats, more: Floats, room: Floats, pairs: Pairs, onward: Floats) -> float:
    """Return the largest strength at which ``cases + strength * more`` of every place find room."""
    plain = _model(cases, room, pairs, np.zeros(len(pairs[0])), onward)
    column = coo_array(np.concatenate([-more, np.zeros(len(room))])[:, None])
    model = LinearModel(
        matrix=hstack([plain.matrix, column]).tocsc(),
        row_lower=np.concatenate([cases, np.full(len(room), -np.inf)]),
        row_upper=plain.row_upper,
        column_lower=np.append(plain.column_lower, 0.0),
        column_upper=np.append(plain.column_upper, np.inf),
        cost=np.append(plain.cost, -1.0),
        offset=0.0,
        integer=np.append(plain.integer, np.zeros(1, dtype=bool)),
    )
    return float(optimum(model)[-1])


def _model(cases: Floats, room: Floats, pairs: Pairs, cost: Floats, onward: Floats) -> LinearModel:
    """At most all cases of each place and the room of each service, as rows in this order."""
    (places, services), count = pairs, len(cost)
    leaving = coo_array((np.ones(count), (places, np.arange(count))), shape=(len(cases), count))
    treated = csc_array(onward.T)[:, services]
    return LinearModel(
        matrix=csc_array(vstack([leaving, treated])),
        row_lower=np.full(len(cases) + len(room), -np.inf),
        row_upper=np.concatenate([cases, room]),
        column_lower=np.zeros(count),
        column_upper=np.full(count, np.inf),
        cost=cost,
        offset=0.0,
        integer=np.zeros(count, dtype=bool),
    )


def optimum(model: LinearModel) -> Floats:
    """Return the values of an optimum of ``model``; SolverError where there is none."""
    outcome = solve(model, _EXACT)
    if outcome.values is None:
        raise SolverError("a transport problem was not solved")
    return outcome.values
