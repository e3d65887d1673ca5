r"""Dominance in covering: what need not be looked at when only reach counts.

A service that reaches no more than another, and opens no cheaper, need not open; a demand that is reached by all the
services that reach another is covered with it (Toregas and ReVelle 1972). Each reduction makes room for the other, so
they take turns until neither finds anything.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from redesaude_models.standard_form import Flags, Floats


def undominated(reach: csr_array, opening: Floats, must: Flags) -> tuple[Flags, Flags]:
    """Return which services may still open, and which of the demands that ``must`` be covered still need a row.

    ``reach`` (demands, services) holds a one for each pair in reach, ``opening`` the cost of each service. Demands
    outside ``must`` may be left out at a price, and are never dropped.
    """
    services, rows = np.arange(reach.shape[1]), must.copy()
    while True:
        needed = np.flatnonzero(rows | ~must)
        contained = _containment(csr_array(reach[needed][:, services].T))
        dearer = opening[services][:, None] >= opening[services][None, :]
        shut = _first_of_equals(contained & dearer).any(axis=1)
        services = services[~shut]
        mine = np.flatnonzero(rows)
        implied = _first_of_equals(_containment(csr_array(reach[mine][:, services])).T).any(axis=1)
        rows[mine[implied]] = False
        if not (shut.any() or implied.any()):
            return np.isin(np.arange(reach.shape[1]), services), rows


def _containment(sets: csr_array) -> Flags:
    """Return whether the set of row a lies within that of row b, shape ``(rows, rows)``; false on the diagonal."""
    common = (sets @ sets.T).toarray()
    within = common >= np.diag(common)[:, None]
    np.fill_diagonal(within, val=False)
    return np.asarray(within)


def _first_of_equals(within: Flags) -> Flags:
    """Drop the relation of the first of two equals to the second, so that one of them stays."""
    equal = within & within.T
    return np.asarray(within & ~np.triu(equal))
