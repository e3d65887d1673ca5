"""Contract options, the money that pays for them, and the fiscal limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from redesaude.drafting.evidence import Figure, assumed, cited, row, rows, ruled
from redesaude.drafting.phases import Phase

_SURVEY = "Levantamento de modelos de contrato (BNDES, TCE-RS/CAGE, NAO, PPPs de hospitais)"
_TENDERS = (
    "Licitações de PPPs de hospitais: Souza Aguiar (1 licitante), HoPE (3), HRMS (5) e Hospital Metropolitano da Bahia "
    "(nenhum); imprensa e diários oficiais"
)

Range = tuple[float, float, float]

_CAPITAL_YEARS = 10.0


@dataclass(frozen=True)
class Contract:
    """A contract option. Factors are (low, mode, high) against the sizes sheet; the rest overrides the defaults."""

    id: str
    name: str
    model: str
    financing: str
    capex: Range
    opex: Range
    case_cost: Range
    site_kinds: str
    terms: dict[str, object] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """Return its row of the ``contracts`` sheet."""
        entry: dict[str, object] = {
            "contract_id": self.id,
            "name": self.name,
            "delivery_model": self.model,
            "financing": self.financing,
        }
        for stem, values in (("capex", self.capex), ("opex", self.opex), ("case_cost", self.case_cost)):
            low, mode, high = values
            entry |= {f"{stem}_factor_low": low, f"{stem}_factor": mode, f"{stem}_factor_high": high}
        return entry | {"site_kinds": self.site_kinds} | self.terms


#: works let by the state, in real prices: the nominal overrun of four regional hospitals was 1.22 to 1.66
_STATE_CAPEX = (1.05, 1.20, 1.40)
_PPP_CAPEX = (1.00, 1.03, 1.10)
_CERTAIN = (1.0, 1.0, 1.0)
_OSS = (0.75, 1.00, 1.25)
#: 10 % better to 5 % worse on building services, a quarter of running cost
_GREY = (0.975, 1.00, 1.0125)
_STATE_TERMS: dict[str, object] = {
    "design_share": 0.04,
    "supervision_share": 0.03,
    "procurement_months": 10,
    "delay_factor_low": 1.3,
    "delay_factor": 1.9,
    "delay_factor_high": 3.0,
    "counts_as_ppp": 0.0,
    "counts_as_personnel": 1.0,
}
_PPP_TERMS: dict[str, object] = {
    "equity_return": 0.135,
    "debt_rate": 0.088,
    "gearing": 0.70,
    "debt_years": 16,
    "dscr": 1.25,
    "tax_rate": 0.34,
    "loss_offset_share": 0.30,
    "reserve_months": 6,
    "debt_fee_share": 0.02,
    "payment_tax_rate": 0.0865,
    "tax_returned_state_share": 0.0,
    "tax_returned_government_share": 1.0,
    "transaction_cost": 1_500_000,
    "transaction_share": 0.08,
    "design_share": 0.02,
    "supervision_share": 0.01,
    "oversight_cost": 1_500_000,
    "procurement_months": 28,
    "delay_factor_low": 1.0,
    "delay_factor": 1.1,
    "delay_factor_high": 1.5,
    "min_value": 10_000_000,
    "needs_works": True,
    "bidders": 2,
    "retender_months": 12,
    "retender_cost_share": 0.5,
    "guarantee_months": 6,
}
_GREY_TERMS = _PPP_TERMS | {"family": "ppp_cinza", "counts_as_ppp": 0.25, "counts_as_personnel": 1.0}
_PUBLIC, _OTHERS = "public, new", "philanthropic, private"

CONTRACTS = (
    Contract("direto", "Administração direta", "direct", "budget", _STATE_CAPEX, _CERTAIN, _CERTAIN, _PUBLIC,
             _STATE_TERMS | {"transaction_cost": 300_000, "oversight_cost": 450_000}),
    Contract("oss", "Contrato de gestão com OSS", "oss", "budget", _STATE_CAPEX, _OSS, _OSS, _PUBLIC,
             _STATE_TERMS | {"term_years": 10, "transaction_cost": 300_000, "oversight_cost": 1_000_000}),
    Contract("ppp_cinza", "PPP bata cinza, equipe do Estado, 30 anos", "ppp_grey", "project_company", _PPP_CAPEX,
             _GREY, _CERTAIN, _PUBLIC, _GREY_TERMS | {"term_years": 30}),
    Contract("ppp_cinza_20", "PPP bata cinza, equipe do Estado, 20 anos", "ppp_grey", "project_company", _PPP_CAPEX,
             _GREY, _CERTAIN, _PUBLIC, _GREY_TERMS | {"term_years": 20}),
    Contract("ppp_cinza_oss", "PPP bata cinza, clínica por OSS", "ppp_grey_oss", "project_company", _PPP_CAPEX,
             (0.75, 1.00, 1.21), _OSS, _PUBLIC,
             _PPP_TERMS | {"term_years": 30, "counts_as_ppp": 0.25, "counts_as_personnel": 1.0,
                           "transaction_cost": 1_800_000, "oversight_cost": 2_000_000}),
    Contract("ppp_branca", "PPP bata branca", "ppp_white", "project_company", _PPP_CAPEX, (0.85, 1.00, 1.20),
             (0.85, 1.00, 1.20), _PUBLIC,
             _PPP_TERMS | {"term_years": 20, "counts_as_ppp": 1.0, "counts_as_personnel": 0.0}),
    Contract("consorcio", "Consórcio intermunicipal", "consortium", "budget", _STATE_CAPEX, (0.90, 1.00, 1.10),
             (0.90, 1.00, 1.10), _PUBLIC,
             _STATE_TERMS | {"transaction_cost": 300_000, "oversight_cost": 450_000, "state_share": 0.40,
                             "cost_key": "population"}),
    Contract("fundacao", "Fundação estatal", "foundation", "budget", _STATE_CAPEX, (0.90, 1.00, 1.10),
             (0.90, 1.00, 1.10), _PUBLIC,
             _STATE_TERMS | {"transaction_cost": 500_000, "oversight_cost": 450_000}),
    Contract("compra", "Compra de filantrópico ou privado", "purchase", "provider", _CERTAIN, (0.90, 1.05, 1.30),
             (0.90, 1.05, 1.30), _OTHERS,
             {"term_years": 20, "equity_return": 0.102, "design_share": 0.0, "supervision_share": 0.0,
              "transaction_cost": 300_000, "oversight_cost": 450_000, "procurement_months": 8,
              "delay_factor_low": 1.0, "delay_factor": 1.2, "delay_factor_high": 1.6, "counts_as_ppp": 0.0,
              "counts_as_personnel": 0.0}),
    # three more ways, which wait for the variant mais_formas
    Contract("ebserh", "Operação federal (EBSERH)", "federal", "budget", _STATE_CAPEX, (1.00, 1.15, 1.40),
             (1.00, 1.05, 1.20), _PUBLIC,
             _STATE_TERMS | {"transaction_cost": 500_000, "oversight_cost": 300_000, "procurement_months": 18,
                             "counts_as_personnel": 0.0, "active": False}),
    Contract("agencia", "Obra por agência de cooperação técnica, gestão direta", "agency", "budget",
             (1.00, 1.10, 1.25), _CERTAIN, _CERTAIN, _PUBLIC,
             _STATE_TERMS | {"transaction_cost": 300_000, "transaction_share": 0.07, "oversight_cost": 450_000,
                             "procurement_months": 6, "delay_factor_low": 1.0, "delay_factor": 1.3,
                             "delay_factor_high": 1.9, "active": False}),
    Contract("parceria", "Contrato conjunto com parceiro privado em hospital público", "joint", "partner",
             (1.00, 1.05, 1.15), _CERTAIN, _CERTAIN, _PUBLIC,
             {"term_years": 12, "equity_return": 0.135, "design_share": 0.02, "supervision_share": 0.01,
              "transaction_cost": 500_000, "oversight_cost": 800_000, "procurement_months": 12,
              "delay_factor_low": 1.0, "delay_factor": 1.2, "delay_factor_high": 1.6, "counts_as_ppp": 0.0,
              "counts_as_personnel": 1.0, "active": False}),
)  # fmt: skip

#: those that wait for a variant
WAITING = tuple(c.id for c in CONTRACTS if not c.terms.get("active", True))


@dataclass(frozen=True)
class Limits:
    """Net current revenue (currency/year), the part of it committed to personnel, and capital for ten years."""

    revenue: Figure
    personnel: Figure
    capital: Figure

    @property
    def committed(self) -> Figure:
        """Personnel already paid, currency/year."""
        return self.personnel.times(self.revenue.value, "", "C")


def contracts(options: Sequence[Contract]) -> pd.DataFrame:
    """Return the ``contracts`` sheet."""
    return pd.DataFrame([c.row() for c in options])


def funding(options: Iterable[Contract], limits: Limits, phases: Sequence[Phase]) -> pd.DataFrame:
    """Return the ``funding`` sheet: the programme's capital from the budget (currency for the period), as each year."""
    entry = {
        "funding_id": "capital",
        "name": "Investimento do programa (orçamento)",
        "kind": "capital",
        "contracts": ", ".join(c.id for c in options if c.financing == "budget" and c.model != "federal"),
        "hard": False,
        "price": 0.5,
    }
    yearly = limits.capital.value / _CAPITAL_YEARS
    return pd.DataFrame([entry | {"period_id": p.id, "amount": yearly * p.funded} for p in phases])


