"""Kill tests: a command is killed at random moments, and what it had found is there afterwards.

``python tests/kill.py --n N --out FILE`` kills commands with SIGKILL, ``N`` times in all: a search that takes a while,
``solve`` with its studies, ``report`` and ``compare`` (one after the other, and ``--jobs 2``), all deterministic, on
small inputs. The moment is drawn by its number: one of the stages that the command tells (search, certificate, report,
studies; the long search is killed in its search), and within it a share of the processor's time that the stage takes
undisturbed; a busy machine changes nothing. After each kill

* what stands there is whole: every file that the manifest lists, as it was written, and a plan that passed its audit;
* a search taken up with ``--resume`` is never worse than its journal or the result that stood there, nor is its bound;
* the same command again gives the tables, the workbook and the studies of an undisturbed run;
* finished members of a comparison are those of an undisturbed one, and with ``--resume`` so is the comparison;
* nothing half written is left.

Commands run in processes forked from this one, which has imported all of the program already. What differs between two
undisturbed runs (seconds, dates) is not compared. Each kill adds a line to the file; those of the same commit are not
done again. It ends with the number of kills by stage and by what they left.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import json
import math
import os
import pkgutil
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

import redesaude
import redesaude_models
from equal_plans import assert_equal_plans
from fuzzing.bases import Base, parts_of, sheets_of, zipped
from long_search import long_search
from random_networks import random_network
from redesaude.cli import main
from redesaude.plan.journal import journal_beside, read_journal
from redesaude.plan.plan import Plan
from redesaude.plan.storage import NAME, read_plan
from redesaude.report.placing import fingerprint_of
from redesaude.studies.members import Members

_OPTIONS = ("--deterministic", "--gap", "0", "--work")
_SOLVE, _COMPARE = ("solve", "net.xlsx", *_OPTIONS, "300"), ("compare", "net.xlsx", *_OPTIONS, "300")
#: commands, and where their results go
COMMANDS = {
    "search": (("solve", "hard.xlsx", "--no-studies", *_OPTIONS, "8000"), "results/hard/base"),
    "solve": (_SOLVE, "results/net/base"),
    "report": (("report", "results/net/base", "--replace"), "results/net/base"),
    "compare": (_COMPARE, "results/net/compare"),
    "compare --jobs 2": ((*_COMPARE, "--jobs", "2"), "results/net/compare"),
}

#: what a command tells, and the stage that begins with it; the last line that tells one counts
_TOLD = (
    ("Results:", "ending"),
    ("its certificate is being made", "certificate"),
    ("  report    writing the files", "report"),
    ("  report  ", "studies"),
    ("  build  ", "search"),
)
#: the table that ``compare`` shows before it writes
_TABLE = "┃"

#: a small network whose plan has a PPP, so that every study has something to say
_NETWORK = 6

#: relative difference within which two costs are the same; seconds between two looks at a command
_EQUAL, _LOOK = 1e-9, 0.01

Content = dict[str, str]


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody kills: the processor's seconds of each stage, what it leaves, and the plans of its members."""

    stages: dict[str, float]
    content: Content
    members: dict[str, Plan]


def _begun(folder: Path, arguments: tuple[str, ...]) -> int:
    """Begin a command in ``folder``; return the id of its process."""
    if pid := os.fork():
        return pid
    code = 70
    try:
        os.chdir(folder)
        with open("said.txt", "w", encoding="utf-8") as said:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
        sys.argv = ["redesaude", *arguments]
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _run(folder: Path, *arguments: str) -> int:
    """Run a command to its end and return its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(_begun(folder, arguments), 0)[1])


def _said(folder: Path) -> str:
    path = folder / "said.txt"
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _stage(folder: Path, command: str) -> str:
    """The stage that a command is in, by what it has told."""
    for line in reversed(_said(folder).splitlines()):
        if _TABLE in line and command.startswith("compare"):
            return "report"
        for sign, stage in _TOLD:
            if sign in line:
                return stage
    return "beginning"


def _processor(pid: int) -> float:
    """Seconds of the processor that a process and its children have taken."""
    ticks = 0
    for one in (pid, *_children(pid)):
        with contextlib.suppress(OSError):  # it ended meanwhile
            ticks += sum(map(int, Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, path.read_text().split())
    return found


def _ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _stages(folder: Path, command: str) -> dict[str, float]:
    """Run a command to its end; return the processor's seconds of its stages."""
    pid, taken, before = _begun(folder, COMMANDS[command][0]), Counter[str](), 0.0
    while not _ended(pid):
        now = _processor(pid)
        taken[_stage(folder, command)] += now - before
        before = now
        time.sleep(_LOOK)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code == 0, _said(folder)
    return dict(taken)


