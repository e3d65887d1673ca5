r"""How the price of a service answers to risk: the finance engine asked at a few points, and lines drawn between them.

For a given length of works the net present cost is linear in the factors of works, running cost and cost per case,

.. math:: C(d) = \sum_{k} \left(a_k(d) + v\, b_k(d)\right) f_k, \qquad f = (1, f_{capex}, f_{opex}, f_{case})

with :math:`v` yearly cases, so four prices give it exactly. In the delay factor :math:`d`, which moves dates, it is
taken on a grid of lengths and interpolated between them. Nothing here knows how a price is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from redesaude.finance.contracts import Terms
from redesaude.finance.discounting import Calendar
from redesaude.finance.pricing import Prices, price
from redesaude.finance.services import Services
from redesaude_models.arrays import Floats

#: fields of the terms in which prices are linear, in the order of the coefficients after the constant
FACTORS = ("capex_factor", "opex_factor", "case_factor")
#: the lines that no risk touches by themselves, together
REST = ""
#: lengths of works at which prices are asked
_NODES = 33
_STEP = 0.1
#: services at a node that are priced together: one price of many costs little more than one of few, but memory
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Surface:
    """The prices of services (rows) as functions of delay, factors and cases.

    ``coefficients`` maps a cost line (:data:`REST` for the lines not told apart) to an array
    ``(rows, nodes, (fixed, per case), (constant, *FACTORS))``; node n stands for a delay factor
    ``shortest + (longest - shortest) * n / (nodes - 1)``. Rows whose delay does not vary have the first node alone.
    """

    shortest: Floats
    longest: Floats
    coefficients: dict[str, Floats]

    def cost(self, row: int, delay: Floats, factors: Iterable[Floats], cases: Floats) -> dict[str, Floats]:
        """Return the net present cost by line of one service for each draw, arrays of shape ``(draws,)``."""
        weights = np.stack([np.ones_like(delay), *factors], axis=-1)
        return {line: self._one(table[row], row, delay, weights, cases) for line, table in self.coefficients.items()}

    def _one(self, table: Floats, row: int, delay: Floats, weights: Floats, cases: Floats) -> Floats:
        width = self.longest[row] - self.shortest[row]
        if width <= 0:
            fixed, per_case = table[0] @ weights.T
            return np.asarray(fixed + per_case * cases)
        place = (delay - self.shortest[row]) / width * (len(table) - 1)
        node = np.clip(place.astype(int), 0, len(table) - 2)
        part = (place - node)[:, None, None]
        at = table[node] * (1.0 - part) + table[node + 1] * part
        fixed, per_case = np.einsum("nkf,nf->kn", at, weights)
        return np.asarray(fixed + per_case * cases)


def surface(
    services: Services,
    terms: Terms,
    calendar: Calendar,
    perspective: str,
    *,
    delays: tuple[Floats, Floats],
    apart: Iterable[str] = (),
) -> Surface:
    """Return the surface of ``services`` between the shortest and longest ``delays``; lines ``apart`` by themselves.

    Terms give every factor its expected value: there, at the nodes of the delay, the surface is the engine's price.
    """
    shortest, longest = delays
    longest = np.where(services.works > 0, longest, shortest)
    varies = np.flatnonzero(longest > shortest)
    nodes = _NODES if len(varies) else 1
    row = np.concatenate([np.arange(len(services)), np.tile(varies, nodes - 1)])
    node = np.concatenate([np.zeros(len(services), dtype=int), np.repeat(np.arange(1, nodes), len(varies))])
    delay = shortest[row] + (longest - shortest)[row] * (node / max(nodes - 1, 1))
    by_row = {line: np.zeros((len(services), nodes, 2, 4)) for line in (*apart, REST)}
    for some in np.array_split(np.arange(len(row)), -(-len(row) // _AT_ONCE)):
        rows, stated = row[some], replace(terms.take(row[some]), delay_factor=delay[some])
        found = _coefficients(services.take(rows), stated, calendar, perspective)
        told = {line: found.pop(line) for line in apart if line in found}
        for line, table in {**told, REST: np.asarray(sum(found.values()))}.items():
            by_row[line][rows, node[some]] = table
    return Surface(shortest, longest, by_row)


def _coefficients(services: Services, terms: Terms, calendar: Calendar, perspective: str) -> dict[str, Floats]:
    """Coefficients by line, shape ``(rows, 2, 4)``, from the price at the terms and one step along each factor."""
    base = _stacked(price(services, terms, calendar, perspective))
    slopes: dict[str, list[Floats]] = {line: [] for line in base}
    for name in FACTORS:
        stepped = _stacked(
            price(services, replace(terms, **{name: getattr(terms, name) + _STEP}), calendar, perspective)
        )
        for line, value in stepped.items():
            slopes[line].append((value - base[line]) / _STEP)
    factors = [getattr(terms, name)[:, None] for name in FACTORS]
    constant = {line: base[line] - sum(s * f for s, f in zip(slopes[line], factors, strict=True)) for line in base}
    return {line: np.stack([constant[line], *slopes[line]], axis=-1) for line in base}


def _stacked(prices: Prices) -> Mapping[str, Floats]:
    """Line -> (rows, (fixed, per case))."""
    return {line: np.stack([fixed, prices.per_case[line]], axis=-1) for line, fixed in prices.fixed.items()}
