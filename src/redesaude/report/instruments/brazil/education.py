"""Permanent education (PAREPS): who is to be trained in which year, for the action plans of the regions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.plan.training import Kind
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import STATE_FILLS, Field, Instrument
from redesaude.report.instruments.teaching import PURPOSE, Columns, named

_ACTIONS = {
    Kind.TRAINED: "Formação de profissionais",
    Kind.RECRUITED: "Contratação e fixação de profissionais",
    Kind.OPENING: "Treinamento da equipe antes da abertura",
    Kind.TECHNIQUE: "Transferência de técnica",
}
_COLUMNS = Columns("ano", "regiao", "acao", "publico", "hospital", "especialidade", "formador")


def _rows(facts: Facts) -> pd.DataFrame:
    """Each row of the training calendar, with names, and a blank one for each region of which the plan knows none."""
    known = facts.studied.training
    others = [code for code in facts.regions if code not in set(known["region_id"])]
    texts = dict.fromkeys(("kind", "code", "site_id", "specialty_id", "trainer_site_id"), "")
    figures = {"year": facts.horizon.start, "people": np.nan, "cost": np.nan}
    blank = pd.DataFrame({"region_id": others, **texts, **figures})
    rows = pd.concat([known, blank], ignore_index=True) if others else known
    return named(facts, rows, _COLUMNS, _ACTIONS, "Estado")


EDUCATION = Instrument(
    "educacao_permanente",
    "Plano de Ação Regional de Educação Permanente em Saúde (PAREPS): calendário de formação",
    PURPOSE,
    (
        Field("ano", "Ano", kind="year", width=7),
        Field("regiao", "Região de saúde", width=22),
        Field("acao", "Ação educativa", width=26),
        Field("publico", "Público (função ou técnica)", width=28),
        Field("hospital", "Estabelecimento", width=30),
        Field("especialidade", "Especialidade", width=22),
        Field("people", "Profissionais", "tables/training.csv", "decimal", STATE_FILLS, 11),
        Field("cost", "Custo no ano", "tables/training.csv", "money", STATE_FILLS, 14),
        Field("formador", "Instituição formadora", width=30, fills=STATE_FILLS),
        Field("carga", "Carga horária", fills=STATE_FILLS, width=10),
        Field("formados", "Formados", fills=STATE_FILLS, width=10),
        Field("code", "Código da função ou técnica", kind="id"),
        Field("region_id", "Código da região", kind="id"),
        Field("site_id", "CNES", kind="id"),
    ),
    _rows,
    frozen=2,
    on_screen=True,
)
