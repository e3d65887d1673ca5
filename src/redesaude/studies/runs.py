"""Several scenarios solved, one after the other or in processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing.connection import wait
from typing import Any

from redesaude.errors import Fault, FaultError, InputError
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
from redesaude.studies.sharing import cheaper

RunListener = Callable[[str, Progress], object]
"""called with the name of a run and each step of it"""

_FAULT = N_("A fault of this program, not of the scenario, left it without a plan.")

#: earlier plans, beside the first, from which a run may begin
_KNOWN = 2

#: share of the time limit, and the least seconds, in which the plans of the others are tried in a scenario
_SHARE_OF_TIME, _LEAST_SECONDS = 0.1, 5.0


def solve_all(
    scenarios: Mapping[str, Scenario],
    options: SolveOptions,
    jobs: int = 1,
    progress: RunListener | None = None,
    stop: StopSignal | None = None,
    *,
    members: Members | None = None,
) -> dict[str, Plan]:
    """Return the plan of each scenario by name, in order; those not begun when asked to stop are left out.

    One after the other, each begins from what the first plan and the last ones open. ``jobs`` processes solve at once,
    each with the threads of ``options`` or, where those are left open, its share of the cores. Either way, when all are
    done, what each plan opens is tried in all others that are not proven good enough. On a script of one's own
    processes need the usual guard (``if __name__ == "__main__"``). ``stop`` or Ctrl-C ends what runs, keeping its best
    plan. A scenario in which cases that must be treated reach no site gives a plan without decisions that says so, and
    so does one that a fault of our own left without a plan. What is found is kept in ``members`` as it is found, and
    taken from there.
    """
    stop, options, members = stop or StopSignal(), replace(options, certificate=False), members or Members()
    jobs = min(jobs, len(scenarios))
    if jobs > 1:
        found = _in_processes(scenarios, replace(options, jobs=jobs), progress, stop, members)
    else:
        found = _one_by_one(scenarios, options, progress, stop, members)
    members.lost = tuple(n for n, plan in found.items() if not members.holds(plan, scenarios[n], options))
    return {name: found[name] for name in scenarios if name in found}


def _one_by_one(
    scenarios: Mapping[str, Scenario],
    options: SolveOptions,
    progress: RunListener | None,
    stop: StopSignal,
    members: Members,
) -> dict[str, Plan]:
    found: dict[str, Plan] = {}
    for name, scenario in scenarios.items():
        if stop.stopped:
            break
        try:
            earlier = [plan for plan in found.values() if plan.has_decisions]
            known = [*earlier[:1], *earlier[1:][-_KNOWN:]]  # the first is the base that the others are variants of
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


class _EventSignal(StopSignal):
    """A stop signal that another process gives."""

    def __init__(self, event: Any) -> None:
        super().__init__()
        self._asked = event

    @property
    def stopped(self) -> bool:
        return bool(self._asked.is_set())


#: of a worker process: where to tell progress, and whether to stop
_channel: dict[str, Any] = {}


def _begin(told: Any, asked: Any) -> None:
    """Set up a worker; Ctrl-C is the parent's to handle, which then asks the workers to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _channel.update(told=told, asked=asked)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    """End this process when its parent is gone: nobody is left to solve for, and what was found is kept."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(name: str, scenario: Scenario, options: SolveOptions, members: Members) -> Plan | None:
    stop = _EventSignal(_channel["asked"])
    if stop.stopped:
        return None
    plan = _solved(scenario, options, lambda step: _channel["told"].put((name, step)), stop, members)
    return replace(plan, scenario=_portable(plan.scenario))


def _portable(scenario: Scenario) -> Scenario:
    """The scenario without what cannot travel between processes and no solve needs: places and notices."""
    return replace(scenario, notices=(), places={})


def _in_processes(
    scenarios: Mapping[str, Scenario],
    options: SolveOptions,
    progress: RunListener | None,
    stop: StopSignal,
    members: Members,
) -> dict[str, Plan]:
    context = multiprocessing.get_context("spawn")
    told, asked = context.Queue(), context.Event()
    with ProcessPoolExecutor(options.jobs, mp_context=context, initializer=_begin, initargs=(told, asked)) as pool:
        running = {n: pool.submit(_work, n, _portable(s), options, members) for n, s in scenarios.items()}
        _wait(running, told, asked, progress, stop)
        done = {name: plan for name, future in running.items() if (plan := future.result()) is not None}
        plans = {name: replace(plan, scenario=scenarios[name]) for name, plan in done.items()}
        if not stop.stopped:
            rough = _to_try(plans)
            again = {n: pool.submit(_work_again, n, _portable(scenarios[n]), rough[n], options) for n in rough}
            _wait(again, told, asked, progress, stop)
            plans |= {n: _better(plans[n], found) for n, f in again.items() if (found := f.result()) is not None}
    return plans


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


def _work_again(name: str, scenario: Scenario, opened: Sequence[Openings], options: SolveOptions) -> Plan | None:
    """Return the best plan of a scenario that opens what a plan of another one does; None where there was no time."""
    stop = _EventSignal(_channel["asked"])
    if stop.stopped:
        return None
    found = _with_networks(scenario, opened, options, lambda step: _channel["told"].put((name, step)), stop)
    return replace(found, scenario=_portable(found.scenario))


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


def _wait(
    running: Mapping[str, Future[Plan | None]], told: Any, asked: Any, progress: RunListener | None, stop: StopSignal
) -> None:
    """Pass on progress until all are done; Ctrl-C or ``stop`` asks the workers to end."""
    while not all(future.done() for future in running.values()):
        try:
            if stop.stopped:
                asked.set()
            name, step = told.get(timeout=0.2)
            if progress is not None:
                progress(name, step)
        except queue.Empty:
            continue
        except KeyboardInterrupt:
            asked.set()
