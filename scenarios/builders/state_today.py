"""Where people of Mato Grosso are treated today outside the state, as their municipalities answered in 2018."""

from __future__ import annotations

import pandas as pd

from builders.evidence import assumed, cited, row
from builders.pack import StatePack

_REGIC = "IBGE, Regiões de Influência das Cidades (REGIC) 2018, saúde de alta complexidade"
#: specialties of the federal high-complexity networks (heart and vessels, cancer, neurosurgery)
HIGH_COMPLEXITY = ("cardiologia", "cirurgia_cardiaca", "quimioterapia", "radioterapia", "neurocirurgia")
#: of whom a municipality says that they go there, all
_SHARE = assumed(1.0, 0.5, 1.0, "REGIC diz o destino principal, não quantos vão: aqui, todos os casos dos 17 "
                 "municípios nas cinco especialidades de alta complexidade.")  # fmt: skip


def sheet(pack: StatePack) -> pd.DataFrame:
    """Return the sheet ``today``: those who leave the state, for each specialty of high complexity."""
    return pd.DataFrame(
        [
            {"territory_id": code, "specialty_id": name, "outside": place, "share": _SHARE.value, "source": _REGIC}
            for code, place in pack.leaving.items()
            for name in HIGH_COMPLEXITY
        ]
    )


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the sheet."""
    return [
        row(
            "today", "*", "outside", cited(_REGIC, "2018", "B", "Resposta de cada município; por repositório público.")
        ),
        row("today", "*", "share", _SHARE),
    ]
