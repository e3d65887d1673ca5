"""Several scenarios solved, one after the other or in processes of their own."""

from __future__ import annotations

import multiprocessing
import queue
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from redesaude.errors import Fault, FaultError, InputError
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_
from redesaude.plan.plan import Plan, Status, Termination
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.solving.relay import is_strict
from redesaude.solving.solve import solve

RunListener = Callable[[str, Progress], object]
"""called with the name of a run and each step of it"""

_FAULT = N_("A fault of this program, not of the scenario, left it without a plan.")

#: earlier plans from which a run may begin
_KNOWN = 3


def solve_all(
    scenarios: Mapping[str, Scenario],
    options: SolveOptions,
    jobs: int = 1,
    progress: RunListener | None = None,
    stop: StopSignal | None = None,
) -> dict[str, Plan]:
    """Return the plan of each scenario by name, in order; those not begun when asked to stop are left out.

    One after the other, each begins from what the plans before it open. ``jobs`` processes solve at once, each with the
    threads of ``options`` or, where those are left open, its share of the cores, and know nothing of each other; on a
    script of one's own that needs the usual guard (``if __name__ == "__main__"``). ``stop`` or Ctrl-C ends what runs,
    keeping its best plan. A scenario in which cases that must be treated reach no site gives a plan without decisions
    that says so, and so does one that a fault of our own left without a plan.
    """
    stop, options = stop or StopSignal(), replace(options, certificate=False)
    jobs = min(jobs, len(scenarios))
    if jobs > 1:
        found = _in_processes(scenarios, replace(options, jobs=jobs), jobs, progress, stop)
    else:
        found = _one_by_one(scenarios, options, progress, stop)
    return {name: found[name] for name in scenarios if name in found}


def _one_by_one(
    scenarios: Mapping[str, Scenario], options: SolveOptions, progress: RunListener | None, stop: StopSignal
) -> dict[str, Plan]:
    found: dict[str, Plan] = {}
    for name, scenario in scenarios.items():
        if stop.stopped:
            break
        try:
            known = [plan for plan in found.values() if plan.has_decisions][-_KNOWN:]
            plan = _solved(scenario, options, partial(progress, name) if progress else None, stop, known)
        except KeyboardInterrupt:
            break
        found[name] = plan
        if plan.termination == Termination.INTERRUPTED:
            break
    return found


def _solved(
    scenario: Scenario,
    options: SolveOptions,
    progress: Callable[[Progress], object] | None,
    stop: StopSignal,
    known: Sequence[Plan] = (),
) -> Plan:
    try:
        return solve(scenario, options, progress, stop, known)
    except InputError as error:
        reason = tuple(str(error).splitlines())
        return Plan(scenario, Status.INFEASIBLE, Termination.PROVEN_INFEASIBLE, seconds={}, options={}, reason=reason)
    except Exception as error:
        if is_strict():
            raise
        faults = (*(error.faults if isinstance(error, FaultError) else ()), Fault.of("solve", error))
        return Plan(scenario, Status.NO_PLAN, Termination.FAULT, reason=(_FAULT,), faults=faults)


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


def _work(name: str, scenario: Scenario, options: SolveOptions) -> Plan | None:
    stop = _EventSignal(_channel["asked"])
    if stop.stopped:
        return None
    plan = _solved(scenario, options, lambda step: _channel["told"].put((name, step)), stop)
    return replace(plan, scenario=_portable(plan.scenario))


def _portable(scenario: Scenario) -> Scenario:
    """The scenario without what cannot travel between processes and no solve needs: places and notices."""
    return replace(scenario, notices=(), places={})


def _in_processes(
    scenarios: Mapping[str, Scenario],
    options: SolveOptions,
    jobs: int,
    progress: RunListener | None,
    stop: StopSignal,
) -> dict[str, Plan]:
    context = multiprocessing.get_context("spawn")
    told, asked = context.Queue(), context.Event()
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(told, asked)) as pool:
        running = {n: pool.submit(_work, n, _portable(s), options) for n, s in scenarios.items()}
        _wait(running, told, asked, progress, stop)
        plans = {name: future.result() for name, future in running.items()}
    return {name: replace(plan, scenario=scenarios[name]) for name, plan in plans.items() if plan is not None}


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
