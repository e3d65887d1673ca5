"""Solve a scenario: assemble, run an engine, read the plan, audit it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from redesaude.assemble import Assembled, assemble, too_wide
from redesaude.assemble.waiting import WAITING, opened_at_once
from redesaude.errors import Fault, InputError
from redesaude.inputs.scenario import Scenario
from redesaude.plan.access import access_table
from redesaude.plan.costs import cost_table, tidy
from redesaude.plan.plan import Certified, Plan
from redesaude.plan.proof import reached, relative_gap
from redesaude.plan.referral import referral_tables
from redesaude.plan.tables import assignment_table, opening_table, promise_table, unmet_table
from redesaude.promises import tables
from redesaude.promises.causes import mend
from redesaude.solving.as_opened import AsOpened
from redesaude.solving.certify import Evidence, certified, kept_for_certificate
from redesaude.solving.choice import choose_engine
from redesaude.solving.engine import Engine, EngineResult, Way
from redesaude.solving.infeasible import smallest_change
from redesaude.solving.journal import Journal
from redesaude.solving.known import Openings, known_in, openings_of
from redesaude.solving.last_mile import with_last_mile
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Listener, Reporter, Search, StopSignal
from redesaude.solving.relay import Relay, audited, bounded, is_strict
from redesaude.solving.sanity import check_solver
from redesaude.solving.stopwatch import Stopwatch
from redesaude.status import NoCertificate, Status, Termination
from redesaude_models.problem import Decisions


def solve(
    scenario: Scenario,
    options: SolveOptions | None = None,
    progress: Listener | None = None,
    stop: StopSignal | None = None,
    known: Sequence[Plan] = (),
    *,
    journal: Journal | None = None,
) -> Plan:
    """Return the plan of least net present cost found for ``scenario``, audited, with its proven bound and gap.

    ``progress`` is called with each :class:`~redesaude.solving.progress.Progress`; ``stop`` (or Ctrl-C) ends the search
    and keeps the best plan. ``known`` plans, of the same scenario or a variant of it, are where the search begins. What
    is found is kept in ``journal`` as it is found; where one is resumed, the plan is never worse than the journal's. A
    plan's ``status`` may also be ``infeasible`` or ``no_plan``: then its tables are empty.

    Raises
    ------
    InputError
        when cases that must be treated reach no site, or could only wait at no price where a plan is possible; or a
        price is so far above all costs that nothing could be proven.
    FaultError
        when every way of solving failed and no audited plan is in hand. What went wrong where there is a plan all the
        same is in its ``faults`` (:mod:`redesaude.solving.relay`).

    """
    opened, options = tuple(openings_of(plan) for plan in known if plan.has_decisions), options or SolveOptions()
    try:
        return _found(scenario, options, progress, stop, known=opened, journal=journal)
    except InputError as refused:
        plan = _impossible_anyway(scenario, options, refused, stop)
        if plan is None:
            raise
        return plan


def _impossible_anyway(
    scenario: Scenario, options: SolveOptions, refused: InputError, stop: StopSignal | None
) -> Plan | None:
    """Return why there is no plan where people could only wait unpriced, but the rules forbid every plan all the same.

    The rule that binds is then the cause to name, and waiting what comes after it. None where all would be well if
    everything opened at once, or something else was refused.
    """
    waiting = [problem for problem in refused.problems if problem.severity == "error"]
    if any(problem.code != WAITING for problem in waiting):
        return None
    try:
        plan = _found(opened_at_once(scenario), replace(options, gap=1.0, certificate=False), None, stop)
    except InputError:
        return None
    if plan.status != Status.INFEASIBLE:
        return None
    return replace(plan, scenario=scenario, causes=(*plan.causes, *map(mend, waiting)))


def near(
    plan: Plan, options: SolveOptions | None = None, progress: Listener | None = None, stop: StopSignal | None = None
) -> Plan:
    """Return the best plan near ``plan``: :func:`best_of` what it opens, in its scenario as that is now."""
    return best_of(plan.scenario, (openings_of(plan),), options, progress, stop)


def best_of(
    scenario: Scenario,
    known: Sequence[Openings],
    options: SolveOptions | None = None,
    progress: Listener | None = None,
    stop: StopSignal | None = None,
) -> Plan:
    """Return the cheapest plan of ``scenario`` that opens what one of ``known`` does, taken the last mile.

    The scenario may price it otherwise, or allow more, than the one that it was opened in. It has no bound, and so no
    certificate; its status is ``no_plan`` where the scenario allows none of them. Raises as :func:`solve`.
    """
    options = replace(options or SolveOptions(), certificate=False)
    return _found(scenario, options, progress, stop, known=known, engine=AsOpened())


def _found(
    scenario: Scenario,
    options: SolveOptions,
    progress: Listener | None,
    stop: StopSignal | None,
    *,
    known: Sequence[Openings] = (),
    engine: Engine | None = None,
    journal: Journal | None = None,
) -> Plan:
    limits, stop, watch = options.limits(scenario.settings), stop or StopSignal(), Stopwatch()
    if options.certificate:
        limits.clock.set_aside(kept_for_certificate(limits.clock.seconds_left, options.search.certificate))
    search = Search(limits, Reporter(progress), lambda: stop.stopped, parameters=options.search)
    with watch("solve"), stop.on_ctrl_c():
        plan = _solved(scenario, options, search, watch, known=known, engine=engine, journal=journal or Journal())
    seconds = {**plan.seconds, **watch.seconds, "total": watch.seconds["solve"]}
    return replace(plan, seconds=seconds, log=tuple(search.reporter.log))


def _solved(
    scenario: Scenario,
    options: SolveOptions,
    search: Search,
    watch: Stopwatch,
    *,
    known: Sequence[Openings],
    engine: Engine | None,
    journal: Journal,
) -> Plan:
    with watch("assemble"):
        check_solver()
        assembled = assemble(scenario)
        if wide := tuple(too_wide(assembled, search.limits.gap)):
            raise InputError(wide, scenario.settings.language)
    search = replace(search, known=tuple(known_in(assembled.problem, openings) for openings in known))
    engine = engine or choose_engine(
        options,
        assembled,
        search.reporter,
        search.limits.threads,
        lambda found: audited(plan_of(assembled, found, Termination.INTERRUPTED)),
    )
    evidence: list[Evidence] = []

    def read(result: EngineResult, search: Search) -> Plan:
        if result.evidence is not None:
            evidence.append(result.evidence)
        with watch("explain" if result.decisions is None else "tables"):
            plan = _plan(assembled, result, search, explain=options.explain)
        return replace(
            plan,
            variables=result.variables,
            constraints=result.constraints,
            engine=engine.name,
            seed=options.seed,
            options=asdict(options) | {"threads": search.limits.threads},
            seconds=result.seconds,
        )

    with journal.watching(lambda found: _cost(assembled, tidy(assembled, found)), asdict(options)):
        plan = Relay(assembled, search, read, journal).run(with_last_mile(engine.ways))
    plan = replace(plan, faults=(*plan.faults, *journal.faults(strict=is_strict())))
    repeatable = search.clock.repeatable and not search.stopped()
    if options.deterministic and not repeatable:
        search.reporter.tell("plan", "cut short by time or a stop: not the plan that so much work always gives")
    plan = replace(plan, work=search.clock.work, deterministic=repeatable)
    if not options.certificate or not plan.has_decisions:
        return plan
    certifying = options.search.certificate
    left = max(certifying.after_seconds, certifying.after * watch.seconds["solve"])
    search.reporter.tell("plan", "its certificate is being made")
    with watch("certify"):
        return _certified(plan, assembled, evidence, search.clock.last_seconds(left), search)


def _certified(plan: Plan, assembled: Assembled, evidence: Sequence[Evidence], seconds: float, search: Search) -> Plan:
    """Return ``plan`` with its certificate; a fault in making it costs the certificate, not the plan.

    What is certified is proven: where it is more than the search has proven, it is the bound of the plan. Not so
    where the plan is repeatable, as its certificate ends by seconds.
    """
    try:
        known, parameters = evidence[-1] if evidence else None, search.parameters.certificate
        found = certified(
            plan,
            assembled.problem,
            known,
            seconds,
            search.stopped,
            slowness=search.clock.slowness,
            parameters=parameters,
        )
        proven = found.certified.bound
        better = proven is not None and not plan.deterministic and (found.bound is None or proven > found.bound)
        return bounded(found, proven, search.limits.gap) if better else found
    except Exception as error:
        if is_strict():
            raise
        faults = (*plan.faults, Fault.of("certificate", error))
        return replace(plan, certified=Certified(reason=NoCertificate.FAULT), faults=faults)


class _Taken:
    """An engine that looks no further than what is in hand."""

    name = "journal"
    ways: tuple[Way, ...] = ()


def from_journal(scenario: Scenario, journal: Journal) -> Plan:
    """Return what a search for ``scenario`` that was cut short left in its journal, as a plan, audited, without search.

    Raises as :func:`solve`.
    """
    return _found(scenario, SolveOptions(certificate=False), None, None, engine=_Taken(), journal=journal)


def _cost(assembled: Assembled, decisions: Decisions) -> float:
    """Net present cost of ``decisions`` that are tidy, as its table adds up."""
    return float(cost_table(assembled, decisions)["npv"].sum())


def _plan(assembled: Assembled, result: EngineResult, search: Search, *, explain: bool) -> Plan:
    scenario = assembled.scenario.noted(assembled.notices)
    if result.decisions is None:
        infeasible = result.termination == Termination.PROVEN_INFEASIBLE
        status = Status.INFEASIBLE if infeasible else Status.NO_PLAN
        causes = smallest_change(assembled, search.limits) if infeasible and explain else ()
        return Plan(scenario, status, result.termination, bound=result.bound, causes=tuple(causes))
    plan = plan_of(assembled, result.decisions, result.termination)
    bound, gap = result.bound, relative_gap(plan.objective, result.bound)
    search.reporter.tell("plan", incumbent=plan.objective, bound=bound)
    status = Status.OPTIMAL if reached(gap, search.limits.gap) else Status.FEASIBLE
    return replace(plan, status=status, bound=bound, gap=gap)


def plan_of(assembled: Assembled, decisions: Decisions, termination: Termination, *, idle: bool = False) -> Plan:
    """Return ``decisions`` as a plan of which nothing is proven, not audited yet; ``idle`` services stay or go."""
    decisions = tidy(assembled, decisions, idle=idle)
    costs, openings = cost_table(assembled, decisions), opening_table(assembled, decisions)
    return Plan(
        assembled.scenario.noted(assembled.notices),
        Status.FEASIBLE,
        termination,
        objective=float(costs["npv"].sum()),
        openings=openings,
        assignments=assignment_table(assembled, decisions),
        access=access_table(assembled, decisions),
        costs=costs,
        unmet=unmet_table(assembled, decisions),
        promises=promise_table(assembled, decisions, openings),
        **tables(assembled, decisions),
        **referral_tables(assembled, decisions),
    )
