"""What each shipped scenario's result proves: by the search, and without a solver, with ``redesaude verify``.

    python benchmarks/certificates.py [NAME:SECONDS ...] [--threads N] [--keep FOLDER] [--markdown]

Without names, every scenario that is shipped, one after the other, each in a process of its own: solved within its
seconds (those of :data:`SECONDS`, or 120), written, read again and verified. Below the table stand the commit, the day
and the machine. The exit code is 1 if a result does not hold.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from engines import print_table
from runs import in_own_process

import redesaude as rs
from redesaude.plan.proof import relative_gap
from redesaude.report.verify import verify

_GIT = shutil.which("git") or "git"
_SCENARIOS = Path(__file__).parents[1] / "scenarios"

#: seconds of the scenarios that need others than most
SECONDS = {"mato-grosso": 60.0, "mekong": 60.0, "brazil": 900.0}
_MOST = 120.0

_HEADINGS = ["scenario", "limit", "solve s", "objective", "gap proven", "gap certified", "leaves", "verify s", "holds"]


def looked_at(name: str, seconds: float, threads: int | None, out: Path) -> list[str]:
    """Return the row of a scenario: solved, written to ``out`` and verified; the verification in processor seconds."""
    options = rs.SolveOptions(time_limit=seconds, threads=threads)
    plan = rs.solve(rs.read_scenario(_SCENARIOS / f"{name}.xlsx"), options)
    folder = rs.write_report(plan, out / name, studies=False, replace=True)
    began = time.process_time()
    found = verify(folder)
    took = time.process_time() - began
    wrong = ", ".join(finding.name for finding in found.findings if not finding.holds)
    return [
        name,
        f"{seconds:g}",
        f"{plan.seconds['solve']:.1f}",
        "" if plan.objective is None else f"{plan.objective:,.0f}",
        _gap(plan.objective, plan.bound),
        _gap(plan.objective, found.certified) or plan.certified.reason,
        f"{plan.certified.leaves:,}" if found.certified is not None else "",
        f"{took:.1f}",
        "yes" if found.holds else f"no: {wrong}",
    ]


def _gap(objective: float | None, bound: float | None) -> str:
    if objective is None or bound is None:
        return ""
    return f"{relative_gap(objective, bound) or 0.0:.2%}"


def made_with() -> str:
    """Return the commit, the day and the machine of a run."""
    told = subprocess.run([_GIT, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return (
        f"commit {told.stdout.strip() or 'unknown'}, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors "
        f"({platform.machine()}), load at the end {busy}"
    )


def main() -> None:
    """Run the scenarios asked for and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", help="NAME or NAME:SECONDS")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--keep", type=Path, help="folder in which the results stay")
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    names = given.scenarios or sorted(path.stem for path in _SCENARIOS.glob("*.xlsx"))
    rows = [_HEADINGS]
    with tempfile.TemporaryDirectory() as scratch:
        out = given.keep or Path(scratch)
        for asked in names:
            name, _, seconds = asked.partition(":")
            limit = float(seconds) if seconds else SECONDS.get(name, _MOST)
            rows.append(in_own_process(looked_at, name, limit, given.threads, out))
            print(*rows[-1], sep="  ", file=sys.stderr, flush=True)
    print_table(rows, markdown=given.markdown)
    print(f"\n{made_with()}")
    sys.exit(0 if all(row[-1] == "yes" for row in rows[1:]) else 1)


if __name__ == "__main__":
    main()
