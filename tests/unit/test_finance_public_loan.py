"""Public loans for direct works, by hand and by law."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redesaude.finance.discounting import present_value
from redesaude.finance.public_loan import PublicLoan, debt_limits, loan_flows, operations_flows

#: 100 drawn in each of two years at 10 %, two years of grace, four in all: 200 repaid in two instalments of 100
SAC = PublicLoan(0.10, grace_years=2, years=4)


def test_constant_amortisation_by_hand() -> None:
    flows = loan_flows([100.0, 100.0], SAC)
    assert flows.drawn.tolist() == [100.0, 100.0, 0.0, 0.0, 0.0]
    assert flows.interest.tolist() == pytest.approx([0.0, 10.0, 20.0, 20.0, 10.0])
    assert flows.repaid.tolist() == pytest.approx([0.0, 0.0, 0.0, 100.0, 100.0])
    assert flows.owed.tolist() == pytest.approx([100.0, 200.0, 200.0, 100.0, 0.0])
    assert flows.budget.tolist() == pytest.approx([0.0, 10.0, 20.0, 120.0, 110.0])


def test_level_service_by_hand() -> None:
    """200 over two years at 10 %: 200 / 1.7355372 = 115.238 a year."""
    flows = loan_flows([100.0, 100.0], replace(SAC, repayment="level_service"))
    assert flows.service[3:].tolist() == pytest.approx([115.2380952] * 2)
    assert flows.owed[-1] == pytest.approx(0.0, abs=1e-12)


def test_fees_and_the_budgets_own_part_by_hand() -> None:
    """Half of the works is drawn: 50 and 50; 2 % of 100 at once, 1 % on the 50 not drawn in the first year."""
    flows = loan_flows([0.0, 100.0, 100.0], replace(SAC, works_share=0.5, fee_share=0.02, commitment_fee_per_year=0.01))
    assert flows.fees[:3].tolist() == pytest.approx([0.0, 2.5, 0.0])
    assert flows.budget[:3].tolist() == pytest.approx([0.0, 52.5, 55.0])
    assert len(flows.works) == 6  # the loan runs from its first draw


def test_a_cheaper_loan_is_worth_the_difference_of_the_rates_by_hand() -> None:
    """100 at 5 % repaid a year later, discounted at 10 %: 105 / 1.1 - 100."""
    assert loan_flows([100.0], PublicLoan(0.05, 0, 1)).worth(0.10) == pytest.approx(105 / 1.1 - 100)


def test_debt_limits_of_a_state_by_hand() -> None:
    """Revenue 1,000: debt up to 2,000, operations 160, service 115; 1,700 owed and 50 served on other loans."""
    found = debt_limits(loan_flows([100.0, 100.0], SAC), 1000.0, {"debt": 1700.0, "service": 50.0})
    assert found["debt"].limit.tolist() == [300.0] * 5
    assert found["debt"].met.all()
    assert found["operations"].share.tolist() == pytest.approx([0.625, 0.625, 0.0, 0.0, 0.0])
    assert found["service"].met.tolist() == [True, True, True, False, False]  # 120 and 110 of 65


@pytest.mark.parametrize(
    ("wrong", "argument"),
    [({"grace_years": 4}, "grace_years"), ({"grace_years": -1}, "grace_years"), ({"works_share": 1.2}, "works_share")],
)
def test_terms_that_mean_nothing_are_refused(wrong: dict[str, Any], argument: str) -> None:
    with pytest.raises(ValueError, match=argument):
        replace(SAC, **wrong)


@pytest.mark.parametrize("works", [[1.0, -1.0], [1.0, 0.0, 0.0, 0.0, 1.0]])
def test_works_that_the_loan_cannot_pay_are_refused(works: list[float]) -> None:
    with pytest.raises(ValueError, match="works_by_year"):
        loan_flows(works, SAC)


# --- laws --------------------------------------------------------------------------------------------------------

works = st.lists(st.floats(0.0, 1e8, allow_subnormal=False), min_size=1, max_size=5)
loans = st.builds(
    PublicLoan,
    rate_per_year=st.floats(0.0, 0.2),
    grace_years=st.integers(0, 6),
    years=st.integers(7, 30),
    works_share=st.floats(0.0, 1.0),
    repayment=st.sampled_from(["constant_amortisation", "level_service"]),
)


@given(works, loans)
def test_a_loan_is_repaid_and_never_more_than_owed(spent: list[float], loan: PublicLoan) -> None:
    flows = loan_flows(spent, loan)
    assert flows.repaid.sum() == pytest.approx(flows.drawn.sum(), abs=1e-6)
    assert flows.owed[-1] == pytest.approx(0.0, abs=1e-6)
    assert flows.owed.min() >= -1e-6
    assert flows.repaid.min() >= 0


@given(works, loans, st.floats(0.0, 3.0))
def test_at_its_own_rate_a_loan_changes_nothing(spent: list[float], loan: PublicLoan, first: float) -> None:
    """However it is repaid: the budget's payments are worth the works, to the cent."""
    flows = loan_flows(spent, loan)
    assert flows.worth(loan.rate_per_year, first) == pytest.approx(0.0, abs=0.005)
    paid = present_value(flows.budget, loan.rate_per_year)
    assert paid == pytest.approx(present_value(spent, loan.rate_per_year), abs=0.005)


@given(st.lists(st.floats(1.0, 1e8), min_size=1, max_size=5), loans, st.floats(0.001, 0.1))
def test_a_loan_below_the_discount_rate_gains_and_above_it_costs(
    spent: list[float], loan: PublicLoan, gap: float
) -> None:
    flows = loan_flows(spent, replace(loan, works_share=0.5))
    assert flows.worth(loan.rate_per_year + gap) < 0
    assert flows.worth(loan.rate_per_year - gap) > 0


@given(works, loans, st.floats(0.1, 5.0))
def test_twice_the_works_twice_the_loan(spent: list[float], loan: PublicLoan, times: float) -> None:
    once, more = loan_flows(spent, loan), loan_flows(np.array(spent) * times, loan)
    assert more.service == pytest.approx(times * once.service, rel=1e-9, abs=1e-6)
    assert more.owed == pytest.approx(times * once.owed, rel=1e-9, abs=1e-6)


@given(works, loans)
def test_operations_of_each_year_are_loans_like_any_other(spent: list[float], loan: PublicLoan) -> None:
    """However long the works go on: all is repaid, and at its own rate nothing changes."""
    flows = operations_flows([*spent, *[0.0] * 40, 1e6], loan)
    assert flows.drawn.sum() == pytest.approx(loan.works_share * (sum(spent) + 1e6))
    assert flows.repaid.sum() == pytest.approx(flows.drawn.sum(), abs=1e-6)
    assert flows.owed[-1] == pytest.approx(0.0, abs=1e-6)
    assert flows.worth(loan.rate_per_year) == pytest.approx(0.0, abs=0.005)


@given(st.floats(0.0, 1e8), loans)
def test_works_of_one_year_are_one_operation(spent: float, loan: PublicLoan) -> None:
    assert operations_flows([0.0, spent], loan).owed.tolist() == loan_flows([0.0, spent], loan).owed.tolist()
