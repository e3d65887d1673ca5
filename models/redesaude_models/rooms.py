"""Rooms of today's services, in which people are treated until the services that are to take them open."""

from __future__ import annotations

from dataclasses import dataclass, field

from redesaude_models.arrays import no_flags, no_numbers, no_rows, no_table
from redesaude_models.parts import Amounts, Costs, Dates, IfAny, Marks, Rows


@dataclass(frozen=True)
class Rooms:
    """Who may be treated where until services open, specialty by specialty and period by period.

    Time is cut into *intervals* at the dates on which options may open: rows in the order of specialty and time, with
    their ``specialty`` and ``period``, ``until`` when they run (years from the first) and what 1 a year over them is
    ``worth`` (NPV).

    An *arrival* is a way in which an option may be open late in a period: of an ``option`` chosen in the first period,
    there (``wait`` -1), else a row of the problem's waits, with the period in which it has ``begun``. ``late`` is the
    last interval in which the option is not open yet, ``waiting`` the share of its cases that would wait until then;
    ``as_today`` marks those at which today's service runs as it is until then.

    Of each option ``used`` is the share of its cases that take room of today as that stands (0 of what is new), and
    ``today`` (options, periods) the cases a year for which there is such room.

    A *room* is what a service of today has for others: ``of`` its specialty, at ``site``, ``service`` its row (-1: it
    ends whatever is decided). ``kept`` are the rooms that a service which goes on does not use itself, the others those
    of one that ends and runs on: ``size`` (rooms, periods) cases a year at most, 0 where nobody is to be treated there.
    ``cost`` (rooms, periods) is what a case treated there for a year costs more than one that waits (less: it is
    negative). ``most`` (specialties, periods) are the cases a year that can be treated in services of today at all.
    """

    specialty: Rows = field(default_factory=no_rows)
    period: Rows = field(default_factory=no_rows)
    until: Dates = field(default_factory=no_numbers)
    worth: Amounts = field(default_factory=no_numbers)
    option: Rows = field(default_factory=no_rows)
    wait: IfAny = field(default_factory=no_rows)
    begun: Rows = field(default_factory=no_rows)
    late: Rows = field(default_factory=no_rows)
    waiting: Amounts = field(default_factory=no_numbers)
    as_today: Marks = field(default_factory=no_flags)
    today: Amounts = field(default_factory=no_table)
    used: Amounts = field(default_factory=no_numbers)
    of: Rows = field(default_factory=no_rows)
    site: Rows = field(default_factory=no_rows)
    service: Rows = field(default_factory=no_rows)
    kept: Marks = field(default_factory=no_flags)
    size: Amounts = field(default_factory=no_table)
    cost: Costs = field(default_factory=no_table)
    most: Amounts = field(default_factory=no_table)
