r"""A lower bound that anyone can recompute without a solver.

The model is :math:`\min c^\top x + c_0`, :math:`a \le A x \le b`, :math:`l \le x \le u`, some :math:`x_j` whole. For
any multipliers :math:`y` of its rows and any partition of its columns into blocks :math:`s` (Geoffrion 1974),

.. math::
    \text{cost of any plan} \;\ge\; c_0 + r(y) + \sum_s \min_{x_s \in X_s} (c - A^\top y)_s^\top x_s, \qquad
    r(y) = \sum_{y_i > 0} y_i a_i + \sum_{y_i < 0} y_i b_i

where :math:`X_s` keeps the bounds, the whole numbers and the rows whose columns all lie in the block. A binary tree
parts each :math:`X_s`: a split :math:`(j, k)` of a whole column says :math:`x_j \le k` on one side and
:math:`x_j \ge k + 1` on the other, so that every whole point lies in a leaf, whatever the splits. In a leaf any
multipliers :math:`w` of the block's rows give (weak duality of its linear relaxation)

.. math:: \min_{x_s} \ge r(w) + \sum_j \min(d_j l_j, d_j u_j), \qquad d = (c - A^\top y - A^\top w)_s

and with :math:`d = -A^\top w` a value above 0 shows that the leaf holds nothing at all (Farkas). The least leaf bounds
the block.

Nothing in a certificate is trusted: whatever numbers it holds, what comes out is a bound, if only a poor one. Every sum
and product is rounded against us: with :math:`n` terms in floating point in whatever order a sum is off by less than
:math:`n \epsilon \sum |t_k|` (Higham 2002, section 3.1; Neumaier and Shcherbina 2004), and reduced costs are intervals.
A column without an end would make the bound minus infinity at the first rounding: it gets the end that its rows imply.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csc_array

from redesaude.language import N_
from redesaude.plan.certificate import LEAF, Certificate, CertificateError
from redesaude_models.arrays import Floats, Ints
from redesaude_models.network import build_model
from redesaude_models.pool import pooled
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel, linear_model

#: a sum is off by less than this for each of its terms' magnitudes: twice the unit roundoff pays for all second orders
_EPSILON = float(np.finfo(float).eps)

#: pays for products too small to be told from 0
_TINY = float(np.finfo(float).tiny)

#: rounds in which ends of columns follow from those found in the round before; largest floor of a split
_ROUNDS, _LARGEST = 8, 2.0**31


def model_of(problem: PlanningProblem, certificate: Certificate) -> LinearModel:
    """Return the model that ``certificate`` is of: no plan of ``problem`` costs less than the best of that.

    Raises
    ------
    CertificateError
        when the certificate names journeys that the problem has not.

    """
    return linear_model(build_model(problem_of(problem, certificate)))


def problem_of(problem: PlanningProblem, certificate: Certificate) -> PlanningProblem:
    """Return the problem that ``certificate`` is of, journeys pooled that it does not tell apart. Raises as
    :func:`model_of`.
    """
    journeys, kept = certificate.journeys, np.zeros(len(problem.journeys.demand), dtype=bool)
    if not len(journeys):
        return problem
    if journeys.min() < 0 or journeys.max() >= len(kept):
        raise CertificateError(N_("the certificate names journeys that the scenario has not"))
    kept[journeys] = True
    return pooled(problem, kept)[0]


def lower_bound(model: LinearModel, certificate: Certificate) -> float:
    """Return a number (NPV) that the cost of no plan of ``model`` is below: what the certificate proves of it.

    Minus infinity where it proves nothing, infinity where it proves that there is no plan.

    Raises
    ------
    CertificateError
        when the arrays do not fit the model or each other.

    """
    _check_shapes(model, certificate)
    parts = Parts(model, certificate.block, certificate.prices)
    trees = list(trees_of(certificate))
    if len(trees) != len(parts):
        raise CertificateError(N_("the certificate has not one tree for each block"))
    least = [_least(part, tree, certificate) for part, tree in zip(parts, trees, strict=True)]
    return at_least(np.array([parts.sides, *least]))


def _least(part: Part, tree: list[tuple[int, Splits]], c: Certificate) -> float:
    """Return the bound of a block: that of its least leaf."""
    bounds = [np.inf]
    for leaf, path in tree:
        at = slice(c.start[leaf], c.start[leaf + 1])
        multipliers = part.multipliers(c.row[at], c.dual[at])
        bounds.append(part.bound(multipliers, part.within(path), ray=bool(c.ray[leaf])))
    return min(bounds)


def _check_shapes(model: LinearModel, c: Certificate) -> None:
    """Refuse arrays that are not as long as they must be, or that point outside the model."""
    rows, columns = model.matrix.shape
    if len(c.block) != columns or len(c.prices) != rows:
        raise CertificateError(N_("the certificate is of a model with other rows or columns"))
    if len(c.floor) != len(c.split) or len(c.row) != len(c.dual) or len(c.ray) != int((c.split == LEAF).sum()):
        raise CertificateError(N_("arrays of the certificate are not equally long"))
    if len(c.start) != len(c.ray) + 1 or c.start[0] != 0 or c.start[-1] != len(c.row) or (np.diff(c.start) < 0).any():
        raise CertificateError(N_("the multipliers of the certificate are not those of its leaves"))
    if ((c.row < 0) | (c.row >= rows)).any() or ((c.split < LEAF) | (c.split >= columns)).any():
        raise CertificateError(N_("the certificate names rows or columns that the model has not"))


#: splits on the way to a leaf: column, floor, and whether the leaf lies above the floor
Splits = list[tuple[int, float, bool]]


def trees_of(c: Certificate) -> Iterator[list[tuple[int, Splits]]]:
    """Yield the leaves of each tree, with the way to them; CertificateError for a tree that does not end."""
    leaf = 0
    tree: list[tuple[int, Splits]] = []
    path: Splits = []
    for column, floor in zip(c.split.tolist(), c.floor.tolist(), strict=True):
        if column != LEAF:
            path.append((column, floor, False))
            continue
        tree.append((leaf, list(path)))
        leaf += 1
        while path and path[-1][2]:
            path.pop()
        if path:
            path[-1] = (*path[-1][:2], True)
        else:
            yield tree
            tree = []
    if tree or path:
        raise CertificateError(N_("a tree of the certificate does not cover all plans"))


def row_owners(model: LinearModel, block: Ints) -> Ints:
    """Return the block of each row whose columns lie all in it, counted in the order of their names; -1 for rows of
    several blocks, or of none.
    """
    names, owner = np.unique(block, return_inverse=True)
    form = model.matrix.tocoo()
    least, most = np.full(form.shape[0], len(names)), np.full(form.shape[0], -1)
    np.minimum.at(least, form.row, owner[form.col])
    np.maximum.at(most, form.row, owner[form.col])
    return np.where(least == most, least, -1)


class Parts:
    """The blocks of ``model`` at ``prices`` of its rows; ``block`` is the number of the block of each column.

    ``sides`` is what the prices make of the sides of their rows, and the offset, rounded down.
    """

    def __init__(self, model: LinearModel, block: Ints, prices: Floats) -> None:
        self._model = with_ends(model)
        names, self._owner = np.unique(block, return_inverse=True)
        self._count, self._row_owner = len(names), row_owners(model, block)
        self._cost, self._off = reduced(model.cost, np.zeros_like(model.cost), model.matrix, prices)
        self.sides = at_least(np.append(_sides(model, prices), model.offset))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Part]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> Part:
        """Return the block of that number, in the order of their names."""
        rows, columns = np.flatnonzero(self._row_owner == number), np.flatnonzero(self._owner == number)
        return Part(self._model.part(rows, columns, self._cost[columns]), rows, columns, self._off[columns])


@dataclass(frozen=True)
class Part:
    """One block: its ``model`` at the reduced costs, which are right to within ``off``, and where its ``rows`` and
    ``columns`` stand in the whole.
    """

    model: LinearModel
    rows: Ints
    columns: Ints
    off: Floats

    def multipliers(self, rows: Ints, duals: Floats) -> Floats:
        """Return ``duals`` of ``rows`` (of the whole) as multipliers of the rows of the block."""
        at = np.searchsorted(self.rows, rows)
        if len(rows) and (not len(self.rows) or (self.rows[np.minimum(at, len(self.rows) - 1)] != rows).any()):
            raise CertificateError(N_("a block of the certificate uses rows that are not its own"))
        values = np.zeros(len(self.rows))
        values[at] = duals
        return values

    def within(self, path: Splits) -> tuple[Floats, Floats]:
        """Return the bounds of the columns after the splits of ``path`` (columns of the whole)."""
        lower, upper = self.model.column_lower.copy(), self.model.column_upper.copy()
        for column, floor, above in path:
            at = int(np.searchsorted(self.columns, column))
            if at == len(self.columns) or self.columns[at] != column:
                raise CertificateError(N_("a tree of the certificate splits a column of another block"))
            if not self.model.integer[at] or floor != np.floor(floor) or abs(floor) > _LARGEST:
                raise CertificateError(N_("a tree of the certificate splits between numbers that may be taken"))
            if above:
                lower[at] = max(lower[at], floor + 1.0)
            else:
                upper[at] = min(upper[at], floor)
        return lower, upper

    def bound(self, multipliers: Floats, within: tuple[Floats, Floats], *, ray: bool = False) -> float:
        """Return what the block costs at least within these bounds of its columns; infinite: nothing is within them.

        With ``ray`` the multipliers only show that nothing is; minus infinity if they fail to.
        """
        lower, upper = within
        if (lower > upper).any():
            return np.inf
        cost, off = (np.zeros_like(self.off),) * 2 if ray else (self.model.cost, self.off)
        d, wide = reduced(cost, off, self.model.matrix, multipliers)
        value = at_least(np.append(_sides(self.model, multipliers), least_products(d - wide, d + wide, lower, upper)))
        return value if not ray else np.inf if value > 0 else -np.inf


def reduced(cost: Floats, off: Floats, matrix: csc_array, multipliers: Floats) -> tuple[Floats, Floats]:
    """Return ``cost - matrix.T @ multipliers`` and by how much each may be off, ``cost`` being right to ``off``."""
    terms = np.diff(matrix.indptr) + 8
    size = np.abs(cost) + off + abs(matrix).T @ np.abs(multipliers)
    return np.asarray(cost - matrix.T @ multipliers), np.asarray(off + terms * (_EPSILON * size + _TINY))


def _sides(model: LinearModel, multipliers: Floats) -> Floats:
    """Return at least what each multiplier makes of the side that it presses on; minus infinity if there is none."""
    used = multipliers != 0
    side = np.where(multipliers > 0, model.row_lower, model.row_upper)[used]
    return np.asarray(np.nextafter(multipliers[used] * side, -np.inf))


def least_products(least: Floats, most: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return at least the smallest ``d * x`` of each column, ``d`` between least and most, ``x`` between its bounds."""
    with np.errstate(invalid="ignore"):
        products = np.stack([d * x for d in (least, most) for x in (lower, upper)])
    products[np.isnan(products)] = 0.0  # a cost of 0 makes 0 of any x, however large
    fine = np.isfinite(least) & np.isfinite(most)
    return np.where(fine, np.nextafter(products.min(axis=0, initial=np.inf), -np.inf), -np.inf)


