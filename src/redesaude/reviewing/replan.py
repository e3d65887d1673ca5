"""The next plan, and what is otherwise in it than in the last one: service by service with the reason, and in pairs.

Three plans are set side by side on one footing: the last plan (where a period is parted, in the parted periods: what it
opens, people going where they do best), the last plan carried through what happened
(``going_on``: it opens what that one did, as far as it stands or may still come), and the next one. The first step is
what the facts cost, the second what deciding anew saves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redesaude.inputs.scenario import Scenario, rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import Plan
from redesaude.reviewing.facts import alike
from redesaude.reviewing.forms import plan_of
from redesaude.reviewing.next_scenario import NextScenario, next_scenario
from redesaude.reviewing.planned import Planned
from redesaude.reviewing.reading import read_actuals
from redesaude.reviewing.review import Review, review_of
from redesaude.reviewing.standing import Held
from redesaude.solving.journal import Journal
from redesaude.solving.known import openings_of
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Listener, StopSignal
from redesaude.solving.solve import best_of, solve
from redesaude.studies.network_changes import CHANGES, changes_between
from redesaude.studies.paired import LOAD, MINUTES, measures

#: of each service that ends up otherwise: what of, and why
CHANGED = (*CHANGES[2:], "why", "months", "measured")
#: ``less`` is the next plan less the last one carried on; blank where that is not possible
PAIRED = ("measure", "about", "planned", "going_on", "next", "less")
COST, LINE, TREATED, IN_TIME = "cost", "line", "treated", "in_time"
#: what of a service may be the reason
OWN, OTHERS, DEMAND, COSTS, FOLLOWS = "own", "others", "demand", "costs", "follows"


@dataclass(frozen=True)
class Draft:
    """The next scenario before it is written and solved, and the review that it follows from."""

    planned: Planned
    review: Review
    next: NextScenario


@dataclass(frozen=True)
class Replan:
    """The next plan beside the last one.

    ``before`` is the last plan, ``footing`` the same in the parted periods before anything that happened. ``carried``
    is what it opens in the next scenario, ``going_on`` the best plan that opens just that (None: none is possible),
    ``plan`` the next one. ``changes`` and ``paired``: :data:`CHANGED`, :data:`PAIRED`.
    """

    review: Review
    next: NextScenario
    before: Plan
    footing: Plan
    carried: Plan
    going_on: Plan | None
    plan: Plan
    changes: pd.DataFrame
    paired: pd.DataFrame

    @property
    def facts_cost(self) -> float | None:
        """What happened, in net present cost: the last plan carried on less the last plan on the same footing."""
        return None if self.going_on is None else cost_of(self.going_on) - cost_of(self.footing)

    @property
    def saved(self) -> float | None:
        """What deciding anew saves against going on."""
        return None if self.going_on is None else cost_of(self.going_on) - cost_of(self.plan)


def replan(result: Plan | Path | str, actuals: Sequence[Path | str]) -> Draft:
    """Return the next scenario after the review of a result by workbooks of actuals, all of them so far.

    Raises
    ------
    InputError
        with every wrong cell of every workbook. ResultError: when ``result`` holds no plan with decisions.

    """
    planned = Planned(plan_of(result))
    review = review_of(planned, read_actuals(planned, [Path(file) for file in actuals]))
    return Draft(planned, review, next_scenario(planned, review))


def solved(
    draft: Draft,
    scenario: Scenario,
    options: SolveOptions | None = None,
    progress: Listener | None = None,
    stop: StopSignal | None = None,
    *,
    journal: Journal | None = None,
    known: Sequence[Plan] = (),
) -> Replan:
    """Return the next plan, from the plan in hand; ``scenario`` is that of the draft as it was written and read.

    What is found is kept in ``journal``; ``known`` are plans of the same scenario from which the search begins, too.

    Raises as :func:`redesaude.solving.solve.solve`.
    """
    before = draft.planned.plan
    carried = replace(before, scenario=scenario, openings=draft.next.openings)
    footing = _footing(draft, options, stop)
    going = best_of(scenario, (openings_of(carried),), options, stop=stop)
    going_on = going if going.has_decisions else None
    hands = [carried, *([going_on] if going_on else []), *known]
    plan = solve(scenario, options, progress, stop, known=hands, journal=journal)
    changes = list(_changes(draft, carried, plan)) if plan.has_decisions else []
    pairs = list(_paired(footing, going_on, plan)) if plan.has_decisions else []
    return Replan(
        draft.review,
        replace(draft.next, scenario=scenario),
        before,
        footing,
        carried,
        going_on,
        plan,
        pd.DataFrame(changes, columns=list(CHANGED)),
        pd.DataFrame(pairs, columns=list(PAIRED)),
    )


def _footing(draft: Draft, options: SolveOptions | None, stop: StopSignal | None) -> Plan:
    """The last plan in the periods of the next scenario, before anything that happened."""
    if draft.next.parted is None:
        return draft.planned.plan
    scenario, openings = draft.next.parted
    found = best_of(scenario, (openings_of(replace(draft.planned.plan, openings=openings)),), options, stop=stop)
    return found if found.has_decisions else draft.planned.plan


def cost_of(plan: Plan | None) -> float:
    """Return what a plan costs (NPV); NaN where there is none."""
    return np.nan if plan is None or plan.objective is None else plan.objective


def _changes(draft: Draft, carried: Plan, plan: Plan) -> Iterator[tuple[object, ...]]:
    """What the next plan has otherwise at the end than the last one had, and why."""
    held = {(r.site_id, r.specialty_id): r for r in rows_of(draft.next.held)}
    before = replace(draft.planned.plan, scenario=carried.scenario, openings=_at_the_end(draft, carried))
    for site, specialty, change, *states in changes_between(before, plan):
        yield site, specialty, change, *states, *_why(draft, held, (site, specialty), states[2:])


def _at_the_end(draft: Draft, carried: Plan) -> pd.DataFrame:
    """What the last plan has open in its last period, said of that of the next scenario."""
    rows, last = draft.planned.plan.openings, draft.planned.scenario.periods["period_id"].iloc[-1]
    now = carried.scenario.periods["period_id"].iloc[-1]
    return pd.DataFrame(rows[rows["period_id"] == last].assign(period_id=now))


def _why(
    draft: Draft, held: dict[tuple[str, str], Any], place: tuple[str, str], contracts: Sequence[str]
) -> tuple[str, float, float]:
    """The nearest reason for a change, with the months of its own and what was measured against what was assumed."""
    own = held.get(place)
    if own is not None and (own.held in (Held.DROPPED, Held.PUT_OFF, Held.RUNS_ON) or own.months):
        return OWN, float(own.months), np.nan
    learned = draft.next.updates
    moved = [row for row in rows_of(learned[learned["stated"]]) if not alike(row.mean_now, row.mean)]
    for row in moved:
        if row.assumption == "demand" and row.about == place[1]:
            return DEMAND, np.nan, row.mean_now / row.mean
    for (_, specialty), other in held.items():
        if specialty == place[1] and (other.held in (Held.DROPPED, Held.PUT_OFF) or other.months):
            return OTHERS, float(other.months), np.nan
    for row in moved:
        if row.about in contracts:
            return COSTS, np.nan, row.mean_now / row.mean
    return FOLLOWS, np.nan, np.nan


def _paired(before: Plan, going_on: Plan | None, plan: Plan) -> Iterator[tuple[object, ...]]:
    """The measures of the three plans, columns :data:`PAIRED`."""
    found = [dict(_measures(each)) if each is not None else {} for each in (before, going_on, plan)]
    for key in dict.fromkeys(key for each in found for key in each):
        values = [each.get(key, 0.0 if each and key[0] == LINE else np.nan) for each in found]
        yield (*key, *values, values[2] - values[1])


def _measures(plan: Plan) -> Iterator[tuple[tuple[str, str], float]]:
    """Cost in all and by line (NPV); cases and their share in time of the last period; load and journeys by region."""
    yield (COST, ALL), cost_of(plan)
    yield from (((LINE, str(line)), float(npv)) for line, npv in plan.costs.groupby("line")["npv"].sum().items())
    last = plan.scenario.periods["period_id"].iloc[-1]
    trips = plan.assignments[plan.assignments["period_id"] == last]
    standard = plan.scenario.specialties.set_index("specialty_id")["access_minutes"]
    unmet = plan.unmet[plan.unmet["period_id"] == last]
    for specialty in plan.scenario.specialties["specialty_id"]:
        mine = trips[trips["specialty_id"] == specialty]
        treated = float(mine["cases"].sum())
        every = treated + float(unmet.loc[unmet["specialty_id"] == specialty, "cases"].sum())
        yield (TREATED, specialty), treated
        if every > 0 and not np.isnan(standard[specialty]):
            yield (
                (IN_TIME, specialty),
                float(mine.loc[mine["minutes"] <= standard[specialty] + 1e-9, "cases"].sum()) / every,
            )
    for row in rows_of(measures(plan)):
        if row.measure in (LOAD, MINUTES):
            yield (row.measure, row.region_id), row.value
