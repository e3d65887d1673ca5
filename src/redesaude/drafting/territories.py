"""Municipalities and their health regions."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from redesaude.drafting.evidence import cited, row
from redesaude.drafting.pack import Pack

#: parents and neighbours of Boa Esperança do Norte, whose estimates jump because their limits changed in 2025
_CHANGED_LIMITS = ("5107925", "5106240", "5108501")
_GROWTH_LIMITS = (-0.01, 0.03)


_CENSUS = cited("IBGE, Censo Demográfico 2022, tabela SIDRA 9514", "2022", "A")
_ESTIMATES = "IBGE, estimativas de população de 1 de julho de 2024 e de 2025"


def territories(pack: Pack) -> pd.DataFrame:
    """Return the ``territories`` sheet."""
    places = pack.municipalities
    growth = (places["pop_est_2025"] / places["pop_est_2024"] - 1.0).clip(*_GROWTH_LIMITS).round(4)
    return pd.DataFrame(
        {
            "territory_id": places.index,
            "name": places["name"],
            "region_id": places["health_region_code"],
            "region_name": places["health_region_name"],
            "macroregion_id": places["macro_region_code"],
            "latitude": places["lat"],
            "longitude": places["lon"],
            "population": places["pop_census_2022"].astype(int),
            "growth_rate": growth.mask(places.index.isin(_CHANGED_LIMITS), 0.0),
        }
    ).reset_index(drop=True)


#: why growth is none in a part of Mato Grosso
_CHANGED = ("; zero onde os limites municipais mudaram em 2025 (Sorriso, Nova Ubiratã, Vera), pois Boa Esperança do "
            "Norte foi separada e não tem população censitária própria.")  # fmt: skip


def with_macroregions(table: pd.DataFrame, named: Mapping[str, str]) -> pd.DataFrame:
    """Return the sheet with the names of its macro-regions, by code."""
    return table.assign(macroregion_name="Macrorregião " + table["macroregion_id"].map(named))


def evidence(rise: str, regions_note: str, changed: str = _CHANGED) -> list[dict[str, str]]:
    """Return the ``sources`` rows of ``territories``; ``rise`` is that of the 2025 estimates above the count.

    ``changed`` ends the sentence on growth with what is said of municipalities whose limits changed.
    """
    regions = "DATASUS e Base dos Dados, tabelas de regiões de saúde"
    return [
        row("territories", "*", "population", _CENSUS.noted("Contagem de 2022, usada como população do ano-base. "
            f"As estimativas de 2025 são {rise} maiores, em parte por correção da contagem: não são comparáveis.")),
        row("territories", "*", "growth_rate", cited(_ESTIMATES, "2025", "B", "Variação de 2024 a 2025 na mesma "
            f"série, limitada a -1% e +3% ao ano{changed}")),
        row("territories", "*", "region_id", cited(regions, "2022", "A", regions_note)),
        row("territories", "*", "latitude", cited("IBGE, por repositórios públicos de sedes municipais", "2022",
            "B", "Sede municipal; conferida entre duas fontes.")),
    ]  # fmt: skip
