"""What is Brazil's own in the national scenario: hospitals by rule, specialties, contracts, limits and settings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix
from redesaude.drafting import clinic, codes, promises, services
from redesaude.drafting.clinic_rules import ceiling
from redesaude.drafting.contracts import CONTRACTS, Contract, Limits
from redesaude.drafting.evidence import Figure, assumed, cited, row, ruled
from redesaude.drafting.hospitals import Hospital
from redesaude.drafting.pack import CountryPack, Pack
from redesaude.drafting.specialties import Specialty
from redesaude.inputs.scenario import Scenario
from redesaude.travel.matrix import travel_minutes

#: one hospital for each health region, and one more for each further so many people in it
PEOPLE_PER_SITE = 500_000

#: specialties of the plan with their longest journey, minutes; dialysis and urology are left out, see the note
CEILINGS = {
    "cardiologia": 240,
    "cirurgia_cardiaca": 480,
    "avc": 180,
    "quimioterapia": 300,
    "radioterapia": 360,
    "gestacao_risco": 240,
    "uti_neonatal": 240,
    "uti_pediatrica": 300,
    "neurocirurgia": 300,
    "trauma": 180,
}
#: as in the state, but radiotherapy also in large hospitals without oncology beds: they are too few for the country
HOSTS: services.Hosts = dict(services.HOSTS) | {"radioterapia": lambda b: b.oncology >= 4 or b.total >= 200}

#: what exists, where the rule of the state would find far fewer centres than are published for the country
EXISTING: services.Existing = dict(services.EXISTING) | {
    "cardiologia": lambda b: max(1, b.cardiology // 40) if b.cardiology >= 6 and b.adult_icu >= 10 else 0,
    "cirurgia_cardiaca": lambda b: max(1, b.cardiology // 60) if b.cardiology >= 10 and b.adult_icu >= 10 else 0,
    "avc": lambda b: max(0.5, b.neurology / 20) if b.neurology >= 3 and b.adult_icu >= 10 else 0,
}

_OPTIONS = ("direto", "oss", "ppp_cinza", "ppp_branca", "consorcio", "compra")
OPTIONS: tuple[Contract, ...] = tuple(c for c in CONTRACTS if c.id in _OPTIONS)

SETTINGS = (
    promises.SETTINGS
    | codes.SETTINGS
    | {
        "title": "Brasil: rede de especialidades (cenário de referência)",
        "gap": 0.03,
        "time_limit_s": 1200.0,
    }
)

LIMITS = Limits(
    revenue=assumed(1.0e12, 0.9e12, 1.2e12, "Soma das RCL dos 26 estados e do Distrito Federal, ordem de grandeza: o "
                    "valor oficial não foi obtido. A lei limita cada ente; aqui o teto é um só, de todos juntos."),
    personnel=assumed(0.42, 0.38, 0.46, "Parte da RCL já comprometida com pessoal pelos Executivos estaduais, ordem de "
                      "grandeza. Inclui a equipe dos serviços existentes, que o plano conta outra vez: leitura "
                      "prudente."),
    capital=Figure(14.3e9, "Casa Civil, Novo PAC, eixo Saúde. https://www.gov.br/casacivil/pt-br/novopac/saude", "2025",
                   "B", "Investimento anunciado na atenção especializada, tomado como ordem de grandeza do teto do "
                   "período; exceder custa R$ 0,50 a mais por real. Obras de PPP e de prestadores não passam por ele."),
)  # fmt: skip

_PUBLIC = r"\bMUN\b|MUNICIPAL|REGIONAL|ESTADUAL|FEDERAL|UNIVERSIT|DISTRITAL|DAS CLINICAS|PRONTO SOCORRO|UNIDADE MISTA"
_CHARITY = r"SANTA CASA|IRMANDADE|BENEFICEN|CARIDADE|FUNDACAO|ASSOCIACAO|MISERICORDIA|EVANGELIC|FILANTROP|OBRAS SOCIAIS"
#: what the register counts beds of and is no hospital: walk-in and psychosocial centres, field hospitals of 2020-2022
_NO_HOSPITAL = (
    r"\bUPA\b|UNIDADE (?:DE )?PRONTO ATENDIMENTO|^PRONTO ATENDIMENTO"
    r"|\bCAPS\b|PSICOSSOCIAL|HOSPITAL DE CAMPANHA|DE CAMPANHA COVID"
)
_PUBLIC_SUS_SHARE = 0.98
_CHARITY_SUS_SHARE = 0.6
_ACCENTED = """
    São José João Antônio André Mário Getúlio Otávio Tomé Estêvão Sebastião Tarcísio Magalhães Brandão Conceição
    Misericórdia Coração Clínicas Saúde Público Universitário Evangélico Beneficência Fundação Associação Irmã
    Urgência Urgências Emergência Assistência Gestão Sertão Paraná Centenário
