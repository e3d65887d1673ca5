"""What is true of a problem, and what a way says of it that is not."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, replace

import numpy as np

from differential.brute import least_cost
from differential.ways import WAYS
from redesaude.assemble import Assembled
from redesaude.errors import InputError
from redesaude.inputs.scenario import Scenario
from redesaude.solving.clock import Clock
from redesaude.solving.engine import EngineResult
from redesaude.solving.highs import exact_values, solve
from redesaude.solving.known import Openings, known_in
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.progress import Progress, Reporter, Search
from redesaude.solving.solve import solve as solved
from redesaude.status import Status, Termination
from redesaude_models.keys import keys_of, over_periods
from redesaude_models.network import build_model
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.standard_form import LinearModel, linear_model

#: seconds of the processor for the optimum, and for each way: a busy machine makes no finding
PATIENCE = 10.0

#: as many of the wall for a whole solve, which knows no other
_WALL = 6 * PATIENCE

#: two costs are the same when they differ by this share of the money that moves in the optimum
_SAME = 1e-6

#: the least money that is drawn
_LEAST = 1e-3

#: how far shares of a plan may be off, where they do not add up exactly
_OFF = 1e-6

#: ways that may stop before the gap is reached, because they leave journeys out
_UNFINISHED = ("core",)


@dataclass(frozen=True)
class Finding:
    """Something untrue that a way said: ``kind`` is one word, ``detail`` says what was said and what is true."""

    kind: str
    way: str
    gap: float
    detail: str


def _patient(gap: float) -> Limits:
    return Limits(gap, PATIENCE, clock=Clock(PATIENCE, read=time.process_time))


class Truth:
    """The optimum of a problem, by one model solved to the end; None while it is not known in time."""

    def __init__(self, problem: PlanningProblem) -> None:
        self.problem = problem
        model = build_model(problem)
        self.arrays = linear_model(model)
        self._place = {(v.parent_component().local_name, v.index()): n for n, v in enumerate(self.arrays.variables)}
        self.feasible, self.known = False, True
        self.optimum, self.moved = np.inf, 0.0
        self.opened: Openings = frozenset()
        if self.arrays.variables:
            self._solve()

    def _solve(self) -> None:
        found = solve(self.arrays, _patient(0.0))
        self.known = found.termination in (Termination.GAP_REACHED, Termination.PROVEN_INFEASIBLE)
        self.feasible = found.values is not None
        if found.values is not None:
            values = exact_values(self.arrays, found.values, _patient(0.0))
            self.optimum = self.arrays.value(values)
            self.moved = self.arrays.turnover(values)
            self.opened = frozenset(key for (name, key), n in self._place.items() if name == "z" and values[n] > 0.5)

    @property
    def slack(self) -> float:
        """Currency within which two costs are the same; where nothing moves, a millionth of the least money drawn."""
        return _SAME * max(self.moved, _LEAST)

    def doubts(self) -> list[Finding]:
        """What trying every choice says against the optimum, where the problem is small."""
        least = least_cost(self.problem)
        if least is None or (np.isinf(least) and not self.feasible) or abs(least - self.optimum) <= self.slack:
            return []
        return [Finding("truth", "one model", 0.0, f"{self.optimum!r}, by enumeration {least!r}")]

    def value(self, decisions: Decisions) -> float:
        """What ``decisions`` cost at least, with what follows from them; infinite where they break a rule.

        Whether they do is asked without costs too: costs of 10^15 leave HiGHS without an answer.
        """
        exact, off = self._around(decisions, 0.0), self._around(decisions, _OFF)
        for model in (exact, off, replace(exact, cost=np.zeros_like(exact.cost))):
            found = solve(model, _patient(0.0))
            if found.values is not None:
                return self.arrays.value(found.values)
        return np.inf

    def _around(self, decisions: Decisions, off: float) -> LinearModel:
        """The model with services, contracts and shares as decided, the shares within ``off``."""
        keys = keys_of(self.problem)
        lower, upper = self.arrays.column_lower.copy(), self.arrays.column_upper.copy()
        families = (
            ("open", keys.service, decisions.open),
            ("z", keys.option, decisions.options),
            ("w", keys.hosting, decisions.hosting),
            ("b", keys.letting, decisions.lettings),
            ("x", keys.journey, decisions.shares),
            ("u", keys.demand, decisions.unmet),
        )
        for name, rows, values in families:
            decided = np.ravel(values).astype(float).tolist()
            for key, value in zip(over_periods(rows, keys.periods), decided, strict=True):
                if (column := self._place.get((name, key))) is not None:
                    loose = 0.0 if self.arrays.integer[column] else off
                    lower[column] = max(lower[column], value - loose)
                    upper[column] = min(upper[column], value + loose)
        return replace(self.arrays, column_lower=np.minimum(lower, upper), column_upper=upper)


def judge(
    assembled: Assembled, truth: Truth, way: str, gap: float, known: tuple[Openings, ...] = ()
) -> list[Finding] | None:
    """Everything untrue that ``way`` says of the problem at ``gap``, begun from ``known`` plans; None where the problem
    is not of its kind.
    """
    told: list[Progress] = []
    opened = tuple(known_in(assembled.problem, openings) for openings in known)
    search, began = Search(_patient(gap), Reporter(told.append), known=opened), time.process_time()
    try:
        result = WAYS[way](assembled, search)
    except Exception as error:  # the finding is that it is raised
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{at.filename.rsplit('/', 1)[-1]}:{at.lineno}"
        return [Finding("raised", way, gap, f"{type(error).__name__} at {where}: {str(error)[:200]}")]
    if result is None:
        return None
    found: list[tuple[str, str]] = []
    optimum, slack = truth.optimum, truth.slack
    said = f"optimum {optimum!r}"
    bounds = [p.bound for p in told if p.bound is not None] + ([] if result.bound is None else [result.bound])
    if result.decisions is None:
        if truth.feasible and result.termination == Termination.PROVEN_INFEASIBLE:
            found.append(("infeasible", said))
        elif truth.feasible and way not in _UNFINISHED and time.process_time() - began < PATIENCE:
            found.append(("no plan", f"{result.termination}, {said}"))
        elif way == "direct" and truth.feasible == (result.termination == Termination.PROVEN_INFEASIBLE):
            found.append(("status", f"{result.termination}, {said}"))
    elif not truth.feasible:
        found.append(("plan of the infeasible", f"bound {result.bound}"))
    else:
        found += _untrue(truth, result, gap, must_end=way not in _UNFINISHED and time.process_time() - began < PATIENCE)
        below = [p.incumbent for p in told if p.incumbent is not None and p.incumbent < optimum - slack]
        if below:
            found.append(("plan told below the optimum", f"{min(below)!r}, {said}"))
    if bounds and max(bounds) > optimum + slack and truth.feasible:
        found.append(("bound", f"{max(bounds)!r}, {said}"))
    return [Finding(kind, way, gap, detail) for kind, detail in found]


def _untrue(truth: Truth, result: EngineResult, gap: float, *, must_end: bool) -> list[tuple[str, str]]:
    """What is wrong with a plan and its bound."""
    assert result.decisions is not None
    value, optimum, slack = truth.value(result.decisions), truth.optimum, truth.slack
    said = f"{value!r}, bound {result.bound!r}, optimum {optimum!r}"
    if np.isinf(value):
        return [("broken plan", said)]
    if value < optimum - slack:
        return [("plan below the optimum", said)]
    within = result.bound is not None and value - result.bound <= gap * abs(value) + slack
    if not within and (must_end or result.termination == Termination.GAP_REACHED):
        return [("gap not reached", f"{result.termination}: {said}")]
    return []


def judge_solve(scenario: Scenario, truth: Truth, engine: str, gap: float) -> list[Finding] | None:
    """Everything untrue that a whole solve says, with its audit and its cost lines; None where the scenario is refused,
    as one is whose numbers range so far that nothing could be proven.
    """
    try:
        plan = solved(scenario, SolveOptions(gap=gap, time_limit=_WALL, engine=engine))
    except InputError:
        return None
    except Exception as error:  # the finding is that it is raised
        return [Finding("raised", engine, gap, f"{type(error).__name__}: {str(error)[:300]}")]
    said = f"{plan.status}, {plan.objective!r}, bound {plan.bound!r}, optimum {truth.optimum!r}"
    slack = truth.slack
    wrong = {
        "status": truth.feasible == (plan.status == Status.INFEASIBLE),
        "bound": plan.bound is not None and plan.bound > truth.optimum + slack,
        "fault": bool(plan.faults),
    }
    if plan.objective is not None:
        allowed = truth.optimum + gap * abs(plan.objective) + slack
        wrong |= {
            "plan below the optimum": plan.objective < truth.optimum - slack,
            "gap not reached": plan.status == Status.OPTIMAL and plan.objective > allowed,
            "cost lines": abs(float(plan.costs["npv"].sum()) - plan.objective) > slack,
            "audit": not plan.audit.passed,
        }
    return [Finding(kind, engine, gap, said) for kind, found in wrong.items() if found]
