"""A plan in its model: the values of all columns beside the model and the problem that they are of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo

from redesaude.solving.core.journey_core import Core, core_of
from redesaude.solving.modelling import modelling
from redesaude_models.arrays import Flags, Floats
from redesaude_models.columns import columns_of
from redesaude_models.contracts import hosting_of_options
from redesaude_models.network import build_model, read_decisions
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.standard_form import LinearModel, linear_model, load_values


@dataclass(frozen=True)
class Incumbent:
    """A plan as the ``values`` of the columns of ``arrays``, made from the Pyomo ``model`` of ``core.problem``.

    ``arrays`` may hold rows that ``model`` does not (:mod:`redesaude.solving.relaxation.aggregate_capacity`), and only
    plans of the whole problem.
    """

    model: pyo.ConcreteModel
    arrays: LinearModel
    core: Core
    values: Floats

    @property
    def objective(self) -> float:
        """Net present cost, currency of the base year."""
        return self.arrays.value(self.values)

    def decisions(self) -> Decisions:
        """Return the plan in the rows of the whole problem."""
        with modelling:  # plans of one model are read through its variables
            load_values(self.arrays, self.values)
            found = read_decisions(self.model, self.core.problem)
        return self.core.of_whole(found)


def whole(problem: PlanningProblem) -> Core:
    """Return ``problem`` as its own core."""
    return Core(problem, problem, np.arange(len(problem.journeys.demand)))


def in_model(problem: PlanningProblem, decisions: Decisions, kept: Flags) -> Incumbent:
    """Return ``decisions`` in the model of ``problem`` with the ``kept`` journeys alone: its integers, the rest is 0.

    For problems in which all integers are services, options, contracts and whole shares.
    """
    core = whole(problem) if kept.all() else core_of(problem, kept)
    with modelling:
        model, periods = build_model(core.problem), len(problem.periods)
        relaxed = linear_model(model)
    hosting = np.zeros((len(problem.hosting.site), periods), dtype=bool)
    np.logical_or.at(hosting, hosting_of_options(problem), decisions.options)
    lettings = np.zeros((len(problem.lettings.lot), periods), dtype=bool)
    np.logical_or.at(lettings, problem.hosting.let, hosting)
    arrays = core.restricted(relaxed)
    values, columns = np.zeros(len(arrays.cost)), columns_of(arrays)
    columns.put("open", decisions.open, values)
    columns.put("z", decisions.options, values)
    columns.put("w", hosting, values)
    columns.put("b", lettings, values)
    columns.put("x", decisions.shares[core.journeys], values)
    return Incumbent(model, arrays, core, np.where(arrays.integer, np.round(values), 0.0))