def _killed(folder: Path, command: str, stage: str, seconds: float) -> str | None:
    """Begin a command and kill it when it has been in ``stage`` for so many seconds of the processor, or past it;
    return the stage it was in, None if it ended before.
    """
    pid, since = _begun(folder, COMMANDS[command][0]), None
    while not _ended(pid):
        at = _stage(folder, command)
        if since is None and at == stage:
            since = _processor(pid)
        elif since is not None and (at != stage or _processor(pid) - since >= seconds):
            break
        time.sleep(_LOOK)
    os.kill(pid, signal.SIGKILL)
    return _stage(folder, command) if os.WIFSIGNALED(os.waitpid(pid, 0)[1]) else None


def _content(result: Path) -> Content:
    """What a result holds, without seconds: its tables as text, the parts of its workbooks by their fingerprints."""
    found = {}
    for path in sorted((result / "tables").glob("*.csv")):
        found[path.name] = pd.read_csv(path, dtype=str).drop(columns="seconds", errors="ignore").to_csv()
    for path in sorted(result.glob("*.xlsx")):
        with zipfile.ZipFile(path) as book:
            parts = {name: hashlib.sha256(book.read(name)).hexdigest() for name in book.namelist()}
        found |= {f"{path.name}/{name}": digest for name, digest in parts.items()}
    return found


def _whole(result: Path) -> tuple[float, float | None] | None:
    """What the plan of a result costs and its bound; None if there is no result.

    AssertionError: a file of it is not as it was written.
    """
    if not result.exists():
        return None
    manifest = json.loads((result / "manifest.json").read_text(encoding="utf-8"))
    assert {name: fingerprint_of(result / name) for name in manifest["files"]} == manifest["files"]
    if "audit" not in manifest:
        return None
    assert manifest["audit"]["passed"]
    return float(manifest["objective"]), manifest["bound"]


def _members(results: Path) -> dict[str, Plan]:
    """The finished members of a comparison by the names of their places, without seconds and logs."""
    found = {path.parent.name: read_plan(path.parent) for path in results.glob(f".compare.members/*/*/{NAME}")}
    return {name: replace(p, seconds={}, log=()) for name, p in found.items() if not name.endswith("-next")}


