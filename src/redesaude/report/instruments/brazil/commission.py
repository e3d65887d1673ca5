"""What a bipartite commission (CIB, CIR) votes on: a draft resolution, its services and what municipalities pay."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.lines import Kind
from redesaude.report.instruments.brazil.digisus import access, within_target
from redesaude.report.instruments.brazil.words import ALL_SERVICES, OF_SPECIALTY, half_year, payer_column
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import COMMISSION_FILLS, Field, Instrument

_SERVICE = ["site_id", "specialty_id", "contract_id"]
_WHO = {"uniao": "União", "estado": "Estado", "municipios": "Municípios", "outros": "Outros"}
#: laws with their dates and what each is about, as published: where each was read stands in docs/planning.md
_LAWS = (
    (
        "a Lei nº 8.080, de 19 de setembro de 1990, cujo art. 14-A, incluído pela Lei nº 12.466, de 24 de agosto de "
        "2011, trata das Comissões Intergestores;"
    ),
    (
        "o Decreto nº 7.508, de 28 de junho de 2011, que regulamenta a Lei nº 8.080/1990 e dispõe sobre a organização "
        "do SUS, o planejamento da saúde, a assistência à saúde e a articulação interfederativa;"
    ),
    "a Lei Complementar nº 141, de 13 de janeiro de 2012, que regulamenta o § 3º do art. 198 da Constituição Federal;",
    (
        "a Resolução de Consolidação CIT nº 1, de 30 de março de 2021, cujos arts. 4º e 5º tratam do Planejamento "
        "Regional Integrado e das macrorregiões de saúde;"
    ),
)

_SERVICES = (
    "Pactuar a implantação e a manutenção dos {count} serviços do Anexo I, no estabelecimento, sob o contrato e a "
    "partir do semestre nele indicados."
)
_RUNNING = (
    "O custeio anual da rede, de {money} em {year}, a preços de {base}, será partilhado entre os entes: {shares}."
)
_CAPITAL = "Os investimentos do Anexo II, de {money} até {year}, serão partilhados entre os entes: {shares}."
_MUNICIPAL = "A parte dos Municípios em {year}, de {money}, será paga por cada um conforme o Anexo III."
_REFERENCES = (
    "Os Municípios referenciarão seus usuários aos estabelecimentos do arquivo references.xlsx; os quantitativos serão "
    "os da Programação Pactuada e Integrada."
)
_AIMS = "São metas da rede: {aims}."
_REVIEW = (
    "O cumprimento será apurado a cada quadrimestre, nos relatórios do art. 36 da Lei Complementar nº 141/2012, e a "
    "pactuação será revista a cada ano."
)
_IN_FORCE = "Esta Resolução entra em vigor na data de sua publicação."


def _by_payer(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """The sum of each service, and the share of each who pays, as columns that begin with ``name``."""
    table = rows.assign(who=rows["payer"].map(payer_column))
    wide = table.pivot_table(index=_SERVICE, columns="who", values="real", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=list(_WHO), fill_value=0.0)
    total = wide.sum(axis=1)
    shares = wide.div(total.where(total > 0), axis=0).add_prefix(f"{name}_")
    return shares.assign(**{name: total})


def _agreed_rows(facts: Facts) -> pd.DataFrame:
    """Each service of the last period, and money of whole hospitals: from when, and who pays what share."""
    paid = facts.paid
    capital = paid[paid["kind"] == Kind.CAPITAL]
    money = _by_payer(facts.running(facts.full_year), "custeio").join(_by_payer(capital, "investimento"), how="outer")
    services = facts.services.set_index(_SERVICE)[["cases", "capacity"]]
    rows = money.join(services, how="outer").reset_index()
    rows[["custeio", "investimento"]] = rows[["custeio", "investimento"]].fillna(0.0)
    town = [facts.names.territory_of_site.get(site, "") for site in rows["site_id"]]
    keys = zip(rows["site_id"], rows["specialty_id"], rows["cases"].notna(), strict=True)
    return rows.assign(
        municipio=facts.label("territories", town),
        territory_id=town,
        estabelecimento=facts.label("sites", rows["site_id"]),
        especialidade=[name or ALL_SERVICES for name in facts.label("specialties", rows["specialty_id"])],
        contrato=facts.label("contracts", rows["contract_id"]),
        inicio=[_begun(facts, site, own) if there else "" for site, own, there in keys],
    ).sort_values(["municipio", "estabelecimento", "especialidade", "contrato"], ignore_index=True)


def _begun(facts: Facts, site: str, specialty: str) -> str:
    half = facts.since.get((site, specialty))
    return half_year(half) if half else "em funcionamento"


def _shared_rows(facts: Facts) -> pd.DataFrame:
    """What each municipality pays at each hospital in the year in which all is open."""
    bills = facts.studied.bills
    mine = bills[bills["year"] == facts.full_year].astype({"real": float})
    rows = mine.groupby(["year", "territory_id", "site_id"])["real"].sum().reset_index()
    region = [facts.names.region_of_territory.get(town, "") for town in rows["territory_id"]]
    return rows.assign(
        ano=rows["year"],
        municipio=facts.label("territories", rows["territory_id"]),
        regiao=facts.label("regions", region),
        estabelecimento=facts.label("sites", rows["site_id"]),
        valor=rows["real"],
    ).sort_values(["regiao", "municipio", "estabelecimento"], ignore_index=True)


def _resolution_rows(facts: Facts) -> pd.DataFrame:
    rows = pd.DataFrame(list(_resolution(facts)), columns=["dispositivo", "texto", "fonte"])
    return rows.assign(ordem=[f"{n + 1:02d}" for n in range(len(rows))])


def _resolution(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Each part of the draft: what it is, its words (blank: to be filled in), and where its figures are from."""
    title = facts.view.title
    yield "Resolução CIB nº", "", ""
    yield "Data", "", ""
    yield "Ementa", f"Pactua a rede de atenção especializada, seus serviços e seu financiamento: {title}.", ""
    yield "Preâmbulo", "A COMISSÃO INTERGESTORES BIPARTITE, no uso de suas atribuições, e", ""
    for law in _LAWS:
        yield "Considerando", law, ""
    yield "Considerando", _gain(facts), "tables/by_year.csv; audit.xlsx: years"
    yield "Resolve", "RESOLVE:", ""
    for n, (text, source) in enumerate(_articles(facts), 1):
        yield f"Art. {n}º" if n < 10 else f"Art. {n}", text, source
    yield "Secretaria de Estado de Saúde", "", ""
    yield "COSEMS", "", ""


