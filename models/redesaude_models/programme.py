r"""Targets of the whole programme: what all specialties together reach, or take, in a period.

.. math::
    \sum_{is} d_{isp} \big[ g_s - (g_s - a_s)\, u_{isp} \big]
    + \sum_{(i,j,s) \text{ within } T_s} h_s \, d_{isp} x_{ijsp} + \sigma &\ge D & \text{gain/year}\\
    \sum_{ijs} e_s \, t_{ijs} \, d_{isp} x_{ijsp} - \sigma &\le D & \text{hours/year}\\
    \sum_{js} y_{jsp} - \sigma &\le D & \text{services open}

:math:`g_s` is what a yearly case treated gains, :math:`a_s` one sent away, :math:`h_s` what being treated within the
standard :math:`T_s` adds. With :math:`g = a = 0, h = 1` the gain is the number of cases within the standard; otherwise
it is healthy years. :math:`e_s` are the hours that all who travel for a yearly case spend for each minute one way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Floats
from redesaude_models.keys import Keys
from redesaude_models.parts import Amounts, Counted, Promised, Rows
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.promise import Promise


@dataclass(frozen=True)
class ProgrammeTarget(Promise):
    """At least, or at most, ``amount`` of what is counted, in its unit."""

    amount: float

    level = "amount"

    def due(self, _: PlanningProblem) -> float:
        """Return the amount."""
        return self.amount


@dataclass(frozen=True)
class GainTarget(ProgrammeTarget):
    """At least ``amount`` a year gained by the people of ``demands``.

    ``treated`` and ``away`` are what a yearly case gains that is treated, or sent away, ``within`` what it gains more
    on ``journeys``, those within the standard; each by specialty.
    """

    demands: Rows
    journeys: Promised
    treated: Amounts
    away: Amounts
    within: Amounts

    component, shortfall, least = "gain", "short_gain", True
    docs = "gain of all specialties together", "gain a year short of the target"

    def expression(self, m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
        """Return the gain a year."""
        period, gained, lost = keys.periods[self.period], *(each.tolist() for each in self._of_demands(problem))
        near = self._of_journeys(problem).tolist()
        total = sum(gained) + sum(
            each * m.x[(*keys.journey[a], period)] for a, each in zip(self.journeys.tolist(), near, strict=True)
        )
        unmet = zip(self.demands.tolist(), lost, strict=True)
        return total - sum(each * m.u[(*keys.demand[d], period)] for d, each in unmet if each)

    def achieved(self, problem: PlanningProblem, decisions: Decisions) -> float:
        """Return the gain a year."""
        gained, lost = self._of_demands(problem)
        near = self._of_journeys(problem) @ decisions.shares[self.journeys, self.period]
        return float(gained.sum() - lost @ decisions.unmet[self.demands, self.period] + near)

    def most(self, problem: PlanningProblem) -> float:
        """Return the gain a year if everybody were treated as well as any journey allows."""
        cases, kind = problem.demand.cases[:, self.period], problem.demand.specialty
        best = self.away[kind].copy()
        reached = problem.journeys.demand
        best[reached] = np.maximum(best[reached], self.treated[kind[reached]])
        near = problem.journeys.demand[self.journeys]
        best[near] = np.maximum(best[near], (self.treated + self.within)[kind[near]])
        return float((cases * best)[self.demands].sum())

    def _of_demands(self, problem: PlanningProblem) -> tuple[Floats, Floats]:
        """What the people of each demand gain if all are treated, and what less if none is."""
        cases, kind = problem.demand.cases[self.demands, self.period], problem.demand.specialty[self.demands]
        return cases * self.treated[kind], cases * (self.treated - self.away)[kind]

    def _of_journeys(self, problem: PlanningProblem) -> Floats:
        """What the people of a demand gain more by each journey within the standard."""
        demand = problem.journeys.demand[self.journeys]
        gain = self.within[problem.demand.specialty[demand]]
        return np.asarray(problem.demand.cases[demand, self.period] * gain)


@dataclass(frozen=True)
class TravelLimit(ProgrammeTarget):
    """At most ``amount`` hours a year on ``journeys``; ``hours`` of all who travel for a yearly case, for each minute
    one way, by specialty.
    """

    journeys: Counted
    hours: Amounts

    component, shortfall = "travel_limit", "excess_travel"
    docs = "hours on the road within their limit", "hours a year on the road above the limit"

    def expression(self, m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
        """Return the hours a year."""
        rows, period = zip(self.journeys.tolist(), self._each(problem).tolist(), strict=True), keys.periods[self.period]
        return sum(each * m.x[(*keys.journey[a], period)] for a, each in rows)

    def achieved(self, problem: PlanningProblem, decisions: Decisions) -> float:
        """Return the hours a year."""
        return float(self._each(problem) @ decisions.shares[self.journeys, self.period])

    def _each(self, problem: PlanningProblem) -> Floats:
        demand = problem.journeys.demand[self.journeys]
        cases, kind = problem.demand.cases[demand, self.period], problem.demand.specialty[demand]
        return np.asarray(cases * self.hours[kind] * problem.journeys.minutes[self.journeys])


@dataclass(frozen=True)
class ServiceLimit(ProgrammeTarget):
    """At most ``amount`` of ``services`` open."""

    services: Rows

    component, shortfall = "service_limit", "excess_services"
    docs = "services of all specialties within their number", "services open above the number"

    def expression(self, m: pyo.ConcreteModel, _: PlanningProblem, keys: Keys) -> Any:
        """Return how many are open."""
        return sum(m.open[(*keys.service[k], keys.periods[self.period])] for k in self.services.tolist())

    def achieved(self, _: PlanningProblem, decisions: Decisions) -> float:
        """Return how many are open."""
        return float(decisions.open[self.services, self.period].sum())
