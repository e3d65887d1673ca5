"""The commands and what each is given. Exit codes are the contract of the README.

What solves or writes reports is imported by the command that does it, so that the others start at once.
"""

from __future__ import annotations

import gc
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from redesaude.cli.common import EXIT_CODES, Exit, demo_workbook, language_of
from redesaude.cli.history import history
from redesaude.cli.options import (
    ActualsFiles,
    ActualsOut,
    Asking,
    AssumptionsAsked,
    AtCluster,
    Beginning,
    Budget,
    ByRegion,
    Copy,
    Curve,
    Each,
    Effort,
    Facts,
    File,
    FuturesAsked,
    Jobs,
    Lang,
    Named,
    NextWorkbook,
    Number,
    Often,
    Out,
    Pictures,
    Regions,
    Result,
    Results,
    Resume,
    Searching,
    Serving,
    Sets,
    Solved,
    Sought,
    Source,
    Until,
    Values,
    Variant,
    Variants,
    Wished,
    Within,
    spread,
)
from redesaude.cli.outcome import outcome
from redesaude.cli.problems import show_problems
from redesaude.cli.terminal import console, leave_quietly
from redesaude.inputs.checks import check_workbook
from redesaude.language import translator

app = typer.Typer(no_args_is_help=True, add_completion=False, invoke_without_command=True)
app.command()(history)


@app.callback(epilog=EXIT_CODES)
def options(
    version: Annotated[bool, typer.Option("--version", help="tell the version and end", is_eager=True)] = False,
) -> None:
    """Where to put specialist centres, and under which contract."""
    if version:
        console.print(f"redesaude {metadata.version('redesaude')}", highlight=False)
        raise typer.Exit(Exit.PLAN)


#: options that go together, as they are where nobody says otherwise
_RESULTS, _SEARCH, _DEMO, _EFFORT = Results(), Searching(), Effort(time_limit=100.0), Effort()
_NAMED, _SERVING, _SOUGHT, _BEGIN = Named(), Serving(), Sought(), Beginning()
_ASKING, _FUTURES, _CURVE, _BLANK = Asking(), FuturesAsked(), Curve(), Wished()
_ASSUMPTIONS = AssumptionsAsked()


@app.command()
@spread
def new(file: File, *, wished: Wished = _BLANK, facts: Facts = None, lang: Lang = None) -> None:
    """Write a blank, commented workbook to fill in, or a draft of any state of Brazil from the facts that are known."""
    from redesaude.cli.new import run

    run(file, wished, facts, lang)


@app.command()
def check(file: File, lang: Lang = None) -> None:
    """List everything wrong with a workbook and each of its variants, with its cell and how to mend it."""
    checked = check_workbook(file)
    problems = checked.problems
    if checked.scenario is not None:
        from redesaude.assemble import input_problems
        from redesaude.inputs.variants import variant_problems

        problems = (*problems, *input_problems(checked.scenario), *variant_problems(checked.scenario))
    show_problems(console, problems, translator(language_of(lang, checked.language)))
    if any(problem.severity != "warning" for problem in problems):
        raise typer.Exit(Exit.WRONG_INPUT)


@app.command(epilog=EXIT_CODES)
@spread
def solve(
    file: File,
    *,
    variant: Variant = "base",
    sought: Sought = _SOUGHT,
    search: Searching = _SEARCH,
    beginning: Beginning = _BEGIN,
    results: Results = _RESULTS,
) -> None:
    """Solve a scenario and write its output folder."""
    from redesaude.cli.solve import Job, run

    raise typer.Exit(run(Job(file, search.options(results.lang), results, variant, beginning, sought)))


@app.command(epilog=EXIT_CODES)
@spread
def demo(*, effort: Effort = _DEMO, results: Results = _RESULTS) -> None:
    """Solve the Mato Grosso scenario, end to end."""
    options = effort.options(results.lang)
    from redesaude.cli.solve import Job, run

    raise typer.Exit(run(Job(demo_workbook(), options, results)))


