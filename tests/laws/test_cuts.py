"""Laws of cuts: no whole point is cut off, whatever the multipliers; bounds rise; a side moved costs its slope."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array
from test_certified import optimum, tiny_model

from redesaude.plan.certificate import read_certificate
from redesaude.plan.certified import lower_bound, with_ends
from redesaude.plan.cuts import Cut, Rounding
from redesaude.solving.certify import Forest
from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS, Certifying
from redesaude_models.arrays import Floats
from redesaude_models.standard_form import LinearModel

law = settings(max_examples=150, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)

#: rounding of a point's own sum, which the cut does not pay for
_SUM = 1e-9


def any_cut(random: np.random.Generator, model: LinearModel) -> tuple[Cut, Floats]:
    """A cut of a model of few rows, of multipliers in thirds and sevenths, and those multipliers."""
    rows, columns = model.matrix.shape
    weights = random.integers(-7, 8, rows) / random.choice([1, 3, 7], rows) * (random.random(rows) < 0.8)
    cut = Rounding(with_ends(model)).cut(weights, random.random(columns) < 0.4)
    assume(cut is not None)
    assert cut is not None
    return cut, weights


def kept(model: LinearModel, points: Floats, lower: Floats, upper: Floats) -> Floats:
    """Those of ``points`` whose rows lie between these sides; there are some."""
    rows = points @ model.matrix.toarray().T
    inside = points[((rows >= lower) & (rows <= upper)).all(axis=1)]
    assume(len(inside))
    return inside


@law
@given(seeds)
def test_no_whole_point_is_cut_off(seed: int) -> None:
    random = np.random.default_rng(seed)
    model, points = tiny_model(random)
    cut, _ = any_cut(random, model)
    assume(len(points))
    assert (points @ cut.coefficients >= cut.least - _SUM).all()


@law
@given(seeds)
def test_columns_that_need_not_be_whole_keep_their_points(seed: int) -> None:
    """Points between whole ones, of columns that may be there."""
    random = np.random.default_rng(seed)
    model, _ = tiny_model(random)
    whole = random.random(len(model.cost)) < 0.5
    model = replace(model, integer=whole)
    cut, _ = any_cut(random, model)
    points = random.uniform(-2.0, 2.0, (3_000, len(whole)))
    points[:, whole] = np.round(points[:, whole])
    points = kept(model, points, model.row_lower, model.row_upper)
    assert (points @ cut.coefficients >= cut.least - _SUM).all()


@law
@given(seeds)
def test_a_side_moved_outwards_costs_the_slope(seed: int) -> None:
    random = np.random.default_rng(seed)
    model, _ = tiny_model(random)
    boxed = replace(model, column_lower=np.full(len(model.cost), -2.0), column_upper=np.full(len(model.cost), 2.0))
    cut, weights = any_cut(random, boxed)
    row, more = int(random.integers(len(weights))), float(random.integers(1, 3))
    lower, upper = model.row_lower.copy(), model.row_upper.copy()
    lower[row], upper[row] = lower[row] - more, upper[row] + more
    points = np.array(np.meshgrid(*[np.arange(-2.0, 3.0)] * len(model.cost))).reshape(len(model.cost), -1).T
    points = kept(model, points, lower, upper)
    assume(model.row_lower[row] < model.row_upper[row])  # the slack of an equation is none
    lost = cut.slope * abs(weights[row]) * more
    assert (points @ cut.coefficients >= cut.least - lost - _SUM).all()


def knapsacks(random: np.random.Generator) -> LinearModel:
    """Twelve things in three knapsacks, each worth something: the relaxation takes parts of some."""
    weight = random.integers(5, 40, (3, 12)).astype(float)
    return LinearModel(
        matrix=csc_array(weight),
        row_lower=np.full(3, -np.inf),
        row_upper=np.floor(weight.sum(axis=1) / 3.0),
        column_lower=np.zeros(12),
        column_upper=np.ones(12),
        cost=-random.integers(10, 60, 12).astype(float),
        offset=0.0,
        integer=np.ones(12, dtype=bool),
    )


def bound_of(model: LinearModel, parameters: Certifying, turns: int) -> tuple[float, Forest]:
    block = np.zeros(len(model.cost), dtype=np.int64)
    forest = Forest(model, block, None, Limits(0.0, 60.0), parameters)
    forest.plant(lambda: False, np.inf)
    for _ in range(turns):
        if not forest.trees[0].done:
            forest.trees[0].turn(lambda: False, np.inf)
    return lower_bound(model, forest.certificate(block)), forest


@pytest.mark.parametrize("seed", range(4))
def test_cuts_raise_the_bound_and_are_kept_whole(seed: int, tmp_path: Path) -> None:
    model = knapsacks(np.random.default_rng(seed))
    points = np.array(np.meshgrid(*[[0.0, 1.0]] * 12)).reshape(12, -1).T
    best = optimum(model, points[(points @ model.matrix.toarray().T <= model.row_upper).all(axis=1)])
    relaxed, _ = bound_of(model, DEFAULTS.certificate, 0)
    cut, forest = bound_of(model, DEFAULTS.certificate, 3)
    certificate = forest.certificate(np.zeros(12, dtype=np.int64))
    assert certificate.cuts > 0
    assert certificate.leaves == 1
    assert relaxed + 0.1 * (best - relaxed) < cut <= best
    certificate.write(tmp_path / "certificate.npz")
    assert lower_bound(model, read_certificate(tmp_path / "certificate.npz")) == cut


def test_a_certificate_without_cuts_is_still_read(tmp_path: Path) -> None:
    model = knapsacks(np.random.default_rng(0))
    bound, forest = bound_of(model, DEFAULTS.certificate, 0)
    file = tmp_path / "certificate.npz"
    forest.certificate(np.zeros(12, dtype=np.int64)).write(file)
    with np.load(file) as archive:
        before = {name: archive[name] for name in archive.files if "cut" not in name and "flipped" not in name}
    np.savez(file, **{**before, "format": np.array(2)})
    assert lower_bound(model, read_certificate(file)) == bound
