"""On the sheet ``limits``: dated norms, the contracts that they touch, and ceilings that change while the plan runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from redesaude.inputs.lots import lot_name
from redesaude.inputs.scenario import rows_of
from redesaude.language import N_, Phrase
from redesaude.report.view import View
from redesaude.report.workbook.sheet import Column, Sheet

_RULES: Mapping[str, str] = {
    "least_value": N_("least value of a contract"),
    "least_years": N_("shortest term"),
    "most_years": N_("longest term"),
    "most_public_share": N_("most that the public side may pay of the works"),
}
_KINDS: Mapping[str, str] = {"least_value": "money", "most_public_share": "percent"}
_STATES: Mapping[str, str] = {
    "kept": N_("kept when signed"),
    "broken": N_("broken when signed: take legal advice"),
    "changes": N_("comes into force later: this contract would keep it"),
    "would break": N_("comes into force later: this contract would break it; ask what holds for earlier contracts"),
}


def norms_frame(view: View) -> pd.DataFrame:
    """Return the dated rules that touch contracts of the plan, with names; what is broken first."""
    names, t, rows = view.names, view.t, view.studied.norms
    laws = {row.law_id: row.name or row.law_id for row in rows_of(view.scenario.laws)}
    state = rows["state"].where((rows["state"] != "changes") | (rows["keeps"] == "yes"), "would break")
    table = rows.assign(
        law=rows["law_id"].map(laws),
        what=[t(_RULES[rule]) for rule in rows["rule"]],
        contract=names.label("contracts", rows["contract_id"]),
        where=[lot_called(view, lot) for lot in rows["lot_id"]],
        verdict=[t(_STATES[word]) for word in state],
        format=[_KINDS.get(rule, "number") for rule in rows["rule"]],
        order=state.map(lambda word: -list(_STATES).index(word)),
    )
    return table.sort_values(["order", "law", "contract", "where"], ignore_index=True)


def lot_called(view: View, lot: str) -> str:
    """Return the name of a lot, its area, or the site that is let alone, in the words of the reader."""
    name = lot_name(view.scenario, lot)
    return view.t(name) if isinstance(name, Phrase) else name


def ceilings_frame(view: View) -> pd.DataFrame:
    """Return the rows of ``funding`` and ``fiscal`` that begin or end in some year, with that year in words."""
    found = [
        (row.name or code, _years(row), row.source)
        for table, key in ((view.scenario.fiscal, "fiscal_id"), (view.scenario.funding, "funding_id"))
        for row in rows_of(table)
        for code in [str(getattr(row, key))]
        if not (math.isnan(row.valid_from) and math.isnan(row.valid_until))
    ]
    return pd.DataFrame(found, columns=["name", "years", "source"])


def _years(row: Any) -> str:
    begins, ends = ("" if math.isnan(year) else f"{year:.0f}" for year in (row.valid_from, row.valid_until))
    return f"{begins}-{ends}"


def write(sheet: Sheet, view: View) -> None:
    """Write both tables, as far as there are any."""
    t = view.t
    if len(view.studied.norms):
        sheet.heading(t(N_("Dated norms and the contracts of the plan that they touch")))
        block = sheet.table(norms_frame(view), _columns(view))
        sheet.mark(block, "verdict", {t(_STATES[word]): "bad" for word in ("broken", "would break")})
    ceilings = ceilings_frame(view)
    if len(ceilings):
        sheet.heading(t(N_("Ceilings that are in force in some years only")))
        sheet.table(
            ceilings,
            [
                Column("name", t(N_("Promise or limit"))),
                Column("years", t(N_("In force")), t(N_("years"))),
                Column("source", t(N_("Source"))),
            ],
        )


def _columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("law", t(N_("Law"))),
        Column("what", t(N_("Rule"))),
        Column("contract", t(N_("Contract"))),
        Column("where", t(N_("Site")), t(N_("or lot"))),
        Column("valid_from", t(N_("In force from")), t(N_("year")), "year"),
        Column("value", t(N_("The rule says")), t(N_("money, years or share")), "@format"),
        Column("found", t(N_("The contract has")), t(N_("in the same unit")), "@format"),
        Column("signed", t(N_("Signed")), t(N_("year")), "year"),
        Column("verdict", t(N_("Result")), "", "text"),
        Column("source", t(N_("Source"))),
    ]
