r"""What the relaxation finds promising or settled: a smaller model, solved first and quickly.

The relaxation of a location model opens a few hundred of thousands of options. An integer column that it leaves at its
lower bound, at a reduced cost :math:`r` that is more than a small share of the optimum, would make the plan dearer by
at least :math:`r` (linear duality); the promising model closes those. The settled one keeps all integers that are whole
in the relaxation (relaxation enforced neighbourhood search: Berthold 2014); only the few others are decided. What is
left out is left out for the plan only, never for a bound.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from redesaude.solving.highs import Relaxation, relaxation
from redesaude.solving.options import Limits
from redesaude_models.standard_form import Floats, LinearModel

#: columns from which a model is worth its relaxation first
_LARGE = 5_000

#: reduced cost, as a share of the optimum, from which an integer column is closed
_TOO_DEAR = 1e-6

_ZERO = 1e-6


def glance(model: LinearModel, limits: Limits) -> Relaxation | None:
    """Return the relaxation of ``model``; None if the model is small, or if that takes longer than ``limits``."""
    worth = model.integer.any() and model.matrix.shape[1] >= _LARGE
    return relaxation(model, limits) if worth else None


def promising(
    model: LinearModel, relaxed: Relaxation | None, plan: Floats | None = None, slack: float = _TOO_DEAR
) -> LinearModel:
    """Return ``model`` with its unpromising integer columns fixed at their lower bound; those of ``plan`` stay.

    ``slack`` is the reduced cost, as a share of the optimum, up to which a column is promising. Without its relaxation
    the model is returned as it is.
    """
    if relaxed is None:
        return model
    idle = model.integer & (relaxed.values <= model.column_lower + _ZERO)
    closed = idle & (relaxed.reduced_costs > slack * abs(relaxed.objective))
    if plan is not None:
        closed &= plan <= model.column_lower + _ZERO
    return replace(model, column_upper=np.where(closed, model.column_lower, model.column_upper))


def settled(model: LinearModel, relaxed: Relaxation) -> LinearModel:
    """Return ``model`` with every integer column fixed that is whole in its relaxation."""
    whole = np.round(relaxed.values)
    columns = np.flatnonzero(model.integer & (np.abs(relaxed.values - whole) <= _ZERO))
    return model.fixed(columns, whole[columns])
