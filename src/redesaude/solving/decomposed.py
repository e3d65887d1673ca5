"""The decomposed engine: takes the problem apart in the way that fits it.

* Uncapacitated problems lose their shares: only services are decided (:mod:`.location.benders`).
* Problems with one way to deliver each service and limited capacity are branched on their services
  (:mod:`.location.branch_and_bound`, and :mod:`.location.single_source` where each demand goes to one service, on
  journeys too where services have room for few of them: :mod:`.location.branch_and_price`).
* One specialty with very many journeys is solved in a core of them that grows (:mod:`.core.sifting`).
* All others keep a core of journeys where there are very many (:mod:`.core.journey_core`), are bounded by their
  specialties apart (:mod:`.specialties.lagrangian_bound`) and bettered part by part
  (:mod:`.specialties.neighbourhood_search`), both at once (:mod:`.specialties.primal_dual`). Several planning periods
  are first aggregated to one (:mod:`.specialties.period_aggregation`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from redesaude.assemble import Assembled
from redesaude.solving.building import built, soon_built
from redesaude.solving.certify import Evidence
from redesaude.solving.core.candidate_journeys import likely
from redesaude.solving.core.incumbent import Incumbent
from redesaude.solving.core.journey_core import Core, cheapest, core_of
from redesaude.solving.core.sifting import CoreSifting
from redesaude.solving.direct import DirectEngine
from redesaude.solving.engine import EngineResult, Way
from redesaude.solving.highs import exact_values, solve
from redesaude.solving.layout import in_order, layout_of, together
from redesaude.solving.location.allocation import allocation_of
from redesaude.solving.location.benders import Benders
from redesaude.solving.location.branch_and_bound import BranchAndBound
from redesaude.solving.location.branch_and_price import BranchAndPrice, fits
from redesaude.solving.location.capacitated import ByCapacity, capacitated
from redesaude.solving.location.nearest_tree import NearestTree
from redesaude.solving.location.one_model import OneModel
from redesaude.solving.location.services_tree import ServicesTree, branches
from redesaude.solving.location.single_source import SingleSource
from redesaude.solving.location.uncapacitated import ByServices, uncapacitated
from redesaude.solving.near import Near
from redesaude.solving.options import Limits
from redesaude.solving.progress import Search
from redesaude.solving.relaxation.sharper import sharper
from redesaude.solving.specialties.blocks import Blocks
from redesaude.solving.specialties.lagrangian_bound import LagrangianBound
from redesaude.solving.specialties.neighbourhood_search import Ground, NeighbourhoodSearch
from redesaude.solving.specialties.period_aggregation import PeriodAggregation, StaticNetwork
from redesaude.solving.specialties.primal_dual import PrimalDual
from redesaude.solving.start import Start, first_plan
from redesaude.solving.stopwatch import Stopwatch
from redesaude.status import Termination
from redesaude.travel.matrix import near_sites
from redesaude_models.arrays import Floats, Ints
from redesaude_models.problem import PlanningProblem
from redesaude_models.standard_form import LinearModel

#: largest breach of a row, bound or integer that a first plan may have
_TOLERANCE = 1e-6


class DecomposedEngine:
    """Takes the problem apart, in the first of the ways that fits it; where all fail, the whole model is solved."""

    name = "decomposed"

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways, from the most special to the most general."""
        return (
            Way("services", by_services),
            Way("capacity", by_capacity),
            Way("growing core", _grown),
            Way("specialties", by_specialty),
            Way("one model", _as_one),
        )


def _as_one(assembled: Assembled, search: Search) -> EngineResult | None:
    small = len(assembled.problem.journeys.demand) < search.parameters.large.journeys
    return DirectEngine().run(assembled, search) if small else None


def _grown(assembled: Assembled, search: Search) -> EngineResult | None:
    many = len(assembled.problem.journeys.demand) >= search.parameters.large.one_specialty
    return by_sifting(assembled, search) if many else None


def by_services(assembled: Assembled, search: Search) -> EngineResult | None:
    """Decide the services alone, by Benders decomposition; None where there is not capacity for all everywhere."""
    problem = uncapacitated(assembled.problem)
    if problem is None:
        return None
    if branches(problem.services, search.parameters.location):
        return _by_services_tree(problem, search)
    watch = Stopwatch()
    with watch("build"):
        benders = Benders(problem.services, search, problem.decisions)
    search.reporter.tell("build", "capacity for all everywhere: only services are decided")
    with watch("search"):
        termination = benders.run(known.ever for known in search.known)
    rows, columns = benders.master.matrix.shape
    decisions = None if benders.opened is None else problem.decisions(benders.opened)
    return EngineResult(termination, decisions, search.bound, columns, rows, watch.seconds)


