r"""Benders decomposition of the uncapacitated case: open services above, cost of the demands below.

For any :math:`\lambda_i` the cost of demand i is at least (dual of its own small problem; Cornuéjols, Nemhauser and
Wolsey 1980)

.. math:: \theta_i \ge \lambda_i - \sum_j \max(0, \lambda_i - c_{ij})\, y_j

and at a point :math:`\hat y` the sharpest is the cost at which the services nearest to i add up to one, or
:math:`\pi_i`. Demands are grouped, one :math:`\theta` and one cut for each group; where there are many, by the service
nearest to them (they share their cuts' support). The relaxation is closed first; its reduced costs fix services for
good; the rest is a small integer model that receives the cuts of each plan it proposes until its bound meets that plan.
Cases that must be treated add the covering row :math:`\sum_{j \text{ in reach}} y_j \ge 1`.

Every cut holds for every plan, since :math:`\lambda_i \le \pi_i`, and its constant is rounded down; so the relaxation
bounds any plan by what its duals prove (:mod:`redesaude.solving.proven`). What is fixed, and a plan proposed twice,
which is then left out, cost no less than the best plan of that time (``_beyond``): the integer model bounds all others,
so that the least of the two bounds every plan, and where the model holds no plan ``_beyond`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack, vstack

from redesaude.plan.proof import reached, relative_gap
from redesaude.solving.highs import solve
from redesaude.solving.location.dominance import only_reach, premises, undominated
from redesaude.solving.location.uncapacitated import Uncapacitated
from redesaude.solving.progress import Search
from redesaude.solving.proven import Proof, proof
from redesaude.solving.record import ReadPlan
from redesaude.solving.rounding import below
from redesaude.solving.simplex import GrowingRelaxation
from redesaude.status import Termination
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.problem import Decisions
from redesaude_models.standard_form import LinearModel

#: relative difference below which two costs, or a share and a whole, are the same
_EXACT = 1e-9


@dataclass(frozen=True)
class _Cuts:
    """theta >= constant - slope @ y for each group, in the order of the groups; ``critical`` is the price of each
    demand that they are of.
    """

    constant: Floats
    slope: csr_array
    critical: Floats

    def at(self, y: Floats) -> Floats:
        return np.asarray(self.constant - self.slope @ y)


class Benders:
    """The best services found so far (``opened``); their cost and the bound are those of ``search``.

    ``read`` turns services into the decisions of a plan.
    """

    def __init__(
        self, problem: Uncapacitated, search: Search, read: Callable[[Flags], Decisions] | None = None
    ) -> None:
        self.problem = problem
        self.search = search
        self._parameters = search.parameters.location
        self.opened: Flags | None = None
        self._read = read
        self._services = len(problem.opening)
        self._costs = problem.varying()
        self._demand = np.repeat(np.arange(len(self._costs.start)), self._costs.length)
        self._group = _groups(self._costs, self._parameters.own_cuts)
        self._groups = int(self._group.max(initial=-1)) + 1
        self._unit = _unit(self._costs, self._groups)
        self._root: Proof | None = None
        self._priced: list[tuple[Ints, Floats]] = []  # of each cut in the master: its group, and the prices it is of
        self._duals: Floats | None = None
        self._beyond, self._nothing = np.inf, False
        self._only_reach = only_reach(problem)
        self._useful, self._must = self._worth_looking_at()
        self.master = self._empty_master()

    def run(self, known: Iterable[Flags] = ()) -> Termination:
        """Run to the end, beginning with the services of ``known`` plans, and say why it ended."""
        for opened in known:
            self._propose(opened)
        self.close()
        if not self.search.done():
            self._fix()
            self._integers()
        if self._nothing:
            return Termination.PROVEN_INFEASIBLE
        if self._within_rounding:
            return Termination.GAP_REACHED
        return self.search.termination

    @property
    def _within_rounding(self) -> bool:
        """Whether the gap is met as far as a solver's tolerance can tell."""
        bound = self.search.bound
        found = self.opened is not None and bound is not None
        return found and reached(relative_gap(self.search.cost, bound), self.search.limits.gap)

    def _empty_master(self) -> LinearModel:
        """The model in services y and group costs theta (in units of ``_unit``), before any cut."""
        rows, lower, upper = _service_rows(self.problem, self._must)
        least, most = self._ends()
        thetas = csr_array((rows.shape[0], self._groups))
        return LinearModel(
            matrix=csc_array(hstack([rows, thetas])),
            row_lower=lower,
            row_upper=upper,
            column_lower=np.append(self.problem.required.astype(float), least),
            column_upper=np.append(self._useful.astype(float), most),
            cost=np.append(self.problem.opening, np.full(self._groups, self._unit)),
            offset=self._costs.offset,
            integer=np.arange(self._services + self._groups) < self._services,
        )

    def _ends(self) -> tuple[Floats, Floats]:
        """Least and most that the demands of each group cost in any plan."""
        p, count = self._costs, self._groups
        first, last = p.cost[p.start], p.cost[p.start + p.length - 1]
        cheapest, dearest = np.minimum(first, p.unmet), np.maximum(last, np.where(np.isinf(p.unmet), last, p.unmet))
        ends = (cheapest, -dearest, np.abs(cheapest) + np.abs(dearest))
        least, most, size = (np.bincount(self._group, end, minlength=count).astype(float) / self._unit for end in ends)
        return below(least, size, len(p.start) + 1), -below(most, size, len(p.start) + 1)

    def _worth_looking_at(self) -> tuple[Flags, Flags]:
        """Return which services may open, and which demands need a service in reach: fewer where only reach counts."""
        problem = self.problem
        must = np.isinf(problem.unmet)
        if self._services > self._parameters.own_cuts or not premises(problem):
            return np.ones(self._services, dtype=bool), must
        return undominated(problem.reach, problem.opening, must)

    def close(self) -> Floats:
        """Add cuts until the relaxation violates none; return the values of the services."""
        relaxed = GrowingRelaxation(self.master, self.search.share(1.0, 0.0))
        y, theta = _first_point(self.problem, self._parameters.evenly), np.zeros(self._groups)
        if self._only_reach:  # the cuts with nothing open are the covering rows: all there is
            self._cut(np.zeros(self._services), theta, relaxed)
        while not self.search.over():
            self.search.clock.did(1)
            self._propose(_rounded(self.problem, y))
            if not self._cut(y, theta, relaxed):
                break
            solution = relaxed.solve(self.search.share(1.0, 0.0))
            if solution is None:
                break
            before = y
            y, theta = np.split(solution.values, [self._services])
            self._root, self._duals = proof(self.master, solution.row_duals), solution.row_duals
            self.search.prove(self._root.value)
            if np.allclose(y, before, rtol=0.0, atol=_EXACT):  # cut off already, but for the solver's tolerance
                break
        return y

    def _cut(self, y: Floats, theta: Floats, relaxed: GrowingRelaxation | None = None) -> bool:
        """Add the cuts at ``y`` that cut off ``theta``; false if there are none."""
        cuts = self._cuts(y)
        values = cuts.at(y)
        violated = np.flatnonzero(values > theta + self._parameters.violation * max(1.0, float(np.abs(values).sum())))
        if not len(violated):
            return False
        ones = csr_array((np.ones(len(violated)), (np.arange(len(violated)), violated)), (len(violated), self._groups))
        rows, lower = csr_array(hstack([cuts.slope[violated], ones])), cuts.constant[violated]
        self.master = self.master.with_rows(rows, lower)
        self._priced.append((violated, cuts.critical))
        if relaxed is not None:
            relaxed.add(rows, lower)
        return True

    def prices(self) -> Floats:
        r"""Return the prices of demands (NPV of all cases) that the relaxation's duals mix from those of their cuts.

        Each demand must have cuts of its own. Whatever part of a demand its cuts leave is priced at its cheapest, and
        the dual :math:`\mu_i` of a service in reach comes on top: as :math:`\max(0, \lambda_i + \mu_i - c_{ij}) \le
        \max(0, \lambda_i - c_{ij}) + \mu_i` the Lagrangian bound at these prices is no less than the relaxation.
        """
        found, own = self.problem.cheapest.copy(), self._costs.cheapest
        if self._duals is None:
            return found
        begin = rows = self.master.matrix.shape[0] - sum(len(group) for group, _ in self._priced)
        mixed = own.copy()
        for group, critical in self._priced:
            part = np.maximum(self._duals[begin : begin + len(group)], 0.0) / self._unit
            part = np.append(part, np.zeros(len(group) - len(part)))  # a cut that came after the last solution
            mixed[group] += part * (critical[group] - own[group])
            begin += len(group)
        found[self.problem.varies] = mixed
        needed = _apart(self.problem, self._must)
        found[needed] += np.maximum(self._duals[rows - len(needed) : rows], 0.0)
        return found

    def _cuts(self, y: Floats) -> _Cuts:
        """Return the sharpest cut of each group at ``y`` (0-1 for each service)."""
        p, shape = self._costs, (self._groups, self._services)
        critical = p.critical(y)
        saved = critical[self._demand] - p.cost
        rows = np.flatnonzero(saved > 0)
        places = (self._group[self._demand[rows]], p.service[rows])
        slope = csr_array((saved[rows] / self._unit, places), shape)
        sums = [np.bincount(self._group, each, minlength=self._groups) for each in (critical, np.abs(critical))]
        constant, size = sums[0] / self._unit, sums[1] / self._unit + slope.sum(axis=1)
        return _Cuts(below(constant, size, len(critical) + 2), slope, critical)

    def _fix(self) -> None:
        """Fix the services whose reduced cost says that no better plan opens, or closes, them."""
        if self._root is None or self.opened is None:
            return
        self._beyond = self.search.cost
        at_low, at_high = (flags[: self._services] for flags in self._root.settled(self._beyond))
        lower, upper = self.master.column_lower.copy(), self.master.column_upper.copy()
        low, high = lower[: self._services], upper[: self._services]
        high[at_low], low[at_high] = low[at_low], high[at_high]  # what is required is open at either end
        self.master = replace(self.master, column_lower=lower, column_upper=upper)
        free = int((low < high).sum())
        cuts = self.master.matrix.shape[0]
        self.search.tell("core", f"{free:,} of {self._services:,} services undecided, {cuts:,} cuts")

    def _integers(self) -> None:
        """Solve the master in integers, cut at the plan it proposes, until its bound meets the best plan."""
        seen: set[bytes] = set()
        while not self.search.done():
            start = None
            if self.opened is not None:
                values = np.append(self.opened, self._cuts(self.opened.astype(float)).at(self.opened.astype(float)))
                start = (np.arange(len(values), dtype=np.int32), np.asarray(values, dtype=float))
            gap = self._parameters.master_gap * self.search.limits.gap
            result = solve(
                self.master,
                self.search.share(1.0, gap),
                start=start,
                on_progress=lambda _, bound: self._prove(bound),
                on_solution=lambda values: self._propose(values[: self._services] > 0.5),
                stopped=self.search.stopped,
            )
            if result.termination == Termination.PROVEN_INFEASIBLE:  # no plan but those left out
                self._nothing = np.isinf(self._beyond)
                self._prove(np.inf)
                return
            self._prove(result.bound)
            if result.values is None:
                return
            y, theta = np.split(result.values, [self._services])
            opened = y > 0.5
            self._propose(opened)
            if opened.tobytes() in seen or not self._cut(opened.astype(float), theta):
                if self._within_rounding:
                    return
                self._leave_out(opened)
            seen.add(opened.tobytes())

    def _prove(self, bound: float | None) -> None:
        """Take what is proven of the plans that the integer model holds; the others cost ``_beyond`` or more."""
        self.search.prove(None if bound is None else min(bound, self._beyond))

    def _leave_out(self, opened: Flags) -> None:
        """Leave out a plan whose cost is known and which the solver proposes again, within its tolerance."""
        self._beyond = min(self._beyond, self.problem.value(opened))
        row = np.append(np.where(opened, -1.0, 1.0), np.zeros(self._groups))  # another service opens, or one closes
        self.master = self.master.with_rows(csr_array(row[None, :]), np.array([1.0 - opened.sum()]))

    def _propose(self, opened: Flags) -> None:
        if not self.problem.allows(opened):
            return
        cost, turnover = self.problem.value(opened), self.problem.turnover(opened)
        if self.search.adopt(cost, turnover, self._reading(opened)):
            self.opened = opened

    def _reading(self, opened: Flags) -> ReadPlan | None:
        read = self._read
        return None if read is None else lambda: read(opened)


