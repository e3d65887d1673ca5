"""A comparison that is cut short: finished members are kept and not solved again, and no process outlives it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from test_cli import workbook
from typer.testing import CliRunner

import tiny
from equal_plans import assert_equal_plans
from redesaude.cli import compare as command
from redesaude.cli.app import app
from redesaude.inputs.variants import apply_variant
from redesaude.plan.journal import Kept, write_journal
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve
from redesaude.status import Termination
from redesaude.studies import members as kept_members
from redesaude.studies import runs
from redesaude.studies.members import Members, members_beside

OPTIONS = SolveOptions(gap=0.0, time_limit=30.0, certificate=False)


def test_a_finished_member_comes_back_as_it_was_and_only_for_its_own_question(tmp_path: Path) -> None:
    scenario = tiny.scenario()
    plan = solve(scenario, OPTIONS)
    Members(tmp_path).keep(plan, scenario, OPTIONS)
    members = Members(tmp_path, resume=True)
    again = members.kept(scenario, replace(OPTIONS, jobs=2))
    assert again is not None
    assert_equal_plans(plan, again)
    assert Members(tmp_path).kept(scenario, OPTIONS) is None
    assert members.kept(scenario, replace(OPTIONS, seed=1)) is None
    assert members.kept(scenario.replace(variant_id="other"), OPTIONS) is None
    assert members.count() == 1
    members.clear()
    assert not tmp_path.exists() or list(tmp_path.iterdir()) == []


def test_another_variant_changes_no_member_and_another_version_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = {"variant_id": "v", "sheet": "sizes", "key": "*", "column": "fixed_cost", "value": "1"}
    one = tiny.scenario(variants=tiny.rows(change))
    two = tiny.scenario(variants=tiny.rows(change, change | {"variant_id": "w"}))
    changed = tiny.scenario(variants=tiny.rows(change | {"value": "2"}))
    varied = apply_variant(one, "v")
    Members(tmp_path).keep(solve(varied, OPTIONS), varied, OPTIONS)
    members = Members(tmp_path, resume=True)
    again = members.kept(apply_variant(two, "v"), OPTIONS)
    assert again is not None
    assert len(again.scenario.variants) == 2
    assert members.kept(apply_variant(changed, "v"), OPTIONS) is None
    assert members_beside(tmp_path / "r", one) == members_beside(tmp_path / "r", two)
    monkeypatch.setattr(kept_members.metadata, "version", lambda _: "0")
    assert members.kept(varied, OPTIONS) is None


@pytest.mark.parametrize("end", [Termination.INTERRUPTED, Termination.FAULT])
def test_a_search_that_was_not_finished_is_not_kept_as_if_it_were(end: Termination, tmp_path: Path) -> None:
    scenario = tiny.scenario()
    Members(tmp_path).keep(replace(solve(scenario, OPTIONS), termination=end), scenario, OPTIONS)
    assert Members(tmp_path, resume=True).kept(scenario, OPTIONS) is None


def test_an_unfinished_member_takes_up_from_its_journal_unless_it_is_deterministic(tmp_path: Path) -> None:
    scenario, members = tiny.scenario(), Members(tmp_path, resume=True)
    for options in (OPTIONS, SolveOptions(deterministic=True, work=1000)):
        journal = members.journal(scenario, options)
        assert journal.path is not None
        assert journal.resumed is None
        write_journal(Kept(scenario.input_sha256, bound=1.0), journal.path)
        again = members.journal(scenario, options)
        assert again.kept.bound == 1.0  # it stays there, whatever is taken up
        assert (again.resumed is None) == options.deterministic
        assert Members(tmp_path).journal(scenario, options).resumed is None


def test_a_disk_that_takes_no_more_ends_no_comparison(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    scenario = tiny.scenario()
    members = Members(tmp_path / "file" / "members", resume=True)
    found = runs.solve_all({"mix": scenario}, OPTIONS, members=members)
    assert found["mix"].has_decisions


@pytest.mark.few(1)
@pytest.mark.parametrize("refusal", [errno.ENOSPC, errno.EROFS, errno.EACCES])  # EACCES: open elsewhere, on Windows
def test_a_plan_that_the_disk_does_not_keep_is_told_and_nothing_else_is_lost(
    refusal: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(kept_members, "write_plan" if refusal != errno.EACCES else "settle", refused)
    arguments = ["compare", str(workbook(tmp_path)), "--deterministic", "--work", "5000"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "of the plans could not be kept in" in done.output
    assert (tmp_path / "results" / "tiny" / "compare" / "manifest.json").exists()
    assert not (tmp_path / "results" / "tiny" / ".compare.members").exists()


@pytest.mark.long
def test_a_comparison_that_was_cut_short_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    book = workbook(tmp_path)

    result = tmp_path / "results" / "tiny" / "compare"

    def run(*arguments: str) -> str:
        return CliRunner().invoke(app, ["compare", str(book), "--deterministic", "--work", "5000", *arguments]).output

    def tables() -> dict[str, str]:
        """The tables as text, without how long each took."""
        frames = {path.name: pd.read_csv(path, dtype=str) for path in (result / "tables").iterdir()}
        return {name: frame.drop(columns="seconds", errors="ignore").to_csv() for name, frame in frames.items()}

    def cut_short(*_: object) -> None:
        raise KeyboardInterrupt

    run()
    whole = tables()
    with monkeypatch.context() as cut:
        cut.setattr(command, "place_comparison", cut_short)
        run()
    kept = Members(members_beside(result, command.read(book, None)))
    assert kept.count() == 3  # that today reaches nobody is an answer too
    with monkeypatch.context() as barred:
        barred.setattr(runs, "solve", lambda *_, **__: pytest.fail("a member was solved again"))
        said = run("--resume")
    assert "takes up" in said
    assert tables() == whole
    assert not (result.parent / ".compare.members").exists()


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="asks the system of POSIX for a process")
def test_a_worker_ends_with_its_parent() -> None:
    script = (
        "import multiprocessing, os, time\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from redesaude.studies.pools import _begin\n"
        "if __name__ == '__main__':\n"
        "    pool = ProcessPoolExecutor(1, multiprocessing.get_context('spawn'), _begin, (None, None))\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    pool.submit(time.sleep, 600)\n"
        "    time.sleep(600)\n"
    )
    root = Path(__file__).parents[2]
    path = os.pathsep.join(str(root / name) for name in ("src", "models"))
    begun = subprocess.Popen(
        [sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": path}, stdout=subprocess.PIPE, text=True
    )
    assert begun.stdout is not None
    worker = int(begun.stdout.readline())
    begun.kill()
    begun.communicate()
    for _ in range(600):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(worker, 9)
    pytest.fail("the worker outlived its parent")


@pytest.mark.few(1)
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("module", "words"), [("compare", "What was solved is kept"), ("report", "nothing that was there is lost")]
)
@pytest.mark.long
def test_the_first_ctrl_c_says_what_becomes_of_what_was_found(
    module: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    book = str(workbook(tmp_path))
    before = signal.getsignal(signal.SIGINT)
    if module == "report":
        assert CliRunner().invoke(app, ["solve", book, "--no-studies"]).exit_code == 0
    place = {"compare": "place_comparison", "report": "place_report"}[module]
    try:
        monkeypatch.setattr(f"redesaude.cli.{module}.{place}", lambda *_, **__: signal.raise_signal(signal.SIGINT))
        CliRunner().invoke(app, [module, book])
    finally:
        signal.signal(signal.SIGINT, before)
    assert words in capfd.readouterr().err