def fiscal(limits: Limits) -> pd.DataFrame:
    """Return the ``fiscal`` sheet."""
    base = {"base_amount": limits.revenue.value, "reading": "all"}
    committed = limits.committed.value
    return pd.DataFrame(
        [
            base | {"fiscal_id": "ppp", "name": "PPP: 5% da RCL (Lei 11.079, art. 28)", "kind": "ppp", "share": 0.05,
                    "committed": 0.0, "hard": True, "valid_from": 2013,
                    "source": "Lei 12.766/2012, que mudou o art. 28 da Lei 11.079/2004: antes 3% e 1%"},
            base | {"fiscal_id": "pessoal_legal", "name": "Pessoal do Executivo: limite legal de 49% da RCL",
                    "kind": "personnel", "share": 0.49, "committed": committed, "hard": True, "payer": "state"},
            base | {"fiscal_id": "pessoal_prudencial", "name": "Pessoal do Executivo: limite prudencial de 46,55%",
                    "kind": "personnel", "share": 0.4655, "committed": committed, "hard": False, "price": 2.0,
                    "payer": "state"},
        ]
    )  # fmt: skip


def evidence(options: Iterable[Contract], limits: Limits) -> list[dict[str, str]]:
    """Return the ``sources`` rows of contracts, funding and fiscal limits."""
    chosen = {c.id for c in options} | {"*"}
    return [*(entry for entry in _contract_evidence() if entry["key"] in chosen), *_limit_evidence(limits)]


