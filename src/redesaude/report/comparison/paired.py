"""Sheet ``paired``: cases at the hospitals of each region, those from outside and journeys, beside the best mix."""

from __future__ import annotations

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.comparison.pages import Pages
from redesaude.report.workbook.sheet import Column
from redesaude.studies.paired import LOAD, MINUTES, OUTSIDE

_PARTS = (
    (LOAD, N_("Cases a year at the hospitals of each region"), "number"),
    (OUTSIDE, N_("Of them from other regions"), "number"),
    (MINUTES, N_("Minutes on the way of each case, one way"), "decimal"),
)


def write(pages: Pages) -> None:
    """Write the sheet."""
    t, found = pages.view.t, pages.comparison.paired
    note = t(
        N_(
            "Last period. Cases that come first, and those sent up from another hospital; minutes are those of the "
            "people of the region, the way on of cases that its hospitals send up among them. Each strategy, then each "
            "less the best mix: differences of plans that are not distinguishable may be those of the search."
        )
    )
    sheet = pages.book.sheet("paired", pages.widths, note)
    words = {"value": "", "less_mix": t(N_("less the best mix"))}
    names = {**pages.view.names.regions, ALL: t(N_("whole area"))}
    for measure, heading, kind in _PARTS:
        for value, word in words.items():
            sheet.heading(f"{t(heading)}, {word}" if word else t(heading))
            table = pages.wide(found[found["measure"] == measure], ["region_id"], value)
            table = table.assign(name=[names.get(region, region) for region in table["region_id"]])
            sheet.table(table, [Column("name", t(N_("Health region"))), *pages.columns(kind)])
