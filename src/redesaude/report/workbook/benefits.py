"""Sheet ``benefits``: what the plan does beside today's services, going on, once everything is open and in all."""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.plan.benefits import ITEMS
from redesaude.report.terms import BENEFITS
from redesaude.report.today import how_known, today_note
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column

_WIDTHS = (30, 46, 15, 15, 15, 15, 15, 15)
#: not told beside today: what care by others costs then is not known
_UNKNOWN = ("elsewhere_money",)


def benefits_frame(view: View) -> pd.DataFrame:
    """Return each item of the benefits of the plan against today, in words, with the format of its figures."""
    t, table = view.t, view.studied.benefits.changes
    table = table[~table["item"].isin(_UNKNOWN)]
    return table.assign(
        name=[t(BENEFITS[item].name) for item in table["item"]],
        meaning=[t(BENEFITS[item].meaning) for item in table["item"]],
        format=["money" if ITEMS[item][0] == "money" else "number" for item in table["item"]],
    )


def write(book: Book) -> None:
    """Write the sheet."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "Today's services as they go on, the same in every year. Cases that others treat are those outside the "
            "area and those of treated_elsewhere_share; what their care costs is not known and not told."
        )
    )
    sheet = book.sheet("benefits", _WIDTHS, f"{note} {today_note(view)}")
    year, whole = t(N_("a year, once everything is open")), t(N_("over the horizon, discounted"))
    today = t(N_("Today, {how}"), how=how_known(view))
    plan, change = t(N_("Plan")), t(N_("Difference"))
    columns = [
        Column("name", t(N_("What"))),
        Column("meaning", t(N_("What it means"))),
        *(
            Column(f"{key}_{when}", title, unit, "@format")
            for when, unit in (("per_year", year), ("npv", whole))
            for key, title in (("reference", today), ("plan", plan), ("change", change))
        ),
    ]
    sheet.table(benefits_frame(view), columns, freeze=1)
