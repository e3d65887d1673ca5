"""The workbook ``why.xlsx`` of a scenario without a plan, and its page: what may give way, and at what cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from redesaude.asking.relaxations import MayGiveWay
from redesaude.language import N_
from redesaude.promises.causes import CUT
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.page import Shown, page_of
from redesaude.report.document.blocks import Document
from redesaude.report.placing import Placed
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.solving.relaxations import Relaxation

NAME = "why"
TITLES: Mapping[str, str] = MappingProxyType({"relaxations": N_("What may give way")})
#: what a variant is called that does so
GIVEN_WAY = N_("what gives way")
_ABOUT = N_(
    "No plan keeps all the firm promises and rules. Each set below is the smallest change of one kind of them, or of "
    "several together, that makes a plan possible while all others hold. It was tried: the cost is that of the plan "
    "found with it, the least what no plan with it costs less than; the change itself costs nothing here."
)
_TRIED = N_("a plan costs {found} then, and none less than {least}")
_NOTHING = N_("No change of the rules was found that makes a plan possible.")
_UNTRIED = N_("the time ended before a plan was found with it")


def place_relaxations(found: MayGiveWay, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder at ``out`` and return where it is, with what there is to tell."""
    return place_asked(asked(found), out, language)


def asked(found: MayGiveWay) -> Asked:
    """Return what is written of what may give way."""
    tables = {"relaxations": found.table}
    return Asked(NAME, found.plan, TITLES, lambda book: _write(book, found), tables, lambda view: page(view, found))


def page(view: View, found: MayGiveWay) -> Document:
    """Return the page: the rules of each set in sentences, with what a plan costs then, the cheapest first."""
    t, title = view.t, view.t(TITLES["relaxations"])
    sentences = [*([] if found.ranked else [t(_NOTHING)]), *([t.tell(CUT)] if found.cut else [])]
    return page_of(view, title, sentences, [Shown(title, *_table(view, found), t(_ABOUT))])


def relaxation_words(view: View, found: MayGiveWay) -> Iterator[str]:
    """Yield a line for each rule of each set, and what a plan costs with the set; the cheapest first."""
    for rank, each in enumerate(found.ranked, start=1):
        *sentences, tried = set_words(view, each)
        for n, sentence in enumerate(sentences):
            yield f"{'' if n else rank:>3} {sentence}"
        yield f"    {tried}"
    if found.cut:
        yield view.t.tell(CUT)


def set_words(view: View, each: Relaxation) -> list[str]:
    """Return a sentence for each rule of a set that may give way together, and at last what a plan costs with it."""
    t, money = view.t, view.numbers.money
    tried = t(_UNTRIED) if np.isnan(each.found) else t(_TRIED, found=money(each.found), least=money(each.least))
    return [*map(t.tell, each.sentences), tried]


def _write(book: Book, found: MayGiveWay) -> None:
    t = book.view.t
    sheet = book.sheet("relaxations", (7, 90, 14, 16, 16), t(_ABOUT))
    if found.cut:
        sheet.text(t.tell(CUT), "sentence", "bold")
    sheet.table(*_table(book.view, found), freeze=2)


def _table(view: View, found: MayGiveWay) -> tuple[pd.DataFrame, list[Column]]:
    t, money, table = view.t, view.numbers.symbol, found.table
    table["change"] = [" ".join(map(t.tell, each.sentences)) for each in found.ranked]
    table["least"] = table["least"].replace(-np.inf, np.nan)
    value = t(N_("{money}, present value"), money=money)
    return table, [
        Column("rank", t(N_("Rank")), "", "number"),
        Column("change", t(N_("What gives way"))),
        Column("share", t(N_("Change")), t(N_("share of itself")), "percent"),
        Column("found", t(N_("Cost of the plan")), value, "money"),
        Column("least", t(N_("No less than")), value, "money"),
    ]
