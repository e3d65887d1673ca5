"""The only file that knows highspy: HiGHS on a linear model, with start, progress, limits and stop."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from redesaude.errors import SolverError
from redesaude.plan.plan import Termination
from redesaude.solving.options import Limits
from redesaude_models.standard_form import Floats, Ints, LinearModel


@dataclass(frozen=True)
class Outcome:
    """What a run of HiGHS gave: why it ended, the values found (None: none), their objective, the proven bound."""

    termination: Termination
    values: Floats | None
    objective: float | None
    bound: float | None
    nodes: int = 0


OnProgress = Callable[[float | None, float | None], None]
"""called with the best objective so far and the bound, None while unknown"""

OnSolution = Callable[[Floats], None]
"""called with the values of each better solution"""


def solve(
    model: LinearModel,
    limits: Limits,
    *,
    start: tuple[NDArray[np.int32], Floats] | None = None,
    on_progress: OnProgress | None = None,
    on_solution: OnSolution | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Minimise ``model`` with HiGHS.

    ``start`` (columns, values) may be partial: HiGHS completes it. ``stopped`` is asked often, from another thread;
    once true the run ends and keeps its best solution. Times count from this call.

    Raises
    ------
    SolverError
        when HiGHS refuses the model, calls it unbounded, or fails.

    """
    unit = _objective_unit(model.cost)
    highs = _configured(limits)
    if highs.passModel(_highs_lp(model, unit)) == highspy.HighsStatus.kError:
        raise SolverError("HiGHS refused the model")
    if start is not None and len(start[0]):
        highs.setSolution(len(start[0]), start[0], start[1])
    run = _Run(highs, time.monotonic() + limits.seconds, stopped)
    if on_progress is not None:
        run.listen(on_progress, unit, model.offset)
    if on_solution is not None:
        run.watch(on_solution)
    run.to_the_end()
    _tell_apart(highs)
    return _outcome(highs, model, unit, interrupted=run.interrupted)


@dataclass(frozen=True)
class Relaxation:
    """The optimum of a linear relaxation, the values of its columns, the dual of each row and the reduced cost of each
    column (money of the objective).
    """

    objective: float
    values: Floats
    row_duals: Floats
    reduced_costs: Floats


def relaxation(model: LinearModel, limits: Limits) -> Relaxation | None:
    """Return the linear relaxation of ``model``, solved to optimality; None if that takes longer than the limits."""
    return GrowingRelaxation(model, limits).solve(limits)


