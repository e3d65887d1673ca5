"""Hubs, people and stations of a plan, worked out again from the scenario and the plan's own tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix, people
from redesaude.inputs.areas import in_area
from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.evidence import TOLERANCE, Evidence, Outcome, check, flags
from redesaude.plan.plan import Check
from redesaude.plan.referral_flows import journeys
from redesaude.plan.resource_flows import station_flows
from redesaude.promises.load import ceilings, outside
from redesaude.promises.pledges import journey_budget, pledges, time_critical
from redesaude.promises.workforce import Role, roles, staff_of, works_at


def resource_outcomes(e: Evidence) -> dict[str, Outcome]:
    """Return the outcome of every promise about loads, people and stations, by its id."""
    found: dict[str, Outcome] = {}
    for row in ceilings(e.scenario):
        cases = _load(e, row.site, row.specialty, row.period, row.area)
        found[row.id] = Outcome("load", row.cases, cases, max(0.0, cases - row.cases), bool(row.hard))
    for role in roles(e.scenario):
        for t, row in role.rows.items():
            needed, there = _needed(e, role, t), row.stock + sum(_hired(e, role, q) for q in range(t + 1))
            found[role.promise(_period(e, t))] = Outcome(
                "workforce", there, needed, max(0.0, needed - there), bool(row.hard)
            )
    for pledge in pledges(e.scenario) if len(e.scenario.stations) else ():
        total, achieved = _measure(e, pledge.kind, pledge.specialty, pledge.region, pledge.period)
        due = total / pledge.amount if pledge.kind == "ambulances" else total * pledge.amount
        found[pledge.id] = Outcome(pledge.kind, due, achieved, max(0.0, due - achieved), bool(pledge.hard))
    return found


def stated_resources(e: Evidence) -> Iterator[Check]:
    """Yield the checks of the tables of loads, workforce, stations and emergency."""
    yield check(N_("loads as stated"), _loads(e))
    yield check(N_("workforce as stated"), _workforce(e))
    yield check(N_("people trained and recruited within their ceilings"), _hires_beyond(e))
    yield check(N_("stations as they may be"), _stations_beyond(e))
    yield check(N_("stations as stated"), _stations(e))
    yield check(N_("emergency as stated"), _emergency(e))


def _period(e: Evidence, t: int) -> str:
    return str(e.scenario.periods["period_id"].iloc[t])


def _in_period(e: Evidence, table: pd.DataFrame, t: int) -> pd.DataFrame:
    return table[table["period_id"] == _period(e, t)]


def _load(e: Evidence, site: str, specialty: str, t: int, area: str = "") -> float:
    """Cases/year that come or are sent to a site in a specialty (or all), from outside an area or from everywhere."""
    coming = _in_period(e, journeys(e.plan), t)
    coming = coming[(coming["site_id"] == site) & ((coming["specialty_id"] == specialty) | (specialty == ALL))]
    if area:
        away = e.scenario.territories["territory_id"][outside(e.scenario, site, area)]
        coming = coming[coming["territory_id"].isin(away)]
    return float(coming["cases"].sum())


def _needed(e: Evidence, role: Role, t: int) -> float:
    """Full-time people that the open services of an area need."""
    services = _in_period(e, e.plan.openings, t)
    fixed, per_case = staff_of(e.scenario, role.role, services)
    here = works_at(e.scenario, role, services["site_id"])
    return float(((fixed + per_case * services["cases"].to_numpy(float)) * here).sum())


def _hired(e: Evidence, role: Role, t: int) -> float:
    rows = _in_period(e, e.plan.workforce, t)
    rows = rows[(rows["role_id"] == role.role) & (rows["region_id"] == role.area)]
    return float(rows[["trained", "recruited"]].to_numpy(float).sum())


def _measure(e: Evidence, kind: str, specialty: str, region: str, t: int) -> tuple[float, float]:
    """Of how many, and how many: people covered (twice), ambulances for people, cases treated in their window."""
    here, stations = in_area(e.scenario.territories, region), _in_period(e, e.plan.stations, t)
    inhabitants = people(e.scenario, t) * here
    if kind == "ambulances":
        local = stations["territory_id"].isin(e.scenario.territories["territory_id"][here])
        return float(inhabitants.sum()), float(stations["ambulances"].astype(float)[local].sum())
    once, twice = coverage(e, stations)
    if kind != "window":
        return float(inhabitants.sum()), float(inhabitants @ (once if kind == "cover" else twice))
    cases = case_matrix(e.scenario, t)[:, e.specialties.index.get_loc(specialty)] * here
    trips = _in_period(e, e.plan.assignments, t)
    soon = trips[trips["specialty_id"] == specialty]
    soon = soon[soon["minutes"] <= journey_budget(e.scenario)[specialty] + 1e-9]
    share = soon.groupby("territory_id")["share"].sum().reindex(e.scenario.territories["territory_id"], fill_value=0.0)
    return float(cases.sum()), float(cases @ np.minimum(share.to_numpy(float), once))


def coverage(e: Evidence, stations: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return whether each territory is reached by an open station, and by two ambulances, 0 or 1.

    ``stations`` are rows of the plan's table of them, all of one period.
    """
    order = e.scenario.stations["station_id"]
    opened = order.isin(stations["station_id"]).to_numpy(bool)
    near = e.reach[:, opened]
    ambulances = (
        stations["ambulances"]
        .astype(float)
        .groupby(stations["station_id"])
        .sum()
        .reindex(order[opened])
        .to_numpy(float)
    )
    return near.any(axis=1).astype(float), (near @ ambulances > 1.5).astype(float)


