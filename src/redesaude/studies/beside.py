"""Two plans side by side, whatever made them differ: services, who moves, who pays, and access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import Plan
from redesaude.studies.compare import payers_of
from redesaude.studies.network_changes import CHANGES, changes_between

#: who moves: cases a year of the last period; a blank site is where cases are sent away
MOVES = ("territory_id", "specialty_id", "from_site_id", "to_site_id", "cases")
_Treated = Mapping[tuple[str, str], Mapping[str, float]]
"""(municipality, specialty) -> site -> cases"""
#: least cases a year that are told as a move: less may be rounding of the search
_LEAST = 1e-6


@dataclass(frozen=True)
class Beside:
    """The ``second`` plan beside the ``first``, each with decisions.

    Attributes
    ----------
    changes : services of the last period that differ, columns of :data:`CHANGES` after the first two.
    moves : columns :data:`MOVES`, the most cases first.
    payers : payer, first, second: net present value, currency of the base year.
    access : specialty_id, first, second: share of cases within the standard in the last period (0-1; NaN: no standard),
        and ``first_minutes``, ``second_minutes``: mean one way.

    """

    first: Plan
    second: Plan
    changes: pd.DataFrame
    moves: pd.DataFrame
    payers: pd.DataFrame
    access: pd.DataFrame


def beside(first: Plan, second: Plan) -> Beside:
    """Return ``second`` beside ``first``; ValueError where one of them decides nothing."""
    if not (first.has_decisions and second.has_decisions):
        raise ValueError("a plan without decisions cannot be set beside another")
    moves = pd.DataFrame(list(_moves(_treated(first), _treated(second))), columns=list(MOVES))
    return Beside(
        first,
        second,
        changes=pd.DataFrame(changes_between(first, second), columns=list(CHANGES[2:])),
        moves=moves.sort_values("cases", ascending=False, kind="stable", ignore_index=True),
        payers=_payers(first, "first").merge(_payers(second, "second"), "outer", "payer").fillna(0.0),
        access=_access(first, "first").merge(_access(second, "second"), "outer", "specialty_id"),
    )


def _payers(plan: Plan, name: str) -> pd.DataFrame:
    return payers_of(plan)[["payer", "npv"]].rename(columns={"npv": name})


def _access(plan: Plan, name: str) -> pd.DataFrame:
    """Share within the standard and mean minutes of each specialty, in the whole area in the last period."""
    rows = plan.access[plan.access["region_id"] == ALL]
    rows = rows[rows["period_id"] == plan.scenario.periods["period_id"].iloc[-1]]
    columns = {"share_within_standard": name, "mean_minutes": f"{name}_minutes"}
    told = pd.DataFrame(rows[["specialty_id", *columns]]).rename(columns=columns)
    return told.astype(dict.fromkeys(columns.values(), float))


def _moves(before: _Treated, after: _Treated) -> Iterator[tuple[str, str, str, str, float]]:
    """Yield who is treated elsewhere.

    Of a municipality and specialty some sites lose cases and others gain them; each that loses gives to each that gains
    in proportion to what that gains. Cases that only one of the plans has are no moves.
    """
    for key in sorted({*before, *after}):
        old, new = before.get(key, {}), after.get(key, {})
        change = {site: new.get(site, 0.0) - old.get(site, 0.0) for site in sorted({*old, *new})}
        lost = {site: -cases for site, cases in change.items() if cases < 0}
        gained = {site: cases for site, cases in change.items() if cases > 0}
        given, taken = sum(lost.values()), sum(gained.values())
        for one, other in product(lost, gained):
            cases = min(given, taken) * lost[one] / given * gained[other] / taken
            if cases > _LEAST:
                yield *key, one, other, cases


def _treated(plan: Plan) -> _Treated:
    """Cases a year of the last period by municipality and specialty, and site; those sent away at a blank one."""
    rows = pd.concat([plan.assignments, plan.unmet.assign(site_id="")], ignore_index=True)
    rows = pd.DataFrame(rows[rows["period_id"] == plan.scenario.periods["period_id"].iloc[-1]])
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows_of(rows):
        sites = found.setdefault((str(row.territory_id), str(row.specialty_id)), {})
        sites[str(row.site_id)] = sites.get(str(row.site_id), 0.0) + float(row.cases)
    return found
