"""A way that fails hands what it has to the next; a false bound is an alarm; nothing is passed over in silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tiny
from random_networks import random_network
from redesaude.assemble import Assembled, assemble
from redesaude.errors import BoundError, Fault, FaultError, SolverError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.audit import audit
from redesaude.plan.plan import Audit, Check, Plan
from redesaude.solving import direct, relay, start
from redesaude.solving import solve as solving
from redesaude.solving.decomposed import DecomposedEngine
from redesaude.solving.direct import DirectEngine
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.highs import SolverResult
from redesaude.solving.known import known_in, openings_of
from redesaude.solving.location.benders import Benders
from redesaude.solving.location.branch_and_bound import BranchAndBound
from redesaude.solving.progress import Search, StopSignal
from redesaude.solving.record import Record
from redesaude.solving.solve import solve
from redesaude.solving.specialties.lagrangian_bound import LagrangianBound
from redesaude.solving.specialties.neighbourhood_search import NeighbourhoodSearch
from redesaude.status import Status, Termination

EXACT = tiny.EXACT
TAKEN_APART = replace(EXACT, engine="decomposed")

#: one size and contract for each service, and room for some only: branched on its services
ROOM = tiny.rows(
    {"specialty_id": "cardio", "size_id": "small", "capacity": 40, "fixed_cost": 300, "cost_per_case": 9},
)


#: one size and contract for each service, and room for all
AMPLE = ROOM.assign(capacity=1_000)


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDESAUDE_STRICT")


def limited() -> Scenario:
    return tiny.scenario(sizes=ROOM)


def ways(*runs: Callable[[Assembled, Search], EngineResult | None]) -> Any:
    """An engine of these ways."""

    class Engine:
        name = "direct"
        ways = tuple(Way(f"way {n}", run) for n, run in enumerate(runs))

    return lambda *_: Engine()


def one_model(assembled: Assembled, search: Search) -> EngineResult:
    return DirectEngine().run(assembled, search)


def broken(_assembled: Assembled, _search: Search) -> EngineResult:
    raise IndexError("list index out of range")


def found(assembled: Assembled, search: Search) -> EngineResult:
    """The best plan and bound, in a search of their own."""
    return DirectEngine().run(assembled, replace(search, record=type(search.record)()))


def test_the_next_way_begins_from_the_plan_and_bound_in_hand(monkeypatch: pytest.MonkeyPatch, lenient: None) -> None:
    handed: list[Search] = []
    best = solve(tiny.scenario(), EXACT)
    assert best.objective is not None

    def halfway(assembled: Assembled, search: Search) -> EngineResult:
        result = found(assembled, search)
        assert result.decisions is not None
        decisions = result.decisions
        search.adopt(best.objective or 0.0, best.turnover, lambda: decisions)
        search.prove(0.9 * (best.objective or 0.0))
        raise ZeroDivisionError("division by zero")

    def next_one(assembled: Assembled, search: Search) -> EngineResult:
        handed.append(search)
        return one_model(assembled, search)

    monkeypatch.setattr(solving, "choose_engine", ways(halfway, next_one))
    plan = solve(tiny.scenario(), EXACT)
    assert (plan.status, plan.termination) == (Status.OPTIMAL, Termination.GAP_REACHED)
    assert plan.objective == pytest.approx(best.objective)
    known = known_in(assemble(tiny.scenario()).problem, openings_of(best))
    assert known.options.sum() == len(best.openings)
    assert np.array_equal(handed[0].known[0].options, known.options)
    assert handed[0].record.given == pytest.approx(0.9 * best.objective)
    assert [(f.stage, f.kind) for f in plan.faults] == [("way 0", "ZeroDivisionError")]
    assert any("fault" in line and "ZeroDivisionError" in line for line in plan.log)


def test_where_all_fail_the_plan_in_hand_is_kept_with_its_valid_bound(
    monkeypatch: pytest.MonkeyPatch, lenient: None
) -> None:
    def halfway(assembled: Assembled, search: Search) -> EngineResult:
        one_model(assembled, search)
        raise IndexError("list index out of range")

    monkeypatch.setattr(solving, "choose_engine", ways(halfway, broken))
    plan = solve(tiny.scenario(), EXACT)
    assert plan.has_decisions
    assert plan.audit.passed
    assert plan.termination == Termination.FAULT
    assert plan.gap == pytest.approx(0.0, abs=1e-6)
    assert [f.stage for f in plan.faults] == ["way 0", "way 1"]


def test_a_certified_bound_that_is_better_is_that_of_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def poor(assembled: Assembled, search: Search) -> EngineResult:
        found = DirectEngine().run(assembled, replace(search, record=Record()))
        assert found.bound is not None
        search.prove(0.9 * found.bound)
        return replace(found, bound=search.bound)

    monkeypatch.setattr(solving, "choose_engine", ways(poor))
    plan = solve(tiny.scenario(), EXACT)
    assert plan.bound == plan.certified.bound
    assert plan.gap == pytest.approx(0.0, abs=1e-6)
    assert plan.status == Status.OPTIMAL
    assert plan.audit.passed
    without = solve(tiny.scenario(), replace(EXACT, certificate=False))
    assert without.gap == pytest.approx(0.1)
    assert without.status == Status.FEASIBLE


def test_where_all_fail_without_a_plan_the_faults_are_raised(monkeypatch: pytest.MonkeyPatch, lenient: None) -> None:
    monkeypatch.setattr(solving, "choose_engine", ways(broken, broken))
    with pytest.raises(FaultError, match="IndexError") as raised:
        solve(tiny.scenario(), EXACT)
    assert len(raised.value.faults) == 2


def test_a_stop_before_any_way_that_fits_had_its_turn_is_no_fault() -> None:
    stop = StopSignal()
    stop.stop()
    plan = solve(Scenario.from_tables(random_network(5)), TAKEN_APART, stop=stop)
    assert (plan.status, plan.termination, plan.faults) == (Status.NO_PLAN, Termination.INTERRUPTED, ())


def test_a_false_bound_is_dropped_and_told(monkeypatch: pytest.MonkeyPatch, lenient: None) -> None:
    """Whether the way itself meets the plan below its bound, or a later one does."""

    def false_proof(assembled: Assembled, search: Search) -> EngineResult:
        result = one_model(assembled, search)
        search.prove(1.5 * search.record.cost)
        return result

    def silent(_assembled: Assembled, search: Search) -> EngineResult:
        search.prove(1e9)
        raise IndexError("before any plan")

    for first in (false_proof, silent):
        monkeypatch.setattr(solving, "choose_engine", ways(first, one_model))
        plan = solve(tiny.scenario(), EXACT)
        assert plan.status == Status.OPTIMAL
        assert plan.bound == pytest.approx(plan.objective)
        assert "BoundError" in {f.kind for f in plan.faults}


def test_a_false_bound_that_only_the_audited_plan_shows(monkeypatch: pytest.MonkeyPatch, lenient: None) -> None:
    def dearer_than_it_is(assembled: Assembled, search: Search) -> EngineResult:
        result = found(assembled, search)
        search.prove(1.2 * (result.bound or 0.0))
        return replace(result, bound=search.bound)

    monkeypatch.setattr(solving, "choose_engine", ways(dearer_than_it_is))
    plan = solve(tiny.scenario(), replace(EXACT, certificate=False))
    assert plan.has_decisions
    assert (plan.status, plan.bound, plan.gap) == (Status.FEASIBLE, None, None)
    assert plan.termination == Termination.FAULT


def test_a_plan_that_falls_through_its_audit_is_no_result_and_its_way_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, lenient: None
) -> None:
    bounds: list[float] = []

    def fall_through(plan: Plan) -> Audit:
        monkeypatch.setattr(relay, "audit", audit)
        return Audit((Check("cost lines", passed=False, worst=0.5, tolerance=1e-6),))

    def next_one(assembled: Assembled, search: Search) -> EngineResult:
        bounds.append(search.record.given)
        return one_model(assembled, search)

    monkeypatch.setattr(relay, "audit", fall_through)
    monkeypatch.setattr(solving, "choose_engine", ways(one_model, broken))
    with pytest.raises(FaultError, match="AuditError"):
        solve(tiny.scenario(), EXACT)
    monkeypatch.setattr(relay, "audit", fall_through)
    monkeypatch.setattr(solving, "choose_engine", ways(one_model, next_one))
    assert solve(tiny.scenario(), EXACT).status == Status.OPTIMAL
    assert bounds == [-np.inf]


def test_in_tests_the_first_fault_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "choose_engine", ways(broken, one_model))
    with pytest.raises(IndexError):
        solve(tiny.scenario(), EXACT)

    def false_proof(assembled: Assembled, search: Search) -> EngineResult:
        result = one_model(assembled, search)
        search.prove(1.5 * search.record.cost)
        return result

    monkeypatch.setattr(solving, "choose_engine", ways(false_proof, one_model))
    with pytest.raises(BoundError):
        solve(tiny.scenario(), EXACT)


def test_a_location_way_that_breaks_midway_hands_its_plan_on(monkeypatch: pytest.MonkeyPatch, lenient: None) -> None:
    """The real ways: branching breaks once it has a plan, and the general ways go on from it."""
    expected = solve(limited(), EXACT)
    handed: list[tuple[Any, ...]] = []
    inner = DecomposedEngine.ways

    def break_down(self: BranchAndBound) -> None:
        assert self.found is not None
        raise IndexError("index 0 is out of bounds")

    def watched(self: DecomposedEngine) -> tuple[Way, ...]:
        def seen(way: Way) -> Way:
            def run(assembled: Assembled, search: Search) -> EngineResult | None:
                handed.append((way.name, len(search.known)))
                return way.run(assembled, search)

            return Way(way.name, run)

        return tuple(map(seen, inner.fget(self)))  # type: ignore[attr-defined]

    monkeypatch.setattr(DecomposedEngine, "ways", property(watched))
    monkeypatch.setattr(BranchAndBound, "_search", break_down)
    plan = solve(limited(), TAKEN_APART)
    assert plan.objective == pytest.approx(expected.objective)
    assert plan.status == Status.OPTIMAL
    assert [(f.stage, f.kind) for f in plan.faults] == [("capacity", "IndexError")]
    assert dict(handed)["capacity"] == 0
    assert dict(handed)["specialties"] == 1


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("stage", "kind", "method", "tables"),
    [
        ("services", Benders, "_cut", {"sizes": AMPLE}),
        ("specialties", NeighbourhoodSearch, "step", random_network(2)),
        ("specialties", LagrangianBound, "begin", {}),
    ],
)
@pytest.mark.parametrize("error", [IndexError("list index out of range"), SolverError("HiGHS ended with: unknown")])
def test_every_way_that_breaks_hands_over(
    *,
    stage: str,
    kind: type,
    method: str,
    tables: dict[str, Any],
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    lenient: None,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    case = tiny.scenario(**tables)
    expected = solve(case, EXACT)
    monkeypatch.setattr(kind, method, fails)
    plan = solve(case, TAKEN_APART)
    assert plan.status == Status.OPTIMAL
    assert plan.objective == pytest.approx(expected.objective)
    assert plan.bound == pytest.approx(expected.objective)
    assert [(f.stage, f.kind) for f in plan.faults] == [(stage, type(error).__name__)]


def test_a_callback_that_meets_a_false_bound_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The alarm is raised in a thread of the solver, and reaches whoever asked for the plan."""

    def with_false_bound(assembled: Assembled, search: Search) -> EngineResult:
        search.prove(1e12)
        return one_model(assembled, search)

    monkeypatch.setattr(solving, "choose_engine", ways(with_false_bound))
    with pytest.raises(BoundError):
        solve(tiny.scenario(), EXACT)


