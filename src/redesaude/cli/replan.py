"""Command replan: next year's scenario from a result and what was done, solved from the plan in hand.

What is found is kept in a journal as that of ``solve``. The same command again uses the scenario that it wrote before,
and begins from what was found for it; where the facts changed meanwhile, the scenario is a new version beside it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from redesaude.cli.asked import plan_to_ask
from redesaude.cli.common import Exit, exit_code, tell_notes
from redesaude.cli.faults import Guard, guarded
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.journal import done_with, journal_for
from redesaude.cli.new_file import new_workbook
from redesaude.cli.progress import showing
from redesaude.cli.summary import show_plan
from redesaude.cli.terminal import console
from redesaude.errors import InputError, ResultError
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.folder_names import REPLANS
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.template import write_scenario
from redesaude.language import N_, Translator, translator
from redesaude.plan.plan import Plan
from redesaude.plan.storage import NAME, read_plan
from redesaude.report.folder import place_report
from redesaude.report.placing import check_target, default_folder
from redesaude.report.reviewed.replan import change_words, place_replan, summary_words
from redesaude.report.view import view_of
from redesaude.reviewing.replan import Draft, Replan, solved
from redesaude.reviewing.replan import replan as draft_of
from redesaude.solving.options import SolveOptions

_WRITTEN = N_("Written: {file}, the scenario of the next plan.")
_THERE = N_("{file} is this very scenario, written before: it is used as it is.")
_VERSION = N_("{file} is of other facts, or was changed since, and stays: the next scenario is a new version of it.")
_BEGINS = N_("The search begins from the plan that {folder} holds of it.")
#: changes printed
_SHOWN = 12


@dataclass(frozen=True)
class Places:
    """What of a re-plan goes where (None: its usual place), in which language, and whether a journal is taken up."""

    out: Path | None
    workbook: Path | None
    lang: str | None
    resume: bool = False


def run(folder: Path, files: Sequence[Path], options: SolveOptions, places: Places) -> Exit:
    """Make the next scenario, solve it, write both plan and re-plan, and tell what changed."""
    plan = plan_to_ask(folder, places.lang)
    say = translator(plan.scenario.settings.language)
    draft = draft_of(plan, files)
    target = check_target(places.out or default_folder(plan.scenario, REPLANS) / str(draft.review.cutoff))
    scenario = _kept(draft, places.workbook, target.parent / f"{draft.next.scenario.name}.xlsx", say)
    solve_folder = check_target(target.parent / scenario.name if places.out else default_folder(scenario, "base"))
    known = list(_found_before(solve_folder, scenario, say))
    journal, stop = journal_for(solve_folder, scenario, say, resume=places.resume), CtrlC(say)
    with guarded(Guard(scenario, options, solve_folder, say)) as guard, stop.listening():
        with showing(console, say) as tell:
            found = solved(draft, scenario, options, tell, stop, journal=journal, known=known)
        guard.stage, guard.plan = "report", found.plan
        show_plan(console, found.plan, solve_folder, say)
        placed = place_report(found.plan, solve_folder)
        done_with(journal, placed, say)
        guard.plan, guard.written = None, placed.folder
        tell_notes(placed, say)
        if found.plan.has_decisions:
            told = place_replan(found, target)
            _tell(found, told.folder, say)
            tell_notes(told, say)
        guard.tell([found.plan])
    return exit_code(found.plan)


def _kept(draft: Draft, stated: Path | None, usual: Path, say: Translator) -> Scenario:
    """Write the next scenario and read it back: what is solved is what the file says.

    A file that says the same is used; one of the usual name that does not stays, and the next free name is taken.
    """
    if (stated or usual).exists():
        own = _fingerprint(draft.next.scenario, usual.name)
        for file in [stated] if stated else _versions(usual):
            if file.exists() and _says(file) == own:
                _print(say(_THERE, file=file))
                return _read(file, say)
            if not file.exists():
                _print(say(_VERSION, file=usual))
                return _written(draft, file, say)
    return _written(draft, stated or usual, say)


def _written(draft: Draft, file: Path, say: Translator) -> Scenario:
    with new_workbook(file, say):
        write_scenario(file, draft.next.scenario)
    _print(say(_WRITTEN, file=file))
    return _read(file, say)


def _read(file: Path, say: Translator) -> Scenario:
    scenario = read_scenario(file)
    return scenario.replace(settings=replace(scenario.settings, language=say.language))


def _versions(file: Path) -> Iterator[Path]:
    """The file and its names with a number."""
    yield file
    yield from (file.with_name(f"{file.stem}-{n}{file.suffix}") for n in count(2))


def _fingerprint(scenario: Scenario, name: str) -> str:
    """What the scenario states once it is written and read back."""
    with tempfile.TemporaryDirectory() as folder:
        write_scenario(Path(folder) / name, scenario)
        return read_scenario(Path(folder) / name).input_sha256


def _says(file: Path) -> str | None:
    """What a workbook states; None where it is no scenario that can be read."""
    try:
        return read_scenario(file).input_sha256
    except InputError:
        return None


def _found_before(folder: Path, scenario: Scenario, say: Translator) -> Iterator[Plan]:
    """The plan that the place of the result holds of this very scenario, where it holds one."""
    if not (folder / NAME).exists():
        return
    try:
        plan = read_plan(folder)
    except ResultError as error:  # damaged: told, and what is found now takes its place
        _print(str(error))
        return
    if plan.has_decisions and plan.scenario.input_sha256 == scenario.input_sha256:
        _print(say(_BEGINS, folder=folder))
        yield plan


def _tell(found: Replan, folder: Path, say: Translator) -> None:
    """Say the re-plan in short."""
    view = view_of(found.plan)
    changes = [{str(k): v for k, v in row.items()} for row in found.changes.head(_SHOWN).to_dict("records")]
    for sentence in [*summary_words(view, found), *(change_words(view, row) for row in changes)]:
        _print(sentence)
    _print(say(N_("Results: {folder}"), folder=folder))


def _print(text: str) -> None:
    console.print(text, soft_wrap=True, highlight=False)
