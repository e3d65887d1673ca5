r"""The core: each demand with the journeys that may matter, all others pooled.

A territory with hundreds of sites in reach uses the first few. The core keeps those (and every journey that a promise
counts); the journeys it drops go into a pool (:mod:`redesaude_models.pool`): a demand reaches it at the price of the
cheapest of its dropped journeys, and an open service takes from it as many cases as its dropped journeys have. Send
what a plan moves by dropped journeys through the pool: it is a plan of the core that costs no more. So a bound of the
core is a bound of the problem, and an optimal plan of the core that leaves the pool unused is optimal for the problem.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.columns import NONE, columns_of
from redesaude_models.places import place_of
from redesaude_models.pool import pooled
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.standard_form import LinearModel

#: share above which a demand uses the pool
_USED = 1e-6


@dataclass(frozen=True)
class Core:
    """A smaller ``problem`` whose journeys are the rows ``journeys`` of the ``whole`` one."""

    whole: PlanningProblem
    problem: PlanningProblem
    journeys: Ints

    @property
    def is_whole(self) -> bool:
        """Whether nothing was dropped."""
        return len(self.journeys) == len(self.whole.journeys.demand)

    def restricted(self, model: LinearModel) -> LinearModel:
        """Return the model of the core without the pool: a plan of it is a plan of the whole problem.

        ``model`` is that of the core, with its Pyomo variables.
        """
        if self.is_whole:
            return model
        pooled = [place_of(variable.parent_component()).pooled for variable in model.variables]
        return replace(model, column_upper=np.where(pooled, 0.0, model.column_upper))

    def pooling(self, model: LinearModel, values: Floats) -> Flags:
        """Return the demands (of the whole) that ``values`` of the core's ``model`` send to the pool."""
        columns = columns_of(model)["out"]
        return np.asarray(((columns != NONE) & (values[columns] > _USED)).any(axis=1))

    def of_whole(self, decisions: Decisions) -> Decisions:
        """Return a plan of the core that leaves the pool unused as a plan of the whole problem."""
        shares = np.zeros((len(self.whole.journeys.demand), len(self.whole.periods)))
        shares[self.journeys] = decisions.shares
        return replace(decisions, shares=shares)


def cheapest(problem: PlanningProblem, count: int | Ints, services: Flags | None = None) -> Flags:
    """Return which journeys are among the ``count`` cheapest of their demand (a number, or one for each demand), of
    those to some ``services`` (None: all).

    Specialties assigned to the nearest service count by minutes.
    """
    demand = problem.journeys.demand
    nearest = problem.specialties.nearest[problem.demand.specialty[demand]]
    cost = np.where(nearest, problem.journeys.minutes, _least_cost(problem).sum(axis=1))
    inside = np.ones(len(demand), dtype=bool) if services is None else services[problem.journeys.service]
    order = np.lexsort((problem.journeys.minutes, cost, ~inside, demand))
    length = np.bincount(demand, minlength=len(problem.demand.territory))
    rank = np.empty(len(demand), dtype=np.int64)
    rank[order] = np.arange(len(demand)) - np.repeat(np.cumsum(length) - length, length)
    return np.asarray(inside & (rank < np.broadcast_to(count, length.shape)[demand]))


def core_of(problem: PlanningProblem, kept: Flags) -> Core:
    """Return the core of ``problem`` with the ``kept`` journeys and those that rules count."""
    core, told_apart = pooled(problem, kept)
    return Core(problem, core, np.flatnonzero(told_apart))


def _least_cost(problem: PlanningProblem) -> Floats:
    """NPV of one yearly case on each journey, travel and the least case cost of its service, (journeys, periods)."""
    return np.asarray(problem.journeys.cost + _least_case_cost(problem)[problem.journeys.service])


def _least_case_cost(problem: PlanningProblem) -> Floats:
    """Least case cost of the options of each service, (services, periods)."""
    least = np.full((len(problem.services.site), len(problem.periods)), np.inf)
    np.minimum.at(least, problem.options.service, problem.options.case_cost)
    return least
