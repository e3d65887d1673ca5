r"""Single source by whole knapsacks: branch and bound on services and journeys, bounded by :mod:`.whole_prices`.

Where a service treats few of the demands, whole knapsacks bound far better than divided ones: of 75 demands at 30
services with room for four each, half of what the tree of :mod:`.single_source` leaves open is closed at once. A part
is split at the service that the mixture of its sets opens nearest to half, where none is in parts at the journey whose
share is nearest to half, and else at anything not decided yet (branch and price: Diaz and Fernandez 2002; Ceselli and
Righini 2005; the neighbourhoods of :mod:`.single_source` find plans beside it). A part where all is decided is a plan,
or none.

Why the bound is valid: the two sides of a split hold all plans of the part between them; what is decided for good, or
dropped, holds none cheaper than the cutoff of that time, and the cutoff only falls; the bound of the problem is the
least of the open parts, of those put aside because the prices of them were not found in time, and of the cutoff.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

import numpy as np

from redesaude.errors import BoundError
from redesaude.plan.proof import contradicts
from redesaude.solving.location.allocation import allocation
from redesaude.solving.location.branch_and_bound import Branch, BranchAndBound
from redesaude.solving.location.capacitated import LET_PASS, Capacitated
from redesaude.solving.location.shift_and_swap import fitted
from redesaude.solving.location.single_source import SingleSource
from redesaude.solving.location.whole_prices import Mixture, Part, WholePrices, whole_part
from redesaude.solving.parameters import Location
from redesaude_models.arrays import Flags

#: how far from whole a mixture may be that counts as whole
_WHOLE = 1e-3

#: share of a capacity that rounding alone may add to a load
_ROUNDED = 1e-9


@dataclass(frozen=True)
class _Split:
    """A ``part`` and where it is split: at a ``service``, and at a ``demand`` that goes there or not (-1: at the
    service alone).
    """

    part: Part
    service: int
    demand: int = -1


class BranchAndPrice(SingleSource):
    """Branch and bound where each demand goes to one service, on services and journeys."""

    _prices: WholePrices
    _began = _bettered = 0.0

    def _solve_root(self) -> None:
        """Take the prices of divided demands, and the first plan, to those of whole ones."""
        self._began = self.search.clock.now
        super()._solve_root()
        if not self._queue or self.search.over():
            return
        divided = self._queue.pop().node
        price, every = divided.price * self.problem.cases, np.arange(len(self.problem.opening))
        self._prices = WholePrices(self.problem, price, self.search)
        first = whole_part(self.problem, price).shutting(~np.isin(every, divided.services))
        first = first.keeping(np.isin(every, divided.services[divided.kept]))
        self._bound(replace(first, bound=divided.bound), self._parameters.whole_root, 0.0)
        self._raise()

    def _step(self) -> None:
        """Split a part, then decide neighbourhoods anew for their share of the time."""
        BranchAndBound._step(self)
        clock, share = self.search.clock, self._parameters.bettering
        while self.found is not None and not self.search.done() and self._bettered <= share * (clock.now - self._began):
            services = next(self._parts, None)
            if services is None:
                return
            began = clock.now
            self._better(self.found, services)
            self._bettered += clock.now - began

    def _branch(self, branch: Branch) -> None:
        """Bound both sides of a split."""
        split: _Split = branch.node
        part, service, demand = split.part, split.service, split.demand
        here = np.arange(len(part.shut)) == service
        one, other = (
            (part.keeping(here), part.shutting(here))
            if demand < 0
            else (part.sending(demand, service), part.barring(demand, service))
        )
        for side in (one, other):
            self._bound(side, self._parameters.whole_steps, self._parameters.whole_near)

    def _bound(self, part: Part, steps: int, near: float) -> None:
        """Bound a part, try for a plan in it, and queue it with where it is split, if it may hold a better one."""
        self.branches += 1
        better, mixture = self._prices.bounded(part, self._cutoff, steps, near)
        if self._holds(better) and contradicts(better.bound, self.search.cost, self.problem.turnover):
            raise BoundError(f"a plan of {self.search.cost:.17g} lies in a part bounded by {better.bound:.17g}")
        if better.bound >= self._cutoff:
            return
        if mixture is None:
            self._aside = min(self._aside, better.bound)
            return
        split = self._split(better, mixture)
        if split is None:
            self._end(better)
            return
        if _is_whole(mixture) or self.branches % self.every == 1:
            self._mixed(better, mixture)
        if self.branches & (self.branches - 1) == 0:  # the 1st, 2nd, 4th, 8th, ...
            self._dive(better, mixture)
        heapq.heappush(self._queue, Branch(better.bound, self.branches, split))

    def _split(self, part: Part, mixture: Mixture) -> _Split | None:
        """Return where to split a part: at what the mixture settles least; None where all is decided."""
        free = ~part.shut & ~part.kept
        apart = np.where(free, np.abs(mixture.opened - 0.5), np.inf)
        pairs = np.where(part.reach & _open(part), np.abs(mixture.share - 0.5), np.inf)
        service, pair = int(apart.argmin()), int(pairs.argmin())
        at, demand = divmod(pair, pairs.shape[1])
        if apart[service] >= 0.5 - _WHOLE and pairs[at, demand] < 0.5 - _WHOLE:
            return _Split(part, at, demand)
        if np.isfinite(apart[service]):
            return _Split(part, service)
        return _Split(part, at, demand) if np.isfinite(pairs[at, demand]) else None

    def _end(self, part: Part) -> None:
        """End a part in which all is decided: what is left of it is a plan, or none."""
        service, demand = np.nonzero(part.reach & part.kept[:, None])
        whole = allocation(self.problem, part.kept & ~part.shut, demand, service, np.ones(len(demand)))
        load = np.bincount(service, self.problem.cases[demand], minlength=len(part.shut))
        if (load <= self.problem.capacity * (1 + _ROUNDED)).all() and self._allowed(np.flatnonzero(part.kept)):
            self._adopt(whole)
        elif (load <= self.problem.capacity * (1 + LET_PASS) + LET_PASS).all():  # an audit might take it
            self._aside = min(self._aside, part.bound)

    def _mixed(self, part: Part, mixture: Mixture) -> None:
        """Look for a plan near a mixture: its services that are opened most, demands where most of them goes."""
        opened = np.where(part.shut, -1.0, np.where(part.kept, 2.0, mixture.opened))
        order = np.argsort(-opened, kind="stable")
        room = np.cumsum(self.problem.capacity[order])
        enough = int(np.searchsorted(room, self.problem.must_treat)) + 1
        count = int(np.clip(max(enough, np.round(mixture.opened.sum())), self.problem.least, len(order)))
        services = np.sort(order[: int(min(count, self.problem.most))])
        if not self._allowed(services):
            return
        cost, share = self.problem.case_cost[services], mixture.share[services]
        rank = np.argsort(np.argsort(cost, axis=0, kind="stable"), axis=0)
        place = np.where(np.isfinite(cost), share - _WHOLE * rank / len(services), -np.inf).argmax(axis=0)
        reached, must = np.isfinite(cost).any(axis=0), np.isinf(self.problem.unmet)
        if (must & ~reached).any():
            return
        demand = np.flatnonzero(reached & (must | (share.sum(axis=0) >= 0.5)))
        chosen = np.isin(np.arange(len(opened)), services)
        near = allocation(self.problem, chosen, demand, services[place[demand]], np.ones(len(demand)))
        whole = fitted(self.problem, near, self.search.step, self._parameters)
        if whole is not None:
            self._adopt(whole)

    def _dive(self, part: Part, mixture: Mixture | None) -> None:
        """Look for a plan in a part by taking for settled what the mixture nearly settles, again and again."""
        p = self._parameters
        while mixture is not None and part.bound < self._cutoff and not self.search.done():
            if _is_whole(mixture):
                self._mixed(part, mixture)
                return
            settled = _settled(part, mixture, p.dive_pairs)
            if settled is None:
                return
            part, mixture = self._prices.bounded(settled, self._cutoff, p.dive_steps, p.dive_near)

    def _holds(self, part: Part) -> bool:
        """Return whether the best plan lies in a part."""
        if self.found is None:
            return False
        found, sent = self.found, np.zeros(len(part.treated), dtype=bool)
        sent[found.demand] = True
        within = part.reach[found.service, found.demand].all() and not (part.treated & ~sent).any()
        return bool(within and found.opened[part.kept].all() and not found.opened[part.shut].any())


def _settled(part: Part, mixture: Mixture, pairs: int) -> Part | None:
    """Return ``part`` with the demands that are wholly one service's sent there, and the ``pairs`` next to that, one to
    a service: each of them is in a set with what is wholly its service's, and so there is room for both. None where
    nothing is left to settle.
    """
    share = np.where(part.reach & _open(part), mixture.share, 0.0)
    whole = share >= 1 - _WHOLE
    rest = np.where(whole.any(axis=0), 0.0, share)
    best = rest.argmax(axis=1)
    largest = np.argsort(-rest.max(axis=1), kind="stable")[:pairs]
    demands, services = np.nonzero(whole.T)
    sent = dict(zip(demands.tolist(), services.tolist(), strict=True))
    sent |= {int(best[j]): int(j) for j in largest[::-1] if rest[j, best[j]] > 0}
    for demand, service in sent.items():
        part = part.sending(demand, service)
    return part if sent else None


def _open(part: Part) -> Flags:
    """Return which demands may go more than one way, unmet being one, (demands,)."""
    return np.asarray(part.reach.sum(axis=0) + ~part.treated > 1)


def fits(problem: Capacitated, parameters: Location) -> bool:
    """Return whether demands stay whole and services have room for so few of them that whole knapsacks are worth
    their time.
    """
    few = len(problem.cases) <= parameters.whole
    tight = problem.capacity.mean() <= parameters.whole_fill * problem.cases.mean()
    return bool(problem.whole and few and tight and not problem.ample)


def _is_whole(mixture: Mixture) -> bool:
    """Return whether a mixture is a plan."""
    return bool((np.abs(mixture.share - np.round(mixture.share)) < _WHOLE).all())