def _groups(problem: Uncapacitated, alone: int) -> Ints:
    """Return the group of each demand: up to ``alone`` demands each is one."""
    if len(problem.start) <= alone:
        return np.arange(len(problem.start))
    return np.asarray(np.unique(problem.service[problem.start], return_inverse=True)[1])


def _unit(problem: Uncapacitated, groups: int) -> float:
    """Return the money in which group costs are counted, so that the coefficients of the cuts are near one."""
    dearest = problem.cost[problem.start + problem.length - 1]
    return float(np.abs(np.minimum(dearest, problem.unmet)).sum() / max(1, groups)) or 1.0


def _service_rows(problem: Uncapacitated, needy: Flags) -> tuple[csr_array, Floats, Floats]:
    """Return the rows on services alone: numbers of centres, and a service in reach of each ``needy`` demand."""
    services, kinds = len(problem.opening), len(problem.least)
    count = csr_array((np.ones(services), (problem.kind, np.arange(services))), (kinds, services))
    must = np.flatnonzero(needy & (problem.length > 0))
    apart = _apart(problem, needy)
    everywhere = problem.kind[problem.service[problem.start[np.setdiff1d(must, apart)]]]
    low = np.maximum(problem.least, np.bincount(everywhere, minlength=kinds) > 0)
    asked = (low > 0) | np.isfinite(problem.most)
    rows = csr_array(vstack([count[asked], problem.reach[apart]]))
    return rows, np.append(low[asked], np.ones(len(apart))), np.append(problem.most[asked], np.full(len(apart), np.inf))


