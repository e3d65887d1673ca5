"""What 1 of works costs under each contract, year by year: one solve for each distinct loan, then multiplication."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from redesaude.finance.capital_charge import Charges, Loans, capital_charges
from redesaude.finance.company_flows import CompanyCashFlow
from redesaude.finance.contracts import Terms
from redesaude.finance.project_company import capital_payment
from redesaude.finance.services import Timing
from redesaude.finance.works_payments import financed_before_opening
from redesaude_models.arrays import Floats


def payment_per_works(terms: Terms, timing: Timing, *, contributed_last: bool = False) -> Floats:
    """Return the yearly payment for 1 of works that a company finances, before taxes on receipts, ``(options,)``.

    Solved where the contract states the loan; elsewhere capital recovery at the weighted return. ``contributed_last``
    as in :func:`financed_before_opening`. The company's years are those of the calendar, as everyone's are.
    """
    profile = financed_before_opening(terms, timing, contributed_last=contributed_last)
    years = timing.build, timing.payment_years
    simple = capital_payment(1.0, terms.company_return, *years, profile, opened_share=timing.opened_share)
    solved = terms.loan_stated
    if solved.any():
        charges, row = _charges_of(_loans(terms.take(solved), timing.take(solved), profile[solved]))
        simple[solved] = charges.payment[row]
    return simple


def repaid_if_spent_at_once(terms: Terms, timing: Timing, kept: Floats) -> Floats:
    """What repays works spent at the decision, for each 1 that repays them when they are spent, ``(options,)``.

    Spent so early they cost ``kept`` times as much by the opening. A contribution at milestones counts as paid in the
    last year of works, and does not grow with them.
    """
    found, staged = kept.copy(), terms.contributed_share > 0
    rows = np.flatnonzero(staged & (terms.contribution_milestones != ""))
    if len(rows):
        own, its = terms.take(rows), timing.take(rows)
        last = payment_per_works(own, its, contributed_last=True)
        alone = payment_per_works(replace(own, contribution_milestones=np.full(len(rows), "")), its)
        earlier = (kept[rows] - 1.0) * alone / (1.0 - own.contributed_share)
        found[rows] = (last + earlier) / payment_per_works(own, its)
    return found


def profit_tax_per_works(terms: Terms, timing: Timing) -> Floats:
    """Return the tax on profit for 1 of works, by calendar year from that of the opening on, ``(options, years)``.

    Zero where the contract does not state the loan: simple capital recovery is before tax.
    """
    solved = terms.loan_stated
    if not solved.any():
        return np.zeros((len(solved), 1))
    charges, row = _solve(terms.take(solved), timing.take(solved))
    tax = np.zeros((len(solved), charges.profit_tax.shape[1]))
    tax[solved] = charges.profit_tax[row]
    return tax


def debt_per_works(terms: Terms, timing: Timing) -> Floats:
    """Return what is owed after the works and after each year from that of the opening on, for 1 of works.

    Shape ``(options, years)``. Zero where the contract does not state the loan.
    """
    solved = terms.loan_stated
    if not solved.any():
        return np.zeros((len(solved), 1))
    charges, row = _solve(terms.take(solved), timing.take(solved))
    owed = charges.debt_owed[:, charges.works_years - 1 :]
    debt = np.zeros((len(solved), owed.shape[1]))
    debt[solved] = owed[row]
    return debt


def _solve(terms: Terms, timing: Timing) -> tuple[Charges, np.ndarray]:
    """The charges of the distinct loans, and the row of each option among them."""
    return _charges_of(_loans(terms, timing, financed_before_opening(terms, timing)))


def _charges_of(loans: Loans) -> tuple[Charges, np.ndarray]:
    distinct, row = loans.distinct()
    return _charges(distinct.table().tobytes(), len(distinct.gearing_share)), row


def cash_flow_per_works(terms: Terms, timing: Timing, row: int) -> CompanyCashFlow:
    """Return the cash flow of the company of one option for 1 of works, before taxes on receipts; its loan is stated.

    Running cost passes through at cost, so that returns and covers are those of the whole contract.
    """
    one = np.array([row])
    own, its = terms.take(one), timing.take(one)
    return _loans(own, its, financed_before_opening(own, its)).distinct()[0].cash_flow(0)


def _loans(terms: Terms, timing: Timing, financed: Floats) -> Loans:
    return Loans(
        terms.equity_return,
        terms.debt_rate,
        terms.gearing,
        terms.debt_years,
        terms.cover,
        terms.reserve_months,
        terms.debt_fee_share,
        terms.tax_share,
        terms.loss_offset_share,
        timing.build,
        timing.payment_years,
        terms.tax_inflation,
        financed,
        timing.opened_share,
    )


@lru_cache(maxsize=4)
def _charges(table: bytes, rows: int) -> Charges:
    """The same few loans are asked for again and again while one scenario is priced, limited and audited."""
    return capital_charges(Loans.of_table(np.frombuffer(table).reshape(rows, -1)))
