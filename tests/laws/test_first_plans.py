"""The plan that is made greedily for given services is a plan: it passes the whole audit, at the cost that it says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from differential.shapes import tables_of
from redesaude.assemble import Assembled, assemble
from redesaude.inputs.scenario import Scenario
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.location.capacitated import Allocation, ByCapacity, Capacitated, capacitated
from redesaude.solving.location.regret import regret_allocation
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Search
from redesaude.solving.solve import solve
from redesaude.status import Termination
from seeds import a_few
from tiny import scenario

#: relative difference between what the greedy plan says that it costs and its audited cost lines
_SAME = 1e-6


class Given:
    """An engine that has one plan, and proves nothing."""

    name = "given"

    def __init__(self, problem: ByCapacity, allocation: Allocation) -> None:
        self._decisions = problem.decisions(allocation)

    @property
    def ways(self) -> tuple[Way, ...]:
        return (Way(self.name, self._run),)

    def _run(self, _: Assembled, search: Search) -> EngineResult:
        return EngineResult(Termination.TIME_LIMIT, self._decisions, None, 0, 0, {})


def _of_kind(shape: str, seeds: range) -> Iterator[tuple[Scenario, ByCapacity]]:
    """The scenarios of a shape that are location problems with capacity, and no more."""
    for seed in seeds:
        case = scenario(**tables_of(shape, seed))
        problem = capacitated(assemble(case).problem)
        if problem is not None:
            yield case, problem


def _greedy(services: Capacitated) -> list[Allocation]:
    """Greedy plans of random services: as many as may be open, those that must be among them."""
    rng, count, found = np.random.default_rng(7), len(services.opening), []
    for _ in range(2):
        wanted = int(rng.integers(max(1, services.least), min(count, services.most) + 1))
        order = np.lexsort((rng.random(count), ~services.required))
        found.append(regret_allocation(services, np.sort(order[: max(wanted, int(services.required.sum()))])))
    return [each for each in found if each is not None]


@pytest.mark.few(1)
@pytest.mark.parametrize("seeds", a_few([range(4), range(4, 24)], 1))
@pytest.mark.parametrize("shape", ["room", "whole"])
def test_a_greedy_plan_passes_the_audit(shape: str, seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redesaude.solving.solve.with_last_mile", list)  # which would better it
    tried = 0
    for case, problem in _of_kind(shape, seeds):
        for allocation in _greedy(problem.services):
            given = Given(problem, allocation)
            monkeypatch.setattr("redesaude.solving.solve.choose_engine", lambda *_, given=given: given)
            plan = solve(case, SolveOptions(gap=0.0, time_limit=30.0, certificate=False))
            assert plan.audit.passed
            allowed = _SAME * max(allocation.turnover, problem.services.turnover)
            assert plan.objective is not None
            assert plan.objective <= allocation.cost + allowed
            if set(np.flatnonzero(allocation.opened)) <= set(allocation.service):  # else who treats nobody is closed
                assert plan.objective >= allocation.cost - allowed
            tried += 1
    assert tried > 1  # else nothing is said
