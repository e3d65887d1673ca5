"""How the map is coloured: classes and colours of each layer, for the page and for pictures alike.

Colours are told apart without red and green: orange is bad, blue is good; those of contracts are after Okabe and Ito.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redesaude.language import N_

GOOD = ("#b35806", "#f1a340", "#f6d9a8", "#a6c8e4", "#2166ac")
BAD = tuple(reversed(GOOD))
MORE = ("#eff3ff", "#bdd7e7", "#6baed6", "#3182bd", "#08519c")
CHANGE = ("#b35806", "#f1a340", "#f2f2f2", "#a6c8e4", "#2166ac")
CONTRACTS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6b4c9a", "#8c6d31", "#111111")
#: nothing is known; several contracts at one hospital
NONE, MIXED = "#e4e7ec", "#7f7f7f"

_SHARES = (0.25, 0.5, 0.75, 0.95)
_QUANTILES = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Layer:
    """A layer: what it is called, what it measures, its colours from the lowest class on, and how a value is written.

    ``cuts`` are the lower ends of all classes but the first; without them they depend on what is shown.
    ``kind``: ``percent``, ``points`` (a difference of shares), ``minutes``, ``decimal`` (two digits) or ``number``.
    """

    name: str
    meaning: str
    colours: tuple[str, ...]
    kind: str
    cuts: tuple[float, ...] = ()


#: every layer, in the order of the page
LAYERS = {
    "within": Layer(
        N_("Within the standard"), N_("share of cases treated within the standard"), GOOD, "percent", _SHARES
    ),
    "change": Layer(
        N_("Change against today"),
        N_("share of cases treated within the standard, less that of today, in percentage points"),
        CHANGE,
        "points",
        (-0.25, -0.01, 0.01, 0.25),
    ),
    "minutes": Layer(N_("Journey"), N_("mean minutes one way of those treated"), BAD, "minutes"),
    "treated": Layer(N_("Treated"), N_("share of cases treated in the network"), GOOD, "percent", _SHARES),
    "room": Layer(
        N_("Need against supply"),
        N_("capacity of the region's services for each case of its people"),
        GOOD,
        "decimal",
        (0.25, 0.5, 0.75, 1.0),
    ),
    "load": Layer(
        N_("Load"),
        N_("part of the capacity of the region's services that is used"),
        MORE,
        "percent",
        (0.4, 0.6, 0.8, 0.95),
    ),
    "need": Layer(N_("Need"), N_("cases a year"), MORE, "number"),
}


def cuts_of(layer: str, values: Any, standard: float | None) -> list[float]:
    """Return the lower ends of the classes of ``values``: those of the layer, else made of the ``standard`` in minutes
    (None or NaN: several, or none) or of the fifths of the values.
    """
    known = LAYERS[layer]
    if known.cuts:
        return list(known.cuts)
    if known.kind == "minutes":
        return (
            [standard / 2, standard, 1.5 * standard, 2 * standard]
            if standard and standard > 0
            else [30.0, 60.0, 120.0, 240.0]
        )
    told = np.asarray(values, dtype=float)
    told = told[np.isfinite(told)]
    return [float(cut) for cut in np.quantile(told, _QUANTILES)] if len(told) else [0.0] * len(_QUANTILES)


def class_colour(layer: str, value: float, cuts: Sequence[float]) -> str:
    """Return the colour of a value; that of nothing known where it is not finite."""
    if not np.isfinite(value):
        return NONE
    return LAYERS[layer].colours[sum(value >= cut for cut in cuts)]
