r"""The core: each demand with its few cheapest journeys, all others lumped into one.

A territory with hundreds of sites in reach uses the first few. The core keeps those (and every journey that a promise
of access or of a window counts); the journeys it drops are replaced by one way out, an *unmet* share at the price of
the cheapest of them. For demand i with dropped journeys :math:`F_i`

.. math:: \pi'_i = \min\Bigl(\pi_i,\; \min_{j \in F_i} \bigl(t_{ij} + \min_o c_{jo}\bigr)\Bigr)

which opens nothing, fills no capacity and costs no more than any of them: every plan of the problem has a plan of the
core that costs no more, so a bound of the core is a bound of the problem. A service whose least volume may be reached
by dropped journeys gets their cases as one demand *from beyond*, at no travel and with its least case cost given back.
If an optimal plan of the core uses no way out, it is optimal for the problem.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from redesaude.solving.arrays import Flags, Floats, Ints, LinearModel
from redesaude_models.problem import Decisions, Demand, Journeys, PlanningProblem

#: begins the name of a territory that stands for the dropped journeys to a site
_BEYOND = "\N{HORIZONTAL ELLIPSIS} beyond "


@dataclass(frozen=True)
class Core:
    """A smaller ``problem`` whose first journeys are the rows ``journeys`` of the ``whole`` one.

    ``way_out`` (demands of the whole,) marks the demands whose unmet share stands for dropped journeys.
    """

    whole: PlanningProblem
    problem: PlanningProblem
    journeys: Ints
    way_out: Flags

    def restricted(self, model: LinearModel) -> LinearModel:
        """Return the model of the core without lumps: a plan of it is a plan of the whole problem.

        ``model`` is that of the core, with its Pyomo variables.
        """
        if not self.way_out.any():
            return model
        demand, periods = self.whole.demand, self.whole.periods
        price = demand.unmet_cost * demand.cases
        territories, specialties = self.whole.territories, self.whole.specialties.ids
        row = {
            (territories[i], specialties[s]): d
            for d, (i, s) in enumerate(zip(demand.territory.tolist(), demand.specialty.tolist(), strict=True))
        }
        cost, upper = model.cost.copy(), model.column_upper.copy()
        for n, variable in enumerate(model.variables):
            name, index = variable.parent_component().local_name, variable.index()
            if name == "u" and (d := row.get(index[:2])) is not None and self.way_out[d]:
                cost[n] = price[d, periods.index(index[2])]
                upper[n] = 0.0 if demand.must_treat[d] else 1.0
            elif name == "x" and index[0].startswith(_BEYOND):
                upper[n] = 0.0
        return replace(model, cost=cost, column_upper=upper)

    def uses_way_out(self, decisions: Decisions) -> Flags:
        """Return the demands (of the whole) that a plan of the core sends out by a lump."""
        return np.asarray(self.way_out & (decisions.unmet[: len(self.way_out)] > 1e-6).any(axis=1))

    def of_whole(self, decisions: Decisions) -> Decisions:
        """Return a plan of the core that uses no lump as a plan of the whole problem."""
        shares = np.zeros((len(self.whole.journeys.demand), len(self.whole.periods)))
        shares[self.journeys] = decisions.shares[: len(self.journeys)]
        return replace(decisions, shares=shares, unmet=decisions.unmet[: len(self.way_out)])


def cheapest(problem: PlanningProblem, count: int | Ints) -> Flags:
    """Return which journeys are among the ``count`` cheapest of their demand (a number, or one for each demand).

    Specialties assigned to the nearest service count by minutes.
    """
    demand = problem.journeys.demand
    nearest = problem.specialties.nearest[problem.demand.specialty[demand]]
    cost = np.where(nearest, problem.journeys.minutes, _least_cost(problem).sum(axis=1))
    order = np.lexsort((problem.journeys.minutes, cost, demand))
    length = np.bincount(demand, minlength=len(problem.demand.territory))
    rank = np.empty(len(demand), dtype=np.int64)
    rank[order] = np.arange(len(demand)) - np.repeat(np.cumsum(length) - length, length)
    return np.asarray(rank < np.broadcast_to(count, length.shape)[demand])


def core_of(problem: PlanningProblem, kept: Flags, *, lump: bool = True) -> Core:
    """Return the core of ``problem`` with the ``kept`` journeys and those that promises count.

    Without ``lump`` what is dropped is dropped: a restriction instead of a relaxation.
    """
    kept = kept.copy()
    if lump:
        for promise in problem.access:
            kept[promise.journeys] = True
        kept[problem.emergency.in_window[:, 0]] = True
        kept |= _no_farther(problem, kept)
    rows, dropped = np.flatnonzero(kept), np.flatnonzero(~kept)
    place = np.cumsum(kept) - 1
    journeys = Journeys(*(getattr(problem.journeys, name)[rows] for name in ("demand", "service", "minutes", "cost")))
    access = tuple(
        replace(promise, journeys=place[promise.journeys[kept[promise.journeys]]]) for promise in problem.access
    )
    loads = tuple(replace(c, journeys=place[c.journeys[kept[c.journeys]]]) for c in problem.loads)
    journey, timely = problem.emergency.in_window[kept[problem.emergency.in_window[:, 0]]].T
    emergency = replace(problem.emergency, in_window=np.column_stack([place[journey], timely]))
    core = replace(problem, journeys=journeys, access=access, loads=loads, emergency=emergency)
    way_out = np.zeros(len(problem.demand.territory), dtype=bool)
    if lump and len(dropped):
        way_out[problem.journeys.demand[dropped]] = True
        core = _from_beyond(replace(core, demand=_ways_out(problem, dropped)), problem, dropped)
    return Core(problem, core, rows, way_out)


def _no_farther(problem: PlanningProblem, kept: Flags) -> Flags:
    """Return the journeys to the nearest services that are no farther than one that is kept.

    The nearest rule says something about all of them: with some dropped it would forbid what the problem allows.
    """
    demand, minutes = problem.journeys.demand, problem.journeys.minutes
    farthest = np.full(len(problem.demand.territory), -np.inf)
    np.maximum.at(farthest, demand[kept], minutes[kept])
    return np.asarray(problem.demand.following(problem.specialties.nearest)[demand] & (minutes <= farthest[demand]))


def _least_cost(problem: PlanningProblem) -> Floats:
    """NPV of one yearly case on each journey, travel and the least case cost of its service, (journeys, periods)."""
    return np.asarray(problem.journeys.cost + _least_case_cost(problem)[problem.journeys.service])


def _least_case_cost(problem: PlanningProblem) -> Floats:
    """Least case cost of the options of each service, (services, periods)."""
    least = np.full((len(problem.services.site), len(problem.periods)), np.inf)
    np.minimum.at(least, problem.options.service, problem.options.case_cost)
    return least


def _ways_out(problem: PlanningProblem, dropped: Ints) -> Demand:
    """The demands with their unmet share at the price of the cheapest dropped journey, where that is lower."""
    demand = problem.demand
    price = np.where(demand.must_treat[:, None], np.inf, demand.unmet_cost)
    np.minimum.at(price, problem.journeys.demand[dropped], _least_cost(problem)[dropped])
    must = demand.must_treat.copy()
    must[problem.journeys.demand[dropped]] = False
    return replace(demand, unmet_cost=np.where(np.isfinite(price), price, demand.unmet_cost), must_treat=must)


def _from_beyond(core: PlanningProblem, problem: PlanningProblem, dropped: Ints) -> PlanningProblem:
    """Add, for each service with a least volume, the cases of its dropped journeys as one demand."""
    volume = np.zeros(len(problem.services.site), dtype=bool)
    volume[problem.options.service[problem.options.min_cases > 0]] = True
    mine = dropped[volume[problem.journeys.service[dropped]]]
    services = np.unique(problem.journeys.service[mine])
    if not len(services):
        return core
    cases = np.zeros((len(problem.services.site), len(problem.periods)))
    np.add.at(cases, problem.journeys.service[mine], problem.demand.cases[problem.journeys.demand[mine]])
    new = len(services)
    demand, journeys = core.demand, core.journeys
    names = tuple(f"{_BEYOND}{problem.sites[site]}" for site in problem.services.site[services].tolist())
    free = np.zeros((new, len(problem.periods)))
    return replace(
        core,
        territories=(*core.territories, *names),
        demand=Demand(
            territory=np.append(demand.territory, len(core.territories) + np.arange(new)),
            specialty=np.append(demand.specialty, problem.services.specialty[services]),
            cases=np.vstack([demand.cases, cases[services]]),
            unmet_cost=np.vstack([demand.unmet_cost, free]),
            must_treat=np.append(demand.must_treat, np.zeros(new, dtype=bool)),
            unruled=np.append(np.zeros(len(demand.territory), dtype=bool), np.ones(new, dtype=bool)),
        ),
        journeys=Journeys(
            demand=np.append(journeys.demand, len(demand.territory) + np.arange(new)),
            service=np.append(journeys.service, services),
            minutes=np.append(journeys.minutes, np.zeros(new)),
            cost=np.vstack([journeys.cost, -_least_case_cost(problem)[services]]),
        ),
    )
