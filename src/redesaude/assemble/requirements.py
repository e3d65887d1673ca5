"""Services that are required or decided, but that no size and contract can deliver: told before anything is solved."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.assemble.decided import matching
from redesaude.errors import Problem
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.language import N_

_FOUND = N_("{specialty} is required at {site}, but no size of it can open there under any contract")
_EXPECTED = N_("at least one size and contract left for a required service")
_REMEDY = N_("allow a size of it there that is not smaller than today's, or a contract that suits the site")


_DECIDED = N_("{specialty} is decided at {site}, but it cannot be open there in that size and under that contract")
_ONE_LEFT = N_("a size and contract that the site, the sizes and today's service allow")


def decision_problems(scenario: Scenario, options: pd.DataFrame) -> Iterator[Problem]:
    """Yield an error for each row of ``decisions`` that opens or starts what none of ``options`` can deliver."""
    names = dict(zip(scenario.specialties["specialty_id"], scenario.specialties["name"], strict=True))
    sites = dict(zip(scenario.sites["site_id"], scenario.sites["name"], strict=True))
    where = scenario.places.get("decisions")
    decided = scenario.decided
    for n, row in zip(decided.index, rows_of(decided), strict=True):
        met = matching(options, row, ("site_id", "specialty_id", "size_id", "contract_id")).any()
        if row.decision in ("open", "start") and not met:
            cell = where.cell(n, "decision") if where else f"{row.site_id}|{row.specialty_id}"
            values = {"specialty": names[row.specialty_id], "site": sites[row.site_id]}
            yield Problem("decision_impossible", "decisions", cell, _DECIDED, _ONE_LEFT, _REMEDY, values)


def requirement_problems(scenario: Scenario, options: pd.DataFrame) -> Iterator[Problem]:
    """Yield an error for each ``required`` row of ``site_services`` that none of ``options`` can meet.

    ``options`` has columns site_id, specialty_id and size_id; a row without a size is met by any size.
    """
    place = ["site_id", "specialty_id"]
    any_size, each_size = (
        set(options[columns].itertuples(index=False, name=None)) for columns in (place, [*place, "size_id"])
    )
    rows = scenario.site_services
    names = dict(zip(scenario.specialties["specialty_id"], scenario.specialties["name"], strict=True))
    sites = dict(zip(scenario.sites["site_id"], scenario.sites["name"], strict=True))
    where = scenario.places.get("site_services")
    for n, (site, specialty, size, status) in enumerate(rows[[*place, "size_id", "status"]].itertuples(index=False)):
        met = (site, specialty, size) in each_size if size else (site, specialty) in any_size
        if status == "required" and not met:
            cell = where.cell(n, "status") if where else f"{site}|{specialty}"
            values = {"specialty": names[specialty], "site": sites[site]}
            yield Problem("required_impossible", "site_services", cell, _FOUND, _EXPECTED, _REMEDY, values)
