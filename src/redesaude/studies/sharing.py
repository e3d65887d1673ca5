"""What one run proves serves the others: plans go wherever they fit, bounds to whatever only restricts their problem.

A plan **fits** another scenario where it passes that scenario's audit, costs and all: it is a plan of it, whatever the
difference between the two. A bound goes from one scenario to another where the models show that the other one only
restricts the first (:mod:`redesaude.solving.relation`); unknown if in doubt. So forcing a centre can never come out
cheaper than not forcing it, nor be proven for less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

import pandas as pd

from redesaude.assemble import Assembled, assemble
from redesaude.errors import BoundError, Fault, InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.audit import audit
from redesaude.plan.evidence import Evidence, Outcome
from redesaude.plan.plan import PROMISES, Plan
from redesaude.plan.promises import outcomes
from redesaude.plan.proof import contradicts, reached, relative_gap
from redesaude.plan.stated import against_targets
from redesaude.promises import KINDS, Parts, with_parts
from redesaude.promises.kind import RowKind
from redesaude.solving.relation import Named, alike, named, restricts
from redesaude.status import Status

#: relative difference below which two costs are equal
_EQUAL = 1e-9


def shared(plans: Mapping[str, Plan]) -> dict[str, Plan]:
    """Return ``plans`` by name, each scenario with the cheapest of them that fits it and the best bound that holds."""
    found = dict(plans)
    cheapest = sorted((p for p in plans.values() if p.objective is not None), key=lambda p: p.objective or 0.0)
    for name, own in plans.items():
        better = (cheaper(own, plan) for plan in cheapest if plan is not own)
        found[name] = next((plan for plan in better if plan is not own), own)
    return _with_bounds(found)


def cheaper(best: Plan, plan: Plan) -> Plan:
    """Return ``best``, or ``plan`` read as a plan of its scenario where it costs less and keeps every rule.

    The bound proven for the scenario stays, unless the plan refutes it: that is told as a fault of the plan.
    """
    if plan.objective is None or best.status == Status.INFEASIBLE:
        return best
    if best.objective is not None and best.objective <= plan.objective + _EQUAL * abs(plan.objective):
        return best
    bound, faults = best.bound, best.faults
    if bound is not None and contradicts(bound, plan.objective):
        faults = (*faults, _refuted(bound, plan.objective))
        bound = None
    options = best.options or plan.options
    taken = replace(_promising(plan, best.scenario), faults=faults, begun=best.begun, options=options)
    taken = bounded(replace(taken, bound=None, gap=None, status=Status.FEASIBLE), bound)
    taken = replace(taken, audit=audit(taken))
    return taken if taken.audit.passed else best


def _promising(plan: Plan, scenario: Scenario) -> Plan:
    """Return ``plan`` as one of another scenario, with the promises that are made there and what became of them."""
    taken = replace(plan, scenario=scenario)
    found, stated = outcomes(Evidence(taken)), plan.promises
    kept = stated[stated["promise_id"].isin(list(found))]
    new = sorted(set(found) - set(kept["promise_id"]))
    if not new and len(kept) == len(stated):
        return taken
    told = _told(scenario) if new else {}
    rows = [told[name](found[name]) for name in new if name in told]
    names = [name for name in PROMISES if name not in Parts._fields]
    table = pd.concat([kept[names], pd.DataFrame(rows, columns=names)], ignore_index=True) if rows else kept[names]
    table = table.astype({"hard": bool, "met": bool}).reset_index(drop=True)
    access = against_targets(Evidence(taken))
    return replace(taken, promises=with_parts(table, scenario, plan.openings), access=access)


def _told(scenario: Scenario) -> dict[str, Callable[[Outcome], tuple[object, ...]]]:
    """By the id of each promise of one row: what makes its row in the table of promises of what became of it."""
    problem = assemble(scenario).problem
    found: dict[str, Callable[[Outcome], tuple[object, ...]]] = {}
    for kind in (kind for kind in KINDS if isinstance(kind, RowKind)):
        stated = kind.stated(scenario)
        for promise in problem.of(kind.model):
            about = promise.id, *kind.about(problem, promise, stated[promise.id]), problem.periods[promise.period]
            price = 0.0 if promise.hard else promise.price

            def row(one: Outcome, about: tuple[str, ...] = about, price: float = price) -> tuple[object, ...]:
                return (*about, one.limit, one.achieved, one.short, one.hard, one.met, price * one.short)

            found[promise.id] = row
    return found


def bounded(plan: Plan, bound: float | None) -> Plan:
    """Return ``plan`` with ``bound`` where that is the better one, and what it makes of its gap and status.

    A bound that the plan refutes is not taken, and told as a fault.
    """
    if bound is None or (plan.bound is not None and plan.bound >= bound):
        return plan
    if plan.objective is None:
        return plan if plan.status == Status.INFEASIBLE else replace(plan, bound=bound)
    if contradicts(bound, plan.objective):
        return replace(plan, faults=(*plan.faults, _refuted(bound, plan.objective)))
    gap = relative_gap(plan.objective, bound)
    asked = plan.options.get("gap")
    good = reached(gap, plan.scenario.settings.gap if asked is None else float(str(asked)))
    return replace(plan, bound=bound, gap=gap, status=Status.OPTIMAL if good else plan.status)


def _refuted(bound: float, cost: float) -> Fault:
    return Fault.of("shared", BoundError(f"a plan of {cost:.17g} lies below the bound {bound:.17g}"))


def _with_bounds(plans: Mapping[str, Plan]) -> dict[str, Plan]:
    """Hand the bound of each scenario to those that only restrict it, the best first."""
    found, models = dict(plans), _Models(plans)
    proven = sorted((name for name in plans if plans[name].bound is not None), key=lambda n: -(plans[n].bound or 0.0))
    for wide in proven:
        for narrow, plan in plans.items():
            bound, own = plans[wide].bound, found[narrow].bound
            useful = narrow != wide and plan.has_decisions and bound is not None and (own is None or own < bound)
            if useful and bound is not None and (less := models.restricts(narrow, wide)) is not None:
                found[narrow] = bounded(found[narrow], bound - less)
    return found


class _Models:
    """The models of scenarios, each made when it is first asked for."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._plans = plans
        self._made: dict[str, Named | None] = {}

    def restricts(self, narrow: str, wide: str) -> float | None:
        """Return what :func:`redesaude.solving.relation.restricts` does; None where a model is not to be had."""
        one, other = self._of(narrow), self._of(wide)
        return None if one is None or other is None else restricts(one, other)

    def _of(self, name: str) -> Named | None:
        if name not in self._made:
            assembled = self._assembled.get(name)
            self._made[name] = None if assembled is None else named(assembled)
        return self._made[name]

    @cached_property
    def _assembled(self) -> dict[str, Assembled]:
        """The problems, their time cut alike; without scenarios that have no plan either."""
        found = {}
        for name, plan in self._plans.items():
            with suppress(InputError):
                found[name] = assemble(plan.scenario)
        return dict(zip(found, alike(list(found.values())), strict=True))
