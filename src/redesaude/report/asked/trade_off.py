"""The workbook ``trade_off.xlsx`` and its page: at each level of one measure the best of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from redesaude.asking.trade_off import TradeOff
from redesaude.language import N_
from redesaude.plan.plan import Plan
from redesaude.report.aim import MEASURED, level_words
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.page import Shown, page_of
from redesaude.report.document.blocks import Document
from redesaude.report.placing import Placed
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.sheet import Column
from redesaude.status import Status

NAME = "trade_off"

TITLES: Mapping[str, str] = MappingProxyType({"levels": N_("One measure against another")})

_ABOUT = N_(
    "Each line asks for so much of one measure in the last period ({measured}), as a hard promise, and is then made to "
    "be best at the other: {against}. Reached is what the plan found has of it; no plan of the line does better than "
    "what is proven. Money is of the cheapest plan found for that."
)
_WITHIN = N_("No plan here costs more than {money}.")
_LEVEL = N_("{level}: {reached} ({against}); no plan does better than {limit}, proven. It costs {cost}.")
_IMPOSSIBLE = N_("{level}: no plan is possible.")
_NO_PLAN = N_("{level}: no plan was found in the time there was, or none within the money there is.")


def place_trade_off(found: TradeOff, plan: Plan, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder of ``found``, asked of ``plan``, at ``out`` and return where it is."""
    return place_asked(asked(found, plan), out, language)


def asked(found: TradeOff, plan: Plan) -> Asked:
    """Return what is written of ``found``."""

    def write(book: Book) -> None:
        sheet = book.sheet("levels", (14, 14, 16, 16, 18, 10, 70), _about(book.view, found))
        sheet.table(*_levels(book.view, found), freeze=1)

    return Asked(NAME, plan, TITLES, write, {"levels": found.table}, lambda view: page(view, found))


def page(view: View, found: TradeOff) -> Document:
    """Return the page."""
    title, table = view.t(TITLES["levels"]), _levels(view, found)
    return page_of(view, title, trade_off_words(view, found), [Shown(title, *table, _about(view, found))])


def trade_off_words(view: View, found: TradeOff) -> Iterator[str]:
    """Yield a sentence on each level."""
    t, against = view.t, found.against
    for row, plan in zip(found.table.to_dict("records"), found.plans, strict=True):
        level = level_words(view, found.measure, row["level"])
        if plan.aim is None:
            yield t(_IMPOSSIBLE if plan.status == Status.INFEASIBLE else _NO_PLAN, level=level)
            continue
        values = {name: level_words(view, against, row[name]) for name in ("reached", "limit")}
        yield t(_LEVEL, level=level, against=t(MEASURED[against.name]), cost=view.numbers.money(row["cost"]), **values)


def _about(view: View, found: TradeOff) -> str:
    t = view.t
    told = t(_ABOUT, measured=t(MEASURED[found.measure.name]), against=t(MEASURED[found.against.name]))
    money = next((plan.aim.money for plan in found.plans if plan.aim is not None), None)
    return told if money is None else f"{told} {t(_WITHIN, money=view.numbers.money(money))}"


def _levels(view: View, found: TradeOff) -> tuple[pd.DataFrame, list[Column]]:
    t, measure, against = view.t, found.measure, found.against
    table = found.table.assign(told=list(trade_off_words(view, found)))
    return table, [
        Column("level", t(N_("Asked for")), "", measure.form),
        Column("kept", t(N_("Reached")), t(N_("of what is asked for")), measure.form),
        Column("reached", t(N_("Best found")), t(N_("of the other measure")), against.form),
        Column("limit", t(N_("No plan does better than")), t(N_("proven")), against.form),
        Column("cost", t(N_("Plan found")), view.numbers.symbol, "money"),
        Column("services", t(N_("Services")), "", "number"),
        Column("told", t(N_("In words"))),
    ]
