"""A basis for the relaxation of the whole model, from those of its blocks without prices.

The optimal bases of the blocks together, with all coupling rows basic, are dual feasible for the whole: without prices
coupling rows move no reduced cost. Only coupling rows may be broken, so that the dual simplex method begins near its
end (advanced start; Maros 2003, section 9.8). Seen on Mato Grosso: 11.6 processor seconds from nothing, 1.4 and 5.7 so.
"""

from __future__ import annotations

from redesaude.solving.options import Limits
from redesaude.solving.simplex import Basis, GrowingRelaxation, Relaxation, relaxation
from redesaude.solving.specialties.blocks import Blocks


def relaxation_from_blocks(blocks: Blocks, limits: Limits) -> Relaxation | None:
    """Return the linear relaxation of the model of ``blocks``; None if it takes longer than the limits."""
    model, solved, began = blocks.arrays, dict[int, GrowingRelaxation](), limits.clock.now
    for name in blocks.names:
        part, _ = blocks.alone(name, model.cost)
        solved[name] = GrowingRelaxation(part, limits)
        solved[name].solve(limits.since(began))
    return relaxation(model, limits.since(began), basis_of_blocks(blocks, solved))


def basis_of_blocks(blocks: Blocks, solved: dict[int, GrowingRelaxation]) -> Basis:
    """Return the basis that those of blocks ``solved`` without prices make of the whole."""
    whole = Basis.of_rows(blocks.arrays.matrix.shape)
    for name, model in solved.items():
        if (basis := model.basis) is not None:
            whole.columns[blocks.columns(name)] = basis.columns
            whole.rows[blocks.rows(name)] = basis.rows
    return whole
