"""The project company against examples worked by hand, and its two solvers against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redesaude.finance.arguments import UnsolvableError
from redesaude.finance.capital_charge import Loans, capital_charges
from redesaude.finance.company_loan import OWN_YEARS, raise_capital, service_lengths, works_lengths, works_shares
from redesaude.finance.project_company import (
    CompanyCashFlow,
    Finance,
    Project,
    capital_payment,
    company_cash_flow,
    internal_return,
    profit_tax,
)
from redesaude.finance.unitary_payment import (
    indifference_return,
    payment_coefficients,
    solve_unitary_payment,
    solved_cash_flow,
)

#: One year of works at 100, two of payment. Debt is 52.5 % of the uses at 10 %: debt 52.5, equity 47.5; a year passes
#: from the one draw to the first service, so there is no interest during works.
#: Level service over two years 52.5 / 1.7355372 = 30.25: owed 52.5 -> 27.5 -> 0, interest 5.25 and 2.75.
#: Depreciation 50 a year, tax 20 %. Dividends are U - 30.25 - 0.2 (U - 55.25) = 0.8 U - 19.2 in the first year and
#: 0.8 U - 19.7 in the second. At 20 %: 1.2 (0.8 U - 19.2) + 0.8 U - 19.7 = 47.5 x 1.44, so U = 111.14 / 1.76.
LEVEL = Project(works=100.0, build_years=1, payment_years=2)
LEVEL_FINANCE = Finance(0.20, 0.10, 0.525, debt_years=2, tax_share=0.20)
LEVEL_PAYMENT = 111.14 / 1.76

#: No tax, cover 1.25, equity asks 10 % as debt does. Service 30.25 is 52.5 of debt, needs U = 1.25 x 30.25 = 37.8125;
#: dividends 7.5625 are worth 13.125 of equity. Uses 65.625 are the works; gearing 80 %.
SCULPTED = Project(works=65.625, build_years=1, payment_years=2)
SCULPTED_FINANCE = Finance(0.10, 0.10, 0.90, debt_years=2, cover=1.25)

#: everything at once: uneven running cost, fees, contribution, reserve, loan fee, taxes, a loan shorter than the term
WHOLE = Project(500.0, 2.4, 24.6, running_cost_per_year=20.0 + np.arange(25) % 5.0, fees=8.0, contribution=120.0)
WHOLE_FINANCE = Finance(0.135, 0.088, 0.70, 16, 1.30, 6.0, 0.02, 0.34, 0.3, 0.09)


def adds_up(flow: CompanyCashFlow) -> None:
    """Sources = uses, the loan is repaid, the reserve released, each year's cash used."""
    assert flow.sources == pytest.approx(flow.uses, abs=1e-9)
    assert flow.debt_owed[-1] == pytest.approx(0.0, abs=1e-9)
    assert flow.reserve_held[-1] == 0.0
    assert flow.debt_owed[flow.year == 0][0] == pytest.approx(flow.debt_drawn.sum())
    repaid = flow.debt_service.sum() - flow.interest.sum()
    assert repaid == pytest.approx(flow.debt_drawn.sum())
    released = flow.debt_service + flow.dividends + np.diff(flow.reserve_held, prepend=0.0)
    assert (flow.cash_available - released)[flow.year > 0] == pytest.approx(0.0, abs=1e-9)


# --- by hand -----------------------------------------------------------------------------------------------------


def test_level_loan_by_hand() -> None:
    flow = company_cash_flow(LEVEL, LEVEL_FINANCE, LEVEL_PAYMENT)
    assert flow.uses.tolist() == pytest.approx([100.0, 0.0, 0.0])
    assert flow.interest_during_works.tolist() == [0.0, 0.0, 0.0]
    assert (flow.debt_drawn[0], flow.equity_paid_in[0]) == pytest.approx((52.5, 47.5))
    assert flow.debt_service.tolist() == pytest.approx([0.0, 30.25, 30.25])
    assert flow.debt_owed.tolist() == pytest.approx([52.5, 27.5, 0.0])
    assert flow.profit_tax.tolist() == pytest.approx([0, 0.2 * (LEVEL_PAYMENT - 55.25), 0.2 * (LEVEL_PAYMENT - 52.75)])
    assert flow.dividends.tolist() == pytest.approx([0, 0.8 * LEVEL_PAYMENT - 19.2, 0.8 * LEVEL_PAYMENT - 19.7])
    assert flow.equity_return == pytest.approx(0.20, abs=1e-12)
    adds_up(flow)


