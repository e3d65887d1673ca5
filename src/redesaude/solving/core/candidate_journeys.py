"""Candidate journeys: those not much dearer than where the demand would go if every service had capacity for all.

Without capacities and promises each specialty is a small uncapacitated problem, whose relaxation Benders cuts
(:mod:`redesaude.solving.location.benders`) close in a fraction of a second. There every demand has a *critical cost*,
at which the services cheaper to it add up to one
(:meth:`~redesaude.solving.location.uncapacitated.Uncapacitated.critical`; Cornuejols, Nemhauser and Wolsey 1980). A
journey far above it leads past the nearest service that is likely to be open. This only chooses which journeys a core
keeps; nothing is proven by it, and the pool of the core keeps its bound valid (:mod:`.journey_core`).
"""

from __future__ import annotations

import numpy as np

from redesaude.solving.location.benders import Benders
from redesaude.solving.location.uncapacitated import Uncapacitated
from redesaude.solving.progress import Reporter, Search
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import PlanningProblem


def likely(problem: PlanningProblem, search: Search) -> Flags:
    """Return which journeys are not much dearer than the critical cost of their demand."""
    option = _cheapest_to_run(problem)
    each = problem.options.case_cost[option].sum(axis=1)[problem.journeys.service]
    cases = problem.demand.cases[problem.journeys.demand].mean(axis=1)
    cost = cases * (problem.journeys.cost.sum(axis=1) + each)
    opening = problem.options.cost[option].sum(axis=1)
    kept = np.zeros(len(cost), dtype=bool)
    for specialty in range(len(problem.specialties.ids)):
        demands = np.flatnonzero(problem.demand.specialty == specialty)
        journeys = np.flatnonzero(problem.demand.specialty[problem.journeys.demand] == specialty)
        journeys = journeys[np.lexsort((cost[journeys], problem.journeys.demand[journeys]))]
        alone = _alone(problem, specialty, opening, cost[journeys], journeys)
        y = Benders(alone, Search(search.limits, Reporter(), search.stopped, parameters=search.parameters)).close()
        critical = np.zeros(len(problem.demand.territory))
        critical[demands] = alone.critical(y)
        kept[journeys] = cost[journeys] <= search.parameters.core.dearer * critical[problem.journeys.demand[journeys]]
    return kept


def _cheapest_to_run(problem: PlanningProblem) -> Ints:
    """Return the option of each service that costs least for each case when it is full."""
    options = problem.options
    full = np.maximum(options.capacity.reshape(len(options.service), -1).max(axis=1), 1e-9)
    unit = options.cost.sum(axis=1) / full + options.case_cost.sum(axis=1)
    order = np.lexsort((unit, options.service))
    return order[np.unique(options.service[order], return_index=True)[1]]


def _alone(problem: PlanningProblem, specialty: int, opening: Floats, cost: Floats, journeys: Ints) -> Uncapacitated:
    """Return one specialty with capacity for all; ``cost`` is of ``journeys``, sorted by demand and cost."""
    services = np.flatnonzero(problem.services.specialty == specialty)
    demands = np.flatnonzero(problem.demand.specialty == specialty)
    unmet = np.where(problem.demand.must_treat, np.inf, problem.demand.unmet_cost.sum(axis=1))
    rules, most = problem.specialties, float(problem.specialties.max_centres[specialty])
    return Uncapacitated(
        opening=opening[services],
        required=problem.services.required[services],
        kind=np.zeros(len(services), dtype=np.int64),
        least=np.array([max(0.0, float(rules.min_centres[specialty]))]),
        most=np.array([np.inf if most < 0 else most]),
        cost=cost,
        service=np.searchsorted(services, problem.journeys.service[journeys]),
        start=np.searchsorted(problem.journeys.demand[journeys], demands),
        unmet=(unmet * problem.demand.cases.mean(axis=1))[demands],
        offset=0.0,
    )