def _contract_evidence() -> Sequence[dict[str, str]]:
    return [*_works_evidence(), *_letting_evidence(), *_money_evidence()]


def _known(note: str, grade: str = "B") -> Figure:
    return cited(_SURVEY, "2026", grade, note)


def _works_evidence() -> Sequence[dict[str, str]]:
    """Factors, delays and returns of the contracts."""
    return [
        row("contracts", "*", "capex_factor", _known("Obra do Estado: excedente nominal de 1,22 a 1,66 em quatro "
            "regionais de MT (R$ 436 para 594 milhões); em preços reais, 1,05 / 1,20 / 1,40. PPP: 1,00 / 1,03 / 1,10 "
            "por conta do Estado.")),
        row("contracts", "*", "delay_factor", _known("Obra direta: 24 meses planejados, a melhor perto de 45: 1,3 / "
            "1,9 / 3,0. PPP: 76% no prazo no Reino Unido (NAO 2002): 1,0 / 1,1 / 1,5. Compra: premissa, 1,0 / 1,2 / "
            "1,6.")),
        row("contracts", "*", "procurement_months", _known("Licitação direta 10 (6 a 18); PPP 28 (18 a 36); a seleção "
            "de OSS (8) corre junto com a obra; compra 8, premissa.")),
        *rows("contracts", "oss", {"opex_factor": _known("São Paulo 0,75 por internação (2004); MT 2011-2017, mais "
            "caro que os demais arranjos. Moda 1,00."), "counts_as_personnel": ruled(1, "Leitura prudente: "
            "a equipe da OSS conta como pessoal. A variante oss_fora_da_lrf mostra a outra leitura.")}),
        row("contracts", "oss", "term_years", ruled(10, "Contratos de 5 anos, renovados; o prazo inclui a obra.")),
        row("contracts", "ppp_cinza", "opex_factor", _known("0,90 a 1,05 sobre os serviços do prédio, cerca de um "
            "quarto do custo corrente.", "C")),
        row("contracts", "ppp_branca", "opex_factor", _known("Portugal: economia de um terço da prometida; Brasil "
            "2018-2019: três hospitais não superiores.")),
        row("contracts", "ppp_cinza", "counts_as_ppp", assumed(0.25, 0.2, 0.3, "Serviços do prédio no custo corrente; "
            "a parte de capital conta sempre.")),
        row("contracts", "ppp_branca", "counts_as_personnel", ruled(0, "Sem servidores; leitura disputada.")),
        row("contracts", "ppp_cinza", "equity_return", _known("Retorno real de 11% a 16%, moda 13,5%.", "A")),
        row("contracts", "ppp_cinza", "debt_rate", _known("Deduzida do custo de capital real de 10,2% com 70% de "
            "dívida: 8,8% (faixa 7% a 10%).")),
    ]  # fmt: skip