def _by_services_tree(problem: ByServices, search: Search) -> EngineResult:
    """Branch on services with room for all."""
    search.reporter.tell("build", "capacity for all everywhere: branching on services")
    tree = ServicesTree(problem.services, search, problem.decisions)
    termination = tree.run(known.ever for known in search.known)
    decisions = None if tree.found is None else problem.decisions(tree.found.opened)
    demands, count = len(problem.services.start), len(problem.services.opening)
    columns = count + len(problem.services.cost)
    return EngineResult(termination, decisions, search.bound, columns, demands, tree.watch.seconds)


def by_capacity(assembled: Assembled, search: Search) -> EngineResult | None:
    """Branch on services with limited capacity; None where there is more than one way to deliver a service."""
    problem = capacitated(assembled.problem, search.parameters.location.table)
    if problem is None:
        return None
    services = problem.services
    tree = _tree_for(problem, search)
    search.reporter.tell("build", "one way to deliver each service: branching on services")
    termination = tree.run(known.ever for known in search.known)
    decisions = None if tree.found is None else problem.decisions(tree.found)
    demands, count = len(services.cases), len(services.opening)
    return EngineResult(
        termination, decisions, search.bound, count + services.case_cost.size, demands, tree.watch.seconds
    )


def _tree_for(problem: ByCapacity, search: Search) -> BranchAndBound:
    """Return the tree that bounds these services best."""
    services, read, accept = problem.services, problem.decisions, partial(allocation_of, problem)
    if services.minutes is not None:
        return NearestTree(services, services.minutes, search, read, accept)
    if not services.whole:
        return BranchAndBound(services, search, read, accept)
    tree = BranchAndPrice if fits(services, search.parameters.location) else SingleSource
    return tree(services, search, read, accept)


def by_one_model(assembled: Assembled, search: Search) -> EngineResult | None:
    """Solve a problem of limited capacity as one model of its arrays; None where it is not of that kind."""
    problem = capacitated(assembled.problem, search.parameters.location.table)
    if problem is None or problem.services.minutes is not None:
        return None
    model = OneModel(problem, search)
    rows, columns = model.shape
    search.reporter.tell("build", f"{columns:,} variables, {rows:,} constraints")
    termination = model.run()
    decisions = None if model.found is None else problem.decisions(model.found)
    return EngineResult(termination, decisions, search.bound, columns, rows, model.watch.seconds)


def by_sifting(assembled: Assembled, search: Search) -> EngineResult | None:
    """Grow a core from the first few journeys of each demand; None where there is more than one specialty."""
    problem = assembled.problem
    if len(problem.specialties.ids) > 1:
        return None
    if not soon_built(problem, search, search.parameters.core.first * len(problem.demand.territory)):
        return EngineResult(Termination.TIME_LIMIT, None, search.bound, 0, 0, {})
    sifting = CoreSifting(problem, search)
    termination = sifting.run()
    rows, columns = sifting.shape
    seconds = sifting.watch.seconds
    return EngineResult(termination, sifting.decisions, search.bound, columns, rows, seconds, sifting.found)


def by_specialty(assembled: Assembled, search: Search) -> EngineResult | None:
    """Bound by the specialties apart, better part by part; keeps a core of journeys where there are very many.

    None where a promise contradicts itself, which the whole model says.
    """
    watch, problem = Stopwatch(), assembled.problem
    if not soon_built(problem, search, search.parameters.large.journeys):
        return EngineResult(Termination.TIME_LIMIT, None, search.bound, 0, 0, {})
    with watch("build"):
        core = _core(problem, search)
        core_model = built(core.problem, search)
    if core_model is None:
        return EngineResult(search.termination, None, search.bound, 0, 0, watch.seconds)
    model, relaxed = core_model.model, core_model.arrays
    arrays, layout = core.restricted(relaxed), layout_of(relaxed, core.problem)
    if not relaxed.variables:
        return None
    rows, columns = arrays.matrix.shape
    search.reporter.tell("build", f"{columns:,} variables, {rows:,} constraints, {arrays.matrix.nnz:,} non-zeros")
    sharp, near = sharper(relaxed, core.problem), Near(arrays, assembled, layout)
    searched = replace(sharp, model=core.restricted(sharp.model))
    ground = Ground(layout, _distances(assembled), in_order(problem), near, searched)
    block = together(layout, ground.order)
    aggregation = _aggregation(assembled, relaxed, block, search.parameters.large.columns)
    dual = LagrangianBound(Blocks(relaxed, block), sharp, aggregation, search.parameters.specialties)

    def plan(values: Floats, limits: Limits) -> Incumbent:
        return Incumbent(model, arrays, core, exact_values(arrays, values, limits))

    beside = replace(search.limits, threads=1)
    contest = PrimalDual(
        dual, search, watch, lambda values: plan(values, beside.aside(search.parameters.last_mile.at_hand)).decisions()
    )
    termination = contest.run(lambda: _neighbourhood(arrays, ground, dual, aggregation, search))
    if termination is None or contest.primal is None:
        return EngineResult(search.termination, None, search.bound, columns, rows, watch.seconds)
    search.clock.keep(0.0)
    with watch("exact"):
        found = plan(contest.primal.values, search.limits)
        decisions = found.decisions()
    duals = contest.prices if dual.duals is None else dual.duals
    evidence = Evidence(relaxed, duals, block, None if core.is_whole else core.journeys)
    return EngineResult(termination, decisions, search.bound, columns, rows, watch.seconds, found, evidence)


