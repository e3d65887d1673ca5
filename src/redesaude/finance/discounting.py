r"""Discounting: present values, annuities and capital recovery.

A cash flow of year :math:`t` (0 = first year) is worth :math:`(1 + r)^{-(t_0 + t + h)}` in the base year, with
:math:`t_0` the years from the base year to the first year, :math:`h = 1/2` for money that moves in the middle of the
year and :math:`h = 1` for its end. Rates and flows are both real, or both nominal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from redesaude.finance.arguments import (
    RATE,
    Amount,
    ArgumentError,
    Number,
    NumberByYear,
    Numbers,
    Rate,
    Rates,
    SomeYearsEach,
    Whole,
    Years,
    YearsEach,
    check,
    check_fields,
    checked,
)
from redesaude.lines import line_of
from redesaude_models.arrays import Floats


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
    later_rates : (calendar year after the first, real rate) from which on money is discounted to the year before at
        another rate, in order of years.
    bid_margin : added to every rate for payments to project companies (:attr:`redesaude.lines.Line.bid`), as where
        guidelines add the systematic risk that a bidder takes over (Australia, National PPP Guidelines, volume 5).

    """

    first_year: int
    base_year: int
    horizon_years: Whole
    discount_rate: Rate
    mid_year: bool = True
    tail_years: Whole = 0
    later_rates: tuple[tuple[int, float], ...] = ()
    bid_margin: Amount = 0.0

    def __post_init__(self) -> None:
        check_fields(self)
        last = self.first_year
        for year, rate in self.later_rates:
            check("later_rates", rate, RATE)
            if year <= last:
                raise ArgumentError("later_rates", f"the year {year}", f"years after {last}, in order")
            last = year

    @property
    def years(self) -> int:
        """Years laid out: the horizon and its tail."""
        return self.horizon_years + self.tail_years

    @property
    def years_from_base(self) -> int:
        """Years from the base year to the first."""
        return self.first_year - self.base_year

    def factors(self) -> Floats:
        """Discount factor of each year, shape ``(years,)``."""
        return self._factors(0.0)

    def factors_of(self, line: str) -> Floats:
        """Discount factor of each year of what a cost line pays, shape ``(years,)``."""
        return self.factors_by_line([line])[line]

    def factors_by_line(self, lines: Iterable[str]) -> dict[str, Floats]:
        """Return :meth:`factors_of` of each of ``lines``."""
        plain, of_bids = self._factors(0.0), self._factors(self.bid_margin)
        return {line: of_bids if line_of(line).bid else plain for line in lines}

    def _factors(self, margin: float) -> Floats:
        offset = self.years_from_base + (0.5 if self.mid_year else 1.0)
        if self.later_rates:
            return yearly_factors(self.rates(self.first_year, self.years) + margin, self.years, offset)
        return discount_factors(self.discount_rate + margin, np.arange(self.years) + offset)

    def rates(self, first_year: int, years: int) -> Floats:
        """Return the real rate at which each of ``years`` years is discounted to the one before, shape ``(years,)``."""
        found = np.full(years, float(self.discount_rate))
        for year, rate in self.later_rates:
            found[max(year - first_year, 0) :] = rate
        return found

    def kept_a_year(self) -> Floats:
        """What 1 that is paid a year later saves, by the year in which it would have been paid, shape ``(years,)``."""
        return np.asarray(1.0 - 1.0 / (1.0 + self.rates(self.first_year + 1, self.years)))

    def recovery(self) -> float:
        """Equal payment at the end of each year of the horizon that repays 1 with its return."""
        if not self.later_rates:
            return float(capital_recovery(self.discount_rate, self.horizon_years))
        rates = self.rates(self.first_year, self.horizon_years)
        return 1.0 / float(yearly_factors(rates, self.horizon_years, 1.0).sum())

    def annuity(self) -> float:
        """Present value of 1 a year over the horizon."""
        return float(self.factors()[: self.horizon_years].sum())


@checked
def discount_factors(rate: Rate, times: Numbers) -> Floats:
    """Return ``(1 + rate) ** -times``; ``times`` in years from the base date, any shape."""
    return np.asarray((1.0 + rate) ** -np.asarray(times, dtype=float))


@checked
def present_value(flows: NumberByYear, rate: Rate, first_time: Number = 0.0) -> float:
    """Return the present value of yearly ``flows`` whose first falls at ``first_time`` years."""
    flows = np.asarray(flows, dtype=float)
    return float(flows @ discount_factors(rate, np.arange(len(flows)) + first_time))


@checked
def yearly_factors(rates: Rates, years: Whole, first_time: Years = 0.5) -> Floats:
    """Return the discount factors of ``years`` years whose first falls at ``first_time`` years, shape ``(years,)``.

    ``rates`` are one, or one for each year: that at which its money is discounted to the year before (the first, to
    the base date). With a rate that falls after 30 years, year 31 and on are worth
    :math:`(1 + r_1)^{-30} (1 + r_2)^{-(t - 30)}` (HM Treasury, Green Book).
    """
    if np.shape(rates) not in ((), (1,), (years,)):
        came = f"an array of shape {np.shape(rates)}"
        raise ArgumentError("rates", came, f"one rate, or one for each of {years} years")
    steps = np.append(first_time, np.ones(max(years - 1, 0)))[:years]
    by_year = np.broadcast_to(np.asarray(rates, dtype=float), (years,))
    return np.asarray(np.exp(-np.cumsum(steps * np.log1p(by_year))))


@checked
def annuity_factor(rate: Rates, years: YearsEach) -> Floats:
    """Present value of 1 at the end of each of ``years`` years: (1 - (1+r)^-n) / r, or n when the rate is zero."""
    r, n = np.broadcast_arrays(np.asarray(rate, dtype=float), np.asarray(years, dtype=float))
    safe = np.where(r == 0, 1.0, r)
    return np.where(r == 0, n, -np.expm1(-n * np.log1p(safe)) / safe)


@checked
def capital_recovery(rate: Rates, years: SomeYearsEach) -> Floats:
    """Equal yearly payment that repays 1 with its return over ``years`` years: the inverse of the annuity factor."""
    return np.asarray(1.0 / annuity_factor(rate, years))


@checked
def nominal_rate(real_rate: Rate, inflation: Rate) -> float:
    """Return the nominal rate of a real one (Fisher): (1 + real)(1 + inflation) - 1."""
    return (1.0 + real_rate) * (1.0 + inflation) - 1.0
