"""The decision workbook: one module for each sheet, written in the order in which they point at each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from redesaude.language import N_
from redesaude.report.view import View, several
from redesaude.report.workbook import (
    access,
    appraisal,
    assumptions,
    bills,
    cash_flow,
    checks,
    costs,
    decisions,
    fiscal,
    limits,
    milestones,
    needs,
    network,
    phases,
    ppp_direct,
    resources,
    risks,
    sensitivity,
    summary,
    term_sheets,
    unmet,
    value,
    years,
)
from redesaude.report.workbook.book import Book

#: the sheets, in their order in the workbook
SHEETS = (
    "summary",
    "decisions",
    "milestones",
    "value",
    "ppp_direct",
    "cash_flow",
    "costs",
    "access",
    "years",
    "needs",
    "limits",
    "resources",
    "fiscal",
    "bills",
    "unmet",
    "risks",
    "sensitivity",
    "term_sheets",
    "assumptions",
    "appraisal",
    "cash_ledger",
    "checks",
)

#: the same where a plan has several periods
PHASED_SHEETS = (*SHEETS[:2], "phases", *SHEETS[2:])

_OF_A_PLAN = {
    "decisions": N_("Decisions"),
    "milestones": N_("Milestones"),
    "costs": N_("Costs"),
    "access": N_("Access"),
    "years": N_("By year"),
    "needs": N_("Needs and supply"),
    "limits": N_("Limits and promises"),
    "bills": N_("Bill of each municipality"),
    "unmet": N_("Sent away"),
    "resources": N_("Hubs, staff and emergency"),
}
_OF_STUDIES = {
    "value": N_("Value for money"),
    "cash_flow": N_("Cash flow by year"),
    "fiscal": N_("Fiscal limits by year"),
    "cash_ledger": N_("Amounts by year"),
    "term_sheets": N_("Term sheets"),
}
_OF_COMPARISON = {
    "ppp_direct": N_("PPP against direct"),
    "risks": N_("Risks"),
    "sensitivity": N_("Sensitivity and break-even"),
    "appraisal": N_("Appraisal in formulas"),
}

_NO_PLAN = N_("There is no plan, so there is nothing to show here. The summary says why.")
_LEFT_OUT = N_("The studies of value for money and risk were left out of this report.")
_NO_COMPARATOR = N_("No contract of the input is direct administration, so there is nothing to compare with.")
_NOT_LIVE = N_(
    "Direct administration is not paid by the budget in this input, or pays taxes, so its bridge is not written out in "
    "formulas; the numbers on the sheet value are those of the engine."
)


def write_decision_workbook(view: View, path: Path) -> None:
    """Write the plan of ``view`` as an Excel workbook; without a plan it says why and keeps the evidence sheets."""
    book = Book(path, view, _sheets(view))
    cells = assumptions.write(book)
    if view.plan.has_decisions:
        pages = _plan_sheets(book)
        summary.write(book, pages)
        _study_sheets(book, cells, pages.costs)
    else:
        _empty_sheets(book, {**_OF_A_PLAN, **_OF_STUDIES, **_OF_COMPARISON}, _NO_PLAN)
        summary.write(book, None)
    checks.write(book)
    book.close()


def _sheets(view: View) -> tuple[str, ...]:
    sheets = PHASED_SHEETS if _has_phases(view) else SHEETS
    after = sheets.index("resources") + 1
    return (*sheets[:after], "network", *sheets[after:]) if network.in_use(view) else sheets


def _has_phases(view: View) -> bool:
    return view.plan.has_decisions and several(view)


def _plan_sheets(book: Book) -> summary.Pages:
    needs.write(book)
    by_period = phases.write(book) if _has_phases(book.view) else None
    resources.write(book)
    years.write(book)
    bills.write(book)
    milestones.write(book)
    if network.in_use(book.view):
        network.write(book)
    return summary.Pages(
        decisions=decisions.write(book),
        costs=costs.write(book),
        access=access.write(book),
        limits=limits.write(book),
        unmet=unmet.write(book),
        phases=by_period,
    )


def _study_sheets(book: Book, cells: assumptions.Cells, by_line: costs.CostBlocks) -> None:
    """The sheets of value for money and risk, as far as their studies were made."""
    studies = book.view.studies
    if studies is None:
        _empty_sheets(book, {**_OF_STUDIES, **_OF_COMPARISON}, _LEFT_OUT)
        return
    cash_flow.write(book, studies, cells)
    fiscal.write(book, studies)
    term_sheets.write(book, studies)
    compared = studies.compared
    if compared is None:
        _empty_sheets(book, _OF_COMPARISON, _NO_COMPARATOR)
        value.write(book, studies, None)
        return
    ppp_direct.write(book, compared.ppp_direct)
    risks.write(book, compared)
    sensitivity.write(book, compared)
    if appraisal.can_be_live(compared.known):
        value.write(book, studies, appraisal.write(book, studies.appraised, compared.known, cells, by_line))
    else:
        _empty_sheets(book, {"appraisal": _OF_COMPARISON["appraisal"]}, _NOT_LIVE)
        value.write(book, studies, None)


def _empty_sheets(book: Book, titles: Mapping[str, str], reason: str) -> None:
    """Keep every sheet in its place and say why there is nothing on it."""
    t = book.view.t
    for name, title in titles.items():
        book.sheet(name, t(title), (30,) * 4).text(t(reason), "sentence")
