"""The output folder of a plan, complete or not there at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from redesaude.errors import OutputError
from redesaude.inputs.template import write_scenario
from redesaude.plan.plan import Plan
from redesaude.plan.storage import NAME as PLAN
from redesaude.plan.storage import write_plan
from redesaude.report.manifest import manifest_of
from redesaude.report.studies import studies_of
from redesaude.report.tables import write_study_tables, write_tables
from redesaude.report.view import View, view_of
from redesaude.report.workbook import write_decision_workbook

MANIFEST = "manifest.json"
#: what we put into a folder; anything else in it belongs to someone else
OURS = frozenset(
    {
        "plan.xlsx",
        "scenario.xlsx",
        "scenario-travel_times.csv",
        "run.log",
        "tables",
        MANIFEST,
        PLAN,
        "map.html",
        "brief.html",
    }
)
#: keys of a manifest of ours, of a plan or of a comparison
_MARKS = ({"status", "engine", "audit", "input_sha256"}, {"strategies", "versions", "input_sha256"})


def write_report(
    plan: Plan,
    out: Path | str,
    language: str | None = None,
    *,
    studies: bool = True,
    progress: Callable[[str], object] = lambda phase: None,
) -> Path:
    """Write the output folder of ``plan`` at ``out`` and return its path.

    Everything is written beside ``out`` and renamed at the end, so that a reader never sees half a result. An earlier
    result is replaced, keeping files that others added to it. ``language`` defaults to the scenario's.

    ``studies`` of value for money, risk and sensitivity are made for a plan with decisions unless left out; they take
    most of the time. ``progress`` is told each phase (a key of :data:`redesaude.report.terms.REPORT_PHASES`).

    Raises
    ------
    OutputError
        when ``out`` is a file, a folder that holds something other than a result of ours, or an earlier result of
        which a file is in use by another program.
    ValueError
        when the language is unknown.

    """
    start = time.perf_counter()
    view = view_of(plan, language)
    check_target(out)
    if studies and plan.has_decisions:
        view = replace(view, studies=studies_of(plan, progress))
    progress("write")
    return write_folder(out, lambda folder: _write_all(plan, view, folder, start), OURS)


def write_folder(out: Path | str, write: Callable[[Path], None], ours: Collection[str]) -> Path:
    """Have ``write`` fill a folder beside ``out``, put it in place and return its path.

    ``ours`` are the names it may write; files of an earlier result by other names are kept.
    """
    target = check_target(out)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
        fresh = Path(scratch) / "new"
        fresh.mkdir()
        write(fresh)
        _put_in_place(fresh, target, Path(scratch) / "old", ours)
    return target


def check_target(out: Path | str) -> Path:
    """Return ``out`` resolved when a result may be written there; OutputError otherwise. Ask before a long run."""
    target = Path(out).resolve()
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file; name a folder for the results")
    if target.is_dir() and any(target.iterdir()) and not _is_result(target):
        raise OutputError(f"{target} holds something other than an earlier result; name a new or empty folder")
    return target


def _is_result(folder: Path) -> bool:
    """Tell an earlier result of ours from any other folder that happens to have a manifest.json."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and any(marks <= manifest.keys() for marks in _MARKS)


def _write_all(plan: Plan, view: View, folder: Path, start: float) -> None:
    """Write every file; the manifest is last, because it tells how long the report took since ``start``."""
    write_tables(view, folder / "tables")
    if view.studies is not None:
        write_study_tables(view.studies, folder / "tables")
    write_decision_workbook(view, folder / "plan.xlsx")
    write_scenario(folder / "scenario.xlsx", plan.scenario, view.t.language)
    write_plan(plan, folder)
    (folder / "run.log").write_text("".join(f"{line}\n" for line in plan.log), encoding="utf-8", newline="\n")
    manifest = manifest_of(plan, report_seconds=time.perf_counter() - start)
    write_manifest(manifest, folder)


def write_manifest(manifest: Mapping[str, Any], folder: Path) -> None:
    """Write ``manifest`` (plain JSON values) into ``folder``."""
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def _put_in_place(fresh: Path, target: Path, aside: Path, ours: Collection[str]) -> None:
    """Rename ``fresh`` to ``target``; an earlier result steps aside first and comes back if that fails."""
    if not target.exists():
        os.rename(fresh, target)
        return
    for item in target.iterdir():
        if item.name not in ours:
            _copy(item, fresh / item.name)
    try:
        os.rename(target, aside)
    except OSError as error:
        raise OutputError(f"{target} is in use; close its files in other programs and run again") from error
    try:
        os.rename(fresh, target)
    except OSError:
        os.rename(aside, target)
        raise


def _copy(item: Path, to: Path) -> None:
    if item.is_dir():
        shutil.copytree(item, to, symlinks=True)
    else:
        shutil.copy2(item, to, follow_symlinks=False)
