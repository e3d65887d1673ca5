r"""Branch and bound on the services of an uncapacitated problem: :mod:`.branch_and_bound` with room for all.

With a table of costs (services, demands) a step of prices is a matrix less a vector, so that hundreds of steps come
before the first linear relaxation. Between rounds of steps services are decided by what deciding them otherwise costs
(:class:`~.lagrangian.Choice`), and later steps look at the others alone. Prices that move along subgradients stall
where the costs of demands differ much. So the relaxation of what is left is then closed by cuts (:mod:`.benders`), and
its duals are the prices from which the tree starts: the Lagrangian bound there is that of the relaxation, as the value
of a mixture of prices is no less than the mixture of their values. The bound itself is counted again at those prices
and rests on them alone.

With few centres among many places (OR-Library's pmed) the relaxation leaves about half a percent, and a linear
relaxation in each node of a solver's tree is what takes long; here a branch takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from redesaude.solving.location.allocation import allocation
from redesaude.solving.location.benders import Benders
from redesaude.solving.location.branch_and_bound import BranchAndBound
from redesaude.solving.location.capacitated import Capacitated
from redesaude.solving.location.dominance import only_reach
from redesaude.solving.location.interchange import Interchange
from redesaude.solving.location.lagrangian import Node, ascend, root
from redesaude.solving.location.uncapacitated import Uncapacitated
from redesaude.solving.parameters import Location
from redesaude.solving.progress import Reporter, Search
from redesaude.solving.rounding import below
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import Decisions


def branches(problem: Uncapacitated, parameters: Location) -> bool:
    """Return whether the tree is for ``problem``: one specialty, few centres, costs that differ, and a table of
    them that is small.

    With 50 or 90 centres of 900 places the integer model of the cuts was the shorter way. Where only
    reach counts prices say little, and many demands have cuts by groups.
    """
    demands, services = len(problem.start), len(problem.opening)
    small = demands <= parameters.own_cuts and demands * services <= parameters.table
    few = len(problem.least) == 1 and problem.most[0] <= parameters.few
    return bool(small and few and not only_reach(problem))


class ServicesTree(BranchAndBound):
    """Branch and bound where every service has room for all; ``read`` turns open services into a plan's decisions."""

    def __init__(
        self, services: Uncapacitated, search: Search, read: Callable[[Flags], Decisions] | None = None
    ) -> None:
        read_found = None if read is None else lambda found: read(found.opened)
        super().__init__(as_capacitated(services), search, read_found)
        self._services = services
        self._exchange, self._among = _interchange(self.problem), np.arange(len(services.opening))

    def _solve_root(self) -> None:
        """Put the root into the queue, after rounds of prices, and the relaxation of what they leave open."""
        p, node = self.search.parameters.location, root(self.problem)
        for _ in range(p.rounds):
            node = self._decided(ascend(self.problem, node, self._aim, p.round_steps, p.root_length))
            if node.bound >= self._cutoff or self.search.done():
                break
        if node.bound < self._cutoff and not self.search.done():
            node = self._priced(node)
        self._queue_branch(node)
        self._raise()

    def _decided(self, node: Node) -> Node:
        """Try what the prices of a node choose, and decide what they settle."""
        self._propose(node)
        self._try(np.sort(node.services[node.chosen]))
        if node.bound < self._cutoff:
            node = node.decided(self._cutoff - node.bound)
            self._take(node.services)
            self.search.prove(node.bound)
        return node

    def _take(self, services: Ints) -> None:
        """Look for plans among these services alone from now on."""
        self._among = services
        self._exchange = _interchange(self.problem.part(services, np.arange(len(self.problem.cases)), ~self._every))

    @property
    def _every(self) -> Flags:
        return np.ones(len(self.problem.opening), dtype=bool)

    def _priced(self, node: Node) -> Node:
        """Return a node at the prices of its linear relaxation, if that is solved in time."""
        may, must = np.zeros((2, len(self.problem.opening)), dtype=bool)
        may[node.services], must[node.services[node.kept]] = True, True
        part = self._services.only(may, must)
        if (np.isinf(part.unmet) & (part.length == 0)).any():
            return node
        own = Search(self.search.limits, Reporter(), self.search.stopped, parameters=self.search.parameters)
        benders = Benders(part, own)
        benders.close()
        if benders.opened is not None:
            self._try(np.flatnonzero(benders.opened))
        price = np.clip(benders.prices(), *self.problem.prices)
        p = self.search.parameters.location
        better = ascend(self.problem, replace(node, price=price), self._aim, p.steps, p.length)
        self.search.tell("bound", f"{len(node.services) - int(node.kept.sum()):,} services undecided")
        return self._decided(better)

    def _try(self, services: Ints) -> None:
        """Look once for the best plan near these services."""
        key = services.tobytes()
        if key in self._tried or not self._allowed(services):
            return
        self._tried.add(key)
        self._proven(services, 0)
        inside = np.isin(services, self._among)
        if inside.all():
            places = self._exchange.bettered(np.searchsorted(self._among, services), self.search.over)
            self._proven(self._among[places], 0)

    def _proven(self, services: Ints, effort: int) -> tuple[float, bool]:
        del effort  # each demand goes to the cheapest: exact at once
        problem = self.problem
        cost = problem.case_cost[services]
        least = cost.min(axis=0, initial=np.inf)
        treated = np.flatnonzero(np.isfinite(least) & (least <= problem.unmet))
        if len(treated) < len(least) and np.isinf(np.delete(problem.unmet, treated)).any():
            return np.inf, True
        where = services[cost[:, treated].argmin(axis=0)] if len(treated) else treated
        opened = np.zeros(len(problem.opening), dtype=bool)
        opened[services] = True
        found = allocation(problem, opened, treated, where, np.ones(len(treated)))
        self._adopt(found)
        return float(below(found.cost, found.turnover, 2 * len(least) + len(services) + 1)), True


def as_capacitated(problem: Uncapacitated) -> Capacitated:
    """Return ``problem`` as one with room for all: a demand counts as one case, at the cost of all of its own."""
    demands, services = len(problem.start), len(problem.opening)
    cost = np.full((services, demands), np.inf)
    cost[problem.service, np.repeat(np.arange(demands), problem.length)] = problem.cost
    return Capacitated(
        opening=problem.opening,
        capacity=np.full(services, float(demands)),
        volume=np.zeros(services),
        required=problem.required,
        least=float(problem.least[0]),
        most=float(problem.most[0]),
        cases=np.ones(demands),
        case_cost=cost,
        unmet=problem.unmet,
        whole=False,
        offset=problem.offset,
    )


def _interchange(problem: Capacitated) -> Interchange:
    """Return the exchanges of services, what is out of reach dearer than all that is not."""
    reach = np.isfinite(problem.case_cost)
    far = 1.0 + float(np.where(reach, np.abs(problem.case_cost), 0.0).max(axis=0, initial=0.0).sum())
    unmet: Floats = np.where(np.isfinite(problem.unmet), problem.unmet, far)
    cost = np.where(reach, problem.case_cost, far)
    return Interchange(problem.opening, cost, unmet, problem.required, problem.least, problem.most)
