"""The yearly programme, Programação Anual de Saúde, of the state and of each municipality: actions and their money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.lines import Group, Kind
from redesaude.plan.endings import Fate
from redesaude.report.instruments.brazil.digisus import access, within_target
from redesaude.report.instruments.brazil.words import (
    ALL_SERVICES,
    OF_SPECIALTY,
    SOURCES,
    STAGES,
    half_year,
    payer_column,
)
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import STATE_FILLS, TOWN_FILLS, Field, Instrument

_HOSPITALS, _ADMINISTRATION = "302 - Assistência Hospitalar e Ambulatorial", "122 - Administração Geral"
_NATURES: Mapping[str, str] = {Kind.CAPITAL: "Capital", Kind.RUNNING: "Corrente"}
#: what is done with the money of each group of lines, or of a line
_ACTIONS: Mapping[str, str] = {
    Group.CAPITAL: "Construir, equipar e renovar",
    Group.RUNNING: "Manter em funcionamento",
    Group.PAYMENTS: "Pagar o prestador contratado por",
    Group.LETTING: "Licitar, contratar e fiscalizar",
}
#: what is done with the money of an ending, by what becomes of the service
_ENDINGS: Mapping[str, str] = {
    Fate.CLOSED: "Encerrar",
    Fate.MOVED: "Mudar de local no município",
    Fate.UNCONTRACTED: "Deixar de contratar",
}
_ENDING = "closing"
_ACTION = ["year", "site_id", "specialty_id", "action", "kind"]


def _sources(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """What is paid in each group of ``keys``, by source, and in all."""
    table = rows.assign(source=rows["payer"].map(payer_column))
    wide = table.pivot_table(index=keys, columns="source", values="real", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=list(SOURCES), fill_value=0.0)
    return wide.assign(previsao=wide.sum(axis=1)).reset_index()


def _programmed(facts: Facts) -> pd.DataFrame:
    return facts.paid[facts.paid["year"].isin(facts.programmed)]


def _state_rows(facts: Facts) -> pd.DataFrame:
    """Each action of each service in each year: what is done there, and what it takes of each source."""
    paid = _programmed(facts)
    action = paid["line"].where(paid["line"].isin([*_ACTIONS, _ENDING]), paid["group"])
    rows = _sources(paid.assign(action=action), _ACTION)
    due = facts.whole.assign(due=access(facts, facts.whole)).set_index(["year", "specialty_id"])["due"].to_dict()
    told = {specialty: within_target(facts, specialty) for specialty in facts.scenario.specialties["specialty_id"]}
    services = [name or ALL_SERVICES for name in facts.label("specialties", rows["specialty_id"])]
    sites = facts.label("sites", rows["site_id"])
    stages = {year: facts.stages_in(year) for year in facts.programmed}
    keys = list(zip(rows["year"], rows["site_id"], rows["specialty_id"], strict=True))
    return rows.assign(
        ano=rows["year"],
        meta=[told[specialty][0] if specialty else "" for _, _, specialty in keys],
        indicador=[told[specialty][1] if specialty else "" for _, _, specialty in keys],
        meta_prevista=[due.get((year, specialty), np.nan) for year, _, specialty in keys],
        unidade=["Percentual" if specialty else "" for _, _, specialty in keys],
        acao=[
            f"{_done(facts, action, key)} {service}" + (f" ({site})" if site else "")
            for action, service, site, (_, *key) in zip(rows["action"], services, sites, keys, strict=True)
        ],
        estabelecimento=sites,
        marcos=[", ".join(STAGES[stage] for stage in stages[year].get((site, own), [])) for year, site, own in keys],
        subfuncao=[_subfunction(action) for action in rows["action"]],
        natureza=rows["kind"].map(_NATURES),
    )


def _done(facts: Facts, action: str, place: Sequence[str]) -> str:
    """What is done with the money of an action at a ``place`` (site, specialty)."""
    return _ENDINGS[facts.fates[place[0], place[1]]] if action == _ENDING else _ACTIONS[action]


def _subfunction(action: str) -> str:
    return _ADMINISTRATION if action in (Group.LETTING, _ENDING) else _HOSPITALS


def _expenditure_rows(facts: Facts) -> pd.DataFrame:
    """What each year takes of each source, by subfunction and nature."""
    rows = _programmed(facts)
    rows = rows.assign(subfuncao=[_subfunction(group) for group in rows["group"]], natureza=rows["kind"].map(_NATURES))
    return _sources(rows, ["year", "subfuncao", "natureza"]).rename(columns={"year": "ano"})


def _town_rows(facts: Facts) -> pd.DataFrame:
    """Of each municipality and year: each specialty's target, where its people go, and its own bill."""
    years = facts.by_municipality
    years = years[years["year"].isin(facts.programmed) & (years["cases"] > 0)]
    years = years.assign(meta_prevista=access(facts, years))
    keys = ["year", "territory_id", "specialty_id"]
    bills = facts.studied.bills
    due = bills[bills["year"].isin(facts.programmed)].astype({"real": float}).groupby(keys)["real"].sum()
    rows = years.set_index(keys)[["meta_prevista"]].join(due.rename("previsao"), how="outer")
    rows = rows.fillna({"previsao": 0.0}).reset_index()
    to = _references(facts)
    told = {specialty: within_target(facts, specialty) for specialty in facts.scenario.specialties["specialty_id"]}
    known = [(own in told) for own in rows["specialty_id"]]
    return rows.assign(
        ano=rows["year"],
        municipio=facts.label("territories", rows["territory_id"]),
        meta=[told[own][0] if there else "" for own, there in zip(rows["specialty_id"], known, strict=True)],
        indicador=[told[own][1] if there else "" for own, there in zip(rows["specialty_id"], known, strict=True)],
        unidade=["Percentual" if there else "" for there in known],
        acao=[to.get(key, "") for key in rows[keys].itertuples(index=False, name=None)],
        subfuncao=_HOSPITALS,
    ).sort_values(["municipio", *keys], ignore_index=True)


