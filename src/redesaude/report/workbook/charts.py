"""Native Excel charts in one look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redesaude.report.workbook.sheet import Block
from redesaude.report.workbook.styles import ACCENT, FONT, INK, LINE, MUTED, PALETTE

_SMALL = {"name": FONT, "size": 10.5, "color": INK}
#: names of years on the axis of a chart of many
YEARS_APART = 5


def dress(chart: Any, title: str, *, legend: bool) -> None:
    """Give ``chart`` its title, legend and quiet lines."""
    chart.set_title({"name": title, "name_font": {**_SMALL, "size": 11, "bold": True}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": _SMALL} if legend else {"none": True})
    chart.set_chartarea({"border": {"color": LINE}})


def standing(
    chart: Any, unit: str, number_format: str, *, category_format: str = "", apart: int = 0, **limits: float
) -> None:
    """Set the axes of a column chart: values upwards in ``unit``, between ``limits`` (min, max) when given.

    Categories are words, or numbers in ``category_format``; of those ``apart`` from each other alone, the first among
    them, the names are written.
    """
    some = {"interval_unit": apart} if apart else {}
    chart.set_x_axis(_CATEGORIES | ({"num_format": category_format} if category_format else {}) | some)
    chart.set_y_axis(_values(unit, number_format) | limits)


def lying(chart: Any, unit: str, number_format: str, **limits: float) -> None:
    """Set the axes of a bar chart: values to the right, categories from top to bottom as in the table beside it."""
    chart.set_y_axis({**_CATEGORIES, "reverse": True, "interval_unit": 1})
    chart.set_x_axis(_values(unit, number_format) | {"label_position": "high"} | limits)


_CATEGORIES = {"num_font": _SMALL, "line": {"color": LINE}, "label_position": "low"}


def _values(unit: str, number_format: str) -> dict[str, Any]:
    return {
        "name": unit,
        "name_font": {**_SMALL, "bold": False, "color": MUTED},
        "num_font": _SMALL,
        "num_format": number_format,
        "major_gridlines": {"visible": True, "line": {"color": LINE, "width": 0.5}},
        "line": {"none": True},
    }


def bars(chart: Any, block: Block, category: str, values: Sequence[tuple[str, str]], *, unseen: int = 0) -> None:
    """Add one series for each (column key, name) of ``values``, with ``category`` names on the axis.

    The first ``unseen`` of stacked series are neither drawn nor named: they only hold the others where they begin.
    """
    for index, (key, name) in enumerate(values):
        chart.add_series(
            {
                "name": name if index >= unseen else " ",
                "categories": block.series(category),
                "values": block.series(key),
                "fill": {"color": PALETTE[index - unseen]} if index >= unseen else {"none": True},
                "gap": 50,
            }
        )


def markers(chart: Any, block: Block, category: str, key: str, name: str) -> None:
    """Add column ``key`` as markers without a line, for targets and capacities over bars."""
    chart.add_series(
        {
            "name": name,
            "categories": block.series(category),
            "values": block.series(key),
            "line": {"none": True},
            "marker": {"type": "diamond", "size": 9, "fill": {"color": ACCENT}, "border": {"color": INK}},
        }
    )
