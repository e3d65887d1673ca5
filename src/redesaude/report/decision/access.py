"""Sheet ``access``: who reaches care in time, by year, region and municipality."""

from __future__ import annotations

from dataclasses import replace

from redesaude.language import N_
from redesaude.report.decision.pack import AUDIT, TRACE, Pack
from redesaude.report.falls import fall_sentences
from redesaude.report.view import View
from redesaude.report.workbook.access import travel_sentence
from redesaude.report.workbook.sheet import Block, Column
from redesaude.report.workbook.story.people import far_towns
from redesaude.report.workbook.years import region_columns, regions_frame, specialties_frame, within_standard

_WIDTHS = (28, *[6] * 11)
#: most years shown side by side
_YEARS = 11
#: regions that have room beside specialties and municipalities
MOST_REGIONS = 20


def write(pack: Pack) -> Block | None:
    """Write the sheet and return its table of regions; None: there is none."""
    view, t = pack.view, pack.view.t
    note = t(
        N_(
            "Share of cases treated within the standard of their specialty, counting in each year only what runs in "
            "it. By region and municipality: {file}, sheets access and years."
        ),
        file=AUDIT,
    )
    sheet = pack.upright("access", _WIDTHS, f"{note} {travel_sentence(view)}")
    frame = pack.traced(specialties_frame(view, within_standard), "years", "specialty_id")
    years = [name for name in frame.columns if name.isdecimal()][-_YEARS:]
    columns = [Column("specialty", t(N_("Specialty"))), *(Column(y, y, "", "whole_percent", link=TRACE) for y in years)]
    block = sheet.table(frame, columns, freeze=1)
    sheet.filter(block)
    for sentence in fall_sentences(view):
        sheet.text(sentence, "note")
    regions, written = pack.traced(regions_frame(view), "years", "region_id"), None
    if len(regions):
        sheet.heading(t(N_("By health region: first and last year")))
        written = sheet.table(regions.head(MOST_REGIONS), _region_columns(view))
        pack.tell_rest(sheet, len(regions) - MOST_REGIONS, AUDIT, "years")
    towns = pack.traced(far_towns(view), "access", "territory_id")
    if len(towns):
        sheet.heading(t(N_("Municipalities with most cases outside the standard once all is open")))
        columns = _town_columns(view)
        sheet.table(towns.head(sheet.fitting(towns, columns, 1)), columns)
    return written


def _region_columns(view: View) -> list[Column]:
    """The columns of regions, each as wide as its header on an upright page, numbers as links."""
    region, *rest = region_columns(view)
    spans = (2, 2, 2, 2, 3)
    return [region, *(replace(c, span=span, link=TRACE) for c, span in zip(rest, spans, strict=True))]


def _town_columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("town", t(N_("Municipality"))),
        Column("region", t(N_("Health region")), span=3),
        Column("population", t(N_("Population")), "", "number", span=2),
        Column("outside", t(N_("Cases outside a year")), "", "number", span=3, link=TRACE),
        Column("share", t(N_("Share outside")), "", "percent", span=3),
    ]
