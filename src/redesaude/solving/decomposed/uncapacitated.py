r"""The uncapacitated case: once the services are open, every case goes to the cheapest, so its shares need no columns.

With one way to deliver each service, room for all who can reach it, and no promise that ties shares together, a plan is
its open services :math:`y` (p-median, uncapacitated fixed charge, set and maximal covering):

.. math::
    \min_y\; f^\top y + \sum_i \min\bigl(\pi_i,\; \min_{j:\, y_j = 1} c_{ij}\bigr)

:class:`Uncapacitated` holds :math:`f`, :math:`c` and :math:`\pi`; :class:`ByServices` turns services into decisions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from redesaude.solving.arrays import Flags, Floats, Ints
from redesaude.solving.progress import Openings
from redesaude_models.contracts import hosting_of_options
from redesaude_models.problem import Decisions, PlanningProblem

#: share of the reachable cases that a service may lack room for and still count as having room for all
_ROOM = 1e-9

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

    def varying(self) -> Uncapacitated:
        """Return the problem without the demands that cost the same wherever they go; ``offset`` holds their cost.

        Its demands are numbered anew.
        """
        some = self.length > 0
        least, most = np.zeros((2, len(self.start)))
        least[some], most[some] = self.cost[self.start[some]], self.cost[(self.start + self.length - 1)[some]]
        least = np.where(some, np.minimum(least, self.unmet), self.unmet)
        kept = some & ((most > least) | (np.isfinite(self.unmet) & (self.unmet > least)))
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
    """A planning problem that is uncapacitated, and how to read a plan from open services.

    ``order`` are the journeys of the problem in the order of ``services``; ``hosting`` and ``letting`` the rows that
    each service brings with it.
    """

    problem: PlanningProblem
    services: Uncapacitated
    order: Ints
    hosting: Ints
    letting: Ints

    def opened_by(self, openings: Openings) -> Flags:
        """Return which services ``openings`` name."""
        p, named = self.problem, {option[:2] for option in openings}
        places = zip(p.services.site.tolist(), p.services.specialty.tolist(), strict=True)
        return np.array([(p.sites[j], p.specialties.ids[s]) in named for j, s in places], dtype=bool)

    def decisions(self, opened: Flags) -> Decisions:
        """Return the plan with these services open."""
        p, journey = self.problem, self.services.best(opened)[0]
        taken = self.order[journey[journey >= 0]]
        shares = np.zeros((len(p.journeys.demand), 1))
        shares[taken] = 1.0
        sent = p.demand.cases[p.journeys.demand[taken], 0]
        cases = np.bincount(p.journeys.service[taken], sent, minlength=len(opened)).astype(float)
        option = p.options.service
        hosting = np.isin(np.arange(len(p.hosting.site)), self.hosting[opened])
        return Decisions(
            open=opened[:, None],
            options=opened[option][:, None],
            cases=cases[option][:, None],
            shares=shares,
            unmet=(journey < 0).astype(float)[:, None],
            hosting=hosting[:, None],
            lettings=np.isin(np.arange(len(p.lettings.lot)), self.letting[opened])[:, None],
            access_short=np.zeros(0),
            money_short=np.zeros(0),
            volume_short=np.zeros((len(option), 1)),
        )


def uncapacitated(problem: PlanningProblem) -> ByServices | None:
    """Return ``problem`` in its open services alone, None where it is not of that kind."""
    if not (_plain(problem) and _one_option_with_room(problem)):
        return None
    hosting = hosting_of_options(problem)[np.argsort(problem.options.service)]
    letting = problem.hosting.let[hosting]
    if not _contracts_follow(problem, hosting, letting):
        return None
    option = np.argsort(problem.options.service)
    closing = np.where(problem.services.existing, problem.services.closing_cost, 0.0)
    cases = problem.demand.cases[problem.journeys.demand, 0]
    cost = cases * (problem.journeys.cost[:, 0] + problem.options.case_cost[option, 0][problem.journeys.service])
    order = np.lexsort((cost, problem.journeys.demand))
    unmet = problem.demand.unmet_cost[:, 0] * problem.demand.cases[:, 0]
    contracts = problem.hosting.cost[hosting, 0] + problem.lettings.cost[letting, 0]
    services = Uncapacitated(
        opening=problem.options.cost[option, 0] + contracts - closing,
        required=problem.services.required,
        kind=problem.services.specialty,
        least=np.maximum(problem.specialties.min_centres, 0).astype(float),
        most=np.where(problem.specialties.max_centres < 0, np.inf, problem.specialties.max_centres),
        cost=cost[order],
        service=problem.journeys.service[order],
        start=np.searchsorted(problem.journeys.demand[order], np.arange(len(problem.demand.territory))),
        unmet=np.where(problem.demand.must_treat, np.inf, unmet),
        offset=problem.constant + float(closing.sum()),
    )
    found = ByServices(problem, services, order, hosting, letting)
    return found if _nearest_is_cheapest(found) else None


def _plain(problem: PlanningProblem) -> bool:
    """Nothing ties services or shares together but the numbers of centres."""
    at_site = np.bincount(problem.services.site, minlength=len(problem.sites))
    let = np.bincount(problem.lettings.contract, minlength=len(problem.contracts))
    return (
        len(problem.periods) == 1
        and problem.decided is None
        and not len(problem.precedence)
        and not (problem.max_starts >= 0).any()
        and not problem.access
        and not problem.money
        and not (problem.loads or problem.workforce.ids or problem.emergency.stations)
        and not (problem.tiers.service.any() or len(problem.support.start))
        and not len(problem.requires)
        and not problem.options.required_size.any()
        and bool(((problem.max_services < 0) | (problem.max_services >= at_site)).all())
        and bool(((problem.max_contracts < 0) | (problem.max_contracts >= let)).all())
    )


def _one_option_with_room(problem: PlanningProblem) -> bool:
    """Each service has one size and contract, no least volume, and room for all cases within reach."""
    options, services = problem.options, len(problem.services.site)
    within = np.bincount(problem.journeys.service, problem.demand.cases[problem.journeys.demand, 0], minlength=services)
    return (
        len(options.service) == services
        and bool((np.sort(options.service) == np.arange(services)).all())
        and bool((options.min_cases <= 0).all())
        and bool((options.capacity >= within[options.service] * (1 - _ROOM)).all())
    )


def _contracts_follow(problem: PlanningProblem, hosting: Ints, letting: Ints) -> bool:
    """Hosting and letting ask for nothing of their own, and what they cost is the cost of one service alone."""
    hosted = np.bincount(hosting, minlength=len(problem.hosting.site))
    let = np.bincount(letting, minlength=len(problem.lettings.lot))
    host_cost, let_cost = problem.hosting.cost[:, 0], problem.lettings.cost[:, 0]
    alone = ((host_cost == 0) | (hosted == 1)).all() and ((let_cost == 0) | (let == 1)).all()
    works = problem.options.works[np.argsort(problem.options.service)] | ~problem.hosting.needs_works[hosting]
    nothing_asked = works.all() and (problem.lettings.min_value <= 0).all()
    one_contract = len(np.unique(problem.hosting.site[hosting])) == len(np.unique(hosting))
    never_negative = (host_cost >= 0).all() and (let_cost >= 0).all()
    return bool(alone and nothing_asked and one_contract and never_negative)


def _nearest_is_cheapest(found: ByServices) -> bool:
    """Where people go to the nearest service, that must also be the cheapest thing to do with them."""
    problem = found.problem
    demand = problem.journeys.demand[found.order]
    binds = problem.specialties.nearest[problem.demand.specialty][demand]
    farther = np.diff(problem.journeys.minutes[found.order]) < 0
    passes = (demand[1:] == demand[:-1]) & binds[1:] & farther
    return not passes.any() and not (binds & (found.services.cost > found.services.unmet[demand])).any()
