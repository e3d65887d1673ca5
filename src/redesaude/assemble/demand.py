"""Cases by territory and specialty, and the journeys that can reach a service."""

from __future__ import annotations

import numpy as np

from redesaude.assemble.phases import spans_of
from redesaude.inputs.scenario import Scenario, positions
from redesaude.travel.matrix import Minutes
from redesaude_models.arrays import Floats, Ints


def case_matrix(scenario: Scenario, period: int = 0, inhabitants: Floats | None = None) -> Floats:
    """Return yearly cases, shape ``(territories, specialties)``, at the middle of the period.

    The rate applies to the population grown to that date, or to the ``inhabitants`` given; rows of ``demand`` replace
    it as they stand.
    """
    row = scenario.periods.iloc[period]
    inhabitants = people(scenario, period) if inhabitants is None else inhabitants
    cases = np.outer(inhabitants, scenario.specialties["cases_per_100k"] / 1e5)
    given = scenario.demand[scenario.demand["period_id"].isin(["", row["period_id"]])]
    if len(given):
        i = positions(scenario.territories["territory_id"], given["territory_id"])
        s = positions(scenario.specialties["specialty_id"], given["specialty_id"])
        order = np.argsort(given["period_id"].to_numpy(str) != "", kind="stable")  # a period's own row wins
        cases[i[order], s[order]] = given["cases"].to_numpy(float)[order]
    return np.asarray(cases)


def people(scenario: Scenario, period: int = 0) -> Floats:
    """Return the inhabitants of each territory at the middle of the period: of the years whose costs it carries, the
    last one's to the end of the horizon.
    """
    years = sum(spans_of(scenario)[period]) / 2.0 - scenario.settings.base_year
    growth = 1.0 + scenario.territories["growth_rate"].to_numpy(float)
    return np.asarray(scenario.territories["population"].to_numpy(float) * growth ** max(years, 0.0))


def journey_rows(
    scenario: Scenario, minutes: Minutes, demand: tuple[Ints, Ints], services: tuple[Ints, Ints]
) -> tuple[Ints, Ints, Floats]:
    """Return the reachable pairs (demand row, service row, minutes), ordered by demand then service.

    ``demand`` is (territory, specialty) and ``services`` (site, specialty) of each row, as positions. A pair is
    reachable within the specialty's ceiling; no pair out of reach is ever built.
    """
    ceiling = scenario.specialties["ceiling_minutes"].fillna(np.inf).to_numpy(float)
    found: list[tuple[Ints, Ints, Floats]] = []
    for s in range(len(scenario.specialties)):
        d, k = np.flatnonzero(demand[1] == s), np.flatnonzero(services[1] == s)
        times = minutes[np.ix_(demand[0][d], services[0][k])]
        rows, columns = np.nonzero(np.isfinite(times) & (times <= ceiling[s] + 1e-9))
        found.append((d[rows], k[columns], times[rows, columns]))
    d, k, t = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(d * len(services[0]) + k, kind="stable")  # runs that are sorted already merge quickly
    return d[order], k[order], t[order]


def travel_cost(scenario: Scenario) -> Floats:
    """Return the yearly cost of one minute of travel for one yearly case of each specialty, weighted (currency).

    Return journeys x (people x value of time + money cost of the road), times the weight of patients' travel.
    """
    settings = scenario.settings
    minute = settings.companions * settings.patient_time_value / 60.0 + settings.patient_minute_cost
    trips = scenario.specialties["trips_per_case"].to_numpy(float)
    return np.asarray(settings.patient_time_weight * 2.0 * trips * minute)
