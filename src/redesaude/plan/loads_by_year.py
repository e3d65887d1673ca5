"""From which year load ceilings hold, where people still go to the hub until what relieves it is open.

A plan keeps them with the services of its period. Until those open their people are treated where they are treated
today (:mod:`redesaude.plan.transition`), which may be the hub.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import homes
from redesaude.inputs.tables import ALL
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.by_year import guests_by_year, treated_by_year
from redesaude.plan.limits_by_year import Held, kept_from
from redesaude.promises.load import Ceiling, ceilings, outside
from redesaude_models.arrays import Flags, Floats


def loads_hold(appraisal: Appraisal) -> Iterator[Held]:
    """Yield from when each load ceiling holds, were it kept by the services of its period."""
    if not (stated := list(ceilings(appraisal.scenario))):
        return
    coming = _Coming.of(appraisal)
    for ceiling in stated:
        holds = kept_from(appraisal, ceiling.period, coming.by_year(ceiling), ceiling.cases)
        yield ceiling.id, ceiling.period, ceiling.from_year, holds


@dataclass(frozen=True)
class _Coming:
    """Who comes to which site: rows with ``site`` and ``territory`` (positions; that where the service stands that
    sends them), specialty_id and period_id, and the ``cases`` by year, ``(rows, years)``.
    """

    appraisal: Appraisal
    rows: pd.DataFrame
    cases: Floats

    @classmethod
    def of(cls, appraisal: Appraisal) -> _Coming:
        """Look them up in a plan: at its services, in services of today meanwhile, and sent from one to another."""
        scenario, plan = appraisal.scenario, appraisal.plan
        treated, keys = treated_by_year(appraisal), ["site_id", "specialty_id", "period_id"]
        opening = pd.MultiIndex.from_frame(plan.openings[keys])
        sites, towns = pd.Index(scenario.sites["site_id"]), pd.Index(scenario.territories["territory_id"])

        def parts(rows: pd.DataFrame, site: str) -> Floats:
            at = opening.get_indexer(pd.MultiIndex.from_frame(rows[[site, *keys[1:]]]))
            return np.asarray(np.where(at[:, None] >= 0, treated[at], 0.0))

        people, sent = plan.assignments, plan.transfers
        guests, stays = guests_by_year(appraisal)
        home = homes(scenario)
        rows = [
            people[keys[1:]].assign(
                site=sites.get_indexer(people["site_id"]), territory=towns.get_indexer(people["territory_id"])
            ),
            guests[keys[1:]].assign(
                site=guests["site"].to_numpy(int), territory=towns.get_indexer(guests["territory_id"])
            ),
            sent[keys[1:]].assign(
                site=sites.get_indexer(sent["to_site_id"]), territory=home[sites.get_indexer(sent["from_site_id"])]
            ),
        ]
        both = np.minimum(parts(sent, "from_site_id"), parts(sent, "to_site_id"))
        each = [people["cases"].to_numpy(float)[:, None] * parts(people, "site_id"), stays]
        each.append(sent["cases"].to_numpy(float)[:, None] * both)
        return cls(appraisal, pd.concat(rows, ignore_index=True), np.concatenate(each))

    def by_year(self, ceiling: Ceiling) -> Floats:
        """Return the cases that come to the hub from outside its area by year of the horizon."""
        return np.asarray(self.cases[self._counted(ceiling)].sum(axis=0))

    def _counted(self, ceiling: Ceiling) -> Flags:
        scenario, rows = self.appraisal.scenario, self.rows
        hub = scenario.sites["site_id"].to_list().index(ceiling.site)
        away = outside(scenario, ceiling.site, ceiling.area)
        mine = (rows["specialty_id"] == ceiling.specialty) | (ceiling.specialty == ALL)
        return np.asarray((rows["site"] == hub) & mine & away[rows["territory"].to_numpy(int)], dtype=bool)
