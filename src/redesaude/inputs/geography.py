"""Coordinates: possible, not swapped, not left at zero, and not far from all the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet
from redesaude.inputs.faults import Fault
from redesaude.language import N_

_EARTH_KM = 6371.0
#: points further from the middle than this many times the median distance are far from all the others
_FAR_TIMES = 6.0
_FAR_AT_LEAST_KM = 100.0
_FEWEST_POINTS = 4
_FAR_FROM_SEAT_KM = 300.0
_FAR_FROM_ZERO_KM = 1000.0

SWAPPED = Fault(
    "coordinates_swapped",
    N_("latitude {latitude} and longitude {longitude} seem to be swapped"),
    N_("latitude of {name} first, then longitude"),
    N_("type latitude {longitude} and longitude {latitude}"),
)
ZERO = Fault(
    "coordinates_zero",
    N_("latitude and longitude are both 0, a point in the sea"),
    N_("the coordinates of {name}"),
    N_("type the coordinates, or empty both cells"),
)
IMPOSSIBLE = Fault(
    "out_of_range",
    N_("{value} is no {column}"),
    N_("a latitude from -90 to 90 and a longitude from -180 to 180, in degrees"),
    N_("type decimal degrees, e.g. -15.6"),
)
HALF = Fault(
    "half_coordinates",
    N_("only one of latitude and longitude is given"),
    N_("both, or neither"),
    N_("type the one that is missing, or empty both cells"),
)
FAR = Fault(
    "far_from_others",
    N_("{name} is {km} km from the middle of all territories"),
    N_("coordinates near the other territories"),
    N_("check latitude and longitude; leave them if {name} really is that far"),
    severity="warning",
)
FAR_FROM_SEAT = Fault(
    "far_from_seat",
    N_("{name} is {km} km from the seat of its territory {territory_id}"),
    N_("coordinates within the territory"),
    N_("check the coordinates and territory_id of the site"),
    severity="warning",
)
NONE_GIVEN = Fault(
    "no_coordinates",
    N_("{territory_id} has no coordinates, but travel times are modelled from them"),
    N_("latitude and longitude"),
    N_("type them, or give its travel_times or roads with their km"),
)


@dataclass(frozen=True)
class Cloud:
    """Where the territories lie: the median point and how far from it a point may be (km)."""

    latitude: float
    longitude: float
    reach: float

    def distance(self, latitude: pd.Series, longitude: pd.Series) -> pd.Series:
        """Return great-circle distances to the median point (km)."""
        return great_circle(latitude, longitude, self.latitude, self.longitude)


def great_circle(
    latitude: pd.Series, longitude: pd.Series, latitude2: pd.Series | float, longitude2: pd.Series | float
) -> pd.Series:
    """Return great-circle distances in km between points in degrees."""
    points = (latitude, longitude, latitude2, longitude2)
    a, east, b, east2 = (np.radians(np.asarray(degrees, dtype=float)) for degrees in points)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin((east2 - east) / 2) ** 2
    return pd.Series(2 * _EARTH_KM * np.arcsin(np.sqrt(half.clip(0, 1))), latitude.index)


def check_geography(book: Book) -> Iterator[Problem]:
    """Yield every doubt about the coordinates of territories, sites and stations."""
    given = [name for name in ("territories", "sites", "stations") if _given(book[name].frame)]
    if given:
        cloud = _cloud(book["territories"].frame)
        for name in given:
            yield from _points(book[name], cloud, _left_at_zero(book[name].frame, book["territories"].frame))
        yield from _sites_far_from_seat(book, cloud)
    yield from _missing(book)


def _given(frame: pd.DataFrame) -> bool:
    """Whether any coordinate is typed."""
    return bool((frame["latitude"].notna() | frame["longitude"].notna()).any())


def trusted_points(frame: pd.DataFrame, territories: pd.DataFrame) -> pd.Series:
    """Return which rows of ``frame`` have coordinates that :func:`check_geography` has nothing against."""
    return _possible(frame) & ~_far(frame, _cloud(territories)) & ~_left_at_zero(frame, territories)


def _cloud(frame: pd.DataFrame) -> Cloud | None:
    points = frame[_possible(frame) & ~_zero(frame)]
    if len(points) < _FEWEST_POINTS:
        return None
    middle = points[["latitude", "longitude"]].median()
    near = great_circle(points["latitude"], points["longitude"], middle["latitude"], middle["longitude"])
    return Cloud(middle["latitude"], middle["longitude"], max(_FAR_TIMES * near.median(), _FAR_AT_LEAST_KM))


def _possible(frame: pd.DataFrame) -> pd.Series:
    return (frame["latitude"].abs() <= 90) & (frame["longitude"].abs() <= 180)


def _zero(frame: pd.DataFrame) -> pd.Series:
    return (frame["latitude"] == 0) & (frame["longitude"] == 0)


def _left_at_zero(frame: pd.DataFrame, territories: pd.DataFrame) -> pd.Series:
    """Points at 0, 0 while the territories lie elsewhere."""
    zero = _zero(frame)
    if not zero.any():
        return zero
    others = territories[_possible(territories) & ~_zero(territories)]
    middle = others[["latitude", "longitude"]].median()
    km = great_circle(frame["latitude"], frame["longitude"], middle["latitude"], middle["longitude"])
    return zero & (km > _FAR_FROM_ZERO_KM)


def _points(sheet: Sheet, cloud: Cloud | None, zero: pd.Series) -> Iterator[Problem]:
    frame = sheet.frame
    given = frame[["latitude", "longitude"]].notna()
    if sheet.sound("latitude", "longitude"):
        yield from sheet.where(given.sum(axis=1) == 1, "latitude", HALF)
    both = given.all(axis=1)
    outside = both & ~_possible(frame)
    far = _far(frame, cloud)
    if not (outside | far | zero).any():
        return
    swapped = both & (outside | far) & _fits_swapped(frame, cloud)
    yield from sheet.where(swapped, "latitude", SWAPPED)
    yield from sheet.where(outside & ~swapped & (frame["latitude"].abs() > 90), "latitude", IMPOSSIBLE)
    yield from sheet.where(outside & ~swapped & (frame["longitude"].abs() > 180), "longitude", IMPOSSIBLE)
    yield from sheet.where(zero, "latitude", ZERO)
    distance = _distance(frame, cloud)
    for row in frame.index[far & ~outside & ~swapped & ~zero]:
        yield sheet.at(row, "latitude", FAR, km=round(distance[row]))


def _distance(frame: pd.DataFrame, cloud: Cloud | None) -> pd.Series:
    if cloud is None:
        return pd.Series(0.0, index=frame.index)
    return cloud.distance(frame["latitude"], frame["longitude"])


def _far(frame: pd.DataFrame, cloud: Cloud | None) -> pd.Series:
    return _distance(frame, cloud) > (cloud.reach if cloud else np.inf)


def _fits_swapped(frame: pd.DataFrame, cloud: Cloud | None) -> pd.Series:
    """Whether the point would be possible, and near the others, with its coordinates the other way round."""
    turned = pd.DataFrame({"latitude": frame["longitude"], "longitude": frame["latitude"]})
    return _possible(turned) & ~_far(turned, cloud) & ~_zero(frame)


def _sites_far_from_seat(book: Book, cloud: Cloud | None) -> Iterator[Problem]:
    sites = book["sites"]
    seats = _seats(book)
    own = sites.frame["territory_id"]
    km = great_circle(
        sites.frame["latitude"],
        sites.frame["longitude"],
        own.map(seats["latitude"]).astype(float),
        own.map(seats["longitude"]).astype(float),
    )
    possible = _possible(sites.frame) & ~_far(sites.frame, cloud)
    for row in sites.frame.index[(km > _FAR_FROM_SEAT_KM) & possible]:
        yield sites.at(row, "latitude", FAR_FROM_SEAT, km=round(km[row]))


def _seats(book: Book) -> pd.DataFrame:
    frame = book["territories"].frame
    frame = frame[_possible(frame)]
    return frame.drop_duplicates("territory_id").set_index("territory_id")[["latitude", "longitude"]]


def _missing(book: Book) -> Iterator[Problem]:
    """Territories that neither coordinates, nor roads with a length, nor a complete travel table place."""
    territories, times, roads = book["territories"], book["travel_times"], book["roads"]
    given = times.present and not times.frame.empty and book.settings.travel_times_complete
    if given or not territories.sound("latitude", "longitude"):
        return
    measured = roads.frame[roads.frame["km"].notna()]
    linked = set(measured["from_id"]) | set(measured["to_id"])
    blank = territories.frame[["latitude", "longitude"]].isna().all(axis=1)
    unplaced = blank & ~territories.frame["territory_id"].isin(linked | {""})
    yield from territories.where(unplaced, "latitude", NONE_GIVEN)
