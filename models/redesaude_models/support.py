r"""Support: a satellite needs a hub until its skills have matured, and a hub supports only so many.

A service comes to a size that needs support by the choice of the first period or by a step; that is a *start* :math:`e`
(in period :math:`q`). The agreement :math:`h_{ekp}` says that its partner is hub :math:`k` and that it still runs in
period :math:`p`; with the starts of a service :math:`j` it is a flow through the periods, so that only its first period
need be binary:

.. math::
    \sum_k h_{ekq} &= \sum_{o \text{ of } e} z_{oq} \text{ or } \sum_{s \text{ of } e} a_{sq} & \text{agreed}\\
    h_{ekp} &\le h_{ek,p-1}                                                        & \text{lasting}\\
    \sum_{e \text{ of } j,\, k} h_{ekp} &= \sum_{o \text{ of } j \text{ needs}} z_{op} & \text{supported}\\
    \sum_{e \text{ active}} h_{ekp} &\le \sum_o R_o z_{op}                         & \text{room at the hub}\\
    \sum_{e \text{ of } j \text{ active}} h_{ekp} &\le \sum_{o:\, R_o > 0} z_{op}  & \text{hub open}

An agreement is active from the opening of the satellite until its years are over; afterwards it only remembers since
when the satellite runs. Services that exist today have matured and need none.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Flags
from redesaude_models.keys import Key, Keys, rows_by
from redesaude_models.places import Place, placed
from redesaude_models.problem import PlanningProblem
from redesaude_models.relations import relation


class Agreements:
    """The agreements of a problem in the model: their keys ``names`` (satellite, specialty, hub, start), by row."""

    def __init__(self, problem: PlanningProblem, keys: Keys) -> None:
        s = problem.support
        self._periods, self._begun = keys.periods, s.begun[s.start].tolist()
        rows = zip(s.start.tolist(), s.hub.tolist(), strict=True)
        starts = [start_key(problem, keys, e) for e in range(len(s.service))]
        self.names: list[Key] = [(*starts[e][:2], keys.service[k][0], starts[e][2]) for e, k in rows]

    def held(self, m: pyo.ConcreteModel, rows: Iterable[int], period: int) -> Any:
        """Return the sum of those agreements of ``rows`` that may run in a period."""
        p = self._periods[period]
        return sum(m.agreement[(*self.names[a], p)] for a in rows if self._begun[a] <= period)

    def periods(self, row: int) -> tuple[str, ...]:
        """Return the periods in which an agreement may run."""
        return self._periods[self._begun[row] :]


def start_key(problem: PlanningProblem, keys: Keys, start: int) -> Key:
    """Return satellite, specialty, and the period begun with the year of opening, which tell its starts apart."""
    s = problem.support
    return (*keys.service[int(s.service[start])], f"{keys.periods[int(s.begun[start])]}+{s.opened[start]:.9g}")


def add_support(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add agreements and the constraints of this page. Needs ``m.z`` and ``m.step``."""
    agreements = Agreements(problem, keys)
    rows = [(*name, p) for a, name in enumerate(agreements.names) for p in agreements.periods(a)]
    m.agreement = placed(
        pyo.Var(rows, bounds=(0, 1), doc="agreement between satellite and hub runs, 0/1"), Place(1, 0, partner=2)
    )
    for a, name in enumerate(agreements.names):
        m.agreement[(*name, agreements.periods(a)[0])].domain = pyo.Binary
    _agreed(m, problem, keys, agreements)
    _lasting(m, problem, keys, agreements)
    _hubs(m, problem, keys, agreements)


def _agreed(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, agreements: Agreements) -> None:
    s = problem.support
    partners, options = rows_by(s.start, len(s.service)), rows_by(s.of_option, len(s.service))
    of_step = s.of_step
    m.agreed = pyo.Constraint(pyo.Any, doc="a satellite that starts has one hub")
    for e, q in enumerate(s.begun.tolist()):
        p = keys.periods[q]
        if q == 0:
            begins = sum(m.z[(*keys.option[o], p)] for o in options[e])
        else:
            begins = sum(m.step[(*keys.step[a], p)] for a in np.flatnonzero(of_step[:, q] == e).tolist())
        m.agreed[start_key(problem, keys, e)] = relation(agreements.held(m, partners[e], q) - begins == 0)


def _lasting(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, agreements: Agreements) -> None:
    s = problem.support
    of_service = rows_by(s.satellite, len(keys.service))
    needs = rows_by(problem.options.service, len(keys.service), s.needs if len(s.needs) else None)
    m.lasting = pyo.Constraint(pyo.Any, doc="an agreement runs on or ends")
    m.supported = pyo.Constraint(pyo.Any, doc="a service of a size that needs support has an agreement")
    for a, name in enumerate(agreements.names):
        for before, p in pairwise(agreements.periods(a)):
            m.lasting[(*name, p)] = m.agreement[(*name, p)] - m.agreement[(*name, before)] <= 0
    for k in sorted(set(s.service.tolist())):
        for t, p in list(enumerate(keys.periods))[1:]:
            open_now = sum(m.z[(*keys.option[o], p)] for o in needs[k])
            held = agreements.held(m, of_service[k], t)
            m.supported[(*keys.service[k], p)] = relation(held - open_now == 0)


def _hubs(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys, agreements: Agreements) -> None:
    s = problem.support
    m.hub_room = pyo.Constraint(pyo.Any, doc="most satellites of a hub")
    m.hub_open = pyo.Constraint(pyo.Any, doc="a hub is open in a size that supports")
    hubs = rows_by(problem.options.service, len(keys.service), s.room > 0)
    for k in sorted(set(s.hub.tolist())):
        for t, p in enumerate(keys.periods):
            mine = np.flatnonzero((s.hub == k) & s.active[:, t])
            if not len(mine):
                continue
            room = sum(int(s.room[o]) * m.z[(*keys.option[o], p)] for o in hubs[k])
            m.hub_room[(*keys.service[k], p)] = relation(agreements.held(m, mine.tolist(), t) - room <= 0)
            there = sum(m.z[(*keys.option[o], p)] for o in hubs[k])
            for j in sorted(set(s.satellite[mine].tolist())):
                held = agreements.held(m, mine[s.satellite[mine] == j].tolist(), t)
                m.hub_open[(*keys.service[j], keys.service[k][0], p)] = relation(held - there <= 0)


def support_cost(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    """Return the cost of agreements on both sides (NPV)."""
    cost = (problem.support.hub_cost + problem.support.satellite_cost).tolist()
    agreements, position = Agreements(problem, keys), {p: t for t, p in enumerate(keys.periods)}
    return sum(
        cost[a][position[p]] * m.agreement[(*name, p)]
        for a, name in enumerate(agreements.names)
        for p in agreements.periods(a)
        if cost[a][position[p]]
    )


def read_agreements(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Flags:
    """Return which agreements run, ``(agreements, periods)``."""
    names = Agreements(problem, keys).names
    rows = [(*name, p) for name in names for p in keys.periods]
    values = [(m.agreement[row].value or 0.0) if row in m.agreement else 0.0 for row in rows]
    return np.array(values, dtype=float).reshape(len(names), len(keys.periods)) > 0.5
