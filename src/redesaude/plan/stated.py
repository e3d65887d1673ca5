"""The figures a plan states beside its decisions: each must be what decisions and scenario make it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.evidence import TOLERANCE, Evidence, Outcome, check, flags, relative
from redesaude.plan.plan import COSTS, Check
from redesaude.plan.promises import within
from redesaude.plan.proof import relative_gap
from redesaude.plan.resource_evidence import stated_resources
from redesaude.promises import LINES, Parts, with_parts
from redesaude.promises.access import targets_by_period
from redesaude.status import Status


def stated_figures(e: Evidence, promised: Mapping[str, Outcome]) -> Iterator[Check]:
    """Yield a check of every figure that the tables of the plan, and the plan itself, state.

    ``promised`` is what became of every promise.
    """
    yield from _openings(e)
    yield from _unmet(e)
    yield from _promises(e, promised)
    yield check(N_("access as stated"), e.once("access", lambda: _access(e)))
    yield from e.once("resources", lambda: tuple(stated_resources(e)))
    yield from _verdict(e)


def _openings(e: Evidence) -> Iterator[Check]:
    """Capacity, status and cost of each open service."""
    stated = e.plan.openings
    yield check(N_("capacities as stated"), relative(stated["capacity"], e.places["nominal"]))
    yield check(N_("status of services as stated"), flags(stated["status"].to_numpy() != e.places["status"].to_numpy()))
    lines = pd.DataFrame(e.appraisal.service_lines(), columns=list(COSTS))
    npv = lines.groupby(["site_id", "specialty_id", "period_id"])["npv"].sum()
    due = [npv.get((row.site_id, row.specialty_id, row.period_id), 0.0) for row in rows_of(stated)]
    yield check(N_("cost of services as stated"), relative(stated["npv"], due))


def _unmet(e: Evidence) -> Iterator[Check]:
    """Cases sent away, and what they cost."""
    stated = e.plan.unmet
    yield check(N_("cases sent away are shares of demand"), relative(stated["cases"], e.due(stated)))
    years = stated["period_id"].map(e.appraisal.annuity_of).astype(float)
    price = stated["specialty_id"].map(e.specialties["unmet_cost"]).fillna(0.0) * years
    yield check(N_("cost of cases sent away as stated"), relative(stated["npv"], price * stated["cases"]))


def _promises(e: Evidence, found: Mapping[str, Outcome]) -> Iterator[Check]:
    """Every promise of the scenario, and no other, with its figures and its verdict."""
    stated = {row.promise_id: row for row in rows_of(e.plan.promises)}
    yield check(N_("every promise is stated"), flags((name in found) != (name in stated) for name in {*found, *stated}))
    both = [(found[name], row) for name, row in stated.items() if name in found]
    misstated = [
        np.max(np.abs([row.limit - p.limit, row.achieved - p.achieved, row.shortfall - p.short]))
        / max(abs(p.limit), abs(p.achieved), 1.0)
        for p, row in both
    ]
    yield check(N_("figures of promises as stated"), misstated)
    yield check(N_("promises met as stated"), flags((row.hard, row.met) != (p.hard, p.met) for p, row in both))
    stated_parts, due = (table[list(Parts._fields)] for table in (e.plan.promises, _with_parts(e)))
    yield check(N_("what promises are about as stated"), flags(~_alike(stated_parts, due)))
    line = e.plan.promises["kind"].map(LINES)
    priced = e.plan.promises["npv"].groupby(line).sum()
    paid = e.plan.costs.groupby("line")["npv"].sum().reindex(priced.index, fill_value=0.0)
    yield check(N_("cost of shortfalls as stated"), relative(priced, paid))


def _with_parts(e: Evidence) -> pd.DataFrame:
    return with_parts(e.plan.promises, e.scenario, e.plan.openings)


def _alike(stated: pd.DataFrame, due: pd.DataFrame) -> pd.Series:
    """Whether all fields of each row are equal, two blanks being so."""
    return ((stated == due) | (stated.isna() & due.isna())).all(axis=1)


def _access(e: Evidence) -> list[float]:
    """Return how far each row of the access table is from what the assignments make it; infinite if one is missing."""
    periods = e.scenario.periods["period_id"]
    keys = {(s, r, p) for s in e.specialties.index for r in {ALL, *e.region} for p in periods}
    stated = e.plan.access
    given = list(zip(stated["specialty_id"], stated["region_id"], stated["period_id"], strict=True))
    if set(given) != keys or len(given) != len(keys):
        return [np.inf]
    best = _best_targets(e)
    people = e.scenario.territories.groupby("region_id")["population"].agg(_whole).to_dict()
    people[ALL] = _whole(e.scenario.territories["population"])
    away = {key: float(rows["cases"].sum()) for key, rows in e.by_area(e.plan.unmet).items()}
    keyed = zip(given, rows_of(stated), strict=True)
    return [_access_row(e, row, best.get(key, np.nan), float(people[key[1]]), away.get(key, 0.0)) for key, row in keyed]


def _whole(people: pd.Series) -> float:
    """The people of an area; NaN where those of a place are not known."""
    return float(people.sum(skipna=False))


def _access_row(e: Evidence, row: object, target: float, people: float, away: float) -> float:
    """Return the largest relative deviation among the figures of one row.

    ``people`` live in its region, and ``away`` cases a year are sent away from there.
    """
    key = specialty, region, period = row.specialty_id, row.region_id, row.period_id  # type: ignore[attr-defined]
    standard = float(e.specialties["access_minutes"][specialty])
    cases, inside = within(e, specialty, region, period, standard)
    trips = e.trips_of[key]
    trips = trips[trips["cases"] > 0]
    minutes, went = trips["minutes"].to_numpy(float), trips["cases"].to_numpy(float)
    nearest = np.argsort(minutes, kind="stable")
    minutes, went = minutes[nearest], went[nearest]
    treated, total = float(went.sum()), float(cases.sum())
    share = inside / total if total and not np.isnan(standard) else np.nan
    reached = minutes[went.cumsum() >= (0.9 - 1e-9) * treated]
    due = {
        "population": people,
        "share_within_standard": share,
        "mean_minutes": float(minutes @ went) / treated if treated else np.nan,
        "p90_minutes": float(reached[0]) if treated else np.nan,
        "max_minutes": float(minutes[-1]) if treated else np.nan,
        "target": target,
        "cases": total,
        "cases_unmet": away,
        "minutes_standard": standard,
    }
    met = _met(share, target)
    return max(float(met != row.met), *(_apart(getattr(row, name), value) for name, value in due.items()))  # type: ignore[attr-defined]


def _met(share: float, target: float) -> str:
    return "" if np.isnan(target) or np.isnan(share) else ("yes" if share >= target - TOLERANCE else "no")


def against_targets(e: Evidence) -> pd.DataFrame:
    """Return the access table of the plan with the targets of its scenario, whatever it was made for."""
    table, best = e.plan.access, _best_targets(e)
    keys = zip(table["specialty_id"], table["region_id"], table["period_id"], strict=True)
    targets = [best.get(key, np.nan) for key in keys]
    met = [_met(*pair) for pair in zip(table["share_within_standard"].astype(float), targets, strict=True)]
    return table.assign(target=targets, met=met)


def _apart(stated: float, due: float) -> float:
    """Relative distance of two figures; two blanks are equal, a blank and a figure infinitely far apart."""
    if np.isnan(stated) or np.isnan(due):
        return 0.0 if np.isnan(stated) and np.isnan(due) else np.inf
    return abs(stated - due) / max(abs(due), 1.0)


def _best_targets(e: Evidence) -> dict[tuple[str, str, str], float]:
    """The strictest share promised at the specialty's own standard, by specialty, region and period."""
    found: dict[tuple[str, str, str], float] = {}
    for target in targets_by_period(e.scenario):
        specialty = e.specialties.index[target.specialty]
        if target.minutes == e.specialties["access_minutes"][specialty]:
            key = specialty, target.region, e.scenario.periods["period_id"].iloc[target.period]
            found[key] = max(found.get(key, 0.0), target.share)
    return found


def _verdict(e: Evidence) -> Iterator[Check]:
    """The gap, and whether it is as small as was asked for."""
    plan = e.plan
    gap = relative_gap(plan.objective, plan.bound)
    if gap is None:
        yield check(N_("gap as stated"), flags([plan.gap is not None]))
        yield check(N_("optimal only within the gap asked for"), flags([plan.status == Status.OPTIMAL]))
        return
    yield check(N_("gap as stated"), [abs((np.inf if plan.gap is None else plan.gap) - gap)])
    asked = plan.options.get("gap")
    limit = plan.scenario.settings.gap if asked is None else float(str(asked))
    yield check(N_("optimal only within the gap asked for"), [gap - limit if plan.status == Status.OPTIMAL else 0.0])
