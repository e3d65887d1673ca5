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
)
FINANCING = ("budget", "project_company", "provider")
#: what a risk may touch: factors of the contracts, demand, the discount rate, or a cost line of the services
RISK_TARGETS = (
    "capex",
    "opex",
    "case_cost",
    "delay",
    "demand",
    "discount_rate",
    *RISKY_LINES,
)
SITE_KINDS = ("public", "philanthropic", "private", "new")
#: what may be decided already about a service
KINDS_OF_DECISION = ("open", "start", "close", "forbid", "freeze")

#: minutes of each unit in which travel times may be given
MINUTES_EACH = {"minutes": 1.0, "hours": 60.0, "seconds": 1 / 60}

EMERGENCY_PROMISES = ("cover", "double_cover", "ambulances", "window")

PAYMENT_MECHANISMS = ("fixed_and_variable", "availability", "volume_band", "capitation")
