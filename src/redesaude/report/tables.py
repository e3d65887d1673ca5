"""The tables of a plan as CSV: the same bytes for the same plan, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from redesaude.plan import plan as plan_tables
from redesaude.plan.plan import Plan
from redesaude.report.studies import Studies
from redesaude.studies.relief import RELIEF
from redesaude.studies.surge import SERVICES, SPECIALTIES

#: file name -> columns, the contract with scripts that read the folder
TABLES: Mapping[str, tuple[str, ...]] = {
    "openings": plan_tables.OPENINGS,
    "assignments": plan_tables.ASSIGNMENTS,
    "access": plan_tables.ACCESS,
    "costs": plan_tables.COSTS,
    "unmet": plan_tables.UNMET,
    "promises": plan_tables.PROMISES,
    "loads": plan_tables.LOADS,
    "workforce": plan_tables.WORKFORCE,
    "stations": plan_tables.STATIONS,
    "emergency": plan_tables.EMERGENCY,
    "transfers": plan_tables.TRANSFERS,
    "support": plan_tables.SUPPORT,
}

#: tables written where they have rows
_WHERE_ANY = ("transfers", "support")

#: a spreadsheet takes a cell that begins with one of these for a formula
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_tables(plan: Plan, folder: Path) -> None:
    """Write every table of ``plan`` as ``<folder>/<name>.csv`` (UTF-8, commas, Unix line ends, sorted rows).

    Transfers and agreements are left out where there are none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in TABLES.items():
        if name not in _WHERE_ANY or len(getattr(plan, name)):
            write_csv(getattr(plan, name), columns, folder / f"{name}.csv")


def write_study_tables(studies: Studies, folder: Path) -> None:
    """Write what was found of the relief of hubs and of surges, as far as the scenario asks for it."""
    if studies.relief is not None:
        write_csv(studies.relief.table, RELIEF, folder / "relief.csv")
    if studies.surges is not None:
        write_csv(studies.surges.specialties, SPECIALTIES, folder / "surge.csv")
        write_csv(studies.surges.services, SERVICES, folder / "surge_services.csv")


def write_csv(frame: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    """Write ``columns`` of ``frame`` to ``path``, rows sorted."""
    rows = sorted([cell(value) for value in row] for row in frame[list(columns)].itertuples(index=False))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def cell(value: object) -> str:
    """Return ``value`` as CSV text: at most six decimals, flags as yes/no, unknown as nothing, no formulas."""
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, str):
        return "'" + value if value.startswith(_FORMULA_STARTS) else value
    number = float(value)  # type: ignore[arg-type]
    if math.isnan(number):
        return ""
    if str(value) in ("True", "False"):
        return "yes" if value else "no"
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
