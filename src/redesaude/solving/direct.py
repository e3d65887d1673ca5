"""The direct engine: the whole problem as one Pyomo model, solved by HiGHS."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from redesaude.assemble import Assembled
from redesaude.errors import SolverError
from redesaude.solving.building import built, soon_built
from redesaude.solving.certify import Evidence
from redesaude.solving.core.incumbent import Incumbent, whole
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.highs import SolverResult, exact_values, solve
from redesaude.solving.layout import in_order, layout_of
from redesaude.solving.options import Limits
from redesaude.solving.progress import Search
from redesaude.solving.relaxation.aggregate_capacity import with_aggregate_capacity
from redesaude.solving.start import first_plan
from redesaude.solving.stopwatch import Stopwatch
from redesaude.status import Termination
from redesaude_models.arrays import Floats
from redesaude_models.parts import UnknownPartError
from redesaude_models.standard_form import LinearModel


class DirectEngine:
    """One model, one solver. A large model is given a start, so that a plan is there from the first seconds."""

    name = "direct"

    @property
    def ways(self) -> tuple[Way, ...]:
        """The one way of this engine."""
        return (Way(self.name, self.run, conclusive=True),)

    def run(self, assembled: Assembled, search: Search) -> EngineResult:
        """Build, solve and read the model; see :class:`redesaude.solving.engine.Way`."""
        watch = Stopwatch()
        if not soon_built(assembled.problem, search):
            return EngineResult(Termination.TIME_LIMIT, None, search.bound, 0, 0, {})
        with watch("build"):
            whole_model = built(assembled.problem, search)
        if whole_model is None:
            return EngineResult(search.termination, None, search.bound, 0, 0, watch.seconds)
        arrays = with_aggregate_capacity(whole_model.arrays, assembled.problem)
        rows, columns = arrays.matrix.shape
        search.reporter.tell("build", f"{columns:,} variables, {rows:,} constraints, {arrays.matrix.nnz:,} non-zeros")

        def plan(values: Floats, limits: Limits) -> Incumbent:
            plain = whole_model.arrays
            return Incumbent(whole_model.model, plain, whole(assembled.problem), exact_values(plain, values, limits))

        with watch("search"):
            result = _searched(whole_model.arrays, arrays, assembled, search, plan)
        found = decisions = None
        if result.values is not None:
            search.clock.keep(0.0)
            with watch("exact"):
                found = plan(result.values, search.limits)
                decisions = found.decisions()
        return EngineResult(
            termination=result.termination,
            decisions=decisions,
            bound=search.bound,
            variables=columns,
            constraints=rows,
            seconds=watch.seconds,
            incumbent=found,
            evidence=Evidence(whole_model.arrays),
        )


def _searched(
    arrays: LinearModel,
    sharper: LinearModel,
    assembled: Assembled,
    search: Search,
    plan: Callable[[Floats, Limits], Incumbent],
) -> SolverResult:
    """Solve the model, in its ``sharper`` form, from a start, passing on each better ``plan`` and each bound.

    Raises :class:`~redesaude.errors.SolverError` where the solver fails.
    """

    def adopt(values: Floats) -> None:
        told = arrays.whole(values)
        search.adopt(
            arrays.value(told),
            arrays.turnover(told),
            lambda: plan(values, search.limits.aside(search.parameters.last_mile.at_hand)).decisions(),
        )

    result = solve(
        sharper,
        search.share(1.0),
        start=_start(arrays, assembled, search),
        on_progress=search.hear,
        on_solution=adopt,
        stopped=search.stopped,
    )
    search.prove(result.bound)
    if result.values is not None:
        adopt(result.values)
    if result.termination == Termination.FAULT:  # nobody comes after; the plan in hand is in the record
        raise SolverError(result.said)
    return result


def _start(arrays: LinearModel, assembled: Assembled, search: Search) -> tuple[np.ndarray, np.ndarray] | None:
    order = in_order(assembled.problem)
    apart = len(order) > 1 and arrays.matrix.shape[1] >= search.parameters.large.start
    if not (apart or search.known):
        return None
    try:
        layout = layout_of(arrays, assembled.problem)
    except UnknownPartError as unknown:
        search.reporter.tell("start", f"none of our own, {unknown}")
        return None
    start = first_plan(arrays, layout, order, search)
    return start.columns, start.values
