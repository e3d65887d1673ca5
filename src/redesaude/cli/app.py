"""Commands: new, check, solve, demo, compare. Exit codes are the contract of the README."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import metadata, resources
from pathlib import Path
from typing import Annotated

import typer

from redesaude.assemble import input_problems
from redesaude.cli.common import (
    EXIT_CODES,
    Deterministic,
    Engine,
    Exit,
    File,
    Gap,
    Lang,
    Out,
    Replace,
    Resume,
    Seed,
    Studies,
    Threads,
    TimeLimit,
    Variant,
    Work,
    exit_code,
    fail,
    folder_for,
    language_of,
    options_of,
    read,
    tell_notes,
)
from redesaude.cli.compare import compare
from redesaude.cli.faults import Guard, guarded
from redesaude.cli.history import history
from redesaude.cli.interrupt import CtrlC, end_at_once
from redesaude.cli.journal import done_with, journal_for
from redesaude.cli.problems import show_problems
from redesaude.cli.progress import showing
from redesaude.cli.report import report
from redesaude.cli.summary import show_plan
from redesaude.cli.terminal import console, errors, leave_quietly
from redesaude.cli.verify import verify
from redesaude.errors import Fault, FaultError, InputError, RedesaudeError, ToldError
from redesaude.inputs.checks import check_workbook
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.template import write_workbook
from redesaude.inputs.variants import apply_variant
from redesaude.language import LANGUAGES, N_, translator
from redesaude.plan.plan import Plan
from redesaude.report.folder import place_report
from redesaude.report.placing import Placed
from redesaude.report.terms import REPORT_PHASES
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress
from redesaude.solving.solve import solve as solve_scenario

app = typer.Typer(no_args_is_help=True, add_completion=False, invoke_without_command=True)
app.command(epilog=EXIT_CODES)(compare)
app.command(epilog=EXIT_CODES)(report)
app.command()(verify)
app.command()(history)


@app.callback(epilog=EXIT_CODES)
def options(
    version: Annotated[bool, typer.Option("--version", help="tell the version and end", is_eager=True)] = False,
) -> None:
    """Where to put specialist centres, and under which contract."""
    if version:
        console.print(f"redesaude {metadata.version('redesaude')}", highlight=False)
        raise typer.Exit(Exit.PLAN)


#: typer carries its own copy of click, so that the class of its usage errors is found through one it exports
_USAGE: tuple[type[BaseException], ...] = (typer.BadParameter.__bases__[0],)


@app.command()
def new(file: File, lang: Annotated[str, typer.Option("--lang", help=", ".join(LANGUAGES))] = "en") -> None:
    """Write a blank, commented workbook to fill in."""
    say = translator(language_of(lang))
    if file.exists():
        fail(say(N_("{file} exists already; name a new file"), file=file))
    if file.suffix.lower() != ".xlsx":
        fail(say(N_("{file}: the name of a workbook ends in .xlsx"), file=file))
    file.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(file, {}, {"language": lang}, lang, blank=True)
    console.print(say(N_("Written: {file}. Its first sheet says how to fill it."), file=file), soft_wrap=True)


@app.command()
def check(file: File, lang: Lang = None) -> None:
    """List everything wrong with a workbook, each with its cell and how to mend it."""
    checked = check_workbook(file)
    problems = checked.problems if checked.scenario is None else (*checked.problems, *input_problems(checked.scenario))
    show_problems(console, problems, translator(language_of(lang, checked.language)))
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(Exit.WRONG_INPUT)


@app.command(epilog=EXIT_CODES)
def solve(
    file: File,
    *,
    variant: Variant = "base",
    out: Out = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    threads: Threads = None,
    work: Work = None,
    deterministic: Deterministic = False,
    seed: Seed = 0,
    engine: Engine = "auto",
    studies: Studies = True,
    resume: Resume = False,
    replace_better: Replace = False,
    lang: Lang = None,
) -> None:
    """Solve a scenario and write its output folder."""
    options = options_of(time_limit, gap, threads, seed, engine=engine, work=work, deterministic=deterministic)
    raise typer.Exit(_run(_Job(file, options, variant, out, lang, studies, replace_better, resume)))


@app.command(epilog=EXIT_CODES)
def demo(
    *,
    out: Out = None,
    time_limit: TimeLimit = 100.0,
    gap: Gap = None,
    threads: Threads = None,
    seed: Seed = 0,
    studies: Studies = True,
    replace_better: Replace = False,
    lang: Lang = None,
) -> None:
    """Solve the Mato Grosso scenario, end to end."""
    options = options_of(time_limit, gap, threads, seed)
    raise typer.Exit(_run(_Job(demo_workbook(), options, out=out, lang=lang, studies=studies, replace=replace_better)))


def demo_workbook() -> Path:
    """Return the Mato Grosso workbook, of the installed package or of the source tree."""
    name = "mato-grosso.xlsx"
    packaged = Path(str(resources.files("redesaude"))) / "scenarios" / name
    return packaged if packaged.exists() else Path(__file__).parents[3] / "scenarios" / name


@dataclass(frozen=True)
class _Job:
    """What a solve was asked for on the command line."""

    file: Path
    options: SolveOptions
    variant: str = "base"
    out: Path | None = None
    lang: str | None = None
    studies: bool = True
    replace: bool = False
    resume: bool = False

    def scenario(self) -> Scenario:
        """The scenario asked for: the workbook's, its variant, in the language asked for."""
        scenario = read(self.file, self.lang)
        return scenario if self.variant == "base" else apply_variant(scenario, self.variant)


