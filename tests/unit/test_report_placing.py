"""Where a result goes: nothing better is lost, nothing of others is touched, and there is always a place."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from redesaude.errors import OutputError, ResultError
from redesaude.report import placing
from redesaude.report.placing import FORMAT, Placed, check_target, place, results_at

PLAN = {"status": "feasible", "engine": "direct", "audit": {}, "objective": 100.0, "bound": 90.0}
INPUT, OTHER = "ab12cd34" * 8, "ef56" * 16


def result(
    out: Path, text: str = "one", *, replace: bool = False, names: tuple[str, ...] = (), **standing: Any
) -> Placed:
    """Place a small result: ``plan.xlsx`` and ``tables/costs.csv`` holding ``text``, and files of other ``names``."""
    manifest = PLAN | {"input_sha256": INPUT} | standing

    def write(folder: Path) -> dict[str, Any]:
        for name in ("plan.xlsx", "tables/costs.csv", *names):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        return manifest

    return place(out, write, manifest, replace=replace)


def content(folder: Path) -> dict[str, str]:
    """Every file in ``folder`` but manifests, with its text."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


NEW, OLD = {"plan.xlsx": "two", "tables/costs.csv": "two"}, {"plan.xlsx": "one", "tables/costs.csv": "one"}


def in_history(folder: Path, number: str = "") -> dict[str, str]:
    """The files of OLD where the history has them."""
    (past,) = {p.parent.name for p in (folder / "history").glob(f"*{number}/plan.xlsx")}
    assert past.split("-")[3] == INPUT[:8]
    assert manifest_of(folder / "history" / past)["objective"] == 100.0
    return {f"history/{past}/{name}": text for name, text in OLD.items()}


def test_a_result_lists_what_it_wrote_and_carries_a_format(tmp_path: Path) -> None:
    manifest = manifest_of(result(tmp_path / "r").folder)
    assert list(manifest["files"]) == ["plan.xlsx", "tables/costs.csv"]
    assert manifest["format"] == FORMAT
    assert os.listdir(tmp_path) == ["r"]


@pytest.mark.parametrize(
    "worse",
    [{"objective": 101.0, "bound": 99.0}, {"bound": 80.0}, {"bound": None}, {"status": "no_plan", "objective": None},
     {"status": "no_plan", "objective": None, "input_sha256": OTHER}, {"status": "infeasible", "objective": None}],
)  # fmt: skip
def test_a_worse_result_of_the_same_input_does_not_replace_a_better_one(worse: dict[str, Any], tmp_path: Path) -> None:
    result(tmp_path / "r")
    kept = result(tmp_path / "r", "two", **worse)
    assert (kept.folder, kept.written, content(tmp_path / "r")) == (tmp_path / "r", False, OLD)
    assert "--replace" in str(kept.notes[0])
    forced = result(tmp_path / "r", "two", replace=True, **worse)
    assert forced.written
    assert content(tmp_path / "r") == NEW | in_history(tmp_path / "r")


@pytest.mark.parametrize(
    "other",
    [{"objective": 99.0, "bound": 80.0}, {"bound": 95.0}, {"objective": 500.0, "input_sha256": OTHER},
     {"status": "infeasible", "objective": None, "input_sha256": OTHER}],
)  # fmt: skip
def test_what_a_better_or_another_result_replaces_goes_to_the_history(other: dict[str, Any], tmp_path: Path) -> None:
    result(tmp_path / "r")
    placed = result(tmp_path / "r", "two", **other)
    assert content(tmp_path / "r") == NEW | in_history(tmp_path / "r")
    assert "history" in str(placed.notes[0])


@pytest.mark.parametrize("earlier", [{}, {"status": "no_plan", "objective": None, "bound": None}])
def test_what_says_nothing_more_is_replaced(earlier: dict[str, Any], tmp_path: Path) -> None:
    result(tmp_path / "r", **earlier)
    placed = result(tmp_path / "r", "two")
    assert (content(tmp_path / "r"), placed.notes) == (NEW, ())


