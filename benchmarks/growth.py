"""Time and memory against size: networks of 10 to 320 sites, each solved in a process of its own.

    python benchmarks/growth.py [SITES ...] [--seconds 600] [--csv docs/growth.csv] [--plot docs/growth.png]

A row says how long it took to prove a gap of 5, 2 and 1 %, from tables to proof, and the most memory held.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pandas as pd
from cases import growth
from runs import Trace, in_own_process

import redesaude as rs
from redesaude.assemble import assemble
from redesaude.report.manifest import peak_memory_mb

SITES = (10, 20, 40, 80, 160, 320)
GAPS = (0.05, 0.02, 0.01)


def grown(sites: int, engine: str, seconds: float, threads: int) -> dict[str, float | str | None]:
    """Solve the network of ``sites`` to 1 % and return its row: size, seconds to each gap, memory in MB."""
    began = time.perf_counter()
    scenario, trace = growth(sites), Trace()
    read = time.perf_counter() - began
    options = rs.SolveOptions(gap=min(GAPS), time_limit=seconds, threads=threads, engine=engine)
    plan = rs.solve(scenario, options, progress=trace)
    memory = peak_memory_mb()  # before the size is looked at, which puts the problem together again
    problem = assemble(scenario).problem
    return {
        "sites": sites,
        "territories": len(problem.territories),
        "options": len(problem.options.service),
        "journeys": len(problem.journeys.demand),
        "engine": plan.engine,
        **{f"seconds_to_{gap:.0%}": round(read + trace.seconds_to(gap), 1) for gap in GAPS},
        "gap": plan.gap,
        "memory_mb": memory,
    }


def plot(table: pd.DataFrame, path: Path) -> None:
    """Draw seconds to 1 % and peak memory against the number of sites, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for gap, style in zip(GAPS, (":", "--", "-"), strict=True):
        left.plot(table["sites"], table[f"seconds_to_{gap:.0%}"], f"o{style}", label=f"{gap:.0%}")
    left.set_ylabel("seconds to a proven gap")
    left.legend(frameon=False)
    right.plot(table["sites"], table["memory_mb"], "o-")
    right.set_ylabel("peak memory (MB)")
    for axes in (left, right):
        axes.set(xscale="log", yscale="log", xlabel="sites, with 8 territories each")
        axes.set_xticks(table["sites"], table["sites"].astype(str))
        axes.tick_params(axis="x", which="minor", bottom=False, labelbottom=False)
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Solve each size, print and keep its row, and draw them all."""
    docs = Path(__file__).parents[1] / "docs"
    parser = argparse.ArgumentParser(description="time to 1 % and memory against size")
    parser.add_argument("sites", nargs="*", type=int, default=SITES)
    parser.add_argument("--seconds", type=float, default=600.0, help="limit of each search")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--csv", type=Path, default=docs / "growth.csv")
    parser.add_argument("--plot", type=Path, default=docs / "growth.png")
    given = parser.parse_args()
    rows = []
    for sites in given.sites:
        rows.append(in_own_process(grown, sites, given.engine, given.seconds, given.threads))
        print("  ".join(f"{name} {value}" for name, value in rows[-1].items()), flush=True)
        pd.DataFrame(rows).to_csv(given.csv, index=False)
    plot(pd.DataFrame(rows), given.plot)


if __name__ == "__main__":
    main()
