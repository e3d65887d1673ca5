r"""One network for several problems: what is decided before it is known which of them comes, and what only then.

Services, sizes, contracts, lettings and stations are decided here and now: every whole number but shares of people and
what follows when dates and needs are known (:data:`LATER`: agreements begin when their satellite opens, ambulances
move). Patients, cases sent away, shortfalls and all else are settled in each problem by itself. A **block** is the
model of a problem as arrays; the models of all blocks with the columns of here and now in common are the expanded
model of two-stage stochastic programming (Birge and Louveaux 2011), minimised for one of three measures of the costs
:math:`C_k` of :math:`K` equally likely problems:

.. math:: \frac1K \sum_k C_k, \qquad
    \min_\eta\; \eta + \frac{1}{\alpha K} \sum_k (C_k - \eta)^+, \qquad \max_k\,(C_k - B_k)

the mean, the mean of the worst share :math:`\alpha` (conditional value at risk: Rockafellar and Uryasev 2000), and the
greatest regret over the best plan found :math:`B_k` of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import coo_array, csc_array, csr_array, hstack, vstack

from redesaude.assemble import Assembled
from redesaude.solving.highs import Given, SolverResult, solve
from redesaude.solving.known import Openings
from redesaude.solving.options import Limits
from redesaude.solving.relaxation.aggregate_capacity import with_aggregate_capacity
from redesaude.solving.units import typical
from redesaude.status import Termination
from redesaude_models.arrays import Floats, Ints
from redesaude_models.network import build_model
from redesaude_models.places import Kind, place_of
from redesaude_models.standard_form import LinearModel, linear_model

Name = tuple[str, Any]
"""component and index of a column"""
Network = Mapping[Name, float]
"""what is decided here and now; what is not named is 0"""


#: whole numbers that are settled in each problem by itself
LATER = ("agreement", "ambulances", "covered_twice")


class Measure(StrEnum):
    """What a plan for several problems is chosen by."""

    MEAN = "mean"
    WORST = "worst_tenth"
    REGRET = "regret"


@dataclass(frozen=True)
class Goal:
    """What is minimised: a ``measure``, the ``share`` that is the worst, and the ``best`` cost found of each."""

    measure: Measure
    share: float
    best: Floats


@dataclass(frozen=True)
class Block:
    """The model of one problem: its ``arrays``, the same ``sharper``, its columns of ``here`` and now by name, and
    those of them that it decides itself (``settled``).
    """

    arrays: LinearModel
    sharper: LinearModel
    here: Mapping[Name, int]
    settled: Network

    @cached_property
    def columns(self) -> Ints:
        """The columns of here and now, in the order of their names."""
        return np.fromiter(self.here.values(), dtype=np.int64, count=len(self.here))

    def read(self, values: Floats) -> dict[Name, float]:
        """Return the network at ``values``."""
        found = np.round(values[self.columns])
        return {name: value for name, value in zip(self.here, found.tolist(), strict=True) if value} | {
            name: value for name, value in self.settled.items() if value
        }

    def allows(self, network: Network) -> bool:
        """Return whether all that the network decides can be decided so here."""
        stated = all(name in self.here or self.settled.get(name, 0.0) == value for name, value in network.items())
        return stated and all(network.get(name, 0.0) == value for name, value in self.settled.items())

    def pinned(self, network: Network) -> LinearModel:
        """Return the model with the network as it is, all else free."""
        return self.arrays.fixed(self.columns, np.array([network.get(name, 0.0) for name in self.here]))

    def hold(self, network: Network, limits: Limits) -> SolverResult:
        """Return what the network costs at the least in this problem (:class:`~redesaude.solving.highs.SolverResult`).

        No plan is possible, proven, where a rule or a firm promise cannot be kept with it.
        """
        if not self.allows(network):
            return SolverResult(Termination.PROVEN_INFEASIBLE, None, None, None)
        return solve(self.pinned(network), replace(limits, gap=0.0))

    def settle(self, openings: Openings, limits: Limits) -> dict[Name, float] | None:
        """Return the cheapest network here that opens just what ``openings`` say; None where there is none."""
        network = network_of(openings)
        if not all(name in self.here or self.settled.get(name) == 1.0 for name in network):
            return None
        told = {name: n for name, n in self.here.items() if name[0] in _OPENINGS}
        values = np.array([network.get(name, 0.0) for name in told])
        columns = np.fromiter(told.values(), dtype=np.int64, count=len(told))
        found = solve(self.arrays.fixed(columns, values), replace(limits, gap=0.0))
        return None if found.values is None else self.read(found.values)


#: components of what a plan's openings say
_OPENINGS = ("open", "z")


def network_of(openings: Openings) -> dict[Name, float]:
    """Return services and options that are open, as columns by name."""
    services = {("open", (site, specialty, period)): 1.0 for site, specialty, *_, period in openings}
    return services | {("z", each): 1.0 for each in openings}


def block_of(assembled: Assembled) -> Block:
    """Return the block of a problem.

    Raises
    ------
    UnknownPartError
        where a variable says nothing of what it is.

    """
    return of_arrays(linear_model(build_model(assembled.problem)), assembled)


def of_arrays(arrays: LinearModel, assembled: Assembled) -> Block:
    """Return the block of a problem whose model, with its variables, is at hand."""
    here = {
        _name(variable): n
        for n, variable in enumerate(arrays.variables)
        if arrays.integer[n] and _is_here(variable.parent_component())
    }
    settled = {_name(each): float(each.value) for each in _variables(arrays) if each.fixed and not each.is_continuous()}
    plain = replace(arrays, variables=(), rows=(), source=None)
    sharper = replace(with_aggregate_capacity(arrays, assembled.problem), variables=(), rows=(), source=None)
    return Block(plain, sharper, here, settled)


def _is_here(component: Any) -> bool:
    """Whether the whole numbers of a component are decided before it is known which problem comes."""
    return place_of(component).kind is not Kind.SHARE and component.local_name not in LATER


def _variables(arrays: LinearModel) -> Iterator[Any]:
    return iter(()) if arrays.source is None else arrays.source.component_data_objects(pyo.Var)


def _name(variable: Any) -> Name:
    return variable.parent_component().local_name, variable.index()


def measured(measure: Measure, costs: Floats, best: Floats, share: float) -> float:
    """Return what a measure makes of the ``costs`` of a plan in each problem, of which ``best`` is the best found."""
    if measure is Measure.MEAN:
        return float(costs.mean())
    return worst(costs, share) if measure is Measure.WORST else float((costs - best).max())


def worst(costs: Floats, share: float) -> float:
    """Return the mean of the worst ``share`` of equally likely costs."""
    mass = share * len(costs)
    weight = np.clip(mass - np.arange(len(costs)), 0.0, 1.0)
    return float(-np.sort(-costs) @ weight) / mass if np.isfinite(costs).all() else float(np.inf)


@dataclass(frozen=True)
class Expanded:
    """The expanded ``model`` of ``blocks``; ``at`` has the columns of each block in it, ``names`` are those in common,
    which come first.
    """

    blocks: tuple[Block, ...]
    model: LinearModel
    names: tuple[Name, ...]
    at: tuple[Ints, ...]

    def network(self, values: Floats) -> dict[Name, float]:
        """Return what is decided here and now at ``values``."""
        common = {
            name: value
            for name, value in zip(self.names, np.round(values[: len(self.names)]).tolist(), strict=True)
            if value
        }
        return common | {name: value for block in self.blocks for name, value in block.settled.items() if value}


def expanded(blocks: Sequence[Block], goal: Goal) -> Expanded:
    """Return the expanded model by which the plan of the least measure is found.

    Costs are whole money in the mean; the others count in a unit of their own, and so do their columns.
    """
    names = tuple(dict.fromkeys(name for block in blocks for name in block.here))
    place = {name: n for n, name in enumerate(names)}
    at, count = [], len(names)
    for block in blocks:
        own = np.full(len(block.arrays.cost), -1, dtype=np.int64)
        own[block.columns] = [place[name] for name in block.here]
        rest = own < 0
        own[rest] = count + np.arange(int(rest.sum()))
        count += int(rest.sum())
        at.append(own)
    joined = _joined(blocks, at, count)
    mean = goal.measure is Measure.MEAN
    made = _of_mean(joined, blocks, at) if mean else _of_tail(joined, blocks, at, goal)
    return Expanded(tuple(blocks), made, names, tuple(at))


def _joined(blocks: Sequence[Block], at: Sequence[Ints], count: int) -> LinearModel:
    """The rows and columns of all blocks, without costs; what a block cannot decide otherwise none can."""
    lower, upper, whole = np.full(count, -np.inf), np.full(count, np.inf), np.zeros(count, dtype=bool)
    matrices = []
    places = {n: name for block, own in zip(blocks, at, strict=True) for name, n in _common(block, own)}
    for block, own in zip(blocks, at, strict=True):
        model = block.sharper
        lower[own], upper[own] = np.maximum(lower[own], model.column_lower), np.minimum(upper[own], model.column_upper)
        whole[own] |= model.integer
        cells = model.matrix.tocoo()
        matrices.append(
            csr_array(coo_array((cells.data, (cells.row, own[cells.col])), shape=(model.matrix.shape[0], count)))
        )
        for n, name in places.items():
            if name not in block.here:
                lower[n] = upper[n] = block.settled.get(name, 0.0)
    return LinearModel(
        matrix=csc_array(vstack(matrices)),
        row_lower=np.concatenate([block.sharper.row_lower for block in blocks]),
        row_upper=np.concatenate([block.sharper.row_upper for block in blocks]),
        column_lower=lower,
        column_upper=upper,
        cost=np.zeros(count),
        offset=0.0,
        integer=whole,
    )


def _common(block: Block, own: Ints) -> list[tuple[Name, int]]:
    return [(name, int(own[n])) for name, n in block.here.items()]


def _costs(blocks: Sequence[Block], at: Sequence[Ints], count: int) -> csr_array:
    """The cost of each block (rows) by column."""
    rows = [np.full(len(own), k) for k, own in enumerate(at)]
    data = np.concatenate([block.arrays.cost for block in blocks])
    return csr_array(coo_array((data, (np.concatenate(rows), np.concatenate(at))), shape=(len(blocks), count)))


def _of_mean(model: LinearModel, blocks: Sequence[Block], at: Sequence[Ints]) -> LinearModel:
    cost = np.asarray(_costs(blocks, at, len(model.cost)).mean(axis=0)).ravel()
    return replace(model, cost=cost, offset=float(np.mean([block.arrays.offset for block in blocks])))


def _of_tail(model: LinearModel, blocks: Sequence[Block], at: Sequence[Ints], goal: Goal) -> LinearModel:
    """The model with a column for the level, and for the worst share one for what each block exceeds it by."""
    costs, offsets = _costs(blocks, at, len(model.cost)), np.array([block.arrays.offset for block in blocks])
    unit, many, regret = typical(costs.data), len(blocks), goal.measure is Measure.REGRET
    extra = np.ones((many, 1)) if regret else np.hstack([np.ones((many, 1)), np.eye(many)])
    rows = csr_array(hstack([costs * (-1.0 / unit), csr_array(extra)]))
    cells = csc_array((model.matrix.shape[0], extra.shape[1]))
    tail = np.array([1.0]) if regret else np.append(1.0, np.full(many, 1.0 / (goal.share * many)))
    level = 0.0 if regret else -np.inf
    wide = replace(
        model,
        matrix=csc_array(hstack([model.matrix, cells])),
        column_lower=np.concatenate([model.column_lower, [level], np.zeros(extra.shape[1] - 1)]),
        column_upper=np.append(model.column_upper, np.full(extra.shape[1], np.inf)),
        cost=np.append(model.cost, unit * tail),
        integer=np.append(model.integer, np.zeros(extra.shape[1], dtype=bool)),
    )
    return wide.with_rows(rows, (offsets - (goal.best if regret else 0.0)) / unit)


def start_of(made: Expanded, goal: Goal, held: Sequence[Floats]) -> Given:
    """Return the columns and values of one network, ``held`` in each block, as a start."""
    width, common = len(made.model.cost), max((int(own.max()) + 1 for own in made.at), default=0)
    values = np.zeros(width)
    for own, found in zip(made.at, held, strict=True):
        values[own] = found
    if goal.measure is not Measure.MEAN:
        costs = np.array([block.arrays.value(found) for block, found in zip(made.blocks, held, strict=True)])
        unit = float(made.model.cost[common])
        if goal.measure is Measure.REGRET:
            values[common] = max(0.0, float((costs - goal.best).max())) / unit
        else:
            level = float(-np.sort(-costs)[min(len(costs) - 1, int(goal.share * len(costs)))])
            values[common] = level / unit
            values[common + 1 :] = np.maximum(costs - level, 0.0) / unit
    return np.arange(width, dtype=np.int32), values


def search(
    made: Expanded,
    limits: Limits,
    start: Given | None,
    *,
    progress: Callable[[float | None, float | None], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> SolverResult:
    """Minimise the expanded model from ``start``."""
    return solve(made.model, limits, start=start, on_progress=progress, stopped=stopped)
