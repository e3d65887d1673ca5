"""Drawings as PNG, by Pillow (which comes with the extra ``pack``)."""

from __future__ import annotations

import io
from typing import Any

import font_roboto
from PIL import Image, ImageChops, ImageDraw, ImageFont

from redesaude.report.drawing.shapes import Circle, Drawing, Path, Point, Text

#: dots for a point, and how much finer is drawn before it is made smooth
_DOTS, _FINER = 2, 2


def png(drawing: Drawing) -> bytes:
    """Return the drawing as PNG on white, two dots for a point."""
    scale = _DOTS * _FINER
    size = (round(drawing.width * scale), round(drawing.height * scale))
    image = Image.new("RGB", size, "white")
    for shape in drawing.shapes:
        match shape:
            case Path():
                _path(image, shape, scale)
            case Circle():
                _circle(image, shape, scale)
            case Text():
                _text(image, shape, scale)
    stream = io.BytesIO()
    image.resize((size[0] // _FINER, size[1] // _FINER), Image.Resampling.BOX).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _path(image: Any, shape: Path, scale: float) -> None:
    lines = [[(x * scale, y * scale) for x, y in line] for line in shape.lines if len(line) > 1]
    if shape.fill and lines:
        _fill(image, lines, shape.fill)
    draw = ImageDraw.Draw(image)
    for line in lines if shape.stroke else ():
        closed = [*line, line[0]] if shape.fill else line
        draw.line(closed, fill=shape.stroke, width=max(1, round(shape.width * scale)), joint="curve")


def _fill(image: Any, rings: list[list[Point]], colour: str) -> None:
    """Fill what an odd number of the rings hold."""
    left, top = (int(min(point[k] for ring in rings for point in ring)) for k in (0, 1))
    right, bottom = (int(max(point[k] for ring in rings for point in ring)) + 2 for k in (0, 1))
    held = Image.new("1", (right - left, bottom - top))
    for ring in rings:
        one = Image.new("1", held.size)
        ImageDraw.Draw(one).polygon([(x - left, y - top) for x, y in ring], fill=1)
        held = ImageChops.logical_xor(held, one)
    image.paste(colour, (left, top), held)


def _circle(image: Any, shape: Circle, scale: float) -> None:
    x, y, radius = shape.x * scale, shape.y * scale, shape.radius * scale
    box = (x - radius, y - radius, x + radius, y + radius)
    ImageDraw.Draw(image).ellipse(box, shape.fill, shape.stroke or None, max(1, round(shape.width * scale)))


def _text(image: Any, shape: Text, scale: float) -> None:
    font = ImageFont.truetype(font_roboto.RobotoBold if shape.bold else font_roboto.Roboto, shape.size * scale)
    anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
    ImageDraw.Draw(image).text((shape.x * scale, shape.y * scale), shape.text, shape.colour, font, anchor)
