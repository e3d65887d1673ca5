r"""What forcing or closing a service costs at least, and what promises are worth, read off the certificate of a plan.

In each leaf of the certificate (:mod:`redesaude.plan.certified`) a column :math:`j` with reduced cost :math:`d_j` adds
:math:`\min(d_j l_j, d_j u_j)` to the bound. A service that must be open in the last period is so in one size under one
contract, and adds :math:`d_{\mathrm{open}} + \min_o d_o` over its options :math:`o`; one that is closed in all periods
adds nothing. The least leaf of the block then bounds what the changed scenario costs: no solver is asked, and all
services are looked at at once (reduced-cost bounds, as in the fixing of Balas and Martin 1980). Where that says little,
the relaxation of the block with the service forced or closed is solved, and its duals are taken the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from redesaude.assemble import Assembled
from redesaude.plan.certificate import Certificate, Splits, trees_of
from redesaude.plan.certified import Part, Parts, problem_of
from redesaude.plan.outward import least_products, reduced
from redesaude.solving.bounding_tree import allowed
from redesaude.solving.options import Limits
from redesaude.solving.simplex import GrowingRelaxation
from redesaude_models.arrays import Flags, Floats, Ints
from redesaude_models.columns import NONE, columns_of
from redesaude_models.network import build_model
from redesaude_models.standard_form import LinearModel, linear_model

#: of a leaf's bound, what rounding may take of a change of it
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Prices:
    """``opening`` and ``closing`` (services,): by how much the bound rises if a service must be open in the last
    period, or is open in none (NPV; infinite: that is shown to be impossible). ``unit`` (promises,): what one unit more
    of each promise adds to the bound at first, below zero for a limit of which more may be used (NPV).
    """

    opening: Floats
    closing: Floats
    unit: Floats


class Screen:
    """The certificate of a bound of ``assembled``, looked at service by service.

    Raises
    ------
    CertificateError
        when it is not of that problem.

    """

    def __init__(self, assembled: Assembled, certificate: Certificate) -> None:
        problem = problem_of(assembled.problem, certificate)
        self._model = build_model(problem)  # kept: the variables hold it weakly
        arrays = linear_model(self._model)
        self._certificate, self._promises = certificate, problem.promises
        self._rows = {name: n for n, name in enumerate(arrays.rows)}
        self._services = _Services.of(arrays, problem.options.service)
        self._parts, self._trees = Parts.of(arrays, certificate), list(trees_of(certificate))

    def prices(self) -> Prices:
        """Return what the leaves of the certificate say of every service and promise; no solver is asked."""
        count = self._services.count
        opening, closing, duals = np.zeros(count), np.zeros(count), self._certificate.prices.copy()
        for part, tree in zip(self._parts, self._trees, strict=True):
            here, least = self._services.within(part.columns), np.inf
            forced, shut = np.full(count, np.inf), np.full(count, np.inf)
            for leaf, path in tree:
                multipliers, bounds, value = self._leaf(part, leaf, path)
                if value < least:
                    least, own = value, part.rows < len(duals)
                    duals[part.rows[own]] = _raised(part, multipliers)[own]
                if np.isfinite(value):
                    more, less = here.changes(part, multipliers, bounds)
                    forced, shut = np.minimum(forced, value + more), np.minimum(shut, value + less)
            opening = np.where(here.there, np.maximum(forced - least, 0.0), opening)
            closing = np.where(here.there, np.maximum(shut - least, 0.0), closing)
        rows = [(self._rows.get((each.component, each.id), NONE), each.scale()) for each in self._promises]
        unit = [0.0 if row == NONE else duals[row] / scale for row, scale in rows]
        return Prices(opening, closing, np.array(unit, dtype=float))

    def relaxed(self, prices: Prices, limits: Limits, stopped: Callable[[], bool] = lambda: False) -> Prices:
        """Return ``prices`` bettered, as far as ``limits`` allow, by the relaxation of the block of each service with
        that service forced, and closed: its duals are turned into a bound as those of any leaf are.
        """
        opening, closing = prices.opening.copy(), prices.closing.copy()
        for part, tree in zip(self._parts, self._trees, strict=True):
            here = self._services.within(part.columns)
            least = min((self._leaf(part, leaf, path)[2] for leaf, path in tree), default=np.inf)
            solver = GrowingRelaxation(part.model, limits)
            for service in np.flatnonzero(here.there).tolist():
                for rises, (columns, value) in ((opening, here.forced(service)), (closing, here.shut(service))):
                    if stopped() or limits.clock.left <= 0:
                        return replace(prices, opening=opening, closing=closing)
                    found = _with(part, solver, columns, value, limits)
                    rises[service] = max(rises[service], found - least)
        return replace(prices, opening=opening, closing=closing)

    def _leaf(self, part: Part, leaf: int, path: Splits) -> tuple[Floats, tuple[Floats, Floats], float]:
        """Multipliers, bounds of the columns, and the bound of a leaf."""
        c = self._certificate
        at = slice(c.start[leaf], c.start[leaf + 1])
        multipliers, bounds = part.multipliers(c.row[at], c.dual[at]), part.within(path)
        return multipliers, bounds, part.bound(multipliers, bounds, ray=bool(c.ray[leaf]))


def _raised(part: Part, multipliers: Floats) -> Floats:
    """Return what the bound changes by at first where the side of each row is raised by 1, were that its only side.

    A cut may lose its slope for each unit that a row it is made of lets go; none is lost where a row asks for more
    (the rounding with its fraction as it is: Nemhauser and Wolsey 1990).
    """
    worth, limit = multipliers.copy(), np.isfinite(part.model.row_upper)
    first = len(worth) - len(part.cuts)
    for place in range(len(worth) - 1, first - 1, -1):
        recipe, slope = part.cuts[place - first]
        rows = np.searchsorted(part.rows, recipe.rows)
        lost = worth[place] * slope * np.abs(recipe.weights)
        worth[rows] += np.where(rows >= first, lost, np.where(limit[rows], -lost, 0.0))
    return worth


def _with(part: Part, solver: GrowingRelaxation, columns: Ints, value: float, limits: Limits) -> float:
    """What a block costs at least with ``columns`` at ``value``; minus infinity where the relaxation does not tell."""
    lower, upper = part.model.column_lower.copy(), part.model.column_upper.copy()
    before = lower[columns].copy(), upper[columns].copy()
    lower[columns] = upper[columns] = value
    solver.restrict(columns, lower[columns], upper[columns])
    found = solver.solve(limits)
    solver.restrict(columns, *before)
    return -np.inf if found is None else part.bound(allowed(part, found.row_duals), (lower, upper))


@dataclass(frozen=True)
class _Services:
    """Columns of services: ``open`` (services, periods), and ``z`` (options, periods), :data:`NONE` for none, of the
    options of each ``service``; ``there`` are the services that these columns are of.
    """

    open: Ints
    z: Ints
    service: Ints
    there: Flags

    @classmethod
    def of(cls, arrays: LinearModel, service: Ints) -> _Services:
        columns = columns_of(arrays)
        opened, options = columns["open"], columns["z"]
        return cls(opened, options, service, (opened != NONE).all(axis=1))

    @property
    def count(self) -> int:
        """Number of services."""
        return len(self.open)

    def within(self, columns: Ints) -> _Services:
        """Return the services whose columns are among ``columns``, told by their places there."""

        def placed(grid: Ints) -> Ints:
            at = np.minimum(np.searchsorted(columns, grid), len(columns) - 1)
            return np.asarray(np.where((grid != NONE) & (columns[at] == grid), at, NONE))

        opened = placed(self.open)
        return _Services(opened, placed(self.z), self.service, self.there & (opened != NONE).all(axis=1))

    def forced(self, service: int) -> tuple[Ints, float]:
        """Return what stands at which value if a service is open in the last period."""
        return self.open[service, -1:], 1.0

    def shut(self, service: int) -> tuple[Ints, float]:
        """Return what stands at which value if a service is open in no period."""
        return self.open[service], 0.0

    def changes(self, part: Part, multipliers: Floats, bounds: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        """Return by how much the bound of a leaf changes at least if each service is open in the last period, or open
        in none; infinite where the leaf then holds nothing.
        """
        lower, upper = bounds
        d, wide = reduced(part.model.cost, part.off, part.model.matrix, multipliers)
        adds = np.array([least_products(d - wide, d + wide, lower, upper), d - wide, upper, lower])
        adds = np.column_stack([adds, [0.0, np.inf, 0.0, 0.0]])  # the last stands for no column
        now, price, most, least = adds
        size = np.abs(np.column_stack([self._sums(np.abs(now)), self._open(np.abs(price), np.abs(now))]))
        forced = self._open(np.where(most >= 1, price, np.inf), now)
        shut = np.where(self._sums(least) > 0, np.inf, -self._sums(now))
        rounding = _ROUNDING * np.where(np.isfinite(size), size, 0.0).sum(axis=1)
        return forced - rounding, shut - rounding

    def _sums(self, values: Floats) -> Floats:
        """Sum of the values of all columns of each service."""
        options = np.bincount(self.service, values[self.z].sum(axis=1), self.count)
        return np.asarray(values[self.open].sum(axis=1) + options)

    def _open(self, price: Floats, now: Floats) -> Floats:
        """What a service that is open in the last period adds there, less what it does now."""
        cheapest = np.full(self.count, np.inf)
        np.minimum.at(cheapest, self.service, price[self.z[:, -1]])
        before = now[self.open[:, -1]] + np.bincount(self.service, now[self.z[:, -1]], self.count)
        return np.asarray(price[self.open[:, -1]] + cheapest - before)