def at_least(terms: Floats) -> float:
    """Return the sum of ``terms``, rounded down; minus infinity if one of them is, or is no number."""
    if np.isnan(terms).any() or (terms == -np.inf).any():
        return -np.inf
    error = (len(terms) + 8) * (_EPSILON * float(np.abs(terms).sum()) + _TINY)
    if np.isfinite(error):
        return float(terms.sum()) - error
    return np.inf if (terms == np.inf).any() else -np.inf


def with_ends(model: LinearModel) -> LinearModel:
    """Return ``model`` with the ends that its rows imply for columns without one: what all others leave of a row."""
    lower, upper = model.column_lower, model.column_upper
    form = model.matrix.tocsr()[:, :]
    form.eliminate_zeros()
    endless = np.isinf(lower) | np.isinf(upper)
    rows = np.flatnonzero(abs(form) @ endless.astype(float))
    entries = form[rows].tocoo()
    for _ in range(_ROUNDS):
        known = lower, upper
        for sign, side in ((1.0, model.row_upper[rows]), (-1.0, -model.row_lower[rows])):
            lower, upper = _ended(entries, sign, side, lower, upper)
        if np.array_equal(known[0], lower) and np.array_equal(known[1], upper):
            break
    return replace(model, column_lower=lower, column_upper=upper)


