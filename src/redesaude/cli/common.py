"""What commands share: their options, exit codes, consoles and the language they speak."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from redesaude.cli.terminal import console, errors
from redesaude.errors import InputError, ToldError, reason_of
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.scenario import Scenario
from redesaude.language import LANGUAGES, Translator
from redesaude.plan.plan import Plan
from redesaude.report.placing import Placed, check_target, default_folder
from redesaude.solving.options import ENGINES, SolveOptions
from redesaude.solving.parameters import DEFAULTS, SearchParameters, read_parameters
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


def _possible(path: Path | None) -> Path | None:
    """Refuse a path that no file can have here, or that may not be looked at; whether there is one is asked later."""
    try:
        if path is not None:
            path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: {reason_of(error)}") from error
    return path


File = Annotated[Path, typer.Argument(callback=_possible, help="scenario workbook (.xlsx)", show_default=False)]
Result = Annotated[Path, typer.Argument(callback=_possible, help="folder of a result", show_default=False)]
Source = Annotated[
    Path,
    typer.Argument(callback=_possible, help="folder of a result, or scenario workbook (.xlsx)", show_default=False),
]
Lang = Annotated[str | None, typer.Option("--lang", help=f"one of {', '.join(LANGUAGES)}; default: the workbook's")]
Variant = Annotated[str, typer.Option(help="variant of the workbook's variants sheet")]
Out = Annotated[Path | None, typer.Option(help="output folder; default: results/<scenario>/<variant>")]
TimeLimit = Annotated[
    float | None,
    typer.Option(min=1, help="seconds from the input to the plan; default: the workbook's setting"),
]
Gap = Annotated[float | None, typer.Option(min=0, max=1, help="stop at this gap, e.g. 0.01")]
Threads = Annotated[
    int | None, typer.Option(min=1, max=64, help="threads of the solver; default: the cores of the machine, at most 8")
]
Work = Annotated[
    int | None, typer.Option(min=1, help="stop after this many iterations of the solver and steps of our own")
]
Deterministic = Annotated[
    bool,
    typer.Option("--deterministic", help="the same plan every time: one thread, ended by --work, not by seconds"),
]
SearchFile = Annotated[
    Path | None,
    typer.Option(
        "--search", callback=_possible, help="TOML file with parameters of the search; docs/search.md names them all"
    ),
]
Engine = Annotated[str, typer.Option(help="one of " + ", ".join(ENGINES))]
Studies = Annotated[bool, typer.Option(help="value for money, risks, sensitivity: they take a while")]
Replace = Annotated[bool, typer.Option("--replace", help="put this result in place of an earlier one that is better")]
Regions = Annotated[
    str | None, typer.Option(help="health regions and macro-regions that get a workbook: codes after commas, or all")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="take up from the journal of an earlier search of this input, if it left one")
]
Variants = Annotated[str, typer.Option(help="variants of the workbook to add, separated by commas, or all")]
Jobs = Annotated[int, typer.Option(min=1, max=64, help="strategies solved at once, each in a process of its own")]
Seed = Annotated[int, typer.Option(min=0, help="seed of the solver")]


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


def parameters_in(file: Path | None, lang: str | None) -> SearchParameters:
    """Return the parameters of the search that a file states, the usual ones without a file."""
    try:
        return DEFAULTS if file is None else read_parameters(file)
    except InputError as error:
        error.language = language_of(lang)
        raise


def options_of(
    time_limit: float | None, gap: float | None, threads: int | None, seed: int, **others: Any
) -> SolveOptions:
    """Return the options of a solve; those that contradict each other end the command."""
    if (engine := others.get("engine", "auto")) not in ENGINES:
        fail(f"--engine {engine}: use one of {', '.join(ENGINES)}")
    try:
        return SolveOptions(gap=gap, time_limit=time_limit, threads=threads, seed=seed, **others)
    except ValueError as error:
        fail(str(error))


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
