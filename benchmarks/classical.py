"""The classical location problems, and the same problem by another tool in the same run.

    python benchmarks/classical.py [NAME ...] [--seconds S] [--opponent-seconds S] [--threads 2] [--markdown]

Each case is read, built and solved by redesaude, all of it timed. The other side gets the same arrays: spopt with HiGHS
for p-median, set covering and maximal covering, and HiGHS the textbook's model for the others, timed from arrays to
answer. Every run has a process of its own; a run that fails is a row that says so. NAME picks the cases whose name
contains it.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from dataclasses import replace

import numpy as np
from cases import CLASSICAL, Case, Instance
from engines import print_table
from runs import Run, in_own_process, solved
from textbook import fixed_charge_model

import redesaude as rs
from redesaude.report.manifest import peak_memory_mb
from redesaude.solving.highs import solve
from redesaude.solving.options import Limits

#: pairs of territory and site from which spopt is not tried: its models take several kB for each pair
_MOST_PAIRS = 1_000_000
#: what stands for out of reach in a matrix of costs
_FAR = 1e9
#: primal solution status of HiGHS with a solution
_FEASIBLE = 2

#: relative gap that counts as none
_EXACT = 1e-9

HEADINGS = ["case", "target", "seconds", "status", "gap", "opponent", "its seconds", "its gap", "ratio"]


def case_of(name: str) -> Case:
    """Return the case of that name; StopIteration if there is none."""
    return next(case for case in CLASSICAL if case.name == name)


def by_redesaude(name: str, engine: str, seconds: float, threads: int) -> Run:
    """Read, build and solve a case."""
    case = case_of(name)
    tables = case.make().tables()
    options = rs.SolveOptions(gap=case.gap, time_limit=seconds, threads=threads, engine=engine)
    return solved(lambda: rs.Scenario.from_tables(tables), options)


def by_spopt(name: str, seconds: float, threads: int) -> Run:
    """Build and solve a case with spopt and HiGHS; ``seconds`` are those of the solver."""
    import pulp

    case = case_of(name)
    instance = case.make()
    began = time.perf_counter()
    model = _spopt_model(instance)
    solver = pulp.HiGHS(msg=False, timeLimit=seconds, gapRel=case.gap, threads=threads)
    model.problem.solve(solver)
    taken = time.perf_counter() - began
    info = model.problem.solverModel.getInfo()
    # pulp hands a maximum to HiGHS as a minimum; cases covered, negative there, become cases left
    whole = float(instance.cases.sum()) if model.problem.sense == pulp.LpMaximize else 0.0
    found = info.primal_solution_status == _FEASIBLE
    objective = whole + info.objective_function_value if found else None
    bound = whole + info.mip_dual_bound if math.isfinite(info.mip_dual_bound) else None
    run = Run(taken, objective, bound, "feasible", peak_memory_mb())
    return replace(run, status="optimal") if run.gap <= case.gap + _EXACT else run


def by_textbook(name: str, seconds: float, threads: int) -> Run:
    """Build the textbook's model of a fixed-charge case and solve it with HiGHS, in at most ``seconds``."""
    case = case_of(name)
    instance = case.make()
    began = time.perf_counter()
    outcome = solve(fixed_charge_model(instance), Limits(case.gap, seconds, threads))
    taken = time.perf_counter() - began
    run = Run(taken, outcome.objective, outcome.bound, "feasible", peak_memory_mb())
    return replace(run, status="optimal") if run.gap <= case.gap + _EXACT else run


def _spopt_model(instance: Instance):
    """Return spopt's model of a p-median, set covering or maximal covering problem."""
    from spopt.locate import LSCP, MCLP, PMedian

    cost = np.where(np.isfinite(instance.minutes), instance.minutes, _FAR)
    if instance.travels:
        return PMedian.from_cost_matrix(cost, instance.cases, p_facilities=instance.most)
    radius = _FAR / 2
    if instance.most is None:
        return LSCP.from_cost_matrix(cost, service_radius=radius)
    return MCLP.from_cost_matrix(cost, instance.cases, service_radius=radius, p_facilities=instance.most)


_OPPONENTS = {"spopt": by_spopt, "HiGHS": by_textbook}


def opponent_of(instance: Instance) -> str:
    """Return who else solves the case: ``spopt``, ``HiGHS``, or the reason why nobody does."""
    if instance.least > 0 or instance.nearest:
        return "none: least volumes"
    if instance.fixed is not None:
        return "HiGHS"
    pairs = len(instance.cases) * len(instance.home)
    return "spopt" if pairs <= _MOST_PAIRS else f"none: {pairs:,} pairs"


def measured(case: Case, given: argparse.Namespace) -> list[str]:
    """Run both sides of a case and return its row of the table."""
    seconds, limit = given.seconds or case.seconds, given.opponent_seconds
    head = [case.name, f"{case.gap:.2%} in {case.seconds:g} s"]
    try:
        ours = in_own_process(by_redesaude, case.name, given.engine, seconds, given.threads)
    except RuntimeError as error:
        return [*head, "", f"failed: {error}", "", "", "", "", ""]
    row = [*head, f"{ours.seconds:.1f}", ours.status, f"{ours.gap:.3%}"]
    opponent = opponent_of(case.make())
    if opponent not in _OPPONENTS:
        return [*row, opponent, "", "", ""]
    patience = 2 * limit + 60
    try:
        theirs = in_own_process(_OPPONENTS[opponent], case.name, limit, given.threads, seconds=patience)
    except RuntimeError as error:
        return [*row, opponent, f"failed: {error}", "", ""]
    if theirs is None:
        return [*row, opponent, f"> {patience:.0f}", "", f"> {patience / ours.seconds:.1f}"]
    _compare(case, ours, theirs)
    done, theirs_done = (run.gap <= case.gap + _EXACT for run in (ours, theirs))
    ratio = f"{'' if theirs_done else '> '}{theirs.seconds / ours.seconds:.1f}" if done else ""
    return [*row, opponent, f"{theirs.seconds:.1f}", f"{theirs.gap:.3%}", ratio]


def _compare(case: Case, ours: Run, theirs: Run) -> None:
    """Raise SystemExit where the bound of one side is above the plan of the other: one of them must be wrong."""
    for one, other in ((ours, theirs), (theirs, ours)):
        if one.bound is None or other.objective is None:
            continue
        if one.bound > other.objective + 1e-6 * max(1.0, abs(other.objective)):
            raise SystemExit(f"{case.name}: a bound of {one.bound} is above a plan of {other.objective}")


def main() -> None:
    """Run the cases and print a row for each."""
    parser = argparse.ArgumentParser(description="classical location problems, both sides in one run")
    parser.add_argument("names", nargs="*", help="parts of the names of cases; all if none is given")
    parser.add_argument("--seconds", type=float, help="limit of the search; the case's own if not given")
    parser.add_argument("--opponent-seconds", type=float, default=120.0)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--markdown", action="store_true", help="print a table for docs/benchmarks.md")
    given = parser.parse_args()
    chosen = [c for c in CLASSICAL if not given.names or any(name in c.name for name in given.names)]
    rows = [HEADINGS]
    for case in chosen:
        rows.append(measured(case, given))
        print("  ".join(rows[-1]), file=sys.stderr if given.markdown else sys.stdout, flush=True)
    print_table(rows, markdown=given.markdown)


if __name__ == "__main__":
    main()
