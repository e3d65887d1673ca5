"""Centres: at most so many sites with a specialty open in a region, a macro-region or the whole area."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np
import pandas as pd

from redesaude.finance.phases import Phases
from redesaude.inputs.areas import area_name, areas, in_area
from redesaude.inputs.scenario import Scenario, homes, rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_, Said, said
from redesaude.promises.advice import Cell, cells_in
from redesaude.promises.kind import Draft, Parts, Put, RowKind, Word, by_period, names_of
from redesaude_models.counts import CountLimit
from redesaude_models.problem import PlanningProblem


@dataclass(frozen=True)
class CentreLimit:
    """One limit spelled out: ``period`` is a position, ``region`` as in ``in_area``, ``price`` by centre and year.

    ``from_year`` is the calendar year from which it is due, NaN where only its period is stated.
    """

    id: str
    specialty: str
    region: str
    period: int
    centres: float
    hard: bool
    price: float
    from_year: float = math.nan


def centre_limits(scenario: Scenario) -> Iterator[CentreLimit]:
    """Yield the rows of ``centre_limits`` by specialty, area and period; one stated twice is hard if either is."""
    found: dict[str, CentreLimit] = {}
    for row in rows_of(scenario.centre_limits):
        named = scenario.specialties["specialty_id"] if row.specialty_id == ALL else [row.specialty_id]
        places = areas(scenario.territories, row.region_id)
        for specialty, region, (t, suffix) in product(named, places, by_period(scenario, row.period_id, row.from_year)):
            name = f"centres|{specialty}|{region}|{row.centres:g}{suffix}"
            hard = bool(row.hard) or (name in found and found[name].hard)
            price = 0.0 if hard else float(row.price)
            found[name] = CentreLimit(name, str(specialty), region, t, float(row.centres), hard, price, row.from_year)
    yield from found.values()


class Centres(RowKind):
    """Most centres of a specialty in an area."""

    words: ClassVar = {"centres": Word(N_("Centres in an area"), N_("at most this many sites with it open"), "number")}
    heading = N_("Centres by area")
    line = "shortfall_count"
    model = CountLimit

    def promised(self, problem: PlanningProblem, draft: Draft) -> Iterable[CountLimit]:
        """Return the limits over the services that stand in each area."""
        territory, specialty = homes(draft.scenario)[problem.services.site], problem.services.specialty
        for limit in centre_limits(draft.scenario):
            here = in_area(draft.scenario.territories, limit.region)
            inside = np.where(territory >= 0, here[territory], limit.region == ALL)
            mine = np.flatnonzero(inside & (specialty == problem.specialties.ids.index(limit.specialty)))
            price = limit.price * float(draft.phases.annuities[limit.period])
            yield CountLimit(limit.id, limit.period, limit.hard, price, limit.centres, mine)

    def stated(self, scenario: Scenario) -> Mapping[str, CentreLimit]:
        """Return the limits by id."""
        return {limit.id: limit for limit in centre_limits(scenario)}

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the price of one centre above each limit throughout the period."""
        for limit in centre_limits(scenario):
            yield limit.id, limit.price * float(phases.annuities[limit.period])

    def parts(self, scenario: Scenario, openings: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield nothing: specialty, region and period say it all."""
        yield from ()

    def about(self, _: PlanningProblem, promise: CountLimit, stated: CentreLimit) -> tuple[str, str, str]:
        """Return the specialty and the area."""
        return "centres", stated.specialty, stated.region

    def cells(self, put: Put, promise: CountLimit, stated: CentreLimit, short: float) -> Iterable[Cell]:
        """Raise the number."""
        needed = math.ceil(promise.most + short - 1e-6)
        about = {"specialty_id": stated.specialty, "region_id": stated.region, "centres": stated.centres}
        return cells_in(put.scenario, "centre_limits", "centres", (needed, True), **about)

    def sentence(self, put: Put, promise: CountLimit, stated: CentreLimit, short: float) -> Said:
        """Say how many are needed."""
        return said(
            N_(
                "{specialty} in {region}: centres on the sheet centre_limits is {limit:,.0f}; centres needed: "
                "{needed:,.0f}. Type {needed:,.0f} in it or let it be elastic."
            ),
            specialty=names_of(put.scenario.specialties, "specialty")[stated.specialty],
            region=area_name(put.scenario.territories, stated.region),
            limit=promise.most,
            needed=math.ceil(promise.most + short - 1e-6),
        )
