"""The yearly review by the page: workbooks of actuals, what came of those that were filled in, and the next plan."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from redesaude.errors import Problem
from redesaude.inputs.checks import read_scenario
from redesaude.inputs.folder_names import HISTORY, as_folder_name
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.template import write_scenario
from redesaude.language import LANGUAGES, translator
from redesaude.plan.plan import Plan
from redesaude.plan.storage import read_plan
from redesaude.report.document.blocks import Document
from redesaude.report.folder import place_report
from redesaude.report.placing import Placed
from redesaude.report.reviewed import replan as replanned
from redesaude.report.reviewed import review as reviewed
from redesaude.report.reviewed.actuals import write_actuals
from redesaude.report.reviewed.trend import trend
from redesaude.report.view import view_of
from redesaude.reviewing.forms import ActualsForm, actuals
from redesaude.reviewing.replan import Draft, replan, solved
from redesaude.reviewing.review import review
from redesaude.serving.child import Told
from redesaude.serving.home import JobFolder, write_json
from redesaude.solving.journal import Journal
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import StopSignal


def write_forms(folder: JobFolder, task: Mapping[str, Any]) -> None:
    """Write the workbook of actuals of the plan in the task's folder ``of``, or one for each region, as files."""
    until = dt.date.fromisoformat(task["until"]) if task["until"] else None
    form = actuals(read_plan(Path(task["of"])), until, task["every"])
    stem = f"actuals-{form.span.cutoff}"
    forms: dict[str, ActualsForm] = {stem: form}
    if task["by_region"]:
        forms = {f"{stem}-{as_folder_name(region) or 'all'}": form.of_region(region) for region in form.regions}
    folder.result.mkdir(exist_ok=True)
    for name, each in forms.items():
        write_actuals(each, folder.result / f"{name}.xlsx", task["language"])
    rows = sum(len(table) for table in form.tables.values())
    write_json(folder.answers, {"begins": str(form.span.begins), "cutoff": str(form.span.cutoff), "rows": rows})


def write_review(folder: JobFolder, task: Mapping[str, Any]) -> None:
    """Review the plan in the task's folder ``of`` by the workbooks of its folder, beside the reviews before.

    Raises
    ------
    InputError
        with every wrong cell of every workbook.

    """
    plan = _in_language(read_plan(Path(task["of"])), task["language"])
    found = review(plan, files_of(folder))
    kept = Path(task["reviews"])
    placed = reviewed.place_review(found, kept / str(found.cutoff))
    shutil.rmtree(folder.result, ignore_errors=True)
    shutil.copytree(placed.folder, folder.result, ignore=shutil.ignore_patterns(HISTORY))
    page = reviewed.asked(found, trend(found, kept)).document
    notices = found.actuals.notices
    told = {
        language: _told(view_document(page, plan, language)) | {"notices": _sentences(notices, language)}
        for language in LANGUAGES
    }
    write_json(folder.answers, told)


def next_drafted(folder: JobFolder, task: Mapping[str, Any]) -> tuple[Draft, Scenario]:
    """Write the scenario of the next plan after a review, and return it as it was read again: what its file says.

    Raises InputError as :func:`write_review` does.
    """
    plan = _in_language(read_plan(Path(task["of"])), task["language"])
    draft = replan(plan, files_of(JobFolder(Path(task["reviewed"]))))
    shutil.rmtree(folder.next, ignore_errors=True)
    folder.next.mkdir()
    book = folder.next / f"{as_folder_name(draft.next.scenario.name) or 'next'}.xlsx"
    write_scenario(book, draft.next.scenario)
    scenario = read_scenario(book)
    return draft, scenario.replace(settings=replace(scenario.settings, language=task["language"]))


def write_replan(
    folder: JobFolder, drafted: tuple[Draft, Scenario], options: SolveOptions, told: Told, journal: Journal
) -> tuple[Plan, Placed]:
    """Solve the next scenario from the plan in hand, write what is otherwise in it and why; return plan and place."""
    stop = StopSignal()
    with stop.on_ctrl_c():
        found = solved(*drafted, options, told.tell, stop, journal=journal)
    placed = place_report(found.plan, folder.result)
    if found.plan.has_decisions:
        replanned.place_replan(found, folder.result / "replan")
        page = replanned.asked(found).document
        write_json(
            folder.answers, {language: _told(view_document(page, found.plan, language)) for language in LANGUAGES}
        )
    return found.plan, placed


def files_of(folder: JobFolder) -> list[Path]:
    """Return the workbooks of actuals that a job was given, in the order in which they were sent."""
    return sorted(folder.actuals.glob("*/*.xlsx"), key=lambda path: int(path.parent.name))


def view_document(page: Any, plan: Plan, language: str) -> Document:
    """Return the paper that the report makes, in a language."""
    document: Document = page(view_of(plan, language))
    return document


def _told(document: Document) -> dict[str, Any]:
    """What a page shows of a paper: its title, and its blocks with their kind."""
    blocks = [{"block": type(block).__name__.lower(), **_plain(asdict(block))} for block in document.blocks]
    return {"title": document.title, "subtitle": document.subtitle, "blocks": blocks}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in values.items()}


def _in_language(plan: Plan, language: str) -> Plan:
    settings = replace(plan.scenario.settings, language=language)
    return replace(plan, scenario=plan.scenario.replace(settings=settings))


def _sentences(notices: Sequence[Problem], language: str) -> list[str]:
    say = translator(language)
    return [f"{each.sheet}!{each.cell}  {say(each.found, **each.values)}" for each in notices]
