r"""Limits of number: at most so many of some services are open at once, sites under a contract, services of a
lot, beds of a building.

.. math::
    \sum_{(j,s) \in S} y_{jsp} - \sigma &\le n \\
    \sum_{j} w_{jcp} - \sigma &\le n & \text{sites of a pilot, until contract c is extended} \\
    \sum_{o \in O_{cg}} z_{op} - \sigma &\le n & \text{services let together in lot g under contract c} \\
    \sum_{o \in O_j} a_o z_{op} - \sigma &\le n & \text{beds or theatres of site j beside general work}

:math:`S` is whatever the limit is about: the sites of an area in one specialty, or in several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo

from redesaude_models.keys import Keys
from redesaude_models.parts import Amounts, Rows
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.promise import Promise


@dataclass(frozen=True)
class CountLimit(Promise):
    """At most ``most`` of ``services`` are open."""

    most: float
    services: Rows

    component, shortfall = "count_limit", "excess_count"
    docs = "services open within their number", "services open above the number"

    def due(self, _: PlanningProblem) -> float:
        """Return how many may be open."""
        return self.most

    def expression(self, m: pyo.ConcreteModel, _: PlanningProblem, keys: Keys) -> Any:
        """Return how many are open."""
        return sum(m.open[(*keys.service[k], keys.periods[self.period])] for k in self.services.tolist())

    def achieved(self, _: PlanningProblem, decisions: Decisions) -> float:
        """Return how many are open."""
        return float(decisions.open[self.services, self.period].sum())


@dataclass(frozen=True)
class SiteLimit(Promise):
    """At most ``most`` of the sites and contracts in the rows ``hosting`` run."""

    most: float
    hosting: Rows

    component, shortfall = "site_limit", "excess_sites"
    docs = "sites under a contract within their number", "sites under a contract above the number"

    def due(self, _: PlanningProblem) -> float:
        """Return how many may run."""
        return self.most

    def expression(self, m: pyo.ConcreteModel, _: PlanningProblem, keys: Keys) -> Any:
        """Return how many run."""
        return sum(m.w[(*keys.hosting[h], keys.periods[self.period])] for h in self.hosting.tolist())

    def achieved(self, _: PlanningProblem, decisions: Decisions) -> float:
        """Return how many run."""
        return float(decisions.hosting[self.hosting, self.period].sum())


@dataclass(frozen=True)
class LotLimit(Promise):
    """At most ``most`` of the ``options`` (rows) are chosen: the services that one contract lets in one lot."""

    most: float
    options: Rows

    component, shortfall = "lot_limit", "excess_lot"
    docs = "services of a lot within their number", "services of a lot above the number"

    def due(self, _: PlanningProblem) -> float:
        """Return how many may be let."""
        return self.most

    def expression(self, m: pyo.ConcreteModel, _: PlanningProblem, keys: Keys) -> Any:
        """Return how many are let."""
        return sum(m.z[(*keys.option[o], keys.periods[self.period])] for o in self.options.tolist())

    def achieved(self, _: PlanningProblem, decisions: Decisions) -> float:
        """Return how many are let."""
        return float(decisions.options[self.options, self.period].sum())


@dataclass(frozen=True)
class BuildingLimit(Promise):
    """At most ``most`` of what each option takes of a building (``need``, options; 0 at other sites)."""

    most: float
    need: Amounts

    component, shortfall = "building", "excess_building"
    docs = "what services take of a building within its room", "what services take above the room of a building"

    def due(self, _: PlanningProblem) -> float:
        """Return what general work leaves (beds or theatres)."""
        return self.most

    def expression(self, m: pyo.ConcreteModel, _: PlanningProblem, keys: Keys) -> Any:
        """Return what open options take."""
        period = keys.periods[self.period]
        return sum(float(self.need[o]) * m.z[(*keys.option[o], period)] for o in np.flatnonzero(self.need).tolist())

    def achieved(self, _: PlanningProblem, decisions: Decisions) -> float:
        """Return what open options take."""
        return float(self.need @ decisions.options[:, self.period])
