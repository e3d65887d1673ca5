"""Sheet ``contracts``: what runs under each contract, and what all eligible sites would cost under it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.report.decision.pack import AUDIT, TRACE, Pack
from redesaude.report.known_contracts import known_contracts
from redesaude.report.terms import CHOICES
from redesaude.report.view import View
from redesaude.report.workbook.decisions import by_contract
from redesaude.report.workbook.sheet import Block, Column, Sheet
from redesaude.report.workbook.story.ppp import programmes
from redesaude.studies.uncertainty import VERDICTS

_WIDTHS = (24, 25.5, 8.6, 7.6, 9.5, 8, 10.8, 10.5, 10.5, 8, 19)
_PLAIN = 7  # of them, for what is known without a comparator and without real contracts beside

_VALUE = "value_row"  # the column that says where a row's value is told

_VALUED = N_(
    "On the left what the plan runs under each contract; on the right what all sites of the plan where it is eligible "
    "would cost under it, the others under direct administration, and how much less than direct, in {money}, present "
    "value, waiting included. Every step and every site: {file}, sheet value."
)
_PLANNED = N_("What the plan runs under each contract. Every service: {file}, sheet decisions.")


def contracts_frame(view: View) -> pd.DataFrame:
    """Return a row for each contract of the input: what the plan runs under it, its terms, and its programme.

    Columns: contract_id, name, delivery, services, sites, cases (a year), term_years, procurement_months, cost and vfm
    (of the programme, currency), chance, reading; the last four unknown without a comparator.
    """
    rows = view.scenario.contracts
    rows = rows.assign(delivery=[view.t(CHOICES.get(word, word)) for word in rows["delivery_model"]])
    runs = by_contract(view).rename(columns={"counted": "contract_id", "contract": "name"})
    rows = rows.merge(runs, on="contract_id", suffixes=("_typed", ""))
    rows = rows.assign(cost=np.nan, chance=np.nan, reading="", vfm=np.nan)
    if _valued(view):
        found = programmes(view).drop_duplicates("contract_id").set_index("contract_id").reindex(rows["contract_id"])
        rows = rows.assign(
            cost=found["cost_npv"].to_numpy(float),
            vfm=found["vfm"].to_numpy(float),
            chance=found["chance"].to_numpy(float),
            reading=[view.t(VERDICTS[word]) if isinstance(word, str) else "" for word in found["verdict"]],
        )
    return rows.sort_values(["services", "cost", "name"], ascending=[False, True, True], ignore_index=True)


def _valued(view: View) -> bool:
    """Whether contracts were held against a public sector comparator."""
    return view.studies is not None and view.studies.compared is not None


def write(pack: Pack) -> Block:
    """Write the sheet and return its table of the contracts of the plan."""
    view, t = pack.view, pack.view.t
    money = view.numbers.money_header()
    note = t(_VALUED, money=money, file=AUDIT) if _valued(view) else t(_PLANNED, file=AUDIT)
    known = known_contracts(view)
    sheet = pack.sheet("contracts", _WIDTHS if _valued(view) or len(known) else _WIDTHS[:_PLAIN], note)
    frame = contracts_frame(view)
    frame = pack.traced(frame.assign(counted=frame["contract_id"]), "decisions", "counted")
    frame = pack.traced(frame, "value", "contract_id", into=_VALUE)
    block = sheet.table(frame, contract_columns(view), repeat=known.empty, total=t(N_("Total")))
    sheet.keep_in_sight(block.first, 1)
    sheet.filter(block)
    if len(known):
        _reported(pack, sheet, known)
    return block


def contract_columns(view: View) -> list[Column]:
    """Return the columns of :func:`contracts_frame` as a sheet shows them; values only where they are known."""
    t = view.t
    return [
        Column("name", t(N_("Contract"))),
        Column("delivery", t(N_("Who delivers"))),
        Column("services", t(N_("Services")), "", "number", total=True, link=TRACE),
        Column("sites", t(N_("Sites")), "", "number"),
        Column("cases", t(N_("Cases a year")), "", "number", total=True),
        Column("term_years", t(N_("Term, years")), "", "number"),
        Column("procurement_months", t(N_("Months to let")), "", "number"),
        *(_value_columns(view) if _valued(view) else ()),
    ]


def _value_columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("cost", t(N_("All sites under it")), "", "millions", link=_VALUE),
        Column("vfm", t(N_("Less than direct")), "", "millions"),
        Column("chance", t(N_("Chance")), "", "whole_percent"),
        Column("reading", t(N_("Against direct administration"))),
    ]


def _reported(pack: Pack, sheet: Sheet, known: pd.DataFrame) -> None:
    """Contracts that others have signed, as the input reports them, beside those of the plan."""
    view, t = pack.view, pack.view.t
    parts = zip(known["name"], known["provider"], known["delivery"], strict=True)
    known = known.assign(title=[" · ".join(part for part in row if part) for row in parts])
    columns = _reported_columns(view)
    sheet.page_break()
    sheet.heading(t(N_("Real contracts, as reported")))
    note = t(
        N_(
            "Reported facts, which bind nothing in the plan; in {money} a month, or in currency for each bed. They "
            "cover whole hospitals, the plan only its specialties: what it pays a month of a full year at that site "
            "under the same kind of contract, and at a site of that kind in the mean. Whole sources: scenario.xlsx, "
            "sheet {sheet}."
        ),
        money=view.numbers.money_header(),
        sheet="known_contracts",
    )
    sheet.text(note, "note")
    fit = sheet.fitting(known, columns, 1)
    sheet.table(known.head(fit), columns)
    pack.tell_rest(sheet, len(known) - fit, "scenario.xlsx", "known_contracts")


def _reported_columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("place", t(N_("Place"))),
        Column("title", t(N_("Contract and provider"))),
        Column("month", t(N_("A month")), "", "millions"),
        Column("beds", t(N_("Beds")), "", "number"),
        Column("bed_month", t(N_("A bed and month")), "", "money"),
        Column("term_months", t(N_("Term, months")), "", "number"),
        Column("from_date", t(N_("From when"))),
        Column("here", t(N_("Plan, this site")), "", "millions"),
        Column("alike", t(N_("Plan, such a site")), "", "millions"),
        Column("told", t(N_("Source, date, grade")), span=2),
    ]
