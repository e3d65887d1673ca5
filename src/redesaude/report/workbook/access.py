"""Sheet ``access``: who reaches care within the standard, by specialty, region and municipality."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.first_years import years_of
from redesaude.report.figures import judged_flows, keyed, whole_area
from redesaude.report.manifest import travel_origin
from redesaude.report.promised import verdict, verdict_styles
from redesaude.report.today import how_known, today_note
from redesaude.report.view import View
from redesaude.report.workbook import charts
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.limits import access_words
from redesaude.report.workbook.sheet import Block, Column, Row, Sheet

_WIDTHS = (24, 26, 10, 11, 9, 13, 10, 10, 11, 9, 9, 11, 9, 10, 20, 34, 9)
#: what an access promise is about
_OF = ["specialty_id", "region_id", "period_id"]


@dataclass(frozen=True)
class AccessBlocks:
    """The rows for the whole area, for charts and formulas of other sheets."""

    whole: Block


def access_frame(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the plan's access table with names, sorted, and every promise about them with its verdict."""
    names, t = view.names, view.t
    promised = [_promised(view, key) for key in rows[_OF].itertuples(index=False, name=None)]
    today = view.studied.today.set_index(_OF[:2])["share_within_standard"]
    rows = rows.assign(
        today=today.reindex(pd.MultiIndex.from_frame(rows[_OF[:2]])).to_numpy(float),
        specialty=names.label("specialties", rows["specialty_id"]),
        place=[t(N_("Whole area")) if r == ALL else names.regions.get(r, r) for r in rows["region_id"]],
        period=names.label("periods", rows["period_id"]),
        outside=rows["population"].astype(float) * (1.0 - rows["share_within_standard"].astype(float)),
        promised=["; ".join(access_words(view, row.minutes, row.share) for row in own) for own in promised],
        verdict=[verdict(view, own) if own else t(N_("no target")) for own in promised],
        holds_from=[_holds(view, own) for own in promised],
    )
    return rows.sort_values(["specialty", "place", "period"], ignore_index=True)


def _promised(view: View, key: tuple[str, ...]) -> list[Any]:
    """The promises about a specialty in an area and a period, as the sheet ``limits`` lists them."""
    rows = view.plan.promises
    return list(rows_of(rows[(rows["kind"] == "access") & (rows[_OF] == list(key)).all(axis=1)]))


def _holds(view: View, promised: list[Any]) -> float:
    """The year from which all that is kept holds; NaN where nothing is promised or kept."""
    years = years_of(view.studied.dated, [row.promise_id for row in promised])
    return np.nan if years is None or years.never else float(years.holds)


def outside_frame(view: View) -> pd.DataFrame:
    """Return the municipalities with cases outside the standard, most such cases first.

    Columns: territory_id, town, region, population, outside (cases a year, all specialties with a standard), and for
    each such specialty (as :func:`keyed`) the share of the municipality's cases outside (NaN: none).
    """
    rows = judged_flows(view.plan, view.names).dropna(subset=["minutes_standard"])
    rows = rows.assign(outside=rows["cases"] * ~rows["within"])
    sums = rows.groupby(["territory_id", "specialty_id"])[["cases", "outside"]].sum()
    sums["share"] = sums["outside"] / sums["cases"]
    some = sums[sums["outside"] > 1e-6 * sums["cases"]]
    shares = some.pivot_table(index="territory_id", columns="specialty_id", values="share")
    shares = shares.rename(columns=partial(keyed, "specialty"))
    totals = some["outside"].groupby(level="territory_id").sum()
    frame = shares.join(totals).reset_index()
    return _with_towns(view, frame).sort_values(["outside", "territory_id"], ascending=[False, True], ignore_index=True)


def _with_towns(view: View, frame: pd.DataFrame) -> pd.DataFrame:
    names, towns = view.names, frame["territory_id"]
    population = view.scenario.territories.set_index("territory_id")["population"]
    return frame.assign(
        town=names.label("territories", towns),
        region=names.label("regions", towns.map(lambda town: names.region_of_territory.get(town, ""))),
        population=towns.map(population),
    )


