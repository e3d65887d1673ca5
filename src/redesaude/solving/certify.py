r"""Making a certificate: the prices of the search, and a tree of relaxations for each block.

The blocks are the specialties and the prices those that the search has (:mod:`.specialties.lagrangian_bound`), or else
the duals of the relaxation; a small model is one block. Each tree grows at its least leaf (best first), and the trees
take turns: the one that has gained most for its work is next. What a leaf is worth is not what the solver says but what
:mod:`redesaude.plan.certified` makes of its duals; a leaf that the solver leaves unsolved, or whose own duals do no
better, keeps those of the leaf that it came from. So the certificate is whole at any time. Before a tree is parted its
root has cuts (:mod:`.gomory`), in turns too, as long as they gain.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csc_array

from redesaude.errors import BoundError
from redesaude.plan.certificate import LEAF, Certificate, Recipe, Splits
from redesaude.plan.certified import Part, Parts, row_owners, with_ends
from redesaude.plan.outward import at_least, reduced
from redesaude.plan.plan import Certified, Plan
from redesaude.plan.proof import contradicts
from redesaude.solving.building import built_before
from redesaude.solving.clock import Clock
from redesaude.solving.gomory import gomory_cuts
from redesaude.solving.layout import in_order, layout_of, together
from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS, Certifying
from redesaude.solving.simplex import GrowingRelaxation, relaxation
from redesaude.status import NoCertificate
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel

#: a number is whole within this
_WHOLE = 1e-6

#: part of the bound that is not claimed: another machine may price the scenario with other last digits
_UNCLAIMED = 1e-9

_TINY = float(np.finfo(float).tiny)

#: seconds that a turn counts for at least
_SHORTEST = 1e-3

#: how often multipliers are taken back where a column without end would cost less than nothing
_TAKEN_BACK = 20


@dataclass(frozen=True)
class Evidence:
    """What a search has that a certificate can use: the ``model`` of the whole problem, without rows of the search's
    own, and multipliers of its rows (``duals``, None: none): of those between specialties and of each one's own;
    ``block`` is the group of specialties of each column (None: not known yet), ``journeys`` those that the model tells
    apart where it pools the others (None: it pools none).
    """

    model: LinearModel
    duals: Floats | None = None
    block: Ints | None = None
    journeys: Ints | None = None


def kept_for_certificate(seconds: float, parameters: Certifying) -> float:
    """Return how many of the ``seconds`` of a solve the search leaves to the certificate."""
    return min(parameters.kept * seconds, parameters.kept_seconds)


def certified(
    plan: Plan,
    problem: PlanningProblem,
    evidence: Evidence | None,
    seconds: float,
    stopped: Callable[[], bool] = lambda: False,
    *,
    slowness: float = 1.0,
    parameters: Certifying = DEFAULTS.certificate,
) -> Plan:
    """Return ``plan`` of ``problem`` with its certificate, made within ``seconds``, or with the reason why there is
    none. The model is built here where the search has not built it, if there is time for that on a machine that was
    ``slowness`` times slower than foreseen so far.
    """
    if not plan.has_decisions or plan.objective is None:
        return plan
    clock = Clock(seconds)
    if evidence is None:
        building = slowness * len(problem.journeys.demand) * len(problem.periods) / parameters.built
        if building > parameters.building * seconds:
            return replace(plan, certified=Certified(reason=NoCertificate.TOO_LARGE))
        made = built_before(problem, clock, lambda ahead: stopped() or clock.to_the_end < ahead)
        if made is None:
            return replace(plan, certified=Certified(reason=NoCertificate.NO_TIME))
        evidence = Evidence(made.arrays)
    limits = Limits(0.0, clock.left, seed=plan.seed, clock=clock)
    found = certificate_of(problem, evidence, limits, objective=plan.objective, stopped=stopped, parameters=parameters)
    if found.bound == -np.inf:
        return replace(plan, certified=Certified(reason=NoCertificate.NO_TIME))
    if contradicts(found.bound, plan.objective, plan.turnover):
        raise BoundError(f"the plan of {plan.objective:.17g} lies below the certified bound {found.bound:.17g}")
    return replace(plan, certified=Certified(found.bound, found.leaves), certificate=found)


def certificate_of(
    problem: PlanningProblem,
    evidence: Evidence,
    limits: Limits,
    *,
    objective: float = np.inf,
    stopped: Callable[[], bool] = lambda: False,
    parameters: Certifying = DEFAULTS.certificate,
) -> Certificate:
    """Return a certificate of a lower bound of ``problem``, as good as the seconds of ``limits`` allow.

    It is good enough when it proves ``objective`` (NPV), the cost of the plan.
    """
    clock = limits.clock
    deadline = clock.now + min(limits.seconds, clock.left)
    model, duals = with_ends(evidence.model), evidence.duals
    small = model.matrix.shape[1] <= parameters.columns
    block = np.zeros(len(model.cost), dtype=np.int64)
    if not small and evidence.block is not None:
        block = evidence.block
    elif not small:
        block = together(layout_of(evidence.model, problem), in_order(problem))
    forest = Forest(model, block, duals, limits, parameters)

    def over() -> bool:
        return stopped() or clock.now > deadline

    forest.plant(over, deadline)
    if duals is None and not small and not over():  # the blocks without prices are soon solved, the whole may not be
        relaxed = relaxation(model, replace(limits, seconds=parameters.relaxed * (deadline - clock.now)))
        if relaxed is not None:
            forest = max(
                forest, Forest(model, block, relaxed.row_duals, limits, parameters), key=lambda forest: forest.bound
            )
    forest.grow(objective, over, deadline)
    made = forest.certificate(block)
    return made if evidence.journeys is None else replace(made, journeys=evidence.journeys)


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
        self._poor = 0  # rounds of cuts in a row that gained all but nothing

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
            self._uncut = self.root.value

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
        if self.root.value - before > self._parameters.gain * (self.root.value - self._uncut):
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


class Forest:
    """The trees of all blocks of ``model``; ``duals`` are multipliers of all its rows, None for none."""

    def __init__(
        self, model: LinearModel, block: Ints, duals: Floats | None, limits: Limits, parameters: Certifying
    ) -> None:
        self._parameters = parameters
        duals = np.zeros(model.matrix.shape[0]) if duals is None else duals
        coupling = row_owners(model, block) < 0
        self.prices = np.where(coupling, duals, 0.0)
        self.prices = np.where(coupling, between(model, block, coupling, self.prices), 0.0)
        self._parts = Parts(model, block, self.prices)
        self._clock = limits.clock
        self.trees = [Tree(part, len(duals), duals[part.rows], limits, parameters) for part in self._parts]

    @property
    def bound(self) -> float:
        """What is certified (NPV)."""
        return at_least(np.array([self._parts.sides, *(tree.least for tree in self.trees)]))

    def plant(self, over: Callable[[], bool], deadline: float) -> None:
        """Solve the roots, each in its part of the time; what one does not need goes to the later."""
        for n, tree in enumerate(self.trees):
            if over():
                return
            now = self._clock.now
            tree.plant(now + (deadline - now) / (len(self.trees) - n))

    def grow(self, objective: float, over: Callable[[], bool], deadline: float) -> None:
        """Grow the trees in turns until the bound is ``objective``, they are large enough, or it is over."""
        while not over() and self.bound < objective * (1 - _UNCLAIMED):
            growing = [tree for tree in self.trees if not tree.done]
            if not growing or self._full:
                return
            max(growing, key=lambda tree: tree.gain).turn(lambda: over() or self._full, deadline)

    @property
    def _full(self) -> bool:
        leaves, numbers = sum(tree.leaves for tree in self.trees), sum(tree.numbers for tree in self.trees)
        return leaves >= self._parameters.leaves or numbers >= self._parameters.numbers

    def certificate(self, block: Ints) -> Certificate:
        """Return the certificate of the trees as they stand."""
        nodes = [(n, node) for n, tree in enumerate(self.trees) for node in tree.root]
        leaves = [(n, node) for n, node in nodes if not node.children]
        numbers, recipes = self._cuts()
        cut_row, cut_weight = ([each[k] for each in recipes] for k in (0, 1))
        bound = self.bound
        return Certificate(
            bound=bound - _UNCLAIMED * abs(bound) if np.isfinite(bound) else bound,
            block=block,
            prices=self.prices,
            split=np.array([node.split[0] if node.children and node.split else LEAF for _, node in nodes]),
            floor=np.array([node.split[1] if node.children and node.split else 0.0 for _, node in nodes]),
            ray=np.array([node.ray for _, node in leaves]),
            start=_starts([node.rows for _, node in leaves]),
            row=np.concatenate([numbers[n][node.rows] for n, node in leaves]),
            dual=np.concatenate([node.duals for _, node in leaves]),
            cut_start=_starts(cut_row),
            cut_row=np.concatenate([*cut_row, np.zeros(0, dtype=np.int64)]),
            cut_weight=np.concatenate([*cut_weight, np.zeros(0)]),
            flipped_start=_starts([recipe.flipped for recipe in recipes]),
            flipped=np.concatenate([*(recipe.flipped for recipe in recipes), np.zeros(0, dtype=np.int64)]),
        )

    def _cuts(self) -> tuple[list[Ints], list[Recipe]]:
        """Return the numbers that the rows of each tree have in the certificate, any where they are not needed, and the
        cuts that are.
        """
        count, recipes, numbers = len(self.prices), list[Recipe](), []
        for tree in self.trees:
            own, needed = tree.part.rows, tree.needed()
            number = np.where(own < count, own, LEAF)
            place = np.full(len(tree.part.cuts), LEAF)
            place[needed] = count + len(recipes) + np.arange(len(needed))
            number[len(own) - len(place) :] = place
            for recipe in (tree.part.cuts[n][0] for n in needed.tolist()):
                at = recipe.rows - count
                recipes.append(recipe._replace(rows=np.where(at < 0, recipe.rows, place[np.maximum(at, 0)])))
            numbers.append(number)
        return numbers, recipes


def _starts(each: Sequence[Sized]) -> Ints:
    return np.cumsum([0, *map(len, each)])


def between(model: LinearModel, block: Ints, coupling: Flags, prices: Floats) -> Floats:
    """Return allowed prices of the rows between blocks: those of columns without end that are in no other row."""
    rows = np.flatnonzero(coupling)
    inside = np.diff(model.matrix.tocsr()[~coupling].tocsc().indptr)
    columns = np.flatnonzero(inside == 0)
    part = Part(model.part(rows, columns), rows, columns, np.zeros(len(columns)))
    values = prices.copy()
    values[rows] = allowed(part, prices[rows])
    return values


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
