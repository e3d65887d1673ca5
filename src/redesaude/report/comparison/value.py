"""Sheet ``value``: value for money of every contract, for the programme and at each site of the best mix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from redesaude.language import N_
from redesaude.report.comparison.pages import Pages
from redesaude.report.workbook.sheet import Column, Sheet
from redesaude.studies.alternatives import AS_DECIDED
from redesaude.studies.appraise import Appraised
from redesaude.studies.eligibility import REASONS

WIDTHS = (32, 28, 24, 6, 15, 15, 15, 9, 15, 12, 10)


def write(pages: Pages) -> None:
    """Write the sheet; without a best mix it says so."""
    t = pages.view.t
    note = t(
        N_(
            "On the sites, sizes and patients of the best mix. The comparator is direct administration at each site; "
            "where it is not eligible it is hypothetical. Value for money is comparator less option, waiting included; "
            "its share is of the comparator without the clinical cost that every option has. Dominated: another "
            "eligible contract costs less and opens no later."
        )
    )
    sheet = pages.book.sheet("value", WIDTHS, note)
    appraised = pages.comparison.appraised
    if appraised is None:
        sheet.text(t(N_("There is no best mix to appraise.")), "sentence")
        return
    sheet.heading(t(N_("Programme: each contract wherever eligible, direct elsewhere")))
    _programme(pages, sheet, appraised)
    sheet.heading(t(N_("By site, all contracts ranked")))
    _sites(pages, sheet, appraised)


def _money_columns(pages: Pages) -> list[Column]:
    t, money = pages.view.t, pages.view.numbers.symbol
    return [
        Column("psc_npv", t(N_("Comparator")), money, "money"),
        Column("cost_npv", t(N_("Cost")), t(N_("{money}, present value"), money=money), "money"),
        Column("vfm", t(N_("Value for money")), t(N_("comparator - cost")), "money"),
        Column("vfm_share", t(N_("VfM %")), t(N_("of the denominator")), "percent"),
        Column("denominator", t(N_("Denominator")), t(N_("comparator less common clinical cost")), "money"),
    ]


def _programme(pages: Pages, sheet: Sheet, appraised: Appraised) -> None:
    t = pages.view.t
    table = appraised.programme.sort_values("rank", ignore_index=True)
    names = pages.view.names.label("contracts", table["contract_id"])
    table["name"] = names.where(table["contract_id"] != AS_DECIDED, t(N_("Best mix, as decided")))
    hypothetical = t(
        N_("comparator hypothetical at {count} {count:site|sites}"), count=int(table["hypothetical_sites"].max())
    )
    table["where"] = [t(N_("used at {count} {count:site|sites}"), count=int(n)) for n in table["sites"]]
    columns = [
        Column("name", t(N_("Contract"))),
        Column("where", t(N_("Where")), hypothetical, span=2),
        Column("rank", t(N_("Rank")), "", "number"),
        *_money_columns(pages),
    ]
    sheet.table(table, columns)


def _sites(pages: Pages, sheet: Sheet, appraised: Appraised) -> None:
    t, view = pages.view.t, pages.view
    table = appraised.options.assign(order=appraised.options["rank"].fillna(np.inf))
    table["site"] = view.names.label("sites", table["site_id"])
    table = table.sort_values(["site", "site_id", "order", "cost_npv"], ignore_index=True)
    table["contract"] = view.names.label("contracts", table["contract_id"])
    table["verdict"] = [_status(pages, row) for row in table.to_dict("records")]
    columns = [
        Column("site", t(N_("Site"))),
        Column("contract", t(N_("Contract"))),
        Column("verdict", t(N_("Status"))),
        Column("rank", t(N_("Rank")), "", "number"),
        *_money_columns(pages),
        Column("waiting_npv", t(N_("of which waiting")), view.numbers.symbol, "money"),
        Column("opening_year", t(N_("Opens")), t(N_("last works")), "year"),
    ]
    block = sheet.table(table, columns, freeze=2)
    sheet.mark(block, "verdict", {t(N_("chosen")): "good", t(N_("dominated")): "caution"})


def _status(pages: Pages, row: Mapping[Any, Any]) -> str:
    """Chosen, dominated, or why not eligible; blank for the others."""
    t = pages.view.t
    if row["chosen"]:
        return t(N_("chosen"))
    if not row["eligible"]:
        return t(REASONS[str(row["reason"])])
    return t(N_("dominated")) if row["dominated"] else ""
