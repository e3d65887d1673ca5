"""Sheet ``resources``: load on the hubs, which staff is short where, and the emergency stations."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from redesaude.assemble.tiers import tiered
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.figures import yes
from redesaude.report.view import View
from redesaude.report.workbook import surge_loans
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column, Sheet

_WIDTHS = (30, 24, 18, 12, 12, 12, 12, 12, 12, 19)

_MEASURES = {
    "cover": N_("People reached within the standard"),
    "double_cover": N_("People reached by a second ambulance"),
    "ambulances": N_("Ambulances for the people"),
    "window": N_("Time-critical cases treated in their window"),
}


def loads_frame(view: View) -> pd.DataFrame:
    """Return the load ceilings with names."""
    names, t, rows = view.names, view.t, view.plan.loads
    return rows.assign(
        hub=names.label("sites", rows["site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]).replace({ALL: t(N_("all"))}),
        period=names.label("periods", rows["period_id"]),
        verdict=_verdict(view, rows),
    )


def workforce_frame(view: View) -> pd.DataFrame:
    """Return need and supply of staff with names, where nobody is to spare first."""
    names, t, rows = view.names, view.t, view.plan.workforce
    areas = {**names.regions, ALL: t(N_("whole area"))}
    rows = rows.assign(
        role=names.label("roles", rows["role_id"]),
        where=[areas.get(area, area) for area in rows["region_id"]],
        period=names.label("periods", rows["period_id"]),
        tight=[t(N_("nobody to spare")) if flag else "" for flag in yes(rows["binding"])],
    )
    order = ["binding", "role", "where", "period_id"]
    return rows.sort_values(order, ascending=[False, True, True, True], ignore_index=True)


def stations_frame(view: View) -> pd.DataFrame:
    """Return the open stations with names."""
    names, t, rows = view.names, view.t, view.plan.stations
    status = {"new": t(N_("new")), "existing": t(N_("existing"))}
    return rows.assign(
        station=names.label("stations", rows["station_id"]),
        town=names.label("territories", rows["territory_id"]),
        period=names.label("periods", rows["period_id"]),
        state=rows["status"].map(status),
    )


def emergency_frame(view: View) -> pd.DataFrame:
    """Return what the stations achieve with names, the whole area first."""
    names, t, rows = view.names, view.t, view.plan.emergency
    words = {"yes": t(N_("met")), "no": t(N_("missed")), "": ""}
    rows = rows.assign(
        what=[t(_MEASURES[measure]) for measure in rows["measure"]],
        specialty=names.label("specialties", rows["specialty_id"]),
        region=[t(N_("whole area")) if r == ALL else names.regions.get(r, r) for r in rows["region_id"]],
        period=names.label("periods", rows["period_id"]),
        verdict=rows["met"].map(words),
        format=["decimal" if measure == "ambulances" else "percent" for measure in rows["measure"]],
        first=rows["region_id"] != ALL,
    )
    return rows.sort_values(["measure", "specialty", "first", "region", "period_id"], ignore_index=True)


def _verdict(view: View, rows: pd.DataFrame) -> list[str]:
    return [view.t(N_("met")) if met else view.t(N_("missed")) for met in yes(rows["met"])]


def write(book: Book) -> None:
    """Write the sheet."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "Load ceilings relieve a hub of cases from outside its area. Staff is counted in full-time people. An "
            "emergency station reaches the people within the standard of the settings."
        )
    )
    sheet = book.sheet("resources", _WIDTHS, note)
    scenario, verdicts = view.scenario, {t(N_("met")): "good", t(N_("missed")): "bad"}
    if not any(len(part) for part in (scenario.load_ceilings, scenario.workforce, scenario.stations, scenario.surge)):
        sheet.text(t(N_("The input states no load ceilings, staff, emergency stations or surges.")), "sentence")
    if len(scenario.load_ceilings):
        sheet.heading(t(N_("Load on the hubs")))
        _table(sheet, loads_frame(view), _load_columns(view), verdicts)
        _relief(sheet, view)
    if len(scenario.workforce):
        sheet.heading(t(N_("Staff by role and area")))
        _table(sheet, workforce_frame(view), _workforce_columns(view), {t(N_("nobody to spare")): "bad"})
    if len(scenario.stations):
        sheet.heading(t(N_("Emergency stations")))
        _table(sheet, stations_frame(view), _station_columns(view), {})
        sheet.heading(t(N_("What the emergency network achieves")))
        _table(sheet, emergency_frame(view), _emergency_columns(view), verdicts)
    _surges(sheet, view)
    surge_loans.write(sheet, view)


