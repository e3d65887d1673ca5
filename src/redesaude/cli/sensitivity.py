"""Command sensitivity: which assumptions turn decisions of a result, and where."""

from __future__ import annotations

from pathlib import Path

from redesaude.asking.sensitivity import sensitivity
from redesaude.cli.asked import ENDING, each_line, plan_to_ask
from redesaude.cli.common import Exit, fail, folder_for, tell_notes
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.options import AssumptionsAsked
from redesaude.cli.taken_up import ANSWERS, members_for
from redesaude.cli.terminal import console
from redesaude.inputs.folder_names import SENSITIVITY
from redesaude.language import N_, translator
from redesaude.report.asked.sensitivity import place_sensitivity, sensitivity_words
from redesaude.report.view import view_of

#: flips, and assumptions that matter, told in the terminal
_SHOWN = 8

_NO_DIRECT = N_("No contract of the scenario is direct administration: there is nothing to hold the others against.")


def run(folder: Path, asked: AssumptionsAsked, *, out: Path | None, lang: str | None) -> Exit:
    """Write what the decisions of a result depend on, and return how it ended."""
    plan = plan_to_ask(folder, lang)
    others = [plan_to_ask(other, lang) for other in asked.others or ()]
    say = translator(plan.scenario.settings.language)
    if not (plan.scenario.contracts["delivery_model"] == "direct").any():
        fail(say(_NO_DIRECT))
    target, stop = folder_for(plan.scenario, out, SENSITIVITY), CtrlC(say, ENDING)
    members = members_for(target, plan.scenario, say, ANSWERS, resume=asked.resume)
    with stop.listening():
        tell = each_line(console)
        found = sensitivity(
            plan,
            count=asked.trajectories,
            rows=asked.rows,
            others=others,
            seed=asked.seed,
            seconds=asked.seconds,
            progress=lambda step: tell("", step),
            stop=stop,
            members=members,
        )
        stop.written = True
        placed = place_sensitivity(found, target)
        if not stop.stopped:
            members.clear()
    for line in sensitivity_words(view_of(plan), found, _SHOWN):
        console.print(line, highlight=False, soft_wrap=True)
    console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, say)
    return Exit.INTERRUPTED if stop.stopped else Exit.PLAN
