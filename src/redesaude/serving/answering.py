"""What was asked of a result by clicking, and its answer in every language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redesaude.asking.answers import Answers, ask
from redesaude.asking.questions import Change, Question
from redesaude.asking.relaxations import may_give_way
from redesaude.language import LANGUAGES
from redesaude.plan.storage import read_plan
from redesaude.report.asked.answers import BETTERED, place_answers
from redesaude.report.asked.relaxations import place_relaxations, relaxation_words
from redesaude.report.asked.words import SHORT, answer_words, question_words
from redesaude.report.comparison.beside import beside_words, change_words
from redesaude.report.view import view_of
from redesaude.serving.child import Told
from redesaude.serving.home import JobFolder, write_json
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import StopSignal
from redesaude.studies.beside import Beside, beside


def write_answers(folder: JobFolder, task: Mapping[str, Any], options: SolveOptions, told: Told) -> bool:
    """Ask the result in the task's folder ``of``, and write what came of it; return whether it was answered."""
    plan, stop = read_plan(Path(task["of"])), StopSignal()
    question = Question((Change(**task["change"]),))
    with stop.on_ctrl_c():
        found = ask(plan, [question], options, progress=lambda _, step: told.tell(step), stop=stop)
    if found.answers:
        place_answers(found, folder.result)
        write_json(folder.answers, {language: _told(found, language) for language in LANGUAGES})
    return bool(found.answers)


def _told(found: Answers, language: str) -> dict[str, Any]:
    view = view_of(found.plan, language)
    each = found.answers[0]
    return {
        "question": question_words(view, each.question),
        "short": view.t(SHORT[each.difference.answer]),
        "answer": answer_words(view, each),
        "note": view.t(BETTERED) if found.bettered else "",
        "changes": [change_words(view, row) for row in found.changes.to_dict("records")],
    }


def write_relaxations(folder: JobFolder, task: Mapping[str, Any], options: SolveOptions) -> None:
    """Find what may give way for the scenario of the task's folder ``of``, which no plan keeps, and write it."""
    found = may_give_way(read_plan(Path(task["of"])), options)
    place_relaxations(found, folder.result)
    told = {language: list(relaxation_words(view_of(found.plan, language), found)) for language in LANGUAGES}
    write_json(folder.answers, told)


def write_beside(folder: JobFolder, task: Mapping[str, Any]) -> None:
    """Set the result in the task's folder ``other`` beside that in ``of``, and write what a page shows of both."""
    found = beside(*(read_plan(Path(task[name])) for name in ("of", "other")))
    write_json(folder.answers, {language: _shown(found, language) for language in LANGUAGES})


def _shown(found: Beside, language: str) -> dict[str, Any]:
    return beside_words(view_of(found.first, language), found)
