r"""Money promises: capital by source, running-cost envelopes, PPP payments and pay of staff within their limits.

.. math::
    \sum_o (F_o z_{op} + f_o v_{op}) + \sum_s F_s a_{sp} + \sum_{jc} F_{jc} w_{jcp} + \sum_{cg} F_{cg} b_{cgp}
    + \sum_{ek} F_{ek} h_{ekp} + \sum_{jk} f_s f_{jkp} \le L_p + \epsilon

Capital counts once, in the period in which its works are decided (with the option in the first, with the step after);
the other kinds are yearly amounts once everything runs (undiscounted). Each row is divided by its *unit* (a power of
ten near the limit), so that tolerances mean the same for thousands and billions; the excess :math:`\epsilon` of an
elastic promise is counted in that unit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.keys import Key, Keys
from redesaude_models.places import EVERYWHERE, Place, Time, placed
from redesaude_models.problem import MoneyPromise, PlanningProblem
from redesaude_models.relations import relation
from redesaude_models.support import Agreements
from redesaude_models.tiers import transfer_keys


def money_unit(promise: MoneyPromise) -> float:
    """Return the power of ten in which the row of ``promise`` is written (currency)."""
    largest = max(
        [promise.limit, *(float(np.abs(a).max(initial=0)) for a in (promise.fixed, promise.hosting, promise.steps))],
        default=1.0,
    )
    return 10.0 ** math.floor(math.log10(largest)) if largest > 0 else 1.0


def add_money(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add the money promises and the excess of the elastic ones (in units of :func:`money_unit`)."""
    elastic = [promise.id for promise in problem.money if not promise.hard]
    m.excess_money = placed(
        pyo.Var(elastic, domain=pyo.NonNegativeReals, doc="excess over the limit, in the row's unit"), EVERYWHERE
    )
    m.money = placed(pyo.Constraint(pyo.Any, doc="money spent within its limit"), Place(time=Time.ONCE))
    agreements, transfers = Agreements(problem, keys).names, transfer_keys(problem, keys)
    for promise in problem.money:
        p, unit = keys.periods[promise.period], money_unit(promise)
        spent = (
            _total(promise.fixed / unit, [m.z[(*key, p)] for key in keys.option])
            + _total(promise.per_case / unit, [m.v[(*key, p)] for key in keys.option])
            + _total(promise.hosting / unit, [m.w[(*key, p)] for key in keys.hosting])
            + _total(promise.lettings / unit, [m.b[(*key, p)] for key in keys.letting])
            + (_total(promise.steps / unit, [m.step[(*key, p)] for key in keys.step]) if promise.steps.any() else 0)
        )
        spent += _of_rows(promise.agreements / unit, m.agreement, agreements, p)
        spent += _of_rows(promise.transfers / unit, m.sent, transfers, p)
        excess = 0 if promise.hard else m.excess_money[promise.id]
        m.money[promise.id] = relation(spent - excess <= promise.limit / unit)


def _total(coefficients: np.ndarray, variables: list[pyo.Var]) -> Any:
    used = np.flatnonzero(coefficients).tolist()
    values = coefficients.tolist()
    return sum(values[n] * variables[n] for n in used)


def _of_rows(coefficients: np.ndarray, variable: pyo.Var, names: list[Key], period: str) -> Any:
    """The same where a variable is not there in every period; no coefficients: nothing is used."""
    used = np.flatnonzero(coefficients).tolist()
    return sum(float(coefficients[n]) * variable[(*names[n], period)] for n in used)
