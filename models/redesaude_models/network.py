"""The table of contents of the mathematics: the whole model, topic by topic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import pyomo.environ as pyo

from redesaude_models.arrays import Floats
from redesaude_models.assignment import add_assignment, add_opening_rules
from redesaude_models.contracts import add_contracts
from redesaude_models.emergency import add_emergency, read_response
from redesaude_models.keys import Key, Keys, keys_of, over_periods
from redesaude_models.objectives import add_net_present_cost
from redesaude_models.parts import UnknownPartError, watched
from redesaude_models.phasing import add_phasing
from redesaude_models.pool import add_pool, add_pool_rules
from redesaude_models.problem import Decisions, PlanningProblem
from redesaude_models.promise import Counts
from redesaude_models.promise_rows import add_promises, read_missing
from redesaude_models.siting import add_siting
from redesaude_models.support import add_support
from redesaude_models.tiers import add_tiers, read_referral
from redesaude_models.transition import add_transition
from redesaude_models.workforce import add_workforce, read_hires

Page = Callable[[pyo.ConcreteModel, PlanningProblem, Keys], None]
"""adds the columns and rows of one topic to a model"""

#: the pages of the model, in the order in which they need one another
PAGES: tuple[Page, ...] = (
    add_pool,
    add_assignment,
    add_siting,
    add_opening_rules,
    add_pool_rules,
    add_contracts,
    add_phasing,
    add_transition,
    add_support,
    add_tiers,
    partial(add_promises, counts=Counts.SERVICES),
    add_workforce,
    add_emergency,
    partial(add_promises, counts=Counts.STATIONS),
    partial(add_promises, counts=Counts.SPENDING),
    add_net_present_cost,
)


def build_model(problem: PlanningProblem, look: Callable[[], None] = lambda: None) -> pyo.ConcreteModel:
    """Return the Pyomo model of ``problem``; its objective is ``cost`` (net present cost, to be minimised).

    ``look`` is called before each page, and may raise to end the building there.

    Raises
    ------
    UnknownPartError
        where the problem states something that no page of the mathematics has looked at.

    """
    unread = set(problem.stated())
    problem = watched(problem, unread)
    keys = keys_of(problem)
    m = pyo.ConcreteModel(name="network")
    m.periods = keys.periods  # those of its index sets, for who reads its columns (:mod:`.columns`)
    for add in PAGES:
        look()
        add(m, problem, keys)
    if unread:
        raise UnknownPartError(f"no rows are known for what is stated in {', '.join(sorted(unread))}")
    return m


def read_decisions(m: pyo.ConcreteModel, problem: PlanningProblem) -> Decisions:
    """Return the values held by the variables of ``m`` as arrays in the rows of ``problem``."""
    keys = keys_of(problem)
    elastic = {key: not hard for key, hard in zip(keys.option, problem.options.volume_hard, strict=True)}
    timed = {row: over_periods(getattr(keys, row), keys.periods) for row in ("service", "option", "journey", "demand")}

    def grid(var: pyo.Var, rows: list[Key]) -> Floats:
        return _values(var, rows).reshape(-1, len(keys.periods))

    return Decisions(
        open=grid(m.open, timed["service"]) > 0.5,
        options=grid(m.z, timed["option"]) > 0.5,
        cases=grid(m.v, timed["option"]),
        shares=grid(m.x, timed["journey"]),
        unmet=grid(m.u, timed["demand"]),
        hosting=grid(m.w, over_periods(keys.hosting, keys.periods)) > 0.5,
        lettings=grid(m.b, over_periods(keys.letting, keys.periods)) > 0.5,
        volume_short=np.array(
            [(m.short_volume[key].value or 0.0) if elastic[key[:-1]] else 0.0 for key in timed["option"]]
        ).reshape(-1, len(keys.periods)),
        missing=read_missing(m, problem),
        hires=read_hires(m, problem, keys),
        response=read_response(m, problem, keys),
        referral=read_referral(m, problem, keys),
    )


def _values(var: pyo.Var, rows: Iterable[Key]) -> Floats:
    return np.array([var[row].value or 0.0 for row in rows], dtype=float)
