r"""Rows that follow from others and sharpen the relaxation: capacity for all cases of a specialty that are treated.

Capacities of the open options of a specialty, and its cases that stay untreated, add up to at least its cases,

.. math:: \sum_{jlc} K_{jslc}\, z_{jslcp} + \sum_i d_{isp}\, u_{isp} \ge \sum_i d_{isp}

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
    """Return the ``model`` of ``problem`` with a row for each specialty and period that has cases, as its last rows.

    Each is divided by its cases, so that it asks for 1.
    """
    columns, demand, options = columns_of(model), problem.demand, problem.options
    opened, unmet = columns["z"], columns["u"]
    if not (opened.size and unmet.size):  # nothing may open, or nothing is asked for: the model says so by itself
        return model
    count, periods = len(problem.specialties.ids), len(problem.periods)
    cases = np.zeros((count, periods))
    np.add.at(cases, demand.specialty, demand.cases)
    needs = cases > 0
    row_of = np.where(needs, np.cumsum(needs).reshape(needs.shape) - 1, NONE)
    capacity = np.broadcast_to(options.capacity[:, None], opened.shape)
    kinds = problem.services.specialty[options.service], demand.specialty
    entries = [
        (row_of[kind][used], grid[used], (size / np.where(needs, cases, 1.0)[kind])[used])
        for kind, grid, size in zip(kinds, (opened, unmet), (capacity, demand.cases), strict=True)
        for used in ((grid != NONE) & (row_of[kind] != NONE),)
    ]
    row, column, share = (np.concatenate(each) for each in zip(*entries, strict=True))
    rows = csr_array((share, (row, column)), shape=(int(needs.sum()), model.matrix.shape[1]))
    return model.with_rows(rows, np.ones(int(needs.sum())))
