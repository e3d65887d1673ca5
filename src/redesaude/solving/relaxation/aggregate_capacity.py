r"""Rows that follow from others and sharpen the relaxation: capacity for the cases that must be treated.

Capacities of the open options of a specialty add up to at least its cases that must be treated,

.. math:: \sum_{jlc} K_{jslc}\, z_{jslcp} \ge \sum_{i \text{ must}} d_{isp}

which sums the capacity and balance rows. A solver does not see it in them; with it, cover inequalities on
:math:`z` round up the number of services that the relaxation opens in part (Cornuejols, Sridharan and Thizy 1991).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from redesaude_models.keys import keys_of
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
    option = {key: o for o, key in enumerate(keys_of(problem).option)}
    period = {name: p for p, name in enumerate(problem.periods)}
    entries = [
        (row_of[kind[o], p], n, problem.options.capacity[o])
        for n, variable in enumerate(model.variables)
        if variable.parent_component().local_name == "z"
        for o, p in [(option[variable.index()[:-1]], period[variable.index()[-1]])]
        if row_of[kind[o], p] >= 0
    ]
    if not entries:  # nothing may open: the model says by itself that this is impossible
        return model
    row, column, capacity = (np.array(part) for part in zip(*entries, strict=True))
    scale = np.array(needed)
    rows = csr_array((capacity / scale[row], (row, column)), shape=(len(needed), model.matrix.shape[1]))
    return model.with_rows(rows, np.ones(len(needed)))
