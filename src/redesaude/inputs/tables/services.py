"""Where care may be given, in which sizes, and what must stand beside what."""

from __future__ import annotations

from redesaude.inputs.tables.declaration import HARD, PRICE, Column, Table, codes, specialty
from redesaude.inputs.tables.units import (
    CASES,
    DEGREES,
    FACTOR,
    MONEY,
    MONEY_CASE,
    MONEY_YEAR,
    MONTHS,
    RATE,
    SHARE,
    YEARS,
)
from redesaude.inputs.tables.vocabulary import ALL, KIND_SYNONYMS, SITE_KINDS
from redesaude.language import N_
from redesaude.payers import OWNERS

SITES = Table(
    "sites",
    N_("an existing hospital, or a place where one may be built"),
    (
        Column("site_id", "id", N_("code of the site (CNES code as text, with its zeros)"), required=True),
        Column("name", "text", N_("name")),
        Column(
            "territory_id",
            "reference",
            N_("territory; blank: none, for a site with coordinates or travel times of which no rule asks the region"),
            refers="territories.territory_id",
        ),
        Column("latitude", "number", N_("latitude; blank: the territory's"), DEGREES, low=-90, high=90),
        Column("longitude", "number", N_("longitude; blank: the territory's"), DEGREES, low=-180, high=180),
        Column(
            "kind",
            "choice",
            N_("owner of the building, or new when it must be built"),
            default="public",
            choices=SITE_KINDS,
            synonyms=KIND_SYNONYMS,
        ),
        Column(
            "owner",
            "choice",
            N_("level or sector that owns it, for who pays; blank: as its kind and payer_defaults say"),
            choices=OWNERS,
        ),
        Column("lot_id", "text", N_("lot in which it is tendered; blank: alone")),
        Column("fixed_cost", "number", N_("cost of hosting any service"), MONEY_YEAR, default=0.0, low=0),
        Column(
            "contracts_allowed",
            "references",
            N_("contracts allowed here; blank: all that suit its kind"),
            refers="contracts.contract_id",
        ),
        Column(
            "contracts_without_works",
            "references",
            N_("contracts under which nothing is built here, only what exists runs as it is; blank: none"),
            refers="contracts.contract_id",
        ),
        Column("max_services", "integer", N_("most specialties here"), N_("services"), low=0),
        *codes(N_("register of that code, e.g. CNES, or the social insurance's codes of facilities in Viet Nam")),
    ),
    key=("site_id",),
    required=True,
    read_by=("audit", "status_quo"),
)

SIZES = Table(
    "sizes",
    N_("a size of a specialty's service"),
    (
        specialty(),
        Column("size_id", "id", N_("code of the size"), required=True),
        Column("capacity", "number", N_("nominal capacity"), CASES, True, low=0),
        Column("min_cases", "number", N_("least yearly volume for quality"), CASES, default=0.0, low=0),
        Column("min_cases_hard", "flag", HARD, default=True),
        Column("min_cases_price", "number", PRICE, MONEY_CASE, low=0),
        Column("capex", "number", N_("works and equipment"), MONEY, default=0.0, low=0),
        Column("fixed_cost", "number", N_("fixed running cost"), MONEY_YEAR, default=0.0, low=0),
        Column("cost_per_case", "number", N_("variable cost of a case"), MONEY_CASE, default=0.0, low=0),
        Column(
            "lifecycle_share",
            "number",
            N_("yearly renewal as a share of works and equipment"),
            RATE,
            default=0.0,
            low=0,
            high=0.5,
        ),
        Column("build_months", "number", N_("works, as planned"), MONTHS, default=0.0, low=0, high=240),
        Column(
            "training_months",
            "number",
            N_("training of staff before opening; dates the milestones only, moves no cost"),
            MONTHS,
            default=0.0,
            low=0,
            high=120,
        ),
        Column(
            "ramp_up_years",
            "number",
            N_("years from the opening until it treats all its cases, rising evenly; told by year, moves no cost"),
            YEARS,
            low=0,
            high=20,
        ),
        Column(
            "beds",
            "number",
            N_("beds that it takes of the building, see the sheet buildings"),
            N_("hospital beds"),
            default=0.0,
            low=0,
        ),
        Column(
            "theatres",
            "number",
            N_("operating theatres that it takes of the building, parts of one too, see the sheet buildings"),
            N_("theatres"),
            default=0.0,
            low=0,
        ),
        Column(
            "least_grade",
            "integer",
            N_("grade that its site must hold in the specialty, see the sheet licences; 0: none"),
            N_("grade"),
            default=0,
            low=0,
            high=9,
        ),
        Column(
            "treats_share",
            "number",
            N_("share of severities it treats, the mildest first; the others are sent up to a larger size"),
            SHARE,
            default=1.0,
            low=0.001,
            high=1,
        ),
        Column(
            "treats_share_mature",
            "number",
            N_("the same once the years of support are over; blank: no more than before"),
            SHARE,
            low=0.001,
            high=1,
        ),
        Column(
            "needs_support",
            "flag",
            N_("yes: a new service of this size needs an agreement with a hub, see the sheet support"),
            default=False,
        ),
        Column(
            "supports_max",
            "integer",
            N_("most satellites that a hub of this size supports; 0: it is no hub"),
            N_("satellites"),
            default=0,
            low=0,
        ),
    ),
    key=("specialty_id", "size_id"),
    required=True,
    read_by=("audit", "status_quo"),
)