def test_level_payment_by_hand() -> None:
    assert solve_unitary_payment(LEVEL, LEVEL_FINANCE) == pytest.approx(LEVEL_PAYMENT, rel=1e-12)


def test_sculpted_loan_by_hand() -> None:
    assert solve_unitary_payment(SCULPTED, SCULPTED_FINANCE) == pytest.approx(37.8125, rel=1e-12)
    flow = solved_cash_flow(SCULPTED, SCULPTED_FINANCE)
    assert (flow.debt_drawn[0], flow.equity_paid_in[0], flow.uses[0]) == pytest.approx((52.5, 13.125, 65.625))
    assert flow.cover_by_year[1:].tolist() == pytest.approx([1.25, 1.25])
    adds_up(flow)


def test_reserve_is_half_a_years_service_held_to_the_end() -> None:
    flow = solved_cash_flow(LEVEL, replace(LEVEL_FINANCE, reserve_months=6))
    service = flow.debt_service[1]
    assert flow.reserve_held.tolist() == pytest.approx([service / 2, service / 2, 0.0])
    assert flow.reserve_funded.tolist() == pytest.approx([service / 2, 0.0, 0.0])
    adds_up(flow)


def test_losses_offset_by_hand() -> None:
    """A loss of 100, then profits of 60 and 100: 30 % of each may be offset, 18 and 30, and 52 is never used."""
    profit = [-100.0, 60.0, 100.0]
    assert profit_tax(profit, 0.5, 0.3).tolist() == [0.0, 21.0, 35.0]
    assert profit_tax(profit, 0.5, 1.0).tolist() == [0.0, 0.0, 30.0]
    assert profit_tax(profit, 0.5).tolist() == [0.0, 30.0, 50.0]


def test_works_fall_on_the_years_before_the_opening() -> None:
    assert works_lengths(2.4, 3).tolist() == pytest.approx([0.4, 1.0, 1.0])
    assert works_shares(np.array([2.0, 0.0]), 2).tolist() == [[0.5, 0.5], [0.0, 1.0]]
    assert service_lengths(1.5, 3).tolist() == [1.0, 0.5, 0.0]


def test_interest_during_works_by_hand() -> None:
    """40 a year, half debt at 10 %: 20 is owed for a year, and 40 + 2 is raised in the second."""
    uses, interest = raise_capital(np.array([40.0, 40.0]), 0.5, 0.10)
    assert uses.tolist() == pytest.approx([40.0, 42.0])
    assert interest.tolist() == pytest.approx([0.0, 2.0])


def test_internal_return_by_hand() -> None:
    assert internal_return([-100.0, 60.0, 72.0]) == pytest.approx(0.20, abs=1e-12)  # 60 / 1.2 + 72 / 1.44 = 100


# --- laws of every company ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cover", [None, 1.1, 1.3, 2.0])
@pytest.mark.parametrize("tax", [0.0, 0.34])
def test_solved_payment_earns_the_return_and_adds_up(cover: float | None, tax: float) -> None:
    finance = replace(WHOLE_FINANCE, cover=cover, tax_share=tax)
    flow = solved_cash_flow(WHOLE, finance)
    assert flow.equity_return == pytest.approx(finance.equity_return_per_year, abs=1e-8)
    adds_up(flow)
    gearing = flow.debt_drawn.sum() / (flow.uses - flow.contribution).sum()
    assert gearing <= finance.gearing_share + 1e-12
    if cover is not None:  # sculpted: one cover in all years, above its target only where the gearing caps the loan
        assert np.nanmax(flow.cover_by_year) == pytest.approx(flow.least_cover, rel=1e-9)
        assert flow.least_cover >= cover - 1e-9
        assert flow.least_cover == pytest.approx(cover) or gearing == pytest.approx(finance.gearing_share)
        assert flow.loan_life_cover == pytest.approx(flow.least_cover, rel=1e-9)


def test_loan_life_cover_of_a_level_loan_is_between_least_and_most() -> None:
    flow = solved_cash_flow(WHOLE, replace(WHOLE_FINANCE, cover=None))
    assert flow.least_cover < flow.loan_life_cover < np.nanmax(flow.cover_by_year)


