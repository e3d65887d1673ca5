"""Numbers of a temper: whole, fractional, tied, zero or wild ones, all of one seed."""

from __future__ import annotations

from typing import Any

import numpy as np

TEMPERS = ("whole", "fractional", "tied", "zero", "wild")

#: orders of magnitude between which wild money lies
_WILD = (-3.0, 9.0)


class Draw:
    """Draws numbers in one temper, which money takes wholly and people as far as they can be counted."""

    def __init__(self, seed: list[int], temper: str) -> None:
        self.rng = np.random.default_rng(seed)
        self.temper = temper

    def money(self, low: float, high: float) -> float:
        """An amount between ``low`` and ``high``, or as the temper has it."""
        if self.temper == "wild":
            return float(10.0 ** self.rng.uniform(*_WILD))
        if self.temper == "zero" and self.rng.random() < 0.5:
            return 0.0
        if self.temper == "tied":
            return float(self.rng.choice([low, high]))
        return self.number(low, high)

    def number(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``; whole unless the temper is fractional or wild."""
        if self.temper in ("fractional", "wild"):
            return float(self.rng.uniform(low, high))
        if self.temper == "tied":
            return float(self.rng.choice([low, (low + high) // 2]))
        return float(self.rng.integers(low, high))

    def count(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both possible."""
        return int(self.rng.integers(low, high + 1))

    def happens(self, chance: float) -> bool:
        """True with this chance."""
        return bool(self.rng.random() < chance)

    def sometimes(self, chance: float, row: dict[str, Any]) -> dict[str, Any]:
        """The keys of ``row``, or none of them."""
        return row if self.happens(chance) else {}

    def one(self, options: Any) -> Any:
        """One of the options."""
        return options[int(self.rng.integers(len(options)))]

    def some(self, options: list[Any], least: int = 0) -> list[Any]:
        """Some of the options, in their order, at least ``least``."""
        wanted = self.count(least, len(options))
        return [options[n] for n in sorted(self.rng.permutation(len(options))[:wanted].tolist())]
