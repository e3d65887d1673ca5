"""What was asked of a result by clicking, and its answer in every language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redesaude.asking.answers import Answers, ask
from redesaude.asking.questions import Change, Question
from redesaude.language import LANGUAGES
from redesaude.plan.storage import read_plan
from redesaude.report.asked.answers import BETTERED, place_answers
from redesaude.report.asked.words import SHORT, answer_words, question_words
from redesaude.report.comparison.words import CHANGES
from redesaude.report.view import View, view_of
from redesaude.serving.child import Told
from redesaude.serving.home import JobFolder, write_json
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import StopSignal


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
        "changes": [_change(view, row) for row in found.changes.to_dict("records")],
    }


def _change(view: View, row: Mapping[Any, Any]) -> list[str]:
    names, t = view.names, view.t
    site, specialty = str(row["site_id"]), str(row["specialty_id"])
    contracts = [names.contracts.get(str(row[name]), str(row[name])) for name in ("contract_before", "contract_after")]
    told = [names.sites.get(site, site), names.specialties.get(specialty, specialty), t(CHANGES[row["change"]])]
    return [*told, *contracts]
