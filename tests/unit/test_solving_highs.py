"""The bridge to HiGHS, against Pyomo's own interface and by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace

import highspy
import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.contrib.solver.common.factory import SolverFactory
from scipy.sparse import csc_array

from redesaude.errors import SolverError
from redesaude.solving.highs import SolverResult, solve
from redesaude.solving.options import Limits
from redesaude.status import Termination
from redesaude_models.standard_form import LinearModel, linear_model, load_values

EXACT = Limits(gap=0.0, seconds=20.0)

#: what a run of HiGHS that failed tells of itself
NOTHING_FOUND = {
    "primal_solution_status": highspy.SolutionStatus.kSolutionStatusNone,
    "simplex_iteration_count": 0,
    "ipm_iteration_count": 0,
    "mip_node_count": 0,
}


def _model(*bounds: tuple[float | None, float | None], domain: pyo.Var = pyo.Reals) -> pyo.ConcreteModel:
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(len(bounds)), bounds=lambda _, n: bounds[n], domain=domain)
    return m


def ranges() -> pyo.ConcreteModel:
    m = _model((0, 10), (0, 10))
    m.c = pyo.Constraint(expr=(3, m.x[0] + 2 * m.x[1], 8))
    m.d = pyo.Constraint(expr=(-1, m.x[0] - m.x[1], 1))
    m.o = pyo.Objective(expr=2 * m.x[0] + 3 * m.x[1])
    return m


def upper_side_of_a_range() -> pyo.ConcreteModel:
    m = ranges()
    m.del_component(m.o)
    m.o = pyo.Objective(expr=-2 * m.x[0] - 3 * m.x[1])
    return m


def equality_with_integers() -> pyo.ConcreteModel:
    m = _model((0, 9), (0, 9), (0, 9), domain=pyo.Integers)
    m.c = pyo.Constraint(expr=3 * m.x[0] + 5 * m.x[1] + 7 * m.x[2] == 29)
    m.o = pyo.Objective(expr=4 * m.x[0] + 6 * m.x[1] + 9 * m.x[2])
    return m


def fixed_variables() -> pyo.ConcreteModel:
    m = equality_with_integers()
    m.x[1].fix(3)
    return m


def free_variables_and_offset() -> pyo.ConcreteModel:
    m = _model((None, None), (None, None))
    m.c = pyo.Constraint(expr=m.x[0] + m.x[1] >= -4)
    m.d = pyo.Constraint(expr=m.x[0] - m.x[1] == 3)
    m.o = pyo.Objective(expr=5 * m.x[0] + 2 * m.x[1] + 1234.5)
    return m


def constants_in_rows() -> pyo.ConcreteModel:
    m = _model((0, None), (0, None))
    m.c = pyo.Constraint(expr=m.x[0] + 7 >= 3 * m.x[1] + 9)
    m.d = pyo.Constraint(expr=m.x[0] + m.x[1] + 2 <= 12)
    m.o = pyo.Objective(expr=m.x[0] - 10 * m.x[1])
    return m


def knapsack(items: int = 12, seed: int = 3) -> pyo.ConcreteModel:
    rng = np.random.default_rng(seed)
    weight, value = rng.integers(5, 40, items).tolist(), rng.integers(5, 40, items).tolist()
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(items), domain=pyo.Binary)
    m.c = pyo.Constraint(expr=sum(weight[n] * m.x[n] for n in range(items)) <= sum(weight) / 2)
    m.o = pyo.Objective(expr=-sum(1e6 * value[n] * m.x[n] for n in range(items)))
    return m


MODELS = (
    ranges,
    upper_side_of_a_range,
    equality_with_integers,
    fixed_variables,
    free_variables_and_offset,
    constants_in_rows,
    knapsack,
)


@pytest.mark.parametrize("make", MODELS)
def test_same_optimum_as_pyomo(make: Callable[[], pyo.ConcreteModel]) -> None:
    theirs = make()
    SolverFactory("highs").solve(theirs, solver_options={"mip_rel_gap": 0.0})
    outcome = solve(linear_model(make()), EXACT)
    assert outcome.termination == Termination.GAP_REACHED
    assert outcome.objective == pytest.approx(pyo.value(theirs.o), rel=1e-9)
    assert outcome.bound == pytest.approx(pyo.value(theirs.o), rel=1e-6)


@pytest.mark.parametrize("make", MODELS)
def test_values_loaded_keep_the_rows_of_the_model(make: Callable[[], pyo.ConcreteModel]) -> None:
    model = make()
    arrays = linear_model(model)
    outcome = solve(arrays, EXACT)
    assert outcome.values is not None
    load_values(arrays, outcome.values)
    for row in model.component_data_objects(pyo.Constraint):
        assert row.lslack() >= -1e-6
        assert row.uslack() >= -1e-6
    assert pyo.value(model.o) == pytest.approx(outcome.objective)


def test_infeasible_rows_are_infeasible() -> None:
    m = _model((0, 1), (0, 1))
    m.c = pyo.Constraint(expr=m.x[0] + m.x[1] >= 3)
    m.o = pyo.Objective(expr=m.x[0])
    outcome = solve(linear_model(m), EXACT)
    assert outcome == type(outcome)(Termination.PROVEN_INFEASIBLE, None, None, None)


def test_no_integer_between_the_bounds_is_infeasible() -> None:
    m = _model((0.2, 0.8), domain=pyo.Integers)
    m.c = pyo.Constraint(expr=m.x[0] <= 5)
    m.o = pyo.Objective(expr=m.x[0])
    assert solve(linear_model(m), EXACT).termination == Termination.PROVEN_INFEASIBLE


def test_a_row_whose_constants_contradict_it_is_infeasible() -> None:
    m = _model((0, 1), (0, 1))
    m.x[1].fix(1)
    m.c = pyo.Constraint(expr=m.x[1] <= 0)
    m.o = pyo.Objective(expr=m.x[0])
    assert solve(linear_model(m), EXACT).termination == Termination.PROVEN_INFEASIBLE


@pytest.mark.parametrize("domain", [pyo.Reals, pyo.Integers])
def test_unbounded_is_an_error_and_not_infeasible(domain: pyo.Var) -> None:
    m = _model((None, 5), (0, 5), domain=domain)
    m.c = pyo.Constraint(expr=m.x[0] + m.x[1] <= 3)
    m.o = pyo.Objective(expr=m.x[0])
    with pytest.raises(SolverError, match=r"(?i)unbounded"):
        solve(linear_model(m), EXACT)


def test_infeasible_and_without_bound_is_infeasible() -> None:
    m = _model((None, 5), (0, 5), domain=pyo.Integers)
    m.c = pyo.Constraint(expr=m.x[1] >= 6)
    m.o = pyo.Objective(expr=m.x[0])
    assert solve(linear_model(m), EXACT).termination == Termination.PROVEN_INFEASIBLE


@pytest.mark.parametrize(("least", "ends"), [(0.0, Termination.GAP_REACHED), (1.0, Termination.PROVEN_INFEASIBLE)])
def test_a_model_without_columns_costs_its_constant_where_its_rows_hold(least: float, ends: Termination) -> None:
    rows, none = np.array([least]), np.empty(0)
    model = LinearModel(csc_array((1, 0)), rows, rows + 2.0, none, none, none, 7.0, np.empty(0, dtype=bool))
    result = solve(model, EXACT)
    assert result.termination == ends
    assert (result.objective, result.bound) == ((7.0, 7.0) if ends == Termination.GAP_REACHED else (None, None))


def test_fixing_columns_holds_them_and_frees_their_integrality() -> None:
    arrays = linear_model(equality_with_integers())
    held = arrays.fixed(np.array([1]), np.array([3.0]))
    assert held.integer.tolist() == [True, False, True]
    assert arrays.integer.tolist() == [True, True, True]  # the original is as it was
    outcome = solve(held, EXACT)
    assert outcome.values is not None
    assert outcome.values[1] == 3
    assert outcome.objective == pytest.approx(6 * 3 + 9 * 2)  # 29 = 5 x 3 + 7 x 2, the only way left


def _hard_model() -> LinearModel:
    """A market split: infeasible with equalities, long to close with slack, and any choice is a plan."""
    rng = np.random.default_rng(1)
    rows, columns = 5, 40
    weight = rng.integers(1, 100, (rows, columns)).tolist()
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(columns), domain=pyo.Binary)
    m.s = pyo.Var(range(rows), range(2), domain=pyo.NonNegativeReals)
    m.c = pyo.Constraint(
        range(rows),
        rule=lambda m, r: (
            sum(weight[r][n] * m.x[n] for n in range(columns)) + m.s[r, 0] - m.s[r, 1] == sum(weight[r]) // 2
        ),
    )
    m.o = pyo.Objective(expr=sum(m.s[r, k] for r in range(rows) for k in range(2)))
    return linear_model(m)


def test_time_limit_keeps_the_best_values() -> None:
    outcome = solve(_hard_model(), Limits(gap=0.0, seconds=0.5))
    assert outcome.termination == Termination.TIME_LIMIT
    assert outcome.values is not None
    assert outcome.bound is not None
    assert outcome.bound <= outcome.objective


def test_stop_from_another_thread_keeps_the_best_values() -> None:
    found, asked = threading.Event(), threading.Event()

    def stop_once_found() -> None:
        found.wait()
        asked.set()

    threading.Thread(target=stop_once_found, daemon=True).start()
    limits = Limits(gap=0.0, seconds=60.0)
    outcome = solve(_hard_model(), limits, stopped=asked.is_set, on_solution=lambda _: found.set())
    assert outcome.termination == Termination.INTERRUPTED
    assert outcome.values is not None
    assert outcome.objective is not None


def test_progress_comes_in_the_currency_of_the_model() -> None:
    heard: list[tuple[float | None, float | None]] = []
    outcome = solve(linear_model(knapsack(40)), EXACT, on_progress=lambda plan, bound: heard.append((plan, bound)))
    assert outcome.objective is not None
    plans = [plan for plan, _ in heard if plan is not None]
    assert plans[-1] == pytest.approx(outcome.objective, rel=1e-6)
    assert plans == sorted(plans, reverse=True)
    assert all(a != b for a, b in pairwise(heard))


def test_partial_start_is_completed_and_used() -> None:
    """With no time to search, the plan found is the start's: the only one known."""
    arrays = _hard_model()
    best = solve(arrays, Limits(gap=0.0, seconds=1.0))
    assert best.values is not None
    binaries = np.flatnonzero(arrays.integer).astype(np.int32)
    first: list[float] = []

    def listen(plan: float | None, bound: float | None) -> None:
        if plan is not None:
            first.append(plan)

    start = (binaries, np.round(best.values[binaries]))
    solve(arrays, Limits(gap=0.0, seconds=0.3), start=start, on_progress=listen)
    assert first[0] == pytest.approx(best.objective)


