"""Works along a spending curve at prices that rise, and payment during works, by hand and by law."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redesaude.finance.company_loan import works_shares
from redesaude.finance.contribution import (
    Milestone,
    ahead_of_works,
    contribution_effect,
    milestone_profile,
    with_contribution,
)
from redesaude.finance.discounting import present_value
from redesaude.finance.project_company import Finance, Project, company_cash_flow
from redesaude.finance.unitary_payment import solve_unitary_payment, solved_cash_flow
from redesaude.finance.works_spending import (
    Curve,
    dhss_curve,
    even,
    spending_profile,
    stated_curve,
    with_spending,
    works_by_year,
)

#: parameters interpolated for a project of 3.5 million pounds of 1978 in a worked example of the DHSS model
DHSS = dhss_curve(0.134, 3.884)

#: 100 over two years, no loan, no tax, owners ask 10 %, one payment: (50 x 1.1 + 50) x 1.1 = 115.5
PLAIN, PLAIN_FINANCE = Project(100.0, 2, 1), Finance(0.10, 0.0, 0.0, 0)

# --- spending by hand --------------------------------------------------------------------------------------------


def test_dhss_curve_by_hand() -> None:
    """At half time 0.5 + 0.134 / 4 - 0.134 / 2; at a quarter 0.25 - 0.025125 - 0.28125 / 3.884."""
    assert DHSS(np.array([0.0, 0.25, 0.5, 1.0])).tolist() == pytest.approx([0.0, 0.1524625, 0.4665, 1.0], abs=1e-7)


@pytest.mark.parametrize(("c", "k"), [(0.0, 2.9), (1.2, 10.0), (-1.2, 10.0), (0.0, -1.0)])
def test_a_curve_that_falls_is_refused(c: float, k: float) -> None:
    with pytest.raises(ValueError, match="never falls"):
        dhss_curve(c, k)


@pytest.mark.parametrize(
    ("passed", "spent"),
    [([0, 1], [0, 0.9]), ([0, 0.5, 0.5, 1], [0, 0.2, 0.3, 1]), ([0, 0.5, 1], [0, 1.1, 1]), ([0, 1], [0, 0.5, 1])],
)
def test_a_stated_curve_must_be_one(passed: list[float], spent: list[float]) -> None:
    with pytest.raises(ValueError, match=r"never falls|at most 1|a shape that goes with"):
        stated_curve(passed, spent)


def test_works_at_rising_prices_by_hand() -> None:
    """Half in each of two years at 10 %: 50 and 55 at prices of the first; at those of the last 45.45 and 50."""
    assert works_by_year(100.0, 2, rise_per_year=0.10).tolist() == pytest.approx([50.0, 55.0])
    assert works_by_year(100.0, 2, rise_per_year=0.10, stated_in=0).tolist() == pytest.approx([50 / 1.1, 50.0])
    steep = stated_curve([0, 0.5, 1], [0, 0.2, 1])
    assert works_by_year(100.0, 2, steep, 0.10).tolist() == pytest.approx([20.0, 88.0])
    project = with_spending(Project(100.0, 2, 1, contribution=54.0), steep, 0.10)
    assert project.works == pytest.approx(108.0)
    assert project.contribution_by_year.tolist() == pytest.approx([10.0, 44.0])
    assert solve_unitary_payment(replace(project, contribution=0.0), PLAIN_FINANCE) == pytest.approx(
        121.0
    )  # (22+88)1.1


def test_a_short_first_year_holds_the_start_of_the_curve() -> None:
    steep = stated_curve([0, 0.5, 1], [0, 0.2, 1])
    assert spending_profile(steep, 1.5).tolist() == pytest.approx([0.4 / 3, 1 - 0.4 / 3])
    assert spending_profile(steep, 0.0).tolist() == [1.0]


# --- payment during works by hand --------------------------------------------------------------------------------


def test_contribution_at_completion_by_hand() -> None:
    """Of 100, 40 come when all is done: (55 + 10) x 1.1 = 71.5 instead of 115.5; 44 less, a year later."""
    project = with_contribution(PLAIN, 40.0, [Milestone(1.0, 1.0)])
    assert project.contribution_by_year.tolist() == [0.0, 40.0]
    at_their_return = contribution_effect(project, PLAIN_FINANCE, 0.10)
    assert (at_their_return.payment_without, at_their_return.payment_with) == pytest.approx((115.5, 71.5))
    assert (at_their_return.contributed, at_their_return.payments_saved) == pytest.approx((40.0, 40.0))
    assert contribution_effect(project, PLAIN_FINANCE, 0.05).saved == pytest.approx(44 / 1.05 - 40)


def test_milestones_fall_in_the_year_that_reaches_them() -> None:
    project = Project(100.0, 3, 10, works_profile=np.array([0.2, 0.5, 0.3]))
    stages = [Milestone(0.2, 0.25), Milestone(0.21, 0.25), Milestone(0.7, 0.1), Milestone(1.0, 0.4)]
    paid = milestone_profile(project, stages)
    assert paid.tolist() == pytest.approx([0.25, 0.35, 0.4])
    early = with_contribution(project, 30.0, stages)
    assert ahead_of_works(early).tolist() == pytest.approx([0.05, 0.0, 0.0])  # 25 % of the money, 20 % of the works
    assert ahead_of_works(with_contribution(project, 30.0)).tolist() == [0.0] * 3


def test_a_milestone_above_its_years_costs_repays_what_was_raised() -> None:
    """60 at completion, 50 spent that year: 10 of the owners' 50 go back."""
    flow = company_cash_flow(with_contribution(PLAIN, 60.0, [Milestone(1.0, 1.0)]), PLAIN_FINANCE, 49.5)
    assert flow.equity_paid_in.tolist() == [50.0, -10.0, 0.0]
    assert flow.equity_return == pytest.approx(0.10)
    assert flow.sources == pytest.approx(flow.uses)


