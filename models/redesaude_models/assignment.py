r"""Assignment: where the cases of each territory are treated.

.. math::
    \sum_j x_{ijsp} + u_{isp} &= 1                              & \text{demand balance}\\
    x_{ijsp} &\le y_{jsp}                                        & \text{open before serving, strong form}\\
    q_{ikp} &= q_{i,k-1,p} + \sum_{j \in \text{rank } k} x_{ijsp} & \text{share treated within the k nearest}\\
    q_{ikp} &\ge y_{jsp} \quad j \in \text{rank } k              & \text{nearest: nobody passes an open door}

The cumulative ``q`` exists only for specialties assigned to the nearest centre; it states the closest-assignment rule
(Wagner and Falk 1986) with a handful of non-zeros for each journey instead of one for each pair of sites. Sites at the
same travel time share a rank. With ``single_source`` the shares are binary.
"""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pyomo.environ as pyo

from redesaude_models.keys import Keys, over_periods, rows_by
from redesaude_models.places import Kind, Place, Time, placed
from redesaude_models.problem import PlanningProblem


def add_assignment(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add shares x, unmet u and the demand balance; the rules that bind them to open services come after siting.

    Needs ``m.out``.
    """
    m.x = placed(
        pyo.Var(over_periods(keys.journey, keys.periods), bounds=(0, 1), doc="share of cases treated, 0-1"),
        Place(2, 1, demand=True, kind=Kind.SHARE, time=Time.STANDS, rows=keys.journey),
    )
    m.u = placed(
        pyo.Var(over_periods(keys.demand, keys.periods), bounds=(0, 1), doc="share sent away or untreated, 0-1"),
        Place(1, demand=True, time=Time.STANDS, rows=keys.demand),
    )
    single = problem.specialties.single_source[problem.demand.specialty[problem.journeys.demand]]
    for a in np.flatnonzero(single).tolist():
        for p in keys.periods:
            m.x[(*keys.journey[a], p)].domain = pyo.Binary
    journeys = rows_by(problem.journeys.demand, len(keys.demand))
    must_treat = problem.demand.must_treat.tolist()
    m.balance = pyo.Constraint(pyo.Any, doc="every case is treated or counted as unmet")
    for d, demand in enumerate(keys.demand):
        for p in keys.periods:
            if must_treat[d]:
                m.u[(*demand, p)].fix(0)
            treated = sum(m.x[(*keys.journey[a], p)] for a in journeys[d])
            if (*demand, p) in m.out:
                treated += m.out[(*demand, p)]
            m.balance[(*demand, p)] = treated + m.u[(*demand, p)] == 1


def add_opening_rules(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add open-before-serving, and the nearest rule where a specialty asks for it. Needs ``m.open``."""
    service = problem.journeys.service.tolist()
    m.open_before_serving = pyo.Constraint(pyo.Any, doc="only an open service treats cases")
    for a, journey in enumerate(keys.journey):
        for p in keys.periods:
            m.open_before_serving[(*journey, p)] = m.x[(*journey, p)] - m.open[(*keys.service[service[a]], p)] <= 0
    _nearest(m, problem, keys)


def _nearest(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    nearest = problem.specialties.nearest[problem.demand.specialty]
    journeys = rows_by(problem.journeys.demand, len(keys.demand))
    minutes = problem.journeys.minutes.tolist()
    service = problem.journeys.service.tolist()
    m.q = placed(
        pyo.Var(pyo.Any, bounds=(0, 1), dense=False, doc="share treated within the k nearest sites, 0-1"),
        Place(1, demand=True, time=Time.STANDS),
    )
    m.within_rank = pyo.Constraint(pyo.Any, doc="definition of the cumulative share")
    m.nearest = pyo.Constraint(pyo.Any, doc="all is treated no farther than the nearest open service")
    for d in np.flatnonzero(nearest).tolist():
        ranked = groupby(sorted(journeys[d], key=lambda a: minutes[a]), key=lambda a: minutes[a])
        groups = [list(group) for _, group in ranked]
        for p in keys.periods:
            before: object = 0
            for rank, group in enumerate(groups):
                key = (*keys.demand[d], rank, p)
                here = sum(m.x[(*keys.journey[a], p)] for a in group)
                m.within_rank[key] = m.q[key] - before - here == 0
                for a in group:
                    m.nearest[(*keys.journey[a], p)] = m.q[key] - m.open[(*keys.service[service[a]], p)] >= 0
                before = m.q[key]
