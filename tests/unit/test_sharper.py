"""Rows that follow from others, and sizes counted: they take no plan away and change no cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from random_networks import random_network
from redesaude.assemble import assemble
from redesaude.solving.highs import solve
from redesaude.solving.options import Limits
from redesaude.solving.relaxation.sharper import sharper
from redesaude.solving.simplex import relaxation
from redesaude_models.network import build_model
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel, linear_model
from tiny import scenario

LIMITS = Limits(0.0, 60.0)


def _made(seed: int) -> tuple[LinearModel, PlanningProblem]:
    problem = assemble(scenario(**random_network(seed))).problem
    return linear_model(build_model(problem)), problem


@pytest.mark.parametrize("seed", range(4))
def test_rows_follow_from_the_relaxation(seed: int) -> None:
    model, problem = _made(seed)
    sharp = sharper(model, problem)
    count = sharp.model.matrix.shape[0] - model.matrix.shape[0]
    assert count > 0
    for row in sharp.model.matrix.tocsr()[-count:].toarray():
        least = relaxation(replace(model, cost=row, offset=0.0), LIMITS)
        assert least is None or least.objective >= 1.0 - 1e-6


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(4))
def test_counted_sizes_leave_plans_and_costs(seed: int) -> None:
    model, problem = _made(seed)
    columns = np.arange(len(model.cost))
    sizes = sharper(model, problem).sizes
    counted = sizes.counted(model, columns)
    plain, result = solve(model, LIMITS), solve(counted, LIMITS)
    assert (plain.values is None) == (result.values is None)
    if plain.values is None or result.values is None:
        return
    assert model.value(plain.values) == pytest.approx(counted.value(result.values), rel=1e-6, abs=1e-6)
    assert model.violation(result.values[: len(columns)]) <= 1e-6
    given = sizes.values(model, columns, np.where(model.integer, np.round(plain.values), plain.values))
    assert counted.violation(given) <= 1e-5


def test_a_size_is_counted_under_all_its_contracts() -> None:
    model, problem = _made(3)
    columns = np.arange(len(model.cost))
    counted = sharper(model, problem).sizes.counted(model, columns)
    sums = -counted.matrix.tocsr()[model.matrix.shape[0] :, : len(columns)].toarray()
    assert len(sums) > 0
    for row in sums:
        taken = [model.variables[n].index() for n in np.flatnonzero(row)]
        assert len({(site, specialty, period) for site, specialty, _, _, period in taken}) == 1
        assert len(taken) > 1
        assert set(row[row != 0]) == {1.0}
