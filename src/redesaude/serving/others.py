"""Plans found beside one in hand, on its frontier or nearly as good: told in every language, kept to be opened."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from redesaude.asking.alternatives import Alternatives, alternatives
from redesaude.asking.frontier import Frontier, Point, frontier
from redesaude.asking.measures import within_standard
from redesaude.language import LANGUAGES
from redesaude.plan.plan import Plan
from redesaude.plan.storage import read_plan, write_plan
from redesaude.report.asked.alternatives import place_alternatives, plan_words
from redesaude.report.asked.frontier import place_frontier, point_words, step_words
from redesaude.report.comparison.beside import change_words
from redesaude.report.folder import place_report
from redesaude.report.numbers import Numbers
from redesaude.report.view import view_of
from redesaude.serving.child import Told
from redesaude.serving.home import JobFolder, write_json
from redesaude.serving.reading import write_read
from redesaude.solving.options import SolveOptions
from redesaude.solving.progress import StopSignal

#: the chart of a frontier: its size, and the room left at its edges for words, in units of its own
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640.0, 300.0, 150.0, 24.0, 16.0, 40.0
_LINES = 4
#: room of a share below the chart: of points that stand closer the first one is told
_ROOM = 48.0


def write_frontier(folder: JobFolder, task: Mapping[str, Any], options: SolveOptions, told: Told) -> None:
    """Walk the frontier from the plan in the task's folder ``of``, and write what the page shows of it."""
    plan, stop = read_plan(Path(task["of"])), StopSignal()
    with stop.on_ctrl_c():
        found = frontier(plan, task["shares"], options, progress=lambda _, step: told.tell(step), stop=stop)
    place_frontier(found, folder.result)
    _keep(folder, [point.plan for point in found.points])
    write_json(folder.answers, {language: frontier_shown(found, language) for language in LANGUAGES})


def frontier_shown(found: Frontier, language: str) -> dict[str, Any]:
    """Return what a page shows of a frontier: a row for each point, and where it stands in the chart."""
    view = view_of(found.plan, language)
    rows = [
        {
            "number": n,
            "opens": point.plan.has_decisions,
            "label": view.numbers.percent(within_standard(point.plan)) if point.plan.has_decisions else "",
            "words": point_words(view, found, point),
            "step": step_words(view, point) if n else "",
        }
        for n, point in enumerate(found.points)
    ]
    return {"rows": rows, "notes": [], "chart": _chart(found.points, view.numbers)}


def write_alternatives(folder: JobFolder, task: Mapping[str, Any], options: SolveOptions, told: Told) -> None:
    """Look for the best other plans than that in the task's folder ``of``, and write what the page shows of them."""
    plan, stop = read_plan(Path(task["of"])), StopSignal()
    with stop.on_ctrl_c():
        found = alternatives(
            plan,
            task["count"],
            task["within"],
            options,
            seconds=task["seconds"],
            progress=lambda _, step: told.tell(step),
            stop=stop,
        )
    place_alternatives(found, folder.result)
    _keep(folder, [each.plan for each in found.plans])
    write_json(folder.answers, {language: alternatives_shown(found, language) for language in LANGUAGES})


def alternatives_shown(found: Alternatives, language: str) -> dict[str, Any]:
    """Return what a page shows of alternatives: a row for each, with what it does otherwise than the first."""
    view = view_of(found.plans[0].plan, language)
    words, changes = list(plan_words(view, found)), found.changes
    rows = [
        {
            "number": n,
            "opens": True,
            "label": view.numbers.money(each.plan.objective or 0.0),
            "words": words[n],
            "step": "",
            "changes": [change_words(view, row) for row in changes[changes["rank"] == n + 1].to_dict("records")],
        }
        for n, each in enumerate(found.plans)
    ]
    return {"rows": rows, "notes": words[len(rows) :], "chart": None}


def write_opened(folder: JobFolder, task: Mapping[str, Any]) -> None:
    """Write the report and the pages of one of the plans kept, which is in the task's folder ``of``."""
    plan = read_plan(Path(task["of"]))
    place_report(plan, folder.result)
    write_read(folder, plan)


def _keep(folder: JobFolder, plans: Sequence[Plan]) -> None:
    for n, plan in enumerate(plans):
        if plan.has_decisions:
            folder.plan(n).mkdir(parents=True, exist_ok=True)
            write_plan(plan, folder.plan(n))


def _chart(points: Sequence[Point], numbers: Numbers) -> dict[str, Any] | None:
    """Cost over the share of cases within the standard: the plan found, and below it what is proven.

    None where fewer than two points have a plan: a curve is none of one.
    """
    shown = [(n, within_standard(each.plan), each.plan) for n, each in enumerate(points) if each.plan.has_decisions]
    costs = [plan.objective or 0.0 for _, _, plan in shown]
    if len(shown) < 2:
        return None
    least = [_least(plan) for _, _, plan in shown]
    across = _scale([share for _, share, _ in shown], LEFT, WIDTH - RIGHT)
    up = _scale([*costs, *least], HEIGHT - BOTTOM, TOP)
    places = [
        {"number": n, "x": across(share), "y": up(cost), "least": up(low), "label": numbers.percent(share)}
        for (n, share, _), cost, low in zip(shown, costs, least, strict=True)
    ]
    lines, told = _between([*costs, *least]), -_ROOM
    for place in sorted(places, key=lambda place: place["x"]):
        place["told"] = place["x"] - told >= _ROOM
        told = place["x"] if place["told"] else told
    return {
        "points": places,
        "line": " ".join(f"{place['x']},{place['y']}" for place in sorted(places, key=lambda place: place["x"])),
        "marks": [{"y": up(cost), "label": numbers.money(cost)} for cost in lines],
    }


def _least(plan: Plan) -> float:
    """What no such plan costs less than; where nothing is proven the plan itself: no line is drawn then."""
    proven = plan.bound is not None and math.isfinite(plan.bound)
    return float((plan.bound if proven else plan.objective) or 0.0)


def _between(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return [low + (high - low) * n / (_LINES - 1) for n in range(_LINES)] if high > low else [low]


def _scale(values: Sequence[float], begins: float, ends: float) -> Any:
    """What places a value between two ends, in tenths of a unit; in the middle where all are the same."""
    low, room = min(values), max(values) - min(values)
    return lambda value: round(begins + (ends - begins) * ((value - low) / room if room > 0 else 0.5), 1)
