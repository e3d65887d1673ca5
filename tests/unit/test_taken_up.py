"""Questions that are cut short: each answer is kept as it comes, and --resume goes on to what nothing had cut short."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from appraisal_example import example_plan
from typer.testing import CliRunner

import tiny
from redesaude.cli.app import app
from redesaude.errors import ResultError
from redesaude.plan.plan import Aim, Plan
from redesaude.plan.storage import read_plan, write_plan
from redesaude.solving.clock import Clock
from redesaude.solving.solve import solve
from redesaude.studies import members as kept_members
from redesaude.studies.members import Members, identity

_EXACTLY = ("--deterministic", "--work", "5000", "--gap", "0")
_PRICED = "redesaude.studies.knowing._Rivals.all_costs"
#: each command; what finds an answer; how many of them it is killed after
COMMANDS: dict[str, tuple[tuple[str, ...], str, int]] = {
    "ask": (
        ("ask", "--close", "h1", "--contract", "h2=direct", "--open", "h3/cardio", *_EXACTLY),
        "redesaude.asking.answers.solve",
        1,
    ),
    "why": (("why", "--seconds", "60", *_EXACTLY), "redesaude.asking.answers.solve", 2),
    "alternatives": (("alternatives", "--n", "3", "--within", "5", *_EXACTLY), "redesaude.asking.answers.solve", 2),
    "frontier": (
        ("frontier", "--measure", "services", "--levels", "2,1", *_EXACTLY),
        "redesaude.asking.answers.solve",
        1,
    ),
    "trade_off": (
        ("frontier", "--measure", "services", "--levels", "3,2", "--against", "access", *_EXACTLY),
        "redesaude.asking.trade_off.best",
        1,
    ),
    "sensitivity": (("sensitivity", "--trajectories", "2", "--rows", "2"), "redesaude.studies.screening._walked", 1),
    "worth": (("sensitivity", "--trajectories", "1", "--rows", "4"), _PRICED, 3),
}


class _KilledError(BaseException):
    """What no command catches, as nothing catches SIGKILL."""


def _at_once(plan: Plan, measure: str, *_: Any, **__: Any) -> Plan:
    """Stands for the search of the best of a measure, whose tries end by seconds: no two of them are the same."""
    return replace(plan, aim=Aim(measure, 0.5, 1.0, None))


def _counted(name: str, monkeypatch: pytest.MonkeyPatch, most: float = np.inf) -> list[str]:
    """Count how often a function is called, which kills what calls it once more than ``most``."""
    path, _, attribute = name.rpartition(".")
    module, _, kind = path.partition("._")
    owner: Any = import_module(module)
    owner = getattr(owner, f"_{kind}") if kind else owner
    true: Callable[..., Any] = _at_once if attribute == "best" else getattr(owner, attribute)
    calls: list[str] = []

    def call(*given: Any, **named: Any) -> Any:
        if len(calls) >= most:
            raise _KilledError
        calls.append(name)
        return true(*given, **named)

    monkeypatch.setattr(owner, attribute, call)
    return calls


def _tables(folder: Path) -> dict[str, str]:
    """The tables as text, without how long each answer took."""
    frames = {path.name: pd.read_csv(path, dtype=str) for path in (folder / "tables").iterdir()}
    return {name: frame.drop(columns="seconds", errors="ignore").to_csv() for name, frame in frames.items()}


def _run(command: tuple[str, ...], folder: Path, *more: str) -> str:
    done = CliRunner().invoke(app, [command[0], str(folder / "plan"), *command[1:], "--out", str(folder / "r"), *more])
    if isinstance(done.exception, _KilledError):
        raise done.exception
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


@pytest.fixture(scope="module")
def small() -> Plan:
    """One with few assumptions, which are soon moved."""
    contracts = ({"contract_id": "direct", "delivery_model": "direct"}, {"contract_id": "oss", "delivery_model": "oss"})
    return solve(tiny.scenario(contracts=tiny.rows(*contracts)), tiny.EXACT)


@pytest.mark.long
@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_question_that_was_killed_goes_on(
    name: str, small: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, finds, most = COMMANDS[name]
    (tmp_path / "plan").mkdir()
    write_plan(small if command[0] == "sensitivity" else example_plan(), tmp_path / "plan")
    with monkeypatch.context() as patched:
        all_calls = _counted(finds, patched)
        _run(command, tmp_path)
    assert len(all_calls) > most
    whole, hidden = _tables(tmp_path / "r"), tmp_path / ".r.members"
    assert not hidden.exists()
    with monkeypatch.context() as patched:
        _counted(finds, patched, most)
        with pytest.raises(_KilledError):
            _run(command, tmp_path)
    with monkeypatch.context() as patched:
        calls = _counted(finds, patched)
        assert "taken up" in _run(command, tmp_path, "--resume")
    assert len(calls) == len(all_calls) - most
    assert _tables(tmp_path / "r") == whole
    assert not hidden.exists()


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_sigkill_loses_no_answer_that_was_found(tmp_path: Path) -> None:
    command = COMMANDS["ask"][0]
    (tmp_path / "plan").mkdir()
    write_plan(example_plan(), tmp_path / "plan")
    _run(command, tmp_path)
    whole = _tables(tmp_path / "r")
    script = (
        "import os, signal, sys\n"
        "from redesaude.asking import answers\n"
        "from redesaude.cli import main\n"
        "true, calls = answers.solve, []\n"
        "def solve(*given, **named):\n"
        "    calls.append(1)\n"
        "    if len(calls) == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return true(*given, **named)\n"
        "answers.solve = solve\n"
        "main()\n"
    )
    root = Path(__file__).parents[2]
    path = os.pathsep.join(str(root / name) for name in ("src", "models"))
    call = [command[0], str(tmp_path / "plan"), *command[1:], "--out", str(tmp_path / "r")]
    killed = subprocess.run(
        [sys.executable, "-c", script, *call], env=os.environ | {"PYTHONPATH": path}, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert "1 answer " in _run(command, tmp_path, "--resume")
    assert _tables(tmp_path / "r") == whole


def test_what_else_is_asked_is_no_done_work(tmp_path: Path) -> None:
    """Another plan in hand, another time for all, other plans to choose from."""
    plan = example_plan()
    other = replace(plan, bound=(plan.bound or 0.0) - 1.0)
    kept, known = Members(tmp_path, resume=True), plan.scenario
    kept.about(plan, "60").keep(plan, known, tiny.EXACT)
    assert kept.about(plan, "60").kept(known, tiny.EXACT) is not None
    assert kept.about(plan, "61").kept(known, tiny.EXACT) is None
    assert kept.about(other, "60").kept(known, tiny.EXACT) is None
    assert kept.kept(known, tiny.EXACT) is None
    made = kept.about(plan).figures("row 0", lambda: np.array([0.1, np.inf]))
    assert (kept.about(plan).figures("row 0", lambda: pytest.fail("made again")) == made).all()
    assert kept.about(plan).figures("row 1", lambda: np.zeros(1)).tolist() == [0.0]
    assert kept.about(other).figures("row 0", lambda: np.zeros(1)).tolist() == [0.0]
    assert Members(tmp_path).about(plan).figures("row 0", lambda: np.ones(1)).tolist() == [1.0]
    assert kept.count() == 4
    for path in tmp_path.glob("*.npz"):
        path.write_bytes(b"none")
    with pytest.raises(ResultError):
        kept.about(plan).figures("row 0", lambda: np.zeros(1))


def test_a_plan_is_itself_once_written_and_read(tmp_path: Path) -> None:
    write_plan(example_plan(), tmp_path)
    assert identity(read_plan(tmp_path)) == identity(example_plan())


def test_what_is_taken_up_costs_the_time_that_it_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, clock = replace(example_plan(), seconds={"total": 40.0}), Clock(100.0, read=lambda: 0.0)
    kept = Members(tmp_path, resume=True)
    monkeypatch.setattr(kept_members, "time", SimpleNamespace(monotonic=iter((0.0, 50.0)).__next__))
    kept.keep(plan, plan.scenario, tiny.EXACT)
    kept.figures("row", lambda: np.zeros(1))
    again = kept.about(clock=clock)
    again.kept(plan.scenario, tiny.EXACT)
    assert clock.left == 60.0
    again.figures("row", lambda: np.zeros(1))
    assert clock.left == 10.0
