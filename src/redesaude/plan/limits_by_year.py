"""From which year limits on centres and on room in buildings hold, where services that end run on in their period.

A plan keeps them with the services of their period. Until those open, services of today that it ends may run on beside
them (:mod:`redesaude.plan.transition`); they are centres, and take beds and theatres, as long as they do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.finance.services import timing_of
from redesaude.inputs.areas import in_area
from redesaude.inputs.tables import ALL
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.numbers import existing_services
from redesaude.promises.buildings import buildings, taken
from redesaude.promises.centres import centre_limits
from redesaude_models.arrays import Flags, Floats

Held = tuple[str, int, float, int]
"""a limit: its id, the position of its period, from when it is due (NaN: the period), the year from which it holds"""

_PLACE = ["site_id", "specialty_id"]


def limits_hold(appraisal: Appraisal) -> Iterator[Held]:
    """Yield from when each limit on centres or buildings holds, were it kept by the services of its period."""
    scenario, there = appraisal.scenario, _Running.of(appraisal)
    home = dict(zip(scenario.sites["site_id"], scenario.sites["territory_id"], strict=True))
    for limit in centre_limits(scenario):
        here = scenario.territories["territory_id"][in_area(scenario.territories, limit.region)]
        table = there.services
        mine = (table["specialty_id"] == limit.specialty) & (
            table["site_id"].map(home).isin(here) | (limit.region == ALL)
        )
        holds = there.first_year(limit.period, np.asarray(mine, dtype=np.float64), limit.centres)
        yield limit.id, limit.period, limit.from_year, holds
    for building in buildings(scenario):
        room = taken(scenario, there.services, building.resource) * (there.services["site_id"] == building.site)
        holds = there.first_year(building.period, np.asarray(room, dtype=float), building.left)
        yield building.id, building.period, building.from_year, holds


@dataclass(frozen=True)
class _Running:
    """Services of the plan, by period, and those that run on: rows with site_id, specialty_id, size_id and capacity.

    ``period`` is the position of their period (-1: of none, it runs on), and ``runs`` says in which years of the
    horizon each is there, ``(rows, years)``.
    """

    appraisal: Appraisal
    services: pd.DataFrame
    period: np.ndarray
    runs: Flags

    @classmethod
    def of(cls, appraisal: Appraisal) -> _Running:
        """Look them up in a plan."""
        openings, years = appraisal.plan.openings, np.arange(appraisal.calendar.horizon_years)
        opened = timing_of(appraisal.services(), appraisal.terms()).opened
        since = np.where(openings["change"].to_numpy(str) == "new", opened, 0.0)
        until = appraisal.meanwhile().runs_until()
        today = existing_services(appraisal.scenario)
        ends = np.array([until.get(place, 0.0) for place in zip(today["site_id"], today["specialty_id"], strict=True)])
        columns = [*_PLACE, "size_id", "capacity"]
        return cls(
            appraisal,
            pd.concat([openings[columns], today[columns]], ignore_index=True),
            np.concatenate([appraisal.period, np.full(len(today), -1)]),
            np.concatenate([since[:, None] < years + 1, ends[:, None] > years + 1e-6]),
        )

    def first_year(self, period: int, amount: Floats, most: float) -> int:
        """Return the first year of the period from which the rows there take no more than ``most`` of an ``amount``.

        A service that runs on at a place where the plan has one in the period is that one. The year after the period
        where the last one is beyond it.
        """
        own = self.period == period
        places = pd.MultiIndex.from_frame(self.services[_PLACE])
        runs_on = (self.period < 0) & ~places.isin(places[own])
        return kept_from(self.appraisal, period, (amount * (own | runs_on)) @ self.runs, most)


def kept_from(appraisal: Appraisal, period: int, used: Floats, most: float) -> int:
    """Return the first year of the period from which what is ``used`` in each year of the horizon is at most ``most``.

    The year after the period where the last one is beyond it.
    """
    years = np.flatnonzero(appraisal.phases.of_years(len(used)) == period)
    beyond = years[used[years] > most * (1 + 1e-9) + 1e-6]
    return int(appraisal.calendar.first_year + (beyond[-1] + 1 if len(beyond) else years[0]))
