"""The price of a norm: what a plan that keeps it costs beyond the best that is found without it.

Norms are taken in groups, as a planner states them: a specialty in the whole area, or in its regions; people reached by
ambulances; the loads of hubs; the staff. Of a group those that the plan keeps are let go, all others stay, and the
scenario is solved again from the plan, within the seconds given. The price is the difference of both
(:mod:`.difference`): an interval whose ends meet where both are solved to the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from redesaude.asking.difference import difference
from redesaude.asking.norm_changes import without
from redesaude.inputs.scenario import rows_of
from redesaude.inputs.tables import ALL
from redesaude.plan.plan import Plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Listener, StopSignal
from redesaude.solving.solve import solve
from redesaude.studies.sharing import cheaper

#: kinds of promises that are norms; of access, ``regions`` is whether of single areas
KINDS = ("access", "cover", "double_cover", "ambulances", "window", "load", "workforce")
GROUP = ("kind", "specialty_id", "regions")
#: ``norms`` kept, and how many ``bind`` (kept with less than a thousandth to spare); ``price`` is what the plan found
#: without them saves, and the price proven lies between ``least`` and ``most``; NPV
PRICES = (*GROUP, "norms", "bind", "price", "least", "most")
_SPARE = 1e-3


def groups(plan: Plan) -> pd.DataFrame:
    """Return the norms that a plan keeps by :data:`GROUP`: ``norms``, those that ``bind``, and their ids."""
    rows = grouped(plan.promises[plan.promises["met"].astype(bool)])
    spare = (rows["achieved"] - rows["limit"]).abs() / rows["limit"].where(rows["limit"] > 0)
    found = rows.assign(bind=spare < _SPARE).groupby(list(GROUP), sort=False)
    return found.agg(norms=("promise_id", "size"), bind=("bind", "sum"), ids=("promise_id", frozenset)).reset_index()


def grouped(promises: pd.DataFrame) -> pd.DataFrame:
    """Return the norms of a table of promises with the columns of :data:`GROUP`."""
    rows = promises[promises["kind"].isin(KINDS)]
    whole = rows["kind"].isin(["load", "workforce"])
    return rows.assign(
        specialty_id=rows["specialty_id"].where(~whole, ""), regions=~rows["region_id"].isin([ALL, ""]) & ~whole
    )


def norm_prices(
    plan: Plan,
    options: SolveOptions | None = None,
    progress: Callable[[str], Listener | None] | None = None,
    stop: StopSignal | None = None,
) -> pd.DataFrame:
    """Return the price of each group of norms that ``plan`` keeps, columns :data:`PRICES`, the dearest first.

    ``options`` are those of each solve; ``progress`` gives the listener of each by its group. When stopped, those that
    are done are returned.
    """
    options = replace(options or SolveOptions(time_limit=30.0), certificate=False)
    found = []
    for row in rows_of(groups(plan)):
        if stop is not None and stop.stopped:
            break
        listener = progress(f"{row.kind} {row.specialty_id}".strip()) if progress else None
        other = solve(without(plan.scenario, row.ids), options, listener, stop, known=(plan,))
        found.append((*row[: len(GROUP)], row.norms, row.bind, *_price(plan, other)))
    table = pd.DataFrame(found, columns=list(PRICES))
    return table.sort_values("price", ascending=False, kind="stable", ignore_index=True)


def _price(plan: Plan, other: Plan) -> tuple[float, float, float]:
    """What the plan found without the norms saves, and between what the price is proven to lie.

    The plan keeps every rule without them too, so that none of these is below zero.
    """
    free = cheaper(other, plan)
    if not free.has_decisions:  # nothing else is known than that
        free = replace(plan, bound=other.bound)
    told = difference(free, plan, 1)
    return told.found or 0.0, told.low, told.high
