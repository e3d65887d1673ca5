"""Gaps of this version beside those of another one, on the frozen workbooks of ``benchmarks/cases``.

    python benchmarks/paired.py [NAME:SECONDS ...] [--against COMMIT] [--times 3] [--threads 2] [--rows FILE]
    python benchmarks/paired.py mato-grosso:60 --against 22e0b5e --threads 1 --until 0.03

The workbooks are those of 22 November 2026, which both versions read. What a version makes of them differs (cost lines
were added since), so that not the costs are compared but the **gap** that each proves for its own objective in the same
seconds. Both run in turns, each in a process of its own, the other one from a work tree of its commit; a row of the
table has the medians and their ratio, below 1 where this version is nearer. With ``--rows`` each run is added to a file
of JSON lines, and those of the same commits that it holds already count, so that the medians may take several sittings.
The exit code is 1 where this version proves less, by more than a tenth of the gap. With ``--until`` what is compared is
the seconds of processor until each has proven a gap no larger, and the exit code is 1 where this version takes more
than a quarter longer; commit 22e0b5e is the last one in which nobody is treated in services of today until others open.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from certificates import made_with
from engines import print_table

_HERE = Path(__file__).parent
_GIT = shutil.which("git") or "git"

#: what is asked of the two, and of the search before it was made sure of
_CASES = [
    "mato-grosso:60", "mato-grosso:120", "mato-grosso-network:120", "mato-grosso-network:285",
    "mekong-network:120", "mekong-network:285", "brazil:900",
]  # fmt: skip
_AGAINST = "f5bc41c"

#: how much larger a median may be before it counts as worse: two runs of one version differ by as much
_ALIKE = 1.1
#: how much longer a solve may take, in the median
_SLOWER = 1.25


@contextmanager
def work_tree(commit: str) -> Iterator[Path]:
    """Give a work tree of ``commit``, removed at the end."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "tree"
        subprocess.run([_GIT, "worktree", "add", "--quiet", "--detach", str(tree), commit], cwd=_HERE, check=True)
        try:
            yield tree
        finally:
            subprocess.run([_GIT, "worktree", "remove", "--force", str(tree)], cwd=_HERE, check=True)


def run(tree: Path, name: str, seconds: float, threads: int, seed: int) -> dict[str, Any]:
    """Return what a solve by the version of ``tree`` came to."""
    asked = [str(_HERE / "cases" / f"{name}.xlsx"), str(seconds), str(threads), str(seed)]
    path = os.pathsep.join(str(tree / part) for part in ("src", "models"))
    told = subprocess.run(
        [sys.executable, str(_HERE / "one_run.py"), *asked],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def gap(found: dict[str, Any]) -> float:
    """Return the gap of a run; infinite without a plan or a bound. A bound above its plan is no gap but an error."""
    if found["objective"] is None or found["bound"] is None:
        return math.inf
    proven = (found["objective"] - found["bound"]) / max(abs(found["objective"]), 1e-9)
    if proven < -1e-6:
        raise ValueError(f"a bound above its plan: {found}")
    return float(proven)


def row(case: str, runs: list[dict[str, Any]], here: str, other: str) -> tuple[list[str], bool]:
    """Return the row of a case, medians and all, and whether this version is not worse."""
    ours, theirs = ([gap(each) for each in runs if each["commit"] == commit] for commit in (here, other))
    first = [statistics.median([e["first"] or math.inf for e in runs if e["commit"] == c]) for c in (here, other)]
    mine, its = statistics.median(ours), statistics.median(theirs)
    ratio = mine / its if its > 0 and math.isfinite(its) else math.nan
    cells = [case, f"{min(len(ours), len(theirs))}", f"{mine:.3%}", f"{its:.3%}", f"{ratio:.2f}"]
    return [*cells, *(f"{seconds:.0f}" for seconds in first)], mine <= its * _ALIKE or mine <= 1e-6


def seconds_until(found: dict[str, Any], gap: float) -> float:
    """Return the seconds of processor until a run had proven ``gap``; infinite where it did not."""
    return min((float(seconds) for proven, seconds in found["steps"] if proven <= gap), default=math.inf)


def row_until(case: str, runs: list[dict[str, Any]], here: str, other: str, until: float) -> tuple[list[str], bool]:
    """Return the row of a case whose runs are compared by their time, and whether this version is quick enough."""
    ours, theirs = ([seconds_until(each, until) for each in runs if each["commit"] == c] for c in (here, other))
    mine, its = statistics.median(ours), statistics.median(theirs)
    ratio = mine / its if its > 0 and math.isfinite(its) and math.isfinite(mine) else math.nan
    cells = [case, f"{min(len(ours), len(theirs))}", f"{until:.1%}", f"{mine:.1f}", f"{its:.1f}", f"{ratio:.2f}"]
    return cells, mine <= its * _SLOWER


def _commit(of: str) -> str:
    told = subprocess.run([_GIT, "rev-parse", "--short", of], cwd=_HERE, capture_output=True, text=True, check=True)
    return told.stdout.strip()


def _of_before(file: Path | None, case: str, threads: int, commits: tuple[str, str]) -> list[dict[str, Any]]:
    if file is None or not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [e for e in lines if e["case"] == case and e["threads"] == threads and e["commit"] in commits]


def main() -> None:
    """Run what is asked for in turns, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=_CASES, help="NAME:SECONDS")
    parser.add_argument("--against", default=_AGAINST, help="commit of the other version")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--until", type=float, help="compare the time until this gap, e.g. 0.03")
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    here, other = _commit("HEAD"), _commit(given.against)
    rows, good = [["case", "runs", f"gap {here}", f"gap {other}", "ratio", "first plan s", "and before"]], True
    if given.until is not None:
        rows = [["case", "runs", "gap", f"s {here}", f"s {other}", "ratio"]]
    with work_tree(other) as before:
        trees = {here: _HERE.parent, other: before}
        for case in given.cases:
            name, _, seconds = case.rpartition(":")
            runs = _of_before(given.rows, case, given.threads, (here, other))
            for seed in range(given.times):
                for commit in trees if seed % 2 == 0 else reversed(trees):
                    if sum(each["commit"] == commit for each in runs) > seed:
                        continue
                    found = run(trees[commit], name, float(seconds), given.threads, seed)
                    found |= {"case": case, "commit": commit, "threads": given.threads, "seed": seed}
                    print(json.dumps(found), file=sys.stderr, flush=True)
                    runs.append(found)
                    if given.rows is not None:
                        with given.rows.open("a") as file:
                            file.write(json.dumps(found) + "\n")
            if given.until is None:
                cells, not_worse = row(case, runs, here, other)
            else:
                cells, not_worse = row_until(case, runs, here, other, given.until)
            rows.append(cells)
            good = good and not_worse
    print_table(rows, markdown=given.markdown)
    print(f"\n{made_with()}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
