"""What a plan reaches and takes in all specialties together, worked out from its assignments and openings alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redesaude.inputs.areas import in_area
from redesaude.inputs.tables import ALL
from redesaude.plan.evidence import Evidence, Outcome
from redesaude.plan.plan import Plan
from redesaude.promises.programme import ACCESS, HEALTHY_YEARS, SERVICES, TRAVEL, WORDS, programme_targets


def programme_outcomes(e: Evidence) -> dict[str, Outcome]:
    """Return the outcome of every target of the programme by its id."""
    found: dict[str, Outcome] = {}
    for row in programme_targets(e.scenario):
        reached = _reached(e, row.measure, row.region, e.scenario.periods["period_id"].iloc[row.period])
        due = row.amount
        if row.measure == ACCESS:
            due *= _cases(e, row.region, e.scenario.periods["period_id"].iloc[row.period])
        gap = due - reached if row.measure in (ACCESS, HEALTHY_YEARS) else reached - due
        found[row.id] = Outcome(WORDS[row.measure], due, reached, max(0.0, gap), row.hard)
    return found


def reached_at_the_end(plan: Plan, measure: str, region: str = ALL) -> float:
    """Return what a plan reaches or takes in its last period: of access the share (0-1; NaN where nobody is to be
    treated), healthy years and hours a year, or services.
    """
    e, last = Evidence(plan), plan.scenario.periods["period_id"].iloc[-1]
    reached = _reached(e, measure, region, last)
    if measure != ACCESS:
        return reached
    cases = _cases(e, region, last)
    return reached / cases if cases else np.nan


def _cases(e: Evidence, region: str, period: str) -> float:
    """Yearly cases of the specialties that state a standard."""
    of = e.specialties.index[e.specialties["access_minutes"].notna()]
    return float(sum(e.cases_of[specialty, region, period]["cases"].sum() for specialty in of))


def _reached(e: Evidence, measure: str, region: str, period: str) -> float:
    """Cases within the standard, healthy years or hours a year, or services."""
    if measure == SERVICES:
        home = e.scenario.sites.set_index("site_id")["territory_id"]
        here = e.scenario.territories["territory_id"][in_area(e.scenario.territories, region)]
        rows = e.plan.openings[e.plan.openings["period_id"] == period]
        return float((rows["site_id"].map(home).isin(here) | (region == ALL)).sum())
    total = 0.0
    for specialty, row in e.specialties.iterrows():
        trips = e.trips_of[str(specialty), region, period]
        cases, minutes = trips["cases"].astype(float), trips["minutes"].astype(float)
        if measure == TRAVEL:
            hours = 2.0 * row["trips_per_case"] * e.scenario.settings.companions / 60.0
            total += hours * float((cases * minutes).sum())
            continue
        standard = row["access_minutes"]
        near = float(cases[minutes <= standard + 1e-9].sum()) if pd.notna(standard) else float(cases.sum())
        if measure == ACCESS:
            total += near if pd.notna(standard) else 0.0
            continue
        best, late = (0.0 if pd.isna(row[name]) else float(row[name]) for name in ("dalys_in_time", "dalys_late"))
        away = float(e.cases_of[str(specialty), region, period]["cases"].sum()) - float(cases.sum())
        gained = best * near + late * (float(cases.sum()) - near)
        total += gained + late * e.scenario.settings.away_gain_share * away
    return total
