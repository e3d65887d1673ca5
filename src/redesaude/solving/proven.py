r"""What the duals of a linear relaxation prove, whatever the solver meant by them.

Weak duality holds for any multipliers, so the numbers of the solver are only where to look; sums and reduced costs are
rounded against us (:mod:`redesaude.plan.outward`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from redesaude.plan.certified import Part
from redesaude.plan.outward import at_least, reduced
from redesaude.solving.bounding_tree import allowed
from redesaude_models.arrays import Flags, Floats
from redesaude_models.standard_form import LinearModel


@dataclass(frozen=True)
class Proof:
    """A solution of a model costs at least ``value``, and at least by ``up`` more if a column is a unit above its lower
    end, by ``down`` if it is one below its upper end, (columns,).
    """

    value: float
    up: Floats
    down: Floats

    def settled(self, cost: float) -> tuple[Flags, Flags]:
        """Return which columns stay at their lower end in any solution cheaper than ``cost``, and which at their upper.

        A solution with such a column a unit away from there costs ``cost`` or more.
        """
        return self.up > cost - self.value, self.down > cost - self.value


def proof(model: LinearModel, duals: Floats) -> Proof:
    """Return what ``duals`` of the rows of ``model`` prove of its solutions, whole or not."""
    rows, columns = model.matrix.shape
    return proof_of(Part(model, np.arange(rows), np.arange(columns), np.zeros(columns)), duals)


def proof_of(part: Part, duals: Floats) -> Proof:
    """Return what ``duals`` of the rows of one block prove of it."""
    model, multipliers = part.model, allowed(part, duals)
    value = at_least(np.array([model.offset, part.bound(multipliers, (model.column_lower, model.column_upper))]))
    d, wide = reduced(model.cost, part.off, model.matrix, multipliers)
    return Proof(value, np.maximum(d - wide, 0.0), np.maximum(-d - wide, 0.0))
