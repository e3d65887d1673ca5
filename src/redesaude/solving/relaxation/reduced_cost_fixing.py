r"""Reduced cost fixing: options that the relaxation finds too dear are left out of a model that is solved for a plan.

The relaxation of a location model opens a few hundred of thousands of options. A solution in which an integer column
that the relaxation leaves at its lower bound stands one higher costs at least the column's reduced cost :math:`r` more
than the relaxation (linear duality; Dantzig, Fulkerson and Johnson 1954). Columns whose :math:`r` is more than a small
share of the optimum are fixed at their lower bound. That share is far below the gap, so that a better plan may be lost:
the smaller model gives plans, never a bound.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS
from redesaude.solving.parameters import Relaxation as Parameters
from redesaude.solving.simplex import Relaxation, relaxation
from redesaude_models.arrays import Floats
from redesaude_models.standard_form import LinearModel

_ZERO = 1e-6


def worthwhile_relaxation(
    model: LinearModel, limits: Limits, parameters: Parameters = DEFAULTS.relaxation
) -> Relaxation | None:
    """Return the relaxation of ``model``; None if the model is small, or if that takes longer than ``limits``."""
    worth = model.integer.any() and model.matrix.shape[1] >= parameters.columns
    return relaxation(model, limits) if worth else None


def without_dear(
    model: LinearModel,
    relaxed: Relaxation | None,
    plan: Floats | None = None,
    slack: float = DEFAULTS.relaxation.too_dear,
) -> LinearModel:
    """Return ``model`` with its too dear integer columns fixed at their lower bound; those of ``plan`` stay.

    ``slack`` is the reduced cost, as a share of the optimum, up to which a column stays. Without its relaxation
    the model is returned as it is.
    """
    if relaxed is None:
        return model
    idle = model.integer & (relaxed.values <= model.column_lower + _ZERO)
    closed = idle & (relaxed.reduced_costs > slack * abs(relaxed.objective))
    if plan is not None:
        closed &= plan <= model.column_lower + _ZERO
    return replace(model, column_upper=np.where(closed, model.column_lower, model.column_upper))
