r"""Lagrangian relaxation of the demand balance of a capacitated problem, all in numpy.

A price :math:`\lambda_i \le \pi_i` for each case of a demand lets the services choose alone:

.. math::
    L(\lambda) &= \sum_i d_i \lambda_i + \min_y \sum_j (f_j + v_j(\lambda))\, y_j \\
    v_j(\lambda) &= \min \Bigl\{ \sum_i d_i (c_{ij} - \lambda_i)\, x_i :\;
        L_j \le \sum_i d_i x_i \le K_j,\; 0 \le x \le 1 \Bigr\}

where :math:`v_j` is a continuous knapsack, filled with the demands that gain most (Cornuejols, Sridharan and Thizy
1991; Beasley 1993; :mod:`.continuous_knapsack`); where every service has room for all it is the sum of what gains
(Cornuejols, Fisher and Nemhauser 1977), a lower bound of the knapsack in any case. The open services have capacity for
the cases that must be treated, :math:`\sum_j K_j y_j \ge D`, so at least as many of the largest are open as that takes;
and there are cases for their least volumes, :math:`\sum_j L_j y_j \le \sum_i d_i`, so at most as many of the smallest
are. The rows themselves are priced with the best of a few multipliers :math:`\kappa, \rho \ge 0` of one or the other.
All are valid for any plan, and so is :math:`L` for any finite prices :math:`\lambda \le \pi`:
what is relaxed is an equation, and a case more unmet gains nothing. Rounding is taken off where it arises
(:mod:`redesaude.solving.rounding`): of the gain of each service, of its cost with the price of capacity, and of their
sum, so that the choice is the cheapest of costs that are each too low. Prices rise along the subgradient, averaged over
steps (Camerini, Fratta and Maffioli 1975; Barahona and Anbil 2000), with Polyak's step, within what they can mean
(:attr:`~.capacitated.Capacitated.prices`).

With the services chosen at some price, :class:`Choice` also tells by how much the bound rises if one is decided the
other way: beyond the gap it is decided for good.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from redesaude.plan.outward import at_least
from redesaude.solving.location.capacitated import Capacitated
from redesaude.solving.location.continuous_knapsack import Ample, Limited
from redesaude.solving.parameters import DEFAULTS, Location
from redesaude.solving.rounding import below, error, product_below, sum_above
from redesaude_models.arrays import Flags, Floats, Ints


@dataclass(frozen=True)
class Node:
    """A branch of the problem: ``services`` may open, those ``kept`` do. ``price`` of each demand's cases, the
    ``bound`` there (NPV), how often each service was chosen on the way (``primal_average``, 0-1), and what deciding it
    otherwise costs (``penalty``, NPV) while it is ``chosen``.
    """

    services: Ints
    kept: Flags
    price: Floats
    bound: float
    primal_average: Floats
    chosen: Flags
    penalty: Floats

    def only(self, those: Flags) -> Node:
        """Return the branch in which no other services open."""
        names = ("services", "kept", "primal_average", "chosen", "penalty")
        return replace(self, **{name: getattr(self, name)[those] for name in names})

    def keeping(self, those: Flags) -> Node:
        """Return the branch in which these services open too."""
        return replace(self, kept=self.kept | those)

    def decided(self, slack: float) -> Node:
        """Return what is left when a plan may cost at most ``slack`` more than the bound."""
        dear = self.penalty > slack
        return self.keeping(dear & self.chosen).only(~dear | self.chosen | self.kept)


@dataclass(frozen=True)
class Choice:
    """The services chosen, the ``value`` of the choice (NPV), and how much more it is if one is decided otherwise."""

    value: float
    chosen: Flags
    penalty: Floats


def root(problem: Capacitated) -> Node:
    """Return the whole problem, at prices near what cases cost at their second nearest service."""
    two = np.partition(problem.case_cost, min(1, len(problem.opening) - 1), axis=0)[:2]
    near = np.where(np.isfinite(two), two, 0.0).max(axis=0)
    capacity = np.maximum(problem.capacity, 1e-9)
    price = np.clip(near + 0.5 * np.median(problem.opening / capacity), *problem.prices)
    services = np.flatnonzero(problem.may_open | problem.required)
    nothing = np.zeros(len(services))
    return Node(services, problem.required[services], price, -np.inf, nothing, nothing > 0, nothing)


@dataclass(frozen=True)
class Aim:
    """What an ascent is for: the ``plan`` of least cost known (NPV, infinite: none), the bound from which a branch
    holds nothing worth looking for (``cutoff``, NPV), and whether it is ``over`` (asked before each step).

    Steps are as long as if a bound were to be had that lies ``past`` (NPV) the plan: towards the plan itself they grow
    ever shorter, and a branch that lies just beyond it never gets there.
    """

    plan: float
    cutoff: float
    over: Callable[[], bool]
    parameters: Location = DEFAULTS.location
    past: float = 0.0


def ascend(problem: Capacitated, node: Node, aim: Aim, steps: int, length: float) -> Node:
    """Return ``node`` with better prices and bound, after at most ``steps``; infinite if it holds no plan.

    ``length`` is that of the first steps (Polyak: 0-2).
    """
    capacity, opening = problem.capacity[node.services], problem.opening[node.services]
    sites, volume = _sites(problem, node), problem.eased[node.services]
    fewest = fewest_services(capacity, node.kept, problem.must_treat)
    p, memory = aim.parameters, aim.parameters.memory
    price, direction, idle = node.price, np.zeros_like(node.price), 0
    nothing = error(problem.cases, len(capacity))
    best, primal_average = replace(node, bound=-np.inf), np.zeros(len(node.services))
    for step in range(steps):
        if aim.over():
            break
        value = sites.gains(price)
        alone = below(opening + value, np.abs(opening) + np.abs(value), 2)
        prices = p.capacity_prices
        choice = cheapest_services(alone, capacity, node.kept, problem, fewest=fewest, prices=prices, volume=volume)
        if choice is None:
            return replace(node, bound=np.inf)
        bound = at_least(np.array([problem.offset, product_below(problem.cases, price), choice.value]))
        primal_average = (
            choice.chosen.astype(float) if step == 0 else memory * primal_average + (1 - memory) * choice.chosen
        )
        if bound > best.bound:
            idle = 0 if bound - best.bound > p.no_gain * abs(bound) else idle + 1
            best = replace(best, price=price, bound=bound, chosen=choice.chosen, penalty=choice.penalty)
            if bound >= aim.cutoff:
                break
        else:
            idle += 1
        if idle > p.patience:
            idle, length, price, direction = 0, p.shorter * length, best.price, np.zeros_like(price)
        missing = problem.cases - sites.treated(choice.chosen)
        if not _free(missing, price, problem.prices, nothing).any():  # as many as there are: no price is better
            break
        direction = p.momentum * direction + (1 - p.momentum) * missing
        way = np.where(_free(direction, price, problem.prices, nothing), direction, 0.0)
        square = float(way @ way)
        if square <= 0:
            break
        target = aim.plan + aim.past if np.isfinite(aim.plan) else bound + p.aim * abs(bound)
        price = np.clip(price + length * max(target - bound, 0.0) / square * way, *problem.prices)
    return (
        replace(best, primal_average=primal_average)
        if best.bound > node.bound
        else replace(node, primal_average=primal_average)
    )


def _sites(problem: Capacitated, node: Node) -> Ample | Limited:
    cost = problem.case_cost[node.services]
    if problem.ample:
        return Ample(cost, problem.cases)
    return Limited(cost, problem.cases, problem.capacity[node.services], problem.eased[node.services])


def _free(direction: Floats, price: Floats, prices: tuple[Floats, Floats], nothing: Floats) -> Flags:
    """Return which prices may go in this direction: those not at their end, of more than ``nothing`` but rounding."""
    least, most = prices
    end = np.where(direction > 0, price >= most, price <= least)
    return np.asarray((np.abs(direction) > nothing) & ~end)


def reduced_costs(problem: Capacitated, node: Node) -> Floats:
    """Return by how much more than the prices of ``node`` a case costs on each journey, with the price of capacity that
    it takes, at least 0 (NPV of a case, (services of the node, demands)).
    """
    cost = problem.case_cost[node.services]
    sites = Limited(cost, problem.cases, problem.capacity[node.services], problem.eased[node.services])
    sites.gains(node.price)
    return np.asarray(np.maximum(cost - node.price + sites.room_price()[:, None], 0.0))


def fewest_services(capacity: Floats, kept: Flags, needed: float) -> int:
    """Return how many services must open beside the ``kept`` ones to have that capacity; more than there are: too few.

    Fewer have less capacity even if they are the largest, all roundings in their favour.
    """
    missing = _missing(capacity, kept, needed)
    largest = np.cumsum(np.sort(capacity[~kept])[::-1])
    return 0 if missing <= 0 else int(np.searchsorted(largest + error(largest, len(largest)), missing)) + 1


def _missing(capacity: Floats, kept: Flags, needed: float) -> float:
    """Return how much of that capacity the ``kept`` services lack at least."""
    return float(np.maximum(0.0, at_least(np.array([needed, -sum_above(capacity[kept])]))))


def most_services(volume: Floats, kept: Flags, cases: float) -> int:
    """Return how many services may open beside the ``kept`` ones so that there are ``cases`` for all their least
    volumes, as many of the smallest as that allows, all roundings in their favour.
    """
    smallest = np.cumsum(np.sort(volume[~kept]))
    left = _left(volume, kept, cases)
    return int(np.searchsorted(smallest - error(smallest, len(smallest)), left, side="right"))


def _left(volume: Floats, kept: Flags, cases: float) -> float:
    """Return how many of the ``cases`` the least volumes of the ``kept`` services leave at most."""
    return sum_above(np.array([cases, -at_least(volume[kept])]))


def cheapest_services(
    cost: Floats,
    capacity: Floats,
    kept: Flags,
    problem: Capacitated,
    *,
    fewest: int,
    prices: int,
    volume: Floats | None = None,
) -> Choice | None:
    """Return the cheapest services at these costs: capacity, least volumes (``volume``; None: there are none) and
    numbers of services; None if there are too few.

    At least ``fewest`` open; ``prices`` of capacity are tried, at most, and as many of least volume.
    """
    free = np.flatnonzero(~kept)
    volume = np.zeros(len(cost)) if volume is None else volume
    low = int(max(0, fewest, problem.least - kept.sum()))
    high = int(min(len(free), problem.most - kept.sum(), most_services(volume, kept, problem.in_reach)))
    if low > high:
        return None
    missing, left = _missing(capacity, kept, problem.must_treat), _left(volume, kept, problem.in_reach)
    rates = _capacity_prices(cost[free], capacity[free], missing, prices)
    fees = _volume_prices(cost[free], volume[free], prices)
    rates, fees = np.append(rates, np.zeros(len(fees))), np.append(np.zeros(len(rates)), fees)
    takes, pays = rates[:, None] * capacity[free], fees[:, None] * volume[free]
    priced = below(cost[free] - takes + pays, np.abs(cost[free]) + takes + pays, 4)
    order = np.argsort(priced, axis=1, kind="stable")
    ranked = np.take_along_axis(priced, order, axis=1)
    count = np.clip((ranked < 0).sum(axis=1), low, high)
    total, size = (
        np.cumsum(np.pad(each, ((0, 0), (1, 0))), axis=1)[np.arange(len(rates)), count]
        for each in (ranked, np.abs(ranked))
    )
    fixed, sides = at_least(cost[kept]), (rates * missing, fees * left)
    value = below(fixed + sides[0] - sides[1] + total, abs(fixed) + sides[0] + np.abs(sides[1]) + size, len(free) + 5)
    n = int(np.argmax(value))
    chosen, penalty = kept.copy(), np.where(kept, np.inf, 0.0)
    chosen[free[order[n, : count[n]]]] = True
    penalty[free] = _penalties(priced[n], chosen[free], ranked[n], low, high)
    return Choice(float(value[n]), chosen, penalty)


def _volume_prices(cost: Floats, volume: Floats, most: int) -> Floats:
    """Return prices of least volume to try: those at which a service is just worth opening; none if all are alike."""
    cheap = (cost < 0) & (volume > 0)
    if not cheap.any() or np.ptp(volume) == 0:
        return np.zeros(0)
    with np.errstate(over="ignore"):
        fees = np.sort(-cost[cheap] / volume[cheap])
    fees = fees[np.isfinite(fees * volume.max())]
    some = np.linspace(0, len(fees) - 1, min(most, len(fees))).astype(int)
    return np.asarray(fees[some])


def _capacity_prices(cost: Floats, capacity: Floats, missing: float, most: int) -> Floats:
    """Return prices of capacity to try: those at which a service is just worth opening; 0 alone if all are alike."""
    dear = (cost > 0) & (capacity > 0)
    if missing <= 0 or not dear.any() or np.ptp(capacity) == 0:
        return np.zeros(1)
    with np.errstate(over="ignore"):
        rates = np.sort(cost[dear] / capacity[dear])
    rates = rates[np.isfinite(rates * capacity.max())]
    some = np.linspace(0, len(rates) - 1, min(most, len(rates))).astype(int)
    return np.append(0.0, rates[some])


def _penalties(priced: Floats, chosen: Flags, ranked: Floats, low: int, high: int) -> Floats:
    """Return how much dearer the choice of the cheapest gets at least if one of them stays shut, or another opens.

    ``priced`` are the costs of the services, ``ranked`` the same in order. A service is missed at the cost of the
    cheapest that may come instead (none, if there may be fewer); another comes for the dearest that may go. Infinite
    where nothing may.
    """
    count = int(chosen.sum())
    following = ranked[count] if count < len(ranked) else np.inf
    instead = following if count == low else min(following, 0.0)
    last = ranked[count - 1] if count else 0.0
    swapped = max(last, 0.0) if count < high else last
    swapped = swapped if high else -np.inf
    other = np.where(chosen, instead, swapped)
    more = np.where(np.isinf(other), np.inf, below(np.abs(priced - other), np.abs(priced) + np.abs(other), 2))
    return np.where(np.where(chosen, instead >= priced, priced >= swapped), np.maximum(more, 0.0), 0.0)
