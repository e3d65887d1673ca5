"""The accounts of each four months (RDQA) and of the year (RAG): Lei Complementar 141/2012, art. 36."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from redesaude.language import N_
from redesaude.report.instruments.brazil.digisus import access, within_target
from redesaude.report.instruments.brazil.words import OF_SPECIALTY, SOURCES, payer_column
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import STATE_FILLS, Field, Instrument

#: reports of a year: name, month in which they are due, and of which year after theirs
REPORTS = (("1º RDQA", "maio", 0), ("2º RDQA", "setembro", 0), ("3º RDQA", "fevereiro", 1), ("RAG", "março", 1))
MONEY, AUDITS, SUPPLY = (
    "I - montante e fonte dos recursos aplicados",
    "II - auditorias realizadas ou em execução",
    "III - oferta e produção de serviços",
)
_AUDIT_ITEMS = ("Auditorias concluídas", "Auditorias em execução", "Recomendações e determinações")


def due(year: int, month: str, later: int) -> str:
    """Return when a report of ``year`` is due: the month, ``later`` years after it."""
    return f"{month} de {year + later}"


def _rows(facts: Facts) -> pd.DataFrame:
    """What is planned for each year, once for each of its reports."""
    planned = pd.DataFrame(list(_planned(facts)))
    parts = [
        planned.assign(relatorio=name, entrega=[due(year, month, later) for year in planned["ano"]], ordem=n)
        for n, (name, month, later) in enumerate(REPORTS)
    ]
    rows = pd.concat(parts, ignore_index=True)
    return rows.sort_values(["ano", "ordem"], kind="stable", ignore_index=True)


def _planned(facts: Facts) -> Iterator[dict[str, object]]:
    """Money by source, audits (the plan knows none), and production and access of each specialty."""
    paid = facts.paid.assign(who=facts.paid["payer"].map(payer_column))
    money = paid.groupby(["year", "who"])["real"].sum()
    years = facts.whole.assign(access=access(facts, facts.whole))
    for year in facts.programmed:
        for who, label in SOURCES.items():
            yield _item(year, MONEY, label, "Moeda", float(money.get((year, who), 0.0)))
        for item in _AUDIT_ITEMS:
            yield _item(year, AUDITS, item, "Número", None)
        mine = years[years["year"] == year]
        for specialty, treated, capacity, share in zip(
            mine["specialty_id"], mine["treated"], mine["capacity"], mine["access"], strict=True
        ):
            name, own = facts.names.specialties[specialty], {"specialty_id": specialty}
            yield _item(year, SUPPLY, f"Produção de {name} (casos)", "Número", treated) | own
            yield _item(year, SUPPLY, f"Oferta de {name} (capacidade, casos por ano)", "Número", capacity) | own
            yield _item(year, SUPPLY, within_target(facts, specialty)[1], "Percentual", share) | own


def _item(year: int, block: str, item: str, unit: str, planned: float | None) -> dict[str, object]:
    return {"ano": year, "bloco": block, "item": item, "unidade": unit, "previsto": planned, "specialty_id": ""}


RDQA = Instrument(
    "RDQA",
    "Relatório Detalhado do Quadrimestre Anterior (RDQA) e Relatório Anual de Gestão (RAG)",
    N_(
        "What is planned for each of the first years, once for each report of the year; what was done is to be filled "
        "in, of the four months and from the beginning of the year."
    ),
    (
        Field("ano", "Ano", kind="year", width=7),
        Field("relatorio", "Relatório", width=10),
        Field("entrega", "Apresentação", width=17),
        Field("bloco", "Conteúdo (art. 36)", width=26),
        Field("item", "Item ou indicador", width=38),
        Field("unidade", "Unidade de Medida", width=11),
        Field("previsto", "Meta prevista no ano", "tables/by_year.csv", "decimal", STATE_FILLS, 16),
        Field("realizado", "Realizado no período", fills=STATE_FILLS, width=14),
        Field("acumulado", "Meta alcançada no ano", fills=STATE_FILLS, width=14),
        Field("observacao", "Análises e considerações", fills=STATE_FILLS, width=20),
        *OF_SPECIALTY,
    ),
    _rows,
    frozen=2,
    on_screen=True,
)
