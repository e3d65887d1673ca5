"""Command alternatives: the best plans that open other services, and which decisions are firm."""

from __future__ import annotations

from pathlib import Path

from redesaude.asking.alternatives import Alternatives, alternatives
from redesaude.cli.asked import ENDING, each_line, plan_to_ask
from redesaude.cli.common import Exit, folder_for, tell_notes
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.taken_up import ANSWERS, members_for
from redesaude.cli.terminal import console
from redesaude.inputs import folder_names
from redesaude.language import N_, translator
from redesaude.report.asked.alternatives import place_alternatives, plan_words
from redesaude.report.view import view_of
from redesaude.solving.options import SolveOptions


def run(
    folder: Path,
    options: SolveOptions,
    *,
    count: int,
    within: float,
    seconds: float,
    resume: bool,
    out: Path | None,
    lang: str | None,
) -> Exit:
    """Look for the best other plans, write them and return how it ended."""
    plan = plan_to_ask(folder, lang)
    say = translator(plan.scenario.settings.language)
    target, stop = folder_for(plan.scenario, out, folder_names.ALTERNATIVES), CtrlC(say, ENDING)
    members, line = members_for(target, plan.scenario, say, ANSWERS, resume=resume), each_line(console)
    with stop.listening():
        found = alternatives(plan, count, within, options, seconds=seconds, progress=line, stop=stop, members=members)
        stop.written = True
        placed = place_alternatives(found, target)
        if not stop.stopped:
            members.clear()
    show(found)
    console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, say)
    return Exit.INTERRUPTED if stop.stopped else Exit.PLAN


def show(found: Alternatives) -> None:
    """Print each plan in a line."""
    view = view_of(found.plans[0].plan)
    for line in plan_words(view, found):
        console.print(line, highlight=False, soft_wrap=True)
