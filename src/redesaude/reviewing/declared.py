"""The one declaration of the workbook in which is typed what was done: its sheets, columns, and what each cell means.

Writer, reader, checks, drop-downs and dictionary follow from it, as those of the input do. Every sheet has a row for
each thing that is due or running, known by its ``row_id``; the sheet ``unplanned`` takes what the plan has not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from redesaude.inputs.tables.declaration import Column, Form, Table
from redesaude.inputs.tables.units import MINUTES, MONEY, PEOPLE, SHARE
from redesaude.inputs.tables.vocabulary import ALL, DIRECTIONS
from redesaude.language import N_

FORMAT, FORMAT_PROPERTY = 1, "redesaude_actuals_format"
DATE = N_("date")
#: cases of the time that is reported, not of a year
_CASES = N_("cases")
SHEET = "report"
#: promises and indicators may be of money, of which there is much in some currencies
_MOST = 1e18

_HEAD = (
    Column("row_id", "id", N_("what the row is about: leave it as it is"), required=True),
    Column("region_id", "text", N_("code of the health region"), words=(ALL,)),
    Column("region", "text", N_("health region")),
    Column("fills", "text", N_("who is to fill in the row")),
    Column("what", "text", N_("what was planned")),
)
_AS_PLANNED = Column("as_planned", "flag", N_("yes: all of the row as planned; blank: as the other cells say"))
_TAIL = (Column("reason", "text", N_("why it came otherwise")), Column("note", "text", N_("remark")))


class State(StrEnum):
    """How far something is that is to be done."""

    DONE = "done"
    UNDER_WAY = "under_way"
    NOT_DONE = "not_done"
    DROPPED = "dropped"


def _number(name: str, meaning: str, unit: str, high: float | None = None) -> Column:
    return Column(name, "number", meaning, unit, low=0, high=high)


def _sheet(name: str, row: str, given: tuple[Column, ...], typed: tuple[Column, ...]) -> Table:
    """A sheet with a row for each thing that is due: columns that are ``given``, and those to be typed beside them."""
    return Table(name, row, (*_HEAD, *given, _AS_PLANNED, *typed, *_TAIL), key=("row_id",))


_STATES = (
    Column(
        "state",
        "choice",
        N_("how far it is; done needs done_on, dropped: it will not be done"),
        choices=tuple(State),
    ),
    Column("done_on", "text", N_("day on which it was done"), DATE),
    Column("expected_on", "text", N_("day on which it is expected now, where it is not done"), DATE),
)

REPORT = Table(
    SHEET,
    N_("what the workbook is about: one row"),
    (
        Column("scenario", "text", N_("name of the scenario: leave it as it is"), required=True),
        Column("begins", "text", N_("first day reported"), DATE, required=True),
        Column("cutoff", "text", N_("last day reported"), DATE, required=True),
        Column("reported_by", "text", N_("who fills in the workbook")),
        Column("example", "flag", N_("yes: invented figures, to show how a review is made")),
        Column("note", "text", N_("remark")),
    ),
    key=("scenario",),
    required=True,
)
MILESTONES = _sheet(
    "milestones",
    N_("a milestone that was due or has begun"),
    (
        Column("planned_on", "text", N_("day on which it was to be done"), DATE),
        _number("planned_cost", N_("what the works were to cost in all, whoever finances them"), MONEY),
    ),
    (
        *_STATES,
        _number("cost", N_("what they cost in all, prices of the base year"), MONEY),
    ),
)
SERVICES = _sheet(
    "services",
    N_("a service that was to run"),
    (
        _number("planned_cases", N_("cases it was to treat"), _CASES),
        _number("planned_minutes", N_("mean journey to it, one way, as planned"), MINUTES),
        _number("planned_cost", N_("what running it was to cost, payments included"), MONEY),
    ),
    (
        _number("cases", N_("cases treated"), _CASES),
        _number("minutes", N_("mean journey of those treated, one way"), MINUTES),
        _number("cost", N_("what running it cost, prices of the base year"), MONEY),
        _number("staff", N_("people who work in it, full-time"), PEOPLE),
    ),
)
CONTRACTS = _sheet(
    "contracts",
    N_("a contract under which a contractor is paid; its payments are among the costs of services"),
    (_number("planned_payment", N_("what it was to be paid"), MONEY),),
    (_number("payment", N_("what it was paid, prices of the base year"), MONEY),),
)
QUALITY = _sheet(
    "quality",
    N_("an indicator of quality by which a contract is paid"),
    (
        Column("target", "text", N_("what is to be reached, with its unit")),
        _number("weight", N_("share of the payment at stake"), SHARE, 1),
        _number("planned_attainment", N_("part of the target that the plan expects to be reached"), SHARE, 1),
    ),
    (
        _number("attainment", N_("part of the target reached, as measured"), SHARE, 1),
        _number("deducted", N_("what was taken off the payments for it"), MONEY),
    ),
)
PROMISES = _sheet(
    "promises",
    N_("a promise of the plan, for a whole year"),
    (
        _number("planned_limit", N_("what is promised, in the unit of the promise"), "", _MOST),
        _number("planned_value", N_("what the plan reaches"), "", _MOST),
    ),
    (_number("value", N_("what was reached, in the same unit, for a whole year"), "", _MOST),),
)
AGREEMENTS = _sheet(
    "agreements",
    N_("an agreement between two hospitals, or a technique handed over"),
    (
        Column("planned_on", "text", N_("day on which it was to be done"), DATE),
        _number("planned_trained", N_("people to be trained"), PEOPLE),
    ),
    (
        *_STATES,
        _number("trained", N_("people trained so far"), PEOPLE),
    ),
)
INDICATORS = _sheet(
    "indicators",
    N_("an indicator of the scenario, for a whole year"),
    (
        Column("unit", "text", N_("unit")),
        Column("direction", "choice", N_("which is better"), choices=DIRECTIONS),
        Column("planned_target", "number", N_("what it is to reach in the year"), low=-_MOST, high=_MOST),
        Column(
            "planned_value",
            "number",
            N_("what the plan reaches; where the plan does not say it, the target"),
            low=-_MOST,
            high=_MOST,
        ),
    ),
    (Column("value", "number", N_("what was reached, for a whole year"), low=-_MOST, high=_MOST),),
)
UNPLANNED = Table(
    "unplanned",
    N_("something done that the plan has not"),
    (
        Column("what", "text", N_("what was done"), required=True),
        Column("site_id", "text", N_("code of the site, as in the scenario; blank: none")),
        Column("specialty_id", "text", N_("code of the specialty; blank: none")),
        Column("done_on", "text", N_("day on which it was done"), DATE),
        _number("cost", N_("what it cost, prices of the base year"), MONEY),
        _number("cases", N_("cases it treated"), _CASES),
        *_TAIL,
    ),
    key=(),
)


class Kind(StrEnum):
    """How what several reports say of one thing is put together."""

    SUM = "sum"  # reports of parts of the year add up
    MEAN = "mean"  # they are weighted by their days
    YEARLY = "yearly"  # so are those of the latest year, which holds
    LATEST = "latest"  # the last one holds


@dataclass(frozen=True)
class Measure:
    """A column to be typed: the column that holds what was planned (blank: none), and how reports are put together."""

    name: str
    planned: str
    kind: Kind = Kind.LATEST


#: what is typed in each sheet of rows, beside state, reason and note
MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "milestones": (Measure("cost", "planned_cost"),),
    "services": (
        Measure("cases", "planned_cases", Kind.SUM),
        Measure("minutes", "planned_minutes", Kind.MEAN),
        Measure("cost", "planned_cost", Kind.SUM),
        Measure("staff", "", Kind.MEAN),
    ),
    "contracts": (Measure("payment", "planned_payment", Kind.SUM),),
    "quality": (Measure("attainment", "planned_attainment", Kind.MEAN), Measure("deducted", "", Kind.SUM)),
    "promises": (Measure("value", "planned_value", Kind.MEAN),),
    "indicators": (Measure("value", "planned_value", Kind.YEARLY),),
    "agreements": (Measure("trained", "planned_trained"),),
}
#: sheets whose rows are done at a date
DATED = ("milestones", "agreements")
#: words typed anywhere
WORDS = ("reason", "note")

_ROWS = (MILESTONES, SERVICES, CONTRACTS, QUALITY, PROMISES, INDICATORS, AGREEMENTS)
_GIVEN = {column.name for column in _HEAD} | {"target", "weight", "scenario", "unit", "direction"}
ACTUALS = Form(
    (REPORT, *_ROWS, UNPLANNED),
    FORMAT_PROPERTY,
    FORMAT,
    frozenset(_GIVEN | {c.name for table in _ROWS for c in table.columns if c.name.startswith("planned_")}),
)
