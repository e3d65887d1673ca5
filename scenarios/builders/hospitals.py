"""The places where a specialist service may be: real hospitals with SUS beds, hospitals under works, new builds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from builders.evidence import cited, row, ruled
from builders.pack import Pack

#: contracts for a building that the state pays: nothing is left for a project company to build; one is let already
_PAID_CONTRACTS = {"": (), "works": ("direto", "oss", "fundacao", "consorcio"), "all": ("oss",)}
#: beds from which a hospital may have more specialist services, and how many
_BED_STEPS = (45, 80, 150, 200)
_MOST_SERVICES = (2, 4, 7, 8, 10)
_HOSTING = (0.5e6, 0.5e6, 1.0e6, 1.5e6, 1.5e6)
_LOT_BEDS = 100
#: levels that own public hospitals, by words of their names; else the state
_NAMED_AFTER = {"municipal": r"(?i)\b(municipal|mun)\b|pronto.socorro", "federal": r"(?i)\bfederal\b|universit"}


@dataclass(frozen=True)
class Hospital:
    """A real hospital: CNES code, tidy name, owner as inferred, and the only specialties it suits (blank: by rule).

    ``owner`` is the level that owns it, for who pays; blank: as its name and kind say.
    """

    cnes: str
    name: str
    kind: str
    only: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    owner: str = ""

    @property
    def owned_by(self) -> str | None:
        """The level or sector that owns it, as the ``sites`` sheet has it."""
        if self.owner or self.kind != "public":
            return self.owner or self.kind
        return next((owner for owner, words in _NAMED_AFTER.items() if re.search(words, self.name)), "state")


@dataclass(frozen=True)
class NewBuild:
    """A building of the programme; ``paid``: what the state pays outside it (``works``, ``all``, or nothing)."""

    municipality: str
    name: str
    profile: str
    paid: str = ""
    suffix: str = ""

    def site_id(self, code: str) -> str:
        """Return its id, from the code of its municipality."""
        return f"NOVO-{code}{self.suffix}"


_BIRTH = ("gestacao_risco", "uti_neonatal")
HOSPITALS = (
    # Norte
    Hospital("2471345", "Hospital Regional de Alta Floresta Albert Sabin", "public"),
    Hospital("3913899", "Hospital e Maternidade Santa Rita (Alta Floresta)", "private"),
    Hospital("2392410", "Hospital Regional de Colíder", "public"),
    Hospital("2795655", "Hospital Regional de Sorriso", "public"),
    Hospital("2795671", "Hospital Santo Antônio (Sinop)", "philanthropic"),
    Hospital("6085423", "Hospital Regional Jorge de Abreu (Sinop)", "public"),
    Hospital("2767953", "Hospital São Lucas (Lucas do Rio Verde)", "philanthropic"),
    Hospital("0901725", "Hospital Regional Hilda Strenger Ribeiro (Nova Mutum)", "public"),
    Hospital("2699842", "Hospital Regional de Peixoto de Azevedo", "public"),
    Hospital("2392046", "Hospital Municipal Nossa Senhora do Rosário (Guarantã do Norte)", "public"),
    Hospital("2392704", "Hospital Municipal Elídia Machietto Santillo (Juara)", "public"),
    # Centro-Norte
    Hospital("9209352", "Hospital Municipal de Cuiabá Dr. Leony Palma de Carvalho", "public"),
    Hospital("2659107", "Hospital Geral (Cuiabá)", "philanthropic"),
    Hospital("2391635", "Hospital e Pronto-Socorro Municipal de Várzea Grande", "public"),
    Hospital("6853781", "Hospital Estadual Lousite Ferreira da Silva - Metropolitano (Várzea Grande)", "public"),
    Hospital("2495015", "Hospital e Pronto-Socorro Municipal de Cuiabá", "public"),
    Hospital("9841903", "Hospital Estadual Santa Casa (Cuiabá)", "public"),
    Hospital("2311682", "Hospital Santa Helena (Cuiabá)", "philanthropic"),
    Hospital(
        "2655411",
        "Hospital Universitário Júlio Müller (Cuiabá)",
        "public",
        only=(*_BIRTH, "dialise", "urologia"),
        contracts=("direto",),
        owner="federal",
    ),
    Hospital("7349270", "Hospital Municipal São Benedito (Cuiabá)", "public"),
    Hospital(
        "2534444", "Hospital de Câncer de Mato Grosso (Cuiabá)", "philanthropic", only=("quimioterapia", "radioterapia")
    ),
    Hospital("2391449", "Hospital Geral de Poconé Dr. Nicolau Fontanilas Fragelli", "philanthropic"),
    Hospital("2398125", "Hospital e Maternidade São João Batista (Diamantino)", "philanthropic"),
    Hospital("2802473", "Hospital e Maternidade Laura de Vicuña (Nobres)", "philanthropic"),
    Hospital("2767384", "Hospital Municipal Arlete Daisy Cichetti de Brito (Tangará da Serra)", "public"),
    Hospital("2655802", "Hospital Municipal Euclides Horst (Campo Novo do Parecis)", "public"),
    Hospital("9659366", "Hospital Santa Marcelina de Sapezal", "philanthropic"),
    Hospital("4069803", "Hospital Municipal de Juína Dr. Hideo Sakuno", "public"),
    Hospital("4069099", "Hospital Municipal Santo Antônio (Aripuanã)", "public"),
    Hospital("2471795", "Hospital Municipal de Brasnorte", "public"),
    Hospital("3574261", "Hospital Municipal André Maggi (Colniza)", "public"),
    # Leste
    Hospital("2793636", "Hospital Municipal de Confresa", "public"),
    Hospital("7914288", "Hospital Municipal de Vila Rica", "public"),
    Hospital("2395886", "Hospital e Pronto-Socorro Municipal Milton Pessoa Morbeck (Barra do Garças)", "public"),
    Hospital("2473046", "Hospital Regional de Água Boa", "public"),
    Hospital("2472791", "Hospital Municipal Cristo Rei (Ribeirão Cascalheira)", "public"),
    Hospital("4070070", "Hospital Municipal de Querência", "public"),
    Hospital("2604426", "Hospital Municipal Prefeito João Abreu Luz (São Félix do Araguaia)", "public"),
    # Oeste
    Hospital("2534460", "Hospital Regional Dr. Antônio Fontes (Cáceres)", "public"),
    Hospital("2395037", "Hospital São Luiz (Cáceres)", "philanthropic", owner="state"),
    Hospital("7254628", "Hospital Samuel Greve (Mirassol d'Oeste)", "public", owner="municipal"),
    Hospital("2752654", "Hospital Vale do Guaporé (Pontes e Lacerda)", "private"),
    Hospital("2752603", "Hospital Evangélico de Mato Grosso (Vila Bela da Santíssima Trindade)", "philanthropic"),
    Hospital("2395274", "Hospital das Clínicas de Comodoro", "private"),
    # Sul
    Hospital("2396866", "Santa Casa de Rondonópolis", "philanthropic"),
    Hospital("2604434", "Hospital Regional Irmã Elza Giovanella (Rondonópolis)", "public"),
    Hospital("2396106", "Hospital Municipal Coração de Jesus (Campo Verde)", "public"),
    Hospital("2397463", "Hospital e Maternidade São Lucas (Primavera do Leste)", "private"),
    Hospital("2397676", "Hospital das Clínicas Primavera (Primavera do Leste)", "private"),
    Hospital("3269728", "Hospital Municipal de Jaciara", "public"),
    Hospital("2396998", "Hospital Municipal de Alto Araguaia", "public"),
    Hospital("2390949", "Hospital Municipal Irmã Teodora (Paranatinga)", "public"),
)

NEW_BUILDS = (
    NewBuild("Cuiabá", "Hospital Central de Cuiabá", "ready", "all", "-HC"),
    NewBuild("Alta Floresta", "Novo Hospital Regional de Alta Floresta (obra do Estado)", "regional", "works"),
    NewBuild("Juína", "Novo Hospital Regional de Juína (obra do Estado)", "regional", "works"),
    NewBuild("Confresa", "Novo Hospital Regional de Confresa (obra do Estado)", "regional", "works"),
    NewBuild("Tangará da Serra", "Novo Hospital Regional de Tangará da Serra (obra do Estado)", "regional", "works"),
    NewBuild("Sinop", "Novo hospital em Sinop (opção)", "central"),
    NewBuild("Barra do Garças", "Novo hospital em Barra do Garças (opção)", "regional"),
    NewBuild("Diamantino", "Novo centro de especialidades em Diamantino (opção)", "local"),
    NewBuild("São Félix do Araguaia", "Novo centro de especialidades em São Félix do Araguaia (opção)", "local"),
    NewBuild("Juara", "Novo centro de especialidades em Juara (opção)", "local"),
)
_NEW_LIMITS = {"ready": 7, "central": 10, "regional": 8, "local": 4}
_NEW_HOSTING = {"central": 4e6, "regional": 2.5e6, "local": 1.5e6}
_PAID_HOSTING = 1.5e6


def sites(pack: Pack, hospitals: Iterable[Hospital], builds: Iterable[NewBuild] = ()) -> pd.DataFrame:
    """Return the ``sites`` sheet; coordinates are those of the municipal seat."""
    places = pack.municipalities
    by_name = places.reset_index().set_index("name")["ibge_code"]
    real = [_real_row(h, pack.hospitals.loc[h.cnes], places) for h in hospitals]
    new = [_new_row(b, by_name[b.municipality], places) for b in builds]
    return pd.DataFrame(real + new)


def lots(site_rows: pd.DataFrame, macroregions: Mapping[str, str]) -> pd.DataFrame:
    """Return the ``lots`` sheet: the lots that the sites name, after their macro-region (code -> name)."""
    used = sorted(site_rows["lot_id"].dropna().unique())
    return pd.DataFrame({"lot_id": used, "name": [f"Lote {macroregions[lot.removeprefix('L-')]}" for lot in used]})


def evidence(
    site_rows: pd.DataFrame, hospitals: Iterable[Hospital], builds: Iterable[NewBuild] = ()
) -> list[dict[str, str]]:
    """Return the ``sources`` rows of ``sites``."""
    cnes = cited("CNES/DATASUS, leitos por estabelecimento, por repositório público", "2022", "A",
                  "Competência de cerca de agosto e setembro de 2022.")  # fmt: skip
    works = cited("SES-MT, por Jornal MT Norte (2025) e Notícia Todo Dia (2024)", "2025", "B",
                   "Hospital Central: 287 leitos; quatro regionais com 111 leitos de enfermaria e 40 de UTI, obras de "
                   "R$ 132 a 186 milhões cada. O que o Estado já paga não entra no plano. Hospital Central: OSS "
                   "já contratada, R$ 34,9 milhões por mês.")  # fmt: skip
    found = [
        row("sites", "*", "site_id", cnes),
        row("sites", "*", "latitude", ruled(0, "Sede municipal, não o prédio: dois hospitais da mesma cidade ficam "
            "no mesmo ponto.")),
        row("sites", "*", "kind", ruled(0, "Natureza do proprietário inferida pelo nome e por fatos conhecidos; "
            "confirmar no CNES.")),
        row("sites", "*", "fixed_cost", ruled(0, "Direção e apoio comuns aos serviços especializados: R$ 0,5 a 1,5 "
            "milhão por ano em hospital existente ou em obra do Estado, 1,5 a 4 em prédio novo.")),
        row("sites", "*", "max_services", ruled(0, "Espaço do prédio, por leitos totais: menos de 45, 2; até 80, 4; "
            "até 150, 7; até 200, 8; acima, 10.")),
        row("sites", "*", "lot_id", ruled(0, "Prédios novos e hospitais públicos com menos de 100 leitos SUS, "
            "agrupados por macrorregião; os demais são contratados sozinhos.")),
        *(row("sites", h.cnes, "contracts_allowed", ruled(0, "Hospital federal: o Estado não escolhe a sua gestão."))
          for h in hospitals if h.contracts),
    ]  # fmt: skip
    id_of = site_rows.set_index("name")["site_id"]
    return found + [row("sites", id_of[b.name], "name", works) for b in builds if b.paid]


def _real_row(hospital: Hospital, beds: pd.Series, places: pd.DataFrame) -> dict[str, object]:
    sus = int(beds["beds_total_sus"])
    place = places.loc[beds["ibge_code"]]
    joins_lot = hospital.kind == "public" and sus < _LOT_BEDS and not hospital.contracts
    return {
        "site_id": hospital.cnes,
        "name": hospital.name,
        "territory_id": beds["ibge_code"],
        "latitude": place["lat"],
        "longitude": place["lon"],
        "kind": hospital.kind,
        "owner": hospital.owned_by,
        "lot_id": f"L-{place['macro_region_code']}" if joins_lot else None,
        "fixed_cost": _by_beds(sus, _HOSTING),
        "contracts_allowed": ", ".join(hospital.contracts) or None,
        "max_services": int(_by_beds(int(beds["beds_total"]), _MOST_SERVICES)),
    }


def _new_row(build: NewBuild, code: str, places: pd.DataFrame) -> dict[str, object]:
    place = places.loc[code]
    return {
        "site_id": build.site_id(code),
        "name": build.name,
        "territory_id": code,
        "latitude": place["lat"],
        "longitude": place["lon"],
        "kind": "new",
        "owner": "state",
        "lot_id": None if build.paid == "all" else f"L-{place['macro_region_code']}",
        "fixed_cost": _PAID_HOSTING if build.paid else _NEW_HOSTING[build.profile],
        "contracts_allowed": ", ".join(_PAID_CONTRACTS[build.paid]) or None,
        "max_services": _NEW_LIMITS[build.profile],
    }


def _by_beds(beds: int, values: tuple[float, ...]) -> float:
    return values[sum(beds >= step for step in _BED_STEPS)]
