"""The direct engine: the whole problem as one Pyomo model, solved by HiGHS."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pyomo.environ as pyo

from redesaude.assemble import Assembled
from redesaude.plan.plan import Termination
from redesaude.solving.engine import EngineResult
from redesaude.solving.highs import LinearModel, Outcome, linear_model, load_values, solve, start_values
from redesaude.solving.options import Limits
from redesaude.solving.progress import Reporter
from redesaude_models.keys import keys_of
from redesaude_models.network import build_model, read_decisions
from redesaude_models.problem import PlanningProblem


class DirectEngine:
    """One model, one solver. Starts from today's network, so that a plan is there from the first seconds."""

    name = "direct"

    def run(
        self, assembled: Assembled, limits: Limits, reporter: Reporter, stopped: Callable[[], bool]
    ) -> EngineResult:
        """Build, solve and read the model; see :class:`redesaude.solving.engine.Engine`."""
        began = time.perf_counter()
        model = build_model(assembled.problem)
        set_status_quo(model, assembled)
        arrays = linear_model(model)
        built = time.perf_counter() - began
        rows, columns = arrays.matrix.shape
        reporter.tell("build", f"{columns:,} variables, {rows:,} constraints, {arrays.matrix.nnz:,} non-zeros")
        outcome = solve(
            arrays,
            limits,
            start=start_values(arrays),
            on_progress=lambda plan, bound: reporter.tell("solve", incumbent=plan, bound=bound),
            stopped=stopped,
        )
        decisions = None
        if outcome.values is not None:
            load_values(arrays, exact_values(arrays, outcome, limits))
            decisions = read_decisions(model, assembled.problem)
        return EngineResult(
            termination=outcome.termination,
            decisions=decisions,
            bound=outcome.bound,
            variables=columns,
            constraints=rows,
            seconds={"build": built, "solve": time.perf_counter() - began - built},
        )


def exact_values(model: LinearModel, outcome: Outcome, limits: Limits) -> np.ndarray:
    """Return the values of ``outcome`` with its integers rounded and the rest solved again around them.

    A solver's integers are whole only within a tolerance; a share of a large capacity may hide in it.
    """
    values = outcome.values
    if values is None or not model.integer.any():
        raise ValueError("an outcome with integers is needed")
    columns = np.flatnonzero(model.integer)
    again = solve(model.fixed(columns, np.round(values[columns])), Limits(0.0, max(60.0, limits.seconds)))
    return values if again.values is None or again.termination != Termination.GAP_REACHED else again.values


def set_status_quo(model: pyo.ConcreteModel, assembled: Assembled) -> None:
    """Give the siting and contract variables the values of today's network, as a (partial) start."""
    problem: PlanningProblem = assembled.problem
    keys = keys_of(problem)
    kept = (assembled.options.table["status"] == "kept").to_numpy(bool)
    running = [key for key, keep in zip(keys.option, kept, strict=True) if keep]
    opened = {(site, specialty) for site, specialty, _, _ in running}
    hosted = {(site, contract) for site, _, _, contract in running}
    let = {keys.letting[n] for key, n in zip(keys.hosting, problem.hosting.let.tolist(), strict=True) if key in hosted}
    for p in keys.periods:
        for key, keep in zip(keys.option, kept.tolist(), strict=True):
            model.z[(*key, p)].value = float(keep)
        for key in keys.service:
            if not model.open[(*key, p)].fixed:
                model.open[(*key, p)].value = float(key in opened)
    for key in keys.hosting:
        model.w[key].value = float(key in hosted)
    for key in keys.letting:
        model.b[key].value = float(key in let)
