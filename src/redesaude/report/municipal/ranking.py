"""Municipalities ranked by what is missing there today, with what the plan changes for each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.language import N_
from redesaude.report.view import View
from redesaude.report.workbook.sheet import Column

#: widths of the columns that are printed
MUNICIPALITY_WIDTHS = (26, 22, 11, 11, 14, 11, 13, 13, 24, 12)


def municipalities(view: View, supply: pd.DataFrame, references: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each municipality with cases, the largest gap of today first.

    ``supply`` is :func:`redesaude.report.municipal.supply.supply_today`, ``references`` are
    :func:`redesaude.report.municipal.references.references`. Columns: territory_id, town, region, people; cases,
    capacity and gap (a year, all specialties); covered and planned (share of the cases within the standard that today's
    services could treat, and that the plan treats, NaN where no specialty has a standard); worst (the specialty that
    misses most); marked (number of specialties with a high need and a low supply).
    """
    people = view.scenario.territories.set_index("territory_id")["population"]
    kinds = {"cases": "sum", "capacity": "sum", "gap": "sum", "marked": "sum"}
    rows = supply.groupby("territory_id").agg(kinds)
    worst = supply.loc[supply.groupby("territory_id")["gap"].idxmax()].set_index("territory_id")
    last = references[references["period_id"] == view.scenario.periods["period_id"].iloc[-1]]
    judged = last[last["within"].notna()]
    near = (judged["within"] * judged["cases"]).groupby(judged["territory_id"]).sum()
    of = judged.groupby("territory_id")["cases"].sum()
    rows = rows.assign(
        people=people,
        covered=1.0 - rows["gap"] / rows["cases"],
        planned=near / of,
        worst=view.names.label("specialties", worst["specialty_id"]).where(worst["gap"] > 0, ""),
        marked=rows["marked"].astype(float).replace(0.0, np.nan),
    ).reset_index()
    regions = rows["territory_id"].map(lambda town: view.names.region_of_territory.get(town, ""))
    rows = rows.assign(
        town=view.names.label("territories", rows["territory_id"]), region=view.names.label("regions", regions)
    )
    return rows.sort_values(["gap", "territory_id"], ascending=[False, True], ignore_index=True)


def municipality_columns(view: View) -> list[Column]:
    """Return the columns of :func:`municipalities` as a sheet shows them."""
    t, cases, share = view.t, view.t(N_("cases a year")), view.t(N_("share of cases"))
    return [
        Column("town", t(N_("Municipality"))),
        Column("region", t(N_("Health region"))),
        Column("people", t(N_("Population")), "", "number"),
        Column("cases", t(N_("Need")), cases, "number"),
        Column("capacity", t(N_("Supply today")), t(N_("within the standard, cases a year")), "number"),
        Column("gap", t(N_("Gap today")), cases, "number"),
        Column("covered", t(N_("Covered today")), share, "whole_percent"),
        Column("planned", t(N_("Within the standard, as planned")), share, "whole_percent"),
        Column("worst", t(N_("Most is missing in"))),
        Column("marked", t(N_("High need, low supply")), t(N_("specialties")), "number"),
        Column("territory_id", t(N_("Municipality code")), "", "id"),
    ]


def ranked_note(view: View) -> str:
    """Return how the ranking is to be read."""
    return view.t(
        N_(
            "The largest gap first: need less what today's services within the standard could treat, each shared alike "
            "by all the cases that reach it in time (two-step floating catchment, Luo and Wang 2003). High need: among "
            "the third of municipalities with most cases of a specialty; low supply: less than half of them covered. "
            "What providers outside the input treat is not counted."
        )
    )
