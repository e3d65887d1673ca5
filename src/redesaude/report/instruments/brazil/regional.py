"""The regional plan (PRI) of each macro-region: needs, what is there, gaps, priorities, targets and who answers."""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.lines import Kind
from redesaude.report.instruments.brazil.digisus import access, within_target
from redesaude.report.instruments.brazil.words import OF_SPECIALTY, SOURCES, half_year, payer_column
from redesaude.report.instruments.facts import Facts, points
from redesaude.report.instruments.instrument import COMMISSION_FILLS, STATE_FILLS, Field, Instrument

_KEY = ["region_id", "specialty_id"]


def _rows(facts: Facts) -> pd.DataFrame:
    """Each health region and specialty: today, what is missing or doubled, and what the plan reaches, by whom."""
    then = facts.by_region[facts.by_region["year"] == facts.full_year]
    rows = then.assign(meta_prevista=access(facts, then))[[*_KEY, "meta_prevista"]].merge(_supply(facts), on=_KEY)
    today = facts.today.reset_index()
    today = today.assign(linha_base=access(facts, today), atendidos=points(today["treated"] / today["cases"]))[
        [*_KEY, "linha_base", "atendidos"]
    ]
    rows = rows.merge(today, how="left", on=_KEY).merge(_paid(facts), how="left", on=_KEY)
    macro = rows["region_id"].map(facts.macroregions)
    told = [within_target(facts, specialty) for specialty in rows["specialty_id"]]
    rank = rows.groupby(macro)["gap"].rank(ascending=False, method="min")
    return (
        rows.fillna(dict.fromkeys([*SOURCES, "recursos"], 0.0))
        .assign(
            macrorregiao=macro,
            regiao=facts.label("regions", rows["region_id"]),
            especialidade=facts.label("specialties", rows["specialty_id"]),
            prioridade=rank,
            meta=[meta for meta, _ in told],
            indicador=[indicator for _, indicator in told],
            prazo=facts.full_year,
        )
        .sort_values(["macrorregiao", "prioridade", "regiao", "especialidade"], ignore_index=True)
    )


def _supply(facts: Facts) -> pd.DataFrame:
    """Need, supply within the standard, what is missing, and what is there beyond the need of a municipality."""
    supply = facts.municipal.supply
    supply = supply.assign(region_id=supply["territory_id"].map(facts.names.region_of_territory))
    sums = supply.groupby(_KEY)[["cases", "capacity", "gap", "marked"]].sum()
    people = facts.scenario.territories.groupby("region_id")["population"].sum()
    # capacity = cases - gap + surplus, municipality by municipality
    sums = sums.assign(sobreposicao=sums["capacity"] - sums["cases"] + sums["gap"]).reset_index()
    return sums.assign(populacao=sums["region_id"].map(people))


def _paid(facts: Facts) -> pd.DataFrame:
    """Running cost of the services at sites of a region in the year in which all is open, by who pays."""
    rows = facts.running(facts.full_year)
    rows = rows.assign(region_id=rows["site_id"].map(facts.names.region_of_site), who=rows["payer"].map(payer_column))
    rows = rows[rows["specialty_id"] != ""]
    wide = rows.pivot_table(index=_KEY, columns="who", values="real", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=list(SOURCES), fill_value=0.0)
    return wide.assign(recursos=wide.sum(axis=1)).reset_index()


def _points_of_care(facts: Facts) -> pd.DataFrame:
    """The services of the network by macro-region: where, how large, from when, under which contract."""
    rows = facts.services
    keys = list(zip(rows["site_id"], rows["specialty_id"], strict=True))
    capital = facts.paid[facts.paid["kind"] == Kind.CAPITAL].groupby(["site_id", "specialty_id"])["real"].sum()
    return rows.assign(
        macrorregiao=rows["region_id"].map(facts.macroregions),
        regiao=facts.label("regions", rows["region_id"]),
        municipio=facts.label("territories", rows["territory_id"]),
        estabelecimento=facts.label("sites", rows["site_id"]),
        especialidade=facts.label("specialties", rows["specialty_id"]),
        contrato=facts.label("contracts", rows["contract_id"]),
        inicio=[half_year(facts.since[key]) if key in facts.since else "em funcionamento" for key in keys],
        investimento=[float(capital.get(key, 0.0)) for key in keys],
    ).sort_values(["macrorregiao", "regiao", "municipio", "estabelecimento", "especialidade"], ignore_index=True)


