"""The output folder of a plan, complete or not there at all."""

from __future__ import annotations

import shutil
import time
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

from redesaude.errors import Fault
from redesaude.inputs.template import write_scenario
from redesaude.plan.plan import Plan
from redesaude.plan.storage import write_plan
from redesaude.report.decision import write_decision
from redesaude.report.document import extra
from redesaude.report.instruments.workbook import write_planning
from redesaude.report.manifest import manifest_of, standing_of
from redesaude.report.map import write_map
from redesaude.report.municipal.workbooks import REGIONS, MunicipalTables, write_references, write_regions
from redesaude.report.papers import NO_PACK, write_papers, write_pictures
from redesaude.report.placing import Note, Placed, place
from redesaude.report.studied import Studied
from redesaude.report.studies import Studies, studies_of
from redesaude.report.tables import write_study_tables, write_tables
from redesaude.report.view import View, view_of
from redesaude.report.workbook import write_audit_workbook


@dataclass(frozen=True)
class Asked:
    """What is written beside what is always written.

    ``regions`` are codes of those that get a workbook of their own, None: all unless they are many
    (:func:`redesaude.report.municipal.workbooks.chosen`); ``pictures``: each layer of the map as a file.
    """

    regions: Collection[str] | None = None
    pictures: bool = False


def write_report(
    plan: Plan,
    out: Path | str,
    language: str | None = None,
    *,
    studies: Studies | bool = True,
    progress: Callable[[str], object] = lambda phase: None,
    replace: bool = False,
) -> Path:
    """Write the output folder of ``plan`` at ``out`` and return its path.

    Everything is written beside ``out`` and renamed at the end, so that a reader never sees half a result. A better
    result of the same input stays there unless ``replace``, and one that cannot be replaced at the moment is not waited
    for: a warning says where the results are. What an earlier result wrote is replaced, or moved to ``history/`` when
    it was of another input or less good; files that others added stay. ``language`` defaults to the scenario's.

    ``studies`` of value for money, risk and sensitivity are shown where they are given, which only writes
    (:func:`redesaude.report.studies.studies_of`); True makes them for a plan with decisions, which takes most of the
    time and tells ``progress`` the name of each; False leaves them out.

    Raises
    ------
    OutputError
        when ``out`` is a file, a folder that holds something other than a result of ours, or cannot be written.
    ValueError
        when the language is unknown.

    """
    studied = Studied(plan)
    given = studies if isinstance(studies, Studies) else None
    if studies is True and plan.has_decisions:
        given = studies_of(plan, progress, studied)
    placed = place_report(plan, out, language, studies=given, studied=studied, replace=replace)
    if not placed.written or placed.folder != Path(out).resolve():
        warnings.warn(" ".join(map(str, placed.notes)), stacklevel=2)
    return placed.folder


def place_report(
    plan: Plan,
    out: Path | str,
    language: str | None = None,
    *,
    studies: Studies | None = None,
    studied: Studied | None = None,
    asked: Asked = Asked(),
    replace: bool = False,
) -> Placed:
    """Write the output folder as :func:`write_report` does and return where it is, with what there is to tell.

    ``studied`` is what was worked out of the plan already, where it is at hand.
    """
    start = time.perf_counter()
    view = view_of(plan, language, studies, studied)
    placed = place(out, lambda folder: _write_all(view, folder, start, asked), standing_of(plan), replace=replace)
    if plan.has_decisions and placed.written and not extra.installed():
        return changed(placed, notes=(*placed.notes, Note(NO_PACK, {})))
    return placed


def place_bare(plan: Plan, out: Path | str, faults: Sequence[Fault] = ()) -> Placed:
    """Write the plan, its tables, manifest and log alone, where writing the rest failed (``faults``)."""
    start, plan = time.perf_counter(), changed(plan, faults=(*plan.faults, *faults))

    def write(folder: Path) -> dict[str, Any]:
        write_tables(view_of(plan), folder / "tables")
        write_plan(plan, folder)
        _write_log(plan, folder)
        return manifest_of(plan, report_seconds=time.perf_counter() - start)

    return place(out, write, standing_of(plan))


def _write_all(view: View, folder: Path, start: float, asked: Asked) -> dict[str, Any]:
    """Write every file and return the manifest, which tells how long the report took since ``start``."""
    plan = view.plan
    write_tables(view, folder / "tables")
    if view.studies is not None:
        write_study_tables(view.studies, view.scenario, folder / "tables")
    audit = write_audit_workbook(view, folder / "audit.xlsx")
    shutil.copyfile(folder / "audit.xlsx", folder / "plan.xlsx")  # its name until 1.0
    if plan.has_decisions:
        pack = write_decision(audit, folder / "decision.xlsx")
        write_papers(pack, folder)
        if asked.pictures:
            write_pictures(view, folder)
        write_map(view, folder / "map.html")
        write_planning(view, folder, asked.regions)
        tables = MunicipalTables(view)
        write_references(tables, folder / "references.xlsx")
        write_regions(tables, folder / REGIONS, asked.regions)
    write_scenario(folder / "scenario.xlsx", plan.scenario, view.t.language)
    write_plan(plan, folder)
    _write_log(plan, folder)
    return manifest_of(plan, report_seconds=time.perf_counter() - start)


def _write_log(plan: Plan, folder: Path) -> None:
    (folder / "run.log").write_text("".join(f"{line}\n" for line in plan.log), encoding="utf-8", newline="\n")
