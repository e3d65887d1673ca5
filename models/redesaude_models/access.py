r"""Access promises: enough cases within the standard, for the whole area or for a region.

.. math::
    \sum_{(i,j,s) \text{ within } T} d_{isp} x_{ijsp} + \sigma \ge \rho \sum_i d_{isp} \qquad \text{cases/year}

:math:`\rho` is the promised share. A floor for the worst-off region is one such promise for each region.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pyomo.environ as pyo

from redesaude_models.keys import Keys
from redesaude_models.parts import Holds, Promised, Rows
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.promise import Promise


@dataclass(frozen=True)
class AccessPromise(Promise):
    """At least ``share`` of the cases of ``demands`` on ``journeys`` (those within the standard)."""

    specialty: Annotated[int, Holds.NOTES]
    region: Annotated[str, Holds.NOTES]
    minutes: Annotated[float, Holds.NOTES]
    share: float
    demands: Rows
    journeys: Promised

    component, shortfall, least, level = "access", "short_access", True, "share"
    docs = "share of cases treated within the standard", "cases/year short of the promise"

    def specialty_of(self, problem: PlanningProblem) -> str:
        """Return the specialty whose cases are counted."""
        return problem.specialties.ids[self.specialty]

    def due(self, problem: PlanningProblem) -> float:
        """Return the cases/year that must be treated within the standard."""
        return self.share * float(sum(problem.demand.cases[self.demands, self.period].tolist()))

    def expression(self, m: pyo.ConcreteModel, problem: PlanningProblem, keys: Keys) -> Any:
        """Return the cases/year on the journeys within the standard."""
        cases, period = self._cases(problem).tolist(), keys.periods[self.period]
        rows = zip(self.journeys.tolist(), cases, strict=True)
        return sum(each * m.x[(*keys.journey[a], period)] for a, each in rows)

    def achieved(self, problem: PlanningProblem, decisions: Decisions) -> float:
        """Return the cases/year treated within the standard."""
        return float(self._cases(problem) @ decisions.shares[self.journeys, self.period])

    def _cases(self, problem: PlanningProblem) -> Any:
        return problem.demand.cases[problem.journeys.demand[self.journeys], self.period]
