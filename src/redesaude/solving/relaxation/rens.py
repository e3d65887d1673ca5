r"""Relaxation enforced neighbourhood search: integers that are whole in the relaxation are taken as they are.

In a location model most are; only the few others are decided, in a model that is solved quickly (RENS: Berthold 2014).
The relaxation need not settle them as the best plan does: the smaller model gives plans, never a bound.
"""

from __future__ import annotations

import numpy as np

from redesaude.solving.simplex import Relaxation
from redesaude_models.standard_form import LinearModel

#: a value is whole within this
_WHOLE = 1e-6


def enforced(model: LinearModel, relaxed: Relaxation) -> LinearModel:
    """Return ``model`` with every integer column fixed that is whole in its relaxation."""
    whole = np.round(relaxed.values)
    columns = np.flatnonzero(model.integer & (np.abs(relaxed.values - whole) <= _WHOLE))
    return model.fixed(columns, whole[columns])
