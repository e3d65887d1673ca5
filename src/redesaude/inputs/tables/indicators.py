"""What is followed year by year: indicators by a formula over the tables of a plan or typed, and their targets."""

from __future__ import annotations

from redesaude.inputs.tables.declaration import Column, Table, area, grade, specialty
from redesaude.inputs.tables.vocabulary import DIRECTIONS, INDICATOR_FORMULAS
from redesaude.language import N_
from redesaude.payers import SERVICE_PAYERS

INDICATORS = Table(
    "indicators",
    N_("an indicator that is followed year by year: told with every plan, reported and reviewed; it binds nothing"),
    (
        Column("indicator_id", "id", N_("code of the indicator"), required=True),
        Column("name", "text", N_("name, as its document calls it")),
        Column(
            "formula",
            "choice",
            N_(
                "what of the plan it counts in a year: cases, treated, in_time (treated within the standard of their "
                "specialty, or treated where it has none), outside (cases that the network does not treat), sent_up "
                "(cases transferred to another hospital), people, services that run, capacity, money, techniques "
                "that hospitals do by themselves, stations or ambulances; blank: it is typed, no plan says it"
            ),
            choices=INDICATOR_FORMULAS,
        ),
        Column("per", "choice", N_("by what the formula is divided; blank: by nothing"), choices=INDICATOR_FORMULAS),
        Column(
            "times",
            "number",
            N_("by what it is multiplied: 100 for percent, 100000 for each 100,000 people"),
            default=1.0,
            low=0,
        ),
        specialty(N_("specialty, or all"), or_all=True, default="all"),
        area(N_("region or macro-region, or all; services and money count where the hospital is"), default="all"),
        Column(
            "payer",
            "choice",
            N_("of whose money; blank: of all who pay for services"),
            choices=tuple(SERVICE_PAYERS),
        ),
        Column("unit", "text", N_("unit")),
        Column("direction", "choice", N_("which is better"), default="higher", choices=DIRECTIONS),
        Column("reports", "text", N_("who reports it, and from what")),
        Column("source", "text", N_("norm or document that sets it")),
        grade(),
    ),
    key=("indicator_id",),
    read_by=("audit", "status_quo"),
)

INDICATOR_TARGETS = Table(
    "indicator_targets",
    N_("what an indicator is to reach from a year on, until its next row"),
    (
        Column("indicator_id", "reference", N_("indicator"), required=True, refers="indicators.indicator_id"),
        Column("year", "integer", N_("calendar year"), N_("year"), True, low=1990, high=2300),
        Column("target", "number", N_("what is to be reached, in the unit of the indicator"), required=True),
        Column("source", "text", N_("source")),
        grade(),
    ),
    key=("indicator_id", "year"),
    read_by=("audit", "status_quo"),
)
