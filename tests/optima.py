"""What laws compare: the cost of the best plan of a case."""

from __future__ import annotations

import numpy as np

from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Status
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from tiny import EXACT


def optimum(case: Scenario, options: SolveOptions = EXACT) -> float:
    """Least net present cost; infinite where no plan keeps the hard promises."""
    try:
        plan = solve(case, options)
    except InputError:  # cases that must be treated reach no site
        return np.inf
    if plan.status == Status.INFEASIBLE:
        return np.inf
    assert plan.status == Status.OPTIMAL
    assert plan.objective is not None
    return plan.objective


def no_more(changed: float, before: float) -> bool:
    """Whether ``changed`` is at most ``before``, within the tolerance of the solver."""
    return changed <= before + 1e-6 * max(1.0, abs(before)) if np.isfinite(before) else True