def _aggregation(assembled: Assembled, model: LinearModel, owner: Ints, columns: int) -> PeriodAggregation | None:
    """Return the aggregation of periods; None where there is but one, or the whole is small enough by itself.

    ``owner`` is the block of each column.
    """
    problem = assembled.problem
    if len(problem.periods) == 1 or len(model.cost) < columns:
        return None
    worth = dict(zip(problem.periods, assembled.phases.annuities.tolist(), strict=True))
    return PeriodAggregation(model, worth, owner)


def _neighbourhood(
    arrays: LinearModel, ground: Ground, dual: LagrangianBound, aggregation: PeriodAggregation | None, search: Search
) -> NeighbourhoodSearch | None:
    """Return the search around a first plan; None if none is found."""
    static = None if aggregation is None or search.known else aggregation.static_network(ground.layout)
    first = _first_plan(arrays, ground, search, static)
    if first is None:
        return None
    return NeighbourhoodSearch(
        arrays,
        ground,
        first.values,
        dual=dual,
        seed=search.limits.seed,
        placed=static is None and not first.rough,
        parameters=search.parameters,
    )


def _first_plan(arrays: LinearModel, ground: Ground, search: Search, static: StaticNetwork | None) -> Start | None:
    """Return a first plan, a static network if one is given and fits the whole model; None if none is found.

    Where what was placed first leaves no room for the rest, as much of the time goes to the whole model, for any plan.
    """
    if static is not None:
        start = first_plan(static.arrays, static.layout, ground.order, search)
        if start.complete and arrays.violation(values := start.values[static.column]) <= _TOLERANCE:
            return replace(start, values=values)
        if start.complete and (phased := _phased(arrays, ground, values, search)) is not None:
            return replace(start, values=phased)
    start = first_plan(arrays, ground.layout, ground.order, search)
    if start.complete and arrays.violation(start.values) <= _TOLERANCE:
        return start
    if search.over():
        return None
    search.reporter.tell("start", "no plan part by part: all at once")
    p = search.parameters.start
    found = solve(arrays, search.rest(p.share, p.rough_gap), stopped=search.stopped).values
    return None if found is None else Start(np.arange(len(found), dtype=np.int32), arrays.whole(found), complete=True)


def _phased(arrays: LinearModel, ground: Ground, values: Floats, search: Search) -> Floats | None:
    """Return a plan of what the ``values`` of a static network build and what is there today, each when there is room.

    None where none is found in the time of a first plan.
    """
    search.reporter.tell("start", "what is built at once does not fit: it is spread over the periods")
    p, shut = search.parameters.start, np.flatnonzero(ground.near.neither_open_nor_today(values))
    within = arrays.fixed(shut, arrays.column_lower[shut])
    result = solve(within, search.rest(p.share, p.rough_gap), stopped=search.stopped)
    return None if result.values is None else arrays.whole(result.values)


def _core(problem: PlanningProblem, search: Search) -> Core:
    """Return the whole problem as its own core, or its cheapest journeys where there are very many."""
    count = len(problem.journeys.demand)
    if count < search.parameters.large.journeys:
        return core_of(problem, np.ones(count, dtype=bool))
    core = core_of(problem, cheapest(problem, search.parameters.core.kept) | likely(problem, search))
    search.reporter.tell("core", f"{len(core.journeys):,} of {count:,} journeys kept, the others pooled")
    return core


def _distances(assembled: Assembled) -> Floats:
    """Minutes from each site to each other, (sites, sites): those from the territory where the first one stands."""
    return np.asarray(assembled.minutes[near_sites(assembled.scenario, assembled.minutes)])
