r"""Contracts: under which delivery model each site runs, and what is let together.

.. math::
    \sum_l z_{jslcp} &\le w_{jcp}                    & \text{a service runs under its site's contract}\\
    \sum_c w_{jcp} &\le 1                            & \text{one contract for each site}\\
    w_{jcp} &\le b_{c,g(j),p}                        & \text{let once for the lot}\\
    w_{jcp} &\le \sum_{sl \text{ with works}} z_{jslcp} & \text{no works, no such contract}\\
    \sum_{j \in g, sl} V_{jslc} z_{jslcp} &\ge V^{\min}_c b_{cgp} & \text{least value, currency}\\
    \sum_g b_{cgp} &\le n_c                          & \text{at most n contracts of a kind}
"""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

from redesaude_models.keys import Keys, over_periods, rows_by
from redesaude_models.places import Place, Time, placed
from redesaude_models.problem import PlanningProblem


def hosting_of_options(problem: PlanningProblem) -> np.ndarray:
    """Return for each option the row of ``hosting`` (its site under its contract), shape ``(options,)``."""
    row = {pair: n for n, pair in enumerate(zip(problem.hosting.site, problem.hosting.contract, strict=True))}
    site = problem.services.site[problem.options.service]
    pairs = zip(site, problem.options.contract, strict=True)
    return np.array([row[pair] for pair in pairs], dtype=np.int64)


def add_contracts(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add hosting w, lettings b and the constraints of this page. Needs ``m.z``."""
    m.w = placed(
        pyo.Var(over_periods(keys.hosting, keys.periods), domain=pyo.Binary, doc="site runs under contract, 0/1"),
        Place(site=0, time=Time.STANDS, rows=keys.hosting),
    )
    m.b = placed(
        pyo.Var(over_periods(keys.letting, keys.periods), domain=pyo.Binary, doc="contract let for lot, 0/1"),
        Place(time=Time.STANDS, rows=keys.letting),
    )
    hosting = hosting_of_options(problem)
    _host(m, problem, keys, hosting)
    _let(m, problem, keys)
    _works(m, problem, keys, hosting)
    _value(m, problem, keys, hosting)


def _host(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, hosting: np.ndarray) -> None:
    by_host = rows_by(hosting, len(keys.hosting))
    service = problem.options.service.tolist()
    m.hosted = pyo.Constraint(pyo.Any, doc="a service runs under the contract of its site")
    for h, host in enumerate(keys.hosting):
        of_service: dict[int, list[int]] = {}
        for o in by_host[h]:
            of_service.setdefault(service[o], []).append(o)
        for k, options in of_service.items():
            for p in keys.periods:
                here = sum(m.z[(*keys.option[o], p)] for o in options)
                m.hosted[(*keys.service[k], host[1], p)] = here - m.w[(*host, p)] <= 0


def _let(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    by_site = rows_by(problem.hosting.site, len(problem.sites))
    let = problem.hosting.let.tolist()
    m.one_contract = pyo.Constraint(pyo.Any, doc="one contract for each site")
    m.let_before_hosting = pyo.Constraint(pyo.Any, doc="a contract is let for the lot before a site runs under it")
    m.max_contracts = pyo.Constraint(pyo.Any, doc="most contracts of a kind")
    for p in keys.periods:
        for j, site in enumerate(problem.sites):
            if len(by_site[j]) > 1:
                m.one_contract[site, p] = sum(m.w[(*keys.hosting[h], p)] for h in by_site[j]) <= 1
        for h, host in enumerate(keys.hosting):
            m.let_before_hosting[(*host, p)] = m.w[(*host, p)] - m.b[(*keys.letting[let[h]], p)] <= 0
    of_contract = rows_by(problem.lettings.contract, len(problem.contracts))
    for c, contract in enumerate(problem.contracts):
        most = int(problem.max_contracts[c])
        if 0 <= most < len(of_contract[c]):
            for p in keys.periods:
                m.max_contracts[contract, p] = sum(m.b[(*keys.letting[n], p)] for n in of_contract[c]) <= most


def _works(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, hosting: np.ndarray) -> None:
    with_works = rows_by(hosting, len(keys.hosting), problem.options.works)
    m.works = pyo.Constraint(pyo.Any, doc="a contract that needs works has works to deliver")
    for h in np.flatnonzero(problem.hosting.needs_works).tolist():
        for p in keys.periods:
            works = sum(m.z[(*keys.option[o], p)] for o in with_works[h])
            m.works[(*keys.hosting[h], p)] = m.w[(*keys.hosting[h], p)] - works <= 0


def _value(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, hosting: np.ndarray) -> None:
    by_letting = rows_by(problem.hosting.let[hosting], len(keys.letting))
    value = problem.options.value.tolist()
    m.min_value = pyo.Constraint(pyo.Any, doc="least contract value, as a share of itself")
    for n, least in enumerate(problem.lettings.min_value.tolist()):
        if least > 0:
            for p in keys.periods:
                let = sum(value[o] / least * m.z[(*keys.option[o], p)] for o in by_letting[n])
                m.min_value[(*keys.letting[n], p)] = let - m.b[(*keys.letting[n], p)] >= 0