def test_a_fault_names_no_folder_of_the_machine() -> None:
    message = "cannot open /home/maria/plans/my.xlsx or C:\\Users\\maria\\x.csv"
    fault = Fault.of("report", OSError(message))
    assert str(fault) == "report: OSError: cannot open my.xlsx or x.csv"
    with pytest.raises(AttributeError) as raised:
        solve(None)  # type: ignore[arg-type]
    trace = Fault.of("solve", raised.value).trace
    assert trace[0].startswith("test_solving_relay.py:")
    assert any(line.startswith("redesaude/solving/solve.py:") for line in trace)


def test_a_folder_that_is_called_as_the_package_is_not_told(tmp_path: Path) -> None:
    """As the copy of the project that a clone makes by default."""
    file = tmp_path / "redesaude" / "tests" / "asking.py"
    file.parent.mkdir(parents=True)
    file.write_text("def ask():\n    raise ValueError('no')\n")
    made: dict[str, Any] = {}
    exec(compile(file.read_text(), str(file), "exec"), made)  # noqa: S102
    with pytest.raises(ValueError, match="no") as raised:
        made["ask"]()
    assert Fault.of("solve", raised.value).trace[-1].startswith("asking.py:2")


def test_what_the_last_way_gets_no_answer_to_is_a_fault_and_of_any_other_none(
    monkeypatch: pytest.MonkeyPatch, lenient: None
) -> None:
    silent = SolverResult(Termination.FAULT, None, None, None, said="HiGHS ended with: Solve error")
    expected = solve(tiny.scenario(), EXACT)
    with monkeypatch.context() as patched:
        patched.setattr(start, "solve", lambda *_, **__: silent)
        plan = solve(tiny.scenario(), TAKEN_APART)
    assert plan.objective == pytest.approx(expected.objective)
    assert not plan.faults
    monkeypatch.setattr(direct, "solve", lambda *_, **__: silent)
    with pytest.raises(FaultError, match="Solve error"):
        solve(tiny.scenario(), EXACT)
