"""The plan: what was decided, what it costs, what it promises, and how far it may be from the best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from redesaude.columns import EMERGENCY, LOADS, STATIONS, WORKFORCE
from redesaude.errors import Fault
from redesaude.inputs.scenario import Scenario
from redesaude.language import Said, translator
from redesaude.plan.certificate import Certificate
from redesaude.status import Status, Termination

#: columns of the tables of a plan; the first four are written as CSV under ``tables/`` with these names first
OPENINGS = (
    "site_id",
    "specialty_id",
    "size_id",
    "contract_id",
    "period_id",
    "cases",
    "capacity",
    "npv",
    "status",
    "change",
)
ASSIGNMENTS = ("territory_id", "site_id", "specialty_id", "period_id", "share", "cases", "minutes")
ACCESS = (
    "specialty_id",
    "region_id",
    "period_id",
    "population",
    "share_within_standard",
    "mean_minutes",
    "p90_minutes",
    "max_minutes",
    "target",
    "met",
    "cases",
    "cases_unmet",
    "minutes_standard",
)
COSTS = ("site_id", "specialty_id", "contract_id", "line", "period_id", "npv")
UNMET = ("territory_id", "specialty_id", "period_id", "share", "cases", "npv")
PROMISES = (
    "promise_id",
    "kind",
    "specialty_id",
    "region_id",
    "period_id",
    "limit",
    "achieved",
    "shortfall",
    "hard",
    "met",
    "npv",
    "site_id",
    "area",
    "role_id",
    "limit_id",
    "minutes",
    "share",
)
TRANSFERS = (
    "specialty_id",
    "from_site_id",
    "to_site_id",
    "period_id",
    "severity_above",
    "severity_upto",
    "cases",
    "minutes",
    "npv",
)
SUPPORT = (
    "specialty_id",
    "hub_site_id",
    "satellite_site_id",
    "period_id",
    "first_year",
    "last_year",
    "hub_cost",
    "satellite_cost",
    "sent_before",
    "sent_after",
    "npv",
)


@dataclass(frozen=True)
class Check:
    """One line of the audit: what was recomputed, the worst deviation found, and the tolerance it was held to."""

    name: str
    passed: bool
    worst: float
    tolerance: float
    detail: str = ""


@dataclass(frozen=True)
class Audit:
    """The audit of a plan: every check, and whether all passed."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """True when every check passed."""
        return all(check.passed for check in self.checks)


@dataclass(frozen=True)
class Certified:
    """What the certificate of a plan proves without a solver: the ``bound`` (NPV; None: there is no certificate, for
    the ``reason``, of :class:`~redesaude.status.NoCertificate`), with so many ``leaves``.
    """

    bound: float | None = None
    leaves: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Aim:
    """What a plan was made to be best at (the setting ``objective``), beside its cost.

    Attributes
    ----------
    measure : ``access`` or ``healthy_years``.
    reached : of access the share of all cases within the standard of their specialty (0-1), otherwise healthy years a
        year; in the last period.
    limit : proven: no plan within the ceiling reaches more.
    money : the ceiling on the net present cost (currency); None: there is none.

    """

    measure: str
    reached: float
    limit: float
    money: float | None = None


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


@dataclass(frozen=True)
class Plan:
    """A plan and its evidence. Money is net present value in the scenario's currency of the base year.

    Attributes
    ----------
    objective, bound : net present cost of the plan and the proven lower bound on that of any plan; None if unknown.
    gap : ``(objective - bound) / |objective|``, None if either is unknown.
    openings : one row for each open service and period, columns :data:`OPENINGS`; cases and capacity per year;
        ``npv`` falls due in the period. ``status`` says what became of today's service (``new`` where there is none,
        ``kept``, ``resized`` or ``converted``), ``change`` what happened since the period before (``new``, ``kept``,
        ``enlarged`` or ``converted``; today comes before the first).
    assignments : who is treated where, columns :data:`ASSIGNMENTS`; minutes one way.
    access : by specialty and region (``all`` = whole area), columns :data:`ACCESS`.
    costs : cost lines by the period in which they fall due (after the horizon: the last), columns :data:`COSTS`; they
        add up to the objective. A line that belongs to a whole site has a blank specialty; one that belongs to no site
        (unmet cases, shortfalls) has a blank site.
    unmet : cases sent away, columns :data:`UNMET`. promises : each promise, columns :data:`PROMISES`.
    loads : each load ceiling, columns :data:`LOADS`; cases per year, ``today`` as stated (NaN: not stated).
    workforce : each role and area, columns :data:`WORKFORCE`, full-time people; trained and recruited in the period,
        available with all those added so far; ``binding`` where nobody is to spare.
    stations : the emergency stations that are open, columns :data:`STATIONS`; status ``new`` or ``existing``.
    emergency : what they achieve by region, columns :data:`EMERGENCY`: people covered and covered twice, ambulances (of
        all people), cases treated in their window.
    transfers : cases sent up from one service to another, columns :data:`TRANSFERS`: severities as shares of all cases
        of the specialty, the mildest first; cases per year, minutes one way.
    support : agreements between hubs and satellites, columns :data:`SUPPORT`: the period in which the satellite starts,
        the years of support, what both sides pay a year, the share of its cases that it sends up before and after its
        skills have matured.
    certified : what can be proven without a solver, and certificate : what from; it is kept in a file of its own and is
        no part of what makes two plans equal.
    seconds : time of each phase. work : iterations of the solver and steps of our own. deterministic : whether the same
        input, seed and work give this very plan again, however busy the machine is.
    causes : why there is no plan, as sentences to be told in any language. aim : what it was made to be best at, where
        that is not its cost.
    faults : what went wrong on the way, of our own; the plan and its bound do not rest on it. begun : the openings of
        the plans that the search began from, for whoever runs it again; they are not kept with the plan.

    """

    scenario: Scenario
    status: Status
    termination: Termination
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    openings: pd.DataFrame = field(default_factory=lambda: _empty(OPENINGS))
    assignments: pd.DataFrame = field(default_factory=lambda: _empty(ASSIGNMENTS))
    access: pd.DataFrame = field(default_factory=lambda: _empty(ACCESS))
    costs: pd.DataFrame = field(default_factory=lambda: _empty(COSTS))
    unmet: pd.DataFrame = field(default_factory=lambda: _empty(UNMET))
    promises: pd.DataFrame = field(default_factory=lambda: _empty(PROMISES))
    loads: pd.DataFrame = field(default_factory=lambda: _empty(LOADS))
    workforce: pd.DataFrame = field(default_factory=lambda: _empty(WORKFORCE))
    stations: pd.DataFrame = field(default_factory=lambda: _empty(STATIONS))
    emergency: pd.DataFrame = field(default_factory=lambda: _empty(EMERGENCY))
    transfers: pd.DataFrame = field(default_factory=lambda: _empty(TRANSFERS))
    support: pd.DataFrame = field(default_factory=lambda: _empty(SUPPORT))
    audit: Audit = Audit(())
    certified: Certified = Certified()
    certificate: Certificate | None = field(default=None, compare=False, repr=False)
    seconds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    variables: int = 0
    constraints: int = 0
    engine: str = "direct"
    seed: int = 0
    work: int = 0
    deterministic: bool = False
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    log: tuple[str, ...] = ()
    causes: tuple[Said, ...] = ()
    aim: Aim | None = None
    faults: tuple[Fault, ...] = ()
    begun: tuple[pd.DataFrame, ...] = field(default=(), compare=False, repr=False)

    @property
    def reason(self) -> tuple[str, ...]:
        """Why there is no plan, in the language of the scenario."""
        return tuple(map(translator(self.scenario.settings.language).tell, self.causes))

    @property
    def turnover(self) -> float:
        """The money that the plan moves (NPV), whatever the sign of its lines."""
        return float(self.costs["npv"].abs().sum())

    @property
    def has_decisions(self) -> bool:
        """True when there is a plan to read (optimal or feasible)."""
        return self.status in (Status.OPTIMAL, Status.FEASIBLE)
