r"""Dominance in covering: what need not be looked at when only reach counts.

A service that reaches no more than another, and opens no cheaper, need not open; a demand that is reached by all the
services that reach another is covered with it (Toregas and ReVelle 1972). Each reduction makes room for the other, so
they take turns until neither finds anything.

The first exchanges the one service for the other in any plan, or leaves it out where both are open: all that was
reached still is, and no more services are open. So only reach may count, no service and no number of them may be asked
for, and the one left out may not save money by being open, as a service does that costs more to close than to keep.
The second keeps every plan. :func:`premises` and :func:`undominated` hold to that.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from redesaude.solving.location.uncapacitated import Uncapacitated
from redesaude_models.arrays import Flags, Floats


def premises(problem: Uncapacitated) -> bool:
    """Return whether dominance holds in ``problem``: one specialty in which only reach counts, and nothing is asked of
    its services but that.
    """
    asked = problem.required.any() or (problem.least > 0).any()
    return len(problem.least) == 1 and only_reach(problem) and not asked


def only_reach(problem: Uncapacitated) -> bool:
    """Return whether every service in reach of a demand costs it the same, and each has one: a covering problem."""
    if not (problem.length > 0).all():
        return False
    dearest = problem.cost[problem.start + problem.length - 1]
    return bool((problem.cost == np.repeat(dearest, problem.length)).all())


def undominated(reach: csr_array, opening: Floats, must: Flags) -> tuple[Flags, Flags]:
    """Return which services may still open, and which of the demands that ``must`` be covered still need a row.

    ``reach`` (demands, services) holds a one for each pair in reach, ``opening`` the cost of each service. Demands
    outside ``must`` may be left out at a price, and are never dropped; nor are services that cost less than nothing.
    """
    services, rows = np.arange(reach.shape[1]), must.copy()
    while True:
        needed = np.flatnonzero(rows | ~must)
        contained = _containment(csr_array(reach[needed][:, services].T))
        own = opening[services][:, None]
        dearer = (own >= opening[services]) & (own >= 0)
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
