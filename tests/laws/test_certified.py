"""Laws of the bound without a solver: no numbers in a certificate prove more than the optimum."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array

from redesaude.plan.certificate import LEAF, Certificate, CertificateError, read_certificate
from redesaude.plan.certified import lower_bound, with_ends
from redesaude.solving.certify import Forest
from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS
from redesaude_models.arrays import Floats, Ints
from redesaude_models.standard_form import LinearModel

law = settings(max_examples=150, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)

#: size of the box of each column of a tiny model
BOX = 2


def tiny_model(random: np.random.Generator) -> tuple[LinearModel, Floats]:
    """A model of a few whole columns and whole data, and its points: every sum about it is exact.

    Some columns have no end of their own, only one that a row implies, and some models hold no point at all.
    """
    rows, columns = int(random.integers(1, 5)), int(random.integers(1, 5))
    matrix = random.integers(-3, 4, (rows, columns)) * (random.random((rows, columns)) < 0.7)
    lower = random.integers(-4, 2, rows).astype(float)
    upper = lower + random.integers(0, 8, rows)
    lower[random.random(rows) < 0.4] = -np.inf
    upper[random.random(rows) < 0.4] = np.inf
    empty = ~matrix.any(axis=1)
    lower[empty], upper[empty] = np.minimum(lower[empty], 0.0), np.maximum(upper[empty], 0.0)
    least, most = np.full(columns, -float(BOX)), np.full(columns, float(BOX))
    grid = np.array(list(product(range(-BOX, BOX + 1), repeat=columns)), dtype=float)
    if random.random() < 0.5:  # the box as a row: ends that are implied
        matrix = np.vstack([matrix, np.eye(columns)])
        lower, upper = np.append(lower, least), np.append(upper, most)
        endless = random.random(columns) < 0.5
        most[endless] = np.inf
        least[endless & (random.random(columns) < 0.5)] = -np.inf
    model = LinearModel(
        matrix=csc_array(matrix.astype(float)),
        row_lower=lower,
        row_upper=upper,
        column_lower=least,
        column_upper=most,
        cost=random.integers(-9, 10, columns).astype(float),
        offset=float(random.integers(-5, 6)),
        integer=np.ones(columns, dtype=bool),
    )
    inside = grid @ matrix.T
    return model, grid[((inside >= lower) & (inside <= upper)).all(axis=1)]


def optimum(model: LinearModel, points: Floats) -> float:
    return min((model.value(point) for point in points), default=np.inf)


def garbage(random: np.random.Generator, model: LinearModel) -> Certificate:
    """A certificate that is well formed and otherwise nonsense."""
    rows, columns = model.matrix.shape
    block = random.integers(-1, 2, columns)
    split: list[int] = []
    for name in np.unique(block):
        grow(random, np.flatnonzero(block == name), split, 0)
    leaves = split.count(LEAF)
    own = [np.flatnonzero([touches <= {n} for touches in touched(model, block)]) for n in np.unique(block)]
    trees = tree_of_leaf(split)
    scale = 10.0 ** random.integers(-3, 13)
    cuts = []
    for _ in range(int(random.integers(0, 4))):
        tree = int(random.integers(len(own)))
        if len(own[tree]):
            cuts.append(some(random, own[tree], least=1))
            own[tree] = np.append(own[tree], rows + len(cuts) - 1)
    flipped = [some(random, np.arange(columns)) for _ in cuts]
    weights = random.normal(size=sum(map(len, cuts))) * random.choice([1.0, scale])
    row = [some(random, own[t]) for t in trees]
    return Certificate(
        bound=float(random.normal() * 1e3),
        block=block,
        prices=random.normal(size=rows) * scale * (random.random(rows) < 0.5),
        split=np.array(split),
        floor=random.integers(-3, 3, len(split)).astype(float),
        ray=random.random(leaves) < 0.3,
        start=np.cumsum([0, *map(len, row)]),
        row=np.concatenate(row).astype(np.int64),
        dual=random.normal(size=sum(map(len, row))) * scale,
        cut_start=np.cumsum([0, *map(len, cuts)]),
        cut_row=np.concatenate([*cuts, np.zeros(0)]).astype(np.int64),
        cut_weight=weights,
        flipped_start=np.cumsum([0, *map(len, flipped)]),
        flipped=np.concatenate([*flipped, np.zeros(0)]).astype(np.int64),
    )


def some(random: np.random.Generator, of: Ints, least: int = 0) -> Ints:
    return np.sort(random.choice(of, int(random.integers(least, len(of) + 1)), replace=False))


def grow(random: np.random.Generator, columns: Ints, split: list[int], depth: int) -> None:
    if depth > 3 or random.random() < 0.4:
        split.append(LEAF)
        return
    split.append(int(random.choice(columns)))
    grow(random, columns, split, depth + 1)
    grow(random, columns, split, depth + 1)


def touched(model: LinearModel, block: Ints) -> list[set[int]]:
    """Blocks of the columns of each row; a row without columns is no block's own."""
    form = model.matrix.toarray() != 0
    return [set(block[row].tolist()) or {99} for row in form]


