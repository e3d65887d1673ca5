r"""The capital part of unitary payments, for many contracts at once and without search over cash flows.

For 1 of works, with level running cost paid through at cost, the payment :math:`u` follows from linear equations once
the cover :math:`c` and the debt share :math:`\delta` are known. What is owed runs backwards from zero at the end of the
loan, tax deducting the interest it itself depends on:

.. math::
    B_{t-1} = \frac{B_t + q_t X_t}{1 + r_d - q_t \tau r_d}, \qquad
    X_t = (1-\tau) u\, s_t + \tau A \frac{s_t}{n}, \qquad q_t = \frac{\ell_t}{c}

(:math:`s_t`, :math:`\ell_t` the parts of year :math:`t` in payment and in the loan, :math:`A` the depreciable asset).
The cover is the least allowed and :math:`\delta` below the gearing, or :math:`\delta` is the gearing and the cover
above its least: one unknown, found where the owners earn their return. A level loan needs no unknown at all.

Exact where no year makes a loss; where one does, or losses are carried forward, the full cash flow of
:mod:`redesaude.finance.project_company` is solved instead. So it is where loan and taxes are in money of the day
(:mod:`redesaude.finance.nominal`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Annotated

import numpy as np

from redesaude.finance.arguments import (
    AMOUNT,
    MAYBE_COVER,
    NUMBER,
    OPENED,
    PART,
    RATE,
    SHARE,
    YEARS,
    Allowed,
    ArgumentError,
    Shape,
    UnsolvableError,
    check_fields,
)
from redesaude.finance.company_flows import CompanyCashFlow
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
from redesaude.finance.contribution import paid_along
from redesaude.finance.many_roots import increasing_roots
from redesaude.finance.nominal import solved_with_nominal_tax
from redesaude.finance.project_company import Finance, Project
from redesaude_models.arrays import Flags, Floats

#: value to the owners, for 1 of works, that counts as solved
_SOLVED = 1e-8


@dataclass(frozen=True)
class Loans:
    """Finance of many project companies, arrays ``(companies,)``: as :class:`Finance`, NaN ``cover`` for a level loan.

    ``build_years`` and ``payment_years`` as in :class:`Project`; a loan longer than its payments, as where works run
    late, is repaid with them. Where ``inflation_per_year`` is above zero, loan and taxes are in money of the day; the
    charges are in base prices all the same. ``works_profile`` is the share of the works paid for in each year of works,
    contributions taken off (a year that brings more of them than it costs is below 0), ``(companies, years)``, the last
    of them year 0; None: evenly. ``opened_share`` as of :class:`Project`.
    """

    equity_return_per_year: Annotated[Floats, RATE]
    debt_rate_per_year: Annotated[Floats, RATE]
    gearing_share: Annotated[Floats, SHARE]
    debt_years: Annotated[Floats, YEARS]
    cover: Annotated[Floats, MAYBE_COVER]
    reserve_months: Annotated[Floats, AMOUNT]
    debt_fee_share: Annotated[Floats, SHARE]
    tax_share: Annotated[Floats, PART]
    loss_offset_share: Annotated[Floats, SHARE]
    build_years: Annotated[Floats, replace(YEARS, shape=Shape.MANY)]
    payment_years: Annotated[Floats, Allowed(0.0, 1000.0, above=True)]
    inflation_per_year: Annotated[Floats, RATE] = field(default_factory=lambda: np.zeros(()))
    works_profile: Annotated[Floats, NUMBER] | None = None
    opened_share: Annotated[Floats, OPENED] = field(default_factory=lambda: np.full((), OWN_YEARS))

    def __post_init__(self) -> None:
        check_fields(self)
        shape = np.shape(self.build_years)
        for name in _numbers():
            value = np.asarray(getattr(self, name), dtype=float)
            if value.shape not in ((), (1,), shape):
                raise ArgumentError(name, f"an array of shape {value.shape}", f"a shape that goes with {shape}")
            object.__setattr__(self, name, np.broadcast_to(value, shape))
        if self.works_profile is not None:
            profile, years = np.asarray(self.works_profile), self.works_years
            if profile.shape[:-1] != shape or profile.shape[-1] < years:
                came = f"an array of shape {profile.shape}"
                raise ArgumentError("works_profile", came, f"a share for each of {years} years of {shape} companies")
            object.__setattr__(self, "works_profile", profile[..., -years:])

    def take(self, rows: np.ndarray) -> Loans:
        """Return the given rows."""
        return Loans.of_table(self.table()[rows])

    @property
    def works_years(self) -> int:
        """Years that the longest works fall on."""
        return int(years_of_works(self.build_years, self.opened_share).max(initial=1.0))

    @property
    def works_shares(self) -> Floats:
        """The share of the works spent in each year of works, ``(companies, works_years)``."""
        if self.works_profile is None:
            return works_shares(self.build_years, self.works_years, self.opened_share)
        return self.works_profile

    @classmethod
    def of_table(cls, table: Floats) -> Loans:
        """Return the companies of a :meth:`table`; a cover of 0 is none."""
        names = _numbers()
        profile = table[:, len(names) :]
        numbers = dict(zip(names, table[:, : len(names)].T, strict=True))
        numbers["cover"] = np.where(numbers["cover"] > 0, numbers["cover"], np.nan)
        return cls(**numbers, works_profile=profile if profile.shape[1] else None)

    def distinct(self) -> tuple[Loans, np.ndarray]:
        """Return the distinct rows and the position of each row among them."""
        rows, position = np.unique(np.nan_to_num(self.table()), axis=0, return_inverse=True)
        return Loans.of_table(rows), position.reshape(-1)

    def table(self) -> Floats:
        """Return one row for each company: a column for each number, then those of the profile."""
        numbers = np.stack([getattr(self, name) for name in _numbers()], axis=-1)
        return numbers if self.works_profile is None else np.hstack([numbers, self.works_profile])

    def one(self, row: int) -> tuple[Project, Finance]:
        """Return a company with 1 of works, and its finance, in real terms."""
        value = {name: float(getattr(self, name)[row]) for name in _numbers()}
        value.pop("inflation_per_year")
        build, paid, opened = (value.pop(name) for name in ("build_years", "payment_years", "opened_share"))
        project = Project(1.0, build, paid, opened_share=opened)
        if self.works_profile is not None:
            project = paid_along(project, self.works_profile[row, -project.works_years :])
        value["debt_years"] = min(value["debt_years"], project.payment_years)
        cover = value.pop("cover")
        return project, Finance(cover=None if np.isnan(cover) else cover, **value)

    def cash_flow(self, row: int) -> CompanyCashFlow:
        """Return the solved cash flow of a company with 1 of works, in base prices."""
        return solved_with_nominal_tax(*self.one(row), float(self.inflation_per_year[row]))


@cache
def _numbers() -> tuple[str, ...]:
    """The fields of :class:`Loans` that are one number for each company."""
    return tuple(f.name for f in fields(Loans) if f.name != "works_profile")


@dataclass(frozen=True)
class Charges:
    """What 1 of works costs a year, ``(companies,)``, and the tax and debt that go with it.

    ``profit_tax`` is by year of service, ``(companies, years)``. ``debt_owed`` is once each year's flows are paid,
    ``(companies, works years + years)``, of which the first ``works_years`` are years of works (the last is year 0).
    """

    payment: Floats
    profit_tax: Floats
    debt_owed: Floats
    works_years: int


def capital_charges(loans: Loans) -> Charges:
    """Return payment, tax and debt for each 1 of works; payments before taxes on receipts.

    Raises
    ------
    UnsolvableError
        a ValueError that names the company for which no payment earns the owners their return.

    """
    companies = _Companies(loans)
    solution = companies.solve()
    solved = (solution.payment >= 0) & (solution.debt >= 0) & (np.abs(solution.value) < _SOLVED)
    for row in np.flatnonzero(~solved).tolist():
        raise UnsolvableError(
            f"no payment earns the owners their return: fee, reserve and interest take the loan ({row=})"
        )
    charges = companies.charges(solution)
    lossy = np.flatnonzero(companies.makes_loss(solution) | (loans.inflation_per_year > 0))
    for row in lossy.tolist():
        _overwrite(charges, row, loans.cash_flow(row), float(loans.payment_years[row]))
    return charges


def _overwrite(charges: Charges, row: int, flow: CompanyCashFlow, payment_years: float) -> None:
    """Put what the full cash flow says into a row."""
    served = flow.served
    charges.payment[row] = flow.payment.sum() / payment_years
    charges.profit_tax[row] = 0.0
    charges.profit_tax[row, : served.sum()] = flow.profit_tax[served]
    charges.debt_owed[row] = 0.0
    drawn = (flow.debt_owed + flow.debt_service)[flow.year <= 0]
    owed = np.concatenate([drawn, flow.debt_owed[served]])
    start = charges.works_years - len(drawn)
    charges.debt_owed[row, start : start + len(owed)] = owed


@dataclass(frozen=True)
class _Works:
    """Uses (sum, and value at the equity return) for 1 of works, of loan fee and of reserve, at a debt share."""

    total: tuple[Floats, Floats, Floats]
    value: tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class _Solution:
    """Payment, asset, debt share and yearly debt service of each company, and the owners' value (zero when solved)."""

    payment: Floats
    asset: Floats
    debt_share: Floats
    debt: Floats
    reserve: Floats
    service: Floats
    value: Floats


