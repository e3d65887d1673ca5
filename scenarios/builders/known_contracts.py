"""Contracts of hospitals of Mato Grosso as they were reported: facts told beside the plan's contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd


@dataclass(frozen=True)
class Known:
    """A row of the sheet ``known_contracts``; what was not reported is left blank."""

    place: str
    site_id: str
    name: str
    provider: str
    delivery_model: str
    covers: str
    from_date: str
    source: str
    source_date: str
    value_month: float | None = None
    total_value: float | None = None
    term_months: float | None = None
    fixed_share: float | None = None
    beds: int | None = None
    grade: str = "B"
    note: str = ""


_CACERES = (
    "https://diariodecaceres.com.br/noticia/34278/"
    "Gestao-do-Hospital-Regional-de-Caceres-e-terceirizada-por-R-669-milhoes"
)
_TWO_UNITS = "Chamamento único de R$ 669 milhões por 36 meses para as duas unidades."
KNOWN = (
    Known(
        "Hospital Central (Cuiabá)",
        "NOVO-5103403-HC",
        "Contrato de Gestão 090/2025/SES-MT",
        "Einstein",
        "oss",
        "Hospital inteiro: 287 leitos (78 de UTI), 10 salas cirúrgicas, 2 salas de hemodinâmica",
        "2026-01",
        "https://www.tvunica.com.br/cidades/"
        "saiba-os-detalhes-do-contrato-bilionario-para-o-albert-einstein-gerir-novo-hospital-central-em-mt/5871 ; "
        "https://www.hnt.com.br/politica/albert-eistein-vai-receber-r-22-bilhoes-para-gerenciar-hospital-central/519623",
        "2025-11",
        value_month=34.9e6,
        total_value=2_242_198_203.0,
        term_months=60,
        fixed_share=0.9,
        beds=287,
        note="Valor mensal a partir do 11º mês; o total inclui R$ 95 milhões de equipamentos; 10% conforme indicadores "
        "trimestrais. Leitos: https://www.digorestenoticias.com.br/mt-34-anos-depois-com-287-leitos-hospital-central-"
        "inicia-atendimento-em-janeiro/21/12/2025 (2025-12).",
    ),
    Known(
        "Hospital Regional de Cáceres (unidade I)",
        "2534460",
        "Chamamento 001/2025, unidade I",
        "Agir",
        "oss",
        "Hospital Regional de Cáceres",
        "2025-10-20",
        _CACERES,
        "2025-10",
        total_value=419.8e6,
        term_months=36,
        note=f"{_TWO_UNITS} Data da homologação.",
    ),
    Known(
        "Hospital São Luiz (Cáceres), Anexo I (unidade II)",
        "2395037",
        "Chamamento 001/2025, unidade II",
        "Agir",
        "oss",
        "170 leitos em operação em 2025, 36 de UTI ou semi-intensivos",
        "2025-10-20",
        _CACERES,
        "2025-10",
        total_value=249.1e6,
        term_months=36,
        beds=170,
        note=f"{_TWO_UNITS} Data da homologação. Leitos: https://folha5.com.br/cidades/"
        "oss-vai-administrar-hospital-publico-em-caceres/15544 (2025-04).",
    ),
    Known(
        "Hospital Metropolitano (Várzea Grande)",
        "6853781",
        "Chamamento 002/2025",
        "",
        "oss",
        "Hospital inteiro",
        "2025-10-20",
        "https://www.saude.mt.gov.br/noticia/1835/secretaria-de-saude-lanca-chamamento-publico-para-entidades-sem-fins-"
        "lucrativos-administrarem-o-hospital-metropolitano",
        "2025-10",
        total_value=698e6,
        grade="A",
        note="Chamamento publicado, ainda não um contrato; o prazo não foi informado.",
    ),
    Known(
        "Hospital Geral (Cuiabá)",
        "2659107",
        "Contrato com o Estado",
        "Hospital Geral",
        "purchase",
        "",
        "2025-07-01",
        "https://g1.globo.com/mt/mato-grosso/noticia/2025/06/05/governo-de-mt-assume-gestao-do-hospital-geral-de-cuiaba"
        ".ghtml",
        "2025-06",
        value_month=145.7e6 / 12,
        note="R$ 145,7 milhões por ano.",
    ),
    Known(
        "Hospital de Câncer de Mato Grosso (Cuiabá)",
        "2534444",
        "Contrato do SUS",
        "HCanMT",
        "purchase",
        "Oncologia: 37.562 sessões de quimioterapia, 5.632 cirurgias e 127.011 consultas, de setembro de 2024 a "
        "setembro de 2025",
        "",
        "https://cenariomt.com.br/mato-grosso/"
        "hospital-de-cancer-de-mato-grosso-revela-deficit-milionario-apesar-de-246-mil-atendimentos-em-um-ano",
        "2025-11",
        value_month=5.3e6,
        note="O hospital informa despesas de R$ 10,1 milhões por mês.",
    ),
)


def sheet(known: Sequence[Known] = KNOWN) -> pd.DataFrame:
    """Return the sheet ``known_contracts``."""
    return pd.DataFrame([asdict(row) for row in known])
