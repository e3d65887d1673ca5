"""What the network draws on: ceilings at hubs, staff, emergency stations, and whether their rows fit together."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, about
from redesaude.inputs.faults import Fault
from redesaude.inputs.tables import ALL
from redesaude.language import N_

NO_MACROREGION = Fault(
    "hub_without_macroregion",
    N_("the territory of {site_id} has no macroregion_id"),
    N_("the macro-region whose people are not counted against the ceiling"),
    N_("type region in area, or fill macroregion_id on the sheet territories"),
)
NOT_EVERYWHERE = Fault(
    "role_not_everywhere",
    N_("{role_id} has no row for {missing}"),
    N_("a row for every area, or one for all"),
    N_("add the rows; without them nothing limits this role there"),
    severity="warning",
)
NOBODY_NEEDS = Fault(
    "role_not_needed",
    N_("no row of staffing needs {role_id}"),
    N_("services that need the role"),
    N_("add it to staffing, or delete the row"),
    severity="warning",
)
NEEDS_NOBODY = Fault(
    "staffing_without_number",
    N_("neither fte nor cases_per_fte is given"),
    N_("how many people an open service needs"),
    N_("type fte, cases_per_fte or both, or delete the row"),
)
FEWER_THAN_LEAST = Fault(
    "ambulances_out_of_order",
    N_("ambulances_max {ambulances_max} is less than ambulances_min {ambulances_min}"),
    N_("at least as many as ambulances_min"),
    N_("correct one of the two"),
)
STATION_NOWHERE = Fault(
    "station_without_place",
    N_("neither {station_id} nor its territory {territory_id} has coordinates"),
    N_("latitude and longitude of the station"),
    N_("type them, or give its minutes on the sheet station_times"),
)
NO_STATIONS = Fault(
    "promise_without_stations",
    N_("{promise} is promised, but there are no stations"),
    N_("stations on the sheet stations"),
    N_("add the stations and places for them, or delete the promise"),
)
NO_AMOUNT = Fault(
    "promise_without_amount",
    N_("{promise} is promised, but {column} is blank"),
    N_("{column} of the promise {promise}"),
    N_("type {column}"),
)
NOT_BY_SPECIALTY = Fault(
    "promise_not_by_specialty",
    N_("{promise} is promised for {specialty_id} alone"),
    N_("all; only window is promised by specialty"),
    N_("type all, or window in promise"),
)
NO_WINDOW = Fault(
    "specialty_without_window",
    N_("{specialty_id} has no window_minutes"),
    N_("a specialty with window_minutes on the sheet specialties"),
    N_("type its window_minutes there, or delete the promise"),
)
NO_MINUTE_LEFT = Fault(
    "window_used_up",
    N_("call, way to the patient, scene and door take {used} of the {window_minutes} minutes"),
    N_("a window that leaves time for the journey to the hospital"),
    N_("check window_minutes, door_minutes and the settings emergency_minutes, call_minutes, scene_minutes"),
    severity="warning",
)
SURGE_DIFFERS = Fault(
    "surge_differs",
    N_("{column} {value} differs from the first row of the surge {surge_id}"),
    N_("the same months and occupancy in all rows of a surge"),
    N_("type the same number, or another surge_id"),
)


def check_resources(book: Book) -> Iterator[Problem]:
    """Yield what is wrong with rules about hubs, workforce, staffing, stations, the promises about them, and surges."""
    yield from _hubs(book)
    yield from _areas(book)
    yield from _staffing(book)
    yield from _stations(book)
    yield from _emergency(book)
    yield from _windows(book)
    yield from _surges(book)


def _of_territories(book: Book, column: str) -> pd.Series:
    frame = book["territories"].frame
    return frame.drop_duplicates("territory_id").set_index("territory_id")[column]


@about("load_ceilings")
def _hubs(book: Book) -> Iterator[Problem]:
    sheet, sites = book["load_ceilings"], book["sites"].frame
    home = dict(zip(sites["site_id"], sites["territory_id"].map(_of_territories(book, "macroregion_id")), strict=True))
    outside = (sheet.frame["area"] == "macroregion") & sheet.frame["site_id"].isin(list(home))
    yield from sheet.where(outside & (sheet.frame["site_id"].map(home) == ""), "area", NO_MACROREGION)


@about("workforce")
def _areas(book: Book) -> Iterator[Problem]:
    """Areas with sites that a role leaves out."""
    sheet, territories = book["workforce"], book["territories"].frame
    of_sites = territories[territories["territory_id"].isin(set(book["sites"].frame["territory_id"]))]
    for _, rows in sheet.frame[sheet.frame["role_id"] != ""].groupby("role_id", sort=False):
        named = set(rows["region_id"])
        outside = ~of_sites["region_id"].isin(named) & ~of_sites["macroregion_id"].isin(named) & (ALL not in named)
        if missing := sorted(set(of_sites.loc[outside, "region_id"])):
            yield sheet.at(rows.index[0], "role_id", NOT_EVERYWHERE, missing=missing)


@about("staffing", "workforce")
def _staffing(book: Book) -> Iterator[Problem]:
    sheet, people = book["staffing"], book["workforce"]
    frame = sheet.frame
    if sheet.sound("fte", "cases_per_fte"):
        yield from sheet.where((frame["fte"] == 0) & frame["cases_per_fte"].isna(), "fte", NEEDS_NOBODY)
    first = ~people.frame["role_id"].duplicated() & (people.frame["role_id"] != "")
    yield from people.where(first & ~people.frame["role_id"].isin(set(frame["role_id"])), "role_id", NOBODY_NEEDS)


@about("stations")
def _stations(book: Book) -> Iterator[Problem]:
    sheet = book["stations"]
    frame = sheet.frame
    yield from sheet.where(frame["ambulances_max"] < frame["ambulances_min"], "ambulances_max", FEWER_THAN_LEAST)
    if not sheet.sound("latitude", "longitude") or not book["territories"].sound("latitude", "longitude"):
        return
    roads = book["roads"].frame
    linked = set(roads.loc[roads["km"].notna(), ["from_id", "to_id"]].to_numpy().ravel())
    placed = frame["latitude"].notna() | frame["territory_id"].map(_of_territories(book, "latitude")).notna()
    placed |= frame["station_id"].isin(set(book["station_times"].frame["station_id"]))
    known = frame["territory_id"].isin(set(book["territories"].frame["territory_id"]) - linked)
    yield from sheet.where(~placed & known, "latitude", STATION_NOWHERE)


@about("emergency")
def _emergency(book: Book) -> Iterator[Problem]:
    sheet = book["emergency"]
    frame = sheet.frame
    if book["stations"].frame.empty and not book["stations"].unreadable:
        yield from sheet.where(frame["promise"] != "", "promise", NO_STATIONS)
    of_ambulances, window = frame["promise"] == "ambulances", frame["promise"] == "window"
    if sheet.sound("share", "people_per_ambulance"):
        yield from sheet.where(~of_ambulances & (frame["promise"] != "") & frame["share"].isna(), "share", NO_AMOUNT)
        blank = of_ambulances & frame["people_per_ambulance"].isna()
        yield from sheet.where(blank, "people_per_ambulance", NO_AMOUNT)
    yield from sheet.where(~window & (frame["specialty_id"] != ALL), "specialty_id", NOT_BY_SPECIALTY)
    specialties = book["specialties"]
    if specialties.sound("specialty_id", "window_minutes"):
        critical = set(specialties.frame.loc[specialties.frame["window_minutes"].notna(), "specialty_id"])
        known = frame["specialty_id"].isin({ALL, *specialties.frame["specialty_id"]})
        lacking = ~frame["specialty_id"].isin(critical | ({ALL} if critical else set()))
        yield from sheet.where(window & known & lacking, "specialty_id", NO_WINDOW)


@about("stations")
def _windows(book: Book) -> Iterator[Problem]:
    sheet, s = book["specialties"], book.settings
    used = s.call_minutes + s.emergency_minutes + s.scene_minutes + sheet.frame["door_minutes"]
    for row in sheet.frame.index[sheet.frame["window_minutes"] <= used]:
        yield sheet.at(row, "window_minutes", NO_MINUTE_LEFT, used=float(used[row]))


@about("surge")
def _surges(book: Book) -> Iterator[Problem]:
    sheet = book["surge"]
    codes = sheet.frame["surge_id"]
    for column in ("months", "occupancy"):
        first = sheet.frame.groupby("surge_id")[column].transform("first")
        yield from sheet.where((sheet.frame[column] != first) & (codes != ""), column, SURGE_DIFFERS)
