"""Rooms of today's services, in which people are treated until the services that are to take them open."""

from __future__ import annotations

from dataclasses import dataclass, field

from redesaude_models.arrays import no_flags, no_numbers, no_rows
from redesaude_models.parts import Amounts, Costs, Dates, Marks, Rows


@dataclass(frozen=True)
class Rooms:
    """Who may be treated where in the first period until services open, specialty by specialty.

    Time is cut into *intervals* at the dates on which options may open: rows in the order of specialty and time, with
    their ``specialty``, ``until`` when they run (years from the first) and what 1 a year over them is ``worth`` (NPV).
    Of each option ``late`` is the last interval in which it is not open yet (-1: it is from the first day), ``waiting``
    the share of its cases that would wait until then, ``today`` the cases a year for which it has room as it runs
    today, and ``used`` the share of its cases that take such room (both 0 of what is new).

    A *room* is what a service of today has for others: ``of`` its specialty, at ``site``, ``service`` its row (-1: it
    ends whatever is decided). ``kept`` are the rooms that a service which goes on does not use itself, the others those
    of one that ends and runs on: ``size`` cases a year at most. ``cost`` is what a case treated there for a year costs
    more than one that waits (less: it is negative). ``most`` are the cases a year of each specialty (``specialties``)
    that can be treated in services of today at all.
    """

    specialty: Rows = field(default_factory=no_rows)
    until: Dates = field(default_factory=no_numbers)
    worth: Amounts = field(default_factory=no_numbers)
    late: Rows = field(default_factory=no_rows)
    waiting: Amounts = field(default_factory=no_numbers)
    today: Amounts = field(default_factory=no_numbers)
    used: Amounts = field(default_factory=no_numbers)
    of: Rows = field(default_factory=no_rows)
    site: Rows = field(default_factory=no_rows)
    service: Rows = field(default_factory=no_rows)
    kept: Marks = field(default_factory=no_flags)
    size: Amounts = field(default_factory=no_numbers)
    cost: Costs = field(default_factory=no_numbers)
    most: Amounts = field(default_factory=no_numbers)
