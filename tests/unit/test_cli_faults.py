"""Our own faults on the command line: exit code 4, the plan in hand kept, and a report from which it runs again."""

from __future__ import annotations

import getpass
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import redesaude as rs
import tiny
from equal_plans import _equal
from redesaude.cli import solve as command
from redesaude.cli.app import app
from redesaude.errors import AuditError, InputError, SolverError
from redesaude.inputs.settings import Settings
from redesaude.inputs.template import write_workbook
from redesaude.plan.plan import Plan
from redesaude.report import folder as reports
from redesaude.report.fault import FaultReport, read_fault
from redesaude.solving import solve as solving
from redesaude.solving.direct import DirectEngine
from redesaude.solving.engine import Way
from redesaude.solving.options import SolveOptions
from redesaude.solving.relay import Relay
from redesaude.studies import runs


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny scenario as a workbook, in a folder of its own, as a user runs it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REDESAUDE_STRICT", raising=False)
    tables = tiny.tables(
        periods=tiny.rows({"period_id": "p1", "first_year": 2025, "years": 1}),
        contracts=tiny.rows({"contract_id": "direct"}),
    )
    path = tmp_path / "tiny.xlsx"
    write_workbook(path, tables, {"gap": 0.0, "base_year": Settings().base_year, "language": "en"})
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def raising(error: Exception) -> Callable[..., Any]:
    def fails(*_: object, **__: object) -> Any:
        raise error

    return fails


def report(folder: Path) -> tuple[Path, FaultReport]:
    (path,) = folder.glob("fault-*.json")
    return path, read_fault(path)


@pytest.mark.few(1)
@pytest.mark.parametrize("error", [AuditError("costs"), SolverError("HiGHS"), IndexError("0"), RecursionError()])
@pytest.mark.parametrize("command", ["solve", "compare"])
def test_a_fault_of_ours_is_told_as_such(
    book: Path, monkeypatch: pytest.MonkeyPatch, command: str, error: Exception
) -> None:
    monkeypatch.setattr(Relay, "run", raising(error))
    done = run(command, book)
    assert done.exit_code == 4, done.output
    paths = list((book.parent / "results" / "tiny").glob("fault-*.json"))
    assert len(paths) == (1 if command == "solve" else 3)  # the mix, today and all direct
    assert {read_fault(path).faults[-1].kind for path in paths} == {type(error).__name__}


