r"""Whole demands made to fit: shifts and swaps of demands between given services.

From the divided allotment each demand first goes where most of it went. Then the best move is taken, one demand to
another service or two demands for each other, counting each case above a capacity at a price. Where nothing gains any
more and something is still too full the price doubles, until all fits (shift and swap neighbourhoods of the generalised
assignment problem; Yagiura, Ibaraki and Glover 2004).
"""

from __future__ import annotations

import numpy as np

from redesaude.solving.arrays import Floats, Ints
from redesaude.solving.decomposed.allotting import allotment
from redesaude.solving.decomposed.capacitated import Allotment, Capacitated

#: most moves for each demand, and how often the price doubles before it is given up
_MOVES, _DOUBLINGS = 3, 12

#: demands up to which pairs of them are looked at
_PAIRS = 600

#: gain, as a share of the mean cost of a demand, that counts
_GAIN = 1e-9


def fitted(problem: Capacitated, divided: Allotment) -> Allotment | None:
    """Return an allotment of whole demands to the services of a ``divided`` one; None if no fit is found."""
    services = np.flatnonzero(divided.opened)
    cost = np.vstack([problem.case_cost[services], problem.unmet]) * problem.cases
    room = np.append(problem.capacity[services], np.inf)
    share = np.zeros_like(cost)
    share[np.searchsorted(services, divided.service), divided.demand] = divided.share
    share[-1] = np.where(np.isinf(problem.unmet), 0.0, 1.0 - share.sum(axis=0))
    place = _moved(cost, room, problem.cases, share.argmax(axis=0))
    if place is None:
        return None
    treated = np.flatnonzero(place < len(services))
    return allotment(problem, divided.opened, treated, services[place[treated]], np.ones(len(treated)))


def _moved(cost: Floats, room: Floats, cases: Floats, place: Ints) -> Ints | None:
    """Return the places of demands after all moves that gain, None if they do not fit there."""
    every = np.arange(len(cases))
    mean = float(cost[place, every].mean())
    price, doublings = mean / float(cases.mean()), 0
    for _ in range(_MOVES * len(cases) * (1 + _DOUBLINGS)):
        load = np.bincount(place, cases, minlength=len(room))
        one, to, gain = _best_shift(cost, room, cases, place, load, price)
        first, second, gain_of_two = _best_swap(cost, room, cases, place, load, price)
        if max(gain, gain_of_two) > _GAIN * mean:
            place = place.copy()
            if gain >= gain_of_two:
                place[one] = to
            else:
                place[[first, second]] = place[[second, first]]
        elif (load <= room).all():
            return place
        elif doublings == _DOUBLINGS:
            return None
        else:
            price, doublings = 2 * price, doublings + 1
    return None


def _best_shift(
    cost: Floats, room: Floats, cases: Floats, place: Ints, load: Floats, price: float
) -> tuple[int, int, float]:
    """Return the demand whose move gains most, where it goes, and the gain."""
    every = np.arange(len(cases))
    over = np.maximum(load - room, 0.0)
    relief = over[place] - np.maximum(load[place] - cases - room[place], 0.0)
    burden = np.maximum(load[:, None] + cases - room[:, None], 0.0) - over[:, None]
    gain = cost[place, every] - cost + price * (relief - burden)
    gain[place, every] = 0.0
    to, one = np.unravel_index(int(np.argmax(gain)), gain.shape)
    return int(one), int(to), float(gain[to, one])


def _best_swap(
    cost: Floats, room: Floats, cases: Floats, place: Ints, load: Floats, price: float
) -> tuple[int, int, float]:
    """Return the two demands whose exchange gains most, and the gain; none where there are very many demands."""
    if len(cases) > _PAIRS:
        return 0, 0, 0.0
    every = np.arange(len(cases))
    own, there = cost[place, every], cost[place]  # there[a, b]: cost of demand b where a is
    over, left = np.maximum(load - room, 0.0)[place], (load - room)[place]
    more = cases - cases[:, None]  # by how much the place of a fills when b comes for a
    filled = np.maximum(left[:, None] + more, 0.0) - over[:, None]
    gain = own[:, None] + own - there - there.T - price * (filled + filled.T)
    gain[place[:, None] == place] = 0.0
    first, second = np.unravel_index(int(np.argmax(gain)), gain.shape)
    return int(first), int(second), float(gain[first, second])
