"""The look of the workbooks: named ingredients that are mixed into cell formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redesaude.report.numbers import in_language

FONT = "Arial"
INK, MUTED, LINE = "#1C2B33", "#5F7078", "#C9D3D8"
PRIMARY, ACCENT, PALE = "#1F4E5F", "#D98E04", "#EEF3F5"
GOOD, GOOD_FILL, BAD, BAD_FILL, CAUTION_FILL, SHADE = "#176B3A", "#E3F3E8", "#A61C1C", "#FBE4E4", "#FFF3D6", "#F2B8A8"
#: series of a chart, in order
PALETTE = (PRIMARY, ACCENT, "#A61C1C", "#6AA5A9", "#8A6FA8", "#7F8C8D", "#C9B458")

_YEAR = "0"

_BASE = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}

_INGREDIENTS: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": PRIMARY},
    "subtitle": {"font_color": MUTED},
    "heading": {"bold": True, "font_size": 12, "font_color": PRIMARY},
    "note": {"text_wrap": True, "valign": "top", "font_color": MUTED},
    "sentence": {"text_wrap": True, "valign": "vcenter"},
    "header": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": PRIMARY,
        "text_wrap": True,
        "align": "center",
        "border": 1,
        "border_color": LINE,
    },
    "meaning": {
        "italic": True,
        "font_color": MUTED,
        "bg_color": PALE,
        "text_wrap": True,
        "align": "center",
        "border": 1,
        "border_color": LINE,
    },
    "cell": {"bottom": 1, "bottom_color": LINE},
    "bold": {"bold": True},
    "total": {"bold": True, "bg_color": PALE, "top": 1, "top_color": PRIMARY},
    "banner": {"bold": True, "font_size": 13, "indent": 1},
    "good": {"font_color": GOOD, "bg_color": GOOD_FILL},
    "bad": {"font_color": BAD, "bg_color": BAD_FILL, "bold": True},
    "caution": {"bg_color": CAUTION_FILL},
    "fill": {"bg_color": CAUTION_FILL, "border": 4, "border_color": ACCENT, "text_wrap": True, "align": "center"},
    # stages of a service in time, each with its letter in the cell
    "procurement": {"bg_color": "#C9D3D8", "align": "center", "bold": True},
    "works": {"bg_color": "#F0B354", "align": "center", "bold": True},
    "training": {"bg_color": "#BFDCDD", "align": "center", "bold": True},
    "opening": {"bg_color": PRIMARY, "font_color": "#FFFFFF", "align": "center", "bold": True},
    "conversion": {"bg_color": "#8A6FA8", "font_color": "#FFFFFF", "align": "center", "bold": True},
    "support": {"bg_color": "#DDE8C9", "align": "center", "bold": True},
    "maturity": {"bg_color": "#5E8C31", "font_color": "#FFFFFF", "align": "center", "bold": True},
    "running_on": {"bg_color": "#F3D9D4", "align": "center", "bold": True},
    "closing": {"bg_color": BAD, "font_color": "#FFFFFF", "align": "center", "bold": True},
    # kinds of content
    "text": {"text_wrap": True, "align": "left", "indent": 1},
    "line": {"align": "left", "indent": 1},
    "id": {"align": "left", "indent": 1, "font_color": MUTED},
    "verdict": {"align": "center", "text_wrap": True},
    "money": {"num_format": "#,##0;[Red]-#,##0", "align": "right"},
    "cents": {"num_format": "#,##0.00", "align": "right"},
    "number": {"num_format": "#,##0", "align": "right"},
    "decimal": {"num_format": "#,##0.0", "align": "right"},
    "general": {"num_format": "#,##0.####", "align": "right"},
    "factor": {"num_format": "0.0000", "align": "right"},
    "year": {"num_format": _YEAR, "align": "right"},
    "percent": {"num_format": "0.0%", "align": "right"},
    "whole_percent": {"num_format": "0%", "align": "right"},
    "tiny": {"num_format": "0.0E+00", "align": "right"},
}


class Styles:
    """Mixes named ingredients into formats of one workbook, each mixture once."""

    def __init__(self, workbook: Any, millions: str, language: str = "en") -> None:
        """``millions`` is the number format of amounts told in millions (or whatever unit suits the plan).

        The others are those of the ``language``; years have no separators.
        """
        self._workbook = workbook
        self._mixed: dict[tuple[str, ...], Any] = {}
        self._ingredients = {name: _in_language(look, language) for name, look in _INGREDIENTS.items()}
        self._ingredients["millions"] = {"num_format": millions, "align": "right"}

    def __call__(self, *names: str) -> Any:
        """Return the format mixed from ``names``; later ingredients win."""
        if names not in self._mixed:
            properties = dict(_BASE)
            for name in names:
                properties.update(self._ingredients[name])
            self._mixed[names] = self._workbook.add_format(properties)
        return self._mixed[names]

    def width(self, kind: str, value: float) -> float:
        """Return the characters that ``value`` takes where ``kind`` writes thousands; 0 for every other kind."""
        pattern = str(self._ingredients[kind].get("num_format", "")).split(";")[0].rpartition("]")[2]
        if not pattern.startswith("#,##0"):
            return 0.0
        whole = pattern.rstrip(",")
        scale, decimals = 1000.0 ** (len(pattern) - len(whole)), whole.partition(".")[2]
        text = f"{-abs(value) / scale:,.{len(decimals)}f}"
        return len(text.rstrip("0").rstrip(".") if "#" in decimals else text) + 1.0

    def only(self, name: str) -> Any:
        """Return a format with ``name`` alone, for conditional formats, which lie over the cell's own."""
        key = ("only", name)
        if key not in self._mixed:
            self._mixed[key] = self._workbook.add_format(dict(self._ingredients[name]))
        return self._mixed[key]


def _in_language(look: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    pattern = look.get("num_format", _YEAR)
    return look if pattern == _YEAR else {**look, "num_format": in_language(pattern, language)}
