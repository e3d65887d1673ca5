r"""How far patients travel, and the CO2 of it: told, never a cost (that is the line ``travel``, by minutes).

Of people with :math:`n` cases a year treated :math:`k` kilometres away, each case with :math:`r` return journeys
(``trips_per_case``), vehicles drive :math:`2 r n k` kilometres a year and emit :math:`e` kg of CO2 on each
(``travel_co2``, with its range). Patient and companions share one vehicle; transfers between hospitals and those
treated outside the area, whose ways nobody knows, are not counted.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario, positions
from redesaude.inputs.settings import Settings
from redesaude.inputs.tables import ALL
from redesaude.travel.kilometres import ways

#: of a specialty and the region of its people (``all``: the whole area); a year's cases, vehicle km, tonnes of CO2
TRAVELLED = (
    "specialty_id",
    "region_id",
    "period_id",
    "cases",
    "km",
    "km_given_share",
    "co2_tonnes",
    "co2_tonnes_low",
    "co2_tonnes_high",
)
_AREA = list(TRAVELLED[:3])


def travelled(scenario: Scenario, flows: pd.DataFrame) -> pd.DataFrame:
    """Return the yearly travel (columns :data:`TRAVELLED`) of ``flows``: territory_id, site_id, specialty_id, period_id
    and cases; a blank site, or one no way leads to, is left out.

    ``km_given_share`` is the share of km that the input states, the rest is modelled. CO2 is NaN where the settings
    state none.
    """
    rows, lengths = flows[flows["site_id"] != ""], ways(scenario)
    at = (
        positions(scenario.territories["territory_id"], rows["territory_id"]),
        positions(scenario.sites["site_id"], rows["site_id"]),
    )
    trips = rows["specialty_id"].map(scenario.specialties.set_index("specialty_id")["trips_per_case"])
    km = 2.0 * trips.to_numpy(float) * rows["cases"].to_numpy(float) * lengths.km[at]
    rows = rows.assign(km=km, given=np.where(lengths.given[at], km, 0.0)).dropna(subset=["km"])
    region = rows["territory_id"].map(scenario.territories.set_index("territory_id")["region_id"])
    both = pd.concat([rows.assign(region_id=region), rows.assign(region_id=ALL)])
    sums = both.groupby(_AREA)[["cases", "km", "given"]].sum().astype(float).reset_index()
    low, factor, high = co2_range(scenario.settings)
    return sums.assign(
        km_given_share=sums["given"] / sums["km"].where(sums["km"] > 0),
        co2_tonnes=sums["km"] * factor / 1000.0,
        co2_tonnes_low=sums["km"] * low / 1000.0,
        co2_tonnes_high=sums["km"] * high / 1000.0,
    )[list(TRAVELLED)]


def co2_range(settings: Settings) -> tuple[float, float, float]:
    """Return the lowest, the stated and the highest kg of CO2 a vehicle km; NaN where none is stated."""
    factor = settings.travel_co2 or np.nan
    return settings.travel_co2_low or factor, factor, settings.travel_co2_high or factor
