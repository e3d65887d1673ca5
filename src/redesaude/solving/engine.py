"""What an engine is: something that turns a planning problem into decisions and a proven bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from redesaude.assemble import Assembled
from redesaude.solving.certify import Evidence
from redesaude.solving.core.incumbent import Incumbent
from redesaude.solving.progress import Search
from redesaude.status import Termination
from redesaude_models.problem import Decisions


@dataclass(frozen=True)
class EngineResult:
    """Decisions (None: no plan), the proven lower bound on the net present cost of any plan (None: none yet), and how
    it went. ``seconds`` are those of a :class:`~redesaude.solving.stopwatch.Stopwatch`: {build, bound, core, search,
    solve}, those that there were. ``incumbent`` is the plan in its model, None from ways that have no such model.
    ``evidence`` is what a certificate can be made of, None where the way has no model of the whole problem. ``failed``
    is what went wrong in ways that ran beside the one that found this, by their names.
    """

    termination: Termination
    decisions: Decisions | None
    bound: float | None
    variables: int
    constraints: int
    seconds: dict[str, float]
    incumbent: Incumbent | None = None
    evidence: Evidence | None = None
    failed: tuple[tuple[str, Exception], ...] = ()


@dataclass(frozen=True)
class Way:
    """One way of solving an assembled problem within limits, telling its progress, until it is done or asked to stop.

    Every plan and bound of it passes through the record of the search. ``run`` returns None where the problem is not of
    the kind that it solves, or too large for it. A ``conclusive`` way leaves nothing of a problem out, so that there is
    no plan where it says so.
    """

    name: str
    run: Callable[[Assembled, Search], EngineResult | None]
    conclusive: bool = False


class Engine(Protocol):
    """Ways of solving, the one that fits best first; the next takes over where one fails."""

    name: str

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways, in their order."""
        ...
