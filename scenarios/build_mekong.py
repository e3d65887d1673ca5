"""Build ``mekong.xlsx``, ``mekong-network.xlsx`` and ``mekong-2025.xlsx``: ``python scenarios/build_mekong.py``.

The first has one period and people as counted, the second three periods and growth; the rest is the same. The third is
the first on the map since 1 July 2025.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
from builders import firm_norms, hubs, stations, tiers, training, workforce
from builders.command import build
from mekong_builders import (
    clinic,
    codes,
    contracts,
    geography,
    grassroots,
    hospitals,
    network,
    promises,
    quality,
    services,
    since_2025,
    staff,
    support,
    techniques,
)
from mekong_builders.evidence import VIETNAMESE
from mekong_builders.pack import Pack

from redesaude.drafting import indicators, laws
from redesaude.drafting import specialties as specialty_sheets
from redesaude.drafting.evidence import sources_sheet
from redesaude.drafting.phases import Phase, periods_sheet, single, three
from redesaude.drafting.specialties import Specialty, sizes_sheet, specialties_sheet

#: the variant in which norms that can be kept are kept
_FIRM = ("chuan_bat_buoc", "Chuẩn giữ được là bắt buộc: mạng lưới rẻ nhất giữ được các chuẩn")
SETTINGS = promises.SETTINGS | codes.SETTINGS | {name: f.value for name, f in network.SETTINGS.items()}


def tables(pack: Pack, phases: Sequence[Phase], book: str) -> dict[str, pd.DataFrame]:
    """Return every sheet of the scenario but its settings; norms are firm in a variant as ``book`` can keep them."""
    chosen = clinic.specialties(pack)
    site_services = services.site_services(pack, chosen)
    several = len(phases) > 1
    ceilings = network.CEILINGS if several else network.CEILING_SINGLE
    roles, promised = staff.roles(pack, chosen), network.promises(chosen)
    territories = geography.territories(pack)
    ladders, agreements = support.ladders(pack), support.agreements(pack)
    evidence = [
        *_evidence(pack, chosen, several=several),
        *staff.evidence(roles),
        *training.evidence(VIETNAMESE, staff.TRAINING, staff.TRAINED),
        *network.evidence(pack, promised, ceilings),
        *tiers.evidence(VIETNAMESE, ladders, agreements),
        *techniques.evidence(),
        *codes.evidence(),
        *grassroots.evidence(),
    ]
    found = {
        "periods": periods_sheet(phases),
        "territories": network.growing(territories, pack) if several else territories,
        "specialties": tiers.with_transfers(
            stations.with_windows(specialties_sheet(chosen, promises.TRAVEL), network.windows(pack)), ladders
        ),
        "sites": hospitals.sites(pack),
        "sizes": training.with_training(tiers.with_levels(sizes_sheet(chosen), ladders), staff.TRAINING),
        "support": tiers.support_sheet(agreements),
        "techniques": techniques.sheet(),
        "site_services": site_services,
        "decisions": promises.decisions(phases),
        "requires": services.REQUIRES,
        "contracts": quality.with_watch(contracts.contracts()),
        "quality_indicators": quality.sheet(),
        "funding": contracts.funding(phases, pack),
        "laws": laws.sheet(laws.VIETNAM),
        "risks": contracts.risks(),
        "access_targets": promises.access_targets(chosen),
        **indicators.sheets([*indicators.VIETNAM, network.STATIONS_FOLLOWED]),
        "roads": geography.roads(pack),
        "variants": promises.variants(site_services, phases),
        **_resources(pack, chosen, site_services, roles, phases),
        "load_ceilings": hubs.ceilings_sheet(network.loads_today(pack, chosen), ceilings, network.RELIEF_PRICE, phases),
        "emergency": stations.emergency_sheet(promised),
        "sources": sources_sheet(evidence),
    }
    firm = found | firm_norms.with_variant(_FIRM, found, book, phases)
    return codes.coded(grassroots.with_grassroots(firm, pack))


def _evidence(pack: Pack, chosen: Sequence[Specialty], *, several: bool) -> list[dict[str, str]]:
    """Where the figures of places, services and contracts come from."""
    return [
        *promises.evidence(pack),
        *network.sources_of_settings(),
        *geography.evidence(pack),
        *(network.growth_evidence() if several else []),
        *specialty_sheets.evidence(chosen, promises.TOLD),
        *hospitals.evidence(),
        *services.evidence(),
        *contracts.evidence(),
        *quality.evidence(),
    ]


def _resources(
    pack: Pack,
    chosen: Sequence[Specialty],
    site_services: pd.DataFrame,
    roles: Sequence[workforce.Role],
    phases: Sequence[Phase],
) -> dict[str, pd.DataFrame]:
    """The sheets about staff, stations, surges and what comes first."""
    return {
        "workforce": workforce.workforce_sheet(roles, chosen, site_services, staff.areas(pack), phases),
        "staffing": workforce.staffing_sheet(roles, chosen),
        "stations": stations.stations_sheet(network.posts(pack), network.COSTS),
        "surge": network.surge(),
        "surge_loans": network.surge_loans(),
        "precedence": network.precedence(site_services, phases),
    }


def _book(phases: Sequence[Phase], book: str) -> dict[str, pd.DataFrame]:
    return tables(Pack(), phases, book)


def _since_2025(phases: Sequence[Phase], book: str) -> dict[str, pd.DataFrame]:
    """The scenario on the new map, with the norms that a plan was found to keep there."""
    found = since_2025.on_the_new_map(_book(phases, ""), Pack())
    return found | firm_norms.with_variant(_FIRM, found, book, phases)


if __name__ == "__main__":
    books = {
        "mekong": partial(_book, single(SETTINGS["horizon_years"]), "mekong"),
        "mekong-network": partial(_book, three(SETTINGS["horizon_years"]), "mekong-network"),
        "mekong-2025": partial(_since_2025, single(SETTINGS["horizon_years"]), "mekong-2025"),
    }
    build(__file__, books, SETTINGS, __doc__)
