r"""Prices of whole demands by cutting planes: the Lagrangian bound with 0-1 knapsacks, at its best prices.

The demand balance is relaxed with a price :math:`\pi_i` for each whole demand, at most what leaving it unmet costs
(Geoffrion 1974). Services then choose alone, by the knapsacks of :mod:`.whole_knapsack`, and the cheapest are open:

.. math::
    L(\pi) = \sum_i \pi_i + \min_y \sum_j (f_j + v_j(\pi))\, y_j

which is valid for any finite prices. The best are sought by cutting planes (Kelley 1960; the dual of the columns of
Diaz and Fernandez 2002): a linear model of prices and of the rent :math:`\rho_j` of each service, in which every set of
demands met so far says what a service may gain,

.. math::
    \max \sum_i \pi_i - \sum_j \rho_j, \qquad \rho_j \ge \sum_{i \in S} (\pi_i - d_i c_{ij}) - f_j, \quad \rho_j \ge 0

asked half-way between its optimum and the best prices so far (Wentges 1997). Prices stay in boxes that widen where they
bind (Marsten, Hogan and Blankenship 1975). Its multipliers mix the sets: by them a part of the problem is split. What
the solver says of that model is only where to look: the bound is :math:`L` itself, rounded down as in
:mod:`.lagrangian`.

A :class:`Part` of the problem shuts or keeps services and takes journeys away. What another decision would cost at the
prices found is a valid bound too: a service whose other decision, or a journey whose use, costs more than the cutoff is
decided for good. Using a journey opens its service and makes it take that demand, at what its knapsack then gains less.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array

from redesaude.plan.outward import at_least
from redesaude.solving.location.capacitated import Capacitated
from redesaude.solving.location.lagrangian import Choice, cheapest_services, fewest_services
from redesaude.solving.location.whole_knapsack import Filled, knapsacks
from redesaude.solving.progress import Search
from redesaude.solving.rounding import below
from redesaude.solving.simplex import GrowingRelaxation, Relaxation
from redesaude.solving.units import typical
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.standard_form import LinearModel

#: of a typical cost, by which a set must cut off the prices and rents asked to count
_CUTS = 1e-7

#: share of the way up to which a price is at the end of its box
_END = 1 - 1e-9


@dataclass(frozen=True)
class Part:
    """A part of the problem: services that are ``shut`` or ``kept`` open, the journeys within ``reach`` (services,
    demands), demands ``treated`` in any case. ``price`` of each demand (NPV) and the ``bound`` there (NPV).
    """

    shut: Flags
    kept: Flags
    reach: Flags
    treated: Flags
    price: Floats
    bound: float

    def shutting(self, those: Flags) -> Part:
        """Return the part in which these services stay shut."""
        return replace(self, shut=self.shut | those, reach=self.reach & ~those[:, None])

    def keeping(self, those: Flags) -> Part:
        """Return the part in which these services open."""
        return replace(self, kept=self.kept | those)

    def sending(self, demand: int, service: int) -> Part:
        """Return the part in which this demand goes to this service."""
        reach, here = self.reach.copy(), np.arange(len(self.shut)) == service
        reach[:, demand] &= here
        treated = self.treated | (np.arange(len(self.treated)) == demand)
        return replace(self.keeping(here), reach=reach, treated=treated)

    def barring(self, demand: int, service: int) -> Part:
        """Return the part in which this demand goes elsewhere."""
        reach = self.reach.copy()
        reach[service, demand] = False
        return replace(self, reach=reach)


def whole_part(problem: Capacitated, price: Floats) -> Part:
    """Return the whole problem, at these prices of whole demands."""
    nothing = np.zeros(len(problem.opening), dtype=bool)
    reach = np.isfinite(problem.case_cost)
    return Part(nothing, problem.required.copy(), reach, np.isinf(problem.unmet), price, -np.inf)


@dataclass(frozen=True)
class Mixture:
    """How far each service is ``opened`` and which ``share`` of each demand it takes, (services, demands), when sets of
    whole demands are mixed.
    """

    opened: Floats
    share: Floats


@dataclass(frozen=True)
class _Bound:
    """The Lagrangian bound (``value``, NPV) at a ``price``; ``choice`` is among those ``at``."""

    price: Floats
    value: float
    at: Ints
    choice: Choice | None
    filled: Filled | None


class WholePrices:
    """Bounds parts of a problem of whole demands, each from what was learnt of those before."""

    def __init__(self, problem: Capacitated, price: Floats, search: Search) -> None:
        self._problem, self._search = problem, search
        self._parameters = search.parameters.location
        self._knapsacks = knapsacks(problem, self._parameters.cells)
        cost = self._knapsacks.cost
        self._money = typical(np.concatenate([problem.opening, cost[np.isfinite(cost)]]))
        least, most = (end * problem.cases for end in problem.prices)
        self._ends, self._beyond = (least, most), np.maximum(most, most.max(initial=0.0))
        self._box = np.minimum(most, least + self._parameters.box * np.maximum(price - least, 0.0) + self._money)
        self._begin(np.zeros((0, len(problem.cases)), dtype=bool), np.zeros(0, dtype=np.int64))

    def bounded(self, part: Part, cutoff: float, steps: int, near: float) -> tuple[Part, Mixture | None]:
        """Return ``part`` with better prices and bound, infinite if it holds no plan, and less to decide where a plan
        must cost less than ``cutoff``; and the mixture of sets there, None where it is not known.

        It ends after so many ``steps``, or where the best prices are worth no more than a share ``near`` of the way to
        the cutoff.
        """
        if (part.treated & ~part.reach.any(axis=0)).any():
            return replace(part, bound=np.inf), None
        self._restrict(part)
        best, mixed = _Bound(part.price, -np.inf, np.zeros(0, dtype=np.int64), None, None), None
        for _ in range(steps):
            if self._search.step() or (solved := self._solved()) is None:
                break
            mixed, more = solved, False
            outer = solved.values[: len(part.price)] * self._money
            for price in (0.5 * (best.price + outer), outer):
                found = self._at(part, price)
                best = found if found.value > best.value else best
                more = found.filled is not None and self._learn(found.filled.takes, part, solved)
                if more or best.value >= cutoff:
                    break
            if best.value >= cutoff or not (more or self._widen(part, outer)):
                break
            left = -solved.objective * self._money + self._problem.offset - best.value
            if left <= near * (cutoff - best.value) and np.isfinite(cutoff):
                break
        better = replace(part, price=best.price, bound=max(part.bound, best.value))
        if better.bound >= cutoff or best.choice is None or mixed is None:
            return better, None
        return _decided(better, best, cutoff - best.value), self._mixture(mixed)

    def _at(self, part: Part, price: Floats) -> _Bound:
        """Return the bound of ``part`` at these prices."""
        problem, at = self._problem, np.flatnonzero(~part.shut)
        filled = self._knapsacks.filled(price, part.reach)
        opening, value = problem.opening[at], filled.value[at]
        alone = below(opening + value, np.abs(opening) + np.abs(value), 2)
        capacity, kept = problem.capacity[at], part.kept[at]
        fewest = fewest_services(capacity, kept, problem.must_treat)
        rates = self._parameters.capacity_prices
        choice = cheapest_services(alone, capacity, kept, problem, fewest=fewest, prices=rates)
        if choice is None:
            return _Bound(price, np.inf, at, None, None)
        bound = at_least(np.append(price, [problem.offset, choice.value]))
        return _Bound(price, bound, at, choice, filled)

    def _most(self, part: Part) -> Floats:
        """Return the most that prices of whole demands may be in ``part``."""
        return np.where(part.treated, self._beyond, self._ends[1])

    def _begin(self, sets: Flags, of: Ints) -> None:
        """Begin a model of prices and rents with these ``sets`` of demands, each ``of`` a service."""
        demands, services = len(self._problem.cases), len(self._problem.opening)
        rent = (np.arange(services), demands + np.arange(services))
        self._model = GrowingRelaxation(
            LinearModel(
                matrix=csc_array((np.ones(services), rent), shape=(services, demands + services)),
                row_lower=-self._problem.opening / self._money,
                row_upper=np.full(services, np.inf),
                column_lower=np.append(self._ends[0], np.zeros(services)) / self._money,
                column_upper=np.append(self._box / self._money, np.full(services, np.inf)),
                cost=np.append(-np.ones(demands), np.ones(services)),
                offset=0.0,
                integer=np.zeros(demands + services, dtype=bool),
            ),
            self._search.rest(1.0),
        )
        self._sets, self._of = sets[:0], of[:0]
        self._known: set[bytes] = set()
        self._says = self._asked = np.zeros(0)  # what each set says of the rent of its service, and what is asked now
        self._used, self._solves = np.zeros(0, dtype=np.int64), 0
        self._add(sets, of)

    def _add(self, sets: Flags, of: Ints) -> None:
        """Add what these sets say of rents."""
        if not len(of):
            return
        problem, count = self._problem, len(of)
        row, demand = np.nonzero(sets)
        cost = np.where(sets, self._knapsacks.cost[of], 0.0).sum(axis=1)
        rows = csr_array(
            (
                np.append(-np.ones(len(row)), np.ones(count)),
                (np.append(row, np.arange(count)), np.append(demand, len(problem.cases) + of)),
            ),
            shape=(count, len(problem.cases) + len(problem.opening)),
        )
        lower = -(problem.opening[of] + cost) / self._money
        self._model.add(rows, lower)
        self._sets, self._of = np.vstack([self._sets, sets]), np.append(self._of, of)
        self._says, self._asked = np.append(self._says, lower), np.append(self._asked, lower)
        self._used = np.append(self._used, np.full(count, self._solves))
        self._known |= {_key(j, taken) for j, taken in zip(of.tolist(), sets, strict=True)}

    def _learn(self, takes: Flags, part: Part, solved: Relaxation) -> bool:
        """Add the sets that cut off the prices and rents of ``solved``; return whether there are any."""
        problem, demands = self._problem, len(self._problem.cases)
        price, rent = solved.values[:demands] * self._money, solved.values[demands:] * self._money
        gain = np.where(takes, self._knapsacks.cost - price, 0.0).sum(axis=1) + problem.opening + rent
        new = np.flatnonzero(~part.shut & takes.any(axis=1) & (gain < -_CUTS * self._money))
        new = np.array([j for j in new.tolist() if _key(j, takes[j]) not in self._known], dtype=np.int64)
        self._add(takes[new], new)
        return bool(len(new))

    def _restrict(self, part: Part) -> None:
        """Let the model be that of ``part``, with the sets used last where there are very many."""
        demands, services = len(self._problem.cases), len(self._problem.opening)
        if len(self._of) > self._parameters.sets * (demands + services):
            last = np.sort(np.argsort(-self._used, kind="stable")[: len(self._of) // 2])
            self._begin(self._sets[last], self._of[last])
        lower = np.append(self._ends[0] / self._money, np.where(part.kept & ~part.shut, -np.inf, 0.0))
        upper = np.append(np.minimum(self._box, self._most(part)) / self._money, np.full(services, np.inf))
        self._model.restrict(np.arange(demands + services), lower, upper)
        self._model.price(np.append(-np.ones(demands), np.where(part.shut, 0.0, 1.0)))
        barred = (self._sets & ~part.reach[self._of]).any(axis=1)
        wanted = np.where(barred, -np.inf, self._says)
        changed = np.flatnonzero(np.isfinite(wanted) != np.isfinite(self._asked))
        self._model.ask(services + changed, wanted[changed])
        self._asked = wanted

    def _solved(self) -> Relaxation | None:
        """Return the optimum of the model, None where none was found in time."""
        solved = self._model.solve(self._search.rest(1.0))
        if solved is not None:
            self._solves += 1
            self._used[solved.row_duals[len(self._problem.opening) :] > 0] = self._solves
        return solved

    def _widen(self, part: Part, price: Floats) -> bool:
        """Widen the boxes in which prices stand at the end; return whether there are any."""
        most, least = self._most(part), self._ends[0]
        at = (self._box < most) & (price >= least + _END * (self._box - least))
        if not at.any():
            return False
        self._box = np.where(at, np.minimum(most, least + 2 * (self._box - least) + self._money), self._box)
        demands = np.flatnonzero(at)
        self._model.restrict(demands, least[at] / self._money, self._box[at] / self._money)
        return True

    def _mixture(self, solved: Relaxation) -> Mixture:
        """Return the mixture of sets that the multipliers of the model are."""
        services = len(self._problem.opening)
        weight = np.maximum(solved.row_duals[services : services + len(self._of)], 0.0)
        used, of = np.flatnonzero(weight > 0), self._of[: len(weight)]
        share = np.zeros((services, len(self._problem.cases)))
        np.add.at(share, of[used], weight[used, None] * self._sets[used])
        return Mixture(np.bincount(of, weight, minlength=services).astype(float), share)


def _key(service: int, taken: Flags) -> bytes:
    return service.to_bytes(4, "little") + np.packbits(taken).tobytes()


def _decided(part: Part, found: _Bound, slack: float) -> Part:
    """Return what is left of ``part`` when a plan may cost at most ``slack`` more than its bound."""
    if found.choice is None or found.filled is None:
        return part
    chosen, penalty = np.zeros(len(part.shut), dtype=bool), np.full(len(part.shut), np.inf)
    chosen[found.at], penalty[found.at] = found.choice.chosen, found.choice.penalty
    use = np.where(chosen, 0.0, penalty)[:, None] + found.filled.forced
    dear = ~np.isfinite(use) | (below(use, use, 2) > slack)
    within = replace(part, reach=part.reach & ~dear)
    return within.keeping(chosen & (penalty > slack)).shutting(~chosen & (penalty > slack))