def _letting_evidence() -> Sequence[dict[str, str]]:
    """What it takes to let them."""
    return [
        row("contracts", "*", "transaction_share", _known("PPP: 8% do investimento (3% a 12%), hospitais britânicos.")),
        row("contracts", "*", "transaction_cost", assumed(1_500_000, 500_000, 4_000_000, "Parte fixa dos estudos de "
            "uma PPP; licitação direta, compra, OSS, consórcio e fundação R$ 0,3 a 0,5 milhão.")),
        row("contracts", "*", "design_share", assumed(0.04, 0.03, 0.06, "Projetos básico e executivo, licenças e "
            "sondagens de obra do Estado, sobre o investimento. PPP: 2% (1% a 4%) de anteprojeto de referência; o "
            "projeto executivo está no preço da concessionária. Compra: do prestador, 0.")),
        row("contracts", "*", "supervision_share", assumed(0.03, 0.02, 0.05, "Fiscalização e gerenciamento da obra do "
            "Estado. PPP: 1% (0,5% a 2%), certificador da obra. Compra: 0.")),
        row("contracts", "*", "bidders", Figure(2, _TENDERS, "2026", "C", "Premissa para as PPPs, sobre evidência "
            "rala: deságio de 2,5% com um licitante, 13% com três, 20,5% com cinco, uma deserta; daí 7,75% de deságio "
            "nas obras e 33% de chance de licitação deserta. Vazio: nem deságio nem licitação deserta, como nos demais "
            "contratos.", 1, 4)),
        row("contracts", "*", "retender_months", assumed(12, 6, 18, "Nova licitação de PPP deserta, com os mesmos "
            "estudos.")),
        row("contracts", "*", "retender_cost_share", assumed(0.5, 0.25, 1, "Parte dos custos de contratação que se "
            "repete; os estudos são reaproveitados.")),
        row("contracts", "*", "guarantee_months", assumed(6, 3, 12, "Pagamentos de PPP mantidos em garantia.")),
        row("contracts", "ppp_cinza_20", "term_years", ruled(20, "O mesmo contrato em prazo menor: a família ppp_cinza "
            "dá a escolha entre 20 e 30 anos, dentro dos 5 a 35 da lei.")),
    ]  # fmt: skip


