"""The catalogues: every sentence planners see is translated, with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir

from redesaude.language import LANGUAGES, Phrase, read_catalogue, said, translator

SOURCES = Path(__file__).parents[2] / "src" / "redesaude"
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def _marked(folder: Path = SOURCES) -> list[str]:
    found = extract_from_dir(str(folder), method_map=[("**.py", "python")], keywords={"N_": None})
    return sorted({str(message) for _, _, message, _, _ in found})


def _placeholders(text: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_marked_sentence_is_translated(language: str) -> None:
    catalogue = read_catalogue(language)
    assert [message for message in _marked() if message not in catalogue] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_and_their_formats_are_those_of_the_english_sentence(language: str) -> None:
    catalogue = read_catalogue(language)
    assert {m: t for m, t in catalogue.items() if _placeholders(m) != _placeholders(t)} == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_names_of_columns_settings_and_files_stay_as_they_are_typed(language: str) -> None:
    names = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\.(?:xlsx|xls|csv)\b|--[a-z-]+")
    lost = {
        message: set(names.findall(message)) - set(names.findall(text))
        for message, text in read_catalogue(language).items()
    }
    assert {message: missing for message, missing in lost.items() if missing} == {}


def test_a_sentence_is_told_in_portuguese_and_vietnamese() -> None:
    assert translator("pt-BR")("Health region") == "Região de saúde"
    assert translator("vi")("Health region") == "Vùng y tế"
    assert translator("pt-BR")("{file} exists already; name a new file", file="x") == "x já existe; informe outro nome"


def test_an_unknown_sentence_stays_english() -> None:
    assert translator("vi")("not in any catalogue") == "not in any catalogue"


def test_the_search_hands_on_causes_and_words_none() -> None:
    assert _marked(SOURCES / "solving") == []
    assert len(_marked(SOURCES / "promises")) > 20


def test_what_is_said_is_told_with_the_sentences_in_it() -> None:
    area = said("{limit} of {period}", limit=Phrase("whole area"), period="2030")
    assert translator().tell(said("or: {change}", change=area)) == "or: whole area of 2030"
    assert translator("pt-BR").tell(said("or: {change}", change=area)) == "ou: área toda de 2030"
