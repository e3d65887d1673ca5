"""Ways side by side share plan and bound, end together, and fail alone; the alarm goes across."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import tiny
from redesaude.assemble import Assembled, assemble
from redesaude.errors import AuditError
from redesaude.plan.plan import Plan
from redesaude.solving import choice
from redesaude.solving import solve as solving
from redesaude.solving.choice import choose_engine
from redesaude.solving.direct import DirectEngine
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.parameters import SearchParameters, Ways
from redesaude.solving.progress import Progress, Reporter, Search, StopSignal
from redesaude.solving.relay import audited
from redesaude.solving.side_by_side import SideBySide
from redesaude.solving.solve import plan_of, solve
from redesaude.solving.specialties.primal_dual import PrimalDual
from redesaude.status import Status, Termination
from redesaude_models.problem import Decisions

Run = Callable[[Assembled, Search], EngineResult | None]

AT_ONCE = SearchParameters(ways=Ways(head=0.0, evidence=0.2))
TWO = replace(tiny.EXACT, threads=2, search=AT_ONCE)

#: one size and contract for each service, and room for some only: branched on its services
ROOM = tiny.rows(
    {"specialty_id": "cardio", "size_id": "small", "capacity": 40, "fixed_cost": 300, "cost_per_case": 9},
)


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDESAUDE_STRICT")


@pytest.fixture(scope="module")
def best() -> Plan:
    return solve(tiny.scenario(), tiny.EXACT)


def beside(monkeypatch: pytest.MonkeyPatch, *runs: Run, after: tuple[Way, ...] = ()) -> None:
    """Run these ways at once; the last of them leaves nothing out."""
    lanes = [Way(f"way {n}", run, conclusive=run is runs[-1]) for n, run in enumerate(runs)]
    monkeypatch.setattr(solving, "choose_engine", lambda *given: SideBySide(lanes, after, given[-1]))


def one_model(assembled: Assembled, search: Search) -> EngineResult:
    return DirectEngine().run(assembled, search)


def planning(plan: Plan, *, better_by: float = 0.0, alter: Callable[[Decisions], Decisions] | None = None) -> Run:
    """A way that has the best plan at once, proves nothing, and goes on until it is asked to stop."""

    def run(assembled: Assembled, search: Search) -> EngineResult:
        found = DirectEngine().run(assembled, alone(search)).decisions
        assert found is not None
        assert plan.objective is not None
        told = found if alter is None else alter(found)
        search.adopt(plan.objective - better_by, abs(plan.objective), lambda: told)
        waited(search)
        return EngineResult(search.termination, told, search.bound, 0, 0, {})

    return run


def proving(bound: float) -> Run:
    """A way that proves so much at once, and nothing more."""

    def run(_assembled: Assembled, search: Search) -> EngineResult:
        search.prove(bound)
        waited(search)
        return EngineResult(search.termination, None, search.bound, 0, 0, {})

    return run


def broken(_assembled: Assembled, _search: Search) -> EngineResult:
    raise IndexError("list index out of range")


def alone(search: Search) -> Search:
    return Search(Limits(0.0, 30.0), Reporter())


def waited(search: Search) -> None:
    while not search.over():
        time.sleep(0.005)


def fixed(plan: Plan) -> float:
    assert plan.objective is not None
    return plan.objective


def test_the_plan_of_one_and_the_bound_of_the_other_end_both(monkeypatch: pytest.MonkeyPatch, best: Plan) -> None:
    beside(monkeypatch, planning(best), proving(fixed(best)))
    steps: list[Progress] = []
    plan = solve(tiny.scenario(), TWO, steps.append)
    assert plan.termination == Termination.GAP_REACHED
    assert plan.objective == pytest.approx(best.objective)
    assert plan.bound == pytest.approx(best.objective)
    costs = [step.incumbent for step in steps if step.incumbent is not None]
    assert costs == sorted(costs, reverse=True)


def test_a_fault_in_one_leaves_the_other(monkeypatch: pytest.MonkeyPatch, lenient: None, best: Plan) -> None:
    for runs in ((broken, one_model), (one_model, broken)):
        beside(monkeypatch, *runs)
        plan = solve(tiny.scenario(), TWO)
        assert (plan.status, plan.objective) == (Status.OPTIMAL, pytest.approx(best.objective))
        (fault,) = plan.faults
        assert (fault.kind, fault.stage) == ("IndexError", f"way {runs.index(broken)}")


def test_the_first_fault_is_raised_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    beside(monkeypatch, broken, one_model)
    with pytest.raises(IndexError):
        solve(tiny.scenario(), TWO)


def test_after_faults_in_all_the_next_way_has_its_turn(
    monkeypatch: pytest.MonkeyPatch, lenient: None, best: Plan
) -> None:
    beside(monkeypatch, broken, broken, after=(Way("next", one_model),))
    plan = solve(tiny.scenario(), TWO)
    assert (plan.status, plan.objective) == (Status.OPTIMAL, pytest.approx(best.objective))
    assert [fault.kind for fault in plan.faults] == ["IndexError", "IndexError"]


def test_a_plan_below_the_bound_of_the_other_is_an_alarm(
    monkeypatch: pytest.MonkeyPatch, lenient: None, best: Plan
) -> None:
    beside(monkeypatch, one_model, proving(1.1 * fixed(best)))
    plan = solve(tiny.scenario(), TWO)
    assert [(fault.kind, fault.stage) for fault in plan.faults] == [("BoundError", "way 1")]
    assert (plan.status, plan.objective) == (Status.OPTIMAL, pytest.approx(best.objective))
    assert plan.bound == pytest.approx(best.objective)


def test_a_false_plan_refutes_no_bound_and_ends_its_own_way(
    monkeypatch: pytest.MonkeyPatch, lenient: None, best: Plan
) -> None:
    def nobody_treated(found: Decisions) -> Decisions:
        return replace(found, shares=np.zeros_like(found.shares), cases=np.zeros_like(found.cases))

    beside(monkeypatch, planning(best, better_by=0.2 * fixed(best), alter=nobody_treated), one_model)
    plan = solve(tiny.scenario(), TWO)
    assert [(fault.kind, fault.stage) for fault in plan.faults] == [("AuditError", "way 0")]
    assert (plan.status, plan.objective) == (Status.OPTIMAL, pytest.approx(best.objective))
    assert plan.bound == pytest.approx(best.objective)


def test_a_false_plan_of_a_way_that_raises_is_found_out_too(
    monkeypatch: pytest.MonkeyPatch, lenient: None, best: Plan
) -> None:
    def raising(assembled: Assembled, search: Search) -> EngineResult:
        found = DirectEngine().run(assembled, alone(search)).decisions
        assert found is not None
        search.adopt(0.5 * fixed(best), fixed(best), lambda: replace(found, shares=0 * found.shares))
        raise IndexError

    beside(monkeypatch, raising, one_model)
    plan = solve(tiny.scenario(), TWO)
    assert [fault.kind for fault in plan.faults] == ["IndexError", "AuditError"]
    assert (plan.status, plan.objective) == (Status.OPTIMAL, pytest.approx(best.objective))


def test_what_one_says_to_be_proven_to_rounding_ends_the_other(monkeypatch: pytest.MonkeyPatch, best: Plan) -> None:
    def nearly(assembled: Assembled, search: Search) -> EngineResult:
        result = DirectEngine().run(assembled, alone(search))
        decisions = result.decisions
        assert decisions is not None
        search.adopt(fixed(best), fixed(best), lambda: decisions)
        search.prove(fixed(best) * (1 - 1e-7))
        return replace(result, bound=search.bound)

    beside(monkeypatch, nearly, proving(0.5 * fixed(best)))
    assert solve(tiny.scenario(), TWO).termination == Termination.GAP_REACHED


def test_a_stop_keeps_the_best_plan_of_all(monkeypatch: pytest.MonkeyPatch, best: Plan) -> None:
    beside(monkeypatch, planning(best), proving(0.5 * fixed(best)))
    stop = StopSignal()

    def heard(step: Progress) -> None:
        if step.gap is not None:
            stop.stop()

    plan = solve(tiny.scenario(), TWO, heard, stop)
    assert plan.termination == Termination.INTERRUPTED
    assert plan.objective == pytest.approx(best.objective)
    assert plan.bound == pytest.approx(0.5 * fixed(best))


def test_the_time_limit_holds_for_all(monkeypatch: pytest.MonkeyPatch, best: Plan) -> None:
    beside(monkeypatch, planning(best), proving(0.5 * fixed(best)))
    plan = solve(tiny.scenario(), replace(TWO, time_limit=1.0))
    assert plan.termination == Termination.TIME_LIMIT
    assert plan.objective == pytest.approx(best.objective)


def test_that_there_is_no_plan_is_said_by_who_leaves_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_assembled: Assembled, _search: Search) -> EngineResult:
        return EngineResult(Termination.PROVEN_INFEASIBLE, None, None, 0, 0, {})

    def waits(_assembled: Assembled, search: Search) -> EngineResult:
        waited(search)
        return EngineResult(search.termination, None, None, 0, 0, {})

    beside(monkeypatch, waits, none)
    assert solve(tiny.scenario(), replace(TWO, explain=False)).status == Status.INFEASIBLE
    beside(monkeypatch, none, one_model)
    assert solve(tiny.scenario(), TWO).status == Status.OPTIMAL


def test_a_plan_is_handed_over_only_once_it_is_audited(monkeypatch: pytest.MonkeyPatch, best: Plan) -> None:
    arrived: list[Decisions] = []

    def taking(_assembled: Assembled, search: Search) -> EngineResult:
        while not search.over() and not arrived:
            arrived.extend(plan for plan in [search.arrived()] if plan is not None)
        search.prove(fixed(best))
        return EngineResult(search.termination, None, search.bound, 0, 0, {})

    beside(monkeypatch, planning(best), taking)
    plan = solve(tiny.scenario(), TWO)
    assert plan.termination == Termination.GAP_REACHED
    assert len(arrived) == 1
    assembled = assemble(tiny.scenario())
    assert audited(plan_of(assembled, arrived[0], Termination.INTERRUPTED)).objective == pytest.approx(best.objective)

    with pytest.raises(AuditError):
        audited(plan_of(assembled, replace(arrived[0], shares=0 * arrived[0].shares), Termination.INTERRUPTED))


def test_the_surer_way_goes_on_alone_and_may_use_the_thread_of_the_other(
    monkeypatch: pytest.MonkeyPatch, best: Plan
) -> None:
    left, grown = threading.Event(), threading.Event()

    def surer(assembled: Assembled, search: Search) -> EngineResult:
        found = DirectEngine().run(assembled, alone(search)).decisions
        search.adopt(fixed(best), fixed(best), lambda: found)
        search.prove(0.9 * fixed(best))
        while not search.over() and not search.more():
            time.sleep(0.005)
        grown.set()
        search.prove(fixed(best))
        return EngineResult(search.termination, found, search.bound, 0, 0, {})

    def other(_assembled: Assembled, search: Search) -> EngineResult:
        search.prove(0.5 * fixed(best))
        waited(search)
        left.set()
        return EngineResult(search.termination, None, search.bound, 0, 0, {})

    beside(monkeypatch, surer, other)
    told: list[str] = []
    plan = solve(tiny.scenario(), TWO, lambda step: told.append(step.message))
    assert plan.termination == Termination.GAP_REACHED
    assert grown.is_set()
    assert left.is_set()
    assert "way 0 is surer: it goes on alone" in told


def test_specialties_go_on_beside_each_other_once_a_thread_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    beside_each_other: list[Any] = []
    run = PrimalDual._beside
    monkeypatch.setattr(PrimalDual, "_beside", lambda self, *a: (beside_each_other.append(a), run(self, *a))[1])

    def gone(_assembled: Assembled, _search: Search) -> None:
        return None

    beside(monkeypatch, choice.by_specialty, gone)
    plan = solve(tiny.scenario(), TWO)
    assert plan.objective == pytest.approx(solve(tiny.scenario(), tiny.EXACT).objective)
    assert beside_each_other


def test_a_way_that_does_not_end_is_left_behind_and_heard_no_more(monkeypatch: pytest.MonkeyPatch, best: Plan) -> None:
    released, spoken = threading.Event(), threading.Event()

    def deaf(_assembled: Assembled, search: Search) -> None:
        assert released.wait(30.0)
        search.prove(2.0 * fixed(best))
        spoken.set()

    beside(monkeypatch, deaf, one_model)
    told: list[Progress] = []
    plan = solve(tiny.scenario(), TWO, told.append)
    assert not spoken.is_set()
    steps = len(told)
    released.set()
    assert spoken.wait(30.0)
    assert (plan.status, plan.objective) == (Status.OPTIMAL, pytest.approx(best.objective))
    assert len(told) == steps


def test_a_way_that_is_done_in_a_moment_has_none_beside_it(monkeypatch: pytest.MonkeyPatch, best: Plan) -> None:
    begun = threading.Event()

    def second(_assembled: Assembled, _search: Search) -> None:
        begun.set()

    beside(monkeypatch, one_model, second)
    plan = solve(tiny.scenario(), replace(TWO, search=SearchParameters(ways=Ways(head=30.0))))
    assert (plan.status, plan.objective) == (Status.OPTIMAL, pytest.approx(best.objective))
    assert plan.bound == pytest.approx(best.objective)
    assert not begun.is_set()


@pytest.mark.parametrize("whole", [False, True])
def test_limited_room_is_branched_on_beside_one_model(*, whole: bool) -> None:
    specialties = tiny.tables()["specialties"].assign(single_source=whole)
    scenario = tiny.scenario(sizes=ROOM, specialties=specialties)
    found = {options.threads: solve(scenario, options) for options in (tiny.EXACT, TWO)}
    assert found[2].engine == "side by side"
    assert {plan.status for plan in found.values()} == {Status.OPTIMAL}
    assert found[2].objective == pytest.approx(found[None].objective)
    assert found[2].bound == pytest.approx(found[2].objective)


def test_one_thread_and_work_take_one_way() -> None:
    assembled = assemble(tiny.scenario())

    def check(_: Decisions) -> None:
        raise AssertionError

    for threads, options in ((1, SolveOptions()), (2, SolveOptions(work=1_000)), (2, SolveOptions(engine="direct"))):
        assert choose_engine(options, assembled, Reporter(), threads, check).name == "direct"
    assert choose_engine(SolveOptions(), assembled, Reporter(), 2, check).name == "side by side"