RATE, YEARS = st.floats(0.0, 0.3), st.floats(1.0, 35.0)


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(0.001, 0.3),
    build=st.floats(0.0, 6.0),
    paid=YEARS,
    loan=st.tuples(st.floats(0.0, 1.0), YEARS, st.none() | st.floats(1.0, 2.0)),
)
def test_without_tax_and_with_one_rate_the_loan_does_not_matter(
    rate: float, build: float, paid: float, loan: tuple[float, float, float | None]
) -> None:
    """Debt and equity at one rate: the payment is the short form of what is spent, whoever lends it and how."""
    gearing, debt_years, cover = loan
    finance = Finance(rate, rate, gearing, min(debt_years, paid), cover)
    payment = solve_unitary_payment(Project(100.0, build, paid), finance)
    assert payment == pytest.approx(float(capital_payment(100.0, rate, build, paid)), rel=1e-9)


@settings(max_examples=100, deadline=None)
@given(rate=RATE, build=st.floats(0.0, 6.0), paid=YEARS)
def test_short_and_solved_form_agree_on_equal_terms(rate: float, build: float, paid: float) -> None:
    """All equity at the same return: the short form of a blank loan, the cash flow, and the linear equations."""
    short = float(capital_payment(1.0, rate, build, paid))
    solved = solve_unitary_payment(Project(1.0, build, paid), Finance(rate, 0.05, 0.0, 10.0))
    assert solved == pytest.approx(short, rel=1e-9)
    one = Loans(*(np.array([x]) for x in (rate, 0.05, 0.0, 10.0, 1.3, 0.0, 0.0, 0.0, 0.0, build, paid)))
    assert capital_charges(one).payment[0] == pytest.approx(short, rel=1e-9)


def test_interest_of_debt_and_return_of_equity_count_the_same_years() -> None:
    """Two years of works, 50 each, at 10 %: 50 x 1.1 + 50 at the opening, whoever pays, over an annuity of 20 years."""
    due = 105.0 * 0.1 / (1 - 1.1**-20)
    for gearing in (0.0, 0.4, 1.0):
        paid = solve_unitary_payment(Project(100, 2, 20), Finance(0.1, 0.1, gearing, 12))
        assert paid == pytest.approx(due, rel=1e-12)


def test_the_published_recovery_of_capital() -> None:
    """10.2 % over 30 years: 0.10785 a year of each 1 of works that a year separates from the first payment."""
    assert float(capital_payment(1.0, 0.102, 1.0, 30.0)) == pytest.approx(0.10785, abs=1e-5)
    assert float(capital_payment(1.0, 0.0, 3.0, 12.5)) == pytest.approx(1 / 12.5)


def test_all_equity_pays_capital_recovery_of_its_return() -> None:
    assert solve_unitary_payment(Project(100, 1, 15), Finance(0.12, 0.08, 0.0, 10)) == pytest.approx(
        100 * 0.12 / (1 - 1.12**-15)
    )


def test_taxes_on_receipts_pass_through() -> None:
    """The company keeps 1 - 9 % of what it is paid, so it asks 1 / 0.91 as much."""
    bare = replace(WHOLE_FINANCE, payment_tax_share=0.0)
    assert solve_unitary_payment(WHOLE, WHOLE_FINANCE) == pytest.approx(solve_unitary_payment(WHOLE, bare) / 0.91)


def test_level_running_cost_passes_through_at_cost() -> None:
    project = replace(WHOLE, running_cost_per_year=0.0)
    bare = replace(WHOLE_FINANCE, payment_tax_share=0.0)
    with_running = solve_unitary_payment(replace(project, running_cost_per_year=30.0), bare)
    assert with_running == pytest.approx(solve_unitary_payment(project, bare) + 30.0, rel=1e-10)


def test_a_contribution_stands_for_works() -> None:
    given = solve_unitary_payment(Project(100, 2, 20, contribution=40), SCULPTED_FINANCE)
    assert given == pytest.approx(solve_unitary_payment(Project(60, 2, 20), SCULPTED_FINANCE))


