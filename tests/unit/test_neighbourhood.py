"""Which part of a plan is searched next."""

from __future__ import annotations

import numpy as np
import pytest

from redesaude.assemble import assemble
from redesaude.solving.highs import solve
from redesaude.solving.layout import in_order, layout_of, together
from redesaude.solving.near import Near
from redesaude.solving.options import Limits
from redesaude.solving.relaxation.sharper import sharper
from redesaude.solving.simplex import GrowingRelaxation
from redesaude.solving.specialties.blocks import Blocks
from redesaude.solving.specialties.lagrangian_bound import LagrangianBound
from redesaude.solving.specialties.neighbourhood_search import Ground, NeighbourhoodSearch
from redesaude_models.arrays import Floats
from redesaude_models.columns import columns_of
from redesaude_models.keys import keys_of
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
    assembled = assemble(case)
    problem = assembled.problem
    arrays = linear_model(build_model(problem))
    layout, order = layout_of(arrays, problem), in_order(problem)
    assert len(order) == 2
    limits = Limits(0.0, 20.0)
    values = solve(arrays, limits).values
    assert values is not None
    dual, real, turns = (
        LagrangianBound(Blocks(arrays, together(layout, order)), sharper(arrays, problem)),
        GrowingRelaxation.solve,
        [],
    )

    def in_time(self: GrowingRelaxation, limits: Limits) -> object:
        turns.append(self)
        return real(self, limits) if len(turns) <= solved else None

    monkeypatch.setattr(GrowingRelaxation, "solve", in_time)
    next(dual.rise(np.zeros(arrays.matrix.shape[0]), lambda _: limits, lambda: False))
    assert len(dual.excess(values)) == solved
    near = Near(arrays, assembled, layout)
    ground = Ground(layout, np.zeros((len(problem.sites),) * 2), order, near, sharper(arrays, problem))
    around = NeighbourhoodSearch(arrays, ground, values, dual=dual, seed=0, placed=True)
    with np.errstate(all="raise"):
        assert sorted(around._shuffled()) == sorted(order)


class _Deciding:
    """A bound whose blocks would decide anew whenever they are asked."""

    def __init__(self, columns: int) -> None:
        self._columns = columns

    @property
    def proposed(self) -> Floats:
        return np.zeros(self._columns)

    def excess(self, values: Floats) -> dict[int, float]:
        return {}


def _around_a_dear_contract() -> tuple[NeighbourhoodSearch, float]:
    """Search around the best plan under the dearer of two contracts; return it and the cost of the best."""
    contracts = rows(
        {"contract_id": "dear", "delivery_model": "oss", "opex_factor": 1.5},
        {"contract_id": "cheap", "delivery_model": "oss", "opex_factor": 0.8},
    )
    assembled = assemble(scenario(contracts=contracts))
    problem = assembled.problem
    arrays = linear_model(build_model(problem))
    layout, grid = layout_of(arrays, problem), columns_of(arrays)["z"]
    under = np.array([contract for _, _, _, contract in keys_of(problem).option])
    shut = grid[under == "cheap"].ravel()
    values = solve(arrays.fixed(shut, np.zeros(len(shut))), Limits(0.0, 20.0)).values
    best = solve(arrays, Limits(0.0, 20.0)).objective
    assert values is not None
    assert best is not None
    assert arrays.value(values) > best + 50
    near = Near(arrays, assembled, layout)
    ground = Ground(layout, np.zeros((len(problem.sites),) * 2), in_order(problem), near, sharper(arrays, problem))
    count = len(arrays.cost)
    return NeighbourhoodSearch(arrays, ground, values, dual=_Deciding(count), seed=0, placed=True), best


def test_other_contracts_are_tried_for_the_services_as_they_are() -> None:
    around, best = _around_a_dear_contract()
    free = around._ground.near.other_contracts(around.values)
    gain = around._solve(free, around.values, Limits(0.0, 20.0), lambda: False)
    assert gain > 50
    assert around.objective == pytest.approx(best)


def test_what_the_blocks_would_do_does_not_take_every_turn() -> None:
    """A bound that rises at each step tells something new each time; the other neighbourhoods have their turns too."""
    around, _ = _around_a_dear_contract()
    drawn = []
    for _ in range(20):
        turn = around._next()
        if turn is not None:
            operator, _ = turn
            drawn.append(operator)
            if operator is not None:
                around._roulette.credit(operator, 0.0, 1)
    assert drawn[0] is None
    assert drawn.count(None) == 1
    others = {n for n, parts in enumerate(around._roulette._count) if parts}
    assert {operator for operator in drawn if operator is not None} == others