def _columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("specialty", t(N_("Specialty"))),
        Column("place", t(N_("Where people live")), t(N_("whole area, or health region"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("population", t(N_("Population")), t(N_("people")), "number"),
        Column("cases", t(N_("Cases")), t(N_("a year")), "decimal"),
        Column("cases_unmet", t(N_("Sent away")), t(N_("cases a year")), "decimal"),
        Column("share_within_standard", t(N_("Within the standard")), t(N_("share of cases")), "percent"),
        Column("today", t(N_("Today")), t(N_("the same, {how}"), how=how_known(view)), "percent"),
        Column("outside", t(N_("Outside it")), t(N_("people, late or sent away")), "number", formula=_people_outside),
        Column("minutes_standard", t(N_("Standard")), t(N_("minutes, one way")), "number"),
        Column("mean_minutes", t(N_("Mean journey")), t(N_("minutes")), "number"),
        Column("p90_minutes", t(N_("P90")), t(N_("nine in ten travel less, minutes")), "number"),
        Column("max_minutes", t(N_("Longest")), t(N_("minutes")), "number"),
        Column("target", t(N_("Target")), t(N_("share promised within the standard")), "percent"),
        Column("verdict", t(N_("Result")), t(N_("of all that is promised")), "verdict"),
        Column("promised", t(N_("Promised")), t(N_("see the sheet limits"))),
        Column("holds_from", t(N_("Holds from")), t(N_("year, of what is promised")), "year"),
    ]


def _people_outside(row: Row) -> str:
    share, people = row.at("share_within_standard"), row.at("population")
    return f'IF(AND(ISNUMBER({share}),ISNUMBER({people})),{people}*(1-{share}),"")'


def travel_sentence(view: View) -> str:
    """Say whether travel times were given or computed."""
    if travel_origin(view.scenario) == "given":
        return view.t(N_("Travel times are those given in the input."))
    return view.t(
        N_("Travel times are modelled (road links or straight distance at a stated speed), not measured on the road.")
    )


def write(book: Book) -> AccessBlocks:
    """Write the sheet and return the rows for the whole area."""
    view, t = book.view, book.view.t
    note = t(N_("A case is within the standard when it is treated inside the network, no further than the standard."))
    right = t(N_("Municipalities with people outside the standard are listed right of the table."))
    steady = t(N_("Figures are those of each period once all its services are open; the sheet years says from when."))
    sheet = book.sheet("access", _WIDTHS, f"{note} {steady} {today_note(view)} {right} {travel_sentence(view)}")
    columns, access = _columns(view), view.plan.access
    whole = access_frame(view, whole_area(access))
    _outside(sheet, view)
    block = sheet.table(whole, columns, freeze=0)
    sheet.chart(access_chart(book, block), rows=14)
    sheet.heading(t(N_("By health region")))
    by_region = access_frame(view, access[access["region_id"] != ALL])
    regions = sheet.table(by_region, columns, header=False)
    for part, frame in ((block, whole), (regions, by_region)):
        sheet.mark(part, "verdict", verdict_styles(view, frame["verdict"]))
    return AccessBlocks(block)


def _outside(sheet: Sheet, view: View) -> None:
    """Write the municipalities beside the main table: header rows and cursor are shared, the print area is its own."""
    t, top, start, frame = view.t, sheet.row, len(sheet.widths) + 1, outside_frame(view)
    names = {keyed("specialty", s): view.names.specialties.get(s, s) for s in view.scenario.specialties["specialty_id"]}
    specialties = [column for column in names if column in frame.columns]
    sheet.set_widths(start - 1, (3, 26, 24, 12, 11, *[13] * len(specialties)))
    columns = [
        Column("town", t(N_("Municipality")), t(N_("with people outside the standard"))),
        Column("region", t(N_("Health region"))),
        Column("population", t(N_("Population")), t(N_("people")), "number"),
        Column("outside", t(N_("Cases outside")), t(N_("a year, late or sent away")), "decimal"),
        *(Column(s, names[s], t(N_("share outside")), "whole_percent") for s in specialties),
    ]
    block = sheet.table(frame, columns, start=start)
    sheet.shade(block, specialties)
    sheet.print_too(top, start, block.last, start + len(columns) - 1)
    sheet.row = top


def access_chart(book: Book, block: Block) -> object:
    """Return the chart of the share within the standard by specialty, beside today's, with the targets as markers."""
    t = book.view.t
    chart, targets = book.chart("column"), book.chart("line")
    today = t(N_("Today, {how}"), how=how_known(book.view))
    series = [("share_within_standard", t(N_("Within the standard"))), ("today", today)]
    charts.bars(chart, block, "specialty", series)
    charts.markers(targets, block, "specialty", "target", t(N_("Target")))
    chart.combine(targets)
    charts.dress(chart, t(N_("Share of cases within the access standard, once all services are open")), legend=True)
    charts.standing(chart, "", "0%", min=0, max=1)
    return chart
