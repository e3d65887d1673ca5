"""Build ``leopoldina.xlsx``: ``python scenarios/build_leopoldina.py``.

What ``redesaude new leopoldina.xlsx --state MG --macroregion Leopoldina`` writes, and then two facts typed into it: the
net current revenue of Minas Gerais and what of it is committed to personnel. Norms that a plan was found to keep are
firm in a variant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
from builders import firm_norms
from builders.command import build

from redesaude.drafting.choosing import Wish
from redesaude.drafting.evidence import Figure, row
from redesaude.drafting.phases import single
from redesaude.drafting.promises import HORIZON
from redesaude.drafting.state import Draft, draft

_REPORT = (
    "Relatório de gestão fiscal de Minas Gerais, janeiro a abril de 2025, por O Fator. "
    "https://ofator.com.br/informacao/minas-esta-a-beira-de-furar-teto-de-despesas-estabelecido-pelo-governo-federal"
)
REVENUE = Figure(106_688_331_960.66, _REPORT, "2025", "B", "RCL de doze meses.")
PERSONNEL = Figure(
    52_056_327_789.27,
    _REPORT,
    "2025",
    "B",
    "48,81% da RCL: acima do limite prudencial (46,55%) antes de qualquer plano. A linha desse limite foi apagada: "
    "nada no plano o cumpriria.",
)
#: rows of ``sources`` that the two facts replace: sheet, key and column
_TYPED = {("*", "base_amount"): REVENUE, ("pessoal_legal", "committed"): PERSONNEL}


def with_facts(found: Draft) -> Draft:
    """Return the draft with the two facts typed in and their sources, and no longer on the list of what to look at."""
    tables = dict(found.tables)
    fiscal = tables["fiscal"].query("fiscal_id != 'pessoal_prudencial'").assign(base_amount=REVENUE.value)
    legal = fiscal["fiscal_id"] == "pessoal_legal"
    tables["fiscal"] = fiscal.assign(committed=fiscal["committed"].mask(legal, PERSONNEL.value))
    tables["sources"] = _sources(tables["sources"])
    todo = [line for line in found.todo if line.sheet != "fiscal" or (line.key, line.column) not in _TYPED]
    settings: Mapping[str, object] = dict(found.settings) | {"title": "Minas Gerais, macrorregião Sudeste (Leopoldina)"}
    return replace(found, tables=tables, settings=settings, todo=todo)


def with_firm_norms(found: Draft) -> Draft:
    """Return the draft with the variant in which the norms are firm that a plan was found to keep."""
    named = "normas_firmes", "Normas alcançáveis firmes: a rede mais barata que as cumpre"
    rows = firm_norms.with_variant(named, found.tables, "leopoldina", single(HORIZON))
    return replace(found, tables={**found.tables, **rows})


def _sources(told: pd.DataFrame) -> pd.DataFrame:
    about = list(zip(told["key"], told["column"], strict=True))
    gone = [sheet == "fiscal" and (place in _TYPED or place[0] == "pessoal_prudencial")
            for sheet, place in zip(told["sheet"], about, strict=True)]  # fmt: skip
    typed = pd.DataFrame([row("fiscal", *place, figure) for place, figure in _TYPED.items()])
    return pd.concat([told[[not g for g in gone]], typed[told.columns]], ignore_index=True)


if __name__ == "__main__":
    found = with_firm_norms(with_facts(draft(Wish("MG", "Leopoldina"))))
    build(__file__, {"leopoldina": lambda: found.tables}, dict(found.settings), __doc__, found.todo)
