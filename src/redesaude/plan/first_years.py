"""From which year a hard promise of access holds, where services that it counts are still being built in its period."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from redesaude.finance.cashflow import timing_of
from redesaude.inputs.areas import in_area
from redesaude.inputs.tables import ALL
from redesaude.language import N_, Phrase, Translator
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.plan import Plan
from redesaude.promises.access import Target, access_targets

_SENTENCE = N_(
    "{specialty}, region {region}: the promise of {share:.0%} of cases within {minutes:.0f} minutes in {period} counts "
    "services that are still being built then. It holds from {year} on."
)


def holds_from(plan: Plan) -> dict[str, int]:
    """Return promise id -> calendar year from which a hard promise of access holds, at the earliest that of its period.

    A promise counts the services chosen in its period, also while their works last. The year is the first that begins
    with enough of them open.
    """
    hard = plan.promises[(plan.promises["kind"] == "access") & plan.promises["hard"].astype(bool)]
    if hard.empty:
        return {}
    due = dict(zip(hard["promise_id"], hard["limit"].astype(float), strict=True))
    opened, begins = _opened(plan), plan.scenario.periods["first_year"].astype(int).to_list()
    return {
        target.id: max(begins[target.period], _first_year(plan, target, due[target.id], opened))
        for target in access_targets(plan.scenario)
        if target.hard and target.id in due
    }


def late_promises(plan: Plan, say: Translator) -> Iterator[str]:
    """Yield a sentence for each hard promise of access that holds only from a year after its period began."""
    scenario, years = plan.scenario, holds_from(plan)
    names = dict(zip(scenario.specialties["specialty_id"], scenario.specialties["name"], strict=True))
    regions = dict(zip(scenario.territories["region_id"], scenario.territories["region_name"], strict=True))
    for target in {target.id: target for target in access_targets(scenario)}.values():
        period = scenario.periods.iloc[target.period]
        if years.get(target.id, 0) > int(period["first_year"]):
            region = Phrase(N_("whole area")) if target.region == ALL else regions.get(target.region, target.region)
            yield say(
                _SENTENCE,
                specialty=names[scenario.specialties["specialty_id"].iloc[target.specialty]],
                region=region,
                share=target.share,
                minutes=target.minutes,
                period=period["period_id"],
                year=years[target.id],
            )


def _opened(plan: Plan) -> dict[tuple[str, str], float]:
    """When each service that is not there today opens for the first time, in calendar years with fraction."""
    appraisal = Appraisal(plan)
    openings = plan.openings
    dates = timing_of(appraisal.services(), appraisal.terms()).opened + appraisal.calendar.first_year
    new = (openings["change"] == "new").to_numpy(bool)
    rows = zip(openings.loc[new, "site_id"], openings.loc[new, "specialty_id"], dates[new].tolist(), strict=True)
    return {(site, specialty): date for site, specialty, date in sorted(rows, key=lambda row: -row[2])}


def _first_year(plan: Plan, target: Target, due: float, opened: dict[tuple[str, str], float]) -> int:
    """Return the first year that begins with services open that treat the cases ``due`` within the standard."""
    scenario, rows = plan.scenario, plan.assignments
    specialty = scenario.specialties["specialty_id"].iloc[target.specialty]
    here = scenario.territories["territory_id"][in_area(scenario.territories, target.region)]
    inside = rows[
        (rows["specialty_id"] == specialty)
        & (rows["period_id"] == scenario.periods["period_id"].iloc[target.period])
        & rows["territory_id"].isin(here)
        & (rows["minutes"] <= target.minutes + 1e-9)
    ]
    dates = pd.Series([opened.get((site, specialty), -np.inf) for site in inside["site_id"]], dtype=float)
    order = dates.argsort(kind="stable").to_numpy()
    treated = np.cumsum(inside["cases"].to_numpy(float)[order])
    enough = int(np.searchsorted(treated, due - 1e-6 * max(due, 1.0)))
    needed = dates.to_numpy()[order][: enough + 1].max(initial=-np.inf)
    return math.ceil(needed - 1e-6) if np.isfinite(needed) else 0
