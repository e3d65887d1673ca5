"""The pages of the audit workbook, each once: its sheet, its title, who writes it, and what it needs.

A new page is a module that writes it and a row here, in its place among the sheets. Pages point at each other through
:meth:`redesaude.report.workbook.book.Book.page`, which writes what is asked for first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from redesaude.language import N_
from redesaude.report.terms import DATES_KEPT
from redesaude.report.view import View, several
from redesaude.report.workbook import (
    access,
    access_norms,
    appraisal,
    assumptions,
    benefits,
    bills,
    cash_flow,
    checks,
    costs,
    decisions,
    figures,
    fiscal,
    licences,
    limits,
    lots,
    milestones,
    needs,
    network,
    phases,
    ppp_direct,
    quality_pay,
    resources,
    risks,
    sensitivity,
    summary,
    term_sheets,
    travel,
    unmet,
    value,
    years,
)
from redesaude.report.workbook.book import Book


@dataclass(frozen=True)
class Need:
    """What a page cannot do without; where it is not met the sheet says ``otherwise``, or where blank is not there."""

    met: Callable[[View], bool]
    otherwise: str = ""


PLAN = Need(
    lambda view: view.plan.has_decisions,
    N_("There is no plan, so there is nothing to show here. The summary says why."),
)
STUDIES = Need(
    lambda view: view.studies is not None,
    N_("The studies of value for money and risk were left out of this report."),
)
COMPARATOR = Need(
    lambda view: view.known.compared is not None,
    N_("No contract of the input is direct administration, so there is nothing to compare with."),
)
FORMULAS = Need(
    lambda view: appraisal.can_be_live(view.compared.known),
    N_(
        "Direct administration is not paid by the budget in this input, or pays taxes, or payments to project "
        "companies are discounted at a rate of their own, so its bridge is not written out in formulas; the numbers on "
        "the sheet value are those of the engine."
    ),
)
PERIODS = Need(lambda view: view.plan.has_decisions and several(view))
NETWORK = Need(network.in_use)
NORMS = Need(lambda view: bool((view.plan.promises["kind"] == "access").any()))
LOTS = Need(lots.in_use)
LICENCES = Need(licences.in_use)
QUALITY = Need(quality_pay.in_use)


_FIRST_PAGE = N_("On paper only the first page of this sheet is printed; the rest is for the screen.")


@dataclass(frozen=True)
class Page:
    """A sheet: its name, its title (blank: that of the scenario), what writes it, and its needs in turn.

    ``on_dates``: it tries other contracts or assumptions on the dates of the plan, and says so. ``on_screen``: its long
    lists are to be searched, not read on paper: only its first page is printed, and it says so.
    """

    name: str
    title: str
    write: Callable[[Book], object]
    needs: tuple[Need, ...] = (PLAN,)
    on_dates: bool = False
    on_screen: bool = False

    def lacks(self, view: View) -> Need | None:
        """Return the first of its needs that is not met."""
        return next((need for need in self.needs if not need.met(view)), None)

    def remark(self, view: View) -> str:
        """Return what its note ends with, in the words of the reader."""
        said = {DATES_KEPT: self.on_dates and several(view), _FIRST_PAGE: self.on_screen}
        return " ".join(view.t(message) for message, holds in said.items() if holds)


_STUDIED = (PLAN, STUDIES)
_COMPARED = (*_STUDIED, COMPARATOR)

#: every page, in the order of the sheets
PAGES = (
    Page("summary", "", summary.write, ()),
    Page("page1", N_("Numbers of the first page"), figures.write, on_screen=True),
    Page("decisions", N_("Decisions"), decisions.write),
    Page("phases", N_("Periods and sources"), phases.write, (PERIODS,)),
    Page("milestones", N_("Milestones"), milestones.write),
    Page("value", N_("Value for money"), value.write, _STUDIED, on_dates=True, on_screen=True),
    Page("ppp_direct", N_("PPP against direct"), ppp_direct.write, _COMPARED, on_dates=True, on_screen=True),
    Page("cash_flow", N_("Cash flow by year"), cash_flow.write, _STUDIED),
    Page("costs", N_("Costs"), costs.write),
    Page("benefits", N_("Benefits beside today"), benefits.write),
    Page("access", N_("Access"), access.write),
    Page("access_norms", N_("Norms of access"), access_norms.write, (PLAN, NORMS), on_screen=True),
    Page("years", N_("By year"), years.write),
    Page("travel", N_("Patients' travel, CO2 and codes"), travel.write, on_screen=True),
    Page("needs", N_("Needs and supply"), needs.write),
    Page("licences", N_("Licences"), licences.write, (LICENCES, PLAN)),
    Page("lots", N_("Lots"), lots.write, (LOTS, PLAN)),
    Page("limits", N_("Limits and promises"), limits.write),
    Page("resources", N_("Hubs, staff and emergency"), resources.write),
    Page("network", N_("Support and transfers"), network.write, (NETWORK,)),
    Page("fiscal", N_("Fiscal limits by year"), fiscal.write, _STUDIED),
    Page("bills", N_("Bill of each municipality"), bills.write),
    Page("unmet", N_("Sent away"), unmet.write, on_screen=True),
    Page("risks", N_("Risks"), risks.write, _COMPARED, on_dates=True),
    Page("sensitivity", N_("Sensitivity and break-even"), sensitivity.write, _COMPARED, on_dates=True, on_screen=True),
    Page("quality_pay", N_("Paid by quality"), quality_pay.write, (QUALITY, *_STUDIED)),
    Page("term_sheets", N_("Term sheets"), term_sheets.write, _STUDIED),
    Page("assumptions", N_("Assumptions and sources"), assumptions.write, (), on_screen=True),
    Page("appraisal", N_("Appraisal in formulas"), appraisal.write, (*_COMPARED, FORMULAS), on_screen=True),
    Page("cash_ledger", N_("Amounts by year"), cash_flow.write_ledger, _STUDIED, on_screen=True),
    Page("checks", N_("Checks and log"), checks.write, ()),
)