@pytest.mark.parametrize(
    ("name", "more"),
    [("works", 600.0), ("build_years", 3.0), ("fees", 20.0), ("running_cost_per_year", 40.0), ("contribution", 50.0)],
)
def test_a_dearer_project_is_paid_more(name: str, more: float) -> None:
    dearer = replace(WHOLE, **{name: more})
    assert solve_unitary_payment(dearer, WHOLE_FINANCE) > solve_unitary_payment(WHOLE, WHOLE_FINANCE)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("equity_return_per_year", 0.16),
        ("debt_rate_per_year", 0.10),
        ("cover", 1.6),
        ("reserve_months", 12.0),
        ("debt_fee_share", 0.04),
        ("tax_share", 0.40),
        ("payment_tax_share", 0.12),
        ("gearing_share", 0.40),  # less debt
        ("debt_years", 8.0),  # a shorter loan
    ],
)
def test_dearer_finance_is_paid_more(name: str, more: float) -> None:
    dearer = replace(WHOLE_FINANCE, **{name: more})
    assert solve_unitary_payment(WHOLE, dearer) > solve_unitary_payment(WHOLE, WHOLE_FINANCE)


def test_losses_carried_forward_lower_the_payment() -> None:
    """Little equity and dear debt: the first years make a loss."""
    finance = Finance(0.13, 0.12, 0.9, 25, tax_share=0.34)
    project = Project(100, 2, 28)
    lost, limited, full = (
        solve_unitary_payment(project, replace(finance, loss_offset_share=share)) for share in (0.0, 0.3, 1.0)
    )
    assert company_cash_flow(project, finance, lost).profit.min() < 0
    assert full < limited < lost
    flow = solved_cash_flow(project, replace(finance, loss_offset_share=0.3))
    assert flow.equity_return == pytest.approx(0.13, abs=1e-8)
    adds_up(flow)


def test_no_payment_where_taxes_on_receipts_take_all() -> None:
    with pytest.raises(ValueError, match="payment_tax_share: 1 came, allowed is a finite number, at least 0, below 1"):
        replace(SCULPTED_FINANCE, payment_tax_share=1.0)


def test_nothing_to_build_and_run_is_paid_nothing() -> None:
    assert solve_unitary_payment(Project(0.0, 0, 10), SCULPTED_FINANCE) == 0.0


# --- coefficients, and the two solvers against each other ----------------------------------------------------------


@pytest.mark.parametrize("finance", [replace(WHOLE_FINANCE, cover=None), replace(WHOLE_FINANCE, gearing_share=0.0)])
def test_coefficients_are_exact_at_one_gearing(finance: Finance) -> None:
    found = payment_coefficients(WHOLE, finance)
    assert found.exact
    larger = replace(WHOLE, works=900.0, contribution=216.0, running_cost_per_year=WHOLE.running_cost_per_year * 1.7)
    mean = float(np.mean(larger.running_cost_per_year))
    assert found.payment(900.0, mean) == pytest.approx(solve_unitary_payment(larger, finance), rel=1e-8)


def test_coefficients_say_when_they_are_not_exact() -> None:
    """Fees come before works: a sculpted loan below its gearing then pays for another share of the capital."""
    project = Project(100.0, 3.0, 25.0, running_cost_per_year=5.0, fees=30.0)
    assert not payment_coefficients(project, Finance(0.13, 0.09, 0.9, 15, 1.4, tax_share=0.3)).exact


def random_loans(number: int, seed: int, opened: tuple[float, ...] = (OWN_YEARS,)) -> Loans:
    """Loans of every kind: level and sculpted, capped and not, with and without reserve, fee, tax."""
    draw = np.random.default_rng(seed)
    return Loans(
        equity_return_per_year=draw.uniform(0.05, 0.20, number),
        debt_rate_per_year=draw.uniform(0.02, 0.12, number),
        gearing_share=draw.choice([0.0, 0.4, 0.7, 0.9], number),
        debt_years=draw.integers(3, 20, number).astype(float),
        cover=np.where(draw.random(number) < 0.3, np.nan, draw.uniform(1.05, 1.8, number)),
        reserve_months=draw.choice([0.0, 6.0], number),
        debt_fee_share=draw.choice([0.0, 0.02], number),
        tax_share=draw.choice([0.0, 0.34], number),
        loss_offset_share=draw.choice([0.0, 0.3], number),
        build_years=draw.choice([0.0, 0.7, 1.0, 2.2, 4.0], number),
        payment_years=draw.uniform(8.0, 30.0, number),
        opened_share=draw.choice(opened, number),
    )