def _relief(sheet: Sheet, view: View) -> None:
    """What the ceilings take off the hubs, and the price of it."""
    found = view.studies.relief if view.studies else None
    if found is None:
        return
    names, t = view.names, view.t
    frame = found.table.assign(
        hub=names.label("sites", found.table["site_id"]),
        specialty=names.label("specialties", found.table["specialty_id"]).replace({ALL: t(N_("all"))}),
        period=names.label("periods", found.table["period_id"]),
    )
    sheet.heading(t(N_("Relief of the hubs")))
    sheet.text(_price_sentence(view, found.price), "sentence")
    sheet.table(frame, _relief_columns(view))


def _price_sentence(view: View, price: float) -> str:
    if math.isnan(price):
        return view.t(N_("In the network of the plan the ceilings keep nobody away from the hubs."))
    return view.t(
        N_(
            "In the network of the plan a case a year kept away from the hubs costs {price} over the whole horizon "
            "(present value): what the plan costs more than the same network without ceilings, divided by the cases "
            "relieved. A network chosen without ceilings may cost less still: solve a variant to see."
        ),
        price=f"{view.numbers.symbol} {view.numbers.decimal(price, 0)}",
    )


def _surges(sheet: Sheet, view: View) -> None:
    """What the network absorbs of surges, and what breaks first."""
    found = view.studies.surges if view.studies else None
    if found is None:
        return
    names, t = view.names, view.t
    titles = dict(zip(view.scenario.surge["surge_id"], view.scenario.surge["name"], strict=True))

    def named(frame: pd.DataFrame, site: str) -> pd.DataFrame:
        return frame.assign(
            surge=[titles.get(name) or name for name in frame["surge_id"]],
            specialty=names.label("specialties", frame["specialty_id"]),
            site=names.label("sites", frame[site]),
            tight=[t(N_("full")) if flag else "" for flag in frame.get("full", pd.Series(False, frame.index))],
        )

    sheet.heading(t(N_("What the network absorbs of a surge")))
    note = N_(
        "Cases of the months of the surge. Patients may be sent to any open service within the ceiling of minutes, up "
        "to its capacity at the occupancy of the surge; staff is not looked at. A network breaks at the multiplier "
        "beyond which somebody is turned away, a service at the one that fills it while patients go where the plan "
        "sends them."
    )
    sheet.text(t(note), "note")
    if tiered(view.scenario):
        in_tiers = N_("In tiers, those whom a service does not treat go where the plan sends them.")
        sheet.text(t(in_tiers), "note")
    sheet.table(named(found.specialties, "first_site_id"), _surge_columns(view))
    sheet.heading(t(N_("Services in a surge")))
    _table(sheet, named(found.services, "site_id"), _service_columns(view), {t(N_("full")): "bad"})


def _table(sheet: Sheet, frame: pd.DataFrame, columns: Sequence[Column], words: dict[str, str]) -> None:
    """Write a table whose last column may be marked by its words."""
    block = sheet.table(frame, columns)
    if words and len(frame):
        sheet.mark(block, columns[-1].key, words)


