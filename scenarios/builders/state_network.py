"""What surrounds the hospitals of Mato Grosso: stations of SAMU 192, hubs to relieve, surges, what is decided."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from builders import known_services, stations
from builders.state_facts import assumption, texts
from builders.stations import Costs, Promise, Station, Window
from redesaude.drafting.evidence import PORTUGUESE, Figure, assumed, cited, row, ruled
from redesaude.drafting.hospitals import NewBuild
from redesaude.drafting.pack import Pack
from redesaude.drafting.phases import Phase
from redesaude.drafting.specialties import Specialty

#: places for a base: municipalities from so many people on
_LEAST_PEOPLE = 15_000
_PEOPLE_PER_MORE = 60_000
_BASES = (
    "Só Notícias: Samu tem base em apenas nove municípios de Mato Grosso. "
    "https://www.sonoticias.com.br/geral/samu-tem-base-em-apenas-nove-municipios-de-mato-grosso/"
)
#: bases of SAMU by municipality: fifteen in nine, and the one of Rondonópolis in the fire station
_EXISTING = {base["municipality"]: int(base["bases"]) for base in texts("samu")}

#: municipalities with ambulances of the fire brigade, not named: the most populous, which hold as many people as told
_FIRE_TOWNS = 25
_FIRE = (
    "https://www.cenariomt.com.br/mato-grosso/"
    "atendimento-amplia-cobertura-e-alcanca-70-da-populacao-com-foco-em-saude-em-mt"
)

#: general hospitals of the capital whose places the interior fills today
HUBS = ("2311682", "2659107", "7349270", "9209352")
_LATER = "Teto de casos de fora da região em cada hospital geral de Cuiabá, parte da carga de hoje: "
CEILING_SINGLE = (assumed(1.0, 0.7, 1.3, _LATER + "não mais que hoje"),)
CEILINGS = (
    assumed(1.0, 0.8, 1.3, _LATER + "não mais que hoje"),
    assumed(0.9, 0.7, 1.2, _LATER + "10% menos"),
    assumed(0.75, 0.5, 1.0, _LATER + "25% menos"),
)
RELIEF_PRICE = assumption("network.relief_price")

SETTINGS: Mapping[str, Figure] = {
    "emergency_minutes": assumption("network.settings.emergency_minutes"),
    "call_minutes": assumption("network.settings.call_minutes"),
    "scene_minutes": assumption("network.settings.scene_minutes"),
}  # fmt: skip

_SURGE_MONTHS = 4.0
_SURGE = {
    "uti_pediatrica": assumption("network.surge.uti_pediatrica"),
    "uti_neonatal": assumption("network.surge.uti_neonatal"),
}
_SURGE_STARTS = assumption("network.surge_starts")  # fmt: skip
_SURGE_LENDS = assumption("network.surge_lends")
_SURGE_WAY = 480.0
_SURGERY_AFTER = ("cirurgia_cardiaca", "cardiologia")


def sources_of_settings() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the settings of this page."""
    return [row("settings", name, "value", figure) for name, figure in SETTINGS.items()]


def bases(pack: Pack) -> list[Station]:
    """Return the bases of today, which stay, and a place for one in every larger municipality."""
    found = []
    firemen = set(pack.municipalities["pop_census_2022"].nlargest(_FIRE_TOWNS).index)
    for code, place in pack.municipalities.iterrows():
        people = int(place["pop_census_2022"])
        here = _EXISTING.get(place["name"], 0) + int(code in firemen)
        if here or people >= _LEAST_PEOPLE:
            least = max(here, 1)
            most = least + math.ceil(people / _PEOPLE_PER_MORE)
            name = f"Base de ambulâncias de {place['name']}"
            found.append(Station(str(code), name, "kept" if here else "candidate", least, most))
    return found


