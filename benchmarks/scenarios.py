"""Solve the scenarios of the programmes one after the other: make scenarios-solve

Six variants of the Mekong's and three of Mato Grosso's, each in at most ``--time-limit`` seconds. A table is printed;
with ``--keep FILE`` its rows take the place of those about the same scenarios in a CSV, and the page beside it (the
same name, .md) is written anew. The exit code is 1 where one has no audited plan, or ends above the gap asked for.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import pandas as pd

from redesaude.inputs.checks import read_scenario
from redesaude.inputs.variants import BASE, apply_variant
from redesaude.solving.options import SolveOptions
from redesaude.solving.solve import solve

HERE = Path(__file__).parents[1] / "scenarios"
#: the scenarios: workbook and variant
CASES = (
    ("mekong", BASE),
    ("mekong", "can_tho_tuyen_cuoi"),
    ("mekong", "tra_vinh_toan_dien"),
    ("mekong", "dich_lon"),
    ("mekong", "chuan_bat_buoc"),
    ("mekong", "thang_ky_thuat_soc_trang"),
    ("mato-grosso", BASE),
    ("mato-grosso", "normas_firmes"),
    ("mato-grosso", "qualidade_sem_repasse"),
)
COLUMNS = ("scenario", "variant", "status", "objective", "bound", "gap", "seconds", "cpu", "load", "audit", "hash")
_PAGE = """# The scenarios of the programmes, solved

`make scenarios-solve` solves each and writes this page ([scenarios.csv]({csv}) has its numbers). Asked for: an audited
plan within {gap:.1%} in 300 seconds. `seconds` are of the clock from the input to the plan and end the search; `cpu`
are processor seconds; `load` is how many wanted the machine at its end (beside others, seconds say little). `hash`
begins the fingerprint of the input as solved. Costs in million of the scenario's currency.

{table}
"""


def run(book: str, variant: str, seconds: float) -> dict[str, object]:
    """Solve one scenario and return its row."""
    scenario = apply_variant(read_scenario(HERE / f"{book}.xlsx"), variant)
    began, used = time.perf_counter(), time.process_time()
    plan = solve(scenario, SolveOptions(time_limit=seconds, gap=0.005, certificate=False))
    for cause in plan.causes:
        print(f"{book} {variant}: {cause}", file=sys.stderr)
    audited = plan.audit.passed if plan.has_decisions else False
    numbers = plan.objective, plan.bound, plan.gap, time.perf_counter() - began, time.process_time() - used
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    cells = (book, variant, plan.status.value, *numbers, load, "passed" if audited else "none")
    return dict(zip(COLUMNS, (*cells, scenario.input_sha256[:8]), strict=True))


def told(rows: pd.DataFrame) -> str:
    """Return the rows as a table of text."""
    header = "| " + " | ".join(COLUMNS) + " |"
    lines = [header, "|" + "---|" * len(COLUMNS)]
    for row in rows.astype({"objective": float, "bound": float, "gap": float}).itertuples(index=False):
        money = (f"{value / 1e6:,.0f}" for value in (row.objective, row.bound))
        times = f"{row.seconds:.0f}", f"{row.cpu:.0f}", f"{row.load:.1f}"
        cells = (row.scenario, row.variant, row.status, *money, f"{row.gap:.2%}", *times, row.audit, row.hash)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def kept(rows: pd.DataFrame, file: Path, gap: float) -> None:
    """Put the rows in place of those about the same scenarios, and write the page anew."""
    known = pd.read_csv(file, dtype={"hash": str}) if file.exists() else rows.iloc[:0]
    named = pd.MultiIndex.from_frame(rows[["scenario", "variant"]])
    others = known[~pd.MultiIndex.from_frame(known[["scenario", "variant"]]).isin(named)]
    every = pd.concat([others, rows], ignore_index=True) if len(others) else rows
    order = {case: n for n, case in enumerate(CASES)}
    places = [order.get(case, len(order)) for case in zip(every["scenario"], every["variant"], strict=True)]
    every = every.iloc[pd.Series(places).argsort(kind="stable")]
    every.to_csv(file, index=False, lineterminator="\n", float_format="%.6g")
    page = _PAGE.format(csv=file.name, gap=gap, table=told(every))
    file.with_suffix(".md").write_text(page, encoding="utf-8")


def main() -> int:
    """Solve what is asked for, print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], help="scenarios as BOOK:VARIANT; all where none is named")
    parser.add_argument("--time-limit", type=float, default=300.0, help="seconds for each")
    parser.add_argument("--gap", type=float, default=0.015, help="gap asked for")
    parser.add_argument("--keep", type=Path, help="CSV in which the rows are kept")
    asked = parser.parse_args()
    chosen = [case for case in CASES if not asked.only or ":".join(case) in asked.only]
    if asked.only and len(chosen) < len(asked.only):
        parser.error(f"scenarios are {', '.join(':'.join(case) for case in CASES)}")
    found: list[dict[str, object]] = []
    for book, variant in chosen:
        found.append(run(book, variant, asked.time_limit))
        print(told(pd.DataFrame(found[-1:])).splitlines()[-1], flush=True)
        if asked.keep is not None:
            kept(pd.DataFrame(found[-1:]), asked.keep, asked.gap)
    rows = pd.DataFrame(found)
    good = (rows["audit"] == "passed") & (rows["gap"].astype(float) <= asked.gap)
    print(f"{int(good.sum())} of {len(rows)} within {asked.gap:.1%}")
    return 0 if good.all() else 1


if __name__ == "__main__":
    raise SystemExit(main())
