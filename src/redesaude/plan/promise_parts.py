"""What each promise of a plan is about, as fields: nobody needs to take its id apart."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import pandas as pd

from redesaude.assemble.loads import ceilings
from redesaude.assemble.promises import access_targets, limits_of
from redesaude.assemble.workforce import roles
from redesaude.inputs.scenario import Scenario, rows_of

_SHEETS: tuple[Literal["funding", "fiscal"], ...] = ("funding", "fiscal")


class Parts(NamedTuple):
    """What a promise is about beyond its specialty, region and period; blank or NaN where it is about none.

    ``site_id`` of a load or volume and ``area`` whose people a load does not count, ``role_id`` of staff, ``limit_id``
    of a row of ``funding`` or ``fiscal``; ``minutes`` within which, and ``share`` of whom, an access promise reaches.
    """

    site_id: str = ""
    area: str = ""
    role_id: str = ""
    limit_id: str = ""
    minutes: float = math.nan
    share: float = math.nan


def volume_id(scenario: Scenario, site: str, specialty: str, period: str) -> str:
    """Return the id of the promise of a minimum volume."""
    return f"volume|{site}|{specialty}" + (f"|{period}" if len(scenario.periods) > 1 else "")


def with_parts(promises: pd.DataFrame, scenario: Scenario, openings: pd.DataFrame) -> pd.DataFrame:
    """Return ``promises`` with the columns of :class:`Parts`, by ``promise_id``; ``openings`` are those of the plan."""
    known = dict(_parts(scenario, openings))
    parts = [known.get(name, Parts()) for name in promises["promise_id"]]
    values = pd.DataFrame(parts, columns=list(Parts._fields), index=promises.index)
    return promises.assign(**{name: values[name] for name in Parts._fields})


def _parts(scenario: Scenario, openings: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
    for target in access_targets(scenario):
        yield target.id, Parts(minutes=float(target.minutes), share=float(target.share))
    for sheet in _SHEETS:
        for limit in limits_of(scenario, sheet):
            yield limit.id, Parts(limit_id=str(getattr(limit.row, f"{sheet}_id")))
    for ceiling in ceilings(scenario):
        yield ceiling.id, Parts(site_id=ceiling.site, area=ceiling.area)
    for role in roles(scenario):
        for t in role.rows:
            yield role.promise(str(scenario.periods["period_id"].iloc[t])), Parts(role_id=role.role)
    for row in rows_of(openings):
        yield volume_id(scenario, row.site_id, row.specialty_id, row.period_id), Parts(site_id=row.site_id)
