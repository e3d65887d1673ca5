"""Transport problems: cases of places sent to services with limited room."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, hstack

from redesaude.errors import SolverError
from redesaude.finance.discounting import Floats
from redesaude.solving.highs import solve
from redesaude.solving.options import Limits
from redesaude_models.standard_form import Ints, LinearModel

_EXACT = Limits(gap=0.0, seconds=120.0)

Pairs = tuple[Ints, Ints]
"""positions of place and service of each pair that can be reached"""


def most_treated(cases: Floats, room: Floats, pairs: Pairs, cost: Floats) -> Floats:
    """Return the cases sent along each pair at least total ``cost``, which must be negative for as many to be treated.

    ``cases`` are those of each place and ``room`` that of each service, in the same unit.

    Raises
    ------
    SolverError
        when the problem is not solved, here and below.

    """
    return _optimum(_model(cases, room, pairs, cost))


def greatest_strength(cases: Floats, more: Floats, room: Floats, pairs: Pairs) -> float:
    """Return the largest strength at which ``cases + strength * more`` of every place find room."""
    plain = _model(cases, room, pairs, np.zeros(len(pairs[0])))
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
    return float(_optimum(model)[-1])


def _model(cases: Floats, room: Floats, pairs: Pairs, cost: Floats) -> LinearModel:
    """At most all cases of each place and the room of each service, as rows in this order."""
    (places, services), count = pairs, len(cost)
    rows, columns = np.concatenate([places, len(cases) + services]), np.tile(np.arange(count), 2)
    shape = len(cases) + len(room), count
    return LinearModel(
        matrix=coo_array((np.ones(2 * count), (rows, columns)), shape=shape).tocsc(),
        row_lower=np.full(shape[0], -np.inf),
        row_upper=np.concatenate([cases, room]),
        column_lower=np.zeros(count),
        column_upper=np.full(count, np.inf),
        cost=cost,
        offset=0.0,
        integer=np.zeros(count, dtype=bool),
    )


def _optimum(model: LinearModel) -> Floats:
    outcome = solve(model, _EXACT)
    if outcome.values is None:
        raise SolverError("a transport problem was not solved")
    return outcome.values
