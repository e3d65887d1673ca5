"""When, where, and for what people need care, and where they find it today."""

from __future__ import annotations

from redesaude.inputs.tables.declaration import HARD, PRICE, Column, Table, codes, from_year, period, share, specialty
from redesaude.inputs.tables.units import CASES, DEGREES, MINUTES, MONEY_CASE, PEOPLE, RATE, SHARE, YEARS
from redesaude.inputs.tables.vocabulary import SDG_TARGETS
from redesaude.language import N_

PERIODS = Table(
    "periods",
    N_("a planning period"),
    (
        Column("period_id", "id", N_("code of the period"), required=True),
        Column("first_year", "integer", N_("first calendar year"), N_("year"), True, low=1990, high=2120),
        Column("years", "integer", N_("length; the last runs to the end of the horizon"), YEARS, True, low=1, high=60),
        Column("max_starts", "integer", N_("most works begun in it; blank: no limit"), N_("works"), low=0),
    ),
    key=("period_id",),
    required=True,
    read_by=("audit", "status_quo"),
)

TERRITORIES = Table(
    "territories",
    N_("a municipality or district"),
    (
        Column("territory_id", "id", N_("code of the municipality or district, as text"), required=True),
        Column("name", "text", N_("name")),
        Column("region_id", "text", N_("code of its health region")),
        Column("region_name", "text", N_("name of its health region")),
        Column("macroregion_id", "text", N_("code of its macro-region")),
        Column("latitude", "number", N_("latitude of the seat, south negative"), DEGREES, low=-90, high=90),
        Column("longitude", "number", N_("longitude of the seat, west negative"), DEGREES, low=-180, high=180),
        Column(
            "population",
            "number",
            N_(
                "inhabitants in the base year; blank: unknown, where demand states every case and no rule counts people"
            ),
            PEOPLE,
            low=0,
        ),
        Column("growth_rate", "number", N_("population growth"), RATE, default=0.0, low=-0.1, high=0.2),
        Column(
            "cost_quota",
            "number",
            N_("its agreed part of what municipalities share under a contract whose cost_key is fixed; in any unit"),
            low=0,
        ),
        *codes(N_("register of that code, e.g. IBGE, or GSO for districts of Viet Nam")),
        Column("macroregion_name", "text", N_("name of its macro-region")),
    ),
    key=("territory_id",),
    required=True,
    read_by=("audit", "status_quo"),
)

SPECIALTIES = Table(
    "specialties",
    N_("a specialty"),
    (
        Column("specialty_id", "id", N_("code of the specialty"), required=True),
        Column("name", "text", N_("name")),
        Column(
            "cases_per_100k",
            "number",
            N_("yearly cases per 100,000 inhabitants"),
            N_("cases/100,000/year"),
            True,
            low=0,
        ),
        Column("case_unit", "text", N_("what one case is, e.g. admission, course, patient-year")),
        Column(
            "assignment",
            "choice",
            N_("planned: patients go where the plan says; nearest: they reach the closest open centre"),
            default="planned",
            choices=("planned", "nearest"),
        ),
        Column("access_minutes", "number", N_("access standard, one way"), MINUTES, low=0),
        Column(
            "access_share",
            "number",
            N_("share of cases promised within the standard, whole area; blank: no promise"),
            SHARE,
            low=0,
            high=1,
        ),
        Column("access_hard", "flag", HARD, default=True),
        Column("access_price", "number", PRICE, MONEY_CASE, low=0),
        from_year("access_from_year"),
        Column("ceiling_minutes", "number", N_("longest journey allowed; blank: none"), MINUTES, low=0),
        Column("trips_per_case", "number", N_("return journeys for each case"), default=1.0, low=0),
        Column(
            "unmet_cost",
            "number",
            N_("cost of a case sent away or untreated; blank: every case must be treated"),
            MONEY_CASE,
            low=0,
        ),
        share(
            "treated_elsewhere_share",
            N_(
                "share of the people who would wait for a new service whom providers that the data do not list treat "
                "until it opens"
            ),
        ),
        Column("dalys_in_time", "number", N_("healthy years gained by a case treated in time"), YEARS),
        Column("dalys_late", "number", N_("healthy years gained by a case treated late"), YEARS),
        Column(
            "deaths_averted",
            "number",
            N_("deaths averted for each 1,000 cases treated within the standard rather than not; blank: no evidence"),
            N_("deaths/1,000 cases"),
            low=0,
            high=1000,
        ),
        Column(
            "window_minutes",
            "number",
            N_("time-critical: from the call to the start of treatment; blank: not time-critical"),
            MINUTES,
            low=0,
        ),
        Column(
            "door_minutes",
            "number",
            N_("time-critical: from the door of the hospital to the start of treatment"),
            MINUTES,
            default=0.0,
            low=0,
        ),
        Column("single_source", "flag", N_("yes: a territory is referred to one place"), default=False),
        Column(
            "sites_allowed",
            "choice",
            N_("all: at any site not forbidden; listed: only at sites named in site_services"),
            default="all",
            choices=("all", "listed"),
        ),
        Column(
            "transfer_minutes",
            "number",
            N_("longest transfer from one site to another, of cases sent up; blank: no limit"),
            MINUTES,
            low=0,
        ),
        Column(
            "transfer_cost",
            "number",
            N_("cost of a transfer, e.g. ambulance and crew"),
            MONEY_CASE,
            default=0.0,
            low=0,
        ),
        Column("min_centres", "integer", N_("fewest centres"), N_("centres"), low=0),
        Column("max_centres", "integer", N_("most centres"), N_("centres"), low=0),
        *codes(N_("register of that code, e.g. SIGTAP for groups of procedures")),
        Column(
            "sdg_targets",
            "references",
            N_("targets of the Sustainable Development Goals that it serves, told beside its indicators"),
            choices=SDG_TARGETS,
        ),
    ),
    key=("specialty_id",),
    required=True,
    read_by=("audit", "status_quo"),
)

DEMAND = Table(
    "demand",
    N_("known demand, instead of the rate"),
    (
        Column("territory_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
        specialty(),
        period(),
        Column("cases", "number", N_("cases"), CASES, True, low=0),
    ),
    key=("territory_id", "specialty_id", "period_id"),
    read_by=("audit", "status_quo"),
)

TODAY = Table(
    "today",
    N_("where people of a municipality are treated today; those whom its rows leave out are treated nowhere"),
    (
        Column("territory_id", "reference", N_("territory"), required=True, refers="territories.territory_id"),
        specialty(),
        Column("site_id", "reference", N_("site that treats them; blank: a place outside"), refers="sites.site_id"),
        Column("outside", "text", N_("name of a place outside the area that treats them; blank: a site")),
        Column("cases", "number", N_("cases treated there; blank: as share says"), CASES, low=0),
        Column(
            "share",
            "number",
            N_("share of the municipality's cases treated there; blank: as cases says"),
            SHARE,
            low=0,
            high=1,
        ),
        Column("source", "text", N_("source")),
    ),
    key=("territory_id", "specialty_id", "site_id", "outside"),
    read_by=("audit", "status_quo"),  # it tells of today and binds no plan
)
