"""Permanent education (PAREPS): who is to be trained in which year, for the action plans of the regions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.training import Kind
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import STATE_FILLS, Field, Instrument

_ACTIONS = {
    Kind.TRAINED: "Formação de profissionais",
    Kind.RECRUITED: "Contratação e fixação de profissionais",
    Kind.OPENING: "Treinamento da equipe antes da abertura",
    Kind.TECHNIQUE: "Transferência de técnica",
}


def _rows(facts: Facts) -> pd.DataFrame:
    """Each row of the training calendar, with names, and a blank one for each region of which the plan knows none."""
    known = facts.studied.training
    others = [code for code in facts.regions if code not in set(known["region_id"])]
    texts = dict.fromkeys(("kind", "code", "site_id", "specialty_id", "trainer_site_id"), "")
    figures = {"year": facts.horizon.start, "people": np.nan, "cost": np.nan}
    blank = pd.DataFrame({"region_id": others, **texts, **figures})
    rows = pd.concat([known, blank], ignore_index=True) if others else known
    audience = [
        facts.names.techniques.get(code, code) if kind == Kind.TECHNIQUE else facts.names.roles.get(code, code)
        for kind, code in zip(rows["kind"], rows["code"], strict=True)
    ]
    regions = facts.names.regions
    return rows.assign(
        ano=rows["year"],
        regiao=["Estado" if code == ALL else regions.get(code, code) for code in rows["region_id"]],
        acao=[_ACTIONS[Kind(kind)] if kind else "" for kind in rows["kind"]],
        publico=audience,
        hospital=facts.label("sites", rows["site_id"]),
        especialidade=facts.label("specialties", rows["specialty_id"]),
        formador=facts.label("sites", rows["trainer_site_id"]),
    )


EDUCATION = Instrument(
    "educacao_permanente",
    "Plano de Ação Regional de Educação Permanente em Saúde (PAREPS): calendário de formação",
    N_(
        "Who is to be trained or recruited where in which year, at what cost and by whom. What those recruited cost "
        "goes on each year; staff trained before an opening, and in techniques, cost nothing beyond the rows of roles "
        "and the agreements."
    ),
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
