"""What a check of a workbook found, in every language, what changed since the version before, and a marked copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from redesaude.assemble import input_problems
from redesaude.errors import InputError, Problem
from redesaude.inputs.checks import CheckedInput, check_workbook
from redesaude.inputs.workbook import RawTable, read_tables
from redesaude.language import LANGUAGES, Translator, translator
from redesaude.serving.home import JobFolder, write_json
from redesaude.serving.marking import write_marked

#: changed cells that are listed
_MOST = 200


def write_check(workbook: Path, folder: JobFolder, before: Path | None = None) -> bool:
    """Check ``workbook``, write what was found into the job's folder, and return whether it can be solved.

    ``before`` is the version before.
    """
    checked = check_workbook(workbook)
    problems = checked.problems
    if checked.scenario is not None:
        problems = (*problems, *input_problems(checked.scenario))
    problems = tuple(sorted(problems, key=lambda problem: problem.severity))
    found = {
        "problems": problems_told(problems),
        "errors": sum(problem.severity == "error" for problem in problems),
        "warnings": sum(problem.severity == "warning" for problem in problems),
        "about": _about(checked),
        "changes": [] if before is None else changed_cells(before, workbook),
    }
    write_json(folder.check, found)
    if any(problem.sheet for problem in problems):
        write_marked(workbook, folder.marked, problems, translator(checked.language or "en"))
    return not found["errors"]


def problems_told(problems: Sequence[Problem]) -> dict[str, list[dict[str, str]]]:
    """Return problems in every language: sheet, cell, what was found, what was expected, what to type."""
    return {language: [_told(each, translator(language)) for each in problems] for language in LANGUAGES}


def _told(problem: Problem, say: Translator) -> dict[str, str]:
    words = {name: say(getattr(problem, name), **problem.values) for name in ("found", "expected", "remedy")}
    return {"sheet": problem.sheet, "cell": problem.cell, "severity": problem.severity, **words}


def _about(checked: CheckedInput) -> dict[str, Any]:
    """What the pages tell of a scenario before it is solved; empty where none could be read."""
    scenario = checked.scenario
    if scenario is None:
        return {}
    settings = scenario.settings
    variants = dict(zip(scenario.variants["variant_id"], scenario.variants["name"], strict=True))
    return {
        "title": settings.title or scenario.name,
        "language": settings.language,
        "currency": settings.currency,
        "seconds": settings.time_limit_s,
        "gap": settings.gap,
        "variants": [[str(key), str(name or key)] for key, name in variants.items()],
        "places": len(scenario.territories),
        "sites": len(scenario.sites),
        "specialties": len(scenario.specialties),
    }


def changed_cells(before: Path, after: Path) -> list[list[str]]:
    """Return sheet, cell, what stood there and what stands there now, of the cells of two versions that differ."""
    try:
        old, new = read_tables(before).tables, read_tables(after).tables
    except InputError:  # one of them is no workbook: the check says so
        return []
    found = [row for name in {**old, **new} for row in _changed(old.get(name), new.get(name))]
    return found[:_MOST]


def _changed(old: RawTable | None, new: RawTable | None) -> list[list[str]]:
    label = next((table.label for table in (new, old) if table is not None), "")
    was, now = _cells(old), _cells(new)
    order = sorted({*was, *now}, key=lambda at: (at[0], len(at[1]), at[1]))
    differ = (at for at in order if was.get(at, "") != now.get(at, ""))
    return [[label, f"{column}{row}", was.get((row, column), ""), now.get((row, column), "")] for row, column in differ]


def _cells(table: RawTable | None) -> Mapping[tuple[int, str], str]:
    if table is None:
        return {}
    columns: Sequence[str] = [str(letter) for letter in table.cells.columns]
    rows = zip(table.cells.index, table.cells.to_numpy(object), strict=True)
    cells = ((int(row), letter, value) for row, values in rows for letter, value in zip(columns, values, strict=True))
    return {(row, letter): _text(value) for row, letter, value in cells if _text(value)}


def _text(value: object) -> str:
    text = "" if value is None else str(value)
    return "" if text == "nan" else text
