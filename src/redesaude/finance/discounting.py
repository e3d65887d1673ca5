r"""Discounting: present values, annuities and capital recovery.

A cash flow of year :math:`t` (0 = first year) is worth :math:`(1 + r)^{-(t_0 + t + h)}` in the base year, with
:math:`t_0` the years from the base year to the first year, :math:`h = 1/2` for money that moves in the middle of the
year and :math:`h = 1` for its end. Rates and flows are both real, or both nominal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calendar:
    """The years of an appraisal.

    Attributes
    ----------
    first_year, base_year : calendar years; costs start in the first and are discounted to the base.
    horizon_years : years of cost counted.
    discount_rate : real rate per year.
    mid_year : money moves in the middle of each year (otherwise at its end).
    tail_years : years after the horizon in which payments already owed fall due.

    """

    first_year: int
    base_year: int
    horizon_years: int
    discount_rate: float
    mid_year: bool = True
    tail_years: int = 0

    @property
    def years(self) -> int:
        """Years laid out: the horizon and its tail."""
        return self.horizon_years + self.tail_years

    def factors(self) -> Floats:
        """Discount factor of each year, shape ``(years,)``."""
        offset = self.first_year - self.base_year + (0.5 if self.mid_year else 1.0)
        return discount_factors(self.discount_rate, np.arange(self.years) + offset)

    def annuity(self) -> float:
        """Present value of 1 a year over the horizon."""
        return float(self.factors()[: self.horizon_years].sum())


def discount_factors(rate: float, times: ArrayLike) -> Floats:
    """Return ``(1 + rate) ** -times``; ``times`` in years from the base date, any shape."""
    return np.asarray((1.0 + rate) ** -np.asarray(times, dtype=float))


def present_value(flows: ArrayLike, rate: float, first_time: float = 0.0) -> float:
    """Return the present value of yearly ``flows`` whose first falls at ``first_time`` years."""
    flows = np.asarray(flows, dtype=float)
    return float(flows @ discount_factors(rate, np.arange(len(flows)) + first_time))


def annuity_factor(rate: ArrayLike, years: ArrayLike) -> Floats:
    """Present value of 1 at the end of each of ``years`` years: (1 - (1+r)^-n) / r, or n when the rate is zero."""
    r, n = np.broadcast_arrays(np.asarray(rate, dtype=float), np.asarray(years, dtype=float))
    safe = np.where(r == 0, 1.0, r)
    return np.where(r == 0, n, -np.expm1(-n * np.log1p(safe)) / safe)


def capital_recovery(rate: ArrayLike, years: ArrayLike) -> Floats:
    """Equal yearly payment that repays 1 with its return over ``years`` years: the inverse of the annuity factor."""
    return np.asarray(1.0 / annuity_factor(rate, years))


def nominal_rate(real_rate: float, inflation: float) -> float:
    """Return the nominal rate of a real one (Fisher): (1 + real)(1 + inflation) - 1."""
    return (1.0 + real_rate) * (1.0 + inflation) - 1.0
