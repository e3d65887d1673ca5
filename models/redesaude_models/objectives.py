r"""The objective: net present cost of the plan to the chosen perspective.

.. math::
    \min \sum_p \Big[ \sum_o (C_{op} z_{op} + c_{op} v_{op}) + \sum_{ijs} t_{ijsp} d_{isp} x_{ijsp}
    + \sum_{is} \pi_{isp} d_{isp} u_{isp} + \sum_{jc} C_{jcp} w_{jcp} + \sum_{cg} C_{cgp} b_{cgp} \Big] \\
    + \sum_{js} D_{js} (1 - y_{js1}) + \text{steps, waiting and signatures after the first period}
    + \text{priced shortfalls}

To this come the costs of people, of stations, of agreements, of transfers and of those treated in services of today
meanwhile, stated with their constraints (workforce, emergency, support, tiers, transition).

Every coefficient is priced by the finance engine: the same arrays print the report's cost lines.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from redesaude_models.emergency import emergency_cost
from redesaude_models.keys import Keys
from redesaude_models.phasing import phasing_cost
from redesaude_models.problem import PlanningProblem
from redesaude_models.promise import Counts
from redesaude_models.promise_rows import promises_cost
from redesaude_models.support import support_cost
from redesaude_models.tiers import transfer_cost
from redesaude_models.transition import transition_cost
from redesaude_models.workforce import workforce_cost


def add_net_present_cost(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add ``m.cost``, the net present cost to be minimised (currency of the base year)."""
    m.cost = pyo.Objective(
        expr=problem.constant
        + _services(m, problem, keys)
        + _journeys(m, problem, keys)
        + _contracts(m, problem, keys)
        + phasing_cost(m, problem, keys)
        + _volumes_short(m, problem, keys)
        + promises_cost(m, problem, Counts.SERVICES, Counts.SPENDING)
        + workforce_cost(m, problem, keys)
        + emergency_cost(m, problem, keys)
        + promises_cost(m, problem, Counts.STATIONS)
        + support_cost(m, problem, keys)
        + transfer_cost(m, problem, keys)
        + transition_cost(m, problem),
        sense=pyo.minimize,
        doc="net present cost, currency of the base year",
    )


def _services(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    cost, case_cost = problem.options.cost.tolist(), problem.options.case_cost.tolist()
    closing = problem.services.closing_cost.tolist()
    first = keys.periods[0]
    return sum(
        cost[o][t] * m.z[(*option, p)] + case_cost[o][t] * m.v[(*option, p)]
        for o, option in enumerate(keys.option)
        for t, p in enumerate(keys.periods)
    ) + sum(
        closing[k] * (1 - m.open[(*keys.service[k], first)])
        for k in problem.services.existing.nonzero()[0].tolist()
        if closing[k]
    )


def _journeys(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    travel = (problem.journeys.cost * problem.demand.cases[problem.journeys.demand]).tolist()
    unmet = (problem.demand.unmet_cost * problem.demand.cases).tolist()
    must_treat = problem.demand.must_treat.tolist()
    pooled = (problem.pool.cost * problem.demand.cases[problem.pool.demand]).tolist()
    periods = list(enumerate(keys.periods))
    return (
        sum(
            pooled[n][t] * m.out[(*keys.demand[d], p)]
            for n, d in enumerate(problem.pool.demand.tolist())
            for t, p in periods
        )
        + sum(travel[a][t] * m.x[(*key, p)] for a, key in enumerate(keys.journey) for t, p in periods if travel[a][t])
        + sum(
            unmet[d][t] * m.u[(*key, p)]
            for d, key in enumerate(keys.demand)
            for t, p in periods
            if not must_treat[d] and unmet[d][t]
        )
    )


def _contracts(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    hosting, letting = problem.hosting.cost.tolist(), problem.lettings.cost.tolist()
    periods = list(enumerate(keys.periods))
    return sum(
        hosting[h][t] * m.w[(*key, p)] for h, key in enumerate(keys.hosting) for t, p in periods if hosting[h][t]
    ) + sum(letting[n][t] * m.b[(*key, p)] for n, key in enumerate(keys.letting) for t, p in periods if letting[n][t])


def _volumes_short(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    price = problem.options.volume_price.tolist()
    return sum(
        price[o][t] * m.short_volume[(*key, p)]
        for o, key in enumerate(keys.option)
        if not problem.options.volume_hard[o]
        for t, p in enumerate(keys.periods)
    )
