"""A first plan: one specialty after the other, each to a small gap, those decided before it standing fixed.

Specialties share only sites, contracts and money, so that one alone is a small model. The plan is good, not best; it
is a start for an engine and the incumbent of its first seconds. A specialty for which no plan is found in time is left
open, and the start is partial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from redesaude.solving.arrays import Floats
from redesaude.solving.blocks import Blocks
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


def block_by_block(blocks: Blocks, order: Sequence[int], search: Search) -> Start:
    """Return a start for the model of ``blocks``, solved in ``order``."""
    arrays, owner = blocks.arrays, blocks.owner
    values = np.full(len(owner), np.nan)
    each = replace(search.limits, gap=_GAP, seconds=max(1.0, _SHARE_OF_TIME * search.limits.seconds))
    decided: list[int] = []
    for name in order:
        if search.stopped():
            break
        part, columns = blocks.together([*decided, name])
        earlier = np.flatnonzero(np.isin(owner[columns], decided))
        outcome = solve(part.fixed(earlier, values[columns[earlier]]), each, stopped=search.stopped)
        if outcome.values is None:
            continue
        found = np.where(arrays.integer[columns], np.round(outcome.values), outcome.values)
        taken = np.isin(owner[columns], [name, NONE])
        values[columns[taken]] = found[taken]
        decided.append(name)
        search.reporter.tell("start", f"{len(decided)} of {len(order)} specialties placed")
    held = np.flatnonzero(~np.isnan(values)).astype(np.int32)
    return Start(held, values[held], complete=len(held) == len(owner))
