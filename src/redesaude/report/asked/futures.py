"""The workbook ``futures.xlsx`` and its page: the plan in hand in many futures, its rivals, and one plan for all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from redesaude.asking.futures_found import ManyFutures
from redesaude.language import N_
from redesaude.report.asked.answers import write_changes
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.futures_words import (
    CHOSEN_BY,
    FIRMNESS,
    TITLES,
    cause_words,
    futures_words,
    name_words,
    proof_words,
)
from redesaude.report.asked.page import Shown, page_of
from redesaude.report.document.blocks import Document
from redesaude.report.placing import Placed
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.solving.one_network import Measure

NAME = "futures"
#: columns of the futures that the page has room for
_ON_PAGE = ("future", "best", "in_hand", "regret_high", "within_standard", "chosen", "breaks")

_CHOSEN = N_(
    "One network is chosen for all futures before it is known which of them comes: patients, cases sent away and "
    "shortfalls are settled in each. By the least mean, by the least mean of the worst {share} of the futures, and by "
    "the least of the greatest regret. No network has less than what is proven, in these futures."
)
_CANDIDATES = N_(
    "Each network held fast in every future, exactly: services, sizes, contracts and stations as they are, all "
    "else settled there. Where it breaks a rule or a firm promise it has no figures. The regret is what it costs "
    "more than the best possible of a future, the greatest of all futures: proven to lie between least and most."
)
_FUTURES = N_(
    "Futures are equally likely, drawn jointly from the ranges of the sheets. The least is what no plan of the future "
    "costs less than, were it known beforehand; the plan in hand is held fast in it and audited."
)
_DECISIONS = N_(
    "In how many of the best plans of the futures, each solved by itself, a service is open in the last period, and "
    "under which contract most often. What is open in all is common to all futures: of the plans found, not proven."
)
_CAUSES = N_(
    "What is drawn, jointly. Ranges of contracts have no percentiles here, for they differ by contract. Where no sheet "
    "states a range, a triangle around what is stated is assumed: 10 % either way where its sources are of grade A, "
    "20 % for B, 30 % for C or where none is named. A row of the sheet risks about demand takes the place of that."
)


def place_futures(found: ManyFutures, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder of ``found`` at ``out`` and return where it is, with what there is to tell."""
    return place_asked(asked(found), out, language)


def asked(found: ManyFutures) -> Asked:
    """Return what is written of ``found``."""
    tables = {
        "chosen": found.choices,
        "candidates": found.ranked,
        "futures": found.table,
        "decisions": found.decisions,
        "changes": _changes(found),
        "causes": found.drawn.causes,
        "outcomes": found.outcomes,
    }

    def write(book: Book) -> None:
        _write_chosen(book, found)
        _write_candidates(book, found)
        _write_futures(book, found)
        _write_decisions(book, found)
        write_changes(book, _changes(found), {Measure.WORST.value: name_words(book.view, Measure.WORST.value)})
        _write_causes(book, found)

    return Asked(NAME, found.plan, TITLES, write, tables, lambda view: page(view, found))


def page(view: View, found: ManyFutures) -> Document:
    """Return the page: what is known in sentences, then the plans chosen and the candidates."""
    t = view.t
    on_page = [column for column in _future_columns(view) if column.key in _ON_PAGE]
    tables = [
        Shown(t(TITLES["candidates"]), _candidates(view, found), _candidate_columns(view), t(_CANDIDATES)),
        Shown(t(TITLES["futures"]), _futures(view, found), on_page, t(_FUTURES)),
    ]
    return page_of(view, t(TITLES["chosen"]), futures_words(view, found), tables)


def _changes(found: ManyFutures) -> pd.DataFrame:
    rows = found.changes
    rows.insert(0, "measure", Measure.WORST.value)
    return rows


