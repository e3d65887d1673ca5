"""One solve by whatever version of redesaude the path finds, told in a line of JSON (:mod:`paired` runs it).

    python benchmarks/one_run.py WORKBOOK SECONDS THREADS SEED

Only names that every version since 22 November has are used here.
"""

from __future__ import annotations

import json
import sys
import time

import redesaude as rs


def main() -> None:
    """Solve to gap 0 within the seconds; ``first`` and ``wall`` are seconds from when the solve began.

    ``steps`` are the gaps proven, each smaller than those before, with the seconds of processor that they took.
    """
    path, seconds, threads, seed = sys.argv[1:]
    scenario = rs.read_scenario(path)
    began, worked, first = time.perf_counter(), time.process_time(), []
    steps: list[tuple[float, float]] = []

    def heard(progress: rs.Progress) -> None:
        if progress.incumbent is not None and not first:
            first.append(time.perf_counter() - began)
        if progress.gap is not None and (not steps or progress.gap < steps[-1][0]):
            steps.append((progress.gap, time.process_time() - worked))

    options = rs.SolveOptions(gap=0.0, time_limit=float(seconds), threads=int(threads), seed=int(seed))
    plan = rs.solve(scenario, options, heard)
    told = {"objective": plan.objective, "bound": plan.bound, "first": min(first, default=None), "steps": steps}
    print(json.dumps(told | {"wall": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