_SUPPLY = "regions/*.xlsx, references.xlsx: municipalities"

PRI = Instrument(
    "PRI",
    "Planejamento Regional Integrado: situação, necessidades, vazios, prioridades e metas por macrorregião",
    N_(
        "Needs and supply as the municipalities are ranked; what is missing today sets the order of priorities in a "
        "macro-region. Overlap is supply beyond the need of a municipality, were supply shared alike by all within the "
        "standard. The deadline is the year in which all is open."
    ),
    (
        Field("macrorregiao", "Macrorregião de Saúde", fills=STATE_FILLS, width=14),
        Field("regiao", "Região de Saúde", width=16),
        Field("especialidade", "Especialidade (ponto de atenção)", width=16),
        Field("populacao", "População", "scenario.xlsx: territories", "number", width=10),
        Field("linha_base", "Situação: indicador hoje (%)", "audit.xlsx: years", "decimal", STATE_FILLS, 9),
        Field("atendidos", "Situação: casos atendidos hoje (%)", "audit.xlsx: years", "decimal", STATE_FILLS, 9),
        Field("cases", "Necessidade (casos por ano)", _SUPPLY, "number", width=10),
        Field("capacity", "Capacidade instalada hoje (casos por ano)", _SUPPLY, "number", width=10),
        Field("gap", "Vazio assistencial (casos por ano)", _SUPPLY, "number", width=10),
        Field("sobreposicao", "Sobreposição (casos por ano)", _SUPPLY, "number", width=11),
        Field("prioridade", "Prioridade na macrorregião", _SUPPLY, "number", width=9),
        Field("diretriz", "Diretriz", fills=COMMISSION_FILLS, width=9),
        Field("meta", "Meta", width=20),
        Field("indicador", "Indicador", width=20),
        Field("meta_prevista", "Meta prevista (%)", "tables/by_year.csv", "decimal", COMMISSION_FILLS, 8),
        Field("prazo", "Prazo", "tables/milestones.csv", "year", width=7),
        *(
            Field(key, f"Responsabilidade: {label}", "audit.xlsx: cash_ledger", "money", width=12)
            for key, label in (
                ("uniao", "União"),
                ("estado", "Estado"),
                ("municipios", "Municípios"),
                ("outros", "outros"),
            )
        ),
        Field("recursos", "Recursos (custeio anual)", "audit.xlsx: cash_ledger", "money", width=13, total=True),
        Field("region_id", "Código da região", kind="id"),
        *OF_SPECIALTY,
    ),
    _rows,
    frozen=3,
    on_screen=True,
)
POINTS = Instrument(
    "PRI_servicos",
    "Planejamento Regional Integrado: pontos de atenção da rede",
    N_("The services of the last period, where they are, how large, from when, and under which contract."),
    (
        Field("macrorregiao", "Macrorregião de Saúde", fills=STATE_FILLS, width=14),
        Field("regiao", "Região de Saúde", width=20),
        Field("municipio", "Município", width=18),
        Field("estabelecimento", "Estabelecimento", width=27),
        Field("especialidade", "Especialidade", width=20),
        Field("contrato", "Modelo de contrato", width=20),
        Field("inicio", "A partir de", "tables/milestones.csv", width=13),
        Field("capacity", "Capacidade (casos por ano)", "tables/openings.csv", "number", width=11, total=True),
        Field("investimento", "Investimento", "audit.xlsx: cash_ledger", "money", width=13, total=True),
        Field("site_id", "CNES ou código do estabelecimento", kind="id"),
        *OF_SPECIALTY,
    ),
    _points_of_care,
    on_screen=True,
)
