"""Rows whose breach is dear: in a smaller unit for the solver, and paid for when integers become whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array, csr_array

from redesaude.solving.highs import solve
from redesaude.solving.options import Limits
from redesaude.solving.scaling import scaled
from redesaude.solving.simplex import GrowingRelaxation, relaxation
from redesaude_models.standard_form import LinearModel

EXACT = Limits(gap=0.0, seconds=20.0)

#: money per unit of the row of :func:`ceiling`
PRICE = 1e10


def ceiling(seed: int = 1, services: int = 12, *, whole: bool = True) -> LinearModel:
    """Services of 1,000 and more each, or unmet at twice that; each uses some 10^-7 of a row whose excess is dear.

    Columns: services, the unmet, the excess. Rows: each demand is served or unmet, then the ceiling at nothing.
    """
    rng = np.random.default_rng(seed)
    own = rng.uniform(1_000.0, 2_000.0, services)
    used = rng.uniform(0.5e-7, 3e-7, services)
    served = np.hstack([np.eye(services), np.eye(services), np.zeros((services, 1))])
    spent = np.concatenate([used, np.zeros(services), [-1.0]])
    columns = 2 * services + 1
    return LinearModel(
        matrix=csc_array(np.vstack([served, spent])),
        row_lower=np.append(np.ones(services), -np.inf),
        row_upper=np.append(np.ones(services), 0.0),
        column_lower=np.zeros(columns),
        column_upper=np.append(np.ones(2 * services), np.inf),
        cost=np.concatenate([own, 2.0 * own, [PRICE]]),
        offset=0.0,
        integer=np.array([whole] * services + [False] * (services + 1)),
    )


def least_cost(model: LinearModel) -> float:
    """Each service by itself: run, with its excess paid, or unmet."""
    count = len(model.row_lower) - 1
    used = model.matrix.toarray()[-1, :count]
    return float(np.minimum(model.cost[:count] + PRICE * used, model.cost[count : 2 * count]).sum())


@pytest.mark.parametrize("seed", range(5))
def test_a_breach_within_tolerance_is_no_saving(seed: int) -> None:
    model = ceiling(seed)
    found = solve(model, EXACT)
    assert found.values is not None
    assert found.bound is not None
    assert model.value(model.whole(found.values)) == pytest.approx(least_cost(model), rel=1e-9)
    assert found.bound == pytest.approx(least_cost(model), rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_a_relaxation_is_told_in_the_rows_and_columns_of_the_model(seed: int) -> None:
    model = ceiling(seed, whole=False)
    written = scaled(model, 1.0)
    assert written.rows.max() > 1
    assert np.all(np.log2(written.rows) % 1 == 0)
    found = relaxation(model, EXACT)
    assert found is not None
    assert found.objective == pytest.approx(least_cost(model), rel=1e-6)
    assert model.violation(found.values) <= 1e-12
    np.testing.assert_allclose(
        found.reduced_costs, model.cost - model.matrix.T @ found.row_duals, rtol=1e-9, atol=1e-6 * PRICE * 1e-9
    )
    beyond = np.minimum(found.reduced_costs, 0.0)[:-1] @ model.column_upper[:-1]
    assert model.sides(found.row_duals) + beyond == pytest.approx(found.objective, rel=1e-6)


def test_rows_and_bounds_and_costs_given_later_are_those_of_the_model() -> None:
    model = ceiling(whole=False)
    relaxed = GrowingRelaxation(model, EXACT)
    before = relaxed.solve(EXACT)
    assert before is not None
    last = len(model.cost) - 1
    row = np.zeros((1, len(model.cost)))
    row[0, last] = 1.0
    relaxed.add(csr_array(row), np.array([3e-6]))  # an excess of at least this
    after = relaxed.solve(EXACT)
    assert after is not None
    assert after.values[last] == pytest.approx(3e-6, rel=1e-9)
    assert len(after.row_duals) == len(model.row_lower) + 1
    relaxed.restrict(np.array([last]), np.array([4e-6]), np.array([np.inf]))
    held = relaxed.solve(EXACT)
    assert held is not None
    assert held.values[last] == pytest.approx(4e-6, rel=1e-9)
    relaxed.price(np.where(np.arange(last + 1) == last, 1.0, 0.0))
    priced = relaxed.solve(EXACT)
    assert priced is not None
    assert priced.objective == pytest.approx(4e-6, rel=1e-9)


def test_what_an_integer_moves_by_becoming_whole_is_paid() -> None:
    model = ceiling(services=2)
    used = model.matrix.toarray()[-1]
    nearly = np.array([1.0 - 1e-6, 1e-6, 1e-6, 1.0 - 1e-6, used[0]])
    whole = model.whole(nearly)
    np.testing.assert_allclose(whole[:4], [1.0, 0.0, 0.0, 1.0], atol=1e-15)
    assert whole[-1] == pytest.approx(used[0], rel=1e-12)
    assert model.violation(whole) < 1e-15


def test_a_column_a_little_below_nothing_earns_nothing() -> None:
    """A share of -2 x 10^-7 at 2.6 x 10^9 a unit made a plan look 1 % cheaper than it is."""
    model = ceiling(services=2, whole=False)
    model = replace(model, cost=np.where(np.arange(5) == 2, 2.6e9, model.cost))
    exact = model.whole(np.array([1.0, 1.0, 0.0, 0.0, 0.0]))
    told = model.whole(np.array([1.0 + 2e-7, 1.0, -2e-7, 0.0, exact[-1]]))
    np.testing.assert_array_equal(told, exact)


def test_rows_that_cost_little_stand_as_they_are() -> None:
    model = ceiling()
    written = scaled(model, PRICE)
    assert np.all(written.rows == 1.0)
    assert np.all(written.columns == 1.0)


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e6, 1e12])
def test_a_row_is_never_written_so_large_that_its_rounding_is_a_breach(size: float) -> None:
    """Rows of 10^11 after their scaling: HiGHS called problems impossible that had plans."""
    model = ceiling()
    matrix = model.matrix * np.append(np.ones(model.matrix.shape[0] - 1), size)[:, None]
    written = scaled(replace(model, matrix=csc_array(matrix), cost=model.cost * 1e6), 1.0)
    largest = np.abs(written.model.matrix.tocsr()[[-1]].data).max()
    assert largest <= max(size, 2.0**26)
    assert written.rows[-1] > 1 or size > 1e7


def test_a_column_pays_that_other_rows_only_gain_by() -> None:
    """The shortfall of the first row; the second one asks for no less of it, the third for no more."""
    either = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    model = LinearModel(
        matrix=csc_array(either),
        row_lower=np.array([1.0, 1.0, -np.inf]),
        row_upper=np.array([1.0, np.inf, np.inf]),
        column_lower=np.zeros(2),
        column_upper=np.ones(2),
        cost=np.array([0.0, 5.0]),
        offset=0.0,
        integer=np.array([True, False]),
    )
    column, row, entry = model.payers(shared=True)
    assert (column.tolist(), row.tolist(), entry.tolist()) == ([1], [0], [1.0])
    assert not model.payers()[0].size
    held = replace(model, row_upper=np.array([1.0, 1.0, np.inf]))
    assert not held.payers(shared=True)[0].size
