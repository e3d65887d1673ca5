"""The command line: what it prints, what it leaves behind, and the exit codes of the README."""

from __future__ import annotations

import errno
import inspect
import json
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

import redesaude as rs
import tiny
from long_search import long_search
from redesaude.cli import app as commands
from redesaude.cli import main
from redesaude.errors import InputError
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.settings import Settings
from redesaude.inputs.template import write_workbook
from redesaude.inputs.variants import apply_variant

pytestmark = pytest.mark.usefixtures("no_pages")  # but in processes of their own

PROGRAM = [sys.executable, "-c", "from redesaude.cli import main; main()"]


def run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the command says and how it ends, in this process: one of its own imports everything anew."""
    out, errors = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as here, redirect_stdout(out), redirect_stderr(errors):
        here.chdir(folder)
        here.setenv("COLUMNS", "200")
        here.setattr(sys, "argv", ["redesaude", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
    return subprocess.CompletedProcess(arguments, int(end.value.code or 0), out.getvalue(), errors.getvalue())


def run_apart(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it, in a process of its own."""
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def environment() -> dict[str, str]:
    root = Path(__file__).parents[2]
    return os.environ | {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root / 'models'}", "COLUMNS": "200"}


def workbook(folder: Path, language: str = "en", **changes: pd.DataFrame) -> Path:
    """The tiny scenario as a workbook."""
    tables = tiny.tables(
        periods=tiny.rows({"period_id": "p1", "first_year": 2025, "years": 1}),
        contracts=tiny.rows({"contract_id": "direct"}),
        **changes,
    )
    path = folder / "tiny.xlsx"
    write_workbook(path, tables, {"gap": 0.0, "base_year": Settings().base_year, "language": language})
    return path


def test_new_writes_a_workbook_that_check_reads(tmp_path: Path) -> None:
    made = run("new", "my.xlsx", "--lang", "pt-BR", folder=tmp_path)
    assert made.returncode == 0
    assert "my.xlsx" in made.stdout
    again = run("new", "my.xlsx", folder=tmp_path)
    assert again.returncode == 1
    checked = run("check", "my.xlsx", "--lang", "en", folder=tmp_path)
    assert checked.returncode == 1  # blank: its sheets have no rows yet, and that is said
    assert "territories" in checked.stdout
    assert "Traceback" not in checked.stdout + checked.stderr


