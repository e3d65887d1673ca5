"""The workbook ``frontier.xlsx``: what each share of cases within the standard costs, and in which order sites come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from redesaude.asking.frontier import Frontier, Point, within_standard
from redesaude.language import N_
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.words import difference_words
from redesaude.report.placing import Placed
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.status import Status

NAME = "frontier"

TITLES: Mapping[str, str] = MappingProxyType(
    {"points": N_("What more access costs"), "entries": N_("In which order services enter")}
)

_POINTS = N_(
    "Each line asks every specialty that states a standard for at least this share of its cases within it in the last "
    "period, in the whole area. The least cost of a line lies between what is proven and the plan found; both rise "
    "from line to line. The step is that from the line before: what the next share costs."
)
_NESTED = N_("Every service that enters stays: what is built for less access is of use for more.")
_NOT_NESTED = N_(
    "Not every service that enters stays: {count} of {total} are left again at more access, so that whoever means to "
    "go further builds otherwise from the start."
)
_ENTRIES = N_("The first share at which each service is open in the plan found, and the last.")
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

    return Asked(NAME, frontier.plan, TITLES, write, tables)


def point_words(view: View, point: Point) -> str:
    """Return what is known of a point, as a sentence."""
    t, numbers, plan = view.t, view.numbers, point.plan
    share = numbers.percent(point.share)
    if not plan.has_decisions:
        return t(_IMPOSSIBLE if plan.status == Status.INFEASIBLE else _NO_PLAN, share=share)
    least = t(N_("an amount not proven")) if plan.bound is None else numbers.money(plan.bound)
    values = {"achieved": numbers.percent(within_standard(plan)), "cost": numbers.money(plan.objective or 0.0)}
    return t(_POINT if point.share else _IN_HAND, share=share, least=least, **values)


def step_words(view: View, point: Point) -> str:
    """Return what the step to a point costs, as a sentence."""
    return view.t(_STEP, step=difference_words(view, point.step, point.plan))


def _write_points(book: Book, frontier: Frontier) -> None:
    t, money = book.view.t, book.view.numbers.symbol
    sheet = book.sheet("points", (9, 10, 14, 14, 13, 13, 13, 30, 9, 8, 8), t(_POINTS))
    gone = int((~frontier.entries["stays"]).sum())
    nested = t(_NOT_NESTED, count=gone, total=len(frontier.entries)) if gone else t(_NESTED)
    sheet.text(nested, "sentence", "bold")
    table = frontier.table.assign(
        told=[
            step_words(book.view, p) if p is not frontier.points[0] else t(N_("the plan in hand"))
            for p in frontier.points
        ]
    )
    columns = [
        Column("share", t(N_("Share asked for")), t(N_("of each specialty")), "percent"),
        Column("achieved", t(N_("Within the standard")), t(N_("share of all cases")), "percent"),
        Column("cost", t(N_("Plan found")), money, "money"),
        Column("least", t(N_("Proven least cost")), money, "money"),
        Column("step_low", t(N_("Least step")), t(N_("{money}, proven"), money=money), "money"),
        Column("step_found", t(N_("Step found")), t(N_("{money}, of the two plans"), money=money), "money"),
        Column("step_high", t(N_("Most step")), t(N_("{money}, proven"), money=money), "money"),
        Column("told", t(N_("In words"))),
        Column("services", t(N_("Services")), "", "number"),
        Column("entered", t(N_("Entered")), t(N_("services")), "number"),
        Column("left", t(N_("Left")), t(N_("services")), "number"),
    ]
    sheet.table(table, columns, freeze=1)


def _write_entries(book: Book, frontier: Frontier) -> None:
    t, names, rows = book.view.t, book.view.names, frontier.entries
    sheet = book.sheet("entries", (36, 30, 18, 18, 16), t(_ENTRIES))
    table = rows.assign(
        site=names.label("sites", rows["site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
        told=[t(N_("stays")) if stays else t(N_("is left")) for stays in rows["stays"]],
    )
    columns = [
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("first_share", t(N_("Enters at")), t(N_("zero: in the plan in hand")), "percent"),
        Column("last_share", t(N_("Last at")), "", "percent"),
        Column("told", t(N_("Then")), "", "verdict"),
    ]
    sheet.table(table, columns, freeze=2)