def test_same_seed_same_values() -> None:
    arrays = linear_model(knapsack(30, seed=5))
    one, two = (solve(arrays, Limits(0.0, 20.0, seed=7)) for _ in range(2))
    assert one.values is not None
    assert two.values is not None
    assert one.values.tobytes() == two.values.tobytes()


def _facilities(seed: int) -> LinearModel:
    """Six places with room for some of twelve demands each: opening costs, and a cost for each journey."""
    rng = np.random.default_rng(seed)
    places, demands = range(6), range(12)
    opening, cost = rng.uniform(20, 60, 6).tolist(), rng.uniform(1, 30, (6, 12)).tolist()
    m = pyo.ConcreteModel()
    m.z = pyo.Var(places, domain=pyo.Binary)
    m.x = pyo.Var(places, demands, domain=pyo.Binary)
    m.served = pyo.Constraint(demands, rule=lambda m, i: sum(m.x[j, i] for j in places) == 1)
    m.room = pyo.Constraint(places, rule=lambda m, j: sum(m.x[j, i] for i in demands) <= 4 * m.z[j])
    m.o = pyo.Objective(
        expr=sum(opening[j] * m.z[j] for j in places) + sum(cost[j][i] * m.x[j, i] for j in places for i in demands)
    )
    return linear_model(m)


