"""The workbook ``why.xlsx``: every service turned round, the other contracts, what promises are worth, who is worse off
than today.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from redesaude.asking.why import Why
from redesaude.language import N_
from redesaude.report.asked.answers import BETTERED, difference_columns
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.words import SHORT, STYLES
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

    return Asked(NAME, why.plan, TITLES, write, tables)


def short_words(view: View, answer: str) -> str:
    """Return an answer in a word or two; blank says that nothing is known but the least."""
    return view.t(SHORT[answer]) if answer else ""


def _write_services(book: Book, why: Why) -> None:
    t, names = book.view.t, book.view.names
    sheet = book.sheet("services", (24, 19, 17, 9, 18, 14, 14, 14, 13), t(_SERVICES))
    if why.bettered:
        sheet.text(t(BETTERED), "sentence", "bold")
    table = why.services.assign(
        site=names.label("sites", why.services["site_id"]),
        specialty=names.label("specialties", why.services["specialty_id"]),
        contract=names.label("contracts", why.services["contract_id"]),
        turned=[t(N_("close it")) if there else t(N_("open it")) for there in why.services["opened"]],
        short=[short_words(book.view, answer) for answer in why.services["answer"]],
        proved=[t(PROOFS[proof]) for proof in why.services["proof"]],
    )
    columns = [
        Column("site", t(N_("Site"))),
        Column("specialty", t(N_("Specialty"))),
        Column("contract", t(N_("Contract in the plan"))),
        Column("turned", t(N_("What if")), "", "verdict"),
        Column("short", t(N_("In short"))),
        *difference_columns(book),
        Column("proved", t(N_("How it is known"))),
    ]
    block = sheet.table(table, columns, freeze=2)
    sheet.mark(block, "short", {t(SHORT[answer]): style for answer, style in STYLES.items()})


def _write_contracts(book: Book, why: Why) -> None:
    t, names, money = book.view.t, book.view.names, book.view.numbers.symbol
    sheet = book.sheet("contracts", (34, 30, 14, 16, 44), t(_CONTRACTS))
    rows = why.contracts
    table = rows.assign(
        site=names.label("sites", rows["site_id"]),
        contract=names.label("contracts", rows["contract_id"]),
        decided=[t(N_("decided")) if chosen else "" for chosen in rows["chosen"]],
        told=[t(REASONS[reason]) for reason in rows["reason"]],
    )
    columns = [
        Column("site", t(N_("Site"))),
        Column("contract", t(N_("Contract"))),
        Column("decided", t(N_("In the plan")), "", "verdict"),
        Column("dearer", t(N_("Dearer by")), t(N_("{money}, present value"), money=money), "money"),
        Column("told", t(N_("May it run this site?"))),
    ]
    sheet.table(table, columns, freeze=2)


def _write_promises(book: Book, why: Why) -> None:
    t, money = book.view.t, book.view.numbers.symbol
    sheet = book.sheet("promises", (15, 32, 19, 19, 11, 12, 12, 9, 13), t(_PROMISES))
    known = why.promises.set_index("promise_id")
    frame = limits_frame(book.view)
    frame = frame.assign(
        unit=frame["promise_id"].map(known["unit"]).astype(float),
        binding=[t(N_("binds")) if known["binds"].get(one, False) else "" for one in frame["promise_id"]],
    )
    frame = frame.sort_values("binding", ascending=False, kind="stable", ignore_index=True)
    columns = [
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
    sheet.table(frame, columns, freeze=2)


def _write_worse(book: Book, why: Why) -> None:
    t, names = book.view.t, book.view.names
    sheet = book.sheet("worse_off", (34, 26, 13, 15, 15, 15, 15), t(_WORSE))
    table = why.worse.assign(
        town=names.label("territories", why.worse["territory_id"]),
        specialty=names.label("specialties", why.worse["specialty_id"]),
    )
    columns = [
        Column("town", t(N_("Municipality"))),
        Column("specialty", t(N_("Specialty"))),
        Column("cases", t(N_("Cases a year")), "", "decimal"),
        Column("treated_today", t(N_("Treated today")), t(N_("cases a year")), "decimal"),
        Column("treated", t(N_("Treated in the plan")), t(N_("cases a year")), "decimal"),
        Column("minutes_today", t(N_("Minutes today")), t(N_("one way, on average")), "number"),
        Column("minutes", t(N_("Minutes in the plan")), t(N_("one way, on average")), "number"),
    ]
    sheet.table(table, columns, freeze=2)
