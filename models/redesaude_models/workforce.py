r"""Workforce: every open service finds its staff among those there, trained and recruited in its area.

.. math::
    \sum_o (F_{ro} z_{op} + f_{ro} v_{op}) \le S_{rp} + \sum_{q \le p} (t_{rq} + h_{rq}) + \sigma_{rp}
    \qquad \text{FTE}

for each role and area :math:`r`. People trained :math:`t` or recruited :math:`h` in a period are there from its start
and stay; both are bounded in each period. The shortfall :math:`\sigma` exists only where the need is elastic.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Floats
from redesaude_models.keys import Key, Keys, over_periods
from redesaude_models.places import EVERYWHERE, Place, Time, placed
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.relations import relation
from redesaude_models.resources import Hires


def add_workforce(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add trained, recruited, short_workforce and the need for each role. Needs ``m.z`` and ``m.v``."""
    people = problem.workforce
    rows = over_periods(_rows(problem), keys.periods)
    most = {name: dict(zip(rows, getattr(people, name).ravel().tolist(), strict=True)) for name in _CEILINGS}
    elastic = [row for row, hard in zip(rows, people.hard.ravel().tolist(), strict=True) if not hard]
    m.trained = placed(
        pyo.Var(rows, bounds=lambda _, *row: (0, most["training_max"][row]), doc="people trained, FTE"), EVERYWHERE
    )
    m.recruited = placed(
        pyo.Var(rows, bounds=lambda _, *row: (0, most["recruitment_max"][row]), doc="people recruited, FTE"), EVERYWHERE
    )
    m.short_workforce = placed(pyo.Var(elastic, domain=pyo.NonNegativeReals, doc="people short, FTE"), EVERYWHERE)
    m.workforce = placed(
        pyo.Constraint(pyo.Any, doc="staff needed within those there, trained and recruited"), Place(time=Time.LASTS)
    )
    for r, (name,) in enumerate(_rows(problem)):
        fixed, per_case = ((np.flatnonzero(a[r]).tolist(), a[r].tolist()) for a in (people.fixed, people.per_case))
        for t, p in enumerate(keys.periods):
            if not np.isfinite(people.stock[r, t]):
                continue
            need = sum(fixed[1][o] * m.z[(*keys.option[o], p)] for o in fixed[0])
            need += sum(per_case[1][o] * m.v[(*keys.option[o], p)] for o in per_case[0])
            hired = sum(m.trained[name, q] + m.recruited[name, q] for q in keys.periods[: t + 1])
            short = 0 if people.hard[r, t] else m.short_workforce[name, p]
            m.workforce[name, p] = relation(need - hired - short <= float(people.stock[r, t]))


_CEILINGS = ("training_max", "recruitment_max")


def workforce_cost(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
    """Return the cost of training and recruiting, and the price of those short (NPV)."""
    people = problem.workforce
    training, recruiting = people.training_cost.tolist(), people.recruitment_cost.tolist()
    price = people.price.tolist()
    return sum(
        training[r][t] * m.trained[name, p]
        + recruiting[r][t] * m.recruited[name, p]
        + (0 if people.hard[r, t] else price[r][t] * m.short_workforce[name, p])
        for r, (name,) in enumerate(_rows(problem))
        for t, p in enumerate(keys.periods)
    )


def read_hires(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Hires:
    """Return the values of the variables of this page."""
    rows = over_periods(_rows(problem), keys.periods)

    def grid(var: pyo.Var) -> Floats:
        values = [(var[row].value or 0.0) if row in var else 0.0 for row in rows]
        return np.array(values, dtype=float).reshape(len(problem.workforce.ids), len(keys.periods))

    return Hires(grid(m.trained), grid(m.recruited), grid(m.short_workforce))


def _rows(problem: PlanningProblem) -> list[Key]:
    return [(name,) for name in problem.workforce.ids]


def need(problem: PlanningProblem, decisions: Decisions) -> Floats:
    """Return the full-time people needed by role and area, shape ``(rows, periods)``."""
    return np.asarray(problem.workforce.fixed @ decisions.options + problem.workforce.per_case @ decisions.cases)


def available(problem: PlanningProblem, decisions: Decisions) -> Floats:
    """Return the full-time people there, with those trained and recruited so far, shape ``(rows, periods)``."""
    added = decisions.hires.trained + decisions.hires.recruited
    return np.asarray(problem.workforce.stock + np.cumsum(added, axis=1))
