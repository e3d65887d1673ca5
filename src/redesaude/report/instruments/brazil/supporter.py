"""What a regional supporter of the municipalities reports: work plan of the year, each month, each four months."""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.report.instruments.brazil.accounts import REPORTS, due
from redesaude.report.instruments.brazil.digisus import access, within_target
from redesaude.report.instruments.brazil.words import OF_SPECIALTY, STAGES
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import SUPPORTER_FILLS, Field, Instrument

#: day of the month by which a monthly report is due
_DAY = 25
#: instruments whose state in each municipality is followed
_FOLLOWED = ("PMS", "PAS", "RDQA", "RAG")
_STATES = ("sim", "não", "em elaboração")


def _indicators(facts: Facts) -> pd.DataFrame:
    """The target of each health region, specialty and programmed year, with today's value."""
    rows = facts.by_region[facts.by_region["year"].isin(facts.programmed)]
    today = facts.today.reset_index()
    today = today.assign(linha_base=access(facts, today))[["specialty_id", "region_id", "linha_base"]]
    rows = rows.assign(meta_prevista=access(facts, rows)).merge(today, how="left", on=["specialty_id", "region_id"])
    return rows.assign(
        ano=rows["year"],
        regiao=facts.label("regions", rows["region_id"]),
        indicador=[within_target(facts, specialty)[1] for specialty in rows["specialty_id"]],
        unidade="Percentual",
    )


def _work_plan(facts: Facts) -> pd.DataFrame:
    """Each region's indicators, and in how many municipalities each instrument is to be in order."""
    towns = facts.scenario.territories.groupby("region_id")["territory_id"].count()
    followed = [
        {
            "ano": year,
            "region_id": region,
            "regiao": facts.names.regions[region],
            "indicador": f"Municípios com {instrument} em dia no DigiSUS",
            "unidade": "Número",
            "meta_prevista": float(towns[region]),
            "specialty_id": "",
        }
        for year in facts.programmed
        for region in facts.regions
        for instrument in _FOLLOWED
    ]
    rows = pd.concat([_indicators(facts), pd.DataFrame(followed)], ignore_index=True)
    return rows.sort_values(["ano", "regiao"], kind="stable", ignore_index=True)


def _months(facts: Facts) -> pd.DataFrame:
    """Each region and month of the first year: when the report is due, and what goes on at its sites."""
    year, stages = facts.horizon[0], facts.stages
    region = stages["site_id"].map(facts.names.region_of_site)
    found = []
    for name in facts.regions:
        mine = stages[region == name]
        for month in range(1, 13):
            half = f"{year}-H{1 if month <= 6 else 2}"
            now = mine[(mine["begins"] <= half) & (mine["ends"] >= half)]
            found.append(
                {
                    "ano": year,
                    "mes": month,
                    "entrega": f"{_DAY:02d}/{month:02d}/{year}",
                    "regiao": facts.names.regions[name],
                    "marcos": facts.goes_on(now, STAGES) or "sem marcos no semestre",
                    "region_id": name,
                }
            )
    return pd.DataFrame(found)


def _four_months(facts: Facts) -> pd.DataFrame:
    """Each region's indicators of the first year, once for each four months."""
    rows = _indicators(facts)
    rows = rows[rows["ano"] == facts.horizon[0]]
    parts = [
        rows.assign(quadrimestre=f"{n}º", entrega=due(facts.horizon[0], month, later))
        for n, (_, month, later) in enumerate(REPORTS[:3], 1)
    ]
    return pd.concat(parts, ignore_index=True).sort_values(["regiao", "quadrimestre"], kind="stable", ignore_index=True)


def _towns(facts: Facts) -> pd.DataFrame:
    """Every municipality once."""
    rows = facts.scenario.territories
    return pd.DataFrame(
        {
            "regiao": rows["region_name"],
            "municipio": rows["name"],
            "ano": facts.horizon[0],
            "territory_id": rows["territory_id"],
        }
    ).sort_values(["regiao", "municipio"], ignore_index=True)


