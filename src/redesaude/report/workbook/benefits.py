"""Sheet ``benefits``: what the plan does beside today's services, going on, once everything is open and in all."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.evidence import Place, Sources
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.benefits import ITEMS
from redesaude.report.terms import BENEFITS, GRADES
from redesaude.report.today import how_known, today_note
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column, Sheet

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
    _deaths(sheet, view)


def deaths_frame(view: View) -> pd.DataFrame:
    """Return deaths averted a year by specialty, by today's services and by the plan once everything is open.

    Columns: specialty, stated (by 1,000 cases within the standard), grade, source, today, plan, change; figures are
    blank where the specialty states none.
    """
    graded, years = deaths_graded(view), view.studied.years
    stated = graded["stated"]
    sides = {"today": view.studied.today, "plan": years[years["year"] == years["year"].max()]}
    in_time = {name: _in_time(rows[rows["region_id"] == ALL]).reindex(stated.index) for name, rows in sides.items()}
    averted = {name: (stated * cases / 1000.0).to_numpy(float) for name, cases in in_time.items()}
    return graded.reset_index(drop=True).assign(**averted, change=averted["plan"] - averted["today"])


def deaths_graded(view: View) -> pd.DataFrame:
    """Return by specialty_id its name (specialty), the deaths averted that it has ``stated``, their grade and source.

    Blank where it states none.
    """
    specialties, t, sources = view.scenario.specialties, view.t, Sources(view.scenario.sources)
    stated = specialties.set_index("specialty_id")["deaths_averted"].astype(float)
    told = [sources.of(Place("specialties", str(code), "deaths_averted")) for code in stated.index]
    known = stated.notna().tolist()
    return pd.DataFrame(
        {
            "specialty": view.names.label("specialties", specialties["specialty_id"]).to_numpy(),
            "stated": stated.to_numpy(float),
            "grade": [t(GRADES[found.grade]) if there else "" for found, there in zip(told, known, strict=True)],
            "source": [found.source if there else "" for found, there in zip(told, known, strict=True)],
        },
        index=stated.index,
    )


def _in_time(rows: pd.DataFrame) -> pd.Series:
    """Cases a year within the standard by specialty, those treated where there is none."""
    near = rows["cases"] * rows["share_within_standard"]
    return near.fillna(rows["treated"]).groupby(rows["specialty_id"]).sum()


def _deaths(sheet: Sheet, view: View) -> None:
    t, year = view.t, view.t(N_("a year, once everything is open"))
    sheet.heading(t(N_("Deaths averted by specialty; blank: no evidence")))
    columns = [
        Column("specialty", t(N_("Specialty"))),
        Column("source", t(N_("Source"))),
        Column("stated", t(N_("Deaths averted")), t(N_("by 1,000 cases within the standard")), "decimal"),
        Column("grade", t(N_("Grade"))),
        Column("today", t(N_("Today, {how}"), how=how_known(view)), t(N_("a year")), "decimal"),
        Column("plan", t(N_("Plan")), year, "decimal"),
        Column("change", t(N_("Difference")), year, "decimal"),
    ]
    sheet.table(deaths_frame(view), columns)
