"""Kill tests: a command is killed at random moments, and what it had found is there afterwards.

``python tests/kill.py --n N [--seed S]`` runs ``solve`` with its studies, ``report`` and ``compare`` (one after the
other, and ``--jobs 2``) on a small network, deterministic, and kills each with SIGKILL at a random moment of an
undisturbed run's time, ``N`` times in all. After each kill

* what stands there is whole: every file that the manifest lists, as it was written, and a plan that passed its audit;
* a search taken up with ``--resume`` is never worse than its journal or the result that stood there;
* the same command again gives the tables, the workbook and the studies of an undisturbed run;
* finished members of a comparison are those of an undisturbed one, and with ``--resume`` so is the comparison;
* nothing half written is left.

Commands run in processes forked from this one, which has imported the program already. What differs between two
undisturbed runs (seconds, dates) is not compared. It ends with the number of kills by command and by what they left.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from equal_plans import assert_equal_plans
from fuzzing.bases import Base, parts_of, sheets_of, zipped
from random_networks import random_network
from redesaude.cli import main
from redesaude.plan.journal import journal_beside, read_journal
from redesaude.plan.plan import Plan
from redesaude.plan.storage import NAME, read_plan
from redesaude.report.placing import fingerprint_of
from redesaude.studies.members import Members

_OPTIONS = ("--deterministic", "--work", "3000", "--gap", "0")
_SOLVE, _COMPARE = ("solve", "net.xlsx", *_OPTIONS), ("compare", "net.xlsx", *_OPTIONS)
#: commands, and where their results go
COMMANDS = {
    "solve": (_SOLVE, "base"),
    "report": (("report", "results/net/base", "--replace"), "base"),
    "compare": (_COMPARE, "compare"),
    "compare --jobs 2": ((*_COMPARE, "--jobs", "2"), "compare"),
}

#: relative difference within which two costs are the same
_EQUAL = 1e-9

Content = dict[str, str]


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody kills: how long it takes, what it leaves, and the plans of its members by their place."""

    seconds: float
    content: Content
    members: dict[str, Plan]


def _begun(folder: Path, arguments: tuple[str, ...]) -> int:
    """Begin a command in ``folder``; return the id of its process."""
    if pid := os.fork():
        return pid
    code = 70
    try:
        os.chdir(folder)
        with open("said.txt", "a", encoding="utf-8") as said:
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


def _killed(folder: Path, arguments: tuple[str, ...], wait: float) -> bool:
    """Begin a command and kill it after ``wait`` seconds; return whether it was still running."""
    pid = _begun(folder, arguments)
    time.sleep(wait)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


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


def _whole(result: Path) -> float | None:
    """What the plan of a result costs, None if there is none; AssertionError where a file of it is not as written."""
    if not result.exists():
        return None
    manifest = json.loads((result / "manifest.json").read_text(encoding="utf-8"))
    assert {name: fingerprint_of(result / name) for name in manifest["files"]} == manifest["files"]
    if "audit" not in manifest:
        return None
    assert manifest["audit"]["passed"]
    return float(manifest["objective"])


def _members(results: Path) -> dict[str, Plan]:
    """The finished members of a comparison by the names of their places, without seconds and logs."""
    found = {path.parent.name: read_plan(path.parent) for path in results.glob(f".compare.members/*/*/{NAME}")}
    return {name: replace(p, seconds={}, log=()) for name, p in found.items() if not name.endswith("-next")}


