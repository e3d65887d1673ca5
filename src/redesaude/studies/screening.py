r"""Which assumptions matter when all may be otherwise at once: Morris's elementary effects on the network of a plan.

A trajectory starts at random on a grid of :math:`p` levels of the unit cube and moves each of :math:`k` assumptions
once, by :math:`\Delta = p / (2 (p - 1))`, in random order. The elementary effect of a move is the difference it makes,
divided by :math:`\Delta`: what the whole range would make there. The mean of its absolute values :math:`\mu^*` ranks
assumptions; the standard deviation :math:`\sigma` of the effects tells of interactions and curvature (Morris 1991;
Campolongo et al. 2007).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

from redesaude.plan.plan import Plan
from redesaude.studies.alternatives import Alternatives, restated
from redesaude.studies.assumptions import Assumption, assumptions_of
from redesaude.studies.members import Members
from redesaude.studies.verdicts import Verdicts
from redesaude_models.arrays import Floats

SCREENING = (
    "assumption_id",
    "contract_id",
    "value",
    "low",
    "high",
    "range_stated",
    "cost_effect",
    "cost_spread",
    "margin_effect",
    "margin_spread",
    "turned",
)
_LEVELS = 4
_STEP = _LEVELS / (2 * (_LEVELS - 1))

#: asked before each trajectory whether to go on
GoOn = Callable[[int], bool]


@dataclass(frozen=True)
class Screening:
    """What each assumption moves over its range, wherever the others are in theirs.

    Attributes
    ----------
    table : columns :data:`SCREENING`, the largest effect on the programme's margin first. Effects are means of absolute
        differences over the whole range, spreads standard deviations of the differences (net present value); ``turned``
        is the share of moves that turn the verdict on some site, or on the programme.
    trajectories : how many were walked.

    """

    table: pd.DataFrame
    trajectories: int


def trajectories(factors: int, count: int, seed: int) -> Iterator[tuple[Floats, list[int]]]:
    """Yield for each of ``count`` trajectories its points in the unit cube (rows) and the factor each step moves."""
    random = np.random.default_rng(seed)
    low = np.arange(_LEVELS // 2) / (_LEVELS - 1)
    for _ in range(count):
        begin, up = random.choice(low, factors), random.integers(0, 2, factors).astype(bool)
        order = random.permutation(factors)
        end = begin + _STEP
        points = np.tile(np.where(up, begin, end), (factors + 1, 1))
        for step, factor in enumerate(order, start=1):
            points[step:, factor] = end[factor] if up[factor] else begin[factor]
        yield points, order.tolist()


def effects(points: Floats, order: list[int], values: Floats) -> Floats:
    """Return the elementary effect of each factor on each of the ``values`` (columns) of the points of a trajectory."""
    found = np.empty((len(order), values.shape[1]))
    for step, factor in enumerate(order, start=1):
        found[factor] = (values[step] - values[step - 1]) / (points[step, factor] - points[step - 1, factor])
    return found


def screening(
    plan: Plan,
    verdicts: Verdicts | None = None,
    *,
    count: int = 8,
    seed: int = 0,
    go_on: GoOn = lambda _: True,
    members: Members | None = None,
) -> Screening:
    """Screen the assumptions that carry the verdicts of ``plan``, the same network priced again at each point.

    ``go_on`` is asked before each of ``count`` trajectories with the number of those that are done. What each makes is
    kept in ``members``, those of this plan, and taken from there.

    Raises
    ------
    ValueError
        without decisions or comparator.

    """
    verdicts = verdicts or Verdicts(plan)
    assumptions, members = assumptions_of(plan, verdicts.contracts()), members or Members()
    walked: list[Floats] = []
    for points, order in trajectories(len(assumptions), count, seed):
        if not go_on(len(walked)):
            break
        walk = partial(_walked, verdicts, assumptions, points, order)
        walked.append(members.figures(f"trajectory {seed} {len(walked)}", walk))
    moved, turned = [each[:, :2] for each in walked], [each[:, 2] for each in walked]
    return Screening(_table(assumptions, moved, turned), len(walked))


def _walked(verdicts: Verdicts, assumptions: tuple[Assumption, ...], points: Floats, order: list[int]) -> Floats:
    """The effects of each assumption along a trajectory on cost and margin, and whether its move turns a verdict."""
    priced = [_priced(verdicts, known_at(verdicts, assumptions, point)) for point in points]
    signs, flips = [np.sign(margins) for _, margins in priced], np.zeros(len(order))
    flips[order] = [(before != after).any() for before, after in pairwise(signs)]
    moved = effects(points, order, np.array([(cost, margins[-1]) for cost, margins in priced]))
    return np.column_stack([moved, flips])


def known_at(verdicts: Verdicts, assumptions: tuple[Assumption, ...], point: Floats) -> Alternatives:
    """Return the network of a plan where each assumption is at its place in its range (0-1)."""
    plan = verdicts.plan
    for assumption, place in zip(assumptions, point.tolist(), strict=True):
        plan = assumption.at(plan, assumption.low + place * (assumption.high - assumption.low))
    return restated(verdicts.known, plan)


def _priced(verdicts: Verdicts, known: Alternatives) -> tuple[float, Floats]:
    """The plan's cost and the margins, the programme's last."""
    return verdicts.plan_cost(known), verdicts.margins_alone(known).to_numpy(float)


def _table(assumptions: tuple[Assumption, ...], moved: list[Floats], turned: list[Floats]) -> pd.DataFrame:
    """A row for each assumption; no effects where no trajectory was walked."""
    shape = (len(moved), len(assumptions), 2)
    every = np.array(moved).reshape(shape) if moved else np.full((1, *shape[1:]), np.nan)
    flips = np.array(turned).mean(axis=0) if turned else np.full(len(assumptions), np.nan)
    mean, spread = np.abs(every).mean(axis=0), every.std(axis=0)
    rows = [
        (a.id, a.contract, a.value, a.low, a.high, a.stated, *mean[n, :1], *spread[n, :1], *mean[n, 1:], *spread[n, 1:],
         flips[n])
        for n, a in enumerate(assumptions)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(SCREENING))
    return table.sort_values(["margin_effect", "cost_effect"], ascending=False, kind="stable", ignore_index=True)
