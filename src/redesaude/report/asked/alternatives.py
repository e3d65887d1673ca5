"""The workbook ``alternatives.xlsx`` and its page: the best plans of other services, and what is firm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from redesaude.asking.alternatives import Alternatives
from redesaude.language import N_
from redesaude.report.asked.answers import difference_columns, write_changes
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.page import Shown, page_of
from redesaude.report.asked.words import difference_words
from redesaude.report.document.blocks import Document
from redesaude.report.placing import Placed
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column

NAME = "alternatives"

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "plans": N_("The best plans that differ"),
        "decisions": N_("Which decisions are firm"),
        "changes": N_("What each plan does otherwise"),
    }
)

FIRMNESS: Mapping[str, str] = {
    "all": N_("open in all"),
    "most": N_("open in most"),
    "split": N_("toss-up"),
    "few": N_("open in few"),
    "none": N_("open in none"),
}

_PLANS = N_(
    "Plans differ where they open other services in the last period; of each such kind the cheapest plan found is "
    "told. The plan of a rank costs no less than what is proven of all that is left, and no more than the plan found. "
    "The difference is that to the first."
)
_COMPLETE = N_("Nothing cheaper than the last of these is left: proven.")
_CUT = N_("The time ended, or the tolerance was reached, before it was proven that nothing cheaper is left.")
_BETTERED = N_("A cheaper plan than the one in hand was found: it is the first here. Solve again to keep it.")
_DECISIONS = N_(
    "In how many of these plans each service is open in the last period. Firm, proven: every plan that costs at most "
    "{within} more than the best does as the plan in hand, by the multipliers of the proof."
)
_RANK = N_("plan {rank}")
_FIRST = N_("plan {rank}: {cost}; no plan costs less than {least}")
_OTHER = N_("plan {rank}: {opened} {opened:service|services} opened and {closed} closed otherwise; {difference}")


def place_alternatives(found: Alternatives, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder of ``found`` at ``out`` and return where it is, with what there is to tell."""
    return place_asked(asked(found), out, language)


def asked(found: Alternatives) -> Asked:
    """Return what is written of ``found``."""
    tables = {"plans": found.table, "decisions": found.decisions, "changes": found.changes}

    def write(book: Book) -> None:
        _write_plans(book, found)
        _write_decisions(book, found)
        ranks = {rank: book.view.t(_RANK, rank=rank) for rank in found.changes["rank"]}
        write_changes(book, found.changes, ranks)

    return Asked(NAME, found.plans[0].plan, TITLES, write, tables, lambda view: page(view, found))


def page(view: View, found: Alternatives) -> Document:
    """Return the page: the plans in sentences and as a table, then which decisions are firm."""
    t = view.t
    tables = [
        Shown(t(TITLES["plans"]), *_plans(view, found), t(_PLANS)),
        Shown(t(TITLES["decisions"]), *_decisions(view, found), _firm(view, found)),
    ]
    return page_of(view, t(TITLES["plans"]), plan_words(view, found), tables)


def plan_words(view: View, found: Alternatives) -> Iterator[str]:
    """Yield a sentence on each plan, and whether anything cheaper is left."""
    t, money = view.t, view.numbers.money
    for row, each in zip(found.table.to_dict("records"), found.plans, strict=True):
        if row["rank"] == 1:
            yield t(_FIRST, rank=1, cost=money(row["cost"]), least=money(row["least"]))
        else:
            told = difference_words(view, each.difference, each.plan)
            yield t(_OTHER, rank=row["rank"], opened=row["opened"], closed=row["closed"], difference=told)
    if found.bettered:
        yield t(_BETTERED)
    yield t(_COMPLETE if found.complete else _CUT)


def _write_plans(book: Book, found: Alternatives) -> None:
    t = book.view.t
    sheet = book.sheet("plans", (8, 15, 15, 14, 14, 14, 9, 9, 9, 34), t(_PLANS))
    if found.bettered:
        sheet.text(t(_BETTERED), "sentence", "bold")
    sheet.text(t(_COMPLETE if found.complete else _CUT), "sentence", "bold")
    sheet.table(*_plans(book.view, found), freeze=1)


def _plans(view: View, found: Alternatives) -> tuple[pd.DataFrame, list[Column]]:
    t, money = view.t, view.numbers.symbol
    table = found.table.assign(told=list(plan_words(view, found))[: len(found.plans)])
    return table, [
        Column("rank", t(N_("Rank")), "", "number"),
        Column("cost", t(N_("Plan found")), money, "money"),
        Column("least", t(N_("Proven least cost")), money, "money"),
        *difference_columns(view),
        Column("services", t(N_("Services")), t(N_("in the last period")), "number"),
        Column("opened", t(N_("Opened")), t(N_("not in the first")), "number"),
        Column("closed", t(N_("Closed")), t(N_("only in the first")), "number"),
        Column("told", t(N_("In words"))),
    ]


def _write_decisions(book: Book, found: Alternatives) -> None:
    t = book.view.t
    sheet = book.sheet("decisions", (36, 30, 12, 12, 18, 18), _firm(book.view, found))
    block = sheet.table(*_decisions(book.view, found), freeze=2)
    sheet.mark(block, "told", {t(FIRMNESS["split"]): "caution", t(FIRMNESS["all"]): "good"})


def _firm(view: View, found: Alternatives) -> str:
    return view.t(_DECISIONS, within=view.numbers.percent(found.within))


def _decisions(view: View, found: Alternatives) -> tuple[pd.DataFrame, list[Column]]:
    t, names, rows = view.t, view.names, found.decisions
    table = rows.assign(
        site=names.label("sites", rows["site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
        told=[t(FIRMNESS[word]) for word in rows["firmness"]],
        firm=[t(N_("firm, proven")) if proven else "" for proven in rows["proven"]],
    ).sort_values(["plans", "site", "specialty"], ascending=[False, True, True], ignore_index=True)
    return table, [
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("plans", t(N_("Open in")), t(N_("plans")), "number"),
        Column("of", t(N_("of")), t(N_("plans")), "number"),
        Column("told", t(N_("How often")), "", "verdict"),
        Column("firm", t(N_("Firm")), "", "verdict"),
    ]
