"""Settings, access promises and what-if variants of the scenarios of Brazil."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from redesaude.drafting.contracts import Contract
from redesaude.drafting.evidence import assumed, cited, row, ruled
from redesaude.drafting.pack import Pack
from redesaude.drafting.phases import BASE_YEAR, Phase
from redesaude.drafting.specialties import DALY_VALUE, OCCUPANCY, Specialty
from redesaude.drafting.travel_cost import TravelCost

ROAD_SPEED = 70.0
_CAR_KM = 1.1
TRAVEL = TravelCost(hour_value=15.0, companions=1.8, minute_cost=round(_CAR_KM * ROAD_SPEED / 60.0, 2))

#: floor of the worst-off region, where the scenario has the specialty: (specialty, minutes, share)
_FLOORS = (("avc", 120, 0.5), ("trauma", 120, 0.6), ("gestacao_risco", 180, 0.6), ("dialise", 90, 0.7))

#: years of cost: life of a building, and term of a grey-coat PPP
HORIZON = 30

SETTINGS: dict[str, object] = {
    "title": "Rede Cidade da Saúde - Mato Grosso",
    "currency": "BRL",
    "language": "pt-BR",
    "base_year": BASE_YEAR,
    "horizon_years": HORIZON,
    "discount_rate": 0.085,
    "discount_timing": "middle",
    "inflation": 0.03,
    "daly_value": 0.0,
    "away_gain_share": 1.0,
    "perspective": "government",
    "payer_defaults": "brazil",
    "ppp_law": "BR-11079",
    "patient_time_weight": 1.0,
    "patient_time_value": TRAVEL.hour_value,
    "patient_minute_cost": TRAVEL.minute_cost,
    "companions": TRAVEL.companions,
    "occupancy": OCCUPANCY,
    "personnel_share": 0.6,
    "road_detour": 1.25,
    "road_speed_kmh": ROAD_SPEED,
    "local_minutes": 10.0,
    "gap": 0.01,
    "time_limit_s": 120.0,
}

_VARIANTS = (
    ("sem_ppp", "Sem PPP", "contracts", "ppp_cinza", "max_contracts", "set", "0"),
    ("sem_ppp", "Sem PPP", "contracts", "ppp_cinza_20", "max_contracts", "set", "0"),
    ("sem_ppp", "Sem PPP", "contracts", "ppp_cinza_oss", "max_contracts", "set", "0"),
    ("sem_ppp", "Sem PPP", "contracts", "ppp_branca", "max_contracts", "set", "0"),
    ("estrada_lenta", "Estradas 20% mais lentas", "settings", "road_speed_kmh", "value", "multiply", "0.8"),
    ("estrada_lenta", "Estradas 20% mais lentas", "roads", "*", "speed_kmh", "multiply", "0.8"),
    ("oss_085", "OSS 15% mais barata", "contracts", "oss", "opex_factor", "set", "0.85"),
    ("oss_085", "OSS 15% mais barata", "contracts", "oss", "opex_factor_low", "set", "0.85"),
    ("oss_085", "OSS 15% mais barata", "contracts", "oss", "opex_factor_high", "set", "0.85"),
    ("oss_fora_da_lrf", "Equipe de OSS fora do limite de pessoal", "contracts", "oss",
     "counts_as_personnel", "set", "0"),
    ("oss_fora_da_lrf", "Equipe de OSS fora do limite de pessoal", "contracts", "ppp_cinza_oss",
     "counts_as_personnel", "set", "0"),
    *(("qualidade_sem_repasse", "Pagamento por qualidade sem repasse ao preço", "contracts", c, "quality_priced_share",
       "set", "0") for c in ("oss", "fundacao", "compra", "ppp_cinza", "ppp_cinza_20", "ppp_cinza_oss", "ppp_branca")),
    ("desconto_5", "Desconto de 5%", "settings", "discount_rate", "value", "set", "0.05"),
    *(("mais_formas", "Mais formas: EBSERH, agência de cooperação técnica e parceria privada", "contracts", contract,
       "active", "set", "yes") for contract in ("ebserh", "agencia", "parceria")),
    ("ocupacao_75", "Ocupação de 75%", "settings", "occupancy", "value", "set", "0.75"),
)  # fmt: skip


def sheets(specialties: Sequence[Specialty], regions: str) -> dict[str, pd.DataFrame]:
    """Return the sheets of promises by name: a floor for each of the ``regions`` in the most urgent specialties."""
    price = {s.id: s.access_price() for s in specialties}
    floors = [
        {
            "specialty_id": name,
            "region_id": regions,
            "period_id": None,
            "minutes": minutes,
            "share": share,
            "hard": False,
            "price": price[name],
        }
        for name, minutes, share in _FLOORS
        if name in price
    ]
    return {"access_targets": pd.DataFrame(floors)}


def variants(options: Iterable[Contract], phases: Sequence[Phase], own: Sequence[tuple[str, ...]] = ()) -> pd.DataFrame:
    """Return the ``variants`` sheet: what-ifs on the contracts at hand, then those of the scenario alone."""
    cut = [("corte_30", "Investimento 30% menor", "funding", f"capital|{p.id}", "amount", "multiply", "0.7")
           for p in phases]  # fmt: skip
    columns = ["variant_id", "name", "sheet", "key", "column", "operation", "value"]
    table = pd.DataFrame([*cut, *_VARIANTS, *own], columns=columns)
    return table[(table["sheet"] != "contracts") | table["key"].isin([c.id for c in options])]


def evidence(pack: Pack) -> list[dict[str, str]]:
    """Return the ``sources`` rows of these sheets."""
    rate = cited("Nota Técnica SEI 19911/2020/ME, taxa social de desconto", "2020", "A", "Também usada pelo "
                  "BNDES em 2026 dos dois lados da comparação.")  # fmt: skip
    figures = {
        "base_year": ruled(2025, "Preços de 2025; população do Censo 2022 usada como a do ano-base."),
        "horizon_years": ruled(30, "Vida de um prédio e prazo de uma PPP bata cinza."),
        "discount_rate": rate,
        "inflation": cited("Meta contínua de inflação do CMN", "2025", "B", "Só para valores nominais; 3% ao ano, com "
                           "tolerância de 1,5 a 4,5%."),
        "daly_value": ruled(0, "Anos de vida são contados, não somados ao dinheiro: o custo do caso enviado para fora "
                               "já traz a perda de saúde do atraso."),
        "away_gain_share": ruled(1, "Caso enviado para fora é tratado em outro lugar, tarde: ganha o que ganha um caso "
                                    "tardio."),
        "patient_time_value": pack.figure("travel_cost", "travel_value_of_time_brl_per_h", "Valor da hora."),
        "patient_minute_cost": pack.figure("travel_cost", "travel_patient_car_cost_brl_per_km", "Por km, a 70 km/h."),
        "companions": pack.figure("travel_cost", "travel_companion_multiplier", "Paciente e acompanhante."),
        "occupancy": pack.figure("general_hospital_capex", "planning_occupancy", "A UTI é paga a 0,90."),
        "personnel_share": assumed(0.6, 0.5, 0.7, "Pessoal no custo corrente de um hospital."),
        "road_detour": assumed(1.25, 1.1, 1.5, "Em Mato Grosso, com as ligações reais, dá 1,1 a 1,3 das "
                               "distâncias rodoviárias usuais até Cuiabá no eixo da BR-163 e no sul, menos "
                               "que a real no Araguaia."),
        "road_speed_kmh": assumed(ROAD_SPEED, 60, 80, "Entre 80 km/h (asfalto) e 40 km/h (sem asfalto)."),
        "local_minutes": assumed(10, 5, 20, "Trechos urbanos nas duas pontas."),
        "ppp_law": cited("Lei 11.079/2004, arts. 2, 5, 6 e 7", "2004", "A", "Valor, prazo e objeto das PPPs."),
        "perspective": ruled(0, "Governo, e não Estado: senão a parte paga pelos municípios pareceria gratuita."),
        "patient_time_weight": ruled(1, "Visão da sociedade; 0 dá a visão do orçamento."),
    }  # fmt: skip
    floors = ruled(0, f"Piso de acesso em cada região e prazo dobrado; preço pela perda de saúde a R$ "
                   f"{DALY_VALUE:,.0f} por ano de vida.".replace(",", "."))  # fmt: skip
    found = [row("settings", name, "value", figure) for name, figure in figures.items()]
    return [*found, row("access_targets", "*", "share", floors)]
