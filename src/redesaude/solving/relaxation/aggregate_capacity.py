r"""Rows that follow from others and sharpen the relaxation: capacity for the cases that must be treated.

Capacities of the open options of a specialty add up to at least its cases that must be treated,

.. math:: \sum_{jlc} K_{jslc}\, z_{jslcp} \ge \sum_{i \text{ must}} d_{isp}

which sums the capacity and balance rows. A solver does not see it in them; with it, cover inequalities on
:math:`z` round up the number of services that the relaxation opens in part (Cornuejols, Sridharan and Thizy 1991).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from redesaude_models.columns import NONE, columns_of
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel


def with_aggregate_capacity(model: LinearModel, problem: PlanningProblem) -> LinearModel:
    """Return the ``model`` of ``problem`` with a row for each specialty and period that must treat cases."""
    kind = problem.services.specialty[problem.options.service]
    row_of = np.full((len(problem.specialties.ids), len(problem.periods)), -1)
    needed: list[float] = []
    for s in range(len(row_of)):
        must = problem.demand.must_treat & (problem.demand.specialty == s)
        for p in np.flatnonzero(problem.demand.cases[must].sum(axis=0) > 0).tolist():
            row_of[s, p] = len(needed)
            needed.append(float(problem.demand.cases[must, p].sum()))
    if not needed:
        return model
    grid = columns_of(model)["z"]
    if not grid.size:  # nothing may open: the model says by itself that this is impossible
        return model
    option, period = np.nonzero((grid != NONE) & (row_of[kind] >= 0))
    row, column, capacity = row_of[kind[option], period], grid[option, period], problem.options.capacity[option]
    scale = np.array(needed)
    rows = csr_array((capacity / scale[row], (row, column)), shape=(len(needed), model.matrix.shape[1]))
    return model.with_rows(rows, np.ones(len(needed)))