def _ended(entries: coo_array, sign: float, side: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Return bounds of columns with the missing ones that ``sign * entries @ x <= side`` implies, rounded outwards."""
    row, column, a, count = entries.row, entries.col, sign * entries.data, len(side)
    least = np.where(a > 0, a * lower[column], a * upper[column])
    endless = np.isinf(least)
    finite = np.where(endless, 0.0, least)
    others = np.bincount(row, endless, count)[row] - endless
    rest = np.bincount(row, finite, count)[row] - finite
    size = 2.0 * np.bincount(row, np.abs(finite), count) + np.abs(side)
    error = (np.bincount(row, minlength=count) + 8) * (_EPSILON * size + _TINY)
    with np.errstate(invalid="ignore"):
        room = (side[row] - rest + error[row]) / a
    bound = (others == 0) & np.isfinite(side[row]) & np.isfinite(room)
    most, fewest = upper.copy(), lower.copy()
    up = np.flatnonzero(bound & (a > 0) & np.isinf(upper[column]))
    down = np.flatnonzero(bound & (a < 0) & np.isinf(lower[column]))
    np.minimum.at(most, column[up], np.nextafter(room[up], np.inf))
    np.maximum.at(fewest, column[down], np.nextafter(room[down], -np.inf))
    return fewest, most
