"""Search around the best plan: free a part of the network, let everything else stand, solve that part again.

Large neighbourhood search (Shaw 1998) with three kinds of part: one specialty with all contracts, two specialties, and
the sites around a place in all specialties. What stands is taken out of the model, so that each part is small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from redesaude.solving.arrays import Flags, Floats, LinearModel
from redesaude.solving.highs import solve
from redesaude.solving.layout import NONE, Layout
from redesaude.solving.options import Limits

#: relative gap of a part's solve, and the least gain that counts (relative to the plan's cost)
_PART_GAP, _LEAST_GAIN = 2e-4, 1e-7

#: sites freed at once: at first, and how many more after a round without gain
_SITES, _MORE_SITES = 6, 2

#: places tried in each round
_PLACES = 12


class Neighbourhood:
    """The best plan so far (``values`` of all columns) and the moves that try to better it.

    ``distances`` (sites, sites) say which sites lie around a place. ``exhausted`` once a round with every site freed
    at once gained nothing.
    """

    def __init__(self, arrays: LinearModel, layout: Layout, distances: Floats, values: Floats, seed: int) -> None:
        self.arrays = arrays
        self.layout = layout
        self.values = values
        self._near = np.argsort(distances, axis=1, kind="stable")
        self._random = np.random.default_rng(seed)
        self._sites = _SITES
        self.exhausted = False

    @property
    def objective(self) -> float:
        """Cost of the best plan so far."""
        return self.arrays.value(self.values)

    def round(self, limits: Callable[[], Limits], order: list[int], stopped: Callable[[], bool]) -> Iterator[float]:
        """Try every part once; yield the gain of each try (0.0 for none). ``limits`` is asked before each part."""
        gained = 0.0
        for part in self._parts(order):
            if stopped():
                return
            gain = self._improve(part, limits(), stopped)
            gained += gain
            yield gain
        if gained == 0.0:
            self.exhausted = self._sites >= len(self._near)
            self._sites += _MORE_SITES

    def _parts(self, order: list[int]) -> Iterator[Flags]:
        for specialty in order:
            yield self._specialties([specialty])
        places = self._random.permutation(len(self._near))[:_PLACES]
        for place in places.tolist():
            yield self._around(place)
        pairs = self._random.permutation(order).tolist()
        for first, second in zip(pairs[::2], pairs[1::2], strict=False):
            yield self._specialties([first, second])

    def _specialties(self, specialties: list[int]) -> Flags:
        """Free these specialties everywhere, and what all share."""
        return np.asarray(np.isin(self.layout.specialty, [*specialties, NONE]))

    def _around(self, place: int) -> Flags:
        """Free the decisions at the nearest sites, and all shares and volumes that may follow."""
        near = np.isin(self.layout.site, self._near[place, : self._sites])
        opener = self.layout.opener
        usable = (opener == NONE) | (self.values[opener] > 0.5) | near
        follows = ~self.arrays.integer & (usable | ~self.layout.share)
        shared = (self.layout.specialty == NONE) & (self.layout.site == NONE)
        return np.asarray(near | follows | shared)

    def _improve(self, free: Flags, limits: Limits, stopped: Callable[[], bool]) -> float:
        columns = np.flatnonzero(free)
        part = self.arrays.around(columns, self.values)
        start = (np.arange(len(columns), dtype=np.int32), self.values[columns])
        outcome = solve(part, replace(limits, gap=_PART_GAP), start=start, stopped=stopped)
        before = self.objective
        if outcome.values is None or outcome.objective is None or before - outcome.objective < _LEAST_GAIN * before:
            return 0.0
        found = np.where(part.integer, np.round(outcome.values), outcome.values)
        better = self.values.copy()
        better[columns] = found
        if self.arrays.violation(better) > 1e-6 or self.arrays.value(better) >= before:
            return 0.0
        self.values = better
        return before - self.objective
