"""Emergency: people reached in time, ambulances for them, and time-critical cases treated in their window."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pandas as pd

from redesaude.finance.phases import Phases
from redesaude.inputs.areas import area_name, in_area
from redesaude.inputs.scenario import Scenario, positions
from redesaude.inputs.tables import ALL
from redesaude.language import N_, Said, said
from redesaude.promises.advice import Cell, cells_in
from redesaude.promises.emergency_tables import emergency_table, station_table
from redesaude.promises.kind import Draft, Line, Parts, Put, RowKind, Word, npv_by_period
from redesaude.promises.pledges import Pledge, pledges
from redesaude_models.arrays import Flags, Ints
from redesaude_models.emergency import EmergencyPromise, starts
from redesaude_models.problem import Decisions, PlanningProblem


class Emergency(RowKind):
    """Promises about stations."""

    words: ClassVar = {
        "cover": Word(N_("People reached"), N_("at least this many people reached within the standard"), "number"),
        "double_cover": Word(
            N_("Reached twice"), N_("at least this many people reached by a second ambulance"), "number"
        ),
        "ambulances": Word(N_("Ambulances"), N_("at least this many ambulances")),
        "window": Word(
            N_("In the window"), N_("at least this many time-critical cases a year treated in their window")
        ),
    }
    heading = N_("Emergency network")
    line, check = "shortfall_emergency", N_("hard emergency promises kept")
    model = EmergencyPromise
    answers: ClassVar = {"stations": "stations", "emergency": "stations"}

    def promised(self, problem: PlanningProblem, draft: Draft) -> Iterable[EmergencyPromise]:
        """Return the promises over stations, people and demand; nothing where there are no stations."""
        for pledge in pledges(draft.scenario) if problem.emergency.stations else ():
            rows, due = _counted(problem, draft, pledge)
            price = pledge.price * float(draft.phases.annuities[pledge.period])
            yield EmergencyPromise(pledge.id, pledge.period, bool(pledge.hard), price, pledge.kind, due, rows)

    def stated(self, scenario: Scenario) -> Mapping[str, Pledge]:
        """Return the pledges by id."""
        return {pledge.id: pledge for pledge in pledges(scenario)}

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the price of one person, ambulance or yearly case short throughout the period."""
        yield from ((each.id, each.price * float(phases.annuities[each.period])) for each in pledges(scenario))

    def parts(self, scenario: Scenario, openings: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield nothing: specialty, region and period say it all."""
        yield from ()

    def about(self, _: PlanningProblem, promise: EmergencyPromise, stated: Pledge) -> tuple[str, str, str]:
        """Return what is promised, the specialty of a window, and the region."""
        return promise.kind, stated.specialty, stated.region

    def tidied(self, _: PlanningProblem, decisions: Decisions) -> Decisions:
        """Return ``decisions`` with ambulances at open stations only."""
        response = decisions.response
        return replace(
            decisions, response=replace(response, ambulances=np.where(response.open, response.ambulances, 0.0))
        )

    def lines(self, put: Put, decisions: Decisions) -> Iterator[Line]:
        """Yield the cost of stations and ambulances, and the price of what is short."""
        e, response, periods = put.problem.emergency, decisions.response, put.problem.periods
        if e.stations:
            yield from npv_by_period(periods, "station_works", e.works * starts(put.problem, decisions))
            yield from npv_by_period(periods, "station_running", e.running * response.open.astype(float))
            yield from npv_by_period(periods, "ambulances", e.ambulance * response.ambulances)
        yield from super().lines(put, decisions)

    def sentence(self, put: Put, promise: EmergencyPromise, stated: Pledge, short: float) -> Said:
        """Say how much is missing."""
        region = area_name(put.scenario.territories, stated.region)
        common = {"promise": promise.kind, "region": region, "short": short, "due": promise.amount}
        possible = _possible(promise, stated, short)
        if math.isinf(possible):
            return said(_NONE_AT_ALL, **common)
        return said(_SHARE if stated.kind != "ambulances" else _PEOPLE, **common, possible=possible)

    def cells(self, put: Put, promise: EmergencyPromise, stated: Pledge, short: float) -> Iterable[Cell]:
        """Lower the promise: a smaller share, or more people for each ambulance."""
        possible, about = _possible(promise, stated, short), {"promise": stated.kind, "active": True}
        about |= {"region_id": stated.region, "specialty_id": stated.specialty or ALL}
        if stated.kind != "ambulances":
            return cells_in(put.scenario, "emergency", "share", (possible, False), share=stated.amount, **about)
        if math.isinf(possible):
            return ()
        people = (possible, True)
        return cells_in(
            put.scenario, "emergency", "people_per_ambulance", people, people_per_ambulance=stated.amount, **about
        )

    def tables(self, put: Put, decisions: Decisions) -> Mapping[str, pd.DataFrame]:
        """Return the open stations and what they achieve."""
        return {"stations": station_table(put, decisions), "emergency": emergency_table(put, decisions)}


_SHARE = N_(
    "The promise {promise} of the emergency network in {region} misses {short:,.1f} of {due:,.1f}. "
    "Add stations or ambulances, type {possible:.4g} in its share, or let it be elastic."
)
_PEOPLE = N_(
    "The promise {promise} of the emergency network in {region} misses {short:,.1f} of {due:,.1f}. "
    "Add stations or ambulances, type {possible:.12g} in its people_per_ambulance, or let it be elastic."
)
_NONE_AT_ALL = N_(
    "The promise {promise} of the emergency network in {region} misses {short:,.1f} of {due:,.1f}. "
    "Add stations or ambulances, or let it be elastic."
)


def _possible(promise: EmergencyPromise, stated: Pledge, short: float) -> float:
    """The share, or the people for each ambulance, at which nothing is short; infinite where there is no ambulance."""
    kept = max(promise.amount - short, 0.0) / promise.amount
    if stated.kind != "ambulances":
        return math.floor(stated.amount * kept * 1e4 + 1e-6) / 1e4
    return float(math.ceil(stated.amount / kept - 1e-6)) if kept else math.inf


def _counted(problem: PlanningProblem, draft: Draft, pledge: Pledge) -> tuple[Ints, float]:
    """The rows that a promise counts, and what it asks for."""
    scenario, e = draft.scenario, problem.emergency
    here = in_area(scenario.territories, pledge.region)
    total = float(draft.inhabitants[here, pledge.period].sum())
    if pledge.kind == "ambulances":
        stands = positions(scenario.territories["territory_id"], scenario.stations["territory_id"])
        return np.flatnonzero(here[stands]), total / pledge.amount
    if pledge.kind == "window":
        return _cases(problem, pledge, here)
    return np.flatnonzero(here[e.territory]), pledge.amount * total


def _cases(problem: PlanningProblem, pledge: Pledge, here: Flags) -> tuple[Ints, float]:
    demand, specialty = problem.demand, problem.specialties.ids.index(pledge.specialty)
    mine = here[demand.territory] & (demand.specialty == specialty)
    rows = np.flatnonzero(mine[problem.emergency.timely])
    return rows, pledge.amount * float(demand.cases[mine, pledge.period].sum())
