r"""Benders decomposition of the uncapacitated case: open services above, cost of the demands below.

For any :math:`\lambda_i` the cost of demand i is at least (dual of its own small problem; Cornuéjols, Nemhauser and
Wolsey 1980)

.. math:: \theta_i \ge \lambda_i - \sum_j \max(0, \lambda_i - c_{ij})\, y_j

and at a point :math:`\hat y` the sharpest is the cost at which the services nearest to i add up to one, or
:math:`\pi_i`. Demands are grouped, one :math:`\theta` and one cut for each group; where there are many, by the service
nearest to them (they share their cuts' support). The relaxation is closed first; its reduced costs fix services for
good; the rest is a small integer model that receives the cuts of each plan it proposes until its bound meets that plan.
Cases that must be treated add the covering row :math:`\sum_{j \text{ in reach}} y_j \ge 1`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack, vstack

from redesaude.plan.plan import Termination
from redesaude.solving.decomposed.dominance import only_reach, premises, undominated
from redesaude.solving.decomposed.uncapacitated import Uncapacitated
from redesaude.solving.highs import GrowingRelaxation, solve
from redesaude.solving.options import Limits
from redesaude.solving.progress import Search
from redesaude.solving.record import ReadPlan
from redesaude_models.problem import Decisions
from redesaude_models.standard_form import Flags, Floats, Ints, LinearModel

#: demands up to which each has a theta of its own
_ALONE = 2_000

#: a cut counts when it cuts off this share of the demand costs; an integer model is solved to this share of the gap
_VIOLATION, _SHARE_OF_GAP = 1e-8, 0.25

#: relative difference below which two costs, or a share and a whole, are the same
_EXACT = 1e-9

#: share of the services open where the first cuts are taken, if nothing limits their number
_EVENLY = 0.1


@dataclass(frozen=True)
class _Cuts:
    """theta >= constant - slope @ y for each group, in the order of the groups."""

    constant: Floats
    slope: csr_array

    def at(self, y: Floats) -> Floats:
        return np.asarray(self.constant - self.slope @ y)


class Benders:
    """The best services found so far (``opened``); cost and bound are those of the record of ``search``.

    ``read`` turns services into the decisions of a plan.
    """

    def __init__(
        self, problem: Uncapacitated, search: Search, read: Callable[[Flags], Decisions] | None = None
    ) -> None:
        self.problem = problem
        self.search = search
        self.opened: Flags | None = None
        self._read = read
        self._services = len(problem.opening)
        self._costs = problem.varying()
        self._demand = np.repeat(np.arange(len(self._costs.start)), self._costs.length)
        self._group = _groups(self._costs)
        self._groups = int(self._group.max(initial=-1)) + 1
        self._unit = _unit(self._costs, self._groups)
        self._only_reach = only_reach(problem)
        self._useful, self._must = self._worth_looking_at()
        self.master = self._empty_master()

    def run(self, known: Iterable[Flags] = ()) -> Termination:
        """Run to the end, beginning with the services of ``known`` plans, and say why it ended."""
        for opened in known:
            self._propose(opened)
        reduced, y = self.close()
        if not (self._over() or self.search.met):
            self._fix(reduced, y)
            self._integers()
        if self.search.met:
            return Termination.GAP_REACHED
        return Termination.INTERRUPTED if self.search.stopped() else Termination.TIME_LIMIT

    def _over(self) -> bool:
        return self.search.over()

    @property
    def objective(self) -> float:
        """NPV of the best services, infinite while there are none."""
        return self.search.record.cost

    @property
    def bound(self) -> float:
        """NPV that no services go below, as proven here."""
        return self.search.record.proven

    def _limits(self, gap: float) -> Limits:
        return self.search.share(1.0, gap)

    def _empty_master(self) -> LinearModel:
        """The model in services y and group costs theta (in units of ``_unit``), before any cut."""
        rows, lower, upper = _service_rows(self.problem, self._must)
        thetas = csr_array((rows.shape[0], self._groups))
        return LinearModel(
            matrix=csc_array(hstack([rows, thetas])),
            row_lower=lower,
            row_upper=upper,
            column_lower=np.append(self.problem.required.astype(float), np.zeros(self._groups)),
            column_upper=np.append(self._useful.astype(float), np.full(self._groups, np.inf)),
            cost=np.append(self.problem.opening, np.full(self._groups, self._unit)),
            offset=self._costs.offset,
            integer=np.arange(self._services + self._groups) < self._services,
        )

    def _worth_looking_at(self) -> tuple[Flags, Flags]:
        """Return which services may open, and which demands need a service in reach: fewer where only reach counts."""
        problem = self.problem
        must = np.isinf(problem.unmet)
        if self._services > _ALONE or not premises(problem):
            return np.ones(self._services, dtype=bool), must
        return undominated(problem.reach, problem.opening, must)

    def close(self) -> tuple[Floats, Floats]:
        """Add cuts until the relaxation violates none; return the reduced costs of the services and their values."""
        relaxed = GrowingRelaxation(self.master, self._limits(0.0))
        y, theta = _first_point(self.problem), np.zeros(self._groups)
        reduced = np.zeros(self._services)
        if self._only_reach:  # the cuts with nothing open are the covering rows: all there is
            self._cut(np.zeros(self._services), theta, relaxed)
        while not self._over():
            self.search.clock.did(1)
            self._propose(_rounded(self.problem, y))
            if not self._cut(y, theta, relaxed):
                break
            solution = relaxed.solve(self._limits(0.0))
            if solution is None:
                break
            y, theta = np.split(solution.values, [self._services])
            reduced = solution.reduced_costs[: self._services]
            self.search.prove(solution.objective)
        return reduced, y

    def _cut(self, y: Floats, theta: Floats, relaxed: GrowingRelaxation | None = None) -> bool:
        """Add the cuts at ``y`` that cut off ``theta``; false if there are none."""
        cuts = self._cuts(y)
        values = cuts.at(y)
        violated = np.flatnonzero(values > theta + _VIOLATION * max(1.0, float(np.abs(values).sum())))
        if not len(violated):
            return False
        ones = csr_array((np.ones(len(violated)), (np.arange(len(violated)), violated)), (len(violated), self._groups))
        rows, lower = csr_array(hstack([cuts.slope[violated], ones])), cuts.constant[violated]
        self.master = self.master.with_rows(rows, lower)
        if relaxed is not None:
            relaxed.add(rows, lower)
        return True

    def _cuts(self, y: Floats) -> _Cuts:
        """Return the sharpest cut of each group at ``y`` (0-1 for each service)."""
        p, shape = self._costs, (self._groups, self._services)
        critical = p.critical(y)
        saved = critical[self._demand] - p.cost
        rows = np.flatnonzero(saved > 0)
        places = (self._group[self._demand[rows]], p.service[rows])
        slope = csr_array((saved[rows] / self._unit, places), shape)
        return _Cuts(np.bincount(self._group, critical, minlength=self._groups) / self._unit, slope)

    def _fix(self, reduced: Floats, y: Floats) -> None:
        """Fix the services whose reduced cost says that no better plan opens, or closes, them."""
        room = self.objective - self.bound + _EXACT * abs(self.objective)
        shut, kept = (y < _EXACT) & (reduced > room), (y > 1 - _EXACT) & (-reduced > room)
        lower, upper = self.master.column_lower.copy(), self.master.column_upper.copy()
        upper[: self._services][shut] = 0.0
        lower[: self._services][kept] = 1.0
        self.master = replace(self.master, column_lower=lower, column_upper=upper)
        free = self._services - int(shut.sum() + kept.sum())
        cuts = self.master.matrix.shape[0]
        self.search.tell("core", f"{free:,} of {self._services:,} services undecided, {cuts:,} cuts")

    def _integers(self) -> None:
        """Solve the master in integers, cut at the plan it proposes, until its bound meets the best plan."""
        while not (self._over() or self.search.met):
            start = None
            if self.opened is not None:
                values = np.append(self.opened, self._cuts(self.opened.astype(float)).at(self.opened.astype(float)))
                start = (np.arange(len(values), dtype=np.int32), np.asarray(values, dtype=float))
            gap = _SHARE_OF_GAP * self.search.limits.gap
            outcome = solve(
                self.master,
                self._limits(gap),
                start=start,
                on_progress=self.search.hear,
                on_solution=lambda values: self._propose(values[: self._services] > 0.5),
                stopped=self.search.stopped,
            )
            if outcome.termination == Termination.PROVEN_INFEASIBLE:  # no plan better than the one there is
                self.search.prove(self.objective)
            else:
                self.search.prove(outcome.bound)
            if outcome.values is None:
                return
            y, theta = np.split(outcome.values, [self._services])
            self._propose(np.round(y) > 0)
            if not self._cut(np.round(y), theta):
                return

    def _propose(self, opened: Flags) -> None:
        if self.problem.allows(opened) and self.search.adopt(self.problem.value(opened), self._reading(opened)):
            self.opened = opened

    def _reading(self, opened: Flags) -> ReadPlan | None:
        read = self._read
        return None if read is None else lambda: read(opened)


def _groups(problem: Uncapacitated) -> Ints:
    """Return the group of each demand."""
    if len(problem.start) <= _ALONE:
        return np.arange(len(problem.start))
    return np.asarray(np.unique(problem.service[problem.start], return_inverse=True)[1])


def _unit(problem: Uncapacitated, groups: int) -> float:
    """Return the money in which group costs are counted, so that the coefficients of the cuts are near one."""
    dearest = problem.cost[problem.start + problem.length - 1]
    return float(np.minimum(dearest, problem.unmet).sum() / max(1, groups)) or 1.0


def _service_rows(problem: Uncapacitated, needy: Flags) -> tuple[csr_array, Floats, Floats]:
    """Return the rows on services alone: numbers of centres, and a service in reach of each ``needy`` demand."""
    services, kinds = len(problem.opening), len(problem.least)
    count = csr_array((np.ones(services), (problem.kind, np.arange(services))), (kinds, services))
    must = np.flatnonzero(needy & (problem.length > 0))
    reach, kind = problem.reach[must], problem.kind[problem.service[problem.start[must]]]
    everywhere = np.bincount(problem.kind, minlength=kinds)[kind] == np.diff(reach.indptr)
    low = np.maximum(problem.least, np.bincount(kind[everywhere], minlength=kinds) > 0)
    asked, some = (low > 0) | np.isfinite(problem.most), int((~everywhere).sum())
    rows = csr_array(vstack([count[asked], reach[~everywhere]]))
    return rows, np.append(low[asked], np.ones(some)), np.append(problem.most[asked], np.full(some, np.inf))


def _first_point(problem: Uncapacitated) -> Floats:
    """Return where the first cuts are taken: the services evenly open."""
    count = np.bincount(problem.kind, minlength=len(problem.least))
    limit = np.minimum(problem.most, _EVENLY * count)
    return np.asarray(np.minimum(1.0, limit / np.maximum(count, 1))[problem.kind])


def _rounded(problem: Uncapacitated, y: Floats) -> Flags:
    """Return the services with the largest values open, as many of each specialty as ``y`` adds up to and as may."""
    opened = problem.required.copy()
    for s, (least, most) in enumerate(zip(problem.least, problem.most, strict=True)):
        mine = np.flatnonzero(problem.kind == s)
        wanted = int(min(max(np.round(y[mine].sum()), least), most))
        opened[mine[np.lexsort((-y[mine], ~opened[mine]))[:wanted]]] = True
    return opened
