r"""What runs in each calendar year, by specialty and by the health region of the site: capacity, and staff who run it.

With :math:`a_y` and :math:`b_y` the parts of year :math:`y` in which a service runs after and before its works open
(:mod:`redesaude.plan.by_year`), :math:`s` the share of its cases that it treats before, and a service of a size in need
of :math:`F` full-time people and :math:`v` for each case, of the size before :math:`F'` and :math:`v'`,

.. math:: \text{staff}_y = (F + v \cdot \text{cases})\, a_y + (F' + v' s \cdot \text{cases})\, b_y

People of every role of the sheet ``staffing`` are added up; those in training before an opening are not counted. A
service of today that ends and runs on (:mod:`redesaude.plan.transition`) does so in proportion to the patients it still
has: so do its capacity and its people. Guests of a service that is kept need its people for their cases.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.finance.services import running_years, timing_of
from redesaude.inputs.scenario import homes
from redesaude.inputs.tables import ALL
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.numbers import existing_services
from redesaude.plan.paths import sizes_before
from redesaude.promises.workforce import staff_of
from redesaude_models.arrays import Flags, Floats

SUPPLY = ("capacity", "staff")

_KEY = ["year", "specialty_id", "region_id"]


def supply_by_year(appraisal: Appraisal) -> pd.DataFrame:
    """Return year, specialty_id, region_id (``all``: the whole area) and :data:`SUPPLY`, where any service runs.

    ``capacity`` in cases a year, ``staff`` in full-time people (NaN where the scenario states no staffing).
    """
    openings, services, years = appraisal.plan.openings, appraisal.services(), appraisal.calendar.horizon_years
    spans = running_years(services, timing_of(services, appraisal.terms()), appraisal.calendar)
    before, after = (span[:, :years] for span in spans)
    running = after + services.before_share[:, None] * before
    amounts = {
        "capacity": openings["capacity"].to_numpy(float)[:, None] * running,
        "staff": _staff(appraisal, after, before),
    }
    table = pd.concat([_by_year(appraisal, openings, amounts, running > 0), _of_guests(appraisal)], ignore_index=True)
    table = pd.concat([table[table["region_id"] != ""], table.assign(region_id=ALL)])
    return table.groupby(_KEY, as_index=False)[list(SUPPLY)].sum(min_count=1)


def _by_year(appraisal: Appraisal, services: pd.DataFrame, amounts: dict[str, Floats], there: Flags) -> pd.DataFrame:
    """A row for each year in which a service (site_id, specialty_id) is ``there``, with its :data:`SUPPLY`."""
    row, year = np.nonzero(there)
    return pd.DataFrame(
        {
            "year": appraisal.calendar.first_year + year,
            "specialty_id": services["specialty_id"].to_numpy()[row],
            "region_id": services["site_id"].map(site_regions(appraisal)).to_numpy()[row],
            **{name: amount[row, year] for name, amount in amounts.items()},
        }
    )


def _of_guests(appraisal: Appraisal) -> pd.DataFrame:
    """What services of today have and need for those whom they treat until others open."""
    found, years = appraisal.meanwhile(), appraisal.calendar.horizon_years
    cases = found.by_year(years)
    keys = ["site_id", "specialty_id"]
    rooms = found.rooms.table.merge(existing_services(appraisal.scenario)[[*keys, "size_id", "capacity"]], on=keys)
    size = found.rooms.size[:, appraisal.phases.of_years(years)]
    part = np.where(rooms["kept"].to_numpy(bool)[:, None], 0.0, cases / np.where(size > 0, size, 1.0))
    staff = np.full(cases.shape, np.nan if appraisal.scenario.staffing.empty else 0.0)
    for role in appraisal.scenario.staffing["role_id"].unique():
        fixed, per_case = staff_of(appraisal.scenario, role, rooms)
        staff += fixed[:, None] * part + per_case[:, None] * cases
    return _by_year(
        appraisal, rooms, {"capacity": rooms["capacity"].to_numpy(float)[:, None] * part, "staff": staff}, cases > 0
    )


def _staff(appraisal: Appraisal, after: Floats, before: Floats) -> Floats:
    """Full-time people of all roles, by opening and year."""
    openings, services = appraisal.plan.openings, appraisal.services()
    cases = openings["cases"].to_numpy(float)
    stages = (
        (openings["size_id"], cases, after),
        (pd.Series(sizes_before(appraisal.plan), openings.index, dtype=object), services.before_share * cases, before),
    )
    people = np.full(after.shape, np.nan if appraisal.scenario.staffing.empty else 0.0)
    for role in appraisal.scenario.staffing["role_id"].unique():
        for size, treated, part in stages:
            fixed, per_case = staff_of(appraisal.scenario, role, openings.assign(size_id=size))
            people += (fixed + per_case * treated)[:, None] * part
    return people


def site_regions(appraisal: Appraisal) -> dict[str, str]:
    """Return the health region of each site; blank for a site that states no territory."""
    scenario = appraisal.scenario
    home = homes(scenario)
    region = np.where(home >= 0, scenario.territories["region_id"].to_numpy(object)[home], "")
    return dict(zip(scenario.sites["site_id"], region, strict=True))
