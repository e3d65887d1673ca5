r"""A public loan for works that the budget pays: drawn as they are spent, interest in grace, repaid over its term.

All flows of a year count at one moment of it (as in :mod:`redesaude.finance.company_loan`), so that interest of year
:math:`t` is that of what was owed after the flows of the year before:

.. math:: I_t = r\,B_{t-1}, \qquad B_t = B_{t-1} + D_t - A_t, \qquad D_t = \sigma\,K_t

with :math:`D` draws, a share :math:`\sigma` of the works :math:`K`, and :math:`A` amortisation, which begins when the
grace ends: constant (SAC) or with level service (Price). Grace and term run from the year of the first draw; capital
drawn later than the grace is repaid in what is left of the term. At a discount rate equal to its own a loan without
fees changes nothing: it moves cost between years, and its worth is the difference of the two rates.

Debt limits of Brazilian states are shares of net current revenue (Senate Resolution 40/2001, art. 3: net consolidated
debt, 2; Resolution 43/2001, art. 7: operations of a year, 0.16; service of a year, 0.115).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from redesaude.finance.arguments import (
    Amount,
    AmountByYear,
    ArgumentError,
    Count,
    Positives,
    Rate,
    Rates,
    Share,
    Whole,
    check_fields,
    checked,
)
from redesaude.finance.discounting import capital_recovery, yearly_factors
from redesaude.finance.fiscal_years import LimitUse, limit_use
from redesaude_models.arrays import Floats

Repayment = Literal["constant_amortisation", "level_service"]


@dataclass(frozen=True)
class PublicLoan:
    """Terms of a loan to the public side.

    Attributes
    ----------
    rate_per_year : interest, real with real works (nominal with nominal ones).
    grace_years, years : from the year of the first draw: whole years in which interest alone is paid, and the year of
        the last instalment (grace included).
    works_share : share of the works that the loan pays, 0-1; the budget pays the rest.
    repayment : ``constant_amortisation`` (SAC) or ``level_service`` (Price).
    fee_share : fee as a share of all that will be drawn, paid with the first draw.
    commitment_fee_per_year : fee on what is not drawn yet, as a share of it.

    """

    rate_per_year: Rate
    grace_years: Whole
    years: Count
    works_share: Share = 1.0
    repayment: Repayment = "constant_amortisation"
    fee_share: Share = 0.0
    commitment_fee_per_year: Share = 0.0

    def __post_init__(self) -> None:
        check_fields(self)
        if self.grace_years >= self.years:
            raise ArgumentError("grace_years", str(self.grace_years), f"below years, {self.years}")


@dataclass(frozen=True)
class LoanFlows:
    """A public loan by year, arrays ``(years,)`` in the currency of the works, from the first year of the works given.

    ``owed`` stands once the flows of each year are paid; it ends at nothing.
    """

    works: Floats
    drawn: Floats
    interest: Floats
    fees: Floats
    repaid: Floats
    owed: Floats

    @property
    def service(self) -> Floats:
        """What is paid on the loan each year: interest, fees and amortisation."""
        return self.interest + self.fees + self.repaid

    @property
    def budget(self) -> Floats:
        """What the budget pays each year: works not drawn for, and the service of the loan."""
        return self.works - self.drawn + self.service

    @checked
    def worth(self, discount_rate_per_year: Rates, first_time: Amount = 0.0) -> float:
        """Return what the loan adds to the cost of the works: service less draws, present value.

        One rate, or one for each year; ``first_time`` are the years from the base date to the first year. Negative:
        cheaper than paying at once.
        """
        factors = yearly_factors(discount_rate_per_year, len(self.works), first_time)
        return float((self.service - self.drawn) @ factors)


@checked
def loan_flows(works_by_year: AmountByYear, loan: PublicLoan) -> LoanFlows:
    """Return the flows of ``loan`` for works (currency) spent by year, until its last instalment.

    Raises
    ------
    ArgumentError
        a ValueError, where works go on when the loan has ended.

    """
    works = np.asarray(works_by_year, dtype=float)
    spent = np.flatnonzero(works)
    first, last = (int(spent[0]), int(spent[-1])) if len(spent) else (0, 0)
    end = first + loan.years
    if last >= end:
        raise ArgumentError("works_by_year", f"works in year {last}", f"before the last instalment, {end}")
    works = np.concatenate([works, np.zeros(max(0, end + 1 - len(works)))])
    drawn = loan.works_share * works
    repaid, owed = _repay(drawn, first + loan.grace_years, end, loan)
    undrawn = drawn.sum() - np.cumsum(drawn)
    fees = loan.commitment_fee_per_year * np.where(np.arange(len(works)) >= first, undrawn, 0.0)
    fees[first] += loan.fee_share * drawn.sum()
    interest = loan.rate_per_year * np.concatenate([[0.0], owed[:-1]])
    return LoanFlows(works, drawn, interest, fees, repaid, owed)


@checked
def operations_flows(works_by_year: AmountByYear, loan: PublicLoan) -> LoanFlows:
    """Return the flows of a programme whose draws of each year are an operation of its own, with the terms of ``loan``.

    Grace and term run from each year's draw, so that works may go on for longer than any one operation; nothing is left
    undrawn at the end of a year.
    """
    works = np.asarray(works_by_year, dtype=float)
    each = [loan_flows(np.where(np.arange(len(works)) == year, works, 0.0), loan) for year in np.flatnonzero(works)]
    each = each or [loan_flows(works, loan)]
    years = max(len(flows.works) for flows in each)

    def together(name: str) -> Floats:
        return np.asarray(np.sum([np.pad(getattr(f, name), (0, years - len(f.works))) for f in each], axis=0))

    return LoanFlows(**{f.name: together(f.name) for f in fields(LoanFlows)})


def _repay(drawn: Floats, grace_end: int, end: int, loan: PublicLoan) -> tuple[Floats, Floats]:
    """Amortisation and what is owed, by year: after the grace, the balance over the years that are left."""
    repaid, owed = np.zeros_like(drawn), np.zeros_like(drawn)
    balance = 0.0
    for t in range(len(drawn)):
        if grace_end < t <= end:
            left = end - t + 1
            level = float(capital_recovery(loan.rate_per_year, left)) - loan.rate_per_year
            repaid[t] = balance * (1.0 / left if loan.repayment == "constant_amortisation" else level)
        balance += drawn[t] - repaid[t]
        owed[t] = balance
    return repaid, owed


#: shares of net current revenue that debt, new operations and service of a Brazilian state may reach
DEBT_LIMITS: Mapping[str, float] = MappingProxyType({"debt": 2.0, "operations": 0.16, "service": 0.115})


@checked
def debt_limits(
    flows: LoanFlows,
    revenue_per_year: Positives,
    committed: Mapping[str, ArrayLike] = MappingProxyType({}),
    revenue_growth_per_year: Rate = 0.0,
    shares: Mapping[str, float] = DEBT_LIMITS,
) -> dict[str, LimitUse]:
    """Return the use of each debt limit by year: ``debt`` owed, ``operations`` (draws) and ``service`` of the year.

    ``committed`` holds what other loans use of each limit, in the same currency, by its name; ``shares`` are of
    ``revenue_per_year`` (net current revenue), which grows by ``revenue_growth_per_year`` in real terms.
    """
    used = {"debt": flows.owed, "operations": flows.drawn, "service": flows.service}
    return {
        name: limit_use(used[name], revenue_per_year, share, committed.get(name, 0.0), revenue_growth_per_year)
        for name, share in shares.items()
    }
