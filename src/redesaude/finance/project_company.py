r"""The project company of a PPP: what it builds and borrows, what it earns, and what is left for its owners.

Sources equal uses while it builds:

.. math:: \text{works} + \text{fees} + \text{interest during works} + \text{reserve}
          = \text{debt} + \text{equity} + \text{public contribution}

and in service, with :math:`U` the unitary payment,

.. math::
    \text{CFADS}_t &= U_t (1 - \rho) - O_t - \tau_t      & \text{cash available for debt service}\\
    \text{DS}_t    &= \text{CFADS}_t / \text{DSCR}        & \text{sculpted; or level over the loan}\\
    \text{dividends}_t &= \text{CFADS}_t - \text{DS}_t - \Delta\text{reserve}_t

:math:`\rho` are taxes on receipts, :math:`O` running cost, :math:`\tau` tax on profit (straight-line depreciation of
all uses but the reserve over the years of payment, interest deducted, losses carried forward as far as the law lets).
A sculpted loan is :math:`D = \sum_t \text{DS}_t (1 + r_d)^{-t}`, but never more than the gearing allows: then the cover
is above its target in every year. Money, rates and tax bases are real; all flows of a year count in its middle
(:mod:`redesaude.finance.company_loan`), so that the equity return is what a spreadsheet's IRR gives. Working capital
and interest on the reserve are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from redesaude.finance.arguments import (
    AMOUNT,
    COVER,
    NUMBER,
    OPENED,
    SHARE,
    Allowed,
    Amount,
    Amounts,
    ArgumentError,
    Number,
    NumberByYear,
    Numbers,
    OpenedEach,
    Part,
    Rate,
    Rates,
    Share,
    Shares,
    SomeYearsEach,
    Years,
    YearsEach,
    check_fields,
    checked,
)
from redesaude.finance.company_flows import CompanyCashFlow as CompanyCashFlow  # noqa: PLC0414  its users ask here
from redesaude.finance.company_loan import (
    OWN_YEARS,
    balances,
    first_year,
    raise_capital,
    service_lengths,
    service_rates,
    shares_year,
    works_shares,
    years_of_service,
    years_of_works,
)
from redesaude.finance.discounting import discount_factors
from redesaude.finance.returns import internal_return as internal_return  # noqa: PLC0414  its users ask here
from redesaude_models.arrays import Floats

#: rounds in which debt, interest and tax must settle; each round shrinks the error to less than the tax rate times it
_ROUNDS = 400
_SETTLED = 1e-14


@checked
def weighted_return(gearing: Shares, debt_rate: Rates, equity_return: Rates) -> Floats:
    """Return the weighted return of debt and equity (real, per year); ``gearing`` is debt over capital."""
    gearing = np.asarray(gearing, dtype=float)
    return np.asarray(gearing * np.asarray(debt_rate) + (1.0 - gearing) * np.asarray(equity_return))


@checked
def capital_payment(
    works: Amounts,
    rate: Rates,
    build_years: YearsEach,
    payment_years: SomeYearsEach,
    works_profile: Floats | None = None,
    *,
    opened_share: OpenedEach = OWN_YEARS,
) -> Floats:
    """Return the yearly payment (currency/year) that recovers ``works`` (currency) at ``rate`` from opening on.

    The short form used where a contract says nothing of its loan: works at their worth at the opening over the worth of
    1 a year of payment, before tax. It is the solved payment of a company that raises all its capital at ``rate``, on
    the same years; for one year of works and whole years of payment, plain capital recovery. ``works_profile`` is the
    share spent in each year of works, ``(..., years)``, the last of them year 0; None: evenly. ``opened_share`` as of
    :class:`Project`.
    """
    given = (rate, build_years, payment_years, opened_share)
    rate, build, paid, opened = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in given))
    works_years = int(years_of_works(build, opened).max(initial=1.0))
    years = int(years_of_service(paid, opened).max(initial=1.0))
    yearly = 1.0 + rate[..., None]
    shares = works_shares(build, works_years, opened) if works_profile is None else works_profile
    spent = (shares * yearly ** np.arange(shares.shape[-1])[::-1]).sum(axis=-1)
    after = np.arange(1, years + 1) - shares_year(build, opened)[..., None]
    received = (service_lengths(paid, years, opened) * yearly**-after).sum(axis=-1)
    return np.asarray(np.asarray(works, dtype=float) * spent / received)


def _fit(name: str, by_year: Numbers, years: int) -> None:
    """Refuse what is neither one number nor one for each of ``years``."""
    shape = np.shape(by_year)
    if shape not in {(), (years,)}:
        came = f"{shape[0] if len(shape) == 1 else shape} numbers"
        raise ArgumentError(name, came, f"one, or one for each of {years} years")


def _adds_up(name: str, profile: Numbers | None, years: int) -> None:
    """Refuse a profile that is not one share for each of ``years``, together 1."""
    if profile is None:
        return
    shares = np.asarray(profile, dtype=float)
    if shares.shape != (years,) or abs(shares.sum() - 1.0) > 1e-9:
        raise ArgumentError(name, str(shares.tolist()), f"one share for each of {years} years, together 1")


@dataclass(frozen=True)
class Project:
    """What a project company builds and runs, in currency of the base year.

    Attributes
    ----------
    works : cost of works and equipment, spent evenly over ``build_years``.
    build_years, payment_years : years of works, and years of service and payment after them (fractions allowed).
    running_cost_per_year : the company's own running cost and renewals, one number or one for each year of service.
    fees : the company's cost of preparing and closing, in the first year of works.
    contribution : public contribution to the works, paid as they advance.
    works_profile : share of the works spent in each year of works, first to last; None: evenly.
    contribution_profile : share of the contribution paid in each year of works; None: as the works advance.
    payment_profile : what each year of service is paid for 1 of unitary payment, one number or one for each year.
    opened_share : on the calendar, the part (0 to below 1) of the year of the opening that passes before it: works and
        service may then fall on one year. :data:`OWN_YEARS` (below 0): years begin with the opening.

    """

    works: Amount
    build_years: Years
    payment_years: Annotated[float, Allowed(-1000.0, 1000.0)]
    running_cost_per_year: Annotated[float | Floats, NUMBER] = 0.0
    fees: Amount = 0.0
    contribution: Amount = 0.0
    works_profile: Annotated[Floats, SHARE] | None = None
    contribution_profile: Annotated[Floats, SHARE] | None = None
    payment_profile: Annotated[float | Floats, AMOUNT] = 1.0
    opened_share: Annotated[float, OPENED] = OWN_YEARS

    def __post_init__(self) -> None:
        check_fields(self)
        if self.payment_years <= 0:
            why = "the works last longer than the payments"
            raise ArgumentError(
                "payment_years", f"{self.payment_years:g}", "above 0", why if self.build_years > 0 else ""
            )
        if self.contribution > self.works:
            raise ArgumentError("contribution", f"{self.contribution:g}", f"at most the works, {self.works:g}")
        _fit("running_cost_per_year", self.running_cost_per_year, self.service_years)
        _fit("payment_profile", self.payment_profile, self.service_years)
        for name in ("works_profile", "contribution_profile"):
            _adds_up(name, getattr(self, name), self.works_years)

    @property
    def works_years(self) -> int:
        """Years that works fall on, the last before the opening; a short first one counts as a year."""
        return int(years_of_works(self.build_years, self.opened_share))

    @property
    def service_years(self) -> int:
        """Years that service falls on; a short last one counts as a year."""
        return int(years_of_service(self.payment_years, self.opened_share))

    @property
    def service_from(self) -> int:
        """The first year of service: 1, or 0 where works and service fall on one year."""
        return 1 - int(shares_year(self.build_years, self.opened_share))

    @property
    def years_served(self) -> np.ndarray:
        """The years of service, shape ``(service_years,)``."""
        return self.service_from + np.arange(self.service_years)

    @property
    def works_by_year(self) -> Floats:
        """Works (currency) in each year of works, shape ``(works_years,)``."""
        return self.works * self._works_shares

    @property
    def contribution_by_year(self) -> Floats:
        """Public contribution (currency) in each year of works, shape ``(works_years,)``."""
        shares = self._works_shares if self.contribution_profile is None else self.contribution_profile
        return self.contribution * shares

    @property
    def _works_shares(self) -> Floats:
        if self.works_profile is not None:
            return self.works_profile
        return works_shares(self.build_years, self.works_years, self.opened_share)


@dataclass(frozen=True)
class Finance:
    """How a project company is financed and taxed; rates real per year, shares 0-1.

    Attributes
    ----------
    equity_return_per_year, debt_rate_per_year : return its owners ask, interest it pays.
    gearing_share : debt over the capital raised (public contribution apart); the most, when sculpted.
    debt_years : years of repayment from the opening on.
    cover : least debt service cover ratio, to which the loan is sculpted; None: level service of a loan at the gearing.
    reserve_months : months of next year's debt service held in reserve.
    debt_fee_share : fee of the loan as a share of it, in the first year of works.
    tax_share : tax on profit.
    loss_offset_share : share of a year's profit that earlier losses may offset (0: losses are lost; Brazil: 0.3).
    payment_tax_share : taxes on receipts as a share of them.

    """

    equity_return_per_year: Rate
    debt_rate_per_year: Rate
    gearing_share: Share
    debt_years: Years
    cover: Annotated[float, COVER] | None = None
    reserve_months: Amount = 0.0
    debt_fee_share: Share = 0.0
    tax_share: Part = 0.0
    loss_offset_share: Share = 0.0
    payment_tax_share: Part = 0.0

    def __post_init__(self) -> None:
        check_fields(self)


@checked
def profit_tax(profit: NumberByYear, tax_share: Share, loss_offset_share: Share = 0.0) -> Floats:
    """Return the tax of each year's ``profit`` (currency), earlier losses offsetting up to a share of each profit."""
    gains = np.maximum(np.asarray(profit, dtype=float), 0.0)
    taxed, losses = gains.copy(), 0.0
    for t, result in enumerate(np.asarray(profit, dtype=float).tolist()):
        used = min(losses, loss_offset_share * gains[t])
        taxed[t] -= used
        losses += max(-result, 0.0) - used
    return np.asarray(tax_share * taxed)