class GrowingRelaxation:
    """A linear relaxation that takes rows or other costs and is solved again from where it stood."""

    def __init__(self, model: LinearModel, limits: Limits) -> None:
        self._unit, self._offset = _objective_unit(model.cost), model.offset
        self._highs = _configured(replace(limits, seconds=np.inf))
        self._highs.passModel(_highs_lp(replace(model, integer=np.zeros_like(model.integer)), self._unit))

    def add(self, rows: csr_array, lower: Floats) -> None:
        """Add ``rows @ x >= lower``."""
        above = np.full(len(lower), np.inf)
        self._highs.addRows(len(lower), lower, above, rows.nnz, rows.indptr[:-1], rows.indices, rows.data)

    def price(self, cost: Floats) -> None:
        """Put other costs on the columns."""
        self._highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost / self._unit)

    def restrict(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """Put other bounds on some columns."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def dual_ray(self, limits: Limits) -> Floats | None:
        """Return row multipliers that show, up to their sign, that the relaxation is empty; None: none found.

        Presolve finds it empty without saying why, so that it is then solved once more without presolve.
        """
        empty = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
        if self._highs.getModelStatus() not in empty:
            return None
        _, exists, ray = self._highs.getDualRay()
        if not exists:
            self._highs.setOptionValue("presolve", "off")
            self.solve(limits)
            self._highs.setOptionValue("presolve", "choose")
            _, exists, ray = self._highs.getDualRay()
        return np.array(ray) if exists else None

    def solve(self, limits: Limits) -> Relaxation | None:
        """Return the optimum; None if it is not found within the seconds of ``limits``."""
        _Run(self._highs, time.monotonic() + limits.seconds, lambda: False).to_the_end()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._highs.getSolution()
        return Relaxation(
            objective=self._highs.getInfo().objective_function_value * self._unit + self._offset,
            values=np.array(solution.col_value),
            row_duals=np.array(solution.row_dual) * self._unit,
            reduced_costs=np.array(solution.col_dual) * self._unit,
        )


def _objective_unit(cost: Floats) -> float:
    """Return the power of ten that brings costs near one, so that tolerances do not depend on the currency."""
    used = np.abs(cost[cost != 0])
    return 10.0 ** math.floor(math.log10(float(np.median(used)))) if len(used) else 1.0


def _configured(limits: Limits) -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("mip_rel_gap", limits.gap)
    highs.setOptionValue("mip_abs_gap", 1e-9)
    highs.setOptionValue("time_limit", limits.seconds)
    highs.setOptionValue("threads", limits.threads)
    highs.setOptionValue("random_seed", limits.seed)
    return highs


def _highs_lp(model: LinearModel, unit: float) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = model.matrix.shape
    lp.col_cost_ = model.cost / unit
    lp.col_lower_, lp.col_upper_ = model.column_lower, model.column_upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = model.matrix.indptr
    lp.a_matrix_.index_ = model.matrix.indices
    lp.a_matrix_.value_ = model.matrix.data
    if model.integer.any():
        kind = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kind[flag] for flag in model.integer.tolist()]
    return lp


class _Run:
    """One run in a thread of its own, so that signals and other threads can end it."""

    def __init__(self, highs: highspy.Highs, deadline: float, stopped: Callable[[], bool]) -> None:
        self.highs = highs
        self.interrupted = False
        self._stopped = stopped
        self._deadline = deadline
        for callback in (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
            callback.subscribe(self._interrupt_if_due)

    def _interrupt_if_due(self, event: highspy.highs.HighsCallbackEvent) -> None:
        # HiGHS looks at its own time limit seldom inside a long relaxation, hence the deadline here too
        self.interrupted = self.interrupted or self._stopped()
        if self.interrupted or time.monotonic() > self._deadline:
            event.interrupt()

    def listen(self, on_progress: OnProgress, unit: float, offset: float) -> None:
        """Pass on improving solutions and bounds, at most once for each change."""
        last: list[tuple[float | None, float | None]] = [(None, None)]

        def _currency(value: float) -> float | None:
            return value * unit + offset if abs(value) < 1e30 else None

        def tell(event: highspy.highs.HighsCallbackEvent) -> None:
            primal, dual = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
            figures = (_currency(primal), _currency(dual))
            if figures != last[0]:
                last[0] = figures
                on_progress(*figures)

        self.highs.cbMipLogging.subscribe(tell)
        self.highs.cbMipImprovingSolution.subscribe(tell)

    def watch(self, on_solution: OnSolution) -> None:
        """Pass on each better solution."""
        self.highs.cbMipImprovingSolution.subscribe(lambda event: on_solution(np.array(event.data_out.mip_solution)))

    def to_the_end(self) -> None:
        """Run, waiting in short steps: between them Python runs its signal handlers."""
        failure: list[BaseException] = []

        def work() -> None:
            try:
                self.highs.run()
            except BaseException as error:  # handed to the waiting thread and raised there
                failure.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(0.1)
        if failure:
            raise failure[0]


def _tell_apart(highs: highspy.Highs) -> None:
    """Raise SolverError if a model that HiGHS calls unbounded or infeasible is unbounded: feasible without costs."""
    if highs.getModelStatus() != highspy.HighsModelStatus.kUnboundedOrInfeasible:
        return
    columns = highs.getNumCol()
    highs.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.zeros(columns))
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        raise SolverError("HiGHS calls the model unbounded")


def _outcome(highs: highspy.Highs, model: LinearModel, unit: float, *, interrupted: bool) -> Outcome:
    status, info = highs.getModelStatus(), highs.getInfo()
    ended: Any = highspy.HighsModelStatus  # the stubs lack some of its members
    if status in (ended.kInfeasible, ended.kUnboundedOrInfeasible):
        return Outcome(Termination.PROVEN_INFEASIBLE, None, None, None)
    if status not in (ended.kOptimal, ended.kTimeLimit, ended.kInterrupt, ended.kHighsInterrupt):
        raise SolverError(f"HiGHS ended with: {highs.modelStatusToString(status)}")
    is_mip = bool(model.integer.any())
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(highs.getSolution().col_value) if found and (is_mip or status == ended.kOptimal) else None
    bound = info.mip_dual_bound if is_mip else (info.objective_function_value if status == ended.kOptimal else -np.inf)
    return Outcome(
        termination=_termination(status, interrupted=interrupted),
        values=values,
        objective=None if values is None else float(model.cost @ values) + model.offset,
        bound=bound * unit + model.offset if abs(bound) < 1e30 else None,
        nodes=max(0, int(info.mip_node_count)),
    )


def _termination(status: highspy.HighsModelStatus, *, interrupted: bool) -> Termination:
    if status == highspy.HighsModelStatus.kOptimal:
        return Termination.GAP_REACHED
    return Termination.INTERRUPTED if interrupted else Termination.TIME_LIMIT
