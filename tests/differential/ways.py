"""Every way to solve an assembled problem, each asked for by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from redesaude.assemble import Assembled
from redesaude.solving.choice import lanes_of
from redesaude.solving.decomposed import by_capacity, by_services, by_sifting, by_specialty
from redesaude.solving.direct import DirectEngine
from redesaude.solving.engine import EngineResult
from redesaude.solving.options import SolveOptions
from redesaude.solving.parameters import Core, Large, Location, SearchParameters, Ways
from redesaude.solving.progress import Search
from redesaude.solving.side_by_side import SideBySide

#: returns None where the problem is not of its kind
Way = Callable[[Assembled, Search], EngineResult | None]


def _tuned(way: Way, **rooms: Any) -> Way:
    """Return a way with other parameters of its search, by room."""
    return lambda assembled, search: way(assembled, replace(search, parameters=SearchParameters(**rooms)))


def _at_once(assembled: Assembled, search: Search) -> EngineResult | None:
    return (
        None if len(assembled.problem.periods) == 1 else _tuned(by_specialty, large=Large(columns=1))(assembled, search)
    )


def _whole(assembled: Assembled, search: Search) -> EngineResult | None:
    """Whole knapsacks in few cells, whatever room there is."""
    rooms = Location(whole_fill=1e9, cells=40)
    whole = assembled.problem.specialties.single_source.any()
    return _tuned(by_capacity, location=rooms)(assembled, search) if whole else None


def _beside(assembled: Assembled, search: Search) -> EngineResult | None:
    """Whatever ways know the problem, all at once; what comes of it is audited by who judges it."""
    lanes = lanes_of(SolveOptions(), assembled.problem)
    if not lanes:
        return None
    at_once = SearchParameters(ways=Ways(head=0.0))
    return SideBySide(lanes, (), lambda _: None).run(assembled, replace(search, parameters=at_once))


WAYS: dict[str, Way] = {
    "direct": DirectEngine().run,
    "services": by_services,
    "cuts": _tuned(by_services, location=Location(own_cuts=1)),
    "room": by_capacity,
    "whole": _whole,
    "growing": _tuned(by_sifting, core=Core(first=1)),
    "specialties": by_specialty,
    "core": _tuned(by_specialty, large=Large(journeys=1), core=Core(kept=1)),
    "at once": _at_once,
    "beside": _beside,
}
