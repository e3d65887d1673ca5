r"""The planning problem as the mathematics sees it: frozen arrays over sparse index sets.

Every row number below (a *demand*, a *service*, an *option*, a *journey*, ...) is an index into arrays of the same
length. Money is net present value in the currency of the base year, already priced by the finance engine:

* a cost of an **option** is paid when it is open, a *case cost* for each yearly case it treats;
* volumes (cases, capacities) are per year.

Arrays whose values may change with time have shape ``(rows, periods)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Any, Self

import numpy as np

from redesaude_models.arrays import Flags, Floats, no_numbers, no_pairs, no_rows, no_table
from redesaude_models.parts import (
    Amounts,
    Costs,
    Hard,
    Holds,
    IfAny,
    Marks,
    Names,
    Rows,
    Value,
    changed,
    elastic,
    price_of_all,
    stated,
)
from redesaude_models.promise import Kind, Promise, of_kind
from redesaude_models.referral import Referral, Support, Tiers
from redesaude_models.resources import Emergency, Hires, Response, Workforce
from redesaude_models.rooms import Rooms


@dataclass(frozen=True)
class Specialties:
    """Rules of each specialty, arrays of shape ``(specialties,)``; -1 in a centre limit means no limit."""

    ids: Names
    nearest: Marks
    single_source: Marks
    min_centres: IfAny
    max_centres: IfAny


@dataclass(frozen=True)
class Demand:
    """Pairs (territory i, specialty s) with cases: the rows of the demand balance.

    ``cases`` (per year) and ``unmet_cost`` (NPV of one yearly case sent away) are ``(demands, periods)``;
    where ``must_treat`` the share unmet is fixed at zero.
    """

    territory: Rows
    specialty: Rows
    cases: Amounts
    unmet_cost: Costs
    must_treat: Hard

    def elastic(self, _: Any) -> Self:
        """Return the demand that may stay unmet: all cases of one that must be treated cost 1, the others nothing."""
        price = price_of_all(self.must_treat[:, None], np.maximum(self.cases, 1e-9))
        return replace(self, must_treat=np.zeros_like(self.must_treat), unmet_cost=price)


@dataclass(frozen=True)
class Services:
    """Pairs (site j, specialty s) at which the specialty may be open.

    ``existing`` services cost ``closing_cost`` (NPV) when not kept in the first period; ``required`` ones must be open.
    """

    site: Rows
    specialty: Rows
    existing: Marks
    required: Marks
    closing_cost: Costs


@dataclass(frozen=True)
class Options:
    """Ways (size l, contract c) to deliver a service (j, s): the rows of the binary z[j,s,l,c,p].

    ``capacity`` and ``min_cases`` are cases/year (capacity already at the planning occupancy); ``volume_price`` is the
    NPV of one yearly case below the minimum where ``volume_hard`` is false. ``cost`` (NPV when open), ``case_cost``
    (NPV for one yearly case) and ``volume_price`` are ``(options, periods)``; the first period holds all that follows
    from choosing the option then. ``value`` is the undiscounted contract value, ``works`` marks options that deliver
    works.
    """

    service: Rows
    size: Names
    contract: Rows
    works: Marks
    capacity: Amounts
    min_cases: Amounts
    volume_hard: Hard
    volume_price: Costs
    cost: Costs
    case_cost: Costs
    value: Amounts
    required_size: Marks

    def elastic(self, _: Any) -> Self:
        """Return the options whose least volume may be missed: where it was hard, all of it costs 1."""
        price = np.broadcast_to(price_of_all(self.volume_hard, self.min_cases)[:, None], self.volume_price.shape)
        return replace(self, volume_hard=np.zeros_like(self.volume_hard), volume_price=price)


@dataclass(frozen=True)
class Steps:
    """What may happen to a service from one period to the next: the rows of step[s,p], p from the second period on.

    ``source`` and ``target`` are options, -1 for closed. ``cost`` (NPV, beyond what both states cost in their periods)
    and ``allowed`` are ``(steps, periods)``. ``settled`` (steps, periods) is the first period in which a service that
    took the step may take another: its works are done, and paid where they are paid with its cases, or its term is
    over. ``first_settled`` (options,) is the same for an option chosen in the first period. ``works`` marks steps that
    begin works.
    """

    service: Rows
    source: Rows
    target: Rows
    works: Marks
    cost: Costs
    allowed: Marks
    settled: Rows
    first_settled: Rows


@dataclass(frozen=True)
class Waits:
    """Periods in which an ``option`` is not open yet for some of the time, because of a ``step`` taken in ``begun``.

    ``step`` -1 is the choice of the first period. A case assigned in ``period`` costs ``case_cost`` (NPV of a yearly
    case) more than one of the open service, less where negative.
    """

    option: Rows
    step: Rows
    begun: Rows
    period: Rows
    case_cost: Costs


@dataclass(frozen=True)
class Lapses:
    """Ways in which an ``option`` may be left in ``period``, reached by ``step`` in ``begun`` (-1: chosen at first).

    Of options whose price to the end of the horizon is not that of any later year: all ways of leaving them.
    ``ended`` where the contract's term is over by then, and ``cost`` (NPV) what leaving adds to what was priced (less
    where negative). ``ending`` are the steps that only follow the end of a term.
    """

    option: Rows
    step: Rows
    begun: Rows
    period: Rows
    ended: Marks
    cost: Costs
    ending: Rows


def no_lapses() -> Lapses:
    """Return the lapses of a problem in which every option costs the same in all years once its works are done."""
    none = no_rows()
    return Lapses(none, none, none, none, none > 0, no_numbers(), none)


def no_steps() -> Steps:
    """Return the steps of a problem in which nothing changes after the first period."""
    none, empty = no_rows(), no_table()
    return Steps(none, none, none, none > 0, empty, empty > 0, empty.astype(np.int64), none)


def no_waits() -> Waits:
    """Return the waits of a problem of one period: all waiting is in the costs of the options."""
    none = no_rows()
    return Waits(none, none, none, none, no_numbers())


@dataclass(frozen=True)
class Decided:
    """What is decided already: services that must be ``open`` and options ``barred``, ``(rows, periods)``."""

    open: Marks
    barred: Marks


@dataclass(frozen=True)
class Journeys:
    """Reachable triples (i, j, s): the rows of the share x[i,j,s,p].

    ``cost`` (journeys, periods) is the weighted NPV of the travel of one yearly case; minutes are one way.
    """

    demand: Rows
    service: Rows
    minutes: Amounts
    cost: Costs


@dataclass(frozen=True)
class Pool:
    """Journeys that are no longer told apart: rows of demands that have some, and of services that take some.

    ``cost`` (demands, periods) is the NPV of the travel of one yearly case by the cheapest of them, ``limit``
    (services, periods) the yearly cases of all of them to a service. ``nearest`` are the pairs (demand, service) of
    those of specialties assigned to the nearest service: nobody is unmet within reach of an open one.
    """

    demand: Rows
    cost: Costs
    service: Rows
    limit: Amounts
    nearest: Rows = field(default_factory=no_pairs)


NO_POOL = Pool(no_rows(), np.zeros((0, 1)), no_rows(), np.zeros((0, 1)))


@dataclass(frozen=True)
class Hosting:
    """Pairs (site j, contract c) that are eligible: the rows of the binary w[j,c,p].

    ``cost`` (rows, periods) is the NPV of hosting any service; ``needs_works`` forbids the contract where nothing is
    built.
    """

    site: Rows
    contract: Rows
    let: Rows
    cost: Costs
    needs_works: Marks


@dataclass(frozen=True)
class Lettings:
    """Pairs (contract c, lot g): the rows of the binary b[c,g,p].

    ``cost`` and ``signing`` (rows, periods) are NPV: oversight in each period in which the contract runs (in the first
    with its transaction), and what letting it in a later period adds to that; of a contract that ends with its term all
    oversight is settled in the period in which it is let. ``min_value`` is the least undiscounted
    value of the lot's options under that contract.
    """

    contract: Rows
    lot: Rows
    cost: Costs
    min_value: Amounts
    signing: Costs = field(default_factory=lambda: np.zeros((0, 0)))


@dataclass(frozen=True)
class PlanningProblem:
    """Everything the model needs, and nothing else. Ids are for names of components and for reading the plan."""

    periods: tuple[str, ...]
    territories: Names
    sites: Names
    contracts: Names
    lots: Names
    specialties: Specialties
    demand: Demand
    services: Services
    options: Options
    journeys: Journeys
    hosting: Hosting
    lettings: Lettings
    max_services: IfAny
    """most specialties at each site; -1: no limit"""
    max_contracts: IfAny
    """most lots let under each contract; -1: no limit"""
    requires: Rows
    """(pairs, 2): service row, and the service row it needs at the same site (-1: none is possible)"""
    pool: Pool = NO_POOL
    """journeys left out of ``journeys``, for bounds; empty in a problem as it is assembled"""
    constant: Annotated[float, Holds.FACTS] = 0.0
    """NPV that no decision changes, so that objective and report agree"""
    steps: Steps = field(default_factory=no_steps)
    waits: Waits = field(default_factory=no_waits)
    lapses: Lapses = field(default_factory=no_lapses)
    decided: Decided | None = None
    precedence: Rows = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))
    """(rows, 3): a service row, the service row it may not be open before (-1: none), and by how many periods"""
    max_starts: IfAny = field(default_factory=no_rows)
    """most works begun in each period; -1, or left out: no limit"""
    promises: tuple[Promise, ...] = ()
    """promises of one row each; those about all services or people of a kind are in ``options`` and ``workforce``"""
    workforce: Workforce = field(default_factory=Workforce)
    emergency: Emergency = field(default_factory=Emergency)
    tiers: Tiers = field(default_factory=Tiers)
    support: Support = field(default_factory=Support)
    rooms: Rooms = field(default_factory=Rooms)

    def of(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """Return the promises of one kind, in order."""
        return of_kind(self.promises, kind)

    def stated(self) -> frozenset[str]:
        """Return the names (``options.cost``) of all fields in which something is stated that may change a plan."""
        return frozenset(stated(self))

    def promised_journeys(self) -> Flags:
        """Return which journeys a promise counts, ``(journeys,)``."""
        counted = np.zeros(len(self.journeys.demand), dtype=bool)

        def mark(holds: Holds, value: Value) -> Value:
            if holds is Holds.PROMISED:
                counted[value if value.ndim == 1 else value[:, 0]] = True
            return value

        changed(self, mark)
        return counted

    def restricted_to(self, kept: Flags) -> Self:
        """Return the problem with the ``kept`` journeys alone; UnknownPartError where it is not known what to leave."""
        place = np.cumsum(kept) - 1

        def renumbered(holds: Holds, value: Value) -> Value:
            if holds not in (Holds.COUNTED, Holds.PROMISED):
                return value
            if value.ndim == 1:
                return np.asarray(place[value[kept[value]]])
            first, *others = value[kept[value[:, 0]]].T
            return np.column_stack([place[first], *others])

        own = {each.name: getattr(self.journeys, each.name)[kept] for each in fields(self.journeys)}
        return replace(changed(self, renumbered), journeys=type(self.journeys)(**own))

    def promises_alone(self) -> Self:
        """Return the problem in which nothing costs but falling short, at a price of 1 for all of a promise.

        Promises that were elastic before are free. UnknownPartError where it is not known what costs or is promised.
        """
        free = changed(self, lambda holds, value: np.zeros_like(value) if holds is Holds.COSTS else value)
        return elastic(free, self)


@dataclass(frozen=True)
class Decisions:
    """The values of a plan, one array for each family of variables, in the rows of the problem.

    ``open`` (services, periods), ``options`` and ``cases`` (options, periods), ``shares`` (journeys, periods),
    ``unmet`` (demands, periods), ``hosting`` and ``lettings`` (rows, periods), shortfalls of what is elastic:
    ``volume_short`` (options, periods) and ``missing``, one for each of the problem's promises in its unit. Then the
    people hired, the stations, and what services are to each other. Steps and waiting follow from them:
    :mod:`redesaude_models.phasing`.
    """

    open: Flags
    options: Flags
    cases: Floats
    shares: Floats
    unmet: Floats
    hosting: Flags
    lettings: Flags
    volume_short: Floats
    missing: Floats = field(default_factory=lambda: np.zeros(0))
    hires: Hires = field(default_factory=Hires)
    response: Response = field(default_factory=Response)
    referral: Referral = field(default_factory=Referral)
