"""Stated payments, break-evens, project returns and covers, rates by year and side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redesaude.finance.arguments import ArgumentError
from redesaude.finance.bids import Comparison, appraise_bid, bid_cash_flow
from redesaude.finance.discounting import discount_factors, yearly_factors
from redesaude.finance.project_company import Finance, Project, company_cash_flow
from redesaude.finance.returns import internal_return
from redesaude.finance.unitary_payment import solve_unitary_payment, solved_cash_flow

#: works of 100 in year 0, 10 a year of running after; a PPP paid in years 1 to 3, letting of 5 in year 0
BY_HAND = Comparison(
    works=np.array([100.0, 0.0, 0.0, 0.0]),
    overrun_share=0.2,
    running=np.array([0.0, 10.0, 10.0, 10.0]),
    paid=np.array([0.0, 1.0, 1.0, 1.0]),
    other=np.array([5.0, 0.0, 0.0, 0.0]),
    discount_rate_per_year=0.10,
    first_time=0.0,
)
THREE = 1 / 1.1 + 1 / 1.21 + 1 / 1.331
PROJECT = Project(206.0, 2.2, 27.8, running_cost_per_year=12.0)
FINANCE = Finance(0.135, 0.088, 0.70, 16.0, 1.25, 6.0, 0.02, 0.34, 0.3, 0.0865)


# --- a stated payment ------------------------------------------------------------------------------------------------


def test_a_stated_payment_by_hand() -> None:
    """Comparator 120 + 10 x 2.4868520 = 144.868520; a payment of 50 costs 5 + 124.342600 = 129.342600."""
    found = appraise_bid(50.0, BY_HAND)
    assert float(found.value.comparator) == pytest.approx(120.0 + 10.0 * THREE)
    assert float(found.value.value) == pytest.approx(115.0 - 40.0 * THREE)
    assert found.break_even_payment == pytest.approx(115.0 / THREE + 10.0)
    assert found.break_even_overrun == pytest.approx((5.0 + 40.0 * THREE - 100.0) / 100.0)
    rate = internal_return([115.0, -40.0, -40.0, -40.0])
    assert found.break_even_rates.tolist() == pytest.approx([rate])


payments = st.floats(0.0, 500.0)
money = st.lists(st.floats(0.0, 200.0), min_size=6, max_size=6)


@settings(max_examples=60, deadline=None)
@given(payments, money, money, st.floats(0.0, 0.2), st.floats(0.0, 0.1))
def test_nothing_is_left_at_each_break_even(
    payment: float, works: list[float], running: list[float], rate: float, premium: float
) -> None:
    comparison = Comparison(
        np.array(works) + 1.0,
        0.3,
        np.array(running),
        np.array([0, 0, 0.5, 1, 1, 1.0]),
        np.ones(6),
        rate,
        rate + premium,
    )
    found = appraise_bid(payment, comparison)
    at_payment = replace(found, payment_per_year=found.break_even_payment)
    assert float(at_payment.value.value) == pytest.approx(0.0, abs=1e-9)
    at_overrun = replace(found, comparison=replace(comparison, overrun_share=found.break_even_overrun))
    assert float(at_overrun.value.value) == pytest.approx(0.0, abs=1e-8)
    for even in found.break_even_rates.tolist():
        one = replace(comparison, discount_rate_per_year=even, bid_rate_per_year=None)
        scale = float(one.factors @ one.comparator)
        assert float(replace(found, comparison=one).value.value) == pytest.approx(0.0, abs=1e-8 * max(scale, 1.0))


def test_a_bid_says_what_the_owners_would_earn() -> None:
    due = solve_unitary_payment(PROJECT, FINANCE)
    assert bid_cash_flow(PROJECT, FINANCE, due).equity_return == pytest.approx(0.135, abs=1e-8)
    assert bid_cash_flow(PROJECT, FINANCE, 0.95 * due).equity_return < 0.135
    with pytest.raises(ArgumentError, match="payment_per_year"):
        bid_cash_flow(PROJECT, FINANCE, float("nan"))


def test_sides_of_other_years_are_refused() -> None:
    with pytest.raises(ArgumentError, match="paid: 2 years came, allowed is 4"):
        replace(BY_HAND, paid=np.ones(2))


# --- project returns and covers --------------------------------------------------------------------------------------


def test_project_return_by_hand() -> None:
    """Works of 100, then 60 and 72 left of receipts: 20 %, whoever finances them; tax apart."""
    project = Project(100.0, 1, 2, running_cost_per_year=np.array([12.0, 0.0]))
    finance = Finance(0.2, 0.1, 0.5, 2, reserve_months=6, debt_fee_share=0.05)
    flow = company_cash_flow(project, finance, 72.0)
    assert flow.project_return == pytest.approx(0.20)
    assert flow.project_flows.tolist() == pytest.approx([-100.0, 60.0, 72.0])
    taxed = company_cash_flow(project, replace(finance, tax_share=0.3), 72.0)
    assert taxed.project_return < taxed.project_return_before_tax == pytest.approx(0.20)


def test_project_return_is_the_one_return_of_debt_and_equity() -> None:
    flow = solved_cash_flow(PROJECT, Finance(0.1, 0.1, 0.6, 16, 1.2))
    assert flow.project_return == pytest.approx(0.10, abs=1e-9)


def test_project_life_cover_counts_all_years_of_payment() -> None:
    flow = solved_cash_flow(PROJECT, FINANCE)
    by_hand = (flow.cash_available * discount_factors(0.088, flow.year))[flow.year > 0].sum() / flow.debt_drawn.sum()
    assert flow.project_life_cover == pytest.approx(by_hand)
    assert flow.project_life_cover > flow.loan_life_cover
    to_the_end = solved_cash_flow(PROJECT, replace(FINANCE, debt_years=27.8))
    assert to_the_end.project_life_cover == pytest.approx(to_the_end.loan_life_cover)
    assert np.isnan(solved_cash_flow(PROJECT, replace(FINANCE, gearing_share=0.0)).project_life_cover)


# --- rates by year and side ------------------------------------------------------------------------------------------


def test_a_rate_that_falls_as_published() -> None:
    """Green Book: 3.5 % to year 30, then 3.0 %: years 30, 31 and 75 are worth 0.356278, 0.345901 and 0.094214."""
    rates = np.where(np.arange(1, 76) <= 30, 0.035, 0.03)
    factors = yearly_factors(rates, 75, first_time=1.0)
    assert factors[[29, 30, 74]].tolist() == pytest.approx([0.356278, 0.345901, 0.094214], abs=1e-6)


@given(st.floats(-0.1, 0.3), st.integers(0, 40), st.floats(0.0, 2.0))
def test_one_rate_by_year_is_one_rate(rate: float, years: int, first: float) -> None:
    expected = discount_factors(rate, np.arange(years) + first)
    assert yearly_factors(rate, years, first) == pytest.approx(expected)
    assert yearly_factors(np.full(years, rate), years, first) == pytest.approx(expected)


def test_a_rate_of_its_own_for_the_bids() -> None:
    """At 12 % the PPP's later payments weigh less; the comparator stays at 10 %."""
    both = appraise_bid(50.0, BY_HAND).value
    apart = appraise_bid(50.0, replace(BY_HAND, bid_rate_per_year=np.full(4, 0.12))).value
    assert float(apart.comparator) == float(both.comparator)
    assert float(apart.option) == pytest.approx(5.0 + 50.0 * (1 / 1.12 + 1 / 1.12**2 + 1 / 1.12**3))
