"""Which engine a solve takes: the one asked for, by the size of the problem, or the ways that know it side by side.

Side by side only where no way is known to be the better one. Of several specialties with many options, and of more
journeys than one model holds, that is the decomposed engine, with all threads. With one thread, or where time is work,
one way runs.
"""

from __future__ import annotations

from redesaude.assemble import Assembled
from redesaude.solving.decomposed import DecomposedEngine, by_capacity, by_one_model, by_services, by_specialty
from redesaude.solving.direct import DirectEngine
from redesaude.solving.engine import Engine, Way
from redesaude.solving.location.branch_and_price import fits
from redesaude.solving.location.capacitated import capacitated
from redesaude.solving.location.uncapacitated import uncapacitated
from redesaude.solving.options import SolveOptions
from redesaude.solving.parameters import Large, SearchParameters
from redesaude.solving.progress import Reporter
from redesaude.solving.side_by_side import Check, SideBySide
from redesaude_models.problem import PlanningProblem


def choose_engine(
    options: SolveOptions, assembled: Assembled, reporter: Reporter, threads: int = 1, check: Check | None = None
) -> Engine:
    """Return the engine asked for, saying why when the choice was left open.

    Ways run side by side where there are two ``threads`` and ``check`` can audit a plan.
    """
    if options.engine in ("direct", "decomposed"):
        return DecomposedEngine() if options.engine == "decomposed" else DirectEngine()
    engine, reason = _by_size(options, assembled.problem)
    two = threads > 1 and options.work is None
    lanes = lanes_of(options, assembled.problem) if two else ()
    if check is not None and len(lanes) > 1:
        engine = SideBySide(lanes, DecomposedEngine().ways, check)
        reason = " and ".join(way.name for way in lanes)
    reporter.tell("build", f"engine {engine.name}: {reason}")
    return engine


def _by_size(options: SolveOptions, problem: PlanningProblem) -> tuple[Engine, str]:
    """Return the engine for one way alone, and why."""
    large = options.search.large
    specialties, count = len(problem.specialties.ids), len(problem.options.service)
    journeys = len(problem.journeys.demand)
    if specialties > 1 and count >= large.options:
        return DecomposedEngine(), f"{specialties} specialties, {count:,} options: enough to take apart"
    if _better_apart(problem, large, options.search.location.table):
        return DecomposedEngine(), f"{journeys:,} journeys: too many for one model"
    if _few_to_a_service(problem, options.search):
        return DecomposedEngine(), "whole demands, few to a service: whole knapsacks prove more than one model"
    return DirectEngine(), f"{count:,} options, {journeys:,} journeys: small enough for one model"


def _better_apart(problem: PlanningProblem, large: Large, table: int) -> bool:
    """Many journeys, and nothing to decide but services, or one specialty alone, or whole shares.

    Fewer of those that go to the nearest service are left to one model, which knows what that rule costs.
    """
    journeys, alone = len(problem.journeys.demand), len(problem.specialties.ids) == 1
    if journeys < large.location:
        return False
    whole = bool(problem.specialties.single_source.any())
    much = whole or (alone and journeys >= large.one_specialty)
    if much or uncapacitated(problem) is not None:
        return True
    limited = capacitated(problem, table)
    return limited is not None and limited.services.minutes is None


def _few_to_a_service(problem: PlanningProblem, search: SearchParameters) -> bool:
    """Nothing to decide but services, whole demands, and room for few of them at each."""
    if len(problem.journeys.demand) < search.large.whole or not problem.specialties.single_source.any():
        return False
    found = capacitated(problem, search.location.table)
    return found is not None and fits(found.services, search.location)


def lanes_of(options: SolveOptions, problem: PlanningProblem) -> tuple[Way, ...]:
    """Return the ways that know ``problem`` and none of which is known to be the better one."""
    large, (direct,) = options.search.large, DirectEngine().ways
    if len(problem.journeys.demand) >= large.journeys:
        return ()
    if uncapacitated(problem) is not None:
        few = len(problem.journeys.demand) < large.location
        return (Way("services", by_services), direct) if few else ()
    alone = len(problem.specialties.ids) == 1
    if (limited := capacitated(problem, options.search.location.table)) is not None:
        if limited.services.minutes is None:
            return (Way("capacity", by_capacity), Way("one model", by_one_model))
        few = len(problem.journeys.demand) < large.one_specialty
        return (Way("capacity", by_capacity), direct) if few else ()
    if not alone and len(problem.options.service) >= large.options:
        return ()
    return (
        ()
        if alone and len(problem.journeys.demand) >= large.one_specialty
        else (direct, Way("specialties", by_specialty))
    )
