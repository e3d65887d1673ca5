"""What an engine is: something that turns a planning problem into decisions and a proven bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from redesaude.assemble import Assembled
from redesaude.plan.plan import Termination
from redesaude.solving.progress import Search
from redesaude_models.problem import Decisions


@dataclass(frozen=True)
class EngineResult:
    """Decisions (None: no plan), the proven lower bound on the net present cost of any plan (None: none yet), and how
    it went. ``seconds`` are those of a :class:`~redesaude.solving.stopwatch.Stopwatch`: {build, bound, core, search,
    solve}, those that there were.
    """

    termination: Termination
    decisions: Decisions | None
    bound: float | None
    variables: int
    constraints: int
    seconds: dict[str, float]


class Engine(Protocol):
    """Solves an assembled problem within limits, telling its progress, until it is done or asked to stop."""

    name: str

    def run(self, assembled: Assembled, search: Search) -> EngineResult:
        """Return the best decisions found and the bound proven."""
        ...