def test_a_long_history_keeps_every_result(tmp_path: Path) -> None:
    for n in range(4):
        result(tmp_path / "r", str(n), objective=100.0 - n)
    texts = {name.split("/")[-1]: text for name, text in content(tmp_path / "r").items() if "tables" not in name}
    assert texts["plan.xlsx"] in "0123"
    past = [path.read_text() for path in (tmp_path / "r" / "history").glob("*/plan.xlsx")]
    assert sorted(past) == ["0", "1", "2"]


def test_results_and_their_history_are_listed_the_latest_first(tmp_path: Path) -> None:
    for n in range(3):
        result(tmp_path / "r", str(n), objective=100.0 - n, written=f"2026-11-2{n}T10:00:00+00:00")
    (tmp_path / "r" / "history" / "my notes").mkdir()
    found = results_at(tmp_path / "r")
    assert [manifest["objective"] for _, manifest in found] == [98.0, 99.0, 100.0]
    assert [path.name for path, _ in found] == ["r", f"2026-11-21-{INPUT[:8]}", f"2026-11-20-{INPUT[:8]}"]
    with pytest.raises(ResultError, match="no result"):
        results_at(tmp_path)


def test_files_of_others_stay_whatever_their_names(tmp_path: Path) -> None:
    out = tmp_path / "r"
    result(out)
    (out / "brief.html").write_text("mine, before there was one of yours")
    (out / "tables" / "mine.csv").write_text("mine")
    (out / "plan.xlsx").write_text("one, with my remarks")
    (out / "scenario.xlsx").mkdir()
    (out / "scenario.xlsx" / "note.txt").write_text("a folder where a file goes")
    (out / "nothing yet").mkdir()
    (out / "link").symlink_to("plan.xlsx")
    result(out, "two", names=("brief.html", "scenario.xlsx"))
    assert content(out) == NEW | {
        "brief.html": "two", "brief-2.html": "mine, before there was one of yours", "tables/mine.csv": "mine",
        "plan-2.xlsx": "one, with my remarks", "scenario.xlsx": "two", "link": "two",
        "scenario-2.xlsx/note.txt": "a folder where a file goes",
    }  # fmt: skip
    assert (out / "nothing yet").is_dir()
    assert (out / "link").is_symlink()


def test_a_file_that_a_result_no_longer_writes_goes_with_it(tmp_path: Path) -> None:
    result(tmp_path / "r", names=("brief.html",))
    result(tmp_path / "r", "two")
    assert content(tmp_path / "r") == NEW


def test_a_result_of_format_1_is_replaced_and_kept_in_the_history(tmp_path: Path) -> None:
    """A folder as the version of 22 November 2026 wrote it: no format, no list of files, the hash of the file."""
    out = tmp_path / "r"
    (out / "tables").mkdir(parents=True)
    for name in ("plan.xlsx", "scenario.xlsx", "run.log", "tables/costs.csv", "remarks.docx"):
        (out / name).write_text("one")
    (out / "manifest.json").write_text(json.dumps(PLAN | {"input_sha256": OTHER}))
    result(out, "two")
    past = next(path.parent.name for path in (out / "history").glob("*/plan.xlsx"))
    old = ("plan.xlsx", "scenario.xlsx", "run.log", "tables/costs.csv")
    assert content(out) == NEW | {f"history/{past}/{name}": "one" for name in old} | {"remarks.docx": "one"}


def test_a_result_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    result(tmp_path / "r", format=FORMAT + 1)
    with pytest.raises(OutputError, match="newer version"):
        check_target(tmp_path / "r")


