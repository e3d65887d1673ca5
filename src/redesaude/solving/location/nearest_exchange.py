r"""Exchanges of services where all go to the nearest open one, and volumes have ends: a tabu search.

Whether a service has its least volume, and room for all who come, follows from which others are open. A choice of
services is worth its cost and a price for each case above a capacity or below a least volume, which rises while the
choice is not allowed and falls while it is (Gendreau, Hertz and Laporte 1994). At each step all choices that open one
more, one less or one for another are valued at once, from the nearest and second nearest open service of each demand
(as in Whitaker 1983), and the best is taken that undoes nothing of the last few steps (Glover 1986). It gives choices
only, and proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from redesaude.solving.location.capacitated import Capacitated
from redesaude.solving.parameters import Location
from redesaude_models.arrays import Flags, Floats, Ints

#: by how much the price of a case too many or too few rises or falls at a step
_DEARER = 1.15

#: how many times as much or as little as the median detour that price may be
_RANGE = 100.0

#: share of a volume that rounding alone may be
_ROUNDED = 1e-9


@dataclass(frozen=True)
class _Moves:
    """Cost (NPV) and cases too many or too few after each move: ``come`` (-1: none) opens and ``go`` (-1) shuts."""

    come: Ints
    go: Ints
    cost: Floats
    excess: Floats


class NearestExchange:
    """Choices of services from given ones on, one after the other."""

    def __init__(self, problem: Capacitated, minutes: Floats, parameters: Location) -> None:
        self.problem, self.minutes, self._parameters = problem, minutes, parameters
        count, demands = minutes.shape
        self._near = np.argsort(minutes, axis=0, kind="stable")[: min(parameters.near_services, count)]
        cost = np.where(np.isfinite(problem.case_cost), problem.case_cost, 0.0)
        far = 1.0 + float(np.abs(cost).max(initial=0.0)) * (1 + count)
        nowhere = np.where(np.isfinite(problem.unmet), problem.unmet, far)
        self.cost = np.vstack([cost, nowhere]) * problem.cases
        self.every = np.arange(demands)
        self.least, self.most = problem.volume * (1 - _ROUNDED), problem.capacity * (1 + _ROUNDED)
        self._price, self._prices = 0.0, (0.0, np.inf)
        self._banned_until = np.zeros(count)
        self._step = 0

    def choices(self, opened: Flags, over: Callable[[], bool]) -> Iterator[tuple[Flags, float]]:
        """Yield choices that are allowed, each cheaper than all before, with their cost (NPV), until it is ``over`` or
        nothing has been gained for a while.
        """
        best, idle = np.inf, 0
        while not over() and idle < self._parameters.near_idle:
            moves = self._moves(opened)
            idle += 1
            if moves.excess[0] <= 0 and moves.cost[0] < best:  # the first stays as it is
                best, idle = float(moves.cost[0]), 0
                yield opened.copy(), best
            self._price = float(np.clip(self._price * (_DEARER if moves.excess[0] > 0 else 1 / _DEARER), *self._prices))
            value = moves.cost + self._price * moves.excess
            value[0] = np.inf
            fresh = (moves.excess <= 0) & (moves.cost < best)
            value = np.where(self._banned(moves) & ~fresh, np.inf, value)
            chosen = int(np.argmin(value))
            if not np.isfinite(value[chosen]):
                self._step += 1
                continue
            opened = self._taken(opened, int(moves.come[chosen]), int(moves.go[chosen]))

    def _taken(self, opened: Flags, come: int, go: int) -> Flags:
        """Return the choice after a move; what it did is not undone soon."""
        opened, self._step = opened.copy(), self._step + 1
        for service, state in ((come, True), (go, False)):
            if service >= 0:
                opened[service] = state
                self._banned_until[service] = self._step + self._parameters.near_tabu
        return opened

    def _banned(self, moves: _Moves) -> Flags:
        until = np.append(self._banned_until, 0.0)  # the last stands for none
        return np.asarray((until[moves.come] > self._step) | (until[moves.go] > self._step))

    def _two_nearest(self, opened: Flags) -> tuple[Ints, Ints]:
        """Return the nearest and second nearest open service of each demand; the number of services: none."""
        count = len(opened)
        places = np.append(opened, False)
        is_open = places[self._near]
        found = []
        for _ in range(2):
            rank = is_open.argmax(axis=0)
            some = is_open[rank, self.every]
            found.append(np.where(some, self._near[rank, self.every], count))
            is_open[rank, self.every] = False
        first, second = found
        lacking = np.flatnonzero(second == count)
        if len(lacking) and len(self._near) < count:
            far = np.where(opened[:, None], self.minutes[:, lacking], np.inf)
            order = np.argsort(far, axis=0, kind="stable")[:2]
            reached = np.isfinite(np.take_along_axis(far, order, axis=0))
            first[lacking], second[lacking] = np.where(reached, order, count)
        return first, self._reached(second, count)

    def _reached(self, service: Ints, count: int) -> Ints:
        """Return ``service`` of each demand, none where there is no journey."""
        minutes = self.minutes[np.minimum(service, count - 1), self.every]
        return np.where((service < count) & np.isfinite(minutes), service, count)

    def _moves(self, opened: Flags) -> _Moves:
        """Return all moves, the first of them none."""
        problem, count = self.problem, len(opened)
        first, second = self._two_nearest(opened)
        first = self._reached(first, count)
        inside, outside = np.flatnonzero(opened), np.flatnonzero(~opened)
        around = _Around(self, inside, outside, first, second)
        if self._price <= 0:
            detour = (around.second - around.first) / problem.cases
            self._price = max(1e-9, float(np.median(np.abs(detour))))
            self._prices = self._price / _RANGE, self._price * _RANGE
        base = float(around.first.sum() + problem.opening[inside].sum())
        cost, excess = [np.array([base])], [np.array([around.excess()])]
        come, go = [np.array([-1])], [np.array([-1])]
        leaves = np.flatnonzero(~problem.required[inside])
        if len(inside) < problem.most:
            come.append(outside)
            go.append(np.full(len(outside), -1))
            cost.append(base + around.added + problem.opening[outside])
            excess.append(around.excess_added())
        if len(inside) > max(problem.least, 0):
            come.append(np.full(len(leaves), -1))
            go.append(inside[leaves])
            cost.append(base + around.dropped[leaves] - problem.opening[inside[leaves]])
            excess.append(around.excess_dropped()[leaves])
        if len(outside) * len(inside) ** 2 <= self._parameters.near_swaps:
            come.append(np.repeat(outside, len(leaves)))
            go.append(np.tile(inside[leaves], len(outside)))
            swapped = around.swapped + problem.opening[outside][:, None] - problem.opening[inside]
            cost.append((base + swapped[:, leaves]).ravel())
            excess.append(around.excess_swapped()[:, leaves].ravel())
        return _Moves(*(np.concatenate(part) for part in (come, go, cost, excess)))


class _Around:
    """What opening each of the services ``outside`` and shutting each of those ``inside`` changes.

    Of demands: what they cost at the ``first`` and ``second`` nearest. Of moves: what is ``added``, ``dropped`` or
    ``swapped`` in costs of demands. Services are counted within ``inside`` and ``outside``; after the last of
    ``inside`` comes nowhere.
    """

    def __init__(self, own: NearestExchange, inside: Ints, outside: Ints, first: Ints, second: Ints) -> None:
        problem, every = own.problem, own.every
        minutes, costs, cases = own.minutes, own.cost, problem.cases
        count, here, there = len(problem.opening), len(inside), len(outside)
        place = np.full(count + 1, here)
        place[inside] = np.arange(here)
        self.first, self.second = costs[first, every], costs[second, every]
        a, b, width = place[first], place[second], here + 1
        self._load = _summed(a, cases, width)
        self.dropped = _summed(a, self.second - self.first, width)[:here]
        self._moved = _summed(a * width + b, cases, width * width).reshape(width, width)
        near, next_near = _minutes_at(minutes, first, every), _minutes_at(minutes, second, every)
        table = minutes[outside]
        k, i = np.nonzero(table < next_near)
        nearer = table[k, i] < near[i]
        cost, pair = costs[outside[k], i], k * width + a[i]
        gained = np.where(nearer, cost - self.first[i], 0.0)
        self.added = _summed(k, gained, there)
        self._taken = _summed(pair, np.where(nearer, cases[i], 0.0), there * width).reshape(there, width)
        instead = np.where(nearer, self.first[i] - self.second[i], cost - self.second[i])
        both = _summed(pair, instead, there * width).reshape(there, width)[:, :here]
        self.swapped = self.added[:, None] + self.dropped + both
        self._triple = pair * width + b[i], cases[i], there * width * width, (there, width, width)
        self._inside, self._outside = (
            (np.append(own.least[inside], 0.0), np.append(own.most[inside], np.inf)),
            (own.least[outside], own.most[outside]),
        )

    def excess(self) -> float:
        """Cases too many and too few as it is."""
        return float(_beyond(self._load, *self._inside).sum())

    def excess_added(self) -> Floats:
        """The same with one more service."""
        stays = _beyond(self._load - self._taken, *self._inside).sum(axis=1)
        return np.asarray(stays + _beyond(self._taken.sum(axis=1), *self._outside))

    def excess_dropped(self) -> Floats:
        """The same with one less."""
        beyond = _beyond(self._load + self._moved, *self._inside)
        return np.asarray(beyond.sum(axis=1) - np.diag(beyond))[:-1]

    def excess_swapped(self) -> Floats:
        """The same with one for another, (outside, inside)."""
        index, cases, size, shape = self._triple
        instead = _summed(index, cases, size).reshape(shape)
        beyond = _beyond(self._load - self._taken[:, None, :] + self._moved - instead, *self._inside)
        stays = beyond.sum(axis=2) - np.diagonal(beyond, axis1=1, axis2=2)
        comes = self._taken.sum(axis=1)[:, None] + instead.sum(axis=2) - self._taken
        least, most = self._outside
        return np.asarray(stays + _beyond(comes, least[:, None], most[:, None]))[:, :-1]


def _summed(place: Ints, value: Floats, places: int) -> Floats:
    """Sum of the values of each place."""
    return np.bincount(place, value, places).astype(float)


def _minutes_at(minutes: Floats, service: Ints, every: Ints) -> Floats:
    """Minutes of each demand to its service, infinite where that is none."""
    count = len(minutes)
    return np.where(service < count, minutes[np.minimum(service, count - 1), every], np.inf)


def _beyond(load: Floats, least: Floats, most: Floats) -> Floats:
    """Cases by which loads are above the most or below the least."""
    return np.asarray(np.maximum(load - most, 0.0) + np.maximum(least - load, 0.0))
