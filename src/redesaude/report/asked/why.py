"""The workbook ``why.xlsx`` and its page: every service turned round, the other contracts, what promises are worth,
who is worse off than today.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from redesaude.asking.why import Why
from redesaude.language import N_
from redesaude.report.asked.answers import BETTERED, difference_columns
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.page import Shown, page_of
from redesaude.report.asked.words import SHORT, STYLES
from redesaude.report.document.blocks import Document
from redesaude.report.placing import Placed
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.limits import limits_frame
from redesaude.report.workbook.sheet import Column
from redesaude.studies.eligibility import REASONS

NAME = "why"

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "services": N_("Why here, and why not there"),
        "contracts": N_("Why this contract"),
        "promises": N_("What promises are worth"),
        "worse_off": N_("Who is worse off than today"),
    }
)

PROOFS: Mapping[str, str] = {
    "solved": N_("solved"),
    "multipliers": N_("by the multipliers of the proof"),
    "": N_("nothing proven"),
}

_SERVICES = N_(
    "What it costs at least, and at most, to close what the plan opens, or to open in the last period what it does "
    "not: the difference between the best possible with and without, present value. Where only the multipliers of the "
    "proof were asked the least is proven and nothing else is known; zero then means that it may cost nothing."
)
_CONTRACTS = N_(
    "Every contract at each open site, priced on the network of the plan: the same services, sizes and patients. Below "
    "zero it would be cheaper there, but may not be chosen, or not by itself."
)
_PROMISES = N_(
    "What one unit more of a promise costs at first, by the multipliers of the proof (below zero: what one unit more "
    "of a limit saves), in its own unit: cases a year, money, people. It holds for small changes only. Zero: it costs "
    "nothing by itself, for other rules bind before it. Blank: not known."
)
_WORSE = N_(
    "Municipalities and specialties of which fewer cases are treated in the last period than today's services would "
    "treat of the same people, or those treated travel longer on average; the most minutes lost first."
)


def place_why(why: Why, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder of ``why`` at ``out`` and return where it is, with what there is to tell."""
    return place_asked(asked(why), out, language)


def asked(why: Why) -> Asked:
    """Return what is written of ``why``."""
    tables = {"services": why.services, "contracts": why.contracts, "promises": why.promises, "worse_off": why.worse}

    def write(book: Book) -> None:
        _write_services(book, why)
        _write_contracts(book, why)
        _write_promises(book, why)
        _write_worse(book, why)

    return Asked(NAME, why.plan, TITLES, write, tables, lambda view: page(view, why))


def page(view: View, why: Why) -> Document:
    """Return the page: the services turned round, the other contracts, what promises are worth, who is worse off."""
    t = view.t
    tables = [
        Shown(t(TITLES["services"]), *_services(view, why), t(_SERVICES)),
        Shown(t(TITLES["contracts"]), *_contracts(view, why), t(_CONTRACTS)),
        Shown(t(TITLES["promises"]), *_promises(view, why), t(_PROMISES)),
        Shown(t(TITLES["worse_off"]), *_worse(view, why), t(_WORSE)),
    ]
    return page_of(view, t(TITLES["services"]), [t(BETTERED)] if why.bettered else [], tables)


def short_words(view: View, answer: str) -> str:
    """Return an answer in a word or two; blank says that nothing is known but the least."""
    return view.t(SHORT[answer]) if answer else ""


def _write_services(book: Book, why: Why) -> None:
    t = book.view.t
    sheet = book.sheet("services", (24, 19, 17, 9, 18, 14, 14, 14, 13), t(_SERVICES))
    if why.bettered:
        sheet.text(t(BETTERED), "sentence", "bold")
    block = sheet.table(*_services(book.view, why), freeze=2)
    sheet.mark(block, "short", {t(SHORT[answer]): style for answer, style in STYLES.items()})