def refusing(monkeypatch: pytest.MonkeyPatch, refuse: Callable[[Path, Path], bool]) -> None:
    """Let renames fail as those of an open folder do on Windows."""
    rename = os.rename

    def stubborn(source: Path, to: Path) -> None:
        if refuse(Path(source), Path(to)):
            raise PermissionError(errno.EACCES, "in use")
        rename(source, to)

    monkeypatch.setattr(placing.os, "rename", stubborn)


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be settled there")
def test_a_result_has_its_name_only_once_its_content_survives_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: set[int] = set()
    fsync, rename = os.fsync, os.rename

    def kept(descriptor: int) -> None:
        settled.add(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def renamed(source: Path, to: Path) -> None:
        if Path(to).parent == tmp_path:
            assert {p.stat().st_ino for p in (source, *Path(source).rglob("*"))} <= settled
        rename(source, to)
        settled.discard(tmp_path.stat().st_ino)

    monkeypatch.setattr(os, "fsync", kept)
    monkeypatch.setattr(placing.os, "rename", renamed)
    for text in ("one", "two"):
        result(tmp_path / "r", text, objective=100.0 if text == "one" else 50.0)
        assert tmp_path.stat().st_ino in settled


@pytest.mark.parametrize("which", ["aside", "whole"])
def test_a_folder_in_use_is_left_as_it_is_and_the_result_goes_beside_it(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "r"
    result(out)
    (out / "mine.txt").write_text("mine")
    (tmp_path / "r-2").mkdir()
    refusing(monkeypatch, lambda source, to: which in {to.name, source.name})
    placed = result(out, "two", objective=50.0)
    assert placed.folder == tmp_path / "r-3"
    assert (content(placed.folder), content(out)) == (NEW, OLD | {"mine.txt": "mine"})
    assert "in use" in str(placed.notes[0])
    assert sorted(os.listdir(tmp_path)) == ["r", "r-2", "r-3"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.ENAMETOOLONG])
def test_a_result_that_cannot_be_written_beside_its_place_goes_elsewhere(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(placing, "Scratch", full)
    placed = result(tmp_path / "r", "two")
    assert not placed.folder.is_relative_to(tmp_path / "r")
    assert content(placed.folder) == NEW
    assert os.strerror(number) in str(placed.notes[0])
    assert str(placed.folder) in str(placed.notes[0])


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "x" * 5000])
def test_a_name_that_no_folder_can_have_is_told_before_the_search(name: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no result can be written"):
        check_target(tmp_path / name)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the administrator may write anywhere")
def test_a_folder_that_may_not_be_written_is_told_before_the_search(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(OutputError, match="ermission"):
        check_target(tmp_path / "r")


def test_an_interrupt_as_results_change_places_loses_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result(tmp_path / "r")
    rename = os.rename

    def interrupted(source: Path, to: Path) -> None:
        rename(source, to)
        if Path(to).name == "aside":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(placing.os, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            result(tmp_path / "r", "two", objective=50.0)
    assert content(tmp_path / "r") == NEW | in_history(tmp_path / "r")
    assert os.listdir(tmp_path) == ["r"]


def test_trying_leaves_nothing_behind(tmp_path: Path) -> None:
    assert check_target(tmp_path / "a" / "r") == tmp_path / "a" / "r"
    assert os.listdir(tmp_path / "a") == []


KILLED = """
import os, sys
from pathlib import Path
from redesaude.report.scratch import Scratch
scratch = Scratch(Path(sys.argv[1]))
for folder, text in ((scratch.fresh, "two"), (scratch.whole, "two")):
    folder.mkdir(exist_ok=True)
    (folder / "plan.xlsx").write_text(text)
if sys.argv[2] == "aside":
    os.rename(sys.argv[1], scratch.aside)
print("ready", flush=True)
sys.stdin.read() if sys.argv[3] == "waits" else os._exit(9)
"""


def killed(out: Path, state: str, end: str) -> subprocess.Popen[str]:
    """A run that stops where ``state`` says, and is killed or waits."""
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root / 'models'}"}
    command = [sys.executable, "-c", KILLED, str(out), state, end]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_what_a_killed_run_left_is_removed_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    out = tmp_path / "r"
    result(out)
    living = killed(out, "fresh", "waits")
    killed(out, "fresh", "killed").communicate()
    assert len(os.listdir(tmp_path)) == 3
    check_target(out)
    assert len(os.listdir(tmp_path)) == 2
    living.communicate()
    assert living.returncode == 0
    check_target(out)
    assert (os.listdir(tmp_path), content(out)) == (["r"], OLD)


def test_a_run_killed_as_results_change_places_is_finished_by_the_next(tmp_path: Path) -> None:
    out = tmp_path / "r"
    result(out)
    killed(out, "aside", "killed").communicate()
    assert not out.exists()
    check_target(tmp_path / "another")
    assert (out / "plan.xlsx").read_text() == "two"
