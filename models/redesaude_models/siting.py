r"""Siting: which services open, at which size, and how much they can and must treat.

.. math::
    y_{jsp} &= \sum_{lc} z_{jslcp}                          & \text{one size, one contract}\\
    v_{jslcp} &\le K_{jslc}\, z_{jslcp}                      & \text{capacity, cases/year}\\
    v_{jslcp} + \sigma_{jslcp} &\ge M_{jslc}\, z_{jslcp}     & \text{minimum volume, cases/year}\\
    \sum_i d_{isp} x_{ijsp} &= \sum_{lc} v_{jslcp}           & \text{cases treated where they are sent}\\
    y_{jsp} &\le y_{js'p}                                    & s \text{ needs } s' \text{ at the same site}

``open`` is :math:`y` (for an existing service: it is kept, model.md's :math:`k`), ``z`` opens an option, ``v`` are its
cases. Shortfalls of volume :math:`\sigma` exist only where the promise is elastic.

In a specialty with tiers not all that is sent to a service is treated there: instead of its rows of volume it has those
of :mod:`redesaude_models.tiers`.
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from redesaude_models.keys import Keys, over_periods, rows_by
from redesaude_models.places import Kind, Place, Time, placed
from redesaude_models.problem import PlanningProblem
from redesaude_models.relations import relation


def add_siting(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add open, z, v, short_volume and the constraints of this page to ``m``."""
    _variables(m, problem, keys)
    _sizes(m, problem, keys)
    _volumes(m, problem, keys)
    _limits(m, problem, keys)
    _colocation(m, problem, keys)


def _variables(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    options = over_periods(keys.option, keys.periods)
    m.open = placed(
        pyo.Var(over_periods(keys.service, keys.periods), domain=pyo.Binary, doc="service open, 0/1"),
        Place(1, 0, kind=Kind.OPENING, time=Time.STANDS, rows=keys.service),
    )
    m.z = placed(
        pyo.Var(options, domain=pyo.Binary, doc="size l under contract c open, 0/1"),
        Place(1, 0, time=Time.STANDS, rows=keys.option),
    )
    m.v = placed(
        pyo.Var(options, domain=pyo.NonNegativeReals, doc="cases treated, cases/year"),
        Place(1, 0, kind=Kind.VOLUME, rows=keys.option),
    )
    elastic = [key for key, hard in zip(keys.option, problem.options.volume_hard, strict=True) if not hard]
    m.short_volume = placed(
        pyo.Var(
            over_periods(elastic, keys.periods),
            domain=pyo.NonNegativeReals,
            doc="shortfall of minimum volume, cases/year",
        ),
        Place(1, 0, kind=Kind.VOLUME),
    )


def _sizes(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    of_service = rows_by(problem.options.service, len(keys.service))
    required = rows_by(problem.options.service, len(keys.service), problem.options.required_size)
    m.one_size = pyo.Constraint(pyo.Any, doc="an open service has one size and one contract")
    m.required_size = pyo.Constraint(pyo.Any, doc="the size that must be open")
    for k, service in enumerate(keys.service):
        for p in keys.periods:
            total = sum(m.z[(*keys.option[o], p)] for o in of_service[k])
            m.one_size[(*service, p)] = m.open[(*service, p)] == total
            if required[k]:
                m.required_size[(*service, p)] = sum(m.z[(*keys.option[o], p)] for o in required[k]) >= 1


def _volumes(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    capacity = problem.options.capacity.tolist()
    least = problem.options.min_cases.tolist()
    hard = problem.options.volume_hard.tolist()
    cases = problem.demand.cases.tolist()
    from_demand = problem.journeys.demand.tolist()
    journeys = rows_by(problem.journeys.service, len(keys.service))
    options = rows_by(problem.options.service, len(keys.service))
    tiered = set(np.flatnonzero(problem.tiers.service).tolist())
    m.capacity = pyo.Constraint(pyo.Any, doc="cases within capacity at the planning occupancy")
    m.minimum_volume = pyo.Constraint(pyo.Any, doc="least yearly volume of an open service")
    m.volume = pyo.Constraint(pyo.Any, doc="cases treated at a service are those sent to it")
    for t, p in enumerate(keys.periods):
        for o, option in enumerate(keys.option):
            key = (*option, p)
            m.capacity[key] = m.v[key] - capacity[o] * m.z[key] <= 0
            if least[o] > 0:
                short = 0 if hard[o] else m.short_volume[key]
                m.minimum_volume[key] = m.v[key] - least[o] * m.z[key] + short >= 0
        for k, service in enumerate(keys.service):
            if k in tiered:
                continue
            sent = sum(cases[from_demand[a]][t] * m.x[(*keys.journey[a], p)] for a in journeys[k])
            if (*service, p) in m.into:
                sent += m.into[(*service, p)]
            treated = sum(m.v[(*keys.option[o], p)] for o in options[k])
            m.volume[(*service, p)] = sent - treated == 0


def _limits(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    services = problem.services
    by_specialty = rows_by(services.specialty, len(problem.specialties.ids))
    by_site = rows_by(services.site, len(problem.sites))
    m.min_centres = pyo.Constraint(pyo.Any, doc="fewest centres of a specialty")
    m.max_centres = pyo.Constraint(pyo.Any, doc="most centres of a specialty")
    m.max_services = pyo.Constraint(pyo.Any, doc="most specialties at a site")
    for p in keys.periods:
        for s, specialty in enumerate(problem.specialties.ids):
            count = sum(m.open[(*keys.service[k], p)] for k in by_specialty[s])
            low, high = int(problem.specialties.min_centres[s]), int(problem.specialties.max_centres[s])
            if low > 0:
                m.min_centres[specialty, p] = relation(count >= low)
            if 0 <= high < len(by_specialty[s]):
                m.max_centres[specialty, p] = count <= high
        for j, site in enumerate(problem.sites):
            most = int(problem.max_services[j])
            if 0 <= most < len(by_site[j]):
                m.max_services[site, p] = sum(m.open[(*keys.service[k], p)] for k in by_site[j]) <= most
        for k in services.required.nonzero()[0].tolist():
            m.open[(*keys.service[k], p)].fix(1)


def _colocation(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    m.colocation = pyo.Constraint(pyo.Any, doc="a specialty opens only beside those it needs")
    for n, (service, needed) in enumerate(problem.requires.tolist()):
        for p in keys.periods:
            other = m.open[(*keys.service[needed], p)] if needed >= 0 else 0
            m.colocation[n, p] = m.open[(*keys.service[service], p)] - other <= 0
