"""How far a plan is from its bound, and when the two contradict each other."""

from __future__ import annotations

#: share of what is compared that rounding explains: the tolerance to which a solver keeps rows, and an audit costs
ROUNDING = 1e-6


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return (objective - bound) / |objective|, None if either is None.

    Below zero the bound lies above the plan: by less than :data:`ROUNDING` it is rounding, by more it is false.
    """
    if objective is None or bound is None:
        return None
    return (objective - bound) / max(abs(objective), 1e-9)


def reached(gap: float | None, asked: float) -> bool:
    """Return whether ``gap`` is as small as was ``asked`` for."""
    return gap is not None and gap <= asked + ROUNDING


def contradicts(bound: float, cost: float, turnover: float = 0.0) -> bool:
    """Return whether a plan of ``cost`` disproves ``bound``: it costs less, by more than rounding explains.

    ``turnover`` is the money that the plan moves, where receipts leave little of it in its cost. Where nothing costs
    anything, a millionth of one unit of currency is still nothing.
    """
    return bound - cost > ROUNDING * max(abs(bound), abs(cost), turnover, 1.0)
