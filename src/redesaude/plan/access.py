"""Access by specialty and region: who is treated within the standard, and how long the journeys are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.assemble import Assembled
from redesaude.assemble.promises import access_targets
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import ACCESS
from redesaude_models.problem import Decisions


def weighted_quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    """Return the least value at or below which ``share`` of the weight lies; NaN without weight."""
    if weights.sum() <= 0:
        return float("nan")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, share * reached[-1] - 1e-9)])


def access_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the access table (columns :data:`ACCESS`): one row for each specialty and region, and for the whole area.

    The share counts cases: those sent away are outside the standard. Minutes are one way, over the cases treated.
    """
    scenario, problem = assembled.scenario, assembled.problem
    journeys, demand = problem.journeys, problem.demand
    names, region = np.unique(scenario.territories["region_id"].to_numpy(str), return_inverse=True)
    people = scenario.territories["population"].to_numpy(float)
    used = np.flatnonzero(decisions.shares[:, 0])
    treated = demand.cases[journeys.demand, 0] * decisions.shares[:, 0]
    sent_away = demand.cases[:, 0] * decisions.unmet[:, 0]
    standard = scenario.specialties["access_minutes"].to_numpy(float)
    targets = _targets(assembled)
    rows = []
    for s, specialty in enumerate(problem.specialties.ids):
        of_specialty = np.flatnonzero(demand.specialty == s)
        its_trips = used[demand.specialty[journeys.demand[used]] == s]
        for r, name in enumerate([ALL, *names.tolist()], start=-1):
            here = (region == r) | (name == ALL)
            mine = of_specialty[here[demand.territory[of_specialty]]]
            trips = its_trips[here[demand.territory[journeys.demand[its_trips]]]]
            minutes, weight = journeys.minutes[trips], treated[trips]
            cases = float(demand.cases[mine, 0].sum())
            within = float(weight[minutes <= standard[s] + 1e-9].sum()) if not np.isnan(standard[s]) else np.nan
            share = within / cases if cases else np.nan
            target = targets.get((s, name), np.nan)
            rows.append(
                (
                    specialty,
                    name,
                    problem.periods[0],
                    float(people[here].sum()),
                    share,
                    float(minutes @ weight / weight.sum()) if weight.sum() > 0 else np.nan,
                    weighted_quantile(minutes, weight, 0.9),
                    float(minutes[weight > 1e-9].max(initial=0.0)) if weight.sum() > 0 else np.nan,
                    target,
                    "" if np.isnan(target) or np.isnan(share) else ("yes" if share >= target - 1e-6 else "no"),
                    cases,
                    float(sent_away[mine].sum()),
                    standard[s],
                )
            )
    return pd.DataFrame(rows, columns=list(ACCESS))


def _targets(assembled: Assembled) -> dict[tuple[int, str], float]:
    """The strictest share promised at the specialty's own standard, by specialty and region."""
    found: dict[tuple[int, str], float] = {}
    standard = assembled.scenario.specialties["access_minutes"].to_numpy(float)
    for target in access_targets(assembled.scenario):
        if target.minutes == standard[target.specialty]:
            key = (target.specialty, target.region)
            found[key] = max(found.get(key, 0.0), target.share)
    return found
