"""Drawings as SVG: plain shapes and text, no style or script, so that any page and program takes them."""

from __future__ import annotations

import re
from functools import singledispatch
from html import escape

from redesaude.report.drawing.shapes import Circle, Drawing, Line, Path, Text

_FONT = "Arial, 'Liberation Sans', 'Noto Sans', sans-serif"
#: characters that XML cannot hold
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def svg(drawing: Drawing) -> str:
    """Return the drawing as an SVG element that shrinks with the room it is given."""
    width, height, title = _number(drawing.width), _number(drawing.height), _text(drawing.title)
    named = (f' aria-label="{title}"', f"<title>{title}</title>") if title else ("", "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img"{named[0]} font-family="{_FONT}">{named[1]}'
        + "".join(_element(shape) for shape in drawing.shapes)
        + "</svg>"
    )


@singledispatch
def _element(shape: object) -> str:
    raise TypeError(f"no shape: {shape!r}")


@_element.register
def _(shape: Path) -> str:
    closed = "Z" if shape.fill else ""
    d = "".join(f"M{_points(line)}{closed}" for line in shape.lines if len(line))
    if not d:
        return ""
    return f'<path d="{d}" fill="{shape.fill or "none"}" fill-rule="evenodd"{_stroke(shape.stroke, shape.width)}/>'


@_element.register
def _(shape: Circle) -> str:
    x, y, radius = map(_number, (shape.x, shape.y, shape.radius))
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{shape.fill}"{_stroke(shape.stroke, shape.width)}/>'


@_element.register
def _(shape: Text) -> str:
    bold = ' font-weight="bold"' if shape.bold else ""
    x, y, size = map(_number, (shape.x, shape.y, shape.size))
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{shape.colour}" text-anchor="{shape.anchor}"{bold}>'
        f"{_text(shape.text)}</text>"
    )


def _stroke(colour: str, width: float) -> str:
    return f' stroke="{colour}" stroke-width="{_number(width)}" stroke-linejoin="round"' if colour else ""


def _points(line: Line) -> str:
    return "L".join(f"{_number(x)} {_number(y)}" for x, y in line)


def _number(value: float) -> str:
    """Tenths of a point are finer than any printer."""
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(held(text))


def held(text: str) -> str:
    """Return what XML can hold of a text."""
    return _NO_XML.sub("", text)
