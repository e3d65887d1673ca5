"""Columns of the tables that promises have in a plan.

They stand below the promises themselves, so that what only names tables (the command line as it starts, a plan that is
read) does not wait for the mathematics.
"""

from __future__ import annotations

#: columns of the table ``loads`` of a plan
LOADS = (
    "site_id",
    "specialty_id",
    "area",
    "period_id",
    "ceiling",
    "from_outside",
    "all_cases",
    "today",
    "excess",
    "hard",
    "met",
    "npv",
)

#: columns of the table ``workforce`` of a plan
WORKFORCE = (
    "role_id",
    "region_id",
    "period_id",
    "need",
    "stock",
    "trained",
    "recruited",
    "available",
    "short",
    "binding",
)

#: columns of the tables ``stations`` and ``emergency`` of a plan
STATIONS = ("station_id", "territory_id", "period_id", "status", "ambulances", "people_within", "npv")

EMERGENCY = ("measure", "specialty_id", "region_id", "period_id", "total", "achieved", "share", "target", "met")
