"""The journal of a search: what was found outlives the process, is taken up again and written down without solving."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_cli import PROGRAM, run, workbook

import tiny
from long_search import long_search
from redesaude.errors import AuditError, ResultError
from redesaude.inputs.checks import read_scenario
from redesaude.plan import journal as journals
from redesaude.plan.journal import FORMAT, Kept, journal_beside, read_journal, remove_journal, write_journal
from redesaude.plan.plan import Plan
from redesaude.solving import relay
from redesaude.solving.journal import Journal
from redesaude.solving.record import Record
from redesaude.solving.solve import from_journal, solve
from redesaude_models.problem import Decisions

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def kept_of(path: Path) -> Kept:
    kept = read_journal(path)
    assert kept is not None
    return kept


def searched(folder: Path) -> tuple[Plan, Path]:
    """A plan of the tiny scenario and the journal of its search, which nobody removed."""
    path = folder / ".base.journal"
    scenario = tiny.scenario()
    return solve(scenario, tiny.EXACT, journal=Journal(path, Kept(scenario.input_sha256))), path


def same(one: Decisions, other: Decisions) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("open", "options", "shares"))


def test_a_search_leaves_its_plan_its_bound_its_input_and_options(tmp_path: Path) -> None:
    plan, path = searched(tmp_path)
    kept = kept_of(path)
    assert (kept.cost, kept.bound) == (plan.objective, pytest.approx(plan.bound))
    assert kept.input_sha256 == plan.scenario.input_sha256
    assert kept.options["time_limit"] == tiny.EXACT.time_limit
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_journal_is_read_exactly(tmp_path: Path) -> None:
    _, path = searched(tmp_path)
    kept = kept_of(path)
    write_journal(kept, tmp_path / "again")
    again = kept_of(tmp_path / "again")
    assert kept.decisions is not None
    assert again.decisions is not None
    assert same(again.decisions, kept.decisions)
    assert replace(again, decisions=None) == replace(kept, decisions=None)


def test_newer_and_damaged_journals_are_refused_in_words(tmp_path: Path) -> None:
    _, path = searched(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[:-40])
    with pytest.raises(ResultError, match="cannot be read"):
        read_journal(path)
    text = np.frombuffer(json.dumps({"format": FORMAT + 1}).encode(), np.uint8)
    with path.open("wb") as stream:
        np.savez(stream, journal=text)
    with pytest.raises(ResultError, match="newer"):
        read_journal(path)
    assert read_journal(tmp_path / "absent") is None


def test_a_plan_comes_back_without_a_search(tmp_path: Path) -> None:
    plan, path = searched(tmp_path)
    again = from_journal(plan.scenario, Journal(path, kept_of(path), resume=True))
    assert again.objective == plan.objective
    assert again.audit.passed
    assert again.openings.equals(plan.openings)
    assert again.bound == pytest.approx(plan.bound)


def test_a_resumed_search_is_never_worse_though_it_finds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, path = searched(tmp_path)
    monkeypatch.setattr("redesaude.solving.direct.soon_built", lambda *_: False)
    anew = solve(plan.scenario, tiny.EXACT)
    assert not anew.has_decisions
    resumed = solve(plan.scenario, tiny.EXACT, journal=Journal(path, kept_of(path), resume=True))
    assert resumed.objective == plan.objective


def test_a_false_bound_of_a_journal_is_an_alarm_and_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(relay.STRICT)
    plan, path = searched(tmp_path)
    false = replace(kept_of(path), bound=2 * (plan.objective or 0.0))
    resumed = solve(plan.scenario, tiny.EXACT, journal=Journal(path, false, resume=True))
    assert resumed.bound == pytest.approx(plan.bound)
    assert "journal" in {fault.stage for fault in resumed.faults}
    assert kept_of(path).bound == pytest.approx(plan.bound)


def test_what_a_way_found_that_fails_its_audit_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, path = searched(tmp_path)
    decisions = kept_of(path).decisions
    assert decisions is not None
    journal = Journal(path, Kept(plan.scenario.input_sha256))
    with journal.watching(lambda _: 1.0, {}):
        record = Record()
        journal.follow(record)
        record.adopt(1.0, 1.0, lambda: decisions)
        journal.look()
        assert kept_of(path).cost == 1.0
        journal.distrust()
    assert kept_of(path).cost is None

    looking = Journal(path, Kept(plan.scenario.input_sha256))

    def failed(_: Plan) -> Plan:
        looking.look()
        assert kept_of(path).cost is not None
        raise AuditError("no")

    monkeypatch.setattr(relay, "audited", failed)
    with pytest.raises(AuditError):
        solve(plan.scenario, tiny.EXACT, journal=looking)
    assert kept_of(path).cost is None


def test_an_earlier_plan_stays_until_there_is_a_better_one(tmp_path: Path) -> None:
    plan, path = searched(tmp_path)
    better = replace(kept_of(path), cost=0.5 * (plan.objective or 0.0), bound=None)
    write_journal(better, path)
    solve(plan.scenario, tiny.EXACT, journal=Journal(path, better))
    assert kept_of(path).cost == better.cost


def test_a_full_disk_ends_no_search(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    journal = Journal(tmp_path / "file" / ".base.journal")
    assert solve(tiny.scenario(), tiny.EXACT, journal=journal).has_decisions
    assert journal.unwritable is not None


# --- the command line --------------------------------------------------------------------------------------------


def left_behind(folder: Path) -> tuple[Path, Path, Kept]:
    """A workbook, the folder of its result, and the journal of a search for it that was cut short."""
    file, result = workbook(folder), folder / "results" / "tiny" / "base"
    scenario = read_scenario(file)
    path = journal_beside(result)
    solve(scenario, tiny.EXACT, journal=Journal(path, Kept(scenario.input_sha256)))
    return file, result, kept_of(path)


@pytest.mark.long
def test_the_next_solve_says_what_is_there_and_resumes(tmp_path: Path) -> None:
    file, result, kept = left_behind(tmp_path)
    resumed = run("solve", file, "--resume", "--no-studies", folder=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert "takes up from" in resumed.stdout
    assert json.loads((result / "manifest.json").read_text(encoding="utf-8"))["objective"] == kept.cost
    assert not journal_beside(result).exists()
    write_journal(replace(kept, cost=(kept.cost or 0.0) - 1.0), journal_beside(result))
    told = run("solve", file, "--no-studies", folder=tmp_path)
    assert "--resume" in told.stdout
    assert journal_beside(result).exists()  # better than the result
    nothing = run("solve", file, "--out", "elsewhere", "--resume", "--no-studies", folder=tmp_path)
    assert "begins anew" in nothing.stdout


@pytest.mark.long
def test_a_journal_of_another_input_is_told_and_not_taken_up(tmp_path: Path) -> None:
    file, result, kept = left_behind(tmp_path)
    write_journal(replace(kept, input_sha256="0" * 64, bound=2 * (kept.cost or 0.0)), journal_beside(result))
    done = run("solve", file, "--resume", "--no-studies", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "another input" in done.stdout
    assert json.loads((result / "manifest.json").read_text(encoding="utf-8"))["objective"] == kept.cost


@pytest.mark.long
def test_report_writes_the_plan_of_a_journal_and_of_a_result(tmp_path: Path) -> None:
    file, result, kept = left_behind(tmp_path)
    only = run("report", result, folder=tmp_path)
    assert (only.returncode, "WORKBOOK" in only.stderr) == (1, True)
    done = run("report", file, "--no-studies", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads((result / "manifest.json").read_text(encoding="utf-8"))["objective"] == kept.cost
    assert (result / "plan.xlsx").exists()
    assert not journal_beside(result).exists()
    again = run("report", result, "--lang", "pt-BR", "--no-studies", "--out", "pt", folder=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "Resultados" in again.stdout
    assert (tmp_path / "pt" / "plan.xlsx").exists()
    nothing = run("report", file, "--out", "nowhere", folder=tmp_path)
    assert nothing.returncode == 1


@pytest.mark.long
@posix
@pytest.mark.parametrize("signals", [("SIGINT", "SIGINT"), ("SIGTERM",), ("SIGHUP",)])
def test_a_search_that_is_ended_leaves_its_journal(signals: tuple[str, ...], tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root / 'models'}"}
    arguments = ["solve", str(long_search(tmp_path)), "--time-limit", "300", "--gap", "0", "--out", "out"]
    with subprocess.Popen(
        [*PROGRAM, *arguments], cwd=tmp_path, env=environment, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        journal = journal_beside(tmp_path / "out")
        while process.poll() is None and not (journal.exists() and kept_of(journal).cost is not None):
            time.sleep(0.05)
        assert process.stderr is not None
        for n, name in enumerate(signals):
            if n:  # two at once would be one
                next(line for line in process.stderr if "Ctrl-C" in line)
            process.send_signal(getattr(signal, name))
        _, said = process.communicate(timeout=120)
    assert "Traceback" not in said
    assert process.returncode == (130 if signals[0] == "SIGINT" else -getattr(signal, signals[0]))
    assert kept_of(journal).decisions is not None


def test_a_journal_that_another_program_has_open_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where a file in use can neither be replaced nor removed."""

    def in_use(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "in use")

    path = tmp_path / ".base.journal"
    with monkeypatch.context() as held:
        held.setattr(journals.os, "replace", in_use)
        with pytest.raises(PermissionError):
            write_journal(Kept("a"), path)
    write_journal(Kept("b"), path)
    with monkeypatch.context() as held:
        held.setattr(Path, "unlink", in_use)
        remove_journal(path)
    assert read_journal(path) == Kept("b")
    remove_journal(path)
    assert list(tmp_path.iterdir()) == []
