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
    where ``must_treat`` the share unmet is fixed at zero. ``unruled`` rows follow no assignment rule of their specialty
    (None: every row follows it).
    """

    territory: Ints
    specialty: Ints
    cases: Floats
    unmet_cost: Floats
    must_treat: Flags
    unruled: Flags | None = None

    def following(self, rule: Flags) -> Flags:
        """Return which rows follow a ``rule`` of specialties, shape ``(specialties,)``."""
        follows = rule[self.specialty]
        return follows if self.unruled is None else follows & ~self.unruled


@dataclass(frozen=True)
class Services:
    """Pairs (site j, specialty s) at which the specialty may be open.

    ``existing`` services cost ``closing_cost`` (NPV) when not kept; ``required`` ones must be open.
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
    NPV of one yearly case below the minimum where ``volume_hard`` is false. ``cost`` (NPV when open) and ``case_cost``
    (NPV for one yearly case) are ``(options, periods)``. ``value`` is the undiscounted contract value, ``works`` marks
    options that deliver works.
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
class Journeys:
    """Reachable triples (i, j, s): the rows of the share x[i,j,s,p].

    ``cost`` (journeys, periods) is the weighted NPV of the travel of one yearly case; minutes are one way.
    """

    demand: Ints
    service: Ints
    minutes: Floats
    cost: Floats


@dataclass(frozen=True)
class Hosting:
    """Pairs (site j, contract c) that are eligible: the rows of the binary w[j,c].

    ``cost`` is the NPV of hosting any service; ``needs_works`` forbids the contract where nothing is built.
    """

    site: Ints
    contract: Ints
    let: Ints
    cost: Floats
    needs_works: Flags


@dataclass(frozen=True)
class Lettings:
    """Pairs (contract c, lot g): the rows of the binary b[c,g], with transaction and oversight (NPV) paid once.

    ``min_value`` is the least undiscounted value of the lot's options under that contract.
    """

    contract: Ints
    lot: Ints
    cost: Floats
    min_value: Floats


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
    """At most ``limit``: sum(fixed * z + per_case * v) over ``options`` (+ ``hosting``, ``lettings`` amounts).

    ``kind`` is ``capital`` (per period) or ``running``, ``ppp``, ``personnel`` (per year, undiscounted).
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
    constant: float = 0.0
    """NPV that no decision changes, so that objective and report agree"""
    loads: tuple[LoadCeiling, ...] = ()
    workforce: Workforce = field(default_factory=Workforce)
    emergency: Emergency = field(default_factory=Emergency)


@dataclass(frozen=True)
class Decisions:
    """The values of a plan, one array for each family of variables, in the rows of the problem.

    ``open`` (services, periods), ``options`` and ``cases`` (options, periods), ``shares`` (journeys, periods),
    ``unmet`` (demands, periods), ``hosting`` (rows,), ``lettings`` (rows,), shortfalls of the elastic promises:
    ``access_short`` and ``money_short`` (one for each promise, in order), ``volume_short`` (options, periods). Then the
    excess over each load ceiling (cases/year), the people hired, and the stations.
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
