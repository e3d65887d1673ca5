r"""A project company in nominal money, its taxes on nominal profit, reconciled with the same company in real terms.

Tax is assessed in money of the day: depreciation stays at what the works cost when they were paid (Brazil ended the
monetary correction of balance sheets in 1995, Lei 9.249/1995, art. 4), and all the interest of a nominal loan is
deducted, the part that only makes good inflation included. So inflation costs relief on depreciation and gives relief
on interest, which an appraisal in real terms does not see.

With prices rising by :math:`\pi` a year and :math:`P_t = (1 + \pi)^{t - b}` their level in year :math:`t` against the
year :math:`b` in whose prices the project is stated, works, fees, contributions and running cost are multiplied by
:math:`P_t`, the payment by :math:`s P_t + 1 - s` (:math:`s` the indexed share), and rates follow Fisher,
:math:`1 + i = (1 + r)(1 + \pi)`. The result is an ordinary :class:`~redesaude.finance.project_company.Project`:
whatever the engine does with one it does in nominal money too, and the unitary payment solved is in base prices.

**Reconciliation.** At the owners' return all that a company receives is worth all that it pays, real or nominal. So the
difference between the two payments is, to the cent of present value, the sum of the differences of the other lines:
relief on depreciation and on interest, losses carried forward without interest, the loan (level service in nominal
money is falling in real terms), and the reserve, which inflation erodes.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from redesaude.finance.arguments import Numbers, Rate, Share, checked
from redesaude.finance.company_flows import CompanyCashFlow
from redesaude.finance.discounting import discount_factors, nominal_rate
from redesaude.finance.project_company import Finance, Project
from redesaude.finance.unitary_payment import solved_cash_flow
from redesaude_models.arrays import Floats


@checked
def price_index(rise_per_year: Rate, years: Numbers) -> Floats:
    """Return the level of prices ``years`` after those the money is stated in, rising by ``rise_per_year`` (share)."""
    return np.asarray((1.0 + rise_per_year) ** np.asarray(years, dtype=float))


@checked
def nominal_finance(finance: Finance, inflation_per_year: Rate) -> Finance:
    """Return ``finance`` with its real rates made nominal (Fisher)."""
    return replace(
        finance,
        equity_return_per_year=nominal_rate(finance.equity_return_per_year, inflation_per_year),
        debt_rate_per_year=nominal_rate(finance.debt_rate_per_year, inflation_per_year),
    )


@checked
def nominal_project(
    project: Project, inflation_per_year: Rate, indexed_share: Share = 1.0, stated_in: int = 0
) -> Project:
    """Return ``project`` in money of the day.

    ``stated_in`` is the year of the company in whose prices it is stated (0 is the last year of works, 1 the first of
    service); ``indexed_share`` the part of the payment that follows prices, the rest never rises. A unitary payment
    solved for the result is what is paid in those prices, before indexation.
    """
    before = price_index(inflation_per_year, np.arange(1 - project.works_years, 1) - stated_in)
    after = price_index(inflation_per_year, project.years_served - stated_in)
    works, works_profile = _inflated(project.works_by_year, before)
    contribution, contribution_profile = _inflated(project.contribution_by_year, before)
    return replace(
        project,
        works=works,
        works_profile=works_profile,
        contribution=contribution,
        contribution_profile=contribution_profile,
        fees=project.fees * float(before[0]),
        running_cost_per_year=project.running_cost_per_year * after,
        payment_profile=project.payment_profile * (indexed_share * after + 1.0 - indexed_share),
    )


def _inflated(by_year: Floats, index: Floats) -> tuple[float, Floats | None]:
    """Return the sum of ``by_year`` at prices of the day and its profile."""
    money = by_year * index
    total = float(money.sum())
    return total, money / total if total else None


@checked
def deflated(flow: CompanyCashFlow, inflation_per_year: Rate, stated_in: int = 0) -> CompanyCashFlow:
    """Return a nominal cash flow in prices of year ``stated_in``; taxes and debt service are what they were."""
    index = price_index(inflation_per_year, flow.year - stated_in)
    no_money = ("year", "service_from", "debt_rate_per_year")
    money = {f.name: getattr(flow, f.name) / index for f in fields(flow) if f.name not in no_money}
    rate = (1.0 + flow.debt_rate_per_year) / (1.0 + inflation_per_year) - 1.0
    return replace(flow, **money, debt_rate_per_year=rate)


@checked
def solved_with_nominal_tax(project: Project, finance: Finance, inflation_per_year: Rate) -> CompanyCashFlow:
    """Return the solved cash flow of ``project`` (real) whose loan and taxes are nominal, in base prices.

    Without inflation the solved cash flow in real terms.
    """
    nominal = nominal_project(project, inflation_per_year), nominal_finance(finance, inflation_per_year)
    return deflated(solved_cash_flow(*nominal), inflation_per_year)


@dataclass(frozen=True)
class Reconciliation:
    """The same company in real terms and in nominal money.

    Attributes
    ----------
    real, nominal : its solved cash flows.
    inflation_per_year, stated_in : as given to :func:`reconcile`.
    real_worth, nominal_worth : what each line is worth to the owners at the opening, at their return, in currency of
        the base year: received positive, paid negative. Each adds up to nothing.

    """

    real: CompanyCashFlow
    nominal: CompanyCashFlow
    inflation_per_year: float
    stated_in: int
    real_worth: dict[str, float]
    nominal_worth: dict[str, float]

    @property
    def differences(self) -> dict[str, float]:
        """Nominal less real, by line, currency of the base year; they add up to nothing."""
        return {line: self.nominal_worth[line] - worth for line, worth in self.real_worth.items()}

    @property
    def deflated_payments(self) -> Floats:
        """The payments of the nominal company in prices of the base year, shape ``(years,)``."""
        return deflated(self.nominal, self.inflation_per_year, self.stated_in).payment

    def public_worth(self, discount_rate_per_year: float) -> tuple[float, float]:
        """Return what the public side pays the two companies, contributions included, at the opening.

        Present values in currency of the base year, at the real ``discount_rate_per_year``: of the real company, and
        of the nominal one (its nominal payments at the nominal rate, in base prices).
        """
        rates = discount_rate_per_year, nominal_rate(discount_rate_per_year, self.inflation_per_year)
        real, nominal = (
            float((flow.payment + flow.contribution) @ discount_factors(rate, flow.year))
            for flow, rate in zip((self.real, self.nominal), rates, strict=True)
        )
        return real, nominal * float(price_index(self.inflation_per_year, self.stated_in))


@checked
def reconcile(
    project: Project, finance: Finance, inflation_per_year: Rate, indexed_share: Share = 1.0, stated_in: int = 0
) -> Reconciliation:
    """Solve ``project`` (real) in real terms and in nominal money, and tell line by line why the payments differ."""
    real = solved_cash_flow(project, finance)
    nominal = nominal_finance(finance, inflation_per_year)
    then = solved_cash_flow(nominal_project(project, inflation_per_year, indexed_share, stated_in), nominal)
    at_base = float(price_index(inflation_per_year, stated_in))
    return Reconciliation(
        real,
        then,
        inflation_per_year,
        stated_in,
        _worth_to_owners(real, finance),
        {line: worth * at_base for line, worth in _worth_to_owners(then, nominal).items()},
    )


def _worth_to_owners(flow: CompanyCashFlow, finance: Finance) -> dict[str, float]:
    """What each line of ``flow`` is worth at the opening, at the owners' return; the lines are its equity flows."""
    earned = flow.payment - flow.payment_tax - flow.running_cost
    lines = {
        "payment": flow.payment,
        "payment_tax": -flow.payment_tax,
        "running_cost": -flow.running_cost,
        "works": flow.contribution - flow.works - flow.fees,
        "tax_on_earnings": -finance.tax_share * earned,
        "depreciation_relief": finance.tax_share * (earned - flow.interest - flow.profit),
        "interest_relief": finance.tax_share * flow.interest,
        "losses": finance.tax_share * flow.profit - flow.profit_tax,
        "loan": flow.debt_drawn - flow.interest_during_works - flow.debt_service,
        "reserve": -np.diff(flow.reserve_held, prepend=0.0),
    }
    factors = discount_factors(finance.equity_return_per_year, flow.year)
    return {line: float(money @ factors) for line, money in lines.items()}
