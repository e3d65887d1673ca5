r"""A lower bound from the specialties apart.

Specialties that co-location ties together are one block. Rows that couple blocks (money, hosting under one contract,
services at a site) are relaxed with multipliers :math:`y` (Lagrangian relaxation, Geoffrion 1974):

.. math::
    L(y) = \sum_s \min_{x_s \in X_s} (c_s - A_s^\top y)\, x_s + r(y), \qquad
    r_i(y) = y_i \cdot \begin{cases} \text{row lower} & y_i > 0\\ \text{row upper} & y_i < 0\end{cases}

Each :math:`X_s` keeps all of its specialty: integers, least volumes, the nearest rule. Every :math:`L(y)` is at most
the cost of any plan, whatever the multipliers, also when a block is not solved to the end, because its own proven bound
is added. A relaxed block counts with what its duals prove, all rounded down (:mod:`redesaude.plan.certified`); one
solved in integers with the bound of the solver's tree, which is right to the solver's tolerances.

The multipliers are the duals of the linear relaxation; there :math:`L` begins at its value and rises with each block
that is solved in integers, with rows that follow from others
(:mod:`redesaude.solving.relaxation.aggregate_capacity`). All are solved briefly at first, as the root of a tree proves
most, then again for longer, those with most to prove for their size first. Of a block that is still cut short all but
sizes and openings is let go (:mod:`redesaude.solving.relaxation.counted_sizes`), which is much quicker and of some
blocks proves more, before it goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from redesaude.plan.certified import Parts
from redesaude.plan.outward import at_least
from redesaude.solving.certify import between
from redesaude.solving.highs import SolverResult, solve
from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS, Specialties
from redesaude.solving.proven import proof_of
from redesaude.solving.relaxation.sharper import Sharper
from redesaude.solving.simplex import Basis, GrowingRelaxation, Relaxation, relaxation
from redesaude.solving.specialties.advanced_basis import basis_of_blocks
from redesaude.solving.specialties.blocks import Blocks
from redesaude.solving.specialties.dominated import without_dominated
from redesaude.solving.specialties.period_aggregation import PeriodAggregation
from redesaude.solving.specialties.restricted_master import RestrictedMaster
from redesaude.status import Termination
from redesaude_models.arrays import Floats
from redesaude_models.standard_form import LinearModel


@dataclass(frozen=True)
class _Value:
    """L at ``multipliers``: what their ``sides`` and each block have proven, and what the blocks answered (of all
    columns). ``duals`` are the multipliers and those of the blocks' own rows in their relaxations, of all rows.
    """

    multipliers: Floats
    duals: Floats
    sides: float
    proven: dict[int, float]
    answer: Floats

    @property
    def total(self) -> float:
        """L, rounded down."""
        return at_least(np.array([self.sides, *self.proven.values()]))


@dataclass(frozen=True)
class _Turn:
    """A block to be solved in integers: its ``model``, in which ``round``, a ``start`` if it was cut short with a
    solution, what was ``left`` to prove then (NPV), and the turn that comes ``after`` it, if any.
    """

    name: int
    model: LinearModel
    round: int = 0
    start: Floats | None = None
    left: float = np.inf
    after: _Turn | None = None

    @property
    def rate(self) -> float:
        """What may be proven, beside the size of what proves it."""
        return self.left / len(self.model.cost)


class LagrangianBound:
    """Proves the bound of the model of ``blocks``, and raises it block by block.

    Blocks are solved in integers in a ``sharper`` form; ``aggregation`` gives multipliers where the relaxation itself
    would take too long.
    """

    def __init__(
        self,
        blocks: Blocks,
        sharper: Sharper,
        aggregation: PeriodAggregation | None = None,
        parameters: Specialties = DEFAULTS.specialties,
    ) -> None:
        self._parameters = parameters
        self.blocks = blocks
        self._sharper = Blocks(sharper.model, blocks.owner)
        self._sizes = sharper.sizes
        self.arrays = blocks.arrays
        self._aggregation = aggregation
        unsure = np.zeros(0, dtype=np.int64) if aggregation is None else aggregation.unsure
        self._unsure = unsure[blocks.coupling[unsure]]
        self._best: _Value | None = None
        self._basis: Basis | None = None
        self._shown: tuple[float, Floats | None] = -np.inf, None
        self._proposed: Floats | None = None

    @property
    def best_multipliers(self) -> Floats | None:
        """Those of coupling rows by which L is highest so far; None while there are none but no prices."""
        best = self._best
        return None if best is None or not best.multipliers.any() else best.multipliers

    def begin(self, limits: Callable[[float], Limits]) -> float | None:
        """Return L without prices, blocks relaxed; None where the aggregated periods will soon give prices.

        It is less than what the relaxation of the whole proves, and there much sooner. A block that takes too long
        counts with what the bounds of its columns prove.
        """
        if self._aggregation is not None:
            return None
        free, solved = np.zeros(self.arrays.matrix.shape[0]), dict[int, GrowingRelaxation]()
        value = self._value(free, solved, limits)
        self._basis = basis_of_blocks(self.blocks, solved)
        for name, part in zip(self.blocks.names, Parts(self.arrays, self.blocks.owner, free), strict=True):
            if value.proven[name] == -np.inf:
                value.proven[name] = proof_of(part, free[part.rows]).value
        self._keep(value)
        return value.total

    def multipliers(self, limits: Limits) -> tuple[Floats, float | None]:
        """Return multipliers, and L at them if they are the duals of the relaxation of the whole (None: not solved)."""
        if self._aggregation is not None and (prices := self._aggregation.prices(limits)) is not None:
            return self.allowed(prices), None
        relaxed = relaxation(self.arrays, limits, self._basis)
        if relaxed is None:
            return np.zeros(self.arrays.matrix.shape[0]), None
        self._keep(value := self._relaxed(relaxed))
        return value.multipliers, value.total

    def allowed(self, multipliers: Floats) -> Floats:
        """Return the nearest multipliers with which L is finite.

        Those of coupling rows only, with the sign of their side, and no higher, with rounding, than the price of an
        excess that nothing else limits.
        """
        coupling = self.blocks.coupling
        priced = between(self.arrays, self.blocks.owner, coupling, np.where(coupling, multipliers, 0.0))
        return np.asarray(np.where(coupling, priced, 0.0))

    def rise(
        self,
        multipliers: Floats,
        limits: Callable[[float], Limits],
        stopped: Callable[[], bool],
        plan: Callable[[], Floats | None] = lambda: None,
    ) -> Iterator[float]:
        """Yield L at ``multipliers``, rising: blocks relaxed at first, then one after the other in integers.

        Prices that the aggregated periods do not give well are bettered in between (:mod:`.restricted_master`), with
        the help of the best plan, the columns' values that ``plan`` returns. ``limits`` is asked before each block for
        what a share of the time allows. What is yielded is proven at any time, so the caller may stop when it likes; a
        block that is cut short counts with what it had proven.
        """
        best = self._best
        if best is None or best.multipliers is not multipliers:  # else the relaxation of the whole says it
            self._keep(best := self._value(multipliers, {}, limits))
            yield best.total
        for better in self._bettered(best, limits, stopped, plan):
            self._keep(best := better)
            yield best.total
        cost = self._cost(best.multipliers)
        names = sorted(self.blocks.names, key=lambda name: len(self.blocks.columns(name)))
        whole = {name: self._whole(name, cost) for name in names}
        turns, again = [_Turn(name, whole[name]) for name in names], list[_Turn]()
        while turns or again:
            # what others did not need goes to those that were cut short, most to prove for their size first
            turns, again = turns or sorted(again, key=lambda turn: -turn.rate), again if turns else []
            turn = turns.pop(0)
            if stopped():
                return
            result = self._solved(best, turn, self._share(limits(1.0), turn, len(turns) + 1), stopped)
            yield best.total
            if (further := self._next(best, turn, result, plan())) is not None:
                again.append(further)

    def _solved(self, best: _Value, turn: _Turn, limits: Limits, stopped: Callable[[], bool]) -> SolverResult:
        """Solve a block at the best prices, from its start if it has one, and keep what it proves and proposes.

        It ends with the first solution that shows that it can prove no more than is proven.
        """
        limits, start = replace(limits, gap=self._parameters.block_gap), turn.start
        given = None if start is None else (np.arange(len(start), dtype=np.int32), start)
        proven, useless = best.proven[turn.name], threading.Event()

        def look(values: Floats) -> None:
            if turn.model.value(values) <= proven:
                useless.set()

        result = solve(turn.model, limits, start=given, on_solution=look, stopped=lambda: useless.is_set() or stopped())
        if result.values is not None:
            proposed = (best.answer if self._proposed is None else self._proposed).copy()
            columns = self.blocks.columns(turn.name)
            proposed[columns] = result.values[: len(columns)]
            self._proposed = proposed
        best.proven[turn.name] = max(best.proven[turn.name], -np.inf if result.bound is None else result.bound)
        return result

    def _share(self, limits: Limits, turn: _Turn, turns: int) -> Limits:
        """Return the limits of a turn, the first of so many: in the first round what a model of its size usually takes
        for most of what it proves, later an equal part of the time, but long enough to prove more than at first.
        """
        p = self._parameters
        first = min(
            limits.clock.slowness * len(turn.model.cost) / p.first_columns_a_second, p.first_share * limits.seconds
        )
        later = max(limits.seconds / turns, p.longer * first)
        return limits.within(first if turn.round == 0 else later)

    def _next(self, best: _Value, turn: _Turn, result: SolverResult, plan: Floats | None) -> _Turn | None:
        """Return what is left to do of a block after a ``turn``; None where it is done, or nothing was found."""
        if turn.after is not None:
            return turn.after
        if result.termination == Termination.GAP_REACHED or (result.values is None and turn.round > 0):
            return None
        left = np.inf if plan is None else self.excess(plan).get(turn.name, np.inf)
        if result.values is not None:
            left = min(left, turn.model.value(result.values) - best.proven[turn.name])
        if left <= 0.0:
            return None
        further = replace(turn, round=turn.round + 1, start=result.values, left=left)
        if turn.round == 1 and (less := self._let_go(turn.name, turn.model)) is not None:
            return _Turn(turn.name, less, left=left, after=further)
        return further

    def _keep(self, value: _Value) -> None:
        self._best, self._proposed = value, value.answer
        if value.total > self._shown[0]:
            self._shown = value.total, value.duals

    def excess(self, values: Floats) -> dict[int, float]:
        """Return by how much (NPV, at the best multipliers) each block costs more in a plan, ``values`` of all columns,
        than is proven that it must; without those of which nothing is proven.
        """
        best = self._best
        if best is None:
            return {}
        owed = self._cost(best.multipliers) * values
        return {
            name: float(owed[self.blocks.columns(name)].sum()) - proven
            for name, proven in best.proven.items()
            if np.isfinite(proven)
        }

    @property
    def duals(self) -> Floats | None:
        """The multipliers of all rows, blocks' own among them, by which relaxed blocks prove most; None before that."""
        return self._shown[1]

    @property
    def proposed(self) -> Floats | None:
        """What the blocks would do at the best multipliers (values of all columns), in integers as far as they are
        solved in integers; None before any proof. It is another array whenever one of them would do otherwise.
        """
        return self._proposed

    def _bettered(
        self,
        best: _Value,
        limits: Callable[[float], Limits],
        stopped: Callable[[], bool],
        plan: Callable[[], Floats | None],
    ) -> Iterator[_Value]:
        """Yield the best value so far after each step to better prices of the unsure rows."""
        if not len(self._unsure):
            return
        p = self._parameters
        mixture, until = RestrictedMaster(self.blocks, self._unsure, p.way), (1.0 - p.price_share) * limits(1.0).seconds
        mixture.add(best.answer)
        known: Floats | None = None
        relaxed: dict[int, GrowingRelaxation] = {}  # none at first: from so far away it takes longer than from nothing
        for _ in range(p.price_steps):
            found = plan()
            if found is None or stopped() or limits(1.0).seconds < until or not np.isfinite(best.total):
                return
            if found is not known:
                mixture.add(known := found)
            better = mixture.better(best.multipliers, limits(1.0))
            if better is None or better[1] - best.total < p.little * abs(best.total):
                return
            value = self._value(self.allowed(better[0]), relaxed, limits)
            if not np.isfinite(value.total):  # a block was not solved in time
                return
            mixture.add(value.answer)
            best = max(best, value, key=lambda v: v.total)
            yield best

    def _relaxed(self, whole: Relaxation) -> _Value:
        """Return L as the duals of the relaxation of the ``whole`` show it, no block solved again."""
        multipliers = self.allowed(whole.row_duals)
        parts = Parts(self.arrays, self.blocks.owner, multipliers)
        proven = {
            name: proof_of(part, whole.row_duals[part.rows]).value
            for name, part in zip(self.blocks.names, parts, strict=True)
        }
        duals = np.where(self.blocks.coupling, multipliers, whole.row_duals)
        return _Value(multipliers, duals, parts.sides, proven, whole.values)

    def _value(
        self, multipliers: Floats, relaxed: dict[int, GrowingRelaxation], limits: Callable[[float], Limits]
    ) -> _Value:
        """Return L at ``multipliers`` with its blocks relaxed; those in ``relaxed`` go on from where they stood."""
        cost, answer, proven = self._cost(multipliers), np.zeros(len(self.arrays.cost)), {}
        parts, duals = Parts(self.arrays, self.blocks.owner, multipliers), multipliers.copy()
        for name, certain in zip(self.blocks.names, parts, strict=True):
            part, columns = self.blocks.alone(name, cost)
            model = relaxed.pop(name, None) or GrowingRelaxation(part, limits(1.0))
            model.price(part.cost)
            found = model.solve(limits(1.0))
            proven[name] = -np.inf if found is None else proof_of(certain, found.row_duals).value
            answer[columns] = 0.0 if found is None else found.values
            duals[self.blocks.rows(name)] = 0.0 if found is None else found.row_duals
            relaxed[name] = model
        return _Value(multipliers, duals, parts.sides, proven, answer)

    def _cost(self, multipliers: Floats) -> Floats:
        return np.asarray(self.arrays.cost - self.arrays.matrix.T @ multipliers)

    def _whole(self, name: int, cost: Floats) -> LinearModel:
        """Return a block at ``cost`` (of all columns) with rows that follow from others, its sizes counted."""
        sharp, columns = self._sharper.alone(name, cost)
        return self._sizes.counted(without_dominated(sharp), columns)

    def _let_go(self, name: int, whole: LinearModel) -> LinearModel | None:
        """Return a ``whole`` block with all but its openings and counted sizes let go; None if it has nothing else."""
        columns = self.blocks.columns(name)
        kept = np.ones(len(whole.cost), dtype=bool)
        kept[: len(columns)] = self._sizes.openings[columns]
        return whole.relaxed(~kept) if (whole.integer & ~kept).any() else None
