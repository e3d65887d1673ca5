"""What becomes of services that a plan does not go on with at their site, called by what it is.

A service *moves* where one of its specialty opens, in the period in which it ends, at another site of the same
municipality; each opening takes up one. It is *no longer contracted* where others own the hospital, or sell the
service: that goes on without the plan. Otherwise it closes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import pandas as pd

from redesaude.inputs.scenario import Scenario
from redesaude.plan.numbers import State, today_of
from redesaude.plan.paths import closings_of, paths_of

#: owners of a building that is not the public side's, and how services are bought from their owners
_OTHERS, _BOUGHT = ("private", "philanthropic"), "purchase"


class Fate(StrEnum):
    """What becomes of a service that ends at its site."""

    CLOSED = "closed"
    MOVED = "moved"
    UNCONTRACTED = "uncontracted"


class Ending(NamedTuple):
    """A service that ends: (site, specialty), the first period without it, its state before, its fate, where it goes.

    ``instead`` is the site that takes up one that moves, else blank.
    """

    place: tuple[str, str]
    period: int
    state: State
    fate: Fate
    instead: str


def endings_of(scenario: Scenario, openings: pd.DataFrame) -> list[Ending]:
    """Return what becomes of each service that ends, in the order of :func:`redesaude.plan.paths.closings_of`."""
    town = dict(zip(scenario.sites["site_id"], scenario.sites["territory_id"], strict=True))
    owner = dict(zip(scenario.sites["site_id"], scenario.sites["kind"], strict=True))
    model = dict(zip(scenario.contracts["contract_id"], scenario.contracts["delivery_model"], strict=True))
    free = _opened(scenario, openings)
    found = []
    for (site, specialty), period, state in closings_of(scenario, openings):
        near = [s for s in free.get((specialty, period), []) if town[site] and town[s] == town[site]]
        if near:
            free[specialty, period].remove(near[0])
        others = owner[site] in _OTHERS or model.get(state[1]) == _BOUGHT
        fate = Fate.MOVED if near else Fate.UNCONTRACTED if others else Fate.CLOSED
        found.append(Ending((site, specialty), period, state, fate, near[0] if near else ""))
    return found


def _opened(scenario: Scenario, openings: pd.DataFrame) -> dict[tuple[str, int], list[str]]:
    """(specialty, period) -> sites at which it is first open then, in order."""
    today = today_of(scenario)
    found: dict[tuple[str, int], list[str]] = {}
    for (site, specialty), states in sorted(paths_of(scenario, openings).items()):
        if (site, specialty) not in today:
            found.setdefault((specialty, min(states)), []).append(site)
    return found
