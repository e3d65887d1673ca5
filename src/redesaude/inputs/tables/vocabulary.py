"""Words that cells may hold in place of numbers and ids."""

from __future__ import annotations

from redesaude.lines import RISKY_LINES

ALL = "all"
EACH = "each"
EACH_MACROREGION = "each_macroregion"

DELIVERY_MODELS = (
    "direct",
    "oss",
    "ppp_grey",
    "ppp_grey_oss",
    "ppp_white",
    "consortium",
    "foundation",
    "purchase",
    "federal",
    "agency",
    "autonomous",
    "part_autonomous",
    "joint",
)
#: what a law on contracts may rule, as a number
LAW_RULES = ("least_value", "least_years", "most_years", "most_public_share")
#: by what municipalities share the cost of a consortium
COST_KEYS = ("population", "use", "fixed", "equal")
#: what may follow the term of a contract
AFTER_TERM = ("renewed", "relet", "direct")
#: within what a contract is one lot, beside the lots that sites name
LOT_SCOPES = ("site", "region", "macroregion", "all")
#: what a risk may touch: factors of the contracts, demand, the discount rate, or a cost line of the services
RISK_TARGETS = (
    "capex",
    "opex",
    "case_cost",
    "delay",
    "quality",
    "demand",
    "discount_rate",
    *RISKY_LINES,
)
SITE_KINDS = ("public", "philanthropic", "private", "new")
#: what people write for each kind of site, in small letters without accents; "" : a type of site, whoever owns it
KIND_WORDS = {
    "public": (
        "publico", "publica", "estadual", "municipal", "federal", "estado", "municipio", "hospital publico",
        "hospital estadual", "hospital municipal", "hospital federal", "administracao publica", "administracao direta",
        "government", "state", "public hospital", "government hospital",
        "cong", "cong lap", "nha nuoc", "benh vien cong", "benh vien cong lap", "benh vien nha nuoc",
    ),
    "philanthropic": (
        "filantropico", "filantropica", "beneficente", "santa casa", "hospital filantropico", "entidade filantropica",
        "sem fins lucrativos", "entidade sem fins lucrativos",
        "charity", "charitable", "nonprofit", "non-profit", "not for profit", "mission hospital",
        "phi loi nhuan", "tu thien", "benh vien tu thien", "benh vien phi loi nhuan",
    ),
    "private": (
        "privado", "privada", "particular", "hospital privado", "hospital particular", "com fins lucrativos",
        "entidade empresarial", "private hospital", "for profit", "for-profit",
        "tu nhan", "benh vien tu", "benh vien tu nhan", "ngoai cong lap", "benh vien ngoai cong lap",
    ),
    "new": (
        "novo", "nova", "a construir", "obra nova", "construcao nova", "hospital novo", "nova unidade",
        "new build", "to be built", "greenfield", "new hospital",
        "moi", "xay moi", "xay dung moi", "benh vien moi", "du kien xay",
    ),
    "": (
        "hospital", "hospital geral", "hospital regional", "hospital especializado", "hospital universitario",
        "hospital de ensino", "hospital dia", "unidade mista", "pronto socorro", "policlinica", "clinica",
        "general hospital", "regional hospital", "specialist hospital", "specialized hospital", "teaching hospital",
        "clinic", "health centre", "health center", "medical centre", "medical center",
        "benh vien", "benh vien da khoa", "benh vien chuyen khoa", "benh vien tinh", "benh vien huyen",
        "benh vien da khoa tinh", "benh vien da khoa khu vuc", "trung tam y te", "phong kham", "phong kham da khoa",
    ),
}  # fmt: skip
#: each of those words with the kind that it means
KIND_SYNONYMS = tuple((word, kind) for kind, words in KIND_WORDS.items() for word in words)
#: what may be decided already about a service
KINDS_OF_DECISION = ("open", "start", "close", "forbid", "freeze")

#: minutes of each unit in which travel times may be given
MINUTES_EACH = {"minutes": 1.0, "hours": 60.0, "seconds": 1 / 60}

EMERGENCY_PROMISES = ("cover", "double_cover", "ambulances", "window")

#: targets of the Sustainable Development Goals that health services serve (United Nations, A/RES/71/313)
SDG_TARGETS = (
    *("3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.a", "3.b", "3.c", "3.d"),
    *("1.3", "5.6", "9.1", "10.2", "11.2", "13.2", "16.6", "17.17"),
)

PAYMENT_MECHANISMS = ("fixed_and_variable", "availability", "volume_band", "capitation")

#: what an indicator may count of a plan in a year, and divide by
INDICATOR_FORMULAS = (
    *("cases", "treated", "in_time", "outside", "sent_up", "people", "services", "capacity", "money", "techniques"),
    *("stations", "ambulances"),
)
#: which of two values of an indicator is better
DIRECTIONS = ("higher", "lower")
