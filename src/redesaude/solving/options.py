"""How a solve is run."""

from __future__ import annotations

from dataclasses import dataclass

from redesaude.inputs.scenario import Settings

ENGINES = ("auto", "direct", "decomposed")


@dataclass(frozen=True)
class SolveOptions:
    """Limits and switches of a solve.

    Attributes
    ----------
    gap : relative gap at which the search stops (0.01 = 1 %); None takes the scenario's setting.
    time_limit : seconds of search after which the best plan so far is kept; None takes the scenario's setting.
    threads, seed : given to the solver; the same input, seed and options give the same plan (time limits apart).
    engine : ``direct`` is one model in one solver, ``decomposed`` takes it apart by specialty; ``auto`` chooses, and
        says so in the log.

    """

    gap: float | None = None
    time_limit: float | None = None
    threads: int = 1
    seed: int = 0
    engine: str = "auto"

    def limits(self, settings: Settings) -> Limits:
        """Return the limits with the scenario's settings in place of those left open."""
        return Limits(
            gap=settings.gap if self.gap is None else self.gap,
            seconds=settings.time_limit_s if self.time_limit is None else self.time_limit,
            threads=self.threads,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Limits:
    """What a solver run is held to: relative gap, seconds, threads, seed."""

    gap: float
    seconds: float
    threads: int = 1
    seed: int = 0
