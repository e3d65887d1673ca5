"""Where each territory is drawn: its outline where one is known, else a cell made from its seat.

Outlines are made by ``scenarios/build_outlines.py`` from the mesh of municipalities of IBGE (2010, simplified) and lie
in ``data/``, a file for each state, in thousandths of a degree. A territory without one (no mesh, or newer than it)
gets the part of the area that lies nearer to its seat than to any other: a Voronoi cell, cut to its state or country
and to a circle around the seat. Such a cell is for drawing only, and the page says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import Voronoi, cKDTree

from redesaude_models.arrays import Floats

Line = list[int]
Polygons = list[list[list[int]]]

#: outlines are whole thousandths of a degree
SCALE = 1000

#: a cell reaches no further than so many times the distance to the fourth nearest seat
_REACH = 1.5
_NEIGHBOURS = 4
_CIRCLE = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)


@dataclass(frozen=True)
class Outlines:
    """Lines (``arcs``: longitude and latitude of the first point in thousandths of a degree, then steps) and, for each
    territory, its polygons as rings of arcs: number ``a``, or ``~a`` for the arc read from its end (as in TopoJSON).

    ``from_seat`` are the rows drawn from their seat; a territory without outline and coordinates has no polygons.
    """

    arcs: list[Line]
    polygons: list[Polygons]
    from_seat: tuple[int, ...]


def outlines_of(territories: pd.DataFrame) -> Outlines:
    """Return the outlines of ``territories`` (columns territory_id, longitude, latitude in degrees), row by row."""
    arcs: list[Line] = []
    polygons: list[Polygons] = []
    first: dict[str, int] = {}
    ids = territories["territory_id"].astype(str).tolist()
    for name in ids:
        known = _mesh(_state_of(name))
        shape = known["shapes"].get(name) if known else None
        if shape is not None and _state_of(name) not in first:
            first[_state_of(name)] = len(arcs)
            arcs += known["arcs"]
        polygons.append(_moved(shape, first[_state_of(name)]) if shape is not None else [])
    arcs, polygons = _used(arcs, polygons)
    cells = _cells(territories, [i for i, shape in enumerate(polygons) if not shape])
    for i, rings in cells.items():
        polygons[i] = [[[len(arcs) + k]] for k in range(len(rings))]
        arcs += [_coded(ring) for ring in rings]
    return Outlines(arcs, polygons, tuple(cells))


def border_arcs(regions: pd.Series, polygons: list[Polygons]) -> list[int]:
    """Return the arcs that lie between two of the ``regions`` of the territories (row by row), or at the edge."""
    sides: dict[int, list[str]] = {}
    for region, shape in zip(regions.astype(str), polygons, strict=True):
        for arc in (arc for rings in shape for ring in rings for arc in ring):
            sides.setdefault(arc if arc >= 0 else ~arc, []).append(region)
    return [arc for arc, found in sorted(sides.items()) if len(found) == 1 or len(set(found)) > 1]


def line_of(arc: Line) -> Floats:
    """Return the points of an arc, longitude and latitude in degrees."""
    return np.cumsum(np.reshape(arc, (-1, 2)), axis=0) / SCALE


def rings_of(outlines: Outlines, row: int) -> list[Floats]:
    """Return the rings of a territory in degrees, put together from their arcs."""
    found = []
    for ring in (ring for polygon in outlines.polygons[row] for ring in polygon):
        parts = [line_of(outlines.arcs[a]) if a >= 0 else line_of(outlines.arcs[~a])[::-1] for a in ring]
        found.append(np.concatenate([part[k > 0 :] for k, part in enumerate(parts)]))
    return found


def _state_of(territory_id: str) -> str:
    """The state in the code of a Brazilian municipality: the first two of its seven digits."""
    return territory_id[:2] if territory_id.isdecimal() and len(territory_id) == 7 else ""


@cache
def _data(name: str) -> Any:
    file = resources.files(__package__) / "data" / name
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def _mesh(state: str) -> Any:
    return _data(f"br-{state}.json") if state else None


def _moved(shape: Polygons, by: int) -> Polygons:
    """The polygons with their arcs numbered from ``by`` on."""
    return [[[arc + by if arc >= 0 else arc - by for arc in ring] for ring in polygon] for polygon in shape]


def _used(arcs: list[Line], polygons: list[Polygons]) -> tuple[list[Line], list[Polygons]]:
    """Leave out the arcs that no polygon names."""
    named = sorted(
        {arc if arc >= 0 else ~arc for shape in polygons for polygon in shape for ring in polygon for arc in ring}
    )
    new = {arc: n for n, arc in enumerate(named)}
    kept = [
        [[[new[arc] if arc >= 0 else ~new[~arc] for arc in ring] for ring in polygon] for polygon in shape]
        for shape in polygons
    ]
    return [arcs[arc] for arc in named], kept


def _cells(territories: pd.DataFrame, rows: list[int]) -> dict[int, list[Floats]]:
    """Return the rings, in degrees, drawn around the seats of ``rows`` that have coordinates."""
    seats = territories[["longitude", "latitude"]].to_numpy(float)
    placed = np.flatnonzero(np.isfinite(seats).all(axis=1))
    rows = [row for row in rows if np.isfinite(seats[row]).all()]
    if not rows:
        return {}
    points, at = np.unique(seats[placed], axis=0, return_inverse=True)
    point_of = dict(zip(placed.tolist(), at.ravel().tolist(), strict=True))
    reach = _reaches(points)
    regions = _voronoi(points)
    found = {}
    for row in rows:
        point = point_of[row]
        circle = points[point] + reach[point] * np.stack([np.cos(_CIRCLE), np.sin(_CIRCLE)], axis=1)
        rings = [_cut(_cut(ring, regions[point]), circle) for ring in _area_around(points[point])]
        found[row] = [ring for ring in rings if len(ring) > 2] or [_cut(circle, regions[point])]
    return found


def _reaches(points: Floats) -> Floats:
    """How far each seat's cell may reach, in degrees."""
    if len(points) == 1:
        return np.array([0.2])
    near = min(_NEIGHBOURS + 1, len(points))
    distances, _ = cKDTree(points).query(points, k=near)
    return _REACH * np.asarray(distances)[:, -1]


