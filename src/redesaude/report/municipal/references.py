"""For each municipality and specialty, the hospital its people go to, and the next.

One row for each municipality, specialty and period: the first choice is where the plan treats most of its cases, the
second where it treats the next most, or, where one hospital treats them all, the nearest other service that is open.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.report.figures import judged_flows
from redesaude.report.terms import half_year
from redesaude.report.view import View, several
from redesaude.report.workbook.sheet import Column
from redesaude.travel.matrix import travel_minutes

_KEYS = ["territory_id", "specialty_id", "period_id"]
_SERVICE = ["site_id", "specialty_id"]
#: widths of the columns that are printed
_WIDTHS = (24, 22, 26, 11, 10, 34, 10, 10, 12, 34, 10, 18, 34)
_PERIOD = 11.0  # where there are several


def references(view: View) -> pd.DataFrame:
    """Return where the people of each municipality are treated, with names and codes.

    Columns: territory_id, town, region, specialty_id, specialty, period_id, period, cases (a year), first_id, first,
    share (of the cases, at the first), minutes (NaN: all are sent away), within (share of the cases treated within the
    standard; NaN: no standard), second_id, second, second_minutes (NaN: none), why (of the second), since (in words),
    until (where most of its people go today, in words, outside the area too, where the first choice does not run yet or
    there is none; blank: nowhere, or to a service that ends before).
    """
    rows = _first_and_second(view)
    names, t = view.names, view.t
    regions = rows["territory_id"].map(lambda town: names.region_of_territory.get(town, ""))
    nobody = t(N_("none: sent away or untreated"))
    return rows.assign(
        town=names.label("territories", rows["territory_id"]),
        region=names.label("regions", regions),
        specialty=names.label("specialties", rows["specialty_id"]),
        period=names.label("periods", rows["period_id"]),
        first=[names.sites.get(site, site) if site else nobody for site in rows["first_id"]],
        second=[names.sites.get(site, site) for site in rows["second_id"]],
        since=_since(view, rows),
        until=_until(view, rows),
    ).sort_values(["region", "town", "specialty", "period_id"], ignore_index=True)


def _first_and_second(view: View) -> pd.DataFrame:
    """Both choices of each municipality, specialty and period, by codes."""
    found = judged_flows(view.plan, view.names)
    found["near"] = (found["cases"] * found["within"]).where(found["minutes_standard"].notna())
    sums = found.groupby(_KEYS).agg(cases=("cases", "sum"), near=("near", lambda part: part.sum(min_count=1)))
    treated = found[found["treated"].astype(bool)]
    treated = treated.sort_values([*_KEYS, "cases", "site_id"], ascending=[True, True, True, False, True])
    place = treated.groupby(_KEYS).cumcount()
    first, second = (treated[place == n].set_index(_KEYS) for n in (0, 1))
    rows = sums.assign(
        first_id=first["site_id"],
        share=first["cases"] / sums["cases"],
        minutes=first["minutes"],
        within=sums["near"] / sums["cases"],
        second_id=second["site_id"],
        second_minutes=second["minutes"],
    ).reset_index()
    rows["why"] = np.where(rows["second_id"].notna(), view.t(N_("treats some of its cases")), "")
    rows = rows.fillna({"first_id": "", "second_id": "", "share": 0.0})
    return _with_nearest(view, rows)


def _with_nearest(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Fill in the nearest other open service where one hospital, or none, treats all cases."""
    scenario, opened = view.scenario, view.plan.openings
    minutes = travel_minutes(scenario)
    of_town, of_site = (
        pd.Series(range(len(frame)), index=frame[column].astype(str))
        for frame, column in ((scenario.territories, "territory_id"), (scenario.sites, "site_id"))
    )
    nearest = view.t(N_("nearest other hospital"))
    for key, there in opened.groupby(["specialty_id", "period_id"]):
        mine = rows.index[(rows["specialty_id"] == key[0]) & (rows["period_id"] == key[1]) & (rows["second_id"] == "")]
        sites = there["site_id"].to_numpy()
        times = minutes[np.ix_(of_town[rows.loc[mine, "territory_id"]], of_site[sites])]
        times = np.where(sites[None, :] == rows.loc[mine, "first_id"].to_numpy()[:, None], np.inf, times)
        best = times.argmin(axis=1)
        reached = np.isfinite(times[np.arange(len(mine)), best])
        rows.loc[mine[reached], "second_id"] = sites[best[reached]]
        rows.loc[mine[reached], "second_minutes"] = times[np.flatnonzero(reached), best[reached]]
        rows.loc[mine[reached], "why"] = nearest
    return rows


