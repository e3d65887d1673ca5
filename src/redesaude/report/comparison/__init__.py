"""The output folder of a comparison: ``compare.xlsx``, its tables as CSV, and a manifest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from redesaude.language import N_
from redesaude.report.comparison import network, paired, summary, tables, value
from redesaude.report.comparison.pages import Pages
from redesaude.report.manifest import plain, versions
from redesaude.report.placing import Placed, place
from redesaude.report.tables import write_csv, write_ppp_direct
from redesaude.report.terms import DATES_KEPT
from redesaude.report.view import View, several, view_of
from redesaude.report.workbook import ppp_direct
from redesaude.report.workbook.book import Book
from redesaude.studies.compare import Comparison
from redesaude.studies.strategies import MIX

#: the sheets, in their order in the workbook, with their titles
SHEETS: Mapping[str, str] = MappingProxyType(
    {
        "summary": N_("Strategies compared"),
        "costs": N_("Costs"),
        "access": N_("Access"),
        "benefits": N_("Benefits"),
        "limits": N_("Limits"),
        "ppp_direct": N_("PPP against direct"),
        "value": N_("Value for money"),
        "paired": N_("Patients, journeys and load"),
        "changes": N_("Changes on the map"),
        "quality": N_("How good each plan is"),
    }
)

_TABLES = ("strategies", "costs", "payers", "access", "benefits", "worth", "limits", "changes", "paired")
_APPRAISED = ("options", "programme", "bridge")


def write_comparison(comparison: Comparison, out: Path | str, language: str | None = None) -> Path:
    """Write the output folder of ``comparison`` at ``out`` and return its path.

    ``tables/`` holds each frame of the comparison, and of the mix's value for money as ``value_<name>.csv``. Errors as
    :func:`redesaude.report.folder.write_report`.
    """
    return place_comparison(comparison, out, language).folder


def place_comparison(comparison: Comparison, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder as :func:`write_comparison` does and return where it is, with what there is to tell."""
    return place(out, lambda folder: _write_all(comparison, folder, language), _manifest(comparison))


def _write_all(comparison: Comparison, folder: Path, language: str | None) -> dict[str, Any]:
    write_workbook(comparison, folder / "compare.xlsx", language)
    _write_tables(comparison, folder / "tables")
    return _manifest(comparison)


def write_workbook(comparison: Comparison, path: Path, language: str | None = None) -> None:
    """Write the comparison as an Excel workbook, one sheet for each question (:data:`SHEETS`)."""
    view = _view(comparison, language)
    remarks = dict.fromkeys(("ppp_direct", "value"), view.t(DATES_KEPT)) if several(view) else {}
    pages = Pages(comparison, Book(path, view, SHEETS, remarks))
    summary.write(pages)
    tables.write_costs(pages)
    tables.write_access(pages)
    tables.write_benefits(pages)
    tables.write_limits(pages)
    ppp_direct.write_found(pages.book, comparison.ppp_direct)
    value.write(pages)
    paired.write(pages)
    network.write_changes(pages)
    network.write_quality(pages)
    pages.book.close()


def _view(comparison: Comparison, language: str | None) -> View:
    """The words and number formats of the best mix (or of the first plan there is)."""
    plans = comparison.plans
    return view_of(plans[MIX] if MIX in plans else next(iter(plans.values())), language)


def _write_tables(comparison: Comparison, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    frames = {name: getattr(comparison, name) for name in _TABLES}
    if comparison.appraised is not None:
        frames |= {f"value_{name}": getattr(comparison.appraised, name) for name in _APPRAISED}
    for name, frame in frames.items():
        write_csv(network.flat(frame), list(frame.columns), folder / f"{name}.csv")
    write_ppp_direct(comparison.ppp_direct, folder)


def _manifest(comparison: Comparison) -> dict[str, Any]:
    scenario, keep = (
        comparison.scenario,
        ("strategy_id", "network", "status", "objective", "low", "gap", "verdict", "seconds"),
    )
    rows = comparison.strategies[list(keep)].to_dict("records")
    for row, plan in zip(rows, comparison.plans.values(), strict=True):
        row["audit_passed"] = plan.audit.passed
        row["options"] = plan.options
        row |= {"work": plan.work, "deterministic": plan.deterministic}
    return {
        "scenario": scenario.name,
        "strategies": [plain(row) for row in rows],
        "input_sha256": scenario.input_sha256,
        "versions": versions(),
    }
