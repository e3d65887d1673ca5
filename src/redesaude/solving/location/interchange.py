"""Interchange: one open service for one that is shut, one more or one less, as long as that gains.

With room for all at every service each demand goes to the cheapest open one, so that what any exchange is worth follows
from the cheapest and second cheapest of each (vertex substitution: Teitz and Bart 1968, all exchanges at once as in
Whitaker 1983). It gives a plan only, and proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from redesaude_models.arrays import Flags, Floats, Ints

#: relative gain that counts
_GAIN = 1e-9


@dataclass(frozen=True)
class Interchange:
    """Services with their ``opening`` cost and the finite ``cost`` of each demand there, (services, demands), or of
    leaving it out (``unmet``); those ``required`` stay. From ``least`` to ``most`` are open.
    """

    opening: Floats
    cost: Floats
    unmet: Floats
    required: Flags
    least: float
    most: float

    def bettered(self, services: Ints, over: Callable[[], bool]) -> Ints:
        """Return ``services`` after the best exchanges one after the other, until none gains or it is ``over``."""
        value = np.inf
        while not over():
            new, better = self._best(services)
            if np.isfinite(value) and better >= value - _GAIN * abs(value):
                break
            services, value = new, better
        return np.sort(services)

    def _best(self, services: Ints) -> tuple[Ints, float]:
        """Return the services after the best exchange, or as they are, and what they cost."""
        cost = np.vstack([self.cost[services], self.unmet, self.unmet])
        own = cost[:-1].argmin(axis=0)
        first, second = np.sort(cost, axis=0)[:2]
        whose = (own[:, None] == np.arange(len(services))).astype(float)
        with_it = np.minimum(self.cost, first)
        added = with_it.sum(axis=1) + self.opening
        swapped = added[:, None] + (np.minimum(self.cost, second) - with_it) @ whose - self.opening[services]
        dropped = first.sum() + (second - first) @ whose - self.opening[services]
        swapped[:, self.required[services]] = np.inf
        swapped[services] = np.inf
        dropped[self.required[services]] = np.inf
        added[services] = np.inf
        fixed = float(self.opening[services].sum())
        choices = [(first.sum() + fixed, services)]
        if swapped.size:
            one, place = np.unravel_index(int(swapped.argmin()), swapped.shape)
            choices.append((swapped[one, place] + fixed, np.append(np.delete(services, place), one)))
        if len(services) < self.most:
            choices.append((added.min() + fixed, np.append(services, added.argmin())))
        if len(services) > max(self.least, 0):
            choices.append((dropped.min() + fixed, np.delete(services, dropped.argmin())))
        value, best = min(choices, key=lambda choice: choice[0])
        return best, float(value)
