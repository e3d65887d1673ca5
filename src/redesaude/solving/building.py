"""Building a model, which takes its time whatever is left of it: begun only where it will be done in time, and given up
between two of its pages where it is not.

How fast a machine builds is known for one that does nothing else. A model that took longer than that tells the clock
by how much, and what is built later is expected to take as much longer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyomo.environ as pyo

from redesaude.solving.clock import Clock
from redesaude.solving.modelling import modelling
from redesaude.solving.progress import Search
from redesaude_models.network import build_model
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel, linear_model

#: how long the arrays of a model take, in times of its pages
_ARRAYS = 0.5


@dataclass(frozen=True)
class Built:
    """A Pyomo ``model`` and its ``arrays``."""

    model: pyo.ConcreteModel
    arrays: LinearModel


class _TooLateError(Exception):
    """The time of the search was over while a model was built."""


def soon_built(problem: PlanningProblem, search: Search, most: int | None = None) -> bool:
    """Return whether there is time to build the model of a problem, or of at ``most`` so many of its journeys; if not,
    tell.
    """
    if search.clock.allows(_foreseen(problem, search, most)):
        return True
    search.reporter.tell("build", f"{len(problem.journeys.demand):,} journeys: no time left to build their model")
    return False


def built(problem: PlanningProblem, search: Search) -> Built | None:
    """Return the model of ``problem``; None where the search is stopped, or its time and grace are over, before that.

    The end is looked for between the pages of the model, and before the last step ahead by as long as that takes.
    """
    clock, grace = search.clock, search.parameters.ways.grace_seconds
    with clock.foreseen(_foreseen(problem, search)):
        found = built_before(problem, clock, lambda ahead: search.stopped() or clock.to_the_end + grace < ahead)
    if found is None:
        search.reporter.tell("build", f"{len(problem.journeys.demand):,} journeys: given up, no time left")
    return found


def built_before(problem: PlanningProblem, clock: Clock, over: Callable[[float], bool]) -> Built | None:
    """Return the model of ``problem``; None where it is ``over`` before that, which is asked between the pages of the
    model, and before the last step for the seconds that this takes.
    """
    began = clock.to_the_end

    def look(ahead: float = 0.0) -> None:
        if over(ahead):
            raise _TooLateError

    try:
        with modelling:
            model = build_model(problem, look)
            look(_ARRAYS * (began - clock.to_the_end))
            return Built(model, linear_model(model))
    except _TooLateError:
        return None


def _foreseen(problem: PlanningProblem, search: Search, most: int | None = None) -> float:
    """Return the seconds that building takes a machine that does nothing else."""
    count = len(problem.journeys.demand)
    count = count if most is None else min(count, most)
    return count * len(problem.periods) / search.parameters.large.built
