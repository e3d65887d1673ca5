"""The audit of what changes from period to period: steps of services, decisions taken, what comes before what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from redesaude.finance.cashflow import settled_at
from redesaude.finance.services import Timing, timing_of
from redesaude.financing import FINANCING
from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.language import N_
from redesaude.plan.evidence import TOLERANCE, Evidence, check, flags
from redesaude.plan.numbers import State
from redesaude.plan.paths import changes_of, paths_of
from redesaude.plan.plan import Check

Place = tuple[str, str]
Step = tuple[Place, int, State | None, State | None]
"""a service, the period in which it changes, its state before and after"""


def changes_in_time(e: Evidence) -> Iterator[Check]:
    """Yield the checks of the plan's path through its periods."""
    paths = paths_of(e.scenario, e.plan.openings)
    yield check(N_("services change only as they may"), flags(not allowed for _, allowed in _judged(e, paths)))
    yield check(N_("nothing changes before its works are done"), list(_unfinished(e, paths).values()))
    yield check(N_("changes as stated"), flags(e.plan.openings["change"] != changes_of(e.scenario, e.plan.openings)))
    yield check(N_("works begun in a period"), _starts(e))
    yield check(N_("decisions already taken are kept"), flags(_undecided(e, paths)))
    yield check(N_("nothing opens before what must precede it"), flags(_too_early(e, paths)))


def out_of_time(e: Evidence) -> set[Place]:
    """Return the services (site, specialty) that change as they may not, or before their works are done."""
    paths = paths_of(e.scenario, e.plan.openings)
    unfinished = {place for (place, _), years in _unfinished(e, paths).items() if years > TOLERANCE}
    return unfinished | {place for place, allowed in _judged(e, paths) if not allowed}


def _judged(e: Evidence, paths: dict[Place, dict[int, State]]) -> Iterator[tuple[Place, bool]]:
    """Every change of a service with whether it may be."""
    timing = timing_of(e.appraisal.services(), e.appraisal.terms())
    places = zip(e.plan.openings["site_id"], e.plan.openings["specialty_id"], strict=True)
    row_of = {(place, t): n for n, (place, t) in enumerate(zip(places, e.appraisal.period.tolist(), strict=True))}
    yield from ((step[0], _allowed(e, step, timing, row_of)) for step in _steps(e, paths))


def _steps(e: Evidence, paths: dict[Place, dict[int, State]]) -> Iterator[Step]:
    """Every change of a service after the first period."""
    for place, path in paths.items():
        for t in range(1, len(e.scenario.periods)):
            if path.get(t - 1) != path.get(t):
                yield place, t, path.get(t - 1), path.get(t)


def _allowed(e: Evidence, step: Step, timing: Timing, row_of: dict[tuple[Place, int], int]) -> bool:
    """Whether a service may go from one state to the other, in a period after the first."""
    place, period, before, after = step
    today = e.today.get(place)
    if before is None:
        return today is None
    over = bool(timing.ends[row_of[place, period - 1]] <= e.appraisal.phases.begins[period] + TOLERANCE)
    if after is None:
        built = FINANCING[e.scenario.contracts.set_index("contract_id")["financing"][before[1]]].builder is not None
        return over or not (built and _works(e, place, before) > 0)
    if before == today:
        return True
    sizes = [e.appraisal.numbers.of(*place, state[0])["capacity"] for state in (before, after)]
    if before[1] == after[1]:
        return sizes[1] > sizes[0] and not over
    return sizes[1] >= sizes[0] and over and bool(e.appraisal.contract_after)


def _works(e: Evidence, place: Place, state: State) -> float:
    """Works that the plan does up to ``state``."""
    today = e.today.get(place)
    if today is not None and today[0] == state[0]:
        return 0.0
    before = e.appraisal.numbers.of(*place, today[0])["capex"] if today else 0.0
    return e.appraisal.numbers.of(*place, state[0])["capex"] - before


def _unfinished(e: Evidence, paths: dict[Place, dict[int, State]]) -> dict[tuple[Place, int], float]:
    """Years that a change, by place and the period before it, comes before the works of the last one are done.

    Nor may it come before they are paid, where they are paid with cases, unless the term is over.
    """
    services, terms = e.appraisal.services(), e.appraisal.terms()
    ready = np.minimum(settled_at(services, terms), timing_of(services, terms).ends)
    phases, found = e.appraisal.phases, {}
    for row, period, done in zip(rows_of(e.plan.openings), e.appraisal.period.tolist(), ready.tolist(), strict=True):
        place = row.site_id, row.specialty_id
        if period + 1 < len(phases) and paths[place].get(period + 1) != paths[place][period]:
            found[place, period] = done - phases.ends[period]
    return found


def _starts(e: Evidence) -> list[float]:
    """Works begun in each period beyond its limit."""
    services = e.appraisal.services()
    begun = (services.works > 0) & (services.pays_works > 0)
    counts = np.bincount(e.appraisal.period[begun], minlength=len(e.scenario.periods))
    return list(counts - e.scenario.periods["max_starts"].fillna(np.inf).to_numpy(float))


def _undecided(e: Evidence, paths: dict[Place, dict[int, State]]) -> Iterator[bool]:
    """Rows of ``decisions``, by service and period, that the plan does not keep."""
    periods = e.scenario.periods["period_id"].to_list()
    for row in rows_of(e.scenario.decided):
        for place in _places(e, row):
            for t in [periods.index(row.period_id)] if row.period_id else range(len(periods)):
                yield not _kept(e, row, place, paths.get(place, {}), t)


def _places(e: Evidence, row: Any) -> Iterator[Place]:
    sites = e.scenario.sites["site_id"] if row.site_id == ALL else [row.site_id]
    specialties = e.scenario.specialties["specialty_id"] if row.specialty_id == ALL else [row.specialty_id]
    yield from ((site, specialty) for site in sites for specialty in specialties)


def _kept(e: Evidence, row: Any, place: Place, path: dict[int, State], t: int) -> bool:
    state, after = path.get(t), [path.get(later) for later in range(t, len(e.scenario.periods))]
    today = e.today.get(place)
    if row.decision == "open":
        return _meant(row, state)
    if row.decision == "start":
        before = all(path.get(earlier) in (None, today) for earlier in range(t))
        stays = all(later is not None and row.contract_id in ("", later[1]) for later in after)
        return _meant(row, state) and before and stays
    if row.decision == "close":
        return not any(after)
    if row.decision == "forbid":
        return not _meant(row, state)
    return state == (path.get(t - 1) if t else today)


def _meant(row: Any, state: State | None) -> bool:
    """Whether a service is open in the size and contract of the row, where it names them."""
    return state is not None and row.size_id in ("", state[0]) and row.contract_id in ("", state[1])


def _too_early(e: Evidence, paths: dict[Place, dict[int, State]]) -> Iterator[bool]:
    for row in rows_of(e.scenario.precedence):
        needed = paths.get((row.after_site_id, row.after_specialty_id), {})
        yield from (t - row.periods_between not in needed for t in paths.get((row.site_id, row.specialty_id), {}))
