"""What becomes of services that a plan does not go on with at their site, called by what it is.

A service *moves* where one of its specialty opens, in the period in which it ends, at another site of the same
municipality; each opening takes up one. It is *no longer contracted* where others own the hospital, or sell the
service: that goes on without the plan. Otherwise it closes.
"""

from __future__ import annotations

from collections.abc import Mapping
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


class Ended(NamedTuple):
    """What becomes of a service, and the site that takes it up where it moves (else blank)."""

    fate: Fate
    instead: str


def endings_of(scenario: Scenario, openings: pd.DataFrame) -> list[Ending]:
    """Return what becomes of each service that ends, in the order of :func:`redesaude.plan.paths.closings_of`."""
    calls, free = _Calls(scenario), _opened(scenario, openings)
    return [
        Ending(place, period, state, *calls.ended(place, state, free.get((place[1], period), [])))
        for place, period, state in closings_of(scenario, openings)
    ]


def ended_between(
    scenario: Scenario, before: Mapping[tuple[str, str], State], after: Mapping[tuple[str, str], State]
) -> dict[tuple[str, str], Ended]:
    """Return what becomes of each service (site, specialty) of the network ``before`` that ``after`` does not have.

    Both are networks of one moment; what ``after`` has and ``before`` has not may take up what moves.
    """
    calls = _Calls(scenario)
    free: dict[str, list[str]] = {}
    for site, specialty in sorted(after.keys() - before.keys()):
        free.setdefault(specialty, []).append(site)
    return {
        place: calls.ended(place, before[place], free.get(place[1], []))
        for place in sorted(before.keys() - after.keys())
    }


class _Calls:
    """What an ending is called, by where hospitals stand and who owns them."""

    def __init__(self, scenario: Scenario) -> None:
        sites, contracts = scenario.sites, scenario.contracts
        self._town = dict(zip(sites["site_id"], sites["territory_id"], strict=True))
        self._owner = dict(zip(sites["site_id"], sites["kind"], strict=True))
        self._model = dict(zip(contracts["contract_id"], contracts["delivery_model"], strict=True))

    def ended(self, place: tuple[str, str], state: State, free: list[str]) -> Ended:
        """Say what becomes of a service; of the ``free`` openings of its specialty the one that takes it up is gone."""
        site = place[0]
        near = [other for other in free if self._town[site] and self._town[other] == self._town[site]]
        if near:
            free.remove(near[0])
            return Ended(Fate.MOVED, near[0])
        others = self._owner[site] in _OTHERS or self._model.get(state[1]) == _BOUGHT
        return Ended(Fate.UNCONTRACTED if others else Fate.CLOSED, "")


def _opened(scenario: Scenario, openings: pd.DataFrame) -> dict[tuple[str, int], list[str]]:
    """(specialty, period) -> sites at which it is first open then, in order."""
    today = today_of(scenario)
    found: dict[tuple[str, int], list[str]] = {}
    for (site, specialty), states in sorted(paths_of(scenario, openings).items()):
        if (site, specialty) not in today:
            found.setdefault((specialty, min(states)), []).append(site)
    return found
