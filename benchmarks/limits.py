"""Whether time limits hold: the limit, the seconds from input to audited plan, and whether there is a plan.

    python benchmarks/limits.py [CASE ...] [--threads 1] [--markdown]

A case is a name of :data:`CASES` and its seconds, as in ``mato-grosso:20``; without any, all are run, one after the
other, each in a process of its own. A limit holds when the solve takes no more than it, a tenth and five seconds. The
exit code is 1 if one does not hold.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from cases import fixed_charge
from engines import print_table
from runs import in_own_process

import redesaude as rs

_SCENARIOS = Path(__file__).parents[1] / "scenarios"

#: most that a solve may take beyond its limit: a share of it, and seconds
_SHARE, _SECONDS = 0.1, 5.0


def _shipped(name: str) -> rs.Scenario:
    return rs.read_scenario(_SCENARIOS / f"{name}.xlsx")


def _random(ratio: float | None) -> rs.Scenario:
    return fixed_charge(5_570, 1_000, (300_000, 700_000), ratio).scenario()


CASES: dict[str, tuple[Callable[[], rs.Scenario], tuple[float, ...]]] = {
    "mato-grosso": (lambda: _shipped("mato-grosso"), (20.0,)),
    "mato-grosso-network": (lambda: _shipped("mato-grosso-network"), (60.0, 90.0)),
    "mekong-network": (lambda: _shipped("mekong-network"), (60.0, 90.0)),
    "brazil": (lambda: _shipped("brazil"), (180.0,)),
    "random 5,570 x 1,000, capacitated": (lambda: _random(5.0), (5.0, 20.0, 60.0)),
    "random 5,570 x 1,000, uncapacitated": (lambda: _random(None), (60.0,)),
}


def held(name: str, seconds: float, threads: int) -> tuple[float, str, float | None]:
    """Return the seconds that a solve took, its status and its gap."""
    options = rs.SolveOptions(time_limit=seconds, threads=threads)
    plan = rs.solve(CASES[name][0](), options)
    return plan.seconds["solve"], plan.status.value, plan.gap


def main() -> None:
    """Run the cases asked for and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help="NAME:SECONDS")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--markdown", action="store_true")
    given = parser.parse_args()
    asked = [(name, float(s)) for name, _, s in (case.rpartition(":") for case in given.cases)]
    asked = asked or [(name, seconds) for name, (_, limits) in CASES.items() for seconds in limits]
    rows, held_all = [["case", "limit", "seconds", "holds", "status", "gap"]], True
    for name, limit in asked:
        seconds, status, gap = in_own_process(held, name, limit, given.threads)
        holds = seconds <= limit * (1 + _SHARE) + _SECONDS
        held_all = held_all and holds
        shown = "" if gap is None else f"{gap:.2%}"
        rows.append([name, f"{limit:g}", f"{seconds:.1f}", "yes" if holds else "no", status, shown])
    print_table(rows, markdown=given.markdown)
    sys.exit(0 if held_all else 1)


if __name__ == "__main__":
    main()
