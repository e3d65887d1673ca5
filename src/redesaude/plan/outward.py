r"""Sums and products in floating point, rounded against us.

With :math:`n` terms in whatever order a sum is off by less than :math:`n \epsilon \sum |t_k|` (Higham 2002, section
3.1; Neumaier and Shcherbina 2004); a product is the next number below what comes out.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array

from redesaude_models.arrays import Floats
from redesaude_models.standard_form import LinearModel

#: a sum is off by less than this for each of its terms' magnitudes: twice the unit roundoff pays for all second orders
EPSILON = float(np.finfo(float).eps)

#: pays for products too small to be told from 0
TINY = float(np.finfo(float).tiny)


def reduced(cost: Floats, off: Floats, matrix: csc_array, multipliers: Floats) -> tuple[Floats, Floats]:
    """Return ``cost - matrix.T @ multipliers`` and by how much each may be off, ``cost`` being right to ``off``."""
    terms = np.diff(matrix.indptr) + 8
    size = np.abs(cost) + off + abs(matrix).T @ np.abs(multipliers)
    return np.asarray(cost - matrix.T @ multipliers), np.asarray(off + terms * (EPSILON * size + TINY))


def sides(model: LinearModel, multipliers: Floats) -> Floats:
    """Return at least what each multiplier makes of the side that it presses on; minus infinity if there is none."""
    used = multipliers != 0
    side = np.where(multipliers > 0, model.row_lower, model.row_upper)[used]
    return np.asarray(np.nextafter(multipliers[used] * side, -np.inf))


def least_products(least: Floats, most: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return at least the smallest ``d * x`` of each column, ``d`` between least and most, ``x`` between its bounds."""
    with np.errstate(invalid="ignore"):
        products = np.stack([d * x for d in (least, most) for x in (lower, upper)])
    products[np.isnan(products)] = 0.0  # a cost of 0 makes 0 of any x, however large
    fine = np.isfinite(least) & np.isfinite(most)
    return np.where(fine, np.nextafter(products.min(axis=0, initial=np.inf), -np.inf), -np.inf)


def at_least(terms: Floats) -> float:
    """Return the sum of ``terms``, rounded down; minus infinity if one of them is, or is no number."""
    if np.isnan(terms).any() or (terms == -np.inf).any():
        return -np.inf
    error = (len(terms) + 8) * (EPSILON * float(np.abs(terms).sum()) + TINY)
    if np.isfinite(error):
        return float(terms.sum()) - error
    return np.inf if (terms == np.inf).any() else -np.inf