_REGION, _YEAR = Field("regiao", "Região de Saúde", width=24), Field("ano", "Ano", kind="year", width=7)
_CODES = (
    Field("region_id", "Código da região", kind="id"),
    *OF_SPECIALTY,
)


def _told(key: str, label: str, width: float = 13.0) -> Field:
    return Field(key, label, fills=SUPPORTER_FILLS, width=width)


WORK_PLAN = Instrument(
    "apoiador_plano",
    "Apoiador regional: plano de trabalho anual",
    N_(
        "What each health region is to reach in each of the first years, and in how many of its municipalities the "
        "planning instruments are to be in order: all of them."
    ),
    (
        _YEAR,
        _REGION,
        Field("indicador", "Indicador", width=46),
        Field("unidade", "Unidade", width=11),
        Field("linha_base", "Linha de base", "audit.xlsx: years", "decimal", SUPPORTER_FILLS, 10),
        Field("meta_prevista", "Meta do ano", "tables/by_year.csv", "decimal", SUPPORTER_FILLS, 10),
        _told("atividades", "Atividades previstas", 22),
        _told("realizado", "Realizado"),
        *_CODES,
    ),
    _work_plan,
    of_each="region_id",
    frozen=2,
    on_screen=True,
)
MONTHLY = Instrument(
    "apoiador_mensal",
    "Apoiador regional: relatório mensal (até o dia 25)",
    N_(
        "Each month of the first year, and what goes on in its half-year at the sites of the region by the plan, with "
        "the number of specialties."
    ),
    (
        _YEAR,
        Field("mes", "Mês", kind="year", width=6),
        Field("entrega", "Entregar até", width=12),
        _REGION,
        Field("marcos", "Marcos do plano no semestre", "tables/milestones.csv", width=48),
        _told("cir", "Reuniões da CIR"),
        _told("cib", "Reuniões da CIB"),
        _told("municipios", "Municípios apoiados"),
        _told("encaminhamentos", "Encaminhamentos", 22),
        Field("region_id", "Código da região", kind="id"),
    ),
    _months,
    of_each="region_id",
    frozen=3,
    on_screen=True,
)
FOUR_MONTHLY = Instrument(
    "apoiador_quadrimestre",
    "Apoiador regional: relatório quadrimestral individual",
    N_("The targets of the first year, once for each four months, with what was done to be filled in."),
    (
        _REGION,
        Field("quadrimestre", "Quadrimestre", width=12),
        Field("entrega", "Entrega", width=17),
        Field("indicador", "Indicador", width=44),
        Field("linha_base", "Linha de base", "audit.xlsx: years", "decimal", SUPPORTER_FILLS, 10),
        Field("meta_prevista", "Meta do ano", "tables/by_year.csv", "decimal", SUPPORTER_FILLS, 10),
        _told("realizado", "Realizado"),
        _told("analise", "Análise", 24),
        *_CODES,
    ),
    _four_months,
    of_each="region_id",
    frozen=2,
    on_screen=True,
)
TOWNS = Instrument(
    "municipios",
    "Situação dos instrumentos de planejamento de cada município",
    N_("Every municipality, to tick which instruments are in order in the first year."),
    (
        _REGION,
        Field("municipio", "Município", width=26),
        _YEAR,
        *(
            Field(key, label, fills=SUPPORTER_FILLS, width=12, choices=_STATES)
            for key, label in (
                ("pms", "PMS"),
                ("pas", "PAS"),
                *((f"rdqa_{n + 1}", name) for n, (name, _, _) in enumerate(REPORTS[:3])),
                ("rag", "RAG"),
            )
        ),
        _told("observacao", "Observação", 24),
        Field("territory_id", "Código do município", kind="id"),
    ),
    _towns,
    frozen=2,
)
