"""Norms of access: the most of each that any network could keep by travel alone, and whom it would leave outside."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.assemble.demand import case_matrix
from redesaude.assemble.options import option_table
from redesaude.inputs.areas import in_area
from redesaude.inputs.scenario import Scenario
from redesaude.promises.access import Target, targets_by_period
from redesaude.travel.matrix import travel_minutes

NORMS = ("promise_id", "specialty_id", "region_id", "period_id", "minutes", "share", "hard", "cases", "most")
OUTSIDE = ("promise_id", "territory_id", "cases", "nearest")


def norms(scenario: Scenario) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return each norm of access with the most of it that can be kept, and the territories that none keeps it for.

    Columns :data:`NORMS`: ``cases`` a year, ``most`` their share within ``minutes`` of a site that may have the
    specialty: no network reaches more, whatever it costs. Columns :data:`OUTSIDE`: ``cases`` a year
    and minutes to the ``nearest`` such site (infinite: none).
    """
    nearest = _nearest(scenario)
    found, outside = [], []
    for target in targets_by_period(scenario):
        cases = case_matrix(scenario, target.period)[:, target.specialty] * in_area(scenario.territories, target.region)
        if cases.sum() <= 0:
            continue
        minutes = nearest[:, target.specialty]
        inside = minutes <= target.minutes + 1e-9  # no standard is above the ceiling of its specialty
        found.append((*_named(scenario, target), float(cases.sum()), float(cases[inside].sum() / cases.sum())))
        outside += [
            (target.id, scenario.territories["territory_id"].iloc[i], float(cases[i]), float(minutes[i]))
            for i in np.flatnonzero((cases > 0) & ~inside).tolist()
        ]
    return pd.DataFrame(found, columns=list(NORMS)), pd.DataFrame(outside, columns=list(OUTSIDE))


def _named(scenario: Scenario, target: Target) -> Iterator[object]:
    yield target.id
    yield scenario.specialties["specialty_id"].iloc[target.specialty]
    yield target.region
    yield scenario.periods["period_id"].iloc[target.period]
    yield from (target.minutes, target.share, target.hard)


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
