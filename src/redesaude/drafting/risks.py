"""The risk register of Mato Grosso. Ranges of the contracts' own factors are on the contracts sheet, and drawn too."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from redesaude.drafting.contracts import Contract
from redesaude.drafting.evidence import Figure, assumed, row, ruled
from redesaude.inputs.risks import OTHERS

_SURVEY = "Levantamento de modelos de contrato (BNDES, TCE-RS/CAGE, NAO, PPPs de hospitais)"
_OPERATORS = ("oss", "oss_lote", "ppp_cinza_oss", "ppp_branca")
#: the contractor's price is indexed, not to the wages it pays: half of a deviation comes back at the next review
_SHARED_WAGES = {"ppp_branca": 0.5, "compra": 0.5}
#: under contracts that a risk names nobody for, the public side bears it all
_PUBLIC = f"{OTHERS}: 1"


def risks(options: Iterable[Contract]) -> pd.DataFrame:
    """Return the ``risks`` sheet: those that some of the contracts bear."""
    ids = [c.id for c in options]
    demand = _risk("demanda", "Procura diferente da prevista", "demanda", "demand", (0.85, 1.0, 1.15))
    shared = [f"{name}: {part}" for name, part in _SHARED_WAGES.items() if name in ids]
    borne = "; ".join([*shared, _PUBLIC])
    wages = {"correlation_group": "salarios", "borne_by": borne}
    failure = {
        "contracts": ", ".join(name for name in ids if name in _OPERATORS),
        "probability": 0.10,
        "varies_by": "site",
        "correlation_group": "operador",
        "correlation": 0.3,
    }
    review = {
        "contracts": "compra",
        "probability": 0.10,
        "varies_by": "site",
        "correlation_group": "renegociacao",
        "correlation": 0.5,
    }
    register = pd.DataFrame(
        [
            demand,
            _risk("salarios_fixo", "Salários reais, custo fixo", "pessoal", "opex", (0.94, 1.0, 1.06)) | wages,
            _risk("salarios_caso", "Salários reais, custo por caso", "pessoal", "case_cost", (0.94, 1.0, 1.06)) | wages,
            _risk("operador_falha", "Operador privado falha e o Estado assume", "contratado", "opex", (1.05, 1.1, 1.3))
            | failure,
            _risk("compra_renegociada_fixo", "Compra renegociada para cima, parte fixa", "contratado", "opex",
                  (1.0, 1.15, 1.92)) | review,
            _risk("compra_renegociada_caso", "Compra renegociada para cima, parte por caso", "contratado", "case_cost",
                  (1.0, 1.15, 1.92)) | review,
            _risk("lei", "Mudança de lei ou de leitura do art. 28 e do limite de pessoal", "legal", "opex", None),
        ]
    )  # fmt: skip
    return register[register["contracts"] != ""].reset_index(drop=True)  # blank would mean every contract


def _risk(
    name: str, title: str, category: str, target: str, outcomes: tuple[float, float, float] | None
) -> dict[str, object]:
    entry: dict[str, object] = {"risk_id": name, "name": title, "category": category, "target": target}
    entry["borne_by"] = _PUBLIC
    if outcomes is None:
        return entry | {"distribution": "none"}
    low, mode, high = outcomes
    return entry | {"distribution": "triangular", "low": low, "mode": mode, "high": high}


def evidence() -> list[dict[str, str]]:
    """Return the ``sources`` rows of the register."""
    wages = assumed(1.0, 0.94, 1.06, "Salários da saúde contra a inflação ao longo do contrato; média neutra.")
    public = assumed(1.0, 0.5, 1.0, "O poder público: a procura (o que cada contrato paga por volume está nos termos "
                     "dele), o operador que falha e cujo serviço retoma, a compra renegociada, a lei que muda, e os "
                     "salários de quem ele emprega ou de quem presta contas do que gasta. Repartição suposta; a Lei "
                     "11.079/2004 pede que o contrato a diga.")  # fmt: skip
    borne = assumed(0.5, 0.0, 1.0, "Parte do desvio de salários que volta ao poder público no reequilíbrio.")
    review = Figure(0, _SURVEY, "2026", "B", "Contrato do hospital do câncer renegociado em +92%: é o extremo; o mais "
                    "provável, 15%, é premissa.")  # fmt: skip
    failure = Figure(0, _SURVEY, "2026", "C", "Manaus (Delphina) e OSS de MT 2011-2017: operadores que falharam. O "
                     "custo de assumir, 5% a 30% do custo fixo, é premissa.")  # fmt: skip
    rare = assumed(0.10, 0.02, 0.30, "Uma unidade em dez; nenhuma frequência local publicada.")
    return [
        row("risks", "demanda", "mode", assumed(1.0, 0.85, 1.15, "Casos por ano contra os previstos, em toda a rede.")),
        *(row("risks", name, "mode", wages) for name in ("salarios_fixo", "salarios_caso")),
        *(row("risks", name, "borne_by", borne) for name in ("salarios_fixo", "salarios_caso")),
        row("risks", "*", "borne_by", public),
        row("risks", "operador_falha", "mode", failure),
        *(row("risks", name, "mode", review) for name in ("compra_renegociada_fixo", "compra_renegociada_caso")),
        *(row("risks", name, "probability", rare) for name in ("operador_falha", "compra_renegociada_fixo",
                                                               "compra_renegociada_caso")),
        row("risks", "*", "correlation", ruled(0, "Unidades do mesmo operador ou da mesma política de preços falham em "
            "parte juntas: 0,3 e 0,5; salários movem todas.")),
        row("risks", "lei", "distribution", ruled(0, "Listado, não sorteado: as leituras são variantes do cenário.")),
    ]  # fmt: skip