def test_the_report_holds_what_it_takes_to_run_it_again(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(DirectEngine, "run", raising(ZeroDivisionError("division by zero")))
        done = run("solve", book, "--seed", 7, "--gap", "0.25")
        assert done.exit_code == 4
        path, found = report(book.parent / "results" / "tiny")
        again = read_fault(path)
        with pytest.raises(rs.RedesaudeError, match="ZeroDivisionError"):  # the same fault
            again.replay()
    scenario = rs.read_scenario(book)
    assert (found.options.seed, found.options.gap) == (7, 0.25)
    assert found.faults[0].stage == "direct"
    assert found.faults[0].trace[-1].startswith("test_cli_faults.py")
    for name, table in scenario.tables().items():
        _equal(getattr(found.scenario, name), table, name)
    _equal(found.scenario.settings, scenario.settings, "settings")
    plan = found.replay()  # mended, it has a plan
    assert plan.objective == pytest.approx(rs.solve(scenario, SolveOptions(gap=0.0)).objective)
    text = path.read_text(encoding="utf-8")
    content = json.loads(text)
    assert {"format", "versions", "seed", "input_sha256", "options", "faults", "scenario"} <= content.keys()
    assert str(book.parent) not in text
    assert f"/{getpass.getuser()}/" not in text


@pytest.mark.long
def test_a_part_of_the_search_that_fails_is_told_and_the_plan_holds(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class TwoWays(DirectEngine):
        @property
        def ways(self) -> tuple[Way, ...]:
            return (Way("first", raising(KeyError("x"))), Way("second", self.run))

    monkeypatch.setattr(solving, "choose_engine", lambda *_: TwoWays())
    done = run("solve", book)
    assert done.exit_code == 0, done.output
    assert "A part of the search failed (first: KeyError" in done.output
    out = book.parent / "results" / "tiny" / "base"
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert [fault["stage"] for fault in manifest["faults"]] == ["first"]
    assert "KeyError" in (out / "run.log").read_text(encoding="utf-8")
    assert report(out.parent)[1].faults[0].kind == "KeyError"
    assert rs.read_plan(out).faults[0].stage == "first"


@pytest.mark.few(1)
@pytest.mark.parametrize("error", [ValueError("a sheet"), InputError([])])
def test_a_report_that_fails_loses_no_plan(book: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Also where an error of the input comes up after the search: by then it cannot be the input."""
    monkeypatch.setattr(reports, "write_audit_workbook", raising(error))
    done = run("solve", book)
    assert done.exit_code == 4, done.output
    out = book.parent / "results" / "tiny" / "base"
    kept = rs.read_plan(out)
    assert kept.audit.passed
    assert kept.objective is not None
    assert math.isfinite(kept.objective)
    assert kept.faults[-1].stage == "report"
    assert (out / "tables" / "openings.csv").exists()
    assert report(out.parent)[1].faults[-1].kind == type(error).__name__


@pytest.mark.long
def test_studies_that_fail_leave_the_result_before_them(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And end the process that makes a share of them, which began with the report."""
    told: list[object] = []

    @contextmanager
    def beside(_: rs.Plan, processes: int) -> Iterator[str]:
        told.append(processes)
        try:
            yield "other"
        finally:
            told.append("ended")

    def studies_of(*given: object) -> None:
        told.append(given[-1])
        raise RuntimeError("a study")

    monkeypatch.setattr(command, "beside", beside)
    monkeypatch.setattr(command, "studies_of", studies_of)
    done = run("solve", book, "--threads", 2)
    assert done.exit_code == 4, done.output
    assert told == [2, "other", "ended"]
    assert (book.parent / "results" / "tiny" / "base" / "plan.xlsx").exists()


@pytest.mark.long
def test_one_strategy_that_fails_leaves_the_others(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    solve_one, calls = runs.solve, count()

    def first_only(*arguments: Any, **others: Any) -> Plan:
        if next(calls) == 0:  # the best mix
            return solve_one(*arguments, **others)
        raise AuditError("the plan failed its audit")

    monkeypatch.setattr(runs, "solve", first_only)
    mended = run("compare", book)  # what the best mix opens is a plan of the others too
    assert mended.exit_code == 0, mended.output
    assert "A part of the search failed" in mended.output
    calls = count()
    monkeypatch.setattr(runs, "best_of", first_only)  # never the first call
    done = run("compare", book)
    assert done.exit_code == 4, done.output
    assert (book.parent / "results" / "tiny" / "compare" / "compare.xlsx").exists()


@pytest.mark.long
def test_what_a_strategy_began_from_is_in_the_report_and_in_its_replay(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = count()

    def only_alone(self: Relay, engine: Any) -> Plan:
        if next(calls) > 0:
            raise AuditError(f"from {len(self._search.known)} plans")
        return relayed(self, engine)

    relayed, mix = Relay.run, rs.solve(rs.read_scenario(book))
    monkeypatch.setattr(Relay, "run", only_alone)
    run("compare", book)
    reports = [read_fault(path) for path in (book.parent / "results" / "tiny").glob("fault-*.json")]
    (direct,) = [each for each in reports if each.begun and each.scenario.variant_id == "direct"]
    assert list(direct.begun[0]["site_id"]) == list(mix.openings["site_id"])
    with pytest.raises(AuditError, match="from 1 plans"):
        direct.replay()


def test_the_input_is_still_to_blame_for_what_is_wrong_with_it(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "solve_scenario", raising(InputError([])))
    assert isinstance(run("solve", book).exception, InputError)
    assert not list((book.parent / "results").glob("**/fault-*.json"))


@pytest.mark.parametrize("command", [(), ("solve",), ("compare",), ("demo",)])
def test_the_help_tells_the_exit_codes(command: tuple[str, ...]) -> None:
    told = " ".join(run(*command, "--help").output.split())
    for words in ("0 a plan", "1 the input is wrong", "2 no plan", "3 time ran out", "4 a fault", "130 interrupted"):
        assert words in told