@pytest.mark.parametrize("seed", range(3))
def test_bounds_told_while_a_start_is_completed_are_none_of_the_model(seed: int) -> None:
    """HiGHS told those of the smaller search that completes a start, in which every place was open."""
    model = _facilities(seed)
    least = solve(model, EXACT).objective
    opened = np.flatnonzero([v.name.startswith("z") for v in model.variables]).astype(np.int32)
    told: list[float] = []
    plans: list[float] = []
    found = solve(
        model,
        EXACT,
        start=(opened, np.ones(len(opened))),
        on_progress=lambda _, bound: told.append(-np.inf if bound is None else bound),
        on_solution=lambda values: plans.append(model.value(values)),
    )
    assert found.objective == pytest.approx(least)
    assert max(told) <= least * (1 + 1e-9)
    assert max(plans) > least * (1 + 1e-6)  # the completed start was told as a plan


def test_a_run_that_ends_without_an_answer_says_nothing_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highspy.Highs, "getModelStatus", lambda _: highspy.HighsModelStatus.kSolveError)
    monkeypatch.setattr(highspy.Highs, "getInfo", lambda _: SimpleNamespace(**NOTHING_FOUND))
    found = solve(linear_model(equality_with_integers()), EXACT)
    assert found == SolverResult(Termination.FAULT, None, None, None, said="HiGHS ended with: Solve error")