def _gain(facts: Facts) -> str:
    """Cases treated today and once all is open, of the whole area."""
    today = facts.today.xs(ALL, level="region_id")
    then = facts.whole[facts.whole["year"] == facts.full_year]
    now, later = (float(rows["treated"].sum() / rows["cases"].sum()) for rows in (today, then))
    percent = facts.numbers.percent
    return (
        f"que hoje a rede atende {percent(now)} dos casos das especialidades pactuadas e que, pelo plano, atenderá "
        f"{percent(later)} em {facts.full_year};"
    )


def _articles(facts: Facts) -> Iterator[tuple[str, str]]:
    """The words of each article, and where its figures are from."""
    rows, year, money = _agreed_rows(facts), facts.full_year, facts.numbers.money
    yield _SERVICES.format(count=int(rows["cases"].notna().sum())), "tables/openings.csv"
    base, shares = facts.scenario.settings.base_year, _shares(facts, rows, "custeio")
    running = _RUNNING.format(money=money(rows["custeio"].sum()), year=year, base=base, shares=shares)
    yield running, "aba CIB_anexo_I"
    shares = _shares(facts, rows, "investimento")
    capital = _CAPITAL.format(money=money(rows["investimento"].sum()), year=facts.horizon[-1], shares=shares)
    yield capital, "aba CIB_anexo_II"
    if len(facts.studied.bills):
        total = money(float(_shared_rows(facts)["valor"].sum()))
        yield _MUNICIPAL.format(money=total, year=year), "tables/bills.csv"
    yield _REFERENCES, "references.xlsx"
    yield _AIMS.format(aims="; ".join(_targets(facts))), "tables/by_year.csv"
    yield _REVIEW, ""
    yield _IN_FORCE, ""


