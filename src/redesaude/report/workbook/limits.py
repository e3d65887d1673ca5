"""Sheet ``limits``: every promise and limit, what the plan uses of it, and whether it is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.promises import KINDS, WORDS
from redesaude.promises.money import Money
from redesaude.report.figures import yes
from redesaude.report.promised import verdict, verdict_styles
from redesaude.report.terms import PROMISE_KINDS
from redesaude.report.view import View
from redesaude.report.workbook import norms
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column, Row

_WIDTHS = (17, 44, 28, 26, 11, 15, 15, 9, 13, 14, 20, 14)
#: money first, whose use the sheet tells as a share
_IN_ORDER = sorted(KINDS, key=lambda kind: not isinstance(kind, Money))


def limits_frame(view: View) -> pd.DataFrame:
    """Return every promise with names, the share of each money limit used, and the verdict in words."""
    names, t, rows = view.names, view.t, view.plan.promises
    limit, achieved = rows["limit"].astype(float), rows["achieved"].astype(float)
    money = rows["kind"].isin(list(Money.words))
    regions = {**names.regions, ALL: t(N_("whole area"))}
    rows = rows.assign(
        kind_name=[t(PROMISE_KINDS[kind].name) for kind in rows["kind"]],
        promise=[_promise_name(view, row) for row in rows_of(rows)],
        specialty=names.label("specialties", rows["specialty_id"]).replace({ALL: t(N_("all"))}),
        region=[regions.get(region, region) for region in rows["region_id"]],
        period=names.label("periods", rows["period_id"]),
        used=(achieved / limit.replace(0.0, np.nan)).where(money),
        format=[WORDS[kind].form for kind in rows["kind"]],
        firm=[t(N_("firm")) if hard else t(N_("at a price")) for hard in yes(rows["hard"])],
        verdict=[verdict(view, [row]) for row in rows_of(rows)],
    )
    rows["first"] = rows["region_id"] != ALL  # the whole area before its regions
    order = ["kind", "specialty", "first", "region", "promise_id", "period_id"]
    return rows.sort_values(order, ignore_index=True)


def _promise_name(view: View, row: Any) -> str:
    """Say what is promised: the name of a money limit in the input, an access promise in numbers, a place, a role."""
    if row.kind == "access":
        return access_words(view, row.minutes, row.share)
    names = view.names
    known = ((names.sites, row.site_id), (names.roles, row.role_id), (_money_names(view), row.limit_id))
    return next((of[row_id] for of, row_id in known if row_id in of), view.t(PROMISE_KINDS[row.kind].meaning))


def _money_names(view: View) -> dict[str, str]:
    """Name of each row of the sheets of money by its id, which is its name where it has none."""
    found: dict[str, str] = {}
    for table, key in ((view.scenario.fiscal, "fiscal_id"), (view.scenario.funding, "funding_id")):
        found |= {str(row_id): str(name or row_id) for row_id, name in zip(table[key], table["name"], strict=True)}
    return found


def access_words(view: View, minutes: float, share: float) -> str:
    """Say an access promise in numbers."""
    words = {"share": view.numbers.percent(share, 0), "minutes": view.numbers.decimal(minutes)}
    return view.t(N_("at least {share} of cases within {minutes} minutes"), **words)


def _columns(view: View) -> list[Column]:
    t = view.t

    def used(row: Row) -> str:
        ratio = f"{row.at('achieved')}/{row.at('limit')}"
        return f'IF({row.at("limit")}>0,{ratio},"")' if row.record["format"] == "money" else '""'

    return [
        Column("kind_name", t(N_("Kind"))),
        Column("promise", t(N_("Promise or limit"))),
        Column("specialty", t(N_("Specialty"))),
        Column("region", t(N_("Health region"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("limit", t(N_("Promised")), t(N_("cases a year, or money")), "@format"),
        Column("achieved", t(N_("In the plan")), t(N_("in the same unit")), "@format"),
        Column("used", t(N_("Used")), t(N_("of a money limit")), "percent", formula=used),
        Column("shortfall", t(N_("Short by")), t(N_("in the same unit")), "@format"),
        Column("firm", t(N_("Firm")), t(N_("or may be missed at a price")), "verdict"),
        Column("verdict", t(N_("Result")), "", "verdict"),
        Column("npv", t(N_("Price paid")), t(N_("{money}, present value"), money=view.numbers.symbol), "money"),
        Column("promise_id", t(N_("Promise code")), "", "id"),
    ]


def write(book: Book) -> list[Block]:
    """Write the sheet and return its tables, whose ``verdict`` columns tell what is kept and missed."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "Firm promises are kept in every plan. The others may fall short, and the shortfall is charged at the "
            "price stated in the input."
        )
    )
    sheet = book.sheet("limits", _WIDTHS, note)
    frame, columns = limits_frame(view), _columns(view)
    parts = {t(kind.heading): frame["kind"].isin(list(kind.words)) for kind in _IN_ORDER}
    kept = {t(kind.heading) for kind in _IN_ORDER if kind.always}
    parts = {name: rows for name, rows in parts.items() if name in kept or rows.any()}
    sheet.set_widths(len(_WIDTHS), (24,))
    blocks: list[Block] = []
    for heading, chosen in parts.items():
        if blocks:
            sheet.heading(heading)
        first = not blocks
        blocks.append(sheet.table(frame[chosen], columns, header=first, freeze=2 if first else None))
        sheet.mark(blocks[-1], "verdict", verdict_styles(view, frame.loc[chosen, "verdict"]))
    norms.write(sheet, view)
    return blocks
