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
the block. Beside its own rows a block may have cuts, each made of the rows before it by rounding (:mod:`.cuts`).

Nothing in a certificate is trusted: whatever numbers it holds, what comes out is a bound, if only a poor one. Every sum
and product is rounded against us (:mod:`.outward`), and reduced costs are intervals. A column without an end would make
the bound minus infinity at the first rounding: it gets the end that its rows imply.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csr_array

from redesaude.language import N_
from redesaude.plan.certificate import LEAF, Certificate, CertificateError, Recipe, Splits, trees_of
from redesaude.plan.cuts import Cut, Rounding
from redesaude.plan.outward import EPSILON, TINY, at_least, least_products, reduced, sides
from redesaude_models.arrays import Floats, Ints
from redesaude_models.network import build_model
from redesaude_models.pool import pooled
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel, linear_model

#: rounds in which ends of columns follow from those found in the round before; largest floor of a split
_ROUNDS, _LARGEST = 8, 2.0**31

#: cuts of a certificate, so that a stranger's does not fill the memory; of those that are rows of their own at once
_MOST_CUTS, _AT_ONCE = 20_000, 500


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
    parts = Parts.of(model, certificate)
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
    if c.cuts > _MOST_CUTS:
        raise CertificateError(
            N_("the certificate has {cuts} cuts; no more than {most} are read"), cuts=c.cuts, most=_MOST_CUTS
        )
    if not _fit(c.cut_start, c.cut_row, c.cut_weight) or not _fit(c.flipped_start, c.flipped, c.flipped):
        raise CertificateError(N_("the cuts of the certificate are not whole"))
    before = rows + np.repeat(np.arange(c.cuts), np.diff(c.cut_start))
    if len(c.flipped_start) != c.cuts + 1 or ((c.cut_row < 0) | (c.cut_row >= before)).any():
        raise CertificateError(N_("the cuts of the certificate are not whole"))
    rows += c.cuts
    if ((c.row < 0) | (c.row >= rows)).any() or ((c.split < LEAF) | (c.split >= columns)).any():
        raise CertificateError(N_("the certificate names rows or columns that the model has not"))


def _fit(start: Ints, *each: Ints | Floats) -> bool:
    """Whether arrays are parted by ``start`` from their first entry to their last."""
    whole = len(start) > 0 and start[0] == 0 and not (np.diff(start) < 0).any()
    return whole and all(start[-1] == len(values) for values in each)


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
    """The blocks of ``model`` at ``prices`` of its rows; ``block`` is the number of the block of each column, and
    ``cuts`` are those of any block, each numbered behind the rows of the model.

    ``sides`` is what the prices make of the sides of their rows, and the offset, rounded down.
    """

    def __init__(self, model: LinearModel, block: Ints, prices: Floats, cuts: Iterable[Recipe] = ()) -> None:
        self._model = with_ends(model)
        names, self._owner = np.unique(block, return_inverse=True)
        self._count, self._row_owner = len(names), row_owners(model, block)
        self._cost, self._off = reduced(model.cost, np.zeros_like(model.cost), model.matrix, prices)
        self.sides = at_least(np.append(sides(model, prices), model.offset))
        self._cuts: dict[int, list[tuple[int, Recipe]]] = {}
        owner = self._row_owner.tolist()
        for number, recipe in enumerate(cuts, len(owner)):
            of_rows = {owner[row] for row in recipe.rows.tolist()}
            owner.append(of_rows.pop() if len(of_rows) == 1 else -1)
            if owner[-1] < 0:
                raise CertificateError(N_("a cut of the certificate is not of one block"))
            self._cuts.setdefault(owner[-1], []).append((number, recipe))

    @classmethod
    def of(cls, model: LinearModel, certificate: Certificate) -> Parts:
        """Return the blocks that ``certificate`` makes of ``model``, with its cuts."""
        return cls(model, certificate.block, certificate.prices, certificate.recipes())

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Part]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> Part:
        """Return the block of that number, in the order of their names."""
        rows, columns = np.flatnonzero(self._row_owner == number), np.flatnonzero(self._owner == number)
        part = Part(self._model.part(rows, columns, self._cost[columns]), rows, columns, self._off[columns])
        return part.with_cuts(self._cuts.get(number, []))


@dataclass(frozen=True)
class Part:
    """One block: its ``model`` at the reduced costs, which are right to within ``off``, and where its ``rows`` and
    ``columns`` stand in the whole. Its last rows are ``cuts``: how each is made, and its slope.
    """

    model: LinearModel
    rows: Ints
    columns: Ints
    off: Floats
    cuts: tuple[tuple[Recipe, float], ...] = ()

    def with_cuts(self, cuts: Iterable[tuple[int, Recipe]]) -> Part:
        """Return this block with these numbered cuts behind its own rows; one that cannot be made asks for nothing."""
        part, rounding = self, Rounding(self.model)
        made: list[tuple[int, Recipe, Cut]] = []
        for number, recipe in cuts:
            if made and (len(made) >= _AT_ONCE or recipe.rows.max() >= made[0][0]):
                part, made = part.with_rows(made), []
                rounding = Rounding(part.model)
            cut = rounding.cut(part.multipliers(recipe.rows, recipe.weights), np.isin(part.columns, recipe.flipped))
            made.append((number, recipe, cut or Cut(np.zeros(len(self.columns)), 0.0, 0.0)))
        return part.with_rows(made) if made else part

    def with_rows(self, cuts: Sequence[tuple[int, Recipe, Cut]]) -> Part:
        """Return this block with cuts as rows of these numbers."""
        below = csr_array(np.array([cut.coefficients for *_, cut in cuts]))
        return replace(
            self,
            model=self.model.with_rows(below, np.array([cut.least for *_, cut in cuts])),
            rows=np.append(self.rows, [number for number, *_ in cuts]),
            cuts=(*self.cuts, *((recipe, cut.slope) for _, recipe, cut in cuts)),
        )

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
        value = at_least(np.append(sides(self.model, multipliers), least_products(d - wide, d + wide, lower, upper)))
        return value if not ray else np.inf if value > 0 else -np.inf


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
    error = (np.bincount(row, minlength=count) + 8) * (EPSILON * size + TINY)
    with np.errstate(invalid="ignore"):
        room = (side[row] - rest + error[row]) / a
    bound = (others == 0) & np.isfinite(side[row]) & np.isfinite(room)
    most, fewest = upper.copy(), lower.copy()
    up = np.flatnonzero(bound & (a > 0) & np.isinf(upper[column]))
    down = np.flatnonzero(bound & (a < 0) & np.isinf(lower[column]))
    np.minimum.at(most, column[up], np.nextafter(room[up], np.inf))
    np.maximum.at(fewest, column[down], np.nextafter(room[down], -np.inf))
    return fewest, most
