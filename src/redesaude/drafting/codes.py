"""The codes by which others know what Brazilian scenarios are about, the goals it serves, and the CO2 of a vehicle."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from redesaude.drafting.evidence import Figure, cited, row, ruled

#: subgroups of procedures that a specialty is mostly billed under
SIGTAP: Mapping[str, str] = {
    "cardiologia": "0406",
    "cirurgia_cardiaca": "0406",
    "avc": "0303",
    "quimioterapia": "0304",
    "radioterapia": "0304",
    "gestacao_risco": "0310, 0411",
    "uti_neonatal": "0802",
    "uti_pediatrica": "0802",
    "neurocirurgia": "0403",
    "trauma": "0308, 0408",
    "dialise": "0305",
    "urologia": "0409",
}
#: targets of the Sustainable Development Goals, beside 3.8 (access to health services) of all
_GOALS: Mapping[str, str] = {
    "cardiologia": "3.4",
    "cirurgia_cardiaca": "3.4",
    "avc": "3.4",
    "quimioterapia": "3.4",
    "radioterapia": "3.4",
    "gestacao_risco": "3.1; 3.2",
    "uti_neonatal": "3.2",
    "uti_pediatrica": "3.2",
    "neurocirurgia": "3.6",
    "trauma": "3.6",
}

CO2 = Figure(
    0.16,
    "ATAP (Austrália), Parameter Values, apêndice B: gramas de CO2 por litro (BITRE). https://atap.gov.au/node/2104",
    "2014",
    "C",
    "Gasolina 2,28 kg de CO2 fóssil por litro, com 30% de etanol 1,6; a 10 km por litro. Mínimo: van compartilhada ou "
    "etanol; máximo: gasolina pura ou diesel a 8 a 9 km por litro. Consumo e ocupação são premissas.",
    0.08,
    0.28,
)
SETTINGS: dict[str, object] = {"travel_co2": CO2.value, "travel_co2_low": CO2.low, "travel_co2_high": CO2.high}

_CNES_DIGITS = r"\d{7}"


def coded(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return ``tables`` with the official codes of territories, sites and specialties, and the goals of these."""
    territories, sites, specialties = (tables[name] for name in ("territories", "sites", "specialties"))
    registered = sites["site_id"].where(sites["site_id"].str.fullmatch(_CNES_DIGITS))
    own = specialties["specialty_id"]
    return dict(tables) | {
        "territories": territories.assign(official_code=territories["territory_id"], code_register="IBGE"),
        "sites": sites.assign(
            official_code=registered, code_register=registered.notna().map({True: "CNES", False: None})
        ),
        "specialties": specialties.assign(
            official_code=own.map(SIGTAP),
            code_register="SIGTAP",
            sdg_targets=["; ".join(filter(None, (_GOALS.get(name), "3.8"))) for name in own],
        ),
    }


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the codes and of the settings of this page."""
    return [
        row("settings", "travel_co2", "value", CO2),
        row("settings", "travel_co2_low", "value", CO2.noted("O mínimo da faixa de travel_co2.")),
        row("settings", "travel_co2_high", "value", CO2.noted("O máximo da faixa de travel_co2.")),
        row("territories", "*", "official_code", cited("IBGE, código do município com 7 dígitos", "2022", "A")),
        row("sites", "*", "official_code", cited("CNES/DATASUS, por repositório público", "2022", "A", "Código CNES de "
            "sete dígitos; em branco nos prédios que ainda não têm cadastro.")),
        row("specialties", "*", "official_code", cited("SIGTAP, competência 12/2025, subgrupos de procedimentos, por "
            "repositório público", "2025", "C", "Subgrupo em que a maior parte é faturada: escolha do cenário, a "
            "confirmar com a regulação; um subgrupo tem também outros procedimentos.")),
        row("specialties", "*", "sdg_targets", ruled(0, "Metas da Resolução A/RES/71/313 das Nações Unidas atribuídas "
            "por especialidade: 3.1 e 3.2 mães e crianças, 3.4 doenças crônicas, 3.6 trânsito, 3.8 acesso.")),
    ]  # fmt: skip
