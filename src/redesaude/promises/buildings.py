"""Buildings: the beds and operating theatres of a site are one budget for all its specialties and for general work."""

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
from redesaude_models.arrays import Floats
from redesaude_models.counts import BuildingLimit
from redesaude_models.problem import PlanningProblem


@dataclass(frozen=True)
class Building:
    """One budget spelled out: ``period`` a position, ``left`` what general work leaves, ``price`` by unit and year.

    ``from_year`` is the calendar year from which it is due, NaN where only its period is stated.
    """

    id: str
    site: str
    resource: str
    period: int
    left: float
    general: float
    hard: bool
    price: float
    from_year: float = math.nan


def buildings(scenario: Scenario) -> Iterator[Building]:
    """Yield the rows of ``buildings`` by site, resource and period; a period's own row wins over one for all."""
    found: dict[str, Building] = {}
    rows = list(rows_of(scenario.buildings))
    for row in sorted(rows, key=lambda row: (row.period_id != "", row.from_year)):
        for period, suffix in by_period(scenario, row.period_id, row.from_year):
            name = f"building|{row.site_id}|{row.resource}{suffix}"
            price = 0.0 if row.hard else float(row.price)
            left = max(0.0, float(row.total - row.general))
            found[name] = Building(
                name,
                str(row.site_id),
                str(row.resource),
                period,
                left,
                float(row.general),
                bool(row.hard),
                price,
                row.from_year,
            )
    yield from found.values()


def taken(scenario: Scenario, services: pd.DataFrame, resource: str) -> Floats:
    """Return what each of ``services`` takes of a resource; one with a capacity of its own, in proportion to it.

    ``services`` has columns specialty_id, size_id and capacity.
    """
    sizes = scenario.sizes.set_index(["specialty_id", "size_id"])
    of_size = sizes.reindex(pd.MultiIndex.from_frame(services[["specialty_id", "size_id"]]))
    whole, own = of_size["capacity"].to_numpy(float), services["capacity"].to_numpy(float)
    part = np.divide(own, whole, out=np.ones(len(own)), where=whole > 0)
    return np.asarray(of_size[resource].to_numpy(float) * part)


class Buildings(RowKind):
    """Most beds and theatres that the services of a site take."""

    words: ClassVar = {
        "beds": Word(N_("Beds of a building"), N_("at most this many hospital beds beside general work"), "number"),
        "theatres": Word(
            N_("Theatres of a building"), N_("at most this many operating theatres beside general work"), "decimal"
        ),
    }
    heading = N_("Room in buildings")
    line = "shortfall_count"
    model = BuildingLimit

    def promised(self, problem: PlanningProblem, draft: Draft) -> Iterable[BuildingLimit]:
        """Return the budgets over the options of each site."""
        site = problem.services.site[problem.options.service]
        needs: dict[str, Floats] = {}
        for building in buildings(draft.scenario):
            if building.resource not in needs:
                needs[building.resource] = taken(draft.scenario, draft.options, building.resource)
            here = site == problem.sites.index(building.site)
            price = building.price * float(draft.phases.annuities[building.period])
            yield BuildingLimit(
                building.id,
                building.period,
                building.hard,
                price,
                building.left,
                np.where(here, needs[building.resource], 0.0),
            )

    def stated(self, scenario: Scenario) -> Mapping[str, Building]:
        """Return the budgets by id."""
        return {building.id: building for building in buildings(scenario)}

    def prices(self, scenario: Scenario, phases: Phases) -> Iterator[tuple[str, float]]:
        """Yield the price of one bed or theatre above each budget throughout the period."""
        for building in buildings(scenario):
            yield building.id, building.price * float(phases.annuities[building.period])

    def parts(self, scenario: Scenario, openings: pd.DataFrame) -> Iterator[tuple[str, Parts]]:
        """Yield the site of each budget."""
        for building in buildings(scenario):
            yield building.id, Parts(site_id=building.site)

    def about(self, _: PlanningProblem, promise: BuildingLimit, stated: Building) -> tuple[str, str, str]:
        """Return the resource: it is about all specialties of the site."""
        return stated.resource, "", ""

    def cells(self, put: Put, promise: BuildingLimit, stated: Building, short: float) -> Iterable[Cell]:
        """Raise the total."""
        total = math.ceil((promise.most + stated.general + short) * 10 - 1e-6) / 10
        about = {"site_id": stated.site, "resource": stated.resource, "general": stated.general}
        return cells_in(put.scenario, "buildings", "total", (total, True), **about)

    def sentence(self, put: Put, promise: BuildingLimit, stated: Building, short: float) -> Said:
        """Say how much is needed."""
        return said(
            _SENTENCES[stated.resource],
            site=names_of(put.scenario.sites, "site")[stated.site],
            left=promise.most,
            general=stated.general,
            total=promise.most + stated.general + short,
        )


_SENTENCES = {
    "beds": N_(
        "{site}: general work ({general:,.0f}) leaves {left:,.0f} hospital beds on the sheet buildings, and the "
        "services there need more. Type {total:,.1f} in its total, less in general, or let it be elastic."
    ),
    "theatres": N_(
        "{site}: general work ({general:,.1f}) leaves {left:,.1f} operating theatres on the sheet buildings, and the "
        "services there need more. Type {total:,.1f} in its total, less in general, or let it be elastic."
    ),
}
