"""Pictures of the layers of the map: municipalities in their classes, borders of regions, hospitals, and a legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.numbers import existing_services
from redesaude.report.drawing.columns import INK, MUTED
from redesaude.report.drawing.shapes import Circle, Drawing, Path, Point, Shape, Text, box, long, wrapped
from redesaude.report.map import scales
from redesaude.report.map.layers import TODAY, all_layers
from redesaude.report.map.outlines import Outlines, border_arcs, line_of, outlines_of, rings_of
from redesaude.report.map.places import site_points
from redesaude.report.view import View
from redesaude_models.arrays import Floats

_ROW, _GAP, _SIZE = 12.0, 6.0, 8.5  # points: a row of the legend, around it, its letters
_SMALL, _LARGE = 2.2, 6.0  # radius of the smallest hospital and of the largest

Entry = tuple[str, str, bool]
"""(colour, words, round) of a row of the legend"""


@dataclass(frozen=True)
class Pictures:
    """The pictures of a plan; what they share is worked out once."""

    view: View

    @cached_property
    def layers(self) -> pd.DataFrame:
        """See :func:`redesaude.report.map.layers.all_layers`."""
        return all_layers(self.view)

    @cached_property
    def outlines(self) -> Outlines:
        """The outlines of the territories."""
        return outlines_of(self.view.scenario.territories)

    @cached_property
    def rings(self) -> list[list[Floats]]:
        """The rings of each territory, in degrees."""
        return [rings_of(self.outlines, row) for row in range(len(self.outlines.polygons))]

    @cached_property
    def sites(self) -> pd.DataFrame:
        """Where each site lies: longitude and latitude by site_id."""
        return site_points(self.view.scenario).set_axis(self.view.scenario.sites["site_id"])

    def drawing(self, layer: str, specialty: str, period: str, size: tuple[float, float]) -> Drawing:
        """Return the picture of a layer (:data:`.scales.LAYERS`) of a specialty (or all of them) in a period or today.

        ``size`` is its width and height in points.
        """
        values = self._values(layer, specialty, period)
        standards = self.view.scenario.specialties.set_index("specialty_id")["access_minutes"].astype(float)
        cuts = scales.cuts_of(layer, values, standards.get(specialty))
        services = self._services(specialty, period)
        rows = list(_rows([*self._classes(layer, cuts), *self._marks(services)], size[0]))
        head, below = self._titles(layer, specialty, period)
        titles = wrapped(head, size[0])
        titles += wrapped(replace(below, y=titles[-1].y + _ROW), size[0])
        frame = _Frame(self._extent(), titles[-1].y + _GAP, (size[0], size[1] - _GAP - _ROW * len(rows)))
        shapes = [
            *titles,
            *self._areas([scales.class_colour(layer, value, cuts) for value in values], frame),
            *self._hospitals(services, frame),
            *_legend(rows, size[1] - _ROW * len(rows)),
        ]
        return Drawing(*size, f"{head.text}, {below.text}", tuple(shapes))

    def _values(self, layer: str, specialty: str, period: str) -> list[float]:
        ids = self.view.scenario.territories["territory_id"]
        keys = pd.MultiIndex.from_product([[specialty], [period], ids])
        return [float(value) for value in self.layers[layer].reindex(keys)]

    def _titles(self, layer: str, specialty: str, period: str) -> tuple[Text, Text]:
        view, t = self.view, self.view.t
        when = t(N_("Today")) if period == TODAY else view.names.periods[period]
        of = t(N_("all specialties")) if specialty == ALL else view.names.specialties[specialty]
        look = scales.LAYERS[layer]
        head = Text(0, 11, f"{t(look.name)}, {when}", 10.5, INK, bold=True)
        return head, Text(0, 0, f"{of}: {t(look.meaning)}", _SIZE, MUTED)

    def _areas(self, colours: Sequence[str], frame: _Frame) -> Iterator[Shape]:
        """The territories, then the borders of their regions."""
        dashed = set(self.outlines.from_seat)
        for i in sorted(range(len(colours)), key=lambda i: i in dashed):
            if self.rings[i]:
                yield Path(tuple(frame.line(ring) for ring in self.rings[i]), colours[i], "#ffffff", 0.4)
        arcs = border_arcs(self.view.scenario.territories["region_id"], self.outlines.polygons)
        lines = [line_of(self.outlines.arcs[arc]) for arc in arcs]
        yield Path(tuple(frame.line(line) for line in lines), stroke="#475467", width=0.8)

    def _services(self, specialty: str, period: str) -> pd.DataFrame:
        """The services that run, columns site_id, specialty_id, contract_id, change."""
        plan = self.view.plan.openings
        today = existing_services(self.view.scenario).assign(change="kept")
        rows = today if period == TODAY else plan[plan["period_id"] == period]
        return rows if specialty == ALL else rows[rows["specialty_id"] == specialty]

    def _hospitals(self, services: pd.DataFrame, frame: _Frame) -> Iterator[Shape]:
        """A circle for each hospital, the larger the more it runs, in the colour of its contract."""
        groups = sorted(services.groupby("site_id"), key=lambda group: -len(group[1]))
        most = max((len(rows) for _, rows in groups), default=1)
        for site, rows in groups:
            at = self.sites.loc[str(site)].to_numpy(float)
            if np.isfinite(at).all():
                ((x, y),) = frame.line(at[None, :])
                radius = _SMALL + (_LARGE - _SMALL) * (len(rows) - 1) / max(most - 1, 1)
                width = 1.6 if (rows["change"] != "kept").any() else 0.5
                yield Circle(x, y, radius, self._colour(rows["contract_id"]), INK, width)

    def _colour(self, contracts: pd.Series) -> str:
        found = contracts.unique()
        return self._colours[found[0]] if len(found) == 1 else scales.MIXED

    @cached_property
    def _colours(self) -> dict[str, str]:
        """The colours of the contracts that the plan or today uses, in the order of the workbook."""
        used = {*self.view.plan.openings["contract_id"], *existing_services(self.view.scenario)["contract_id"]}
        known = [name for name in self.view.scenario.contracts["contract_id"] if name in used]
        found = {name: scales.CONTRACTS[n % len(scales.CONTRACTS)] for n, name in enumerate(known)}
        return dict.fromkeys(used, scales.NONE) | found

    def _classes(self, layer: str, cuts: Sequence[float]) -> Iterator[Entry]:
        look, told = scales.LAYERS[layer], [self._say(layer, cut) for cut in cuts]
        words = [f"< {told[0]}", *(f"{low} – {high}" for low, high in pairwise(told)), f"≥ {told[-1]}"]  # noqa: RUF001
        yield from ((colour, text, False) for colour, text in zip(look.colours, words, strict=True))

    def _say(self, layer: str, value: float) -> str:
        numbers, t = self.view.numbers, self.view.t
        words = {
            "percent": lambda: numbers.percent(value, 0),
            "points": lambda: f"{numbers.decimal(100 * value)} {t(N_('points'))}",
            "minutes": lambda: f"{numbers.decimal(value)} {t(N_('min'))}",
            "decimal": lambda: numbers.decimal(value, 2),
            "number": lambda: numbers.decimal(value),
        }
        return words[scales.LAYERS[layer].kind]()

    def _marks(self, services: pd.DataFrame) -> Iterator[Entry]:
        for contract in self.view.scenario.contracts["contract_id"]:
            if (services["contract_id"] == contract).any():
                yield self._colours[contract], self.view.names.contracts[contract], True
        if services.drop_duplicates(["site_id", "contract_id"])["site_id"].duplicated().any():
            yield scales.MIXED, self.view.t(N_("several contracts")), True

    def _extent(self) -> Floats:
        """Least and most longitude and latitude of all that is drawn."""
        parts = [*(ring for rings in self.rings for ring in rings), self.sites.dropna().to_numpy(float)]
        points = np.concatenate([part for part in parts if len(part)] or [np.array([[-60.0, -10.0], [-40.0, 10.0]])])
        return np.array([points.min(axis=0), points.max(axis=0)])


class _Frame:
    """Puts degrees on the sheet between ``top`` and its lower right corner: as wide as long amid the area."""

    def __init__(self, extent: Floats, top: float, corner: Point) -> None:
        (west, south), (east, north) = extent
        self._across = float(np.cos(np.radians((south + north) / 2)))
        wide, high = max((east - west) * self._across, 1e-6), max(north - south, 1e-6)
        width, bottom = corner
        self._scale = min((width - 4) / wide, (bottom - top - 4) / high)
        self._west, self._north, self._top = west, north, top + 2
        self._left = (width - wide * self._scale) / 2

    def line(self, points: Floats) -> tuple[Point, ...]:
        """Return points of longitude and latitude on the sheet."""
        x = self._left + (points[:, 0] - self._west) * self._across * self._scale
        y = self._top + (self._north - points[:, 1]) * self._scale
        return tuple(zip(x.tolist(), y.tolist(), strict=True))


def _rows(entries: Sequence[Entry], width: float) -> Iterator[list[tuple[float, Entry]]]:
    """The entries of a legend in rows, each with where it begins."""
    row: list[tuple[float, Entry]] = []
    x = 0.0
    for entry in entries:
        taken = 18 + long(entry[1], _SIZE)
        if row and (x + taken > width or entry[2] != row[0][1][2]):
            yield row
            row, x = [], 0.0
        row.append((x, entry))
        x += taken
    if row:
        yield row


def _legend(rows: Sequence[Sequence[tuple[float, Entry]]], top: float) -> Iterator[Shape]:
    for n, row in enumerate(rows):
        y = top + n * _ROW
        for x, (colour, words, is_round) in row:
            if is_round:
                yield Circle(x + 4.5, y + 5, 4, colour, INK, 0.5)
            else:
                yield box((x, y + 0.5), 9, 9, colour, MUTED)
            yield Text(x + 13, y + 8, words, _SIZE, INK)