def _finite(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    return table.assign(**{name: table[name].astype(float).replace([np.inf, -np.inf], np.nan) for name in names})


def _write_chosen(book: Book, found: ManyFutures) -> None:
    t, money = book.view.t, book.view.numbers.symbol
    sheet = book.sheet("chosen", (42, 34, 16, 16, 16, 34), t(_CHOSEN, share=book.view.numbers.percent(found.share)))
    for sentence in futures_words(book.view, found):
        sheet.text(sentence, "sentence")
    table = _finite(found.choices, "found", "least", "most").assign(
        told=[t(CHOSEN_BY[measure]) for measure in found.choices["measure"]],
        plan=[name_words(book.view, name) for name in found.choices["candidate"]],
        proof=[proof_words(book.view, each) for each in found.chosen],
    )
    value = t(N_("{money}, present value"), money=money)
    columns = [
        Column("told", t(N_("Chosen by"))),
        Column("plan", t(N_("Plan"))),
        Column("found", t(N_("Plan found")), value, "money"),
        Column("least", t(N_("Least")), t(N_("{money}, proven"), money=money), "money"),
        Column("most", t(N_("Most")), t(N_("{money}, proven"), money=money), "money"),
        Column("proof", t(N_("How it is known"))),
    ]
    sheet.table(table, columns, freeze=1)


def _candidates(view: View, found: ManyFutures) -> pd.DataFrame:
    names = ("mean", "worst_tenth", "worst", "regret_low", "regret_high")
    return _finite(found.ranked, *names).assign(told=[name_words(view, name) for name in found.ranked["candidate"]])


def _candidate_columns(view: View) -> list[Column]:
    t, money = view.t, view.numbers.symbol
    value, proven = t(N_("{money}, present value"), money=money), t(N_("{money}, proven"), money=money)
    return [
        Column("told", t(N_("Plan"))),
        Column("services", t(N_("Services")), t(N_("in the last period")), "number"),
        Column("breaks", t(N_("Breaks in")), t(N_("futures")), "number"),
        Column("mean", t(N_("Mean cost")), value, "money"),
        Column("worst_tenth", t(N_("Mean of the worst")), value, "money"),
        Column("worst", t(N_("Worst")), value, "money"),
        Column("regret_low", t(N_("Least regret")), proven, "money"),
        Column("regret_high", t(N_("Most regret")), proven, "money"),
    ]


def _write_candidates(book: Book, found: ManyFutures) -> None:
    sheet = book.sheet("candidates", (42, 10, 10, 16, 16, 16, 16, 16), book.view.t(_CANDIDATES))
    sheet.table(_candidates(book.view, found), _candidate_columns(book.view), freeze=1)


def _futures(view: View, found: ManyFutures) -> pd.DataFrame:
    names = ("least", "best", "in_hand", "regret_low", "regret_high", "within_standard", "unmet", "missed", "chosen")
    causes = [" ".join(map(view.t.tell, each.causes)) if not each.has_decisions else "" for each in found.in_hand] or [
        ""
    ] * len(found.best)
    return _finite(found.table, *names).assign(breaks=causes)


def _future_columns(view: View) -> list[Column]:
    t, money = view.t, view.numbers.symbol
    value, proven = t(N_("{money}, present value"), money=money), t(N_("{money}, proven"), money=money)
    return [
        Column("future", t(N_("Future"))),
        Column("least", t(N_("Proven least cost")), proven, "money"),
        Column("best", t(N_("Best found")), value, "money"),
        Column("in_hand", t(N_("Plan in hand")), value, "money"),
        Column("regret_low", t(N_("Least regret")), proven, "money"),
        Column("regret_high", t(N_("Most regret")), proven, "money"),
        Column("within_standard", t(N_("Within the standard")), t(N_("share of all cases")), "percent"),
        Column("unmet", t(N_("Sent away")), t(N_("cases a year")), "number"),
        Column("missed", t(N_("Promises missed")), "", "number"),
        Column("chosen", t(N_("Plan for the worst")), value, "money"),
        Column("breaks", t(N_("What breaks"))),
    ]


def _write_futures(book: Book, found: ManyFutures) -> None:
    sheet = book.sheet("futures", (9, 15, 15, 15, 14, 14, 11, 11, 10, 15, 60), book.view.t(_FUTURES))
    sheet.table(_futures(book.view, found), _future_columns(book.view), freeze=1)


def _write_decisions(book: Book, found: ManyFutures) -> None:
    t, names, rows = book.view.t, book.view.names, found.decisions
    sheet = book.sheet("decisions", (36, 30, 13, 10, 10, 16, 30, 10), t(_DECISIONS))
    table = rows.assign(
        site=names.label("sites", rows["site_id"]),
        specialty=names.label("specialties", rows["specialty_id"]),
        now=[t(N_("open")) if there else "" for there in rows["in_hand"]],
        told=[t(FIRMNESS[word]) for word in rows["firmness"]],
        contract=[names.contracts.get(code, code) for code in rows["contract_id"]],
    )
    columns = [
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("now", t(N_("Plan in hand"))),
        Column("plans", t(N_("Open in")), t(N_("futures")), "number"),
        Column("of", t(N_("of")), t(N_("futures")), "number"),
        Column("told", t(N_("How often")), "", "verdict"),
        Column("contract", t(N_("Contract most often"))),
        Column("under", t(N_("Under it")), t(N_("futures")), "number"),
    ]
    block = sheet.table(table, columns, freeze=2)
    sheet.mark(block, "told", {t(FIRMNESS["split"]): "caution", t(FIRMNESS["all"]): "good"})


def _write_causes(book: Book, found: ManyFutures) -> None:
    t, rows = book.view.t, found.drawn.causes
    sheet = book.sheet("causes", (60, 12, 12, 12, 20), t(_CAUSES))
    stated = t(N_("stated"))
    table = rows.assign(
        told=list(cause_words(book.view, found)),
        range=[
            stated if s else t(N_("assumed, grade {grade}"), grade=g)
            for s, g in zip(rows["stated"], rows["grade"], strict=True)
        ],
    )
    columns = [
        Column("told", t(N_("What is drawn"))),
        Column("p5", t(N_("5 %")), "", "general"),
        Column("mean", t(N_("Mean")), "", "general"),
        Column("p95", t(N_("95 %")), "", "general"),
        Column("range", t(N_("Range"))),
    ]
    sheet.table(table, columns, freeze=1)
