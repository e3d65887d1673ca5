"""The nearest rule with limited room and least volumes: :mod:`.branch_and_bound` proves, exchanges find plans.

Where all go to the nearest open service, who goes where follows from which are open, and so do their volumes. Without
that rule a plan costs no more, so the bounds of the tree, in which cases go where it costs least, are bounds; a branch
with nothing left to decide is one choice of services, whose cost, or breach of a volume, is worked out. Where services
are equally near a transport problem divides those who live between them. Plans come from exchanges of services
(:mod:`.nearest_exchange`), before the tree and between its branches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from redesaude.solving.location.allocation import allocation, transport
from redesaude.solving.location.branch_and_bound import BranchAndBound
from redesaude.solving.location.capacitated import LET_PASS, Allocation, Capacitated
from redesaude.solving.location.lagrangian import Node
from redesaude.solving.location.nearest_exchange import NearestExchange
from redesaude.solving.progress import Search
from redesaude.solving.rounding import below
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import Decisions

#: share of a volume that rounding alone may be
_ROUNDED = 1e-9


class NearestTree(BranchAndBound):
    """Branch and bound where each demand goes to the nearest open service."""

    def __init__(
        self,
        problem: Capacitated,
        minutes: Floats,
        search: Search,
        read: Callable[[Allocation], Decisions] | None = None,
        accept: Callable[[Decisions], Allocation] | None = None,
    ) -> None:
        super().__init__(problem, search, read, accept)
        self._minutes = minutes
        self._exchange = NearestExchange(problem, minutes, search.parameters.location)

    def _propose(self, node: Node) -> None:
        """Exchange services from those that were chosen most, or from the best plan."""
        if self.found is not None:
            self._exchanged(self.found.opened)
            return
        order = np.lexsort((-node.primal_average, ~node.kept))
        count = int(max(np.round(node.primal_average.sum()), node.kept.sum(), self.problem.least, 1))
        opened = np.zeros(len(self.problem.opening), dtype=bool)
        opened[node.services[order[: int(min(count, self.problem.most))]]] = True
        self._exchanged(opened)

    def _exchanged(self, opened: Flags) -> None:
        """Try what exchanges find."""
        for better, cost in self._exchange.choices(opened, self.search.step):
            if cost < self.search.cost - self.problem.offset:
                self._try(np.flatnonzero(better))

    def _try(self, services: Ints) -> None:
        """Look once for the plan with just these services open."""
        key = services.tobytes()
        if key not in self._tried and self._allowed(services):
            self._tried.add(key)
            self._proven(services, 0)

    def _proven(self, services: Ints, effort: int) -> tuple[float, bool]:
        del effort  # who goes where follows
        problem = self.problem
        if not len(services):
            return super()._proven(services, 0)
        minutes = self._minutes[services]
        nearest = np.isfinite(minutes) & (minutes == minutes.min(axis=0))
        reached = nearest.any(axis=0)
        if (np.isinf(problem.unmet) & ~reached).any():
            return np.inf, True
        if (nearest.sum(axis=0) > 1).any():
            return self._divided(services, nearest)
        demand = np.flatnonzero(reached)
        where = services[nearest[:, demand].argmax(axis=0)]
        load = np.bincount(where, problem.cases[demand], len(problem.opening))[services]
        least, most = problem.volume[services], problem.capacity[services]
        if (load < problem.eased[services]).any() or (load > most * (1 + LET_PASS) + LET_PASS).any():
            return np.inf, True
        opened = np.zeros(len(problem.opening), dtype=bool)
        opened[services] = True
        found = allocation(problem, opened, demand, where, np.ones(len(demand)))
        if (load >= least * (1 - _ROUNDED)).all() and (load <= most * (1 + _ROUNDED)).all():
            self._adopt(found)
        return float(below(found.cost, found.turnover, 2 * len(problem.cases) + len(services) + 1)), True

    def _divided(self, services: Ints, nearest: Flags) -> tuple[float, bool]:
        """Divide those who have several services equally near."""
        cost = np.full_like(self.problem.case_cost, np.inf)
        cost[services] = np.where(nearest, self.problem.case_cost[services], np.inf)
        unmet = np.where(nearest.any(axis=0), np.inf, self.problem.unmet)
        part = replace(self.problem, case_cost=cost, unmet=unmet)
        sent = transport(part, services, self.search.rest(1.0, 0.0), self.search.parameters.location)
        if sent.allocation is not None:
            self._adopt(sent.allocation)
        return sent.bound, True
