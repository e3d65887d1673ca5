"""Whose turn: kinds of parts are drawn the more often the more they gained for their size.

Adaptive large neighbourhood search (Ropke and Pisinger 2006): a roulette over the kinds, with what each gained lately
as its weight. A kind hands out its parts pass after pass; once every kind has handed out all of them since the last
gain, nothing is left to gain in them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from redesaude_models.standard_form import Flags

#: weight of the latest part in what a kind gains, and the least weight of a kind as a share of the best one's
_LATEST, _LEAST = 0.5, 0.1

Part = Callable[[], Flags]
"""the columns that it frees, told when its turn has come"""


@dataclass
class _Kind:
    """``parts`` gives a pass of them, ``queue`` is what is left of it; ``rate`` is what one gains for its size (None:
    not known yet), ``left`` how many have not had their turn since the last gain.
    """

    parts: Callable[[], list[Part]]
    queue: list[Part]
    left: int
    rate: float | None = None

    def next(self) -> Part:
        """Return the next part of the pass, or the first of a new one."""
        self.queue = self.queue or self.parts()
        self.left -= 1
        return self.queue.pop(0)


class OperatorRoulette:
    """The turns of some kinds of parts, each a function that returns a pass of them, always as many, maybe none."""

    def __init__(self, kinds: Sequence[Callable[[], list[Part]]], random: np.random.Generator) -> None:
        passes = [parts() for parts in kinds]
        self._kinds = [_Kind(parts, first, len(first)) for parts, first in zip(kinds, passes, strict=True)]
        self._count = [len(first) for first in passes]
        self._random = random

    def again(self) -> None:
        """Let every part of every kind have its turn again."""
        for kind, count in zip(self._kinds, self._count, strict=True):
            kind.left = count

    def next(self) -> tuple[int, Part] | None:
        """Return a kind and its next part; None if all have had their turn since the last gain.

        Kinds of which nothing is known come first, in their order.
        """
        ready = [n for n, kind in enumerate(self._kinds) if kind.left > 0]
        if not ready:
            return None
        rates = [self._kinds[n].rate for n in ready]
        known = np.array([rate for rate in rates if rate is not None])
        if len(known) < len(ready):
            turn = ready[rates.index(None)]
        else:
            weights = np.maximum(known, _LEAST * known.max()) + np.finfo(float).tiny
            turn = int(self._random.choice(ready, p=weights / weights.sum()))
        return turn, self._kinds[turn].next()

    def credit(self, turn: int, gain: float, size: int) -> None:
        """Tell what the part of a kind gained, and its size (columns)."""
        kind, rate = self._kinds[turn], gain / max(1, size)
        kind.rate = rate if kind.rate is None else _LATEST * rate + (1.0 - _LATEST) * kind.rate
        if gain > 0:
            self.again()