@pytest.mark.parametrize("wrong", [[(0.5, 0.9)], [(0.0, 1.0)], [(1.1, 1.0)], [(0.5, 1.5), (1.0, -0.5)]])
def test_milestones_that_mean_nothing_are_refused(wrong: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="share"):
        with_contribution(PLAIN, 40.0, [Milestone(*shares) for shares in wrong])


# --- laws --------------------------------------------------------------------------------------------------------

curves = st.one_of(
    st.just(even),
    st.builds(dhss_curve, st.floats(-0.2, 0.2), st.floats(3.9, 8.0)),
    st.just(stated_curve([0, 0.3, 1], [0, 0.6, 1])),
)
build = st.floats(0.2, 5.0)


@given(build)
def test_even_spending_is_what_no_curve_means(years: float) -> None:
    assert spending_profile(even, years).tolist() == pytest.approx(works_shares(years, int(np.ceil(years))).tolist())


@given(curves, build, st.floats(0.0, 0.2), st.integers(-5, 0))
def test_spending_adds_up_and_only_prices_make_it_dearer(curve: Curve, years: float, rise: float, base: int) -> None:
    assert spending_profile(curve, years).min() >= 0
    assert works_by_year(7.0, years, curve).sum() == pytest.approx(7.0)
    first = 1 - len(spending_profile(curve, years))
    assert works_by_year(7.0, years, curve, rise).sum() >= 7.0 - 1e-9
    moved = works_by_year(7.0, years, curve, rise, base) * (1 + rise) ** (base - first)
    assert moved.tolist() == pytest.approx(works_by_year(7.0, years, curve, rise).tolist())


@given(curves, build, st.floats(0.0, 0.2))
def test_discounting_at_the_rise_of_prices_gives_the_estimate(curve: Curve, years: float, rise: float) -> None:
    assert present_value(works_by_year(7.0, years, curve, rise), rise) == pytest.approx(7.0)


FINANCES = (PLAIN_FINANCE, Finance(0.135, 0.088, 0.7, 16, 1.3, 6, 0.02, 0.34, 0.3, 0.09))


@settings(max_examples=30, deadline=None)
@given(curves, st.floats(1.0, 4.0), st.floats(0.05, 0.9), st.floats(0.05, 1.0), st.sampled_from(FINANCES))
def test_money_paid_later_is_dearer_for_the_company(
    curve, years: float, share: float, stage: float, finance: Finance
) -> None:
    project = with_spending(Project(100.0, years, 20, running_cost_per_year=5.0), curve)
    milestones = [Milestone(stage, 0.5), Milestone(1.0, 0.5)]
    at_the_end = with_contribution(project, 100.0 * share, [Milestone(1.0, 1.0)])
    staged = solved_cash_flow(with_contribution(project, 100.0 * share, milestones), finance)
    assert staged.sources == pytest.approx(staged.uses, abs=1e-9)
    assert staged.payment.max() <= solve_unitary_payment(at_the_end, finance) + 1e-9
    assert staged.payment.max() < solve_unitary_payment(project, finance)


@settings(max_examples=25, deadline=None)
@given(curves, st.floats(0.5, 4.0), st.floats(0.05, 0.9), st.floats(0.0, 0.8), st.floats(0.01, 0.2))
def test_at_one_rate_and_without_tax_who_pays_for_works_does_not_matter(
    curve: Curve, years: float, share: float, gearing: float, rate: float
) -> None:
    """Owners, lenders and the public side at one rate: what is contributed spares as much in payments."""
    project = with_spending(Project(100.0, years, 20, running_cost_per_year=5.0), curve)
    staged = with_contribution(project, 100.0 * share, [Milestone(0.4, 0.3), Milestone(1.0, 0.7)])
    effect = contribution_effect(staged, Finance(rate, rate, gearing, 12, 1.2), rate)
    assert effect.saved == pytest.approx(0.0, abs=1e-7)
    assert effect.contributed > 0
