"""HiGHS on a linear model, with start, progress, limits and stop.

With :mod:`.simplex` and :mod:`.highs_run` all that knows highspy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np

from redesaude.errors import SolverError
from redesaude.plan.proof import reached, relative_gap
from redesaude.solving.highs_run import Offered, OnProgress, OnSolution, Run, configured, highs_lp
from redesaude.solving.options import Limits
from redesaude.solving.scaling import Scaled, scaled
from redesaude.solving.simplex import relaxation
from redesaude.solving.units import Unit, narrowed, typical
from redesaude.status import Termination
from redesaude_models.arrays import Floats, Indices
from redesaude_models.standard_form import LinearModel

#: largest breach of a row, bound or integer that a start may have
_TOLERANCE = 1e-6

#: nodes that making a whole solution of a start may take, as many as HiGHS gives itself, and its share of the time
_NODES_OF_A_START, _SHARE_OF_A_START = 500, 0.25

#: the dearest column, in typical costs, up to which HiGHS is believed: beyond it, it was seen to call plans optimal
#: that cost up to 30 % more than others do (its reductions compare costs, and lose small ones beside these)
_BELIEVED = 1e6

#: share of its seconds in which a model with dearer columns is searched for a plan
_SHARE_OF_A_PLAN = 0.5

#: columns and their values, perhaps not of all columns
Given = tuple[Indices, Floats]


@dataclass(frozen=True)
class SolverResult:
    """What a run of HiGHS gave: why it ended, the values found (None: none), their objective, the proven bound.

    A run that ends without an answer, as numbers that range too far make it, ends with a fault that is ``said``: it
    tells nothing of the model, neither a plan nor a bound nor that there is none.
    """

    termination: Termination
    values: Floats | None
    objective: float | None
    bound: float | None
    nodes: int = 0
    said: str = ""


def solve(
    model: LinearModel,
    limits: Limits,
    *,
    start: Given | None = None,
    on_progress: OnProgress | None = None,
    on_solution: OnSolution | None = None,
    offered: Offered | None = None,
    stopped: Callable[[], bool] = lambda: False,
    nodes: int | None = None,
) -> SolverResult:
    """Minimise ``model`` with HiGHS.

    ``start`` (columns, values) may be partial: it is completed first. ``stopped`` is asked often, from another thread;
    once true the run ends and keeps its best solution, as it does after so many ``nodes`` (None: any number). Times
    count from this call. ``offered`` is asked in a branch and bound for a solution that others found, which HiGHS takes
    if it is one. A plan that is too cheap for the unit in which money was told, so that what the unit leaves
    open is more than the gap allows, begins a second run in a smaller one, see :mod:`.units`.

    Raises
    ------
    SolverError
        when HiGHS refuses the model, or calls it unbounded.

    """
    if not len(model.cost):
        return _of_nothing(model)
    began, asked, money = (
        limits.clock.now,
        _Asked(on_progress, on_solution, stopped, nodes, offered),
        typical(model.cost),
    )
    if start is not None and model.integer.any():
        start = _completed(model, limits, start, asked)
    if _is_dear(model, money):
        return _without_what_no_plan_pays(model, money, limits.since(began), start, asked)
    result, unit = _in_units(model, money, limits.since(began), start, asked)
    proven = reached(relative_gap(result.objective, result.bound), limits.gap)
    if result.values is None or result.termination != Termination.GAP_REACHED or proven:
        return result
    cost = model.value(result.values)
    finer = unit.finer(cost, model.turnover(result.values))
    if finer is None:
        return result
    again, _ = _in_units(*finer, limits.since(began), _given(result.values), asked)
    return result if again.values is None else _better(model, result, again)


def _of_nothing(model: LinearModel) -> SolverResult:
    """Return the result of a model without columns, which HiGHS calls empty: its constant, if its rows hold at zero."""
    if model.violation(nothing := np.empty(0)) > _TOLERANCE:
        return SolverResult(Termination.PROVEN_INFEASIBLE, None, None, None)
    return SolverResult(Termination.GAP_REACHED, nothing, model.offset, model.offset)


def _given(values: Floats) -> Given:
    """Return the values of all columns as a start."""
    return np.arange(len(values), dtype=np.int32), values


def _better(model: LinearModel, first: SolverResult, again: SolverResult) -> SolverResult:
    """Return the better plan and the better bound of two runs, the second of which says why it ended."""
    values = min((r.values for r in (first, again) if r.values is not None), key=model.value)
    bounds = [bound for bound in (first.bound, again.bound) if bound is not None]
    return replace(again, values=values, objective=model.value(values), bound=max(bounds, default=None))


def _is_dear(model: LinearModel, money: float) -> bool:
    """Return whether ``model`` has columns too dear, beside a typical cost of ``money``, for HiGHS to be believed."""
    return bool(model.integer.any()) and float(np.abs(model.cost).max(initial=0.0)) > _BELIEVED * money


def _without_what_no_plan_pays(
    model: LinearModel, money: float, limits: Limits, start: Given | None, asked: _Asked
) -> SolverResult:
    """Minimise a model that is dear: a first run gives a plan, a second one proves.

    What the first says to have proven is not believed: its bound is the relaxation's. The second has no column longer
    or dearer than a plan can pay that costs no more than the first one's (see :func:`.units.narrowed`).
    """
    began = limits.clock.now
    half = limits.within(_SHARE_OF_A_PLAN * limits.seconds)
    found, _ = _in_units(model, money, half, start, asked.for_plans())
    values = found.values
    if values is None:
        return replace(found, bound=None)
    found = _repaired(found, model, half)
    left = limits.since(began)
    if found.termination in (Termination.GAP_REACHED, Termination.INTERRUPTED) or left.seconds <= 0 or asked.stopped():
        return found
    cost = model.value(values)
    payable = narrowed(model, cost, _BELIEVED * money)
    if (finer := Unit(payable, money).finer(cost, model.turnover(values))) is not None:
        money = finer[1]
        payable = narrowed(model, cost, _BELIEVED * money)
    again, unit = _in_units(payable, money, left, _given(values), asked)
    if again.termination in (Termination.PROVEN_INFEASIBLE, Termination.FAULT):
        return found
    best = _better(model, found, again)
    cost, bound = best.objective or 0.0, -np.inf if best.bound is None else best.bound
    unproven = not reached(relative_gap(cost, bound + unit.leaves_open(cost)), limits.gap)
    if unproven and best.termination == Termination.GAP_REACHED:  # what is too dear is cheaper in what proves
        best = replace(best, termination=Termination.TIME_LIMIT)
    return best


@dataclass(frozen=True)
class _Asked:
    """What a run is asked to tell, and what ends it."""

    progress: OnProgress | None
    solution: OnSolution | None
    stopped: Callable[[], bool]
    nodes: int | None
    offered: Offered | None = None

    def for_plans(self) -> _Asked:
        """Return what a run is asked whose bounds are not believed: none of them is told."""
        return replace(self, progress=None)


def _in_units(
    model: LinearModel, money: float, limits: Limits, start: Given | None, asked: _Asked, *, again: bool = False
) -> tuple[SolverResult, Unit]:
    """Minimise ``model`` with costs in units of ``money``; return the unit too.

    A run that mended a solution, after which little is proven, is made ``again`` in another order, from what it found.
    """
    written, highs = scaled(model, money), configured(limits)
    unit = Unit(model, money)
    if asked.nodes is not None:
        highs.setOptionValue("mip_max_nodes", asked.nodes)
    if _is_dear(model, money):
        highs.setOptionValue("presolve", "off")
    if highs.passModel(highs_lp(written.model, money)) == highspy.HighsStatus.kError:
        raise SolverError("HiGHS refused the model")
    if start is not None and len(start[0]):
        highs.setSolution(len(start[0]), start[0], start[1] * written.columns[start[0]])
    run = Run(highs, limits, asked.stopped)
    if asked.progress is not None:
        run.listen(asked.progress, unit)
    if asked.solution is not None:
        tell = asked.solution
        run.watch(lambda values: tell(written.values(values)))
    if (offered := asked.offered) is not None:
        run.take(lambda: None if (values := offered()) is None else values * written.columns)
    run.to_the_end()
    if not run.left_behind and highs.getModelStatus() == highspy.HighsModelStatus.kUnboundedOrInfeasible:
        run = _without_costs(highs, limits, asked.stopped)
    result = _result_of(run, model, written, unit)
    if run.repaired and not again and run.seconds_left > 0 and not asked.stopped():
        limits = replace(limits, seconds=run.seconds_left, seed=limits.seed + 1)
        found = start if result.values is None else _given(result.values)
        return _in_units(model, money, limits, found, asked, again=True)
    if run.repaired:
        result = _repaired(result, model, limits)
    return (result if result.values is not None or start is None else _with_start(result, model, *start)), unit


def _completed(model: LinearModel, limits: Limits, start: Given, asked: _Asked) -> Given:
    """Return ``start`` with whole integers and, where it leaves some open, with the best values found for them.

    HiGHS would complete it by itself, and tell the bounds of that smaller search as if they were those of the model.
    """
    columns, values = start
    values = np.where(model.integer[columns], np.round(values), values)
    open_ones = model.integer.copy()
    open_ones[columns] = False
    if not open_ones.any():
        return columns, values
    within = np.clip(values, model.column_lower[columns], model.column_upper[columns])
    around = model.fixed(columns.astype(np.int64), within)
    limits = replace(limits, seconds=_SHARE_OF_A_START * limits.seconds)
    found = solve(around, limits, on_solution=asked.solution, stopped=asked.stopped, nodes=_NODES_OF_A_START).values
    return (columns[:0], values[:0]) if found is None else _given(found)


def _repaired(result: SolverResult, model: LinearModel, limits: Limits) -> SolverResult:
    """Return the ``result`` of a run that mended a solution, with no more proven than the relaxation of ``model`` does.

    HiGHS drops entries of a row that move it by less than its tolerance. What keeps such rows may break the model's,
    and is mended with its integers held; the node that it came from is settled with it, whatever else is there.
    """
    relaxed, money = relaxation(model, limits.within(limits.clock.left)), typical(model.cost)
    bound = None if relaxed is None else Unit(model, money).bound(relaxed.objective / money, relaxed.objective)
    gap = relative_gap(result.objective, bound)
    proven = result.termination != Termination.GAP_REACHED or reached(gap, limits.gap)
    return replace(result, bound=bound, termination=result.termination if proven else Termination.TIME_LIMIT)


def exact_values(model: LinearModel, values: Floats, limits: Limits) -> Floats:
    """Return ``values`` with its integers rounded and the rest solved again around them.

    A solver's integers are whole only within a tolerance; a share of a large capacity may hide in it.
    """
    columns = np.flatnonzero(model.integer)
    again = solve(model.fixed(columns, np.round(values[columns])), limits.within(limits.clock.left, 0.0))
    return values if again.values is None or again.termination != Termination.GAP_REACHED else again.values


def _without_costs(highs: highspy.Highs, limits: Limits, stopped: Callable[[], bool]) -> Run:
    """Run a model that HiGHS calls unbounded or infeasible again without costs; it is infeasible if it is so then.

    Raises SolverError if not: it is unbounded.
    """
    columns = highs.getNumCol()
    highs.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.zeros(columns))
    run = Run(highs, limits, stopped)
    run.to_the_end()
    if not run.left_behind and highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        raise SolverError("HiGHS calls the model unbounded")
    return run


def _result_of(run: Run, model: LinearModel, written: Scaled, unit: Unit) -> SolverResult:
    ended: Any = highspy.HighsModelStatus  # the stubs lack some of its members
    is_mip = bool(model.integer.any())
    if run.left_behind:
        bound, values, nodes = run.bound if is_mip else -np.inf, run.best, 0
        termination = _termination(ended.kTimeLimit, interrupted=run.interrupted)
    else:
        highs = run.highs
        status, info = highs.getModelStatus(), highs.getInfo()
        if status in (ended.kInfeasible, ended.kUnboundedOrInfeasible):
            return SolverResult(Termination.PROVEN_INFEASIBLE, None, None, None)
        if status == ended.kUnbounded:
            raise SolverError("HiGHS calls the model unbounded")
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.array(highs.getSolution().col_value) if found and (is_mip or status == ended.kOptimal) else None
        usual = status in (
            ended.kOptimal,
            ended.kTimeLimit,
            ended.kSolutionLimit,
            ended.kInterrupt,
            ended.kHighsInterrupt,
        )
        if not usual and values is None:
            said = f"HiGHS ended with: {highs.modelStatusToString(status)}"
            return SolverResult(Termination.FAULT, None, None, None, said=said)
        bound = info.mip_dual_bound if is_mip and usual else -np.inf
        bound = info.objective_function_value if not is_mip and status == ended.kOptimal else bound
        nodes, termination = max(0, int(info.mip_node_count)), _termination(status, interrupted=run.interrupted)
    values = None if values is None else written.values(values)
    cost, moved = (np.inf, 0.0) if values is None else (model.value(values), model.turnover(values))
    return SolverResult(
        termination=termination,
        values=values,
        objective=None if values is None else cost,
        bound=unit.bound(bound, cost, moved) if abs(bound) < 1e30 else None,
        nodes=nodes,
    )


def _with_start(result: SolverResult, model: LinearModel, columns: Indices, values: Floats) -> SolverResult:
    """Return an result without a solution with the start as one, if it is complete and keeps every row."""
    if result.termination == Termination.PROVEN_INFEASIBLE or len(columns) < len(model.cost):
        return result
    given = np.empty(len(model.cost))
    given[columns] = values
    if model.violation(given) > _TOLERANCE:
        return result
    return replace(result, values=given, objective=model.value(given))


def _termination(status: highspy.HighsModelStatus, *, interrupted: bool) -> Termination:
    if status == highspy.HighsModelStatus.kOptimal:
        return Termination.GAP_REACHED
    return Termination.INTERRUPTED if interrupted else Termination.TIME_LIMIT
