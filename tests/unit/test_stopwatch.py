"""The stopwatch of a solve, on a clock that is moved by hand."""

from __future__ import annotations

import threading

import pytest

from redesaude.solving.stopwatch import Stopwatch


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_phases_that_take_turns_each_have_their_own_time() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    for phase, seconds in (("build", 3.0), ("bound", 2.0), ("core", 1.0), ("bound", 5.0)):
        with watch(phase):
            clock.now += seconds
        clock.now += 10.0  # between phases nothing counts
    assert watch.seconds == {"build": 3.0, "bound": 7.0, "core": 1.0}


def test_a_phase_in_two_threads_counts_once() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    inside, leave = threading.Event(), threading.Event()

    def prove() -> None:
        with watch("bound"):
            inside.set()
            leave.wait(10)

    prover = threading.Thread(target=prove)
    prover.start()
    assert inside.wait(10)
    clock.now += 1.0
    with watch("bound"), watch("search"):
        clock.now += 2.0
        assert watch.seconds == {"bound": 3.0, "search": 2.0}  # also while they run
    leave.set()
    prover.join()
    clock.now += 4.0
    assert watch.seconds == {"bound": 3.0, "search": 2.0}


def test_a_phase_within_itself_counts_once_and_ends_with_an_error() -> None:
    clock = Clock()
    watch = Stopwatch(clock)

    def fail() -> None:
        with watch("core"), watch("core"):
            clock.now += 1.5
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    clock.now += 1.0
    assert watch.seconds == {"core": 1.5}
