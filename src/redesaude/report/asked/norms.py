"""The workbook ``norms.xlsx``: what each norm costs that a plan keeps, and what keeping those would that it misses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from redesaude.asking.norms import Missed, Norms
from redesaude.language import N_
from redesaude.promises import WORDS
from redesaude.report.asked.answers import BETTERED, difference_columns, write_changes
from redesaude.report.asked.folder import Asked, place_asked
from redesaude.report.asked.words import SHORT, STYLES, difference_words
from redesaude.report.placing import Placed
from redesaude.report.view import View
from redesaude.report.workbook.book import Book
from redesaude.report.workbook.limits import limits_frame
from redesaude.report.workbook.sheet import Column

NAME = "norms"

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "kept": N_("What norms cost that are kept"),
        "missed": N_("What norms would cost that are missed"),
        "where": N_("Where norms are missed"),
        "changes": N_("What each answer changes"),
    }
)
_SINGLE = N_("{norm}, single areas")
KEPT = N_(
    "The price is what the best plan found without the norm saves, present value of the whole horizon; it is proven to "
    "lie in the interval. Of a group, those norms that the plan keeps are let go, and all others stay."
)
_MISSED = N_(
    "Each line makes firm, together, the norms of a group that the plan misses, beside all that the input states; one "
    "beyond reach is asked for at the most that any network could keep by travel. The difference is what the best "
    "network costs more then, less the price of missing them that is no longer paid; where no plan is possible the "
    "rules in the way are told. What opens for it is on the sheet of changes."
)
_WHERE = N_(
    "Each norm that the plan misses, with the most of it that any network could keep by travel: blank where travel "
    "says nothing. What is asked for is the norm, or the most where that is less; blank: no network keeps it, and it "
    "is not asked for."
)


def place_norms(norms: Norms, out: Path | str, language: str | None = None) -> Placed:
    """Write the output folder of ``norms`` at ``out`` and return where it is, with what there is to tell."""
    return place_asked(asked(norms), out, language)


def asked(norms: Norms) -> Asked:
    """Return what is written of ``norms``."""
    tables = {"kept": norms.kept, "missed": norms.table, "where": norms.where, "changes": norms.takes}

    def write(book: Book) -> None:
        _write_kept(book, norms)
        _write_missed(book, norms)
        _write_where(book, norms)
        write_changes(book, norms.takes, {each.name: group_words(book.view, *each.group) for each in norms.missed})

    return Asked(NAME, norms.plan, TITLES, write, tables)


def group_words(view: View, kind: str, specialty_id: str, regions: bool) -> str:
    """Return what a group of norms is called."""
    specialty = view.names.specialties.get(specialty_id, specialty_id)
    norm = ": ".join(part for part in (view.t(WORDS[kind].name), specialty) if part)
    return view.t(_SINGLE, norm=norm) if regions else norm


def missed_words(view: View, missed: Missed) -> str:
    """Return what keeping a group costs, as a sentence."""
    return difference_words(view, missed.difference, missed.plan)


def _named(view: View, rows: pd.DataFrame) -> list[str]:
    groups = zip(rows["kind"], rows["specialty_id"], rows["regions"], strict=True)
    return [group_words(view, kind, specialty, bool(regions)) for kind, specialty, regions in groups]


def _write_kept(book: Book, norms: Norms) -> None:
    t, money = book.view.t, book.view.numbers.symbol
    sheet = book.sheet("kept", (52, 9, 12, 16, 16, 16), t(KEPT))
    if norms.bettered:
        sheet.text(t(BETTERED), "sentence", "bold")
    finite = {name: norms.kept[name].replace([np.inf, -np.inf], np.nan) for name in ("least", "most")}
    value, proven = t(N_("{money}, of the two plans"), money=money), t(N_("{money}, proven"), money=money)
    columns = [
        Column("norm", t(N_("Norm"))),
        Column("norms", t(N_("Kept")), t(N_("norms")), "number"),
        Column("bind", t(N_("Binding")), t(N_("norms")), "number"),
        Column("price", t(N_("Price found")), value, "money"),
        Column("least", t(N_("Least price")), proven, "money"),
        Column("most", t(N_("Most price")), proven, "money"),
    ]
    sheet.table(norms.kept.assign(norm=_named(book.view, norms.kept), **finite), columns, freeze=1)


def _write_missed(book: Book, norms: Norms) -> None:
    t, table = book.view.t, norms.table
    sheet = book.sheet("missed", (52, 9, 13, 18, 40, 14, 14, 14), t(_MISSED))
    finite = {name: table[name].replace([np.inf, -np.inf], np.nan) for name in ("low", "high")}
    rows = table.assign(
        norm=_named(book.view, table),
        short=[t(SHORT[each.difference.answer]) for each in norms.missed],
        told=[missed_words(book.view, each) for each in norms.missed],
        **finite,
    )
    columns = [
        Column("norm", t(N_("Norm"))),
        Column("norms", t(N_("Missed")), t(N_("norms")), "number"),
        Column("beyond", t(N_("Beyond reach")), t(N_("norms")), "number"),
        Column("short", t(N_("In short"))),
        Column("told", t(N_("Answer"))),
        *difference_columns(book.view),
    ]
    block = sheet.table(rows, columns, freeze=1)
    sheet.mark(block, "short", {t(SHORT[answer]): style for answer, style in STYLES.items()})


def _write_where(book: Book, norms: Norms) -> None:
    view, t = book.view, book.view.t
    sheet = book.sheet("where", (18, 44, 28, 26, 11, 13, 13, 13, 12), t(_WHERE))
    names = ["promise_id", "kind_name", "promise", "specialty", "region", "period", "format"]
    rows = norms.where[["promise_id", "limit", "achieved", "asked", "most"]]
    rows = rows.merge(limits_frame(view)[names], on="promise_id")
    unit = t(N_("in the same unit"))
    columns = [
        Column("kind_name", t(N_("Kind"))),
        Column("promise", t(N_("Promise or limit"))),
        Column("specialty", t(N_("Specialty"))),
        Column("region", t(N_("Health region"))),
        Column("period", t(N_("Period")), t(N_("years"))),
        Column("limit", t(N_("Promised")), t(N_("cases a year, or people")), "@format"),
        Column("achieved", t(N_("In the plan")), unit, "@format"),
        Column("asked", t(N_("Asked for")), unit, "@format"),
        Column("most", t(N_("Most that can be kept")), t(N_("share")), "percent"),
    ]
    sheet.table(rows, columns, freeze=2)
