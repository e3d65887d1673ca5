"""Words that the instruments of Brazil share."""

from __future__ import annotations

from collections.abc import Mapping

from redesaude.payers import MUNICIPALITIES, MUNICIPALITY, STATE
from redesaude.report.instruments.instrument import of_specialty

#: a service or money of a whole hospital, or of the network
ALL_SERVICES = "os serviços da rede"

#: columns of money by who pays, and their names in the expenditure table of DigiSUS
SOURCES: Mapping[str, str] = {
    "estado": "Receitas de impostos e de transferências de impostos (receita própria do Estado)",
    "uniao": "Transferências fundo a fundo do SUS provenientes do Governo Federal",
    "municipios": "Receitas próprias dos municípios",
    "outros": "Outros recursos destinados à saúde",
}
_COLUMNS: Mapping[str, str] = {
    STATE: "estado",
    "federal": "uniao",
    MUNICIPALITY: "municipios",
    MUNICIPALITIES: "municipios",
}

#: stages of a service in time
STAGES: Mapping[str, str] = {
    "procurement": "licitação e contratação",
    "works": "obras",
    "training": "capacitação de equipes",
    "opening": "abertura",
    "conversion": "mudança de contrato ou porte",
    "support": "apoio matricial",
    "maturity": "equipe madura",
    "running_on": "funcionamento até a substituição",
    "moved": "mudança de local no município",
    "uncontracted": "fim da contratação",
    "closed": "encerramento",
}


def payer_column(payer: str) -> str:
    """Return the column of what ``payer`` pays."""
    return _COLUMNS.get(payer, "outros")


def half_year(label: str) -> str:
    """Return a half-year such as ``2027-H1`` in words."""
    return f"{label[-1]}º semestre de {label[:4]}"


#: what rows about a specialty end with
OF_SPECIALTY = of_specialty("Código da especialidade", "Procedimentos (SIGTAP)", "Metas dos ODS")
