"""The workbook ``ask.xlsx`` and its page: the answer to each question, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from redesaude.asking.answers import Answers
from redesaude.language import N_
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.page import Shown, page_of
from redesaude.report.asked.words import SHORT, STYLES, answer_words, question_words
from redesaude.report.document.blocks import Document
from redesaude.report.placing import Placed
from redesaude.report.terms import CHANGES
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column

NAME = "ask"

TITLES: Mapping[str, str] = MappingProxyType(
    {"answers": N_("What was asked of the plan"), "changes": N_("What each answer changes")}
)

_ANSWER_WIDTHS = (26, 18, 33, 14, 14, 14, 14, 9)
_CHANGE_WIDTHS = (28, 26, 18, 13, 11, 11, 18, 18)

_NOTE = N_(
    "Each line asks for one thing beside all that the input states, solved from the plan in hand and its proven bound. "
    "The difference is that between the best possible with and without, present value: it lies between least and most, "
    "which is proven. What is only forced, closed or forbidden can never be cheaper."
)
BETTERED = N_(
    "A question led to a plan that is cheaper than the one asked of; differences are to that plan. Solve again to keep "
    "it."
)


def place_answers(answers: Answers, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder of ``answers`` at ``out`` and return where it is, with what there is to tell."""
    return place_asked(asked(answers), out, language)


def asked(answers: Answers) -> Asked:
    """Return what is written of ``answers``."""
    tables = {"answers": answers.table, "changes": answers.changes}

    def write(book: Book) -> None:
        _write_answers(book, answers)
        write_changes(
            book,
            answers.changes,
            {each.question.text: question_words(book.view, each.question) for each in answers.answers},
        )

    return Asked(NAME, answers.plan, TITLES, write, tables, lambda view: page(view, answers))


def page(view: View, answers: Answers) -> Document:
    """Return the page: the answers."""
    title, told = view.t(TITLES["answers"]), [view.t(BETTERED)] if answers.bettered else []
    return page_of(view, title, told, [Shown(title, *_answers(view, answers), view.t(_NOTE))])


def _write_answers(book: Book, answers: Answers) -> None:
    t = book.view.t
    sheet = book.sheet("answers", _ANSWER_WIDTHS, t(_NOTE))
    if answers.bettered:
        sheet.text(t(BETTERED), "sentence", "bold")
    block = sheet.table(*_answers(book.view, answers), freeze=1)
    sheet.mark(block, "short", {t(SHORT[answer]): style for answer, style in STYLES.items()})


def _answers(view: View, answers: Answers) -> tuple[pd.DataFrame, list[Column]]:
    t, money = view.t, view.numbers.symbol
    table = answers.table.assign(
        words=[question_words(view, each.question) for each in answers.answers],
        told=[answer_words(view, each) for each in answers.answers],
        short=[t(SHORT[each.difference.answer]) for each in answers.answers],
    )
    return table, [
        Column("words", t(N_("Asked for"))),
        Column("short", t(N_("In short"))),
        Column("told", t(N_("Answer"))),
        *difference_columns(view),
        Column("objective", t(N_("Whole-life cost")), money, "money"),
        Column("services", t(N_("Services")), t(N_("in the last period")), "number"),
    ]


def difference_columns(view: View) -> list[Column]:
    """Return the columns of a difference: least, found and most."""
    t, money = view.t, view.numbers.symbol
    return [
        Column("low", t(N_("Least difference")), t(N_("{money}, proven"), money=money), "money"),
        Column("found", t(N_("Difference found")), t(N_("{money}, of the two plans"), money=money), "money"),
        Column("high", t(N_("Most difference")), t(N_("{money}, proven"), money=money), "money"),
    ]


def write_changes(book: Book, changes: pd.DataFrame, words: Mapping[str, str]) -> None:
    """Write sheet ``changes``; the first column of ``changes`` names what made them, in ``words``."""
    t, names = book.view.t, book.view.names
    note = t(N_("Services of the last period that differ from the plan in hand, one a line."))
    sheet = book.sheet("changes", _CHANGE_WIDTHS, note)
    first = changes.columns[0]
    table = changes.assign(
        words=[words.get(name, name) for name in changes[first]],
        site=names.label("sites", changes["site_id"]),
        specialty=names.label("specialties", changes["specialty_id"]),
        told=[t(CHANGES[change]) for change in changes["change"]],
        before=names.label("contracts", changes["contract_before"]),
        after=names.label("contracts", changes["contract_after"]),
    )
    columns = [
        Column("words", t(N_("Asked for"))),
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("told", t(N_("Change"))),
        Column("size_before", t(N_("Size before")), "", "verdict"),
        Column("size_after", t(N_("Size after")), "", "verdict"),
        Column("before", t(N_("Contract before"))),
        Column("after", t(N_("Contract after"))),
    ]
    sheet.table(table, columns, freeze=1)
