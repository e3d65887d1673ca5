"""Capacitated location as textbooks state it, for HiGHS: what a user without this tool would hand to the solver."""

from __future__ import annotations

import numpy as np
from cases import Instance
from scipy.sparse import coo_array, csc_array

from redesaude_models.standard_form import LinearModel


def fixed_charge_model(instance: Instance) -> LinearModel:
    """Return min f y + c x: balance, capacity and x at most y, shares whole if single source (strong formulation).

    Columns are services, then pairs by territory and site.
    """
    territories, sites = instance.minutes.shape
    pairs = territories * sites
    i, j = np.divmod(np.arange(pairs), sites)
    x, y = sites + np.arange(pairs), np.arange(sites)
    capacity = np.full(sites, instance.cases.sum()) if instance.capacity is None else instance.capacity
    first, strong = territories, territories + sites
    row = np.concatenate([i, first + j, first + y, strong + np.arange(pairs), strong + np.arange(pairs)])
    column = np.concatenate([x, x, y, x, j])
    value = np.concatenate([np.ones(pairs), instance.cases[i], -capacity, np.ones(pairs), -np.ones(pairs)])
    columns, rows = sites + pairs, strong + pairs
    return LinearModel(
        matrix=csc_array(coo_array((value, (row, column)), shape=(rows, columns))),
        row_lower=np.append(np.ones(territories), np.full(rows - territories, -np.inf)),
        row_upper=np.append(np.ones(territories), np.zeros(rows - territories)),
        column_lower=np.zeros(columns),
        column_upper=np.ones(columns),
        cost=np.append(instance.fixed, (instance.cases[:, None] * instance.minutes).ravel()),
        offset=0.0,
        integer=(np.arange(columns) < sites) | instance.single,
    )
