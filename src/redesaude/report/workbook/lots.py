"""Sheet ``lots``: what each contract lets together, and what letting it once for the lot costs."""

from __future__ import annotations

from redesaude.language import N_
from redesaude.report.view import View, several
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.norms import lot_called
from redesaude.report.workbook.sheet import Column

_WIDTHS = (34, 26, 16, 9, 9, 60, 14, 14)


def in_use(view: View) -> bool:
    """Return whether some contract of the plan lets several sites together."""
    return bool(view.plan.has_decisions and (view.studied.lots["sites"] > 1).any())


def write(book: Book) -> None:
    """Write a row for each contract in each lot and period."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "Sites of a lot are under one contract of one bidder: letting it and the team that oversees it are paid "
            "once for all of them, and shared by them equally on other sheets. Lots are those that the sheet sites of "
            "the input names, or all that the plan runs under a contract in the area of its lot_scope. Money in "
            "{money}, present value."
        ),
        money=view.numbers.money_header(),
    )
    names, rows = view.names, view.studied.lots
    table = rows.assign(
        contract=names.label("contracts", rows["contract_id"]),
        lot=[lot_called(view, lot) for lot in rows["lot_id"]],
        period=names.label("periods", rows["period_id"]),
        where=["; ".join(names.sites.get(site, site) for site in ids.split("; ")) for ids in rows["site_ids"]],
    )
    own = [Column("period", t(N_("Period")))] if several(view) else []
    columns = [
        Column("contract", t(N_("Contract"))),
        Column("lot", t(N_("Lot"))),
        *own,
        Column("sites", t(N_("Sites")), "", "number"),
        Column("services", t(N_("Services")), "", "number"),
        Column("where", t(N_("Which"))),
        Column("transaction", t(N_("Letting")), "", "millions", total=True),
        Column("oversight", t(N_("Oversight")), "", "millions", total=True),
    ]
    book.sheet("lots", _WIDTHS if own else (*_WIDTHS[:2], *_WIDTHS[3:]), note).table(
        table, columns, freeze=1, total=t(N_("Total"))
    )
