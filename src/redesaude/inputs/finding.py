"""The cell that a planner means by a few words of any of the languages: a column or setting, and the rows of it.

Every word must be one of the column (its name or meaning), of its sheet, or of a row. The column that says most of them
is meant, one of a sheet that is named before others; where two say as much, it is the one of which they are the greater
part. Words of rows choose among its rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from redesaude.errors import InputError
from redesaude.inputs.cell_words import text_of
from redesaude.inputs.changes import NOT_CHANGED
from redesaude.inputs.faults import Fault, without_accents
from redesaude.inputs.scenario import Scenario
from redesaude.inputs.tables import SETTINGS, TABLES, Column, Table
from redesaude.language import LANGUAGES, N_, translator

#: letters that two words must begin with alike to be the same word in another number
_STEM = 4
#: fewest letters of a word that tells anything
_SHORTEST = 3
#: rows named one by one where no key with * means exactly them, and how many columns are offered
_MOST_ROWS, _OFFERED = 50, 6

NOT_FOUND = Fault(
    "cell_not_found",
    N_("no column or setting is called '{found}'"),
    N_("words of its name or meaning, and of the rows that are meant, in English, Portuguese or Vietnamese"),
    N_("use the words of the sheet, or SHEET/KEY/COLUMN"),
)
SEVERAL_FOUND = Fault(
    "cell_ambiguous",
    N_("'{found}' may mean: {known}"),
    N_("words that mean one column"),
    N_("add the name of its sheet, or type SHEET/KEY/COLUMN"),
)
ROWS_MEANT = Fault(
    "cell_rows_many",
    N_("'{found}' means {count} rows of {target}, which no key with * names together"),
    N_("words that mean few rows, or all of them"),
    N_("add a word, or name them as SHEET/KEY/COLUMN"),
)

Words = frozenset[str]


@dataclass(frozen=True)
class Cell:
    """What a change is made to: rows of a sheet by their key, in which a part may hold ``*``, and a column."""

    sheet: str
    key: str
    column: str


@dataclass(frozen=True)
class _Candidate:
    """A column: whether its sheet is named, how many words asked for are its own and its sheet's, which part of it they
    are, and how many each row says.
    """

    table: Table
    column: Column
    named: bool
    own: int
    around: int
    part: float
    rows: pd.Series


def find_cells(scenario: Scenario, asked: str, *, numbers: bool) -> list[Cell]:
    """Return what ``asked`` means in ``scenario``: words, or ``SHEET/KEY/COLUMN``; only ``numbers`` if they are asked.

    Raises
    ------
    InputError
        where nothing, or more than one column, is meant.

    """
    sheet, _, rest = asked.partition("/")
    if rest and sheet.strip() in {table.name for table in TABLES}:
        key, _, column = rest.rpartition("/") if sheet != "settings" else (rest, "", "value")
        return [Cell(sheet.strip(), key.strip(), column.strip())]
    found = list(_candidates(scenario, _words(asked), numbers=numbers))
    language = scenario.settings.language
    if not found:
        raise InputError([NOT_FOUND.problem("", "", found=asked)], language)
    same = [each for each in found if _rank(each) == max(map(_rank, found))]
    if len(same) > 1:
        known = [f"{each.table.name}.{each.column.name}" for each in same[:_OFFERED]]
        raise InputError([SEVERAL_FOUND.problem("", "", found=asked, known=known)], language)
    return _named(scenario, same[0], asked)


def _rank(each: _Candidate) -> tuple[bool, int, int, float]:
    return each.named, each.own, each.around, each.part


def _words(text: str) -> Words:
    return frozenset(re.split(r"[\W_]+", without_accents(text))) - {""}


def _telling(words: Words) -> Words:
    """The words that must be said: short ones, such as articles, need not be."""
    return frozenset(word for word in words if len(word) >= _SHORTEST or word.isdigit())


def _same(one: str, other: str) -> bool:
    """Whether two words are one, in any number."""
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= _STEM and long.startswith(short) and len(long) - len(short) <= 2)


def _shared(words: Iterable[str], text: Words) -> Words:
    return frozenset(word for word in words if word in text or any(_same(word, other) for other in text))


@cache
def _texts(*messages: str) -> tuple[Words, ...]:
    """The words of the messages, in each language."""
    tell = [translator(language) for language in LANGUAGES]
    return tuple(_words(" ".join([messages[0], *map(say, messages[1:])])) for say in tell)


def _candidates(scenario: Scenario, words: Words, *, numbers: bool) -> Iterator[_Candidate]:
    for table, column in _columns():
        if numbers and column.kind not in {"number", "integer"}:
            continue
        setting, named = table.name == "settings", _words(table.name) <= words
        own, part = _best(words, (column.name, *_meanings(column.name)))
        around = _words(table.name) if named else frozenset[str]()
        around |= frozenset() if setting else _best(words - own, (table.name, table.row))[0]
        left = _telling(words) - own - around
        if not _telling(own) or (setting and left):
            continue
        rows = pd.Series(dtype=int) if setting else _row_words(scenario, table, words, left)
        if setting or (rows > 0).any() or (not left and len(rows)):
            yield _Candidate(table, column, named, len(own), len(around), part, rows)


def _columns() -> Iterator[tuple[Table, Column]]:
    """Every column and setting that a variant can change."""
    settings = next(table for table in TABLES if table.name == "settings")
    yield from ((settings, setting) for setting in SETTINGS)
    for table in TABLES:
        if table.name not in NOT_CHANGED:
            yield from ((table, column) for column in table.columns if column.name not in table.key)


@cache
def _meanings(name: str) -> tuple[str, ...]:
    """Every meaning of the columns of one name: what one of them is called the others are called too."""
    return tuple(dict.fromkeys(column.meaning for _, column in _columns() if column.name == name))


def _best(words: Words, messages: tuple[str, ...]) -> tuple[Words, float]:
    """Return the words that a name with its meaning says in the language in which it says most of them, and which part
    of it they are: the whole where the name is said in full.
    """
    texts = _texts(*messages)
    shared = [_shared(words, text) for text in texts]
    best = max(range(len(texts)), key=lambda n: (len(shared[n]), -len(texts[n])))
    whole = bool(shared[best]) and _shared(_words(messages[0]), shared[best]) == _words(messages[0])
    return shared[best], 1.0 if whole else len(shared[best]) / max(1, len(texts[best]))


def _row_words(scenario: Scenario, table: Table, words: Words, needed: Words) -> pd.Series:
    """How many of ``words`` each row of a table says, a code that is one of them twice; none where it does not say all
    that are ``needed``.
    """
    frame: pd.DataFrame = getattr(scenario, table.name)
    texts = pd.Series([""] * len(frame), frame.index, dtype=object)
    for column in table.columns:
        if column.kind in {"id", "text", "choice", "reference"} and column.name not in {"source", "note"}:
            names = _names_of(scenario, column)
            texts += frame[column.name].map(lambda code, names=names: f" {code} {names.get(code, '')}")
    known = {text: _words(text) for text in texts.unique()}
    said = {text: _shared(words, own) for text, own in known.items()}
    codes = sum(frame[name].map(lambda code: without_accents(_key_text(code)) in words) for name in table.key)
    return texts.map(lambda text: len(said[text])).add(codes).where(texts.map(lambda text: needed <= said[text]), 0)


def _names_of(scenario: Scenario, column: Column) -> Mapping[str, str]:
    """The names of what a column refers to, by their codes."""
    target, _, key = column.refers.partition(".")
    frame = getattr(scenario, target, None) if column.kind == "reference" else None
    if frame is None or "name" not in frame or key not in frame:
        return {}
    return dict(zip(frame[key], frame["name"], strict=True))


def _named(scenario: Scenario, found: _Candidate, asked: str) -> list[Cell]:
    """The cells of a candidate: those rows that say most, by one key with * where it means just them."""
    table, column = found.table, found.column.name
    if table.name == "settings":
        return [Cell("settings", column, "value")]
    frame = getattr(scenario, table.name)[list(table.key)].map(_key_text)
    chosen = (found.rows == found.rows.max()) & ((found.rows > 0) | (found.rows.max() == 0))
    rows = frame[chosen]
    if chosen.all():
        return [Cell(table.name, "*", column)]
    alike = [values.iloc[0] if (values == values.iloc[0]).all() else "*" for _, values in rows.items()]
    meant = pd.Series(True, frame.index)
    for name, part in zip(table.key, alike, strict=True):
        meant &= (frame[name] == part) | (part == "*")
    if meant.sum() == len(rows):
        return [Cell(table.name, _joined(alike), column)]
    if len(rows) > _MOST_ROWS:
        problem = ROWS_MEANT.problem(table.name, "", found=asked, count=len(rows), target=f"{table.name}.{column}")
        raise InputError([problem], scenario.settings.language)
    return [Cell(table.name, _joined(list(record)), column) for record in rows.itertuples(index=False)]


def _joined(parts: list[str]) -> str:
    return "*" if set(parts) == {"*"} else "|".join(parts).rstrip("|") or "|"


def _key_text(value: object) -> str:
    return "" if pd.isna(value) else text_of(value)  # type: ignore[call-overload]
