"""Several scenarios solved, one after the other or in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from redesaude.errors import Fault, FaultError, InputError, RedesaudeError
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_, said
from redesaude.plan.plan import Plan
from redesaude.solving.journal import Journal
from redesaude.solving.known import Openings, openings_of
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.solving.relay import is_strict
from redesaude.solving.solve import best_of, solve
from redesaude.status import Status, Termination
from redesaude.studies.members import Members
from redesaude.studies.pools import Pool, Processes, RunListener, Work
from redesaude.studies.sharing import cheaper

_FAULT = N_("A fault of this program, not of the scenario, left it without a plan.")

#: earlier plans, beside the first, from which a run may begin
_KNOWN = 2

#: share of the time limit, and the least seconds, in which the plans of the others are tried in a scenario
_SHARE_OF_TIME, _LEAST_SECONDS = 0.1, 5.0


def solve_all(
    scenarios: Mapping[str, Scenario],
    options: SolveOptions,
    jobs: int | Pool = 1,
    progress: RunListener | None = None,
    stop: StopSignal | None = None,
    *,
    members: Members | None = None,
    known: Sequence[Plan] = (),
) -> dict[str, Plan]:
    """Return the plan of each scenario by name, in order; those not begun when asked to stop are left out.

    Each begins from ``known`` plans; one after the other, from what the first plan and the last ones open too. ``jobs``
    solve at once, processes of this machine or the workers of a pool, each with the threads of ``options`` or, where
    those are left open, its share of the cores. Either way, when all are done, what each plan opens is tried in all
    others that are not proven good enough. On a script of one's own processes need the usual guard (``if __name__ ==
    "__main__"``). ``stop`` or Ctrl-C ends what runs, keeping its best plan. A scenario in which cases that must be
    treated reach no site gives a plan without decisions that says so, and so does one that a fault of our own left
    without a plan. What is found is kept in ``members`` as it is found, and taken from there.
    """
    stop, options, members = stop or StopSignal(), replace(options, certificate=False), members or Members()
    pool = _place(jobs, len(scenarios))
    if pool is None:
        found = _one_by_one(scenarios, options, progress, stop, members, given=known)
    else:
        found = _at_once(scenarios, options, pool, progress, stop, members=members, known=known)
    members.lost = tuple(n for n, plan in found.items() if not members.holds(plan, scenarios[n], options))
    return {name: found[name] for name in scenarios if name in found}


def _place(jobs: int | Pool, most: int) -> Pool | None:
    """Where at most so many are solved at once; None: here, one after the other."""
    if not isinstance(jobs, int):
        return jobs
    return Processes(min(jobs, most)) if min(jobs, most) > 1 else None


def _one_by_one(
    scenarios: Mapping[str, Scenario],
    options: SolveOptions,
    progress: RunListener | None,
    stop: StopSignal,
    members: Members,
    *,
    given: Sequence[Plan],
) -> dict[str, Plan]:
    found: dict[str, Plan] = {}
    for name, scenario in scenarios.items():
        if stop.stopped:
            break
        try:
            earlier = [plan for plan in found.values() if plan.has_decisions]
            known = [
                *given,
                *earlier[:1],
                *earlier[1:][-_KNOWN:],
            ]  # the first is the base that the others are variants of
            plan = _solved(scenario, options, partial(progress, name) if progress else None, stop, members, known=known)
        except KeyboardInterrupt:
            break
        found[name] = plan
        if plan.termination == Termination.INTERRUPTED:
            return found
    if stop.stopped or len(found) < len(scenarios):
        return found
    for name, opened in _to_try(found).items():
        listener = partial(progress, name) if progress else None
        again = _with_networks(scenarios[name], opened, options, listener, stop)
        found[name] = _better(found[name], again)
        if again.termination == Termination.INTERRUPTED:
            break
    return found


def _solved(
    scenario: Scenario,
    options: SolveOptions,
    progress: Callable[[Progress], object] | None,
    stop: StopSignal,
    members: Members,
    *,
    known: Sequence[Plan] = (),
) -> Plan:
    """The plan of a member: the one that is kept of it, or else the one that is found, which is kept."""
    plan = members.kept(scenario, options)
    if plan is not None:
        if progress is not None:
            progress(Progress("plan", 0.0, plan.objective, plan.bound, "kept of the comparison that was cut short"))
        return plan
    plan = _found(scenario, options, progress, stop, known, journal=members.journal(scenario, options))
    plan = replace(plan, begun=tuple(each.openings for each in known))
    members.keep(plan, scenario, options)
    return plan


def _found(
    scenario: Scenario,
    options: SolveOptions,
    progress: Callable[[Progress], object] | None,
    stop: StopSignal,
    known: Sequence[Plan],
    *,
    journal: Journal,
) -> Plan:
    try:
        return solve(scenario, options, progress, stop, known, journal=journal)
    except InputError as error:
        causes = tuple(map(said, str(error).splitlines()))
        return Plan(scenario, Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE, seconds={}, options={}, causes=causes)
    except Exception as error:
        if is_strict():
            raise
        faults = (*(error.faults if isinstance(error, FaultError) else ()), Fault.of("solve", error))
        return Plan(scenario, Status.NO_PLAN, Termination.FAULT, causes=(said(_FAULT),), faults=faults)


@dataclass(frozen=True)
class _Member:
    """A member to be solved elsewhere, kept in ``members`` and begun from ``known`` plans."""

    scenario: Scenario
    options: SolveOptions
    members: Members
    known: Sequence[Plan]

    def __call__(self, progress: Callable[[Progress], object], stop: StopSignal) -> Plan:
        """Return its plan."""
        plan = _solved(self.scenario, self.options, progress, stop, self.members, known=self.known)
        return replace(plan, scenario=portable(plan.scenario))


def portable(scenario: Scenario) -> Scenario:
    """Return the scenario without what cannot travel between processes and nothing there needs: places and notices."""
    return replace(scenario, notices=(), places={})


def _at_once(
    scenarios: Mapping[str, Scenario],
    options: SolveOptions,
    pool: Pool,
    progress: RunListener | None,
    stop: StopSignal,
    *,
    members: Members,
    known: Sequence[Plan],
) -> dict[str, Plan]:
    """The plans found in a place for several pieces of work; where that writes elsewhere, they are kept here."""
    options, there = replace(options, jobs=pool.jobs), members if pool.here else Members()
    kept = {} if pool.here else {n: plan for n, s in scenarios.items() if (plan := members.kept(s, options))}
    carried = [replace(plan, scenario=portable(plan.scenario)) for plan in known]
    work: dict[str, Work] = {
        n: _Member(portable(s), options, there, carried) for n, s in scenarios.items() if n not in kept
    }

    def finished(name: str, plan: Plan) -> None:
        if not pool.here:
            members.keep(replace(plan, scenario=scenarios[name]), scenarios[name], options)

    with pool:
        done = pool.run(work, progress, stop, finished)
        plans = kept | {name: replace(plan, scenario=scenarios[name]) for name, plan in done.items()}
        if not stop.stopped:
            plans |= {name: _lost(scenarios[name]) for name in work if name not in done}
            rough = _to_try(plans)
            anew: dict[str, Work] = {n: _Again(portable(scenarios[n]), rough[n], options) for n in rough}
            again = pool.run(anew, progress, stop, lambda *_: None)
            plans |= {name: _better(plans[name], found) for name, found in again.items()}
    return plans


def _lost(scenario: Scenario) -> Plan:
    """What is said of a member whose workers all died of it."""
    fault = Fault.of("worker", RedesaudeError("every worker that solved it died"))
    return Plan(scenario, Status.NO_PLAN, Termination.FAULT, causes=(said(_FAULT),), faults=(fault,))


def _better(plan: Plan, found: Plan) -> Plan:
    """The cheaper of both, with the faults met on the way to either."""
    best = cheaper(plan, found)
    return replace(best, faults=(*best.faults, *found.faults))


def _improvable(plan: Plan) -> bool:
    """Whether another plan may help: not one that is proven good enough, nor where there can be none."""
    return plan.status not in (Status.OPTIMAL, Status.INFEASIBLE)


def _to_try(plans: Mapping[str, Plan]) -> dict[str, tuple[Openings, ...]]:
    """What the other plans open, of each plan that this may help."""
    return {n: opened for n, plan in plans.items() if _improvable(plan) and (opened := _others(n, plans))}


def _others(name: str, plans: Mapping[str, Plan]) -> tuple[Openings, ...]:
    """What the other plans open, in their order, each network once, without that of the plan itself."""
    opened = {n: openings_of(plan) for n, plan in plans.items() if plan.has_decisions}
    own = opened.pop(name, None)
    return tuple(network for network in dict.fromkeys(opened.values()) if network != own)


@dataclass(frozen=True)
class _Again:
    """A scenario to be tried elsewhere with what plans of others ``opened``."""

    scenario: Scenario
    opened: Sequence[Openings]
    options: SolveOptions

    def __call__(self, progress: Callable[[Progress], object], stop: StopSignal) -> Plan:
        """Return its best plan that opens what one of them does."""
        found = _with_networks(self.scenario, self.opened, self.options, progress, stop)
        return replace(found, scenario=portable(found.scenario))


def _with_networks(
    scenario: Scenario,
    opened: Sequence[Openings],
    options: SolveOptions,
    progress: Callable[[Progress], object] | None,
    stop: StopSignal,
) -> Plan:
    """Return the best plan of a scenario that opens what a plan of another one does, found in a share of the time."""
    seconds = max(_LEAST_SECONDS, _SHARE_OF_TIME * options.limits(scenario.settings).seconds)
    try:
        return best_of(scenario, opened, replace(options, time_limit=seconds), progress, stop)
    except FaultError as error:
        return Plan(scenario, Status.NO_PLAN, Termination.FAULT, faults=error.faults)
