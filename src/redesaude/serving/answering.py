"""What was asked of a result by clicking, and its answer in every language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redesaude.asking.answers import Answers, ask
from redesaude.asking.questions import SET, Change, Question, worded
from redesaude.asking.relaxations import MayGiveWay, may_give_way
from redesaude.inputs.scenario import Scenario
from redesaude.language import LANGUAGES
from redesaude.plan.storage import read_plan
from redesaude.promises.causes import CUT
from redesaude.report.asked.answers import BETTERED, place_answers
from redesaude.report.asked.relaxations import GIVEN_WAY, place_relaxations, relaxation_words, set_words
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
    question = _question(plan.scenario, task["change"])
    with stop.on_ctrl_c():
        found = ask(plan, [question], options, progress=lambda _, step: told.tell(step), stop=stop)
    if found.answers:
        place_answers(found, folder.result)
        write_json(folder.answers, {language: _told(found, language) for language in LANGUAGES})
    return bool(found.answers)


def _question(scenario: Scenario, change: Mapping[str, Any]) -> Question:
    """The question that a task holds: cells in words, or a service or site."""
    if change["kind"] == SET:
        return worded(scenario, change["words"], change["value"])
    return Question((Change(**change),))


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
    write_json(folder.answers, {language: _giving(found, language) for language in LANGUAGES})


def _giving(found: MayGiveWay, language: str) -> dict[str, Any]:
    """The sets that may give way, each with its words, and the cells that do so; none: no cell alone does."""
    view = view_of(found.plan, language)
    sets = [
        {"rank": rank, "words": set_words(view, each), "cells": [(cell.place, cell.value) for cell in each.cells]}
        for rank, each in enumerate(found.ranked, start=1)
    ]
    cut = view.t.tell(CUT) if found.cut else ""
    return {"title": view.t(GIVEN_WAY), "lines": list(relaxation_words(view, found)), "sets": sets, "cut": cut}


def write_beside(folder: JobFolder, task: Mapping[str, Any]) -> None:
    """Set the result in the task's folder ``other`` beside that in ``of``, and write what a page shows of both."""
    found = beside(*(read_plan(Path(task[name])) for name in ("of", "other")))
    write_json(folder.answers, {language: _shown(found, language) for language in LANGUAGES})


def _shown(found: Beside, language: str) -> dict[str, Any]:
    return beside_words(view_of(found.first, language), found)
