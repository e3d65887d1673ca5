"""Telestroke in Mato Grosso: small stroke units as satellites of units of type III, linked by telemedicine."""

from __future__ import annotations

from collections.abc import Mapping

from builders.state_facts import assumption
from builders.tiers import Agreement, Ladder, Level, Terms
from redesaude.drafting.evidence import Figure, ruled
from redesaude.drafting.pack import Pack

STROKE = "avc"
_REAIS_PER_DOLLAR = 5.5
#: hospitals with intensive care and neurosurgery or trauma in the cities where neurologists are
HUBS = (
    "NOVO-5103403-HC",  # Hospital Central, Cuiabá
    "9209352",  # Hospital Municipal de Cuiabá
    "2396866",  # Santa Casa de Rondonópolis
    "2795671",  # Santo Antônio, Sinop
    "2795655",  # Regional de Sorriso
    "2534460",  # Regional de Cáceres
)


def ladders(pack: Pack) -> Mapping[str, Ladder]:
    """Return the levels of stroke care: five beds with telestroke, and type III units from ten beds on."""
    whole = ruled(1.0, "Unidade tipo III: trata todos os casos; trombectomia e neurocirurgia contam como parte dela")
    satellites = pack.figure("stroke", "unit_cost_telestroke_hub_usd_per_year", "Rede publicada: um centro e sete "
                             "unidades ligadas")  # fmt: skip
    return {
        STROKE: Ladder(
            levels={
                "S": Level(
                    assumption("support.ladders.stroke.levels.s"),
                    satellite=True),
                "M": Level(whole, supports=satellites.at(3, "Metade disso na unidade de 10 leitos", 2, 5)),
                "L": Level(whole, supports=satellites.at(7, "Sete na de 20 leitos", 5, 10)),
            },
            minutes=assumption("support.ladders.stroke.minutes"),
            cost=pack.figure("travel_cost", "travel_ambulance_cost_brl_per_km", "R$ 9 por km").times(
                600, "300 km até o centro e volta (premissa)", "C"),
        )
    }  # fmt: skip


def agreements(pack: Pack) -> list[Agreement]:
    """Return what each possible hub offers to any satellite, for as long as it runs."""
    hub = pack.figure("twinning", "unit_cost_telestroke_hub_per_spoke_usd", "US$ 405.121 por sete unidades").times(
        _REAIS_PER_DOLLAR, "x R$ 5,50 por dólar (2025); preços americanos de 2013", "B")  # fmt: skip
    spoke = pack.figure("twinning", "unit_cost_telestroke_spoke_brl_per_year", "Plantão remoto, licença e envio de "
                        "imagens; pode repetir parte do custo do centro: leitura prudente")  # fmt: skip
    note = "Telessaúde: a distância não limita, e não termina"
    return [Agreement(STROKE, Terms(hub, spoke), site, note=note) for site in HUBS]


def resident() -> dict[tuple[str, str], Figure]:
    """Return the neurologists that a satellite keeps on site."""
    return {(STROKE, "S"): assumption("support.resident.stroke_s")}  # fmt: skip