@dataclass(frozen=True)
class _Loan:
    """The loan as it settles: debt at opening, service by year of service, uses and interest by year of works."""

    debt: float
    service: Floats
    uses: Floats
    interest_during_works: Floats
    interest: Floats
    profit: Floats
    tax: Floats


class _Company:
    """One project under one finance, laid out on its years."""

    def __init__(self, project: Project, finance: Finance, payment_per_year: float) -> None:
        self.project, self.finance = project, finance
        self.works_years, self.years = project.works_years, project.service_years
        self.works, self.contribution = project.works_by_year, project.contribution_by_year
        self.first = first_year(project.build_years, self.works_years, project.opened_share)
        self.served = service_lengths(project.payment_years, self.years, project.opened_share)
        self.payment = payment_per_year * project.payment_profile * self.served
        self.running = np.broadcast_to(project.running_cost_per_year, self.years) * self.served
        self.earned = self.payment * (1.0 - finance.payment_tax_share) - self.running
        loan_years = min(finance.debt_years, project.payment_years)
        self.in_loan = service_lengths(loan_years, self.years, project.opened_share)
        self.worth = discount_factors(finance.debt_rate_per_year, project.years_served)
        self.rates = service_rates(finance.debt_rate_per_year, self.years, 1 - project.service_from)

    def costs(self, debt: float, service: Floats) -> Floats:
        """Costs to be financed by debt and equity, by year of works; the public contribution has paid its part."""
        project, finance = self.project, self.finance
        costs = self.works - self.contribution + self.first * (project.fees + finance.debt_fee_share * debt)
        costs[-1] += finance.reserve_months / 12.0 * service[0]
        return costs

    def next_loan(self, loan: _Loan) -> _Loan:
        """Return the loan that follows from the interest, tax and uses of ``loan``."""
        f = self.finance
        capital = float(loan.uses.sum())
        costs = self.costs(loan.debt, loan.service)
        uses, during = raise_capital(costs, loan.debt / capital if capital else 0.0, f.debt_rate_per_year)
        interest = self.rates * balances(loan.debt, loan.service, self.rates)[:-1]
        asset = float(uses.sum()) - f.reserve_months / 12.0 * loan.service[0]
        profit = self.earned - asset * self.served / self.served.sum() - interest
        tax = profit_tax(profit, f.tax_share, f.loss_offset_share)
        sculpted = f.cover is not None
        shape = self.in_loan * (np.maximum(self.earned - tax, 0.0) if sculpted else 1.0)
        worth = float(shape @ self.worth)
        most = f.gearing_share * float(uses.sum())
        debt = min(most, worth / f.cover) if f.cover is not None else most * (worth > 0)
        service = shape * (debt / worth if worth > 0 else 0.0)
        return _Loan(debt, service, uses, during, interest, profit, tax)

    def loan(self) -> _Loan:
        """Repeat until debt, interest and tax agree."""
        none = np.zeros(self.years)
        costs = self.costs(0.0, none)
        loan = _Loan(0.0, none, costs, np.zeros_like(costs), none, none, none)
        scale = max(abs(float(costs.sum())), float(np.abs(self.earned).max(initial=0.0)), 1e-300)
        for _ in range(_ROUNDS):
            before, loan = loan, self.next_loan(loan)
            moved = max(np.abs(a - b).max() for a, b in ((loan.service, before.service), (loan.uses, before.uses)))
            if moved <= _SETTLED * scale:
                return loan
        raise ArgumentError(
            "gearing_share",
            f"{self.finance.gearing_share:g} with a fee of {self.finance.debt_fee_share:g} and a reserve of "
            f"{self.finance.reserve_months:g} months",
            "a loan that brings more than its fee, reserve and interest take",
            "interest, tax and debt do not settle",
        )


