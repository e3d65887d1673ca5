"""Indicators: formulas that can be worked out, each with what it needs and nothing that it does not use."""

from __future__ import annotations

from collections.abc import Iterator

from redesaude.errors import Problem
from redesaude.inputs.book import Book, about
from redesaude.inputs.faults import Fault
from redesaude.language import N_

NO_FORMULA = Fault(
    "indicator_without_formula",
    N_("{name} is divided by {per}, but has no formula"),
    N_("a formula, or nothing by which it is divided"),
    N_("choose what is counted in formula, or empty per: the indicator is then typed"),
)
NO_MONEY = Fault(
    "indicator_of_no_money",
    N_("{name} names the payer {payer}, but counts no money"),
    N_("a payer only where money is counted"),
    N_("empty payer, or choose money as formula"),
)


@about("indicators")
def check_indicators(book: Book) -> Iterator[Problem]:
    """Yield formulas that lack what they need, and payers of what is no money."""
    sheet = book["indicators"]
    frame = sheet.frame
    if not sheet.sound("formula", "per", "payer"):
        return
    yield from sheet.where((frame["per"] != "") & (frame["formula"] == ""), "per", NO_FORMULA)
    money = (frame["formula"] == "money") | (frame["per"] == "money")
    yield from sheet.where((frame["payer"] != "") & ~money, "payer", NO_MONEY)
