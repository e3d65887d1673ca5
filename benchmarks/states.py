"""Every state of Brazil drafted, checked and solved: ``python benchmarks/states.py [STATE ...] [--seconds 60]``.

Prints a row of a table for each state: municipalities, sites, gap and seconds of the solve, processor seconds of the
solve and of the draft beside them. A state without an audited plan is told, the others go on, and the command ends with
an error. Rows may be gathered over several runs, stopped at any time: a state that stands in the file of ``--rows`` is
not solved again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from redesaude import SolveOptions, solve
from redesaude.drafting.choosing import Wish
from redesaude.drafting.parameters import facts
from redesaude.drafting.state import draft
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.template import write_workbook

COLUMNS = ("state", "municipalities", "sites", "services", "gap", "seconds", "processor", "draft")


def row(state: str, seconds: float) -> dict[str, object]:
    """Draft a state as a workbook, read and solve it, and return its row of the table."""
    begun = time.process_time()
    found = draft(Wish(state))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{state}.xlsx"
        write_workbook(file, found.tables, found.settings, "pt-BR", todo=found.todo)
        drafted = time.process_time() - begun
        scenario = read_scenario(file)
        start, worked = time.perf_counter(), time.process_time()
        plan = solve(scenario, SolveOptions(time_limit=seconds))
    if plan.audit is None or not plan.audit.passed:
        raise LookupError(f"{state}: {plan.status}, no audited plan")
    return {
        "state": state,
        "municipalities": len(scenario.territories),
        "sites": len(scenario.sites),
        "services": len(scenario.site_services),
        "gap": plan.gap,
        "seconds": round(time.perf_counter() - start, 1),
        "processor": round(time.process_time() - worked, 1),
        "draft": round(drafted, 1),
    }


def main() -> None:
    """Solve the states asked for, all without any, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("states", nargs="*", help="letters of states; default: all")
    parser.add_argument("--seconds", type=float, default=60.0, help="time limit of each solve")
    parser.add_argument("--rows", type=Path, default=Path("results/states.jsonl"), help="file in which rows are kept")
    options = parser.parse_args()
    options.rows.parent.mkdir(parents=True, exist_ok=True)
    kept = options.rows.read_text(encoding="utf-8").splitlines() if options.rows.exists() else []
    rows = {entry["state"]: entry for entry in map(json.loads, kept)}
    without = []
    for state in options.states or facts("states")["uf"]:
        if state in rows:
            continue
        try:
            rows[state] = row(state, options.seconds)
        except LookupError as error:
            without.append(str(error))
            print(error, file=sys.stderr, flush=True)
            continue
        with options.rows.open("a", encoding="utf-8") as file:
            print(json.dumps(rows[state]), file=file)
        print(rows[state], file=sys.stderr, flush=True)
    print(table(rows.values()))
    if without:
        raise SystemExit("\n".join(without))


def table(rows: Iterable[Mapping[str, object]]) -> str:
    """Return the rows as a table of Markdown, the largest state first."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    for entry in sorted(rows, key=lambda each: -int(str(each["services"]))):
        gap = "no bound yet" if entry["gap"] is None else f"{entry['gap']:.2%}"
        cells = [gap if c == "gap" else str(entry.get(c, "")) for c in COLUMNS]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
