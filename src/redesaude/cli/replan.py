"""Command replan: next year's scenario from a result and what was done, solved from the plan in hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from redesaude.cli.asked import plan_to_ask
from redesaude.cli.common import Exit, exit_code, tell_notes
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.new_file import new_workbook
from redesaude.cli.progress import showing
from redesaude.cli.summary import show_plan
from redesaude.cli.terminal import console
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.folder_names import REPLANS
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.template import write_scenario
from redesaude.language import N_, Translator, translator
from redesaude.report.folder import place_report
from redesaude.report.placing import check_target, default_folder
from redesaude.report.reviewed.replan import change_words, place_replan, summary_words
from redesaude.report.view import view_of
from redesaude.reviewing.replan import Draft, Replan, solved
from redesaude.reviewing.replan import replan as draft_of
from redesaude.solving.options import SolveOptions

_WRITTEN = N_("Written: {file}, the scenario of the next plan.")
#: changes printed
_SHOWN = 12


def run(
    folder: Path,
    files: Sequence[Path],
    options: SolveOptions,
    *,
    out: Path | None,
    workbook: Path | None,
    lang: str | None,
) -> Exit:
    """Make the next scenario, solve it, write both plan and re-plan, and tell what changed."""
    plan = plan_to_ask(folder, lang)
    say = translator(plan.scenario.settings.language)
    draft = draft_of(plan, files)
    target = check_target(out or default_folder(plan.scenario, REPLANS) / str(draft.review.cutoff))
    scenario = _written(draft, workbook or target.parent / f"{draft.next.scenario.name}.xlsx", say)
    solve_folder = check_target(target.parent / scenario.name if out else default_folder(scenario, "base"))
    stop = CtrlC(say)
    with stop.listening(), showing(console, say) as tell:
        found = solved(draft, scenario, options, tell, stop)
    show_plan(console, found.plan, solve_folder, say)
    placed = place_report(found.plan, solve_folder)
    tell_notes(placed, say)
    if found.plan.has_decisions:
        _tell(found, place_replan(found, target).folder, say)
    return exit_code(found.plan)


def _written(draft: Draft, file: Path, say: Translator) -> Scenario:
    """Write the next scenario and read it back: what is solved is what the file says."""
    with new_workbook(file, say):
        write_scenario(file, draft.next.scenario)
    console.print(say(_WRITTEN, file=file), soft_wrap=True, highlight=False)
    scenario = read_scenario(file)
    return scenario.replace(settings=replace(scenario.settings, language=say.language))


def _tell(found: Replan, folder: Path, say: Translator) -> None:
    """Say the re-plan in short."""
    view = view_of(found.plan)
    changes = [{str(k): v for k, v in row.items()} for row in found.changes.head(_SHOWN).to_dict("records")]
    for sentence in [*summary_words(view, found), *(change_words(view, row) for row in changes)]:
        console.print(sentence, soft_wrap=True, highlight=False)
    console.print(say(N_("Results: {folder}"), folder=folder), soft_wrap=True)