def _loads(e: Evidence) -> list[float]:
    stated = {(r.site_id, r.specialty_id, r.area, r.period_id): r for r in rows_of(e.plan.loads)}
    due = {(c.site, c.specialty, c.area, _period(e, c.period)): c for c in ceilings(e.scenario)}
    apart = flags([stated.keys() != due.keys()])
    for key in due.keys() & stated.keys():
        row, c = stated[key], due[key]
        cases = _load(e, c.site, c.specialty, c.period, c.area)
        over = max(0.0, cases - c.cases)
        every = _load(e, c.site, c.specialty, c.period)
        price = 0.0 if c.hard else c.price * float(e.appraisal.phases.annuities[c.period])
        figures = (
            (row.ceiling, c.cases),
            (row.from_outside, cases),
            (row.all_cases, every),
            (row.today, c.today),
            (row.excess, over),
            (row.npv, price * row.excess),
        )
        met = over <= TOLERANCE * max(c.cases, 1.0)
        apart += [*_apart(figures), float((bool(row.hard), bool(row.met)) != (bool(c.hard), met))]
    return apart


def _workforce(e: Evidence) -> list[float]:
    stated = {(r.role_id, r.region_id, r.period_id): r for r in rows_of(e.plan.workforce)}
    due = {(r.role, r.area, _period(e, t)): (r, t) for r in roles(e.scenario) for t in r.rows}
    apart = flags([stated.keys() != due.keys()])
    for key in due.keys() & stated.keys():
        row, (role, t) = stated[key], due[key]
        needed, stock = _needed(e, role, t), float(role.rows[t].stock)
        there = stock + sum(_hired(e, role, q) for q in range(t + 1))
        figures = (row.need, needed), (row.stock, stock), (row.available, there), (row.short, max(0.0, needed - there))
        binding = needed > 0 and needed >= there - TOLERANCE * max(there, 1.0)
        apart += [*_apart(figures), float(bool(row.binding) != binding)]
    return apart


def _apart(figures: tuple[tuple[float, float], ...]) -> Iterator[float]:
    """Yield the relative distance of each pair; two blanks are equal."""
    for found, due in figures:
        yield 0.0 if np.isnan(found) and np.isnan(due) else abs(found - due) / max(abs(due), 1.0)


