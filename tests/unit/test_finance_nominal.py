"""Nominal money with a nominal tax base, against examples by hand and against the same company in real terms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redesaude.finance.discounting import nominal_rate, present_value
from redesaude.finance.nominal import nominal_finance, nominal_project, reconcile, solved_with_nominal_tax
from redesaude.finance.project_company import Finance, Project, company_cash_flow
from redesaude.finance.unitary_payment import solve_unitary_payment

CENT = 0.005

#: works of 100 in one year, two years of payment, no loan, tax 20 %, owners ask 10 % real, prices rise 10 % a year:
#: 1 / 1.1 + 1 / 1.21 = 1.7355372 and 1 / 1.21 + 1 / 1.4641 = 1.5094598, what depreciation of 50 a year gives relief on.
#: Real: 100 = 0.8 U x 1.7355372 + 10 x 1.7355372, U = 59.52381.
#: Nominal: 100 = 0.8 U x 1.7355372 + 10 x 1.5094598, U = 61.152119.
BARE, BARE_FINANCE = Project(100.0, 1, 2), Finance(0.10, 0.05, 0.0, 0, tax_share=0.20)

WHOLE = Project(500.0, 2.4, 24.6, running_cost_per_year=20.0 + np.arange(25) % 5.0, fees=8.0, contribution=120.0)
WHOLE_FINANCE = Finance(0.135, 0.088, 0.70, 16, 1.30, 6.0, 0.02, 0.34, 0.3, 0.09)


def test_lost_relief_on_depreciation_by_hand() -> None:
    found = reconcile(BARE, BARE_FINANCE, 0.10)
    assert found.real.payment[1:].tolist() == pytest.approx([59.5238095] * 2)
    assert found.deflated_payments[1:].tolist() == pytest.approx([61.1521114] * 2)
    assert found.nominal.payment[1:].tolist() == pytest.approx([61.1521114 * 1.1, 61.1521114 * 1.21])
    moved = {line: by for line, by in found.differences.items() if abs(by) > 1e-9}
    assert moved == pytest.approx(
        {"payment": 2.8259681, "tax_on_earnings": -0.5651936, "depreciation_relief": -2.2607745}, abs=1e-6
    )


def test_nominal_project_by_hand() -> None:
    """Prices of the first of two years of works, 10 % a year: works 50 and 55, service at 1.21 and 1.331."""
    project = Project(100.0, 2, 2, running_cost_per_year=10.0, fees=3.0, contribution=20.0)
    then = nominal_project(project, 0.10, indexed_share=0.5, stated_in=-1)
    assert then.works_by_year.tolist() == pytest.approx([50.0, 55.0])
    assert then.contribution_by_year.tolist() == pytest.approx([10.0, 11.0])
    assert then.fees == 3.0
    assert np.asarray(then.running_cost_per_year).tolist() == pytest.approx([12.1, 13.31])
    assert np.asarray(then.payment_profile).tolist() == pytest.approx([1.105, 1.1655])
    assert nominal_finance(BARE_FINANCE, 0.10).equity_return_per_year == pytest.approx(0.21)


def test_stated_profiles_of_works_and_contribution_are_followed() -> None:
    project = Project(100.0, 2, 2, contribution=30.0, works_profile=np.array([0.2, 0.8]))
    assert project.contribution_by_year.tolist() == [6.0, 24.0]
    late = replace(project, contribution_profile=np.array([0.0, 1.0]), payment_profile=np.array([1.0, 0.5]))
    flow = company_cash_flow(late, BARE_FINANCE, 80.0)
    assert flow.works.tolist() == [20.0, 80.0, 0.0, 0.0]
    assert flow.contribution.tolist() == [0.0, 30.0, 0.0, 0.0]
    assert flow.equity_paid_in.tolist() == [20.0, 50.0, 0.0, 0.0]
    assert flow.payment.tolist() == [0.0, 0.0, 80.0, 40.0]


# --- laws --------------------------------------------------------------------------------------------------------

rates = st.floats(0.0, 0.2)
projects = st.builds(
    Project,
    works=st.floats(1e6, 5e8),
    build_years=st.floats(0.5, 4.0),
    payment_years=st.floats(12.0, 30.0),
    running_cost_per_year=st.floats(0.0, 2e7),
    fees=st.floats(0.0, 1e6),
    contribution=st.floats(0.0, 5e5),
)
finances = st.builds(
    Finance,
    equity_return_per_year=st.floats(0.02, 0.2),
    debt_rate_per_year=rates,
    gearing_share=st.floats(0.0, 0.8),
    debt_years=st.floats(1.0, 12.0),
    cover=st.none() | st.floats(1.1, 2.0),
    reserve_months=st.floats(0.0, 6.0),
    debt_fee_share=st.floats(0.0, 0.02),
    tax_share=st.floats(0.0, 0.4),
    loss_offset_share=st.floats(0.0, 1.0),
    payment_tax_share=st.floats(0.0, 0.1),
)


@settings(max_examples=25, deadline=None)
@given(projects, finances, st.floats(0.0, 0.15), st.sampled_from([1.0, 0.6]), st.integers(-3, 1))
def test_the_differences_explain_the_payment_to_the_cent(
    project: Project, finance: Finance, inflation: float, indexed: float, stated_in: int
) -> None:
    found = reconcile(project, finance, inflation, indexed, stated_in)
    for worth in (found.real_worth, found.nominal_worth, found.differences):
        assert sum(worth.values()) == pytest.approx(0.0, abs=CENT)


@settings(max_examples=25, deadline=None)
@given(projects, finances, st.floats(0.0, 0.15), rates)
def test_nominal_money_at_the_nominal_rate_is_real_money_at_the_real_rate(
    project: Project, finance: Finance, inflation: float, rate: float
) -> None:
    """The public side's present value, in base prices, is the same whichever way it is taken."""
    found = reconcile(project, finance, inflation, stated_in=1)
    _, nominal = found.public_worth(rate)
    contributed = present_value(project.contribution_by_year, rate, 1 - project.works_years)
    assert present_value(found.deflated_payments, rate, 1 - project.works_years) + contributed == pytest.approx(
        nominal, abs=CENT
    )


