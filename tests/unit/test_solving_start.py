"""First plans: specialties one after the other, and what happens where the first leave no room for the last."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from random_networks import random_network
from redesaude.assemble import assemble
from redesaude.solving import start
from redesaude.solving.decomposed import _first_plan
from redesaude.solving.highs import solve
from redesaude.solving.layout import in_order, layout_of, together
from redesaude.solving.near import Near
from redesaude.solving.options import Limits
from redesaude.solving.progress import Reporter, Search
from redesaude.solving.relaxation.sharper import sharper
from redesaude.solving.specialties.neighbourhood_search import Ground
from redesaude.solving.specialties.period_aggregation import PeriodAggregation
from redesaude.solving.start import block_by_block, first_plan
from redesaude_models.network import build_model
from redesaude_models.standard_form import linear_model
from tiny import rows, scenario, settings, times


def test_what_was_placed_makes_room_for_what_must_be() -> None:
    """Works may begin at one place only, and ``b`` must be built: ``a``, placed first, gives its centre up."""
    case = scenario(
        settings=settings(horizon_years=5),
        periods=rows({"period_id": "p1", "first_year": 2025, "years": 5, "max_starts": 1}),
        territories=rows({"territory_id": "t", "region_id": "r", "population": 10}),
        specialties=rows(*({"specialty_id": s, "cases_per_100k": 100_000, "unmet_cost": 1e6} for s in ("a", "b"))),
        sites=rows({"site_id": "h", "territory_id": "t"}),
        sizes=rows(*({"specialty_id": s, "size_id": "M", "capacity": 50, "capex": 100} for s in ("a", "b"))),
        site_services=rows({"site_id": "h", "specialty_id": "b", "status": "required"}),
        travel_times=rows({"origin_id": "t", "destination_id": "h", "minutes": 10}),
    )
    problem = assemble(case).problem
    arrays = linear_model(build_model(problem))
    reporter = Reporter()
    begun = block_by_block(arrays, layout_of(arrays, problem), [[0], [1]], Search(Limits(0.0, 20.0), reporter))
    assert begun.complete
    assert arrays.violation(begun.values) <= 1e-6
    opened = [
        variable.index()[1]
        for variable, value in zip(arrays.variables, begun.values, strict=True)
        if variable.parent_component().local_name == "z" and value > 0.5
    ]
    assert opened == ["b"]
    assert np.isfinite(arrays.value(begun.values))
    assert any("no room left" in line for line in reporter.log)


@pytest.mark.parametrize("settled", [True, False])
def test_a_finer_plan_is_made_where_there_is_no_rough_one(settled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = assemble(scenario(**random_network(2))).problem
    arrays = linear_model(build_model(problem))
    layout, order = layout_of(arrays, problem), in_order(problem)
    if not settled:
        monkeypatch.setattr(start, "_settled", lambda *_: None)
    found = first_plan(arrays, layout, order, Search(Limits(0.0, 60.0), Reporter()))
    best = solve(arrays, Limits(0.0, 60.0)).objective
    assert best is not None
    assert (found.complete, found.rough) == (True, settled)
    assert arrays.violation(found.values) <= 1e-6
    assert arrays.value(found.values) >= best * (1 - 1e-9)


def test_one_specialty_that_is_not_settled_leaves_the_others_as_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = assemble(scenario(**random_network(8))).problem
    arrays = linear_model(build_model(problem))
    layout, order, settled, reporter = layout_of(arrays, problem), in_order(problem), start._settled, Reporter()
    asked: list[object] = []

    def first_only(*given: Any) -> Any:
        asked.append(given)
        return settled(*given) if len(asked) == 1 else None

    monkeypatch.setattr(start, "_settled", first_only)
    found = first_plan(arrays, layout, order, Search(Limits(0.0, 60.0), reporter))
    assert (found.complete, found.rough, len(asked)) == (True, True, 3)
    assert arrays.violation(found.values) <= 1e-6
    assert sum("specialties placed" in line for line in reporter.log) == 3


def test_what_is_built_at_once_is_spread_over_the_periods() -> None:
    """Works may begin at one place in a period, and all at once would be best: one begins after the other."""
    case = scenario(
        settings=settings(horizon_years=6),
        periods=rows(
            {"period_id": "p1", "first_year": 2025, "years": 2, "max_starts": 1},
            {"period_id": "p2", "first_year": 2027, "years": 4, "max_starts": 1},
        ),
        territories=rows(*({"territory_id": t, "population": 10} for t in ("t1", "t2"))),
        specialties=rows({"specialty_id": "a", "cases_per_100k": 100_000, "unmet_cost": 1e4}),
        sites=rows(*({"site_id": f"h{n}", "territory_id": f"t{n}"} for n in (1, 2))),
        sizes=rows({"specialty_id": "a", "size_id": "M", "capacity": 10, "capex": 100, "fixed_cost": 1}),
        travel_times=times({"t1": {"h1": 0}, "t2": {"h2": 0}}),
    )
    assembled = assemble(case)
    problem = assembled.problem
    arrays = linear_model(build_model(problem))
    layout, worth = layout_of(arrays, problem), dict(zip(problem.periods, assembled.phases.annuities, strict=True))
    ground = Ground(
        layout, np.zeros((2, 2)), in_order(problem), Near(arrays, assembled, layout), sharper(arrays, problem)
    )
    aggregation = PeriodAggregation(arrays, worth, together(layout, ground.order))
    static, reporter = aggregation.static_network(layout), Reporter()
    found = _first_plan(arrays, ground, Search(Limits(0.0, 20.0), reporter), static)
    best = solve(arrays, Limits(0.0, 20.0)).objective
    assert found is not None
    assert arrays.violation(found.values) <= 1e-6
    assert any("spread over the periods" in line for line in reporter.log)
    assert arrays.value(found.values) == pytest.approx(best, rel=0.05)
    opened = {
        variable.index()[0]: variable.index()[-1]
        for variable, value in zip(arrays.variables, found.values, strict=True)
        if variable.parent_component().local_name == "z" and value > 0.5 and variable.index()[-1] == "p2"
    }
    assert set(opened) == {"h1", "h2"}
