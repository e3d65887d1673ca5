"""Whose turn is next in the neighbourhood search: operators are drawn the more often the more they gained lately.

Adaptive large neighbourhood search (Ropke and Pisinger 2006): a roulette over the operators, whose weights are what
each gained lately for the work that it took. An operator hands out its parts pass after pass; once every operator has
handed out all of them since the last gain, nothing is left to gain in them. Whatever is drawn, only plans depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from redesaude.solving.parameters import DEFAULTS, Specialties
from redesaude_models.arrays import Flags

Part = Callable[[], Flags]
"""the columns that it frees, told when its turn has come"""


@dataclass
class _Operator:
    """``parts`` gives a pass of them, ``queue`` is what is left of it; ``rate`` is what one gains for its work (None:
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
    """The turns of some operators of parts, each a function that returns a pass of them, always as many, maybe none."""

    def __init__(
        self,
        operators: Sequence[Callable[[], list[Part]]],
        random: np.random.Generator,
        parameters: Specialties = DEFAULTS.specialties,
    ) -> None:
        self._parameters = parameters
        passes = [parts() for parts in operators]
        self._operators = [_Operator(parts, first, len(first)) for parts, first in zip(operators, passes, strict=True)]
        self._count = [len(first) for first in passes]
        self._random = random

    def again(self, parts: Callable[[], list[Part]] | None = None) -> None:
        """Let every part of the operator of these ``parts`` have its turn again, or of every operator."""
        for operator, count in zip(self._operators, self._count, strict=True):
            if parts is None or parts == operator.parts:
                operator.left = count

    def next(self) -> tuple[int, Part] | None:
        """Return an operator and its next part; None if all have had their turn since the last gain.

        Operators of which nothing is known come first, in their order.
        """
        ready = [n for n, operator in enumerate(self._operators) if operator.left > 0]
        if not ready:
            return None
        rates = [self._operators[n].rate for n in ready]
        known = np.array([rate for rate in rates if rate is not None])
        if len(known) < len(ready):
            turn = ready[rates.index(None)]
        else:
            weights = np.maximum(known, self._parameters.least_weight * known.max()) + np.finfo(float).tiny
            turn = int(self._random.choice(ready, p=weights / weights.sum()))
        return turn, self._operators[turn].next()

    def credit(self, turn: int, gain: float, work: int) -> None:
        """Tell what the part of an operator gained, and the work it took (iterations and nodes)."""
        operator, rate, latest = self._operators[turn], gain / max(1, work), self._parameters.latest
        operator.rate = rate if operator.rate is None else latest * rate + (1.0 - latest) * operator.rate
        if gain > 0:
            self.again()