@app.command(epilog=EXIT_CODES)
@spread
def compare(
    file: File,
    *,
    variants: Variants = "",
    jobs: Jobs = 1,
    cluster: AtCluster = None,
    out: Out = None,
    search: Searching = _SEARCH,
    resume: Resume = False,
    lang: Lang = None,
) -> None:
    """Compare today, everything direct, PPP where eligible, the best mix and variants, and write their folder."""
    options = search.options(lang)
    from redesaude.cli.compare import Places, run

    raise typer.Exit(run(file, options, Places(jobs, cluster, out, resume), variants=variants, lang=lang))


@app.command(epilog=EXIT_CODES)
@spread
def ask(
    folder: Result,
    *,
    asking: Asking = _ASKING,
    effort: Searching = _SEARCH,
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Ask a result what it would cost to open, close, let otherwise or change something: a proven interval each."""
    options = effort.options(lang)
    from redesaude.cli.ask import Wanted, run

    texts = {"open": asking.opened, "close": asking.closed, "contract": asking.contract, "set": asking.cells}
    wanted = Wanted({kind: asked or () for kind, asked in texts.items()}, asking.together, asking.resume)
    raise typer.Exit(run(folder, options, wanted, out=out, lang=lang))


@app.command(epilog=EXIT_CODES, context_settings={"ignore_unknown_options": True})
@spread
def variant(
    file: File,
    values: Values = None,
    *,
    sets: Sets = None,
    named: Named = _NAMED,
    out: Copy = None,
    solved: Solved = False,
    search: Searching = _SEARCH,
    lang: Lang = None,
) -> None:
    """Make a what-if variant from a few words, such as --set "capital ceiling" -20%, in a copy of the workbook."""
    options = search.options(lang)
    from redesaude.cli.variant import Wanted, run

    wanted = Wanted(sets or (), values or (), named.name, named.title, named.inherits)
    copy, code = run(file, wanted, out=out, lang=lang)
    if solved:
        from redesaude.cli.solve import Job
        from redesaude.cli.solve import run as solve_copy

        raise typer.Exit(solve_copy(Job(copy, options, Results(lang=lang), code)))


@app.command(epilog=EXIT_CODES)
@spread
def norms(
    source: Source,
    *,
    variant: Variant = "base",
    each: Each = 30.0,
    out: Out = None,
    search: Searching = _SEARCH,
    lang: Lang = None,
) -> None:
    """Tell what each norm costs that a plan keeps, with and without it, and what keeping those would that it misses."""
    options = search.options(lang)
    from redesaude.cli.norms import run

    raise typer.Exit(run(source, options, variant=variant, each=each, out=out, lang=lang))


@app.command(epilog=EXIT_CODES)
@spread
def why(
    folder: Result,
    *,
    seconds: Budget = 60.0,
    resume: Resume = False,
    effort: Searching = _SEARCH,
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Say why a result is as it is: what turning round each service costs, what promises are worth, who loses."""
    from redesaude.cli.why import run

    raise typer.Exit(run(folder, effort.options(lang), seconds=seconds, resume=resume, out=out, lang=lang))


@app.command(epilog=EXIT_CODES)
@spread
def frontier(
    source: Source,
    *,
    curve: Curve = _CURVE,
    effort: Searching = _SEARCH,
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Tell what more access, or of another measure, costs from a result or workbook on: a proven interval each."""
    options = effort.options(lang)
    from redesaude.cli.frontier import Wanted, run

    wanted = Wanted(curve.measure, curve.levels, curve.access, curve.against, curve.money, curve.resume, out)
    raise typer.Exit(run(source, options, wanted, lang=lang))


@app.command(epilog=EXIT_CODES)
@spread
def alternatives(
    folder: Result,
    *,
    n: Number = 5,
    within: Within = 0.05,
    seconds: Budget = 300.0,
    resume: Resume = False,
    effort: Searching = _SEARCH,
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Find the best plans that open other services than a result, and tell which decisions are firm."""
    options = effort.options(lang)
    from redesaude.cli.alternatives import run

    raise typer.Exit(run(folder, options, count=n, within=within, seconds=seconds, resume=resume, out=out, lang=lang))


@app.command(epilog=EXIT_CODES)
@spread
def futures(
    source: Source,
    *,
    asked: FuturesAsked = _FUTURES,
    effort: Searching = _SEARCH,
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Try a plan in many futures drawn from the ranges of its sheets, and choose one plan for all of them."""
    options = effort.options(lang)
    from redesaude.cli.futures import drawing, run

    raise typer.Exit(run(source, options, drawing(asked, effort.seed), out=out, lang=lang))


@app.command()
@spread
def actuals(
    folder: Result,
    *,
    until: Until = None,
    every: Often = "year",
    regions: ByRegion = None,
    out: ActualsOut = None,
    lang: Lang = None,
) -> None:
    """Write a workbook of what a result has due by a date, in which is typed what was done."""
    from redesaude.cli.actuals import run

    run(folder, until=until, every=every, regions=regions, out=out, lang=lang)


@app.command()
@spread
def review(folder: Result, actuals: ActualsFiles, *, out: Out = None, lang: Lang = None) -> None:
    """Say what of a result was delivered, late or not done, and what that means for people and money."""
    from redesaude.cli.review import run

    run(folder, actuals, out=out, lang=lang)


@app.command(epilog=EXIT_CODES)
@spread
def replan(
    folder: Result,
    actuals: ActualsFiles,
    *,
    effort: Effort = _EFFORT,
    workbook: NextWorkbook = None,
    resume: Resume = False,
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Make next year's scenario from a result and what was done, solve it, and say what changed and why."""
    options = effort.options(lang)
    from redesaude.cli.replan import Places, run

    raise typer.Exit(run(folder, actuals, options, Places(out, workbook, lang, resume)))


@app.command(epilog=EXIT_CODES)
@spread
def sensitivity(
    folder: Result,
    *,
    asked: AssumptionsAsked = _ASSUMPTIONS,
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Tell which assumptions turn contracts of a result, which matter together, and what knowing them is worth."""
    language_of(lang)
    from redesaude.cli.sensitivity import run

    raise typer.Exit(run(folder, asked, out=out, lang=lang))


@app.command(epilog=EXIT_CODES)
@spread
def report(
    source: Source,
    *,
    variant: Variant = "base",
    regions: Regions = None,
    pictures: Pictures = False,
    results: Results = _RESULTS,
) -> None:
    """Write the result of a plan without solving again: that of a result, or of a search that was cut short."""
    from redesaude.cli.report import run

    run(source, results, variant=variant, regions=regions, pictures=pictures)


@app.command()
def verify(folder: Result, *, lang: Lang = None) -> None:
    """Recompute what a result states, and its bound without a solver. Exit code 0 if it holds, 1 if not."""
    from redesaude.cli.verify import run

    raise typer.Exit(run(folder, lang))


@app.command()
@spread
def serve(*, serving: Serving = _SERVING) -> None:
    """Open the page on this machine: check, run, read and ask without a terminal."""
    from redesaude.cli.serve import run

    raise typer.Exit(run(serving))


@app.command(hidden=True)
def job(folder: Path) -> None:
    """Do a piece of work of the page: started by its server, not by hand."""
    from redesaude.cli.job import run

    raise typer.Exit(run(folder, outcome))


def main() -> None:
    """Run the command line; every error becomes words and an exit code, never a traceback."""
    gc.set_threshold(50_000, 20, 10)  # more rounds of the collector took 6 % of imports and reports
    code = outcome(lambda: app(standalone_mode=False))
    leave_quietly()
    sys.exit(code)
