"""Every way to solve an assembled problem, each asked for by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from redesaude.assemble import Assembled
from redesaude.solving.decomposed import (
    Large,
    by_capacity,
    by_services,
    by_sifting,
    by_specialty,
)
from redesaude.solving.direct import DirectEngine
from redesaude.solving.engine import EngineResult
from redesaude.solving.progress import Search

#: returns None where the problem is not of its kind
Way = Callable[[Assembled, Search], EngineResult | None]


def _at_once(assembled: Assembled, search: Search) -> EngineResult | None:
    return None if len(assembled.problem.periods) == 1 else by_specialty(assembled, search, Large(columns=1))


WAYS: dict[str, Way] = {
    "direct": DirectEngine().run,
    "services": by_services,
    "room": by_capacity,
    "growing": partial(by_sifting, first=1),
    "specialties": partial(by_specialty, large=Large()),
    "core": partial(by_specialty, large=Large(journeys=1, kept=1)),
    "at once": _at_once,
}
