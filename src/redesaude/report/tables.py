"""The tables of a plan as CSV: the same bytes for the same plan, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path

import pandas as pd

from redesaude.inputs.csv_text import harmless
from redesaude.inputs.scenario import Scenario
from redesaude.plan.bills import BILLS
from redesaude.plan.by_period import BY_PERIOD
from redesaude.plan.indicators import INDICATORS
from redesaude.plan.ladder import LADDER, NEARER
from redesaude.plan.lots import LOTS
from redesaude.plan.milestones import MILESTONES
from redesaude.plan.norms import NORMS
from redesaude.plan.plan import Plan
from redesaude.plan.public_debt import DEBT, LOANS
from redesaude.plan.training import TRAINING
from redesaude.plan.travelled import TRAVELLED
from redesaude.promises import KINDS
from redesaude.report.codes import coded
from redesaude.report.quality import COLUMNS as QUALITY_PAY
from redesaude.report.quality import at_stake
from redesaude.report.studied import YEARS as STUDIED_YEARS
from redesaude.report.studies import Studies
from redesaude.report.view import View, several
from redesaude.studies.going_on import NEW_MONEY
from redesaude.studies.ppp_direct import MONEY, OPENINGS, SITES, YEARS, PppDirect
from redesaude.studies.ppp_direct import SPECIALTIES as BY_SPECIALTY
from redesaude.studies.relief import RELIEF
from redesaude.studies.stated_bids import BIDS
from redesaude.studies.surge import SERVICES, SPECIALTIES
from redesaude.studies.surge_loans import HELPED, LENT, SHORT

#: file name -> columns, the contract with scripts that read the folder
TABLES: Mapping[str, tuple[str, ...]] = {
    each.name: tuple(each.default_factory().columns)
    for each in fields(Plan)
    if each.type == "pd.DataFrame" and each.default_factory is not MISSING
}

Tables = dict[str, tuple[tuple[str, ...], pd.DataFrame]]
"""columns and rows of each table, by its name"""

#: tables that answer a sheet of the input, written where it has rows
_ASKED = {table: sheet for kind in KINDS for table, sheet in kind.answers.items()}

#: tables written where they have rows
_WHERE_ANY = ("transfers", "support")


def write_tables(view: View, folder: Path) -> None:
    """Write the tables of the plan as ``<folder>/<name>.csv`` (UTF-8, commas, Unix line ends, sorted rows).

    Beside the codes of the input stand the official ones, where it states any.

    Tables of what the input does not ask for (hubs, staff, stations, several periods) are left out, transfers and
    agreements, techniques and bills where there are none, lots where each has one site, dated norms where none are
    stated, and without a plan its milestones, years and bills.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(view.scenario, _tables_of(view), folder)


def _write(scenario: Scenario, found: Tables, folder: Path) -> None:
    for name, (columns, frame) in found.items():
        with_codes = coded(scenario, frame, columns)
        write_csv(with_codes, list(with_codes.columns), folder / f"{name}.csv")


def _tables_of(view: View) -> Tables:
    """The tables by name, each with its columns."""
    found: Tables = {}
    for name, columns in TABLES.items():
        asked = name not in _ASKED or len(getattr(view.scenario, _ASKED[name]))
        if asked and (name not in _WHERE_ANY or len(getattr(view.plan, name))):
            found[name] = columns, getattr(view.plan, name)
    if view.plan.has_decisions:
        found["milestones"] = MILESTONES, view.studied.milestones
        found["by_year"] = STUDIED_YEARS, view.studied.years
        found["new_money"] = NEW_MONEY, view.studied.new_money
        found["travel"] = TRAVELLED, view.studied.travelled
        if len(view.studied.training):
            found["training"] = TRAINING, view.studied.training
        if len(view.scenario.taught):
            found["techniques"] = LADDER, view.studied.ladder
            found["techniques_nearer"] = NEARER, view.studied.nearer
        if len(view.scenario.quality_indicators):
            found["quality_pay"] = QUALITY_PAY, at_stake(view)
        if len(view.scenario.indicators):
            found["indicators"] = INDICATORS, view.studied.indicators
        if (view.studied.lots["sites"] > 1).any():
            found["lots"] = LOTS, view.studied.lots
        if len(view.scenario.laws):
            found["norms"] = NORMS, view.studied.norms
        if len(view.studied.bills):
            found["bills"] = BILLS, view.studied.bills
    if view.plan.has_decisions and several(view):
        found["phases"] = BY_PERIOD, view.studied.phases
    return found


def write_ppp_direct(found: PppDirect | None, folder: Path) -> None:
    """Write PPP less direct: when services open, money, years, sites and specialties; nothing where none was found."""
    if found is not None:
        write_csv(found.openings, OPENINGS, folder / "ppp_direct.csv")
        write_csv(found.money, MONEY, folder / "ppp_direct_money.csv")
        write_csv(found.years, YEARS, folder / "ppp_direct_years.csv")
        write_csv(found.sites, SITES, folder / "ppp_direct_sites.csv")
        write_csv(found.specialties, BY_SPECIALTY, folder / "ppp_direct_specialties.csv")


def write_study_tables(studies: Studies, scenario: Scenario, folder: Path) -> None:
    """Write PPP against direct, and what was found of hubs, surges and public loans, as far as the scenario asks."""
    found: Tables = {}
    if studies.relief is not None:
        found["relief"] = RELIEF, studies.relief.table
    write_ppp_direct(None if studies.compared is None else studies.compared.ppp_direct, folder)
    if studies.compared is not None and len(studies.compared.bids):
        bids = studies.compared.bids
        rates = ["; ".join(f"{rate:.6f}" for rate in own) for own in bids["break_even_rates"]]
        found["bids"] = BIDS, bids.assign(break_even_rates=rates)
    if len(studies.appraised.loans):
        found["loans"] = LOANS, studies.appraised.loans
    if len(studies.appraised.debt):
        found["debt"] = DEBT, studies.appraised.debt
    if studies.surges is not None:
        found["surge"] = SPECIALTIES, studies.surges.specialties
        found["surge_services"] = SERVICES, studies.surges.services
    if studies.help is not None:
        found["surge_short"] = SHORT, studies.help.short
        found["surge_helped"] = HELPED, studies.help.helped
        found["surge_loans"] = LENT, studies.help.lent
    _write(scenario, found, folder)


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
