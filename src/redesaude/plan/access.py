"""Access by specialty and region: who is treated within the standard, and how long the journeys are."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from redesaude.assemble import Assembled
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import ACCESS
from redesaude.promises.access import targets_by_period
from redesaude_models.arrays import Ints
from redesaude_models.problem import Decisions


def weighted_quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    """Return the least value at or below which ``share`` of the weight lies, to 10^-9 of it; NaN without weight."""
    if weights.sum() <= 0:
        return float("nan")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, (share - 1e-9) * reached[-1])])


def access_table(assembled: Assembled, decisions: Decisions) -> pd.DataFrame:
    """Return the access table (columns :data:`ACCESS`): a row for each specialty, region (and whole area) and period.

    The share counts cases: those sent away are outside the standard. Minutes are one way, over the cases treated.
    Population is that of the base year.
    """
    scenario, problem = assembled.scenario, assembled.problem
    journeys, demand = problem.journeys, problem.demand
    names, region = np.unique(scenario.territories["region_id"].to_numpy(str), return_inverse=True)
    people = scenario.territories["population"].to_numpy(float)
    rows = []
    for s, t in product(range(len(problem.specialties.ids)), range(len(problem.periods))):
        of_specialty = np.flatnonzero(demand.specialty == s)
        used = np.flatnonzero(decisions.shares[:, t])
        its_trips = used[demand.specialty[journeys.demand[used]] == s]
        for r, name in enumerate([ALL, *names.tolist()], start=-1):
            here = (region == r) | (name == ALL)
            mine = of_specialty[here[demand.territory[of_specialty]]]
            trips = its_trips[here[demand.territory[journeys.demand[its_trips]]]]
            figures = _figures(assembled, decisions, (s, t), mine, trips)
            rows.append((problem.specialties.ids[s], name, problem.periods[t], float(people[here].sum()), *figures))
    table = pd.DataFrame(rows, columns=[name for name in ACCESS if name not in ("target", "met")])
    targets = _targets(assembled)
    keys = zip(table["specialty_id"], table["region_id"], table["period_id"], strict=True)
    table["target"] = [targets.get(key, np.nan) for key in keys]
    kept = np.where(table["share_within_standard"] >= table["target"] - 1e-6, "yes", "no")
    table["met"] = np.where(table[["target", "share_within_standard"]].isna().any(axis=1), "", kept)
    return pd.DataFrame(table[list(ACCESS)])


def _figures(
    assembled: Assembled, decisions: Decisions, of: tuple[int, int], mine: Ints, trips: Ints
) -> tuple[float, ...]:
    """Columns of :data:`ACCESS` after the population, without target and met, of a specialty in a period (``of``).

    ``mine`` are its demands in an area and ``trips`` their journeys.
    """
    (s, t), demand, journeys = of, assembled.problem.demand, assembled.problem.journeys
    standard = float(assembled.scenario.specialties["access_minutes"].iloc[s])
    minutes = journeys.minutes[trips]
    weight = demand.cases[journeys.demand[trips], t] * decisions.shares[trips, t]
    cases = float(demand.cases[mine, t].sum())
    within = float(weight[minutes <= standard + 1e-9].sum()) if not np.isnan(standard) else np.nan
    return (
        within / cases if cases else np.nan,
        float(minutes @ weight / weight.sum()) if weight.sum() > 0 else np.nan,
        weighted_quantile(minutes, weight, 0.9),
        float(minutes[weight > 0].max()) if weight.sum() > 0 else np.nan,
        cases,
        float((demand.cases[mine, t] * decisions.unmet[mine, t]).sum()),
        standard,
    )


def _targets(assembled: Assembled) -> dict[tuple[str, str, str], float]:
    """The strictest share promised at the specialty's own standard, by specialty, region and period."""
    found: dict[tuple[str, str, str], float] = {}
    problem = assembled.problem
    standard = assembled.scenario.specialties["access_minutes"].to_numpy(float)
    for target in targets_by_period(assembled.scenario):
        if target.minutes == standard[target.specialty]:
            key = (problem.specialties.ids[target.specialty], target.region, problem.periods[target.period])
            found[key] = max(found.get(key, 0.0), target.share)
    return found