def _voronoi(points: Floats) -> list[Floats]:
    """Return the Voronoi cell of each point, convex and anticlockwise; points far away close the outer ones."""
    low, high = points.min(axis=0), points.max(axis=0)
    far = 10.0 * (np.ptp(points, axis=0).max() + 1.0)
    corners = np.array(
        [(low[0] - far, low[1] - far), (high[0] + far, low[1] - far), (low[0] - far, high[1] + far), high + far]
    )
    made = Voronoi(np.concatenate([points, corners]))
    return [_anticlockwise(made.vertices[made.regions[made.point_region[k]]]) for k in range(len(points))]


def _anticlockwise(corners: Floats) -> Floats:
    """The corners of a convex polygon in the order of their direction from its middle."""
    away = corners - corners.mean(axis=0)
    return np.asarray(corners[np.argsort(np.arctan2(away[:, 1], away[:, 0]))])


def _cut(ring: Floats, convex: Floats) -> Floats:
    """Return the part of ``ring`` within ``convex`` (anticlockwise), after Sutherland and Hodgman (1974)."""
    for a, b in zip(convex, np.roll(convex, -1, axis=0), strict=True):
        if not len(ring):
            break
        side = (b[0] - a[0]) * (ring[:, 1] - a[1]) - (b[1] - a[1]) * (ring[:, 0] - a[0])
        ring = np.array(list(_kept(ring, side))).reshape(-1, 2)
    return _without_spikes(ring)


def _without_spikes(ring: Floats) -> Floats:
    """Leave out corners from which the ring runs back: cutting joins the parts of what falls apart by such lines."""
    while len(ring) > 2:
        into, out = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
        turn = into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0]
        back = (np.abs(turn) < 1e-12) & ((into * out).sum(axis=1) <= 0)
        if not back.any():
            break
        ring = np.delete(ring, np.flatnonzero(back)[0], axis=0)
    return ring


def _kept(ring: Floats, side: Floats) -> Iterator[Floats]:
    """The corners on the inner side of a line, and where the ring crosses it."""
    for k in range(len(ring)):
        before = k - 1
        if (side[k] >= 0) != (side[before] >= 0):
            along = side[before] / (side[before] - side[k])
            yield ring[before] + along * (ring[k] - ring[before])
        if side[k] >= 0:
            yield ring[k]


def _area_around(point: Floats) -> list[Floats]:
    """The rings of the state or country that holds ``point``; none where it lies in no area that we know."""
    for rings in _areas().values():
        if any(_inside(point, ring) for ring in rings):
            return rings
    return []


@cache
def _areas() -> dict[str, list[Floats]]:
    """Every area's rings in degrees."""
    return {name: [line_of(line) for line in lines] for name, lines in _data("areas.json").items()}


def _coded(ring: Floats) -> Line:
    """A closed ring as a line."""
    whole = np.rint(SCALE * np.concatenate([ring, ring[:1]])).astype(int)
    return [int(value) for value in np.concatenate([whole[:1], np.diff(whole, axis=0)]).ravel()]


def _inside(point: Floats, ring: Floats) -> bool:
    """Whether a ray from ``point`` crosses the ring an odd number of times."""
    (x, y), (x1, y1), (x2, y2) = point, ring.T, np.roll(ring, -1, axis=0).T
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return bool(crossing.sum() % 2)
