"""Rows of what services are to each other: cases sent up from one to another, and agreements of support.

All may be empty, and are where the scenario says nothing of them. Arrays that may change with time have shape
``(rows, periods)``; costs are net present values in the currency of the base year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np

from redesaude_models.arrays import Flags, Floats, Ints, no_flags, no_numbers, no_pairs, no_rows, no_table
from redesaude_models.parts import Amounts, Costs, Counts, Holds, IfAny, Marks, Rows


@dataclass(frozen=True)
class Tiers:
    """Specialties whose sizes treat shares of the severities, the mildest first; ``service`` marks their services.

    Rows of *bands* are the severities of a ``specialty`` from ``above`` to ``upto`` (shares of all its cases) that a
    larger size treats and a smaller does not, the mildest first.

    Rows of *arrivals* are an ``option`` in a ``period`` (position) that treats ``share`` of the cases that come to it
    first, at most ``most`` a year. An option has several rows in a period where its share depends on an agreement:
    ``held`` are then the pairs (arrival, agreement) of which one must run.

    Rows of *transfers* go from the service ``source`` to ``target`` with the cases of a ``band``; ``minutes`` are one
    way, ``ambulance`` and ``travel`` (transfers, periods) the NPV of one yearly case.
    """

    service: Marks = field(default_factory=no_flags)
    specialty: Rows = field(default_factory=no_rows)
    above: Amounts = field(default_factory=no_numbers)
    upto: Amounts = field(default_factory=no_numbers)
    option: Rows = field(default_factory=no_rows)
    period: Rows = field(default_factory=no_rows)
    share: Amounts = field(default_factory=no_numbers)
    most: Amounts = field(default_factory=no_numbers)
    held: Rows = field(default_factory=no_pairs)
    source: Rows = field(default_factory=no_rows)
    target: Rows = field(default_factory=no_rows)
    band: Rows = field(default_factory=no_rows)
    minutes: Annotated[Floats, Holds.NOTES] = field(default_factory=no_numbers)
    ambulance: Costs = field(default_factory=no_table)
    travel: Costs = field(default_factory=no_table)

    def treats(self, shares: Floats, band: int) -> Flags:
        """Return whether options that treat ``shares`` treat all severities of a band."""
        return np.asarray(shares >= self.upto[band] - 1e-9)

    def sends(self, shares: Floats, band: int) -> Floats:
        """Return the share of the cases that come first to options that treat ``shares`` and is sent up in a band."""
        found = np.maximum(self.upto[band] - np.maximum(self.above[band], shares), 0.0)
        return np.where(found > 1e-9, found, 0.0)


@dataclass(frozen=True)
class Support:
    """Satellites that need a hub. ``needs`` marks options that do and ``room`` how many satellites an option supports.

    A row of *starts* is a ``service`` that comes to such an option in the period ``begun`` and opens at ``opened``
    (years from the first): ``of_option`` is the row of an option chosen in the first period, ``of_step`` (steps,
    periods) that of a step, -1 for none.

    A row of *agreements* is the partner ``hub`` (a service) that a start (row ``start``) may have. While it runs it
    costs ``hub_cost`` and ``satellite_cost`` (agreements, periods), and it is ``active`` in the periods in which the
    satellite is supported: from its opening until its skills have matured.
    """

    needs: Marks = field(default_factory=no_flags)
    room: Counts = field(default_factory=no_rows)
    service: Rows = field(default_factory=no_rows)
    begun: Rows = field(default_factory=no_rows)
    opened: Amounts = field(default_factory=no_numbers)
    of_option: IfAny = field(default_factory=no_rows)
    of_step: IfAny = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    start: Rows = field(default_factory=no_rows)
    hub: Rows = field(default_factory=no_rows)
    hub_cost: Costs = field(default_factory=no_table)
    satellite_cost: Costs = field(default_factory=no_table)
    active: Marks = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))

    @property
    def satellite(self) -> Ints:
        """The supported service of each agreement."""
        return self.service[self.start]


@dataclass(frozen=True)
class Referral:
    """Decisions between services: cases/year ``arrived`` at first contact and ``received`` from below (arrivals,),
    cases/year ``sent`` (transfers, periods), and which ``agreements`` run (agreements, periods).
    """

    arrived: Floats = field(default_factory=no_numbers)
    received: Floats = field(default_factory=no_numbers)
    sent: Floats = field(default_factory=no_table)
    agreements: Flags = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))
