"""Primal and dual: the search lowers the plan, the bound rises, until they meet or the time is over.

The plan comes from :mod:`.neighbourhood_search`, the bound from :mod:`.lagrangian_bound`. Each guides the other (the
bound says where the plan is dear, the plan which prices matter), but neither rests on the other: the bound is valid
whatever the plan is, and the plan is checked row by row.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from redesaude.solving.highs import exact_values, solve
from redesaude.solving.options import Limits
from redesaude.solving.progress import Search
from redesaude.solving.specialties.lagrangian_bound import LagrangianBound
from redesaude.solving.specialties.neighbourhood_search import NeighbourhoodSearch
from redesaude.solving.stopwatch import Stopwatch
from redesaude.status import Termination
from redesaude_models.arrays import Flags, Floats
from redesaude_models.columns import NONE, columns_of
from redesaude_models.problem import Decisions
from redesaude_models.standard_form import LinearModel

_ENDED = object()


class PrimalDual:
    """Bound against plan.

    With one thread they take turns, as much work each, and the same seed gives the same plan (if no time limit cuts
    in). With two or more they run beside each other, the prover joining the search when it is done; when the search
    stops depends on both. ``primal`` is None until there is a first plan, ``prices`` (multipliers of all rows) until
    there are some. ``read`` turns values of all columns into the decisions of a plan.
    """

    def __init__(
        self, dual: LagrangianBound, search: Search, watch: Stopwatch, read: Callable[[Floats], Decisions]
    ) -> None:
        self.dual = dual
        self.search = search
        self._parameters = search.parameters.specialties
        self.primal: NeighbourhoodSearch | None = None
        self.prices: Floats | None = None
        self._read = read
        self._failed = False
        self._watch = watch

    def run(self, begin: Callable[[], NeighbourhoodSearch | None]) -> Termination | None:
        """Run to the end and say why it ended, None if ``begin`` found no first plan."""
        prove, improve = self._prove(), self._improve()
        if self.search.limits.threads > 1:
            self._beside(prove, improve, lambda: self._start(begin))
        else:
            self._start(begin)
            self._exhaust(self._in_turns(prove, improve))
            if self.search.more() and not self._over():
                self._beside(prove, improve)
        if self.primal is None:
            return None
        if not self._over():
            self._finish(self.primal)
        return self.search.termination

    def _beside(self, prove: Iterator[None], improve: Iterator[None], first: Callable[[], None] = lambda: None) -> None:
        """Prove in one thread, then search there too; in the other one search, after what comes ``first``."""

        def search() -> None:
            first()
            self._exhaust(improve)

        def prover() -> None:
            self._exhaust(prove)
            self._exhaust(self._improve())

        with ThreadPoolExecutor(1) as other:
            proven = other.submit(self._alarmed, prover)
            self._alarmed(search)
            proven.result()

    def _start(self, begin: Callable[[], NeighbourhoodSearch | None]) -> None:
        with self._watch("core"):
            self.primal = begin()
        self._failed = self.primal is None
        self._tell()

    def _tell(self) -> None:
        """Have the best plan recorded."""
        if (primal := self.primal) is not None:
            cost, values = primal.best
            self.search.adopt(cost, primal.arrays.turnover(values), lambda: self._read(values))

    def _alarmed(self, work: Callable[[], None]) -> None:
        """Do the work of one thread; if it fails the other one stops too, so that the error is told at once."""
        try:
            work()
        except BaseException:
            self._failed = True
            raise

    def _exhaust(self, steps: Iterable[object]) -> None:
        """Take step after step until none is left or it is over."""
        for _ in steps:
            if self._over():
                return

    def _over(self) -> bool:
        return self._failed or self.search.done()

    def _in_turns(self, *ways: Iterator[object]) -> Iterator[None]:
        """Take a step of the one that has done the least work so far, the first of equals, until a thread is free."""
        done = dict.fromkeys(range(len(ways)), 0)
        while done and not self.search.more():
            turn = min(done, key=lambda n: done[n])
            before = self.search.clock.work
            if next(ways[turn], _ENDED) is _ENDED:
                del done[turn]
                continue
            done[turn] += self.search.clock.work - before
            yield

    def _limits(self, share: float) -> Limits:
        return replace(self.search.share(share), threads=1)

    def _improve(self) -> Iterator[None]:
        """Better the plan, a part at a step, until nothing is left to find."""
        while self.primal is None:  # the other thread is still at the first plan
            time.sleep(self._parameters.wait)
            yield
        while not self.primal.exhausted:
            with self._watch("search"):
                self._accept(self.primal)
                gain = self.primal.step(self._limits(self._parameters.part_share), self._over)
            if gain > 0:
                self._tell()
            yield

    def _accept(self, primal: NeighbourhoodSearch) -> None:
        """Take over what a plan of another way decides, if one has arrived and gains here."""
        if (arrived := self.search.arrived()) is None:
            return
        values = _as_decided(primal.arrays, arrived.options, self._limits(self._parameters.part_share), self._over)
        if values is not None and primal.adopt(values) > 0:
            self._tell()

    def _prove(self) -> Iterator[None]:
        """Raise the bound, a relaxation or a block at a step: the blocks alone, the relaxation, then its multipliers on
        every block. Where an earlier search left its multipliers, the ascent goes on from those.
        """
        if (multipliers := self._left()) is None:
            multipliers = yield from self._relaxations()
        bounds = self.dual.rise(multipliers, self._limits, self._over, self._values)
        while True:
            with self._watch("bound"):
                bound = next(bounds, None)
                if bound is None:
                    return
                self.search.prove(bound, self.dual.best_multipliers)
            yield

    def _left(self) -> Floats | None:
        """Return the multipliers that an earlier search left; None: none that are of this model."""
        left = self.search.multipliers
        if left is None or left.shape != (self.dual.arrays.matrix.shape[0],) or not np.isfinite(left).all():
            return None
        self.prices = self.dual.allowed(left)
        return self.prices

    def _relaxations(self) -> Generator[None, None, Floats]:
        """Prove what the blocks alone do, and the relaxation of the whole; return its multipliers."""
        with self._watch("bound"):
            self.search.prove(self.dual.begin(lambda _: self._limits(self._parameters.begin_share)))
        yield
        with self._watch("bound"):
            multipliers, value = self.dual.multipliers(self._limits(1.0))
            self.prices = multipliers if multipliers.any() else None
            self.search.prove(value, self.dual.best_multipliers)
        yield
        return multipliers

    def _values(self) -> Floats | None:
        return None if self.primal is None else self.primal.values

    def _finish(self, primal: NeighbourhoodSearch) -> None:
        """Hand the whole model, with the best plan as its start, to the solver for the time that is left."""
        start = (np.arange(len(primal.values), dtype=np.int32), primal.values)
        self.search.tell(message="nothing left to better in parts: the whole model again")
        arrays = self.dual.arrays

        def adopt(values: Floats) -> None:
            if primal.adopt(arrays.whole(values)) > 0:
                self._tell()

        with self._watch("search"):
            result = solve(arrays, self._limits(1.0), start=start, on_solution=adopt, stopped=self.search.stopped)
        self.search.prove(result.bound)
        if result.values is not None:  # exact: what its integers are off by may cost more than all else
            adopt(exact_values(arrays, result.values, self.search.limits))


def _as_decided(arrays: LinearModel, options: Flags, limits: Limits, stopped: Callable[[], bool]) -> Floats | None:
    """Return the best plan that opens just these ``options`` (options, periods), None if there is none."""
    grid = columns_of(arrays)["z"]
    there = grid != NONE
    values = solve(arrays.fixed(grid[there], options[there].astype(float)), limits, stopped=stopped).values
    return None if values is None else arrays.whole(values)
