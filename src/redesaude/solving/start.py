"""A first plan: one specialty after the other, each to a small gap, those decided before it standing as they are.

Specialties share only sites, contracts and money, so that one alone is a small model. The plan is good, not best; it
is a start for an engine and the incumbent of its first seconds. A specialty for which no plan is found in time is left
open, and the start is partial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from redesaude.solving.arrays import Floats, Ints, LinearModel
from redesaude.solving.highs import solve
from redesaude.solving.layout import NONE
from redesaude.solving.progress import Search

#: share of the time limit, and relative gap, given to a specialty
_SHARE_OF_TIME, _GAP = 0.03, 0.005


@dataclass(frozen=True)
class Start:
    """Columns with a value, and the values; ``complete`` when no column is missing."""

    columns: NDArray[np.int32]
    values: Floats
    complete: bool


def block_by_block(arrays: LinearModel, owner: Ints, order: Sequence[int], search: Search) -> Start:
    """Return a start for ``arrays``, the columns of each block (``owner``) and those of none solved in ``order``."""
    values, held = np.zeros(len(owner)), np.zeros(len(owner), dtype=bool)
    each = replace(search.limits, gap=_GAP, seconds=max(1.0, _SHARE_OF_TIME * search.limits.seconds))
    decided = 0
    for name in order:
        if search.stopped():
            break
        columns = np.flatnonzero(np.isin(owner, [name, NONE]))
        outcome = solve(arrays.around(columns, values), each, stopped=search.stopped)
        if outcome.values is None:
            continue
        values[columns] = np.where(arrays.integer[columns], np.round(outcome.values), outcome.values)
        held[columns] = True
        decided += 1
        search.reporter.tell("start", f"{decided} of {len(order)} specialties placed")
    known = np.flatnonzero(held)
    return Start(known.astype(np.int32), values[known], complete=bool(held.all()))
