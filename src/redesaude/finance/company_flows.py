"""The yearly cash flow of a project company, and what lenders and owners read from it: covers and returns.

:mod:`redesaude.finance.project_company` lays it out and says what its years mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from redesaude.finance.arguments import Rate
from redesaude.finance.discounting import discount_factors
from redesaude.finance.returns import internal_returns
from redesaude_models.arrays import Flags, Floats


@dataclass(frozen=True)
class CompanyCashFlow:
    """The yearly cash flow of a project company, arrays of shape ``(years,)`` in currency of the base year.

    ``year`` 0 is the last year of works, ``service_from`` the first of service (0 on the calendar, where it is the same
    year; else 1). ``debt_owed`` and ``reserve_held`` stand once the flows of each year are paid. ``debt_rate_per_year``
    is kept for the covers over a life; ``debt_fee`` is the part of ``fees`` that the lenders take.
    """

    year: np.ndarray
    works: Floats
    fees: Floats
    interest_during_works: Floats
    reserve_funded: Floats
    debt_drawn: Floats
    equity_paid_in: Floats
    contribution: Floats
    payment: Floats
    payment_tax: Floats
    running_cost: Floats
    profit: Floats
    profit_tax: Floats
    interest: Floats
    debt_service: Floats
    debt_owed: Floats
    reserve_held: Floats
    dividends: Floats
    debt_rate_per_year: float
    debt_fee: Floats
    service_from: int = 1

    @property
    def served(self) -> Flags:
        """Which years are of service."""
        return np.asarray(self.year >= self.service_from)

    @property
    def uses(self) -> Floats:
        """Money used while building."""
        return self.works + self.fees + self.interest_during_works + self.reserve_funded

    @property
    def sources(self) -> Floats:
        """Money raised while building."""
        return self.debt_drawn + self.equity_paid_in + self.contribution

    @property
    def cash_available(self) -> Floats:
        """Cash available for debt service (CFADS)."""
        return self.payment - self.payment_tax - self.running_cost - self.profit_tax

    @property
    def cover_by_year(self) -> Floats:
        """Debt service cover ratio of each year; NaN where no debt is served."""
        served = self.debt_service > 1e-12 * max(1.0, float(self.debt_service.max(initial=0.0)))
        return np.where(served, self.cash_available / np.where(served, self.debt_service, 1.0), np.nan)

    @property
    def least_cover(self) -> float:
        """Least debt service cover ratio; NaN without debt."""
        return float(np.nanmin(self.cover_by_year)) if self.debt_drawn.any() else np.nan

    @property
    def average_cover(self) -> float:
        """Mean debt service cover ratio of the years in which debt is served; NaN without debt."""
        return float(np.nanmean(self.cover_by_year)) if self.debt_drawn.any() else np.nan

    @property
    def loan_life_cover(self) -> float:
        """Loan life cover ratio (LLCR): cash available over the loan's life, at its rate, over the debt at opening."""
        return self._cover_over(self.served & ~np.isnan(self.cover_by_year))

    @property
    def project_life_cover(self) -> float:
        """Project life cover ratio (PLCR): as the loan life cover, with the cash of all the years of payment."""
        return self._cover_over(self.served)

    def _cover_over(self, life: np.ndarray) -> float:
        if not self.debt_drawn.any():
            return np.nan
        worth = (self.cash_available * discount_factors(self.debt_rate_per_year, self.year))[life].sum()
        return float(worth / self.debt_drawn.sum())

    @property
    def project_flows(self) -> Floats:
        """What the project brings whoever finances it: cash available for debt service less works and fees, by year.

        The public contribution is received; the lenders' fee, interest and reserve are matters of finance. Tax is as
        paid, with the relief of interest.
        """
        return self.cash_available + self.contribution - self.works - (self.fees - self.debt_fee)

    @property
    def project_return(self) -> float:
        """Project internal rate of return after tax (real, per year); NaN where there is none, or several."""
        return _one_return(self.project_flows)

    @property
    def project_return_before_tax(self) -> float:
        """Project internal rate of return before tax on profit (real, per year); NaN where none, or several."""
        return _one_return(self.project_flows + self.profit_tax)

    @property
    def equity_flows(self) -> Floats:
        """What the owners receive (dividends) less what they pay in."""
        return self.dividends - self.equity_paid_in

    @property
    def equity_return(self) -> float:
        """Internal rate of return of the owners (real, per year); NaN where there is none, or several.

        :func:`~redesaude.finance.returns.internal_return` of the flows says which.
        """
        return _one_return(self.equity_flows)

    def equity_value(self, rate: Rate) -> float:
        """Return the owners' flows at ``rate``, at opening."""
        return float(self.equity_flows @ discount_factors(rate, self.year))


def _one_return(flows: Floats) -> float:
    """Return the rate of return of ``flows``; NaN where there is none, or several."""
    found = internal_returns(flows)
    return float(found[0]) if len(found) == 1 else np.nan
