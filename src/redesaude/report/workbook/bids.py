"""Stated payments on the sheet ``value``: what each is worth against direct administration, and what would turn it."""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.sheet import Column, Sheet


def bids_frame(view: View, bids: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of :data:`redesaude.studies.stated_bids.BIDS` with names, and rates as text."""
    stated = view.scenario.bids
    names = {str(i): str(name or i) for i, name in zip(stated["bid_id"], stated["name"], strict=True)}
    percent = view.numbers.percent
    return bids.assign(
        name=[names[str(i)] for i in bids["bid_id"]],
        site=view.names.label("sites", bids["site_id"]),
        contract=view.names.label("contracts", bids["contract_id"]),
        rates=["; ".join(percent(rate, 2) for rate in found) or "" for found in bids["break_even_rates"]],
        note=[view.t(reason) if reason else "" for reason in bids["reason"]],
    )


def write(sheet: Sheet, view: View, bids: pd.DataFrame) -> None:
    """Write the table; nothing where the input states no payments."""
    if bids.empty:
        return
    t, money = view.t, view.numbers.money_header()
    full_year = t(N_("a full year, {money}"), money=money)
    sheet.heading(t(N_("Stated payments against direct administration")))
    sheet.text(
        t(
            N_(
                "Each at its site, discounted as its row states; the plan is not priced by it. Break-even: the "
                "payment, the overrun of public works, and the discount rates of both sides at which both cost the "
                "same."
            )
        ),
        "note",
    )
    columns = [
        Column("name", t(N_("Stated payment"))),
        Column("site", t(N_("Site"))),
        Column("contract", t(N_("Contract"))),
        Column("payment", t(N_("Payment")), full_year, "millions"),
        Column("engine_payment", t(N_("Payment in the plan")), full_year, "millions"),
        Column("psc_npv", t(N_("Comparator")), money, "millions"),
        Column("cost_npv", t(N_("Cost")), money, "millions"),
        Column("vfm", t(N_("Value for money")), money, "millions"),
        Column("vfm_share", t(N_("Value for money")), t(N_("of the comparator")), "percent"),
        Column(
            "break_even_payment", t(N_("Break-even payment")), t(N_("a full year, {money}"), money=money), "millions"
        ),
        Column("break_even_overrun", t(N_("Break-even overrun")), t(N_("of public works")), "percent"),
        Column("rates", t(N_("Break-even rates"))),
        Column("note", t(N_("Note"))),
    ]
    sheet.table(bids_frame(view, bids), columns)
