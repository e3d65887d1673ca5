"""Where the next plan begins: what of the plan stands by the cut-off date, what goes on, what was given up.

What is built, open or signed is *fixed*. What has begun and is not signed *goes on*: as planned with the dates known
now, or the next plan gives it up. What was to be done by now, needs no works and was not done is *put off*: it is
decided anew from the next period, unless a service that stands may not run without it: then it counts as open, and is
told. What is not reported is taken as planned, and told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from redesaude.finance.services import timing_of
from redesaude.inputs.scenario import rows_of
from redesaude.plan.numbers import State
from redesaude.plan.paths import begun_in, closings_of, paths_of
from redesaude.reviewing.declared import State as Done
from redesaude.reviewing.planned import Place, Planned
from redesaude.reviewing.review import Review
from redesaude.reviewing.spans import date_of
from redesaude.reviewing.verdicts import Verdict

#: the stage nearest to the opening comes first: it says when the service opens
_NEAREST = ("opening", "conversion", "works", "training", "procurement")
#: verdicts of an ending that has not come
_RUNS_ON = (Verdict.NOT_DONE, Verdict.LATE, Verdict.DROPPED)


class Held(StrEnum):
    """What the next plan may do with something that this one has begun."""

    FIXED = "fixed"
    GOES_ON = "goes_on"
    PUT_OFF = "put_off"
    DROPPED = "dropped"
    NEEDED = "needed"  # not done, but what is fixed may not run without it
    RUNS_ON = "runs_on"  # a service of today that was to end and has not


#: what is built, open or signed, or counts so
STANDS = (Held.FIXED, Held.NEEDED)


@dataclass(frozen=True)
class Standing:
    """One service that the plan changes by the cut-off date.

    ``period`` (position) is that in which it was decided, ``state`` its size and contract; ``planned_on`` and
    ``now_on`` are when it opens (None: never), ``months`` later than planned. ``signed`` and ``opened`` are as planned,
    years from the first; ``works`` whether something is built. ``reported``: somebody said something of it.
    """

    place: Place
    state: State
    period: int
    held: Held
    months: float
    signed: float
    opened: float
    works: bool
    reported: bool
    planned_on: dt.date
    now_on: dt.date | None


def standings(planned: Planned, review: Review, now: int) -> list[Standing]:
    """Return where each service stands that the plan changes or ends in the periods up to ``now`` (a position)."""
    return _with_needed(planned, [*_of_openings(planned, review, now), *_of_endings(planned, review, now)])


def _with_needed(planned: Planned, stand: list[Standing]) -> list[Standing]:
    """What is put off, but a service that stands may not be open without it, counts as open."""
    needs = list(_needs(planned))
    standing = {each.place for each in stand if each.held in STANDS}
    while wanted := {two for one, two in needs if one in standing} & {e.place for e in stand if e.held is Held.PUT_OFF}:
        stand = [
            replace(each, held=Held.NEEDED) if each.held is Held.PUT_OFF and each.place in wanted else each
            for each in stand
        ]
        standing |= wanted
    return stand


def _needs(planned: Planned) -> Iterator[tuple[Place, Place]]:
    """Services, each with one without which it may not be open: its hub, the one before it, another of its site."""
    scenario = planned.scenario
    for each in planned.appraisal.network().agreements:
        yield (each.satellite, each.specialty), (each.hub, each.specialty)
    for row in rows_of(scenario.precedence):
        yield (row.site_id, row.specialty_id), (row.after_site_id, row.after_specialty_id)
    for row in rows_of(scenario.requires):
        yield from (((s, row.specialty_id), (s, row.required_specialty_id)) for s in scenario.sites["site_id"])


def _of_openings(planned: Planned, review: Review, now: int) -> Iterator[Standing]:
    appraisal, paths = planned.appraisal, paths_of(planned.scenario, planned.plan.openings)
    services, timing = appraisal.services(), timing_of(appraisal.services(), appraisal.terms())
    position = appraisal.periods
    for n, row in enumerate(rows_of(planned.plan.openings)):
        place, period = (row.site_id, row.specialty_id), position[row.period_id]
        if period > now or row.change == "kept" or begun_in(paths[place], period) != period:
            continue
        signed, opened, works = float(timing.signed[n]), float(timing.opened[n]), bool(services.works[n] > 0)
        told = _told(planned, review, place, {"procurement": signed, "works": opened})
        held = _held(told, review, planned.first_year + signed, procured=signed > services.begun[n], works=works)
        months = next((_months(told[stage]) for stage in _NEAREST if stage in told), 0.0)
        yield Standing(
            place, (row.size_id, row.contract_id), period, held, months, signed, opened, works, bool(told),
            date_of(planned.first_year + opened), _later(planned.first_year + opened, months),
        )  # fmt: skip


def _told(planned: Planned, review: Review, place: Place, dates: Mapping[str, float]) -> dict[str, Any]:
    """What was reported of the stages of one service, by stage; only of those whose planned day is this one's."""
    rows = review.dates
    mine = rows[(rows["site_id"] == place[0]) & (rows["specialty_id"] == place[1]) & (rows["sheet"] == "milestones")]
    found = {}
    for row in rows_of(mine[mine["verdict"] != Verdict.NOT_REPORTED]):
        when = dates["procurement" if row.about == "procurement" else "works"]
        if row.about in _NEAREST and row.planned_on == date_of(planned.first_year + when):
            found[row.about] = row
    return found


def _months(row: Any) -> float:
    return np.inf if row.verdict == Verdict.DROPPED else float(row.months)


def _later(year: float, months: float) -> dt.date | None:
    return None if np.isinf(months) else date_of(year + months / 12.0)


def _held(told: Mapping[str, Any], review: Review, signed: float, *, procured: bool, works: bool) -> Held:
    """What the next plan may do with a service of which ``told`` was reported; ``signed`` is a calendar year."""
    if any(row.verdict == Verdict.DROPPED for row in told.values()):
        return Held.DROPPED
    if any(_done(review, row) for row in told.values()):
        return Held.FIXED
    if "procurement" in told or (not procured and told):
        late = any(row.verdict in (Verdict.NOT_DONE, Verdict.LATE) for row in told.values())
        return Held.PUT_OFF if late and not works else Held.GOES_ON if procured else Held.FIXED
    return Held.FIXED if date_of(signed) <= review.cutoff else Held.GOES_ON


def _done(review: Review, row: Any) -> bool:
    state = review.actuals.known.get((row.row_id, "state"))
    return state is not None and state.value == Done.DONE


def _of_endings(planned: Planned, review: Review, now: int) -> Iterator[Standing]:
    """Services of today that were to end and have not; what has ended, late or not, is closed."""
    rows = review.dates[(review.dates["about"] == "closing") & review.dates["verdict"].isin(_RUNS_ON)]
    late = {(row.site_id, row.specialty_id): row for row in rows_of(rows) if not _done(review, row)}
    for place, period, state in closings_of(planned.scenario, planned.plan.openings):
        if place in late and period <= now:
            row = late[place]
            yield Standing(
                place, state, period, Held.RUNS_ON, _months(row), 0.0, 0.0, False, True, row.planned_on, row.actual_on
            )  # fmt: skip
