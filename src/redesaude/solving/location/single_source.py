r"""Single source: each demand goes to one service. The tree of :mod:`.branch_and_bound` proves, a search finds plans.

With demands divided the tree bounds the problem, since whole demands are only a restriction. At a leaf, the journeys
whose reduced cost exceeds what the best plan costs more than the divided one cannot be in a better plan (linear
duality); the assignment problem in the others is solved in integers, and that leaf is bounded by what is proven of it.
If that takes long the leaf waits, and gets twice the time when it is the one with the least bound again.

Between two steps of the tree a few neighbouring services and the demands they treat are decided anew, all else standing
(large neighbourhood search, Shaw 1998): a small problem of the same kind, of fewer services and demands. A round
without gain takes in more services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from redesaude.solving.highs import SolverResult, solve
from redesaude.solving.location.allocation import RestrictedModel, allocation, restricted_model, small, transport
from redesaude.solving.location.branch_and_bound import BranchAndBound
from redesaude.solving.location.capacitated import Allocation, Capacitated
from redesaude.solving.location.lagrangian import reduced_costs
from redesaude.solving.location.shift_and_swap import fitted
from redesaude.solving.progress import Search
from redesaude.solving.rounding import below
from redesaude.status import Termination
from redesaude_models.arrays import Floats, Ints
from redesaude_models.problem import Decisions

#: largest breach of a row, bound or integer of a plan
_TOLERANCE = 1e-6

#: relative gain that counts
_GAIN = 1e-9


class SingleSource(BranchAndBound):
    """Branch and bound where each demand goes to one service."""

    every = 2

    def __init__(
        self,
        problem: Capacitated,
        search: Search,
        read: Callable[[Allocation], Decisions] | None = None,
        accept: Callable[[Decisions], Allocation] | None = None,
    ) -> None:
        super().__init__(problem, search, read, accept)
        self._parameters = search.parameters.location
        self._near = np.argsort(_apart(problem, self._parameters.through), axis=1, kind="stable")
        self._likely = np.isfinite(problem.case_cost)
        self._parts = self._rounds(np.random.default_rng(search.limits.seed))

    @property
    def _spare(self) -> float:
        return self._parameters.spare * float(self.problem.cases.mean())

    def _solve_root(self) -> None:
        super()._solve_root()
        if self._queue:
            node = self._queue[0].node
            likely = small(
                reduced_costs(self.problem, node), node.price, self._parameters.near, self._parameters.least_journeys
            )
            self._likely = np.zeros_like(self._likely)
            self._likely[node.services] = likely

    def _step(self) -> None:
        super()._step()
        if self.found is not None and not self.search.done() and (services := next(self._parts, None)) is not None:
            self._better(self.found, services)

    def _better(self, found: Allocation, services: Ints) -> None:
        """Decide a neighbourhood anew."""
        inside = np.isin(found.service, services)
        home = np.full(len(self.problem.cases), -1)
        home[found.demand] = found.service
        demands = np.flatnonzero(np.isin(home, services) | (home < 0))
        part = self.problem.part(services, demands, found.opened)
        journeys = self._likely[np.ix_(services, demands)] | (services[:, None] == home[demands])
        model = restricted_model(part, np.arange(len(services)), part.required, journeys, choosing=True)
        begin = model.values(found.opened[services], np.searchsorted(services, home[demands]))
        result = solve(
            model.model,
            self.search.rest(self._parameters.part, 0.0),
            start=(np.arange(len(begin), dtype=np.int32), begin),
            stopped=self.search.over,
        )
        if result.values is None or model.model.violation(result.values) > _TOLERANCE:
            return
        new = model.read(result.values)
        opened = found.opened.copy()
        opened[services] = new.opened
        self._adopt(
            allocation(
                self.problem,
                opened,
                np.append(found.demand[~inside], demands[new.demand]),
                np.append(found.service[~inside], services[new.service]),
                np.append(found.share[~inside], new.share),
            )
        )

    def _rounds(self, random: np.random.Generator) -> Iterator[Ints]:
        """Yield neighbourhoods, round after round, until the widest gained nothing."""
        count = min(self._parameters.services, len(self._near))
        while True:
            before = self.search.cost
            for place in random.permutation(len(self._near)).tolist():
                yield np.sort(self._near[place, :count])
            if self.search.cost > before * (1 - _GAIN):
                if count == len(self._near):
                    return
                count = min(count + self._parameters.more_services, len(self._near))

    def _proven(self, services: Ints, effort: int) -> tuple[float, bool]:
        sent = transport(self.problem, services, self.search.rest(1.0, 0.0), self._parameters)
        divided = sent.bound
        if divided >= self._cutoff:
            return divided, True
        if sent.allocation is not None:
            whole = fitted(self.problem, sent.allocation, self.search.step, self._parameters)
            if whole is not None:
                self._adopt(whole)
        if effort == 0 or divided >= self._cutoff:
            return divided, True
        beyond = self._cutoff  # any plan that uses another journey than these costs at least that
        more = sent.reduced * self.problem.cases
        worth = np.isfinite(more) & (below(more, np.abs(more), 4) <= beyond - divided)
        model = restricted_model(self.problem, services, np.ones(len(services), dtype=bool), worth, choosing=False)
        result = self._assigned(model, self._parameters.assignment * 2.0 ** (effort - 1))
        if result.termination == Termination.PROVEN_INFEASIBLE:
            return max(divided, beyond), True
        bound = -np.inf if result.bound is None else min(result.bound, beyond)
        return max(divided, bound), result.termination == Termination.GAP_REACHED

    def _assigned(self, model: RestrictedModel, share: float) -> SolverResult:
        """Solve an assignment problem, adopting what it finds."""
        arrays = model.model

        def hear(values: Floats) -> None:
            if arrays.violation(values) <= _TOLERANCE:
                self._adopt(model.read(values))

        limits = self.search.rest(share, 0.5 * self.search.limits.gap)
        return solve(arrays, limits, stopped=self.search.done, on_solution=hear)


def _apart(problem: Capacitated, through: int) -> Floats:
    """Return how far services lie from each other: the cheapest way through some demand, (services, services)."""
    cost = problem.case_cost[:, :: -(-problem.case_cost.shape[1] // through)]
    return np.stack([np.min(cost + row, axis=1) for row in cost])