def _run(job: _Job) -> Exit:
    began = time.perf_counter()
    scenario = job.scenario()
    reading = time.perf_counter() - began
    say = translator(scenario.settings.language)
    target = folder_for(scenario, job.out, scenario.variant_id)
    journal, stop = journal_for(target, scenario, say, resume=job.resume), CtrlC(say)
    with guarded(Guard(scenario, job.options, target, say)) as guard, stop.listening():
        with showing(console, say) as tell:
            tell(Progress("read", reading, message=scenario.settings.title))
            plan = solve_scenario(scenario, job.options, tell, stop, journal=journal)
            plan = replace(plan, seconds={"read": reading, **plan.seconds, "total": time.perf_counter() - began})

            def phase(word: str) -> None:
                tell(Progress("report", time.perf_counter() - began, message=say(word)))

            phase(REPORT_PHASES["write"])
            guard.stage, guard.plan = "report", plan
            placed = place_report(plan, target, studies=False, replace=job.replace)
            done_with(journal, placed, say)
            guard.stage, guard.plan, guard.written, stop.written = "studies", None, placed.folder, True
            if placed.written and job.studies and plan.has_decisions and not stop.stopped:
                placed = _with_studies(plan, placed, phase)
        show_plan(console, plan, placed.folder, say)
        tell_notes(placed, say)
        guard.tell([plan])
    return exit_code(plan)


def _with_studies(plan: Plan, first: Placed, tell: Callable[[str], object]) -> Placed:
    """Write a report that is there already again with its studies: Ctrl-C during those loses no plan."""
    again = place_report(plan, first.folder, progress=lambda phase: tell(REPORT_PHASES[phase]))
    return replace(again, notes=first.notes + again.notes)


def main() -> None:
    """Run the command line; every error becomes words and an exit code, never a traceback."""
    try:
        code = app(standalone_mode=False)
    except InputError as error:
        show_problems(errors, error.problems, translator(error.language or "en"))
        code = Exit.WRONG_INPUT
    except FaultError as error:
        code = _fault(error)
    except ToldError as error:
        say = translator(error.language or "en")
        errors.print(say(error.sentence, **error.values), style="red", soft_wrap=True, highlight=False)
        code = Exit.WRONG_INPUT
    except RedesaudeError as error:
        errors.print(str(error), style="red", soft_wrap=True, highlight=False)
        code = Exit.WRONG_INPUT
    except _USAGE as error:
        errors.print(f"{error}  (redesaude --help)", style="red", soft_wrap=True, highlight=False)
        code = Exit.WRONG_INPUT
    except (KeyboardInterrupt, typer.Abort):
        end_at_once()
        errors.print("interrupted")
        code = Exit.INTERRUPTED
    except Exception as error:  # where no scenario was read yet there is nothing to report but this
        code = _fault(error)
    leave_quietly()
    sys.exit(code)


def _fault(error: Exception) -> Exit:
    """Tell a fault of which nothing is known but where it was raised."""
    fault = Fault.of("command", error)
    for line in (f"A fault of this program, not of your input: {fault}", *fault.trace):
        errors.print(line, style="red", soft_wrap=True, highlight=False)
    return Exit.FAULT
