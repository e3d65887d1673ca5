"""Command review: what was planned, what was done, and what that means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from redesaude.cli.asked import plan_to_ask
from redesaude.cli.common import tell_notes
from redesaude.cli.terminal import console
from redesaude.inputs.folder_names import REVIEWS
from redesaude.language import N_, translator
from redesaude.report.placing import check_target, default_folder
from redesaude.report.reviewed.review import place_review, summary_words
from redesaude.report.view import view_of
from redesaude.reviewing.review import review


def run(folder: Path, files: Sequence[Path], *, out: Path | None, lang: str | None) -> None:
    """Review a result by workbooks of actuals, write the review and tell it in short."""
    plan = plan_to_ask(folder, lang)
    say = translator(plan.scenario.settings.language)
    found = review(plan, files)
    target = check_target(out or default_folder(plan.scenario, REVIEWS) / str(found.cutoff))
    for notice in found.actuals.notices:
        text = say(notice.found, **notice.values)
        console.print(f"{notice.sheet}!{notice.cell}  {text}", style="yellow", soft_wrap=True, highlight=False)
    placed = place_review(found, target)
    for sentence in summary_words(view_of(plan), found):
        console.print(sentence, soft_wrap=True, highlight=False)
    console.print(say(N_("Results: {folder}"), folder=placed.folder), soft_wrap=True)
    tell_notes(placed, say)
