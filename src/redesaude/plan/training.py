"""The training calendar of a plan: who is trained or recruited, where, in which year, at what cost and by whom.

People of a role are trained, and recruited, in the first year of the period that adds them, as their cost is paid.
Staff of a service that opens is trained over the months before it that the sheet ``sizes`` states, people of a
technique from the beginning of its transfer; both cost nothing of their own here: the first are those whom the roles
count, the second are paid by the agreement. Who trains is known of techniques, and of satellites by their hub.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.ladder import steps
from redesaude.plan.milestones import milestones
from redesaude.plan.supply_by_year import site_regions
from redesaude.promises.workforce import roles, staff_of

#: ``code`` is that of the role or technique, ``people`` full-time, ``cost`` that of the year in the base-year currency
TRAINING = ("year", "region_id", "kind", "code", "site_id", "specialty_id", "people", "cost", "trainer_site_id")


class Kind(StrEnum):
    """What a row of the calendar is."""

    TRAINED = "trained"
    RECRUITED = "recruited"
    OPENING = "opening"
    TECHNIQUE = "technique"


def training_calendar(appraisal: Appraisal) -> pd.DataFrame:
    """Return the calendar, columns :data:`TRAINING`, by year.

    ``region_id`` is the area of the role as on the sheet ``workforce``, else the health region of the site. The cost of
    people recruited goes on each year. Of those trained over several years the row is that of the year it begins.
    """
    found = [*_hired(appraisal), *_before_openings(appraisal), *_techniques(appraisal)]
    rows = pd.DataFrame(found, columns=list(TRAINING)).astype({"people": float, "cost": float})
    return rows.sort_values(list(TRAINING[:6]), kind="stable", ignore_index=True)


def _hired(appraisal: Appraisal) -> Iterator[tuple[Any, ...]]:
    """People of each role and area who are trained and recruited."""
    phases, first = appraisal.phases, appraisal.calendar.first_year
    stated = {(role.role, role.area): role.rows for role in roles(appraisal.scenario)}
    for row in rows_of(appraisal.plan.workforce):
        t = appraisal.periods[row.period_id]
        price, year = stated[row.role_id, row.region_id][t], first + int(phases.begins[t])
        for kind, people, each in (
            (Kind.TRAINED, row.trained, price.training_cost),
            (Kind.RECRUITED, row.recruited, price.recruitment_cost),
        ):
            if people > 0:
                yield year, row.region_id, kind, row.role_id, "", "", people, people * each, ""


def _before_openings(appraisal: Appraisal) -> Iterator[tuple[Any, ...]]:
    """Staff of services that open after months of training, role by role; their number is NaN where none is stated."""
    scenario, openings, region = appraisal.scenario, appraisal.plan.openings, site_regions(appraisal)
    stages = milestones(appraisal)
    stages = stages[stages["milestone"] == "training"]
    cases = openings.groupby(["site_id", "specialty_id", "size_id"])["cases"].first()
    hub = {(a.satellite, a.specialty): a.hub for a in appraisal.network().agreements}
    needed = {role: staff_of(scenario, role, stages) for role in scenario.staffing["role_id"].unique()}
    for n, row in enumerate(rows_of(stages)):
        place, year = (row.site_id, row.specialty_id), int(np.floor(row.start + 1e-6))
        treated = float(cases[*place, row.size_id])
        people = {role: fixed[n] + per_case[n] * treated for role, (fixed, per_case) in needed.items()}
        for role, count in ({role: count for role, count in people.items() if count > 0} or {"": np.nan}).items():
            yield year, region.get(row.site_id, ""), Kind.OPENING, role, *place, count, np.nan, hub.get(place, "")


def _techniques(appraisal: Appraisal) -> Iterator[tuple[Any, ...]]:
    region, first = site_regions(appraisal), appraisal.calendar.first_year
    for step in steps(appraisal.network()):
        row, year = step.transfer.row, int(np.floor(first + step.transfer.begins + 1e-6))
        if step.open and year >= first:
            where = region.get(row.receiver_site_id, ""), Kind.TECHNIQUE, row.technique_id, row.receiver_site_id
            yield year, *where, row.specialty_id, row.staff_trained, np.nan, step.giver