def _hires_beyond(e: Evidence) -> list[float]:
    stated = {(r.role_id, r.region_id, r.period_id): r for r in rows_of(e.plan.workforce)}
    beyond = []
    for role in roles(e.scenario):
        for t, most in role.rows.items():
            row = stated.get((role.role, role.area, _period(e, t)))
            if row is not None:
                beyond += [row.trained - most.training_max, row.recruited - most.recruitment_max]
                beyond += [-row.trained, -row.recruited]
    return beyond


def _stations_beyond(e: Evidence) -> list[float]:
    """Ambulances outside what a station may have, kept stations that are closed, stations twice or unknown."""
    stated = {row.station_id: row for row in rows_of(e.scenario.stations)}
    rows = e.plan.stations
    beyond = [
        float(len(rows[rows.duplicated(["station_id", "period_id"])])),
        float(len(set(rows["station_id"]) - {*stated})),
    ]
    for row in rows_of(rows[rows["station_id"].isin(list(stated))]):
        most, least = stated[row.station_id].ambulances_max, stated[row.station_id].ambulances_min
        beyond += [row.ambulances - most, least - row.ambulances, abs(row.ambulances - round(row.ambulances))]
    opened = set(zip(rows["station_id"], rows["period_id"], strict=True))
    kept = [name for name, row in stated.items() if row.status == "kept"]
    return beyond + flags((name, period) not in opened for name in kept for period in e.scenario.periods["period_id"])


def _stations(e: Evidence) -> list[float]:
    stated = e.scenario.stations.set_index("station_id")
    place = {name: n for n, name in enumerate(stated.index)}
    phases = e.appraisal.phases
    apart: list[float] = []
    for t in range(len(e.scenario.periods)):
        inhabitants = people(e.scenario, t)
        for row in rows_of(_in_period(e, e.plan.stations, t)):
            if row.station_id in place:
                status = "new" if stated["status"][row.station_id] == "candidate" else "existing"
                where = stated["territory_id"][row.station_id]
                within = float(inhabitants @ e.reach[:, place[row.station_id]])
                apart += [
                    float((row.status, row.territory_id) != (status, where)),
                    *_apart(((row.people_within, within),)),
                ]
    for name, rows in e.plan.stations.groupby("station_id"):
        if name in place:
            npv = sum(float(phases.worth(flow)) for _, flow in station_flows(e.plan, phases, str(name)))
            apart += _apart(((float(rows["npv"].sum()), npv),))
    return apart


def _emergency(e: Evidence) -> list[float]:
    """How far each row is from what stations and assignments make it; infinite if one is missing."""
    stated = {(r.measure, r.specialty_id, r.region_id, r.period_id): r for r in rows_of(e.plan.emergency)}
    if not len(e.scenario.stations):
        return flags([bool(stated)])
    asked = {(p.kind, p.specialty, p.region, p.period): p.amount for p in pledges(e.scenario)}
    kinds = [("cover", ""), ("double_cover", ""), ("ambulances", "")]
    kinds += [("window", specialty) for specialty in time_critical(e.scenario)]
    places = [(r, t) for r in (ALL, *sorted(set(e.region))) for t in range(len(e.scenario.periods))]
    due = {(*kind, r, _period(e, t)): (*kind, r, t) for kind in kinds for r, t in places}
    if stated.keys() != due.keys():
        return [np.inf]
    apart: list[float] = []
    for key, where in due.items():
        row, (total, achieved) = stated[key], _measure(e, *where)
        amount, counted = asked.get(where, np.nan), where[0] == "ambulances"
        target = total / amount if counted else amount
        share = achieved / total if total and not counted else np.nan
        enough = achieved if counted else share
        met = "" if np.isnan(target) or np.isnan(enough) else ("yes" if enough >= target - TOLERANCE else "no")
        figures = (row.total, total), (row.achieved, achieved), (row.share, share), (row.target, target)
        apart += [float(row.met != met), *_apart(figures)]
    return apart
