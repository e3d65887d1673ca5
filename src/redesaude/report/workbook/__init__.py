"""The decision workbook: one module for each sheet, written in the order in which they point at each other."""

from __future__ import annotations

from pathlib import Path

from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook import (
    access,
    assumptions,
    checks,
    costs,
    decisions,
    limits,
    needs,
    summary,
    unmet,
)
from redesaude.report.workbook.book import Book

_WITHOUT_A_PLAN = {
    "decisions": N_("Decisions"),
    "costs": N_("Costs"),
    "access": N_("Access"),
    "needs": N_("Needs and supply"),
    "limits": N_("Limits and promises"),
    "unmet": N_("Sent away"),
}


def write_decision_workbook(view: View, path: Path) -> None:
    """Write the plan of ``view`` as an Excel workbook; without a plan it says why and keeps the evidence sheets."""
    book = Book(path, view)
    if view.plan.has_decisions:
        summary.write(book, _plan_sheets(book))
    else:
        _empty_sheets(book)
        summary.write(book, None)
    assumptions.write(book)
    checks.write(book)
    book.close()


def _plan_sheets(book: Book) -> summary.Pages:
    needs.write(book)
    return summary.Pages(
        decisions=decisions.write(book),
        costs=costs.write(book),
        access=access.write(book),
        limits=limits.write(book),
        unmet=unmet.write(book),
    )


def _empty_sheets(book: Book) -> None:
    """Keep every sheet in its place and say that there is nothing on it."""
    t = book.view.t
    for name, title in _WITHOUT_A_PLAN.items():
        sheet = book.sheet(name, t(title), (30,) * 4)
        sheet.text(t(N_("There is no plan, so there is nothing to show here. The summary says why.")), "sentence")
