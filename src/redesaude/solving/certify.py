r"""Making a certificate: the prices of the search, and a tree of relaxations for each block.

The blocks are the specialties and the prices those that the search has (:mod:`.specialties.lagrangian_bound`), or else
the duals of the relaxation; a small model is one block. Each tree grows at its least leaf (best first), and the trees
take turns: the one that has gained most for its work is next. What a leaf is worth is not what the solver says but what
:mod:`redesaude.plan.certified` makes of its duals; a leaf that the solver leaves unsolved, or whose own duals do no
better, keeps those of the leaf that it came from. So the certificate is whole at any time. Before a tree is parted its
root has cuts (:mod:`.gomory`), in turns too, as long as they gain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass, replace

import numpy as np

from redesaude.errors import BoundError
from redesaude.plan.certificate import LEAF, Certificate, Recipe
from redesaude.plan.certified import Part, Parts, row_owners, with_ends
from redesaude.plan.outward import at_least
from redesaude.plan.plan import Certified, Plan
from redesaude.plan.proof import contradicts
from redesaude.solving.bounding_tree import Tree, allowed
from redesaude.solving.building import built_before
from redesaude.solving.clock import Clock
from redesaude.solving.layout import in_order, layout_of, together
from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS, Certifying
from redesaude.solving.simplex import relaxation
from redesaude.status import NoCertificate
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel

#: part of the bound that is not claimed: another machine may price the scenario with other last digits
_UNCLAIMED = 1e-9


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
    if small:  # a tree that may be grown to its end: its leaves say more of each service than cuts of its root
        parameters = replace(parameters, cuts=0)
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
