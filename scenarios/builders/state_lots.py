"""One contract of a social organisation for what it runs in a macro-region, let as one lot; it waits for a variant."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from builders.state_facts import assumption
from redesaude.drafting.contracts import CONTRACTS, Contract
from redesaude.drafting.evidence import assumed, row, ruled

_OSS = next(contract for contract in CONTRACTS if contract.id == "oss")
#: the same organisation under one contract for several hospitals: dearer to let and to oversee than one hospital alone
LOT = replace(
    _OSS,
    id="oss_lote",
    name="Contrato de gestão com OSS, um lote por macrorregião",
    terms=_OSS.terms
    | {
        "lot_scope": "macroregion",
        "transaction_cost": 450_000,
        "oversight_cost": 1_500_000,
        "bidders": 3,
        "retender_months": 6,
        "active": False,
    },
)
#: every contract of the state
OPTIONS: tuple[Contract, ...] = (*CONTRACTS, LOT)
#: services that one organisation may run in a macro-region
_MOST = 8
_VARIANT = ("lotes_abertos", "Lotes abertos: o plano escolhe que hospitais entram no lote de OSS da macrorregião")


def limits() -> pd.DataFrame:
    """Return the ``lot_limits`` sheet."""
    return pd.DataFrame([{"contract_id": LOT.id, "services": _MOST, "hard": True}])


def variants() -> list[tuple[str, ...]]:
    """Return the rows of ``variants`` that let the plan form the lots."""
    return [(*_VARIANT, "contracts", LOT.id, "active", "set", "yes")]


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the lots."""
    note = "Um contrato para vários hospitais: 1,5 vez o de um só; a medir no primeiro chamamento."
    return [
        row("contracts", LOT.id, "lot_scope", ruled("macroregion", "Um lote por macrorregião; o plano o forma.")),
        row("contracts", LOT.id, "transaction_cost", assumed(450_000, 300_000, 900_000, note)),
        row("contracts", LOT.id, "oversight_cost", assumed(1_500_000, 1_000_000, 2_500_000, note)),
        row("contracts", LOT.id, "bidders", assumption("lots.contracts.bidders")),
        row("lot_limits", LOT.id, "services", ruled(_MOST, "Máximo de serviços com uma só organização em uma "
            "macrorregião: escolha da gestão, a confirmar.")),
    ]  # fmt: skip
