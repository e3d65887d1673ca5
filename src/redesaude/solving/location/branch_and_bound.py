r"""Branch and bound on the services of a capacitated problem, bounded by :mod:`.lagrangian`.

Only services are branched on; each part of the tree begins at the prices of the one it came from and takes a few steps
of its own. Services whose other decision would cost more than the gap are decided. A part with nothing left to decide
is a transport problem, which is solved exactly (:mod:`.allocation`): its cost is a plan, and the end of that part.

Where demands stay whole the tree still bounds (with demands divided); :mod:`.single_source` finds the plans.

Whatever is cut off is bounded by the plan's cost less the gap at that time, and plans only get better: the bound of the
problem is the least of the open parts, of those put aside because the solver could not end them, and of the best plan
less the gap. A part is cut off by a bound of its own or of the part that it lies in, a service decided by the bound of
the part with that service decided otherwise; all these are rounded down (:mod:`.lagrangian`, :mod:`.allocation`). A
bound above the best plan of a part in which that plan lies is an error of ours and raises BoundError.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from redesaude.errors import BoundError
from redesaude.plan.plan import Termination
from redesaude.plan.proof import contradicts
from redesaude.solving.location.allocation import transport
from redesaude.solving.location.capacitated import Allocation, Capacitated
from redesaude.solving.location.lagrangian import Aim, Node, ascend, root
from redesaude.solving.location.regret import regret_allocation
from redesaude.solving.options import Limits
from redesaude.solving.progress import Search
from redesaude.solving.record import EXACT, ReadPlan
from redesaude.solving.stopwatch import Stopwatch
from redesaude_models.problem import Decisions
from redesaude_models.standard_form import Flags, Ints

#: steps at the root before and after there is a plan, and in each part of the tree; how long they are at first
_FIRST_STEPS, _ROOT_STEPS, _STEPS = 200, 600, 60
_ROOT_LENGTH, _LENGTH = 1.0, 0.1


#: share of the time left after which a first plan is looked for at the latest
_SOON = 0.2


@dataclass(order=True)
class _Open:
    """A part in the queue, the least bound first."""

    bound: float
    number: int
    node: Node = field(compare=False)
    effort: int = field(default=1, compare=False)


class BranchAndBound:
    """The best ``found`` so far; cost and bound are those of the record of ``search``. A plan is tried at ``every`` so
    many parts. ``read`` turns an allocation into the decisions of a plan.
    """

    every = 8

    def __init__(
        self, problem: Capacitated, search: Search, read: Callable[[Allocation], Decisions] | None = None
    ) -> None:
        self.problem = problem
        self.search = search
        self.found: Allocation | None = None
        self._read = read
        self.watch = Stopwatch()
        self.parts = 0
        self._queue: list[_Open] = []
        self._aside = np.inf
        self._tried: set[bytes] = set()

    @property
    def cost(self) -> float:
        """NPV of the best plan, infinite while there is none."""
        return self.search.record.cost

    @property
    def bound(self) -> float:
        """NPV that no plan goes below, as proven here."""
        return self.search.record.proven

    def run(self, known: Iterable[Flags] = ()) -> Termination:
        """Run to the end, beginning with the services of ``known`` plans, and say why it ended."""
        for opened in known:
            self._try(np.flatnonzero(opened))
        with self.watch("bound"):
            self._plant()
        self._search()
        if self.search.met:
            return Termination.GAP_REACHED
        if self.search.stopped():
            return Termination.INTERRUPTED
        nothing = self.found is None and not self._queue and np.isinf(self._aside)
        return Termination.PROVEN_INFEASIBLE if nothing else Termination.TIME_LIMIT

    def _search(self) -> None:
        """Take parts from the queue until it is empty or the gap is met."""
        with self.watch("bound"):
            while self._queue and not (self._over() or self.search.met):
                self._step()

    def _step(self) -> None:
        self._grow(heapq.heappop(self._queue))
        self._raise()

    def _plant(self) -> None:
        """Put the root into the queue: its bound first without a plan, then towards one."""
        clock = self.search.clock
        soon = clock.now + _SOON * clock.left
        aim = replace(self._aim, over=lambda: self._stepped() or clock.now >= soon)
        node = ascend(self.problem, root(self.problem), aim, _FIRST_STEPS, _ROOT_LENGTH)
        self._propose(node)
        node = ascend(self.problem, node, self._aim, _ROOT_STEPS, _ROOT_LENGTH)
        self._propose(node)
        self._push(node)
        self._raise()

    def _grow(self, part: _Open) -> None:
        """Branch on the least settled service of a part, or end the part where none is left."""
        node = part.node
        free = np.flatnonzero(~node.kept)
        if not len(free):
            self._end(part)
            return
        service = int(free[np.argmin(np.abs(node.often[free] - 0.5))])
        here = np.arange(len(node.services)) == service
        for child in (node.keeping(here), node.only(~here)):
            self.parts += 1
            better = ascend(self.problem, child, self._aim, _STEPS, _LENGTH)
            if self.parts % self.every == 0:
                self._propose(better)
            self._push(better)

    def _push(self, node: Node) -> None:
        """Queue a part that may hold a better plan, its settled services decided."""
        if self._holds_best(node) and contradicts(node.bound, self.cost, self.problem.turnover):
            raise BoundError(f"a plan of {self.cost:.17g} lies in a part bounded by {node.bound:.17g}")
        if node.bound < self._enough:
            kept = node.decided(self._enough - node.bound)
            heapq.heappush(self._queue, _Open(kept.bound, self.parts, kept))

    def _end(self, part: _Open) -> None:
        """End a part with nothing left to decide, or queue it with what is proven of it and more effort."""
        services = part.node.services
        proven, ended = self._proven(services, part.effort) if self._allowed(services) else (np.inf, True)
        if proven >= self._enough:
            return
        bound = max(proven, part.bound)
        if ended:
            self._aside = min(self._aside, bound)
        else:
            node = replace(part.node, bound=bound)
            heapq.heappush(self._queue, _Open(bound, self.parts, node, part.effort + 1))

    def _allowed(self, services: Ints) -> bool:
        """Return whether just these services may be open: those required among them, and as many as may be."""
        missing = np.flatnonzero(self.problem.required)
        return self.problem.least <= len(services) <= self.problem.most and bool(np.isin(missing, services).all())

    def _holds_best(self, node: Node) -> bool:
        """Return whether the best plan lies in a part."""
        if self.found is None:
            return False
        opened = np.flatnonzero(self.found.opened)
        return bool(np.isin(opened, node.services).all() and self.found.opened[node.services[node.kept]].all())

    def _propose(self, node: Node) -> None:
        """Try the services that were chosen most often, as many as add up and as have room."""
        room, most = self.problem.must_treat, self.problem.most
        order = np.lexsort((-node.often, ~node.kept))
        capacity = np.cumsum(self.problem.capacity[node.services[order]] - self._spare)
        enough = int(np.searchsorted(capacity, room * (1 - EXACT))) + 1
        count = int(min(max(enough, np.round(node.often.sum()), node.kept.sum(), self.problem.least), most))
        self._try(np.sort(node.services[order[:count]]))

    def _try(self, services: Ints) -> None:
        """Look once for a plan with just these services open; the first one is looked for even where time is over."""
        key = services.tobytes()
        if key in self._tried or not self._allowed(services):
            return
        if self.found is None and (quick := regret_allocation(self.problem, services)) is not None:
            self._adopt(quick)
        if not self._over():
            self._tried.add(key)
            self._proven(services, 0)

    def _proven(self, services: Ints, effort: int) -> tuple[float, bool]:
        """Adopt the best plan with just these services open; return what any such plan costs at least (NPV), and
        whether more effort would tell no more.

        ``effort`` 0 is for a plan alone.
        """
        del effort  # a transport problem is solved to the end
        sent = transport(self.problem, services, self._limits())
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
        return Aim(self.cost, self._enough, self._stepped)

    @property
    def _spare(self) -> float:
        """Cases/year of room left over at each service of a plan that is tried."""
        return 0.0

    @property
    def _enough(self) -> float:
        """The bound at which a part holds no plan worth looking for."""
        return self.cost - max(self.search.limits.gap, EXACT) * abs(self.cost) if self.found else np.inf

    def _raise(self) -> None:
        least = self._queue[0].bound if self._queue else np.inf
        self.search.prove(min(least, self._aside, self._enough))

    def _over(self) -> bool:
        return self.search.over()

    def _stepped(self) -> bool:
        """Count a step of our own; return whether it is over."""
        self.search.clock.did(1)
        return self._over()

    def _limits(self, share: float = 1.0, gap: float = 0.0) -> Limits:
        """Return the limits of a solve that may take this share of the time left."""
        return self.search.limits.within(share * self.search.clock.left, gap)
