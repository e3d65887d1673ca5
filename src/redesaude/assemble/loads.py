"""Load ceilings as rows over the journeys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.assemble.phases import in_each_period
from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario, homes
from redesaude.inputs.tables import ALL
from redesaude_models.problem import Demand, Flags, Journeys, Services
from redesaude_models.referral import Tiers
from redesaude_models.resources import LoadCeiling

_KEY = ["site_id", "specialty_id", "area"]


@dataclass(frozen=True)
class Ceiling:
    """One ceiling spelled out: ``period`` is a position, ``cases`` and ``today`` (NaN: not stated) are per year."""

    id: str
    site: str
    specialty: str
    area: str
    period: int
    cases: float
    today: float
    hard: bool
    price: float


def ceilings(scenario: Scenario) -> Iterator[Ceiling]:
    """Yield the rows of ``load_ceilings``, one for each period."""
    periods = scenario.periods["period_id"]
    for t, row in in_each_period(scenario.load_ceilings, _KEY, periods):
        name = f"load|{row.site_id}|{row.specialty_id}|{row.area}|{periods.iloc[t]}"
        price = 0.0 if row.hard else row.price
        numbers = (row.cases, row.today_cases, row.hard, price)
        yield Ceiling(name, row.site_id, row.specialty_id, row.area, t, *numbers)


def outside(scenario: Scenario, site: str, area: str) -> Flags:
    """Return which territories lie outside the region (or macro-region) of a site, shape ``(territories,)``."""
    territories = scenario.territories.set_index("territory_id")
    home = scenario.sites.set_index("site_id")["territory_id"][site]
    return np.asarray(territories[f"{area}_id"] != territories[f"{area}_id"][home], dtype=bool)


def load_ceilings(
    scenario: Scenario,
    demand: Demand,
    journeys: Journeys,
    services: Services,
    tiers: Tiers,
    *,
    phases: Phases,
) -> tuple[LoadCeiling, ...]:
    """Return the ceilings over the rows of ``journeys`` and transfers; prices become NPV.

    Transfers are counted as coming from where the service stands that sends them.
    """
    sites = pd.Index(scenario.sites["site_id"])
    names = scenario.specialties["specialty_id"].to_numpy(str)
    specialties, tiers_of = names[demand.specialty[journeys.demand]], services.specialty[tiers.source]
    home = homes(scenario)
    yearly = phases.annuities
    found = []
    for row in ceilings(scenario):
        coming = services.site[journeys.service] == sites.get_loc(row.site)
        away = outside(scenario, row.site, row.area)
        coming &= away[demand.territory[journeys.demand]]
        coming &= (specialties == row.specialty) | (row.specialty == ALL)
        price = row.price * float(yearly[row.period])
        sent = services.site[tiers.target] == sites.get_loc(row.site)
        sent &= away[home[services.site[tiers.source]]] & ((names[tiers_of] == row.specialty) | (row.specialty == ALL))
        found.append(
            LoadCeiling(row.id, row.period, row.cases, np.flatnonzero(coming), row.hard, price, np.flatnonzero(sent))
        )
    return tuple(found)
