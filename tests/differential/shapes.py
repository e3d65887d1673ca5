"""Every shape of scenario, by name, and the tables of a seed."""

from __future__ import annotations

from differential.draw import TEMPERS, Draw
from differential.rules import RULES
from differential.sketch import Shape, Sketch
from tiny import Tables

_PLAIN = {"hosting": 0.3, "today": 0.5, "exceptions": 0.4, "ceiling": 0.4, "centres": 0.5, "works": 0.3}
_TIED = {**_PLAIN, "hosting": 0.6, "nearest": 0.3, "volumes": 0.4, "access": 0.3}
_MONEY = {**_TIED, "contracts": 0.9, "money": 0.6, "colocation": 0.5, "single_source": 0.15}

SHAPES = {
    "ample": Shape(ample=1.0, sites=(2, 6), territories=(3, 9), rules=_PLAIN),
    "ample several": Shape((2, 3), ample=1.0, rules={**_PLAIN, "hosting": 0.0}),
    "ample nearest": Shape(ample=1.0, rules={**_PLAIN, "nearest": 1.0}),
    "room": Shape(sites=(2, 6), territories=(3, 9), rules=_PLAIN),
    "whole": Shape(rules={**_PLAIN, "single_source": 1.0}),
    "promises": Shape(sizes=2, rules={**_TIED, "access": 1.0, "volumes": 0.7, "money": 0.3}),
    "contracts": Shape((1, 2), sites=(2, 4), sizes=2, rules=_MONEY),
    "network": Shape((2, 3), sites=(2, 4), territories=(3, 5), sizes=2, rules=_MONEY),
    "resources": Shape((1, 2), sites=(2, 4), sizes=2, rules={**_TIED, "loads": 0.7, "workforce": 0.7, "money": 0.3}),
    "emergency": Shape((1, 2), sites=(2, 3), rules={**_TIED, "emergency": 1.0}),
    "tiers": Shape((1, 2), sites=(2, 3), territories=(3, 4), sizes=2, must_treat=0.0, rules={**_TIED, "tiers": 1.0}),
    "periods": Shape(
        (1, 2), (2, 3), (3, 4), 2, (2, 3, 4), 0.1, rules={**_MONEY, "works": 0.7, "decisions": 0.6, "order": 0.5}
    ),
    "everything": Shape(
        (2, 2), (2, 3), (3, 4), 2, (3, 4), 0.0,
        rules={**_MONEY, **dict.fromkeys(("tiers", "emergency", "workforce", "loads"), 0.5), "decisions": 0.3},
    ),
}  # fmt: skip


def tables_of(shape: str, seed: int) -> Tables:
    """The tables of a shape, of a seed."""
    names = list(SHAPES)
    draw = Draw([seed, names.index(shape)], TEMPERS[seed % len(TEMPERS)])
    sketch = Sketch(draw, SHAPES[shape])
    for name, rule in RULES.items():
        if draw.happens(SHAPES[shape].rules.get(name, 0.0)):
            rule(draw, sketch)
    return sketch.tables()
