r"""Which assumptions make how much of what varies: Sobol's indices by Saltelli's scheme, with a bootstrap interval.

Of a number :math:`Y` that depends on independent assumptions :math:`X_i`, the *first-order* index
:math:`S_i = \operatorname{Var}(E[Y \mid X_i]) / \operatorname{Var}(Y)` is the share of its variance that goes when
:math:`X_i` is known, the *total* index :math:`T_i` the share that stays when all others are known: alone, and with all
that it does together with others. A row of the design is a point :math:`A`, another one :math:`B`, and for each group
of assumptions the point :math:`A` with those of the group from :math:`B` (Saltelli et al. 2010). Rows come from Sobol's
sequence, so that a longer design begins with a shorter one; estimates are those of :func:`scipy.stats.sobol_indices`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc, sobol_indices

from redesaude_models.arrays import Flags, Floats

#: ends of the intervals (percent), and how often rows are drawn again for them
_ENDS = (2.5, 97.5)
_RESAMPLES = 200
#: what varies by no more than this share of it does not
_ROUNDING = 1e-12
#: rows that are drawn at most: a power of two
MOST_ROWS = 4096


@dataclass(frozen=True)
class Share:
    """An index of each group (columns) for each output (rows), and the ends of its interval; NaN where an output does
    not vary.
    """

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Indices:
    """First-order and total indices."""

    first: Share
    total: Share


def design(groups: Sequence[Sequence[int]], seed: int) -> Iterator[Floats]:
    """Yield rows of the design in the unit cube: points A, B, and A with each of the ``groups`` of columns from B."""
    factors = sum(map(len, groups))
    drawn = qmc.Sobol(2 * factors, scramble=True, rng=np.random.default_rng(seed)).random(MOST_ROWS)
    for one, other in zip(drawn[:, :factors], drawn[:, factors:], strict=True):
        points = np.tile(one, (2 + len(groups), 1))
        points[1] = other
        for n, group in enumerate(groups, start=2):
            points[n, list(group)] = other[list(group)]
        yield points


def whole_rows(count: int) -> int:
    """Return how many of ``count`` rows the estimates rest on: a power of two, none below two."""
    return 1 << (count.bit_length() - 1) if count >= 2 else 0


def indices_of(values: Floats, seed: int = 0) -> Indices:
    """Return the indices of ``values``: rows of the design, a power of two of them, by its points, by outputs."""
    rows, points, outputs = values.shape
    random, varies = np.random.default_rng(seed), _varies(values)
    own = values[:, :, varies]
    value, again = np.full((2, outputs, points - 2), np.nan), np.full((_RESAMPLES, 2, outputs, points - 2), np.nan)
    if varies.any():
        value[:, varies] = _estimated(own)
        for n in range(_RESAMPLES):
            taken = own[random.integers(0, rows, rows)]
            if _varies(taken).all():
                again[n][:, varies] = _estimated(taken)
    low, high = np.full_like(value, np.nan), np.full_like(value, np.nan)
    low[:, varies], high[:, varies] = np.nanpercentile(again[:, :, varies], _ENDS, axis=0)
    return Indices(*(Share(value[n], low[n], high[n]) for n in range(2)))


def _varies(values: Floats) -> Flags:
    """Whether each output varies by more than rounding."""
    return np.asarray(np.ptp(values, axis=(0, 1)) > _ROUNDING * np.abs(values).max(axis=(0, 1)))


def _estimated(values: Floats) -> Floats:
    """First-order and total indices, by outputs, by groups."""
    points = np.moveaxis(values, (0, 1, 2), (2, 0, 1))  # points, outputs, rows
    told = sobol_indices(func={"f_A": points[0], "f_B": points[1], "f_AB": points[2:]}, n=len(values))
    shape = (2, values.shape[-1], len(points) - 2)
    return np.reshape([told.first_order, told.total_order], shape)
