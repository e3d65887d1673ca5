"""Large neighbourhood search: free a part of the network, let everything else stand, solve that part again.

Six operators choose what is freed (large neighbourhood search: Shaw 1998; adaptive choice of operators:
:mod:`.operator_roulette`):

* *one specialty*, with all sites and contracts, or a group of them that co-location ties together;
* *two groups* at once, which may pass on to each other what is scarce;
* *geographic*: the sites around a place, in all specialties;
* *Lagrangian RINS*: where the blocks of the bound, each alone at its prices, would decide otherwise than the plan, in
  half of the groups (relaxation induced neighbourhoods: Danna, Rothberg and Le Pape 2005); again whenever they would
  decide anew;
* *contracts*: services and their sizes as they are, under any contracts, which share what it costs to let them;
* *continuous polish*: all that is not integer.

What stands is taken out of the model, so that each part is small. A solution of a part together with what stands is a
plan of the whole model; that is checked before it is adopted. Nothing here touches a bound. Several threads may search
at once: each solves its part around the plan it began with and carries what it found into the plan that is best by
then, if it still fits and still gains.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from redesaude.solving.highs import solve
from redesaude.solving.layout import Layout
from redesaude.solving.near import Near
from redesaude.solving.options import Limits
from redesaude.solving.parameters import DEFAULTS, SearchParameters
from redesaude.solving.relaxation.reduced_cost_fixing import without_dear, worthwhile_relaxation
from redesaude.solving.relaxation.sharper import Sharper
from redesaude.solving.specialties.lagrangian_bound import LagrangianBound
from redesaude.solving.specialties.operator_roulette import OperatorRoulette, Part
from redesaude_models.arrays import Flags, Floats
from redesaude_models.columns import NONE
from redesaude_models.standard_form import LinearModel

#: largest breach of a row, bound or integer that a plan may have
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Ground:
    """How a model can be parted: what its columns are about (``layout``), which sites lie around a place (``distances``
    between sites, minutes), the specialties in groups that belong together (``order``), what is ``near`` a plan, and
    the ``sharper`` form in which parts are solved.
    """

    layout: Layout
    distances: Floats
    order: list[list[int]]
    near: Near
    sharper: Sharper


class NeighbourhoodSearch:
    """The best plan so far (``values`` of all columns) and the moves that try to better it.

    The groups of the ``ground`` are the blocks of the bound ``dual``, which tells where there is much to gain. They
    come first where the plan was not ``placed`` in this very model. ``exhausted`` once nothing gained with every site
    freed at once.
    """

    def __init__(
        self,
        arrays: LinearModel,
        ground: Ground,
        values: Floats,
        *,
        dual: LagrangianBound,
        seed: int,
        placed: bool,
        parameters: SearchParameters = DEFAULTS,
    ) -> None:
        self._parameters, p = parameters, parameters.specialties
        self.arrays = arrays
        self._ground, self.layout = ground, ground.layout
        self.values = values
        self.objective = arrays.value(values)
        self.exhausted = False
        self._near = np.argsort(ground.distances, axis=1, kind="stable")
        self._random = np.random.default_rng(seed)
        self._sites = min(p.sites, len(ground.distances))
        self._dual = dual
        self._heard: Floats | None = None
        self._gap = p.part_gap
        self._unplaced = deque([] if placed else ground.order)
        operators = [self._groups, self._pairs, self._geographic, self._lagrangian_rins]
        operators += [self._contracts, self._continuous_polish]
        self._roulette = OperatorRoulette(operators, self._random, p)
        self._lock = threading.Lock()

    @property
    def best(self) -> tuple[float, Floats]:
        """Cost and values of the best plan."""
        with self._lock:
            return self.objective, self.values

    def step(self, limits: Limits, stopped: Callable[[], bool]) -> float:
        """Free the next part and solve it; return the gain, 0.0 for none."""
        with self._lock:
            turn = self._next()
            values = self.values
            if turn is None:
                return 0.0
            operator, part = turn
            free = part()
        before = limits.clock.work
        gain = self._solve(free, values, limits, stopped)
        if operator is not None:
            with self._lock:
                self._roulette.credit(operator, gain, limits.clock.work - before)
        return gain

    def _solve(self, free: Flags, values: Floats, limits: Limits, stopped: Callable[[], bool]) -> float:
        """Solve the model of the columns that are ``free`` around a plan; return the gain, 0.0 for none."""
        columns, p = np.flatnonzero(free), self._parameters.specialties
        if not 0 < len(columns) <= p.most_columns:
            return 0.0
        part, sharper = self.arrays.around(columns, values), self._ground.sharper.model.around(columns, values)
        relaxing, sizes = self._parameters.relaxation, self._ground.sharper.sizes
        seconds = min(limits.seconds, max(1.0, len(columns) / p.columns_a_second))
        limits = replace(limits, gap=self._gap_of(part.value(values[columns]) - part.offset), seconds=seconds)
        counted, given = sizes.counted(sharper, columns), sizes.values(part, columns, values[columns])
        smaller = without_dear(
            counted, worthwhile_relaxation(counted, limits, relaxing), given, slack=relaxing.too_dear
        )
        start = (np.arange(len(given), dtype=np.int32), given)
        result = solve(smaller, limits, start=start, stopped=stopped)
        if result.values is None:
            return 0.0
        better = self.values.copy()
        better[columns] = part.whole(result.values[: len(columns)])
        return self.adopt(better)

    def _gap_of(self, own: float) -> float:
        """Return the relative gap for a part that costs ``own`` by itself."""
        p = self._parameters.specialties
        wanted = self._gap * abs(self.objective)
        return min(max(wanted / abs(own), p.finest), p.coarsest) if own else p.finest

    def adopt(self, values: Floats) -> float:
        """Take ``values`` for the best plan if they are one; return the gain, 0.0 for none."""
        with self._lock:
            gain = self.objective - self.arrays.value(values)
            if (
                gain < self._parameters.specialties.least_gain * abs(self.objective)
                or self.arrays.violation(values) > _TOLERANCE
            ):
                return 0.0
            self.values, self.objective = values, self.objective - gain
            return gain

    def _next(self) -> tuple[int | None, Part] | None:
        """Return the next part, and its operator if any; when nothing gains any more, places widen, or it is over."""
        p = self._parameters.specialties
        self._gap = p.placing_gap  # of what places, and of the first and largest part
        if self._unplaced:
            return None, partial(self._specialties, self._unplaced.popleft())
        if (proposed := self._dual.proposed) is not self._heard:
            first, self._heard = self._heard is None, proposed
            if first:
                return None, self._where_bound_differs
            self._roulette.again(self._lagrangian_rins)
        self._gap = p.part_gap
        turn = self._roulette.next()
        if turn is None and not self.exhausted:
            self.exhausted = self._sites >= len(self._near)
            self._sites += p.more_sites
            self._roulette.again()
        return turn

    def _groups(self) -> list[Part]:
        """Each group of specialties, and each specialty of a larger group."""
        groups = self._shuffled()
        alone = [[specialty] for group in groups if len(group) > 1 for specialty in group]
        return [partial(self._specialties, group) for group in [*groups, *alone]]

    def _pairs(self) -> list[Part]:
        """Two groups at once: pairs of all, those with much to gain with each other."""
        groups = self._shuffled()
        pairs = zip(groups[::2], groups[1::2], strict=False)
        return [partial(self._specialties, [*first, *second]) for first, second in pairs]

    def _geographic(self) -> list[Part]:
        """Sites around places drawn at random."""
        places = self._random.permutation(len(self._near))
        count = -(-self._parameters.specialties.sweeps * len(places) // self._sites)
        return [partial(self._around, place) for place in places[:count].tolist()]

    def _shuffled(self) -> list[list[int]]:
        """Return the groups in a random order in which those with much to gain tend to come first.

        A draw without replacement by weight (Efraimidis and Spirakis 2006); those of which nothing is proven have as
        much to gain as any.
        """
        excess = self._dual.excess(self.values)
        most = max(excess.values(), default=0.0)
        weight = np.array([max(0.0, excess.get(group[0], most)) for group in self._ground.order])
        weight = weight / weight.sum() + self._parameters.specialties.sure if weight.any() else np.ones_like(weight)
        drawn = np.argsort(self._random.exponential(size=len(weight)) / weight, kind="stable")
        return [self._ground.order[n] for n in drawn]

    def _specialties(self, specialties: list[int]) -> Flags:
        """Free these specialties everywhere, and what all share."""
        return np.asarray(np.isin(self.layout.specialty, [*specialties, NONE]))

    def _lagrangian_rins(self) -> list[Part]:
        return [self._where_bound_differs]

    def _contracts(self) -> list[Part]:
        return [lambda: self._ground.near.other_contracts(self.values)]

    def _continuous_polish(self) -> list[Part]:
        """All that is not integer: parts solved to a small gap leave the flows of all together less than best."""
        return [lambda: ~self.arrays.integer]

    def _where_bound_differs(self) -> Flags:
        """Free the integers in which groups would do otherwise by themselves at the prices of the bound, and all that
        is not integer in these groups: half of them, for all take too long where there are many periods.

        Relaxation induced neighbourhoods (Danna, Rothberg and Le Pape 2005), with the Lagrangian one as the relaxation.
        """
        proposed = self._dual.proposed
        if proposed is None:
            return np.zeros_like(self.arrays.integer)
        groups = self._shuffled()[: -(-len(self._ground.order) // self._parameters.specialties.groups)]
        ours = self._specialties([specialty for group in groups for specialty in group])
        other = np.abs(proposed - self.values) > _TOLERANCE
        return np.asarray(ours & (other | ~self.arrays.integer | (self.layout.specialty == NONE)))

    def _around(self, place: int) -> Flags:
        """Free the decisions at the nearest sites, and the shares and volumes of the demands that reach them.

        Of services in tiers what comes and goes is free everywhere: it depends on that of others.
        """
        where = self.layout
        near = np.isin(where.site, self._near[place, : self._sites])
        near |= np.isin(where.partner, self._near[place, : self._sites])
        usable = near | (where.opener == NONE) | (self.values[where.opener] > 0.5)
        reaching = _marked(where.demand[near & where.share], where.demand)
        follows = reaching & (usable | ~where.share)
        busy = _marked(where.opener[(follows & where.share) | where.flow], where.opener)
        shared = (where.site == NONE) & (where.demand == NONE)
        return np.asarray(near | follows | (busy & ~where.share) | shared)


def _marked(chosen: np.ndarray, of: np.ndarray) -> Flags:
    """Return which entries of ``of`` are among ``chosen``; :data:`NONE` never is."""
    marks = np.zeros(int(of.max(initial=-1)) + 2, dtype=bool)
    marks[chosen] = True
    marks[NONE] = False
    return np.asarray(marks[of])
