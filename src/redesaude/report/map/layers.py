"""What the map shows of municipalities: by specialty and period who is treated, how near, and the supply there is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.tables import ALL
from redesaude.plan.numbers import existing_services
from redesaude.report.figures import judged_flows
from redesaude.report.view import View
from redesaude.studies.today import cases_today

#: the key of what runs today, beside the ids of the periods, none of which is blank
TODAY = ""

OF = ["specialty_id", "period_id"]


def all_layers(view: View) -> pd.DataFrame:
    """Return the layers of the plan and of today (period :data:`TODAY`), and ``change``: ``within`` less today's."""
    today, levels = today_layers(view), [*OF, "territory_id"]
    before = pd.concat(dict.fromkeys(view.scenario.periods["period_id"], today["within"]), names=["period_id"])
    plan = layers_of(view)
    before = before.reorder_levels(levels).reindex(plan.index)
    now = pd.concat({TODAY: today}, names=["period_id"]).reorder_levels(levels)
    return pd.concat([plan.assign(change=plan["within"] - before), now.assign(change=np.nan)])


def layers_of(view: View) -> pd.DataFrame:
    """Return the layers, indexed by specialty, period and territory; specialty :data:`ALL` is all of them together.

    ``need``: cases a year. ``treated``: share of them treated in the network. ``minutes``: mean journey of those
    treated, one way. ``within``: share of the cases of specialties with a standard that are treated within it.
    ``room``: yearly capacity of the services in the territory's region for each case of its people; ``load``: part of
    it that is used, by whomever. NaN where there is nothing to divide by.
    """
    return _layers(view, judged_flows(view.plan, view.names), view.plan.openings)


def today_layers(view: View) -> pd.DataFrame:
    """Return the layers of today, see :mod:`redesaude.studies.today`, indexed by specialty and territory."""
    rows = today_rows(view).assign(period_id=TODAY)
    return _layers(view, rows, existing_services(view.scenario).assign(period_id=TODAY)).droplevel("period_id")


def today_rows(view: View) -> pd.DataFrame:
    """Return who is treated where today and who is not, columns as :func:`redesaude.report.figures.judged_flows`.

    Who is treated outside the area is not treated in the network; region_id and in_region are left out.
    """
    flows, specialties = view.studied.today_flows, view.scenario.specialties.set_index("specialty_id")
    inside = flows[flows["outside"] == ""].assign(treated=True)
    keys = ["territory_id", "specialty_id"]
    need = cases_today(view.scenario).set_index(keys)["cases"]
    left = need.sub(inside.groupby(keys)["cases"].sum(), fill_value=0.0).rename("cases").reset_index()
    away = left[left["cases"] > 1e-9].assign(site_id="", minutes=np.nan, treated=False)
    parts = [part[[*keys, "site_id", "cases", "minutes", "treated"]] for part in (inside, away)]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    rows = rows.assign(minutes_standard=rows["specialty_id"].map(specialties["access_minutes"]).astype(float))
    near = rows["treated"].astype(bool) & (rows["minutes"] <= rows["minutes_standard"] + 1e-9)
    return rows.assign(within=near).astype({"cases": float, "minutes": float})


def _layers(view: View, flows: pd.DataFrame, opened: pd.DataFrame) -> pd.DataFrame:
    """The layers of ``flows`` (columns of :func:`today_rows`, and period_id) to the services ``opened``."""
    rows = _measured(flows)
    sums = pd.concat([rows, rows.assign(specialty_id=ALL)]).groupby([*OF, "territory_id"]).sum(numeric_only=True)
    layers = pd.DataFrame(
        {
            "need": sums["cases"],
            "treated": _ratio(sums["treated"], sums["cases"]),
            "minutes": _ratio(sums["travelled"], sums["treated"]),
            "within": _ratio(sums["within"], sums["judged"]),
        }
    )
    return layers.join(_supply(view, sums, flows, opened))


def _measured(rows: pd.DataFrame) -> pd.DataFrame:
    """Flows with the cases treated, minutes travelled, cases with a standard and those within it."""
    there = rows["treated"].astype(bool)
    return rows[[*OF, "territory_id", "cases"]].assign(
        treated=rows["cases"] * there,
        travelled=(rows["cases"] * rows["minutes"]).where(there, 0.0),
        judged=rows["cases"].where(rows["minutes_standard"].notna(), 0.0),
        within=rows["cases"] * rows["within"],
    )


def _supply(view: View, sums: pd.DataFrame, flows: pd.DataFrame, opened: pd.DataFrame) -> pd.DataFrame:
    """``room`` and ``load`` of the services of each territory's region."""
    names, keys = view.names, [*OF, "region_id"]
    capacity, used = (
        _twice(rows.assign(region_id=rows["site_id"].map(names.region_of_site))).groupby(keys)[column].sum()
        for rows, column in ((opened, "capacity"), (flows[flows["treated"].astype(bool)], "cases"))
    )
    need = sums.reset_index()
    need["region_id"] = need["territory_id"].map(lambda place: names.region_of_territory.get(place, ""))
    here, people = pd.MultiIndex.from_frame(need[keys]), need.groupby(keys)["cases"].transform("sum")
    capacity, used = (part.astype(float).reindex(here).fillna(0.0) for part in (capacity, used))
    found = pd.DataFrame({"room": _ratio(capacity, people), "load": _ratio(used, capacity)})
    return found.set_axis(sums.index)


def _twice(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of each specialty, and again as those of all of them."""
    return pd.concat([rows, rows.assign(specialty_id=ALL)])


def _ratio(above: pd.Series, below: pd.Series) -> pd.Series:
    of = below.to_numpy(float)
    return pd.Series(above.to_numpy(float) / np.where(of > 0, of, np.nan), index=above.index)
