"""Journeys and roads that are allowed but unusual: speeds and lengths that coordinates do not bear out.

Everything here is a warning: it names the cell, what was found and what is usual, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet, about
from redesaude.inputs.faults import Fault
from redesaude.inputs.geography import great_circle, trusted_points
from redesaude.language import N_

SPEED = Fault(
    "impossible_speed",
    N_("{km} km as the crow flies in {value} {column}: {speed} km/h"),
    N_("journeys of 5 to 130 km/h"),
    N_("check unit (minutes, not hours or seconds) and coordinates; leave it if it is meant"),
    severity="warning",
)
NO_TIME = Fault(
    "journey_of_no_time",
    N_("a journey of 0 {column} between two places"),
    N_("journeys of 5 to 130 km/h"),
    N_("type how long it takes; a blank cell or no row where it is not known"),
    severity="warning",
)
LENGTH = Fault(
    "impossible_length",
    N_("a road of {value} km between places {km} km apart as the crow flies"),
    N_("a road longer than that, and less than ten times as long"),
    N_("check the unit (km, not metres) and coordinates; leave it if it is meant"),
    severity="warning",
)

_SLOWEST, _FASTEST = 5.0, 130.0  # km/h
_LONGEST_DETOUR, _TOO_SHORT = 10.0, 0.9
#: places nearer to each other than this (km) say nothing of a speed: their coordinates are those of seats
_NEAR_KM = 10.0
#: sheets of journeys: the column of territories, the sheet of what lies at the other end, and its column
_TIMES = (
    ("travel_times", "origin_id", "sites", "destination_id"),
    ("station_times", "territory_id", "stations", "station_id"),
)
_KEYS = {"sites": "site_id", "stations": "station_id"}


def check_journeys(book: Book) -> Iterator[Problem]:
    """Yield journeys faster than any ambulance or slower than walking, as the coordinates say."""
    for name, home, place, at in _TIMES:
        if not book[name].frame.empty:
            yield from _timed(book, book[name], home, (place, at))


def _timed(book: Book, sheet: Sheet, home: str, place: tuple[str, str]) -> Iterator[Problem]:
    """Journeys of a sheet between the territories of its column ``home`` and places: their sheet, and its column."""
    minutes = sheet.frame["minutes"]
    km = _journey_km(book, sheet, home, place)
    none = minutes == 0
    if none.any():
        none &= (km > _NEAR_KM) | (km.isna() & _between_towns(book, sheet, home, place))
    yield from sheet.where(none, "minutes", NO_TIME)
    if km.notna().any():
        speed = 60.0 * km / minutes.where(minutes > 0)
        doubt = (km > _NEAR_KM) & ((speed > _FASTEST) | (speed < _SLOWEST))
        yield from sheet.where(doubt, "minutes", SPEED, km=km.round(), speed=speed.round(1))


def _journey_km(book: Book, sheet: Sheet, home: str, place: tuple[str, str]) -> pd.Series:
    """Straight distance of each journey, NaN where one of its ends is nowhere."""
    name, column = place
    if not located(book["territories"].frame):
        return pd.Series(np.nan, sheet.frame.index)
    seats = _points(book["territories"].frame.drop_duplicates("territory_id").set_index("territory_id"), book)
    frame = book[name].frame.drop_duplicates(_KEYS[name]).set_index(_KEYS[name])
    own = {axis: frame[axis].fillna(frame["territory_id"].map(seats[axis]).astype(float)) for axis in seats.columns}
    return _between(
        seats.reindex(sheet.frame[home]), _points(frame.assign(**own), book).reindex(sheet.frame[column]), sheet
    )


def _between_towns(book: Book, sheet: Sheet, home: str, place: tuple[str, str]) -> pd.Series:
    """Whether each journey leaves its territory for another one that is known."""
    name, column = place
    towns = book[name].frame.drop_duplicates(_KEYS[name]).set_index(_KEYS[name])["territory_id"]
    town = sheet.frame[column].map(towns)
    return pd.Series(town.isin(book["territories"].frame["territory_id"]) & (town != sheet.frame[home]))


@about("roads")
def check_roads(book: Book) -> Iterator[Problem]:
    """Yield roads shorter than the straight line between their ends, or ten times as long."""
    sheet = book["roads"]
    home = _points(book["territories"].frame.drop_duplicates("territory_id").set_index("territory_id"), book)
    km = _between(home.reindex(sheet.frame["from_id"]), home.reindex(sheet.frame["to_id"]), sheet)
    ratio = sheet.frame["km"] / km
    doubt = (km > _NEAR_KM) & ((ratio < _TOO_SHORT) | (ratio > _LONGEST_DETOUR))
    yield from sheet.where(doubt, "km", LENGTH, km=km.round())


def located(frame: pd.DataFrame) -> bool:
    """Whether any row has coordinates at all."""
    return bool((frame["latitude"].notna() & frame["longitude"].notna()).any())


def _points(frame: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Coordinates of ``frame`` that nothing is said against."""
    trusted = trusted_points(frame, book["territories"].frame)
    return frame[["latitude", "longitude"]].where(trusted)


def _between(one: pd.DataFrame, other: pd.DataFrame, sheet: Sheet) -> pd.Series:
    one, other = one.set_axis(sheet.frame.index), other.set_axis(sheet.frame.index)
    return great_circle(one["latitude"], one["longitude"], other["latitude"], other["longitude"])
