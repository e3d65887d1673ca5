"""Which block a shared column belongs to."""

import numpy as np
from scipy.sparse import csc_array

from redesaude.solving.arrays import LinearModel
from redesaude.solving.blocks import Blocks, adopted
from redesaude.solving.layout import NONE


def _model(rows: list[list[float]]) -> LinearModel:
    matrix = csc_array(np.array(rows, dtype=float))
    count, columns = matrix.shape
    return LinearModel(
        matrix=matrix,
        row_lower=np.full(count, -np.inf),
        row_upper=np.ones(count),
        column_lower=np.zeros(columns),
        column_upper=np.ones(columns),
        cost=np.ones(columns),
        offset=0.0,
        integer=np.zeros(columns, dtype=bool),
    )


def test_what_one_block_alone_uses_is_its_own() -> None:
    """Columns 0 and 1 belong to blocks 0 and 1; 2 and 3 are joined and meet block 0 alone, 4 meets both, 5 none."""
    arrays = _model(
        [[1, 0, 1, 0, 0, 0], [0, 0, 1, 1, 0, 0], [1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 1, 0], [0, 0, 0, 0, 0, 1]]
    )
    owner = np.array([0, 1, NONE, NONE, NONE, NONE])
    found = adopted(arrays, owner)
    assert found.tolist() == [0, 1, 0, 0, NONE, NONE]
    assert Blocks(arrays, owner).coupling.tolist() == [True, False, True, True, False]
    assert Blocks(arrays, found).coupling.tolist() == [False, False, True, True, False]


def test_nothing_is_taken_from_a_block() -> None:
    arrays = _model([[1, 1, 0], [0, 1, 1]])
    assert adopted(arrays, np.array([0, 1, 0])).tolist() == [0, 1, 0]
