"""A piece of work of the page, in a process of its own: what to do stands in its folder, and then what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from redesaude.cli.common import Exit, exit_code
from redesaude.cli.options import Beginning, Results, Wished
from redesaude.cli.progress import telling_also
from redesaude.errors import InputError
from redesaude.language import translator
from redesaude.serving.child import Told, end, task_of, within_limits
from redesaude.serving.home import JobFolder, write_json
from redesaude.solving.options import SolveOptions

Task = Mapping[str, Any]
Outcome = Callable[[Callable[[], int | None]], int | None]


def run(path: Path, outcome: Outcome) -> int:
    """Do what the folder at ``path`` asks for, and write there how it ended."""
    folder = JobFolder(path)
    task = task_of(folder)
    with within_limits(folder, task) as told, telling_also(told.tell):
        code = int(outcome(lambda: do(folder, task, told)) or 0)
    end(folder, code)
    return code


def do(folder: JobFolder, task: Task, told: Told) -> int:
    """Do what a task asks for; what is wrong with its input is kept for the page too, with every cell."""
    from redesaude.serving.checking import problems_told

    try:
        return _WORK[task["kind"]](folder, task, told)
    except InputError as error:
        write_json(folder.problems, problems_told(error.problems))
        raise


def _check(folder: JobFolder, task: Task, _: Told) -> int:
    from redesaude.serving.checking import write_check

    before = Path(task["before"]) if task.get("before") else None
    return Exit.PLAN if write_check(Path(task["workbook"]), folder, before) else Exit.WRONG_INPUT


def _draft(folder: JobFolder, task: Task, _: Told) -> int:
    from redesaude.cli.new import run as draft

    folder.workbook.unlink(missing_ok=True)
    draft(folder.workbook, Wished(**task["wished"]), None, task["language"])
    return Exit.PLAN


def _solve(folder: JobFolder, task: Task, told: Told) -> int:
    from redesaude.cli.solve import Job
    from redesaude.cli.solve import run as solve
    from redesaude.serving.reading import write_pages

    options = SolveOptions(time_limit=task["seconds"], gap=task["gap"], threads=task["cores"])
    results = Results(out=folder.result, studies=False, lang=task["language"])
    code = solve(Job(Path(task["workbook"]), options, results, task["variant"], Beginning(bool(task.get("resume")))))
    write_pages(folder, told)
    return code


def _ask(folder: JobFolder, task: Task, told: Told) -> int:
    from redesaude.serving.answering import write_answers

    options = SolveOptions(time_limit=task["seconds"], threads=task["cores"])
    return Exit.PLAN if write_answers(folder, task, options, told) else Exit.INTERRUPTED


def _relax(folder: JobFolder, task: Task, _: Told) -> int:
    from redesaude.serving.answering import write_relaxations

    write_relaxations(folder, task, SolveOptions(time_limit=task["seconds"], threads=task["cores"]))
    return Exit.PLAN


def _variant(folder: JobFolder, task: Task, _: Told) -> int:
    from redesaude.cli.variant import Wanted
    from redesaude.cli.variant import run as write_variant

    folder.workbook.unlink(missing_ok=True)
    wanted = Wanted(task["words"], task["values"], title=task["title"], inherits=task["inherits"])
    write_variant(Path(task["workbook"]), wanted, out=folder.workbook, lang=task["language"])
    return Exit.PLAN


def _beside(folder: JobFolder, task: Task, _: Told) -> int:
    from redesaude.serving.answering import write_beside

    write_beside(folder, task)
    return Exit.PLAN


def _frontier(folder: JobFolder, task: Task, told: Told) -> int:
    from redesaude.serving.others import write_frontier

    write_frontier(folder, task, SolveOptions(time_limit=task["seconds"], threads=task["cores"]), told)
    return Exit.PLAN


def _alternatives(folder: JobFolder, task: Task, told: Told) -> int:
    from redesaude.serving.others import write_alternatives

    write_alternatives(folder, task, SolveOptions(threads=task["cores"]), told)
    return Exit.PLAN


def _plan(folder: JobFolder, task: Task, _: Told) -> int:
    from redesaude.serving.others import write_opened

    write_opened(folder, task)
    return Exit.PLAN


def _actuals(folder: JobFolder, task: Task, _: Told) -> int:
    from redesaude.serving.reviewed import write_forms

    write_forms(folder, task)
    return Exit.PLAN


def _review(folder: JobFolder, task: Task, _: Told) -> int:
    from redesaude.serving.reviewed import write_review

    write_review(folder, task)
    return Exit.PLAN


def _replan(folder: JobFolder, task: Task, told: Told) -> int:
    from redesaude.cli.journal import done_with, journal_for
    from redesaude.serving.reading import write_pages
    from redesaude.serving.reviewed import next_drafted, write_replan

    say, drafted = translator(task["language"]), next_drafted(folder, task)
    journal = journal_for(folder.result, drafted[1], say, resume=bool(task.get("resume")))
    options = SolveOptions(time_limit=task["seconds"], threads=task["cores"])
    plan, placed = write_replan(folder, drafted, options, told, journal)
    done_with(journal, placed, say)
    write_pages(folder, told)
    return exit_code(plan)


_WORK: Mapping[str, Callable[[JobFolder, Task, Told], int]] = MappingProxyType(
    {
        "check": _check,
        "draft": _draft,
        "variant": _variant,
        "solve": _solve,
        "ask": _ask,
        "relax": _relax,
        "beside": _beside,
        "frontier": _frontier,
        "alternatives": _alternatives,
        "plan": _plan,
        "actuals": _actuals,
        "review": _review,
        "replan": _replan,
    }
)
