"""The relaxation of the whole costs the same, begun from the bases of its blocks or without rows about one column."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import pytest
from scipy.sparse import csc_array, eye_array, vstack
from test_decomposed import network

from redesaude.assemble import assemble
from redesaude.solving.layout import layout_of
from redesaude.solving.options import Limits
from redesaude.solving.relaxation.singleton_rows import without_singleton_rows
from redesaude.solving.simplex import GrowingRelaxation, relaxation
from redesaude.solving.specialties.advanced_basis import basis_of_blocks, relaxation_from_blocks
from redesaude.solving.specialties.blocks import Blocks
from redesaude_models.network import build_model
from redesaude_models.standard_form import LinearModel, linear_model

LIMITS = Limits(0.0, 20.0)


def blocks_of(seed: int) -> Blocks:
    problem = assemble(network(seed)).problem
    arrays = linear_model(build_model(problem))
    return Blocks(arrays, layout_of(arrays, problem).specialty)


@pytest.mark.parametrize("seed", range(4))
def test_from_the_bases_of_blocks_the_optimum_is_the_same(seed: int) -> None:
    blocks = blocks_of(seed)
    begun, alone = relaxation_from_blocks(blocks, LIMITS), relaxation(blocks.arrays, LIMITS)
    assert begun is not None
    assert alone is not None
    assert blocks.coupling.any()
    assert begun.objective == pytest.approx(alone.objective, rel=1e-9)
    parts = [GrowingRelaxation(blocks.alone(name, blocks.arrays.cost)[0], LIMITS) for name in blocks.names]
    assert all(part.solve(LIMITS) is not None for part in parts)
    basis = basis_of_blocks(blocks, dict(zip(blocks.names, parts, strict=True)))
    basic = int(highspy.HighsBasisStatus.kBasic)
    assert (basis.rows[blocks.coupling] == basic).all()
    assert (basis.columns == basic).sum() + (basis.rows == basic).sum() == blocks.arrays.matrix.shape[0]


def test_a_block_that_was_not_solved_stands_at_its_bounds() -> None:
    blocks = blocks_of(0)
    basis = basis_of_blocks(blocks, {})
    assert (basis.rows == int(highspy.HighsBasisStatus.kBasic)).all()
    begun, alone = relaxation(blocks.arrays, LIMITS, basis), relaxation(blocks.arrays, LIMITS)
    assert begun is not None
    assert alone is not None
    assert begun.objective == pytest.approx(alone.objective, rel=1e-9)


def bounded_by_rows(model: LinearModel) -> LinearModel:
    """The same model with the sides of every third column said by rows, of either sign, and the first one fixed."""
    third = np.arange(0, len(model.cost), 3)
    sign = np.where(third % 2, -2.0, 2.0)
    rows = csc_array(eye_array(len(model.cost), format="csr")[third] * sign[:, None])
    sides = np.sort([model.column_lower[third] * sign, model.column_upper[third] * sign], axis=0)
    lower, upper = model.column_lower.copy(), model.column_upper.copy()
    lower[third], upper[third] = -np.inf, np.inf
    upper[0] = lower[0] = model.column_lower[0]
    return replace(
        model,
        matrix=csc_array(vstack([model.matrix, rows])),
        row_lower=np.concatenate([model.row_lower, sides[0]]),
        row_upper=np.concatenate([model.row_upper, sides[1]]),
        column_lower=lower,
        column_upper=upper,
        rows=(),
    )


@pytest.mark.parametrize("seed", range(3))
def test_rows_about_one_column_are_bounds(seed: int) -> None:
    model = bounded_by_rows(blocks_of(seed).arrays)
    smaller = without_singleton_rows(model)
    assert smaller.model.matrix.shape == (len(smaller.rows), len(smaller.columns))
    assert 0 not in smaller.columns
    assert (np.diff(smaller.model.matrix.tocsr().indptr) > 1).all()
    assert len(smaller.rows) < model.matrix.shape[0] - len(model.cost) // 3
    whole, part = relaxation(model, LIMITS), relaxation(smaller.model, LIMITS)
    assert whole is not None
    assert part is not None
    assert part.objective == pytest.approx(whole.objective, rel=1e-9)