def _apart(problem: Uncapacitated, needy: Flags) -> Ints:
    """Return the ``needy`` demands that some of their services do not reach: each has a row of its own."""
    must = np.flatnonzero(needy & (problem.length > 0))
    kind = problem.kind[problem.service[problem.start[must]]]
    return np.asarray(must[np.bincount(problem.kind, minlength=len(problem.least))[kind] != problem.length[must]])


def _first_point(problem: Uncapacitated, share: float) -> Floats:
    """Return where the first cuts are taken: a ``share`` of the services evenly open, if nothing limits that."""
    count = np.bincount(problem.kind, minlength=len(problem.least))
    limit = np.minimum(problem.most, share * count)
    return np.asarray(np.minimum(1.0, limit / np.maximum(count, 1))[problem.kind])


def _rounded(problem: Uncapacitated, y: Floats) -> Flags:
    """Return the services with the largest values open, as many of each specialty as ``y`` adds up to and as may."""
    opened = problem.required.copy()
    for s, (least, most) in enumerate(zip(problem.least, problem.most, strict=True)):
        mine = np.flatnonzero(problem.kind == s)
        wanted = int(min(max(np.round(y[mine].sum()), least), most))
        opened[mine[np.lexsort((-y[mine], ~opened[mine]))[:wanted]]] = True
    return opened
