r"""The planning problem as the mathematics sees it: frozen arrays over sparse index sets.

Every row number below (a *demand*, a *service*, an *option*, a *journey*, ...) is an index into arrays of the same
length. Money is net present value in the currency of the base year, already priced by the finance engine:

* a cost of an **option** is paid when it is open, a *case cost* for each yearly case it treats;
* volumes (cases, capacities) are per year.

Arrays whose values may change with time have shape ``(rows, periods)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from redesaude_models.referral import Referral, Support, Tiers
from redesaude_models.resources import Emergency, Hires, LoadCeiling, Response, Workforce

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Specialties:
    """Rules of each specialty, arrays of shape ``(specialties,)``; -1 in a centre limit means no limit."""

    ids: tuple[str, ...]
    nearest: Flags
    single_source: Flags
    min_centres: Ints
    max_centres: Ints


@dataclass(frozen=True)
class Demand:
    """Pairs (territory i, specialty s) with cases: the rows of the demand balance.

    ``cases`` (per year) and ``unmet_cost`` (NPV of one yearly case sent away) are ``(demands, periods)``;
    where ``must_treat`` the share unmet is fixed at zero.
    """

    territory: Ints
    specialty: Ints
    cases: Floats
    unmet_cost: Floats
    must_treat: Flags


@dataclass(frozen=True)
class Services:
    """Pairs (site j, specialty s) at which the specialty may be open.

    ``existing`` services cost ``closing_cost`` (NPV) when not kept in the first period; ``required`` ones must be open.
    """

    site: Ints
    specialty: Ints
    existing: Flags
    required: Flags
    closing_cost: Floats


@dataclass(frozen=True)
class Options:
    """Ways (size l, contract c) to deliver a service (j, s): the rows of the binary z[j,s,l,c,p].

    ``capacity`` and ``min_cases`` are cases/year (capacity already at the planning occupancy); ``volume_price`` is the
    NPV of one yearly case below the minimum where ``volume_hard`` is false. ``cost`` (NPV when open), ``case_cost``
    (NPV for one yearly case) and ``volume_price`` are ``(options, periods)``; the first period holds all that follows
    from choosing the option then. ``value`` is the undiscounted contract value, ``works`` marks options that deliver
    works.
    """

    service: Ints
    size: tuple[str, ...]
    contract: Ints
    works: Flags
    capacity: Floats
    min_cases: Floats
    volume_hard: Flags
    volume_price: Floats
    cost: Floats
    case_cost: Floats
    value: Floats
    required_size: Flags


@dataclass(frozen=True)
class Steps:
    """What may happen to a service from one period to the next: the rows of step[s,p], p from the second period on.

    ``source`` and ``target`` are options, -1 for closed. ``cost`` (NPV, beyond what both states cost in their periods)
    and ``allowed`` are ``(steps, periods)``. ``settled`` (steps, periods) is the first period in which a service that
    took the step may take another: its works are done by then. ``first_settled`` (options,) is the same for an option
    chosen in the first period. ``works`` marks steps that begin works.
    """

    service: Ints
    source: Ints
    target: Ints
    works: Flags
    cost: Floats
    allowed: Flags
    settled: Ints
    first_settled: Ints


@dataclass(frozen=True)
class Waits:
    """Periods in which an ``option`` is not open yet for some of the time, because of a ``step`` taken in ``begun``.

    ``step`` -1 is the choice of the first period. A case assigned in ``period`` costs ``case_cost`` (NPV of a yearly
    case) more than one of the open service, less where negative.
    """

    option: Ints
    step: Ints
    begun: Ints
    period: Ints
    case_cost: Floats


def no_steps() -> Steps:
    """Return the steps of a problem in which nothing changes after the first period."""
    none, empty = np.zeros(0, dtype=np.int64), np.zeros((0, 0))
    return Steps(none, none, none, none > 0, empty, empty > 0, empty.astype(np.int64), none)


def no_waits() -> Waits:
    """Return the waits of a problem of one period: all waiting is in the costs of the options."""
    none = np.zeros(0, dtype=np.int64)
    return Waits(none, none, none, none, np.zeros(0))


@dataclass(frozen=True)
class Decided:
    """What is decided already: services that must be ``open`` and options ``barred``, ``(rows, periods)``."""

    open: Flags
    barred: Flags


@dataclass(frozen=True)
class Journeys:
    """Reachable triples (i, j, s): the rows of the share x[i,j,s,p].

    ``cost`` (journeys, periods) is the weighted NPV of the travel of one yearly case; minutes are one way.
    """

    demand: Ints
    service: Ints
    minutes: Floats
    cost: Floats


@dataclass(frozen=True)
class Pool:
    """Journeys that are no longer told apart: rows of demands that have some, and of services that take some.

    ``cost`` (demands, periods) is the NPV of the travel of one yearly case by the cheapest of them, ``limit``
    (services, periods) the yearly cases of all of them to a service. ``nearest`` are the pairs (demand, service) of
    those of specialties assigned to the nearest service: nobody is unmet within reach of an open one.
    """

    demand: Ints
    cost: Floats
    service: Ints
    limit: Floats
    nearest: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))


NO_POOL = Pool(np.zeros(0, dtype=np.int64), np.zeros((0, 1)), np.zeros(0, dtype=np.int64), np.zeros((0, 1)))


@dataclass(frozen=True)
class Hosting:
    """Pairs (site j, contract c) that are eligible: the rows of the binary w[j,c,p].

    ``cost`` (rows, periods) is the NPV of hosting any service; ``needs_works`` forbids the contract where nothing is
    built.
    """

    site: Ints
    contract: Ints
    let: Ints
    cost: Floats
    needs_works: Flags


@dataclass(frozen=True)
class Lettings:
    """Pairs (contract c, lot g): the rows of the binary b[c,g,p].

    ``cost`` and ``signing`` (rows, periods) are NPV: oversight in each period in which the contract runs (in the first
    with its transaction), and what letting it in a later period adds to that. ``min_value`` is the least undiscounted
    value of the lot's options under that contract.
    """

    contract: Ints
    lot: Ints
    cost: Floats
    min_value: Floats
    signing: Floats = field(default_factory=lambda: np.zeros((0, 0)))


@dataclass(frozen=True)
class AccessPromise:
    """At least ``share`` of the cases of ``demands`` on ``journeys`` (those within the standard), in ``period``.

    ``price`` is the NPV of one yearly case short of it, used when the promise is not ``hard``.
    """

    id: str
    specialty: int
    region: str
    minutes: float
    period: int
    share: float
    demands: Ints
    journeys: Ints
    hard: bool
    price: float


@dataclass(frozen=True)
class MoneyPromise:
    """At most ``limit``: sum(fixed * z + per_case * v) over ``options`` (+ all the other arrays over their rows).

    ``kind`` is ``capital`` (per period) or ``running``, ``ppp``, ``personnel`` (per year, undiscounted). ``steps``,
    ``agreements`` and ``transfers`` (currency/case) may be left out: those of the period then use nothing.
    ``price`` is the NPV of one unit of excess, used when the promise is not ``hard``.
    """

    id: str
    kind: Literal["capital", "running", "ppp", "personnel"]
    period: int
    limit: float
    fixed: Floats
    per_case: Floats
    hosting: Floats
    lettings: Floats
    hard: bool
    price: float
    steps: Floats = field(default_factory=lambda: np.zeros(0))
    agreements: Floats = field(default_factory=lambda: np.zeros(0))
    transfers: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class PlanningProblem:
    """Everything the model needs, and nothing else. Ids are for names of components and for reading the plan."""

    periods: tuple[str, ...]
    territories: tuple[str, ...]
    sites: tuple[str, ...]
    contracts: tuple[str, ...]
    lots: tuple[str, ...]
    specialties: Specialties
    demand: Demand
    services: Services
    options: Options
    journeys: Journeys
    hosting: Hosting
    lettings: Lettings
    max_services: Ints
    """most specialties at each site; -1: no limit"""
    max_contracts: Ints
    """most lots let under each contract; -1: no limit"""
    requires: Ints
    """(pairs, 2): service row, and the service row it needs at the same site (-1: none is possible)"""
    access: tuple[AccessPromise, ...]
    money: tuple[MoneyPromise, ...]
    pool: Pool = NO_POOL
    """journeys left out of ``journeys``, for bounds; empty in a problem as it is assembled"""
    constant: float = 0.0
    """NPV that no decision changes, so that objective and report agree"""
    steps: Steps = field(default_factory=no_steps)
    waits: Waits = field(default_factory=no_waits)
    decided: Decided | None = None
    precedence: Ints = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))
    """(rows, 3): a service row, the service row it may not be open before (-1: none), and by how many periods"""
    max_starts: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """most works begun in each period; -1, or left out: no limit"""
    loads: tuple[LoadCeiling, ...] = ()
    workforce: Workforce = field(default_factory=Workforce)
    emergency: Emergency = field(default_factory=Emergency)
    tiers: Tiers = field(default_factory=Tiers)
    support: Support = field(default_factory=Support)


@dataclass(frozen=True)
class Decisions:
    """The values of a plan, one array for each family of variables, in the rows of the problem.

    ``open`` (services, periods), ``options`` and ``cases`` (options, periods), ``shares`` (journeys, periods),
    ``unmet`` (demands, periods), ``hosting`` and ``lettings`` (rows, periods), shortfalls of the elastic promises:
    ``access_short`` and ``money_short`` (one for each promise, in order), ``volume_short`` (options, periods). Then the
    excess over each load ceiling (cases/year), the people hired, the stations, and what services are to each other.
    Steps and waiting follow from them:
    :mod:`redesaude_models.phasing`.
    """

    open: Flags
    options: Flags
    cases: Floats
    shares: Floats
    unmet: Floats
    hosting: Flags
    lettings: Flags
    access_short: Floats
    money_short: Floats
    volume_short: Floats
    load_excess: Floats = field(default_factory=lambda: np.zeros(0))
    hires: Hires = field(default_factory=Hires)
    response: Response = field(default_factory=Response)
    referral: Referral = field(default_factory=Referral)
