"""Build ``mato-grosso.xlsx`` from the data pack: ``python scenarios/build_mato_grosso.py --data FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from builders import clinic, contracts, hospitals, promises, risks, services, specialties, territories
from builders.evidence import sources_sheet
from builders.pack import Pack

from redesaude.inputs.template import write_workbook

CAPITAL = 350_000_000.0
"""ceiling of budget-financed works and equipment, currency for the whole period"""


def tables(pack: Pack) -> dict[str, pd.DataFrame]:
    """Return every sheet of the scenario but its settings."""
    chosen = clinic.specialties(pack)
    ages = sorted({age for s in chosen if s.need for age in s.need.ages})
    people = pd.DataFrame({age: pack.people(age) for age in ages})
    sites = hospitals.sites(pack)
    site_services = services.site_services(pack, chosen)
    evidence = [
        *promises.evidence(pack),
        *territories.evidence(pack),
        *specialties.evidence(chosen),
        *hospitals.evidence(sites),
        *services.evidence(site_services),
        *contracts.evidence(),
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
        "contracts": contracts.contracts(),
        "lots": hospitals.lots(sites),
        "funding": contracts.funding(CAPITAL),
        "fiscal": contracts.fiscal(),
        "risks": risks.risks(),
        "access_targets": promises.access_targets(chosen),
        "roads": territories.roads(pack),
        "variants": promises.variants(),
        "sources": sources_sheet(evidence),
    }


def main() -> None:
    """Read the pack and write the workbook beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data pack")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("mato-grosso.xlsx"))
    options = parser.parse_args()
    language = str(promises.SETTINGS["language"])
    write_workbook(options.out, tables(Pack(options.data, "MT")), promises.SETTINGS, language)


if __name__ == "__main__":
    main()