def _money_evidence() -> Sequence[dict[str, str]]:
    """What it takes to oversee them, and law, taxes and loans."""
    return [
        row("contracts", "*", "oversight_cost", _known("R$ 453 mil por 5 postos (CAFF) a 2 milhões por ano, "
            "verificador incluído: gestão e fiscalização dos contratos. Administração direta: a equipe mínima, para os "
            "contratos de obra, equipamento e serviços.", "C")),
        row("contracts", "consorcio", "state_share", _known("Bahia e Ceará: 40% do Estado, 60% dos municípios. Só pesa "
            "na perspectiva do Estado.")),
        row("contracts", "consorcio", "cost_key", ruled(0, "Rateio por população dos municípios da região (Lei "
            "11.107/2005, contrato de rateio); outras chaves: uso, cotas fixas, partes iguais.")),
        row("contracts", "ebserh", "opex_factor", assumed(1.15, 1.0, 1.4, "Hospital universitário federal: ensino e "
            "carreira própria; sem custo publicado comparável. A União paga custeio e obra; convênio em 18 meses.")),
        row("contracts", "agencia", "transaction_share", assumed(0.07, 0.04, 0.10, "Taxa de gestão de agência de "
            "cooperação técnica sobre a obra; contrata em 6 meses em vez de 10 e atrasa menos: 1,0 / 1,3 / 1,9.")),
        row("contracts", "parceria", "equity_return", assumed(0.135, 0.11, 0.16, "Parceiro instala e renova o "
            "equipamento e é pago por ano em 12 anos; o hospital público opera. Fora do limite de PPP nesta leitura: "
            "consultar o jurídico.")),
        row("contracts", "fundacao", "opex_factor", _known("Sem evidência de custo: 0,90 / 1,00 / 1,10.", "C")),
        *rows("contracts", "compra", {"opex_factor": _known("Contratos pagam 1,5 a 3 vezes a tarifa SUS. Aqui o fator "
            "incide sobre o custo completo, que já é cerca de 2 vezes a tarifa: 0,90 / 1,05 / 1,30.", "C"),
            "equity_return": _known("Custo de capital real de 10,2%, pago no preço por caso."),
            "term_years": assumed(20, 5, 25, "Convênio renovado; prazo em que o prestador recupera o investimento.")}),
        row("contracts", "*", "min_value", cited("Lei 11.079/2004, art. 2º", "2004", "A", "R$ 10 milhões, 5 a 35 "
            "anos.")),
        row("contracts", "*", "tax_rate", cited("IRPJ e CSLL", "2025", "A", "25% e 9% sobre o lucro.")),
        row("contracts", "*", "loss_offset_share", cited("Lei 9.065/1995, art. 15", "1995", "A", "Prejuízo compensa "
            "até 30% do lucro de cada ano.")),
        row("contracts", "*", "reserve_months", assumed(6, 0, 12, "Conta de reserva do serviço da dívida.")),
        row("contracts", "*", "debt_fee_share", assumed(0.02, 0.0, 0.04, "Estruturação da dívida.")),
        row("contracts", "*", "payment_tax_rate", assumed(0.0865, 0.0565, 0.1425, "ISS de 5% (LC 116/2003: 2% a 5%) e "
            "PIS/Cofins cumulativos de 3,65%; no regime não cumulativo, até 9,25% menos créditos. OSS e filantrópicos "
            "são imunes.")),
        row("contracts", "*", "tax_returned_government_share", ruled(1, "União e municípios também são governo.")),
        row("contracts", "*", "tax_returned_state_share", ruled(0, "IRPJ, CSLL, PIS/Cofins são federais e ISS, "
            "municipal; o que volta pelo FPE fica abaixo de 1%.")),
    ]  # fmt: skip


def _limit_evidence(limits: Limits) -> Sequence[dict[str, str]]:
    return [
        row("fiscal", "*", "base_amount", limits.revenue),
        row("fiscal", "ppp", "share", cited("Lei 11.079/2004, art. 28", "2004", "A")),
        row("fiscal", "ppp", "committed", ruled(0, "PPPs estaduais já contratadas não foram encontradas: preencher.")),
        row("fiscal", "pessoal_legal", "share", cited("Lei Complementar 101/2000, arts. 20 e 22", "2000", "A")),
        row("fiscal", "pessoal_legal", "committed", limits.committed),
        row("fiscal", "*", "payer", ruled(0, "Os limites de pessoal contam só o que o Estado paga: nem equipe "
            "municipal ou federal, nem a parte da União. Leitura mais dura (tudo conta): deixar vazio. O de PPP conta "
            "todo pagamento, quem quer que pague.")),
        row("fiscal", "pessoal_prudencial", "price", ruled(2, "Dois reais por real anual acima do limite prudencial.")),
        row("funding", "capital", "amount", limits.capital),
    ]  # fmt: skip
