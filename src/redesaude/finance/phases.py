"""Planning periods on the calendar of an appraisal: when each begins, and what a year of it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from redesaude.finance.discounting import Calendar, Floats


@dataclass(frozen=True)
class Phases:
    """The periods of a plan over ``calendar``; the last runs to the end of the horizon, however short it is stated.

    ``begins`` are the years, from the first, in which the periods begin: 0 and rising, below the horizon.
    """

    calendar: Calendar
    begins: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.begins)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """The year, from the first, before which each period ends."""
        return (*self.begins[1:], self.calendar.horizon_years)

    @cached_property
    def annuities(self) -> Floats:
        """Present value of 1 a year over each period, shape ``(periods,)``; they add up to that of the horizon."""
        factors = self.calendar.factors()
        return np.array([factors[a:b].sum() for a, b in zip(self.begins, self.ends, strict=True)])

    @cached_property
    def firsts(self) -> Floats:
        """Present value of 1 in the first year of each period, shape ``(periods,)``."""
        return np.asarray(self.calendar.factors()[list(self.begins)])

    def of_years(self, years: int) -> NDArray[np.int64]:
        """Return the period of each of ``years`` years from the first; those after the horizon are in the last."""
        return np.searchsorted(np.array(self.begins), np.arange(years), side="right").astype(np.int64) - 1
