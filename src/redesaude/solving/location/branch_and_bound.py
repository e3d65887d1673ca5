r"""Branch and bound on the services of a capacitated problem, bounded by :mod:`.lagrangian`.

A branch is a part of the problem in which some services are open and some shut for good. Only services are branched on;
each branch begins at the prices of the one it came from and takes a few steps of its own. Services whose other decision
would cost more than the cutoff are decided. A branch with nothing left to decide is a leaf: a transport problem, which
is solved exactly (:mod:`.allocation`); its cost is a plan, and the end of that branch. Where demands stay whole the
tree still bounds (with demands divided); :mod:`.single_source` finds the plans.

Why the bound is valid: whatever is cut off is bounded by the cutoff of that time, the plan's cost less the gap, and
plans only get better. So the bound of the problem is the least of the open branches, of those put aside because the
solver could not end them, and of the best plan less the gap. A branch is cut off by a bound of its own or of the branch
that it lies in, a service decided by the bound of the branch with that service decided otherwise; all these are rounded
down (:mod:`.lagrangian`, :mod:`.allocation`). A bound above the best plan of a branch in which that plan lies is an
error of ours and raises BoundError.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from redesaude.errors import BoundError
from redesaude.plan.proof import contradicts
from redesaude.solving.location.allocation import transport
from redesaude.solving.location.capacitated import Allocation, Capacitated
from redesaude.solving.location.lagrangian import Aim, Node, ascend, root
from redesaude.solving.location.regret import regret_allocation
from redesaude.solving.progress import Search
from redesaude.solving.record import EXACT, ReadPlan
from redesaude.solving.stopwatch import Stopwatch
from redesaude.status import Termination
from redesaude_models.arrays import Flags, Ints
from redesaude_models.problem import Decisions


@dataclass(order=True)
class Branch:
    """A branch in the queue, the least bound first."""

    bound: float
    number: int
    node: Any = field(compare=False)  # a Node, or what another way splits
    effort: int = field(default=1, compare=False)


class BranchAndBound:
    """The best ``found`` so far; cost and bound are those of ``search``. A plan is tried at ``every`` so
    many branches. ``read`` turns an allocation into the decisions of a plan, ``accept`` a plan of another way into an
    allocation.
    """

    every = 8

    def __init__(
        self,
        problem: Capacitated,
        search: Search,
        read: Callable[[Allocation], Decisions] | None = None,
        accept: Callable[[Decisions], Allocation] | None = None,
    ) -> None:
        self.problem = problem
        self.search = search
        self.found: Allocation | None = None
        self._read, self._accept = read, accept
        self.watch = Stopwatch()
        self.branches = 0
        self._queue: list[Branch] = []
        self._aside = np.inf
        self._tried: set[bytes] = set()

    def run(self, known: Iterable[Flags] = ()) -> Termination:
        """Run to the end, beginning with the services of ``known`` plans, and say why it ended."""
        for opened in known:
            self._try(np.flatnonzero(opened))
        with self.watch("bound"):
            self._solve_root()
        self._search()
        nothing = self.found is None and not self._queue and np.isinf(self._aside)
        return Termination.PROVEN_INFEASIBLE if nothing and not self.search.stopped() else self.search.termination

    def _search(self) -> None:
        """Take branches from the queue until it is empty or the gap is met."""
        with self.watch("bound"):
            while self._queue and not self.search.done():
                if self._accept is not None and (arrived := self.search.arrived()) is not None:
                    self._adopt(self._accept(arrived))
                self._step()

    def _step(self) -> None:
        self._branch(heapq.heappop(self._queue))
        self._raise()

    def _solve_root(self) -> None:
        """Put the root into the queue: its bound first without a plan, then towards one."""
        clock, p = self.search.clock, self.search.parameters.location
        early, later, length = p.early_steps, p.root_steps, p.root_length
        soon = clock.now + p.soon * clock.left
        aim = replace(self._aim, over=lambda: self.search.step() or clock.now >= soon)
        node = ascend(self.problem, root(self.problem), aim, early, length)
        self._propose(node)
        node = ascend(self.problem, node, self._aim, later, length)
        self._propose(node)
        self._queue_branch(node)
        self._raise()

    def _branch(self, branch: Branch) -> None:
        """Branch on the least settled service of a branch, or end the branch where none is left."""
        node = branch.node
        free = np.flatnonzero(~node.kept)
        if not len(free):
            self._close_leaf(branch)
            return
        service = int(free[np.argmin(np.abs(node.primal_average[free] - 0.5))])
        here, p = np.arange(len(node.services)) == service, self.search.parameters.location
        past = p.past * max(0.0, self.search.cost - node.bound) if self.found else 0.0
        aim = replace(self._aim, past=past)
        for child in (node.keeping(here), node.only(~here)):
            self.branches += 1
            better = ascend(self.problem, child, aim, p.steps, p.length)
            if self.branches % self.every == 0:
                self._propose(better)
            self._queue_branch(better)

    def _queue_branch(self, node: Node) -> None:
        """Queue a branch that may hold a better plan, its settled services decided."""
        if self._holds_best(node) and contradicts(node.bound, self.search.cost, self.problem.turnover):
            raise BoundError(f"a plan of {self.search.cost:.17g} lies in a branch bounded by {node.bound:.17g}")
        if node.bound < self._cutoff:
            kept = node.decided(self._cutoff - node.bound)
            heapq.heappush(self._queue, Branch(kept.bound, self.branches, kept))

    def _close_leaf(self, branch: Branch) -> None:
        """End a branch with nothing left to decide, or queue it with what is proven of it and more effort."""
        services = branch.node.services
        proven, ended = self._proven(services, branch.effort) if self._allowed(services) else (np.inf, True)
        if proven >= self._cutoff:
            return
        bound = max(proven, branch.bound)
        if ended:
            self._aside = min(self._aside, bound)
        else:
            node = replace(branch.node, bound=bound)
            heapq.heappush(self._queue, Branch(bound, self.branches, node, branch.effort + 1))

    def _allowed(self, services: Ints) -> bool:
        """Return whether just these services may be open: those required among them, and as many as may be."""
        missing = np.flatnonzero(self.problem.required)
        return self.problem.least <= len(services) <= self.problem.most and bool(np.isin(missing, services).all())

    def _holds_best(self, node: Node) -> bool:
        """Return whether the best plan lies in a branch."""
        if self.found is None:
            return False
        opened = np.flatnonzero(self.found.opened)
        return bool(np.isin(opened, node.services).all() and self.found.opened[node.services[node.kept]].all())

    def _propose(self, node: Node) -> None:
        """Try the services that were chosen most primal_average, as many as add up and as have capacity."""
        needed, most = self.problem.must_treat, self.problem.most
        order = np.lexsort((-node.primal_average, ~node.kept))
        capacity = np.cumsum(self.problem.capacity[node.services[order]] - self._spare)
        enough = int(np.searchsorted(capacity, needed * (1 - EXACT))) + 1
        count = int(min(max(enough, np.round(node.primal_average.sum()), node.kept.sum(), self.problem.least), most))
        self._try(np.sort(node.services[order[:count]]))

    def _try(self, services: Ints) -> None:
        """Look once for a plan with just these services open; the first one is looked for even where time is over."""
        key = services.tobytes()
        if key in self._tried or not self._allowed(services):
            return
        if self.found is None and (quick := regret_allocation(self.problem, services)) is not None:
            self._adopt(quick)
        if not self.search.over():
            self._tried.add(key)
            self._proven(services, 0)

    def _proven(self, services: Ints, effort: int) -> tuple[float, bool]:
        """Adopt the best plan with just these services open; return what any such plan costs at least (NPV), and
        whether more effort would tell no more.

        ``effort`` 0 is for a plan alone.
        """
        del effort  # a transport problem is solved to the end
        sent = transport(self.problem, services, self.search.rest(1.0, 0.0), self.search.parameters.location)
        if sent.allocation is not None:
            self._adopt(sent.allocation)
        return sent.bound, True

    def _adopt(self, allocation: Allocation) -> None:
        if self.search.adopt(allocation.cost, allocation.turnover, self._reading(allocation)):
            self.found = allocation

    def _reading(self, allocation: Allocation) -> ReadPlan | None:
        read = self._read
        return None if read is None else lambda: read(allocation)

    @property
    def _aim(self) -> Aim:
        return Aim(self.search.cost, self._cutoff, self.search.step, self.search.parameters.location)

    @property
    def _spare(self) -> float:
        """Cases/year of capacity left at each service of a plan that is tried."""
        return 0.0

    @property
    def _cutoff(self) -> float:
        """The bound at which a branch holds no plan worth looking for."""
        return self.search.cost - max(self.search.limits.gap, EXACT) * abs(self.search.cost) if self.found else np.inf

    def _raise(self) -> None:
        least = self._queue[0].bound if self._queue else np.inf
        self.search.prove(min(least, self._aside, self._cutoff))
