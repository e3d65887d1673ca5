"""What commands share: exit codes, consoles and the language they speak."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from importlib import resources
from pathlib import Path
from typing import NoReturn

import typer

from redesaude.cli.terminal import console, errors
from redesaude.errors import InputError, ToldError
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.scenario import Scenario
from redesaude.language import LANGUAGES, Translator
from redesaude.plan.plan import Plan
from redesaude.report.placing import Placed, check_target, default_folder
from redesaude.status import Status, Termination


class Exit(IntEnum):
    """Exit codes."""

    PLAN = 0
    WRONG_INPUT = 1
    INFEASIBLE = 2
    NO_PLAN_IN_TIME = 3
    FAULT = 4
    INTERRUPTED = 130


#: shown below the help of the commands that end with them
EXIT_CODES = """Exit codes: 0 a plan. 1 the input is wrong, or the results cannot be written where they were asked for.

2 no plan can keep the hard promises; which ones, and by how much, is told. 3 time ran out before any plan was found.

4 a fault of this program; the plan in hand is kept and a report, fault-<time>.json, is written beside the result.

130 interrupted; the best plan so far is saved."""


def language_of(asked: str | None, stated: str | None = None) -> str:
    """Return the language asked for, or else the one that the workbook states, or else English."""
    if asked is not None and asked not in LANGUAGES:
        fail(f"--lang {asked}: use one of {', '.join(LANGUAGES)}")
    return asked or stated or "en"


def read(file: Path, lang: str | None) -> Scenario:
    """Return the scenario of a workbook in the language asked for, or else in its own; so are told its problems."""
    checked = check_workbook(file)
    language = language_of(lang, checked.language)
    if checked.scenario is None:
        raise InputError(checked.problems, language)
    return checked.scenario.replace(settings=replace(checked.scenario.settings, language=language))


def folder_for(scenario: Scenario, out: Path | None, within: str) -> Path:
    """Return the folder for results, ``out`` or ``results/<scenario>/<within>``, having tried to write there."""
    try:
        return check_target(out or default_folder(scenario, within))
    except ToldError as error:
        error.language = scenario.settings.language
        raise


def tell_notes(placed: Placed, say: Translator) -> None:
    """Say what became of an earlier result, or that the results are somewhere else."""
    for note in placed.notes:
        console.print(say(note.sentence, **note.values), soft_wrap=True, highlight=False)


def fail(message: str, code: Exit = Exit.WRONG_INPUT) -> NoReturn:
    """Say what is wrong and end with ``code``."""
    errors.print(message, style="red", soft_wrap=True, highlight=False)
    raise typer.Exit(code)


def exit_code(plan: Plan) -> Exit:
    """Return the exit code that tells how a solve ended."""
    if plan.termination == Termination.FAULT:
        return Exit.FAULT
    if plan.status == Status.INFEASIBLE:
        return Exit.INFEASIBLE
    if plan.termination == Termination.INTERRUPTED:
        return Exit.INTERRUPTED
    return Exit.PLAN if plan.has_decisions else Exit.NO_PLAN_IN_TIME


def demo_workbook() -> Path:
    """Return the Mato Grosso workbook, of the installed package or of the source tree."""
    name = "mato-grosso.xlsx"
    packaged = Path(str(resources.files("redesaude"))) / "scenarios" / name
    return packaged if packaged.exists() else Path(__file__).parents[3] / "scenarios" / name