"""
#: the register has no accents and shortens: words that are common in it, as they are spelt
_SPELT = {unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode(): word for word in _ACCENTED.split()} | {
    "Hosp": "Hospital",
    "Mun": "Municipal",
    "Reg": "Regional",
    "Univ": "Universitário",
    "Matern": "Maternidade",
}
_SMALL_WORDS = re.compile(r"(?<= )(D[aeo]s?|E|Em|N[ao]s?)(?= )")


def hospitals(pack: Pack) -> list[Hospital]:
    """Return the hospitals with the most SUS beds (psychiatry apart) of each health region, one or more by people."""
    return described(pack, leading(pack, PEOPLE_PER_SITE))


def leading(pack: Pack, people_per_site: float) -> list[str]:
    """Return the codes of those with the most SUS beds of each health region: one, and one more by so many people."""
    table = acute(pack)
    people = pack.municipalities.groupby("health_region_code")["pop_census_2022"].sum()
    wanted = table["health_region_code"].map((people // people_per_site).clip(lower=1))
    return list(map(str, table.index[table.groupby("health_region_code").cumcount() < wanted]))


def acute(pack: Pack) -> pd.DataFrame:
    """Return the hospitals, by their names, with SUS beds other than for psychiatry, those with most of them first."""
    table = pack.hospitals.assign(acute=lambda t: t["beds_total_sus"] - t["beds_psychiatry_sus"])
    return table[(table["acute"] > 0) & ~table["name"].str.contains(_NO_HOSPITAL)].sort_values(
        ["acute", "cnes"], ascending=[False, True]
    )


def described(pack: Pack, codes: Iterable[str]) -> list[Hospital]:
    """Return the hospitals of these codes, with names as they are spelt and owners as they are inferred."""
    seat = pack.municipalities["name"]
    return [
        Hospital(str(cnes), f"{_tidy(entry['name'])}, {seat[entry['ibge_code']]}", _owner(entry))
        for cnes, entry in pack.hospitals.loc[sorted(codes)].iterrows()
    ]


def specialties(pack: CountryPack, reach: Mapping[str, float] | None = None) -> tuple[Specialty, ...]:
    """Return the specialties, all regulated; access targets follow from ``reach``, the shares with all sites open."""
    return tuple(regulated(s, reach) for s in clinic.specialties(pack) if s.id in CEILINGS)


def regulated(specialty: Specialty, reach: Mapping[str, float] | None = None) -> Specialty:
    """Return a specialty as it is where the network sends people; its access target follows from ``reach``."""
    return replace(
        specialty,
        assignment="planned",
        ceiling_minutes=ceiling(CEILINGS[specialty.id]) if specialty.id in CEILINGS else specialty.ceiling_minutes,
        access_share=_target(reach[specialty.id]) if reach else specialty.access_share,
    )


def reach_of(scenario: Scenario) -> dict[str, float]:
    """Return the share of each specialty's cases within its standard of some allowed site, were all sites open."""
    minutes, cases = travel_minutes(scenario), case_matrix(scenario)
    column = pd.Series(np.arange(len(scenario.sites)), index=scenario.sites["site_id"])
    hosts = scenario.site_services.groupby("specialty_id")["site_id"].unique()
    table = scenario.specialties.set_index("specialty_id")["access_minutes"]
    within = {s: minutes[:, column.loc[hosts[s]].to_numpy()].min(axis=1) <= table[s] for s in table.index}
    return {s: float(cases[within[s], n].sum() / cases[:, n].sum()) for n, s in enumerate(table.index)}


