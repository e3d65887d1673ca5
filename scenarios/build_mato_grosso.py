"""Build ``mato-grosso.xlsx`` and ``mato-grosso-network.xlsx``: ``python scenarios/build_mato_grosso.py``.

The first has one period, the second three; the rest is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
from builders import (
    firm_norms,
    hubs,
    known_contracts,
    known_services,
    licences,
    payers,
    state_buildings,
    state_direct,
    state_facts,
    state_floors,
    state_grassroots,
    state_lots,
    state_network,
    state_staff,
    state_support,
    stations,
    tiers,
    workforce,
)
from builders.command import build
from builders.state_hospitals import HOSPITALS, NEW_BUILDS
from builders.state_lots import OPTIONS

from redesaude.drafting import (
    clinic,
    codes,
    contracts,
    hospitals,
    indicators,
    laws,
    leaving,
    promises,
    quality,
    risks,
    roads,
    services,
    specialties,
    territories,
)
from redesaude.drafting.evidence import PORTUGUESE, Figure, assumed, ruled, sources_sheet
from redesaude.drafting.pack import Pack, StatePack
from redesaude.drafting.payers import defaults_evidence
from redesaude.drafting.phases import TODAY, Phase, periods_sheet, single, three
from redesaude.inputs.scenario import Scenario

_REGIONS = "16 regiões de saúde vigentes em 2022, em seis macrorregiões."
_LIMITS = contracts.Limits(
    revenue=Figure(38_032_000_000.0, "Previsão de receita de junho de 2024 para a lei de diretrizes de 2025. "
                   "https://noticias.r7.com/cidades/momento-mt/"
                   "governo-de-mato-grosso-estima-receita-de-r-38-bilhoes-para-2025-19062024/", "2024", "C",
                   "R$ 38,032 bilhões: previsão do projeto de lei, não a RCL realizada (RREO)", 33e9, 42e9),
    personnel=assumed(0.42, 0.38, 0.46, "42% da RCL já comprometidos; o índice oficial não foi obtido. Inclui a equipe "
                      "dos serviços existentes, que o plano conta outra vez: leitura prudente."),
    capital=ruled(350_000_000.0, "Teto proposto para dez anos, o mesmo por ano em cada período, a confirmar no PPA; "
                  "exceder custa R$ 0,50 a mais por real. Obras de PPP e de prestadores não passam por ele."),
)  # fmt: skip
#: the variant in which norms that can be kept are kept
_FIRM = ("normas_firmes", "Normas alcançáveis firmes: a rede mais barata que as cumpre")
SETTINGS = promises.SETTINGS | codes.SETTINGS | {name: f.value for name, f in state_network.SETTINGS.items()}


def tables(pack: StatePack, phases: Sequence[Phase]) -> dict[str, pd.DataFrame]:
    """Return every sheet of the scenario but its settings."""
    chosen = known_services.bracketed(clinic.specialties(pack), pack)
    site_rows = pd.concat([hospitals.sites(pack, HOSPITALS, NEW_BUILDS), known_services.clinics(pack)])
    site_services = known_services.applied(services.site_services(pack, chosen, HOSPITALS, NEW_BUILDS), chosen)
    hospital_tables = _hospitals(pack, chosen, site_rows, site_services, phases)
    ceilings = state_network.CEILINGS if len(phases) > 1 else state_network.CEILING_SINGLE
    sizes = state_buildings.with_room(hospital_tables["sizes"], chosen)
    rooms = state_buildings.sheet(pack, sizes, site_services)
    ladders, agreements = state_support.ladders(pack), state_support.agreements(pack)
    roles = state_staff.counted(state_staff.roles(pack), phases)
    promised = state_network.promises(pack, chosen)
    one_year = SETTINGS | {"horizon_years": TODAY[0].years}
    settings = pd.DataFrame(one_year.items(), columns=["name", "value"])
    draft = _hospitals(pack, chosen, site_rows, site_services, TODAY) | {"settings": settings}
    today = hubs.loads_today(Scenario.from_tables(draft), state_network.HUBS)
    evidence = [
        *_evidence(pack, chosen, site_rows, site_services),
        *state_buildings.evidence(rooms),
        *_known_evidence(),
        *state_staff.evidence(pack, roles),
        *state_network.evidence(pack, promised, ceilings),
        *tiers.evidence(PORTUGUESE, ladders, agreements),
        *codes.evidence(),
        *state_grassroots.evidence(),
        *state_lots.evidence(),
    ]
    found = hospital_tables | {
        "specialties": tiers.with_transfers(
            stations.with_windows(hospital_tables["specialties"], state_network.windows(pack)), ladders
        ),
        "sites": state_buildings.without_count(site_rows, rooms),
        "sizes": tiers.with_levels(sizes, ladders),
        "buildings": rooms,
        "support": tiers.support_sheet(agreements),
        "decisions": state_network.decisions(NEW_BUILDS, pack),
        "precedence": state_network.precedence(site_services, phases),
        "load_ceilings": hubs.ceilings_sheet(
            {(hub, "all"): cases for hub, cases in today.items()}, ceilings, state_network.RELIEF_PRICE, phases
        ),
        "workforce": workforce.workforce_sheet(
            roles, chosen, site_services, state_staff.areas(pack, site_rows), phases
        ),
        "staffing": workforce.staffing_sheet(roles, chosen),
        "stations": stations.stations_sheet(state_network.bases(pack), state_network.COSTS),
        "emergency": stations.emergency_sheet(promised),
        "surge": state_network.surge(),
        "surge_loans": state_network.surge_loans(),
        "today": known_services.today(leaving.sheet(pack)),
        "lot_limits": state_lots.limits(),
        "licences": licences.sheet(),
        "quality_grades": licences.grades(),
        **({"pilots": licences.pilots(OPTIONS, phases)} if len(phases) > 1 else {}),
        "variants": promises.variants(
            OPTIONS, phases, [*licences.variants(OPTIONS, phases), *known_services.VARIANTS, *state_lots.variants()]
        ),
        "sources": sources_sheet(evidence),
    }
    book = "mato-grosso-network" if len(phases) > 1 else "mato-grosso"
    firm = found | firm_norms.with_variant(_FIRM, found, book, phases)
    return codes.coded(state_grassroots.with_grassroots(firm))


def _evidence(
    pack: StatePack, chosen: Sequence[specialties.Specialty], site_rows: pd.DataFrame, site_services: pd.DataFrame
) -> list[dict[str, str]]:
    """Where the figures of places, services and contracts come from."""
    return [
        *promises.evidence(pack),
        *state_network.sources_of_settings(),
        *territories.evidence("6,4%", _REGIONS),
        *roads.state_evidence(pack),
        *specialties.evidence(chosen),
        *hospitals.evidence(site_rows, HOSPITALS, NEW_BUILDS),
        *services.evidence(site_services),
        *contracts.evidence(OPTIONS, _LIMITS),
        *quality.evidence(OPTIONS),
        *licences.evidence(),
        *risks.evidence(),
        *defaults_evidence(),
        *payers.evidence(),
        *leaving.evidence(pack),
    ]


def _known_evidence() -> list[dict[str, str]]:
    """Where the figures come from of what is known of the state, and of what it may promise."""
    return [
        *state_facts.evidence(),
        *known_services.evidence(),
        *known_contracts.evidence(),
        *state_direct.evidence(),
        *state_floors.evidence(),
    ]


def _hospitals(
    pack: Pack,
    chosen: Sequence[specialties.Specialty],
    site_rows: pd.DataFrame,
    site_services: pd.DataFrame,
    phases: Sequence[Phase],
) -> dict[str, pd.DataFrame]:
    """The sheets about hospitals, contracts and money."""
    ages = sorted({age for s in chosen if s.need for age in s.need.ages})
    people = pd.DataFrame({age: pack.people(age) for age in ages})
    return {
        "periods": periods_sheet(phases),
        "territories": territories.with_macroregions(territories.territories(pack), state_facts.macroregions()),
        "specialties": specialties.specialties_sheet(chosen, promises.TRAVEL),
        "demand": specialties.demand_sheet(chosen, people),
        "sites": site_rows,
        "sizes": specialties.sizes_sheet(chosen),
        "site_services": site_services,
        "requires": services.requires(chosen),
        "contracts": state_direct.with_range(quality.with_watch(contracts.contracts(OPTIONS))),
        "quality_indicators": quality.sheet(OPTIONS),
        "known_contracts": known_contracts.sheet(),
        "lots": hospitals.lots(site_rows, state_facts.macroregions()),
        "funding": contracts.funding(OPTIONS, _LIMITS, phases),
        "fiscal": contracts.fiscal(_LIMITS),
        "laws": laws.sheet(laws.BRAZIL),
        "payers": payers.sheet(OPTIONS),
        "risks": risks.risks(OPTIONS),
        "access_targets": state_floors.sheet(),
        **indicators.sheets(indicators.BRAZIL),
        "roads": roads.state_roads(pack),
    }


def _book(phases: Sequence[Phase]) -> dict[str, pd.DataFrame]:
    return tables(state_facts.MatoGrosso(), phases)


if __name__ == "__main__":
    books = {
        "mato-grosso": partial(_book, single(SETTINGS["horizon_years"])),
        "mato-grosso-network": partial(_book, three(SETTINGS["horizon_years"])),
    }
    build(__file__, books, SETTINGS, __doc__)
