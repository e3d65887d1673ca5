"""Command report: the result of a plan that is there already, written anew without solving."""

from __future__ import annotations

import time
from dataclasses import replace as changed
from pathlib import Path

from redesaude.cli.common import fail, folder_for, language_of, read, tell_notes
from redesaude.cli.interrupt import CtrlC
from redesaude.cli.journal import done_with, found_beside
from redesaude.cli.options import Results
from redesaude.cli.progress import showing
from redesaude.cli.summary import show_plan
from redesaude.cli.terminal import console
from redesaude.inputs.areas import areas_of
from redesaude.inputs.faults import nearest
from redesaude.inputs.tables import ALL
from redesaude.inputs.variants import apply_variant
from redesaude.language import N_, Translator, translator
from redesaude.plan.journal import journal_beside
from redesaude.plan.plan import Plan
from redesaude.plan.storage import NAME, read_plan
from redesaude.report.folder import Asked, place_report
from redesaude.report.placing import check_target
from redesaude.report.studied import Studied
from redesaude.report.studies import Studies, studies_of
from redesaude.report.study_process import beside
from redesaude.report.terms import REPORT_PHASES
from redesaude.solving.cores import default_threads
from redesaude.solving.journal import Journal
from redesaude.solving.progress import Progress
from redesaude.solving.solve import from_journal

_ONLY_JOURNAL = N_(
    "{folder} holds no result yet, only the journal of a search; name the workbook it was for: "
    "redesaude report WORKBOOK"
)
_ENDING = N_("Interrupted: nothing was written, and nothing that was there is lost.")
_NOTHING = N_("Nothing was found for this input in {folder} yet; solve it first")

_NO_REGION = N_("There is no health region or macro-region {code}.")
_MEANT = N_("Did you mean {suggestion}?")


def run(source: Path, results: Results, *, variant: str, regions: str | None, pictures: bool) -> None:
    """Write the result of ``source``, a folder or the workbook of a search that was cut short."""
    began = time.perf_counter()
    if source.suffix.lower() == ".xlsx" and not source.is_dir():
        plan, target, journal = _of_workbook(source, variant, results.out, results.lang)
    else:
        plan, journal = _of_result(source, results.lang), Journal()
        target = check_target(results.out or source)
    say = translator(plan.scenario.settings.language)
    asked = Asked(None if regions is None else _regions(plan, regions, say), pictures)
    with CtrlC(say, _ENDING, written=True).listening(), showing(console, say) as tell:

        def phase(word: str) -> None:
            tell(Progress("report", time.perf_counter() - began, message=say(REPORT_PHASES[word])))

        studied = Studied(plan)
        made: Studies | None = None
        if results.studies and plan.has_decisions:
            with beside(plan, default_threads()) as other:
                made = studies_of(plan, phase, studied, other)
        phase("write")
        placed = place_report(plan, target, studies=made, studied=studied, asked=asked, replace=results.replace_better)
    show_plan(console, plan, placed.folder, say)
    tell_notes(placed, say)
    done_with(journal, placed, say)


def _regions(plan: Plan, text: str, say: Translator) -> list[str]:
    """The codes of regions that get a workbook; ends the command where the plan has no such region."""
    known = {area.code: area.name for area in areas_of(plan.scenario.territories)}
    asked = [word.strip() for word in text.split(",") if word.strip()]
    if wrong := [word for word in asked if word not in {*known, ALL}]:
        near = nearest(wrong[0], known)
        fail(say(_NO_REGION, code=wrong[0]) + (" " + say(_MEANT, suggestion=near) if near else ""))
    return asked


def _of_result(folder: Path, lang: str | None) -> Plan:
    """The plan of a result, in the language asked for."""
    if not (folder / NAME).exists() and journal_beside(folder.resolve()).exists():
        fail(translator(language_of(lang))(_ONLY_JOURNAL, folder=folder))
    plan = read_plan(folder)
    language = language_of(lang, plan.scenario.settings.language)
    settings = changed(plan.scenario.settings, language=language)
    return changed(plan, scenario=plan.scenario.replace(settings=settings))


def _of_workbook(file: Path, variant: str, out: Path | None, lang: str | None) -> tuple[Plan, Path, Journal]:
    """The plan found so far for an input, where its result goes, and its journal if the plan is from there."""
    scenario = read(file, lang)
    scenario = scenario if variant == "base" else apply_variant(scenario, variant)
    target = folder_for(scenario, out, scenario.variant_id)
    kept = found_beside(target, scenario).kept
    if kept is not None and kept.decisions is not None:
        journal = Journal(journal_beside(target), kept, resume=True)
        return from_journal(scenario, journal), target, journal
    plan = _of_result(target, scenario.settings.language) if (target / NAME).exists() else None
    if plan is None or plan.scenario.input_sha256 != scenario.input_sha256:
        fail(translator(scenario.settings.language)(_NOTHING, folder=target))
    return plan, target, Journal()
