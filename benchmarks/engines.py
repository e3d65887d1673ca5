"""The engines on the same scenario, one after the other: the gap each has proven after the same seconds.

    python benchmarks/engines.py [WORKBOOK] [--seconds 60 120 600] [--engines direct decomposed] [--threads 2]

One run of each engine, as long as the longest time, gives its gap at every time. Seconds count from the call of
``solve``: putting the scenario together and building the model are in them. A ratio of 0.2 says that the last engine
leaves a fifth of the first one's gap. Gaps depend on the machine; the ratio much less.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from runs import Trace, in_own_process

import redesaude as rs
from redesaude.report.manifest import peak_memory_mb

MATO_GROSSO = Path(__file__).parents[1] / "scenarios" / "mato-grosso.xlsx"


def traced(workbook: Path, engine: str, seconds: float, threads: int) -> tuple[Trace, float | None]:
    """Return the course of the gap of ``engine`` over ``seconds``, and the peak memory in MB."""
    trace = Trace()
    options = rs.SolveOptions(gap=0.0, time_limit=seconds, threads=threads, engine=engine)
    rs.solve(rs.read_scenario(workbook), options, progress=trace)
    return trace, peak_memory_mb()


def main() -> None:
    """Run the engines and print a row for each time."""
    parser = argparse.ArgumentParser(description="gap of the engines in the same time")
    parser.add_argument("workbook", nargs="?", type=Path, default=MATO_GROSSO)
    parser.add_argument("--seconds", nargs="+", type=float, default=[60.0, 120.0])
    parser.add_argument("--engines", nargs="+", default=["direct", "decomposed"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--markdown", action="store_true", help="print a table for docs/benchmarks.md")
    given = parser.parse_args()
    found = {
        engine: in_own_process(traced, given.workbook, engine, max(given.seconds), given.threads)
        for engine in given.engines
    }
    rows = [["seconds", *given.engines, "ratio"]]
    for seconds in sorted(given.seconds):
        gaps = [trace.gap_at(seconds) for trace, _ in found.values()]
        ratio = gaps[-1] / gaps[0] if gaps[0] else float("nan")
        rows.append([f"{seconds:.0f}", *(f"{gap:.2%}" for gap in gaps), f"{ratio:.2f}"])
    rows.append(["peak MB", *("" if memory is None else f"{memory:,.0f}" for _, memory in found.values()), ""])
    print_table(rows, markdown=given.markdown)


def print_table(rows: list[list[str]], *, markdown: bool) -> None:
    """Print ``rows``, the first being the headings, as columns of text or as a Markdown table."""
    if markdown:
        rows = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
        print("\n".join("| " + " | ".join(row) + " |" for row in rows))
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)), flush=True)


if __name__ == "__main__":
    main()
