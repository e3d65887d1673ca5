"""The two engines on the same scenario, one after the other: the gap each proves in the same time, and their ratio.

    python benchmarks/engines.py [WORKBOOK] [--seconds 60 120] [--threads 2]

The engines share nothing but the input. A ratio of 0.2 says that the decomposed engine leaves a fifth of the direct
engine's gap. Gaps depend on the machine; the ratio much less.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import redesaude as rs

MATO_GROSSO = Path(__file__).parents[1] / "scenarios" / "mato-grosso.xlsx"


def gap_of(scenario: rs.Scenario, engine: str, seconds: float, threads: int) -> float:
    """Return the gap that ``engine`` proves in ``seconds``; infinite without a plan or a bound."""
    options = rs.SolveOptions(gap=0.0, time_limit=seconds, threads=threads, engine=engine)
    gap = rs.solve(scenario, options).gap
    return float("inf") if gap is None else gap


def main() -> None:
    """Run the engines at each time limit and print a row for each."""
    parser = argparse.ArgumentParser(description="gap of the engines in the same time")
    parser.add_argument("workbook", nargs="?", type=Path, default=MATO_GROSSO)
    parser.add_argument("--seconds", nargs="+", type=float, default=[60.0, 120.0])
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    scenario = rs.read_scenario(arguments.workbook)
    print(f"{'seconds':>8} {'direct':>9} {'decomposed':>11} {'ratio':>6}")
    for seconds in arguments.seconds:
        direct, decomposed = (
            gap_of(scenario, engine, seconds, arguments.threads) for engine in ("direct", "decomposed")
        )
        print(f"{seconds:>8.0f} {direct:>9.2%} {decomposed:>11.2%} {decomposed / direct:>6.2f}")


if __name__ == "__main__":
    main()
