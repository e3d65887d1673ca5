r"""The project company of a PPP: what it must be paid each year for the works it finances.

First version: capital recovery at the weighted return of its debt and equity, interest during works included with
money drawn evenly,

.. math:: U = K (1 + k)^{B/2} \cdot \frac{k}{1 - (1 + k)^{-n}}, \qquad k = g\, r_d + (1 - g)\, r_e

with :math:`K` works, :math:`B` years of works and :math:`n` years of payment (pre-tax, real).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from redesaude.finance.discounting import Floats, capital_recovery


def weighted_return(gearing: ArrayLike, debt_rate: ArrayLike, equity_return: ArrayLike) -> Floats:
    """Return the weighted return of debt and equity (real, per year); ``gearing`` is debt over capital."""
    gearing = np.asarray(gearing, dtype=float)
    return np.asarray(gearing * np.asarray(debt_rate) + (1.0 - gearing) * np.asarray(equity_return))


def capital_payment(works: ArrayLike, rate: ArrayLike, build_years: ArrayLike, payment_years: ArrayLike) -> Floats:
    """Return the yearly payment (currency/year) that recovers ``works`` (currency) at ``rate`` from opening on."""
    at_opening = np.asarray(works, dtype=float) * (1.0 + np.asarray(rate)) ** (np.asarray(build_years) / 2.0)
    return np.asarray(at_opening * capital_recovery(rate, payment_years))
