"""A tree of relaxations of one block, from whose leaves a certificate has its multipliers.

It is cut at its root (:mod:`.gomory`) and grows at its least leaf. What a leaf is worth is not what the solver says but
what :mod:`redesaude.plan.certified` makes of its duals.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csc_array

from redesaude.plan.certificate import Splits
from redesaude.plan.certified import Part
from redesaude.plan.outward import reduced
from redesaude.solving.gomory import gomory_cuts
from redesaude.solving.options import Limits
from redesaude.solving.parameters import Certifying
from redesaude.solving.simplex import GrowingRelaxation
from redesaude_models.arrays import Floats, Ints

#: a number is whole within this
_WHOLE = 1e-6

_TINY = float(np.finfo(float).tiny)

#: seconds that a turn counts for at least
_SHORTEST = 1e-3

#: how often multipliers are taken back where a column without end would cost less than nothing
_TAKEN_BACK = 20


@dataclass(order=True)
class Node:
    """A node of a tree, ``splits`` away from its root: a leaf as long as it has no ``children``. What is below it costs
    at least ``value`` (NPV), as its multipliers ``duals`` of the rows ``rows`` of the block show; ``split`` is where it
    may be parted, None where that is not known, or not possible.
    """

    value: float
    number: int
    splits: Splits = field(compare=False)
    rows: Ints = field(compare=False)
    duals: Floats = field(compare=False)
    ray: bool = field(compare=False, default=False)
    split: tuple[int, float] | None = field(compare=False, default=None)
    solved: bool = field(compare=False, default=False)
    children: tuple[Node, ...] = field(compare=False, default=())

    def __iter__(self) -> Iterator[Node]:
        """Yield this node and all below it in preorder."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


