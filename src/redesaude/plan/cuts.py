r"""Cuts that anyone can recompute: a sum of rows, rounded.

Any multipliers :math:`\lambda` of the rows of a model give an equation of its columns and of the slacks :math:`s \ge 0`
that its rows leave to a side. With every column counted from one of its ends, :math:`x' \ge 0`, and what falls short of
the sum's right side dropped,

.. math:: \sum_j c_j x'_j + \sum_i g_i s_i \le \beta .

Where :math:`f = \beta - \lfloor\beta\rfloor`, every point whose whole columns are whole keeps (mixed-integer rounding,
Nemhauser and Wolsey 1990; the cuts of Gomory 1960 are those of a row of the simplex tableau)

.. math::
    \sum_{j \text{ whole}} \Bigl(\lfloor c_j\rfloor + \frac{\max(0, c_j - \lfloor c_j\rfloor - f)}{1 - f}\Bigr) x'_j
    + \frac{1}{1 - f} \Bigl(\sum_{j \text{ else}} \min(0, c_j)\, x'_j + \sum_i \min(0, g_i)\, s_i\Bigr)
    \le \lfloor\beta\rfloor ,

and the slacks are put back as what they are of the columns. As the columns counted from their ends and the slacks are
never negative, a coefficient may be rounded down and the right side up: the cut in the numbers of the machine holds for
all points for which the exact one does (Cook, Dash, Fukasawa and Goycoolea 2009).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from redesaude.plan.outward import EPSILON, at_least, reduced
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.standard_form import LinearModel

#: a right side no nearer than this to a whole number is rounded: nearer, the cut says little and its numbers are large
_NEAREST = 0.01

#: of the largest coefficient: what is smaller is left out, its column at the end that costs the cut most
_SMALL = 1e-9


@dataclass(frozen=True)
class Cut:
    """``coefficients @ x >= least`` for all whole points of a model; ``slope`` is by how much ``least`` falls at most
    where a side of a row is moved outwards by 1, for each unit of the size of that row's multiplier.
    """

    coefficients: Floats
    least: float
    slope: float


class Rounding:
    """Makes cuts of a ``model`` from multipliers of its rows."""

    def __init__(self, model: LinearModel) -> None:
        self._model, self._rows = model, model.matrix.tocsr()

    def cut(self, multipliers: Floats, flipped: Flags) -> Cut | None:
        """Return the cut of ``multipliers`` (rows), columns that are ``flipped`` counted down from their upper end.

        None where a row or column used has not the end that is asked for, or the right side is all but whole.
        """
        used = np.flatnonzero(multipliers)
        weight, (touched, rows) = multipliers[used], self._part(used)
        side, at_upper, slack = self._slacks(used, weight)
        lower, upper = self._model.column_lower[touched], self._model.column_upper[touched]
        up, none = flipped[touched], np.zeros(len(touched))
        base = np.where(up, upper, lower)
        if not (np.isfinite(side).all() and np.isfinite(base).all() and np.isfinite(lower).all()):
            return None
        minus, wide = reduced(none, none, rows, weight)
        right = _at_most(weight * side, minus * base, wide * np.abs(base))
        if not np.isfinite(right):
            return None
        floor = float(np.floor(right))
        beyond = float(np.nextafter(right - floor, 1.0))
        if not _NEAREST < beyond < 1.0 - _NEAREST:
            return None
        slope = float(np.nextafter(1.0 / np.nextafter(1.0 - beyond, 0.0), np.inf))
        counted = np.nextafter(np.where(up, minus, -minus) - wide, -np.inf)
        whole = self._model.integer[touched] & (base == np.floor(base))
        taken = np.where(whole, _rounded(counted, beyond), _rest(counted, slope))
        taken = np.where(up, -taken, taken)
        left = _rest(slack, slope)  # of the slacks, which are put back as what they are of the columns
        back = np.where(at_upper, -left, left)
        sums, wide = reduced(taken, none, rows, -back)
        most = _at_most(np.array([floor]), taken * base, back * side, 2.0 * wide * np.abs(lower))
        return self._tidy(touched, np.nextafter(sums - wide, -np.inf), most, slope)

    def _part(self, used: Ints) -> tuple[Ints, csc_array]:
        """Return the columns that rows touch, and the entries of both."""
        rows = self._rows[used]
        touched, at = np.unique(rows.indices, return_inverse=True)
        return touched, csc_array(csr_array((rows.data, at, rows.indptr), shape=(len(used), len(touched))))

    def _slacks(self, used: Ints, weight: Floats) -> tuple[Floats, Flags, Floats]:
        """Return the side that each row used is held against, whether it is the upper one, and what the slack counts
        in the sum: the side whose slack may be dropped where a row has both.
        """
        least, most = self._model.row_lower[used], self._model.row_upper[used]
        at_upper = np.isfinite(most) & ((weight > 0) | ~np.isfinite(least))
        slack = np.where(least == most, 0.0, np.where(at_upper, weight, -weight))
        return np.where(at_upper, most, least), at_upper, slack

    def _tidy(self, columns: Ints, coefficients: Floats, most: float, slope: float) -> Cut | None:
        """Return ``coefficients @ x <= most`` the other way round, without small numbers, the largest about 1."""
        size = np.abs(coefficients)
        largest = float(size.max(initial=0.0))
        if not (np.isfinite(largest) and np.isfinite(most)) or largest == 0.0:
            return None
        end = np.where(coefficients > 0, self._model.column_lower[columns], self._model.column_upper[columns])
        small = (size <= _SMALL * largest) & np.isfinite(end)
        most = _at_most(np.array([most]), -coefficients[small] * end[small])
        scale = 2.0 ** -float(np.floor(np.log2(largest)))
        every = np.zeros(len(self._model.cost))
        every[columns] = np.where(small, 0.0, -coefficients * scale)
        return Cut(every, -most * scale, slope * scale)


def _rounded(counted: Floats, beyond: float) -> Floats:
    """Return at most what rounding makes of the coefficients of whole columns."""
    floor = np.floor(counted)
    more = np.maximum(counted - floor - beyond, 0.0) / (1.0 - beyond)
    return np.asarray(floor + more - 8.0 * EPSILON * (np.abs(floor) + 1.0 / (1.0 - beyond) + 1.0))


def _rest(counted: Floats, slope: float) -> Floats:
    """Return at most what rounding leaves of the coefficients of other columns, and of slacks."""
    least = np.minimum(counted, 0.0)
    return np.where(least < 0.0, np.nextafter(least * slope, -np.inf), 0.0)


def _at_most(*terms: Floats) -> float:
    """Return the sum of products, rounded up."""
    every = np.concatenate(terms)
    return -at_least(np.nextafter(-every, -np.inf))
