"""Command ask: what a plan in hand would cost with something forced, closed or changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from redesaude.asking.answers import Answers, ask
from redesaude.asking.questions import Question, typed
from redesaude.cli.asked import ENDING, plan_to_ask, telling
from redesaude.cli.common import Exit, fail, folder_for, tell_notes
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.taken_up import ANSWERS, members_for
from redesaude.cli.terminal import console
from redesaude.inputs.folder_names import ASK
from redesaude.inputs.scenario import Scenario
from redesaude.language import N_, translator
from redesaude.report.asked.answers import BETTERED, place_answers
from redesaude.report.asked.words import answer_words, question_words
from redesaude.report.view import view_of
from redesaude.solving.options import SolveOptions

_NOTHING = N_(
    "Nothing is asked: --open SITE/SPECIALTY, --close SITE, --contract SITE=CONTRACT or --set SHEET/KEY/COLUMN=VALUE"
)


@dataclass(frozen=True)
class Wanted:
    """What is asked for, as it is typed, by kind; ``together``: all of it as one question; ``resume``: kept answers
    are taken up.
    """

    texts: Mapping[str, Sequence[str]]
    together: bool = False
    resume: bool = False

    def questions(self, scenario: Scenario) -> list[Question]:
        """Return the questions; InputError for one that cannot be read."""
        changes = [typed(scenario, kind, text) for kind, texts in self.texts.items() for text in texts]
        return [Question(tuple(changes))] if self.together and changes else [Question((one,)) for one in changes]


def run(folder: Path, options: SolveOptions, wanted: Wanted, *, out: Path | None, lang: str | None) -> Exit:
    """Ask the plan of a result, write the answers and return how it ended."""
    plan = plan_to_ask(folder, lang)
    say = translator(plan.scenario.settings.language)
    questions = wanted.questions(plan.scenario)
    if not questions:
        fail(say(_NOTHING))
    target, stop = folder_for(plan.scenario, out, ASK), CtrlC(say, ENDING)
    members = members_for(target, plan.scenario, say, ANSWERS, resume=wanted.resume)
    view = view_of(plan)
    names = [question_words(view, question) for question in questions]
    with stop.listening():
        found = ask(plan, questions, options, progress=telling(console, names), stop=stop, members=members)
        stop.written = True
        placed = place_answers(found, target)
        if not stop.stopped:
            members.clear()
    show(found)
    console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, say)
    return Exit.PLAN if len(found.answers) == len(questions) else Exit.INTERRUPTED


def show(found: Answers) -> None:
    """Print each answer below its question."""
    view = view_of(found.plan)
    if found.bettered:
        console.print(view.t(BETTERED), highlight=False, soft_wrap=True)
    for each in found.answers:
        console.print(question_words(view, each.question), style="bold", highlight=False, soft_wrap=True)
        console.print(f"  {answer_words(view, each)}", highlight=False, soft_wrap=True)