COSTS = Costs(
    works=assumption("network.costs.works"),
    running=assumption("network.costs.running"),
    ambulance=Figure(
        483_210,
        "Marília: locação de ambulâncias para TFD (pregão 122/2024), unidade básica com equipe, 12 meses. "
        "https://odiademarilia.com.br/licitacao-destina-r-22-milhoes-para-locacao-de-ambulancias-em-marilia",
        "2024",
        "C",
        "Suporte básico; a parte federal do SAMU é de R$ 17.062,50 por mês (Portaria GM/MS 958/2023), supostamente "
        "metade do custo, isto é R$ 409.500 por ano; suporte avançado R$ 848.070",
        409_500,
        848_070,
    ),
)


def windows(pack: Pack) -> dict[str, Window]:
    """Return the windows of stroke and of primary angioplasty, from the call."""
    balloon = pack.figure(
        "cardiology_interventional", "access_ecg_to_balloon_target_min", "Do eletrocardiograma ao balão"
    )
    return {
        "avc": Window(
            assumption("network.windows.avc"),
            pack.figure("stroke", "access_door_to_needle_target_min", "Da porta à agulha"),
        ),
        "cardiologia": Window(
            balloon.at(150, "mais cerca de 30 minutos da chamada ao eletrocardiograma na cena", 120, 180),
            balloon.at(32, "da porta ao balão, no mesmo estudo", 30, 60),
        ),
    }


def promises(pack: Pack, specialties: Sequence[Specialty]) -> list[Promise]:
    """Return what is promised of the emergency network; all may fall short at their price."""
    late = {s.id: ruled(s.access_price(), "Perda de saúde do atraso") for s in specialties}
    reached = assumption("network.promises.reached")  # fmt: skip
    ratio = pack.figure("ems", "capacity_samu_basic_population", "Uma unidade de suporte básico por 100 a 150 mil "
                        "habitantes, razão atribuída às normas do Ministério da Saúde")  # fmt: skip
    return [
        Promise("cover", "all", assumption("network.promises.cover_all.share"), reached),
        Promise("cover", "each_macroregion", assumption("network.promises.cover_each_macroregion.share"), reached),
        Promise("double_cover", "all", assumption("network.promises.double_cover_all.share"),
                assumption("network.promises.double_cover_all.price")),
        Promise("ambulances", "all", ratio, assumption("network.promises.ambulances_all.price")),
        Promise("window", "all", assumption("network.promises.window_stroke.share"), late["avc"],
                "avc"),
        Promise("window", "all", assumption("network.promises.window_heart.share"),
                late["cardiologia"], "cardiologia"),
    ]  # fmt: skip


def surge() -> pd.DataFrame:
    """Return the ``surge`` sheet: the respiratory season of children."""
    common = {"surge_id": "respiratorio", "name": "Temporada de vírus respiratórios", "months": _SURGE_MONTHS}
    common |= {"starts_at": _SURGE_STARTS.value}
    return pd.DataFrame([common | {"specialty_id": s, "multiplier": f.value} for s, f in _SURGE.items()])


def surge_loans() -> pd.DataFrame:
    """Return the ``surge_loans`` sheet: intensive-care beds and staff that regions lend each other in the season."""
    common = {"surge_id": "respiratorio", "share": _SURGE_LENDS.value, "max_minutes": _SURGE_WAY}
    beds = [common | {"resource": "beds", "specialty_id": s} for s in _SURGE]
    return pd.DataFrame([*beds, common | {"resource": "staff", "specialty_id": "all"}])


def decisions(builds: Sequence[NewBuild], pack: Pack) -> pd.DataFrame:
    """Return the ``decisions`` sheet: what is under works opens in the first period, what runs or closes is known."""
    codes = pack.municipalities.reset_index().set_index("name")["ibge_code"]
    starts = [
        {
            "site_id": b.site_id(codes[b.municipality]),
            "specialty_id": name,
            "period_id": "p1",
            "decision": "start",
            "note": "Obra em andamento (2024-2025)",
            "active": True,
        }
        for b in builds
        for name in b.opens
    ]
    return pd.concat([pd.DataFrame(starts), known_services.decisions()], ignore_index=True)