@checked
def company_cash_flow(project: Project, finance: Finance, payment_per_year: Number) -> CompanyCashFlow:
    """Return the yearly cash flow of the company that is paid ``payment_per_year`` (currency/year, receipts taxed).

    Dividends are what is left after debt service and reserve; a negative one is money the owners must add.
    """
    if finance.gearing_share > 0 and finance.debt_years > project.payment_years:
        allowed = f"at most the payment_years, {project.payment_years:g}"
        raise ArgumentError("debt_years", f"{finance.debt_years:g}", allowed, "a loan is repaid from the payments")
    company = _Company(project, finance, payment_per_year)
    loan = company.loan()
    years = np.arange(1 - company.works_years, int(project.years_served[-1]) + 1)

    def building(flow: Floats) -> Floats:
        return np.pad(flow, (0, len(years) - len(flow)))

    def serving(flow: Floats) -> Floats:
        return np.pad(flow, (len(years) - len(flow), 0))

    held = finance.reserve_months / 12.0 * np.append(loan.service, 0.0)
    share = loan.debt / loan.uses.sum() if loan.uses.sum() else 0.0
    reserve = np.where(np.arange(company.works_years) == company.works_years - 1, held[0], 0.0)
    before = slice(0, len(years) - company.years)
    left = company.earned - loan.tax - loan.service - np.diff(held)
    owed = balances(loan.debt, loan.service, company.rates)
    return CompanyCashFlow(
        year=years,
        works=building(company.works),
        fees=building(company.first * (project.fees + finance.debt_fee_share * loan.debt)),
        interest_during_works=building(loan.interest_during_works),
        reserve_funded=building(reserve),
        debt_drawn=building(share * loan.uses),
        equity_paid_in=building((1.0 - share) * loan.uses),
        contribution=building(company.contribution),
        payment=serving(company.payment),
        payment_tax=serving(finance.payment_tax_share * company.payment),
        running_cost=serving(company.running),
        profit=serving(loan.profit),
        profit_tax=serving(loan.tax),
        interest=serving(loan.interest),
        debt_service=serving(loan.service),
        debt_owed=np.concatenate([np.cumsum(share * loan.uses)[before], owed[1:]]),
        reserve_held=np.concatenate([reserve[before], held[1:]]),
        dividends=serving(left),
        debt_rate_per_year=finance.debt_rate_per_year,
        debt_fee=building(company.first * finance.debt_fee_share * loan.debt),
        service_from=project.service_from,
    )
