"""Who pays in Mato Grosso where the programme of the state changes what is assumed for the country."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from redesaude.drafting.contracts import Contract
from redesaude.drafting.evidence import cited, row, ruled

_REQUISITION = (
    "https://bastidoresdopoder.com.br/"
    "populacao-de-caceres-e-regiao-passa-a-ser-atendida-pelo-maior-hospital-publico-de-mato-grosso/"
)
#: federal share of the running cost of a hospital that the state lets to others
_FEDERAL = 0.35
#: delivery models in which the municipality itself runs its hospital, shares a contract, or the federal level runs it
_ITS_OWN = ("direct", "consortium", "purchase", "federal")


def sheet(options: Iterable[Contract]) -> pd.DataFrame:
    """Return the ``payers`` sheet: the state builds in hospitals of municipalities, and pays for what it lets there."""
    models = dict.fromkeys(c.model for c in options if c.model not in _ITS_OWN)
    municipal = {"owner": "municipal"}
    works = municipal | {"kind": "capital", "payer": "state", "share": 1.0}
    let = [municipal | {"delivery_model": m, "kind": "running", "payer": "federal", "share": _FEDERAL} for m in models]
    return pd.DataFrame([works, *let])


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the sheet, and of owners that are known otherwise than by name."""
    requisition = cited(_REQUISITION, "2022", "B", "Do Estado desde 28.3.2022 (requisição administrativa), anexo I do "
                        "Hospital Regional.")  # fmt: skip
    return [
        row("payers", "*", "share", ruled(0, "O investimento do programa é do orçamento do Estado, também em hospital "
            "municipal; o que o Estado contrata ali (OSS, fundação, PPP) ele paga, menos os 35% da União.")),
        row("sites", "2395037", "owner", requisition),
    ]  # fmt: skip
