"""Does the solver solve? One small model of known optimum before the first solve of a process.

A version of HiGHS has called plans optimal that are not. What is solved here is of the kind that version erred on:
capacitated siting, two places and two demands of whole shares, with a price on what is unmet.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.sparse import csc_array

from redesaude.errors import SolverError
from redesaude.solving.highs import solve
from redesaude.solving.options import Limits
from redesaude_models.standard_form import LinearModel

#: optimum of the model: nothing opens and both demands stay unmet; 65 is what the version that erred gives
OPTIMUM = 63.0

_TOLERANCE = 1e-6


def siting_model() -> LinearModel:
    """Return the model: open (2), shares of demands at places (2 x 2), unmet (2)."""
    met = [[0, 0, 1, 0, 1, 0, 1, 0], [0, 0, 0, 1, 0, 1, 0, 1]]
    room = [[7, 0, -3, -5, 0, 0, 0, 0], [0, 4, 0, 0, -3, -5, 0, 0]]
    only_open = [
        [n == place for n in range(2)] + [-(n == 2 * place + d) for n in range(4)] + [0, 0]
        for place in range(2)
        for d in range(2)
    ]
    matrix = np.array([*met, *room, *only_open], dtype=float)
    return LinearModel(
        matrix=csc_array(matrix),
        row_lower=np.array([1.0, 1.0, *np.zeros(6)]),
        row_upper=np.full(8, np.inf),
        column_lower=np.zeros(8),
        column_upper=np.ones(8),
        cost=np.array([32.0, 22.0, 18.0, 18.0, 21.0, 1.0, 41.0, 22.0]),
        offset=0.0,
        integer=np.arange(8) < 6,
    )


@cache
def check_solver() -> None:
    """Solve the model, once for each process.

    Raises
    ------
    SolverError
        when the solver calls something else optimal.

    """
    found = solve(siting_model(), Limits(gap=0.0, seconds=60.0)).objective
    if found is None or abs(found - OPTIMUM) > _TOLERANCE:
        raise SolverError(
            f"the installed version of HiGHS (highspy) solves models wrongly: it gives {found} as the least cost of a "
            f"model whose least cost is {OPTIMUM:g}. Install the version that redesaude asks for: pip install redesaude"
        )
