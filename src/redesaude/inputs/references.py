"""Ids: each once, each reference found, codes that lost their zeros, lots and sizes by name."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import pandas as pd

from redesaude.errors import Problem
from redesaude.inputs.book import Book, Sheet
from redesaude.inputs.faults import Fault, nearest, shorten, without_accents
from redesaude.inputs.tables import Column
from redesaude.language import N_

#: digits of a code in Brazil's register of health establishments (CNES)
CNES_DIGITS = 7
_FEWEST_CNES_DIGITS = 3

#: digits of IBGE's code of a municipality, the last one a check digit that many tables leave out
IBGE_DIGITS = 7

DUPLICATE_ID = Fault(
    "duplicate_id",
    N_("{value} stands in row {first} and here"),
    N_("each {column} once"),
    N_("delete one of the rows, or give this one a code of its own"),
)
DUPLICATE_ROW = Fault(
    "duplicate_row",
    N_("row {first} has the same {key}"),
    N_("one row for each {key}"),
    N_("delete one of the two rows"),
)
UNKNOWN = Fault(
    "unknown_reference",
    N_("'{found}' is not on the sheet {target}"),
    N_("a {target_column} of the sheet {target}"),
    N_("correct the code, or add '{found}' to the sheet {target}"),
    near=N_("did you mean {suggestion}? Otherwise add '{found}' to the sheet {target}"),
)
UNKNOWN_SIZE = Fault(
    "unknown_size",
    N_("{specialty_id} has no size '{value}'"),
    N_("a size_id that the sheet sizes has for {specialty_id}"),
    N_("correct the size, or add it to the sheet sizes"),
    near=N_("did you mean {suggestion}? Otherwise add the size to the sheet sizes"),
)
TWINS = Fault(
    "twin_ids",
    N_("'{value}' and '{other}' in row {first} differ only in capitals"),
    N_("codes that everyone, also a spreadsheet, tells apart"),
    N_("use one spelling, or another code"),
)
NO_CHECK_DIGIT = Fault(
    "check_digit_missing",
    N_("'{found}' lacks the check digit, the last of the seven digits of an IBGE code"),
    N_("a {target_column} of the sheet {target}"),
    N_("type {suggestion}"),
)
CHECK_DIGIT_TOO = Fault(
    "check_digit_too",
    N_("'{found}' has the check digit of an IBGE code, which the sheet {target} leaves out"),
    N_("a {target_column} of the sheet {target}"),
    N_("type {suggestion}"),
)
WRONG_CHECK_DIGIT = Fault(
    "check_digit_wrong",
    N_("'{found}' has another check digit than {suggestion}"),
    N_("a {target_column} of the sheet {target}"),
    N_("type {suggestion}"),
)
LOST_ZEROS = Fault(
    "lost_zeros",
    N_("{value} has fewer than {digits} digits, other codes have {digits}"),
    N_("a code of {digits} digits, as text"),
    N_("format the column as text and type {suggestion}"),
)


def check_ids(book: Book) -> Iterator[Problem]:
    """Yield every key that stands twice, and every code without its zeros."""
    for sheet in book.filled():
        yield from _duplicates(sheet)
        yield from _twins(sheet)
    yield from _lost_zeros(book["sites"])


def check_references(book: Book) -> Iterator[Problem]:
    """Yield every reference to something that is not there; the ``book`` knows what :func:`check_ids` found."""
    for sheet in book.filled():
        for column in sheet.table.columns:
            if column.refers and column.name in sheet.letters:
                yield from _unknown(book, sheet, column)
    if len(book["lots"].frame):
        yield from _unknown(book, book["sites"], Column("lot_id", "text", "", refers="lots.lot_id"))
    yield from _unknown_sizes(book)


def _duplicates(sheet: Sheet) -> Iterator[Problem]:
    key = list(sheet.table.key)
    if not key or not all(name in sheet.letters for name in key if sheet.table.column(name).required):
        return
    frame = sheet.frame
    whole = [name for name in key if sheet.table.column(name).required]
    if not frame.duplicated(key).any():
        return
    rows = frame[(frame[whole] != "").all(axis=1)] if whole else frame
    again = rows.index[rows.duplicated(key)]
    first = _first_rows(rows, key)
    fault = DUPLICATE_ID if len(key) == 1 else DUPLICATE_ROW
    yield from shorten(list(again), lambda row: sheet.at(row, key[0], fault, first=first[row], key=" + ".join(key)))


def _twins(sheet: Sheet) -> Iterator[Problem]:
    """Codes of one column that are the same but for capitals: formulas, and many readers, take them for one."""
    for column in sheet.table.columns:
        if column.kind not in {"id", "text"} or not column.name.endswith("_id") or column.name not in sheet.letters:
            continue
        first: dict[str, tuple[Hashable, str]] = {}
        codes = sheet.frame[column.name]
        words = set(codes.tolist())
        if len({word.casefold() for word in words}) == len(words):
            continue
        for row, code in codes[(codes != "") & ~codes.duplicated()].items():
            where, other = first.setdefault(code.casefold(), (row, code))
            if other != code:
                yield sheet.at(row, column.name, TWINS, first=where, other=other)


def _first_rows(rows: pd.DataFrame, key: list[str]) -> pd.Series:
    """For each row, the first row with the same key."""
    group = rows.groupby(key, dropna=False, sort=False).ngroup()
    numbers = pd.Series(rows.index, index=rows.index)
    return numbers.groupby(group).transform("first")


def _lost_zeros(sites: Sheet) -> Iterator[Problem]:
    ids = sites.frame["site_id"]
    digits = ids.str.len().where(ids.str.fullmatch(r"\d+"), 0)
    if not (digits == CNES_DIGITS).any():
        return
    for row in ids.index[(digits >= _FEWEST_CNES_DIGITS) & (digits < CNES_DIGITS)]:
        whole = str(ids[row]).zfill(CNES_DIGITS)
        yield sites.at(row, "site_id", LOST_ZEROS, digits=CNES_DIGITS, suggestion=whole)


def _unknown(book: Book, sheet: Sheet, column: Column) -> Iterator[Problem]:
    """References that the target sheet does not have; silent where the target itself could not be read."""
    target, names = column.refers.split(".")
    known, target_column, *others = book[target], *names.split("/")
    if not known.present or (target_column not in known.letters and known.table.column(target_column).required):
        return
    ids = {"", *column.words}.union(*(known.frame[name] for name in (target_column, *others)))
    entries = sheet.frame[column.name]
    if ids.issuperset(entries):
        return
    entries = entries.explode() if column.kind == "references" else entries
    unknown = entries[~entries.isin(ids) & entries.notna()]
    missing = unknown.unique()
    if len(missing) <= known.flaws.get(target_column, 0):
        return

    def tell(place: tuple[Hashable, str]) -> Problem:
        row, word = place
        values = {"found": word, "target": target, "target_column": target_column}
        fault, meant = _meant(word, known, target_column)
        return sheet.at(row, column.name, fault, **values, suggestion=meant)

    yield from shorten(list(unknown.items()), tell)


def _meant(word: str, known: Sheet, column: str) -> tuple[Fault, str]:
    """Return what is wrong with a code that is unknown, and the one that was meant: blank if none is surely."""
    ids = [str(value) for value in known.frame[column].unique() if value]
    if word.isdigit():
        return _meant_digits(word, ids)
    if "name" in known.letters:
        named = known.frame.loc[known.frame["name"].map(without_accents) == without_accents(word), column].unique()
        if len(named):
            return UNKNOWN, str(named[0]) if len(named) == 1 else ""
    spelt = [i for i in ids if without_accents(i) == without_accents(word)]
    return UNKNOWN, spelt[0] if len(spelt) == 1 else nearest(word, ids)


def _meant_digits(word: str, ids: list[str]) -> tuple[Fault, str]:
    """A number is never like another one: only lost zeros, and the check digit of IBGE's codes, tell what was meant."""
    same = [i for i in ids if i.lstrip("0") == word.lstrip("0")]
    if len(same) == 1:
        return UNKNOWN, same[0]
    place = [i for i in ids if len(i) == IBGE_DIGITS and i.isdigit() and i[:-1] == word[: IBGE_DIGITS - 1]]
    if len(place) == 1 and len(word) in {IBGE_DIGITS - 1, IBGE_DIGITS}:
        return NO_CHECK_DIGIT if len(word) < IBGE_DIGITS else WRONG_CHECK_DIGIT, place[0]
    if len(word) == IBGE_DIGITS and word[:-1] in ids:
        return CHECK_DIGIT_TOO, word[:-1]
    return UNKNOWN, ""


def _unknown_sizes(book: Book) -> Iterator[Problem]:
    sizes = book["sizes"]
    if not sizes.sound("specialty_id", "size_id") or "size_id" not in sizes.letters:
        return
    named = [sheet for sheet in map(book.__getitem__, ("site_services", "decisions", "staffing")) if len(sheet.frame)]
    by_specialty = sizes.frame.groupby("specialty_id")["size_id"].agg(list).to_dict() if named else {}
    for sheet in named:
        for row, specialty, size in sheet.frame[["specialty_id", "size_id"]].itertuples():
            known = by_specialty.get(specialty)
            if size and known and size not in known:
                yield sheet.at(row, "size_id", UNKNOWN_SIZE, suggestion=nearest(size, known))