def _shares(facts: Facts, rows: pd.DataFrame, name: str) -> str:
    """What share each pays, those who pay nothing left out."""
    total = float(rows[name].sum())
    parts = {who: float((rows[name] * rows[f"{name}_{who}"].fillna(0.0)).sum()) for who in _WHO}
    told = [f"{_WHO[who]}, {facts.numbers.percent(part / total)}" for who, part in parts.items() if part > 0]
    return "; ".join(told) or "sem valores no plano"


def _targets(facts: Facts) -> Iterator[str]:
    then = facts.whole[facts.whole["year"] == facts.full_year]
    for specialty, value in zip(then["specialty_id"], access(facts, then), strict=True):
        if np.isfinite(value):
            meta = within_target(facts, specialty)[0]
            yield f"{meta[0].lower()}{meta[1:]}: {facts.numbers.decimal(value, 1)}% em {facts.full_year}"


def _share_fields(name: str) -> Iterator[Field]:
    for who, told in _WHO.items():
        yield Field(f"{name}_{who}", told, "audit.xlsx: cash_ledger", "percent", width=11)


RESOLUTION = Instrument(
    "CIB",
    "Minuta de resolução da Comissão Intergestores Bipartite",
    N_(
        "A draft that can be voted on: what is agreed, by whom, from when, and who pays what share. Laws and figures "
        "are to be checked by the legal office; shares of payers are those of the sheet payers, or assumed (grade C)."
    ),
    (
        Field("ordem", "Nº", width=6),
        Field("dispositivo", "Dispositivo", width=18),
        Field("texto", "Texto", fills=COMMISSION_FILLS, width=96),
        Field("fonte", "Fonte dos números", width=24),
    ),
    _resolution_rows,
)
_PLACE = (
    Field("municipio", "Município", width=16),
    Field("estabelecimento", "Estabelecimento", width=24),
    Field("especialidade", "Serviço", width=18),
    Field("contrato", "Modelo de contrato", width=18),
)
_CODES = (
    Field("site_id", "CNES ou código do estabelecimento", kind="id"),
    *OF_SPECIALTY,
    Field("contract_id", "Código do contrato", kind="id"),
)

AGREED = Instrument(
    "CIB_anexo_I",
    "Anexo I: serviços pactuados e custeio por ente",
    N_(
        "Running cost of the year in which all is open (currency, prices of the base year), with the share of each who "
        "pays; rows without a service are of a whole hospital or of the network."
    ),
    (
        *_PLACE,
        Field("inicio", "A partir de", "tables/milestones.csv", width=13),
        Field("cases", "Casos por ano", "tables/openings.csv", "number", width=9, total=True),
        Field("custeio", "Custeio anual", "audit.xlsx: cash_ledger", "money", width=15, total=True),
        *_share_fields("custeio"),
        *_CODES,
    ),
    _agreed_rows,
)
INVESTED = Instrument(
    "CIB_anexo_II",
    "Anexo II: investimentos por ente",
    N_(
        "Works and letting of all years (currency, prices of the base year), with the share of each who pays; rows "
        "without a service are of a whole hospital or of the network."
    ),
    (
        *_PLACE,
        Field("investimento", "Investimento", "audit.xlsx: cash_ledger", "money", width=15, total=True),
        *_share_fields("investimento"),
        *_CODES,
    ),
    lambda facts: _agreed_rows(facts).query("investimento > 0"),
)
SHARED = Instrument(
    "CIB_anexo_III",
    "Anexo III: parte de cada Município",
    N_(
        "What each municipality pays at each hospital in the year in which all is open (currency, prices of the base "
        "year); service by service in bills.csv."
    ),
    (
        Field("regiao", "Região de Saúde", width=22),
        Field("municipio", "Município", width=26),
        Field("ano", "Ano", kind="year", width=8),
        Field("estabelecimento", "Estabelecimento", width=60),
        Field("valor", "Valor anual", "tables/bills.csv", "money", width=16, total=True),
        Field("territory_id", "Código do município", kind="id"),
        Field("site_id", "CNES ou código do estabelecimento", kind="id"),
    ),
    _shared_rows,
)
