"""The indicators that the scenario follows, for the columns of the RDQA and RAG: target, planned, reached."""

from __future__ import annotations

import pandas as pd

from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.followed import PURPOSE, Columns, named
from redesaude.report.instruments.instrument import STATE_FILLS, Field, Instrument

_COLUMNS = Columns("indicador", "area", "especialidade", "unidade", "sentido", "ano", "informa", "fonte")
_BETTER = {"higher": "quanto maior, melhor", "lower": "quanto menor, melhor"}


def _rows(facts: Facts) -> pd.DataFrame:
    return named(facts, _COLUMNS, _BETTER, "Toda a área")


INDICATORS = Instrument(
    "indicadores",
    "Indicadores de monitoramento: meta, previsto e alcançado por ano",
    PURPOSE,
    (
        Field("indicador", "Indicador", width=46),
        Field("ano", "Ano", kind="year", width=7),
        Field("area", "Região de saúde", width=18),
        Field("especialidade", "Especialidade", width=16),
        Field("unidade", "Unidade de Medida", width=14),
        Field("sentido", "Sentido", width=13),
        Field("target", "Meta prevista no ano", "scenario.xlsx: indicator_targets", "decimal", STATE_FILLS, 11),
        Field("planned", "Previsto pelo plano", "tables/indicators.csv", "decimal", width=11),
        Field("alcancado", "Meta alcançada no ano", fills=STATE_FILLS, width=11),
        Field("informa", "Quem informa", width=24),
        Field("fonte", "Fonte", width=26),
        Field("indicator_id", "Código do indicador", kind="id"),
    ),
    _rows,
    on_screen=True,
)
