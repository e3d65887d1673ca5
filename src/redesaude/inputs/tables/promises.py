"""What the plan promises on access, on load and on staff."""

from __future__ import annotations

from redesaude.inputs.tables.declaration import Column, Table, area, elastic, from_year, period, specialty, waits
from redesaude.inputs.tables.units import CASES, MINUTES, MONEY_CASE, PEOPLE, SHARE
from redesaude.inputs.tables.vocabulary import ALL
from redesaude.language import N_

ACCESS_TARGETS = Table(
    "access_targets",
    N_("an access promise beyond the specialties sheet"),
    (
        specialty(N_("specialty, or all"), or_all=True),
        area(each=True),
        period(),
        from_year(),
        Column("minutes", "number", N_("standard; blank: the specialty's"), MINUTES, low=0),
        Column("share", "number", N_("share of cases within it"), SHARE, True, low=0, high=1),
        *elastic(MONEY_CASE),
        waits(),
    ),
    key=("specialty_id", "region_id", "period_id", "minutes", "from_year"),
    read_by=("audit", "status_quo"),
)

PROGRAMME_TARGETS = Table(
    "programme_targets",
    N_("a target of the whole programme: what all specialties together reach or take"),
    (
        Column(
            "measure",
            "choice",
            N_(
                "access: cases within the standard of their specialty; healthy_years: healthy years gained; "
                "travel: hours of patients and companions on the road; services: services open"
            ),
            required=True,
            choices=("access", "healthy_years", "travel", "services"),
        ),
        area(N_("whose people, or where; all: whole area; each, each_macroregion: every one by itself"), each=True),
        period(),
        Column(
            "amount",
            "number",
            N_("access: least share (0-1); healthy_years: least a year; travel: most hours a year; services: most"),
            required=True,
            low=0,
        ),
        *elastic(N_("currency/case, year or hour each year, or service and year")),
        waits(),
    ),
    key=("measure", "region_id", "period_id"),
    read_by=("audit", "status_quo"),
)

LOAD_CEILINGS = Table(
    "load_ceilings",
    N_("a ceiling on the cases that a hub takes from outside its area"),
    (
        Column("site_id", "reference", N_("the hub"), required=True, refers="sites.site_id"),
        specialty(N_("specialty; all: all of them together"), or_all=True),
        Column(
            "area",
            "choice",
            N_("outside of what: the hub's health region, or its macro-region"),
            default="region",
            choices=("region", "macroregion"),
        ),
        period(),
        from_year(),
        Column("cases", "number", N_("most cases from outside"), CASES, True, low=0),
        Column(
            "today_cases",
            "number",
            N_("cases from outside today; blank: what would come in the network of today"),
            CASES,
            low=0,
        ),
        *elastic(MONEY_CASE),
    ),
    key=("site_id", "specialty_id", "area", "period_id"),
    read_by=("audit", "status_quo"),
    locates=True,
)

WORKFORCE = Table(
    "workforce",
    N_("the people of a role in an area, and how many more there may be"),
    (
        Column("role_id", "id", N_("code of the role, e.g. neurologist"), required=True),
        Column("name", "text", N_("name")),
        area(N_("where they may work: a region or macro-region; all: anywhere"), default=ALL),
        period(),
        Column("stock", "number", N_("people for these services without any plan, full-time"), PEOPLE, True, low=0),
        Column("training_max", "number", N_("most people trained in the period"), PEOPLE, default=0.0, low=0),
        Column(
            "training_cost",
            "number",
            N_("cost of training one, in the first year of the period"),
            N_("currency/person"),
            default=0.0,
            low=0,
        ),
        Column("recruitment_max", "number", N_("most people recruited in the period"), PEOPLE, default=0.0, low=0),
        Column(
            "recruitment_cost",
            "number",
            N_("what one recruited costs beyond the pay of the services, from then on"),
            N_("currency/person/year"),
            default=0.0,
            low=0,
        ),
        *elastic(N_("currency/person/year")),
    ),
    key=("role_id", "region_id", "period_id"),
    locates=True,
    read_by=("audit", "status_quo"),
)

STAFFING = Table(
    "staffing",
    N_("the staff of a role that a service needs"),
    (
        specialty(),
        Column("size_id", "text", N_("size; blank: every size")),
        Column("role_id", "reference", N_("role"), required=True, refers="workforce.role_id"),
        Column("fte", "number", N_("full-time people that an open service needs"), PEOPLE, default=0.0, low=0),
        Column(
            "cases_per_fte",
            "number",
            N_("cases for which one more full-time person is needed; blank: none"),
            CASES,
            low=0.001,
        ),
    ),
    key=("specialty_id", "size_id", "role_id"),
    read_by=("audit", "status_quo"),
)

CENTRE_LIMITS = Table(
    "centre_limits",
    N_("at most so many centres of a specialty in a region or macro-region"),
    (
        specialty(N_("specialty; all: each of them by itself"), or_all=True),
        area(N_("region, macro-region; all: whole area; each, each_macroregion: every one by itself"), each=True),
        period(),
        from_year(),
        Column("centres", "integer", N_("most sites there with the specialty open"), required=True, low=0),
        *elastic(N_("currency/centre/year")),
    ),
    key=("specialty_id", "region_id", "period_id"),
    read_by=("audit", "status_quo"),
    locates=True,
)

PILOTS = Table(
    "pilots",
    N_("a contract that runs a few sites first, and more only from a year on"),
    (
        Column("contract_id", "reference", N_("contract"), required=True, refers="contracts.contract_id"),
        Column("sites", "integer", N_("most sites under it until it is extended"), N_("sites"), required=True, low=0),
        Column(
            "extend_from",
            "integer",
            N_("calendar year from which more sites may run under it; periods that begin before are limited"),
            N_("year"),
            required=True,
            low=1990,
            high=2300,
        ),
        waits(),
        *elastic(N_("currency/site/year")),
    ),
    key=("contract_id",),
    read_by=("audit", "status_quo"),
)

LOT_LIMITS = Table(
    "lot_limits",
    N_("at most so many services that a contract lets together in one lot"),
    (
        Column("contract_id", "reference", N_("contract"), required=True, refers="contracts.contract_id"),
        period(),
        Column("services", "integer", N_("most services in each of its lots"), N_("services"), required=True, low=1),
        waits(),
        *elastic(N_("currency/service/year")),
    ),
    key=("contract_id", "period_id"),
    read_by=("audit", "status_quo"),
)

BUILDINGS = Table(
    "buildings",
    N_("beds or operating theatres of a site: one budget for all its specialties and general work"),
    (
        Column("site_id", "reference", N_("site"), required=True, refers="sites.site_id"),
        Column(
            "resource",
            "choice",
            N_("what is counted: hospital beds or operating theatres, see the sheet sizes for what a service takes"),
            required=True,
            choices=("beds", "theatres"),
        ),
        period(),
        from_year(),
        Column("total", "number", N_("all of them in the building"), N_("beds or theatres"), required=True, low=0),
        Column(
            "general",
            "number",
            N_("those that work outside the specialties of this input takes"),
            N_("beds or theatres"),
            default=0.0,
            low=0,
        ),
        *elastic(N_("currency/bed or theatre/year")),
    ),
    key=("site_id", "resource", "period_id", "from_year"),
    read_by=("audit", "status_quo"),
)

#: the sheets of promises, in the order of the workbook
TABLES = (
    ACCESS_TARGETS,
    PROGRAMME_TARGETS,
    CENTRE_LIMITS,
    PILOTS,
    LOT_LIMITS,
    BUILDINGS,
    LOAD_CEILINGS,
    WORKFORCE,
    STAFFING,
)