class Trial:
    """The commands on small inputs, each against what it gives undisturbed."""

    def __init__(self, folder: Path) -> None:
        _import_all()
        self.folder = folder
        self._inputs = folder / "inputs"
        self._inputs.mkdir()
        (self._inputs / "net.xlsx").write_bytes(zipped(parts_of(Base(sheets_of(random_network(_NETWORK))))))
        long_search(self._inputs, towns=40, sites=14)
        self._solved = self._fresh()
        assert _run(self._solved, *_SOLVE) == 0, _said(self._solved)
        self.undisturbed = {name: self._undisturbed(name) for name in COMMANDS}

    def _fresh(self, command: str = "") -> Path:
        """A folder with the workbooks, and a result where the command begins from one."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self._inputs, folder, dirs_exist_ok=True)
        if command == "report":
            shutil.copytree(self._solved / "results", folder / "results")
        return folder

    def _undisturbed(self, command: str) -> Undisturbed:
        contents, stages, members = [], {}, {}
        for _ in range(2):
            folder, clear = self._fresh(command), Members.clear
            Members.clear = lambda _: None  # type: ignore[method-assign]
            stages = _stages(folder, command)
            Members.clear = clear  # type: ignore[method-assign]
            contents.append(_content(folder / COMMANDS[command][1]))
            members = _members(folder / "results" / "net")
        same = {name: text for name, text in contents[0].items() if contents[1].get(name) == text}
        shown = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in stages.items())
        sys.stderr.write(f"{command}: {shown}; {len(same)} of {len(contents[0])} parts are the same in two runs\n")
        return Undisturbed(stages, same, members)

    def kill(self, number: int) -> dict[str, Any]:
        """Kill a command at the moment of ``number`` and see what is there; return what happened."""
        chance = random.Random(number)  # noqa: S311 - moments, not secrets
        command = list(COMMANDS)[number % len(COMMANDS)]
        known = self.undisturbed[command]
        stages = [name for name, seconds in known.stages.items() if seconds > 0 and name != "ending"]
        stage = "search" if command == "search" else chance.choice(stages)
        folder, again = self._fresh(command), chance.random() < 0.5
        result = folder / COMMANDS[command][1]
        found: dict[str, Any] = {"command": command, "stage": None, "left": [], "wrong": ""}
        try:
            found["stage"] = _killed(folder, command, stage, chance.random() * known.stages[stage])
            if found["stage"] is not None:
                found["left"] = self._left(command, folder, result, again=again)
                entries = {entry.name for entry in result.parent.iterdir()}
                assert entries == {result.name}, entries
        except AssertionError as error:
            found["wrong"] = f"{error or traceback.format_exc()} in {folder}"
        else:
            shutil.rmtree(folder)
        return found

    def _left(self, command: str, folder: Path, result: Path, *, again: bool) -> list[str]:
        """What a killed command left, after seeing that it is whole and that the next command makes good of it."""
        stood = _whole(result)
        left = ["result"] if stood is not None and command != "report" else []
        if command.startswith("compare"):
            members = _members(result.parent)
            for name, plan in members.items():
                assert_equal_plans(self.undisturbed[command].members[name], plan)
            self._again(command, folder, result, "--resume")
            return [*left, *(["members"] if members else [])]
        journal = read_journal(journal_beside(result))
        left += ["journal"] if journal is not None and journal.cost is not None else []
        if again or command == "report":
            self._again(command, folder, result)
            return left
        assert _run(folder, *COMMANDS[command][0], "--resume", "--no-studies") == 0, _said(folder)
        found = _whole(result)
        assert found is not None
        kept = (None, None) if journal is None else (journal.cost, journal.bound)
        for cost, bound in (kept, stood or (None, None)):
            assert cost is None or found[0] <= cost + _EQUAL * abs(cost), (found, kept, stood)
            assert bound is None or (found[1] or -math.inf) >= bound - _EQUAL * abs(bound), (found, kept, stood)
        return [*left, "resumed"]

    def _again(self, command: str, folder: Path, result: Path, *more: str) -> None:
        """The same command again gives what it gives undisturbed."""
        assert _run(folder, *COMMANDS[command][0], *more) == 0, _said(folder)
        found, known = _content(result), self.undisturbed[command].content
        assert [name for name, text in known.items() if found.get(name) != text] == []


def _import_all() -> None:
    """Import the whole program once, so that no command spends its time on that."""
    for package in (redesaude, redesaude_models):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def kills(count: int, out: Path) -> int:
    """Kill until ``out`` holds ``count`` kills of this commit; return how many were followed by something wrong."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    at, lines = commit.stdout.strip(), out.read_text(encoding="utf-8").splitlines() if out.exists() else []
    done = [line for line in map(json.loads, lines) if line["commit"] == at]
    trial = Trial(Path(tempfile.mkdtemp(prefix="kill-")))
    out.parent.mkdir(parents=True, exist_ok=True)
    while sum(line["stage"] is not None for line in done) < count:
        line = {"commit": at, "number": len(done), **trial.kill(len(done))}
        done.append(line)
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    tally = Counter(f"{line['command']}: {line['stage']}" for line in done if line["stage"] is not None)
    left = Counter(what for line in done for what in line["left"])
    sys.stdout.write(f"{dict(sorted(tally.items()))}\nleft: {dict(left)}\n")
    wrong = [line for line in done if line["wrong"]]
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    if not wrong:
        shutil.rmtree(trial.folder)
    return len(wrong)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--n", type=int, default=30)
    asked.add_argument("--out", type=Path, default=Path("results/kill.jsonl"))
    given = asked.parse_args()
    sys.exit(int(kills(given.n, given.out) > 0))