def tree_of_leaf(split: list[int]) -> list[int]:
    trees, tree, due = [], 0, 1
    for column in split:
        due += -1 if column == LEAF else 1
        if column == LEAF:
            trees.append(tree)
        if due == 0:
            tree, due = tree + 1, 1
    return trees


@law
@given(seeds)
def test_no_garbage_proves_more_than_the_optimum(seed: int) -> None:
    random = np.random.default_rng(seed)
    model, points = tiny_model(random)
    assert lower_bound(model, garbage(random, model)) <= optimum(model, points)


@pytest.mark.long
@law
@given(seeds)
def test_a_grown_tree_proves_the_optimum(seed: int) -> None:
    model, points = tiny_model(np.random.default_rng(seed))
    block = np.zeros(len(model.cost), dtype=np.int64)
    forest = Forest(with_ends(model), block, None, Limits(0.0, 60.0), DEFAULTS.certificate)
    forest.grow(np.inf, lambda: False, np.inf)
    bound, best = lower_bound(model, forest.certificate(block)), optimum(model, points)
    assert bound <= best
    assert bound >= best - 1e-7 * max(1.0, abs(best)) or bound == best


@law
@given(seeds)
def test_any_prices_between_blocks_bound(seed: int) -> None:
    random = np.random.default_rng(seed)
    model, points = tiny_model(random)
    block = random.integers(0, 2, len(model.cost))
    forest = Forest(
        with_ends(model), block, random.normal(size=model.matrix.shape[0]), Limits(0.0, 60.0), DEFAULTS.certificate
    )
    forest.grow(np.inf, lambda: False, np.inf)
    certificate = forest.certificate(block)
    bound = lower_bound(model, certificate)
    assert certificate.bound <= bound <= optimum(model, points)


@law
@given(seeds)
def test_implied_ends_cut_off_no_point(seed: int) -> None:
    model, points = tiny_model(np.random.default_rng(seed))
    ended = with_ends(model)
    assert ((points >= ended.column_lower) & (points <= ended.column_upper)).all()


@given(seeds)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_a_certificate_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    random = np.random.default_rng(seed)
    model, _ = tiny_model(random)
    written, file = garbage(random, model), tmp_path_factory.mktemp("certificate") / "certificate.npz"
    written.write(file)
    found = read_certificate(file)
    assert all(np.array_equal(getattr(written, f.name), getattr(found, f.name)) for f in fields(Certificate))


def test_a_cost_of_nothing_on_a_column_without_end_is_nothing() -> None:
    endless = np.array([np.inf])
    model = LinearModel(csc_array((1, 1)), -endless, endless, np.zeros(1), endless, np.zeros(1), 3.0, np.ones(1) < 0)
    none = np.zeros(0)
    certificate = Certificate(
        3.0,
        block=np.zeros(1, dtype=np.int64),
        prices=np.zeros(1),
        split=np.array([LEAF]),
        floor=np.zeros(1),
        ray=np.array([False]),
        start=np.array([0, 0]),
        row=none.astype(np.int64),
        dual=none,
    )
    assert lower_bound(replace(model, cost=np.ones(1)), certificate) == pytest.approx(3.0)
    assert lower_bound(replace(model, cost=-np.ones(1)), certificate) == -np.inf


def test_what_is_no_archive_is_no_certificate(tmp_path: Path) -> None:
    (tmp_path / "certificate.npz").write_bytes(b"PK nothing")
    with pytest.raises(CertificateError, match="cannot be read"):
        read_certificate(tmp_path / "certificate.npz")
