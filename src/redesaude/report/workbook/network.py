"""Sheet ``network``: which hub supports which satellite, which techniques are handed over, and who is sent up.

Only where a plan has any of them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.plan.ladder import State
from redesaude.plan.milestones import half_year_of
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column

_WIDTHS = (34, 34, 22, 14, 14, 16, 16, 14, 14, 18, 14, 14, 14, 14, 14, 14)

STATES = {
    State.PLANNED: N_("planned"),
    State.IN_TRANSFER: N_("in transfer"),
    State.INDEPENDENT: N_("independent"),
}


def in_use(view: View) -> bool:
    """Whether the plan has agreements, techniques or transfers."""
    found = view.plan.support, view.plan.transfers, view.scenario.taught
    return view.plan.has_decisions and any(len(rows) for rows in found)


def support_frame(view: View) -> pd.DataFrame:
    """Return the agreements with names, in the order of hubs."""
    names, rows = view.names, view.plan.support
    rows = rows.assign(
        hub=names.label("sites", rows["hub_site_id"]),
        satellite=names.label("sites", rows["satellite_site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
    )
    return rows.sort_values(["hub", "satellite", "specialty", "first_year"], ignore_index=True)


def ladder_frame(view: View) -> pd.DataFrame:
    """Return the techniques with names, by pair of hospitals: one row each, its state by period side by side.

    Cases are those of the last period.
    """
    names, rows, states = view.names, view.studied.ladder, {state: view.t(word) for state, word in STATES.items()}
    key = ["receiver_site_id", "technique_id"]
    by_period = rows.assign(state=rows["state"].map(states)).pivot_table("state", key, "period_id", "first")
    last = rows.drop_duplicates(key, keep="last").join(by_period.add_prefix("state_"), on=key)
    return last.assign(
        giver=names.label("sites", last["giver_site_id"]),
        receiver=names.label("sites", last["receiver_site_id"]),
        specialty=names.label("specialties", last["specialty_id"]),
        technique=names.label("techniques", last["technique_id"]),
        begins=np.floor(last["in_transfer_from"].astype(float) + 1e-6),
        independent=half_year_of(last["independent_from"]),
    ).sort_values(["giver", "receiver", "in_transfer_from", "independent_from"], kind="stable", ignore_index=True)


def transfers_frame(view: View) -> pd.DataFrame:
    """Return cases sent up with names, the bands of severity together: one row for each way and period."""
    names, rows = view.names, view.plan.transfers
    way = ["specialty_id", "from_site_id", "to_site_id", "period_id"]
    figures = {"above": ("severity_above", "min"), "upto": ("severity_upto", "max"), "minutes": ("minutes", "first"),
               "cases": ("cases", "sum"), "npv": ("npv", "sum")}  # fmt: skip
    rows = pd.DataFrame(rows.groupby(way, as_index=False, sort=False).agg(**figures))
    rows = rows.assign(
        origin=names.label("sites", rows["from_site_id"]),
        to=names.label("sites", rows["to_site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
        period=names.label("periods", rows["period_id"]),
    )
    return rows.sort_values(["specialty", "to", "origin", "period_id"], ignore_index=True)


def write(book: Book) -> None:
    """Write the sheet."""
    view, t = book.view, book.view.t
    note = t(
        N_(
            "A smaller size treats the milder severities and sends the others up to a service that treats them. "
            "Access promises are measured to the first contact. A satellite is supported by its hub from its opening "
            "until its skills have matured; then it sends fewer up. In a period in which they mature its share is the "
            "mean by the years before and after."
        )
    )
    sheet = book.sheet("network", _WIDTHS, note)
    sheet.heading(t(N_("Hubs and their satellites")))
    sheet.table(support_frame(view), _support_columns(view))
    if len(view.scenario.taught):
        sheet.heading(t(N_("Techniques handed over, by pair of hospitals")))
        sheet.text(
            t(
                N_(
                    "A hospital sends up the cases that need a technique until it does it by itself; the state is that "
                    "at the end of the period, cases are those of the last period that are treated there for it, "
                    "minutes those to the hospital that hands it over. Municipality by municipality: "
                    "tables/techniques_nearer.csv."
                )
            ),
            "note",
        )
        sheet.table(ladder_frame(view), _ladder_columns(view))
    sheet.heading(t(N_("Cases sent up")))
    sheet.table(transfers_frame(view), _transfer_columns(view))


def _support_columns(view: View) -> list[Column]:
    t, money = view.t, view.numbers.symbol
    yearly, of_cases = t(N_("{money} a year"), money=money), t(N_("share of its cases"))
    return [
        Column("hub", t(N_("Hub"))),
        Column("satellite", t(N_("Satellite"))),
        Column("specialty", t(N_("Specialty"))),
        Column("first_year", t(N_("From")), t(N_("year")), "year"),
        Column("last_year", t(N_("To")), t(N_("year")), "year"),
        Column("hub_cost", t(N_("Cost to the hub")), yearly, "money"),
        Column("satellite_cost", t(N_("Cost to the satellite")), yearly, "money"),
        Column("sent_before", t(N_("Sent up before")), of_cases, "percent"),
        Column("sent_after", t(N_("Once matured")), of_cases, "percent"),
        Column("npv", t(N_("Cost")), t(N_("{money}, present value"), money=money), "money"),
    ]


def _ladder_columns(view: View) -> list[Column]:
    t, names = view.t, view.names
    return [
        Column("giver", t(N_("Handed over by"))),
        Column("receiver", t(N_("Learned by"))),
        Column("technique", t(N_("Technique"))),
        Column("year_planned", t(N_("Planned")), t(N_("year")), "year"),
        Column("begins", t(N_("From")), t(N_("year")), "year"),
        Column("independent", t(N_("Independent from")), t(N_("half-year"))),
        Column("case_share", t(N_("Cases that need it")), t(N_("share of its cases")), "percent"),
        Column("cases", t(N_("Cases")), t(N_("cases a year")), "decimal"),
        Column("minutes", t(N_("Minutes")), t(N_("one way")), "number"),
        Column("specialty", t(N_("Specialty"))),
        *(Column(f"state_{p}", t(N_("State")), names.periods[p]) for p in view.scenario.periods["period_id"]),
    ]


def _transfer_columns(view: View) -> list[Column]:
    t, severity = view.t, view.t(N_("share of severities"))
    return [
        Column("origin", t(N_("From"))),
        Column("to", t(N_("To"))),
        Column("specialty", t(N_("Specialty"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("minutes", t(N_("Minutes")), t(N_("one way")), "number"),
        Column("above", t(N_("Severity above")), severity, "percent"),
        Column("upto", t(N_("Severity up to")), severity, "percent"),
        Column("cases", t(N_("Cases")), t(N_("cases a year")), "decimal"),
        Column("npv", t(N_("Cost")), t(N_("{money}, present value"), money=view.numbers.symbol), "money"),
    ]