@pytest.mark.parametrize("opened", [(OWN_YEARS,), (0.0, 0.25, 0.9)], ids=["own years", "calendar"])
def test_linear_equations_agree_with_root_finding(opened: tuple[float, ...]) -> None:
    loans = random_loans(60, 7, opened)
    charges = capital_charges(loans)
    for row in range(60):
        flow = solved_cash_flow(*loans.one(row))
        drawn = np.cumsum(flow.debt_drawn)[flow.year <= 0]
        owed = np.concatenate([drawn, flow.debt_owed[flow.served]])
        first = charges.works_years - len(drawn)
        assert charges.payment[row] == pytest.approx(flow.payment.sum() / loans.payment_years[row], rel=1e-8)
        assert charges.profit_tax[row, : flow.served.sum()] == pytest.approx(flow.profit_tax[flow.served], abs=1e-8)
        assert charges.debt_owed[row, first : first + len(owed)] == pytest.approx(owed, abs=1e-8)
        assert flow.sources == pytest.approx(flow.uses)


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(0.001, 0.3),
    build=st.sampled_from([0.0, 1.0, 2.0]) | st.floats(0.0, 4.0),
    opened=st.sampled_from([0.0, 0.5]) | st.floats(0.0, 0.99),
    paid=YEARS,
    loan=st.tuples(st.just(0.0) | st.floats(0.01, 1.0), YEARS, st.none() | st.floats(1.0, 2.0)),
)
def test_on_the_calendar_too_the_loan_does_not_matter_at_one_rate(
    rate: float, build: float, opened: float, paid: float, loan: tuple[float, float, float | None]
) -> None:
    """Works and first payments may fall on one year: short, linear and full form agree, whoever lends and how."""
    gearing, debt_years, cover = loan
    short = float(capital_payment(1.0, rate, build, paid, opened_share=opened))
    project = Project(1.0, build, paid, opened_share=opened)
    full = solve_unitary_payment(project, Finance(rate, rate, gearing, min(debt_years, paid), cover))
    assert full == pytest.approx(short, rel=1e-9)
    numbers = (rate, rate, gearing, min(debt_years, paid), np.nan if cover is None else cover, 0, 0, 0, 0, build, paid)
    many = Loans(*(np.array([float(x)]) for x in numbers), opened_share=np.array([opened]))
    assert capital_charges(many).payment[0] == pytest.approx(short, rel=1e-9)


def test_where_losses_are_made_the_full_cash_flow_is_solved() -> None:
    names = dict(
        zip(Loans.__dataclass_fields__, (0.13, 0.12, 0.9, 25.0, np.nan, 0, 0, 0.34, 0.3, 2.0, 28.0, 0), strict=False)
    )
    loans = Loans(**{name: np.array([float(value)]) for name, value in names.items()})
    flow = solved_cash_flow(*loans.one(0))
    assert flow.profit.min() < 0
    charges = capital_charges(loans)
    assert charges.payment[0] == pytest.approx(flow.payment.max(), rel=1e-12)
    assert charges.profit_tax[0] == pytest.approx(flow.profit_tax[flow.year > 0], abs=1e-12)
    assert charges.debt_owed[0] == pytest.approx(flow.debt_owed, abs=1e-9)


def test_same_loans_are_solved_once() -> None:
    loans = random_loans(10, seed=1).take(np.array([3, 1, 3, 3, 1]))
    distinct, row = loans.distinct()
    assert len(distinct.gearing_share) == 2
    assert distinct.table()[row] == pytest.approx(loans.table(), nan_ok=True)


# --- indifference ------------------------------------------------------------------------------------------------


def test_indifference_return_meets_the_comparator() -> None:
    worth, other = 9.0, 40.0
    rate = indifference_return(WHOLE, WHOLE_FINANCE, 1300.0, worth, other)
    payment = solve_unitary_payment(WHOLE, replace(WHOLE_FINANCE, equity_return_per_year=rate))
    assert payment * worth + other == pytest.approx(1300.0)


def test_no_return_meets_a_comparator_out_of_reach() -> None:
    """2026-11-29: told, where it was NaN, and sought up to 1,000 % a year."""
    with pytest.raises(UnsolvableError, match="dearer than the comparator even where its owners earn nothing"):
        indifference_return(WHOLE, WHOLE_FINANCE, 1.0, 9.0)
    with pytest.raises(UnsolvableError, match="cheaper than the comparator at every one up to 1000%"):
        indifference_return(WHOLE, WHOLE_FINANCE, 1e9, 9.0)
    paid = solve_unitary_payment(WHOLE, replace(WHOLE_FINANCE, equity_return_per_year=1.5))
    assert indifference_return(WHOLE, WHOLE_FINANCE, 9.0 * paid, 9.0) == pytest.approx(1.5)
