"""Pilots: a contract that runs a few sites first, and more only from a year on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from redesaude.finance.phases import Phases
from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.language import N_, Said, said
from redesaude.promises.advice import Cell, cells_in
from redesaude.promises.kind import Draft, Parts, Put, RowKind, Word, by_period, names_of
from redesaude_models.counts import SiteLimit
from redesaude_models.problem import PlanningProblem


@dataclass(frozen=True)
class Pilot:
    """One limit spelled out: ``period`` is a position, ``price`` by site and year."""

    id: str
    contract: str
    period: int
    sites: float
    hard: bool
    price: float


def pilots(scenario: Scenario) -> Iterator[Pilot]:
    """Yield the active rows of ``pilots`` in each period that begins before the contract may be extended."""
    begins = scenario.periods["first_year"].to_numpy(float)
    for row in rows_of(scenario.pilots[scenario.pilots["active"]]):
        for t, suffix in by_period(scenario, ""):
            if begins[t] < row.extend_from:
                price = 0.0 if row.hard else float(row.price)
                name = f"pilot|{row.contract_id}{suffix}"
                yield Pilot(name, str(row.contract_id), t, float(row.sites), bool(row.hard), price)


class Pilots(RowKind):
    """Most sites under a contract before it is extended."""

    words: ClassVar = {
        "pilot": Word(N_("Pilot of a contract"), N_("at most this many sites before it is extended"), "number")
    }
    heading = N_("Pilots")
    line = "shortfall_count"
    model = SiteLimit

    def promised(self, problem: PlanningProblem, draft: Draft) -> Iterable[SiteLimit]:
        """Return the limits over the sites that each contract may run."""
        for pilot in pilots(draft.scenario):
            mine = np.flatnonzero(problem.hosting.contract == problem.contracts.index(pilot.contract))
            price = pilot.price * float(draft.phases.annuities[pilot.period])
            yield SiteLimit(pilot.id, pilot.period, pilot.hard, price, pilot.sites, mine)

    def stated(self, scenario: Scenario) -> Mapping[str, Pilot]:
        """Return the limits by id."""
        return {pilot.id: pilot for pilot in pilots(scenario)}

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the price of one site above each limit throughout the period."""
        for pilot in pilots(scenario):
            yield pilot.id, pilot.price * float(phases.annuities[pilot.period])

    def parts(self, scenario: Scenario, openings: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield the contract of each limit."""
        for pilot in pilots(scenario):
            yield pilot.id, Parts(limit_id=pilot.contract)

    def about(self, _: PlanningProblem, promise: SiteLimit, stated: Pilot) -> tuple[str, str, str]:
        """Return the word alone: it is about all specialties, everywhere."""
        return "pilot", "", ""

    def cells(self, put: Put, promise: SiteLimit, stated: Pilot, short: float) -> Iterable[Cell]:
        """Raise the number."""
        needed = math.ceil(promise.most + short - 1e-6)
        return cells_in(put.scenario, "pilots", "sites", (needed, True), contract_id=stated.contract)

    def sentence(self, put: Put, promise: SiteLimit, stated: Pilot, short: float) -> Said:
        """Say how many sites are needed."""
        return said(
            N_(
                "{contract}: sites on the sheet pilots is {limit:,.0f} until it is extended; sites needed: "
                "{needed:,.0f}. Type {needed:,.0f} in it, an earlier extend_from, or let it be elastic."
            ),
            contract=names_of(put.scenario.contracts, "contract")[stated.contract],
            limit=promise.most,
            needed=math.ceil(promise.most + short - 1e-6),
        )