def _since(view: View, rows: pd.DataFrame) -> list[str]:
    """From when the first choice treats: the half-year in which it opens, or that it runs today."""
    stages = view.studied.milestones
    begun = stages[stages["milestone"] == "opening"].groupby(["site_id", "specialty_id"])["begins"].first()
    today = view.t(N_("runs today"))
    keys = zip(rows["first_id"], rows["specialty_id"], strict=True)
    return [half_year(view.t, begun.get(key, today)) if key[0] else "" for key in keys]


def _until(view: View, rows: pd.DataFrame) -> list[str]:
    """Where people go until the first choice opens: as today, to a service that goes on, or runs on and until when, or
    to a place outside.
    """
    flows, keys = view.studied.today_flows, _KEYS[:2]
    flows = flows[(flows["site_id"] != "") | (flows["outside"] != "")]
    flows = flows.sort_values([*keys, "cases", "site_id", "outside"], ascending=[True, True, False, True, True])
    most = flows.drop_duplicates(keys).set_index(keys)[["site_id", "outside"]].apply(tuple, axis=1).to_dict()
    stages = view.studied.milestones
    at = {
        name: own.drop_duplicates(_SERVICE).set_index(_SERVICE)["ends"].to_dict()
        for name, own in stages.groupby("milestone")
    }
    runs, ends, opens = (at.get(name, {}) for name in ("running_on", "closing", "opening"))
    found = []
    for town, own, first in zip(rows["territory_id"], rows["specialty_id"], rows["first_id"], strict=True):
        site, outside = most.get((town, own), ("", "")) if not first or (first, own) in opens else ("", "")
        if outside:
            found.append(view.t(N_("{place} (outside the area)"), place=outside))
        elif site and (site, own) in runs:
            half = half_year(view.t, runs[site, own])
            found.append(view.t(N_("{site} (runs on: {half})"), site=view.names.sites.get(site, site), half=half))
        else:
            found.append(view.names.sites.get(site, site) if site and (site, own) not in ends else "")
    return found


def reference_note(view: View) -> str:
    """Return how the references are to be read."""
    return view.t(
        N_(
            "Where the people of each municipality are treated: the hospital that the plan gives most of its cases, "
            "and the second choice: the next most, or else the nearest other hospital open for the specialty. Minutes "
            "are one way."
        )
    )


def reference_widths(view: View) -> tuple[float, ...]:
    """Return the widths of those columns, in characters."""
    return (*_WIDTHS[:3], *([_PERIOD] if several(view) else []), *_WIDTHS[3:])


def reference_columns(view: View) -> list[Column]:
    """Return the columns of :func:`references` as a sheet shows them."""
    t = view.t
    period = [Column("period", t(N_("Period")), t(N_("years")))] if several(view) else []
    return [
        Column("town", t(N_("Municipality"))),
        Column("region", t(N_("Health region"))),
        Column("specialty", t(N_("Specialty"))),
        *period,
        Column("cases", t(N_("Cases")), t(N_("a year")), "decimal"),
        Column("within", t(N_("Within the standard")), t(N_("share of cases")), "whole_percent"),
        Column("first", t(N_("First choice")), t(N_("hospital that treats most of its cases"))),
        Column("share", t(N_("Its share")), t(N_("of the municipality's cases")), "whole_percent"),
        Column("minutes", t(N_("Minutes")), t(N_("one way")), "number"),
        Column("since", t(N_("From when")), t(N_("half-year"))),
        Column("second", t(N_("Second choice"))),
        Column("second_minutes", t(N_("Minutes")), t(N_("one way")), "number"),
        Column("why", t(N_("Why the second"))),
        Column("until", t(N_("Until then")), t(N_("as today, while it runs"))),
        Column("territory_id", t(N_("Municipality code")), "", "id"),
        Column("specialty_id", t(N_("Specialty code")), "", "id"),
        Column("first_id", t(N_("Code of the first")), "", "id"),
        Column("second_id", t(N_("Code of the second")), "", "id"),
    ]
