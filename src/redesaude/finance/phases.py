"""Planning periods on the calendar of an appraisal: when each begins, and what its payments are worth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from redesaude.finance.discounting import Calendar
from redesaude_models.arrays import Floats, Ints


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
    def yearly(self) -> Floats:
        """1 in every year of a period, shape ``(periods, years of the horizon)``."""
        return np.asarray(self.onward * (np.arange(self.calendar.horizon_years) < np.array(self.ends)[:, None]))

    @cached_property
    def onward(self) -> Floats:
        """1 in every year from the first of a period to the end of the horizon, shape as :attr:`yearly`."""
        return np.asarray(np.arange(self.calendar.horizon_years) >= np.array(self.begins)[:, None], dtype=float)

    @cached_property
    def once(self) -> Floats:
        """1 in the first year of a period, shape as :attr:`yearly`."""
        return np.asarray(np.arange(self.calendar.horizon_years) == np.array(self.begins)[:, None], dtype=float)

    @cached_property
    def annuities(self) -> Floats:
        """Present value of 1 a year over each period, shape ``(periods,)``; they add up to that of the horizon."""
        return self.worth(self.yearly)

    @cached_property
    def firsts(self) -> Floats:
        """Present value of 1 in the first year of each period, shape ``(periods,)``."""
        return self.worth(self.once)

    def worth(self, flows: Floats) -> Floats:
        """Return the present value of ``flows``, whose last axis is the years of the horizon."""
        return np.asarray(flows @ self.calendar.factors()[: self.calendar.horizon_years])

    def of_years(self, years: int) -> Ints:
        """Return the period of each of ``years`` years from the first; those after the horizon are in the last."""
        return np.searchsorted(np.array(self.begins), np.arange(years), side="right").astype(np.int64) - 1
