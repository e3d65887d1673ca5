"""Build ``mekong.xlsx`` from the data pack: ``python scenarios/build_mekong.py --data FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from builders.evidence import sources_sheet
from builders.specialties import sizes_sheet, specialties_sheet
from mekong_builders import clinic, contracts, geography, hospitals, promises, services
from mekong_builders.pack import Pack

from redesaude.inputs.template import write_workbook


def tables(pack: Pack) -> dict[str, pd.DataFrame]:
    """Return every sheet of the scenario but its settings."""
    chosen = clinic.specialties(pack)
    site_services = services.site_services(pack, chosen)
    evidence = [
        *promises.evidence(pack),
        *geography.evidence(pack),
        *promises.specialty_evidence(chosen),
        *hospitals.evidence(),
        *services.evidence(),
        *contracts.evidence(),
    ]
    return {
        "periods": promises.periods(),
        "territories": geography.territories(pack),
        "specialties": specialties_sheet(chosen, promises.TRAVEL),
        "sites": hospitals.sites(pack),
        "sizes": sizes_sheet(chosen),
        "site_services": site_services,
        "requires": services.REQUIRES,
        "contracts": contracts.contracts(),
        "funding": contracts.funding(),
        "risks": contracts.risks(),
        "access_targets": promises.access_targets(chosen),
        "roads": geography.roads(pack),
        "variants": promises.variants(site_services),
        "sources": sources_sheet(evidence),
    }


def main() -> None:
    """Read the pack and write the workbook beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data pack")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("mekong.xlsx"))
    options = parser.parse_args()
    language = str(promises.SETTINGS["language"])
    write_workbook(options.out, tables(Pack(options.data)), promises.SETTINGS, language)


if __name__ == "__main__":
    main()