class Trial:
    """The commands on one small network, each against what it gives undisturbed."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance, self.tally = folder, chance, Counter[str]()
        self.book = zipped(parts_of(Base(sheets_of(random_network(2)))))
        self._solved = self._fresh()
        assert _run(self._solved, *_SOLVE) == 0, (self._solved / "said.txt").read_text()
        self.undisturbed = {name: self._undisturbed(name) for name in COMMANDS}

    def _fresh(self, command: str = "") -> Path:
        """A folder with the workbook, and a result where the command begins from one."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        (folder / "net.xlsx").write_bytes(self.book)
        if command == "report":
            shutil.copytree(self._solved / "results", folder / "results")
        return folder

    def _undisturbed(self, command: str) -> Undisturbed:
        arguments, place = COMMANDS[command]
        contents, began, members = [], time.monotonic(), {}
        for _ in range(2):
            folder, clear = self._fresh(command), Members.clear
            Members.clear = lambda _: None  # type: ignore[method-assign]
            assert _run(folder, *arguments) == 0, (folder / "said.txt").read_text()
            Members.clear = clear  # type: ignore[method-assign]
            contents.append(_content(folder / "results" / "net" / place))
            members = _members(folder / "results" / "net")
        same = {name: text for name, text in contents[0].items() if contents[1].get(name) == text}
        sys.stderr.write(f"{command}: {len(same)} of {len(contents[0])} parts are the same in two undisturbed runs\n")
        return Undisturbed((time.monotonic() - began) / 2, same, members)

    def kill(self, command: str) -> None:
        """Kill a command at a random moment and see what is there; AssertionError: something is lost."""
        arguments, place = COMMANDS[command]
        folder, known = self._fresh(command), self.undisturbed[command]
        try:
            if not _killed(folder, arguments, self.chance.uniform(0.0, known.seconds)):
                return
            self.tally[command] += 1
            result = folder / "results" / "net" / place
            if command == "solve":
                self._after_solve(folder, result)
            elif command == "report":
                self._again(command, folder, result)
            else:
                self._after_compare(command, folder, result)
            left = {entry.name for entry in result.parent.iterdir()}
            assert left == {place}, left
            shutil.rmtree(folder)
        except AssertionError:
            sys.stderr.write(f"{command} in {folder}\n")
            raise

    def _after_solve(self, folder: Path, result: Path) -> None:
        journal, stood = read_journal(journal_beside(result)), _whole(result)
        kept = None if journal is None else journal.cost
        self.tally["solve left a journal"] += kept is not None
        self.tally["solve left a result"] += stood is not None
        if self.chance.random() < 0.5:
            self._again("solve", folder, result)
            return
        code = _run(folder, *_SOLVE, "--resume", "--no-studies")
        found = _whole(result)
        assert code == 0, (folder / "said.txt").read_text()
        assert found is not None
        assert all(found <= cost + _EQUAL * abs(cost) for cost in (kept, stood) if cost is not None)

    def _again(self, command: str, folder: Path, result: Path, *more: str) -> None:
        """The same command again gives what it gives undisturbed."""
        _whole(result)
        assert _run(folder, *COMMANDS[command][0], *more) == 0, (folder / "said.txt").read_text()
        found, known = _content(result), self.undisturbed[command].content
        assert [name for name, text in known.items() if found.get(name) != text] == []

    def _after_compare(self, command: str, folder: Path, result: Path) -> None:
        members, known = _members(result.parent), self.undisturbed[command].members
        for name, plan in members.items():
            assert_equal_plans(known[name], plan)
        self.tally[f"{command} left members"] += len(members)
        self._again(command, folder, result, "--resume")

    def kills(self, count: int) -> Counter[str]:
        """Kill the commands in turn until there were ``count`` kills."""
        while sum(self.tally[name] for name in COMMANDS) < count:
            for command in COMMANDS:
                self.kill(command)
            sys.stderr.write(f"{dict(self.tally)}\n")
        return self.tally


def kill(count: int, seed: int) -> Counter[str]:
    """Return how many kills there were, at least ``count``, by command, and what they left."""
    with tempfile.TemporaryDirectory() as name:
        return Trial(Path(name), random.Random(seed)).kills(count)  # noqa: S311 - moments, not secrets


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--n", type=int, default=30)
    asked.add_argument("--seed", type=int, default=0)
    given = asked.parse_args()
    sys.stdout.write(f"{dict(kill(given.n, given.seed))}\n")
