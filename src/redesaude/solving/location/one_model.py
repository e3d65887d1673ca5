"""A capacitated problem as one model in HiGHS: beside the tree on its services, which knows the same problem.

Its arrays are those of :mod:`.allocation` with every service and journey in them. It begins within milliseconds, takes
plans of other ways as solutions of its own, and is the better way where the relaxation says nearly all.
"""

from __future__ import annotations

import numpy as np

from redesaude.errors import SolverError
from redesaude.solving.highs import solve
from redesaude.solving.location.allocation import RestrictedModel, allocation_of, restricted_model
from redesaude.solving.location.capacitated import Allocation, ByCapacity
from redesaude.solving.progress import Search
from redesaude.solving.stopwatch import Stopwatch
from redesaude.status import Termination
from redesaude_models.arrays import Floats

#: largest breach of a row, bound or integer of a plan
_TOLERANCE = 1e-6


class OneModel:
    """The best plan ``found`` so far; cost and bound are those of ``search``. ``shape`` are rows and columns."""

    def __init__(self, problem: ByCapacity, search: Search) -> None:
        self.found: Allocation | None = None
        self.watch = Stopwatch()
        self._problem, self._search = problem, search
        with self.watch("build"):
            self._model = _whole(problem)
        self.shape = self._model.model.matrix.shape

    def run(self) -> Termination:
        """Run to the end and say why it ended. SolverError: HiGHS ended without an answer."""
        search = self._search
        with self.watch("search"):
            result = solve(
                self._model.model,
                search.share(1.0),
                on_progress=search.hear,
                on_solution=self._adopt,
                offered=self._offered,
                stopped=search.stopped,
            )
        search.prove(result.bound)
        if result.values is not None:
            self._adopt(result.values)
        if result.termination == Termination.FAULT:
            raise SolverError(result.said)
        if result.termination == Termination.PROVEN_INFEASIBLE:
            return result.termination
        return search.termination

    def _adopt(self, values: Floats) -> None:
        if self._model.model.violation(values) > _TOLERANCE:
            return
        found = self._model.read(values)
        if self._search.adopt(found.cost, found.turnover, lambda: self._problem.decisions(found)):
            self.found = found

    def _offered(self) -> Floats | None:
        """Return a plan of another way in the columns of the model."""
        arrived = self._search.arrived()
        return None if arrived is None else self._model.columns_of(allocation_of(self._problem, arrived))


def _whole(problem: ByCapacity) -> RestrictedModel:
    services = problem.services
    reach, every = np.isfinite(services.case_cost), np.arange(len(services.opening))
    return restricted_model(services, every, services.required, reach, choosing=True)
