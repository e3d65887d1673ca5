"""The tables of a plan as CSV: the same bytes for the same plan, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path

import pandas as pd

from redesaude.inputs.csv_text import harmless
from redesaude.plan.bills import BILLS
from redesaude.plan.by_period import BY_PERIOD
from redesaude.plan.ladder import LADDER, NEARER
from redesaude.plan.milestones import MILESTONES
from redesaude.plan.money_by_year import PEOPLE_AND_MONEY
from redesaude.plan.plan import Plan
from redesaude.plan.public_debt import DEBT, LOANS
from redesaude.plan.training import TRAINING
from redesaude.promises import KINDS
from redesaude.report.studies import Studies
from redesaude.report.view import View, several
from redesaude.studies.going_on import NEW_MONEY
from redesaude.studies.ppp_direct import MONEY, OPENINGS, SITES, YEARS, PppDirect
from redesaude.studies.relief import RELIEF
from redesaude.studies.stated_bids import BIDS
from redesaude.studies.surge import SERVICES, SPECIALTIES

#: file name -> columns, the contract with scripts that read the folder
TABLES: Mapping[str, tuple[str, ...]] = {
    each.name: tuple(each.default_factory().columns)
    for each in fields(Plan)
    if each.type == "pd.DataFrame" and each.default_factory is not MISSING
}

#: tables that answer a sheet of the input, written where it has rows
_ASKED = {table: sheet for kind in KINDS for table, sheet in kind.answers.items()}

#: tables written where they have rows
_WHERE_ANY = ("transfers", "support")


def write_tables(view: View, folder: Path) -> None:
    """Write the tables of the plan as ``<folder>/<name>.csv`` (UTF-8, commas, Unix line ends, sorted rows).

    Tables of what the input does not ask for (hubs, staff, stations, several periods) are left out, transfers and
    agreements, techniques and bills where there are none, and without a plan its milestones, years and bills.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in TABLES.items():
        asked = name not in _ASKED or len(getattr(view.scenario, _ASKED[name]))
        if asked and (name not in _WHERE_ANY or len(getattr(view.plan, name))):
            write_csv(getattr(view.plan, name), columns, folder / f"{name}.csv")
    if view.plan.has_decisions:
        write_csv(view.studied.milestones, MILESTONES, folder / "milestones.csv")
        write_csv(view.studied.years, PEOPLE_AND_MONEY, folder / "by_year.csv")
        write_csv(view.studied.new_money, NEW_MONEY, folder / "new_money.csv")
        if len(view.studied.training):
            write_csv(view.studied.training, TRAINING, folder / "training.csv")
        if len(view.scenario.taught):
            write_csv(view.studied.ladder, LADDER, folder / "techniques.csv")
            write_csv(view.studied.nearer, NEARER, folder / "techniques_nearer.csv")
        if len(view.studied.bills):
            write_csv(view.studied.bills, BILLS, folder / "bills.csv")
    if view.plan.has_decisions and several(view):
        write_csv(view.studied.phases, BY_PERIOD, folder / "phases.csv")


def write_ppp_direct(found: PppDirect | None, folder: Path) -> None:
    """Write PPP less direct: when services open, money, years and sites; nothing where none was found."""
    if found is not None:
        write_csv(found.openings, OPENINGS, folder / "ppp_direct.csv")
        write_csv(found.money, MONEY, folder / "ppp_direct_money.csv")
        write_csv(found.years, YEARS, folder / "ppp_direct_years.csv")
        write_csv(found.sites, SITES, folder / "ppp_direct_sites.csv")


def write_study_tables(studies: Studies, folder: Path) -> None:
    """Write PPP against direct, and what was found of hubs, surges and public loans, as far as the scenario asks."""
    if studies.relief is not None:
        write_csv(studies.relief.table, RELIEF, folder / "relief.csv")
    write_ppp_direct(None if studies.compared is None else studies.compared.ppp_direct, folder)
    if studies.compared is not None and len(studies.compared.bids):
        bids = studies.compared.bids
        rates = ["; ".join(f"{rate:.6f}" for rate in found) for found in bids["break_even_rates"]]
        write_csv(bids.assign(break_even_rates=rates), BIDS, folder / "bids.csv")
    if len(studies.appraised.loans):
        write_csv(studies.appraised.loans, LOANS, folder / "loans.csv")
    if len(studies.appraised.debt):
        write_csv(studies.appraised.debt, DEBT, folder / "debt.csv")
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
        return harmless(value)
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        return ""
    if str(value) in ("True", "False"):
        return "yes" if value else "no"
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
