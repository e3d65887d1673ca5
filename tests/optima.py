"""What laws compare: the cost of the best plan of a case."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.status import Status
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
    """Whether ``changed`` is at most ``before``, within the tolerance of the solver.

    True where ``before`` is infinite, which compares nothing: :func:`holds` counts those that do.
    """
    return changed <= before + 1e-6 * max(1.0, abs(before)) if np.isfinite(before) else True


Pair = Callable[[int], tuple[float, float]]
"""the optima of a random case and of what the law makes of it, by a seed"""


def holds(law: Pair, *, compared: int = 3, strictly: int = 1, most: int = 40) -> None:
    """Hold ``law``, the smaller cost first, on random cases until enough of them compared something.

    A case without any plan compares nothing. A law of which ``most`` cases do not compare ``compared``, ``strictly`` of
    them unequal, says nothing, and fails.
    """
    finite = unequal = 0
    for seed in range(most):
        less, more = law(seed)
        if np.isinf(more):
            continue
        assert no_more(less, more), f"seed {seed}: {less!r} is more than {more!r}"
        finite += 1
        unequal += not no_more(more, less)
        if finite >= compared and unequal >= strictly:
            return
    raise AssertionError(f"of {most} cases {finite} compared something, {unequal} of them strictly")


def same(law: Pair, *, compared: int = 3, most: int = 40) -> None:
    """Hold that both costs of ``law`` are the same, on ``compared`` random cases that have a plan."""
    finite = 0
    for seed in range(most):
        one, other = law(seed)
        assert other == pytest.approx(one, rel=1e-6), f"seed {seed}"
        finite += bool(np.isfinite(one))
        if finite >= compared:
            return
    raise AssertionError(f"of {most} cases {finite} have a plan")