class _Companies:
    """Companies with 1 of works each, laid out on common years."""

    def __init__(self, loans: Loans) -> None:
        self.loans = loans
        self.works_years, self.spent = loans.works_years, loans.works_shares
        self.years = int(years_of_service(loans.payment_years, loans.opened_share).max(initial=1.0))
        self.served = service_lengths(loans.payment_years, self.years, loans.opened_share)
        loan_years = np.minimum(loans.debt_years, loans.payment_years)
        self.in_loan = service_lengths(loan_years, self.years, loans.opened_share)
        self.gearing = np.where(loans.debt_years > 0, loans.gearing_share, 0.0)
        self.depreciation = self.served / self.served.sum(axis=-1, keepdims=True)
        self.tax = loans.tax_share[:, None]
        self.months = loans.reserve_months / 12.0
        shared = shares_year(loans.build_years, loans.opened_share)
        self.rates = service_rates(loans.debt_rate_per_year, self.years, shared)
        year = np.arange(1, self.years + 1) - shared[:, None]
        self.equity_worth = (1.0 + loans.equity_return_per_year[:, None]) ** -year
        self.debt_worth = (1.0 + loans.debt_rate_per_year[:, None]) ** -year

    def solve(self) -> _Solution:
        """Return the solution of each company: level where no cover is asked, or no debt taken."""
        level = np.isnan(self.loans.cover) | (self.gearing <= 0)
        found = self.level()
        if level.all():
            return found
        least = np.where(level, 1.0, self.loans.cover)
        capped = self.sculpted(least, self.gearing).value < 0  # the loan the cover allows is more than the gearing
        cover, share = self._search(least, capped)
        sculpted = self.sculpted(cover, share)
        return _Solution(*(_choose(level, getattr(found, f.name), getattr(sculpted, f.name)) for f in fields(found)))

    def _search(self, least: Floats, capped: Flags) -> tuple[Floats, Floats]:
        """Cover and debt share at which the owners earn their return."""

        def at(unknown: Floats) -> tuple[Floats, Floats]:
            return np.where(capped, unknown, least), np.where(capped, self.gearing, unknown)

        def value(unknown: Floats) -> Floats:
            return self.sculpted(*at(unknown)).value

        low = np.where(capped, least, 0.0)
        high = np.where(capped, 2.0 * least, self.gearing)
        for _ in range(40):
            short = capped & (value(high) < 0)
            if not short.any():
                break
            low, high = np.where(short, high, low), np.where(short, 2.0 * high, high)
        return at(increasing_roots(value, low, high))

    def level(self) -> _Solution:
        """A loan at the gearing, repaid with its interest in equal yearly payments."""
        shape = self.in_loan / np.maximum((self.in_loan * self.debt_worth).sum(axis=-1, keepdims=True), 1e-300)
        works = self._works(self.gearing)
        held = self.months * shape[:, 0]
        grown = 1.0 - works.total[1] * self.loans.debt_fee_share * self.gearing - works.total[2] * held * self.gearing
        uses = works.total[0] / grown
        debt = self.gearing * uses
        reserve, service = held * debt, shape * debt[:, None]
        asset = uses - reserve
        paid_in = self._paid_in(works, self.gearing, debt, reserve)
        interest = self.rates * balances(debt, service, self.rates)[:, :-1]
        without = self.tax * (self.depreciation * asset[:, None] + interest) - service - self._to_reserve(service)
        earned = (self.equity_worth * (1.0 - self.tax) * self.served).sum(axis=-1)
        payment = (paid_in - (self.equity_worth * without).sum(axis=-1)) / earned
        return _Solution(payment, asset, self.gearing, debt, reserve, service, np.zeros_like(payment))

    def sculpted(self, cover: Floats, debt_share: Floats) -> _Solution:
        """The loan whose service is covered ``cover`` times each year and which is ``debt_share`` of the capital."""
        per_payment = self._serving((1.0 - self.tax) * self.served, cover)
        per_asset = self._serving(self.tax * self.depreciation, cover)
        works = self._works(debt_share)
        base = 1.0 - works.total[1] * self.loans.debt_fee_share * debt_share
        uses, uses_by_reserve = works.total[0] / base, works.total[2] / base
        asset_by_reserve = uses_by_reserve - 1.0
        payment = (debt_share - per_asset.debt) * uses / per_payment.debt
        by_reserve = (debt_share * uses_by_reserve - per_asset.debt * asset_by_reserve) / per_payment.debt
        first = self.months * (per_payment.service[:, 0] * payment + per_asset.service[:, 0] * uses)
        grown = self.months * (per_payment.service[:, 0] * by_reserve + per_asset.service[:, 0] * asset_by_reserve)
        reserve = first / (1.0 - grown)
        payment, asset = payment + by_reserve * reserve, uses + asset_by_reserve * reserve
        debt = debt_share * (uses + uses_by_reserve * reserve)
        service = per_payment.service * payment[:, None] + per_asset.service * asset[:, None]
        dividends = per_payment.dividends * payment + per_asset.dividends * asset
        value = dividends - self._paid_in(works, debt_share, debt, reserve)
        return _Solution(payment, asset, debt_share, debt, reserve, service, value)

    def _serving(self, income: Floats, cover: Floats) -> _Serving:
        """Debt, its service, and the owners' value of ``income`` after tax but before the relief of interest."""
        part = self.in_loan / cover[:, None]
        owed = np.zeros((len(income), self.years + 1))
        for t in range(self.years, 0, -1):
            q, rate, tax = part[:, t - 1], self.rates[:, t - 1], self.tax[:, 0]
            owed[:, t - 1] = (owed[:, t] + q * income[:, t - 1]) / (1.0 + rate - q * tax * rate)
        cash = income + self.tax * self.rates * owed[:, :-1]
        service = part * cash
        dividends = (self.equity_worth * (cash - service - self._to_reserve(service))).sum(axis=-1)
        return _Serving(owed[:, 0], service, dividends)

    def _to_reserve(self, service: Floats) -> Floats:
        """What each year adds to the reserve of next year's service."""
        return self.months[:, None] * np.diff(service, axis=-1, append=0.0)

    def _works(self, debt_share: Floats) -> _Works:
        before = (1.0 + self.loans.equity_return_per_year[:, None]) ** np.arange(self.works_years - 1, -1, -1)
        build = self.loans.build_years
        last = np.zeros((len(build), self.works_years))
        last[:, -1] = 1.0
        costs = (self.spent, first_year(build, self.works_years, self.loans.opened_share), last)
        uses = [raise_capital(cost, debt_share, self.loans.debt_rate_per_year)[0] for cost in costs]
        totals, values = [u.sum(axis=-1) for u in uses], [(u * before).sum(axis=-1) for u in uses]
        return _Works((totals[0], totals[1], totals[2]), (values[0], values[1], values[2]))

    def _paid_in(self, works: _Works, debt_share: Floats, debt: Floats, reserve: Floats) -> Floats:
        """Value at opening of what the owners pay in."""
        fee = self.loans.debt_fee_share * debt
        worth = works.value[0] + works.value[1] * fee + works.value[2] * reserve
        return np.asarray((1.0 - debt_share) * worth)

    def _profit(self, s: _Solution) -> Floats:
        interest = self.rates * balances(s.debt, s.service, self.rates)[:, :-1]
        return np.asarray(s.payment[:, None] * self.served - s.asset[:, None] * self.depreciation - interest)

    def makes_loss(self, s: _Solution) -> Flags:
        """Whether some year's profit is negative where profit is taxed: then the equations above do not hold."""
        return np.asarray((self._profit(s) < -1e-12).any(axis=-1) & (self.loans.tax_share > 0))

    def charges(self, s: _Solution) -> Charges:
        """Return the solution by year."""
        first = first_year(self.loans.build_years, self.works_years, self.loans.opened_share)
        costs = self.spent + first * (self.loans.debt_fee_share * s.debt)[:, None]
        costs[:, -1] += s.reserve
        uses, _ = raise_capital(costs, s.debt_share, self.loans.debt_rate_per_year)
        drawn = np.cumsum(s.debt_share[:, None] * uses, axis=-1)
        owed = balances(s.debt, s.service, self.rates)[:, 1:]
        return Charges(s.payment.copy(), self.tax * self._profit(s), np.hstack([drawn, owed]), self.works_years)


@dataclass(frozen=True)
class _Serving:
    """What a yearly income carries: debt at opening, its service by year, and what is left, worth to the owners."""

    debt: Floats
    service: Floats
    dividends: Floats


def _choose(rows: Flags, yes: Floats, no: Floats) -> Floats:
    return np.where(rows.reshape(-1, *[1] * (yes.ndim - 1)), yes, no)
