"""From which year a promise holds, where services that it counts are still being built in its period, or run on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from redesaude.finance.services import timing_of
from redesaude.inputs.areas import area_name, in_area
from redesaude.language import N_, Translator
from redesaude.plan.appraisal import Appraisal
from redesaude.plan.by_year import guests_by_year, treated_by_year
from redesaude.plan.evidence import Evidence
from redesaude.plan.limits_by_year import limits_hold
from redesaude.plan.loads_by_year import loads_hold
from redesaude.plan.plan import Plan
from redesaude.plan.ramp_up import ramp_years
from redesaude.plan.resource_evidence import coverage
from redesaude.promises.access import Target, targets_by_period
from redesaude.promises.pledges import journey_budget, pledges
from redesaude_models.arrays import Flags, Floats

_SENTENCE = N_(
    "{specialty}, region {region}: the promise of {share:.0%} of cases within {minutes:.0f} minutes in {period} counts "
    "services that are still being built then. It holds from {year} on."
)
_MORE = N_("{count} more promises count services that are still under works then: sheet checks of audit.xlsx has each.")
#: late promises told one by one where all of them would hide the rest
_FEW = 4
_NEVER = N_(
    "{specialty}, region {region}: the promise of {share:.0%} of cases within {minutes:.0f} minutes in {period} counts "
    "services that are still being built then. It holds in no year of the plan, which ends with {last}."
)


class Dated(NamedTuple):
    """Calendar years of a promise that its plan keeps at the steady state of the period.

    It is ``due`` from the year stated, or else from the first of its period; it ``holds`` from the first year that
    begins with enough open. It is ``late`` where it holds only after the year stated, or after its period; ``never``
    where that is after the last year of the plan.
    """

    due: int
    holds: int
    late: bool
    never: bool = False


def dated_promises(appraisal: Appraisal) -> dict[str, Dated]:
    """Return the years of each promise that the plan keeps and that its dates decide, hard or not, by its id.

    Those of access and of time windows, which count the services chosen in their period also while their works last
    (what an enlarged service treats already before they end counts from the beginning), and those of
    :func:`redesaude.plan.limits_by_year.limits_hold`, which do not count what runs on, and of
    :func:`redesaude.plan.loads_by_year.loads_hold`.
    """
    rows = appraisal.plan.promises
    kept = rows[rows["met"].isin([True, "yes"])]
    needed = dict(zip(kept["promise_id"], kept["limit"].astype(float), strict=True))
    targets = [(t, w) for t, w in (*_targets(appraisal), *_windows(appraisal)) if t.id in needed]
    found = {}
    if targets:
        dates, parts, guests = _dated_cases(appraisal), treated_by_year(appraisal), guests_by_year(appraisal)
        for target, towns in targets:
            counted = _Counted(appraisal, target, towns, dates, parts, guests)
            holds = counted.first_year(needed[target.id])
            found[target.id] = dated(appraisal, target.period, target.from_year, holds)
    for name, period, from_year, holds in (*limits_hold(appraisal), *loads_hold(appraisal)):
        if name in needed:
            found[name] = dated(appraisal, period, from_year, holds)
    return found


def dated(appraisal: Appraisal, period: int, from_year: float, holds: int) -> Dated:
    """Return the years of a promise of a period (position) that ``holds`` from a year on."""
    begins, years = appraisal.scenario.periods[["first_year", "years"]].astype(int).iloc[period].tolist()
    stated = not np.isnan(from_year)
    due = max(begins, int(from_year)) if stated else begins
    holds = max(begins, holds)
    late = holds > due and (stated or holds >= begins + years)
    return Dated(due, holds, late, never=holds > last_year(appraisal))


def _targets(appraisal: Appraisal) -> Iterator[tuple[Target, frozenset[str]]]:
    """Each promise of access with the municipalities whose people it counts."""
    territories = appraisal.scenario.territories
    for target in targets_by_period(appraisal.scenario):
        yield target, frozenset(territories["territory_id"][in_area(territories, target.region)])


def _windows(appraisal: Appraisal) -> Iterator[tuple[Target, frozenset[str]]]:
    """Each promise of a time window as one of access: of those whom an ambulance reaches, within what is left to it."""
    scenario, plan = appraisal.scenario, appraisal.plan
    windows = [pledge for pledge in pledges(scenario) if pledge.kind == "window"] if len(scenario.stations) else []
    if not windows:
        return
    evidence, left, ids = Evidence(plan), journey_budget(scenario), scenario.specialties["specialty_id"].to_list()
    for pledge in windows:
        open_then = plan.stations[plan.stations["period_id"] == scenario.periods["period_id"].iloc[pledge.period]]
        reached = coverage(evidence, open_then)[0] > 0
        towns = scenario.territories["territory_id"][in_area(scenario.territories, pledge.region) & reached]
        own = pledge.hard, pledge.price, pledge.from_year
        where = ids.index(pledge.specialty), pledge.region, pledge.period, float(left[pledge.specialty])
        yield Target(pledge.id, *where, pledge.amount, *own), frozenset(towns)


def last_year(appraisal: Appraisal) -> int:
    """Return the last calendar year of the plan."""
    return appraisal.calendar.first_year + appraisal.calendar.horizon_years - 1


def late_promises(plan: Plan, say: Translator) -> Iterator[str]:
    """Yield a sentence for each hard promise of access or of a time window that holds only from after it is due."""
    hard = plan.promises[plan.promises["kind"].isin(["access", "window"]) & plan.promises["hard"].astype(bool)]
    if hard.empty:
        return
    scenario, appraisal = plan.scenario, Appraisal(plan)
    dated = dated_promises(appraisal)
    names = dict(zip(scenario.specialties["specialty_id"], scenario.specialties["name"], strict=True))
    window = scenario.specialties["window_minutes"].to_list()
    windows = (replace(target, minutes=window[target.specialty]) for target, _ in _windows(appraisal))
    for target in _once((*targets_by_period(scenario), *windows), set(hard["promise_id"]) & dated.keys()):
        years = dated[target.id]
        if years.holds > years.due:
            yield say(
                _NEVER if years.never else _SENTENCE,
                specialty=names[scenario.specialties["specialty_id"].iloc[target.specialty]],
                region=area_name(scenario.territories, target.region),
                share=target.share,
                minutes=target.minutes,
                period=scenario.periods["period_id"].iloc[target.period],
                year=years.holds,
                last=last_year(appraisal),
            )


def first_late_promises(plan: Plan, say: Translator) -> list[str]:
    """Return the first few of :func:`late_promises`, and how many there are beside where they are many."""
    late = list(late_promises(plan, say))
    more = len(late) - _FEW
    return late if more <= 1 else [*late[:_FEW], say(_MORE, count=more)]


def _once(targets: Iterable[Target], wanted: set[str]) -> Iterator[Target]:
    """The targets that are wanted; of those promised twice over the last, as the plan has it."""
    yield from {target.id: target for target in targets if target.id in wanted}.values()


def _dated_cases(appraisal: Appraisal) -> pd.DataFrame:
    """Assignments with the date (calendar years with fraction) from which their cases are treated.

    Cases of a service that is enlarged are two rows: those that it treats before, without a date, and the rest.
    """
    keys, services = ["site_id", "specialty_id", "period_id"], appraisal.services()
    opened = timing_of(services, appraisal.terms()).opened + appraisal.calendar.first_year + ramp_years(appraisal)
    of = appraisal.plan.openings[keys].assign(date=opened, before=services.before_share, opening=range(len(opened)))
    rows = appraisal.plan.assignments.merge(of, on=keys, how="left")
    then, before = rows["cases"].astype(float), rows["before"].fillna(0.0)
    already = rows.assign(cases=then * before, date=-np.inf)
    return pd.concat([already[before > 0], rows.assign(cases=then * (1.0 - before))], ignore_index=True)


@dataclass(frozen=True)
class _Counted:
    """What a promise of access counts year by year, of the people of ``towns``.

    ``parts`` is what each opening treats of its cases (:func:`redesaude.plan.by_year.treated_by_year`), ``guests`` are
    those in services of today (:func:`redesaude.plan.by_year.guests_by_year`).
    """

    appraisal: Appraisal
    target: Target
    towns: frozenset[str]
    dates: pd.DataFrame
    parts: Floats
    guests: tuple[pd.DataFrame, Floats]

    def first_year(self, needed: float) -> int:
        """Return the first year in which services treat the cases ``needed`` within the standard throughout.

        Where that is in no year of the period, the first that begins with enough of them in full activity.
        """
        calendar = self.appraisal.calendar
        inside = self.dates[self._inside(self.dates)].sort_values("date", kind="stable")
        least, cases = needed - 1e-6 * max(needed, 1.0), inside["cases"].to_numpy(float)
        period = self.appraisal.phases.of_years(calendar.horizon_years) == self.target.period
        who, meanwhile = self.guests
        yearly = cases @ self.parts[inside["opening"].to_numpy(int)] + meanwhile[self._inside(who)].sum(axis=0)
        if period.any() and yearly[period][-1] >= least:
            short = np.flatnonzero(yearly[period] < least)
            return int(calendar.first_year + np.flatnonzero(period)[short[-1] + 1 if len(short) else 0])
        enough = int(np.searchsorted(np.cumsum(cases), least))
        latest = inside["date"].to_numpy(float)[: enough + 1].max(initial=-np.inf)
        return math.ceil(latest - 1e-6) if np.isfinite(latest) else 0

    def _inside(self, people: pd.DataFrame) -> Flags:
        """Which of the rows are of the promise's people, specialty and period, and within its minutes."""
        scenario = self.appraisal.scenario
        of = people["specialty_id"] == scenario.specialties["specialty_id"].iloc[self.target.specialty]
        now = people["period_id"] == scenario.periods["period_id"].iloc[self.target.period]
        near = people["minutes"].astype(float) <= self.target.minutes + 1e-9
        return np.asarray(of & now & people["territory_id"].isin(self.towns) & near, dtype=bool)


def years_of(dated: Mapping[str, Dated], promises: Iterable[str]) -> Dated | None:
    """Return the years of the ``promises`` (ids) that hold last, what is late before what is not; None: none dated."""
    return max((dated[name] for name in promises if name in dated), key=_last, default=None)


def _last(years: Dated) -> tuple[bool, bool, int]:
    return years.late, years.holds > years.due, years.holds
