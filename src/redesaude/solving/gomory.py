"""Cuts of a relaxation: each basic column that should be whole and is not is a row of the simplex tableau, rounded.

What the solver says is only where to look. The row is a sum of rows of the model, and :mod:`redesaude.plan.cuts` makes
the cut of it anew.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from redesaude.plan.certificate import Recipe
from redesaude.plan.certified import Part
from redesaude.plan.cuts import Cut, Rounding
from redesaude.solving.simplex import GrowingRelaxation
from redesaude_models.arrays import Floats

#: a column is worth a cut from so far from a whole number; the maker asks for more than whoever checks, who may round
#: otherwise
_FRACTION = 0.02

#: multipliers below this share of the largest are left out of a row of the tableau
_NOISE = 1e-11

#: how far beyond a cut the relaxation must be, for the size of the cut; how parallel two cuts may be
_BEYOND, _PARALLEL = 1e-4, 0.9


def gomory_cuts(part: Part, relaxed: GrowingRelaxation, values: Floats, most: int) -> list[tuple[Recipe, Cut]]:
    """Return at most so many cuts of the block ``part`` that ``values``, where ``relaxed`` stands, are beyond."""
    found = sorted(_beyond(part, relaxed, values, 2 * most), key=lambda cut: -cut[0])
    kept: list[tuple[Recipe, Cut]] = []
    directions = np.zeros((0, len(values)))
    for _, recipe, cut in found[: 2 * most]:
        direction = cut.coefficients / np.linalg.norm(cut.coefficients)
        if len(kept) < most and (np.abs(directions @ direction) < _PARALLEL).all():
            kept.append((recipe, cut))
            directions = np.vstack([directions, direction])
    return kept


def _beyond(part: Part, relaxed: GrowingRelaxation, values: Floats, most: int) -> Iterator[tuple[float, Recipe, Cut]]:
    """Yield how far ``values`` are beyond each cut of the ``most`` columns that are least whole, and the cut."""
    basis = relaxed.basis
    if basis is None:
        return
    matrix, rounding, size = part.model.matrix, Rounding(part.model), abs(part.model.matrix)
    fraction, upside = np.abs(values - np.round(values)), basis.at_upper & np.isfinite(part.model.column_upper)
    wanted = np.flatnonzero(part.model.integer & (fraction > _FRACTION))
    for column, weights in relaxed.tableau(wanted[np.argsort(-fraction[wanted], kind="stable")][:most]):
        at = slice(matrix.indptr[column], matrix.indptr[column + 1])
        own = float(matrix.data[at] @ weights[matrix.indices[at]])
        if abs(own) < _NOISE:
            continue
        weights = np.where(np.abs(weights) > _NOISE * np.abs(weights).max(), weights / own, 0.0)
        flipped = upside & (size.T @ np.abs(weights) > 0)
        for signed in (weights, -weights):
            cut = rounding.cut(signed, flipped)
            if cut is None:
                continue
            distance = float((cut.least - cut.coefficients @ values) / np.linalg.norm(cut.coefficients))
            if distance > _BEYOND:
                used = np.flatnonzero(signed)
                yield distance, Recipe(part.rows[used], signed[used], part.columns[flipped]), cut
