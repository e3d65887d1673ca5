r"""What a bound may rest on: sums and products with their rounding error taken off.

A sum of :math:`n` products differs in floating point from the exact one by at most :math:`\gamma_n \sum_k |a_k b_k|`,
:math:`\gamma_n = n u / (1 - n u)` and :math:`u = 2^{-53}`, whatever the order of the additions (Higham 2002, *Accuracy
and Stability of Numerical Algorithms*, section 3.1). Everything here takes off twice that, which also pays for the
rounding of the sizes themselves. What is no number proves nothing: it becomes minus infinity. Sums that end a bound
are those of :func:`redesaude.plan.outward.at_least`, by which anyone checks it.
"""

from __future__ import annotations

import numpy as np

from redesaude.plan.outward import at_least
from redesaude_models.arrays import Floats

#: relative error of one operation, twice
_UNIT = 2.0**-52


def error(size: Floats | float, terms: int) -> Floats:
    """Return the most by which a sum of ``terms`` products of absolute values adding up to ``size`` can be wrong."""
    return np.asarray((terms + 2) * _UNIT * np.asarray(size))


def below(value: Floats | float, size: Floats | float, terms: int) -> Floats:
    """Return what the exact sum is at least whose computed ``value`` has ``terms`` products of absolute ``size`` in
    all; minus infinity where it is no finite number.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        safe = np.asarray(value) - error(size, terms)
    return np.where(np.isfinite(safe), safe, -np.inf)


def product_below(a: Floats, b: Floats) -> float:
    """Return what ``a @ b`` is at least."""
    with np.errstate(invalid="ignore", over="ignore"):
        return float(below(a @ b, np.abs(a) @ np.abs(b), len(a)))


def product_above(a: Floats, b: Floats) -> float:
    """Return what ``a @ b`` is at most."""
    return -product_below(a, -b)


def sum_above(values: Floats) -> float:
    """Return what the sum of ``values`` is at most."""
    return -at_least(-values)
