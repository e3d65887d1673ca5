"""Sheet ``access``: who reaches care in time, by year, region and municipality."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.decision.pack import AUDIT, Pack
from redesaude.report.falls import fall_sentences
from redesaude.report.view import View
from redesaude.report.workbook.access import travel_sentence
from redesaude.report.workbook.sheet import Block, Column
from redesaude.report.workbook.story.people import far_towns, within_by_year
from redesaude.report.workbook.years import specialties_frame, within_standard

_WIDTHS = (28, *[6] * 11)
#: most years shown side by side
_YEARS = 11
#: regions that have room beside specialties and municipalities
MOST_REGIONS = 20


def regions_frame(view: View) -> pd.DataFrame:
    """Return by region the cases in time a year and their share, in the first year and the last, largest gain first."""
    years, rows = view.studied.years, []
    for region in sorted(set(years["region_id"]) - {ALL, ""}):
        near = within_by_year(view, years["region_id"] == region)
        if len(near):
            first, last = near.iloc[0], near.iloc[-1]
            rows.append((view.names.regions.get(region, region), *first, *last, last["near"] - first["near"]))
    columns = ["region", "near_first", "share_first", "near_last", "share_last", "gain"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["gain", "region"], ascending=[False, True], ignore_index=True
    )


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
    frame = specialties_frame(view, within_standard)
    years = [name for name in frame.columns if name.isdecimal()][-_YEARS:]
    columns = [Column("specialty", t(N_("Specialty"))), *(Column(y, y, "", "whole_percent") for y in years)]
    block = sheet.table(frame, columns, freeze=1)
    sheet.filter(block)
    for sentence in fall_sentences(view):
        sheet.text(sentence, "note")
    regions, written = regions_frame(view), None
    if len(regions):
        sheet.heading(t(N_("By health region: first and last year")))
        written = sheet.table(regions.head(MOST_REGIONS), region_columns(view))
        pack.tell_rest(sheet, len(regions) - MOST_REGIONS, AUDIT, "access")
    towns = far_towns(view)
    if len(towns):
        sheet.heading(t(N_("Municipalities with most cases outside the standard once all is open")))
        columns = _town_columns(view)
        sheet.table(towns.head(sheet.fitting(towns, columns, 1)), columns)
    return written


def region_columns(view: View) -> list[Column]:
    """Return the columns of :func:`regions_frame` as a sheet shows them."""
    t = view.t
    return [
        Column("region", t(N_("Health region"))),
        Column("near_first", t(N_("Cases in time, first year")), "", "number", span=2),
        Column("share_first", t(N_("Share, first year")), "", "percent", span=2),
        Column("near_last", t(N_("Cases in time, last year")), "", "number", span=2),
        Column("share_last", t(N_("Share, last year")), "", "percent", span=2),
        Column("gain", t(N_("More cases in time a year")), "", "number", span=3),
    ]


def _town_columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("town", t(N_("Municipality"))),
        Column("region", t(N_("Health region")), span=3),
        Column("population", t(N_("Population")), "", "number", span=2),
        Column("outside", t(N_("Cases outside a year")), "", "number", span=3),
        Column("share", t(N_("Share outside")), "", "percent", span=3),
    ]
