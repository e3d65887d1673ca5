"""Where people are treated today outside their state, as their municipalities answered in 2018: the sheet ``today``."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from redesaude.drafting.evidence import assumed, cited, row
from redesaude.drafting.pack import StatePack

_REGIC = "IBGE, Regiões de Influência das Cidades (REGIC) 2018, saúde de alta complexidade"
#: specialties of the federal high-complexity networks (heart and vessels, cancer, neurosurgery)
HIGH_COMPLEXITY = ("cardiologia", "cirurgia_cardiaca", "quimioterapia", "radioterapia", "neurocirurgia")
#: of whom a municipality says that they go there, all
_SHARE = assumed(1.0, 0.5, 1.0, "")


def sheet(pack: StatePack, specialties: Iterable[str] = HIGH_COMPLEXITY) -> pd.DataFrame:
    """Return the sheet ``today``: those who leave the state, for each of the ``specialties`` of high complexity."""
    names = [name for name in HIGH_COMPLEXITY if name in set(specialties)]
    return pd.DataFrame(
        [
            {"territory_id": code, "specialty_id": name, "outside": place, "share": _SHARE.value, "source": _REGIC}
            for code, place in pack.leaving.items()
            for name in names
        ]
    )


def evidence(pack: StatePack) -> list[dict[str, str]]:
    """Return the ``sources`` rows of the sheet."""
    why = (f"REGIC diz o destino principal, não quantos vão: aqui, todos os casos dos {len(pack.leaving)} municípios "
           "nas cinco especialidades de alta complexidade.")  # fmt: skip
    told = "Resposta de cada município; por repositório público."
    return [
        row("today", "*", "outside", cited(_REGIC, "2018", "B", told)),
        row("today", "*", "share", _SHARE.noted(why)),
    ]
