"""The pages of the decision file, each once: its sheet, its title, who writes it, and what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from redesaude.language import N_
from redesaude.report.decision import access, assumed, contracts, decisions, first, limits, maps, money, risks
from redesaude.report.decision.pack import Pack
from redesaude.report.document import extra
from redesaude.report.view import View
from redesaude.report.workbook.pages import COMPARATOR, STUDIES, Need


@dataclass(frozen=True)
class Page:
    """A sheet: its name, the word for it on its tab, its title (blank: that of the scenario), what writes it, and what
    it cannot do without.
    """

    name: str
    tab: str
    title: str
    write: Callable[[Pack], object]
    needs: tuple[Need, ...] = ()

    def met(self, view: View) -> bool:
        """Tell whether it can be written; the first page says what was left out."""
        return all(need.met(view) for need in self.needs)


#: pictures of a workbook are PNG
PICTURES = Need(lambda view: extra.installed())

#: every page, in the order of the sheets
PAGES = (
    Page("first", N_("Page 1"), "", first.write),
    Page("decisions", N_("Decisions"), N_("Decisions, each with its reason"), decisions.write),
    Page("money", N_("Money"), N_("Public money by year and payer"), money.write),
    Page("access", N_("Access"), N_("Access by year"), access.write),
    Page("map", N_("Map"), N_("Map of the plan"), maps.write, (PICTURES,)),
    Page("contracts", N_("Contracts"), N_("Contracts side by side"), contracts.write),
    Page("limits", N_("Limits"), N_("Limits, and promises missed"), limits.write),
    Page("risks", N_("Risks"), N_("Risks"), risks.write, (STUDIES, COMPARATOR)),
    Page("assumed", N_("Assumptions"), N_("What is assumed"), assumed.write),
)
