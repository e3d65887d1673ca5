"""Who gains, and who is still far."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.report.figures import judged_flows
from redesaude.report.today import whence
from redesaude.report.view import View
from redesaude.report.workbook.access import outside_frame
from redesaude.report.workbook.story.facts import Fact, Line, Section, Teller

_NAMED = 3
#: of its cases outside the standard, from which a municipality is far
_FAR = 0.5


def people(view: View) -> Section:
    """Return how many reach care in time, which municipalities gain most and which lose, and which stay far."""
    lines = [line for line in (_in_time(view), *_towns(view), *_far(view)) if line is not None]
    return Section(view.t(N_("Who gains, and who is still far")), tuple(lines))


def _in_time(view: View) -> Line | None:
    near = within_by_year(view, view.studied.years["region_id"] == ALL)
    if near.empty:
        return Teller(view).line(N_("No specialty of the input has a standard of travel."))
    first, last = near.iloc[0], near.iloc[-1]
    now = view.studied.today[view.studied.today["region_id"] == ALL].dropna()
    share = float(np.average(now["share_within_standard"], weights=now["cases"])) if len(now) else 0.0
    as_today = within_by_year(view, view.studied.years["region_id"] == ALL, "share_as_today").iloc[0]
    return Teller(view).line(
        N_(
            "Cases treated within the standard of travel: {now} today ({how}, people of {base}). Of the people of the "
            "plan: {alone} by today's services, {before} in {first}, {after} in {last}."
        ),
        {"how": whence(view)},
        now=Fact(share, "percent", ""),
        base=Fact(float(view.scenario.settings.base_year), "year", ""),
        alone=Fact(float(as_today["share"]), "percent", "by_year.csv"),
        before=Fact(float(first["share"]), "percent", "by_year.csv"),
        first=Fact(float(near.index[0]), "year", "by_year.csv"),
        after=Fact(float(last["share"]), "percent", "by_year.csv", name="within_standard"),
        last=Fact(float(near.index[-1]), "year", "by_year.csv"),
    )


def within_by_year(view: View, chosen: pd.Series, share: str = "share_within_standard") -> pd.DataFrame:
    """Return by year, of the ``chosen`` rows of the years with a standard, ``near`` (cases in time) and ``share``.

    ``share`` names the column: that of the plan, or ``share_as_today`` of the same people by today's services.
    """
    rows = view.studied.years[chosen].dropna(subset=[share])
    sums = rows.assign(near=rows["cases"] * rows[share]).groupby("year")[["cases", "near"]].sum()
    return sums.assign(share=sums["near"] / sums["cases"])[["near", "share"]]


def town_gains(view: View) -> pd.DataFrame:
    """Return cases a year treated within the standard, once all is open less today, by municipality, most first.

    Columns: territory_id, town, gain.
    """
    flows = judged_flows(view.plan, view.names)
    flows = flows[flows["period_id"] == view.scenario.periods["period_id"].iloc[-1]]
    standard = view.scenario.specialties.set_index("specialty_id")["access_minutes"].astype(float)
    now = view.studied.today_flows
    now = now[now["minutes"] <= now["specialty_id"].map(standard) + 1e-9]
    then = flows[flows["within"]].groupby("territory_id")["cases"].sum()
    gain = then.sub(now.groupby("territory_id")["cases"].sum(), fill_value=0.0).rename("gain")
    table = pd.DataFrame(gain.rename_axis("territory_id").reset_index())
    table["town"] = view.names.label("territories", table["territory_id"])
    return table.sort_values(["gain", "territory_id"], ascending=[False, True], ignore_index=True)


def _towns(view: View) -> list[Line]:
    gains, tell = town_gains(view), Teller(view)
    parts = (
        (
            N_("Municipalities that gain most against today, cases in time a year: {named}."),
            gains[gains["gain"] > 0.5].head(_NAMED),
        ),
        (
            N_("Municipalities that lose cases in time against today: {named}."),
            gains[gains["gain"] < -0.5].iloc[::-1].head(_NAMED),
        ),
    )
    lines = []
    for message, rows in parts:
        if len(rows):
            text, facts = tell.listed([(row.town, Fact(abs(float(row.gain)), "number", "")) for row in rows_of(rows)])
            lines.append(Line(view.t(message, named=text), facts))
    return lines


def _far(view: View) -> list[Line]:
    tell, towns = Teller(view), far_towns(view)
    if towns.empty:
        return [tell.line(N_("Every case of a specialty with a standard is within it once all is open."))]
    far = towns[towns["share"] > _FAR]
    text, facts = tell.listed(
        [(row.town, Fact(float(row.outside), "number", "assignments.csv")) for row in rows_of(towns.head(_NAMED))]
    )
    count = Fact(float(len(far)), "number", "assignments.csv")
    half = Fact(_FAR, "whole_percent", "assignments.csv")
    told = tell.line(
        N_(
            "Municipalities with more than {half} of their cases outside it: {count}; most cases outside a year: "
            "{named}."
        ),
        {"named": text},
        half=half,
        count=count,
    )
    return [Line(told.text, (*told.facts, *facts))]


def far_towns(view: View) -> pd.DataFrame:
    """Return :func:`outside_frame` with ``share``: the part of a municipality's judged cases that is outside."""
    towns = outside_frame(view)
    rows = judged_flows(view.plan, view.names).dropna(subset=["minutes_standard"])
    cases = rows.groupby("territory_id")["cases"].sum()
    return towns.assign(share=towns["outside"] / towns["territory_id"].map(cases))