def _services(view: View, why: Why) -> tuple[pd.DataFrame, list[Column]]:
    t, names = view.t, view.names
    table = why.services.assign(
        site=names.label("sites", why.services["site_id"]),
        specialty=names.label("specialties", why.services["specialty_id"]),
        contract=names.label("contracts", why.services["contract_id"]),
        turned=[t(N_("close it")) if there else t(N_("open it")) for there in why.services["opened"]],
        short=[short_words(view, answer) for answer in why.services["answer"]],
        proved=[t(PROOFS[proof]) for proof in why.services["proof"]],
    )
    return table, [
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("contract", t(N_("Contract in the plan"))),
        Column("turned", t(N_("What if")), "", "verdict"),
        Column("short", t(N_("In short"))),
        *difference_columns(view),
        Column("proved", t(N_("How it is known"))),
    ]


def _write_contracts(book: Book, why: Why) -> None:
    sheet = book.sheet("contracts", (34, 30, 14, 16, 44), book.view.t(_CONTRACTS))
    sheet.table(*_contracts(book.view, why), freeze=2)


def _contracts(view: View, why: Why) -> tuple[pd.DataFrame, list[Column]]:
    t, names, money = view.t, view.names, view.numbers.symbol
    rows = why.contracts
    table = rows.assign(
        site=names.label("sites", rows["site_id"]),
        contract=names.label("contracts", rows["contract_id"]),
        decided=[t(N_("decided")) if chosen else "" for chosen in rows["chosen"]],
        told=[t(REASONS[reason]) for reason in rows["reason"]],
    )
    return table, [
        Column("site", t(N_("Site"))),
        Column("contract", t(N_("Contract"))),
        Column("decided", t(N_("In the plan")), "", "verdict"),
        Column("dearer", t(N_("Dearer by")), t(N_("{money}, present value"), money=money), "money"),
        Column("told", t(N_("May it run this site?"))),
    ]


def _write_promises(book: Book, why: Why) -> None:
    sheet = book.sheet("promises", (15, 32, 19, 19, 11, 12, 12, 9, 13), book.view.t(_PROMISES))
    sheet.table(*_promises(book.view, why), freeze=2)


def _promises(view: View, why: Why) -> tuple[pd.DataFrame, list[Column]]:
    t, money = view.t, view.numbers.symbol
    known = why.promises.set_index("promise_id")
    frame = limits_frame(view)
    frame = frame.assign(
        unit=frame["promise_id"].map(known["unit"]).astype(float),
        binding=[t(N_("binds")) if known["binds"].get(one, False) else "" for one in frame["promise_id"]],
    )
    frame = frame.sort_values("binding", ascending=False, kind="stable", ignore_index=True)
    return frame, [
        Column("kind_name", t(N_("Kind"))),
        Column("promise", t(N_("Promise or limit"))),
        Column("specialty", t(N_("Specialty"))),
        Column("region", t(N_("Health region"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("limit", t(N_("Promised")), t(N_("cases a year, or money")), "@format"),
        Column("achieved", t(N_("In the plan")), t(N_("in the same unit")), "@format"),
        Column("binding", t(N_("Binding")), "", "verdict"),
        Column("unit", t(N_("One unit more")), t(N_("{money}, present value"), money=money), "general"),
    ]


def _write_worse(book: Book, why: Why) -> None:
    sheet = book.sheet("worse_off", (34, 26, 13, 15, 15, 15, 15), book.view.t(_WORSE))
    sheet.table(*_worse(book.view, why), freeze=2)


def _worse(view: View, why: Why) -> tuple[pd.DataFrame, list[Column]]:
    t, names = view.t, view.names
    table = why.worse.assign(
        town=names.label("territories", why.worse["territory_id"]),
        specialty=names.label("specialties", why.worse["specialty_id"]),
    )
    return table, [
        Column("town", t(N_("Municipality"))),
        Column("specialty", t(N_("Specialty"))),
        Column("cases", t(N_("Cases a year")), "", "decimal"),
        Column("treated_today", t(N_("Treated today")), t(N_("cases a year")), "decimal"),
        Column("treated", t(N_("Treated in the plan")), t(N_("cases a year")), "decimal"),
        Column("minutes_today", t(N_("Minutes today")), t(N_("one way, on average")), "number"),
        Column("minutes", t(N_("Minutes in the plan")), t(N_("one way, on average")), "number"),
    ]
