"""Discounting, annuities and expected values against published and hand-worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

from redesaude.finance.discounting import (
    Calendar,
    annuity_factor,
    capital_recovery,
    discount_factors,
    nominal_rate,
    present_value,
)
from redesaude.finance.distributions import discrete_mean, triangular_mean


def test_mid_year_factors_at_the_green_book_rate() -> None:
    assert discount_factors(0.035, [0.5, 1.5, 29.5]) == pytest.approx([0.982946, 0.949707, 0.36246], abs=1e-6)


def test_calendar_counts_from_the_base_year_and_the_middle_of_each_year() -> None:
    factors = Calendar(first_year=2025, base_year=2025, horizon_years=30, discount_rate=0.035).factors()
    assert factors.shape == (30,)
    assert factors[[0, 1, 29]] == pytest.approx([0.982946, 0.949707, 0.36246], abs=1e-6)


def test_calendar_at_the_end_of_each_year_and_two_years_on() -> None:
    factors = Calendar(2027, 2025, 2, 0.10, mid_year=False).factors()
    assert factors == pytest.approx([1 / 1.1**3, 1 / 1.1**4])


def test_annuity_of_a_calendar_leaves_the_tail_out() -> None:
    assert Calendar(2025, 2025, 3, 0.0, tail_years=4).annuity() == 3.0
    assert Calendar(2025, 2025, 3, 0.0, tail_years=4).factors().shape == (7,)


def test_annuity_and_capital_recovery_as_published() -> None:
    assert annuity_factor(0.085, 30) == pytest.approx(10.74684, abs=1e-5)
    assert capital_recovery(0.102, 30) == pytest.approx(0.10785, abs=1e-5)


def test_annuity_without_interest_is_the_number_of_years() -> None:
    assert annuity_factor([0.0, 0.10], [7, 2]) == pytest.approx([7.0, 1 / 1.1 + 1 / 1.21])


def test_nominal_rate_of_the_australian_example() -> None:
    assert nominal_rate(0.05, 0.025) == pytest.approx(0.07625)


def test_present_value_starts_when_told() -> None:
    assert present_value([110.0, 121.0], 0.10, first_time=1.0) == pytest.approx(200.0)


def test_expected_overrun_is_the_mean_and_not_the_mode() -> None:
    assert discrete_mean([60, 80, 120, 170, 190], [0.05, 0.20, 0.40, 0.20, 0.15]) == pytest.approx(129.5)


def test_probabilities_must_add_up() -> None:
    with pytest.raises(ValueError, match=r"add up to 0\.9"):
        discrete_mean([1, 2], [0.5, 0.4])


def test_event_risk_is_its_probability_times_the_triangular_mean() -> None:
    assert 0.15 * triangular_mean(250_000, 325_000, 600_000) == pytest.approx(58_750)


def test_a_missing_end_of_a_triangle_is_its_mode() -> None:
    assert triangular_mean([np.nan, 0.9], 1.2, [1.5, np.nan]) == pytest.approx([1.3, 1.1])
