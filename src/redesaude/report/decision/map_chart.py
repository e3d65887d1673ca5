"""The small map: seats of the municipalities and sites of the plan, as a native chart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.plan.endings import Fate
from redesaude.report.decision.pack import Pack
from redesaude.report.figures import ended_services, in_last_period
from redesaude.report.map.outlines import border_arcs, line_of, outlines_of
from redesaude.report.map.places import site_points
from redesaude.report.terms import SERVICE_STATUSES
from redesaude.report.view import View
from redesaude.report.workbook import charts
from redesaude.report.workbook.letters import width_of
from redesaude.report.workbook.sheet import Block, Column, Sheet
from redesaude.report.workbook.story.openings import SHOWN, steps
from redesaude.report.workbook.styles import ACCENT, BAD, FONT, INK, LINE, MUTED, PRIMARY

#: what happens at a site: the first of these that holds, with the look of its marker
_LOOKS = {
    "seat": ("circle", 2, LINE),
    "new": ("diamond", 7, ACCENT),
    "changed": ("square", 5, PRIMARY),
    "kept": ("circle", 5, "#6AA5A9"),
    "closed": ("x", 6, BAD),
}
#: points of borders, at most about
_POINTS = 3000
#: added around the points, as a part of their extent
_MARGIN = 0.02
#: points of the chart: around the map, its title above, a line of its legend, and what that begins below the map
_RIM, _TITLE, _LINE, _GAP = 4.0, 20.0, 15.0, 6.0
#: columns of the legend
_BESIDE = 2
#: points of letters of names and of the legend
_LETTERS = 10.5
_PIXEL = 0.75  # points
#: width of a digit of the broadest letters, of their size
_BROADEST = 0.636
#: of the width of the chart, up to which a name is written in one line
_UNBROKEN = 0.25


def map_frame(view: View) -> pd.DataFrame:
    """Return the points of the map: longitude, latitude, look (``seat`` or one of those of sites), name, site_id."""
    territories, sites = view.scenario.territories, view.scenario.sites
    seats = territories[["longitude", "latitude", "name"]].assign(look="seat")
    own = site_points(view.scenario).assign(name=sites["name"], look=sites["site_id"].map(_looks(view)))
    own = own.assign(site_id=sites["site_id"])
    points = pd.concat([seats, own.dropna(subset=["look"])], ignore_index=True)
    return points.dropna(subset=["longitude", "latitude"]).sort_values(["look", "name"], ignore_index=True)


def _looks(view: View) -> dict[str, str]:
    """What happens at each site: something opens, changes, or all is kept; or all ends, and some of it closes."""
    ended = ended_services(view.plan)
    looks = dict.fromkeys(ended["site_id"], "changed")
    looks |= dict.fromkeys(ended.loc[ended["fate"] == Fate.CLOSED, "site_id"], "closed")
    last = in_last_period(view.plan, view.plan.openings)
    for site, statuses in view.plan.openings.groupby("site_id")["change"]:
        if site in set(last["site_id"]):
            looks[str(site)] = (
                "new" if (statuses == "new").any() else "kept" if (statuses == "kept").all() else "changed"
            )
    return looks


def borders(view: View) -> pd.DataFrame:
    """Return the outer border of the area and those between its health regions: longitude, latitude.

    Lines follow each other with a blank row between; long ones are thinned out to about :data:`_POINTS` in all.
    """
    territories = view.scenario.territories
    outlines = outlines_of(territories)
    lines = [line_of(outlines.arcs[arc]) for arc in border_arcs(territories["region_id"], outlines.polygons)]
    step = max(1, -(-sum(map(len, lines)) // _POINTS))
    blank = np.full((1, 2), np.nan)
    parts = [part for line in lines for part in (line[:-1:step], line[-1:], blank)]
    points = np.concatenate(parts) if parts else np.empty((0, 2))
    return pd.DataFrame(points, columns=["longitude", "latitude"])


class SeatMap:
    """The map, whose points stand on the sheet ``unseen``. It names where what is done first is done."""

    def __init__(self, pack: Pack, unseen: Sheet) -> None:
        self._pack, self._unseen = pack, unseen
        self._points, self._lines = map_frame(pack.view), borders(pack.view)
        self._shown = {look: name for look, name in _names(pack.view).items() if (self._points["look"] == look).any()}
        both = pd.concat([self._points[["longitude", "latitude"]], self._lines.dropna()])
        self._extents = {axis: _extent(both[axis]) for axis in both} if len(both) else {}

    def height(self, width: float) -> float:
        """Return the height in points that the map needs where it is ``width`` pixels wide; 0: there are no points."""
        if self._points.empty:
            return 0.0
        return (_PIXEL * width - 2 * _RIM) / self._across() + _TITLE + _GAP + self._legend_height()

    def chart(self, width: float, height: float) -> Any:
        """Return the chart, of ``width`` pixels and ``height`` points: as large as both have room for."""
        t = self._pack.view.t
        chart = self._pack.book.workbook.add_chart({"type": "scatter", "subtype": "straight"})
        columns = [
            Column("longitude", t(N_("Longitude")), "", "general"),
            Column("latitude", t(N_("Latitude")), "", "general"),
            Column("look", t(N_("Kind code")), "", "id"),
            Column("name", t(N_("Name")), "", "line"),
        ]
        if len(self._lines):
            block = self._unseen.table(self._lines, columns[:2])
            line = {"line": {"color": MUTED, "width": 0.5}, "marker": {"type": "none"}}
            chart.add_series(_series(block, t(N_("border of a health region")), line))
        named = self._named(_PIXEL * width, height)
        for look, name in self._shown.items():
            part = self._points[self._points["look"] == look]
            block = self._unseen.table(part[["longitude", "latitude", "look", "name"]], columns)
            marks = {"line": {"none": True}, "marker": _marker(look)} | (
                self._labels(part, named) if look != "seat" else {}
            )
            chart.add_series(_series(block, name, marks))
        charts.dress(chart, t(N_("Sites of the plan")), legend=True)
        chart.show_hidden_data()
        self._lay(chart, _PIXEL * width, height)
        return chart

    def _named(self, width: float, height: float) -> dict[tuple[float, float], str]:
        """Return the municipalities of what is to be done first, by their places, on a chart so many points large.

        Left out is a name that would lie on one before it, and one of several words that programs would break in lines.
        """
        view, found, boxes = self._pack.view, dict[tuple[float, float], str](), list[tuple[float, float, float]]()
        (west, east), (south, north) = self._extents["longitude"], self._extents["latitude"]
        wide, high = self._size(width, height)
        own = self._points.dropna(subset=["site_id"]).set_index("site_id")
        for site in steps(view).head(SHOWN)["site_id"]:
            town = view.names.territories.get(view.names.territory_of_site[site])
            if site not in own.index or town is None:  # a site may stand in no territory of the scenario
                continue
            place = tuple(own.loc[site, ["longitude", "latitude"]].astype(float))
            x, y = wide * (place[0] - west) / (east - west), high * (place[1] - south) / (north - south)
            room = _BROADEST * _LETTERS * width_of(town)
            broken = " " in town and room > _UNBROKEN * width
            if not broken and all(
                abs(x - left) > 0.5 * (room + other) or abs(y - up) > _LINE for left, up, other in boxes
            ):
                found[place] = town
                boxes.append((x, y, room))
        return found

    def _labels(self, part: pd.DataFrame, named: dict[tuple[float, float], str]) -> dict[str, Any]:
        """Names beside the points that have one; each name once."""
        places = zip(part["longitude"], part["latitude"], strict=True)
        towns = [named.pop(place, "") for place in places]
        if not any(towns):
            return {}
        told = [{"value": town} if town else {"delete": True} for town in towns]
        font = {"name": FONT, "size": _LETTERS, "bold": True, "color": INK}
        return {"data_labels": {"value": True, "custom": told, "position": "above", "font": font}}

    def _across(self) -> float:
        """How much wider than high the area is, as long as a degree is there."""
        middle = np.mean(self._extents["latitude"])
        wide, high = (high - low for low, high in (self._extents["longitude"], self._extents["latitude"]))
        return float(np.cos(np.radians(middle)) * wide / high)

    def _legend_height(self) -> float:
        return _LINE * -(-(len(self._shown) + (len(self._lines) > 0)) // _BESIDE)

    def _size(self, width: float, height: float) -> tuple[float, float]:
        """Width and height of the map itself, in points."""
        wide = min(width - 2 * _RIM, (height - _TITLE - _GAP - self._legend_height()) * self._across())
        return wide, wide / self._across()

    def _lay(self, chart: Any, width: float, height: float) -> None:
        """Put the map, as large as may be, between its title and its legend; axes without marks hold all points."""
        for axis, set_axis in (("longitude", chart.set_x_axis), ("latitude", chart.set_y_axis)):
            low, high = self._extents[axis]
            set_axis(
                {
                    "min": low,
                    "max": high,
                    "label_position": "none",
                    "major_gridlines": {"visible": False},
                    "line": {"none": True},
                    "major_tick_mark": "none",
                }
            )
        legend = self._legend_height()
        wide, high = self._size(width, height)
        left, top = 0.5 * (width - wide), _TITLE
        chart.set_plotarea(
            {"layout": {"x": left / width, "y": top / height, "width": wide / width, "height": high / height}}
        )
        part = {"x": 0.02, "y": (height - legend - 0.5 * _GAP) / height, "width": 0.96, "height": legend / height}
        chart.set_legend({"font": {"name": FONT, "size": _LETTERS}, "layout": part, "position": "bottom"})


def _names(view: View) -> dict[str, str]:
    """The looks in words, those that cover others last."""
    t = view.t
    return {
        "seat": t(N_("Municipality")),
        "kept": t(N_("goes on as it is")),
        "changed": t(N_("something changes")),
        "new": t(N_("something opens")),
        "closed": t(SERVICE_STATUSES["closed"].name),
    }


def _marker(look: str) -> dict[str, Any]:
    shape, size, colour = _LOOKS[look]
    return {"type": shape, "size": size, "fill": {"color": colour}, "border": {"color": colour}}


def _series(block: Block, name: str, look: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "categories": block.series("longitude"), "values": block.series("latitude"), **look}


def _extent(values: pd.Series) -> tuple[float, float]:
    """What an axis reaches from and to, with some room around the points."""
    low, high = float(values.min()), float(values.max())
    room = _MARGIN * max(high - low, 1e-3)
    return float(np.floor(100 * (low - room)) / 100), float(np.ceil(100 * (high + room)) / 100)
