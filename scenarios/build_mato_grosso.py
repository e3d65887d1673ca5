"""Build ``mato-grosso.xlsx`` from the data pack: ``python scenarios/build_mato_grosso.py --data FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from builders import clinic, contracts, hospitals, promises, risks, roads, services, specialties, territories
from builders.contracts import CONTRACTS
from builders.evidence import Figure, assumed, ruled, sources_sheet
from builders.hospitals import HOSPITALS, NEW_BUILDS
from builders.pack import Pack, StatePack

from redesaude.inputs.template import write_workbook

_REGIONS = ("16 regiões e 5 macrorregiões vigentes em 2022; uma sexta macrorregião (Centro-Noroeste) é mais recente e "
            "sua composição não foi encontrada.")  # fmt: skip
_LIMITS = contracts.Limits(
    revenue=Figure(38_032_000_000.0, "RCL de Mato Grosso, pelo levantamento fiscal do projeto", "2025", "B",
                  "R$ 38,032 bilhões."),
    personnel=assumed(0.42, 0.38, 0.46, "42% da RCL já comprometidos; o índice oficial não foi obtido. Inclui a equipe "
                      "dos serviços existentes, que o plano conta outra vez: leitura prudente."),
    capital=ruled(350_000_000.0, "Teto proposto para o período, a confirmar no PPA; exceder custa R$ 0,50 a mais por "
                  "real. Obras de PPP e de prestadores não passam por ele."),
)  # fmt: skip


def tables(pack: Pack) -> dict[str, pd.DataFrame]:
    """Return every sheet of the scenario but its settings."""
    chosen = clinic.specialties(pack)
    ages = sorted({age for s in chosen if s.need for age in s.need.ages})
    people = pd.DataFrame({age: pack.people(age) for age in ages})
    sites = hospitals.sites(pack, HOSPITALS, NEW_BUILDS)
    site_services = services.site_services(pack, chosen, HOSPITALS, NEW_BUILDS)
    evidence = [
        *promises.evidence(pack),
        *territories.evidence("6,4%", _REGIONS),
        *roads.state_evidence(pack),
        *specialties.evidence(chosen),
        *hospitals.evidence(sites, HOSPITALS, NEW_BUILDS),
        *services.evidence(site_services),
        *contracts.evidence(CONTRACTS, _LIMITS),
        *risks.evidence(),
    ]
    return {
        "periods": promises.periods(),
        "territories": territories.territories(pack),
        "specialties": specialties.specialties_sheet(chosen, promises.TRAVEL),
        "demand": specialties.demand_sheet(chosen, people),
        "sites": sites,
        "sizes": specialties.sizes_sheet(chosen),
        "site_services": site_services,
        "requires": services.requires(),
        "contracts": contracts.contracts(CONTRACTS),
        "lots": hospitals.lots(sites, territories.MACROREGIONS),
        "funding": contracts.funding(CONTRACTS, _LIMITS),
        "fiscal": contracts.fiscal(_LIMITS),
        "risks": risks.risks(CONTRACTS),
        "access_targets": promises.access_targets(chosen, "each"),
        "roads": roads.state_roads(pack),
        "variants": promises.variants(CONTRACTS),
        "sources": sources_sheet(evidence),
    }


def main() -> None:
    """Read the pack and write the workbook beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data pack")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("mato-grosso.xlsx"))
    options = parser.parse_args()
    language = str(promises.SETTINGS["language"])
    write_workbook(options.out, tables(StatePack(options.data)), promises.SETTINGS, language)


if __name__ == "__main__":
    main()
