r"""What today's services can treat within the standard, municipality by municipality, and what is missing there.

The two-step floating catchment of Luo and Wang (2003, *Environment and Planning B* 30, 865-884). With :math:`d_i` the
cases of municipality :math:`i`, :math:`C_k` the usable capacity of an existing service :math:`k`, and :math:`t_{ik}`
the minutes between them, each service is shared by the cases within the standard :math:`T` of it, and each
municipality has

.. math:: a_i = d_i \sum_{k:\, t_{ik} \le T} \frac{C_k}{\sum_{i':\, t_{i'k} \le T} d_{i'}}
          \qquad \text{gap}_i = \max(0,\, d_i - a_i)

What the municipalities have adds up to the capacity within the standard of anybody. Nobody is sent anywhere: it is what
there would be for each if all had the same right to what they reach.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix
from redesaude.inputs.scenario import Scenario, positions
from redesaude.plan.numbers import existing_services
from redesaude.travel.matrix import travel_minutes
from redesaude_models.arrays import Floats

SUPPLY = ("territory_id", "specialty_id", "cases", "capacity", "gap", "marked")

#: of the municipalities with cases, those with this share of most of them have a high need ...
_HIGH = 1 / 3
#: ... and those where less than this share of the need could be treated a low supply
_LOW = 0.5


def supply_today(scenario: Scenario) -> pd.DataFrame:
    """Return need and supply of today, columns :data:`SUPPLY`, one row for each municipality and specialty with cases.

    ``cases`` (a year, of the first period), ``capacity`` (cases a year within the standard, nominal times occupancy)
    and ``gap`` as above; ``marked``: a high need, among the third of municipalities with most cases of the specialty,
    and a low supply, below half of it. Where a specialty has no standard, its ceiling of minutes stands for it.
    """
    cases, minutes = case_matrix(scenario), travel_minutes(scenario)
    here = existing_services(scenario)
    standards = scenario.specialties["access_minutes"].fillna(scenario.specialties["ceiling_minutes"]).fillna(np.inf)
    tables = []
    for s, (specialty, standard) in enumerate(zip(scenario.specialties["specialty_id"], standards, strict=True)):
        mine = here[here["specialty_id"] == specialty]
        within = minutes[:, positions(scenario.sites["site_id"], mine["site_id"])] <= standard + 1e-9
        usable = mine["capacity"].to_numpy(float) * scenario.settings.occupancy
        table = pd.DataFrame({"territory_id": scenario.territories["territory_id"], "specialty_id": specialty})
        tables.append(_judged(table.assign(cases=cases[:, s], capacity=_shared(cases[:, s], within, usable))))
    return pd.concat(tables, ignore_index=True)[list(SUPPLY)]


def _shared(cases: Floats, within: np.ndarray, usable: Floats) -> Floats:
    """The capacity of each municipality; ``within`` ``(municipalities, services)`` says who is in time where."""
    around = cases @ within
    ratio = np.divide(usable, around, out=np.zeros_like(usable), where=around > 0)
    return np.asarray(cases * (within @ ratio))


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with cases, with what is missing and whether much is missing where many need it."""
    table = table[table["cases"] > 0]
    high = table["cases"].rank(ascending=False, method="min") <= np.ceil(len(table) * _HIGH)
    low = table["capacity"] < _LOW * table["cases"]
    return table.assign(gap=np.maximum(table["cases"] - table["capacity"], 0.0), marked=high & low)
