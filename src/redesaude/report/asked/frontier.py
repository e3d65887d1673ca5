"""The workbook ``frontier.xlsx`` and its page: what each level of a measure costs, and in which order sites come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from redesaude.asking.frontier import Frontier, Point
from redesaude.asking.measures import EACH_SPECIALTY, Measure, within_standard
from redesaude.language import N_
from redesaude.report.aim import MEASURED, level_words
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.page import Shown, page_of
from redesaude.report.asked.words import difference_words
from redesaude.report.document.blocks import Document
from redesaude.report.placing import Placed
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.status import Status

NAME = "frontier"

TITLES: Mapping[str, str] = MappingProxyType(
    {"points": N_("What more access costs"), "entries": N_("In which order services enter")}
)
_TITLE = N_("What each level costs")

_POINTS = N_(
    "Each line asks every specialty that states a standard for at least this share of its cases within it in the last "
    "period, in the whole area. The least cost of a line lies between what is proven and the plan found; both rise "
    "from line to line. The step is that from the line before: what the next share costs."
)
_LEVELS = N_(
    "Each line asks for so much of what is measured in the last period: {measured}. The least cost of a line lies "
    "between what is proven and the plan found; both rise from line to line. The step is that from the line before. At "
    "a knee the next unit costs at least twice as much as the one before, of the plans found."
)
_NESTED = N_("Every service that enters stays: what is built for less access is of use for more.")
_NOT_NESTED = N_(
    "Not every service that enters stays: {count} of {total} are left again at more access, so that whoever means to "
    "go further builds otherwise from the start."
)
_ENTRIES = N_("The first share at which each service is open in the plan found, and the last.")
_LEVEL = N_("{level}: {cost}, with {reached} ({measured}); no plan costs less than {least}.")
_LEVEL_IMPOSSIBLE = N_("{level} ({measured}): no plan is possible.")
_LEVEL_NO_PLAN = N_("{level} ({measured}): no plan was found in the time there was.")
_IN_HAND = N_("The plan in hand: {achieved} within the standard, {cost}; no plan costs less than {least}.")
_POINT = N_("{share} of each specialty: {achieved} within the standard, {cost}; no plan costs less than {least}.")
_IMPOSSIBLE = N_("{share} of each specialty: no plan is possible.")
_NO_PLAN = N_("{share} of each specialty: no plan was found in the time there was.")
_STEP = N_("The step: {step}")


def place_frontier(frontier: Frontier, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder of ``frontier`` at ``out`` and return where it is, with what there is to tell."""
    return place_asked(asked(frontier), out, language)


def asked(frontier: Frontier) -> Asked:
    """Return what is written of ``frontier``."""
    tables = {"points": frontier.table, "entries": frontier.entries}

    def write(book: Book) -> None:
        _write_points(book, frontier)
        _write_entries(book, frontier)

    titles = TITLES if frontier.measure.name == EACH_SPECIALTY else {**TITLES, "points": _TITLE}
    return Asked(NAME, frontier.plan, titles, write, tables, lambda view: page(view, frontier))


def page(view: View, frontier: Frontier) -> Document:
    """Return the page: each point and the step to it in sentences, then the points."""
    t, usual = view.t, frontier.measure.name == EACH_SPECIALTY
    points = frontier.points
    words = [point_words(view, frontier, points[0]), *(_with_step(view, frontier, each) for each in points[1:])]
    title = t(TITLES["points"] if usual else _TITLE)
    shown = Shown(title, _points(view, frontier), _columns(view, frontier.measure), _about(view, frontier))
    return page_of(view, title, [*words, _nested_words(view, frontier)], [shown])


def _with_step(view: View, frontier: Frontier, point: Point) -> str:
    return f"{point_words(view, frontier, point)} {step_words(view, point)}"


def point_words(view: View, frontier: Frontier, point: Point) -> str:
    """Return what is known of a point, as a sentence."""
    if frontier.measure.name != EACH_SPECIALTY:
        return _level_words(view, frontier.measure, point)
    t, numbers, plan = view.t, view.numbers, point.plan
    share = numbers.percent(point.level)
    if not plan.has_decisions:
        return t(_IMPOSSIBLE if plan.status == Status.INFEASIBLE else _NO_PLAN, share=share)
    least = t(N_("an amount not proven")) if plan.bound is None else numbers.money(plan.bound)
    values = {"achieved": numbers.percent(within_standard(plan)), "cost": numbers.money(plan.objective or 0.0)}
    return t(_POINT if point.level else _IN_HAND, share=share, least=least, **values)


