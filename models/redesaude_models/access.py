r"""Access promises: enough cases within the standard, for the whole area or for a region.

.. math::
    \sum_{(i,j,s) \text{ within } T} d_{isp} x_{ijsp} + \sigma \ge \rho \sum_i d_{isp} \qquad \text{cases/year}

:math:`\rho` is the promised share. A floor for the worst-off region is one such promise for each region. The shortfall
:math:`\sigma` exists only for an elastic promise, at its price.
"""

from __future__ import annotations

import pyomo.environ as pyo

from redesaude_models.keys import Keys
from redesaude_models.places import Place, placed
from redesaude_models.problem import PlanningProblem
from redesaude_models.relations import relation


def add_access(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add the access promises and the shortfall of the elastic ones (cases/year). Needs ``m.x``."""
    cases = problem.demand.cases.tolist()
    demand = problem.journeys.demand.tolist()
    elastic = [promise.id for promise in problem.access if not promise.hard]
    about = {promise.id: problem.specialties.ids[promise.specialty] for promise in problem.access}
    m.short_access = placed(
        pyo.Var(elastic, domain=pyo.NonNegativeReals, doc="cases/year short of the promise"), Place(about)
    )
    m.access = pyo.Constraint(pyo.Any, doc="share of cases treated within the standard")
    for promise in problem.access:
        t, p = promise.period, keys.periods[promise.period]
        due = promise.share * sum(cases[d][t] for d in promise.demands.tolist())
        inside = sum(cases[demand[a]][t] * m.x[(*keys.journey[a], p)] for a in promise.journeys.tolist())
        short = 0 if promise.hard else m.short_access[promise.id]
        m.access[promise.id] = relation(inside + short >= due)
