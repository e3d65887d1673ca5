"""A first plan: what another plan opens, or one specialty after the other.

Specialties share only sites, contracts and money, so that one alone is a small model; it is solved to a small gap,
those decided before it standing as they are; those that co-location ties together are decided together. The plan is
good, not best; it is a start for an engine and the incumbent of its first seconds. A specialty for which no plan is
found in time is left open, and the start is partial. A rough one comes first, of what each relaxation settles: the
search betters it sooner than a finer one is made, which follows only where that fails.

Where plans of variants of the same scenario are known, what they open is tried first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from redesaude.solving.highs import solve
from redesaude.solving.known import Known
from redesaude.solving.layout import Layout
from redesaude.solving.options import Limits
from redesaude.solving.progress import Search
from redesaude.solving.relaxation.reduced_cost_fixing import without_dear, worthwhile_relaxation
from redesaude.solving.relaxation.rens import enforced
from redesaude.solving.simplex import relaxation
from redesaude.status import Termination
from redesaude_models.arrays import Flags, Floats, Indices
from redesaude_models.columns import NONE, columns_of
from redesaude_models.standard_form import LinearModel


@dataclass(frozen=True)
class Start:
    """Columns with a value, and the values; ``complete`` when no column is missing, ``rough`` when it is what
    the relaxations settle.
    """

    columns: Indices
    values: Floats
    complete: bool
    rough: bool = False


def first_plan(arrays: LinearModel, layout: Layout, order: Sequence[list[int]], search: Search) -> Start:
    """Return the best start that known plans give, or else one made block by block."""
    known = best_known(arrays, search)
    if known is not None:
        return known
    rough = block_by_block(arrays, layout, order, search, rough=True)
    return rough if rough.complete or search.over() else block_by_block(arrays, layout, order, search)


def best_known(arrays: LinearModel, search: Search) -> Start | None:
    """Return the best plan that opens just what a known one does, None if there is none."""
    known = [start for plan in search.known if (start := as_opened(arrays, plan, search)) is not None]
    if not known:
        return None
    best = min(known, key=lambda start: arrays.value(start.values))
    search.reporter.tell("start", f"from {len(known)} plans already known", incumbent=arrays.value(best.values))
    return best


def as_opened(arrays: LinearModel, known: Known, search: Search) -> Start | None:
    """Return the best plan that opens just what a ``known`` one does, None if there is none.

    A service whose option does not exist in this model is decided anew.
    """
    grid = columns_of(arrays)["z"]
    there = grid != NONE
    decided = there & known.decided(there)
    values = known.options[decided].astype(float)
    limits = search.share(search.parameters.start.share / 4, search.parameters.start.known_gap)
    result = solve(arrays.fixed(grid[decided], values), limits, stopped=search.stopped)
    if result.values is None:
        return None
    found = arrays.whole(result.values)
    return Start(np.arange(len(found), dtype=np.int32), found, complete=True)


def block_by_block(
    arrays: LinearModel, layout: Layout, order: Sequence[list[int]], search: Search, *, rough: bool = False
) -> Start:
    """Return a start for ``arrays``: the columns of each group of specialties, and those of none, in ``order``.

    In very large models each specialty is a group by itself. A ``rough`` one ends where the relaxation of the first
    group settles too much, or too little for its time; a later group of which it does is decided with more care, rather
    than all that was placed given up.
    """
    owner, p = layout.specialty, search.parameters.start
    if len(owner) >= p.columns:
        order = [[specialty] for group in order for specialty in group]
    values, held = np.zeros(len(owner)), np.zeros(len(owner), dtype=bool)
    seconds = min(p.share * search.clock.left, p.seconds, len(owner) / p.columns_a_second)
    end, fair = search.clock.now + seconds, seconds / max(1, len(order))
    decided = 0
    for n, group in enumerate(order):
        if search.over():
            break
        columns = np.flatnonzero(np.isin(owner, [*group, NONE]))
        part = arrays.around(columns, values)
        left = (end - search.clock.now) / (len(order) - n)  # what earlier ones did not need goes to the later
        each = replace(search.limits, gap=p.gap, threads=1, seconds=max(fair, left))
        found = _settled(part, each, search) if rough else None
        if found is None and rough and not decided:
            break
        if found is None:
            found = _decide(part, layout.share[columns], each, search)
        if found is None and decided:
            columns = np.flatnonzero(held | np.isin(owner, group))
            shut = held & (owner != NONE) & arrays.integer & (values <= arrays.column_lower)
            part = arrays.around(columns, values)
            found = _giving_some_up(part, shut[columns], each, search)
        if found is None:
            continue
        values[columns] = part.whole(found)
        held[columns] = True
        decided += len(group)
        search.reporter.tell("start", f"{decided} of {sum(map(len, order))} specialties placed")
    known = np.flatnonzero(held)
    return Start(known.astype(np.int32), values[known], complete=bool(held.all()), rough=rough)


def _settled(part: LinearModel, limits: Limits, search: Search) -> Floats | None:
    """Return a solution of what the relaxation of ``part`` settles, None if there is none in its time."""
    limits = replace(limits, gap=search.parameters.start.rough_gap)
    relaxed = relaxation(part, limits)
    return None if relaxed is None else solve(enforced(part, relaxed), limits, stopped=search.stopped).values


def _giving_some_up(part: LinearModel, shut: Flags, limits: Limits, search: Search) -> Floats | None:
    """Return a solution of ``part`` in which specialties decided earlier may give up what they opened.

    They may have left no room for what must be: works begun, money, services at a site. What is ``shut`` stays so.
    """
    closing = replace(part, column_upper=np.where(shut, part.column_lower, part.column_upper))
    search.reporter.tell("start", "no room left: what was placed may give some up")
    longer = replace(limits, seconds=search.parameters.start.longer * limits.seconds)
    return solve(closing, longer, stopped=search.stopped).values


def _decide(part: LinearModel, share: Flags, limits: Limits, search: Search) -> Floats | None:
    """Return a good solution of ``part``: of what its relaxation settles, of its promising options, in more time if
    need be, or else of all.
    """
    whole, p = bool((share & part.integer).any()), search.parameters.start
    limits = replace(limits, gap=p.gap_of_shares) if whole else limits
    longer = replace(limits, seconds=p.longer * limits.seconds)
    relaxed = worthwhile_relaxation(part, longer, search.parameters.relaxation)
    found: Floats | None = None
    if relaxed is not None and not whole:
        found = solve(enforced(part, relaxed), limits, stopped=search.stopped).values
        if found is not None and part.value(found) - relaxed.objective <= p.near * abs(relaxed.objective):
            return found
    slack = p.slack_of_shares if whole else search.parameters.relaxation.too_dear
    smaller = without_dear(part, relaxed, slack=slack)
    impossible: LinearModel | None = None
    for model, given in ((smaller, limits), (smaller, longer), (part, longer)):
        if model is impossible:
            continue
        start = None if found is None else (np.arange(len(found), dtype=np.int32), found)
        result = solve(model, given, start=start, stopped=search.stopped)
        if result.values is not None or search.stopped():
            return found if result.values is None else result.values
        if result.termination == Termination.PROVEN_INFEASIBLE:
            impossible = model
    return found
