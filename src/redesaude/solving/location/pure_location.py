"""Pure location problems: one way to deliver each service, and nothing that ties services together but their number.

What is decided is which services open and who goes where. Contracts follow from the services, and what they cost is
part of opening them. The classical location problems are of this kind (``docs/classical.md``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.contracts import hosting_of_options
from redesaude_models.problem import Decisions, PlanningProblem


def _fields(**parts: str) -> frozenset[str]:
    return frozenset(f"{part}.{name}" for part, names in parts.items() for name in names.split())


#: all that may be stated of a pure location problem: whatever else is, whether it is known today or not, makes it none
_KNOWN = frozenset({"periods", "max_services", "max_contracts", "constant"}) | _fields(
    specialties="nearest single_source min_centres max_centres",
    demand="territory specialty cases unmet_cost must_treat",
    services="site specialty existing required closing_cost",
    options="service contract works capacity min_cases volume_hard volume_price cost case_cost value",
    journeys="demand service minutes cost",
    hosting="site contract let cost needs_works",
    lettings="contract lot cost min_value signing",
    steps="first_settled",  # when works are done, for the steps of later periods: there are none
)


@dataclass(frozen=True)
class PureLocation:
    """A pure location ``problem`` in NPV: ``opening`` of each service, ``cost`` of each journey for all cases of its
    demand, ``unmet`` of each demand (infinite where cases must be treated), and the ``offset`` paid anyway.

    ``option`` is the one of each service; ``hosting`` and ``letting`` are the rows that each service brings with it;
    ``least`` and ``most`` (infinite: any number) services of each specialty are open.
    """

    problem: PlanningProblem
    option: Ints
    opening: Floats
    cost: Floats
    unmet: Floats
    offset: float
    least: Floats
    most: Floats
    hosting: Ints
    letting: Ints

    @property
    def capacity(self) -> Floats:
        """Cases/year that each service can treat."""
        return self.problem.options.capacity[self.option]

    @property
    def within_reach(self) -> Floats:
        """Cases/year that can reach each service."""
        journeys = self.problem.journeys
        cases = self.problem.demand.cases[journeys.demand, 0]
        return np.bincount(journeys.service, cases, minlength=len(self.opening)).astype(float)

    def decisions(self, opened: Flags, shares: Floats, unmet: Floats) -> Decisions:
        """Return the plan with these services open, ``shares`` on the journeys and the ``unmet`` share of demands."""
        p = self.problem
        sent = shares * p.demand.cases[p.journeys.demand, 0]
        cases = np.bincount(p.journeys.service, sent, minlength=len(opened)).astype(float)
        of = p.options.service
        return Decisions(
            open=opened[:, None],
            options=opened[of][:, None],
            cases=cases[of][:, None],
            shares=shares[:, None],
            unmet=unmet[:, None],
            hosting=np.isin(np.arange(len(p.hosting.site)), self.hosting[opened])[:, None],
            lettings=np.isin(np.arange(len(p.lettings.lot)), self.letting[opened])[:, None],
            volume_short=np.zeros((len(of), 1)),
        )


def pure_location(problem: PlanningProblem) -> PureLocation | None:
    """Return ``problem`` as a pure location problem, None where it is not of that kind."""
    if not (_untied(problem) and _one_option(problem)):
        return None
    option = np.argsort(problem.options.service)
    hosting = hosting_of_options(problem)[option]
    letting = problem.hosting.let[hosting]
    if not _contracts_follow(problem, hosting, letting):
        return None
    closing = np.where(problem.services.existing, problem.services.closing_cost, 0.0)
    journeys, cases = problem.journeys, problem.demand.cases[:, 0]
    contracts = problem.hosting.cost[hosting, 0] + problem.lettings.cost[letting, 0]
    each = journeys.cost[:, 0] + problem.options.case_cost[option, 0][journeys.service]
    return PureLocation(
        problem=problem,
        option=option,
        opening=problem.options.cost[option, 0] + contracts - closing,
        cost=cases[journeys.demand] * each,
        unmet=np.where(problem.demand.must_treat, np.inf, problem.demand.unmet_cost[:, 0] * cases),
        offset=problem.constant + float(closing.sum()),
        least=np.maximum(problem.specialties.min_centres, 0).astype(float),
        most=np.where(problem.specialties.max_centres < 0, np.inf, problem.specialties.max_centres),
        hosting=hosting,
        letting=letting,
    )


def _untied(problem: PlanningProblem) -> bool:
    """Nothing is stated but what is known here, and nothing of it ties services together but the numbers of centres."""
    at_site = np.bincount(problem.services.site, minlength=len(problem.sites))
    let = np.bincount(problem.lettings.contract, minlength=len(problem.contracts))
    return (
        problem.stated() <= _KNOWN
        and len(problem.periods) == 1
        and bool(((problem.max_services < 0) | (problem.max_services >= at_site)).all())
        and bool(((problem.max_contracts < 0) | (problem.max_contracts >= let)).all())
    )


def _one_option(problem: PlanningProblem) -> bool:
    """Each service has one size and contract, and a least volume at most that must be kept."""
    options = problem.options
    each = np.array_equal(np.sort(options.service), np.arange(len(problem.services.site)))
    return each and bool((options.volume_hard | (options.min_cases <= 0)).all())


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
