"""Build ``brazil.xlsx``: ``python scenarios/build_brazil.py``."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from builders.command import build

from redesaude.drafting import (
    codes,
    contracts,
    hospitals,
    indicators,
    national,
    payers,
    promises,
    quality,
    risks,
    roads,
    services,
    specialties,
    territories,
)
from redesaude.drafting.evidence import sources_sheet
from redesaude.drafting.pack import CountryPack
from redesaude.drafting.phases import periods_sheet, single
from redesaude.inputs.scenario import Scenario

PHASES = single(national.SETTINGS["horizon_years"])
_REGIONS = "450 regiões e 118 macrorregiões de saúde vigentes em 2022."


def tables(pack: CountryPack, reach: Mapping[str, float] | None = None) -> dict[str, pd.DataFrame]:
    """Return every sheet of the scenario but its settings; access targets follow from ``reach``."""
    chosen = national.specialties(pack, reach)
    people = pd.DataFrame({age: pack.people(age) for age in sorted({a for s in chosen if s.need for a in s.need.ages})})
    real = national.hospitals(pack)
    sites = hospitals.sites(pack, real)
    macroregions = national.macroregions(pack)
    site_services = services.site_services(pack, chosen, real, hosts=national.HOSTS, existing=national.EXISTING)
    evidence = [
        *promises.evidence(pack),
        *territories.evidence("5,1%", _REGIONS),
        *roads.country_evidence(),
        *specialties.evidence(chosen),
        *hospitals.evidence(sites, real),
        *services.evidence(site_services),
        *national.evidence(real),
        *contracts.evidence(national.OPTIONS, national.LIMITS),
        *payers.defaults_evidence(),
        *quality.evidence(national.OPTIONS),
        *risks.evidence(),
        *codes.evidence(),
    ]
    found = {
        "periods": periods_sheet(PHASES),
        "territories": territories.territories(pack).replace({"macroregion_id": macroregions}),
        "specialties": specialties.specialties_sheet(chosen, promises.TRAVEL),
        "demand": specialties.demand_sheet(chosen, people),
        "sites": sites,
        "sizes": specialties.sizes_sheet(chosen),
        "site_services": site_services,
        "requires": services.requires(chosen),
        "contracts": quality.with_watch(contracts.contracts(national.OPTIONS)),
        "quality_indicators": quality.sheet(national.OPTIONS),
        "lots": hospitals.lots(sites, macroregions),
        "funding": contracts.funding(national.OPTIONS, national.LIMITS, PHASES),
        "fiscal": contracts.fiscal(national.LIMITS),
        "risks": risks.risks(national.OPTIONS),
        **promises.sheets(chosen, "each_macroregion"),
        **indicators.sheets(indicators.BRAZIL),
        "roads": roads.country_roads(pack),
        "variants": promises.variants(national.OPTIONS, PHASES),
        "sources": sources_sheet(evidence),
    }
    return codes.coded(found)


def _book() -> dict[str, pd.DataFrame]:
    pack = CountryPack()
    settings = pd.DataFrame(national.SETTINGS.items(), columns=["name", "value"])
    draft = Scenario.from_tables(tables(pack) | {"settings": settings})
    return tables(pack, national.reach_of(draft))


if __name__ == "__main__":
    build(__file__, {"brazil": _book}, national.SETTINGS, __doc__)