SITE_SERVICES = Table(
    "site_services",
    N_("an existing service, or an exception, at a site"),
    (
        Column("site_id", "reference", N_("site"), required=True, refers="sites.site_id"),
        specialty(),
        Column("size_id", "text", N_("size; blank: every size")),
        Column(
            "status",
            "choice",
            N_("existing, allowed, forbidden or required"),
            required=True,
            choices=("existing", "allowed", "forbidden", "required"),
        ),
        Column("capacity", "number", N_("its capacity, if not the size's"), CASES, low=0),
        Column("min_cases", "number", N_("its least volume, if not the size's"), CASES, low=0),
        Column("capex", "number", N_("its works and equipment, if not the size's"), MONEY, low=0),
        Column("fixed_cost", "number", N_("its fixed cost, if not the size's"), MONEY_YEAR, low=0),
        Column("cost_per_case", "number", N_("its cost per case, if not the size's"), MONEY_CASE, low=0),
        Column(
            "build_months",
            "number",
            N_("its works, as planned or as known by now, if not the size's; the contract's delay_factor comes on top"),
            MONTHS,
            low=0,
            high=240,
        ),
        Column("closing_cost", "number", N_("cost of closing it"), MONEY, default=0.0, low=0),
        Column(
            "closing",
            "choice",
            N_("existing: when it ends if a plan gives it up: once those that take its patients are open, or at once"),
            default="when_replaced",
            choices=("when_replaced", "at_once"),
        ),
        Column(
            "contract_id",
            "reference",
            N_("contract under which it runs today"),
            refers="contracts.contract_id",
        ),
    ),
    key=("site_id", "specialty_id", "size_id"),
    read_by=("audit", "status_quo"),
)

LICENCES = Table(
    "licences",
    N_("a licence or accreditation that a site holds in a specialty"),
    (
        Column("site_id", "reference", N_("site"), required=True, refers="sites.site_id"),
        specialty(),
        Column("grade", "integer", N_("its grade, the higher the better"), N_("grade"), required=True, low=1, high=9),
        Column("name", "text", N_("what it is called, and who gave it")),
        Column("source", "text", N_("source")),
    ),
    key=("site_id", "specialty_id"),
    read_by=("audit", "status_quo"),
)

QUALITY_GRADES = Table(
    "quality_grades",
    N_("what is asked of sites of a grade"),
    (
        specialty(N_("specialty; all: every one without a row of its own"), or_all=True, default=ALL),
        Column("grade", "integer", N_("grade; 0: sites without a licence"), N_("grade"), required=True, low=0, high=9),
        Column(
            "volume_factor",
            "number",
            N_("least yearly volume against the size's, where the site states none of its own"),
            FACTOR,
            default=1.0,
            low=0,
            high=10,
        ),
    ),
    key=("specialty_id", "grade"),
    read_by=("audit", "status_quo"),
)

REQUIRES = Table(
    "requires",
    N_("a specialty that needs another at the same site"),
    (
        specialty(),
        Column(
            "required_specialty_id",
            "reference",
            N_("specialty it needs at the same site"),
            required=True,
            refers="specialties.specialty_id",
        ),
    ),
    key=("specialty_id", "required_specialty_id"),
    read_by=("audit", "status_quo"),
)
