"""Which part of a plan is searched next."""

from __future__ import annotations

import numpy as np
import pytest

from redesaude.assemble import assemble
from redesaude.solving.highs import GrowingRelaxation, solve
from redesaude.solving.layout import in_order, layout_of, together
from redesaude.solving.options import Limits
from redesaude.solving.specialties.blocks import Blocks
from redesaude.solving.specialties.lagrangian_bound import LagrangianBound
from redesaude.solving.specialties.neighbourhood_search import Ground, NeighbourhoodSearch
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model
from tiny import rows, scenario


@pytest.mark.parametrize("solved", [0, 1, 2])
def test_blocks_of_which_nothing_is_proven_in_time_are_searched_too(
    solved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = ("a", "b")
    case = scenario(
        specialties=rows(*({"specialty_id": s, "cases_per_100k": 100_000, "unmet_cost": 500} for s in two)),
        sizes=rows(*({"specialty_id": s, "size_id": "M", "capacity": 50, "fixed_cost": 100} for s in two)),
    )
    problem = assemble(case).problem
    model = build_model(problem)
    arrays = linear_model(model)
    layout, order = layout_of(arrays, problem), in_order(problem)
    assert len(order) == 2
    limits = Limits(0.0, 20.0)
    values = solve(arrays, limits).values
    assert values is not None
    dual, real, turns = (
        LagrangianBound(Blocks(arrays, together(layout, order)), layout.share),
        GrowingRelaxation.solve,
        [],
    )

    def in_time(self: GrowingRelaxation, limits: Limits) -> object:
        turns.append(self)
        return real(self, limits) if len(turns) <= solved else None

    monkeypatch.setattr(GrowingRelaxation, "solve", in_time)
    next(dual.rise(np.zeros(arrays.matrix.shape[0]), lambda _: limits, lambda: False))
    assert len(dual.excess(values)) == solved
    ground = Ground(layout, np.zeros((len(problem.sites),) * 2), order)
    around = NeighbourhoodSearch(arrays, ground, values, dual=dual, seed=0, placed=True)
    with np.errstate(all="raise"):
        assert sorted(around._shuffled()) == sorted(order)
