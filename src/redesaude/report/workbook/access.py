"""Sheet ``access``: who reaches care within the standard, by specialty, region and municipality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.figures import flows, whole_area
from redesaude.report.manifest import travel_origin
from redesaude.report.view import View
from redesaude.report.workbook import charts
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column, Sheet

_WIDTHS = (24, 30, 10, 11, 9, 9, 10, 9, 9, 11, 9, 9, 10)


@dataclass(frozen=True)
class AccessBlocks:
    """The rows for the whole area, for charts and formulas of other sheets."""

    whole: Block
    whole_frame: pd.DataFrame


def access_frame(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the plan's access table with names, sorted, and the verdict in words."""
    names, t = view.names, view.t
    rows = rows.assign(
        specialty=names.label("specialties", rows["specialty_id"]),
        place=[t(N_("Whole area")) if r == ALL else names.regions.get(r, r) for r in rows["region_id"]],
        period=names.label("periods", rows["period_id"]),
        verdict=[_verdict(view, target, met) for target, met in zip(rows["target"], rows["met"], strict=True)],
    )
    return rows.sort_values(["specialty", "place", "period"], ignore_index=True)


def _verdict(view: View, target: object, met: object) -> str:
    if pd.isna(target):  # type: ignore[call-overload]
        return view.t(N_("no target"))
    return view.t(N_("met")) if bool(met) else view.t(N_("missed"))


def outside_frame(view: View) -> pd.DataFrame:
    """Return municipalities with people outside the standard, most cases outside first within each specialty.

    Columns as in the access table; ``place`` is the municipality and its region; no P90 or target.
    """
    plan, names = view.plan, view.names
    keys = ["specialty_id", "territory_id", "period_id"]
    standards = whole_area(plan.access).groupby(["specialty_id", "period_id"])["minutes_standard"].first()
    rows = flows(plan, names).join(standards.astype(float), on=["specialty_id", "period_id"])
    within = rows["treated"].astype(bool) & (rows["minutes"] <= rows["minutes_standard"] + 1e-9)
    minutes = rows["minutes"]
    sums = (
        rows.assign(
            within=rows["cases"] * within,
            away=rows["cases"] * ~rows["treated"].astype(bool),
            weighted=rows["cases"] * minutes.fillna(0.0),
        )
        .groupby(keys)
        .agg(
            cases=("cases", "sum"),
            within=("within", "sum"),
            cases_unmet=("away", "sum"),
            weighted=("weighted", "sum"),
            max_minutes=("minutes", "max"),
            minutes_standard=("minutes_standard", "first"),
        )
        .reset_index()
        .dropna(subset=["minutes_standard"])
    )
    sums["share_within_standard"] = sums["within"] / sums["cases"]
    sums["cases_outside"] = sums["cases"] - sums["within"]
    sums["mean_minutes"] = sums["weighted"] / (sums["cases"] - sums["cases_unmet"]).replace(0.0, np.nan)
    return _name_outside(view, sums[sums["cases_outside"] > 1e-6 * sums["cases"]])


def _name_outside(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    names = view.names
    population = view.scenario.territories.set_index("territory_id")["population"]
    towns = rows["territory_id"]
    regions = towns.map(lambda town: names.regions.get(names.region_of_territory.get(town, ""), ""))
    rows = rows.assign(
        specialty=names.label("specialties", rows["specialty_id"]),
        place=names.label("territories", towns) + " (" + regions + ")",
        period=names.label("periods", rows["period_id"]),
        population=[float(population.get(town, np.nan)) for town in towns],
        p90_minutes=np.nan,
        target=np.nan,
        verdict="",
    )
    order = ["specialty", "period", "cases_outside", "territory_id"]
    return rows.sort_values(order, ascending=[True, True, False, True], ignore_index=True)


def _columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("specialty", t(N_("Specialty"))),
        Column("place", t(N_("Where people live")), t(N_("health region, or municipality (region)"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("population", t(N_("Population")), t(N_("people")), "number"),
        Column("cases", t(N_("Cases")), t(N_("a year")), "decimal"),
        Column("cases_unmet", t(N_("Sent away")), t(N_("cases a year")), "decimal"),
        Column("share_within_standard", t(N_("Within the standard")), t(N_("share of cases")), "percent"),
        Column("minutes_standard", t(N_("Standard")), t(N_("minutes, one way")), "number"),
        Column("mean_minutes", t(N_("Mean journey")), t(N_("minutes")), "number"),
        Column("p90_minutes", t(N_("P90")), t(N_("nine in ten travel less, minutes")), "number"),
        Column("max_minutes", t(N_("Longest")), t(N_("minutes")), "number"),
        Column("target", t(N_("Target")), t(N_("share promised")), "percent"),
        Column("verdict", t(N_("Result")), t(N_("against the target")), "verdict"),
    ]


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
    sheet = book.sheet("access", t(N_("Access")), _WIDTHS, f"{note} {travel_sentence(view)}")
    columns, access = _columns(view), view.plan.access
    whole = access_frame(view, whole_area(access))
    block = sheet.table(whole, columns, freeze=2)
    blocks = [block]
    _chart(book, sheet, block)
    sheet.heading(t(N_("By health region")))
    blocks.append(sheet.table(access_frame(view, access[access["region_id"] != ALL]), columns, header=False))
    sheet.heading(t(N_("Municipalities with people outside the standard")))
    sheet.text(t(N_("Cases outside are treated further away than the standard, or sent away.")), "note")
    blocks.append(sheet.table(outside_frame(view), columns, header=False))
    for part in blocks:
        sheet.mark(part, "verdict", {t(N_("met")): "good", t(N_("missed")): "bad"})
    return AccessBlocks(block, whole)


def _chart(book: Book, sheet: Sheet, block: Block) -> None:
    sheet.chart(access_chart(book, block), rows=14)


def access_chart(book: Book, block: Block) -> object:
    """Return the chart of the share within the standard by specialty, with the targets as markers."""
    t = book.view.t
    chart, targets = book.chart("column"), book.chart("line")
    charts.bars(chart, block, "specialty", [("share_within_standard", t(N_("Within the standard")))])
    charts.markers(targets, block, "specialty", "target", t(N_("Target")))
    chart.combine(targets)
    charts.dress(chart, t(N_("Share of cases within the access standard")), legend=True)
    charts.standing(chart, "", "0%", min=0, max=1)
    return chart
