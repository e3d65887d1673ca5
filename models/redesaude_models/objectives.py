r"""The objective: net present cost of the plan to the chosen perspective.

.. math::
    \min \sum_o (C_o z_o + c_o v_o) + \sum_{ijs} t_{ijs} d_{is} x_{ijs} + \sum_{is} \pi_{is} d_{is} u_{is}
    + \sum_{jc} C_{jc} w_{jc} + \sum_{cg} C_{cg} b_{cg} + \sum_{js} D_{js} (1 - y_{js}) + \text{priced shortfalls}

To this come the costs of people and of stations, stated with their constraints (workforce, emergency).

Every coefficient is priced by the finance engine: the same arrays print the report's cost lines.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from redesaude_models.emergency import emergency_cost
from redesaude_models.keys import Keys
from redesaude_models.loads import load_cost
from redesaude_models.money import money_unit
from redesaude_models.problem import PlanningProblem
from redesaude_models.workforce import workforce_cost


def add_net_present_cost(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add ``m.cost``, the net present cost to be minimised (currency of the base year)."""
    m.cost = pyo.Objective(
        expr=problem.constant
        + _services(m, problem, keys)
        + _journeys(m, problem, keys)
        + _contracts(m, problem, keys)
        + _shortfalls(m, problem, keys)
        + load_cost(m, problem)
        + workforce_cost(m, problem, keys)
        + emergency_cost(m, problem, keys),
        sense=pyo.minimize,
        doc="net present cost, currency of the base year",
    )


def _services(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    cost, case_cost = problem.options.cost.tolist(), problem.options.case_cost.tolist()
    closing = problem.services.closing_cost.tolist()
    last = keys.periods[-1]
    return sum(
        cost[o][t] * m.z[(*option, p)] + case_cost[o][t] * m.v[(*option, p)]
        for o, option in enumerate(keys.option)
        for t, p in enumerate(keys.periods)
    ) + sum(
        closing[k] * (1 - m.open[(*keys.service[k], last)])
        for k in problem.services.existing.nonzero()[0].tolist()
        if closing[k]
    )


def _journeys(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    travel = (problem.journeys.cost * problem.demand.cases[problem.journeys.demand]).tolist()
    unmet = (problem.demand.unmet_cost * problem.demand.cases).tolist()
    must_treat = problem.demand.must_treat.tolist()
    periods = list(enumerate(keys.periods))
    return sum(
        travel[a][t] * m.x[(*key, p)] for a, key in enumerate(keys.journey) for t, p in periods if travel[a][t]
    ) + sum(
        unmet[d][t] * m.u[(*key, p)]
        for d, key in enumerate(keys.demand)
        for t, p in periods
        if not must_treat[d] and unmet[d][t]
    )


def _contracts(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    hosting, letting = problem.hosting.cost.tolist(), problem.lettings.cost.tolist()
    return sum(cost * m.w[key] for cost, key in zip(hosting, keys.hosting, strict=True) if cost) + sum(
        cost * m.b[key] for cost, key in zip(letting, keys.letting, strict=True) if cost
    )


def _shortfalls(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    price = problem.options.volume_price.tolist()
    return (
        sum(
            price[o] * m.short_volume[(*key, p)]
            for o, key in enumerate(keys.option)
            if not problem.options.volume_hard[o]
            for p in keys.periods
        )
        + sum(a.price * m.short_access[a.id] for a in problem.access if not a.hard)
        + sum(a.price * money_unit(a) * m.excess_money[a.id] for a in problem.money if not a.hard)
    )