def _references(facts: Facts) -> dict[tuple[object, ...], str]:
    """Where the people of each municipality are sent in each year, by (year, municipality, specialty)."""
    appraisal = facts.studied.appraisal
    of_years = appraisal.phases.of_years(appraisal.calendar.horizon_years)
    names = {t: period for period, t in appraisal.periods.items()}
    periods = {year: names[int(of_years[year - facts.horizon[0]])] for year in facts.programmed}
    rows = facts.municipal.references
    found: dict[tuple[object, ...], str] = {}
    for year, period in periods.items():
        mine = rows[rows["period_id"] == period]
        for town, own, first, name in zip(
            mine["territory_id"], mine["specialty_id"], mine["first_id"], mine["first"], strict=True
        ):
            half = facts.since.get((first, own), "")
            begun = f" (a partir do {half_year(half)})" if half > str(year) else ""
            found[year, town, own] = f"Encaminhar os casos a {name}{begun}" if first else "Encaminhar para fora da rede"
    return found


def _numbers(fills: str) -> tuple[Field, ...]:
    return (
        Field("diretriz_numero", "Diretriz Nº", fills=fills, width=8),
        Field("objetivo_numero", "Objetivo Nº", fills=fills, width=8),
        Field("meta_numero", "Meta Nº", fills=fills, width=7),
        Field("meta", "Descrição da Meta", fills=fills, width=22),
        Field("indicador", "Indicador para monitoramento e avaliação da meta", fills=fills, width=22),
    )


def _action(fills: str) -> tuple[Field, ...]:
    return (
        Field("unidade", "Unidade de Medida", fills=fills, width=10),
        Field("acao_numero", "Ação Nº", fills=fills, width=8),
        Field("acao", "Ação", fills=fills, width=26),
    )


def _money(source: str) -> tuple[Field, ...]:
    return tuple(Field(key, label, source, "money", width=13, total=True) for key, label in SOURCES.items())


_CASH = "tables/by_year.csv; audit.xlsx: cash_ledger"

PAS = Instrument(
    "PAS",
    "Programação Anual de Saúde do Estado (DigiSUS Gestor): ações e previsão orçamentária",
    N_(
        "What is done in each of the first years, service by service, and what it takes of each source (currency, "
        "prices of the base year). Sums by source are those of the cash flow of the plan; whether federal money passes "
        "through the fund of the state or of a municipality is not known to it."
    ),
    (
        Field("ano", "Ano", kind="year", width=6),
        *_numbers(STATE_FILLS),
        Field("meta_prevista", "Meta Prevista do ano", "tables/by_year.csv", "decimal", STATE_FILLS, 11),
        *_action(STATE_FILLS),
        Field("marcos", "Marcos do ano", "tables/milestones.csv", width=16),
        Field("subfuncao", "Subfunção", width=16),
        Field("natureza", "Natureza da despesa", width=11),
        *_money(_CASH),
        Field("previsao", "Previsão orçamentária", _CASH, "money", width=13, total=True),
        Field("site_id", "CNES ou código do estabelecimento", kind="id"),
        *OF_SPECIALTY,
    ),
    _state_rows,
    on_screen=True,
)
EXPENDITURE = Instrument(
    "PAS_despesas",
    "Demonstrativo da programação de despesas com saúde por subfunção, natureza e fonte",
    N_("The money of the yearly programme of the state, summed as DigiSUS Gestor asks for it."),
    (
        Field("ano", "Ano", kind="year", width=6),
        Field("subfuncao", "Subfunção", width=30),
        Field("natureza", "Natureza da despesa", width=12),
        *_money(_CASH),
        Field("convenios", "Transferências de convênios destinados à saúde", kind="money", fills=STATE_FILLS, width=15),
        Field("credito", "Operações de crédito vinculadas à saúde", kind="money", fills=STATE_FILLS, width=15),
        Field("previsao", "Total", _CASH, "money", width=13, total=True),
    ),
    _expenditure_rows,
)
PAS_MUNICIPAL = Instrument(
    "PAS_municipal",
    "Programação Anual de Saúde dos municípios (DigiSUS Gestor)",
    N_(
        "Of each municipality in each of the first years: the target of each specialty, the hospital to which its "
        "people are referred, and what it pays itself: its own hospitals and its part of shared contracts."
    ),
    (
        Field("municipio", "Município", width=20),
        Field("ano", "Ano", kind="year", width=6),
        *_numbers(TOWN_FILLS),
        Field(
            "meta_prevista", "Meta Prevista do ano", "tables/assignments.csv, milestones.csv", "decimal", TOWN_FILLS, 11
        ),
        *_action(TOWN_FILLS),
        Field("subfuncao", "Subfunção", width=20),
        Field("previsao", "Previsão orçamentária do município", "tables/bills.csv", "money", width=13, total=True),
        Field("territory_id", "Código do município", kind="id"),
        *OF_SPECIALTY,
    ),
    _town_rows,
    of_each="territory_id",
    frozen=2,
    on_screen=True,
)
