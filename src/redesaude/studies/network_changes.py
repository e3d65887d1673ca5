"""How the network of one plan differs from another's, or from today's: service by service, each change by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from redesaude.inputs.scenario import rows_of
from redesaude.plan.endings import Ended, Fate, ended_between
from redesaude.plan.numbers import State, today_of
from redesaude.plan.plan import Plan
from redesaude.studies.strategies import MIX

CHANGES = (
    "strategy_id",
    "against",
    "site_id",
    "specialty_id",
    "change",
    "size_before",
    "size_after",
    "contract_before",
    "contract_after",
)

_Service = tuple[str, str]
_Network = Mapping[_Service, State]
"""(site, specialty) -> (size, contract)"""


def changes_of(strategy: str, plan: Plan, mix: Plan | None) -> Iterator[tuple[str, ...]]:
    """Yield rows of :data:`CHANGES`: what a strategy does to services of today, and how it differs from the mix."""
    against: dict[str, _Network] = {"today": today_of(plan.scenario)}
    if mix is not None and strategy != MIX:
        against["mix"] = services_at_the_end(mix)
    after = services_at_the_end(plan)
    for label, before in against.items():
        ended = ended_between(plan.scenario, before, after)
        for place, change, old, new in network_changes(before, after, ended):
            yield strategy, label, *place, change, old[0], new[0], old[1], new[1]


def changes_between(base: Plan, plan: Plan) -> list[tuple[str, ...]]:
    """Return what ``plan`` has otherwise than ``base`` in the last period, columns of :data:`CHANGES` after the first
    two.
    """
    before, after = services_at_the_end(base), services_at_the_end(plan)
    rows = network_changes(before, after, ended_between(base.scenario, before, after))
    return [(*place, change, old[0], new[0], old[1], new[1]) for place, change, old, new in rows]


def at_the_end(plan: Plan) -> pd.DataFrame:
    """Return the openings of the last period; none without a plan."""
    last = plan.scenario.periods["period_id"].iloc[-1]
    return pd.DataFrame(plan.openings[plan.openings["period_id"] == last])


def services_at_the_end(plan: Plan) -> _Network:
    """Return size and contract of each service (site, specialty) that is open in the last period."""
    return {(r.site_id, r.specialty_id): (r.size_id, r.contract_id) for r in rows_of(at_the_end(plan))}


def network_changes(
    before: _Network, after: _Network, ended: Mapping[_Service, Ended]
) -> Iterator[tuple[_Service, str, State, State]]:
    """Yield (place, change, size and contract before, and after); a resized service may change contract too.

    ``ended`` is what becomes of those that ``after`` does not have.
    """
    taken = {(end.instead, place[1]) for place, end in ended.items() if end.fate is Fate.MOVED}
    for place in sorted({*before, *after}):
        old, new = before.get(place, ("", "")), after.get(place, ("", ""))
        if place not in before:
            yield place, "moved_here" if place in taken else "opened", old, new
        elif place not in after:
            yield place, ended[place].fate.value, old, new
        elif old[0] != new[0]:
            yield place, "resized", old, new
        elif old[1] != new[1]:
            yield place, "contract", old, new
