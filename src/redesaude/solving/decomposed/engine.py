"""The decomposed engine: a first plan, then the bound and the search, side by side if there are two threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

import numpy as np

from redesaude.assemble import Assembled
from redesaude.plan.plan import Termination
from redesaude.solving.arrays import Floats, linear_model, load_values
from redesaude.solving.blocks import Blocks
from redesaude.solving.decomposed.bound import LagrangianBound
from redesaude.solving.decomposed.neighbourhood import Neighbourhood
from redesaude.solving.direct import DirectEngine, exact_values
from redesaude.solving.engine import EngineResult
from redesaude.solving.highs import solve
from redesaude.solving.layout import in_order, layout_of
from redesaude.solving.options import Limits
from redesaude.solving.progress import Search, relative_gap
from redesaude.solving.start import block_by_block
from redesaude_models.network import build_model, read_decisions

#: share of the time limit that one block of the bound, or one part of the search, may take
_BLOCK_SHARE, _PART_SHARE = 0.15, 0.06


class DecomposedEngine:
    """Specialties apart for the bound, parts of the network for the plan.

    With one thread they take turns, and the same seed gives the same plan (if no time limit cuts in). With two or more
    they run beside each other, and when the search stops depends on both.
    """

    name = "decomposed"

    def run(self, assembled: Assembled, search: Search) -> EngineResult:
        """Return the best plan found and the bound proven; the direct engine's if no first plan comes about."""
        began = time.perf_counter()
        model = build_model(assembled.problem)
        arrays = linear_model(model)
        layout = layout_of(arrays, assembled.problem)
        built = time.perf_counter() - began
        rows, columns = arrays.matrix.shape
        search.reporter.tell("build", f"{columns:,} variables, {rows:,} constraints, {arrays.matrix.nnz:,} non-zeros")
        blocks, order = Blocks(arrays, layout.specialty), in_order(assembled.problem)
        start = block_by_block(blocks, order, search)
        if not start.complete or arrays.violation(start.values) > 1e-6:
            search.reporter.tell("start", "no first plan block by block: the direct engine takes over")
            return DirectEngine().run(assembled, search)
        around = Neighbourhood(arrays, layout, _distances(assembled.minutes), start.values, search.limits.seed)
        contest = _Contest(around, LagrangianBound(blocks), search, began + built + search.limits.seconds)
        termination = contest.run(order)
        load_values(arrays, exact_values(arrays, around.values, search.limits))
        return EngineResult(
            termination=termination,
            decisions=read_decisions(model, assembled.problem),
            bound=contest.bound,
            variables=columns,
            constraints=rows,
            seconds={"build": built, "solve": time.perf_counter() - began - built},
        )


class _Contest:
    """The search lowers the plan, the bound rises, until they meet or the time is over."""

    def __init__(self, around: Neighbourhood, below: LagrangianBound, search: Search, deadline: float) -> None:
        self.around = around
        self.below = below
        self.search = search
        self.bound: float | None = None
        self._deadline = deadline

    def run(self, order: list[int]) -> Termination:
        """Run to the end, and say why it ended."""
        if self.search.limits.threads > 1:
            prover = threading.Thread(target=self._exhaust, args=(self._prove(),), daemon=True)
            prover.start()
            self._exhaust(self._better(order))
            prover.join()
        else:
            self._exhaust(zip_longest(self._prove(), self._better(order)))
        if not self._over():
            self._finish()
        if self.search.stopped():
            return Termination.INTERRUPTED
        return Termination.GAP_REACHED if self._met() else Termination.TIME_LIMIT

    def _exhaust(self, steps: Iterable[object]) -> None:
        """Take step after step until none is left or it is over."""
        for _ in steps:
            if self._over():
                return

    def _left(self) -> float:
        return self._deadline - time.perf_counter()

    def _met(self) -> bool:
        gap = relative_gap(self.around.objective, self.bound)
        return gap is not None and gap <= self.search.limits.gap

    def _over(self) -> bool:
        return self.search.stopped() or self._left() <= 0 or self._met()

    def _limits(self, share: float) -> Limits:
        seconds = min(self._left(), max(1.0, share * self.search.limits.seconds))
        return replace(self.search.limits, threads=1, seconds=max(0.1, seconds))

    def _better(self, order: list[int]) -> Iterator[None]:
        """Better the plan, a part at a step, until nothing is left to find."""
        while not self.around.exhausted and not self._over():
            for gain in self.around.round(lambda: self._limits(_PART_SHARE), order, self._over):
                if gain > 0:
                    self.search.reporter.tell("solve", incumbent=self.around.objective, bound=self.bound)
                yield

    def _prove(self) -> Iterator[None]:
        """Raise the bound, a relaxation or a block at a step: the relaxation, then its multipliers on every block."""
        multipliers, value = self.below.from_relaxation(self._limits(1.0))
        self._raise(value)
        yield
        for bound in self.below.rise(multipliers, lambda: self._limits(_BLOCK_SHARE), self._over):
            self._raise(bound)
            yield

    def _finish(self) -> None:
        """Hand the whole model, with the best plan as its start, to the solver for the time that is left."""
        arrays, values = self.around.arrays, self.around.values
        start = (np.arange(len(values), dtype=np.int32), values)
        self.search.reporter.tell("solve", "nothing left to better in parts: the whole model again")
        outcome = solve(arrays, self._limits(1.0), start=start, stopped=self.search.stopped)
        self._raise(outcome.bound)
        if outcome.values is not None and arrays.value(outcome.values) < self.around.objective:
            self.around.values = np.where(arrays.integer, np.round(outcome.values), outcome.values)

    def _raise(self, bound: float | None) -> None:
        if bound is not None and np.isfinite(bound) and (self.bound is None or bound > self.bound):
            self.bound = bound
            self.search.reporter.tell("solve", incumbent=self.around.objective, bound=bound)


def _distances(minutes: Floats) -> Floats:
    """How far sites are from each other, (sites, sites): the shortest way over a territory, in minutes."""
    finite = np.where(np.isfinite(minutes), minutes, 1e6)
    return np.array([(finite + finite[:, [j]]).min(axis=0) for j in range(minutes.shape[1])])
