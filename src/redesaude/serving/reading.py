"""What the page reads of a result, made once in every language: the words of page 1, the map, who is treated where."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from redesaude.language import LANGUAGES
from redesaude.plan.plan import Plan
from redesaude.plan.storage import NAME, read_plan
from redesaude.report.figures import flows
from redesaude.report.folder import place_report
from redesaude.report.map import write_map
from redesaude.report.studied import Studied
from redesaude.report.studies import Studies, studies_of
from redesaude.report.terms import REPORT_PHASES, STATUSES
from redesaude.report.view import View, view_of
from redesaude.report.workbook.story import story
from redesaude.report.workbook.story.facts import Grid
from redesaude.serving.child import Told
from redesaude.serving.home import JobFolder, write_json
from redesaude.solving.progress import Progress
from redesaude.status import Status


def write_pages(folder: JobFolder, told: Told) -> None:
    """Write the pages of the result of a job, and again with its studies, which take longer; so does its report."""
    if not (folder.result / NAME).exists():
        return
    plan = read_plan(folder.result)
    studied = write_read(folder, plan)
    if not plan.has_decisions:
        return

    def phase(word: str) -> None:
        told.tell(Progress("report", 0.0, plan.objective, plan.bound, message=REPORT_PHASES[word]))

    studies = studies_of(plan, phase, studied)
    phase("write")
    place_report(plan, folder.result, studies=studies, studied=studied)
    _write_all(folder, plan, studied, studies)


def write_read(folder: JobFolder, plan: Plan) -> Studied:
    """Write the pages of a plan without studies, and return what was found out for them."""
    studied = Studied(plan)
    _write_all(folder, plan, studied, None)
    return studied


def _write_all(folder: JobFolder, plan: Plan, studied: Studied, studies: Studies | None) -> None:
    for language in LANGUAGES:
        pages = folder.pages(language)
        pages.mkdir(parents=True, exist_ok=True)
        view = view_of(plan, language, studies, studied)
        if plan.has_decisions:
            _write_map(view, pages / "map.html")
        write_what_is_read(pages, view)


def write_what_is_read(pages: Path, view: View) -> None:
    """Write what is told of a plan, and apart from it, since no page shows them whole, municipalities and sites."""
    if view.plan.has_decisions:
        write_json(pages / "places.json", _places(view))
        write_json(pages / "sites.json", _sites(view))
    write_json(pages / "read.json", read_of(view))


def _write_map(view: View, path: Path) -> None:
    fresh = path.with_name("map-next.html")
    write_map(view, fresh)
    shutil.move(fresh, path)


def read_of(view: View) -> dict[str, Any]:
    """Return what the page tells of a plan; of one without decisions why there is none."""
    plan, t = view.plan, view.t
    found: dict[str, Any] = {
        "title": view.title,
        "variant": view.variant,
        "status": t(STATUSES[plan.status.value].name),
        "meaning": t(STATUSES[plan.status.value].meaning),
        "causes": [t.tell(cause) for cause in plan.causes],
        "decided": plan.has_decisions,
        "impossible": plan.status == Status.INFEASIBLE,
    }
    if plan.has_decisions:
        found |= {
            "cost": view.numbers.money(plan.objective or 0.0),
            "least": "" if plan.bound is None else view.numbers.money(plan.bound),
            "gap": "" if plan.gap is None else view.numbers.percent(plan.gap, 2),
            "sections": _sections(view),
            "contracts": sorted(view.names.contracts.items(), key=lambda pair: pair[1]),
            "specialties": sorted(view.names.specialties.items(), key=lambda pair: pair[1]),
            "measured": bool(plan.scenario.specialties["access_minutes"].notna().any()),
        }
    return found


def _sections(view: View) -> list[dict[str, Any]]:
    return [
        {
            "title": section.title,
            "grid": None if section.grid is None else _grid(view, section.grid),
            "lines": [line.text for line in section.lines],
        }
        for section in story(view)
    ]


def _grid(view: View, grid: Grid) -> dict[str, Any]:
    """A table: headers, and rows of cells, each with whether it is a number."""
    rows = [
        [[cell, False] if isinstance(cell, str) else [cell.short(view.numbers), True] for cell in row]
        for row in grid.rows
    ]
    return {"header": list(grid.header), "rows": rows}


def _places(view: View) -> list[dict[str, Any]]:
    """Each municipality and where its people are treated in the last period."""
    names, numbers = view.names, view.numbers
    rows = flows(view.plan, names)
    rows = rows[rows["period_id"] == view.scenario.periods["period_id"].iloc[-1]]
    rows = rows.sort_values(["specialty_id", "cases"], ascending=[True, False])
    treated: dict[str, list[list[str]]] = {}
    columns = ("territory_id", "specialty_id", "site_id", "cases", "minutes", "treated")
    for place, specialty, site, cases, minutes, there in zip(*(rows[name] for name in columns), strict=True):
        told = (
            [names.sites.get(site, site), numbers.decimal(cases, 1), numbers.decimal(minutes)]
            if there
            else ["", numbers.decimal(cases, 1), ""]
        )
        treated.setdefault(str(place), []).append([names.specialties.get(specialty, specialty), *told])
    territories = view.scenario.territories
    keys, regions = (territories[name].astype(str) for name in ("territory_id", "region_id"))
    return [
        {
            "name": names.territories.get(key, key),
            "region": names.regions.get(region, region),
            "rows": treated.get(key, []),
        }
        for key, region in zip(keys, regions, strict=True)
    ]


def _sites(view: View) -> list[dict[str, Any]]:
    """The sites of the scenario, those with services of the plan in its last period first."""
    plan, names, numbers = view.plan, view.names, view.numbers
    last = view.scenario.periods["period_id"].iloc[-1]
    rows = plan.openings[plan.openings["period_id"] == last]
    open_at: dict[str, list[list[str]]] = {}
    columns = ("site_id", "specialty_id", "contract_id", "size_id", "cases", "capacity")
    for site, specialty, contract, size, cases, capacity in zip(*(rows[name] for name in columns), strict=True):
        told = [specialty, names.specialties.get(specialty, specialty), names.contracts.get(contract, contract)]
        open_at.setdefault(str(site), []).append([*told, size, numbers.decimal(cases), numbers.decimal(capacity)])
    found = [{"key": key, "name": name, "services": open_at.get(key, [])} for key, name in names.sites.items()]
    return sorted(found, key=lambda site: (not site["services"], site["name"]))
