"""On the sheet ``resources``: what regions are short of in a surge, and what they lend each other."""

from __future__ import annotations

import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.sheet import Column, Sheet


def write(sheet: Sheet, view: View) -> None:
    """Write the three tables, where the input states surges."""
    found = view.studies.help if view.studies else None
    if found is None:
        return
    t = view.t
    sheet.heading(t(N_("What is short in a surge, and lent between regions")))
    note = N_(
        "Need is that of patients who go where the plan sends them, beds in cases a month. Help goes to regions whose "
        "weekly cases have reached the count that starts it. Staff is counted here: with and without loans nobody is "
        "treated whom no staff is there for. How many beds fit where they are taken to is not looked at."
    )
    sheet.text(t(note), "note")
    sheet.table(helped_frame(view, found.helped), _helped_columns(view))
    short = short_frame(view, found.short)
    if len(short):
        sheet.table(short, _short_columns(view))
    if len(found.lent):
        sheet.table(lent_frame(view, found.lent), _lent_columns(view))


def _named(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the names of their surge and period."""
    titles = dict(zip(view.scenario.surge["surge_id"], view.scenario.surge["name"], strict=True))
    surge = [titles.get(name) or name for name in rows["surge_id"]]
    return rows.assign(surge=surge, period=view.names.label("periods", rows["period_id"]))


def helped_frame(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the cases treated with and without loans, with names."""
    return _named(view, rows).assign(specialty=view.names.label("specialties", rows["specialty_id"]))


def short_frame(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is short in which region, with names, the most first."""
    rows = rows[(rows["short"] > 1e-6) | (rows["borrowed"] > 0) | (rows["lent"] > 0)]
    named = _named(view, rows).assign(
        what=_what(view, rows),
        where=_areas(view, rows["region_id"]),
        begun=[view.t(N_("yes")) if word == "yes" else view.t(N_("no")) for word in rows["started"]],
    )
    return named.sort_values(["surge", "resource", "short"], ascending=[True, True, False], ignore_index=True)


def lent_frame(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the loans with names, the largest first."""
    named = _named(view, rows).assign(
        what=_what(view, rows), giver=_areas(view, rows["from_region_id"]), taker=_areas(view, rows["to_region_id"])
    )
    return named.sort_values(["surge", "resource", "amount"], ascending=[True, True, False], ignore_index=True)


def _what(view: View, rows: pd.DataFrame) -> list[str]:
    names = view.names
    return [
        view.t(N_("beds: {name}"), name=names.specialties.get(what, what))
        if resource == "beds"
        else view.t(N_("staff: {name}"), name=names.roles.get(what, what))
        for resource, what in zip(rows["resource"], rows["what_id"], strict=True)
    ]


def _areas(view: View, codes: pd.Series) -> list[str]:
    return [view.t(N_("whole area")) if code == ALL else view.names.regions.get(code, code) for code in codes]


def _helped_columns(view: View) -> list[Column]:
    t, cases = view.t, view.t(N_("cases"))
    return [
        Column("specialty", t(N_("Specialty"))),
        Column("surge", t(N_("Surge"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("months", t(N_("Months")), "", "decimal"),
        Column("coming", t(N_("Coming")), cases, "decimal"),
        Column("alone", t(N_("Treated")), t(N_("each region by itself")), "decimal"),
        Column("with_loans", t(N_("Treated")), t(N_("with loans")), "decimal"),
        Column("turned_away", t(N_("Turned away")), cases, "decimal"),
    ]


def _short_columns(view: View) -> list[Column]:
    t, unit = view.t, view.t(N_("cases a month, or people"))
    return [
        Column("what", t(N_("What"))),
        Column("where", t(N_("Where"))),
        Column("surge", t(N_("Surge"))),
        Column("months", t(N_("Months")), "", "decimal"),
        Column("weekly_cases", t(N_("Weekly cases")), "", "decimal"),
        Column("begun", t(N_("Help starts")), "", "verdict"),
        Column("need", t(N_("Needed")), unit, "decimal"),
        Column("there", t(N_("There")), unit, "decimal"),
        Column("short", t(N_("Short")), unit, "decimal"),
        Column("borrowed", t(N_("Borrowed")), unit, "decimal"),
    ]


def _lent_columns(view: View) -> list[Column]:
    t = view.t
    return [
        Column("what", t(N_("What is lent"))),
        Column("giver", t(N_("From"))),
        Column("taker", t(N_("To"))),
        Column("months", t(N_("Months")), "", "decimal"),
        Column("amount", t(N_("Amount")), t(N_("cases a month, or people")), "decimal"),
        Column("minutes", t(N_("Minutes")), t(N_("one way")), "number"),
        Column("surge", t(N_("Surge"))),
    ]
