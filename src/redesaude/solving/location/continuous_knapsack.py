r"""What services gain at given prices where demands may be divided: continuous knapsacks, all in numpy.

At prices :math:`\lambda_i` of a case of a demand an open service of room :math:`K_j` and least volume :math:`L_j` gains
at most

.. math::
    v_j(\lambda) = \min \Bigl\{ \sum_i d_i (c_{ij} - \lambda_i)\, x_i :\;
        L_j \le \sum_i d_i x_i \le K_j,\; 0 \le x \le 1 \Bigr\}

It is filled in the order of what demands gain (Dantzig 1957), up to its room with those that gain, and up to its least
volume with those that lose least. Where every service has room for all and none a least volume, it is the sum of what
gains (:class:`Ample`).
"""

from __future__ import annotations

import numpy as np

from redesaude.solving.rounding import below, error
from redesaude_models.arrays import Flags, Floats, Ints

#: share of the demands a service is filled with that is looked at beyond those of the step before
_MORE = 0.5


class Ample:
    """Services with room for all, and no least volume: each takes whatever gains."""

    def __init__(self, cost: Floats, cases: Floats) -> None:
        self._cost, self._cases = cost, cases
        self._gain = np.empty_like(cost)

    def gains(self, price: Floats) -> Floats:
        """Return what each service gains at these prices at most (negative), rounded down.

        All terms have one sign, so that their size is that of their sum.
        """
        np.subtract(self._cost, price, out=self._gain)
        np.minimum(self._gain, 0.0, out=self._gain)
        value = self._gain @ self._cases
        return below(value, -value, 2 * len(price))

    def treated(self, chosen: Flags) -> Floats:
        """Return the cases of each demand that the ``chosen`` services take at the prices of before."""
        return np.asarray(self._cases * (self._gain[chosen] < 0).sum(axis=0))


class Limited:
    """Services with limited room and least volumes: each fills a continuous knapsack.

    A service that cannot reach its least volume takes all that it reaches: it gains no more in any case.
    """

    def __init__(self, cost: Floats, cases: Floats, capacity: Floats, volume: Floats) -> None:
        self._cost, self._cases, self._capacity, self._volume = cost, cases, capacity, volume
        self._gain = np.empty_like(cost)
        self._likely = np.full(len(cost), 1)
        self._demand: list[Ints] = []
        self._taken: list[Floats] = []

    def gains(self, price: Floats) -> Floats:
        """Return what each service gains at these prices at most (positive: loses at least), rounded down.

        A difference of two numbers has the right sign and a relative error of one rounding, so the filling is the best
        one but for the rounding of what is left to fill, which at most the largest gain or loss is worth.
        """
        np.subtract(self._cost, price, out=self._gain)
        value, size = np.zeros(len(self._cost)), np.zeros(len(self._cost))
        self._demand, self._taken = [], []
        for place, gain in enumerate(self._gain):
            demand, taken = self._filled(place, gain)
            own = gain[demand]
            value[place] = taken @ own
            size[place] = (taken.sum() + self._volume[place]) * np.abs(own).max(initial=0.0)
            self._demand.append(demand)
            self._taken.append(taken)
        return below(value, size, 3 * len(price))

    def _filled(self, place: int, gain: Floats) -> tuple[Ints, Floats]:
        """Return the demands with which a service is filled, and the cases that it takes of each."""
        demand = np.flatnonzero(gain < 0)
        wanted = self._cases[demand]
        total, most, least = float(wanted.sum()), self._capacity[place], self._volume[place]
        if least <= total <= most:
            return demand, wanted
        if total < least:
            demand = self._cheapest(place, gain, least)
        demand = demand[np.argsort(gain[demand], kind="stable")]
        own, wanted = gain[demand], self._cases[demand]
        before = np.cumsum(wanted) - wanted
        taken = np.clip(np.where(own < 0, most, least) - before, 0.0, wanted)
        count = len(demand) - int(np.argmax(taken[::-1] > 0)) if (taken > 0).any() else 0
        return demand[:count], taken[:count]

    def _cheapest(self, place: int, gain: Floats, least: float) -> Ints:
        """Return the demands that gain most, as many as make up a least volume, or all in reach."""
        some = min(int((1 + _MORE) * self._likely[place]) + 1, len(gain))
        while True:
            demand = np.argpartition(gain, some - 1)[:some]
            demand = demand[np.isfinite(gain[demand])]
            total = float(self._cases[demand].sum())
            if some == len(gain) or total - error(total, len(demand)) >= least:
                break
            some = min(2 * some, len(gain))
        self._likely[place] = max(1, int(len(demand) * min(1.0, least / total))) if total > 0 else 1
        return demand

    def treated(self, chosen: Flags) -> Floats:
        """Return the cases of each demand that the ``chosen`` services take at the prices of before."""
        places = np.flatnonzero(chosen).tolist()
        if not places:
            return np.zeros(len(self._cases))
        demand = np.concatenate([self._demand[place] for place in places])
        taken = np.concatenate([self._taken[place] for place in places])
        return np.bincount(demand, taken, len(self._cases)).astype(float)

    def room_price(self) -> Floats:
        """Return what a case more of room is worth to each service: what the best of the cases left out would gain."""
        price = np.zeros(len(self._cost))
        for place, (demand, taken) in enumerate(zip(self._demand, self._taken, strict=True)):
            left = self._gain[place].copy()
            left[demand[taken >= self._cases[demand]]] = 0.0
            price[place] = max(0.0, -left.min(initial=0.0))
        return price
