"""Sifting: a core of journeys that grows until its best plan needs no others, for one specialty with very many.

The core with its pool (:mod:`.journey_core`) gives the bound; the demands that its best plan sends to the pool get
twice as many journeys, and so on until none does: then the plan costs what the bound proves (sifting of columns: Bixby,
Gregory, Lustig, Marsten and Shanno 1992). Before that the core without its pool gives the plans, a first one and one
around the services that each core with its pool opens. Where plans are known, the core also holds the journeys to what
they open, and the best of them is the first plan.

Every plan of the problem is one of the core with its pool that costs no more, so what the solver proves of that core
holds for the problem, to the solver's tolerances. What it proves without the pool does not, and is used for plans
alone.
"""

from __future__ import annotations

import numpy as np

from redesaude.solving.building import built
from redesaude.solving.core.incumbent import Incumbent
from redesaude.solving.core.journey_core import Core, cheapest, core_of
from redesaude.solving.highs import exact_values, solve
from redesaude.solving.progress import Search
from redesaude.solving.start import best_known
from redesaude.solving.stopwatch import Stopwatch
from redesaude.status import Termination
from redesaude_models.arrays import Flags, Floats
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.standard_form import LinearModel


class CoreSifting:
    """The best plan ``found`` so far and its ``decisions``, None while there is none; cost and bound are those of
    ``search``. ``shape`` are the rows and columns of the latest core.
    """

    def __init__(self, problem: PlanningProblem, search: Search) -> None:
        self.problem = problem
        self.search = search
        self._parameters = search.parameters.core
        self.first = self._parameters.first
        self.decisions: Decisions | None = None
        self.found: Incumbent | None = None
        self.watch = Stopwatch()
        self.shape = (0, 0)

    def run(self) -> Termination:
        """Grow the core to the end and say why it ended."""
        count = np.full(len(self.problem.demand.territory), self.first)
        known = self._known()
        while not self.search.done():
            core = core_of(self.problem, cheapest(self.problem, count) | known)
            used = self._round(core)
            if not used.any():
                break
            count[used] *= 2
        return self.search.termination

    def _known(self) -> Flags:
        """Return the journeys that known plans may use: to what each opens, as many as of all at first."""
        known = np.zeros(len(self.problem.journeys.demand), dtype=bool)
        for plan in self.search.known:
            known |= cheapest(self.problem, self.first, plan.ever)
        return known

    def _round(self, core: Core) -> np.ndarray:
        """Solve one core; return the demands for which it was too small."""
        nothing = np.zeros(len(self.problem.demand.territory), dtype=bool)
        with self.watch("build"):
            core_model = built(core.problem, self.search)
        if core_model is None:
            return nothing
        model, relaxed = core_model.model, core_model.arrays
        inside = core.restricted(relaxed)
        self.shape = relaxed.matrix.shape
        self.search.reporter.tell("core", f"{len(core.journeys):,} journeys kept")

        def adopt(values: Floats | None) -> None:
            if values is None:
                return
            told = inside.whole(values)
            if (cost := inside.value(told)) < self.search.cost:
                self.found = Incumbent(model, inside, core, exact_values(inside, values, self.search.limits))
                self.decisions = found = self.found.decisions()
                self.search.adopt(cost, inside.turnover(told), lambda: found)

        with self.watch("search"):
            if self.decisions is None and (known := best_known(inside, self.search)) is not None:
                adopt(known.values)
            if self.decisions is None:
                adopt(
                    solve(
                        inside,
                        self.search.share(self._parameters.first_share, self._parameters.first_gap),
                        stopped=self.search.stopped,
                    ).values
                )
        with self.watch("bound"):
            gap = self._parameters.gap * self.search.limits.gap
            result = solve(
                relaxed, self.search.share(1.0, gap), on_progress=self.search.hear, stopped=self.search.stopped
            )
            self.search.prove(result.bound)
        if result.values is None:
            return nothing
        with self.watch("search"):
            adopt(self._around(inside, result.values))
        complete = result.termination == Termination.GAP_REACHED
        return core.pooling(relaxed, result.values) if complete else nothing

    def _around(self, inside: LinearModel, values: Floats) -> Floats | None:
        """Return the best plan without the pool that decides as ``values`` do, None if there is none."""
        columns = np.flatnonzero(inside.integer)
        fixed = inside.fixed(columns, np.round(values[columns]))
        return solve(fixed, self.search.share(self._parameters.first_share, 0.0), stopped=self.search.stopped).values
