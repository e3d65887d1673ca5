"""From the plan as decided on sheet ``appraisal`` to the objective of the solver: what else the plan costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from redesaude.language import N_
from redesaude.lines import Source, of_source
from redesaude.plan.appraisal import Appraisal
from redesaude.report.workbook.appraisal_terms import write_headers
from redesaude.report.workbook.costs import CostBlocks
from redesaude.report.workbook.live import Grid, Live, live

#: rows of the table beside those of its lines
ROWS = 4


def beside(costs: CostBlocks, appraisal: Appraisal, t: Callable[..., str]) -> dict[str, Live]:
    """Return what the plan costs beside its sites: title -> its cell.

    Lines of no site or contract stand on sheet ``costs``; who is treated in services of today until others open is on
    lines of services there, and no part of what the services of the plan cost.
    """
    of_sites = of_source(Source.SERVICE, Source.SITE, Source.LETTING)
    lines = costs.lines_frame
    meanwhile = math.fsum(npv for *_, line, _, npv in appraisal.transition_lines() if line in of_sites)
    title = t(N_("Treated in services of today until others open, less the waiting that it saves"))
    return ({title: live(meanwhile)} if meanwhile else {}) | {
        str(name): Live(costs.lines.cell("total", row), float(npv))
        for row, (line, name, npv) in enumerate(zip(lines["line"], lines["name"], lines["total"], strict=True))
        if line not in of_sites
    }


def write(grid: Grid, sites: Live, others: Mapping[str, Live], objective: float, t: Callable[..., str]) -> None:
    """Write what ``sites`` and the ``others`` cost at the cursor, and hold the sum against the ``objective``."""
    sheet = grid.sheet

    def line(label: str, content: Live, style: str = "money") -> Live:
        grid.say(sheet.row, 0, label)
        sheet.row += 1
        return grid.put(sheet.row - 1, 1, content, style)

    sheet.heading(t(N_("From the plan as decided to the objective")))
    write_headers(sheet, [t(text) for text in (N_("Cost line"), N_("Present value"))])
    top = sheet.row
    line(t(N_("Services, sites and contracts: the plan as decided, in formulas")), sites)
    for name, cell in others.items():
        line(name, cell)
    whole = line(t(N_("Total")), grid.range(top, 1, sheet.row - 1, 1).total)
    found = line(t(N_("Objective of the solver")), live(objective))
    line(t(N_("Difference")), whole - found, "cents")