def _load_columns(view: View) -> list[Column]:
    t, cases = view.t, view.t(N_("cases a year"))
    return [
        Column("hub", t(N_("Hub"))),
        Column("specialty", t(N_("Specialty"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("today", t(N_("Today")), t(N_("cases a year, as stated")), "decimal"),
        Column("ceiling", t(N_("Ceiling")), cases, "decimal"),
        Column("from_outside", t(N_("From outside")), cases, "decimal"),
        Column("all_cases", t(N_("All cases")), cases, "decimal"),
        Column("excess", t(N_("Above")), cases, "decimal"),
        Column("npv", t(N_("Price paid")), t(N_("{money}, present value"), money=view.numbers.symbol), "money"),
        Column("verdict", t(N_("Result")), "", "verdict"),
    ]


def _workforce_columns(view: View) -> list[Column]:
    t, people = view.t, view.t(N_("full-time people"))
    return [
        Column("role", t(N_("Role"))),
        Column("where", t(N_("Area"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("need", t(N_("Needed")), people, "decimal"),
        Column("stock", t(N_("There")), people, "decimal"),
        Column("trained", t(N_("Trained")), t(N_("in the period")), "decimal"),
        Column("recruited", t(N_("Recruited")), t(N_("in the period")), "decimal"),
        Column("available", t(N_("Available")), t(N_("with all added so far")), "decimal"),
        Column("short", t(N_("Short")), people, "decimal"),
        Column("tight", t(N_("Tight")), "", "verdict"),
    ]


def _station_columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("station", t(N_("Station"))),
        Column("town", t(N_("Municipality"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("state", t(N_("Status"))),
        Column("ambulances", t(N_("Ambulances")), "", "number"),
        Column("people_within", t(N_("People near")), t(N_("within the standard")), "number"),
        Column("npv", t(N_("Cost")), t(N_("{money}, present value"), money=view.numbers.symbol), "money"),
    ]


def _emergency_columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("what", t(N_("What"))),
        Column("region", t(N_("Health region"))),
        Column("specialty", t(N_("Specialty"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("total", t(N_("Of")), t(N_("people, or cases a year")), "number"),
        Column("achieved", t(N_("In the plan")), t(N_("in the same unit, or ambulances")), "decimal"),
        Column("share", t(N_("Share")), "", "percent"),
        Column("target", t(N_("Promised")), t(N_("share, or ambulances")), "@format"),
        Column("verdict", t(N_("Result")), "", "verdict"),
    ]


def _relief_columns(view: View) -> list[Column]:
    t, cases = view.t, view.t(N_("cases a year"))
    return [
        Column("hub", t(N_("Hub"))),
        Column("specialty", t(N_("Specialty"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("today", t(N_("Today")), t(N_("stated, or in the network of today")), "decimal"),
        Column("ceiling", t(N_("Ceiling")), cases, "decimal"),
        Column("without", t(N_("Without")), t(N_("the same network without ceilings")), "decimal"),
        Column("in_plan", t(N_("In the plan")), cases, "decimal"),
        Column("relieved", t(N_("Relieved")), cases, "decimal"),
    ]


def _surge_columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("specialty", t(N_("Specialty"))),
        Column("site", t(N_("Full first")), t(N_("while patients go as planned"))),
        Column("surge", t(N_("Surge"))),
        Column("months", t(N_("Months")), "", "decimal"),
        Column("planned", t(N_("Planned")), t(N_("cases")), "decimal"),
        Column("coming", t(N_("Coming")), t(N_("cases")), "decimal"),
        Column("treated", t(N_("Treated")), t(N_("cases")), "decimal"),
        Column("turned_away", t(N_("Turned away")), t(N_("cases")), "decimal"),
        Column("share_absorbed", t(N_("Absorbed")), "", "percent"),
        Column("breaks_at", t(N_("Breaks at")), t(N_("times the planned cases")), "decimal"),
    ]


def _service_columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("specialty", t(N_("Specialty"))),
        Column("site", t(N_("Site"))),
        Column("surge", t(N_("Surge"))),
        Column("planned", t(N_("Planned")), t(N_("cases")), "decimal"),
        Column("as_referred", t(N_("As referred")), t(N_("cases")), "decimal"),
        Column("capacity", t(N_("Room")), t(N_("cases")), "decimal"),
        Column("breaks_at", t(N_("Breaks at")), t(N_("times the planned cases")), "decimal"),
        Column("treated", t(N_("Treated")), t(N_("after sending elsewhere")), "decimal"),
        Column("tight", t(N_("Full")), "", "verdict"),
    ]
