"""Programme: what all specialties together reach or take: access, healthy years, travel, services open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from redesaude.finance.phases import Phases
from redesaude.inputs.areas import area_name, areas, in_area
from redesaude.inputs.scenario import Scenario, homes, rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_, Said, said
from redesaude.promises.advice import Cell, cells_in
from redesaude.promises.kind import Draft, Parts, Put, RowKind, Word, by_period
from redesaude_models.arrays import Flags, Floats
from redesaude_models.problem import PlanningProblem
from redesaude_models.programme import GainTarget, ProgrammeTarget, ServiceLimit, TravelLimit

#: the sheet that states them
SHEET = "programme_targets"
ACCESS, HEALTHY_YEARS, TRAVEL, SERVICES = "access", "healthy_years", "travel", "services"

#: by measure: the word of the table of promises
WORDS: Mapping[str, str] = {
    ACCESS: "access_in_all",
    HEALTHY_YEARS: "healthy_years",
    TRAVEL: "travel_hours",
    SERVICES: "services_open",
}


@dataclass(frozen=True)
class ProgrammeRow:
    """One target spelled out: ``period`` is a position, ``amount`` as typed (of access a share, 0-1)."""

    id: str
    measure: str
    region: str
    period: int
    amount: float
    hard: bool
    price: float


def programme_targets(scenario: Scenario) -> Iterator[ProgrammeRow]:
    """Yield the rows of the sheet by area and period; one stated twice is hard if either is."""
    found: dict[str, ProgrammeRow] = {}
    table = scenario.programme_targets
    for row in rows_of(table[table["active"].astype(bool)]):
        for region in areas(scenario.territories, row.region_id):
            for t, suffix in by_period(scenario, row.period_id):
                name = f"programme|{row.measure}|{region}|{row.amount:.12g}{suffix}"
                hard = bool(row.hard) or (name in found and found[name].hard)
                price = 0.0 if hard else float(row.price)
                found[name] = ProgrammeRow(name, row.measure, region, t, float(row.amount), hard, price)
    yield from found.values()


@dataclass(frozen=True)
class Gains:
    """What a yearly case gains by specialty: ``treated``, sent ``away``, and more where treated ``within`` its
    standard; ``counted`` are the specialties whose cases count. Healthy years, or cases within the standard.
    """

    treated: Floats
    away: Floats
    within: Floats
    counted: Flags


def gains_of(scenario: Scenario, measure: str) -> Gains:
    """Return the gains of ``access`` (a case within the standard counts 1) or of ``healthy_years``.

    Of access only specialties that state a standard count; where none is stated all who are treated are in time, as in
    :mod:`redesaude.plan.benefits`.
    """
    table = scenario.specialties
    standard = table["access_minutes"].notna().to_numpy(bool)
    none = np.zeros(len(table))
    if measure == ACCESS:
        return Gains(none, none, standard.astype(float), standard)
    best, late = (table[name].fillna(0.0).to_numpy(float) for name in ("dalys_in_time", "dalys_late"))
    treated = np.where(standard, late, best)
    away = late * scenario.settings.away_gain_share
    return Gains(treated, away, np.where(standard, best - late, 0.0), np.ones(len(table), dtype=bool))


def hours_of(scenario: Scenario) -> Floats:
    """Return by specialty the hours of all who travel for a yearly case, for each minute one way."""
    trips = scenario.specialties["trips_per_case"].to_numpy(float)
    return np.asarray(2.0 * trips * scenario.settings.companions / 60.0)


class Programme(RowKind):
    """Targets of all specialties together."""

    words: ClassVar = {
        WORDS[ACCESS]: Word(N_("Access of all"), N_("at least this many cases a year within the standards"), "number"),
        WORDS[HEALTHY_YEARS]: Word(N_("Healthy years"), N_("at least this many gained a year"), "number"),
        WORDS[TRAVEL]: Word(N_("Hours on the road"), N_("at most this many a year, with companions"), "number"),
        WORDS[SERVICES]: Word(N_("Services open"), N_("at most this many of all specialties"), "number"),
    }
    heading = N_("Targets of the programme")
    line = "shortfall_programme"
    model = ProgrammeTarget

    def promised(self, problem: PlanningProblem, draft: Draft) -> Iterable[ProgrammeTarget]:
        """Return the targets over the demands, journeys and services of ``problem``."""
        for row in programme_targets(draft.scenario):
            price = row.price * float(draft.phases.annuities[row.period])
            yield _target(problem, draft.scenario, row, price)

    def stated(self, scenario: Scenario) -> Mapping[str, ProgrammeRow]:
        """Return the targets by id."""
        return {row.id: row for row in programme_targets(scenario)}

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the price of one unit short of each target, each year of the period."""
        for row in programme_targets(scenario):
            yield row.id, row.price * float(phases.annuities[row.period])

    def parts(self, scenario: Scenario, openings: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield the share of each target of access."""
        for row in programme_targets(scenario):
            if row.measure == ACCESS:
                yield row.id, Parts(share=row.amount)

    def about(self, _: PlanningProblem, promise: ProgrammeTarget, stated: ProgrammeRow) -> tuple[str, str, str]:
        """Return the measure and the area."""
        return WORDS[stated.measure], "", stated.region

    def cells(self, put: Put, promise: ProgrammeTarget, stated: ProgrammeRow, short: float) -> Iterable[Cell]:
        """Type what is possible."""
        possible = _possible(promise, stated, short)
        about = {"measure": stated.measure, "region_id": stated.region, "amount": stated.amount, "active": True}
        return cells_in(put.scenario, SHEET, "amount", (possible, not promise.least), **about)

    def sentence(self, put: Put, promise: ProgrammeTarget, stated: ProgrammeRow, short: float) -> Said:
        """Say which amount is possible."""
        return said(
            N_(
                "{measure} on the sheet programme_targets, {region}: amount is {amount:g}, which cannot be kept. "
                "Type {possible:g} in it or let it be elastic."
            ),
            measure=stated.measure,
            region=area_name(put.scenario.territories, stated.region),
            amount=stated.amount,
            possible=_possible(promise, stated, short),
        )


def _target(problem: PlanningProblem, scenario: Scenario, row: ProgrammeRow, price: float) -> ProgrammeTarget:
    demand, journeys = problem.demand, problem.journeys
    here = in_area(scenario.territories, row.region)
    common = row.id, row.period, row.hard, price, row.amount
    if row.measure == SERVICES:
        home = homes(scenario)[problem.services.site]
        return ServiceLimit(*common, np.flatnonzero(np.where(home >= 0, here[home], row.region == ALL)))
    if row.measure == TRAVEL:
        return TravelLimit(*common, np.flatnonzero(here[demand.territory[journeys.demand]]), hours_of(scenario))
    gains = gains_of(scenario, row.measure)
    mine = here[demand.territory] & gains.counted[demand.specialty]
    standard = scenario.specialties["access_minutes"].to_numpy(float)[demand.specialty[journeys.demand]]
    near = mine[journeys.demand] & (journeys.minutes <= standard + 1e-9)
    due = row.amount * (float(demand.cases[mine, row.period].sum()) if row.measure == ACCESS else 1.0)
    rows = np.flatnonzero(mine), np.flatnonzero(near)
    return GainTarget(*common[:-1], due, *rows, gains.treated, gains.away, gains.within)


def _possible(promise: ProgrammeTarget, stated: ProgrammeRow, short: float) -> float:
    """The amount that can be kept, rounded to the safe side."""
    if stated.measure == ACCESS:
        due = max(promise.amount, 1e-12)
        return max(0.0, math.floor(stated.amount * (1.0 - short / due) * 1000 + 1e-6) / 1000)
    if promise.least:
        return float(max(0, math.floor(stated.amount - short + 1e-6)))
    return float(math.ceil(stated.amount + short - 1e-6))