class Tree:
    """The tree of one block of a model of so many ``rows``, grown at its least leaf, from ``duals`` of its own rows."""

    def __init__(self, part: Part, rows: int, duals: Floats, limits: Limits, parameters: Certifying) -> None:
        self._parameters = parameters
        self.part, self._count = part, rows
        self._limits = limits
        self._relaxed = GrowingRelaxation(part.model, limits)
        self._whole = np.flatnonzero(part.model.integer)
        self._weight = np.sqrt(np.diff(part.model.matrix.indptr))[self._whole]
        self.root = self._node([], allowed(part, duals))
        self._open = [self.root]
        self.leaves, self.numbers, self.gain = 1, len(self.root.rows), np.inf
        self._values = self._duals = np.zeros(0)  # of the relaxation last solved
        self._gained, self._poor = 0.0, 0  # by cuts, and rounds of them in a row that gained all but nothing

    @property
    def least(self) -> float:
        """The bound of the block: that of its least leaf (NPV)."""
        return self._open[0].value

    @property
    def done(self) -> bool:
        """Whether nothing more can be had: the least leaf is solved and cannot be parted."""
        return self.least == np.inf or (self._open[0].solved and self._open[0].split is None)

    def plant(self, deadline: float) -> None:
        """Solve the root."""
        if not self.root.solved:
            self._grow(deadline)

    def turn(self, over: Callable[[], bool], deadline: float) -> None:
        """Cut once, or grow by some leaves, and note what was gained for the time."""
        before, began, p = self.least, self._limits.clock.now, self._parameters
        if self._cuts_gain:
            self._cut(deadline)
        else:
            aim = self.leaves + p.turn + int(p.turn_share * self.leaves)
            while not (self.done or over() or self.leaves >= aim):
                self._grow(deadline)
        gained = self.least - before if np.isfinite(before) else np.inf
        self.gain = gained / max(_SHORTEST, self._limits.clock.now - began)

    @property
    def _cuts_gain(self) -> bool:
        return (
            self.root.solved and self.root.split is not None and self.leaves == 1 and self._poor < self._parameters.poor
        )

    def _cut(self, deadline: float) -> None:
        """Give the root cuts that its relaxation is beyond, and solve it again without those that are slack."""
        found = gomory_cuts(self.part, self._relaxed, self._values, self._parameters.cuts)
        self._poor += 1
        if not found:
            self._poor = self._parameters.poor
            return
        self._let_go_of_slack_cuts()
        number = self._count + len(self.part.cuts)
        self.part = self.part.with_rows([(number + n, *each) for n, each in enumerate(found)])
        self.numbers += sum(len(recipe.rows) for recipe, _ in found)
        added = self.part.model.matrix[-len(found) :]
        self._relaxed.add(added, self.part.model.row_lower[-len(found) :])
        before = self.root.value
        self._solve(self.root, deadline)
        rise = self.root.value - before
        self._gained += rise
        if rise > self._parameters.gain * self._gained:
            self._poor = 0

    def _let_go_of_slack_cuts(self) -> None:
        first = len(self._duals) - len(self.part.cuts)
        slack = first + np.flatnonzero(self._duals[first:] == 0.0)
        self._relaxed.ask(slack, np.full(len(slack), -np.inf))

    def needed(self) -> Ints:
        """Return the places of the cuts that leaves have multipliers of, and of those that these are made of."""
        used = np.zeros(len(self.part.cuts), dtype=bool)
        before = len(self.part.rows) - len(used)
        for node in self.root:
            used[node.rows[node.rows >= before] - before] |= not node.children
        for n in reversed(range(len(used))):
            if used[n]:
                rows = self.part.cuts[n][0].rows - self._count
                used[rows[rows >= 0]] = True
        return np.flatnonzero(used)

    def _grow(self, deadline: float) -> None:
        """Solve the least leaf, or part it where that has told how."""
        leaf = heapq.heappop(self._open)
        if leaf.split is None:
            self._solve(leaf, deadline)
            heapq.heappush(self._open, leaf)
            return
        column, floor = leaf.split
        leaf.children = tuple(
            self._node([*leaf.splits, (column, floor, above)], self._multipliers(leaf)) for above in (False, True)
        )
        for child in leaf.children:
            heapq.heappush(self._open, child)
        self.leaves += 1
        self.numbers += len(leaf.rows)

    def _node(self, splits: Splits, multipliers: Floats) -> Node:
        rows = np.flatnonzero(multipliers)
        value = self.part.bound(multipliers, self.part.within(splits))
        return Node(value, getattr(self, "leaves", 0), splits, rows, multipliers[rows])

    def _multipliers(self, leaf: Node) -> Floats:
        values = np.zeros(len(self.part.rows))
        values[leaf.rows] = leaf.duals
        return values

    def _solve(self, leaf: Node, deadline: float) -> None:
        """Give a leaf the duals of its own relaxation, if they do better, and a split."""
        leaf.solved = True
        lower, upper = within = self.part.within(leaf.splits)
        self._relaxed.restrict(self._whole, lower[self._whole], upper[self._whole])
        limits = replace(self._limits, seconds=max(0.0, deadline - self._limits.clock.now))
        found = self._relaxed.solve(limits)
        if found is None:
            self._show_empty(leaf, limits)
            return
        duals = allowed(self.part, found.row_duals)
        value = self.part.bound(duals, within)
        if value > leaf.value:
            rows = np.flatnonzero(duals)
            self.numbers += len(rows) - len(leaf.rows)
            leaf.value, leaf.rows, leaf.duals = value, rows, duals[rows]
        self._values, self._duals = found.values, found.row_duals
        leaf.split = self._split(found.values[self._whole])

    def _show_empty(self, leaf: Node, limits: Limits) -> None:
        """Give a leaf that the solver calls empty the ray that shows it."""
        ray = self._relaxed.dual_ray(limits)
        within = self.part.within(leaf.splits)
        for signed in () if ray is None else (ray, -ray):
            multipliers = allowed(self.part, signed, ray=True)
            if self.part.bound(multipliers, within, ray=True) == np.inf:
                rows = np.flatnonzero(multipliers)
                leaf.value, leaf.ray, leaf.rows, leaf.duals = np.inf, True, rows, multipliers[rows]

    def _split(self, values: Floats) -> tuple[int, float] | None:
        """Return the least settled whole column and its floor; columns in many rows are preferred."""
        beyond = values - np.floor(values)
        unsettled = np.minimum(beyond, 1.0 - beyond)
        if not (unsettled > _WHOLE).any():
            return None
        at = int(np.argmax(np.where(unsettled > _WHOLE, unsettled * self._weight, 0.0)))
        return int(self.part.columns[self._whole[at]]), float(np.floor(values[at]))


def allowed(part: Part, multipliers: Floats, *, ray: bool = False) -> Floats:
    """Return the nearest multipliers that bound a block at all.

    They press on sides that are there, and leave every column without end a reduced cost that is not below 0 (with its
    rounding): rows that take too much of it are taken back in proportion. A solver's duals miss both by its tolerance.
    """
    model = part.model
    against = np.where(multipliers > 0, model.row_lower, model.row_upper)
    kept = np.where(np.isfinite(against), multipliers, 0.0)
    endless = np.flatnonzero(np.isinf(model.column_upper))
    cost, off = (np.zeros(len(endless)),) * 2 if ray else (model.cost[endless], part.off[endless])
    matrix = csc_array(model.matrix[:, endless])
    entries = matrix.tocoo()
    for _ in range(_TAKEN_BACK):
        d, wide = reduced(cost, off, matrix, kept)
        missing = np.maximum(wide - d, 0.0) + wide * (d < wide)
        if not missing.any():
            break
        taken = np.maximum(entries.data * kept[entries.row], 0.0)
        of_column = np.bincount(entries.col, taken, len(endless))
        part_left = 1.0 - missing / np.maximum(np.maximum(of_column, missing), _TINY)
        factor = np.ones(len(kept))
        np.minimum.at(factor, entries.row[taken > 0], part_left[entries.col[taken > 0]])
        kept = kept * factor
    return kept
