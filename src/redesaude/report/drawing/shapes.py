"""A drawing: shapes on a sheet measured in points from its upper left corner, the later ones above the earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

Point = tuple[float, float]
Line = Sequence[Point]


@dataclass(frozen=True)
class Path:
    """Lines through points. With a ``fill`` they are rings, filled where a ray crosses them an odd number of times.

    Colours are ``#rrggbb``; blank: none. ``width`` is that of the stroke.
    """

    lines: tuple[Line, ...]
    fill: str = ""
    stroke: str = ""
    width: float = 1.0


@dataclass(frozen=True)
class Circle:
    """A filled circle with its edge."""

    x: float
    y: float
    radius: float
    fill: str
    stroke: str
    width: float = 1.0


@dataclass(frozen=True)
class Text:
    """A line of text: ``x`` is its start, middle or end, as ``anchor`` says, and ``y`` its base line."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: str = "start"
    bold: bool = False


Shape = Path | Circle | Text

#: width of a letter as a part of its size, in the mean, of plain and of bold ones
LETTER, BOLD_LETTER = 0.55, 0.58
LINE = 1.2  # height of a line as a part of its letters


@dataclass(frozen=True)
class Drawing:
    """Shapes on a sheet ``width`` by ``height``; ``title`` says what it shows to those who do not see it."""

    width: float
    height: float
    title: str
    shapes: tuple[Shape, ...]


def box(corner: Point, width: float, height: float, fill: str, stroke: str = "") -> Path:
    """Return a rectangle with its upper left ``corner``."""
    x, y = corner
    return Path((((x, y), (x + width, y), (x + width, y + height), (x, y + height)),), fill, stroke, 0.6)


def long(text: str, size: float, *, bold: bool = False) -> float:
    """Return about how long a text of letters of ``size`` is, in points."""
    return (BOLD_LETTER if bold else LETTER) * size * len(text)


def wrapped(text: Text, width: float) -> list[Text]:
    """Return the text on as many lines as ``width`` asks for, one below the other; a longer word is broken."""
    most = max(1, int(width / long("x", text.size, bold=text.bold)))
    lines = wrap(text.text, most)
    return [replace(text, text=line, y=text.y + n * LINE * text.size) for n, line in enumerate(lines)]
