"""Kill tests: a solve is killed at random moments, and what it had found is there afterwards.

``python tests/kill.py --n N [--seed S]`` solves the Mato Grosso scenario in a folder of its own and kills it with
SIGKILL at a random moment of its search, report or studies, ``N`` times. After each kill

* what is there can be read: the journal, or a result whose plan passes its audit, and no other file;
* the search taken up with ``--resume`` is never worse than its journal or the result that stood there;
* nothing half written is left.

It ends with the number of kills, of those that left a journal, and of those that left a result.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from redesaude.plan.journal import journal_beside, read_journal

_ROOT = Path(__file__).parents[1]
_SCENARIO = _ROOT / "scenarios" / "mato-grosso.xlsx"
_PROGRAM = [sys.executable, "-c", "from redesaude.cli import main; main()"]

#: longest wait before a kill, and time limits of the run that is killed and of the one that resumes it, seconds
_LONGEST, _SEARCH, _RESUMED = 60.0, 30, 15

#: relative difference within which two costs are the same
_EQUAL = 1e-9


@dataclass
class Tally:
    """How many kills there were, and what they left."""

    kills: int = 0
    journals: int = 0
    results: int = 0


def _started(folder: Path, *arguments: object) -> subprocess.Popen[str]:
    path = os.pathsep.join(str(_ROOT / name) for name in ("src", "models"))
    return subprocess.Popen(
        [*_PROGRAM, *map(str, arguments)],
        cwd=folder, env=os.environ | {"PYTHONPATH": path}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def _cost_of(result: Path) -> float | None:
    """What the plan of a result costs, which its audit confirms; None if there is no result."""
    if not result.exists():
        return None
    manifest = json.loads((result / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["audit"]["passed"]
    assert set(manifest["files"]) <= {f.relative_to(result).as_posix() for f in result.rglob("*")}
    return None if manifest["objective"] is None else float(manifest["objective"])


def killed_and_resumed(folder: Path, file: Path, wait: float, tally: Tally) -> None:
    """Kill a solve after ``wait`` seconds, see what is there, and take up from it; AssertionError: a loss."""
    result = folder / "results" / file.stem / "base"
    begun = _started(folder, "solve", file, "--gap", 0, "--time-limit", _SEARCH)
    try:
        begun.communicate(timeout=wait)
    except subprocess.TimeoutExpired:
        begun.send_signal(signal.SIGKILL)
        begun.communicate()
        tally.kills += 1
    journal = read_journal(journal_beside(result))
    kept = None if journal is None else journal.cost
    stood = _cost_of(result)
    tally.journals += kept is not None
    tally.results += stood is not None
    resumed = _started(folder, "solve", file, "--resume", "--gap", 0, "--time-limit", _RESUMED, "--no-studies")
    said, _ = resumed.communicate(timeout=300)
    assert "Traceback" not in said, said
    assert resumed.returncode == 0 or (resumed.returncode == 3 and (kept, stood) == (None, None)), said
    found = _cost_of(result)
    for before in (kept, stood):
        assert before is None or (found is not None and found <= before + _EQUAL * abs(before)), (before, found, said)
    assert [entry.name for entry in result.parent.iterdir()] == ["base"], list(result.parent.iterdir())


def kill(count: int, seed: int) -> Tally:
    """Kill and resume ``count`` solves, each in an empty folder."""
    chance, tally = random.Random(seed), Tally()  # noqa: S311 - moments, not secrets
    while tally.kills < count:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            file = Path(shutil.copy(_SCENARIO, folder))
            killed_and_resumed(folder, file, chance.uniform(1.0, _LONGEST), tally)
        sys.stderr.write(f"{tally}\n")
    assert tally.journals + tally.results > 0, "no run came as far as a plan: nothing was tried"
    return tally


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--n", type=int, default=30)
    asked.add_argument("--seed", type=int, default=0)
    given = asked.parse_args()
    sys.stdout.write(f"{kill(given.n, given.seed)}\n")
