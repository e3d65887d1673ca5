"""Charts of columns: parts of an amount that stand on each other, along an axis of years."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from redesaude.report.drawing.shapes import Drawing, Path, Shape, Text, box, long, wrapped

INK, MUTED, GRID = "#1C2B33", "#5F7078", "#D6DEE2"
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 6.0, 12.0, 18.0  # points around the plot, below title and legend
_SIZE, _ROW = 9.0, 13.0  # of letters, and of a row of the legend
_TICKS = 4  # steps of the axis, about


@dataclass(frozen=True)
class Part:
    """One part of every column: its name, its amounts (below zero they hang), its colour."""

    name: str
    amounts: Sequence[float]
    colour: str


def columns(
    title: str,
    labels: Sequence[str],
    parts: Sequence[Part],
    tell: Callable[[float], str],
    *,
    size: tuple[float, float],
    most: float | None = None,
) -> Drawing:
    """Return a chart of ``parts`` above the ``labels`` of its columns; ``tell`` words the amounts of its axis.

    ``size`` is width and height in points; the axis ends at ``most``, or where the amounts need it.
    """
    width, height = size
    above = [sum(max(part.amounts[k], 0.0) for part in parts) for k in range(len(labels))]
    below = [sum(min(part.amounts[k], 0.0) for part in parts) for k in range(len(labels))]
    step, low, high = _axis(min(below, default=0.0), most if most is not None else max(above, default=0.0))
    shapes: list[Shape] = [*wrapped(Text(0, 11, title, 10.5, INK, bold=True), width)]
    legend, top = _legend(parts, width, 8.0 + max(shape.y for shape in shapes if isinstance(shape, Text)))
    shapes += legend
    scale = (height - top - _TOP - _BOTTOM) / (high - low)

    def at(amount: float) -> float:
        return height - _BOTTOM - (amount - low) * scale

    for k in range(round((high - low) / step) + 1):
        amount = low + k * step
        line = ((_LEFT, at(amount)), (width - _RIGHT, at(amount)))
        shapes.append(Path((line,), stroke=INK if abs(amount) < step / 2 else GRID, width=0.6))
        shapes.append(Text(_LEFT - 4, at(amount) + 3, tell(amount), _SIZE, MUTED, "end"))
    wide = (width - _LEFT - _RIGHT) / max(len(labels), 1)
    for k in range(len(labels)):
        shapes += _column(
            [(part.amounts[k], part.colour) for part in parts], _LEFT + (k + 0.12) * wide, 0.76 * wide, at
        )
    apart = max(1, math.ceil(max((long(f"{label} ", _SIZE) for label in labels), default=0.0) / wide))
    for k, label in enumerate(labels):
        if k % apart == 0:
            shapes.append(Text(_LEFT + (k + 0.5) * wide, height - 5, label, _SIZE, MUTED, "middle"))
    return Drawing(width, height, title, tuple(shapes))


def _column(parts: Sequence[tuple[float, str]], x: float, wide: float, at: Callable[[float], float]) -> list[Shape]:
    shapes: list[Shape] = []
    up = down = 0.0
    for amount, colour in parts:
        start = up if amount > 0 else down
        end = start + amount
        if amount > 0:
            up = end
        else:
            down = end
        if amount:
            shapes.append(box((x, min(at(start), at(end))), wide, abs(at(start) - at(end)), colour))
    return shapes


def _legend(parts: Sequence[Part], width: float, top: float) -> tuple[list[Shape], float]:
    """The names of the parts in rows from ``top`` on, and where they end; one part alone is the title."""
    shapes: list[Shape] = []
    x, y = 0.0, top
    for part in parts if len(parts) > 1 else ():
        taken = 14 + long(part.name, _SIZE)
        if x and x + taken > width:
            x, y = 0.0, y + _ROW
        shapes += [box((x, y), 9, 9, part.colour), Text(x + 12, y + 8, part.name, _SIZE, INK)]
        x += taken + 8
    return shapes, y + _ROW if shapes else top


def _axis(low: float, high: float) -> tuple[float, float, float]:
    """A round step (1, 2 or 5 times a power of ten), and the ends of the axis in whole steps; zero lies on it."""
    span = max(high, 0.0) - min(low, 0.0)
    if span <= 0:
        return 1.0, 0.0, 1.0
    raw = span / _TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(nice * power for nice in (1.0, 2.0, 5.0, 10.0) if nice * power >= raw * (1 - 1e-9))
    return step, step * math.floor(min(low, 0.0) / step + 1e-9), step * math.ceil(max(high, 0.0) / step - 1e-9)
