r"""A stated payment, such as the reference contraprestação of a tender or the bid that won it, against the comparator.

Both options are yearly flows on one calendar, and everything follows from them:

.. math::
    \text{comparator} &= \sum_t d_t \left((1 + o)\, W_t + C_t\right), \qquad
    \text{option} = \sum_t d'_t \left(U\, p_t + X_t\right)\\
    U^* &= \frac{\text{comparator} - \sum_t d'_t X_t}{\sum_t d'_t p_t}, \qquad
    o^* = \frac{\text{option} - \sum_t d_t (W_t + C_t)}{\sum_t d_t W_t}

with :math:`W` public works as estimated, :math:`o` their overrun, :math:`C` what else the comparator costs, :math:`U`
the stated payment, :math:`p_t` the part of year :math:`t` in which it is paid, :math:`X` what else the option costs.
The break-even rates are the internal rates of the difference of the flows: none, one or several.

:math:`d` are the discount factors of each side: one rate, one rate by year, or a rate of its own for the bids, as where
guidelines add the systematic risk that a bidder takes over (Australia, National PPP Guidelines, volume 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np

from redesaude.finance.arguments import (
    AMOUNT,
    NUMBER,
    RATE,
    SHARE,
    Amount,
    ArgumentError,
    Number,
    check_fields,
    checked,
)
from redesaude.finance.company_flows import CompanyCashFlow
from redesaude.finance.comparator import ValueForMoney
from redesaude.finance.discounting import yearly_factors
from redesaude.finance.project_company import Finance, Project, company_cash_flow
from redesaude.finance.returns import internal_returns
from redesaude_models.arrays import Floats


@dataclass(frozen=True)
class Comparison:
    """A comparator and a PPP on one calendar; arrays ``(years,)`` in currency of the base year.

    Attributes
    ----------
    works, overrun_share : public works as estimated by year, and the overrun expected as a share of them.
    running : what else the comparator costs by year, taxes that return to the budget included where they count.
    paid : the part (0-1) of each year in which the PPP is paid.
    other : what the PPP costs beside its payment by year: letting, oversight, contributions, risks retained.
    discount_rate_per_year : real rate, or one for each year, at which that year is discounted to the one before.
    bid_rate_per_year : the same for the PPP's flows; None: as the comparator's.
    first_time : years from the base date to the first year's flows; the middle of the year is 0.5.

    """

    works: Annotated[Floats, AMOUNT]
    overrun_share: Number
    running: Annotated[Floats, NUMBER]
    paid: Annotated[Floats, SHARE]
    other: Annotated[Floats, NUMBER]
    discount_rate_per_year: Annotated[float | Floats, RATE]
    bid_rate_per_year: Annotated[float | Floats, RATE] | None = None
    first_time: Amount = 0.5

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("running", "paid", "other"):
            if np.shape(getattr(self, name)) != np.shape(self.works):
                raise ArgumentError(
                    name, f"{np.size(getattr(self, name))} years", f"{np.size(self.works)}, as of works"
                )

    @cached_property
    def factors(self) -> Floats:
        """Discount factors of the comparator."""
        return yearly_factors(self.discount_rate_per_year, len(self.works), self.first_time)

    @cached_property
    def bid_factors(self) -> Floats:
        """Discount factors of the PPP."""
        rate = self.discount_rate_per_year if self.bid_rate_per_year is None else self.bid_rate_per_year
        return yearly_factors(rate, len(self.works), self.first_time)

    @property
    def comparator(self) -> Floats:
        """What the comparator costs by year, its overrun expected."""
        return (1.0 + self.overrun_share) * np.asarray(self.works) + self.running


@dataclass(frozen=True)
class BidAppraisal:
    """What a stated payment is worth against the comparator, and what would turn the verdict."""

    comparison: Comparison
    payment_per_year: float

    @property
    def option(self) -> Floats:
        """What the PPP costs by year (currency)."""
        return np.asarray(self.payment_per_year * self.comparison.paid + self.comparison.other)

    @property
    def value(self) -> ValueForMoney:
        """Value for money; positive: the PPP at this payment is cheaper."""
        c = self.comparison
        npv = (np.asarray(c.factors @ c.comparator), np.asarray(c.bid_factors @ self.option))
        return ValueForMoney(*npv, common=np.zeros(()))

    @property
    def break_even_payment(self) -> float:
        """The payment a year at which both cost the same (currency/year); NaN where nothing is ever paid."""
        c = self.comparison
        worth = float(c.bid_factors @ c.paid)
        left = float(c.factors @ c.comparator - c.bid_factors @ c.other)
        return left / worth if worth > 0 else np.nan

    @property
    def break_even_overrun(self) -> float:
        """The overrun of public works (share of the estimate) at which both cost the same; NaN without works."""
        c = self.comparison
        works = float(c.factors @ c.works)
        left = float(c.bid_factors @ self.option - c.factors @ (np.asarray(c.works) + c.running))
        return left / works if works > 0 else np.nan

    @property
    def break_even_rates(self) -> Floats:
        """Every rate (per year, one for both sides) at which both cost the same, rising; may be empty."""
        return internal_returns(self.comparison.comparator - self.option)


@checked
def appraise_bid(payment_per_year: Amount, comparison: Comparison) -> BidAppraisal:
    """Return what a stated ``payment_per_year`` (currency/year, taxes on receipts included) is worth."""
    return BidAppraisal(comparison, payment_per_year)


@checked
def bid_cash_flow(project: Project, finance: Finance, payment_per_year: Amount) -> CompanyCashFlow:
    """Return the cash flow of a company paid ``payment_per_year``: the return, covers and dividends that a bid implies.

    A bid below what the owners need shows as an ``equity_return`` below the one asked.
    """
    return company_cash_flow(project, finance, payment_per_year)
