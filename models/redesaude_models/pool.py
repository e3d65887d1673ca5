r"""The pool: journeys no longer told apart, for problems with very many (a relaxation; empty in the problem itself).

The shares of demand i that go by pooled journeys are one variable, as cheap as the cheapest of them; what a service
takes from the pool is another, at most the cases :math:`D` of the pooled journeys to it:

.. math::
    \sum_i d_{isp} o_{isp} &= \sum_j n_{jsp} & \text{all that goes into the pool comes out of it}\\
    n_{jsp} &\le D_{jsp}\, y_{jsp}            & \text{only at an open service}\\
    u_{isp} &\le 1 - y_{jsp}                  & \text{nearest: nobody is unmet near an open one}

Both stand in the demand balance and in the volume of the service, so that pooled cases fill capacity and pay for their
treatment; only which of them goes where is left open. The last row is what the nearest rule says of a pooled journey,
which is farther than all that are told apart.

A demand reaches the pool at the price of the cheapest of its journeys there, and an open service takes from it as many
cases as its journeys there have. What a plan moves by pooled journeys may go through the pool, at no more cost: so the
problem with a pool costs no more than the problem itself, whichever journeys are pooled.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Flags, Ints
from redesaude_models.keys import Keys, over_periods
from redesaude_models.places import Kind, Place, placed
from redesaude_models.problem import PlanningProblem, Pool


def pooled(problem: PlanningProblem, kept: Flags) -> tuple[PlanningProblem, Flags]:
    """Return ``problem`` with the ``kept`` journeys told apart, those that rules count too, and all others pooled, and
    which journeys are told apart.
    """
    kept = kept | problem.promised_journeys()
    kept |= _no_farther(problem, kept)
    dropped = np.flatnonzero(~kept)
    core = problem.restricted_to(kept)
    return (replace(core, pool=_pool(problem, dropped)) if len(dropped) else core), kept


def add_pool(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add out (share) and into (cases/year); the rows that bind them to open services come after siting."""
    demands = [keys.demand[d] for d in problem.pool.demand.tolist()]
    services = [keys.service[k] for k in problem.pool.service.tolist()]
    m.out = placed(
        pyo.Var(over_periods(demands, keys.periods), bounds=(0, 1), doc="share by pooled journeys, 0-1"),
        Place(1, demand=True, pooled=True, rows=keys.demand),
    )
    m.into = placed(
        pyo.Var(
            over_periods(services, keys.periods),
            domain=pyo.NonNegativeReals,
            doc="cases by pooled journeys, cases/year",
        ),
        Place(1, 0, pooled=True, kind=Kind.VOLUME),
    )


def add_pool_rules(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add the rows of this page. Needs ``m.open``."""
    pool = problem.pool
    m.pool = pyo.Constraint(pyo.Any, doc="all that goes into the pool comes out of it")
    m.pool_open = pyo.Constraint(pyo.Any, doc="only an open service takes from the pool")
    kind, of = problem.demand.specialty[pool.demand], problem.services.specialty[pool.service]
    cases, limit = problem.demand.cases[pool.demand].tolist(), pool.limit.tolist()
    for t, p in enumerate(keys.periods):
        for s in np.unique(kind).tolist():
            out = sum(
                cases[n][t] * m.out[(*keys.demand[pool.demand[n]], p)] for n in np.flatnonzero(kind == s).tolist()
            )
            into = sum(m.into[(*keys.service[pool.service[n]], p)] for n in np.flatnonzero(of == s).tolist())
            m.pool[problem.specialties.ids[s], p] = out - into == 0
        for n, k in enumerate(pool.service.tolist()):
            key = (*keys.service[k], p)
            m.pool_open[key] = m.into[key] - limit[n][t] * m.open[key] <= 0
    m.pool_nearest = pyo.Constraint(pyo.Any, doc="nearest: nobody is unmet within reach of an open service")
    for d, k in pool.nearest[~problem.demand.must_treat[pool.nearest[:, 0]]].tolist():
        for p in keys.periods:
            unmet, there = m.u[(*keys.demand[d], p)], m.open[(*keys.service[k], p)]
            m.pool_nearest[(keys.demand[d][0], *keys.service[k], p)] = unmet + there <= 1


def _pool(problem: PlanningProblem, dropped: Ints) -> Pool:
    """Return the pool of the ``dropped`` journeys."""
    demand, service = problem.journeys.demand[dropped], problem.journeys.service[dropped]
    periods = len(problem.periods)
    cost = np.full((len(problem.demand.territory), periods), np.inf)
    limit = np.zeros((len(problem.services.site), periods))
    np.minimum.at(cost, demand, problem.journeys.cost[dropped])
    np.add.at(limit, service, problem.demand.cases[demand])
    demands, services = np.unique(demand), np.unique(service)
    nearest = problem.specialties.nearest[problem.demand.specialty[demand]]
    pairs = np.column_stack([demand, service])[nearest]
    return Pool(demands, cost[demands], services, limit[services], pairs)


def _no_farther(problem: PlanningProblem, kept: Flags) -> Flags:
    """Return the journeys to the nearest services that are no farther than one that is kept.

    The nearest rule says something about all of them: with some dropped it would forbid what the problem allows.
    """
    demand, minutes = problem.journeys.demand, problem.journeys.minutes
    farthest = np.full(len(problem.demand.territory), -np.inf)
    np.maximum.at(farthest, demand[kept], minutes[kept])
    return np.asarray(problem.specialties.nearest[problem.demand.specialty[demand]] & (minutes <= farthest[demand]))
