"""Sheet ``travel``: how far patients travel and the CO2 of it, beside today, with the goals each specialty serves."""

from __future__ import annotations

import math

import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.travelled import co2_range
from redesaude.report.codes import CODED, registers
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column, Sheet

_WIDTHS = (34, 26, 13, 14, 14, 12, 12, 12, 12, 12, 14)
_AREA = ["specialty_id", "region_id"]


def travel_frame(view: View) -> pd.DataFrame:
    """Return the yearly travel by specialty and area with names, and today's; the whole area first."""
    names, t = view.names, view.t
    rows, now = view.studied.travelled, view.studied.travelled_today
    today = now.set_index(_AREA)["km"].reindex(pd.MultiIndex.from_frame(rows[_AREA])).to_numpy(float)
    return rows.assign(
        specialty=names.label("specialties", rows["specialty_id"]),
        place=[t(N_("Whole area")) if r == ALL else names.regions.get(r, r) for r in rows["region_id"]],
        period=names.label("periods", rows["period_id"]),
        today=today,
        each=rows["km"] / rows["cases"].where(rows["cases"] > 0),
        sdg=rows["specialty_id"].map(sdg_targets(view)),
        near=rows["region_id"] == ALL,
    ).sort_values(["near", "specialty", "place", "period_id"], ascending=[False, True, True, True], ignore_index=True)


def sdg_targets(view: View) -> dict[str, str]:
    """Return the targets of the Sustainable Development Goals that each specialty serves, as one text."""
    rows = view.scenario.specialties
    return {own: ", ".join(targets) for own, targets in zip(rows["specialty_id"], rows["sdg_targets"], strict=True)}


def co2_sentence(view: View) -> str:
    """Say what the CO2 rests on, or that none is told."""
    known = co2_range(view.scenario.settings)
    if math.isnan(known[1]):
        return view.t(N_("CO2 is not told: the settings state no travel_co2."))
    low, factor, high = (view.numbers.decimal(value, 2) for value in known)
    said = N_("CO2 at {factor} kg a km ({low} to {high}); source and grade on the sheet assumptions.")
    return view.t(said, low=low, factor=factor, high=high)


def write(book: Book) -> None:
    """Write the sheet."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "Kilometres that vehicles drive in a year once all is open: return journeys, patient and companions in one "
            "vehicle. Kilometres not stated are modelled along the quickest road, or straight with the stated detour. "
            "Transfers between hospitals and ways out of the area are not among them."
        )
    )
    sheet = book.sheet("travel", _WIDTHS, f"{note} {co2_sentence(view)}")
    frame = travel_frame(view)
    if len(frame):
        sheet.table(frame, _columns(view), freeze=2)
    else:
        sheet.text(t(N_("No way has a length: neither kilometres nor coordinates are stated.")), "sentence")
    for table in dict.fromkeys(table for table, _ in CODED.values()):
        _codes(sheet, view, table)


def _columns(view: View) -> list[Column]:
    t, tonnes = view.t, view.t(N_("tonnes of CO2 a year"))
    return [
        Column("specialty", t(N_("Specialty"))),
        Column("place", t(N_("Where people live")), t(N_("whole area, or health region"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("today", t(N_("Today")), t(N_("km a year")), "number"),
        Column("km", t(N_("Kilometres")), t(N_("a year")), "number"),
        Column("each", t(N_("For each case")), t(N_("km")), "number"),
        Column("km_given_share", t(N_("Stated")), t(N_("share of km; the rest is modelled")), "whole_percent"),
        Column("co2_tonnes", t(N_("CO2")), tonnes, "number"),
        Column("co2_tonnes_low", t(N_("Lowest")), tonnes, "number"),
        Column("co2_tonnes_high", t(N_("Highest")), tonnes, "number"),
        Column("sdg", t(N_("SDG targets")), t(N_("that it serves"))),
    ]


_TITLES = {
    "territories": N_("Codes of municipalities"),
    "sites": N_("Codes of hospitals"),
    "specialties": N_("Codes of specialties"),
}


def _codes(sheet: Sheet, view: View, table: str) -> None:
    """The official codes of a table beside ours, where it states any."""
    t, rows = view.t, getattr(view.scenario, table)
    known = rows[rows["official_code"] != ""]
    if len(known):
        key = next(column for column, (name, _) in CODED.items() if name == table)
        sheet.heading(f"{t(_TITLES[table])}: {', '.join(registers(view.scenario, table))}")
        sheet.table(
            known,
            [
                Column("name", t(N_("Name"))),
                Column("official_code", t(N_("Official code"))),
                Column("code_register", t(N_("Register"))),
                Column(key, t(N_("Code here")), "", "id"),
            ],
        )
