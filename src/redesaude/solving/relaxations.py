"""The smallest changes of rules that would make a plan possible, each tried: what a plan costs then."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from redesaude.assemble import Assembled
from redesaude.language import Said
from redesaude.promises.advice import Cell, loosest
from redesaude.solving.elastic import Elastic
from redesaude.solving.highs import solve
from redesaude.solving.infeasible import Change, smallest_changes
from redesaude.solving.options import Limits
from redesaude_models.arrays import Floats
from redesaude_models.network import build_model
from redesaude_models.standard_form import LinearModel, linear_model

#: share of the time in which the changes are found; in the rest they are tried
_FINDING = 0.4


@dataclass(frozen=True)
class Relaxation:
    """Rules that give way together by no more than they must.

    Attributes
    ----------
    sentences : what to type, one for each rule; all of them are needed.
    share : by how much of itself each rule changes, added up.
    found, least : cost of the plan found where they give way so, and what no such plan costs less than (net present
        value); NaN, and minus infinity, where the time ended before.

    """

    kind: str
    sentences: tuple[Said, ...]
    share: float
    found: float
    least: float

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that do what all sentences say; none where one of them says what no cell alone does."""
        return loosest(self.sentences)


@dataclass(frozen=True)
class Relaxations:
    """Those that are enough, the cheapest plan first. ``cut``: the time ended before every kind of rule was tried."""

    found: tuple[Relaxation, ...]
    cut: bool


def relaxations(assembled: Assembled, limits: Limits) -> Relaxations:
    """Return what may give way for a plan to be possible, and what a plan then costs.

    The rule's own change costs nothing here: what a larger capacity or a higher limit is worth is what the plan saves.
    """
    changes = smallest_changes(assembled, limits.within(_FINDING * limits.clock.left))
    true = linear_model(build_model(assembled.problem))
    tried = [
        _tried(change, changes.elastic, true, limits.within(limits.clock.left / (len(changes.found) - n)))
        for n, change in enumerate(changes.found)
    ]
    return Relaxations(tuple(sorted(tried, key=_rank)), changes.cut)


def _rank(each: Relaxation) -> tuple[bool, float, float]:
    return math.isnan(each.found), each.found, each.share


def _tried(change: Change, elastic: Elastic, true: LinearModel, limits: Limits) -> Relaxation:
    """Solve for the cheapest plan in which nothing gives way but ``change``, by no more than it says."""
    form = elastic.alone(change.kind) if change.kind else elastic.form
    own = elastic.kinds == change.kind if change.kind else elastic.kinds != ""
    most = change.values * (1 + 1e-9) + 1e-9
    upper = np.where(own, np.minimum(form.column_upper, most), form.column_upper)
    cost = np.append(_costs(elastic.plain, true), np.zeros(len(elastic.slacks)))
    outcome = solve(replace(form, cost=cost, offset=true.offset, column_upper=upper), limits)
    found = math.nan if outcome.objective is None else outcome.objective
    least = -math.inf if outcome.bound is None else outcome.bound
    return Relaxation(change.kind, change.sentences, change.share, found, least)


def _costs(plain: LinearModel, true: LinearModel) -> Floats:
    """The cost of each column of ``plain`` in the model that it was made of; what is only there to give way is free."""
    known = dict(zip(map(_name, true.variables), true.cost, strict=True))
    return np.array([known.get(_name(variable), 0.0) for variable in plain.variables])


def _name(variable: object) -> tuple[str, object]:
    return variable.parent_component().local_name, variable.index()  # type: ignore[attr-defined]
