"""Sheet ``limits``: ceilings of money and how far they are used, then every promise that is missed."""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.promises.money import Money
from redesaude.report.decision.pack import AUDIT, TRACE, Pack
from redesaude.report.workbook.limits import limits_frame
from redesaude.report.workbook.sheet import Column

_WIDTHS = (18, 41, 22, 12, 12.5, 12.5, 14.5, 12)


def write(pack: Pack) -> None:
    """Write the sheet."""
    view, t = pack.view, pack.view.t
    note = t(
        N_(
            "First the limits of money, then the promises that the plan misses, the dearest first. A promise may be "
            "missed only where the input states a price for it. All of them, kept ones too: {file}, sheet limits."
        ),
        file=AUDIT,
    )
    sheet = pack.sheet("limits", _WIDTHS, note)
    frame = limits_frame(view)
    money = frame["kind"].isin(list(Money.words))
    out = frame["verdict"] == t(N_("missed"))
    missed = frame[out & ~money].sort_values(["npv", "promise_id"], ascending=[False, True])
    rows = frame[money].copy()
    both = [part for part in (rows, missed) if len(part)]
    columns = [
        Column("kind_name", t(N_("Kind"))),
        Column("promise", t(N_("Promise or limit"))),
        Column("region", t(N_("Where"))),
        Column("firm", t(N_("Firm")), "", "verdict"),
        Column("limit", t(N_("Promised")), "", "@format", link=TRACE),
        Column("achieved", t(N_("In the plan")), "", "@format"),
        Column("verdict", t(N_("Result")), "", "verdict"),
        Column("npv", t(N_("Price paid, {money}"), money=view.numbers.money_header()), "", "millions"),
    ]
    for part in both:
        part["promise"] = [
            f"{specialty}: {promise}" if kind == "access" else promise
            for kind, specialty, promise in zip(part["kind"], part["specialty"], part["promise"], strict=True)
        ]
    table = pd.concat(both, ignore_index=True) if both else frame.iloc[:0]
    table["format"] = table["format"].replace("money", "millions")
    table = pack.traced(table, "limits", "kind", "promise_id", "specialty_id", "region_id", "period_id")
    block = pack.table(sheet, table, columns, 1, "limits")
    sheet.mark(block, "verdict", {t(N_("met")): "good", t(N_("missed")): "bad"})