@settings(max_examples=25, deadline=None)
@given(projects, finances, st.floats(0.0, 0.15))
def test_without_tax_inflation_is_neutral(project: Project, finance: Finance, inflation: float) -> None:
    """A loan sculpted to cash, works in one year, nothing held in reserve: the payment in base prices is the same."""
    project = replace(project, build_years=1.0)
    finance = replace(finance, tax_share=0.0, reserve_months=0.0, cover=finance.cover or 1.2)
    real = solve_unitary_payment(project, finance)
    nominal = solve_unitary_payment(nominal_project(project, inflation), nominal_finance(finance, inflation))
    assert nominal == pytest.approx(real, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(projects, finances, st.floats(0.0, 0.15))
def test_without_tax_and_with_one_rate_neither_loan_nor_inflation_matters(
    project: Project, finance: Finance, inflation: float
) -> None:
    one = replace(finance, tax_share=0.0, reserve_months=0.0, debt_rate_per_year=finance.equity_return_per_year)
    one = replace(one, debt_fee_share=0.0)
    real = solve_unitary_payment(project, one)
    assert solve_unitary_payment(nominal_project(project, inflation), nominal_finance(one, inflation)) == pytest.approx(
        real, rel=1e-9
    )


@settings(max_examples=15, deadline=None)
@given(projects, finances, st.floats(0.01, 0.15))
def test_all_equity_companies_lose_relief_to_inflation(project: Project, finance: Finance, inflation: float) -> None:
    equity = replace(finance, gearing_share=0.0, tax_share=max(finance.tax_share, 0.1))
    found = reconcile(project, equity, inflation)
    assert found.differences["depreciation_relief"] < 0 < found.differences["payment"]


@settings(max_examples=15, deadline=None)
@given(projects, finances, st.floats(0.001, 0.15))
def test_deflated_owners_earn_their_real_return(project: Project, finance: Finance, inflation: float) -> None:
    flow = solved_with_nominal_tax(project, finance, inflation)
    assert flow.equity_value(finance.equity_return_per_year) == pytest.approx(0.0, abs=CENT)
    assert flow.debt_rate_per_year == pytest.approx(finance.debt_rate_per_year, abs=1e-12)
    whole = flow.payment[(flow.year > 0) & (flow.year <= project.payment_years)]
    assert whole.tolist() == pytest.approx([whole[0]] * len(whole))


def test_the_whole_company_reconciles() -> None:
    """With a loan at 70 %, relief on nominal interest outweighs what depreciation loses only in part."""
    found = reconcile(WHOLE, WHOLE_FINANCE, 0.045, stated_in=-2)
    assert found.differences["depreciation_relief"] < 0 < found.differences["interest_relief"]
    assert sum(found.differences.values()) == pytest.approx(0.0, abs=1e-6)
    assert found.nominal.equity_return == pytest.approx(nominal_rate(0.135, 0.045), abs=1e-9)
