"""What the commands share that ask a plan in hand: the plan, the place of the answers, lines of progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from redesaude.cli.common import Exit, exit_code, fail, language_of, read
from redesaude.cli.terminal import console
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_, translator
from redesaude.plan.plan import Plan
from redesaude.plan.storage import read_plan
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.solving.solve import solve
from redesaude.status import Status
from redesaude.studies.members import Members

#: what Ctrl-C ends with
ENDING = N_("Interrupted: what was answered is there.")
_NO_PLAN = N_("{folder} holds no plan with decisions: there is nothing to ask of it")

_NO_PLAN_YET = N_("There is no plan to begin from: solve the scenario first, it says why.")
_NO_TIME = N_("No plan to begin from was found in the time there was: give more of it by --time-limit.")

_LINE_EVERY = 5.0


def plan_to_ask(folder: Path, lang: str | None) -> Plan:
    """Return the plan of a result, in the language asked for; ends the command where it decides nothing."""
    plan = plan_or_none_possible(folder, lang)
    if not plan.has_decisions:
        _without_plan(folder, plan)
    return plan


def given(source: Path, lang: str | None) -> tuple[Plan | None, Scenario]:
    """Return the plan of a result and its scenario, or the scenario of a workbook and no plan yet."""
    if source.suffix.lower() == ".xlsx" and not source.is_dir():
        return None, read(source, lang)
    plan = plan_to_ask(source, lang)
    return plan, plan.scenario


def begun(scenario: Scenario, options: SolveOptions, stop: StopSignal, members: Members) -> Plan:
    """Return the plan of a workbook, which is asked then: the one kept of it, or else the one that is found; ends the
    command where there is none.
    """
    line = each_line(console)
    plan = members.kept(scenario, options)
    if plan is None:
        plan = solve(scenario, options, lambda step: line("", step), stop)
        members.keep(plan, scenario, options)
    if not plan.has_decisions:
        short = plan.status == Status.NO_PLAN and not plan.causes
        fail(translator(scenario.settings.language)(_NO_TIME if short else _NO_PLAN_YET), exit_code(plan))
    return plan


def plan_or_none_possible(folder: Path, lang: str | None) -> Plan:
    """Return the same, or a plan without decisions where it is proven that none is possible."""
    plan = read_plan(folder)
    language = language_of(lang, plan.scenario.settings.language)
    plan = replace(plan, scenario=plan.scenario.replace(settings=replace(plan.scenario.settings, language=language)))
    if not plan.has_decisions and plan.status != Status.INFEASIBLE:
        _without_plan(folder, plan)
    return plan


def _without_plan(folder: Path, plan: Plan) -> NoReturn:
    fail(translator(plan.scenario.settings.language)(_NO_PLAN, folder=folder), Exit.WRONG_INPUT)


def telling(to: Console, names: Sequence[str]) -> Callable[[int, Progress], None]:
    """Return what prints lines of numbered questions (:func:`each_line`)."""
    line = each_line(to)

    def tell(number: int, progress: Progress) -> None:
        line(f"{number + 1}/{len(names)} {names[number]}", progress)

    return tell


def each_line(to: Console) -> Callable[[str, Progress], None]:
    """Return what prints a line for each new phase of a question, and otherwise one every few seconds."""
    last: dict[str, tuple[str, float]] = {}

    def tell(name: str, progress: Progress) -> None:
        phase, at = last.get(name, ("", 0.0))
        now = time.monotonic()
        if phase != progress.stage or now - at >= _LINE_EVERY:
            last[name] = progress.stage, now
            to.print(f"{name:<40} {progress}", highlight=False, soft_wrap=True)

    return tell
