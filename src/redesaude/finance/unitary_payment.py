r"""The unitary payment of a PPP: what its project company must be paid each year for its owners to earn their return.

:math:`U` solves :math:`\sum_t \text{equity}_t(U) (1 + k_e)^{-t} = 0`. It grows with every cost, and doubling all costs
doubles it. Level running cost passes through at cost. Where no year makes a loss and the loan is the same share of the
capital whatever it pays for, it is linear,

.. math:: U = a\,\text{works} + b\,\text{running} + f

which :func:`payment_coefficients` works out and checks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from redesaude.finance.arguments import Amount, ArgumentError, Number, Positive, UnsolvableError, checked
from redesaude.finance.company_flows import CompanyCashFlow
from redesaude.finance.discounting import capital_recovery
from redesaude.finance.project_company import Finance, Project, company_cash_flow

#: highest return at which a company is compared, per year
MOST_RETURN = 10.0


def solve_unitary_payment(project: Project, finance: Finance) -> float:
    """Return the unitary payment (currency/year, taxes on receipts included) that earns the owners their return.

    Raises
    ------
    UnsolvableError
        a ValueError that says why no payment does: revenue exceeds cost already without one.

    """

    def value(payment: float) -> float:
        return company_cash_flow(project, finance, payment).equity_value(finance.equity_return_per_year)

    recovery = float(capital_recovery(finance.equity_return_per_year, project.payment_years))
    most = float(np.abs(project.running_cost_per_year).max())
    guess = (project.works + project.fees) * recovery + most
    unpaid = value(0.0)
    if unpaid > 1e-9 * max(project.works + project.fees, most):
        raise UnsolvableError(
            "no unitary payment: revenue exceeds cost, the owners earn more than their return without one"
        )
    return _root(value, guess) if unpaid < 0 else 0.0


def _root(value: Callable[[float], float], guess: float) -> float:
    """Return where the increasing function ``value`` crosses zero, at or above 0."""
    low, high = 0.0, guess
    for _ in range(60):
        if value(high) >= 0:
            return float(brentq(value, low, high, xtol=1e-15 * high, rtol=4 * np.finfo(float).eps))
        low, high = high, 2.0 * high
    raise UnsolvableError("no unitary payment, however high, earns the owners their return")


def solved_cash_flow(project: Project, finance: Finance) -> CompanyCashFlow:
    """Return the company's cash flow at the payment that earns its owners their return."""
    return company_cash_flow(project, finance, solve_unitary_payment(project, finance))


@dataclass(frozen=True)
class PaymentCoefficients:
    """``payment = works * per_works + running * per_running + fixed`` (currency/year).

    ``per_works`` is a year's payment for each unit of works, ``per_running`` for each unit of mean running cost a year,
    ``fixed`` the payment for the company's fees. ``exact``: the payment is linear, shown by solving a larger project.
    """

    per_works: float
    per_running: float
    fixed: float
    exact: bool

    @checked
    def payment(self, works: Amount, running_cost_per_year: Number = 0.0) -> float:
        """Return the payment (currency/year) for works (currency) and mean running cost (currency/year)."""
        return self.per_works * works + self.per_running * running_cost_per_year + self.fixed


def payment_coefficients(project: Project, finance: Finance) -> PaymentCoefficients:
    """Return the coefficients around ``project`` (works above zero, its contribution kept in proportion).

    Solved at three projects: works alone, with running cost, with fees. A fourth, with twice the works, shows whether
    they are exact (within 1e-9).
    """
    if project.works <= 0:
        raise ArgumentError(
            "works", f"{project.works:g}", "above 0", "a coefficient is a payment for each unit of works"
        )
    bare = replace(project, running_cost_per_year=0.0, fees=0.0)
    run = replace(project, fees=0.0)
    works, with_running, all_in = (solve_unitary_payment(p, finance) for p in (bare, run, project))
    mean = float(np.mean(project.running_cost_per_year))
    per_running = (with_running - works) / mean if mean else 1.0 / (1.0 - finance.payment_tax_share)
    found = PaymentCoefficients(works / project.works, per_running, all_in - with_running, exact=False)
    twice = replace(project, works=2.0 * project.works, contribution=2.0 * project.contribution)
    solved = solve_unitary_payment(twice, finance)
    return replace(found, exact=abs(found.payment(twice.works, mean) / solved - 1.0) < 1e-9)


@checked
def indifference_return(
    project: Project,
    finance: Finance,
    comparator_npv: Number,
    worth_of_payments: Positive,
    other_npv: Number = 0.0,
) -> float:
    """Return the equity return (real, per year) at which the PPP costs as much as the public sector comparator.

    ``worth_of_payments`` is the present value of 1 a year of payments, ``other_npv`` what else the PPP costs
    (currency). Below this return the PPP is cheaper.

    Raises
    ------
    UnsolvableError
        a ValueError that says on which side the PPP stays: dearer at every return from 0 on, or cheaper up to
        :data:`MOST_RETURN`.

    """

    def excess(equity_return: float) -> float:
        payment = solve_unitary_payment(project, replace(finance, equity_return_per_year=equity_return))
        return payment * worth_of_payments + other_npv - comparator_npv

    if excess(0.0) > 0:
        raise UnsolvableError("no return: the PPP is dearer than the comparator even where its owners earn nothing")
    if excess(MOST_RETURN) < 0:
        raise UnsolvableError(f"no return: the PPP is cheaper than the comparator at every one up to {MOST_RETURN:.0%}")
    return float(brentq(excess, 0.0, MOST_RETURN, xtol=1e-12))
