"""What is asked, what the plan does, and what to do first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.language import N_
from redesaude.plan.cash_flow import CAPITAL_LINES
from redesaude.plan.endings import Fate
from redesaude.report.figures import ended_services, in_last_period
from redesaude.report.terms import PAYERS, half_year
from redesaude.report.view import View
from redesaude.report.workbook.story.facts import Fact, Grid, Line, Section, Teller

_SERVICE = ["site_id", "specialty_id", "size_id", "contract_id"]
#: openings told on the first page
SHOWN = 3
#: services of each that are named there; all of them are on the sheet of decisions
_NAMED = 2


def question(view: View) -> Section:
    """Return what was asked, and the plan in one sentence."""
    tell, scenario = Teller(view), view.scenario
    towns, specialties = (
        Fact(len(frame), "number", "access.csv") for frame in (scenario.territories, scenario.specialties)
    )
    asked = tell.line(
        N_(
            "Where should services of {specialties} {specialties:specialty|specialties} stand for {people} people in "
            "{towns} {towns:municipality|municipalities}, and under which contract?"
        ),
        specialties=specialties,
        people=Fact(float(scenario.territories["population"].sum()), "number", "access.csv"),
        towns=towns,
    )
    return Section(view.t(N_("The question")), (asked, _in_short(view)))


def _in_short(view: View) -> Line:
    tell, last = Teller(view), in_last_period(view.plan, view.plan.openings)
    changes = view.plan.openings.drop_duplicates(["site_id", "specialty_id", "change"])["change"]
    ended = ended_services(view.plan)["fate"].value_counts()
    moved, uncontracted, closed = (int(ended.get(fate, 0)) for fate in (Fate.MOVED, Fate.UNCONTRACTED, Fate.CLOSED))
    opened = int((changes == "new").sum()) - moved
    altered = int(changes.isin(["resized", "enlarged", "converted"]).sum())
    return tell.line(
        N_(
            "The plan: {services} {services:service|services} at {sites} {sites:site|sites}; {opened} opened, "
            "{altered} changed in size or contract, {moved} moved within their municipality, {uncontracted} no longer "
            "contracted, {closed} closed; {cases} {cases:case|cases} treated a year."
        ),
        services=Fact(len(last), "number", "openings.csv"),
        sites=Fact(last["site_id"].nunique(), "number", "openings.csv"),
        opened=Fact(opened, "number", "openings.csv"),
        altered=Fact(altered, "number", "openings.csv"),
        moved=Fact(moved, "number", "milestones.csv"),
        uncontracted=Fact(uncontracted, "number", "milestones.csv"),
        closed=Fact(closed, "number", "milestones.csv"),
        cases=Fact(
            float(in_last_period(view.plan, view.plan.assignments)["cases"].sum()),
            "number",
            "assignments.csv",
            name="treated",
        ),
    )


def first_steps(view: View) -> Section:
    """Return the next openings, those that must be let first at the top."""
    t, rows = view.t, steps(view)
    header = (N_("Place"), N_("Services"), N_("Contract"), N_("Let from"), N_("Opens"), N_("Works"), N_("Who pays"))
    if rows.empty:
        told = Teller(view).line(N_("Nothing changes: every service goes on as it is today."))
        return Section(t(N_("What to do first")), (told,))
    title = t(N_("What to do first (works in {money})"), money=view.numbers.money_header())
    cells = tuple(_cells(view, row) for row in rows_of(rows.head(SHOWN)))
    return Section(title, (), Grid(tuple(map(t, header)), cells))


def _cells(view: View, row: Any) -> tuple[str | Fact, ...]:
    named = view.names.label("specialties", pd.Series(row.specialty_ids)).sort_values().to_list()
    further = [view.t(N_("and {count} more"), count=len(named) - _NAMED)] if len(named) > _NAMED else []
    works = Fact(row.works, "millions", "milestones.csv")
    place = row.site if row.town in row.site else f"{row.site} ({row.town})"
    return (
        place,
        ", ".join([*named[:_NAMED], *further]),
        row.contract,
        row.let or "-",
        row.opens,
        works,
        row.payer or "-",
    )


def steps(view: View) -> pd.DataFrame:
    """Return what is to be opened or changed, by site, contract and dates, what is begun first at the top,
    and of that the largest works.

    Columns: site_id, contract_id, site, town, services (in words), specialty_ids, contract, let (half-year in which the
    tender begins; blank: none), opens, works (currency, undiscounted, whoever finances them), payer (in words).
    """
    names, stages = view.names, view.studied.milestones
    opened = stages[stages["milestone"].isin(["opening", "conversion"])][[*_SERVICE, "begins", "start"]]
    let = stages[stages["milestone"] == "procurement"][[*_SERVICE, "begins", "start"]]
    rows = opened.merge(let, how="left", on=_SERVICE, suffixes=("", "_let")).drop_duplicates([*_SERVICE, "begins"])
    rows = rows.astype({"begins_let": object})  # of no tender at all, too
    rows = rows.assign(let=rows["begins_let"].fillna(""), first=rows["start_let"].fillna(rows["start"]))
    rows["specialty"] = names.label("specialties", rows["specialty_id"])
    works = works_of(view).set_index(["site_id", "specialty_id"])
    keys = pd.MultiIndex.from_frame(rows[["site_id", "specialty_id"]])
    rows["works"] = works["works"].reindex(keys).fillna(0.0).to_numpy()
    rows["payer"] = works["payer"].astype(object).reindex(keys).fillna("").to_numpy()
    groups = rows.groupby(["site_id", "contract_id", "let", "begins"], as_index=False).agg(
        services=("specialty", lambda part: ", ".join(sorted(set(part)))),
        specialty_ids=("specialty_id", lambda part: tuple(sorted(set(part)))),
        works=("works", "sum"),
        first=("first", "min"),
        payer=("payer", lambda part: "; ".join(sorted({text for text in part if text}))),
    )
    groups = groups.assign(
        site=names.label("sites", groups["site_id"]),
        town=names.label("territories", groups["site_id"].map(lambda s: names.territory_of_site.get(s, ""))),
        contract=names.label("contracts", groups["contract_id"]),
        let=[half_year(view.t, label) for label in groups["let"]],
        opens=[half_year(view.t, label) for label in groups["begins"]],
    )
    order = ["first", "works", "begins", "site_id"]
    return groups.sort_values(order, ascending=[True, False, True, True], ignore_index=True)


def works_of(view: View) -> pd.DataFrame:
    """Return what works, equipment and letting of each service cost, undiscounted, and in words who pays most of it.

    Columns: site_id, specialty_id, works (currency of the base year, within the horizon), payer.
    """
    flows, horizon = view.studied.flows, view.scenario.settings.horizon_years
    first = view.studied.appraisal.calendar.first_year
    rows = flows[flows["line"].isin(CAPITAL_LINES) & (flows["year"] < first + horizon) & (flows["payer"] != "asset")]
    sums = rows.groupby(["site_id", "specialty_id", "payer"]).agg(real=("real", "sum")).reset_index()
    most = sums.sort_values("real", ascending=False).drop_duplicates(["site_id", "specialty_id"])
    total = sums.groupby(["site_id", "specialty_id"]).agg(works=("real", "sum")).reset_index()
    most = most.assign(payer=[view.t(PAYERS[payer].name) for payer in most["payer"]])
    return total.merge(most[["site_id", "specialty_id", "payer"]], on=["site_id", "specialty_id"])