@pytest.mark.long
def test_a_deterministic_solve_ends_by_work_and_says_so(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    refused = run("solve", path, "--deterministic", folder=tmp_path)
    assert refused.returncode == 1
    assert "work" in refused.stderr
    done = run("solve", path, "--deterministic", "--work", 50_000, "--no-studies", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "results" / "tiny" / "base" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["deterministic"], manifest["threads"], manifest["jobs"]) == (True, 1, 1)
    assert 0 < manifest["work"] <= 50_000
    assert manifest["options"]["work"] == 50_000


@pytest.mark.parametrize("studies", [("--no-studies",), pytest.param((), marks=pytest.mark.long)], ids=len)
def test_solve_writes_the_output_folder(studies: tuple[str, ...], tmp_path: Path) -> None:
    done = run_apart("solve", workbook(tmp_path), *studies, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "results" / "tiny" / "base"
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "optimal"
    assert manifest["audit"]["passed"] is True
    assert {"read", "build", "solve", "report", "total"} <= set(manifest["seconds"])
    for name in ("plan.xlsx", "scenario.xlsx", "run.log", "tables/openings.csv", "tables/costs.csv"):
        assert (out / name).stat().st_size > 0
    costs = pd.read_csv(out / "tables" / "costs.csv")
    assert costs["npv"].sum() == pytest.approx(manifest["objective"], rel=1e-6)


@pytest.mark.long
def test_a_solve_begins_with_the_plan_of_other_results(tmp_path: Path) -> None:
    """Of a variant too, whose firm norm that plan keeps; a folder without a plan is told."""
    changes = tiny.rows({"variant_id": "dear", "sheet": "sizes", "key": "*", "column": "fixed_cost", "value": 90})
    file = workbook(tmp_path, variants=changes)
    assert run("solve", file, "--no-studies", folder=tmp_path).returncode == 0
    begun = run("solve", file, "--variant", "dear", "--from", "results/tiny/base", "--no-studies", folder=tmp_path)
    assert begun.returncode == 0, begun.stderr
    assert "from 1 plans already known" in (tmp_path / "results/tiny/dear/run.log").read_text(encoding="utf-8")
    wrong = run("solve", file, "--from", "results/nowhere", "--no-studies", folder=tmp_path)
    assert wrong.returncode == 1


def test_wrong_input_is_told_with_its_cell(tmp_path: Path) -> None:
    territories = tiny.tables()["territories"].assign(population=[10, -5, 30])
    path = workbook(tmp_path, territories=territories)
    for command in ("check", "solve"):
        done = run(command, path, folder=tmp_path)
        assert done.returncode == 1
        assert "territories!" in done.stdout + done.stderr
        assert "-5" in done.stdout + done.stderr


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("stated", "asked", "word"), [("pt-BR", (), "a corrigir"), ("pt-BR", ("--lang", "en"), "to mend")]
)
@pytest.mark.parametrize("command", ["check", "solve", "compare"])
def test_wrong_input_is_told_in_its_language(
    command: str, stated: str, asked: tuple[str, ...], word: str, tmp_path: Path
) -> None:
    territories = tiny.tables()["territories"].assign(population=[10, -5, 30])
    done = run(command, workbook(tmp_path, stated, territories=territories), *asked, folder=tmp_path)
    assert done.returncode == 1
    assert word in done.stdout + done.stderr


def test_infeasible_names_the_promise(tmp_path: Path) -> None:
    specialties = tiny.tables()["specialties"].assign(name="Cardiology", access_minutes=5, access_share=1.0)
    path = workbook(tmp_path, specialties=specialties)
    done = run("solve", path, "--out", "out", folder=tmp_path)
    assert done.returncode == 2
    assert "Cardiology" in done.stdout
    assert "100%" in done.stdout
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "infeasible"
    assert manifest["reason"]


@pytest.mark.parametrize("arguments", [("solve",), ("solve", "--bogus"), ("nonsense",), ("solve", "absent.xlsx")])
def test_misuse_is_told_in_words(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*arguments, folder=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert (done.stdout + done.stderr).strip()


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_keeps_the_best_plan(tmp_path: Path) -> None:
    arguments = ["solve", str(long_search(tmp_path)), "--time-limit", "300", "--gap", "0", "--out", "out"]
    with subprocess.Popen(
        [*PROGRAM, *arguments], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "plan " in line:
                break
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        process.wait(timeout=120)
    assert process.returncode == 130
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["termination"] == "interrupted"
    assert manifest["audit"]["passed"] is True


@pytest.mark.long
def test_a_worse_run_leaves_the_better_result_and_says_so(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    assert run("solve", path, "--no-studies", folder=tmp_path).returncode == 0
    manifest = tmp_path / "results" / "tiny" / "base" / "manifest.json"
    better = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(better | {"objective": better["objective"] - 1, "mark": "better"}))
    again = run("solve", path, "--no-studies", folder=tmp_path)
    assert again.returncode == 0
    assert "--replace" in again.stdout
    assert "mark" in json.loads(manifest.read_text(encoding="utf-8"))
    forced = run("solve", path, "--no-studies", "--replace", folder=tmp_path)
    assert "history" in forced.stdout
    assert json.loads(manifest.read_text(encoding="utf-8"))["objective"] == better["objective"]
    listed = run("history", manifest.parent, folder=tmp_path)
    assert [line.split("│")[-1].strip()[:7] for line in listed.stdout.splitlines() if "optimal" in line] == [
        ".",
        "history",
    ]
    nothing = run("history", tmp_path, folder=tmp_path)
    assert (nothing.returncode, "holds no result" in nothing.stderr) == (1, True)


@pytest.mark.few(2)
@pytest.mark.parametrize("name", ["../../esc", "/esc", "a\\b", "C:x", "nul", "x" * 300, "compare", "History", "a."])
def test_a_variant_whose_code_is_no_folder_is_refused(name: str, tmp_path: Path) -> None:
    change = {"variant_id": name, "sheet": "sizes", "key": "*", "column": "cost_per_case", "operation": "multiply"}
    path = workbook(tmp_path, variants=tiny.rows(change | {"value": "1.1"}))
    checked = check_workbook(path)
    told = [(p.sheet, p.cell, p.severity) for p in checked.problems if p.severity != "warning"]
    assert told == [("variants", "A3", "variant")]
    assert checked.scenario is not None
    with pytest.raises(InputError, match="variants!A3"):
        apply_variant(checked.scenario, name)


def test_a_path_for_a_variant_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    change = {
        "variant_id": "../../esc",
        "sheet": "sizes",
        "key": "*",
        "column": "capex",
        "operation": "add",
        "value": 1,
    }
    path = workbook(tmp_path / "here", variants=tiny.rows(change))
    done = run("solve", path.name, "--variant", "../../esc", "--no-studies", folder=tmp_path / "here")
    assert done.returncode == 1
    assert "variants!A3" in done.stdout + done.stderr
    assert [str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*")] == ["here", "here/tiny.xlsx"]


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["...xlsx", "a:b.xlsx", "nul.xlsx"])
def test_a_workbook_whose_name_is_no_folder_asks_for_one(name: str, tmp_path: Path) -> None:
    path = workbook(tmp_path).rename(tmp_path / name)
    done = run("solve", path, "--no-studies", folder=tmp_path)
    assert done.returncode == 1
    assert "--out" in done.stderr
    assert os.listdir(tmp_path) == [name]
    assert run("solve", path, "--no-studies", "--out", "out", folder=tmp_path).returncode == 0


def test_a_place_that_cannot_be_written_is_told_before_the_search_in_the_language_of_the_input(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    path = workbook(tmp_path, "pt-BR")
    for out, word in (("taken", "é um arquivo"), ("taken/below", "nenhum resultado"), ("x" * 300, "nenhum resultado")):
        done = run("solve", path, "--out", out, folder=tmp_path)
        assert (done.returncode, word in done.stderr, "bound" in done.stdout) == (1, True, False), done.stderr


@pytest.mark.parametrize("command", ["new", "check", "solve", "report", "verify", "search"])
def test_a_name_that_no_file_can_have_is_told(command: str, tmp_path: Path) -> None:
    name = "x" * 300 + ".xlsx"
    asked = ("solve", workbook(tmp_path), "--search", name) if command == "search" else (command, name)
    done = run(*asked, folder=tmp_path)
    assert (done.returncode, os.strerror(errno.ENAMETOOLONG) in done.stderr) == (1, True)


def test_a_new_workbook_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = run("new", "file/new.xlsx", folder=tmp_path)
    assert (done.returncode, "cannot be written" in done.stderr) == (1, True)


def test_the_version_is_told_and_the_package_runs(tmp_path: Path) -> None:
    assert run_apart("--version", folder=tmp_path).stdout.strip() == f"redesaude {version('redesaude')}"
    told = subprocess.run(
        [sys.executable, "-m", "redesaude", "--version"], env=environment(), capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith("redesaude ")


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "arguments", [("--version",), ("check", "none.xlsx"), ("new", "none.txt"), ("history", "none")]
)
def test_what_solves_nothing_waits_for_no_solver(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Imports take longer than such a command."""
    heavy = "pyomo", "highspy", "xlsxwriter", "redesaude.solving.solve"
    told = f"import atexit, sys; atexit.register(lambda: print([n for n in {heavy} if n in sys.modules])); "
    program = [sys.executable, "-c", told + PROGRAM[-1], *arguments]
    done = subprocess.run(program, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_names_of_the_package_are_where_it_says() -> None:
    assert set(rs.__all__) == set(rs._HOMES) <= set(dir(rs))
    assert all(getattr(rs, name).__name__ == name for name in rs.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        rs.nonsense  # noqa: B018


def test_options_that_go_together_are_each_an_option_of_the_command() -> None:
    asked = {command: inspect.signature(command).parameters for command in (commands.solve, commands.demo)}
    assert not any("Effort" in str(p.annotation) for found in asked.values() for p in found.values())
    assert [asked[command]["time_limit"].default for command in asked] == [None, 100.0]
    assert set(asked[commands.demo]) == {
        *("time_limit", "gap", "threads", "seed"),
        *("out", "studies", "replace_better", "lang"),
    }
