r"""Money promises: capital by source, running-cost envelopes, PPP payments and pay of staff within their limits.

.. math::
    \sum_{u \in U} \sum_r F_{ur} \, d_{ur} + S \le L + \epsilon

where each use :math:`u` is a kind of decision taken in a period (:data:`redesaude_models.problem.Spender`), with
:math:`d_{ur}` its variable: :math:`z, v, a, w, b, g` of services, steps, sites and contracts, :math:`1 - y` of services
of today that close, agreements, transfers, stations, ambulances, and people trained and recruited.

Capital counts once, in the period in which it is decided; the other kinds are yearly amounts once everything runs
(undiscounted), people made ready included. Each row is divided by its *unit* (a power of ten near the limit), so that
tolerances mean the same for thousands and billions; the excess :math:`\epsilon` of an elastic promise is counted in
that unit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.keys import Key, Keys
from redesaude_models.places import EVERYWHERE, Place, Time, placed
from redesaude_models.problem import MoneyPromise, PlanningProblem, Spender, Use
from redesaude_models.relations import relation
from redesaude_models.support import Agreements
from redesaude_models.tiers import transfer_keys


def money_unit(promise: MoneyPromise) -> float:
    """Return the power of ten in which the row of ``promise`` is written (currency)."""
    whole = [use.amount for use in promise.uses if use.of != "case"]  # what a single case uses is no measure of a limit
    largest = max([promise.limit, *(float(np.abs(amount).max(initial=0)) for amount in whole)])
    return 10.0 ** math.floor(math.log10(largest)) if largest > 0 else 1.0


def add_money(m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
    """Add the money promises and the excess of the elastic ones (in units of :func:`money_unit`)."""
    elastic = [promise.id for promise in problem.money if not promise.hard]
    m.excess_money = placed(
        pyo.Var(elastic, domain=pyo.NonNegativeReals, doc="excess over the limit, in the row's unit"), EVERYWHERE
    )
    m.money = placed(pyo.Constraint(pyo.Any, doc="money spent within its limit"), Place(time=Time.ONCE))
    spenders = Spenders(m, problem, keys)
    for promise in problem.money:
        unit = money_unit(promise)
        spent = sum(spenders.total(use, unit) for use in promise.uses) + promise.spent / unit
        excess = 0 if promise.hard else m.excess_money[promise.id]
        m.money[promise.id] = relation(spent - excess <= promise.limit / unit)


class Spenders:
    """The variables of the model by what uses money."""

    def __init__(self, m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
        stations = [(name,) for name in problem.emergency.stations]
        roles = [(name,) for name in problem.workforce.ids]
        self._keys = keys
        self._of: dict[Spender, tuple[pyo.Var, Sequence[Key]]] = {
            "option": (m.z, keys.option),
            "case": (m.v, keys.option),
            "step": (m.step, keys.step),
            "hosting": (m.w, keys.hosting),
            "letting": (m.b, keys.letting),
            "signing": (m.signed, keys.letting),
            "closing": (m.open, keys.service),
            "agreement": (m.agreement, Agreements(problem, keys).names),
            "transfer": (m.sent, transfer_keys(problem, keys)),
            "station": (m.station, stations),
            "new_station": (m.station_start, stations),
            "ambulance": (m.ambulances, stations),
            "trained": (m.trained, roles),
            "recruited": (m.recruited, roles),
        }
        self._first: dict[Spender, Spender] = {"signing": "letting"}  # in the first period what runs is let

    def total(self, use: Use, unit: float) -> Any:
        """Return what ``use`` comes to, in units."""
        variable, rows = self._of[self._first.get(use.of, use.of) if use.period == 0 else use.of]
        period, amount = self._keys.periods[use.period], (use.amount / unit).tolist()
        used = [(amount[n], variable[(*rows[n], period)]) for n in np.flatnonzero(use.amount).tolist()]
        if use.of == "closing":
            return sum(each * (1 - kept) for each, kept in used)
        return sum(each * decided for each, decided in used)