def _level_words(view: View, measure: Measure, point: Point) -> str:
    t, plan, told = view.t, point.plan, level_words(view, measure, point.level)
    measured = t(MEASURED[measure.name])
    if not plan.has_decisions:
        sentence = _LEVEL_IMPOSSIBLE if plan.status == Status.INFEASIBLE else _LEVEL_NO_PLAN
        return t(sentence, level=told, measured=measured)
    least = t(N_("an amount not proven")) if plan.bound is None else view.numbers.money(plan.bound)
    reached = level_words(view, measure, measure.reached(plan))
    cost = view.numbers.money(plan.objective or 0.0)
    return t(_LEVEL, level=told, cost=cost, reached=reached, measured=measured, least=least)


def step_words(view: View, point: Point) -> str:
    """Return what the step to a point costs, as a sentence."""
    return view.t(_STEP, step=difference_words(view, point.step, point.plan))


def _write_points(book: Book, frontier: Frontier) -> None:
    view = book.view
    widths = (12, 12, 10, 14, 14, 13, 13, 13, 14, 8, 30, 9, 8, 8)
    sheet = book.sheet("points", widths, _about(view, frontier))
    sheet.text(_nested_words(view, frontier), "sentence", "bold")
    sheet.table(_points(view, frontier), _columns(view, frontier.measure), freeze=1)


def _about(view: View, frontier: Frontier) -> str:
    name = frontier.measure.name
    return view.t(_POINTS) if name == EACH_SPECIALTY else view.t(_LEVELS, measured=view.t(MEASURED[name]))


def _nested_words(view: View, frontier: Frontier) -> str:
    gone = int((~frontier.entries["stays"]).sum())
    return view.t(_NOT_NESTED, count=gone, total=len(frontier.entries)) if gone else view.t(_NESTED)


def _points(view: View, frontier: Frontier) -> pd.DataFrame:
    t, table = view.t, frontier.table
    return table.assign(
        told=[t(N_("the plan in hand")), *(step_words(view, point) for point in frontier.points[1:])],
        knee=[t(N_("knee")) if knee else "" for knee in table["knee"]],
        unit_price=table["unit_price"] * (0.01 if frontier.measure.form == "percent" else 1.0),
    )


def _columns(view: View, measure: Measure) -> list[Column]:
    t, money = view.t, view.numbers.symbol
    of = t(N_("of each specialty")) if measure.name == EACH_SPECIALTY else ""
    unit = t(N_("{money} a percentage point"), money=money) if measure.form == "percent" else money
    return [
        Column(
            "level", t(N_("Share asked for")) if measure.form == "percent" else t(N_("Asked for")), of, measure.form
        ),
        Column("reached", t(N_("Reached")), t(N_("by the plan found")), measure.form),
        Column("achieved", t(N_("Within the standard")), t(N_("share of all cases")), "percent"),
        Column("cost", t(N_("Plan found")), money, "money"),
        Column("least", t(N_("Proven least cost")), money, "money"),
        Column("step_low", t(N_("Least step")), t(N_("{money}, proven"), money=money), "money"),
        Column("step_found", t(N_("Step found")), t(N_("{money}, of the two plans"), money=money), "money"),
        Column("step_high", t(N_("Most step")), t(N_("{money}, proven"), money=money), "money"),
        Column("unit_price", t(N_("Price of one more")), unit, "money"),
        Column("knee", t(N_("Knee"))),
        Column("told", t(N_("In words"))),
        Column("services", t(N_("Services")), "", "number"),
        Column("entered", t(N_("Entered")), t(N_("services")), "number"),
        Column("left", t(N_("Left")), t(N_("services")), "number"),
    ]


def _write_entries(book: Book, frontier: Frontier) -> None:
    t, names, rows = book.view.t, book.view.names, frontier.entries
    form = frontier.measure.form
    first = t(N_("zero: in the plan in hand")) if form == "percent" else ""
    sheet = book.sheet("entries", (36, 30, 18, 18, 16), t(_ENTRIES))
    table = rows.assign(
        site=names.label("sites", rows["site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
        told=[t(N_("stays")) if stays else t(N_("is left")) for stays in rows["stays"]],
    )
    columns = [
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("first_share", t(N_("Enters at")), first, form),
        Column("last_share", t(N_("Last at")), "", form),
        Column("told", t(N_("Then")), "", "verdict"),
    ]
    sheet.table(table, columns, freeze=2)
