"""From ids to the names people know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from redesaude.assemble.phases import phases_of
from redesaude.inputs.areas import area_names
from redesaude.inputs.scenario import Scenario


def _names(frame: pd.DataFrame, key: str) -> dict[str, str]:
    """Map ids to names; an id without a name speaks for itself."""
    pairs = zip(frame[key].astype(str), frame["name"].astype(str), strict=True)
    return {row_id: label or row_id for row_id, label in pairs}


@dataclass(frozen=True)
class Names:
    """Names by id, and where each site and territory lies. An unknown id stands for itself."""

    sites: Mapping[str, str]
    territories: Mapping[str, str]
    specialties: Mapping[str, str]
    contracts: Mapping[str, str]
    regions: Mapping[str, str]
    periods: Mapping[str, str]
    territory_of_site: Mapping[str, str]
    region_of_territory: Mapping[str, str]
    kind_of_site: Mapping[str, str]
    roles: Mapping[str, str]
    stations: Mapping[str, str]
    techniques: Mapping[str, str]
    indicators: Mapping[str, str]

    def region_of_site(self, site_id: str) -> str:
        """Return the id of the health region in which the site lies."""
        return self.region_of_territory.get(self.territory_of_site.get(site_id, ""), "")

    def label(self, what: str, ids: pd.Series) -> pd.Series:
        """Replace a series of ids of ``what`` (``sites``, ``regions``, ...) by names."""
        names: Mapping[str, str] = getattr(self, what)
        return ids.map(lambda row_id: names.get(str(row_id), str(row_id)))


def _periods(scenario: Scenario) -> dict[str, str]:
    """Name each period by its years, e.g. ``2027-2056``; the last runs to the end of the horizon."""
    phases = phases_of(scenario)
    first = phases.calendar.first_year
    spans = zip(scenario.periods["period_id"].astype(str), phases.begins, phases.ends, strict=True)
    return {
        period: f"{first + begin}-{first + end - 1}" if end > begin + 1 else f"{first + begin}"
        for period, begin, end in spans
    }


def names_of(scenario: Scenario) -> Names:
    """Collect the names of a scenario."""
    sites, territories = scenario.sites, scenario.territories
    return Names(
        sites=_names(sites, "site_id"),
        territories=_names(territories, "territory_id"),
        specialties=_names(scenario.specialties, "specialty_id"),
        contracts=_names(scenario.contracts, "contract_id"),
        regions=area_names(territories),
        periods=_periods(scenario),
        territory_of_site=dict(zip(sites["site_id"], sites["territory_id"], strict=True)),
        region_of_territory=dict(zip(territories["territory_id"], territories["region_id"], strict=True)),
        kind_of_site=dict(zip(sites["site_id"], sites["kind"], strict=True)),
        roles=_names(scenario.workforce, "role_id"),
        stations=_names(scenario.stations, "station_id"),
        techniques=_names(scenario.techniques, "technique_id"),
        indicators=_names(scenario.indicators, "indicator_id"),
    )
