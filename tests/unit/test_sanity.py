"""The solver is tried on a model of known optimum before it is trusted."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import tiny
from redesaude.errors import SolverError
from redesaude.solving import sanity
from redesaude.solving.highs import solve as solved
from redesaude.solving.sanity import OPTIMUM, check_solver, siting_model
from redesaude.solving.solve import solve


def test_the_optimum_is_that_of_enumeration() -> None:
    model = siting_model()
    costs = [
        model.value(values)
        for places in product((0.0, 1.0), repeat=8)  # with whole shares all that is unmet is whole, too
        if model.violation(values := np.array(places)) == 0
    ]
    assert min(costs) == OPTIMUM


def test_a_solver_that_is_wrong_is_told_before_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    check_solver.cache_clear()
    monkeypatch.setattr(sanity, "solve", lambda *given: replace(solved(*given), objective=65.0))
    with pytest.raises(SolverError, match="highspy"):
        solve(tiny.scenario(), tiny.EXACT)
    monkeypatch.undo()
    check_solver()
