"""The lines of cost of a plan, each declared once: what it is, what makes it, who pays it, and which ceiling counts it.

Every list of lines in the program (payers, ceilings, sheets, groups of the report, targets of risks) is a question
asked of this table. A new line is a row here; a line that is met and not declared here is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from redesaude.errors import FaultError
from redesaude.language import N_


class Kind(StrEnum):
    """What a line is to public budgets; the first two are spent, and are the kinds of ceilings on the sheet funding."""

    CAPITAL = "capital"  # paid once, for what is then there: counted in the period in which it is decided
    RUNNING = "running"  # what providing care takes every year, and the people made ready for it
    CREDIT = "credit"  # comes back, to whichever budget: it enlarges no ceiling
    BORNE = "borne"  # a price on what patients and society bear: no budget pays it
    SHORTFALL = "shortfall"  # the stated price of a promise missed: nobody pays it


#: kinds that public budgets spend: each line of them is counted by every ceiling of its kind that covers it
SPENT = (Kind.CAPITAL, Kind.RUNNING)


class Source(StrEnum):
    """What makes a line."""

    SERVICE = "service"  # a service under its contract, by the finance engine
    SITE = "site"  # a site that hosts any service
    LETTING = "letting"  # a contract let for a lot
    CLOSING = "closing"  # a service of today that closes
    STATION = "station"  # an emergency station and its ambulances
    STAFF = "staff"  # people trained and recruited
    NETWORK = "network"  # what services are to each other: agreements and transfers
    JOURNEY = "journey"  # journeys of patients
    DEMAND = "demand"  # cases that nobody treats
    PROMISE = "promise"  # promises missed


class Group(StrEnum):
    """Under which heading the report tells a line."""

    CAPITAL = "capital"
    RUNNING = "running"
    PAYMENTS = "payments"
    LETTING = "letting"
    PEOPLE = "people"
    WAITING = "waiting"
    SHORTFALL = "shortfall"


@dataclass(frozen=True)
class Line:
    """A line of cost: its name in planner's words and what it is.

    ``payer`` is who pays what no contract shares; of a ``shared`` line municipalities pay what the state does not.
    ``financed`` lines are works, which a project company or a provider may finance instead of the budget. A ``bid`` is
    paid as a bidder offered it, and may be discounted at a rate of its own.
    """

    title: str
    meaning: str
    kind: Kind
    sources: tuple[Source, ...]
    group: Group
    payer: str = "state"
    shared: bool = False
    financed: bool = False
    bid: bool = False


#: every line of cost, in the order of the report
LINES: Mapping[str, Line] = MappingProxyType(
    {
        "works": Line(
            N_("Works and equipment"),
            N_("building and equipping, as planned"),
            Kind.CAPITAL,
            (Source.SERVICE,),
            Group.CAPITAL,
            financed=True,
        ),
        "overrun": Line(
            N_("Cost overruns of works"),
            N_("what works are expected to cost beyond the plan"),
            Kind.CAPITAL,
            (Source.SERVICE,),
            Group.CAPITAL,
            financed=True,
        ),
        "public_contribution": Line(
            N_("Public contribution to works"),
            N_("paid to a project company while it builds"),
            Kind.CAPITAL,
            (Source.SERVICE,),
            Group.CAPITAL,
        ),
        "residual": Line(
            N_("Value handed back"),
            N_("what works are still worth at the end of the horizon, as a credit"),
            Kind.CREDIT,
            (Source.SERVICE,),
            Group.CAPITAL,
            payer="asset",
        ),
        "lifecycle": Line(
            N_("Renewal"),
            N_("replacing equipment and building parts over the years"),
            Kind.RUNNING,
            (Source.SERVICE,),
            Group.CAPITAL,
        ),
        "fixed_running": Line(
            N_("Fixed running cost"),
            N_("staff and upkeep paid whether or not patients come"),
            Kind.RUNNING,
            (Source.SERVICE,),
            Group.RUNNING,
            shared=True,
        ),
        "case_running": Line(
            N_("Cost of cases"),
            N_("supplies and services used by each case treated"),
            Kind.RUNNING,
            (Source.SERVICE,),
            Group.RUNNING,
            shared=True,
        ),
        "hosting": Line(
            N_("Running the site"),
            N_("cost of a site that hosts any service"),
            Kind.RUNNING,
            (Source.SITE,),
            Group.RUNNING,
        ),
        "training": Line(
            N_("Training staff"),
            N_("people trained for the services, once for each"),
            Kind.RUNNING,
            (Source.STAFF,),
            Group.RUNNING,
        ),
        "recruitment": Line(
            N_("Recruiting staff"),
            N_("what people recruited cost beyond the pay of the services"),
            Kind.RUNNING,
            (Source.STAFF,),
            Group.RUNNING,
        ),
        "station_works": Line(
            N_("Building emergency stations"),
            N_("works and equipment of new stations"),
            Kind.CAPITAL,
            (Source.STATION,),
            Group.CAPITAL,
        ),
        "station_running": Line(
            N_("Running emergency stations"),
            N_("fixed cost of the stations that are open"),
            Kind.RUNNING,
            (Source.STATION,),
            Group.RUNNING,
        ),
        "ambulances": Line(
            N_("Ambulances"),
            N_("ambulances on duty with their crews"),
            Kind.RUNNING,
            (Source.STATION,),
            Group.RUNNING,
        ),
        "support": Line(
            N_("Support of satellites"),
            N_("agreements between hubs and satellites, on both sides"),
            Kind.RUNNING,
            (Source.NETWORK,),
            Group.RUNNING,
        ),
        "transfer": Line(
            N_("Transfers"),
            N_("ambulance and crew for cases sent up to another hospital"),
            Kind.RUNNING,
            (Source.NETWORK,),
            Group.RUNNING,
        ),
        "unitary_payment": Line(
            N_("Payments to project companies"),
            N_("yearly payment of a PPP for the works and what it runs"),
            Kind.RUNNING,
            (Source.SERVICE,),
            Group.PAYMENTS,
            bid=True,
        ),
        "provider_payment": Line(
            N_("Payments to providers"),
            N_("transfers to social organisations, consortia, foundations and hospitals for services bought"),
            Kind.RUNNING,
            (Source.SERVICE,),
            Group.PAYMENTS,
        ),
        "taxes_returned": Line(
            N_("Taxes that return"),
            N_("contractors' taxes that come back to the budgets that count, as a credit"),
            Kind.CREDIT,
            (Source.SERVICE,),
            Group.PAYMENTS,
            payer="government",
        ),
        "design": Line(
            N_("Design of works"),
            N_("studies, projects and licences that the public side pays before works are let"),
            Kind.CAPITAL,
            (Source.SERVICE,),
            Group.LETTING,
        ),
        "supervision": Line(
            N_("Supervision of works"),
            N_("those who measure and accept the works for the public side, while they go on"),
            Kind.CAPITAL,
            (Source.SERVICE,),
            Group.LETTING,
        ),
        "transaction": Line(
            N_("Letting contracts"),
            N_("studies, advisers and the tender, once for a lot"),
            Kind.CAPITAL,
            (Source.SERVICE, Source.LETTING),
            Group.LETTING,
        ),
        "oversight": Line(
            N_("Managing and overseeing contracts"),
            N_("the team that manages and oversees the contracts, every year"),
            Kind.RUNNING,
            (Source.LETTING,),
            Group.LETTING,
        ),
        "waiting": Line(
            N_("Waiting for the opening"),
            N_("cases that nobody treats during procurement and works, at their price and weight"),
            Kind.BORNE,
            (Source.SERVICE,),
            Group.WAITING,
            payer="society",
        ),
        "elsewhere": Line(
            N_("Care elsewhere until the opening"),
            N_("people whom others treat meanwhile, at no less than the open service would cost"),
            Kind.BORNE,
            (Source.SERVICE,),
            Group.PEOPLE,
            payer="society",
        ),
        "closing": Line(
            N_("Closing services"),
            N_("cost of closing services that exist today"),
            Kind.CAPITAL,
            (Source.CLOSING,),
            Group.LETTING,
        ),
        "unmet": Line(
            N_("Cases sent away"),
            N_("cases not treated inside the network, at their stated cost"),
            Kind.BORNE,
            (Source.DEMAND,),
            Group.PEOPLE,
            payer="society",
        ),
        "travel": Line(
            N_("Patients' travel"),
            N_("journeys of patients and companions, at the stated weight"),
            Kind.BORNE,
            (Source.JOURNEY,),
            Group.PEOPLE,
            payer="patients",
        ),
        **{
            f"shortfall_{name}": Line(title, meaning, Kind.SHORTFALL, (Source.PROMISE,), Group.SHORTFALL, payer="")
            for name, title, meaning in (
                ("access", N_("Access promises missed"), N_("price of access shortfalls")),
                ("money", N_("Money limits exceeded"), N_("price of spending beyond a limit")),
                ("volume", N_("Volumes below the minimum"), N_("price of too few cases at a service")),
                ("count", N_("Limits of number exceeded"), N_("price of services open above a limit of number")),
                ("programme", N_("Programme targets missed"), N_("price of targets of all specialties missed")),
                ("load", N_("Load ceilings exceeded"), N_("price of cases from outside above a ceiling")),
                ("workforce", N_("Staff missing"), N_("price of people whom the services lack")),
                ("emergency", N_("Emergency promises missed"), N_("price of people, ambulances or windows short")),
            )
        },
    }
)


def line_of(name: str) -> Line:
    """Return the line ``name``.

    Raises
    ------
    FaultError
        where no such line is declared.

    """
    if name not in LINES:
        raise FaultError(f"the cost line {name!r} is not declared")
    return LINES[name]


def lines_where(chosen: Callable[[Line], bool]) -> tuple[str, ...]:
    """Return the names of the lines that are ``chosen``, in order."""
    return tuple(name for name, line in LINES.items() if chosen(line))


def of_kind(*kinds: Kind) -> tuple[str, ...]:
    """Return the names of the lines of these kinds, in order."""
    return lines_where(lambda line: line.kind in kinds)


def of_source(*sources: Source) -> tuple[str, ...]:
    """Return the names of the lines that any of these sources makes, in order."""
    return lines_where(lambda line: any(source in line.sources for source in sources))


#: what services spend of public budgets, by kind
SERVICE_LINES: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {kind: tuple(name for name in of_kind(kind) if Source.SERVICE in LINES[name].sources) for kind in SPENT}
)

#: what running services takes every year, whoever is paid for it
CARE_LINES = SERVICE_LINES[Kind.RUNNING]

#: lines that a consortium's municipalities share
SHARED_LINES = lines_where(lambda line: line.shared)

#: works, whoever finances them
WORKS_LINES = lines_where(lambda line: line.financed)

#: lines of commissioning: what it takes the public side to have works and services done, under any delivery model
COMMISSIONING_LINES = lines_where(lambda line: line.group is Group.LETTING and Source.CLOSING not in line.sources)


class Table(StrEnum):
    """A table of the report that tells some of the lines; every line besides stands under its group on sheet costs."""

    COMMISSIONING = "value: with and without commissioning"
    TERM_WORKS = "term_sheets: works"
    TERM_RUNNING = "term_sheets: paid every year where no contractor is paid by a line of its own"


#: where lines are told
PRINTED: Mapping[Table, tuple[str, ...]] = MappingProxyType(
    {
        Table.COMMISSIONING: COMMISSIONING_LINES,
        Table.TERM_WORKS: WORKS_LINES,
        Table.TERM_RUNNING: lines_where(
            lambda line: line.kind is Kind.RUNNING and line.group in (Group.RUNNING, Group.CAPITAL)
        ),
    }
)

#: lines of services that a risk may touch
RISKY_LINES = lines_where(lambda line: Source.SERVICE in line.sources and line.kind is not Kind.CREDIT)


def declared(names: Iterable[str]) -> None:
    """Raise FaultError where one of ``names`` is no declared line."""
    for name in names:
        line_of(name)
