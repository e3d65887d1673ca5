"""Rows of what the network draws on beyond its sites: people, and out-of-hospital stations.

All may be empty, and are where the scenario says nothing of them. Arrays that may change with time have shape
``(rows, periods)``; costs are net present values in the currency of the base year.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from redesaude_models.arrays import Flags, Floats, no_pairs, no_rows, no_table
from redesaude_models.parts import Amounts, Costs, Hard, Marks, Promised, Rows, price_of_all


@dataclass(frozen=True)
class Workforce:
    """Roles in areas, ``ids`` their names: who is there, who may be trained or recruited, and who is needed.

    ``stock`` is full-time equivalents (FTE) without the plan, infinite where nothing is said of a period. ``fixed`` is
    the FTE an open option needs and ``per_case`` the FTE for each of its yearly cases, both ``(rows, options)``.
    ``training_max`` and ``recruitment_max`` are people in the period, their costs the NPV of one person; ``price`` is
    the NPV of one FTE short throughout the period, used where the need is not ``hard``.
    """

    ids: tuple[str, ...] = ()
    stock: Amounts = field(default_factory=no_table)
    fixed: Amounts = field(default_factory=no_table)
    per_case: Amounts = field(default_factory=no_table)
    training_max: Amounts = field(default_factory=no_table)
    recruitment_max: Amounts = field(default_factory=no_table)
    training_cost: Costs = field(default_factory=no_table)
    recruitment_cost: Costs = field(default_factory=no_table)
    hard: Hard = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))
    price: Costs = field(default_factory=no_table)

    def elastic(self, _: Any) -> Self:
        """Return the needs that may be missed; where one was hard, all who may be there cost 1."""
        most = np.where(np.isfinite(self.stock), self.stock, 0.0) + self.training_max + self.recruitment_max
        price = price_of_all(self.hard, np.maximum(most, 1.0))
        return replace(self, hard=np.zeros_like(self.hard), price=price)


@dataclass(frozen=True)
class Emergency:
    """Stations of the out-of-hospital network, whom they reach in time, and which journeys are in time.

    ``works`` is the NPV of opening a station at the start of a period, ``running`` and ``ambulance`` those of having it
    open, or one ambulance on duty, throughout a period: ``(stations, periods)``. An open station has ``least`` to
    ``most`` ambulances. ``existing`` stations are open at the start, ``kept`` ones for good. ``territory`` are the
    territories with people, ``people`` is ``(territories, periods)``; ``reach`` the pairs (station, row of
    ``territory``) within the standard. ``timely`` are the rows of the demand that a promised window is about, their
    territories' rows in ``timely_place``; ``in_window`` the pairs (journey, row of ``timely``) that leave time enough.
    """

    stations: tuple[str, ...] = ()
    existing: Marks = field(default_factory=lambda: np.zeros(0, dtype=bool))
    kept: Marks = field(default_factory=lambda: np.zeros(0, dtype=bool))
    least: Rows = field(default_factory=no_rows)
    most: Rows = field(default_factory=no_rows)
    works: Costs = field(default_factory=no_table)
    running: Costs = field(default_factory=no_table)
    ambulance: Costs = field(default_factory=no_table)
    territory: Rows = field(default_factory=no_rows)
    people: Amounts = field(default_factory=no_table)
    reach: Rows = field(default_factory=no_pairs)
    timely: Rows = field(default_factory=no_rows)
    timely_place: Rows = field(default_factory=no_rows)
    in_window: Promised = field(default_factory=no_pairs)


@dataclass(frozen=True)
class Hires:
    """Decisions about people, FTE, ``(rows, periods)``: trained and recruited in the period, short throughout it."""

    trained: Floats = field(default_factory=no_table)
    recruited: Floats = field(default_factory=no_table)
    short: Floats = field(default_factory=no_table)


@dataclass(frozen=True)
class Response:
    """Decisions about stations: ``open`` and ``ambulances``, ``(stations, periods)``."""

    open: Flags = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))
    ambulances: Floats = field(default_factory=no_table)
