"""Search around the best plan: free a part of the network, let everything else stand, solve that part again.

Large neighbourhood search (Shaw 1998) with three kinds of part: the sites around a place in all specialties, one
specialty with all contracts, and several: those that co-location ties together, or any two. What stands is taken out
of the model, so that each part is small. Several threads may search at once: each solves its part around the plan it
began with and carries what it found into the plan that is best by then, if it still fits and still gains.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from redesaude.solving.arrays import Flags, Floats, LinearModel
from redesaude.solving.highs import solve
from redesaude.solving.layout import NONE, Layout
from redesaude.solving.options import Limits
from redesaude.solving.promising import promising

#: gap of a part's solve, while specialties are placed and later, and the least gain that counts, as shares of the
#: cost of the whole plan
_PLACING_GAP, _PART_GAP, _LEAST_GAIN = 5e-4, 5e-5, 1e-7

#: the same gap as a share of the part's own cost: at least, at most
_FINEST, _COARSEST = 2e-4, 0.01

#: sites freed at once: at first, and how many more after a round without gain
_SITES, _MORE_SITES = 6, 2

#: a round frees every site about this often
_SWEEPS = 2

#: largest breach of a row, bound or integer that a plan may have
_TOLERANCE = 1e-6


class Neighbourhood:
    """The best plan so far (``values`` of all columns) and the moves that try to better it.

    ``distances`` (sites, sites) say which sites lie around a place, ``order`` names the specialties, in groups that
    belong together. The groups come first where the plan was not ``placed`` in this very model. ``exhausted`` once a
    round with every site freed at once gained nothing.
    """

    def __init__(
        self,
        arrays: LinearModel,
        layout: Layout,
        distances: Floats,
        values: Floats,
        *,
        order: list[list[int]],
        seed: int,
        placed: bool = True,
    ) -> None:
        self.arrays = arrays
        self.layout = layout
        self.values = values
        self.objective = arrays.value(values)
        self.exhausted = False
        self._near = np.argsort(distances, axis=1, kind="stable")
        self._order = order
        self._random = np.random.default_rng(seed)
        self._sites = min(_SITES, len(distances))
        self._gained = 0.0
        self._gap = _PART_GAP
        self._parts = self._rounds(() if placed else order)
        self._lock = threading.Lock()

    def step(self, limits: Limits, stopped: Callable[[], bool]) -> float:
        """Free the next part and solve it; return the gain, 0.0 for none."""
        with self._lock:
            free = next(self._parts, None)
            values = self.values
        if free is None:
            return 0.0
        columns = np.flatnonzero(free)
        part = self.arrays.around(columns, values)
        start = (np.arange(len(columns), dtype=np.int32), values[columns])
        limits = replace(limits, gap=self._gap_of(part.value(values[columns]) - part.offset))
        outcome = solve(promising(part, limits, values[columns]), limits, start=start, stopped=stopped)
        if outcome.values is None:
            return 0.0
        better = self.values.copy()
        better[columns] = np.where(part.integer, np.round(outcome.values), outcome.values)
        return self.adopt(better)

    def _gap_of(self, own: float) -> float:
        """Return the relative gap for a part that costs ``own`` by itself."""
        wanted = self._gap * abs(self.objective)
        return min(max(wanted / abs(own), _FINEST), _COARSEST) if own else _FINEST

    def adopt(self, values: Floats) -> float:
        """Take ``values`` for the best plan if they are one; return the gain, 0.0 for none."""
        with self._lock:
            gain = self.objective - self.arrays.value(values)
            if gain < _LEAST_GAIN * abs(self.objective) or self.arrays.violation(values) > _TOLERANCE:
                return 0.0
            self.values, self.objective = values, self.objective - gain
            self._gained += gain
            return gain

    def _rounds(self, unplaced: Sequence[list[int]]) -> Iterator[Flags]:
        """Yield part after part, in rounds; a round without gain widens the places, the widest ends the search."""
        self._gap = _PLACING_GAP
        for group in unplaced:
            yield self._specialties(group)
        self._gap = _PART_GAP
        while not self.exhausted:
            self._gained = 0.0
            yield from self._round()
            if self._gained == 0.0:
                self.exhausted = self._sites >= len(self._near)
                self._sites += _MORE_SITES

    def _round(self) -> Iterator[Flags]:
        sites = len(self._near)
        for place in self._random.permutation(sites)[: -(-_SWEEPS * sites // self._sites)].tolist():
            yield self._around(place)
        each = [specialty for group in self._order for specialty in group]
        for group in [*([specialty] for specialty in each), *(group for group in self._order if len(group) > 1)]:
            yield self._specialties(group)
        pairs = self._random.permutation(each).tolist()
        for first, second in zip(pairs[::2], pairs[1::2], strict=False):
            yield self._specialties([first, second])

    def _specialties(self, specialties: list[int]) -> Flags:
        """Free these specialties everywhere, and what all share."""
        return np.asarray(np.isin(self.layout.specialty, [*specialties, NONE]))

    def _around(self, place: int) -> Flags:
        """Free the decisions at the nearest sites, and the shares and volumes of the demands that reach them.

        Of services in tiers what comes and goes is free everywhere: it depends on that of others.
        """
        where = self.layout
        near = np.isin(where.site, self._near[place, : self._sites])
        near |= np.isin(where.partner, self._near[place, : self._sites])
        usable = near | (where.opener == NONE) | (self.values[where.opener] > 0.5)
        reaching = _marked(where.demand[near & where.share], where.demand)
        follows = reaching & (usable | ~where.share)
        busy = _marked(where.opener[(follows & where.share) | where.flow], where.opener)
        shared = (where.site == NONE) & (where.demand == NONE)
        return np.asarray(near | follows | (busy & ~where.share) | shared)


def _marked(chosen: np.ndarray, of: np.ndarray) -> Flags:
    """Return which entries of ``of`` are among ``chosen``; :data:`NONE` never is."""
    marks = np.zeros(int(of.max(initial=-1)) + 2, dtype=bool)
    marks[chosen] = True
    marks[NONE] = False
    return np.asarray(marks[of])
