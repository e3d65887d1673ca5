"""The clock of a solve, moved by hand: seconds or work, what is kept, and that nothing outlasts it."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csc_array

from redesaude.inputs.scenario import Scenario
from redesaude.solving.clock import WORK_A_SECOND, Clock
from redesaude.solving.cores import default_threads, physical_cores
from redesaude.solving.highs import solve
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.parameters import Large, SearchParameters
from redesaude.solving.progress import Reporter, Search
from redesaude.solving.solve import solve as plan_of
from redesaude.status import Status, Termination
from redesaude_models.standard_form import LinearModel
from tiny import PPP, rows, scenario, settings


class Hand:
    """A clock of the machine that is moved by hand, and by ``step`` each time that it is read."""

    def __init__(self, step: float = 0.0) -> None:
        self.time, self.step = 1_000.0, step

    def __call__(self) -> float:
        self.time += self.step
        return self.time


def hard_model(count: int = 150, rows: int = 40, seed: int = 5) -> LinearModel:
    """A knapsack with many rows, which takes a branch and bound minutes."""
    rng = np.random.default_rng(seed)
    matrix = csc_array(rng.integers(5, 60, (rows, count)).astype(float))
    half = np.asarray(matrix.sum(axis=1)).ravel() // 2
    return LinearModel(
        matrix, np.full(rows, -np.inf), half, np.zeros(count), np.ones(count),
        -rng.integers(5, 60, count).astype(float), 0.0, np.ones(count, dtype=bool),
    )  # fmt: skip


def test_seconds_pass_by_themselves_and_end() -> None:
    hand = Hand()
    clock = Clock(10.0, read=hand)
    hand.time += 4.0
    assert (clock.now, clock.left, clock.whole) == (4.0, 6.0, 10.0)
    hand.time += 7.0
    assert clock.left == 0.0
    assert not clock.repeatable  # seconds ended it


def test_what_is_kept_for_the_last_steps_is_not_left_before() -> None:
    hand = Hand()
    clock = Clock(10.0, read=hand)
    clock.keep(2.0)
    hand.time += 7.0
    assert (clock.whole, clock.left) == (8.0, 1.0)
    hand.time += 2.0
    assert clock.left == 0.0
    clock.keep(0.0)
    assert clock.left == 1.0


def test_the_end_is_put_off_from_now_and_never_drawn_near() -> None:
    hand = Hand()
    clock = Clock(10.0, read=hand)
    hand.time += 14.0
    clock.put_off(2.0)
    assert clock.left == 2.0
    clock.put_off(1.0)
    assert clock.left == 2.0


def test_work_is_time_where_it_is_measured_so() -> None:
    hand = Hand()
    clock = Clock(work=10 * WORK_A_SECOND, by_work=True, read=hand)
    hand.time += 1e6
    assert (clock.now, clock.left) == (0.0, 10.0)
    clock.did(int(4 * WORK_A_SECOND))
    assert (clock.now, clock.left, clock.repeatable) == (4.0, 6.0, True)
    clock.did(int(7 * WORK_A_SECOND))
    assert clock.left == 0.0
    assert clock.repeatable


def test_seconds_that_cut_into_work_are_told() -> None:
    hand = Hand()
    clock = Clock(60.0, 10 * WORK_A_SECOND, by_work=True, read=hand)
    assert clock.repeatable
    hand.time += 61.0
    assert clock.left == 0.0
    assert not clock.repeatable


def test_what_no_seconds_are_left_for_is_not_begun_and_no_repeatable_way_to_end() -> None:
    clock = Clock(60.0, 10 * WORK_A_SECOND, by_work=True, read=Hand())
    assert clock.allows(60.0)
    assert clock.repeatable
    assert not clock.allows(61.0)
    assert not clock.repeatable


@pytest.mark.parametrize("engine", ["direct", "decomposed"])
def test_a_model_that_there_is_no_time_to_build_is_not_begun(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_problem: object) -> None:
        raise AssertionError("built")

    slow = SearchParameters(large=Large(built=1e-3))
    monkeypatch.setattr("redesaude.solving.building.build_model", never)
    plan = plan_of(pair(), SolveOptions(time_limit=30.0, engine=engine, search=slow))
    assert (plan.status, plan.termination) == (Status.NO_PLAN, Termination.TIME_LIMIT)
    assert any("no time left to build" in line for line in plan.log)


def pair() -> Scenario:
    """Two contracts for each service, so that no special way is of its kind."""
    return scenario(contracts=rows({"contract_id": "direct"}, PPP))


def test_work_may_end_what_is_measured_in_seconds() -> None:
    clock = Clock(60.0, 500, read=Hand())
    clock.did(499)
    assert clock.left == 60.0
    clock.did(1)
    assert clock.left == 0.0


def test_a_run_gets_what_it_asks_for_and_no_more_than_is_left() -> None:
    hand = Hand()
    search = Search(Limits(0.01, 100.0, clock=Clock(100.0, read=hand)), Reporter())
    hand.time += 95.0
    assert search.limits.within(3.0).seconds == 3.0
    assert search.limits.within(60.0).seconds == 5.0
    assert search.share(0.5, gap=0.2) == Limits(0.2, 5.0)
    hand.time += 6.0
    assert search.share(1.0).seconds == 0.0
    assert search.over()


@pytest.mark.parametrize("seconds", [1_000.0, math.inf])
def test_no_run_outlasts_the_clock_whatever_its_own_seconds(seconds: float) -> None:
    clock = Clock(5.0, read=Hand(step=0.5))
    outcome = solve(hard_model(), Limits(0.0, seconds, clock=clock))
    assert outcome.termination == Termination.TIME_LIMIT
    assert outcome.values is not None


@pytest.mark.long
def test_so_much_work_finds_the_same_however_the_seconds_pass() -> None:
    def found(step: float) -> tuple[float | None, float | None, int]:
        clock = Clock(work=3_000, by_work=True, read=Hand(step))
        outcome = solve(hard_model(), Limits(0.0, 1_000.0, clock=clock))
        assert outcome.termination == Termination.TIME_LIMIT
        assert clock.repeatable
        return outcome.objective, outcome.bound, clock.work

    quick, slow = found(0.0), found(17.0)
    assert quick == slow
    assert quick[2] >= 3_000


def test_options_of_a_deterministic_solve_measure_in_work() -> None:
    stated = scenario(settings=settings(gap=0.2, time_limit_s=7)).settings
    limits = SolveOptions(deterministic=True, work=30_000).limits(stated)
    assert limits.threads == 1
    assert limits.clock.by_work
    assert limits.clock.left == 30_000 / WORK_A_SECOND  # the time limit of the settings is in seconds


@pytest.mark.parametrize("wrong", [{"work": None}, {"work": 1_000, "threads": 2}])
def test_what_cannot_be_deterministic_is_refused(wrong: dict[str, int | None]) -> None:
    with pytest.raises(ValueError, match="a deterministic solve"):
        SolveOptions(deterministic=True, **wrong)  # type: ignore[arg-type]


def test_threads_of_one_core_count_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    for cpu, siblings in enumerate(("0,2", "1,3", "0,2", "1,3")):
        folder = tmp_path / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(siblings + "\n")
    assert physical_cores(tmp_path) == 2
    assert physical_cores(tmp_path / "elsewhere") == 4


@pytest.mark.parametrize(("cores", "jobs", "threads"), [(2, 1, 2), (32, 1, 8), (8, 3, 2), (2, 5, 1)])
def test_jobs_share_the_cores(cores: int, jobs: int, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redesaude.solving.cores.physical_cores", lambda: cores)
    assert default_threads(jobs) == threads


def test_a_run_by_another_clock_does_not_end_by_that_of_the_wall() -> None:
    model, hand = hard_model(), Hand()
    clock = Clock(0.5, read=hand)
    begun = time.monotonic()

    def late() -> bool:
        if time.monotonic() - begun > 1.5:  # three times its seconds, of the wall
            hand.time += 1.0
        return False

    found = solve(model, Limits(0.0, 0.5, clock=clock), stopped=late)
    assert found.termination == Termination.TIME_LIMIT
    assert clock.left == 0.0  # by the wall it would have ended before a hand moved this one
