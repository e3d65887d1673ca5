"""Studies shared with a second process: whoever makes them, they are the same, and none is missing."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

import numpy as np
import pandas as pd
import pytest
from appraisal_example import example_plan

from redesaude.report import study_process
from redesaude.report.studies import studies_of
from redesaude.report.study_process import PRICED, Locks, StudyProcess, beside, priced, share
from redesaude.studies.verdicts import Verdicts


class _Other(StudyProcess):
    """One that took some studies and gives back some of them."""

    def __init__(self, taken: Iterable[str], given: dict[str, Any]) -> None:
        self.locks, self._given = _locks(taken), given

    def made(self) -> dict[str, Any]:
        return self._given


class _Lock:
    def __init__(self) -> None:
        self._lock = threading.Lock()

    def acquire(self, block: bool = True) -> bool:
        return self._lock.acquire(blocking=block)


def _locks(taken: Iterable[str]) -> Locks:
    locks = {phase: _Lock() for phase in PRICED}
    assert all(locks[phase].acquire() for phase in taken)
    return locks


def _verdicts() -> Verdicts:
    return Verdicts(example_plan())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Studies that take no time, and which were made here."""
    made: list[str] = []

    def study(phase: str) -> Any:
        return lambda verdicts: (made.append(phase), phase.upper())[1]

    monkeypatch.setattr(study_process, "PRICED", {phase: study(phase) for phase in PRICED})
    return made


def test_what_the_other_takes_is_not_made_here(quick: list[str]) -> None:
    told: list[str] = []
    found = priced(_verdicts(), told.append, _Other(["break_even"], {"break_even": "theirs"}))
    assert quick == ["simulate", "tornado", "rates"]
    assert found["break_even"] == "theirs"
    assert sorted(told) == sorted(PRICED)


def test_what_it_took_and_does_not_give_back_is_made_here(quick: list[str]) -> None:
    found = priced(_verdicts(), lambda _: None, _Other(["tornado", "rates"], {}))
    assert sorted(quick) == sorted(PRICED)
    assert found == {phase: phase.upper() for phase in PRICED}


def test_the_other_takes_what_is_free_from_the_last_on(quick: list[str]) -> None:
    found = share(example_plan(), _locks(["simulate"]))
    assert quick == ["rates", "break_even", "tornado"]
    assert set(found) == set(quick)
    assert share(example_plan(), _locks(PRICED)) == {}


def test_no_process_for_a_small_plan_or_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_process, "StudyProcess", lambda plan: "begun")
    plan = example_plan()
    assert isinstance(beside(plan, 2), nullcontext)  # few services: made before a process has begun
    monkeypatch.setattr(study_process, "_MANY", 1)
    assert isinstance(beside(plan, 1), nullcontext)
    assert beside(plan, 2) == "begun"


def test_none_where_the_system_gives_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(study_process, "StudyProcess", none)
    monkeypatch.setattr(study_process, "_MANY", 1)
    assert isinstance(beside(example_plan(), 2), nullcontext)


@pytest.mark.long
def test_a_process_makes_the_same_studies_and_ends() -> None:
    plan = example_plan()
    with StudyProcess(plan) as other:
        theirs = dict(other.made())
        assert set(theirs) == set(PRICED)  # nobody took one here
        assert _equal(priced(Verdicts(plan), lambda _: None), theirs) > 10
    assert not other._process.is_alive()
    shown = studies_of(plan, other=_Other(PRICED, theirs)).compared
    assert shown is not None
    assert shown.tornado is theirs["tornado"]
    assert shown.simulation.plan is plan  # with the places of its input, which do not travel


@pytest.mark.long
def test_a_process_that_is_killed_loses_no_study() -> None:
    plan = example_plan()
    with StudyProcess(plan) as other:
        assert all(lock.acquire(block=False) for lock in other.locks.values())
        other._process.kill()
        assert set(priced(Verdicts(plan), lambda _: None, other)) == set(PRICED)


def _equal(one: Any, other: Any) -> int:
    """See that two are equal but for rounding, and return how many tables they hold."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=1e-9)
        return 1
    if isinstance(one, np.ndarray):
        np.testing.assert_allclose(one, other, rtol=1e-9)
        return 1
    if dataclasses.is_dataclass(one):
        names = [each.name for each in dataclasses.fields(one) if each.name != "plan"]
        return sum(_equal(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, dict):
        assert set(one) == set(other)
        return sum(_equal(one[key], other[key]) for key in one)
    assert one == pytest.approx(other, nan_ok=True)
    return 0
