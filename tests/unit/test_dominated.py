"""Dominated options: closing them leaves the optimum of a block as it is, at whatever prices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from scipy.sparse import csc_array

from differential.case import OF_ONE, assembled_of
from differential.shapes import SHAPES
from redesaude.solving.highs import solve
from redesaude.solving.layout import layout_of
from redesaude.solving.options import Limits
from redesaude.solving.specialties.blocks import Blocks
from redesaude.solving.specialties.dominated import dominated, without_dominated
from redesaude_models.network import build_model
from redesaude_models.standard_form import LinearModel, linear_model

LIMITS = Limits(0.0, 20.0)


def blocks_of(number: int) -> Iterator[LinearModel]:
    """Yield the blocks of a random scenario at several random prices of their coupling rows."""
    problem = assembled_of(OF_ONE * number).problem
    arrays = linear_model(build_model(problem))
    blocks = Blocks(arrays, layout_of(arrays, problem).specialty)
    random, typical = np.random.default_rng(number), float(np.median(np.abs(arrays.cost[arrays.cost != 0])))
    for size in (0.0, 0.1, 1.0, 10.0):
        prices = np.where(blocks.coupling, random.normal(0.0, size * typical, len(blocks.coupling)), 0.0)
        cost = arrays.cost - arrays.matrix.T @ prices
        yield from (blocks.alone(name, cost)[0] for name in blocks.names)


def test_the_optimum_of_a_block_stays() -> None:
    """Several contracts are offered to the same services in these shapes."""
    compared = closed = 0
    alike = [number for number, shape in enumerate(SHAPES) if shape in ("contracts", "network")]
    for block in chain.from_iterable(blocks_of(number) for number in alike):
        gone = dominated(block)
        if not len(gone):
            continue
        whole, fewer = solve(block, LIMITS), solve(without_dominated(block), LIMITS)
        assert whole.termination == fewer.termination
        if whole.objective is not None and fewer.objective is not None:
            compared, closed = compared + 1, closed + len(gone)
            assert fewer.objective == pytest.approx(whole.objective, rel=1e-6, abs=1e-6)
    assert compared > 10
    assert closed > 50


def two(**changed: object) -> LinearModel:
    """Return two options of 10 cases each, of which one may be taken, that must treat 6; columns a, b, v_a, v_b, w."""
    matrix = [
        [1, 1, 0, 0, 0],  # at most one
        [-10, 0, 1, 0, 0],  # room of a
        [0, -10, 0, 1, 0],  # room of b
        [0, 0, 1, 1, 1],  # six are treated, or left out
    ]
    model = LinearModel(
        matrix=csc_array(np.array(matrix, dtype=float)),
        row_lower=np.array([-np.inf, -np.inf, -np.inf, 6.0]),
        row_upper=np.array([1.0, 0.0, 0.0, np.inf]),
        column_lower=np.zeros(5),
        column_upper=np.array([1.0, 1.0, np.inf, np.inf, np.inf]),
        cost=np.array([20.0, 10.0, 1.0, 1.0, 50.0]),
        offset=0.0,
        integer=np.array([True, True, False, False, False]),
    )
    return replace(model, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cost", "gone"),
    [
        ([20, 10, 1, 1, 50], [0]),
        ([10, 20, 1, 1, 50], [1]),
        ([10, 10, 1, 1, 50], [0]),  # of equal ones the last is left
        ([20, 10, 1, 2, 50], [0]),  # 10 more for all its room, 10 less for itself
        ([20, 10, 1, 2.01, 50], []),
        ([20, 10, -3, -2, 50], [0]),
        ([20, 10, -3, -1, 50], []),
        ([-10, -20, 1, 1, 50], [0]),
        ([0, 0, 0, 0, 0], [0]),
    ],
)
def test_an_option_goes_where_another_costs_no_more_whatever_it_treats(cost: list[float], gone: list[int]) -> None:
    model = two(cost=np.array(cost, dtype=float))
    assert dominated(model).tolist() == gone
    whole, fewer = solve(model, LIMITS).objective, solve(without_dominated(model), LIMITS).objective
    assert fewer == pytest.approx(whole)


def entry(row: int, column: int, value: float) -> LinearModel:
    matrix = two().matrix.toarray()
    matrix[row, column] = value
    return two(matrix=csc_array(matrix))


@pytest.mark.parametrize(
    "model",
    [
        entry(1, 0, -11.0),  # more room
        entry(3, 2, 0.9),  # cases count for less
        two(row_upper=np.array([2.0, 0.0, 0.0, np.inf])),  # both may be taken
        two(row_upper=np.array([1.0, 1.0, 0.0, np.inf])),  # some room without being taken
        two(column_upper=np.array([1.0, 1.0, 5.0, np.inf, np.inf])),
        two(column_upper=np.array([1.0, 0.0, np.inf, np.inf, np.inf])),  # the cheaper one is closed
        two(column_lower=np.array([1.0, 0.0, 0.0, 0.0, 0.0])),  # the dearer one is decided
        two(column_lower=np.array([0.0, 0.0, -1.0, 0.0, 0.0])),
        two(integer=np.zeros(5, dtype=bool)),
        two(integer=np.array([True, True, True, True, False])),
    ],
)
def test_options_that_differ_in_more_than_their_costs_stay(model: LinearModel) -> None:
    assert not len(dominated(model))


def test_a_receipt_that_needs_no_option_is_not_exchanged() -> None:
    """What is earned beside option b while it is not taken would be lost with it."""
    model = two(row_upper=np.array([1.0, 4.0, 4.0, np.inf]), cost=np.array([20.0, 10.0, 1.0, -1.0, 50.0]))
    assert not len(dominated(model))


def test_of_options_that_two_rows_exclude_one_is_left() -> None:
    """Each row alone finds one of two equal options dominated."""
    model = two(cost=np.array([10.0, 10.0, 1.0, 1.0, 50.0]))
    twice = np.vstack([model.matrix.toarray(), [-1, -1, 0, 0, 0]])
    both = replace(
        model,
        matrix=csc_array(twice),
        row_lower=np.append(model.row_lower, -1.0),
        row_upper=np.append(model.row_upper, np.inf),
    )
    assert len(dominated(both)) == 1