def precedence(services: pd.DataFrame, phases: Sequence[Phase]) -> pd.DataFrame:
    """Return the ``precedence`` sheet: open-heart surgery of a new building only once its angioplasty has run.

    In the same period where there is only one.
    """
    later, before = _SURGERY_AFTER
    running = services.loc[services["status"] == "existing", "site_id"]
    new = services["site_id"].str.startswith("NOVO-") & ~services["site_id"].isin(running)
    both = [set(services.loc[new & (services["specialty_id"] == s), "site_id"]) for s in _SURGERY_AFTER]
    common = {"specialty_id": later, "after_specialty_id": before, "periods_between": min(1, len(phases) - 1)}
    return pd.DataFrame([common | {"site_id": site, "after_site_id": site} for site in sorted(both[0] & both[1])])


def evidence(pack: Pack, promised: Sequence[Promise], ceilings: Sequence[Figure]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of the sheets of this page."""
    return [
        *stations.evidence(PORTUGUESE, COSTS, windows(pack), promised),
        *(row("load_ceilings", "*", "cases", share) for share in ceilings),
        row("load_ceilings", "*", "price", RELIEF_PRICE),
        row("load_ceilings", "*", "today_cases", ruled(0, "Calculado pelo próprio modelo na rede de hoje: só os "
            "serviços existentes, pacientes pelo menor custo, arredondado a 10. O fluxo real não está nos dados.")),
        *(row("surge", f"respiratorio|{s}|all", "multiplier", figure) for s, figure in _SURGE.items()),
        row("surge", "*", "starts_at", _SURGE_STARTS),
        row("surge_loans", "*", "share", _SURGE_LENDS),
        row("surge_loans", "*", "max_minutes", assumed(_SURGE_WAY, 240, 720, "Até onde se leva equipamento e equipe")),
        row("surge", "*", "months", assumed(_SURGE_MONTHS, 3, 6, "Duração da temporada.")),
        row("stations", "*", "status", cited(_BASES, "2019", "B", "Quinze bases em nove municípios, cinco em Cuiabá e "
            "três em Várzea Grande (ano inferido da notícia); Rondonópolis, dentro da unidade dos bombeiros (A Tribuna "
            "MT, julho de 2025). Uma ambulância por base, por premissa. Demais: lugares possíveis, municípios a partir "
            "de 15 mil habitantes. O Novo PAC prevê 47 ambulâncias básicas em 13 municípios, não nomeados, e uma "
            "central em Sinop (Cenário MT, abril de 2024).")),
        row("stations", "*", "ambulances_min", cited(_FIRE, "2025", "C", "Bombeiros: bases em 25 municípios, único "
            "serviço em 13, cerca de 70% da população; não nomeados, e supostos os 25 mais populosos, que somam 69%. "
            "Uma ambulância em cada, além das do SAMU.")),
        row("stations", "*", "ambulances_max", ruled(0, "As de hoje, ou uma, e mais uma por 60 mil habitantes.")),
        row("decisions", "*", "*", cited("SES-MT: quatro hospitais regionais em obras", "2025", "B", "Abrem no "
            "primeiro período, com trauma como porta de entrada suposta.")),
        *known_services.decided(),
        row("support", "*", "hub_site_id", ruled(0, "Polos possíveis: hospitais com UTI, em Cuiabá, Rondonópolis, "
            "Sinop, Sorriso e Cáceres, onde estão os neurologistas.")),
        row("precedence", "*", "*", ruled(0, "Em prédio novo, cirurgia cardíaca só depois de a hemodinâmica ter "
            "funcionado: com vários períodos, um período antes; com um só, no mesmo.")),
    ]  # fmt: skip
