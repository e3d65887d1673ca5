r"""Access that lasts, year by year, and where it is lost again.

While services open one after the other, those of today that end run on (:mod:`redesaude.plan.transition`): for some
years both are there, and more people may be within the standard than once all is as decided. With :math:`n_{my}` the
share of the cases of municipality :math:`m` treated within the standard in year :math:`y`, and :math:`C_m` its cases of
the last year :math:`Y`,

.. math:: \text{lasting}_y = \frac{\sum_m C_m \min_{y \le y' \le Y} n_{my'}}{\sum_m C_m}

counts in every year the same people, and of them those who keep what they have: it never falls, and ends where the
share of the year does.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import ALL

LASTING = ("year", "specialty_id", "region_id", "share_lasting")
LOST = ("specialty_id", "territory_id", "cases")

_AREA = ["specialty_id", "region_id"]
_TOWN = ["specialty_id", "territory_id"]
#: share of cases by which two years differ for a reader, who is told it with one decimal
_SEEN = 0.0005


def lasting(scenario: Scenario, towns: pd.DataFrame) -> pd.DataFrame:
    """Return the share within the standard in each year and every later one, columns :data:`LASTING`.

    ``towns`` is the result of :func:`redesaude.plan.by_year.by_year_and_municipality`. The share is of the cases of the
    last year, by specialty and region of the people (``all``: the whole area); those without a standard are left out.
    """
    rows = towns.dropna(subset=["share_within_standard"])
    share = rows.pivot_table(index=_TOWN, columns="year", values="share_within_standard")
    if share.empty:
        return pd.DataFrame(columns=list(LASTING))
    stays = share.bfill(axis=1).iloc[:, ::-1].cummin(axis=1).iloc[:, ::-1]
    last = rows[rows["year"] == rows["year"].max()].set_index(_TOWN)["cases"].reindex(share.index).fillna(0.0)
    region = dict(zip(scenario.territories["territory_id"], scenario.territories["region_id"], strict=True))
    kept = stays.mul(last, axis=0).assign(cases=last).reset_index()
    both = pd.concat([kept.assign(region_id=ALL), kept.assign(region_id=kept["territory_id"].map(region))])
    sums = both.drop(columns="territory_id").groupby(_AREA).sum()
    sums = sums[sums["cases"] > 0]
    shares = sums.drop(columns="cases").div(sums["cases"], axis=0).rename_axis(columns="year").reset_index()
    return shares.melt(_AREA, var_name="year", value_name="share_lasting").astype({"year": int})[list(LASTING)]


def falls(whole: pd.Series) -> list[tuple[int, int]]:
    """Return from which year to which the share of ``whole`` (by year) falls, where a reader sees it."""
    found: list[tuple[int, int]] = []
    for before, after in pairwise(whole.index.tolist()):
        if whole[after] < whole[before] - 1e-9:
            begins = found.pop()[0] if found and found[-1][1] == before else before
            found.append((begins, after))
    return [(begins, ends) for begins, ends in found if whole[begins] - whole[ends] >= _SEEN]


def lost(towns: pd.DataFrame, begins: int, ends: int) -> pd.DataFrame:
    """Return who is within the standard in the year ``begins`` and no longer in ``ends``, columns :data:`LOST`.

    Cases a year, most first: what the share of a municipality and specialty loses, of its cases in the later year.
    """
    rows = towns.dropna(subset=["share_within_standard"]).set_index(_TOWN)
    before, after = (rows[rows["year"] == year] for year in (begins, ends))
    share = before["share_within_standard"].reindex(after.index)
    cases = (share - after["share_within_standard"]) * after["cases"]
    table = cases.where(cases > 0).dropna().rename("cases").reset_index()
    table = table.sort_values(["cases", *_TOWN], ascending=[False, True, True], ignore_index=True)
    return table.astype({"cases": np.float64})[list(LOST)]
