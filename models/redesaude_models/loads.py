r"""Load ceilings: relieve a hub of cases that come from outside its area.

.. math::
    \sum_{(i,j,s) \in \text{journeys}} d_{isp} x_{ijsp} + \sum_{\text{transfers}} f_{jkbp} - \epsilon \le L
    \qquad \text{cases/year}

Transfers are counted where they come from a service outside. The excess :math:`\epsilon` exists only where the ceiling
is elastic, at its price.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.keys import Keys
from redesaude_models.parts import priced
from redesaude_models.places import EVERYWHERE, placed
from redesaude_models.problem import PlanningProblem
from redesaude_models.relations import relation
from redesaude_models.resources import Floats
from redesaude_models.tiers import transfer_keys


def add_loads(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add the load ceilings and the excess over the elastic ones (cases/year). Needs ``m.x`` and ``m.sent``."""
    cases = problem.demand.cases.tolist()
    demand = problem.journeys.demand.tolist()
    transfers = transfer_keys(problem, keys)
    elastic = [ceiling.id for ceiling in problem.loads if not ceiling.hard]
    m.excess_load = placed(
        pyo.Var(elastic, domain=pyo.NonNegativeReals, doc="cases/year above the ceiling"), EVERYWHERE
    )
    m.load_ceiling = pyo.Constraint(pyo.Any, doc="cases from outside within the ceiling of the hub")
    for ceiling in problem.loads:
        t, p = ceiling.period, keys.periods[ceiling.period]
        coming = sum(cases[demand[a]][t] * m.x[(*keys.journey[a], p)] for a in ceiling.journeys.tolist())
        coming += sum(m.sent[(*transfers[n], p)] for n in ceiling.transfers.tolist())
        excess = 0 if ceiling.hard else m.excess_load[ceiling.id]
        m.load_ceiling[ceiling.id] = relation(coming - excess <= ceiling.limit)


def load_cost(m: pyo.ConcreteModel, problem: PlanningProblem) -> Any:
    """Return the price of the excess over the elastic ceilings (NPV)."""
    return sum(price * m.excess_load[ceiling.id] for ceiling, price in priced(problem.loads))


def read_excess(m: pyo.ConcreteModel, problem: PlanningProblem) -> Floats:
    """Return the excess over each ceiling, cases/year; 0 for a hard one."""
    return np.array([0.0 if c.hard else m.excess_load[c.id].value or 0.0 for c in problem.loads], dtype=float)
