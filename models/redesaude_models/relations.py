"""Relations that may turn out to hold no variable at all."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo


def relation(expression: Any) -> Any:
    """Return ``expression`` as a constraint body; a relation between plain numbers is always kept, or never."""
    if isinstance(expression, bool):
        return pyo.Constraint.Feasible if expression else pyo.Constraint.Infeasible
    return expression
