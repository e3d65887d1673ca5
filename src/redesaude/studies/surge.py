r"""Surge: what the services of a plan absorb when more cases come for some months, and what breaks first.

For each specialty, with :math:`t_i` the cases/year of territory :math:`i` that the plan treats, :math:`m_i \ge 1` the
multiplier of the surge there and :math:`K_j` the nominal capacity at the occupancy of the surge (or what is planned, if
that is more),

.. math::
    \max \sum_{ij} X_{ij}, \text{ then } \min \sum_{ij} c_{ij} X_{ij} \quad
    \sum_j X_{ij} \le t_i m_i, \quad \sum_{ij} X_{ij} A_{jk} \le K_k

sends patients to any open service within the ceiling of minutes, as many as there is room for and then by the shortest
ways :math:`c_{ij}`. :math:`A_{jk}` is the share of those who come to :math:`j` that is treated at :math:`k`: all at
:math:`j` itself, but in tiers those whom it does not treat go where the plan sends them.

A specialty *breaks at* the largest multiplier at which nobody is
turned away, the surge growing everywhere in step; a service by itself at the one that fills it while patients go where
the plan sends them.
Staff, supplies and beds behind the service are not looked at (staff is in :mod:`redesaude.studies.surge_loans`), nor
whether patients may pass the nearest one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from redesaude.assemble.tiers import tiered
from redesaude.inputs.areas import in_area
from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import Plan
from redesaude.studies.onward import sent_on
from redesaude.studies.transport import greatest_strength, most_treated
from redesaude.travel.matrix import travel_minutes
from redesaude_models.arrays import Floats

#: of a specialty in a surge; cases are those of its months
SPECIALTIES = (
    "surge_id",
    "specialty_id",
    "period_id",
    "months",
    "planned",
    "coming",
    "treated",
    "turned_away",
    "share_absorbed",
    "breaks_at",
    "first_site_id",
)
#: of a service in a surge; cases of its months; blank ``breaks_at``: no surge fills it
SERVICES = (
    "surge_id",
    "specialty_id",
    "site_id",
    "period_id",
    "planned",
    "as_referred",
    "capacity",
    "breaks_at",
    "treated",
    "full",
)


@dataclass(frozen=True)
class Surges:
    """What each surge does to each specialty (columns :data:`SPECIALTIES`) and service (:data:`SERVICES`).

    ``breaks_at`` is a multiplier of the cases where the surge is strongest; ``first_site_id`` the service that is full
    first while patients go where the plan sends them.
    """

    specialties: pd.DataFrame
    services: pd.DataFrame


def surges(plan: Plan) -> Surges:
    """Return what a plan with decisions absorbs of the surges of its scenario."""
    minutes = travel_minutes(plan.scenario)
    specialties, services = [], []
    for name, rows in plan.scenario.surge.groupby("surge_id", sort=False):
        for (specialty, period), opened in plan.openings.groupby(["specialty_id", "period_id"]):
            case = case_of(plan, minutes, rows, opened)
            if case.multiplier.max(initial=1.0) > 1.0:
                where = (str(name), str(specialty)), str(period)
                specialties.append((*where[0], where[1], *_of_specialty(case)))
                services += [(*where[0], row[0], where[1], *row[1:]) for row in _of_services(case)]
    return Surges(pd.DataFrame(specialties, columns=list(SPECIALTIES)), pd.DataFrame(services, columns=list(SERVICES)))


@dataclass(frozen=True)
class Case:
    """One specialty in one surge: territories x open services, cases/year that first come to each as planned, and the
    surge; ``onward`` is the share of those who come to a service (row) that is treated at each (column).
    """

    sites: list[str]
    planned: Floats
    minutes: Floats
    capacity: Floats
    multiplier: Floats
    months: float
    onward: Floats

    @property
    def load(self) -> Floats:
        """Cases/year that each service treats in the plan."""
        return np.asarray(self.planned.sum(axis=0) @ self.onward)

    @property
    def cases(self) -> Floats:
        """Cases/year of each territory that the plan treats."""
        return np.asarray(self.planned.sum(axis=1))

    def multiplier_at(self, strength: float) -> float:
        """Return the multiplier where the surge is strongest, at a strength of 1 for the surge as stated."""
        return 1.0 + strength * float(self.multiplier.max() - 1.0)


def case_of(plan: Plan, minutes: Floats, rows: pd.DataFrame, opened: pd.DataFrame) -> Case:
    """Return the surge of ``rows`` in the services ``opened`` of one specialty and period."""
    scenario, sites = plan.scenario, opened["site_id"].to_list()
    specialty, period = opened["specialty_id"].iloc[0], opened["period_id"].iloc[0]
    trips = plan.assignments[
        (plan.assignments["specialty_id"] == specialty) & (plan.assignments["period_id"] == period)
    ]
    territories, every = pd.Index(scenario.territories["territory_id"]), pd.Index(scenario.sites["site_id"])
    planned = np.zeros((len(territories), len(sites)))
    pairs = (
        territories.get_indexer(pd.Index(trips["territory_id"])),
        pd.Index(sites).get_indexer(pd.Index(trips["site_id"])),
    )
    np.add.at(planned, pairs, trips["cases"].to_numpy(float))
    ceiling = scenario.specialties.set_index("specialty_id")["ceiling_minutes"].fillna(np.inf)[specialty]
    far = minutes[:, every.get_indexer(sites)]
    onward = sent_on(plan, specialty, period, sites) if specialty in tiered(scenario) else np.eye(len(sites))
    far = np.where((onward > 0).any(axis=1), far, np.inf)
    return Case(
        sites=sites,
        planned=planned,
        minutes=np.where(far <= ceiling + 1e-9, far, np.inf),
        capacity=np.maximum(
            opened["capacity"].to_numpy(float) * float(rows["occupancy"].iloc[0]), planned.sum(axis=0) @ onward
        ),
        multiplier=_multiplier(scenario.territories, rows, specialty),
        months=float(rows["months"].iloc[0]),
        onward=onward,
    )


def _multiplier(territories: pd.DataFrame, rows: pd.DataFrame, specialty: str) -> Floats:
    """The strongest part of the surge in each territory."""
    found = np.ones(len(territories))
    for row in rows_of(rows[rows["specialty_id"].isin([specialty, ALL])]):
        here = in_area(territories, row.region_id)
        found[here] = np.maximum(found[here], row.multiplier)
    return found


def _of_specialty(case: Case) -> tuple[Any, ...]:
    part = case.months / 12.0
    coming = float((case.cases * case.multiplier).sum())
    treated = float(_absorbed(case).sum())
    first = int(np.argmin(_strength_of_services(case)))
    return (
        *(
            case.months,
            part * float(case.cases.sum()),
            part * coming,
            part * treated,
            part * max(0.0, coming - treated),
        ),
        *(treated / coming if coming else np.nan, case.multiplier_at(_strength(case)), case.sites[first]),
    )


def _of_services(case: Case) -> Iterator[tuple[Any, ...]]:
    part, strengths, treated = (
        case.months / 12.0,
        _strength_of_services(case),
        _absorbed(case).sum(axis=0) @ case.onward,
    )
    referred = (case.planned * case.multiplier[:, None]).sum(axis=0) @ case.onward
    for j, site in enumerate(case.sites):
        breaks = case.multiplier_at(strengths[j]) if np.isfinite(strengths[j]) else np.nan
        cases = (case.load[j], referred[j], case.capacity[j])
        full = bool(treated[j] >= case.capacity[j] * (1.0 - 1e-6))
        yield site, *(part * float(n) for n in cases), breaks, part * float(treated[j]), full


def _strength_of_services(case: Case) -> Floats:
    """Strength at which each service is full while patients go where the plan sends them; infinite: never."""
    more = ((case.multiplier - 1.0)[:, None] * case.planned).sum(axis=0) @ case.onward
    room = case.capacity - case.load
    return np.where(more > 0, room / np.where(more > 0, more, 1.0), np.inf)


def _absorbed(case: Case) -> Floats:
    """Cases/year treated where there is room, as many as possible and then as near as possible, shape as planned."""
    territory, service = np.nonzero(np.isfinite(case.minutes) & (case.cases > 0)[:, None])
    minutes = case.minutes[territory, service]
    pairs = territory, service
    found = most_treated(case.cases * case.multiplier, case.capacity, pairs, minutes, case.onward)
    absorbed = np.zeros_like(case.planned)
    absorbed[territory, service] = found
    return absorbed


def _strength(case: Case) -> float:
    """Largest strength at which everyone is treated somewhere."""
    territory, service = np.nonzero(np.isfinite(case.minutes) & (case.cases > 0)[:, None])
    more = case.cases * (case.multiplier - 1.0)
    return greatest_strength(case.cases, more, case.capacity, (territory, service), case.onward)
