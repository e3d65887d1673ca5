"""Municipalities and the road links between them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from builders.evidence import cited, row, ruled
from builders.pack import Pack
from redesaude.travel.distances import great_circle_km

#: parents and neighbours of Boa Esperança do Norte, whose estimates jump because their limits changed in 2025
_CHANGED_LIMITS = ("Sorriso", "Nova Ubiratã", "Vera")
_GROWTH_LIMITS = (-0.01, 0.03)

#: longer links are through buses: their passengers pass towns that shorter links already join
LONGEST_LINK_KM = 200.0
#: regions whose roads are in good part unpaved, and the speed assumed on links inside them
_SLOW_REGIONS = ("Noroeste Matogrossense", "Araguaia Xingu", "Norte Araguaia Karajá")
_SLOW_KMH = 50.0
_TWIN_KM = 10.0

_MACROREGIONS = {"5101": "Sul", "5102": "Oeste", "5103": "Norte", "5104": "Leste", "5105": "Centro-Norte"}

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
            "growth_rate": growth.mask(places["name"].isin(_CHANGED_LIMITS), 0.0),
        }
    ).reset_index(drop=True)


def macroregion_name(code: str) -> str:
    """Return the name of a health macro-region of Mato Grosso (2022)."""
    return _MACROREGIONS[code]


def roads(pack: Pack) -> pd.DataFrame:
    """Return the ``roads`` sheet: real links and twin towns, their length left to the settings."""
    links = pack.links[pack.links["great_circle_km"] <= LONGEST_LINK_KM]
    pairs = list(zip(links["ibge_code_a"], links["ibge_code_b"], strict=True))
    pairs += [pair for pair in twin_towns(pack.municipalities) if pair not in pairs]
    slow_places = set(pack.municipalities.query("health_region_name in @_SLOW_REGIONS").index)
    return pd.DataFrame(
        {
            "from_id": [start for start, _ in pairs],
            "to_id": [end for _, end in pairs],
            "km": float("nan"),
            "speed_kmh": [_SLOW_KMH if set(pair) <= slow_places else float("nan") for pair in pairs],
        }
    )


def twin_towns(places: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the pairs of codes whose seats are so near that town buses, not coaches, join them."""
    latitude, longitude = places["lat"].to_numpy(float), places["lon"].to_numpy(float)
    apart = great_circle_km(latitude[:, None], longitude[:, None], latitude, longitude)
    return [(places.index[a], places.index[b]) for a, b in np.argwhere(np.triu(apart <= _TWIN_KM, 1))]


def evidence(pack: Pack) -> list[dict[str, str]]:
    """Return the ``sources`` rows of both sheets."""
    regions = "DATASUS e Base dos Dados, tabelas de regiões de saúde"
    return [
        row("territories", "*", "population", _CENSUS.noted("Contagem de 2022, usada como população do ano-base. "
            "As estimativas de 2025 são 6,4% maiores, em parte por correção da contagem: não são comparáveis.")),
        row("territories", "*", "growth_rate", cited(_ESTIMATES, "2025", "B", "Variação de 2024 a 2025 na mesma "
            "série, limitada a -1% e +3% ao ano; zero onde os limites municipais mudaram em 2025 (Sorriso, Nova "
            "Ubiratã, Vera), pois Boa Esperança do Norte foi separada e não tem população censitária própria.")),
        row("territories", "*", "region_id", cited(regions, "2022", "A", "16 regiões e 5 macrorregiões vigentes em "
            "2022; uma sexta macrorregião (Centro-Noroeste) é mais recente e sua composição não foi encontrada.")),
        row("territories", "*", "latitude", cited("IBGE, por repositórios públicos de sedes municipais", "2022",
            "B", "Sede municipal; conferida entre duas fontes.")),
        row("roads", "*", "*", cited("IBGE, Ligações Rodoviárias e Hidroviárias 2016", "2016", "A",
            "Pares com transporte regular de passageiros por estrada, até 200 km em linha reta. Ligações mais longas "
            "são ônibus diretos que passam pelas cidades das curtas: mantê-las só encurtaria o trajeto modelado.")),
        *(row("roads", f"{a}|{b}", "*", ruled(0, "Cidades conurbadas, sem ônibus rodoviário: ligação suposta."))
          for a, b in twin_towns(pack.municipalities)),
        row("roads", "*", "km", ruled(0, "Em branco: linha reta entre sedes x road_detour. Não é distância medida.")),
        row("roads", "*", "speed_kmh", ruled(0, "50 km/h (faixa 40 a 60) nas ligações dentro do Noroeste, do Araguaia "
            "Xingu e do Norte Araguaia, com trechos sem asfalto; nas demais, road_speed_kmh.")),
    ]  # fmt: skip
