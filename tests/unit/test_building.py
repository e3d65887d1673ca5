"""Building a model is begun only where it will be done in time, and given up where it is not: a clock moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from redesaude.assemble import assemble
from redesaude.solving import certify
from redesaude.solving.building import built, soon_built
from redesaude.solving.clock import Clock
from redesaude.solving.options import Limits, SolveOptions
from redesaude.solving.parameters import Large, SearchParameters
from redesaude.solving.progress import Reporter, Search
from redesaude.solving.solve import solve
from redesaude.status import NoCertificate, Status, Termination
from redesaude_models import network
from redesaude_models.network import Page
from tiny import PPP, rows, scenario

CASE = scenario(contracts=rows({"contract_id": "direct"}, PPP))
PROBLEM = assemble(CASE).problem
JOURNEYS = len(PROBLEM.journeys.demand)
PAGES = len(network.PAGES)


class Busy:
    """A machine on which each page of a model takes so many seconds; ``pages`` counts those written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, page: float) -> None:
        self.time, self.pages = 0.0, 0
        slowly = [self._slow(add, page) for add in network.PAGES]
        monkeypatch.setattr(network, "PAGES", tuple(slowly))

    def __call__(self) -> float:
        return self.time

    def _slow(self, add: Page, seconds: float) -> Page:
        def slow(*arguments: object) -> None:
            self.time += seconds
            self.pages += 1
            add(*arguments)  # type: ignore[arg-type]

        return slow

    def search(self, seconds: float, foreseen: float = 1.0, stopped: Callable[[], bool] = lambda: False) -> Search:
        """A search of so many seconds, in which the model of the problem is foreseen to take so many."""
        parameters = SearchParameters(large=Large(built=JOURNEYS / foreseen))
        limits = Limits(0.0, seconds, clock=Clock(seconds, read=self))
        return Search(limits, Reporter(), stopped, parameters=parameters)


def test_a_model_is_given_up_at_the_page_that_the_grace_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy(monkeypatch, page=10.0)
    search = busy.search(30.0)
    assert search.parameters.ways.grace_seconds == 5.0
    assert built(PROBLEM, search) is None
    assert busy.pages == 4
    assert "given up" in search.reporter.log[-1]


def test_a_model_that_is_late_by_less_than_the_grace_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy(monkeypatch, page=2.0 / PAGES)
    assert built(PROBLEM, busy.search(0.5)) is not None


@pytest.mark.parametrize(("seconds", "whole"), [(39.0, False), (41.0, True)])
def test_arrays_are_not_begun_that_would_come_too_late(
    seconds: float, whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages take 30 seconds, their arrays 15 more, and five may be late."""
    busy = Busy(monkeypatch, page=30.0 / PAGES)
    assert (built(PROBLEM, busy.search(seconds)) is not None) == whole


def test_whoever_stops_the_search_does_not_wait_for_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy(monkeypatch, page=1.0)
    assert built(PROBLEM, busy.search(1e6, stopped=lambda: busy.pages >= 2)) is None
    assert busy.pages == 2


def test_how_long_a_model_took_is_how_long_the_next_one_will(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy(monkeypatch, page=60.0 / PAGES)
    search = busy.search(90.0, foreseen=3.0)
    assert soon_built(PROBLEM, search)
    assert built(PROBLEM, search) is not None
    assert search.clock.slowness == pytest.approx(20.0)
    assert not soon_built(PROBLEM, search)  # 30 seconds are left, and it will take 60
    assert soon_built(PROBLEM, search, most=JOURNEYS // 3)


def test_a_small_model_tells_nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy(monkeypatch, page=0.9 / PAGES)
    search = busy.search(90.0, foreseen=0.01)
    assert built(PROBLEM, search) is not None
    assert search.clock.slowness == 1.0


def test_no_way_builds_again_what_the_one_before_had_no_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The specialties apart give their model up; one model of the same problem would take as long."""
    busy = Busy(monkeypatch, page=40.0)
    monkeypatch.setattr("redesaude.solving.options.Clock", partial(Clock, read=busy))
    case = scenario(contracts=rows({"contract_id": "direct"}, PPP))
    parameters = SearchParameters(large=Large(built=JOURNEYS / 3.0))
    plan = solve(case, SolveOptions(time_limit=90.0, engine="decomposed", certificate=False, search=parameters))
    assert (plan.status, plan.termination) == (Status.NO_PLAN, Termination.TIME_LIMIT)
    assert busy.pages == 3
    assert any("given up" in line for line in plan.log)
    assert any("no time left to build" in line for line in plan.log)


def test_a_certificate_gives_up_a_model_that_comes_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has 30 seconds, each page takes ten; on a machine known to be that slow it does not begin."""
    plan = solve(CASE, SolveOptions(gap=0.0, certificate=False))
    busy = Busy(monkeypatch, page=10.0)
    monkeypatch.setattr(certify, "Clock", lambda seconds: Clock(seconds, read=busy))
    assert certify.certified(plan, PROBLEM, None, 30.0).certified.reason is NoCertificate.NO_TIME
    assert busy.pages == 4
    slow = certify.certified(plan, PROBLEM, None, 30.0, slowness=1e9)
    assert slow.certified.reason is NoCertificate.TOO_LARGE
    assert busy.pages == 4
    busy.time = 0.0
    assert certify.certified(plan, PROBLEM, None, 11.0 * PAGES).certified.reason is NoCertificate.NO_TIME  # the arrays
    assert certify.certified(plan, PROBLEM, None, 16.0 * PAGES).certified.bound == pytest.approx(plan.objective)
