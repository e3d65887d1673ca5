"""What a solver's tolerance leaves open, in the unit in which it is told of money."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array

from redesaude.solving import highs
from redesaude.solving.options import Limits
from redesaude.solving.units import TOLERANCE, Unit, narrowed
from redesaude_models.arrays import Floats
from redesaude_models.standard_form import LinearModel


def choosing(cost: Floats, upper: float = 1.0) -> LinearModel:
    """Whole columns, at least one of them taken, up to ``upper`` each."""
    count = len(cost)
    return LinearModel(
        matrix=csc_array(np.ones((1, count))),
        row_lower=np.ones(1),
        row_upper=np.full(1, np.inf),
        column_lower=np.zeros(count),
        column_upper=np.full(count, upper),
        cost=np.asarray(cost, float),
        offset=0.0,
        integer=np.ones(count, dtype=bool),
        variables=(),
        rows=(),
    )


def test_what_the_tolerance_leaves_open_is_taken_off_a_bound_unless_it_is_rounding() -> None:
    model = choosing(np.array([1.0, 5.0, 1e9]))
    unit = Unit(model, 1e6)
    assert unit.leaves_open(np.inf) == pytest.approx(3 * TOLERANCE * 1e6)
    assert unit.leaves_open(1.0) == pytest.approx((1 + 1 / 5 + 1e-9) * TOLERANCE * 1e6)
    assert unit.bound(2e-6, 2.0) == 2.0 - unit.leaves_open(2.0)
    assert unit.bound(1.0, 1e6) == 1e6
    assert unit.bound(1e-12) == 0.0  # nothing here costs less


def test_columns_without_an_end_leave_nothing_open_of_their_own() -> None:
    model = choosing(np.array([1.0, 5.0]), np.inf)
    assert Unit(model, 1e6).leaves_open(7.0) == 0.0
    assert np.isinf(narrowed(model, 7.0, 1e9).column_upper).all()


def test_a_plan_that_is_cheap_for_its_unit_gets_a_finer_one_and_one_that_is_dear_does_not() -> None:
    model = choosing(np.array([1.0, 5.0, 1e9]))
    narrow, money = Unit(model, 1e6).finer(1.0, 1.0) or pytest.fail("no unit")
    assert Unit(narrow, money).leaves_open(1.0) <= 1e-6
    assert narrow.column_upper.tolist() == [1, 0, 0]
    assert Unit(model, 1e6).finer(1e9, 1e9) is None


@pytest.mark.parametrize("seed", range(20))
def test_no_plan_that_can_be_paid_is_lost_and_none_becomes_dearer(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost = rng.choice([-1, 1], 4) * 10.0 ** rng.uniform(-2, 6, 4)
    model = replace(choosing(cost, 2.0), offset=3.0, column_lower=rng.integers(-1, 1, 4).astype(float))
    ranges = [np.arange(low, 3) for low in model.column_lower]
    plans = np.stack(np.meshgrid(*ranges), -1).reshape(-1, 4)
    costs = plans @ model.cost + model.offset
    known, dearest = float(rng.choice(costs)), 10.0 ** rng.uniform(0, 5)
    narrow = narrowed(model, known, dearest)
    kept = np.all((plans >= narrow.column_lower) & (plans <= narrow.column_upper), axis=1)
    assert np.all(kept[costs <= known])
    rounding = 1e-12 * np.abs(plans) @ np.abs(model.cost)
    assert np.all((plans @ narrow.cost + narrow.offset <= costs + rounding + 1e-9)[kept])


def test_a_plan_cheaper_than_the_tolerance_of_the_first_unit_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first run calls the best may be dearer by what its unit does not see: the second one sees it."""
    told: list[float] = []
    once = highs._in_units

    def in_units(model: LinearModel, money: float, *rest: object) -> tuple[highs.SolverResult, Unit]:
        result, unit = once(model, money, *rest)  # type: ignore[arg-type]
        if not told:  # as HiGHS's presolve does, which takes a cost of 10^-8 units for none
            values = np.array([0.0, 1.0, 0.0, 0.0])
            cost = model.value(values)
            result = replace(result, values=values, objective=cost, bound=unit.bound(cost / money, cost, cost))
        told.append(money)
        return result, unit

    monkeypatch.setattr(highs, "_in_units", in_units)
    model = choosing(np.array([7.0, 7.09, 1e8, 2e8]))
    result = highs.solve(model, Limits(0.0, 10.0))
    assert len(told) == 2
    assert result.objective == pytest.approx(7.0)
    assert result.bound == pytest.approx(7.0)


def test_a_dear_column_is_not_cut_so_short_that_it_passes_for_fixed() -> None:
    model = replace(choosing(np.array([1.0, 5.0, 1e12])), integer=np.array([True, False, False]))
    narrow = narrowed(model, 2.0, 1e15)
    assert narrow.column_upper.tolist() == pytest.approx([1, 0.4, 1e-3])


def test_a_run_is_not_made_again_where_the_gap_allows_what_its_unit_leaves_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs: list[float] = []
    once = highs._in_units

    def in_units(model: LinearModel, money: float, *rest: object) -> tuple[highs.SolverResult, Unit]:
        runs.append(money)
        return once(model, money, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(highs, "_in_units", in_units)
    model = choosing(np.array([7.0, 7.5, 1e5, 2e5]))
    for gap, count in ((0.0, 2), (0.05, 1)):
        runs.clear()
        result = highs.solve(model, Limits(gap, 10.0))
        assert result.objective == 7.0
        assert result.bound is not None
        assert 7.0 * (1 - gap) - 1e-5 <= result.bound <= 7.0
        assert len(runs) == count
