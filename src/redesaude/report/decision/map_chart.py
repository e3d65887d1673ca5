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
from redesaude.report.workbook.sheet import Block, Column, Sheet
from redesaude.report.workbook.styles import ACCENT, BAD, FONT, LINE, MUTED, PRIMARY

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
#: parts of the chart that the map may take
_WIDE, _HIGH = 0.6, 0.86


def map_frame(view: View) -> pd.DataFrame:
    """Return the points of the map: longitude, latitude, look (``seat`` or one of those of sites), name."""
    territories, sites = view.scenario.territories, view.scenario.sites
    seats = territories[["longitude", "latitude", "name"]].assign(look="seat")
    own = site_points(view.scenario).assign(name=sites["name"], look=sites["site_id"].map(_looks(view)))
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


def map_chart(pack: Pack, unseen: Sheet, shape: float) -> Any:
    """Return the chart, ``shape`` times as wide as high; its points stand on the sheet ``unseen``. None: no points."""
    view, t = pack.view, pack.view.t
    points, lines = map_frame(view), borders(view)
    if points.empty:
        return None
    chart = pack.book.workbook.add_chart({"type": "scatter", "subtype": "straight"})
    columns = [
        Column("longitude", t(N_("Longitude")), "", "general"),
        Column("latitude", t(N_("Latitude")), "", "general"),
        Column("look", t(N_("Kind code")), "", "id"),
        Column("name", t(N_("Name")), "", "line"),
    ]
    if len(lines):
        block = unseen.table(lines, columns[:2])
        line = {"line": {"color": MUTED, "width": 0.5}, "marker": {"type": "none"}}
        chart.add_series(_points(block, t(N_("border of a health region")), line))
    for look, name in _names(view).items():
        part = points[points["look"] == look]
        if len(part):
            block = unseen.table(part, columns)
            chart.add_series(_points(block, name, {"line": {"none": True}, "marker": _marker(look)}))
    charts.dress(chart, t(N_("Sites of the plan")), legend=True)
    chart.show_hidden_data()
    _axes(chart, pd.concat([points[["longitude", "latitude"]], lines.dropna()]), shape)
    return chart


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


def _points(block: Block, name: str, look: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "categories": block.series("longitude"), "values": block.series("latitude"), **look}


def _axes(chart: Any, points: pd.DataFrame, shape: float) -> None:
    """Axes without marks that hold all points, as long as a degree is there."""
    middle = float(points["latitude"].mean()) if len(points) else 0.0
    extent = {}
    for name, set_axis in (("longitude", chart.set_x_axis), ("latitude", chart.set_y_axis)):
        values = points[name].to_numpy(float)
        low, high = (values.min(), values.max()) if len(values) else (0.0, 1.0)
        room = _MARGIN * max(high - low, 1e-3)
        extent[name] = high - low + 2 * room
        set_axis(
            {
                "min": float(np.floor(100 * (low - room)) / 100),
                "max": float(np.ceil(100 * (high + room)) / 100),
                "label_position": "none",
                "major_gridlines": {"visible": False},
                "line": {"none": True},
                "major_tick_mark": "none",
            }
        )
    across = np.cos(np.radians(middle)) * extent["longitude"] / extent["latitude"]
    wide = min(_WIDE, _HIGH * across / shape)
    high = min(_HIGH, wide * shape / across)
    chart.set_plotarea({"layout": {"x": 0.02, "y": 0.98 - high, "width": wide, "height": high}})
    chart.set_legend(
        {
            "font": {"name": FONT, "size": 10.5},
            "layout": {"x": wide + 0.04, "y": 0.26, "width": 0.94 - wide, "height": 0.7},
            "position": "right",
        }
    )
