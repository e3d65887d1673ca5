"""What is decided already, what comes before what, and who supports whom."""

from __future__ import annotations

from redesaude.inputs.tables.declaration import Column, Table, grade, period, specialty
from redesaude.inputs.tables.units import MINUTES, MONEY_YEAR, MONTHS, PEOPLE, SHARE, YEARS
from redesaude.inputs.tables.vocabulary import ALL, KINDS_OF_DECISION
from redesaude.language import N_

DECISIONS = Table(
    "decisions",
    N_("something decided already, which the plan takes as it is"),
    (
        Column("site_id", "reference", N_("site, or all"), required=True, refers="sites.site_id", words=(ALL,)),
        specialty(N_("specialty, or all"), or_all=True),
        Column("size_id", "text", N_("size; blank: any")),
        Column("contract_id", "reference", N_("contract; blank: any"), refers="contracts.contract_id"),
        period(),
        Column(
            "decision",
            "choice",
            N_(
                "open: it is open in the period; start: signed, it starts in the period, not before, and stays; "
                "close: it is closed from the period on; forbid: it is not open in the period; freeze: nothing "
                "changes in the period, what ran before runs on"
            ),
            required=True,
            choices=KINDS_OF_DECISION,
        ),
        Column("note", "text", N_("document, date or remark")),
        Column(
            "active",
            "flag",
            N_("yes: it holds; no: it is kept for a variant, which sets it to yes"),
            default=True,
        ),
    ),
    key=("site_id", "specialty_id", "size_id", "contract_id", "period_id", "decision"),
    read_by=("audit", "status_quo"),
)

PRECEDENCE = Table(
    "precedence",
    N_("a service that may not be open before another is"),
    (
        Column("site_id", "reference", N_("site"), required=True, refers="sites.site_id"),
        specialty(),
        Column("after_site_id", "reference", N_("site of the one before"), required=True, refers="sites.site_id"),
        Column(
            "after_specialty_id",
            "reference",
            N_("specialty of the one before"),
            required=True,
            refers="specialties.specialty_id",
        ),
        Column(
            "periods_between",
            "integer",
            N_("0: it may be decided in the same period, 1: in the next, and so on"),
            N_("periods"),
            default=0,
            low=0,
            high=5,
        ),
    ),
    key=("site_id", "specialty_id", "after_site_id", "after_specialty_id"),
    read_by=("audit", "status_quo"),
)

SUPPORT = Table(
    "support",
    N_("an agreement between a hub and a satellite, or a kind of agreement; the most specific row holds"),
    (
        specialty(),
        Column("hub_site_id", "reference", N_("the hub; blank: any"), refers="sites.site_id"),
        Column("satellite_site_id", "reference", N_("the satellite; blank: any"), refers="sites.site_id"),
        Column(
            "status",
            "choice",
            N_(
                "allowed: the plan may choose it; given: the satellite, if it opens, has no other hub; forbidden: never"
            ),
            default="allowed",
            choices=("allowed", "given", "forbidden"),
        ),
        Column(
            "support_years",
            "number",
            N_("from the opening of the satellite until its skills have matured; blank: to the end of the horizon"),
            YEARS,
            low=0.1,
            high=60,
        ),
        Column("hub_cost", "number", N_("what it costs on the hub's side"), MONEY_YEAR, default=0.0, low=0),
        Column("satellite_cost", "number", N_("what it costs on the satellite's side"), MONEY_YEAR, default=0.0, low=0),
        Column(
            "max_minutes",
            "number",
            N_("longest way from the satellite to the hub; blank: any, e.g. support by telemedicine"),
            MINUTES,
            low=0,
        ),
        Column("note", "text", N_("document, date or remark")),
    ),
    key=("specialty_id", "hub_site_id", "satellite_site_id"),
    read_by=("audit", "status_quo"),
)

TECHNIQUES = Table(
    "techniques",
    N_("a technique that a hospital hands over to another, which treats the cases that need it from then on"),
    (
        Column("technique_id", "id", N_("code of the technique"), required=True),
        Column(
            "receiver_site_id",
            "reference",
            N_("hospital that learns it"),
            required=True,
            refers="sites.site_id",
        ),
        Column(
            "giver_site_id",
            "reference",
            N_("hospital that hands it over and trains; blank: the hub of the agreement"),
            refers="sites.site_id",
        ),
        Column("name", "text", N_("name")),
        specialty(N_("specialty whose cases need it")),
        Column(
            "level",
            "choice",
            N_("level of hospital at which it is done"),
            default="provincial",
            choices=("district", "provincial", "end_line"),
        ),
        Column(
            "year_planned",
            "integer",
            N_("calendar year in which the transfer begins; a new service that needs support begins once it is open"),
            N_("year"),
            True,
            low=1990,
            high=2300,
        ),
        Column(
            "training_months",
            "number",
            N_("from the beginning of the transfer until the hospital does it by itself"),
            MONTHS,
            default=0.0,
            low=0,
            high=240,
        ),
        Column("staff_trained", "number", N_("people trained"), PEOPLE, default=0.0, low=0),
        Column(
            "prerequisite",
            "references",
            N_("techniques that the same hospital does by itself before the transfer begins"),
            refers="techniques.technique_id",
        ),
        Column(
            "case_share",
            "number",
            N_("share of the cases of the specialty that need it: they are sent up until it is handed over"),
            SHARE,
            default=0.0,
            low=0,
            high=0.999,
        ),
        Column("source", "text", N_("source")),
        grade(),
        Column(
            "active",
            "flag",
            N_("yes: it holds; no: it is kept for a variant, which sets it to yes"),
            default=True,
        ),
    ),
    key=("technique_id", "receiver_site_id"),
    read_by=("audit", "status_quo"),
)
