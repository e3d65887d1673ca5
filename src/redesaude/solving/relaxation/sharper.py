"""A model in a sharper form, for parts of it that are solved in integers: rows that follow from others, sizes counted.

Neither takes a plan away or changes what one costs.
"""

from __future__ import annotations

from dataclasses import dataclass

from redesaude.solving.relaxation.aggregate_capacity import with_aggregate_capacity
from redesaude.solving.relaxation.counted_sizes import CountedSizes
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel


@dataclass(frozen=True)
class Sharper:
    """The ``model`` with rows that follow from others as its last ones, and what counts the ``sizes`` of services in
    any part of it.
    """

    model: LinearModel
    sizes: CountedSizes


def sharper(model: LinearModel, problem: PlanningProblem) -> Sharper:
    """Return the sharper form of the ``model`` of ``problem``; its columns are the same."""
    return Sharper(with_aggregate_capacity(model, problem), CountedSizes(model, problem))
