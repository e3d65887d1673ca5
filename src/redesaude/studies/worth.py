r"""What it is worth to know an assumption before choosing: the expected value of partial perfect information.

Of rivals that cost :math:`C_r(X)` the one of the least mean is chosen now, or, once :math:`X_i` is known, the one of
the least mean given it:

.. math:: \min_r E[C_r] - E_{X_i}\bigl[\min_r E[C_r \mid X_i]\bigr] \ge 0 .

Assumptions are independent and uniform between their ends, so that the mean given :math:`X_i` is the overall mean and
the part of the cost that depends on :math:`X_i` alone. The parts of all assumptions are found together by least squares
on orthogonal (Legendre) polynomials, from points drawn before for whichever purpose (Strong et al. 2014); what goes
beyond is noise there. The least of noisy means is too low, so that chance alone finds some worth: what it finds where
the values of an assumption are dealt out anew is told beside, and worth below that is not distinguishable from nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre

from redesaude_models.arrays import Floats

#: of the polynomials, at most; fewer where there are not so many points for each number that is fitted
_DEGREE, _POINTS_EACH = 4, 10
_RESAMPLES, _DEALT = 200, 100
#: ends of the interval, and how often chance alone stays below what is told of it (percent)
_LOW, _HIGH, _CHANCE = 2.5, 97.5, 95.0
#: what is worth no more than this share of the costs is worth nothing
_ROUNDING = 1e-12
#: midpoints at which the mean over an assumption is taken
_MIDPOINTS = (np.arange(256) + 0.5) / 256


@dataclass(frozen=True)
class Worth:
    """What knowing is ``worth`` (in the unit of the costs), the ends of its interval, and what ``chance`` alone finds
    in 19 of 20 cases (zero where that is not asked).
    """

    worth: float
    low: float
    high: float
    chance: float = 0.0

    @property
    def shown(self) -> bool:
        """Whether it is distinguishable from nothing."""
        return self.low > 0.0 and self.worth > self.chance


def worth_of_each(places: Floats, costs: Floats, seed: int = 0) -> list[Worth]:
    """Return the worth of knowing each assumption alone.

    ``places`` are of rows of a design, by its points, by assumptions (0-1, uniform); ``costs`` by rivals. Points of a
    row belong together: rows are what is drawn again for the interval.
    """
    random = np.random.default_rng(seed)
    rows, points, factors = places.shape
    degree = min(_DEGREE, max(1, rows * points // (_POINTS_EACH * factors)))
    bases = [_basis(places[:, :, i], degree) for i in range(factors)]
    own = _worths(bases, costs)
    again = []
    for _ in range(_RESAMPLES):
        taken = random.integers(0, rows, rows)
        again.append(_worths([basis[taken] for basis in bases], costs[taken]))
    low, high = np.percentile(again, (_LOW, _HIGH), axis=0)
    found = []
    for i in range(factors):
        dealt = []
        for _ in range(_DEALT):
            order = random.permutation(rows * points)
            other = bases[i].reshape(rows * points, -1)[order].reshape(bases[i].shape)
            dealt.append(_worths([*bases[:i], other, *bases[i + 1 :]], costs)[i])
        found.append(Worth(float(own[i]), float(low[i]), float(high[i]), float(np.percentile(dealt, _CHANCE))))
    return found


def worth_of_all(costs: Floats, seed: int = 0) -> Worth:
    """Return the worth of knowing everything that was drawn: what each of the points costs at best."""
    random = np.random.default_rng(seed)

    def worth(taken: Floats) -> float:
        flat = taken.reshape(-1, taken.shape[-1])
        return float(flat.mean(axis=0).min() - flat.min(axis=1).mean())

    again = [worth(costs[random.integers(0, len(costs), len(costs))]) for _ in range(_RESAMPLES)]
    low, high = np.percentile(again, (_LOW, _HIGH))
    return Worth(worth(costs), float(low), float(high))


def _basis(places: Floats, degree: int) -> Floats:
    """Polynomials of mean zero in an assumption, at each place."""
    return np.asarray(legendre.legvander(2.0 * places - 1.0, degree)[..., 1:])


def _worths(bases: list[Floats], costs: Floats) -> Floats:
    """The worth of knowing each assumption, all fitted together."""
    flat = costs.reshape(-1, costs.shape[-1])
    columns = [np.ones((len(flat), 1)), *(basis.reshape(len(flat), -1) for basis in bases)]
    design = np.hstack(columns)
    fitted = np.linalg.lstsq(design.T @ design, design.T @ flat, rcond=None)[0]
    mean = fitted[0]
    degree = bases[0].shape[-1]
    parts, midpoints = fitted[1:].reshape(len(bases), degree, -1), _basis(_MIDPOINTS, degree)
    given = [mean + midpoints @ part for part in parts]
    worths = np.array([float(each.mean(axis=0).min() - each.min(axis=1).mean()) for each in given])
    return np.where(worths > _ROUNDING * np.abs(mean).max(), worths, 0.0)
