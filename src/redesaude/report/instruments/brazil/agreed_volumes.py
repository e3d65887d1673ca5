r"""The matrix of what municipalities agree upon (PPI, PGASS): who refers how many cases where, at which mean value.

With :math:`b` what a service's running takes in the year in which the network of its period is open, and :math:`x_i`
the cases that municipality :math:`i` refers to it, the mean value is :math:`b / \sum_i x_i`; total values add up to
:math:`b`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.report.instruments.brazil.words import OF_SPECIALTY
from redesaude.report.instruments.facts import Facts
from redesaude.report.instruments.instrument import STATE_FILLS, Field, Instrument

_SERVICE = ["site_id", "specialty_id", "period_id"]


def _rows(facts: Facts) -> pd.DataFrame:
    """Each referral of a municipality, then those outside the network, whom nobody is named for."""
    columns = ["territory_id", *_SERVICE, "cases"]
    plan = facts.view.plan
    inside = plan.assignments[columns].merge(_mean_values(facts), how="left", on=_SERVICE)
    away = plan.unmet.assign(site_id="", mean=np.nan)[[*columns, "mean"]]
    rows = pd.concat([part for part in (inside, away) if len(part)] or [inside], ignore_index=True)
    rows = rows.astype({"cases": float, "mean": float})
    own = facts.scenario.specialties.set_index("specialty_id")
    home = [facts.names.territory_of_site.get(site, "") for site in rows["site_id"]]
    region = [facts.names.region_of_territory.get(town, "") for town in rows["territory_id"]]
    return rows.assign(
        periodo=facts.label("periods", rows["period_id"]),
        ano=rows["period_id"].map(facts.full_years),
        regiao=facts.label("regions", region),
        encaminhador=facts.label("territories", rows["territory_id"]),
        executor=facts.label("territories", home),
        executor_id=home,
        estabelecimento=facts.label("sites", rows["site_id"]),
        grupo=facts.label("specialties", rows["specialty_id"]),
        agrupamento=rows["specialty_id"].map(own["official_code"]),
        unidade=rows["specialty_id"].map(own["case_unit"]),
        situacao=np.where(rows["site_id"] == "", "fora da rede (TFD)", "na rede"),
        valor_total=rows["cases"] * rows["mean"],
    ).sort_values(["period_id", "regiao", "encaminhador", "grupo", "executor", "estabelecimento"], ignore_index=True)


def _mean_values(facts: Facts) -> pd.DataFrame:
    """What running a service takes for each case, by service and period (NaN: nothing is paid for it)."""
    trips = facts.view.plan.assignments
    cases = trips.groupby(_SERVICE)["cases"].sum().astype(float)
    parts = [facts.running(year).assign(period_id=period) for period, year in facts.full_years.items()]
    paid = pd.concat(parts, ignore_index=True).groupby(_SERVICE)["real"].sum()
    return (paid.reindex(cases.index) / cases.where(cases > 0)).rename("mean").reset_index()


PPI = Instrument(
    "PPI",
    "Programação Pactuada e Integrada (PPI/PGASS): município encaminhador e executor",
    N_(
        "Cases a year of each period, and what running the service takes (currency, prices of the base year) in the "
        "first year in which the network of the period is open; costs of a whole hospital are not among them. Cases "
        "outside the network have no executor in the plan. The group of procedures in SIGTAP is to be filled in where "
        "the input states none."
    ),
    (
        Field("periodo", "Período", width=10),
        Field("ano", "Ano do valor", kind="year", width=7),
        Field("regiao", "Região de Saúde", width=18),
        Field("encaminhador", "Município encaminhador", width=18),
        Field("executor", "Município executor", "tables/assignments.csv", fills=STATE_FILLS, width=18),
        Field("estabelecimento", "Estabelecimento executor", "tables/assignments.csv", fills=STATE_FILLS, width=26),
        Field("situacao", "Situação", width=11),
        Field("agrupamento", "Agrupamento (SIGTAP)", fills=STATE_FILLS, width=13),
        Field("grupo", "Descrição do agrupamento", width=20),
        Field("unidade", "Unidade", width=11),
        Field("cases", "Quantidade física", "tables/assignments.csv, unmet.csv", "decimal", width=11, total=True),
        Field("mean", "Valor médio", "audit.xlsx: cash_ledger", "cents", STATE_FILLS, 11),
        Field("valor_total", "Valor total", "audit.xlsx: cash_ledger", "money", width=13, total=True),
        Field("territory_id", "Código do município encaminhador", kind="id"),
        Field("executor_id", "Código do município executor", kind="id"),
        Field("site_id", "CNES ou código do estabelecimento", kind="id"),
        *OF_SPECIALTY,
        Field("period_id", "Código do período", kind="id"),
    ),
    _rows,
    of_each="territory_id",
    on_screen=True,
)
