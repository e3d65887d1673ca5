"""Sheet ``needs``: need against supply, by health region and specialty."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.plan.numbers import existing_services
from redesaude.report.figures import flows
from redesaude.report.today import how_known, treated_outside
from redesaude.report.view import View
from redesaude.report.workbook import charts
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column, Row, Sheet

_WIDTHS = (24, 26, 10, 12, 12, 12, 13, 12, 12, 13, 13, 13)
_SUMS = ["needed", "in_region", "elsewhere", "sent_away", "treated_today", "outside_today"]
_SUMS += ["capacity_today", "capacity_planned"]


def needs_frame(view: View) -> pd.DataFrame:
    """Return cases by where they are treated, and capacities, for each region, specialty and period.

    Cases and capacities are per year; capacities are nominal, of the sites in the region.
    """
    keys = ["region_id", "specialty_id", "period_id"]
    rows = flows(view.plan, view.names)
    treated = rows["treated"].astype(bool)
    here = rows["in_region"].astype(bool)
    cases = pd.DataFrame(
        {
            "in_region": rows["cases"] * here,
            "elsewhere": rows["cases"] * (treated & ~here),
            "sent_away": rows["cases"] * ~treated,
        }
    )
    need = cases.groupby([rows[key] for key in keys]).sum()
    frame = need.join(_capacities(view), how="outer").fillna(0.0).reset_index()
    today = view.studied.today.set_index(keys[:2]).reindex(pd.MultiIndex.from_frame(frame[keys[:2]]), fill_value=0.0)
    frame["treated_today"], frame["outside_today"] = today["treated"].to_numpy(float), today["outside"].to_numpy(float)
    frame["needed"] = frame["in_region"] + frame["elsewhere"] + frame["sent_away"]
    return frame


def _capacities(view: View) -> pd.DataFrame:
    """Usable capacity of today and of the plan, by region, specialty and period."""
    today = existing_services(view.scenario).merge(view.scenario.periods[["period_id"]], how="cross")
    found = {}
    for name, rows in {"capacity_today": today, "capacity_planned": view.plan.openings}.items():
        regions = rows["site_id"].map(view.names.region_of_site).rename("region_id")
        found[name] = rows["capacity"].astype(float).groupby([regions, rows["specialty_id"], rows["period_id"]]).sum()
    return pd.DataFrame(found)


def named(view: View, frame: pd.DataFrame) -> pd.DataFrame:
    """Add names and the share treated in the region, and sort by name."""
    names = view.names
    frame = frame.assign(
        region=names.label("regions", frame["region_id"]),
        specialty=names.label("specialties", frame["specialty_id"]),
        period=names.label("periods", frame["period_id"]),
        share=frame["in_region"] / frame["needed"].replace(0.0, np.nan),
    )
    return frame.sort_values(["region", "specialty", "period"], ignore_index=True)


def _columns(view: View) -> list[Column]:
    t, cases = view.t, view.t(N_("cases a year"))
    known = t(N_("cases a year, {how}"), how=how_known(view))

    def need(row: Row) -> str:
        return f"{row.at('in_region')}+{row.at('elsewhere')}+{row.at('sent_away')}"

    def share(row: Row) -> str:
        return f'IF({row.at("needed")}>0,{row.at("in_region")}/{row.at("needed")},"")'

    return [
        Column("region", t(N_("Health region"))),
        Column("specialty", t(N_("Specialty"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("needed", t(N_("Need")), cases, "number", formula=need),
        Column("in_region", t(N_("Treated in the region")), cases, "number"),
        Column("elsewhere", t(N_("Treated in another region")), cases, "number"),
        Column("sent_away", t(N_("Sent away")), cases, "number"),
        Column("share", t(N_("Treated at home")), t(N_("share treated in the own region")), "percent", formula=share),
        Column("treated_today", t(N_("Treated today")), known, "number"),
        *(
            [Column("outside_today", t(N_("Treated outside today")), t(N_("cases a year, outside the area")), "number")]
            if treated_outside(view) > 0
            else []
        ),
        Column("capacity_today", t(N_("Capacity today")), t(N_("cases a year, sites in the region")), "number"),
        Column("capacity_planned", t(N_("Capacity planned")), t(N_("cases a year, sites in the region")), "number"),
    ]


def write(book: Book) -> None:
    """Write the sheet."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "Need is the yearly cases of the people who live in the region. Capacity is that of the sites in the "
            "region; they also treat people from elsewhere."
        )
    )
    sheet = book.sheet("needs", _WIDTHS, note)
    detail, columns = needs_frame(view), _columns(view)
    regions = detail.groupby(["region_id", "period_id"], as_index=False)[_SUMS].sum()
    regions = named(view, regions.assign(specialty_id=t(N_("all specialties added"))))
    block = sheet.table(regions, columns, freeze=2)
    _chart(book, sheet, block)
    sheet.heading(t(N_("By health region and specialty")))
    sheet.table(named(view, detail), columns, header=False)


def _chart(book: Book, sheet: Sheet, block: Block) -> None:
    t = book.view.t
    chart, supply = book.chart("column", "stacked"), book.chart("line")
    parts = [
        ("in_region", t(N_("Treated in the region"))),
        ("elsewhere", t(N_("Treated in another region"))),
        ("sent_away", t(N_("Sent away"))),
    ]
    charts.bars(chart, block, "region", parts)
    charts.markers(supply, block, "region", "capacity_planned", t(N_("Capacity planned")))
    chart.combine(supply)
    charts.dress(chart, t(N_("Need and supply by health region")), legend=True)
    charts.standing(chart, t(N_("cases a year")), "#,##0")
    sheet.chart(chart, rows=16)
