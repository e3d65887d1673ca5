"""The last mile of a plan: what a search leaves undone near its plan, and what it does not care about.

Around the plan small exact models are solved until none gains: other *contracts*, with sites, sizes and patients as
they are; then one service more, one less or one of another size, group by group of specialties (local branching:
Fischetti and Lodi 2003). A plan of the least cost is seldom the only one: among plans of equal cost one keeps the most
of *today*, its services and their contracts, and with the services settled patients *travel* least. Both come after
the cost (lexicographic): they are minimised with the cost held.

Each model is that of the search with columns standing still: what it finds is a plan, and no bound is touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from scipy.sparse import csr_array

from redesaude.assemble import Assembled
from redesaude.errors import SolverError
from redesaude.solving.core.incumbent import Incumbent, in_model
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.highs import solve
from redesaude.solving.layout import in_order, layout_of
from redesaude.solving.near import Near, minutes_of
from redesaude.solving.options import Limits
from redesaude.solving.progress import Search
from redesaude.solving.stopwatch import Stopwatch
from redesaude_models.arrays import Flags, Floats
from redesaude_models.columns import NONE
from redesaude_models.parts import UnknownPartError
from redesaude_models.problem import Decisions
from redesaude_models.standard_form import LinearModel

#: relative difference below which two costs are equal, and the least gain that counts, both of the whole cost
_EQUAL, _LEAST_GAIN = 1e-9, 1e-9

#: units in which the cost that is held is written: a solver's tolerance is one in ten million of a unit
_UNITS_OF_COST = 1e5

#: above it a service counts as open
_HALF = 0.5

#: largest breach of a row, bound or integer that a plan may have
_TOLERANCE = 1e-6


def with_last_mile(ways: Sequence[Way]) -> list[Way]:
    """Return the ways, each taking its plan the last mile within its own time limit."""
    return [replace(way, run=partial(_to_the_end, way)) for way in ways]


def _to_the_end(way: Way, assembled: Assembled, search: Search) -> EngineResult | None:
    """Return what the way finds in the time that is not kept, its plan bettered in what is left."""
    clock, p = search.clock, search.parameters.last_mile
    clock.keep(0.0)
    clock.keep(min(p.share * clock.whole, p.seconds))
    result = way.run(assembled, search)
    clock.keep(0.0)
    if result is None or result.decisions is None or search.stopped():
        return result
    try:
        return bettered(assembled, result, replace(search, limits=search.limits.within(p.seconds)))
    except UnknownPartError as unknown:
        search.reporter.tell("plan", f"the last mile is left out, {unknown}")
        return result


def bettered(assembled: Assembled, result: EngineResult, search: Search) -> EngineResult:
    """Return the ``result`` of a way with its plan taken the last mile within the time of ``search``; its bound stays.

    A way that has no model gets one for this, where that is soon built.
    """
    watch = Stopwatch()
    with watch("search"):
        found = result.incumbent
        if found is None and result.decisions is not None:
            found = _soon_built(assembled, result.decisions, search)
        if found is None:
            return result
        found = last_mile(assembled, found, search, bound=result.bound)
        if found.arrays.violation(found.values) > _TOLERANCE:  # no time was left for its flows
            return result
        decisions = found.decisions()
        search.adopt(found.objective, found.arrays.turnover(found.values), lambda: decisions)
    seconds = {name: result.seconds.get(name, 0.0) + spent for name, spent in watch.seconds.items()}
    return replace(result, decisions=decisions, incumbent=found, seconds=result.seconds | seconds)


def _soon_built(assembled: Assembled, decisions: Decisions, search: Search) -> Incumbent | None:
    """Return ``decisions`` in a model of all journeys, or of those to open services; None where both take too long."""
    service = assembled.problem.journeys.service
    opened = np.asarray(decisions.open.any(axis=1))
    most = search.limits.seconds * search.parameters.last_mile.built / search.clock.slowness
    for kept in (np.ones(len(service), dtype=bool), opened[service]):
        if kept.sum() * decisions.open.shape[1] <= most:
            return in_model(assembled.problem, decisions, kept)
    return None


def last_mile(assembled: Assembled, found: Incumbent, search: Search, bound: float | None = None) -> Incumbent:
    """Return ``found`` or a better plan, found within the seconds of ``search``, which is also asked to stop.

    Of a plan that its ``bound`` proves best only its equals are looked at.
    """
    mile = _LastMile(assembled, found, search)
    if not (mile.stands() or mile.flows()):
        return found
    if bound is None or found.objective - bound > _EQUAL * abs(found.objective):
        mile.better()
    mile.keep_today()
    mile.travel_least()
    return replace(found, values=mile.values)


class _LastMile:
    """The plan so far: ``values`` of the columns of its model."""

    def __init__(self, assembled: Assembled, found: Incumbent, search: Search) -> None:
        self.values = found.values
        self._arrays: LinearModel = found.arrays
        self._search = search
        self._parameters = search.parameters.last_mile
        self._layout = layout_of(found.arrays, found.core.problem)
        self._near = Near(found.arrays, assembled, self._layout)
        self._groups = in_order(found.core.problem)
        self._minutes = minutes_of(found.arrays, found.core.problem, assembled.phases)
        self._begin = search.clock.now

    def stands(self) -> bool:
        """Whether the values are a plan."""
        return self._arrays.violation(self.values) <= _TOLERANCE

    def flows(self) -> bool:
        """Take the cheapest flows around what is decided; return whether there are any."""
        columns = np.flatnonzero(self._arrays.integer)
        around = self._arrays.fixed(columns, np.round(self.values[columns]))
        found = solve(around, self._limits(0.0, 1.0), stopped=self._search.stopped).values
        return found is not None and self._taken(found)

    def better(self) -> None:
        """Other contracts, then single services, until nothing gains or the time for it is over."""
        p = self._parameters
        while not self._search.stopped():
            before = self._arrays.value(self.values)
            self._gain(self._near.other_contracts(self.values), self._limits(0.0, p.contracts))
            if self._left(p.services) <= 0:
                return
            for n, group in enumerate(self._groups):
                free = np.isin(self._layout.specialty, [*group, NONE])
                turn = self._limits(p.service_gap, p.services, parts=len(self._groups) - n)
                self._gain(free, turn, self._near.one_change(self.values, free))
            gain = before - self._arrays.value(self.values)
            if gain <= _LEAST_GAIN * abs(before):
                return
            self._search.reporter.tell("solve", f"bettered near the plan by {gain:,.0f}", incumbent=before - gain)

    def keep_today(self) -> None:
        """Of plans of equal cost take one that keeps the most of today: other contracts, in small models all."""
        every = np.ones_like(self._arrays.integer)
        self._lower(
            self._near.lost,
            every if len(every) <= self._parameters.columns else self._near.other_contracts(self.values),
        )

    def travel_least(self) -> None:
        """Of plans of equal cost with these services take one in which patients travel least; no more are unmet."""
        opener = self._layout.opener
        usable = (opener == NONE) | (self.values[opener] > _HALF)
        moves = (~self._arrays.integer | self._layout.share) & usable & ~self._near.unmet
        for n, group in enumerate(self._groups):
            here = moves & np.isin(self._layout.specialty, group)
            self._lower(self._minutes, here, parts=len(self._groups) - n)

    def _gain(self, free: Flags, limits: Limits, row: tuple[Floats, float] | None = None) -> None:
        """Take the cheapest plan in which only the ``free`` columns differ, ``row @ x >= least`` kept if given."""
        columns = np.flatnonzero(free)
        part = self._arrays.around(columns, self.values)
        own, total = abs(part.value(self.values[columns]) - part.offset), abs(self._arrays.value(self.values))
        limits = replace(limits, gap=min(1.0, limits.gap * total / max(own, 1e-9)))
        if row is not None:
            part = part.with_rows(csr_array(row[0][columns][None, :]), np.array([row[1]]))
        self._improve(part, columns, limits)

    def _lower(self, aim: Floats, free: Flags, parts: int = 1) -> None:
        """Take the plan of least ``aim`` of those that cost the same and differ in the ``free`` columns only."""
        columns, before = np.flatnonzero(free), float(aim @ self.values)
        if not aim[columns].any():
            return
        part, mine = self._arrays.around(columns, self.values), self.values[columns]
        unit = max(float(np.abs(part.cost) @ np.abs(mine)), 1.0) / _UNITS_OF_COST
        held = part.with_rows(csr_array(-part.cost[None, :] / unit), np.array([-float(part.cost @ mine) / unit]))
        kept = self.values
        self._improve(replace(held, cost=aim[columns], offset=0.0), columns, self._limits(_EQUAL, 1.0, parts))
        if aim @ self.values > before - _TOLERANCE * max(1.0, abs(before)):
            self.values = kept

    def _improve(self, part: LinearModel, columns: np.ndarray, limits: Limits) -> None:
        start = (np.arange(len(columns), dtype=np.int32), self.values[columns])
        if limits.seconds <= 0 or self._search.stopped():
            return
        try:
            found = solve(part, limits, start=start, stopped=self._search.stopped).values
        except SolverError as failed:  # the plan stands without this step, and its bound does not rest on it
            self._search.reporter.tell("plan", f"a step of the last mile is left out, {failed}")
            return
        if found is not None:
            values = self.values.copy()
            values[columns] = found
            self._taken(values)

    def _taken(self, values: Floats) -> bool:
        """Take ``values``, their integers whole, if they are a plan that costs no more."""
        values = self._arrays.whole(values)
        cost, before = self._arrays.value(values), self._arrays.value(self.values)
        dearer = self.stands() and cost > before + 2 * _EQUAL * abs(before)
        if dearer or self._arrays.violation(values) > _TOLERANCE:
            return False
        self.values = values
        return True

    def _left(self, share: float) -> float:
        return self._begin + share * self._search.limits.seconds - self._search.clock.now

    def _limits(self, gap: float, share: float, parts: int = 1) -> Limits:
        """Limits of a solve that has one of so many ``parts`` of what is left of a ``share`` of the time."""
        return replace(self._search.limits, gap=gap, seconds=max(0.0, self._left(share)) / parts)
