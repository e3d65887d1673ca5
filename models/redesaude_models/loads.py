r"""Load ceilings: relieve a hub of cases that come from outside its area.

.. math::
    \sum_{(i,j,s) \in \text{journeys}} d_{isp} x_{ijsp} + \sum_{\text{transfers}} f_{jkbp} - \sigma \le L
    \qquad \text{cases/year}

Transfers are counted where they come from a service outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyomo.environ as pyo

from redesaude_models.arrays import no_rows
from redesaude_models.keys import Keys
from redesaude_models.parts import Counted, Rows
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.promise import Promise
from redesaude_models.tiers import transfer_keys


@dataclass(frozen=True)
class LoadCeiling(Promise):
    """At most ``limit`` cases/year on ``journeys`` and ``transfers`` to a hub from outside its area."""

    limit: float
    journeys: Counted
    transfers: Rows = field(default_factory=no_rows)

    component, shortfall = "load_ceiling", "excess_load"
    docs = "cases from outside within the ceiling of the hub", "cases/year above the ceiling"

    def due(self, _: PlanningProblem) -> float:
        """Return the ceiling, cases/year."""
        return self.limit

    def expression(self, m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
        """Return the cases/year that come to the hub from outside its area."""
        cases, period = self._cases(problem).tolist(), keys.periods[self.period]
        rows = zip(self.journeys.tolist(), cases, strict=True)
        coming = sum(each * m.x[(*keys.journey[a], period)] for a, each in rows)
        transfers = transfer_keys(problem, keys) if len(self.transfers) else ()
        return coming + sum(m.sent[(*transfers[n], period)] for n in self.transfers.tolist())

    def achieved(self, problem: PlanningProblem, decisions: Decisions) -> float:
        """Return the cases/year that come to the hub from outside its area."""
        sent = decisions.referral.sent[self.transfers, self.period].sum() if len(self.transfers) else 0.0
        return float(self._cases(problem) @ decisions.shares[self.journeys, self.period] + sent)

    def _cases(self, problem: PlanningProblem) -> Any:
        return problem.demand.cases[problem.journeys.demand[self.journeys], self.period]
