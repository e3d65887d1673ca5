"""Who pays for services, each payer declared once, and what is assumed of their shares where nothing is stated.

The defaults are planning assumptions (grade C) about who pays the running cost and the works of a service by the owner
of its hospital and its delivery model; the sheet ``payers`` states what is known instead. Shares left over stay with
whoever pays anyway: the state, and the municipalities of a contract that they share (``state_share``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from redesaude.language import N_


@dataclass(frozen=True)
class Payer:
    """Somebody who pays for services: its name, and what it pays in planner's words."""

    title: str
    meaning: str


STATE, MUNICIPALITIES, MUNICIPALITY = "state", "municipalities", "municipality"
PROVINCE, CITY = "province", "city"

#: those who pay for services, in the order of the report
SERVICE_PAYERS: Mapping[str, Payer] = MappingProxyType(
    {
        STATE: Payer(N_("State"), N_("the budget of the state, and what no other payer is named for")),
        MUNICIPALITY: Payer(N_("Municipality of the hospital"), N_("for hospitals of its own")),
        MUNICIPALITIES: Payer(N_("Municipalities"), N_("their share of a consortium")),
        "federal": Payer(N_("Federal or central level"), N_("its tariff and transfers for these services")),
        PROVINCE: Payer(N_("Province"), N_("the budget of the province of the hospital")),
        CITY: Payer(N_("City"), N_("the budget of the city of the hospital")),
        "health_insurance": Payer(N_("Health insurance"), N_("what it reimburses to hospitals")),
        "own_income": Payer(N_("Hospitals' own income"), N_("what hospitals earn otherwise")),
        "fees": Payer(N_("Patients' fees"), N_("what patients pay to the hospital")),
    }
)

#: payers whose bill is that of a place: of the municipality of the hospital, or of its region (a province or city)
IN_TOWN, IN_REGION, TOGETHER = (MUNICIPALITY,), (PROVINCE, CITY), (MUNICIPALITIES,)

#: levels and sectors that own hospitals
OWNERS = (
    "federal",
    "state",
    "municipal",
    "consortium",
    "philanthropic",
    "private",
    "central",
    "province",
    "city",
    "autonomous",
)

#: countries with defaults, and the owner of a public hospital there that states none
COUNTRIES: Mapping[str, str] = MappingProxyType({"brazil": "state", "vietnam": "province"})

Assumed = tuple[str, str, str, str, float]
"""(owner, delivery model, kind, payer, share); blank: any"""

#: shares assumed by country; the row that names more holds, the delivery model before the owner
DEFAULTS: Mapping[str, tuple[Assumed, ...]] = MappingProxyType(
    {
        "brazil": (
            ("state", "", "running", "federal", 0.35),
            ("federal", "", "running", "federal", 1.0),
            ("federal", "", "capital", "federal", 1.0),
            ("municipal", "", "running", "federal", 0.45),
            ("municipal", "", "running", "state", 0.10),
            ("municipal", "", "running", "municipality", 0.45),
            ("municipal", "", "capital", "municipality", 1.0),
            ("", "consortium", "running", "federal", 0.35),
            ("", "purchase", "running", "federal", 0.60),
            ("", "federal", "running", "federal", 1.0),
            ("", "federal", "capital", "federal", 1.0),
        ),
        "vietnam": (
            ("central", "", "running", "health_insurance", 0.60),
            ("central", "", "running", "fees", 0.20),
            ("central", "", "running", "federal", 0.20),
            ("central", "", "capital", "federal", 1.0),
            ("province", "", "running", "health_insurance", 0.60),
            ("province", "", "running", "fees", 0.15),
            ("province", "", "running", "province", 0.25),
            ("province", "", "capital", "province", 1.0),
            ("city", "", "running", "health_insurance", 0.60),
            ("city", "", "running", "fees", 0.20),
            ("city", "", "running", "city", 0.20),
            ("city", "", "capital", "city", 1.0),
            ("autonomous", "", "running", "health_insurance", 0.65),
            ("autonomous", "", "running", "fees", 0.25),
            ("autonomous", "", "running", "own_income", 0.10),
            ("autonomous", "", "capital", "own_income", 1.0),
            ("private", "", "running", "health_insurance", 0.60),
            ("private", "", "running", "fees", 0.40),
            ("", "autonomous", "running", "health_insurance", 0.65),
            ("", "autonomous", "running", "fees", 0.25),
            ("", "autonomous", "running", "own_income", 0.10),
            ("", "autonomous", "capital", "own_income", 1.0),
        ),
    }
)
