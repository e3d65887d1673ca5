"""Solving a scenario: status and termination, reasons, progress, stopping, and the same plan again."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from redesaude.inputs.scenario import Scenario
from redesaude.plan.plan import Plan
from redesaude.plan.proof import relative_gap
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, Reporter, StopSignal
from redesaude.solving.solve import solve
from redesaude.status import Status, Termination
from tiny import EXACT, rows, scenario, settings, tables, times

SPECIALTIES, SIZES = tables()["specialties"], tables()["sizes"]
TABLES = ("openings", "assignments", "access", "costs", "unmet", "promises")


def test_the_example_worked_out_by_hand() -> None:
    """One large service for all 60 cases: 500 + 60 x 7 = 920; two small ones would cost 600 + 60 x 9 = 1,140."""
    plan = solve(scenario(), EXACT)
    assert (plan.status, plan.termination) == (Status.OPTIMAL, Termination.GAP_REACHED)
    assert plan.objective == pytest.approx(920.0)
    assert plan.bound == pytest.approx(920.0)
    assert plan.gap == pytest.approx(0.0, abs=1e-9)
    assert plan.openings[["size_id", "cases", "capacity", "status"]].to_numpy().tolist() == [
        ["large", 60.0, 100.0, "new"]
    ]
    assert dict(zip(plan.costs["line"], plan.costs["npv"], strict=True)) == {
        "fixed_running": 500.0,
        "case_running": 420.0,
    }
    assert plan.audit.passed
    assert len(plan.audit.checks) > 30
    assert plan.seconds["total"] >= plan.seconds["solve"]


def test_a_promise_to_a_macro_region_is_priced_and_audited() -> None:
    """The 10 cases of the north travel 50 minutes to h2: 60 % of them should not, at 5 each."""
    plan = solve(
        scenario(
            territories=tables()["territories"].assign(macroregion_id=["north", "south", "south"]),
            access_targets=rows(
                {"specialty_id": "cardio", "region_id": "each_macroregion", "minutes": 30, "share": 0.6, "hard": "no",
                 "price": 5}
            ),
        ),
        EXACT,
    )  # fmt: skip
    assert plan.objective == pytest.approx(950.0)
    found = plan.promises.set_index("region_id")["shortfall"]
    assert found.to_dict() == pytest.approx({"north": 6.0, "south": 0.0})
    assert plan.audit.passed


# --- no plan --------------------------------------------------------------------------------------------------


def _refused(**changes: pd.DataFrame) -> Plan:
    plan = solve(scenario(**changes), EXACT)
    assert (plan.status, plan.termination) == (Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE)
    assert not plan.has_decisions
    assert plan.objective is None
    assert all(len(getattr(plan, name)) == 0 for name in TABLES)
    return plan


def test_a_regional_promise_out_of_reach_is_named() -> None:
    only_h1 = {
        "sites": rows({"site_id": "h1", "territory_id": "t1"}),
        "travel_times": times({"t1": {"h1": 0}, "t2": {"h1": 20}, "t3": {"h1": 50}}),
        "territories": tables()["territories"].assign(region_name=["Oeste", "Oeste", "Leste"]),
        "specialties": SPECIALTIES.assign(name="Cardiology", access_minutes=45.0),
    }
    promise = rows({"specialty_id": "cardio", "region_id": "east", "share": 0.8})
    (reason,) = _refused(**only_h1, access_targets=promise).reason
    assert "Cardiology, region Leste: the promise of 80% of cases within 45 minutes" in reason
    assert "24 cases a year stay outside" in reason


def test_the_least_change_is_told_and_would_do() -> None:
    """Of 60 cases, the 40 at the sites can be treated within 10 minutes: 66.6 %, and no unmet case is blamed."""
    promised = SPECIALTIES.assign(access_minutes=10.0, access_share=0.9)
    (reason,) = _refused(specialties=promised).reason
    assert "14 cases a year stay outside. Lower access_share to 66.6%" in reason
    assert solve(scenario(specialties=promised.assign(access_share=0.666)), EXACT).status == Status.OPTIMAL


def test_cases_beyond_all_capacity_are_named() -> None:
    (reason,) = _refused(sizes=SIZES.iloc[:1].assign(capacity=25.0)).reason  # 2 x 25 for 60 cases
    assert "cardio at h" in reason
    assert "a capacity of 25 is too small, 35 is needed" in reason


def test_a_volume_out_of_reach_is_named() -> None:
    both = rows(*({"site_id": s, "specialty_id": "cardio", "status": "required"} for s in ("h1", "h2")))
    reason, other = _refused(sizes=SIZES.iloc[1:].assign(min_cases=35.0), site_services=both).reason
    assert "would have to stay closed" in other
    assert "cardio at h" in reason
    assert "the least volume of 35 cases a year cannot be reached; 10 are missing" in reason


def test_a_limit_out_of_reach_is_named() -> None:
    limit = rows({"funding_id": "treasury", "kind": "running", "amount": 800})
    (reason,) = _refused(funding=limit).reason
    assert reason.startswith("Limit treasury: at least 120 above the 800 allowed")


def test_each_of_two_rules_that_contradict_each_other_is_named() -> None:
    pair = rows(*({"specialty_id": s, "cases_per_100k": 100_000} for s in ("cardio", "icu")))
    sizes = pd.concat([SIZES, rows({"specialty_id": "icu", "size_id": "one", "capacity": 100})], ignore_index=True)
    alone, closed = _refused(
        specialties=pair,
        sizes=sizes,
        requires=rows({"specialty_id": "cardio", "required_specialty_id": "icu"}),
        site_services=rows(
            {"site_id": "h1", "specialty_id": "cardio", "status": "required"},
            {"site_id": "h1", "specialty_id": "icu", "status": "forbidden"},
        ),
    ).reason
    assert "cardio at h1 would have to open without icu beside it" in alone
    assert "or: cardio at h1 would have to stay closed" in closed


# --- stopping -------------------------------------------------------------------------------------------------


def _towns(towns: int, sites: int) -> Scenario:
    """Towns at random places, each referred to one of the sites in two sizes with least volumes."""
    rng = np.random.default_rng(2)
    place, cases = rng.uniform(0, 100, (towns, 2)), rng.integers(5, 36, towns)
    apart = np.hypot(*(place[:, None, :] - place[None, :sites, :]).transpose(2, 0, 1)).round()
    return scenario(
        settings=settings(patient_time_weight=1, patient_minute_cost=1),
        territories=rows(*({"territory_id": f"t{i}", "population": int(n)} for i, n in enumerate(cases))),
        specialties=SPECIALTIES.assign(single_source="yes"),
        sites=rows(*({"site_id": f"h{j}", "territory_id": f"t{j}"} for j in range(sites))),
        sizes=rows(
            {"specialty_id": "cardio", "size_id": "m", "capacity": 110, "fixed_cost": 1500, "min_cases": 60},
            {"specialty_id": "cardio", "size_id": "l", "capacity": 170, "fixed_cost": 1900, "min_cases": 120},
        ),
        travel_times=times({f"t{i}": {f"h{j}": apart[i, j] for j in range(sites)} for i in range(towns)}),
    )


@pytest.fixture(scope="module")
def hard() -> Scenario:
    """Seconds of search, with plans from the first one on."""
    return _towns(60, 20)


@pytest.mark.long
def test_the_end_of_time_with_a_plan_is_a_normal_outcome(hard: Scenario) -> None:
    """The listener lets the time run out over the first plan, so that the test does not depend on the machine."""

    def wait(step: Progress) -> None:
        if step.incumbent is not None and not heard:
            heard.append(step)
            time.sleep(max(0.0, 3.0 - step.seconds))

    heard: list[Progress] = []
    plan = solve(hard, SolveOptions(gap=0.0, time_limit=2.0), progress=wait)
    assert (plan.status, plan.termination) == (Status.FEASIBLE, Termination.TIME_LIMIT)
    assert plan.audit.passed
    assert plan.bound is not None
    assert plan.objective is not None
    assert 0 < plan.bound < plan.objective
    assert plan.gap == pytest.approx((plan.objective - plan.bound) / plan.objective)


def test_stop_keeps_the_best_plan(hard: Scenario) -> None:
    stop = StopSignal()

    def at_the_first_plan(step: Progress) -> None:
        if step.incumbent is not None:
            stop.stop()

    plan = solve(hard, SolveOptions(gap=0.0, time_limit=60.0), progress=at_the_first_plan, stop=stop)
    assert (plan.status, plan.termination) == (Status.FEASIBLE, Termination.INTERRUPTED)
    assert len(plan.openings)
    assert plan.audit.passed


def test_stopped_before_any_plan_there_is_none(hard: Scenario) -> None:
    stop = StopSignal()
    stop.stop()
    plan = solve(hard, EXACT, stop=stop)
    assert (plan.status, plan.termination) == (Status.NO_PLAN, Termination.INTERRUPTED)
    assert plan.reason == ()
    assert len(plan.openings) == 0


# --- progress and repetition -----------------------------------------------------------------------------------


def test_progress_goes_forward_and_ends_with_the_plan() -> None:
    steps: list[Progress] = []
    plan = solve(scenario(), EXACT, progress=steps.append)
    assert [s.stage for s in steps] == sorted((s.stage for s in steps), key=["build", "start", "solve", "plan"].index)
    assert all(a.seconds <= b.seconds for a, b in pairwise(steps))
    found = [s for s in steps if s.stage == "solve" and s.incumbent is not None and s.bound is not None]
    assert found
    assert found[-1].incumbent == pytest.approx(plan.objective)
    assert all(a.incumbent >= b.incumbent and a.bound <= b.bound + 1e-6 for a, b in pairwise(found))
    assert (steps[-1].stage, steps[-1].incumbent, steps[-1].bound) == ("plan", plan.objective, plan.bound)
    assert plan.log == tuple(str(step) for step in steps)


def test_a_step_in_words() -> None:
    assert str(Progress("solve", 1.25, 2000.0, 1500.0)) == "    1.2 s  solve     plan 2,000  bound 1,500  gap 25.00%"
    assert str(Progress("build", 0.0, message="ready")) == "    0.0 s  build     ready"


def test_figures_left_out_are_those_before_in_the_same_phase() -> None:
    steps: list[Progress] = []
    reporter = Reporter(steps.append)
    reporter.tell("solve", incumbent=9.0)
    reporter.tell("solve", bound=7.0)
    reporter.tell("plan")
    assert [(s.incumbent, s.bound) for s in steps] == [(9.0, None), (9.0, 7.0), (None, None)]


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [
        (100.0, 90.0, 0.1),
        (-100.0, -110.0, 0.1),
        (100.0, 101.0, -0.01),  # a plan below its bound is not hidden
        (None, 1.0, None),
        (1.0, None, None),
        (0.0, 0.0, 0.0),
    ],
)
def test_relative_gap(objective: float | None, bound: float | None, gap: float | None) -> None:
    assert relative_gap(objective, bound) == (None if gap is None else pytest.approx(gap))


@pytest.mark.long
def test_the_same_input_gives_the_same_tables() -> None:
    options = SolveOptions(gap=0.1, time_limit=60.0, seed=3, certificate=False)  # a certificate ends by seconds
    one, two = solve(_towns(25, 8), options), solve(_towns(25, 8), options)
    assert len(one.assignments) > 20
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True)
    assert (one.objective, one.bound) == (two.objective, two.bound)


def test_options_stand_before_settings() -> None:
    stated = scenario(settings=settings(gap=0.2, time_limit_s=7)).settings
    open_limits, own = (
        SolveOptions().limits(stated),
        SolveOptions(gap=0.0, time_limit=3.0, threads=2, seed=5).limits(stated),
    )
    assert (open_limits.gap, open_limits.seconds, open_limits.seed) == (0.2, 7.0, 0)
    assert (own.gap, own.seconds, own.threads, own.seed) == (0.0, 3.0, 2, 5)


def test_the_plan_says_how_it_was_made() -> None:
    plan = solve(scenario(), replace(EXACT, seed=4))
    assert plan.engine == "direct"
    assert plan.seed == 4
    assert plan.options["gap"] == 0.0
    assert plan.variables > 10
    assert plan.constraints > 10
    parts = {"assemble", "build", "search", "exact", "tables", "certify"}
    assert set(plan.seconds) == {*parts, "solve", "total"}
    assert sum(plan.seconds[part] for part in parts) <= plan.seconds["solve"]  # all of it, with the audit
