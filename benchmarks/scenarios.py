"""Solve the scenarios of the programmes one after the other: make scenarios-solve

Six variants of the Mekong's and three of Mato Grosso's, each in at most ``--time-limit`` seconds. A table is printed;
with ``--keep FILE`` each row, as soon as it is there, takes the place of that about the same scenario in a CSV, and the
page beside it (the same name, .md) is written anew. Started again, it goes on where it ended: what has a row with an
audited plan of the same input within the gap is not solved again, unless ``--again`` is said. The exit code is 1 where
one has no audited plan, or ends above the gap asked for.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from redesaude.inputs.checks import read_scenario
from redesaude.inputs.scenario import Scenario
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
COLUMNS = (
    "scenario",
    "variant",
    "status",
    "objective",
    "bound",
    "gap",
    "seconds",
    "cpu",
    "load",
    "audit",
    "hash",
    "commit",
)
_PAGE = """# The scenarios of the programmes, solved

`make scenarios-solve` solves each and writes this page ([scenarios.csv]({csv}) has its numbers). Asked for: an audited
plan within {gap:.1%} in 300 seconds, where it ends. `seconds` are of the clock from the input to the plan and end the
search; `cpu` are processor seconds; `load` is how many wanted the machine at its end (beside others, seconds say
little). `hash` begins the fingerprint of the input as solved, `commit` is the state of the program. Costs in million of
the scenario's currency. The command may be ended at any time and started again: it goes on with those that have no row
of their input within the gap.

{table}
"""


def commit() -> str:
    """Return the state of the program, with a + where files differ from it; blank outside a repository."""
    git = shutil.which("git")
    if git is None:
        return ""
    call = [git, "-C", str(HERE), "describe", "--always", "--abbrev=7", "--dirty=+", "--exclude=*"]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def done_before(known: pd.DataFrame, book: str, variant: str, fingerprint: str, gap: float) -> bool:
    """Return whether ``known`` rows have an audited plan of this scenario as it is, within the gap."""
    row = known[(known["scenario"] == book) & (known["variant"] == variant)]
    within = (row["audit"] == "passed") & (row["gap"].astype(float) <= gap)
    return bool((within & (row["hash"] == fingerprint[:8])).any())


def run(book: str, variant: str, scenario: Scenario, seconds: float, gap: float) -> dict[str, object]:
    """Solve one scenario to the gap, or as near as its seconds allow, and return its row."""
    began, used = time.perf_counter(), time.process_time()
    plan = solve(scenario, SolveOptions(time_limit=seconds, gap=gap, certificate=False))
    for cause in plan.causes:
        print(f"{book} {variant}: {cause}", file=sys.stderr)
    audited = plan.audit.passed if plan.has_decisions else False
    numbers = plan.objective, plan.bound, plan.gap, time.perf_counter() - began, time.process_time() - used
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    cells = (book, variant, plan.status.value, *numbers, load, "passed" if audited else "none")
    return dict(zip(COLUMNS, (*cells, scenario.input_sha256[:8], commit()), strict=True))


def told(rows: pd.DataFrame) -> str:
    """Return the rows as a table of text, without the status: what is proven is the gap."""
    headers = [name for name in COLUMNS if name != "status"]
    lines = ["| " + " | ".join(headers) + " |", "|" + "---|" * len(headers)]
    for row in rows.astype({"objective": float, "bound": float, "gap": float}).itertuples(index=False):
        money = ("" if pd.isna(value) else f"{value / 1e6:,.0f}" for value in (row.objective, row.bound))
        times = f"{row.seconds:.0f}", f"{row.cpu:.0f}", f"{row.load:.1f}"
        cells = (
            row.scenario,
            row.variant,
            *money,
            "" if pd.isna(row.gap) else f"{row.gap:.2%}",
            *times,
            row.audit,
            row.hash,
            row.commit,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def rows_in(file: Path | None) -> pd.DataFrame:
    """Return the rows of a file; none where there is none."""
    if file is None or not file.exists():
        return pd.DataFrame(columns=list(COLUMNS))
    rows = pd.read_csv(file, dtype={"hash": str, "commit": str}).reindex(columns=list(COLUMNS))
    return rows.fillna({"hash": "", "commit": ""})


def kept(rows: pd.DataFrame, file: Path, gap: float) -> None:
    """Put the rows in place of those about the same scenarios, and write the page anew."""
    known = rows_in(file)
    named = pd.MultiIndex.from_frame(rows[["scenario", "variant"]])
    others = known[~pd.MultiIndex.from_frame(known[["scenario", "variant"]]).isin(named)]
    every = pd.concat([others, rows], ignore_index=True) if len(others) else rows
    order = {case: n for n, case in enumerate(CASES)}
    places = [order.get(case, len(order)) for case in zip(every["scenario"], every["variant"], strict=True)]
    every = every.iloc[pd.Series(places).argsort(kind="stable")]
    every.to_csv(file, index=False, lineterminator="\n", float_format="%.6g")
    page = _PAGE.format(csv=file.name, gap=gap, table=told(every))
    file.with_suffix(".md").write_text(page, encoding="utf-8")


def rows_of(chosen: list[tuple[str, str]], asked: argparse.Namespace) -> Iterator[dict[str, object]]:
    """Yield the row of each scenario, printed and kept as soon as it is there; one kept before where it still holds."""
    for book, variant in chosen:
        scenario = apply_variant(read_scenario(HERE / f"{book}.xlsx"), variant)
        known = rows_in(None if asked.again else asked.keep)
        if done_before(known, book, variant, scenario.input_sha256, asked.gap):
            row = known[(known["scenario"] == book) & (known["variant"] == variant)].iloc[0].to_dict()
            print(f"{told(pd.DataFrame([row])).splitlines()[-1]} kept before", flush=True)
            yield {str(name): value for name, value in row.items()}
            continue
        new = run(book, variant, scenario, asked.time_limit, asked.gap)
        print(told(pd.DataFrame([new])).splitlines()[-1], flush=True)
        if asked.keep is not None:
            kept(pd.DataFrame([new]), asked.keep, asked.gap)
        yield new


def main() -> int:
    """Solve what is asked for, print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], help="scenarios as BOOK:VARIANT; all where none is named")
    parser.add_argument("--time-limit", type=float, default=300.0, help="seconds for each")
    parser.add_argument("--gap", type=float, default=0.015, help="gap asked for, at which a solve ends")
    parser.add_argument("--keep", type=Path, help="CSV in which the rows are kept")
    parser.add_argument("--again", action="store_true", help="solve what has a row of the same input, too")
    asked = parser.parse_args()
    chosen = [case for case in CASES if not asked.only or ":".join(case) in asked.only]
    if asked.only and len(chosen) < len(asked.only):
        parser.error(f"scenarios are {', '.join(':'.join(case) for case in CASES)}")
    found = list(rows_of(chosen, asked))
    rows = pd.DataFrame(found)
    good = (rows["audit"] == "passed") & (rows["gap"].astype(float) <= asked.gap)
    print(f"{int(good.sum())} of {len(rows)} within {asked.gap:.1%}")
    return 0 if good.all() else 1


if __name__ == "__main__":
    raise SystemExit(main())
