"""Sheet ``unmet``: the cases the plan sends away, by municipality and specialty, and what they cost."""

from __future__ import annotations

import pandas as pd

from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Block, Column

_WIDTHS = (26, 30, 30, 11, 14, 12, 16)


def unmet_frame(view: View) -> pd.DataFrame:
    """Return the cases sent away with names, most cases first."""
    names, rows = view.names, view.plan.unmet
    towns = rows["territory_id"]
    rows = rows.assign(
        region=names.label("regions", towns.map(lambda town: names.region_of_territory.get(town, ""))),
        town=names.label("territories", towns),
        specialty=names.label("specialties", rows["specialty_id"]),
        period=names.label("periods", rows["period_id"]),
    )
    order = ["cases", "territory_id", "specialty_id", "period_id"]
    return rows.sort_values(order, ascending=[False, True, True, True], ignore_index=True)


def write(book: Book) -> Block:
    """Write the sheet and return its table."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "Cases that the plan does not treat inside the network: they are sent outside it or go untreated, at the "
            "cost stated in the input. Most cases first."
        )
    )
    sheet = book.sheet("unmet", _WIDTHS, note)
    columns = [
        Column("region", t(N_("Health region")), t(N_("where people live"))),
        Column("town", t(N_("Municipality"))),
        Column("specialty", t(N_("Specialty"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("share", t(N_("Share sent away")), t(N_("of the municipality's cases")), "percent"),
        Column("cases", t(N_("Sent away")), t(N_("cases a year")), "decimal", total=True),
        Column("npv", t(N_("Cost")), t(N_("{money}, present value"), money=view.numbers.symbol), "money", total=True),
        Column("territory_id", t(N_("Municipality code")), "", "id"),
        Column("specialty_id", t(N_("Specialty code")), "", "id"),
    ]
    sheet.set_widths(len(_WIDTHS), (14, 16))
    return sheet.table(unmet_frame(view), columns, freeze=2, total=t(N_("Total")))
