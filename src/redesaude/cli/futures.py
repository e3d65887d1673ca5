"""Command futures: a plan in many futures drawn from the ranges of its sheets, and one plan for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from redesaude.asking.alternatives import alternatives
from redesaude.asking.futures import Wanted, many_futures
from redesaude.cli.asked import ENDING, begun, each_line, given
from redesaude.cli.common import Exit, folder_for, tell_notes
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.options import FuturesAsked
from redesaude.cli.taken_up import MANY_FUTURES, members_for
from redesaude.cli.terminal import console
from redesaude.inputs.folder_names import FUTURES
from redesaude.language import N_, translator
from redesaude.plan.plan import Plan
from redesaude.report.asked.futures import place_futures
from redesaude.report.asked.futures_words import futures_words, name_words
from redesaude.report.view import View, view_of
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import Progress, StopSignal
from redesaude.studies.members import Members


@dataclass(frozen=True)
class Drawing:
    """What is drawn, how many plans are tried beside those of the futures, and whether kept work is used."""

    wanted: Wanted
    count: int = 1
    jobs: int = 1
    resume: bool = False


def drawing(asked: FuturesAsked, seed: int) -> Drawing:
    """Return what the options of the command ask for."""
    wanted = Wanted(asked.count, seed, asked.share, asked.waiting)
    return Drawing(wanted, asked.n, asked.jobs, asked.resume)


def run(source: Path, options: SolveOptions, drawn: Drawing, *, out: Path | None, lang: str | None) -> Exit:
    """Look at a plan in many futures, write what came of it and return how it ended."""
    known, scenario = given(source, lang)
    say = translator(scenario.settings.language)
    stop = CtrlC(say, ENDING)
    with stop.listening():
        target = folder_for(scenario, out, FUTURES)
        members = members_for(target, scenario, say, MANY_FUTURES, resume=drawn.resume)
        plan = begun(scenario, options, stop, members) if known is None else known
        wanted, view = replace(drawn.wanted, others=_others(plan, drawn.count, options, stop, members)), view_of(plan)
        line = _named(view)
        found = many_futures(plan, wanted, options, progress=line, stop=stop, members=members, jobs=drawn.jobs)
        stop.written = True
        placed = place_futures(found, target)
        if not found.stopped:
            members.clear()
    for sentence in futures_words(view, found):
        console.print(sentence, highlight=False, soft_wrap=True)
    console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, say)
    return Exit.INTERRUPTED if stop.stopped else Exit.PLAN


def _others(plan: Plan, count: int, options: SolveOptions, stop: StopSignal, members: Members) -> tuple[Plan, ...]:
    """The best plans of another kind, in the time of one search."""
    if count < 2:
        return ()
    seconds = options.limits(plan.scenario.settings).seconds
    line = each_line(console)
    found = alternatives(plan, count, options=options, seconds=seconds, progress=line, stop=stop, members=members)
    return tuple(each.plan for each in found.plans[1:])


def _named(view: View) -> Callable[[str, Progress], None]:
    """Lines of progress under the names that people know."""
    line = each_line(console)
    return lambda name, step: line(name_words(view, name), step)
