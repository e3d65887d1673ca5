"""Norms of access and emergency: the most of each that any network could keep by travel, and whom that leaves out.

Of the emergency network the stations are all that may be opened, with as many ambulances as they may have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix, people
from redesaude.assemble.emergency import station_minutes
from redesaude.assemble.options import option_table
from redesaude.inputs.areas import in_area
from redesaude.inputs.scenario import Scenario
from redesaude.promises.access import targets_by_period
from redesaude.promises.pledges import journey_budget, pledges
from redesaude.travel.matrix import travel_minutes

#: ``kind`` as in the table of promises; ``cases`` are people where ambulances are to reach them
NORMS = ("promise_id", "specialty_id", "region_id", "period_id", "minutes", "share", "hard", "cases", "most", "kind")
OUTSIDE = ("promise_id", "territory_id", "cases", "nearest")


def norms(scenario: Scenario) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each norm of access with the most of it that can be kept, and the territories that none keeps it for.

    Columns :data:`NORMS`: ``cases`` a year, ``most`` their share within ``minutes`` of a site that may have the
    specialty (or of a station): no network reaches more, whatever it costs. Columns :data:`OUTSIDE`: ``cases`` a year
    and minutes to the ``nearest`` such site (infinite: none).
    """
    nearest = _nearest(scenario)
    found, outside = [], []
    for norm in (*_of_access(scenario, nearest), *_of_emergency(scenario, nearest)):
        cases = norm.cases * in_area(scenario.territories, norm.region)
        if cases.sum() <= 0:
            continue
        named = norm.id, norm.specialty, norm.region, scenario.periods["period_id"].iloc[norm.period]
        numbers = norm.minutes, norm.share, norm.hard, float(cases.sum()), float(cases[norm.inside].sum() / cases.sum())
        found.append((*named, *numbers, norm.kind))
        outside += [
            (norm.id, scenario.territories["territory_id"].iloc[i], float(cases[i]), float(norm.away[i]))
            for i in np.flatnonzero((cases > 0) & ~norm.inside).tolist()
        ]
    return pd.DataFrame(found, columns=list(NORMS)), pd.DataFrame(outside, columns=list(OUTSIDE))


class _Norm(NamedTuple):
    """A norm over territories: ``cases`` in each, which are ``inside`` at best, and minutes ``away`` from the nearest.

    ``period`` is a position.
    """

    kind: str
    id: str
    specialty: str
    region: str
    period: int
    minutes: float
    share: float
    hard: bool
    cases: np.ndarray
    inside: np.ndarray
    away: np.ndarray


def _of_access(scenario: Scenario, nearest: np.ndarray) -> Iterator[_Norm]:
    ids = scenario.specialties["specialty_id"].to_list()
    for target in targets_by_period(scenario):
        cases, away = case_matrix(scenario, target.period)[:, target.specialty], nearest[:, target.specialty]
        inside = away <= target.minutes + 1e-9  # no standard is above the ceiling of its specialty
        named = target.id, ids[target.specialty], target.region, target.period
        yield _Norm("access", *named, target.minutes, target.share, target.hard, cases, inside, away)


def _of_emergency(scenario: Scenario, nearest: np.ndarray) -> Iterator[_Norm]:
    """The shares that are promised of the emergency network; numbers of ambulances are none."""
    if scenario.stations.empty:
        return
    minutes, standard = station_minutes(scenario), scenario.settings.emergency_minutes
    near = minutes <= standard + 1e-9
    away = minutes.min(axis=1)
    ambulances = near @ scenario.stations["ambulances_max"].to_numpy(float)
    ids, budget = scenario.specialties["specialty_id"].to_list(), journey_budget(scenario)
    for pledge in pledges(scenario):
        named = pledge.id, pledge.specialty, pledge.region, pledge.period
        if pledge.kind == "window":
            to_site = nearest[:, ids.index(pledge.specialty)]
            left = float(budget[pledge.specialty])
            cases = case_matrix(scenario, pledge.period)[:, ids.index(pledge.specialty)]
            inside = (ambulances >= 1) & (to_site <= left + 1e-9)
            yield _Norm(pledge.kind, *named, left, pledge.amount, pledge.hard, cases, inside, to_site)
        elif pledge.kind != "ambulances":
            inside = ambulances >= (2 if pledge.kind == "double_cover" else 1)
            everybody = np.asarray(people(scenario, pledge.period), dtype=float)
            yield _Norm(pledge.kind, *named, standard, pledge.amount, pledge.hard, everybody, inside, away)


def _nearest(scenario: Scenario) -> np.ndarray:
    """Minutes from each territory to the nearest site that may have each specialty, ``(territories, specialties)``."""
    options = option_table(scenario)
    minutes, sites = travel_minutes(scenario), scenario.sites["site_id"]
    allowed = options.groupby("specialty_id")["site_id"].agg(set).to_dict()
    columns = [
        np.where(sites.isin(allowed.get(specialty, set())).to_numpy(bool), minutes, np.inf).min(axis=1)
        for specialty in scenario.specialties["specialty_id"]
    ]
    return np.column_stack(columns)
