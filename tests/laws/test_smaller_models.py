"""What the relaxation settles, or finds promising, is a smaller model whose solutions are plans."""

from __future__ import annotations

import numpy as np
import pytest
from test_decomposed import network

from optima import no_more
from redesaude.assemble import assemble
from redesaude.solving.highs import solve
from redesaude.solving.layout import in_order, layout_of
from redesaude.solving.options import Limits
from redesaude.solving.parameters import Relaxation, SearchParameters
from redesaude.solving.progress import Reporter, Search
from redesaude.solving.relaxation.reduced_cost_fixing import without_dear
from redesaude.solving.relaxation.rens import enforced
from redesaude.solving.simplex import relaxation
from redesaude.solving.start import first_plan
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model

pytestmark = pytest.mark.long

EXACT = Limits(0.0, 20.0)


@pytest.mark.parametrize("seed", range(22, 30))
def test_solutions_of_the_smaller_models_are_plans(seed: int) -> None:
    arrays = linear_model(build_model(assemble(network(seed)).problem))
    relaxed = relaxation(arrays, EXACT)
    optimum = solve(arrays, EXACT).objective
    assert relaxed is not None
    assert optimum is not None
    decided = enforced(arrays, relaxed)
    for model in (decided, without_dear(arrays, relaxed)):
        found = solve(model, EXACT)
        if found.values is not None:
            assert arrays.violation(found.values) <= 1e-6
            assert no_more(optimum, arrays.value(found.values))
    free = arrays.integer & (decided.column_lower < decided.column_upper)
    parts = relaxed.values[free]
    assert (np.abs(parts - np.round(parts)) > 1e-6).all()
    whole = arrays.integer & ~free
    assert decided.column_upper[whole] == pytest.approx(relaxed.values[whole], abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_first_plans_begin_with_what_the_relaxation_settles(seed: int) -> None:
    always = SearchParameters(relaxation=Relaxation(columns=1))  # small as they are, look at their relaxation first
    problem = assemble(network(seed)).problem
    arrays = linear_model(build_model(problem))
    start = first_plan(
        arrays, layout_of(arrays, problem), in_order(problem), Search(EXACT, Reporter(), parameters=always)
    )
    assert start.complete
    assert arrays.violation(start.values) <= 1e-6
