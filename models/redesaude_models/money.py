r"""Money promises: capital by source, running-cost envelopes, PPP payments and pay of staff within their limits.

.. math::
    \sum_{u \in U} \sum_r F_{ur} \, d_{ur} + S - \sigma \le L

where each use :math:`u` is a kind of decision taken in a period (:data:`Spender`), with
:math:`d_{ur}` its variable: :math:`z, v, a, w, b, g` of services, steps, sites and contracts, :math:`1 - y` of services
of today that close, agreements, transfers, stations, ambulances, and people trained and recruited.

Capital counts once, in the period in which it is decided; the other kinds are yearly amounts once everything runs
(undiscounted), people made ready included. Each row is divided by its *unit* (a power of ten near the limit), so that
tolerances mean the same for thousands and billions; the excess :math:`\sigma` of an elastic promise is counted in
that unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import pyomo.environ as pyo

from redesaude_models.emergency import starts
from redesaude_models.keys import Key, Keys
from redesaude_models.parts import Amounts, Holds
from redesaude_models.phasing import signatures, steps_taken
from redesaude_models.places import Time
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.promise import Counts, Promise
from redesaude_models.support import Agreements
from redesaude_models.tiers import transfer_keys

#: what decisions may use money for, each with its own rows
Spender = Literal[
    "option",  # an option that is open
    "case",  # a yearly case of an option
    "step",  # a step taken; none in the first period
    "hosting",  # a site that runs under a contract
    "letting",  # a contract that runs for a lot
    "signing",  # a contract let in the period
    "closing",  # a service of today that is not kept, in the first period
    "agreement",  # an agreement between hub and satellite that runs
    "transfer",  # a yearly case sent up
    "station",  # an emergency station that is open
    "new_station",  # an emergency station that opens in the period
    "ambulance",  # an ambulance
    "trained",  # a person trained in the period
    "recruited",  # a person recruited in the period
]


@dataclass(frozen=True)
class Use:
    """What each row of one kind of decision, ``of``, taken in ``period`` uses of a money promise (currency)."""

    of: Spender
    period: int
    amount: Amounts


@dataclass(frozen=True)
class MoneyPromise(Promise):
    """At most ``limit`` (currency) of all that is put to ``uses``, and of what is ``spent`` whatever is decided.

    ``kind`` is ``capital`` (per period) or ``running``, ``ppp``, ``personnel`` (per year, undiscounted).
    """

    period: Annotated[int, Holds.NOTES]
    kind: Annotated[Literal["capital", "running", "ppp", "personnel"], Holds.NOTES]
    limit: float
    uses: tuple[Use, ...]
    spent: float = 0.0

    component, shortfall = "money", "excess_money"
    docs = "money spent within its limit", "excess over the limit, in the row's unit"
    counts, time = Counts.SPENDING, Time.ONCE

    def scale(self) -> float:
        """Return the power of ten in which the row is written (currency)."""
        whole = [use.amount for use in self.uses if use.of != "case"]  # what a case uses is no measure of a limit
        largest = max([self.limit, *(float(np.abs(amount).max(initial=0)) for amount in whole)])
        return 10.0 ** math.floor(math.log10(largest)) if largest > 0 else 1.0

    def due(self, _: PlanningProblem) -> float:
        """Return the limit (currency)."""
        return self.limit

    def expression(self, m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
        """Return the money spent, in units of :meth:`scale`."""
        unit, spenders = self.scale(), Spenders(m, problem, keys)
        return sum(spenders.total(use, unit) for use in self.uses) + self.spent / unit

    def achieved(self, problem: PlanningProblem, decisions: Decisions) -> float:
        """Return the money spent (currency)."""
        taken = taken_of(problem, decisions)
        used = sum(float(use.amount @ taken[use.of][:, use.period]) for use in self.uses if use.amount.any())
        return used + self.spent


def taken_of(problem: PlanningProblem, decisions: Decisions) -> dict[Spender, np.ndarray]:
    """Return how much of each kind of decision is taken, ``(rows, periods)``."""
    signed = signatures(decisions.lettings)
    signed[:, 0] = decisions.lettings[:, 0]
    return {
        "option": decisions.options,
        "case": decisions.cases,
        "step": steps_taken(problem, decisions.options),
        "hosting": decisions.hosting,
        "letting": decisions.lettings,
        "signing": signed,
        "closing": ~decisions.open,
        "agreement": decisions.referral.agreements,
        "transfer": decisions.referral.sent,
        "station": decisions.response.open,
        "new_station": starts(problem, decisions),
        "ambulance": decisions.response.ambulances,
        "trained": decisions.hires.trained,
        "recruited": decisions.hires.recruited,
    }


class Spenders:
    """The variables of the model by what uses money."""

    def __init__(self, m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> None:
        stations = [(name,) for name in problem.emergency.stations]
        roles = [(name,) for name in problem.workforce.ids]
        self._keys = keys
        self._of: dict[Spender, Callable[[], tuple[pyo.Var, Sequence[Key]]]] = {
            "option": lambda: (m.z, keys.option),
            "case": lambda: (m.v, keys.option),
            "step": lambda: (m.step, keys.step),
            "hosting": lambda: (m.w, keys.hosting),
            "letting": lambda: (m.b, keys.letting),
            "signing": lambda: (m.signed, keys.letting),
            "closing": lambda: (m.open, keys.service),
            "agreement": lambda: (m.agreement, Agreements(problem, keys).names),
            "transfer": lambda: (m.sent, transfer_keys(problem, keys)),
            "station": lambda: (m.station, stations),
            "new_station": lambda: (m.station_start, stations),
            "ambulance": lambda: (m.ambulances, stations),
            "trained": lambda: (m.trained, roles),
            "recruited": lambda: (m.recruited, roles),
        }
        self._first: dict[Spender, Spender] = {"signing": "letting"}  # in the first period what runs is let

    def total(self, use: Use, unit: float) -> Any:
        """Return what ``use`` comes to, in units."""
        variable, rows = self._of[self._first.get(use.of, use.of) if use.period == 0 else use.of]()
        period, amount = self._keys.periods[use.period], (use.amount / unit).tolist()
        used = [(amount[n], variable[(*rows[n], period)]) for n in np.flatnonzero(use.amount).tolist()]
        if use.of == "closing":
            return sum(each * (1 - kept) for each, kept in used)
        return sum(each * decided for each, decided in used)
