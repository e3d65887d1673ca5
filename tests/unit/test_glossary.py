"""The glossary of field terms: every row is in use, and both catalogues keep to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from redesaude.language import FORMS, read_catalogue

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
COLUMNS = {"pt-BR": 1, "vi": 2}


def _rows() -> Iterator[list[str]]:
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def _terms() -> list[list[str]]:
    return [row for row in _rows() if len(row) == 4 and row[0] != "English"]


@cache
def _avoided() -> tuple[tuple[str, str, str], ...]:
    """Language, word and where it may stand all the same (or nothing)."""
    rows = [row for row in _rows() if len(row) == 3 and row[0] != "Language"]
    found = []
    for language, words, _ in rows:
        bare, _, kept = words.partition(" (but ")
        found += [(language, word.strip(), kept.rstrip(")")) for word in bare.split(",")]
    return tuple(found)


@cache
def _sentences(language: str) -> tuple[tuple[str, str, str], ...]:
    """Each English sentence as it is, its translation, and its words alone: without placeholders."""
    translated = read_catalogue(language).items()
    return tuple((m, text, re.sub(r"\{[^{}]*\}", " ", FORMS.sub(r"\3", m))) for m, text in translated)


def _used(term: str, text: str, translated: str) -> bool:
    """Whether the words of a sentence use a term as a word, not as a name that is not translated."""
    if term[:-2].lower() not in text.lower():
        return False  # as most sentences do, found without an expression
    forms = rf"{term[:-1]}(?:y|ies)" if term.endswith("y") else rf"{re.sub('um$', '(?:um|a)', term)}s?"
    names = set(re.findall(r"[\w.]+", translated)) - {"base"}
    return any(found[0] not in names for found in re.finditer(rf"(?<![\w.])(?i:{forms})(?![\w.])", text))


@pytest.mark.parametrize("row", _terms(), ids=lambda row: str(row[0]))
def test_every_translation_uses_the_words_of_the_glossary(row: list[str]) -> None:
    term = row[0]
    for language, column in COLUMNS.items():
        words = [word.strip().lower() for word in row[column].split(" / ")]
        using = {message: text for message, text, bare in _sentences(language) if _used(term, bare, text)}
        assert using, f"no sentence uses {term}"
        other = {m: text for m, text in using.items() if not any(word in text.lower() for word in words)}
        assert other == {}, language
        assert row[3], f"{term} states no source"


@pytest.mark.parametrize("language", COLUMNS)
def test_no_translation_uses_a_word_to_be_avoided(language: str) -> None:
    words = [(word, kept) for spoken, word, kept in _avoided() if spoken == language]
    assert len(words) > 5
    found = {
        message: word
        for message, text in read_catalogue(language).items()
        for word, kept in words
        if re.search(rf"\b{word}", _without(kept, text), re.IGNORECASE)
    }
    assert found == {}


def _without(kept: str, text: str) -> str:
    if kept == "in a menu of Excel":
        return text.replace("Proteger Pasta de Trabalho", "")
    return text.replace(kept, "") if kept else text


def test_a_term_in_a_placeholder_or_name_is_no_use_of_it() -> None:
    assert _used("site", "two sites", "dois locais")
    assert not _used("site", "{site} is open", "{site} abre")
    assert not _used("territory", "on the sheet territories", "na aba territories")
    assert _used("site", "at {count} {count:site|sites}", "em {count} {count:local|locais}")
