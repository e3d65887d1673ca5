r"""The uncapacitated case: once the services are open, every case goes to the cheapest, so its shares need no columns.

With one way to deliver each service, capacity for all who can reach it, and no promise that ties shares together, a
plan is its open services :math:`y` (p-median, uncapacitated fixed charge, set and maximal covering):

.. math::
    \min_y\; f^\top y + \sum_i \min\bigl(\pi_i,\; \min_{j:\, y_j = 1} c_{ij}\bigr)

:class:`Uncapacitated` holds :math:`f`, :math:`c` and :math:`\pi`; :class:`ByServices` turns services into decisions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from redesaude.solving.location.pure_location import PureLocation, pure_location
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import Decisions, PlanningProblem

#: share of the reachable cases that a service may lack capacity for and still count as having capacity for all
_LACKING = 1e-9

#: difference below which services add up to one
_EXACT = 1e-9


@dataclass(frozen=True)
class Uncapacitated:
    """The problem in its open services. Journeys are sorted by demand and cost; ``start`` is where each demand begins.

    ``opening`` (services,) and ``cost`` (journeys,) are NPV, the latter of all cases of its demand; ``unmet``
    (demands,) is infinite where cases must be treated. ``required`` services are open; of each specialty at least
    ``least`` and at most ``most`` (infinite: any number) are, ``kind`` being the specialty of each service.
    """

    opening: Floats
    required: Flags
    kind: Ints
    least: Floats
    most: Floats
    cost: Floats
    service: Ints
    start: Ints
    unmet: Floats
    offset: float

    @property
    def length(self) -> Ints:
        """Journeys of each demand."""
        return np.diff(self.start, append=len(self.cost))

    @property
    def reach(self) -> csr_array:
        """A one for each pair of demand and service in reach."""
        shape = (len(self.start), len(self.opening))
        demand = np.repeat(np.arange(shape[0]), self.length)
        return csr_array((np.ones(len(demand)), (demand, self.service)), shape)

    def best(self, opened: Flags) -> tuple[Ints, Floats]:
        """Return for each demand its cheapest journey to an open service (-1: unmet is cheaper) and what that costs."""
        cost = np.where(opened[self.service], self.cost, np.inf)
        rows = np.flatnonzero(np.isfinite(cost))
        demand = np.repeat(np.arange(len(self.start)), self.length)[rows]
        treated, place = np.unique(demand, return_index=True)  # sorted by cost within a demand
        first = rows[place]
        least, journey = self.unmet.copy(), np.full(len(self.start), -1, dtype=np.int64)
        better = cost[first] <= least[treated]
        least[treated[better]], journey[treated[better]] = cost[first[better]], first[better]
        return journey, least

    def value(self, opened: Flags) -> float:
        """Return the net present cost with these services open, infinite if cases that must be treated reach none."""
        return self.offset + float(self.opening @ opened) + float(self.best(opened)[1].sum())

    def turnover(self, opened: Flags) -> float:
        """Return the money (NPV) that moves with these services open, whatever its sign."""
        return abs(self.offset) + float(np.abs(self.opening) @ opened) + float(np.abs(self.best(opened)[1]).sum())

    def allows(self, opened: Flags) -> bool:
        """Return whether these services may be the open ones: those required among them, as many as may be."""
        count = np.bincount(self.kind, opened, minlength=len(self.least))
        enough = (count >= self.least).all() and (count <= self.most).all()
        return bool(enough and opened[self.required].all())

    def critical(self, y: Floats) -> Floats:
        """Return for each demand the cost at which its cheapest services add up to one, or its unmet cost if lower.

        ``y`` (services,) is how far each service is open, 0-1. A demand that must be treated and whose services do not
        add up to one has the cost of its dearest.
        """
        some = self.length > 0
        critical = self.unmet.copy()
        if not some.any():
            return critical
        begin, length = self.start[some], self.length[some]
        total = np.cumsum(y[self.service])
        before = total[begin] - y[self.service[begin]]
        enough = total - np.repeat(before, length) >= 1 - _EXACT
        first = np.minimum.reduceat(np.where(enough, np.arange(len(enough)), len(enough)), begin)
        found = first < len(enough)
        least = np.where(
            found | np.isinf(critical[some]), self.cost[np.where(found, first, begin + length - 1)], np.inf
        )
        critical[some] = np.minimum(critical[some], least)
        return critical

    def only(self, may: Flags, must: Flags) -> Uncapacitated:
        """Return the problem without the journeys to services that ``may`` not open, with those open that ``must``."""
        rows = may[self.service]
        demand = np.repeat(np.arange(len(self.start)), self.length)[rows]
        return replace(
            self,
            required=self.required | must,
            cost=self.cost[rows],
            service=self.service[rows],
            start=np.searchsorted(demand, np.arange(len(self.start))),
        )

    @property
    def cheapest(self) -> Floats:
        """What each demand costs at least: its cheapest journey, or leaving it out."""
        some, least = self.length > 0, self.unmet.copy()
        least[some] = np.minimum(least[some], self.cost[self.start[some]])
        return least

    @property
    def varies(self) -> Flags:
        """Which demands do not cost the same wherever they go."""
        some, least, most = self.length > 0, self.cheapest, np.zeros(len(self.start))
        most[some] = self.cost[(self.start + self.length - 1)[some]]
        return np.asarray(some & ((most > least) | (np.isfinite(self.unmet) & (self.unmet > least))))

    def varying(self) -> Uncapacitated:
        """Return the problem without the demands that cost the same wherever they go; ``offset`` holds their cost.

        Its demands are numbered anew.
        """
        least, kept = self.cheapest, self.varies
        rows = np.repeat(kept, self.length)
        return replace(
            self,
            cost=self.cost[rows],
            service=self.service[rows],
            start=np.cumsum(self.length[kept]) - self.length[kept],
            unmet=self.unmet[kept],
            offset=self.offset + float(least[~kept].sum()),
        )


@dataclass(frozen=True)
class ByServices:
    """A pure location problem with capacity for all, its ``services``, and their journeys as rows of it (``order``)."""

    pure: PureLocation
    services: Uncapacitated
    order: Ints

    def decisions(self, opened: Flags) -> Decisions:
        """Return the plan with these services open."""
        journey = self.services.best(opened)[0]
        shares = np.zeros(len(self.order))
        shares[self.order[journey[journey >= 0]]] = 1.0
        return self.pure.decisions(opened, shares, (journey < 0).astype(float))


def uncapacitated(problem: PlanningProblem) -> ByServices | None:
    """Return ``problem`` in its open services alone, None where it is not of that kind."""
    found = pure_location(problem)
    if found is None or not (found.capacity >= found.within_reach * (1 - _LACKING)).all():
        return None
    if (problem.options.min_cases > 0).any():
        return None
    demand = problem.journeys.demand
    order = np.lexsort((problem.journeys.minutes, found.cost, demand))  # at equal cost the nearer first
    services = Uncapacitated(
        opening=found.opening,
        required=problem.services.required,
        kind=problem.services.specialty,
        least=found.least,
        most=found.most,
        cost=found.cost[order],
        service=problem.journeys.service[order],
        start=np.searchsorted(demand[order], np.arange(len(problem.demand.territory))),
        unmet=found.unmet,
        offset=found.offset,
    )
    by_services = ByServices(found, services, order)
    return by_services if _nearest_is_cheapest(by_services) else None


def _nearest_is_cheapest(found: ByServices) -> bool:
    """Where people go to the nearest service, that must also be the cheapest thing to do with them."""
    problem = found.pure.problem
    demand = problem.journeys.demand[found.order]
    binds = problem.specialties.nearest[problem.demand.specialty][demand]
    farther = np.diff(problem.journeys.minutes[found.order]) < 0
    passes = (demand[1:] == demand[:-1]) & binds[1:] & farther
    return not passes.any() and not (binds & (found.services.cost > found.services.unmet[demand])).any()
