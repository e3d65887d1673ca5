r"""The capacitated case: services with limited capacity, one way to deliver each.

With :math:`y` the open services and :math:`x` the shares (Kuehn and Hamburger 1963)

.. math::
    \min\; f^\top y + \sum_{ij} d_i c_{ij} x_{ij} + \sum_i d_i \pi_i u_i, \qquad
    \sum_j x_{ij} + u_i = 1, \quad L_j y_j \le \sum_i d_i x_{ij} \le K_j y_j, \quad 0 \le x_{ij} \le y_j

and binary :math:`x` where each demand goes to one service (single source). Least volumes :math:`L_j` are those of norms
of quality. :class:`Capacitated` holds the arrays,
:class:`ByCapacity` turns what :mod:`.branch_and_bound`, :mod:`.single_source` or :mod:`.nearest_tree` finds into
decisions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from redesaude.plan.proof import ROUNDING
from redesaude.solving.location.pure_location import PureLocation, pure_location
from redesaude.solving.parameters import DEFAULTS
from redesaude.solving.rounding import sum_above
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import Decisions, PlanningProblem

#: share of a capacity or least volume, and cases of it, that an audit and a solver may let pass, twice
LET_PASS = 2 * ROUNDING

#: cases/year below which a demand has no price of its own
_FEWEST_CASES = 1e-9


@dataclass(frozen=True)
class Capacitated:
    """Arrays of one specialty. ``opening`` (NPV), ``capacity`` (cases/year), ``required`` are (services,).

    An open service treats at least ``volume`` (services,) cases/year.

    ``case_cost`` (services, demands) and ``unmet`` (demands,) are NPV of one yearly case, infinite where there is no
    journey and where cases must be treated; ``cases`` (demands,) are per year. From ``least`` to ``most`` services are
    open. ``whole``: each demand goes to one service. ``minutes`` (services, demands): each goes to the nearest open
    one, and is never unmet in reach of one; None: where it costs least.
    """

    opening: Floats
    capacity: Floats
    volume: Floats
    required: Flags
    least: float
    most: float
    cases: Floats
    case_cost: Floats
    unmet: Floats
    whole: bool
    offset: float
    minutes: Floats | None = None

    @cached_property
    def reached(self) -> Floats:
        """Cases/year that can reach each service, (services,)."""
        return np.asarray(np.isfinite(self.case_cost) @ self.cases)

    @cached_property
    def in_reach(self) -> float:
        """Cases/year in reach of any service, at most."""
        return sum_above(self.cases[np.isfinite(self.case_cost).any(axis=0)])

    @cached_property
    def eased(self) -> Floats:
        """Least volumes that bounds hold services to: as much less as an audit and a solver may let pass."""
        return np.maximum(0.0, self.volume * (1.0 - LET_PASS) - LET_PASS)

    @property
    def may_open(self) -> Flags:
        """Services that can have their least volume."""
        return np.asarray(self.eased <= np.minimum(self.reached, self.capacity))

    @property
    def must_treat(self) -> float:
        """Cases/year that must be treated: the open services have capacity for them."""
        return float(self.cases[np.isinf(self.unmet)].sum())

    @property
    def turnover(self) -> float:
        """Money (NPV) that a plan may move where receipts leave little of it in its cost."""
        return abs(self.offset) + float(np.abs(self.opening).sum())

    @cached_property
    def ample(self) -> bool:
        """Whether every service has room for all that can reach it, and needs none of them."""
        return bool((self.capacity >= self.reached).all() and (self.eased <= 0).all())

    @cached_property
    def prices(self) -> tuple[Floats, Floats]:
        """Least and most that the price of a demand's cases can mean, (demands,).

        Below its cheapest journey no service gains by it, but for one that lacks cases, by as much as moving one at
        each costs; above its unmet cost it stays unmet. A case that must be treated costs at most what opens every
        service for its demand alone and moves a case at each the dearest way.
        """
        costs = np.abs(self.case_cost[np.isfinite(self.case_cost)])
        cheapest = np.minimum(self.case_cost.min(axis=0, initial=np.inf), self.unmet)
        least = np.where(np.isfinite(cheapest), cheapest, 0.0)
        moved = (1 + len(self.opening)) * float(costs.max(initial=0.0))
        every = float(np.maximum(self.opening, 0.0).sum()) / np.maximum(self.cases, _FEWEST_CASES)
        most = np.maximum(least, np.where(np.isfinite(self.unmet), self.unmet, every + moved))
        return least - (moved if (self.eased > 0).any() else 0.0), most

    def part(self, services: Ints, demands: Ints, opened: Flags) -> Capacitated:
        """Return the problem of these demands at these services alone, the others standing as ``opened`` says."""
        elsewhere = int(opened.sum() - opened[services].sum())
        return replace(
            self,
            opening=self.opening[services],
            capacity=self.capacity[services],
            volume=self.volume[services],
            required=self.required[services],
            least=max(0.0, self.least - elsewhere),
            most=self.most - elsewhere,
            cases=self.cases[demands],
            case_cost=self.case_cost[np.ix_(services, demands)],
            unmet=self.unmet[demands],
            offset=0.0,
            minutes=None if self.minutes is None else self.minutes[np.ix_(services, demands)],
        )


@dataclass(frozen=True)
class Allocation:
    """Open services (``opened``, (services,)), the journeys used (``demand``, ``service``) and their ``share``; what is
    missing to one is unmet. ``cost`` is the NPV of all, ``turnover`` the money that moves in it, whatever its sign.
    """

    opened: Flags
    demand: Ints
    service: Ints
    share: Floats
    cost: float
    turnover: float


@dataclass(frozen=True)
class ByCapacity:
    """A pure location problem in which capacity is limited, and its ``services``."""

    pure: PureLocation
    services: Capacitated

    def decisions(self, found: Allocation) -> Decisions:
        """Return the plan that ``found`` describes."""
        journeys = self.pure.problem.journeys
        pair = np.zeros(self.services.case_cost.shape)
        pair[found.service, found.demand] = found.share
        shares = pair[journeys.service, journeys.demand]
        sent = np.bincount(journeys.demand, shares, minlength=len(self.services.cases))
        unmet = np.where(np.isinf(self.services.unmet), 0.0, np.maximum(0.0, 1.0 - sent))
        return self.pure.decisions(found.opened, shares, unmet)


def capacitated(problem: PlanningProblem, table: int = DEFAULTS.location.table) -> ByCapacity | None:
    """Return ``problem`` as a capacitated one, None where it is not of that kind, or has more than ``table`` pairs of
    demand and service.
    """
    found = pure_location(problem)
    demands, services = len(problem.demand.territory), len(problem.services.site)
    if found is None or len(problem.specialties.ids) > 1 or demands * services > table:
        return None
    whole, nearest = bool(problem.specialties.single_source.any()), bool(problem.specialties.nearest.any())
    volume = problem.options.min_cases[found.option].astype(float)
    if whole and (nearest or (volume > 0).any()):
        return None
    cases, journeys = problem.demand.cases[:, 0], problem.journeys
    case_cost = np.full((services, demands), np.inf)
    case_cost[journeys.service, journeys.demand] = found.cost / cases[journeys.demand]
    minutes = np.full((services, demands), np.inf) if nearest else None
    if minutes is not None:
        minutes[journeys.service, journeys.demand] = journeys.minutes
    arrays = Capacitated(
        opening=found.opening,
        capacity=found.capacity.astype(float),
        volume=np.maximum(volume, 0.0),
        required=problem.services.required,
        least=float(found.least[0]),
        most=float(found.most[0]),
        cases=cases,
        case_cost=case_cost,
        unmet=found.unmet / cases,
        whole=whole,
        offset=found.offset,
        minutes=minutes,
    )
    return ByCapacity(found, arrays)
