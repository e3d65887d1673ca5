"""Laws of looking at all periods at once: its plans are plans, and no price makes a bound that is too high."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from random_tables import phased_tables
from redesaude.assemble import assemble
from redesaude.errors import InputError
from redesaude.solving.highs import solve as highs
from redesaude.solving.layout import Layout, in_order, layout_of, together
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.parameters import Large, SearchParameters
from redesaude.solving.relaxation.sharper import Sharper, sharper
from redesaude.solving.solve import solve
from redesaude.solving.specialties.blocks import Blocks
from redesaude.solving.specialties.lagrangian_bound import LagrangianBound
from redesaude.solving.specialties.period_aggregation import PeriodAggregation, _time_of
from redesaude_models.network import build_model
from redesaude_models.places import Time
from redesaude_models.standard_form import LinearModel, linear_model
from tiny import scenario

pytestmark = pytest.mark.long

LIMITS = Limits(0.0, 30.0)


def phased(seed: int) -> tuple[LinearModel, Layout, PeriodAggregation, Sharper] | None:
    """The arrays of a random scenario in three periods; None where its tables hold a contradiction."""
    try:
        assembled = assemble(scenario(**phased_tables(seed, 2, 3, 4, growth=0.03)))
    except InputError:
        return None
    arrays = linear_model(build_model(assembled.problem))
    worth = dict(zip(assembled.problem.periods, assembled.phases.annuities.tolist(), strict=True))
    if not arrays.variables:
        return None
    sharp = sharper(arrays, assembled.problem)
    layout = layout_of(arrays, assembled.problem)
    owner = together(layout, in_order(assembled.problem))
    return arrays, layout, PeriodAggregation(arrays, worth, owner), sharp


@pytest.mark.parametrize("seed", range(40))
def test_standing_networks_are_plans_and_prices_bound(seed: int) -> None:
    case = phased(seed)
    if case is None:
        pytest.skip("the tables contradict themselves")
    arrays, layout, aggregation, sharp = case
    optimum = highs(arrays, LIMITS)
    best = optimum.objective
    static = aggregation.static_network(layout)
    still = highs(static.arrays, LIMITS)
    if still.values is not None:
        values = still.values[static.column]
        assert arrays.value(values) == pytest.approx(still.objective, rel=1e-9, abs=1e-6)
        model = arrays.variables[0].model()
        once = np.array([_time_of(model.component(name)) is Time.ONCE for name, _ in arrays.rows])
        over = arrays.matrix @ values - arrays.row_upper > 1e-6
        assert not (over & ~once).any()  # what is spent once may be spent in any period, and in all of them no more
        assert replace(arrays, row_upper=np.where(over, np.inf, arrays.row_upper)).violation(values) <= 1e-6
        if not over.any():
            assert best is not None
            assert best <= arrays.value(values) + 1e-6 * abs(best)
    below = LagrangianBound(Blocks(arrays, layout.specialty), sharp, aggregation)
    multipliers, _ = below.multipliers(LIMITS)
    bound = list(below.rise(multipliers, lambda _: LIMITS, lambda: False, lambda: optimum.values))[-1]
    assert best is None or bound <= best + 1e-6 * abs(best)


@pytest.mark.parametrize("seed", range(40, 60))
def test_engine_with_periods_aggregated_finds_the_optimum(seed: int) -> None:
    try:
        case = scenario(**phased_tables(seed, 2, 3, 4, growth=0.03))
        direct = solve(case, SolveOptions(gap=0.0, time_limit=30.0, engine="direct"))
    except InputError:
        pytest.skip("cases that must be treated reach no site")
    every = SearchParameters(large=Large(columns=1))
    apart = solve(case, SolveOptions(gap=0.0, time_limit=30.0, engine="decomposed", search=every))
    assert apart.status == direct.status
    if direct.objective is None:
        pytest.skip("no plan keeps the hard promises, as both engines say")
    assert apart.objective == pytest.approx(direct.objective, rel=1e-6)
    assert apart.bound is not None
    assert apart.bound <= direct.objective + 1e-6 * abs(direct.objective)


def test_columns_alike_in_all_but_the_period_become_one() -> None:
    case = next(found for seed in range(40) if (found := phased(seed)) is not None)
    arrays, layout, aggregation, _ = case
    static = aggregation.static_network(layout)
    names = [(v.parent_component().local_name, v.index()) for v in arrays.variables]
    for name, one in (("open", True), ("x", True), ("v", False)):
        rows = [n for n, (component, _) in enumerate(names) if component == name]
        alike = {names[n][1][:-1] for n in rows}
        assert len(np.unique(static.column[rows])) == (len(alike) if one else len(rows))
