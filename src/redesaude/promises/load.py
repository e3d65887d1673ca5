"""Load: at most so many cases a year come to a hub from outside its region or macro-region."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from redesaude.columns import LOADS
from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario, due_in, homes, in_each_period
from redesaude.inputs.tables import ALL
from redesaude.language import N_, Said, said
from redesaude.promises.advice import Cell, cells_in
from redesaude.promises.kind import Draft, Parts, Put, RowKind, Word, names_of
from redesaude_models.arrays import Flags
from redesaude_models.loads import LoadCeiling
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.tiers import transfers_into

#: the sheet that states them, and what names a row of it
SHEET = "load_ceilings"
KEY = ("site_id", "specialty_id", "area")


@dataclass(frozen=True)
class Ceiling:
    """One ceiling spelled out: ``period`` is a position, ``cases`` and ``today`` (NaN: not stated) are per year.

    ``from_year`` is the calendar year from which it is due, NaN where only its period is stated.
    """

    id: str
    site: str
    specialty: str
    area: str
    period: int
    cases: float
    today: float
    hard: bool
    price: float
    from_year: float = math.nan


def ceilings(scenario: Scenario) -> Iterator[Ceiling]:
    """Yield the rows of ``load_ceilings``, one for each period."""
    periods = scenario.periods["period_id"]
    for t, row in in_each_period(scenario.load_ceilings, KEY, periods):
        if not due_in(scenario, t, row.from_year):
            continue
        name = f"load|{row.site_id}|{row.specialty_id}|{row.area}|{periods.iloc[t]}"
        price = 0.0 if row.hard else row.price
        numbers = (row.cases, row.today_cases, row.hard, price, row.from_year)
        yield Ceiling(name, row.site_id, row.specialty_id, row.area, t, *numbers)


def uncharged(scenario: Scenario) -> Scenario:
    """Return the scenario with its ceilings reported, but neither hard nor priced."""
    return scenario.replace(load_ceilings=scenario.load_ceilings.assign(hard=False, price=0.0))


def outside(scenario: Scenario, site: str, area: str) -> Flags:
    """Return which territories lie outside the region (or macro-region) of a site, shape ``(territories,)``."""
    territories = scenario.territories.set_index("territory_id")
    home = scenario.sites.set_index("site_id")["territory_id"][site]
    return np.asarray(territories[f"{area}_id"] != territories[f"{area}_id"][home], dtype=bool)


class Load(RowKind):
    """Ceilings at hubs."""

    words: ClassVar = {
        "load": Word(N_("Load ceiling"), N_("at most this many cases a year from outside the hub's area"))
    }
    heading = N_("Load ceilings")
    line, check = "shortfall_load", N_("hard load ceilings kept")
    model = LoadCeiling
    answers: ClassVar = {"loads": SHEET}

    def promised(self, problem: PlanningProblem, draft: Draft) -> Iterable[LoadCeiling]:
        """Return the ceilings over journeys and transfers.

        Transfers are counted as coming from where the service stands that sends them.
        """
        scenario, demand, services = draft.scenario, problem.demand, problem.services
        journeys, tiers = problem.journeys, problem.tiers
        sites = pd.Index(scenario.sites["site_id"])
        names = scenario.specialties["specialty_id"].to_numpy(str)
        specialties, tiers_of = names[demand.specialty[journeys.demand]], services.specialty[tiers.source]
        home = homes(scenario)
        for row in ceilings(scenario):
            coming = services.site[journeys.service] == sites.get_loc(row.site)
            away = outside(scenario, row.site, row.area)
            coming &= away[demand.territory[journeys.demand]]
            coming &= (specialties == row.specialty) | (row.specialty == ALL)
            sent = services.site[tiers.target] == sites.get_loc(row.site)
            sent &= away[home[services.site[tiers.source]]] & (
                (names[tiers_of] == row.specialty) | (row.specialty == ALL)
            )
            yield LoadCeiling(
                id=row.id,
                period=row.period,
                hard=row.hard,
                price=row.price * float(draft.phases.annuities[row.period]),
                limit=row.cases,
                journeys=np.flatnonzero(coming),
                transfers=np.flatnonzero(sent),
            )

    def stated(self, scenario: Scenario) -> Mapping[str, Ceiling]:
        """Return the ceilings by id."""
        return {ceiling.id: ceiling for ceiling in ceilings(scenario)}

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the price of one yearly case above each ceiling throughout the period."""
        yield from ((each.id, each.price * float(phases.annuities[each.period])) for each in ceilings(scenario))

    def parts(self, scenario: Scenario, _: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield the hub and the area whose people are not counted."""
        for ceiling in ceilings(scenario):
            yield ceiling.id, Parts(site_id=ceiling.site, area=ceiling.area)

    def about(self, _: PlanningProblem, promise: LoadCeiling, stated: Ceiling) -> tuple[str, str, str]:
        """Return the specialty, or all."""
        return "load", stated.specialty, ""

    def cells(self, put: Put, promise: LoadCeiling, stated: Ceiling, short: float) -> Iterable[Cell]:
        """Raise the ceiling."""
        needed = math.ceil(promise.limit + short - 1e-6)
        about = {"site_id": stated.site, "specialty_id": stated.specialty, "area": stated.area, "cases": stated.cases}
        return cells_in(put.scenario, SHEET, "cases", (needed, True), **about)

    def sentence(self, put: Put, promise: LoadCeiling, stated: Ceiling, short: float) -> Said:
        """Say which ceiling is possible."""
        possible = math.ceil(promise.limit + short - 1e-6)
        of = [stated.area]
        if stated.specialty != ALL:
            of.insert(0, names_of(put.scenario.specialties, "specialty")[stated.specialty])
        return said(
            N_(
                "Load ceiling at {site}: at least {short:,.0f} cases a year above the {limit:,.0f} allowed must come "
                "from outside. Type {possible:,.0f} in cases or let it be elastic."
            ),
            site=f"{names_of(put.scenario.sites, 'site')[stated.site]} ({', '.join(of)})",
            short=short,
            limit=promise.limit,
            possible=possible,
        )

    def tables(self, put: Put, decisions: Decisions) -> Mapping[str, pd.DataFrame]:
        """Return what each ceiling lets through (columns :data:`LOADS`), cases per year."""
        problem, services = put.problem, put.services
        treated = problem.demand.cases[problem.journeys.demand] * decisions.shares
        received, _ = transfers_into(problem, decisions)
        stated, rows = self.stated(put.scenario), []
        for _n, promise in self._own(problem):
            row = stated[promise.id]
            here = (services["site_id"] == row.site) & (
                (services["specialty_id"] == row.specialty) | (row.specialty == ALL)
            )
            mine = here.to_numpy(bool)
            every = float(treated[mine[problem.journeys.service], row.period].sum() + received[mine, row.period].sum())
            cases, over = promise.achieved(problem, decisions), promise.missing(problem, decisions)
            verdict = (row.hard, promise.met(problem, over), promise.price * over)
            place = (row.site, row.specialty, row.area, problem.periods[row.period])
            rows.append((*place, promise.limit, cases, every, row.today, over, *verdict))
        table = pd.DataFrame(rows, columns=list(LOADS))
        return {"loads": table.sort_values(list(LOADS[:4]), ignore_index=True) if rows else table}
