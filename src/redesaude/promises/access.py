"""Access: a share of the cases of a specialty treated within the travel standard, in the whole area or in a region."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from redesaude.finance.phases import Phases
from redesaude.inputs.areas import area_name, areas, in_area
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_, Said, said
from redesaude.promises.advice import Cell, cells_in
from redesaude.promises.kind import Draft, Parts, Put, RowKind, Word, by_period
from redesaude_models.access import AccessPromise
from redesaude_models.arrays import Ints
from redesaude_models.problem import PlanningProblem

#: the sheet that states them
SHEET = "access_targets"


@dataclass(frozen=True)
class Target:
    """One access promise spelled out: ``specialty`` and ``period`` are positions, ``region`` as in ``in_area``.

    ``from_year`` is the calendar year from which it is due, NaN where only its period is stated.
    """

    id: str
    specialty: int
    region: str
    period: int
    minutes: float
    share: float
    hard: bool
    price: float
    from_year: float = math.nan


def stated(scenario: Scenario) -> pd.DataFrame:
    """Return the rows of the sheet that states them."""
    return scenario.access_targets


def restated(scenario: Scenario, rows: pd.DataFrame) -> Scenario:
    """Return the scenario with other ``rows`` on that sheet, which stand in no cell of a workbook."""
    places = {name: place for name, place in scenario.places.items() if name != SHEET}
    return scenario.replace(access_targets=rows, places=places)


def targets_by_period(scenario: Scenario) -> Iterable[Target]:
    """Return the whole-area promise of each specialty, then the rows of ``access_targets``, spelled out by period.

    What is promised twice over is hard if either is; rows that wait for a variant promise nothing.
    """
    found: dict[str, Target] = {}
    for target in _stated(scenario):
        if target.hard or target.id not in found or not found[target.id].hard:
            found[target.id] = target
    return found.values()


def _stated(scenario: Scenario) -> Iterator[Target]:
    specialties = scenario.specialties
    ids = specialties["specialty_id"].to_list()

    def targets(s: int, region: str, minutes: float, period_id: str, row: Any) -> Iterator[Target]:
        for period, suffix in by_period(scenario, period_id, row[-1]):
            name = f"{ids[s]}|{region}|{minutes:g}|{row[0]:g}{suffix}"
            yield Target(name, s, region, period, minutes, *row)

    for s, row in enumerate(rows_of(specialties)):
        if not np.isnan(row.access_share) and not np.isnan(row.access_minutes):
            promise = row.access_share, row.access_hard, row.access_price, row.access_from_year
            yield from targets(s, ALL, row.access_minutes, "", promise)
    for row in rows_of(scenario.access_targets[scenario.access_targets["active"]]):
        chosen = specialties["specialty_id"].isin([row.specialty_id]) | (row.specialty_id == ALL)
        for s in np.flatnonzero(chosen).tolist():
            standard = specialties["access_minutes"].iloc[s] if np.isnan(row.minutes) else row.minutes
            for region in areas(scenario.territories, row.region_id):
                promise = row.share, row.hard, row.price, row.from_year
                yield from targets(s, region, float(standard), row.period_id, promise)


class Access(RowKind):
    """Shares of cases within the standard."""

    words: ClassVar = {"access": Word(N_("Access"), N_("at least this share of cases within the travel standard"))}
    heading, always = N_("Access promises"), True
    line, check = "shortfall_access", N_("hard access promises kept")
    model = AccessPromise

    def promised(self, problem: PlanningProblem, draft: Draft) -> Iterable[AccessPromise]:
        """Return the promises over the demands and journeys of ``problem``."""
        demand, journeys, scenario = problem.demand, problem.journeys, draft.scenario
        first = np.searchsorted(journeys.demand, np.arange(len(demand.territory) + 1))  # they are ordered by demand
        promises: dict[str, AccessPromise] = {}
        for target in targets_by_period(scenario):
            here = in_area(scenario.territories, target.region)
            demands = np.flatnonzero((demand.specialty == target.specialty) & here[demand.territory])
            if not len(demands):
                continue  # nobody to promise to
            reached = _ranges(first[demands], first[demands + 1])
            promises[target.id] = AccessPromise(
                id=target.id,
                specialty=target.specialty,
                region=target.region,
                minutes=target.minutes,
                period=target.period,
                share=target.share,
                demands=demands,
                journeys=reached[journeys.minutes[reached] <= target.minutes + 1e-9],
                hard=target.hard,
                price=0.0 if target.hard else target.price * float(draft.phases.annuities[target.period]),
            )
        return promises.values()

    def stated(self, scenario: Scenario) -> Mapping[str, Target]:
        """Return the targets by id."""
        return {target.id: target for target in targets_by_period(scenario)}

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the price of one yearly case outside the standard throughout the period."""
        yield from (
            (each.id, each.price * float(phases.annuities[each.period])) for each in targets_by_period(scenario)
        )

    def parts(self, scenario: Scenario, _: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield minutes and share of each target."""
        for target in targets_by_period(scenario):
            yield target.id, Parts(minutes=float(target.minutes), share=float(target.share))

    def about(self, problem: PlanningProblem, promise: AccessPromise, _: Target) -> tuple[str, str, str]:
        """Return the specialty and the region."""
        return "access", problem.specialties.ids[promise.specialty], promise.region

    def cells(self, put: Put, promise: AccessPromise, stated: Target, short: float) -> Iterable[Cell]:
        """Lower the share, on each sheet that states it."""
        specialty = put.scenario.specialties.iloc[stated.specialty]
        share, code = (_possible(put, promise, short), False), specialty["specialty_id"]
        own = {"specialty_id": code, "access_minutes": stated.minutes, "access_share": stated.share}
        if stated.region == ALL:
            yield from cells_in(put.scenario, "specialties", "access_share", share, **own)
        about = {"specialty_id": code, "region_id": stated.region, "share": stated.share, "active": True}
        for minutes in (stated.minutes, *([math.nan] if stated.minutes == specialty["access_minutes"] else [])):
            yield from cells_in(put.scenario, SHEET, "share", share, minutes=minutes, **about)

    def sentence(self, put: Put, promise: AccessPromise, _: Target, short: float) -> Said:
        """Say which share is possible."""
        return said(
            N_(
                "{specialty}, region {region}: the promise of {share:.0%} of cases within {minutes:.0f} minutes "
                "cannot be kept; {short:,.0f} cases a year stay outside. "
                "Lower access_share to {possible:.1%} (share on the sheet access_targets) or let it be elastic."
            ),
            specialty=put.scenario.specialties["name"].iloc[promise.specialty],
            region=area_name(put.scenario.territories, promise.region),
            share=promise.share,
            minutes=promise.minutes,
            short=short,
            possible=_possible(put, promise, short),
        )


def _possible(put: Put, promise: AccessPromise, short: float) -> float:
    """The share that can be promised, in thousandths."""
    total = float(put.problem.demand.cases[promise.demands, promise.period].sum())
    return math.floor(max(0.0, promise.share - short / total) * 1000 + 1e-6) / 1000


def _ranges(start: Ints, end: Ints) -> Ints:
    """Return the whole numbers from each start to its end (not included), one range after the other."""
    length = end - start
    before = np.cumsum(length) - length
    return np.asarray(np.arange(length.sum()) + np.repeat(start - before, length), dtype=np.int64)
