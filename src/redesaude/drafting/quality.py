"""Indicators of quality by which contracts of Brazilian hospitals are paid, and who watches over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from redesaude.drafting.contracts import Contract
from redesaude.drafting.evidence import Figure, assumed, cited, row

Range = tuple[float, float, float]

_CENTRAL = (
    "Contrato de Gestão 090/2025/SES-MT, Hospital Central: 90% fixos e 10% conforme indicadores trimestrais; imprensa, "
    "ver known_contracts"
)


@dataclass(frozen=True)
class Indicator:
    """An indicator: its target in words, the share of the payment at stake, and the part of it reached."""

    id: str
    name: str
    target: str
    weight: float
    measured_by: str
    attainment: Range
    every_months: float = 3.0

    def row(self, contract: str) -> dict[str, object]:
        """Return its row of the sheet for ``contract``."""
        low, mode, high = self.attainment
        return {
            "contract_id": contract,
            "indicator_id": self.id,
            "name": self.name,
            "target": self.target,
            "weight": self.weight,
            "effect": "deduction",
            "measured_by": self.measured_by,
            "every_months": self.every_months,
            "attainment_low": low,
            "attainment": mode,
            "attainment_high": high,
            "grade": "C",
        }


#: clinical operators: a tenth of the payment together, as in the contract of Hospital Central
_CARE = (
    Indicator("prazo", "Casos urgentes aceitos no prazo da regulação", "90% em até 1 hora", 0.03,
              "Central estadual de regulação (SISREG)", (0.70, 0.92, 1.0)),
    Indicator("infeccao", "Infecção primária de corrente sanguínea em UTI", "abaixo da mediana nacional", 0.02,
              "CCIH, notificação à Anvisa", (0.60, 0.90, 1.0)),
    Indicator("registro", "Altas com registro completo e faturado", "95% das AIH no mês seguinte", 0.03,
              "SIH/SUS", (0.80, 0.96, 1.0)),
    Indicator("satisfacao", "Satisfação do usuário", "80% de bom ou ótimo", 0.02,
              "Ouvidoria do SUS", (0.80, 0.95, 1.0)),
)  # fmt: skip
#: building companies: a fifth of the payment together, as where availability counts from 0.80 to 1.00
_BUILDING = (
    Indicator("disponibilidade", "Salas e equipamentos disponíveis", "98% das horas", 0.12,
              "Verificador independente, sistema de chamados", (0.85, 0.97, 1.0)),
    Indicator("desempenho", "Serviços do prédio no padrão", "95% das vistorias", 0.08,
              "Verificador independente, vistorias", (0.75, 0.95, 1.0)),
)  # fmt: skip
#: contract -> its indicators
_OF: Mapping[str, Sequence[Indicator]] = {
    "oss": _CARE,
    "oss_lote": _CARE,
    "fundacao": _CARE,
    "compra": _CARE,
    "ppp_cinza": _BUILDING,
    "ppp_cinza_20": _BUILDING,
    "ppp_cinza_oss": _BUILDING,
    "ppp_branca": (*_BUILDING, *_CARE),
}
_PPP: dict[str, object] = {
    "payment_mechanism": "availability",
    "deduction_ceiling": 0.3,
    "quality_priced_share": 1.0,
    "verifier": "Verificador independente contratado pelo Estado",
    "review_months": 48,
    "step_in": "Intervenção do poder concedente (Lei 8.987, art. 32); administração temporária pelos financiadores "
    "(Lei 11.079, art. 5º-A)",
    "termination": "Extinção conforme a Lei 8.987, art. 35; indenização dos investimentos não amortizados (art. 36)",
}
_OPERATOR: dict[str, object] = {
    "quality_priced_share": 1.0,
    "verifier": "Comissão de acompanhamento e avaliação da SES",
    "review_months": 12,
    "step_in": "O Estado assume a unidade se as metas faltarem em dois trimestres seguidos (premissa, a confirmar)",
    "termination": "Rescisão por descumprimento, com aviso de 60 dias; bens e saldo voltam ao Estado (premissa)",
}
#: contract -> how its payment and its service are watched over
_TERMS: Mapping[str, dict[str, object]] = {
    **dict.fromkeys(("ppp_cinza", "ppp_cinza_20", "ppp_cinza_oss", "ppp_branca"), _PPP),
    **dict.fromkeys(("oss", "oss_lote", "fundacao", "compra"), _OPERATOR),
}


def with_watch(contracts: pd.DataFrame) -> pd.DataFrame:
    """Return the ``contracts`` sheet with verifier, review, step-in and termination of those paid by quality."""
    return watched(contracts, _TERMS)


def watched(contracts: pd.DataFrame, terms: Mapping[str, Mapping[str, object]]) -> pd.DataFrame:
    """Return the ``contracts`` sheet with the ``terms`` of each contract beside its own."""
    stated = pd.DataFrame([terms.get(c, {}) for c in contracts["contract_id"]], contracts.index)
    return stated.combine_first(contracts)[list(dict.fromkeys((*contracts, *stated)))]


def sheet(options: Iterable[Contract]) -> pd.DataFrame:
    """Return the ``quality_indicators`` sheet."""
    return pd.DataFrame([indicator.row(c.id) for c in options for indicator in _OF.get(c.id, ())])


def evidence(options: Iterable[Contract]) -> list[dict[str, str]]:
    """Return the ``sources`` rows of indicators and of what watches over contracts."""
    building = Figure(0.2, "PPPs de hospitais: fator de desempenho de 0,80 a 1,00 por trimestre", "2026", "B",
                      "Um quinto do pagamento em jogo; as partes de cada indicador são premissa.")  # fmt: skip
    reached = assumed(0.95, 0.6, 1.0, "Parte da meta alcançada, por indicador; nenhuma série publicada. Os indicadores "
                      "saem bem ou mal juntos.")  # fmt: skip
    law = cited("Leis 8.987/1995 e 11.079/2004", "2004", "B", "PPP: intervenção, extinção e financiadores; os demais "
                "contratos são premissa, a confirmar por jurista.")  # fmt: skip
    return [
        row("quality_indicators", "*", "weight", cited(_CENTRAL, "2025", "B", "10% em jogo; a divisão entre os "
            "indicadores é premissa; fundação e compra como a OSS.")),
        *(row("quality_indicators", f"{contract}|{indicator.id}", "weight", building)
          for contract in (c.id for c in options if c.financing == "project_company") for indicator in _BUILDING),
        row("quality_indicators", "*", "*", reached),
        *(row("contracts", "*", column, law) for column in ("verifier", "review_months", "step_in", "termination")),
        row("contracts", "*", "quality_priced_share", assumed(1.0, 0.0, 1.0, "Quem oferta põe no preço a dedução que "
            "espera; variante qualidade_sem_repasse: 0.")),
        row("contracts", "*", "deduction_ceiling", assumed(0.3, 0.2, 0.4, "Teto das deduções de uma PPP.")),
        row("contracts", "*", "payment_mechanism", cited(_CENTRAL, "2025", "C", "PPP por disponibilidade, o usual; "
            "volume e preço por caso não mudam no volume planejado.")),
    ]  # fmt: skip
