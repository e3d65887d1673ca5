"""Contracts of hospitals of Mato Grosso as they were reported: facts told beside the plan's contracts."""

from __future__ import annotations

import pandas as pd

_CACERES = (
    "https://diariodecaceres.com.br/noticia/34278/"
    "Gestao-do-Hospital-Regional-de-Caceres-e-terceirizada-por-R-669-milhoes"
)
_TWO_UNITS = "Chamamento único de R$ 669 milhões por 36 meses para as duas unidades."
#: rows of the sheet ``known_contracts``; what was not reported is left out
KNOWN: tuple[dict[str, str | float], ...] = (
    {
        "place": "Hospital Central (Cuiabá)",
        "site_id": "NOVO-5103403-HC",
        "name": "Contrato de Gestão 090/2025/SES-MT",
        "provider": "Einstein",
        "delivery_model": "oss",
        "covers": "Hospital inteiro: 287 leitos (78 de UTI), 10 salas cirúrgicas, 2 salas de hemodinâmica",
        "from_date": "2026-01",
        "source": (
            "https://www.tvunica.com.br/cidades/"
            "saiba-os-detalhes-do-contrato-bilionario-para-o-albert-einstein-gerir-novo-hospital-central-em-mt/5871 ; "
            "https://www.hnt.com.br/politica/albert-eistein-vai-receber-r-22-bilhoes-para-gerenciar-hospital-central/519623"
        ),
        "source_date": "2025-11",
        "value_month": 34.9e6,
        "total_value": 2_242_198_203.0,
        "term_months": 60,
        "fixed_share": 0.9,
        "beds": 287,
        "note": (
            "Valor mensal a partir do 11º mês; o total inclui R$ 95 milhões de equipamentos; 10% conforme indicadores "
            "trimestrais. Leitos: https://www.digorestenoticias.com.br/mt-34-anos-depois-com-287-leitos-hospital-central-"
            "inicia-atendimento-em-janeiro/21/12/2025 (2025-12)."
        ),
        "grade": "B",
    },
    {
        "place": "Hospital Regional de Cáceres (unidade I)",
        "site_id": "2534460",
        "name": "Chamamento 001/2025, unidade I",
        "provider": "Agir",
        "delivery_model": "oss",
        "covers": "Hospital Regional de Cáceres",
        "from_date": "2025-10-20",
        "source": _CACERES,
        "source_date": "2025-10",
        "total_value": 419.8e6,
        "term_months": 36,
        "note": f"{_TWO_UNITS} Data da homologação.",
        "grade": "B",
    },
    {
        "place": "Hospital São Luiz (Cáceres), Anexo I (unidade II)",
        "site_id": "2395037",
        "name": "Chamamento 001/2025, unidade II",
        "provider": "Agir",
        "delivery_model": "oss",
        "covers": "170 leitos em operação em 2025, 36 de UTI ou semi-intensivos",
        "from_date": "2025-10-20",
        "source": _CACERES,
        "source_date": "2025-10",
        "total_value": 249.1e6,
        "term_months": 36,
        "beds": 170,
        "note": (
            f"{_TWO_UNITS} Data da homologação. Leitos: https://folha5.com.br/cidades/"
            "oss-vai-administrar-hospital-publico-em-caceres/15544 (2025-04)."
        ),
        "grade": "B",
    },
    {
        "place": "Hospital Metropolitano (Várzea Grande)",
        "site_id": "6853781",
        "name": "Chamamento 002/2025",
        "delivery_model": "oss",
        "covers": "Hospital inteiro",
        "from_date": "2025-10-20",
        "source": (
            "https://www.saude.mt.gov.br/noticia/1835/secretaria-de-saude-lanca-chamamento-publico-para-entidades-sem-fins-"
            "lucrativos-administrarem-o-hospital-metropolitano"
        ),
        "source_date": "2025-10",
        "total_value": 698e6,
        "grade": "A",
        "note": "Chamamento publicado, ainda não um contrato; o prazo não foi informado.",
    },
    {
        "place": "Hospital Geral (Cuiabá)",
        "site_id": "2659107",
        "name": "Contrato com o Estado",
        "provider": "Hospital Geral",
        "delivery_model": "purchase",
        "from_date": "2025-07-01",
        "source": (
            "https://g1.globo.com/mt/mato-grosso/noticia/2025/06/05/governo-de-mt-assume-gestao-do-hospital-geral-de-cuiaba"
            ".ghtml"
        ),
        "source_date": "2025-06",
        "value_month": 145.7e6 / 12,
        "note": "R$ 145,7 milhões por ano.",
        "grade": "B",
    },
    {
        "place": "Hospital de Câncer de Mato Grosso (Cuiabá)",
        "site_id": "2534444",
        "name": "Contrato do SUS",
        "provider": "HCanMT",
        "delivery_model": "purchase",
        "covers": (
            "Oncologia: 37.562 sessões de quimioterapia, 5.632 cirurgias e 127.011 consultas, de setembro de 2024 a "
            "setembro de 2025"
        ),
        "source": (
            "https://cenariomt.com.br/mato-grosso/"
            "hospital-de-cancer-de-mato-grosso-revela-deficit-milionario-apesar-de-246-mil-atendimentos-em-um-ano"
        ),
        "source_date": "2025-11",
        "value_month": 5.3e6,
        "note": "O hospital informa despesas de R$ 10,1 milhões por mês.",
        "grade": "B",
    },
)


def sheet() -> pd.DataFrame:
    """Return the sheet ``known_contracts``."""
    return pd.DataFrame(list(KNOWN))