def macroregions(pack: Pack) -> dict[str, str]:
    """Return the names of the health macro-regions by code: each after its largest municipality."""
    largest = pack.municipalities.sort_values("pop_census_2022").groupby("macro_region_code")["name"].last()
    return {str(code): f"Macrorregião de {name}" for code, name in largest.items()}


def evidence(chosen: Sequence[Hospital]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of what is chosen by rule."""
    return [
        row("sites", "*", "name", cited("CNES/DATASUS, leitos por estabelecimento", "2022", "A",
            f"{len(chosen)} hospitais: em cada uma das 450 regiões de saúde o de mais leitos SUS (sem psiquiatria, "
            "UPA, CAPS e hospitais de campanha), e "
            "mais um a cada 500 mil habitantes da região. Os demais hospitais, e o que já fazem, não entram.")),
        row("sites", "*", "kind", ruled(0, "Pelo nome (municipal, regional, santa casa, fundação...); sem pista, pela "
            "parte de leitos SUS: 98% ou mais público, 60% ou mais filantrópico, menos privado.")),
        row("site_services", "*", "specialty_id", ruled(0, "Quem pode receber cada especialidade: por leitos SUS, como "
            "em Mato Grosso; radioterapia também em hospital com 200 leitos SUS ou mais.")),
        row("territories", "*", "macroregion_id", cited("DATASUS, tabelas de regiões de saúde", "2022", "A",
            "118 macrorregiões de saúde, cada uma com o nome de seu município mais populoso.")),
        row("site_services", "*", "size_id", cited("Arq Bras Cardiol: angioplastias do SUS 2005-2008 "
            "(S0066-782X2011000400010) e revascularizações 2005-2007 (S0066-782X2009001100018); WSO, centros de AVC",
            "2011", "C", "Serviços existentes, no país inteiro: hemodinâmica onde há 6 leitos SUS de cardiologia e 10 "
            "de UTI adulto (209 hospitais; 180 publicados), cirurgia cardíaca com 10 e 10 (169; 191 publicados), AVC "
            "com 3 leitos de neurologia e 10 de UTI (192; 246 publicados). As outras, como em Mato Grosso.")),
        row("specialties", "*", "specialty_id", ruled(0, "Dez das doze do cenário de Mato Grosso. Ficam fora diálise "
            "(clínicas fora de hospitais não estão no dado) e urologia (leitos somados aos de nefrologia).")),
    ]  # fmt: skip


def _target(reach: float) -> Figure:
    share = int(95 * reach) / 100
    return ruled(share, f"Meta do programa: cerca de 95% do que todas as sedes candidatas abertas alcançariam "
                 f"({reach:.0%}), elástica.")  # fmt: skip


def _owner(entry: pd.Series) -> str:
    """Public, philanthropic or private, from the name or else from the share of beds that are for SUS."""
    if re.search(_PUBLIC, entry["name"]):
        return "public"
    if re.search(_CHARITY, entry["name"]):
        return "philanthropic"
    share = entry["beds_total_sus"] / entry["beds_total"]
    return "public" if share >= _PUBLIC_SUS_SHARE else "philanthropic" if share >= _CHARITY_SUS_SHARE else "private"


def _tidy(name: str) -> str:
    """Capital letters of a register as title case, common words with their accents."""
    words = [_SPELT.get(word, word) for word in name.title().split()]
    return _SMALL_WORDS.sub(lambda m: m[0].lower(), " ".join(words))
